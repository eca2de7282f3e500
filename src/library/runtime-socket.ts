import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { SubzeroPaths } from './paths';

/** Bytes of `sockaddr_un.sun_path` on the smallest system (macOS: 104), less the NUL. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Where the process that runs the VM in `vmFolder` (a real path) listens. The same for everyone who asks. */
export function socketPathFor(
  paths: SubzeroPaths,
  vmFolder: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const name = createHash('sha256').update(vmFolder).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\subzero-${name}`;
  const wanted = path.join(paths.runtimeFolder, `${name}.sock`);
  const isShort = Buffer.byteLength(wanted) <= MAX_SOCKET_PATH_BYTES;
  return isShort ? wanted : path.join(paths.shortRuntimeFolder, `${name}.sock`);
}

/**
 * Makes the socket's folder, private to the user, and removes a socket left by an earlier process. Call while owning the
 * VM. The folder being private, nobody gets at the socket before `protectSocket`.
 */
export async function prepareSocket(socketPath: string): Promise<void> {
  if (socketPath.startsWith('\\\\')) return;
  const folder = path.dirname(socketPath);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const info = await lstat(folder);
  const isMine = process.getuid === undefined || info.uid === process.getuid();
  if (!info.isDirectory() || !isMine) {
    throw new VmError('file-permission', `${folder} belongs to somebody else; remove it`, { path: folder });
  }
  if ((info.mode & 0o077) !== 0) await chmod(folder, 0o700);
  await rm(socketPath, { force: true });
}

/** Call when the server listens. */
export async function protectSocket(socketPath: string): Promise<void> {
  if (!socketPath.startsWith('\\\\')) await chmod(socketPath, 0o600);
}
