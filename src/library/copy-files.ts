/** Copies files of the host into a new VM's folder. They may be large: the work tells how far it is and can be given up. */
import * as path from 'node:path';
import { throwIfCancelled } from '../base/abort';
import { VmError } from '../base/errors';
import type { HostFile, HostFiles } from '../base/host-files';
import { filePathTrouble, isAbsolutePath } from '../config/reader';
import { resolveFile } from './vm-folder';

/** A file of the host that a new VM gets a copy of; `to` is relative to its folder. */
export interface CopiedFile {
  readonly from: string;
  readonly to: string;
  /** It can be had again: nobody waits until the copy is durable; `syncCopies` makes it so. */
  readonly isReplaceable?: boolean;
}

export interface LongWork {
  /** The work then fails with 'cancelled'. */
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

const COPY_BYTES = 4 << 20;
/** What is written goes to the disk in such parts: else all of it would wait for the end, past the last word of progress. */
const SYNC_BYTES = 256 << 20;

export async function copyFiles(
  files: HostFiles,
  vmFolder: string,
  copies: readonly CopiedFile[],
  { signal, onProgress }: LongWork,
): Promise<void> {
  let totalBytes = 0;
  for (const { from, to } of copies) {
    if (isAbsolutePath(to) || filePathTrouble(to) !== undefined) {
      throw new VmError('bad-argument', `'${to}' is not in the new VM's folder`, { path: to });
    }
    totalBytes += (await files.stat(from))?.sizeBytes ?? 0;
  }
  let doneBytes = 0;
  const copied = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.(totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes));
  };
  for (const { from, to, isReplaceable } of copies) {
    const target = resolveFile(vmFolder, to);
    await makeFolders(files, path.dirname(target));
    if (isReplaceable === true) {
      throwIfCancelled(signal);
      await files.copyFile(from, target);
      copied((await files.stat(target))?.sizeBytes ?? 0);
      continue;
    }
    const source = await files.open(from, 'read');
    try {
      const copy = await files.open(target, 'create');
      try {
        await copyContent(source, copy, signal, copied);
      } finally {
        await copy.close();
      }
    } finally {
      await source.close();
    }
    await files.syncFolder(path.dirname(target));
  }
}

/** Makes replaceable copies durable; a copy that is gone meanwhile needs nothing. */
export async function syncCopies(files: HostFiles, vmFolder: string, copies: readonly CopiedFile[]): Promise<void> {
  for (const { to, isReplaceable } of copies) {
    const target = resolveFile(vmFolder, to);
    if (isReplaceable !== true || (await files.stat(target)) === undefined) continue;
    const copy = await files.open(target, 'read');
    try {
      await copy.sync();
    } finally {
      await copy.close();
    }
    await files.syncFolder(path.dirname(target));
  }
}

async function copyContent(
  source: HostFile,
  copy: HostFile,
  signal: AbortSignal | undefined,
  copied: (bytes: number) => void,
): Promise<void> {
  const chunk = new Uint8Array(COPY_BYTES);
  let at = 0;
  for (;;) {
    throwIfCancelled(signal);
    const got = await source.read(at, chunk);
    if (got > 0) await copy.write(at, chunk.subarray(0, got));
    at += got;
    copied(got);
    if (got < chunk.length) break;
    if (at % SYNC_BYTES === 0) await copy.sync();
  }
  await copy.sync();
}

/** With those above it, durably. */
export async function makeFolders(files: HostFiles, folder: string): Promise<void> {
  if ((await files.stat(folder))?.kind === 'folder') return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolders(files, parent);
  await files.makeFolder(folder);
  await files.syncFolder(parent);
}
