/**
 * Deleted VMs, until the user empties the trash. The layout is the freedesktop.org Trash specification 1.0, so that on
 * Linux the file manager shows and restores them too; elsewhere the same layout lies in Subzero's own folder. A VM on
 * another file system goes to that one's trash: moving must be one step and copy nothing.
 */
import * as path from 'node:path';
import { readWholeFile } from '../base/atomic-file';
import { isVmError, VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { CONFIG_FILE } from './vm-folder';

export interface TrashedVm {
  /** Where it lies now; names it. */
  readonly id: string;
  /** Where it was. */
  readonly folder: string;
  readonly deletedMs: number;
  /** What was noted when it was put there. */
  readonly note: unknown;
}

const MAX_INFO_BYTES = 64 << 10;
const MAX_TRIES = 1000;

export class Trash {
  constructor(
    private readonly files: HostFiles,
    private readonly root: string,
    private readonly makeFolder: (folder: string) => Promise<void>,
  ) {}

  /** Moves a VM's folder into the trash, in one step. `note` is kept with it (JSON). */
  async put(folder: string, note: unknown): Promise<TrashedVm> {
    const root = await this.#rootFor(folder);
    for (const part of ['files', 'info']) await this.#makePrivate(path.join(root, part));
    const deletedMs = Math.floor(Date.now() / 1000) * 1000;
    const { target, info } = await this.#claim(root, folder, deletedMs, note);
    try {
      await this.files.rename(folder, target);
    } catch (error) {
      await this.files.removeFile(info);
      throw error;
    }
    await this.files.syncFolder(path.dirname(target));
    await this.files.syncFolder(path.dirname(folder));
    return { id: target, folder, deletedMs, note };
  }

  /** The VMs in the trash that lies on the file system of `near` too. Newest first. */
  async list(near: readonly string[]): Promise<TrashedVm[]> {
    const roots = new Set([this.root]);
    for (const folder of near) roots.add(await this.#rootFor(folder).catch(() => this.root));
    const found: TrashedVm[] = [];
    for (const root of roots) {
      for (const name of (await this.files.list(path.join(root, 'info'))) ?? []) {
        const trashed = name.endsWith('.trashinfo') ? await this.#read(root, name) : undefined;
        if (trashed !== undefined) found.push(trashed);
      }
    }
    return found.sort((a, b) => b.deletedMs - a.deletedMs);
  }

  /** Puts it back where it was; beside, when something else is there now. Gives the folder. */
  async restore({ id, folder }: TrashedVm): Promise<string> {
    await this.makeFolder(path.dirname(folder));
    for (let n = 1; n < MAX_TRIES; n++) {
      const target = n === 1 ? folder : `${folder} ${n}`;
      if ((await this.files.stat(target)) !== undefined) continue;
      await this.files.rename(id, target);
      await this.files.syncFolder(path.dirname(target));
      await this.files.removeFile(infoOf(id));
      return this.files.realPath(target);
    }
    throw new VmError('file-exists', `${folder} exists already`, { path: folder });
  }

  async remove({ id }: TrashedVm): Promise<void> {
    await this.files.removeTree(id);
    await this.files.removeFile(infoOf(id));
  }

  /** Takes a free name by making its info file, as the specification wants it: first and exclusively. */
  async #claim(
    root: string,
    folder: string,
    deletedMs: number,
    note: unknown,
  ): Promise<{ target: string; info: string }> {
    const lines = [
      '[Trash Info]',
      `Path=${folder.split(path.sep).map(encodeURIComponent).join('/')}`,
      `DeletionDate=${localTime(deletedMs)}`,
      // Readers skip what they do not know.
      `X-Subzero-Note=${JSON.stringify(note)}`,
    ];
    const text = `${lines.join('\n')}\n`;
    for (let n = 1; n < MAX_TRIES; n++) {
      const name = n === 1 ? path.basename(folder) : `${path.basename(folder)}.${n}`;
      const target = path.join(root, 'files', name);
      if ((await this.files.stat(target)) !== undefined) continue;
      const info = infoOf(target);
      try {
        const file = await this.files.open(info, 'create');
        try {
          await file.write(0, new TextEncoder().encode(text));
          await file.sync();
        } finally {
          await file.close();
        }
        await this.files.syncFolder(path.dirname(info));
        return { target, info };
      } catch (error) {
        if (!isVmError(error, 'file-exists')) throw error;
      }
    }
    throw new VmError('file-exists', `the trash is full of '${path.basename(folder)}'; empty it`, { path: root });
  }

  async #read(root: string, infoName: string): Promise<TrashedVm | undefined> {
    const id = path.join(root, 'files', infoName.slice(0, -'.trashinfo'.length));
    // The trash is everybody's: only VMs are our business.
    if ((await this.files.stat(path.join(id, CONFIG_FILE)))?.kind !== 'file') return undefined;
    const bytes = await readWholeFile(this.files, path.join(root, 'info', infoName), MAX_INFO_BYTES);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    const encoded = /^Path=(.+)$/m.exec(text)?.[1];
    const date = /^DeletionDate=(.+)$/m.exec(text)?.[1];
    if (encoded === undefined) return undefined;
    try {
      const folder = path.resolve(path.dirname(root), decodeURIComponent(encoded));
      const deletedMs = Date.parse(date ?? '');
      const note: unknown = JSON.parse(/^X-Subzero-Note=(.+)$/m.exec(text)?.[1] ?? 'null');
      return { id, folder, deletedMs: Number.isNaN(deletedMs) ? 0 : deletedMs, note };
    } catch {
      // Not ours, or damaged: the file manager's business.
      return undefined;
    }
  }

  /** The user's trash, or the one of the file system that the folder is on ("$topdir/.Trash-$uid"). */
  async #rootFor(folder: string): Promise<string> {
    await this.makeFolder(this.root);
    const device = await this.#deviceOf(folder);
    if ((await this.#deviceOf(this.root)) === device) return this.root;
    let top = path.dirname(folder);
    for (let up = path.dirname(top); up !== top && (await this.#deviceOf(up)) === device; up = path.dirname(top))
      top = up;
    return path.join(top, `.Trash-${process.getuid?.() ?? 0}`);
  }

  async #deviceOf(place: string): Promise<string | undefined> {
    return (await this.files.stat(place))?.identity.split(':')[0];
  }

  async #makePrivate(folder: string): Promise<void> {
    await this.makeFolder(path.dirname(path.dirname(folder)));
    await this.files.makeFolder(path.dirname(folder), 0o700);
    await this.files.makeFolder(folder, 0o700);
  }
}

function infoOf(id: string): string {
  return path.join(path.dirname(path.dirname(id)), 'info', `${path.basename(id)}.trashinfo`);
}

/** 'YYYY-MM-DDThh:mm:ss', the user's own time. */
function localTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
