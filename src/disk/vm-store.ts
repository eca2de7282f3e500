/**
 * A VM's folder as the process that runs the VM sees it; `library/owned-vm.ts` implements it and the process's entry hands
 * it in. One operation that changes snapshots or saved state runs at a time; another one fails with 'guest-busy'.
 *
 * To take a snapshot of a running VM: `beginSnapshot` (while running), pause and drain, copy devices and RAM,
 * `switchDisks`, resume, then `writeDevices`, `writeMemory`, `commit` in the background. A crash before `commit` leaves
 * no snapshot and the disks with everything that the guest flushed.
 *
 * To suspend: pause and drain, `beginSuspend`, `writeDevices`, `writeMemory`, `commit`, end without another disk write.
 *
 * To restore: stop the machine, close its disks, `restore`, then start as always.
 *
 * To start: open the disks; if `savedState()` gives one, load it into the machine, `consumeSavedState()`, and only then let
 * a vCPU run or a disk be written. Otherwise power on.
 */
import type { ChunkGroup } from './memory-chunk';
import type { PlainData } from '../base/plain-data';
import type { CachedDisk } from './cached-disk';
import type { Disk } from './disk';
import type { LayeredDisk } from './layers';

export type StoredDisk = CachedDisk<LayeredDisk>;

export interface MemoryRegion {
  /** 'ram', 'vram', …: stable across versions. */
  readonly id: string;
  readonly sizeBytes: number;
}

export interface DiskToOpen {
  /** As in the configuration. */
  readonly file: string;
  readonly format: 'raw' | 'qcow2';
  readonly readonly: boolean;
}

export interface VmStore<Config = unknown> {
  readonly folder: string;
  /** The present configuration; changes with `saveConfig` and `restore`. */
  readonly config: Config;
  readonly logPath: string;

  saveConfig(config: Config): Promise<void>;
  /** Puts hardware in place that waited for a power-on. Call before the disks are opened, without a saved state. */
  applyPending(): Promise<void>;
  /** A disk of the configuration, whichever layer is active, behind a write-back cache. Close it when done. */
  openDisk(disk: DiskToOpen): Promise<StoredDisk>;
  /** A CD-ROM or floppy image, or any raw file; relative to the VM's folder, or absolute. */
  openMedium(file: string, isReadOnly: boolean): Promise<Disk>;

  readNvram(): Promise<Uint8Array | undefined>;
  writeNvram(bytes: Uint8Array): Promise<void>;

  snapshots(): SnapshotTreeView;
  thumbnail(snapshotId: string): Promise<Uint8Array | undefined>;
  beginSnapshot(snapshot: NewSnapshot): Promise<SnapshotWriter>;
  /** Of a VM that is off or suspended. */
  takeOffline(snapshot: NewSnapshot): Promise<string>;
  restore(snapshotId: string): Promise<void>;
  /** With those taken after it, or without: they then stay. */
  deleteSnapshot(snapshotId: string, withChildren?: boolean): Promise<void>;
  renameSnapshot(snapshotId: string, name: string, description: string): Promise<void>;

  beginSuspend(): Promise<StateWriter>;
  /** What the next start goes on from: the VM was suspended, or a snapshot with RAM was restored. */
  savedState(): Promise<SavedState | undefined>;
  /** From here on the saved state no longer is the VM's present. Durable when it resolves. */
  consumeSavedState(): Promise<void>;

  /** Closes the disks still open and gives the VM up. */
  close(): Promise<void>;
}

export interface NewSnapshot {
  readonly name: string;
  readonly description: string;
  /** A small PNG of the screen. */
  readonly thumbnail?: Uint8Array;
}

export interface SnapshotView {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly description: string;
  /** ms since 1970. */
  readonly createdMs: number;
  readonly hasMemory: boolean;
  readonly hasThumbnail: boolean;
  /** What RAM and device state take on the host; chunks shared with another snapshot count where they lie. */
  readonly sizeBytes: number;
}

export interface SnapshotTreeView {
  readonly snapshots: readonly SnapshotView[];
  /** "You Are Here" hangs below this snapshot. */
  readonly current: string | null;
}

export interface StateWriter {
  /** Device and CPU state by device id. */
  writeDevices(entries: ReadonlyMap<string, PlainData>): Promise<void>;
  /**
   * Compresses and writes guest memory, chunk by chunk in rising order. `read` gives the chunk's bytes (they may lie in
   * shared memory and must not change until the next call), or 'unchanged' where `canReuse` and the chunk is as in the
   * saved state that this VM was started from or saved last.
   */
  writeMemory(
    regions: readonly MemoryRegion[],
    read: (region: MemoryRegion, offset: number, length: number) => ChunkSource | Promise<ChunkSource>,
    options?: LoadMemoryOptions,
  ): Promise<void>;
  /** A small PNG of the screen, to be shown while the state waits. */
  writePicture(png: Uint8Array): Promise<void>;
  /** Whether `read` may answer 'unchanged' for a chunk. */
  canReuse(regionId: string, offset: number): boolean;
  /** The state exists when this resolves; it fails as a whole, and then `abort` was done too. */
  commit(): Promise<void>;
  /** Removes what was written. Harmless after `commit`. */
  abort(): Promise<void>;
}

export type ChunkSource = Uint8Array | 'unchanged';

export interface SnapshotWriter extends StateWriter {
  readonly id: string;
  /** Freezes the layers of all open disks and goes on in overlays. Call while paused and drained. */
  switchDisks(): Promise<void>;
}

export interface SavedState {
  readonly devices: ReadonlyMap<string, PlainData>;
  readonly memory: MemoryReader;
  close(): Promise<void>;
}

export interface LoadMemoryOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Does a part of the unpacking, on a thread of its own. */
  readonly helper?: UnpackHelper;
}

export interface UnpackHelper {
  /** The group's bytes lie in shared memory and stay as they are until this resolves. */
  unpack(group: ChunkGroup, into: Uint8Array): Promise<void>;
}

/** Where the chunks of a region lie, for whoever loads them later on another thread. Plain data. */
export interface ChunkTable {
  readonly chunkBytes: number;
  readonly sizeBytes: number;
  /** Paths; they may be gone from their folders once they are open. */
  readonly files: readonly string[];
  /** CHUNK_WORDS for each chunk: codec, file, stored length, checksum. */
  readonly chunks: Uint32Array;
  readonly offsets: Float64Array;
}
export const CHUNK_WORDS = 4;

export interface MemoryReader {
  readonly regions: readonly MemoryRegion[];
  readonly chunkBytes: number;
  /** Fills `into`, which must be as long as the region and all zeros, e.g. fresh shared memory. */
  load(regionId: string, into: Uint8Array, options?: LoadMemoryOptions): Promise<void>;
  /** Reads all of a region and checks it, but unpacks nothing. Throws 'snapshot-corrupt'. */
  table(regionId: string, options?: Pick<LoadMemoryOptions, 'signal' | 'onProgress'>): Promise<ChunkTable>;
  /** Fills `into` with one chunk (shorter at the end of a region). */
  readChunk(regionId: string, chunk: number, into: Uint8Array): Promise<void>;
}
