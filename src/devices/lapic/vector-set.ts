/** 256 bits: ISR, TMR or IRR. */
export class VectorSet {
  readonly #words = new Uint32Array(8);

  has(vector: number): boolean {
    return ((this.#words[vector >> 5]! >>> (vector & 31)) & 1) !== 0;
  }

  set(vector: number, value: boolean): void {
    const bit = 1 << (vector & 31);
    if (value) this.#words[vector >> 5]! |= bit;
    else this.#words[vector >> 5]! &= ~bit;
  }

  /** The highest vector; -1 = none. */
  get highest(): number {
    for (let i = 7; i >= 0; i--) {
      const word = this.#words[i]!;
      if (word !== 0) return i * 32 + 31 - Math.clz32(word);
    }
    return -1;
  }

  /** One of the eight 32-bit registers. */
  word(index: number): number {
    return this.#words[index]!;
  }

  clear(): void {
    this.#words.fill(0);
  }

  save(): Uint8Array {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    this.#words.forEach((word, i) => view.setUint32(4 * i, word, true));
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
    for (let i = 0; i < 8; i++) this.#words[i] = view.getUint32(4 * i, true);
  }
}
