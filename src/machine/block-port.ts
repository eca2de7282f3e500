import type { LogicalGeometry } from './disk-geometry';

/**
 * A disk, CD-ROM or floppy image as a device model sees it. Requests go to the host side; each completion comes back as a
 * machine input, between instructions, and calls `done` exactly once on the machine thread (also after a reset of the
 * device: the device tells stale ones apart). Before a save all requests are drained.
 */
export interface BlockPort {
  /** undefined: no medium. */
  readonly medium: Medium | undefined;
  /** `data` is the device's to keep. */
  read(offset: number, length: number, done: (result: BlockResult<Uint8Array>) => void): void;
  /** `data` is copied before the call returns. */
  write(offset: number, data: Uint8Array, done: (result: BlockResult<undefined>) => void): void;
  /** Completes when all completed writes are on stable storage. */
  flush(done: (result: BlockResult<undefined>) => void): void;
  /** The guest opened the tray: the host side removes the medium; `onMediumChange` follows. */
  eject(): void;
  /** Guest-locked tray; the user's eject becomes a request. */
  setLocked(locked: boolean): void;
  /** Set by the device: called on the machine thread when the medium was put in, replaced or removed. */
  onMediumChange: (() => void) | undefined;
}

export interface Medium {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  /** Of a disk whose partition table tells. */
  readonly geometry?: LogicalGeometry;
  /** Changes with each insertion. */
  readonly generation: number;
}

export type BlockResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: 'medium' | 'noMedium' | 'readOnly' };
