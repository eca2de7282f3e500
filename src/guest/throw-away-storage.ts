import type { HostFiles } from '../base/host-files';
import type { VmConfig } from '../config/vm-config';
import { CachedDisk } from '../disk/cached-disk';
import type { Disk } from '../disk/disk';
import { openImage } from '../disk/open-image';
import * as path from 'node:path';
import type { VmStorage } from './vm-storage';

/** The media of a VM without a folder: files where the user named them, nothing kept. */
export class ThrowAwayStorage implements VmStorage {
  readonly snapshots = undefined;

  /**
   * @param temporary files to remove at the end
   */
  constructor(
    private readonly files: HostFiles,
    private readonly config: VmConfig,
    private readonly temporary: readonly string[],
  ) {}

  async openMedia(): Promise<Map<string, Disk>> {
    const media = new Map<string, Disk>();
    try {
      for (const disk of this.config.disks) media.set(disk.id, await this.#open(disk.file, disk.format, disk.readonly));
      for (const { id, file } of this.config.cdroms) if (file !== null) media.set(id, await this.#open(file, 'raw', true));
      for (const { id, file, readonly } of this.config.floppies) if (file !== null) media.set(id, await this.#open(file, 'raw', readonly));
    } catch (error) {
      for (const disk of media.values()) await disk.close();
      throw error;
    }
    return media;
  }

  openRemovable(device: string, file: string): Promise<Disk> {
    return this.#open(file, 'raw', this.config.cdroms.some(({ id }) => id === device));
  }

  async loadNvram(): Promise<undefined> {
    return undefined;
  }

  async saveNvram(): Promise<void> {}

  async close(): Promise<void> {
    for (const file of this.temporary) await this.files.removeFile(file);
  }

  async #open(file: string, format: 'raw' | 'qcow2', isReadOnly: boolean): Promise<Disk> {
    const absolute = path.resolve(file);
    const reach = { folder: path.dirname(absolute), agreed: [] };
    return new CachedDisk(await openImage(this.files, absolute, format, { isReadOnly, reach }));
  }
}
