import type { Disk } from '../disk/disk';
import type { SnapshotTree } from '../protocol/guest';

/** RAM and ROM-like memory of a VM as the store sees it: chunks of `chunkBytes`, some of them all zero. */
export interface MemorySource {
  readonly sizeBytes: number;
  /** Bytes [offset, offset + length) as they were at the instant of the snapshot; not shared memory. */
  read(offset: number, length: number): Uint8Array;
}

export interface SavedMachine {
  readonly state: Uint8Array;
  /** Fills `into` with the whole saved memory. */
  loadMemory(into: Uint8Array): Promise<void>;
}

export interface TakeSnapshot {
  readonly name: string;
  readonly description: string;
  readonly state: Uint8Array;
  readonly memory: MemorySource;
  readonly thumbnailPng: Uint8Array | undefined;
  /** 0 to 1. */
  onProgress(done: number): void;
}

/**
 * Where a VM session's disks and saved states live. The session calls it one operation at a time. A throw-away VM has no
 * snapshots.
 */
export interface VmStorage {
  /** Opens the media of the configuration, by device id. Empty drives are left out. */
  openMedia(): Promise<Map<string, Disk>>;
  /** A CD or floppy put in by the user. */
  openRemovable(device: string, file: string): Promise<Disk>;
  loadNvram(): Promise<Uint8Array | undefined>;
  saveNvram(bytes: Uint8Array): Promise<void>;
  readonly snapshots: SnapshotStorage | undefined;
  close(): Promise<void>;
}

export interface SnapshotStorage {
  tree(): Promise<SnapshotTree>;
  /**
   * Called while the machine stands still and its disk requests are answered: freezes the active layers and starts overlays.
   * The machine may run again as soon as `frozen` resolves and the memory was copied; the snapshot exists when `done` resolves.
   */
  take(snapshot: TakeSnapshot): { readonly frozen: Promise<void>; readonly done: Promise<{ id: string }> };
  /** Switches the disks to the snapshot's; the session has closed them. undefined: taken while the VM was off. */
  restore(id: string): Promise<SavedMachine | undefined>;
  delete(id: string): Promise<void>;
  /** Suspend: the state of the VM, to be consumed by the next start. */
  saveSuspended(saved: Omit<TakeSnapshot, 'name' | 'description'>): Promise<void>;
  loadSuspended(): Promise<SavedMachine | undefined>;
  /** The machine runs again from the suspended state: it is used up. */
  dropSuspended(): Promise<void>;
}
