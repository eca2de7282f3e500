import { VmError } from '../base/errors';

/**
 * A disk, CD-ROM or floppy image on the host side. Everything here is asynchronous and runs on the process's main thread
 * or a Worker, never on the machine thread. Offsets and lengths are in bytes and must lie within `sizeBytes`
 * ('bad-argument' otherwise); none needs an alignment, but whole 512-byte sectors are the fast case. Calls may overlap in
 * time: a read that was asked for after a write was asked for sees it. Failures are VmErrors.
 */
export interface Disk {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  /** Fills `into`, which must not lie in shared memory unless the implementation says that it may. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** `data` must stay unchanged until the promise resolves. */
  write(offset: number, data: Uint8Array): Promise<void>;
  /** The range reads as zeros from now on; the space it took may be given back. Without it, write zeros. */
  discard?(offset: number, length: number): Promise<void>;
  /** When it resolves, everything written before it was called is on stable storage. */
  flush(): Promise<void>;
  /** Flushes and frees; the disk cannot be used afterwards. Closing twice is harmless. */
  close(): Promise<void>;
}

export const sectorBytes = 512;

/** Callers are our own code, but what they ask for may come from a guest. */
export function checkRange(disk: { readonly sizeBytes: number }, offset: number, length: number): void {
  const isInside =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= disk.sizeBytes;
  if (!isInside) {
    throw new VmError('bad-argument', `${length} bytes at ${offset} do not lie within the disk's ${disk.sizeBytes}`);
  }
}

const ZERO_CHUNK_BYTES = 1 << 20;

/** For formats that cannot forget data. */
export async function writeZeros(disk: Disk, offset: number, length: number): Promise<void> {
  const zeros = new Uint8Array(Math.min(length, ZERO_CHUNK_BYTES));
  for (let done = 0; done < length; done += zeros.length) {
    await disk.write(offset + done, zeros.subarray(0, Math.min(zeros.length, length - done)));
  }
}
