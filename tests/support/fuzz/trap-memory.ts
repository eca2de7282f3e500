import type { Gpa, GuestMemory } from '../../../src/machine/guest-memory';
import { FakeGuestMemory } from '../fake-memory';
import type { FuzzRandom } from './fuzz-random';

/** Where DMA meets device registers instead of memory. */
export const TRAP_GPA = 0x180000;
const RAM_BYTES = 0x200000;

/**
 * RAM of 2 MiB whose upper part is a trap: DMA that reaches it accesses device registers before it is done, as a bus
 * without protection would. The machine's own memory keeps DMA to RAM; a device must stand it all the same.
 */
export class TrapMemory implements GuestMemory {
  readonly ram = new FakeGuestMemory(RAM_BYTES);
  /** Accesses the device's own registers; set when the device exists. */
  onTrap: ((random: FuzzRandom) => void) | undefined;
  #isInside = false;

  constructor(private readonly random: FuzzRandom) {}

  read(gpa: Gpa, into: Uint8Array): void {
    this.#visit(gpa, into.length);
    this.ram.read(gpa, into);
  }

  write(gpa: Gpa, from: Uint8Array): void {
    this.#visit(gpa, from.length);
    this.ram.writes.length = 0;
    this.ram.write(gpa, from);
  }

  readU8(gpa: Gpa): number {
    this.#visit(gpa, 1);
    return this.ram.readU8(gpa);
  }

  readU16(gpa: Gpa): number {
    this.#visit(gpa, 2);
    return this.ram.readU16(gpa);
  }

  readU32(gpa: Gpa): number {
    this.#visit(gpa, 4);
    return this.ram.readU32(gpa);
  }

  writeU8(gpa: Gpa, value: number): void {
    this.#visit(gpa, 1);
    this.ram.writeU8(gpa, value);
  }

  writeU16(gpa: Gpa, value: number): void {
    this.#visit(gpa, 2);
    this.ram.writeU16(gpa, value);
  }

  writeU32(gpa: Gpa, value: number): void {
    this.#visit(gpa, 4);
    this.ram.writeU32(gpa, value);
  }

  /** One level deep: what the trap itself starts moves memory only. */
  #visit(gpa: Gpa, length: number): void {
    if (this.#isInside || this.onTrap === undefined) return;
    if (gpa + length <= TRAP_GPA || gpa >= RAM_BYTES) return;
    this.#isInside = true;
    try {
      this.onTrap(this.random);
    } finally {
      this.#isInside = false;
    }
  }
}

/** An address for a descriptor: low RAM, its edges, the trap, or nowhere. */
export function anyGpa(random: FuzzRandom): number {
  switch (random.below(6)) {
    case 0:
      return TRAP_GPA - random.below(0x1000) + random.below(0x2000);
    case 1:
      return random.value(4);
    case 2:
      return RAM_BYTES - random.below(0x10000);
    default:
      return random.below(0x10000);
  }
}
