/**
 * What helps others to find out why a VM does not do what it should: configuration, logs, the shape of its snapshots, a
 * list of its files, the computer. Never a disk, RAM or CMOS; the user sees every text before it is saved.
 */
import { cpus, freemem, release, totalmem, type as osType } from 'node:os';
import * as path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { readWholeFile } from '../base/atomic-file';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import type { VmEntry } from './library';
import { readVmLog } from './log-file';
import { CONFIG_FILE } from './vm-folder';

export interface SupportFile {
  readonly name: string;
  readonly text: string;
}

const MAX_LOG_BYTES = 1 << 20;
const MAX_JSON_BYTES = 4 << 20;
const MAX_FILES = 2000;

/** @param program name and version of what collects */
export async function collectSupportData(files: HostFiles, entry: VmEntry, program: string): Promise<SupportFile[]> {
  const { folder } = entry;
  const text = async (name: string, read: () => Promise<string>): Promise<SupportFile> => ({
    name,
    text: await read().catch((error: unknown) => `(cannot be read: ${VmError.from(error).message})\n`),
  });
  return [
    { name: 'about.txt', text: about(entry, program) },
    await text('vm.json', () => readText(files, folder, CONFIG_FILE)),
    await text('vm.log', () => readVmLog(files, folder, MAX_LOG_BYTES)),
    await text('snapshots.json', () => readText(files, folder, 'snapshots/tree.json')),
    await text('files.txt', () => listFiles(files, folder)),
  ];
}

export function zipSupportData(data: readonly SupportFile[]): Uint8Array {
  return zipSync(Object.fromEntries(data.map(({ name, text }) => [name, strToU8(text)])));
}

/** A file name for the archive of a VM's support data. */
export function supportFileName(vmName: string, now: Date): string {
  const safe = vmName.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'vm';
  return `subzero-support-${safe}-${now.toISOString().slice(0, 10)}.zip`;
}

function about(entry: VmEntry, program: string): string {
  const [cpu] = cpus();
  const rows = [
    ['program', program],
    ['collected', new Date().toISOString()],
    ['system', `${osType()} ${release()} ${process.arch}`],
    ['node', process.versions.node],
    ['v8', process.versions.v8],
    ['electron', process.versions['electron'] ?? 'none'],
    ['processors', `${cpus().length} x ${cpu?.model ?? 'unknown'}`],
    ['memory', `${Math.round(totalmem() / 2 ** 20)} MiB, ${Math.round(freemem() / 2 ** 20)} MiB free`],
    ['vm', `${entry.kind}${entry.isSuspended ? ', suspended' : ''}${entry.owner === undefined ? '' : ', running'}`],
    ...(entry.kind === 'broken'
      ? entry.problems.map((problem) => ['problem', `${problem.path} ${problem.message}`])
      : []),
  ];
  return `${rows.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;
}

async function readText(files: HostFiles, folder: string, name: string): Promise<string> {
  const file = path.join(folder, ...name.split('/'));
  if ((await files.stat(file)) === undefined) return '';
  const real = await files.realPath(file);
  if (!real.startsWith((await files.realPath(folder)) + path.sep)) {
    throw new VmError('path-outside', `${name} leads out of the VM's folder`);
  }
  const bytes = await readWholeFile(files, real, MAX_JSON_BYTES);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

/** Names and sizes, links not followed out of the folder. */
async function listFiles(files: HostFiles, folder: string): Promise<string> {
  const root = await files.realPath(folder);
  const lines: string[] = [];
  const pending = [''];
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    for (const name of ((await files.list(path.join(root, at))) ?? []).sort()) {
      if (lines.length >= MAX_FILES) return `${lines.join('\n')}\n...\n`;
      const relative = path.join(at, name);
      const full = path.join(root, relative);
      const info = await files.stat(full);
      if (info === undefined) lines.push(`${relative}: leads nowhere`);
      else if ((await files.realPath(full)) !== full) lines.push(`${relative}: a link`);
      else if (info.kind === 'folder') pending.push(relative);
      else lines.push(`${relative}: ${info.sizeBytes} bytes, ${info.usedBytes} on disk`);
    }
  }
  return `${lines.join('\n')}\n`;
}
