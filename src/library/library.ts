/** The VMs on this computer: those in the default folder and those elsewhere that the user opened. */
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { readWholeFile, replaceFile } from '../base/atomic-file';
import { hexOf } from '../base/bytes';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import type { Problem } from '../config/problem';
import { filePathTrouble, isAbsolutePath } from '../config/reader';
import type { Validated, VmConfig } from '../config/vm-config';
import { folderNameFor, nameTrouble } from '../config/vm-name';
import type { SnapshotTreeView } from '../disk/vm-store';
import { createQcow2 } from '../disk/qcow2/create';
import { createRaw } from '../disk/raw/create';
import { OwnedVm } from './owned-vm';
import type { SubzeroPaths } from './paths';
import { socketPathFor } from './runtime-socket';
import { viewOfTree } from './snapshots/snapshot-store';
import { SnapshotFolder } from './snapshots/snapshot-folder';
import { loadConfig, requireValid, resolveFile, writeConfig } from './vm-folder';
import { type LockOwner, readOwner } from './vm-lock';

export type VmEntry = {
  /** Real path; names the VM. */
  readonly folder: string;
  readonly name: string;
  /** The process that runs it or is changing it. */
  readonly owner: LockOwner | undefined;
  readonly isSuspended: boolean;
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

/** A file of the host that a new VM gets a copy of; `to` is relative to its folder. */
export interface CopiedFile {
  readonly from: string;
  readonly to: string;
}

export interface NewVm {
  readonly config: VmConfig;
  readonly disks: readonly NewDisk[];
  readonly copies?: readonly CopiedFile[];
  /** Where the VM's folder goes; the default place otherwise. */
  readonly parentFolder?: string;
}

const COPY_BYTES = 4 << 20;
const LIST_FILE = 'library.json';
const MAX_LIST_BYTES = 4 << 20;
const NEW_PREFIX = '.subzero-new-';
const DELETED_PREFIX = '.subzero-deleted-';
/** A VM is made in seconds; what is older was left behind by a crash. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

export class Library {
  constructor(
    private readonly files: HostFiles,
    readonly paths: SubzeroPaths,
  ) {}

  /** All VMs by name. One that cannot be used is listed with its problems. */
  async list(): Promise<VmEntry[]> {
    const folders = new Set<string>();
    for (const name of (await this.files.list(this.paths.vmsFolder)) ?? []) {
      if (name.startsWith('.')) continue;
      folders.add(path.join(this.paths.vmsFolder, name));
    }
    const inDefault = new Set(folders);
    for (const folder of await this.#knownFolders()) folders.add(folder);
    const entries: VmEntry[] = [];
    const seen = new Set<string>();
    for (const folder of folders) {
      const entry = await this.#entry(folder);
      if (entry === undefined || seen.has(entry.folder)) continue;
      if (entry.kind === 'missing' && inDefault.has(folder)) continue;
      seen.add(entry.folder);
      entries.push(entry);
    }
    return entries.sort((a, b) => a.name.localeCompare(b.name) || a.folder.localeCompare(b.folder));
  }

  /** A VM by its name or its folder. Throws 'vm-not-found', or 'bad-argument' when the name is not unique. */
  async find(nameOrFolder: string): Promise<VmEntry> {
    if (isAbsolutePath(nameOrFolder) || nameOrFolder.includes('/')) {
      const entry = await this.#entry(path.resolve(nameOrFolder));
      if (entry !== undefined && entry.kind !== 'missing') return entry;
    }
    const found = (await this.list()).filter((entry) => sameName(entry.name, nameOrFolder));
    if (found.length === 1) return found[0]!;
    if (found.length === 0) {
      throw new VmError('vm-not-found', `there is no VM named '${nameOrFolder}'`, { name: nameOrFolder });
    }
    throw new VmError('bad-argument', `several VMs are named '${nameOrFolder}'; give the folder of one`, {
      name: nameOrFolder,
    });
  }

  /** Makes the VM's folder with its configuration and disks, whole or not at all. */
  async create(vm: NewVm): Promise<VmEntry> {
    const config = requireValid(vm.config);
    await this.#requireFreeName(config.name, undefined);
    const parent = vm.parentFolder ?? this.paths.vmsFolder;
    await this.#makeFolders(parent);
    await this.#removeLeftovers(parent);
    const building = path.join(parent, NEW_PREFIX + hexOf(randomBytes(8)));
    await this.files.makeFolder(building);
    let folder: string;
    try {
      for (const disk of vm.disks) await this.#createDisk(building, config, disk);
      for (const copy of vm.copies ?? []) await this.#copyInto(building, copy);
      await writeConfig(this.files, building, config);
      folder = await this.#moveIntoPlace(building, parent, folderNameFor(config.name));
    } catch (error) {
      await this.files.removeTree(building);
      throw error;
    }
    await this.files.syncFolder(parent);
    const real = await this.files.realPath(folder);
    if (path.dirname(real) !== (await this.files.realPath(this.paths.vmsFolder).catch(() => ''))) await this.add(real);
    return (await this.#entry(real))!;
  }

  /** Puts a VM folder from elsewhere on the list. Throws 'vm-not-found' when there is no VM in it. */
  async add(folder: string): Promise<VmEntry> {
    const entry = await this.#entry(path.resolve(folder));
    if (entry === undefined || entry.kind === 'missing') {
      throw new VmError('vm-not-found', `there is no VM in ${folder}`, { path: folder });
    }
    const known = await this.#knownFolders();
    if (!known.includes(entry.folder)) await this.#saveKnownFolders([...known, entry.folder]);
    return entry;
  }

  /** Takes a VM off the list and leaves its folder alone. */
  async forget(folder: string): Promise<void> {
    const known = await this.#knownFolders();
    await this.#saveKnownFolders(known.filter((other) => other !== folder));
  }

  /** The folder keeps its name: others may refer to it. Throws 'vm-in-use' while the VM runs. */
  async rename(folder: string, name: string): Promise<void> {
    const trouble = nameTrouble(name);
    if (trouble !== undefined) throw new VmError('name-invalid', `the name ${trouble}`, { name });
    await this.#requireFreeName(name, folder);
    const vm = await this.open(folder, '');
    try {
      await vm.saveConfig({ ...vm.config, name });
    } finally {
      await vm.close();
    }
  }

  /** Removes the VM with all its files in its folder. Throws 'vm-in-use' while it runs. */
  async delete(folder: string): Promise<void> {
    const entry = await this.#entry(folder);
    if (entry === undefined || entry.kind === 'missing') {
      await this.forget(folder);
      return;
    }
    if (entry.owner !== undefined) {
      throw new VmError('vm-in-use', `'${entry.name}' is in use by process ${entry.owner.pid}; stop it first`, {
        path: folder,
        pid: String(entry.owner.pid),
      });
    }
    // Away in one step; then bit by bit.
    const parent = path.dirname(entry.folder);
    const doomed = path.join(parent, DELETED_PREFIX + hexOf(randomBytes(8)));
    await this.files.rename(entry.folder, doomed);
    await this.files.syncFolder(parent);
    await this.forget(entry.folder);
    await this.files.removeTree(doomed);
  }

  /** Takes the VM over. `socketPath`: '' when this process does not serve it. */
  open(folder: string, socketPath: string): Promise<OwnedVm> {
    return OwnedVm.open(this.files, folder, socketPath);
  }

  /** Where the VM's process listens while it runs. */
  socketPath(folder: string): string {
    return socketPathFor(this.paths, folder);
  }

  /** The snapshots of a VM that others may own; a moment's view. */
  async snapshots(folder: string): Promise<SnapshotTreeView> {
    return viewOfTree(await new SnapshotFolder(this.files, folder).readTree());
  }

  /** A small PNG; undefined where there is none. A moment's view, as `snapshots`. */
  thumbnail(folder: string, snapshotId: string): Promise<Uint8Array | undefined> {
    return new SnapshotFolder(this.files, folder).readThumbnail(snapshotId);
  }

  async #entry(folder: string): Promise<VmEntry | undefined> {
    const info = await this.files.stat(folder);
    if (info?.kind !== 'folder') {
      return { kind: 'missing', folder, name: path.basename(folder), owner: undefined, isSuspended: false };
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
    const common = { folder: real, name, owner, isSuspended };
    return loaded.ok && problems.length === 0
      ? { kind: 'ok', ...common, config: loaded.config }
      : { kind: 'broken', ...common, problems };
  }

  async #requireFreeName(name: string, except: string | undefined): Promise<void> {
    const taken = (await this.list()).find((entry) => sameName(entry.name, name) && entry.folder !== except);
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

  async #copyInto(vmFolder: string, { from, to }: CopiedFile): Promise<void> {
    if (isAbsolutePath(to) || filePathTrouble(to) !== undefined) {
      throw new VmError('bad-argument', `'${to}' is not in the new VM's folder`, { path: to });
    }
    const target = resolveFile(vmFolder, to);
    await this.#makeFolders(path.dirname(target));
    const source = await this.files.open(from, 'read');
    try {
      const copy = await this.files.open(target, 'create');
      try {
        const chunk = new Uint8Array(COPY_BYTES);
        for (let at = 0; ; ) {
          const got = await source.read(at, chunk);
          if (got > 0) await copy.write(at, chunk.subarray(0, got));
          at += got;
          if (got < chunk.length) break;
        }
        await copy.sync();
      } finally {
        await copy.close();
      }
    } finally {
      await source.close();
    }
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

  async #makeFolders(folder: string): Promise<void> {
    if ((await this.files.stat(folder))?.kind === 'folder') return;
    const parent = path.dirname(folder);
    if (parent !== folder) await this.#makeFolders(parent);
    await this.files.makeFolder(folder);
    await this.files.syncFolder(parent);
  }

  async #knownFolders(): Promise<string[]> {
    const bytes = await readWholeFile(this.files, path.join(this.paths.configFolder, LIST_FILE), MAX_LIST_BYTES);
    if (bytes === undefined) return [];
    try {
      const json = JSON.parse(new TextDecoder().decode(bytes)) as { folders?: unknown } | null;
      const folders = Array.isArray(json?.folders) ? (json.folders as unknown[]) : [];
      return folders.filter((folder): folder is string => typeof folder === 'string' && path.isAbsolute(folder));
    } catch (error) {
      // Only remembers where to look; the VMs themselves are safe.
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }

  async #saveKnownFolders(folders: readonly string[]): Promise<void> {
    await this.#makeFolders(this.paths.configFolder);
    const text = `${JSON.stringify({ folders }, undefined, 2)}\n`;
    await replaceFile(this.files, path.join(this.paths.configFolder, LIST_FILE), new TextEncoder().encode(text));
  }
}

function sameName(a: string, b: string): boolean {
  return a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
}
