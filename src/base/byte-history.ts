/** The last `limit` bytes of a stream. */
export class ByteHistory {
  readonly #buffer: Uint8Array;
  #written = 0;

  constructor(limit: number) {
    this.#buffer = new Uint8Array(limit);
  }

  push(bytes: Uint8Array): void {
    const { length } = this.#buffer;
    const kept = bytes.length > length ? bytes.subarray(bytes.length - length) : bytes;
    this.#written += bytes.length - kept.length;
    const at = this.#written % length;
    const first = Math.min(kept.length, length - at);
    this.#buffer.set(kept.subarray(0, first), at);
    this.#buffer.set(kept.subarray(first), 0);
    this.#written += kept.length;
  }

  toBytes(): Uint8Array {
    const { length } = this.#buffer;
    if (this.#written <= length) return this.#buffer.slice(0, this.#written);
    const at = this.#written % length;
    const out = new Uint8Array(length);
    out.set(this.#buffer.subarray(at), 0);
    out.set(this.#buffer.subarray(0, at), length - at);
    return out;
  }
}
