import { writeFile } from 'node:fs/promises';
import { NodeHostFiles } from '../base/node-host-files';
import { VmError } from '../base/errors';
import { readVmLog } from '../library/log-file';
import { collectSupportData, zipSupportData } from '../library/support-data';
import { parseCommand, say } from './arguments';
import { EXIT_DONE } from './usage-error';
import { openLibrary } from './vm-client';

export const logHelp = `subzero log NAME: the last part of a VM's log`;
export const supportHelp = `subzero support NAME [FILE.zip]: collects configuration, logs and lists, no disk and no RAM; without FILE shows them`;

const MAX_LOG_BYTES = 1 << 20;

export async function log(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('log', args, {}, ['NAME']);
  const entry = await openLibrary().find(positionals[0] as string);
  process.stdout.write(printable(await readVmLog(new NodeHostFiles(), entry.folder, MAX_LOG_BYTES)));
  return EXIT_DONE;
}

export async function support(args: readonly string[]): Promise<number> {
  const [name, file, ...rest] = args;
  parseCommand('support', file === undefined ? args : [name as string, ...rest], {}, ['NAME']);
  const entry = await openLibrary().find(name as string);
  const data = await collectSupportData(new NodeHostFiles(), entry, 'Subzero command line');
  if (file === undefined) {
    for (const part of data) say(`--- ${part.name}\n${printable(part.text)}`);
    return EXIT_DONE;
  }
  await writeFile(file, zipSupportData(data), { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new VmError('file-exists', `${file} exists already`, { path: file });
    throw new VmError('io-error', `${file} cannot be written: ${cause.message}`, { path: file }, cause);
  });
  say(`${file}: ${data.map((part) => part.name).join(', ')}`);
  return EXIT_DONE;
}

/** A guest's text must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
