import { VmError } from './errors';
import type { HostFiles } from './host-files';

/** Small files that are read whole and replaced whole: write beside, sync, rename, sync the folder. */

/** The folder part of an absolute path ('/' as separator; on Windows also '\'). */
export function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at <= 0 ? path.slice(0, at + 1) : path.slice(0, at);
}

/** The name that an interrupted replacement may leave; `recover` code removes it. */
export function temporaryNameOf(path: string): string {
  return `${path}.new`;
}

export async function replaceFile(files: HostFiles, path: string, data: Uint8Array): Promise<void> {
  const temporary = temporaryNameOf(path);
  const file = await files.open(temporary, 'replace');
  try {
    await file.write(0, data);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncFolder(folderOf(path));
}

/** The whole file; undefined when there is none; 'io-error' when it is larger than a file of its kind can be. */
export async function readWholeFile(files: HostFiles, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const info = await files.stat(path);
  if (info === undefined) return undefined;
  if (info.kind !== 'file') throw new VmError('io-error', `${path} is not a file`, { path });
  const file = await files.open(path, 'read');
  try {
    // what was looked at may have been replaced since
    const sizeBytes = await file.size();
    if (sizeBytes > maxBytes) {
      throw new VmError('io-error', `${path} is too large (${sizeBytes} bytes; at most ${maxBytes})`, { path });
    }
    const bytes = new Uint8Array(sizeBytes);
    const length = await file.read(0, bytes);
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
