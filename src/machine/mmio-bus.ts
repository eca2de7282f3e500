import { allOnes, type AccessSize, type MmioHandler } from './device';
import type { Gpa } from './guest-memory';

interface MmioRange {
  readonly gpa: Gpa;
  readonly size: number;
  readonly handler: MmioHandler;
}

/** Guest-physical addresses that no memory slot covers. Reads of nothing give all ones. */
export class MmioBus {
  readonly #ranges = new Map<string, MmioRange>();
  #last: MmioRange | undefined;

  /** Adds or moves the range known as `name`; undefined removes it. Where ranges overlap, the earliest added wins. */
  map(name: string, gpa: Gpa | undefined, size: number, handler: MmioHandler): void {
    this.#last = undefined;
    if (gpa === undefined) this.#ranges.delete(name);
    else this.#ranges.set(name, { gpa, size, handler });
  }

  readMmio(gpa: Gpa, size: AccessSize): number {
    const range = this.#find(gpa, size);
    if (range !== undefined) return range.handler.readMmio(gpa - range.gpa, size) >>> 0;
    return allOnes(size);
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): void {
    const range = this.#find(gpa, size);
    range?.handler.writeMmio(gpa - range.gpa, size, value >>> 0);
  }

  #find(gpa: Gpa, size: AccessSize): MmioRange | undefined {
    const last = this.#last;
    if (last !== undefined && gpa >= last.gpa && gpa + size <= last.gpa + last.size) return last;
    for (const range of this.#ranges.values()) {
      if (gpa >= range.gpa && gpa + size <= range.gpa + range.size) {
        this.#last = range;
        return range;
      }
    }
    return undefined;
  }
}
