/** A guest-physical address: up to 40 bits, held exactly in a double. */
export type Gpa = number & { readonly __gpa?: never };

/**
 * Guest-physical memory as devices see it. Accesses to GPAs without memory (MMIO, holes) read all ones and drop writes:
 * a device's DMA never reaches another device's registers.
 */
export interface GuestMemory {
  read(gpa: Gpa, into: Uint8Array): void;
  write(gpa: Gpa, from: Uint8Array): void;
  readU8(gpa: Gpa): number;
  readU16(gpa: Gpa): number;
  readU32(gpa: Gpa): number;
  writeU8(gpa: Gpa, value: number): void;
  writeU16(gpa: Gpa, value: number): void;
  writeU32(gpa: Gpa, value: number): void;
}

/** Bytes of guest-physical address space that the board places: what a slot maps. */
export interface SlotMapping {
  readonly gpa: Gpa;
  /** Multiple of 4096. */
  readonly size: number;
  /** Offset in the shared memory that reads come from; undefined = MMIO. */
  readonly read?: number;
  /** Offset that writes go to; undefined = MMIO; 'drop' = ignored. */
  readonly write?: number | 'drop';
  /** Hides what else is mapped there. */
  readonly isOverlay?: boolean;
}

/** The board's side of guest-physical memory: who lies where. Changes take effect at the next instruction. */
export interface MemorySlots {
  /** Adds or replaces the mapping known as `name`; undefined removes it. Of those that overlap an overlay counts, else the oldest. */
  map(name: string, mapping: SlotMapping | undefined): void;
  /** A20 gate: false clears bit 20 of every address. */
  setA20(enabled: boolean): void;
}

/** A block of the shared memory that belongs to a device (VRAM) or a ROM, with dirty tracking by page. */
export interface MemoryBlock {
  /** Offset in the shared memory; for `SlotMapping`. */
  readonly offset: number;
  readonly size: number;
  /** Live view (on shared memory). The owner calls `prepareWrite` before it writes here. */
  readonly bytes: Uint8Array;
  /**
   * Does for page `page` what the flags ask of a guest's first write: keeps a copy for a running snapshot, loads, counts as
   * written. Holds until the next `collectWritten` or the owner's next `pause()`; calling it again is harmless.
   */
  prepareWrite(page: number): void;
  /** Pages written since the last call (bit set), and starts watching again. Index is the page in the block. */
  collectWritten(): Uint8Array;
}
