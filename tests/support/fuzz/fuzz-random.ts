/** Seeded choices of a fuzzer: fast (xorshift), and fond of the values at which things go wrong. */
export class FuzzRandom {
  #x: number;

  constructor(seed: number) {
    this.#x = seed >>> 0 || 1;
  }

  /** 32 bits. */
  next(): number {
    let x = this.#x;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.#x = x >>> 0);
  }

  below(end: number): number {
    return this.next() % end;
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.next() % n === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.next() % items.length] as T;
  }

  byte(): number {
    return this.next() & 0xff;
  }

  /** A value of so many bytes: an edge, a single bit, a small number, or anything. */
  value(bytes = 4): number {
    const mask = bytes === 4 ? 0xffffffff : 2 ** (8 * bytes) - 1;
    switch (this.next() & 3) {
      case 0:
        return (this.pick(EDGES) & mask) >>> 0;
      case 1:
        return ((1 << this.below(8 * bytes)) & mask) >>> 0;
      case 2:
        return this.below(20);
      default:
        return (this.next() & mask) >>> 0;
    }
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next();
    return bytes;
  }
}

const EDGES = [
  ...[0, 0x7f, 0x80, 0xff, 0x100, 0x1ff, 0x200, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000],
  ...[0xfffffffe, 0xffffffff, 0xfee00000, 0xa0000, 0xc0000],
];
