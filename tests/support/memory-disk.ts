import { VmError } from '../../src/base/errors';
import { checkRange, type Disk } from '../../src/disk/disk';

/** A disk in memory that keeps apart what was written and what was flushed, and fails or waits when told to. */
export class MemoryDisk implements Disk {
  readonly bytes: Uint8Array;
  flushed: Uint8Array;
  readonly writes: { offset: number; length: number }[] = [];
  reads = 0;
  flushes = 0;
  isClosed = false;
  /** Thrown by every write and flush while set. */
  failure: VmError | undefined;
  /** Requests wait for it. */
  gate: Promise<void> = Promise.resolve();

  constructor(
    readonly sizeBytes: number,
    readonly isReadOnly = false,
  ) {
    this.bytes = new Uint8Array(sizeBytes);
    this.flushed = new Uint8Array(sizeBytes);
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    checkRange(this, offset, into.length);
    this.reads++;
    const now = this.bytes.slice(offset, offset + into.length);
    await this.gate;
    into.set(now);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    checkRange(this, offset, data.length);
    if (this.isReadOnly) throw new VmError('image-readonly', 'read-only');
    const copy = data.slice();
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    // What was handed over must not change on the way.
    if (Buffer.compare(copy, data) !== 0) throw new Error('the data changed while it was written');
    this.writes.push({ offset, length: data.length });
    this.bytes.set(data, offset);
  }

  async flush(): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    this.flushes++;
    this.flushed = this.bytes.slice();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
