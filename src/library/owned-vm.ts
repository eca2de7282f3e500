/**
 * A VM's folder in the hands of its one owner: the process that runs it, or a front end that changes it while it is off.
 * Opening takes the lock and finishes what a crash interrupted; closing gives it back.
 */
import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { isAbsolutePath } from '../config/reader';
import type { Validated, VmConfig } from '../config/vm-config';
import { CachedDisk } from '../disk/cached-disk';
import type { Disk } from '../disk/disk';
import { LayeredDisk } from '../disk/layers';
import { growQcow2, requireGrowth } from '../disk/qcow2/grow';
import { repairRefcounts } from '../disk/qcow2/rebuild';
import { RawDisk } from '../disk/raw/raw-disk';
import type {
  DiskToOpen,
  NewSnapshot,
  SavedState,
  SnapshotTreeView,
  SnapshotWriter,
  StateWriter,
  StoredDisk,
  VmStore,
} from '../disk/vm-store';
import { hasSameHardware, readPending, removePending, withPending } from './pending-config';
import { type SnapshotDisk, type SnapshotExtras, SnapshotStore } from './snapshots/snapshot-store';
import { LOG_FILE, readNvram, requireConfig, requireValid, resolveFile, writeConfig, writeNvram } from './vm-folder';
import { acquireLock, type VmLock } from './vm-lock';

/** Media are read in order mostly and written rarely. */
const MEDIUM_CACHE_BYTES = 8 << 20;

export class OwnedVm implements VmStore<Validated<VmConfig>> {
  readonly logPath: string;
  #config: Validated<VmConfig>;
  #snapshots!: SnapshotStore;
  /** Open disks by their base file in the configuration. */
  readonly #disks = new Map<string, StoredDisk>();
  readonly #media = new Set<CachedDisk>();
  /** Asked before another configuration comes to run: throws when it reaches what the user has not agreed to. */
  onReach: (config: VmConfig) => Promise<void> = () => Promise.resolve();

  private constructor(
    private readonly files: HostFiles,
    readonly folder: string,
    private readonly lock: VmLock,
    config: Validated<VmConfig>,
  ) {
    this.#config = config;
    this.logPath = path.join(folder, LOG_FILE);
  }

  /**
   * Throws 'vm-in-use', 'vm-not-found', 'vm-broken', 'snapshot-corrupt'. `socketPath` goes into the lock for others to find;
   * '' when this owner does not serve.
   */
  static async open(files: HostFiles, folder: string, socketPath: string): Promise<OwnedVm> {
    await requireConfig(files, folder);
    const lock = await acquireLock(files, folder, socketPath);
    try {
      const vm = new OwnedVm(files, folder, lock, await requireConfig(files, folder));
      vm.#snapshots = await SnapshotStore.open(files, folder, {
        captureExtras: () => vm.#captureExtras(),
        applyExtras: (extras) => vm.#applyExtras(extras),
        disksOf: (extras) => vm.#writableDisks(requireValid(extras.config)),
      });
      if (lock.wasStale) await vm.#repairDisks();
      return vm;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get config(): Validated<VmConfig> {
    return this.#config;
  }

