/** The VMs on this computer: those in the default folder and those elsewhere that the user opened. */
import { randomBytes, randomUUID } from 'node:crypto';
import * as path from 'node:path';
import { hexOf } from '../base/bytes';
import { throwIfCancelled } from '../base/abort';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { defaultIdentity } from '../config/identity';
import type { Problem } from '../config/problem';
import type { Preferences } from '../config/preferences';
import { isAbsolutePath } from '../config/reader';
import type { Validated, VmConfig } from '../config/vm-config';
import { describeNameTrouble, folderNameFor, nameTrouble } from '../config/vm-name';
import type { SnapshotTreeView } from '../disk/vm-store';
import { createQcow2 } from '../disk/qcow2/create';
import { createRaw } from '../disk/raw/create';
import {
  type Arrangement,
  inOrder,
  type KnownVm,
  knownVm,
  withFolder,
  withKnown,
  withMovedFolder,
  withMovedPath,
  withoutFolder,
  withoutVm,
  withPlaced,
  withRenamedFolder,
  withVm,
} from './arrangement';
import { ArrangementFile } from './arrangement-file';
import { type CopiedFile, copyFiles, type LongWork, makeFolders } from './copy-files';
import type { EditOwner } from './edit-vm';
import { OwnedVm } from './owned-vm';
import { requireMemory } from './memory-limit';
import type { SubzeroPaths } from './paths';
import { readPreferences, writePreferences } from './preferences-file';
import { socketPathFor } from './runtime-socket';
import { type SnapshotSize, snapshotSizes } from './snapshots/sizes';
import { readPending, withPending } from './pending-config';
import { RecentImages } from './recent-images';
import { isAgreed, keyOf, type Reach, reachOf } from './reach';
import { viewOfTree } from './snapshots/snapshot-store';
import { SnapshotFolder } from './snapshots/snapshot-folder';
import { loadConfig, requireConfig, requireValid, resolveFile, writeConfig } from './vm-folder';
import { Trash, type TrashedVm } from './trash';
import { placeOf } from './vm-place';
import { type LockOwner, readOwner, wasLeftBehind } from './vm-lock';

export type VmEntry = {
  /** Real path; names the VM. */
  readonly folder: string;
  readonly name: string;
  /** The process that runs it or is changing it. */
  readonly owner: LockOwner | undefined;
  readonly isSuspended: boolean;
  /** Where the user put it in the library. */
  readonly place: KnownVm;
} & (
  | { readonly kind: 'ok'; readonly config: Validated<VmConfig> }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] }
  /** Known to the library, but its folder is gone. */
  | { readonly kind: 'missing' }
);

/** An empty disk to be made with a new VM; `file` must be one of the configuration's disks. */
export interface NewDisk {
  readonly file: string;
  readonly sizeBytes: number;
}

export interface NewVm {
  readonly config: VmConfig;
  readonly disks: readonly NewDisk[];
  readonly copies?: readonly CopiedFile[];
  /** Where the VM's folder goes; the default place otherwise. */
  readonly parentFolder?: string;
}

