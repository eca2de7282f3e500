import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import type { Validated, VmConfig } from '../config/vm-config';
import { CachedDisk } from '../disk/cached-disk';
import type { Disk } from '../disk/disk';
import { LayeredDisk } from '../disk/layers';
import { openImage } from '../disk/open-image';
import type { DiskToOpen, SavedState, SnapshotTreeView, StoredDisk, VmStore } from '../disk/vm-store';

/** A VM without a folder: media where the user named them, nothing kept, no snapshots. */
export class ThrowAwayStore implements VmStore<Validated<VmConfig>> {
  readonly folder = '';
  readonly logPath = '';
  readonly #open = new Set<Disk>();

  /** @param temporary files to remove at the end */
  constructor(
    private readonly files: HostFiles,
    public config: Validated<VmConfig>,
    private readonly temporary: readonly string[],
  ) {}

  async openDisk({ file, format, readonly }: DiskToOpen): Promise<StoredDisk> {
    const absolute = path.resolve(file);
    const options = { isReadOnly: readonly, reach: { folder: path.dirname(absolute), agreed: [] } };
    const disk = new CachedDisk(await LayeredDisk.open(this.files, absolute, format, options));
    this.#open.add(disk);
    return disk;
  }

  async openMedium(file: string, isReadOnly: boolean): Promise<Disk> {
    const absolute = path.resolve(file);
    const image = await openImage(this.files, absolute, 'raw', {
      isReadOnly,
      reach: { folder: path.dirname(absolute), agreed: [] },
    });
    const disk = new CachedDisk(image);
    this.#open.add(disk);
    return disk;
  }

  async applyPending(): Promise<void> {}

  async readNvram(): Promise<undefined> {
    return undefined;
  }

  async writeNvram(): Promise<void> {}

  snapshots(): SnapshotTreeView {
    return { snapshots: [], current: null };
  }

  async thumbnail(): Promise<undefined> {
    return undefined;
  }

  async savedState(): Promise<SavedState | undefined> {
    return undefined;
  }

  async consumeSavedState(): Promise<void> {}

  async saveConfig(config: Validated<VmConfig>): Promise<void> {
    this.config = config;
  }

  beginSnapshot(): Promise<never> {
    return refuse();
  }

  takeOffline(): Promise<never> {
    return refuse();
  }

  restore(): Promise<never> {
    return refuse();
  }

  deleteSnapshot(): Promise<never> {
    return refuse();
  }

  renameSnapshot(): Promise<never> {
    return refuse();
  }

  beginSuspend(): Promise<never> {
    return refuse();
  }

  async close(): Promise<void> {
    for (const disk of this.#open) await disk.close();
    for (const file of this.temporary) await this.files.removeFile(file);
  }
}

function refuse(): Promise<never> {
  return Promise.reject(
    new VmError('not-supported', 'a throw-away VM keeps nothing: create it first (subzero create) to take snapshots'),
  );
}
