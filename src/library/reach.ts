/**
 * What a VM reaches outside its folder. A folder may come from anywhere, and its configuration and its links may name any
 * file of this computer: the VM runs only after the user has agreed to each (`Library.agree`).
 */
import { lstat, readlink, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { VmConfig } from '../config/vm-config';
import { PENDING_FILE } from './pending-config';
import { CONFIG_FILE, DISKS_FOLDER, LOG_FILE, NVRAM_FILE, resolveFile } from './vm-folder';

export type Access = 'read' | 'write' | 'socket';

export interface Reach {
  /** The device, or 'folder' for a link in the place of one of the VM's own files. */
  readonly device: string;
  readonly access: Access;
  /** With all links followed. */
  readonly path: string;
}

const OWN_FILES = [CONFIG_FILE, PENDING_FILE, NVRAM_FILE, LOG_FILE, DISKS_FOLDER, 'snapshots', 'vm.lock'];
const MAX_LINKS = 40;

/** Everything outside, each path once per access. */
export async function reachOf(vmFolder: string, config: VmConfig): Promise<Reach[]> {
  const home = await realpath(vmFolder);
  const found = new Map<string, Reach>();
  const note = async (device: string, access: Access, file: string): Promise<void> => {
    const target = await targetOf(resolveFile(home, file), MAX_LINKS);
    if (isBelow(target, home)) return;
    const reach = { device, access, path: target };
    if (!found.has(keyOf(reach))) found.set(keyOf(reach), reach);
  };
  for (const file of OWN_FILES) await note('folder', 'write', file);
  const { disks, cdroms, floppies, serial, parallel, boot, firmware, debug } = config;
  for (const { id, file, readonly } of disks) await note(id, readonly ? 'read' : 'write', file);
  for (const { id, file } of cdroms) if (file !== null) await note(id, 'read', file);
  for (const { id, file, readonly } of floppies) if (file !== null) await note(id, readonly ? 'read' : 'write', file);
  for (const [port, end] of serial.entries()) {
    if (end.kind === 'file') await note(`com${port + 1}`, 'write', end.file);
    if (end.kind === 'socket') await note(`com${port + 1}`, 'socket', end.file);
  }
  for (const [port, { file }] of parallel.entries()) await note(`lpt${port + 1}`, 'write', file);
  const { kernel } = boot;
  for (const file of [kernel?.file, kernel?.initrd, ...(kernel?.modules ?? []).map((module) => module.file)]) {
    if (typeof file === 'string') await note('kernel', 'read', file);
  }
  for (const file of [firmware.bios, firmware.vgaBios]) if (file !== null) await note('firmware', 'read', file);
  for (const { port, file } of debug.tapPorts) await note(`port 0x${port.toString(16)}`, 'write', file);
  return [...found.values()];
}

/** Names an agreement. */
export function keyOf({ access, path: file }: Pick<Reach, 'access' | 'path'>): string {
  return `${access} ${file}`;
}

/** Who may write a file may read it. */
export function isAgreed(agreed: readonly string[], { access, path: file }: Reach): boolean {
  return agreed.includes(keyOf({ access, path: file })) || (access === 'read' && agreed.includes(`write ${file}`));
}

/** Where a path leads; also one whose end does not exist yet, which opening may make. */
async function targetOf(file: string, linksLeft: number): Promise<string> {
  const found = await realpath(file).catch(() => undefined);
  if (found !== undefined) return found;
  const parent = path.dirname(file);
  if (parent === file) return file;
  const here = path.join(await targetOf(parent, linksLeft), path.basename(file));
  const info = await lstat(here).catch(() => undefined);
  if (info?.isSymbolicLink() !== true || linksLeft === 0) return here;
  return targetOf(path.resolve(path.dirname(here), await readlink(here)), linksLeft - 1);
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