  /** Hardware cannot change under a saved state: 'bad-state'. */
  async saveConfig(config: VmConfig): Promise<void> {
    await this.#snapshots.settle();
    const valid = requireValid(config);
    if (this.isSuspended && !hasSameHardware(valid, this.#config)) {
      throw new VmError('bad-state', `'${this.#config.name}' is suspended; resume it or discard its saved state first`);
    }
    await writeConfig(this.files, this.folder, valid);
    this.#config = valid;
  }

  /** Hardware that waited for a power-on; it still waits when it cannot be put in place. */
  async applyPending(): Promise<void> {
    const pending = await readPending(this.files, this.folder);
    if (pending === undefined || this.isSuspended) return;
    const next = withPending(this.#config, pending);
    await this.onReach(next);
    await this.saveConfig(next);
    await removePending(this.files, this.folder);
  }

  /** Makes a disk larger: its active layer, so that snapshots keep the size they were taken with. */
  async growDisk(id: string, sizeBytes: number): Promise<void> {
    this.#requireClosed();
    const disk = this.#config.disks.find((one) => one.id === id);
    if (disk === undefined) throw new VmError('bad-argument', `this VM has no disk '${id}'`);
    if (isAbsolutePath(disk.file)) throw new VmError('bad-state', `${disk.file} does not belong to this VM alone`);
    await this.#snapshots.settle();
    const layer = this.#snapshots.activeLayer(disk.file, resolveFile(this.folder, disk.file), disk.format);
    if (layer.format === 'qcow2') await growQcow2(this.files, layer.path, sizeBytes);
    else await growRaw(this.files, layer.path, sizeBytes);
  }

  // Disks and media

  async openDisk(disk: DiskToOpen): Promise<StoredDisk> {
    await this.#snapshots.settle();
    const open = this.#disks.get(disk.file);
    if (open !== undefined && !open.isClosed) throw new VmError('bad-state', `${disk.file} is open already`);
    const layer = this.#snapshots.activeLayer(disk.file, resolveFile(this.folder, disk.file), disk.format);
    const layered = await LayeredDisk.open(this.files, layer.path, layer.format, {
      isReadOnly: disk.readonly,
      reach: { folder: this.folder, agreed: this.#agreedFiles() },
    });
    const cached = new CachedDisk(layered);
    this.#disks.set(disk.file, cached);
    return cached;
  }

  async openMedium(file: string, isReadOnly: boolean): Promise<Disk> {
    const handle = await this.files.open(resolveFile(this.folder, file), isReadOnly ? 'read' : 'update');
    const medium = new CachedDisk(await RawDisk.open(handle, { isReadOnly }), { maxBytes: MEDIUM_CACHE_BYTES });
    for (const old of this.#media) if (old.isClosed) this.#media.delete(old);
    this.#media.add(medium);
    return medium;
  }

  readNvram(): Promise<Uint8Array | undefined> {
    return readNvram(this.files, this.folder);
  }

  writeNvram(bytes: Uint8Array): Promise<void> {
    return writeNvram(this.files, this.folder, bytes);
  }

  // Snapshots

  get isSuspended(): boolean {
    return this.#snapshots.tree.resume !== null;
  }

  snapshots(): SnapshotTreeView {
    return this.#snapshots.view();
  }

  thumbnail(snapshotId: string): Promise<Uint8Array | undefined> {
    return this.#snapshots.thumbnail(snapshotId);
  }

  beginSnapshot(snapshot: NewSnapshot): Promise<SnapshotWriter> {
    return this.#snapshots.beginSnapshot(snapshot, this.#writableDisks(this.#config));
  }

  async takeOffline(snapshot: NewSnapshot): Promise<string> {
    this.#requireClosed();
    return this.#snapshots.takeOffline(snapshot, this.#writableDisks(this.#config));
  }

  async restore(snapshotId: string): Promise<void> {
    this.#requireClosed();
    const theirs = requireValid((await this.#snapshots.extrasOf(snapshotId)).config);
    await this.onReach(withPending(this.#config, theirs, 'theirs'));
    await this.#snapshots.restore(snapshotId);
    // What waited was meant for the hardware that this replaces.
    await removePending(this.files, this.folder);
  }

  deleteSnapshot(snapshotId: string, withChildren = false): Promise<void> {
    return this.#snapshots.delete(snapshotId, withChildren);
  }

  renameSnapshot(snapshotId: string, name: string, description: string): Promise<void> {
    return this.#snapshots.rename(snapshotId, name, description);
  }

  beginSuspend(): Promise<StateWriter> {
    return this.#snapshots.beginSuspend(() => [...this.#disks.values()].filter((disk) => !disk.isClosed));
  }

  savedState(): Promise<SavedState | undefined> {
    return this.#snapshots.savedState();
  }

  consumeSavedState(): Promise<void> {
    return this.#snapshots.consumeSavedState();
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const disk of [...this.#disks.values(), ...this.#media]) {
      try {
        await disk.close();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#disks.clear();
    this.#media.clear();
    await this.lock.release();
    if (failures.length > 0) throw failures[0];
  }

  // Inside

  /** After a crash: the layers that were being written may have lost clusters. */
  async #repairDisks(): Promise<void> {
    for (const { base, basePath, format } of this.#writableDisks(this.#config)) {
      const layer = this.#snapshots.activeLayer(base, basePath, format);
      if (layer.format !== 'qcow2' || (await this.files.stat(layer.path)) === undefined) continue;
      await repairRefcounts(this.files, layer.path);
    }
  }

  /** Disks that a snapshot freezes: all that can change. */
  #writableDisks(config: VmConfig): SnapshotDisk[] {
    return config.disks
      .filter((disk) => !disk.readonly)
      .map((disk) => {
        const open = this.#disks.get(disk.file);
        return {
          base: disk.file,
          basePath: resolveFile(this.folder, disk.file),
          format: disk.format,
          disk: open?.isClosed === false ? open : undefined,
        };
      });
  }

  /** Base files outside the folder that the configuration names: the user put them there. */
  #agreedFiles(): string[] {
    return this.#config.disks.map(({ file }) => file).filter((file) => isAbsolutePath(file));
  }

  #requireClosed(): void {
    for (const disk of this.#disks.values()) {
      if (!disk.isClosed) throw new VmError('bad-state', 'the disks of the VM are in use');
    }
  }

  async #captureExtras(): Promise<SnapshotExtras> {
    const nvram = await this.readNvram();
    return { config: this.#config, nvram: nvram === undefined ? null : Buffer.from(nvram).toString('base64') };
  }

  /** The hardware of the snapshot; name, description and the like stay as they are now. */
  async #applyExtras(extras: SnapshotExtras): Promise<void> {
    const restored = requireValid(withPending(this.#config, requireValid(extras.config), 'theirs'));
    await this.onReach(restored);
    await writeConfig(this.files, this.folder, restored);
    this.#config = restored;
    if (extras.nvram !== null) await this.writeNvram(new Uint8Array(Buffer.from(extras.nvram, 'base64')));
  }
}

async function growRaw(files: HostFiles, file: string, sizeBytes: number): Promise<void> {
  const handle = await files.open(file, 'update');
  try {
    requireGrowth(file, await handle.size(), sizeBytes);
    await handle.truncate(sizeBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
