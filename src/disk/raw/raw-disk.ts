import { alignUp } from '../../base/bits';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { checkRange, type Disk, sectorBytes } from '../disk';

/** The bytes of a file are the bytes of the disk: raw disks, ISO images and floppies. */
export class RawDisk implements Disk {
  #isClosed = false;

  private constructor(
    private readonly file: HostFile,
    /** The file's size, rounded up to whole sectors; a missing tail reads as zeros. */
    readonly sizeBytes: number,
    private isFrozen: boolean,
  ) {}

  /** Takes the file over: it is closed with the disk, and when opening fails. */
  static async open(file: HostFile, options: { readonly isReadOnly: boolean }): Promise<RawDisk> {
    try {
      return new RawDisk(file, alignUp(await file.size(), sectorBytes), options.isReadOnly);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get path(): string {
    return this.file.path;
  }

  get isReadOnly(): boolean {
    return this.isFrozen;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    this.#check(offset, into.length);
    into.fill(0, await this.file.read(offset, into));
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    this.#check(offset, data.length);
    if (this.isReadOnly) throw new VmError('image-readonly', `${this.path} is read-only`, { path: this.path });
    await this.file.write(offset, data);
  }

  async flush(): Promise<void> {
    this.#check(0, 0);
    if (!this.isReadOnly) await this.file.sync();
  }

  /** Flushes, and from now on refuses to write: another layer lies on top. */
  async freeze(): Promise<void> {
    await this.flush();
    this.isFrozen = true;
  }

  /** Undoes `freeze`, for a layer that was open for writing before and that nothing was put on after all. */
  thaw(): void {
    this.isFrozen = false;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (!this.isReadOnly) await this.file.sync();
    } finally {
      await this.file.close();
    }
  }

  #check(offset: number, length: number): void {
    if (this.#isClosed) throw new VmError('image-closed', `${this.path} is closed`, { path: this.path });
    checkRange(this, offset, length);
  }
}
