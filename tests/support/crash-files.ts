import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { VmError } from '../../src/base/errors';
import type { HostFile, HostFileInfo, HostFiles, OpenMode } from '../../src/base/host-files';
import type { Random } from './random';

/** What every call throws once the process is "dead". */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
  }
}

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly data: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

class File {
  readonly kind = 'file';
  data: Uint8Array = new Uint8Array(0);
  size = 0;
  /** Content on stable storage. */
  durable: Uint8Array = new Uint8Array(0);
  unsynced: Change[] = [];
  /** `data` is also somebody else's: copied before it changes. */
  isShared = false;

  constructor(readonly id: number) {}

  get content(): Uint8Array {
    return this.data.subarray(0, this.size);
  }

  /** The content for somebody to keep. */
  share(): Uint8Array {
    this.isShared = true;
    return this.content;
  }

  apply(change: Change): void {
    if (this.isShared) {
      this.data = this.content.slice();
      this.isShared = false;
    }
    if (change.kind === 'truncate') {
      this.#grow(change.size);
      if (change.size < this.size) this.data.fill(0, change.size, this.size);
      this.size = change.size;
    } else {
      this.#grow(change.at + change.data.length);
      this.data.set(change.data, change.at);
      this.size = Math.max(this.size, change.at + change.data.length);
    }
  }

  #grow(size: number): void {
    if (size <= this.data.length) return;
    const larger = new Uint8Array(Math.max(size, this.data.length * 2));
    larger.set(this.content);
    this.data = larger;
  }
}

class Folder {
  readonly kind = 'folder';
  entries = new Map<string, File | Folder>();
  durable = new Map<string, File | Folder>();

  constructor(readonly id: number) {}
}

/**
 * A file system in memory that can lose its process, or its power, at any operation. Changing operations are counted;
 * with `killAt` the process dies before (even) or after (odd) operation `killAt >> 1`. What is there afterwards is
 * `afterKill()` (everything written) or `afterPowerLoss()` (what was synced, and of the rest whatever chance kept).
 */
export class CrashFiles implements HostFiles {
  #nextId = 1;
  #root: Folder;
  #operations = 0;
  #isDead = false;
  killAt = Number.POSITIVE_INFINITY;
  /** Asked before each change; may throw a VmError to make the operation fail. */
  onChange: ((name: string, path: string) => void) | undefined;
  /** Names of the changing operations so far. */
  readonly log: string[] = [];

  constructor() {
    this.#root = new Folder(this.#nextId++);
  }

  get operations(): number {
    return this.#operations;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  // Crashes

  afterKill(): CrashFiles {
    return this.#copy(
      (file) => file.share(),
      (folder) => folder.entries,
    );
  }

