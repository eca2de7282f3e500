/** Data of one command: the walk over the physical region descriptors of its table (AHCI 1.3.1, 4.2.3.3). */
import type { GuestMemory } from '../../machine/guest-memory';
import { DESCRIPTOR_INTERRUPT, TABLE_DESCRIPTORS } from './ahci-registers';

const DESCRIPTOR_BYTES = 16;

/** An address register and its upper half. Memory ends at 40 bits. */
export function address(low: number, high: number): number {
  return (low >>> 0) + (high & 0xff) * 0x1_0000_0000;
}

export class AhciTransfer {
  /** Bytes moved so far. */
  moved = 0;
  /** A descriptor that is used up wants an interrupt. */
  wantsInterrupt = false;
  #next = 0;
  #address = 0;
  #left = 0;
  #interrupts = false;

  constructor(
    private readonly memory: GuestMemory,
    private readonly table: number,
    private readonly descriptorCount: number,
  ) {}

  /** How many bytes the descriptors took. */
  toGuest(data: Uint8Array): number {
    return this.#walk(data.length, (gpa, done, length) => this.memory.write(gpa, data.subarray(done, done + length)));
  }

  fromGuest(into: Uint8Array): number {
    return this.#walk(into.length, (gpa, done, length) => this.memory.read(gpa, into.subarray(done, done + length)));
  }

  #walk(length: number, move: (gpa: number, done: number, length: number) => void): number {
    let done = 0;
    while (done < length) {
      if (this.#left === 0 && !this.#fetch()) break;
      const step = Math.min(this.#left, length - done);
      move(this.#address, done, step);
      this.#address += step;
      this.#left -= step;
      done += step;
      if (this.#left === 0 && this.#interrupts) this.wantsInterrupt = true;
    }
    this.moved += done;
    return done;
  }

  #fetch(): boolean {
    if (this.#next >= this.descriptorCount) return false;
    const at = this.table + TABLE_DESCRIPTORS + DESCRIPTOR_BYTES * this.#next++;
    const flags = this.memory.readU32(at + 12);
    // Data and counts are of whole words: bit 0 of the address is 0, of the count (less one) 1.
    this.#address = address(this.memory.readU32(at) & ~1, this.memory.readU32(at + 4));
    this.#left = ((flags & 0x3fffff) | 1) + 1;
    this.#interrupts = (flags & DESCRIPTOR_INTERRUPT) !== 0;
    return true;
  }
}
