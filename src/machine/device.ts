import type { Snapshottable } from './saved-state';

/** Unique in the machine, stable across snapshots, e.g. 'com1' or 'pci/00:01.1'. */
export type DeviceId = string;

/** Bytes of one access. The bus splits 8-byte accesses into two of 4. */
export type AccessSize = 1 | 2 | 4;

/**
 * A device model. Lives on the machine thread; every method runs there, between or during guest instructions.
 * Guest input never throws: bad reads give all ones, bad writes are dropped.
 */
export interface Device<S = unknown> extends Snapshottable<S> {
  readonly id: DeviceId;
  /** Power-on values. Called only while no vCPU runs. */
  reset(): void;
  /** Called before a save or a long stop; host requests are already drained. */
  pause?(): void;
  resume?(): void;
}

/** A range of I/O ports. `offset` counts from the range's first port; values are unsigned. */
export interface PortHandler {
  readPort(offset: number, size: AccessSize): number;
  writePort(offset: number, size: AccessSize, value: number): void;
}

/** A range of guest-physical addresses without memory behind it. `offset` counts from its first byte; values are unsigned. */
export interface MmioHandler {
  readMmio(offset: number, size: AccessSize): number;
  writeMmio(offset: number, size: AccessSize, value: number): void;
}

/** What a read of nothing gives. */
export function allOnes(size: AccessSize): number {
  return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffffffff;
}