  afterPowerLoss(random?: Random): CrashFiles {
    if (random === undefined)
      return this.#copy(
        (file) => file.durable,
        (folder) => folder.durable,
      );
    return this.#copy(
      (file) => {
        const kept = new File(0);
        kept.apply({ kind: 'write', at: 0, data: file.durable });
        for (const change of file.unsynced) if (random.chance(0.5)) kept.apply(change);
        return kept.content;
      },
      (folder) => {
        const kept = new Map(folder.durable);
        for (const name of new Set([...folder.entries.keys(), ...folder.durable.keys()])) {
          if (!random.chance(0.5)) continue;
          const now = folder.entries.get(name);
          if (now === undefined) kept.delete(name);
          else kept.set(name, now);
        }
        return kept;
      },
    );
  }

  #copy(
    contentOf: (file: File) => Uint8Array,
    entriesOf: (folder: Folder) => ReadonlyMap<string, File | Folder>,
  ): CrashFiles {
    const copy = new CrashFiles();
    const copies = new Map<File | Folder, File | Folder>();
    const copyNode = (node: File | Folder): File | Folder => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      if (node.kind === 'file') {
        const file = new File(node.id);
        copies.set(node, file);
        file.data = contentOf(node);
        file.size = file.data.length;
        file.durable = file.data;
        file.isShared = true;
        return file;
      }
      const folder = new Folder(node.id);
      copies.set(node, folder);
      for (const [name, child] of entriesOf(node)) folder.entries.set(name, copyNode(child));
      folder.durable = new Map(folder.entries);
      return folder;
    };
    copy.#root = copyNode(this.#root) as Folder;
    copy.#nextId = this.#nextId;
    return copy;
  }

  /** Writes a folder out to the real file system, e.g. for `qemu-img`. */
  writeOut(from: string, to: string): void {
    const node = this.#find(from);
    if (node?.kind === 'file') writeFileSync(to, node.content);
    if (node?.kind !== 'folder') return;
    mkdirSync(to, { recursive: true });
    for (const name of node.entries.keys()) this.writeOut(path.join(from, name), path.join(to, name));
  }

  /** Every file below a folder, by path. */
  allFiles(from = '/'): string[] {
    const node = this.#find(from);
    if (node === undefined) return [];
    if (node.kind === 'file') return [from];
    return [...node.entries.keys()].sort().flatMap((name) => this.allFiles(path.join(from, name)));
  }

  contentOf(file: string): Uint8Array | undefined {
    const node = this.#find(file);
    return node?.kind === 'file' ? node.content : undefined;
  }

  put(file: string, content: Uint8Array): void {
    const folder = this.#folderOf(file);
    const node = new File(this.#nextId++);
    node.apply({ kind: 'write', at: 0, data: content });
    node.durable = node.share();
    folder.entries.set(path.basename(file), node);
    folder.durable.set(path.basename(file), node);
  }

  // HostFiles

  async open(file: string, mode: OpenMode): Promise<HostFile> {
    this.#checkAlive();
    const existing = this.#find(file);
    if (existing?.kind === 'folder') throw new VmError('io-error', `${file} is a folder`, { path: file });
    if (mode === 'read' || mode === 'update') {
      if (existing === undefined) throw notFound(file);
      return this.#handle(file, existing, mode === 'update');
    }
    if (mode === 'create' && existing !== undefined)
      throw new VmError('file-exists', `${file} exists already`, { path: file });
    return this.#change('create', file, () => {
      const node = existing ?? new File(this.#nextId++);
      if (existing !== undefined) this.#record(existing, { kind: 'truncate', size: 0 });
      this.#folderOf(file).entries.set(path.basename(file), node);
      return this.#handle(file, node, true);
    });
  }

  async stat(file: string): Promise<HostFileInfo | undefined> {
    this.#checkAlive();
    const node = this.#find(file);
    if (node === undefined) return undefined;
    const sizeBytes = node.kind === 'file' ? node.size : 0;
    return { kind: node.kind, sizeBytes, modifiedMs: 0, identity: String(node.id), usedBytes: sizeBytes };
  }

  async list(folder: string): Promise<string[] | undefined> {
    this.#checkAlive();
    const node = this.#find(folder);
    return node?.kind === 'folder' ? [...node.entries.keys()] : undefined;
  }

  async realPath(file: string): Promise<string> {
    this.#checkAlive();
    if (this.#find(file) === undefined) throw notFound(file);
    return file;
  }

  async makeFolder(folder: string): Promise<void> {
    this.#checkAlive();
    if (this.#find(folder)?.kind === 'folder') return;
    await this.#change('makeFolder', folder, () => {
      this.#folderOf(folder).entries.set(path.basename(folder), new Folder(this.#nextId++));
    });
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#find(from);
    if (node === undefined) throw notFound(from);
    const target = this.#find(to);
    if (target?.kind === 'folder' && target.entries.size > 0) throw new VmError('file-exists', `${to} is not empty`);
    await this.#change('rename', to, () => {
      this.#folderOf(from).entries.delete(path.basename(from));
      this.#folderOf(to).entries.set(path.basename(to), node);
    });
  }

  async copyFile(from: string, to: string): Promise<void> {
    const source = await this.open(from, 'read');
    const copy = await this.open(to, 'create');
    const bytes = new Uint8Array(await source.size());
    await source.read(0, bytes);
    await copy.write(0, bytes);
    await copy.close();
    await source.close();
  }

  async link(from: string, to: string): Promise<void> {
    this.#checkAlive();
    const node = this.#find(from);
    if (node === undefined) throw notFound(from);
    if (this.#find(to) !== undefined) throw new VmError('file-exists', `${to} exists already`, { path: to });
    await this.#change('link', to, () => {
      this.#folderOf(to).entries.set(path.basename(to), node);
    });
  }

  async removeFile(file: string): Promise<void> {
    this.#checkAlive();
    if (this.#find(file) === undefined) return;
    await this.#change('removeFile', file, () => {
      this.#folderOf(file).entries.delete(path.basename(file));
    });
  }

  async removeFolder(folder: string): Promise<void> {
    this.#checkAlive();
    const node = this.#find(folder);
    if (node === undefined) return;
    if (node.kind === 'folder' && node.entries.size > 0) throw new VmError('file-exists', `${folder} is not empty`);
    await this.#change('removeFolder', folder, () => {
      this.#folderOf(folder).entries.delete(path.basename(folder));
    });
  }

  async removeTree(folder: string): Promise<void> {
    await this.#change('removeTree', folder, () => {
      this.#folderOf(folder).entries.delete(path.basename(folder));
    });
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#change('syncFolder', folder, () => {
      const node = this.#find(folder);
      if (node?.kind !== 'folder') throw notFound(folder);
      node.durable = new Map(node.entries);
    });
  }

  // Inside

  #handle(file: string, node: File, isWritable: boolean): HostFile {
    let isOpen = true;
    const check = () => {
      this.#checkAlive();
      if (!isOpen) throw new VmError('io-error', `${file} is closed`, { path: file });
    };
    const change = async (name: string, run: () => void): Promise<void> => {
      check();
      if (!isWritable) throw new VmError('file-permission', `${file} is open for reading`, { path: file });
      await this.#change(name, file, run);
    };
    return {
      path: file,
      read: async (position, into) => {
        check();
        const part = node.content.subarray(position, position + into.length);
        into.set(part);
        return part.length;
      },
      write: (position, data) =>
        change('write', () => this.#record(node, { kind: 'write', at: position, data: data.slice() })),
      size: async () => {
        check();
        return node.size;
      },
      truncate: (size) => change('truncate', () => this.#record(node, { kind: 'truncate', size })),
      sync: () =>
        change('sync', () => {
          if (node.unsynced.length > 0) node.durable = node.share();
          node.unsynced = [];
        }),
      close: async () => {
        check();
        isOpen = false;
      },
    };
  }

  #record(node: File, change: Change): void {
    node.unsynced.push(change);
    node.apply(change);
  }

  async #change<T>(name: string, file: string, run: () => T): Promise<T> {
    this.#checkAlive();
    const operation = this.#operations++;
    this.log.push(`${name} ${file}`);
    if (this.killAt === operation * 2) this.#die();
    this.onChange?.(name, file);
    const result = run();
    if (this.killAt === operation * 2 + 1) this.#die();
    return result;
  }

  #die(): never {
    this.#isDead = true;
    throw new Killed();
  }

  #checkAlive(): void {
    if (this.#isDead) throw new Killed();
  }

  #find(file: string): File | Folder | undefined {
    let node: File | Folder | undefined = this.#root;
    for (const part of file.split('/')) {
      if (part === '') continue;
      node = node?.kind === 'folder' ? node.entries.get(part) : undefined;
    }
    return node;
  }

  #folderOf(file: string): Folder {
    const folder = this.#find(path.dirname(file));
    if (folder?.kind !== 'folder') throw notFound(path.dirname(file));
    return folder;
  }
}

function notFound(file: string): VmError {
  return new VmError('file-not-found', `${file} does not exist`, { path: file });
}