const NEW_PREFIX = '.subzero-new-';
const DELETED_PREFIX = '.subzero-deleted-';
/** A VM is made in seconds; what is older was left behind by a crash. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

export class Library {
  readonly #arrangement: ArrangementFile;
  readonly #trash: Trash;
  readonly recentImages: RecentImages;
  #paths: SubzeroPaths;

  constructor(
    private readonly files: HostFiles,
    paths: SubzeroPaths,
  ) {
    this.#paths = paths;
    const makeFolder = (folder: string): Promise<void> => this.#makeFolders(folder);
    this.#arrangement = new ArrangementFile(files, paths.configFolder, makeFolder);
    this.recentImages = new RecentImages(files, paths.configFolder, makeFolder);
    this.#trash = new Trash(files, paths.trashFolder, makeFolder);
  }

  get paths(): SubzeroPaths {
    return this.#paths;
  }

  get preferences(): Preferences {
    return readPreferences(this.#paths);
  }

  /**
   * `usual`: where things are while no preference says otherwise. VMs in the folder that was for new ones before stay on the
   * list.
   */
  async setPreferences(preferences: Preferences, usual: SubzeroPaths): Promise<void> {
    const vmsFolder = preferences.vmsFolder ?? usual.vmsFolder;
    if (vmsFolder !== this.#paths.vmsFolder) {
      await this.#makeFolders(vmsFolder);
      await this.remember(await this.list());
    }
    await writePreferences(this.files, this.#paths, preferences, (folder) => this.#makeFolders(folder));
    this.#paths = { ...this.#paths, vmsFolder };
  }

  /**
   * All VMs: those put in order by hand, then by name. One that cannot be used is listed with its problems; one whose folder
   * is gone stays until the user takes it off the list.
   */
  async list(): Promise<VmEntry[]> {
    const arrangement = await this.#arrangement.read();
    const folders = new Set<string>();
    for (const name of (await this.files.list(this.paths.vmsFolder)) ?? []) {
      if (name.startsWith('.')) continue;
      folders.add(path.join(this.paths.vmsFolder, name));
    }
    const known = new Set(arrangement.vms.map((vm) => vm.path));
    for (const folder of known) folders.add(folder);
    const entries: VmEntry[] = [];
    const seen = new Set<string>();
    for (const folder of folders) {
      const entry = await this.#entry(folder, arrangement);
      if (entry === undefined || seen.has(entry.folder)) continue;
      // Gone between the look into the default folder and now.
      if (entry.kind === 'missing' && !known.has(folder)) continue;
      seen.add(entry.folder);
      entries.push(entry);
    }
    const byFolder = entries.sort((a, b) => a.folder.localeCompare(b.folder));
    return inOrder(byFolder.map((entry) => ({ entry, name: entry.name, rank: entry.place.rank }))).map(
      ({ entry }) => entry,
    );
  }

  /** A VM by its name or its folder. Throws 'vm-not-found', or 'bad-argument' when the name is not unique. */
  async find(nameOrFolder: string): Promise<VmEntry> {
    if (isAbsolutePath(nameOrFolder) || nameOrFolder.includes('/')) {
      const entry = await this.#entry(path.resolve(nameOrFolder), await this.#arrangement.read());
      if (entry !== undefined && entry.kind !== 'missing') return entry;
    }
    const named = (await this.list()).filter(
      (entry) => sameName(entry.name, nameOrFolder) || entry.folder === nameOrFolder,
    );
    const there = named.filter((entry) => entry.kind !== 'missing');
    const found = there.length > 0 ? there : named;
    if (found.length === 1) return found[0]!;
    if (found.length === 0) {
      throw new VmError('vm-not-found', `there is no VM named '${nameOrFolder}'; 'subzero list' shows them`, {
        name: nameOrFolder,
      });
    }
    throw new VmError('bad-argument', `several VMs are named '${nameOrFolder}'; give the folder of one`, {
      name: nameOrFolder,
    });
  }

  /** Makes the VM's folder with its configuration and disks, whole or not at all. */
  async create(vm: NewVm, work: LongWork = {}): Promise<VmEntry> {
    // Another computer than the one whose configuration it may have come from.
    const config = requireValid({ ...vm.config, identity: defaultIdentity });
    await this.#requireFreeName(config.name, undefined);
    const parent = vm.parentFolder ?? this.paths.vmsFolder;
    await this.#makeFolders(parent);
    await this.#removeLeftovers(parent);
    const building = path.join(parent, NEW_PREFIX + hexOf(randomBytes(8)));
    await this.files.makeFolder(building);
    let folder: string;
    try {
      for (const disk of vm.disks) await this.#createDisk(building, config, disk);
      await copyFiles(this.files, building, vm.copies ?? [], work);
      await writeConfig(this.files, building, config);
      throwIfCancelled(work.signal);
      folder = await this.#moveIntoPlace(building, parent, folderNameFor(config.name));
    } catch (error) {
      await this.files.removeTree(building);
      throw error;
    }
    await this.files.syncFolder(parent);
    const real = await this.files.realPath(folder);
    const entry = await this.add(real);
    // Who makes a VM names its files.
    await this.agree(real, await reachOf(real, config));
    return entry;
  }

  /** Puts a VM folder on the list, to stay there. Throws 'vm-not-found' when there is no VM in it. */
  async add(folder: string): Promise<VmEntry> {
    const entry = await this.#requireVm(folder);
    await this.#arrangement.change((now) => withVm(now, entry.folder, { name: entry.name }));
    return entry;
  }

  /** Keeps these on the list though their folders go. */
  async remember(entries: readonly VmEntry[]): Promise<void> {
    await this.#arrangement.change((now) =>
      entries.reduce(
        (all, { kind, folder, name }) =>
          kind === 'missing' || knownVm(all, folder).name === name ? all : withVm(all, folder, { name }),
        now,
      ),
    );
  }

  /** A VM whose folder is gone lies here now. It keeps its place in the library. */
  async locate(missing: string, folder: string): Promise<VmEntry> {
    const entry = await this.#requireVm(folder);
    // The very VM that was there: no question is left.
    if (entry.kind === 'ok' && entry.owner === undefined && entry.config.identity.place === (await placeOf(missing))) {
      await this.settleIdentity(entry.folder, 'moved');
    }
    await this.#arrangement.change((now) =>
      withVm(withMovedPath(now, missing, entry.folder), entry.folder, { name: entry.name }),
    );
    return entry;
  }

  /** Takes a VM off the list and leaves its folder alone. */
  async forget(folder: string): Promise<void> {
    await this.#arrangement.change((now) => withoutVm(now, folder));
  }

  /** How the user has arranged the library. */
  arrangement(): Promise<Arrangement> {
    return this.#arrangement.read();
  }

  /** Puts VMs into a folder of the library (null: the top), in front of another one there or (null) at the end. */
  async place(folders: readonly string[], parent: string | null, before?: string | null): Promise<void> {
    // Neighbours that nobody has named yet take part in an order by hand.
    await this.remember(await this.list());
    await this.#arrangement.change((now) => withPlaced(now, folders, parent, before));
  }

  async setFavourite(folder: string, isFavourite: boolean): Promise<void> {
    await this.#arrangement.change((now) => withVm(now, folder, { isFavourite }));
  }

  /** It was started. */
  async markUsed(folder: string, usedMs: number): Promise<void> {
    await this.#arrangement.change((now) => withVm(now, folder, { usedMs }));
  }

  /** Nothing is said to have been started: the list of recent VMs is empty. */
  async forgetUses(): Promise<void> {
    await this.#arrangement.change((now) =>
      now.vms.reduce((all, { path: folder, usedMs }) => (usedMs === 0 ? all : withVm(all, folder, { usedMs: 0 })), now),
    );
  }

  async createFolder(name: string, parent: string | null): Promise<string> {
    const id = hexOf(randomBytes(6));
    await this.#arrangement.change((now) => withFolder(now, id, name, parent));
    return id;
  }

  async renameFolder(id: string, name: string): Promise<void> {
    await this.#arrangement.change((now) => withRenamedFolder(now, id, name));
  }

  async moveFolder(id: string, parent: string | null, before: string | null): Promise<void> {
    await this.#arrangement.change((now) => withMovedFolder(now, id, parent, before));
  }

  /** The VMs and folders in it move up; nothing is deleted. */
  async removeFolder(id: string): Promise<void> {
    await this.#arrangement.change((now) => withoutFolder(now, id));
  }

  /** The folder keeps its name: others may refer to it. `owner`: the process that runs the VM; without it 'vm-in-use'. */
  async rename(folder: string, name: string, owner?: EditOwner): Promise<void> {
    const trouble = nameTrouble(name);
    if (trouble !== undefined) throw new VmError('name-invalid', `the name ${describeNameTrouble(trouble)}`, { name });
    await this.#requireFreeName(name, folder);
    if (owner !== undefined) {
      const entry = await this.#requireVm(folder);
      if (entry.kind === 'ok') await owner.changeConfig({ ...entry.config, name });
    } else {
      const vm = await this.open(folder, '');
      try {
        await vm.saveConfig({ ...vm.config, name });
      } finally {
        await vm.close();
      }
    }
    await this.#arrangement.change((now) => withVm(now, folder, { name }));
  }

  /** Moves a VM into the trash, with its place in the library. Throws 'vm-in-use' while it runs. */
  async moveToTrash(folder: string): Promise<TrashedVm> {
    const entry = await this.#requireIdle(folder);
    if (entry === undefined) throw new VmError('vm-not-found', `there is no VM in ${folder}`, { path: folder });
    const trashed = await this.#trash.put(entry.folder, entry.place);
    await this.forget(entry.folder);
    return trashed;
  }

  async trashed(): Promise<TrashedVm[]> {
    const near = (await this.files.stat(this.paths.vmsFolder)) === undefined ? [] : [this.paths.vmsFolder];
    return this.#trash.list(near);
  }

  /** Undoes `moveToTrash`. */
  async restoreFromTrash(trashed: TrashedVm): Promise<VmEntry> {
    const folder = await this.#trash.restore(trashed);
    await this.#arrangement.change((now) => withKnown(now, folder, trashed.note));
    return this.add(folder);
  }

  /** Gone for good. */
  removeFromTrash(trashed: TrashedVm): Promise<void> {
    return this.#trash.remove(trashed);
  }

  /** Removes the VM with all its files in its folder. Throws 'vm-in-use' while it runs. */
  async delete(folder: string): Promise<void> {
    const entry = await this.#requireIdle(folder);
    if (entry === undefined) {
      await this.forget(folder);
      return;
    }
    // Away in one step; then bit by bit.
    const parent = path.dirname(entry.folder);
    const doomed = path.join(parent, DELETED_PREFIX + hexOf(randomBytes(8)));
    await this.files.rename(entry.folder, doomed);
    await this.files.syncFolder(parent);
    await this.forget(entry.folder);
    await this.files.removeTree(doomed);
  }

  /** Whether the program that ran a VM last was killed. */
  wasLeftBehind(folder: string): Promise<boolean> {
    return wasLeftBehind(this.files, folder);
  }

  /** Takes the VM over. `socketPath`: '' when this process does not serve it. */
  open(folder: string, socketPath: string): Promise<OwnedVm> {
    return OwnedVm.open(this.files, folder, socketPath);
  }

  /** What the VM is going to reach outside its folder and the user has not agreed to. */
  async unagreed(folder: string): Promise<Reach[]> {
    const config = await requireConfig(this.files, folder);
    const pending = await readPending(this.files, folder);
    return this.#unagreedOf(folder, pending === undefined ? [config] : [config, withPending(config, pending)]);
  }

  /** The user agrees to what this VM reaches; it holds for this folder from now on. */
  async agree(folder: string, reaches: readonly Reach[]): Promise<void> {
    await this.#arrangement.change((now) => {
      const { agreed } = knownVm(now, folder);
      const more = reaches.filter((reach) => !isAgreed(agreed, reach)).map(keyOf);
      return more.length === 0 ? now : withVm(now, folder, { agreed: [...agreed, ...more] });
    });
  }

  /**
   * The user's answer for a VM that lies elsewhere than it did: a copy is another computer from now on, with a UUID of its
   * own; one that was moved stays what it was.
   */
  async settleIdentity(folder: string, answer: 'moved' | 'copied'): Promise<void> {
    const vm = await this.open(folder, '');
    try {
      await recordIdentity(vm, answer === 'copied' ? '' : vm.config.identity.uuid);
    } finally {
      await vm.close();
    }
  }

  /**
   * Takes the VM over to run it. Throws 'consent-needed' when it reaches outside its folder without the user's word,
   * 'moved-or-copied' when it lies elsewhere than it did and nobody has said why (`settleIdentity`), and 'memory-limit' when it does not fit beside those that run.
   */
  async openToRun(folder: string, socketPath: string): Promise<OwnedVm> {
    const vm = await this.open(folder, socketPath);
    try {
      const requireAgreed = async (config: VmConfig): Promise<void> => {
        const reaches = await this.#unagreedOf(vm.folder, [config]);
        if (reaches.length > 0) throw consentNeeded(config.name, reaches);
      };
      await requireAgreed(vm.config);
      vm.onReach = requireAgreed;
      const { uuid, place } = vm.config.identity;
      if (place !== '' && place !== (await placeOf(vm.folder))) throw movedOrCopied(vm.config.name, vm.folder);
      if (uuid === '' || place === '') await recordIdentity(vm, uuid);
      const { memoryLimitMiB } = this.preferences;
      if (memoryLimitMiB !== null) requireMemory(await this.list(), vm, memoryLimitMiB);
      return vm;
    } catch (error) {
      await vm.close();
      throw error;
    }
  }

  /** Where the VM's process listens while it runs. */
  socketPath(folder: string): string {
    return socketPathFor(this.paths, folder);
  }

  /** The snapshots of a VM that others may own; a moment's view. */
  async snapshots(folder: string): Promise<SnapshotTreeView> {
    return viewOfTree(await new SnapshotFolder(this.files, folder).readTree());
  }

  /** What each snapshot takes, and what deleting it would give back; a moment's view. */
  async snapshotSizes(folder: string): Promise<Map<string, SnapshotSize>> {
    const snapshots = new SnapshotFolder(this.files, folder);
    return snapshotSizes(snapshots, await snapshots.readTree());
  }

  /** A small PNG; undefined where there is none. A moment's view, as `snapshots`. */
  thumbnail(folder: string, snapshotId: string): Promise<Uint8Array | undefined> {
    return new SnapshotFolder(this.files, folder).readThumbnail(snapshotId);
  }

  /** The screen of a suspended VM as a small PNG; undefined where there is none. */
  resumePicture(folder: string): Promise<Uint8Array | undefined> {
    return new SnapshotFolder(this.files, folder).readResumePicture();
  }

  async #unagreedOf(folder: string, configs: readonly VmConfig[]): Promise<Reach[]> {
    const { agreed } = knownVm(await this.#arrangement.read(), folder);
    const found = new Map<string, Reach>();
    for (const config of configs) for (const reach of await reachOf(folder, config)) found.set(keyOf(reach), reach);
    return [...found.values()].filter((reach) => !isAgreed(agreed, reach));
  }

  async #requireVm(folder: string): Promise<VmEntry> {
    const entry = await this.#entry(path.resolve(folder), await this.#arrangement.read());
    if (entry !== undefined && entry.kind !== 'missing') return entry;
    throw new VmError('vm-not-found', `there is no VM in ${folder}`, { path: folder });
  }

  /** undefined: there is nothing. Throws 'vm-in-use'. */
  async #requireIdle(folder: string): Promise<VmEntry | undefined> {
    const entry = await this.#entry(folder, await this.#arrangement.read());
    if (entry === undefined || entry.kind === 'missing') return undefined;
    if (entry.owner === undefined) return entry;
    throw new VmError('vm-in-use', `'${entry.name}' is in use by process ${entry.owner.pid}; stop it first`, {
      path: folder,
      pid: String(entry.owner.pid),
    });
  }

  async #entry(folder: string, arrangement: Arrangement): Promise<VmEntry | undefined> {
    const info = await this.files.stat(folder);
    if (info?.kind !== 'folder') {
      const place = knownVm(arrangement, folder);
      const name = place.name || path.basename(folder);
      return { kind: 'missing', folder, name, owner: undefined, isSuspended: false, place };
    }
    const real = await this.files.realPath(folder);
    const loaded = await loadConfig(this.files, real);
    if (loaded === undefined) return undefined;
    const owner = await readOwner(this.files, real);
    let isSuspended = false;
    const problems: Problem[] = loaded.ok ? [] : [...loaded.problems];
    try {
      isSuspended = (await new SnapshotFolder(this.files, real).readTree()).resume !== null;
    } catch (error) {
      problems.push({ path: 'snapshots', code: 'bad-value', message: VmError.from(error).message });
    }
    const name = loaded.ok ? loaded.config.name : loaded.name;
    const common = { folder: real, name, owner, isSuspended, place: knownVm(arrangement, real) };
    return loaded.ok && problems.length === 0
      ? { kind: 'ok', ...common, config: loaded.config }
      : { kind: 'broken', ...common, problems };
  }

  async #requireFreeName(name: string, except: string | undefined): Promise<void> {
    const taken = (await this.list()).find(
      (entry) => sameName(entry.name, name) && entry.folder !== except && entry.kind !== 'missing',
    );
    if (taken !== undefined) {
      throw new VmError('vm-exists', `there is a VM named '${name}' already (${taken.folder})`, { name });
    }
  }

  async #createDisk(vmFolder: string, config: Validated<VmConfig>, disk: NewDisk): Promise<void> {
    const entry = config.disks.find((candidate) => candidate.file === disk.file);
    if (entry === undefined || isAbsolutePath(disk.file)) {
      throw new VmError('bad-argument', `'${disk.file}' is not a disk of the new VM's folder`, { path: disk.file });
    }
    const target = resolveFile(vmFolder, disk.file);
    await this.#makeFolders(path.dirname(target));
    if (entry.format === 'qcow2') await createQcow2(this.files, target, { sizeBytes: disk.sizeBytes });
    else await createRaw(this.files, target, disk.sizeBytes);
    await this.files.syncFolder(path.dirname(target));
  }

  /** Renames to the first free of 'Name', 'Name 2', … */
  async #moveIntoPlace(building: string, parent: string, name: string): Promise<string> {
    await this.files.syncFolder(building);
    for (let n = 1; n < 1000; n++) {
      const folder = path.join(parent, n === 1 ? name : `${name} ${n}`);
      if ((await this.files.stat(folder)) !== undefined) continue;
      await this.files.rename(building, folder);
      return folder;
    }
    throw new VmError('file-exists', `${path.join(parent, name)} exists already`, { path: parent });
  }

  async #removeLeftovers(parent: string): Promise<void> {
    for (const name of (await this.files.list(parent)) ?? []) {
      const full = path.join(parent, name);
      if (name.startsWith(DELETED_PREFIX)) await this.files.removeTree(full);
      if (!name.startsWith(NEW_PREFIX)) continue;
      const info = await this.files.stat(full);
      if (info !== undefined && Date.now() - info.modifiedMs > LEFTOVER_AGE_MS) await this.files.removeTree(full);
    }
  }

  #makeFolders(folder: string): Promise<void> {
    return makeFolders(this.files, folder);
  }
}

function consentNeeded(name: string, reaches: readonly Reach[]): VmError {
  const list = reaches.map(({ device, access, path: file }) => `${device} (${access}) ${file}`).join(', ');
  return new VmError(
    'consent-needed',
    `'${name}' reaches outside its folder: ${list}; start it in the window to be asked, or with 'start --agree' if that is right`,
    { name, reaches: list },
  );
}

function movedOrCopied(name: string, folder: string): VmError {
  return new VmError(
    'moved-or-copied',
    `'${name}' might have been moved or copied to ${folder}; start it in the window to be asked, or with 'start --moved' or, if you do not know, 'start --copied'`,
    { name, path: folder },
  );
}

/** `uuid`: '' makes a new one. */
async function recordIdentity(vm: OwnedVm, uuid: string): Promise<void> {
  const identity = { uuid: uuid === '' ? randomUUID() : uuid, place: await placeOf(vm.folder) };
  await vm.saveConfig({ ...vm.config, identity });
}

function sameName(a: string, b: string): boolean {
  return a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
}
