/**
 * A one-way queue of records between two threads, in shared memory: one producer, one consumer. A record is a JSON
 * value and bytes. The producer never tears a record; a full ring makes `tryPush` say so.
 *
 * Layout: Int32 header (head, tail, doorbell, closed), then the bytes of the ring. Head and tail count bytes and wrap at
 * 2^31; they are multiples of 8.
 */
const HEAD = 0;
const TAIL = 1;
const BELL = 2;
const HEADER_BYTES = 64;

export interface RingRecord {
  readonly value: unknown;
  readonly bytes: Uint8Array;
}

export function createRing(bytes: number): SharedArrayBuffer {
  if (bytes < 4096 || (bytes & (bytes - 1)) !== 0)
    throw new RangeError('a ring is a power of two of at least 4096 bytes');
  return new SharedArrayBuffer(HEADER_BYTES + bytes);
}

class RingEnd {
  protected readonly header: Int32Array;
  protected readonly data: Uint8Array;
  protected readonly size: number;

  constructor(buffer: SharedArrayBuffer) {
    this.header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.data = new Uint8Array(buffer, HEADER_BYTES);
    this.size = this.data.length;
  }

  protected used(): number {
    return (Atomics.load(this.header, HEAD) - Atomics.load(this.header, TAIL)) & 0x7fffffff;
  }
}

export class RingProducer extends RingEnd {
  readonly #encoder = new TextEncoder();

  /** Largest `bytes` that a record may carry. */
  get maxBytes(): number {
    return this.size / 4;
  }

  /** False when the ring has no room now. */
  tryPush(value: unknown, bytes?: Uint8Array): boolean {
    const json = this.#encoder.encode(JSON.stringify(value));
    const length = 8 + json.length + (bytes?.length ?? 0);
    const padded = (length + 7) & ~7;
    if (padded > this.size) throw new RangeError('record larger than the ring');
    if (this.used() + padded > this.size - 8) return false;
    const head = Atomics.load(this.header, HEAD);
    const prefix = new Uint8Array(8);
    const view = new DataView(prefix.buffer);
    view.setUint32(0, length, true);
    view.setUint32(4, json.length, true);
    this.#copy(head, prefix);
    this.#copy(head + 8, json);
    if (bytes !== undefined) this.#copy(head + 8 + json.length, bytes);
    Atomics.store(this.header, HEAD, (head + padded) & 0x7fffffff);
    Atomics.add(this.header, BELL, 1);
    Atomics.notify(this.header, BELL);
    return true;
  }

  /** Blocks the thread until the consumer took something or the time is over. Not for a browser's main thread. */
  waitForRoom(timeoutMs: number): void {
    const tail = Atomics.load(this.header, TAIL);
    if (this.used() === 0) return;
    Atomics.wait(this.header, TAIL, tail, timeoutMs);
  }

  #copy(at: number, from: Uint8Array): void {
    const start = at & (this.size - 1);
    const first = Math.min(from.length, this.size - start);
    this.data.set(from.subarray(0, first), start);
    if (first < from.length) this.data.set(from.subarray(first), 0);
  }
}

export class RingConsumer extends RingEnd {
  readonly #decoder = new TextDecoder();

  get isEmpty(): boolean {
    return this.used() === 0;
  }

  pop(): RingRecord | undefined {
    if (this.used() === 0) return undefined;
    const tail = Atomics.load(this.header, TAIL);
    const prefix = this.#copyOut(tail, 8);
    const view = new DataView(prefix.buffer);
    const length = view.getUint32(0, true);
    const jsonLength = view.getUint32(4, true);
    const json = this.#copyOut(tail + 8, jsonLength);
    const bytes = this.#copyOut(tail + 8 + jsonLength, length - 8 - jsonLength);
    Atomics.store(this.header, TAIL, (tail + ((length + 7) & ~7)) & 0x7fffffff);
    Atomics.notify(this.header, TAIL);
    return { value: JSON.parse(this.#decoder.decode(json)) as unknown, bytes };
  }

  /** A number that changes with every push: read it before looking into the ring, then `wait` on it. */
  get bell(): number {
    return Atomics.load(this.header, BELL);
  }

  /** Sleeps until the bell differs from `bell` or the time is over. */
  wait(bell: number, timeoutMs: number): void {
    Atomics.wait(this.header, BELL, bell, timeoutMs);
  }

  #copyOut(at: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    const start = at & (this.size - 1);
    const first = Math.min(length, this.size - start);
    out.set(this.data.subarray(start, start + first));
    if (first < length) out.set(this.data.subarray(0, length - first), first);
    return out;
  }
}
