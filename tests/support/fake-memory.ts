import type { Gpa, GuestMemory } from '../../src/machine/guest-memory';

/** RAM from GPA 0 (or `base`); everything else reads ones and drops writes. */
export class FakeGuestMemory implements GuestMemory {
  readonly bytes: Uint8Array;
  /** Every write as [gpa, length]. */
  readonly writes: [gpa: number, length: number][] = [];

  constructor(
    size: number,
    private readonly base = 0,
  ) {
    this.bytes = new Uint8Array(size);
  }

  read(gpa: Gpa, into: Uint8Array): void {
    const at = gpa - this.base;
    into.fill(0xff);
    const from = Math.max(at, 0);
    const to = Math.min(at + into.length, this.bytes.length);
    if (from < to) into.set(this.bytes.subarray(from, to), from - at);
  }

  write(gpa: Gpa, from: Uint8Array): void {
    this.writes.push([gpa, from.length]);
    const at = gpa - this.base;
    const first = Math.max(at, 0);
    const end = Math.min(at + from.length, this.bytes.length);
    if (first < end) this.bytes.set(from.subarray(first - at, end - at), first);
  }

  readU8(gpa: Gpa): number {
    return this.#get(gpa, 1);
  }

  readU16(gpa: Gpa): number {
    return this.#get(gpa, 2);
  }

  readU32(gpa: Gpa): number {
    return this.#get(gpa, 4);
  }

  writeU8(gpa: Gpa, value: number): void {
    this.#set(gpa, 1, value);
  }

  writeU16(gpa: Gpa, value: number): void {
    this.#set(gpa, 2, value);
  }

  writeU32(gpa: Gpa, value: number): void {
    this.#set(gpa, 4, value);
  }

  #get(gpa: Gpa, size: number): number {
    const bytes = new Uint8Array(size);
    this.read(gpa, bytes);
    return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  }

  #set(gpa: Gpa, size: number, value: number): void {
    this.write(
      gpa,
      Uint8Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff),
    );
  }
}
