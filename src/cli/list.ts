import { folderPath } from '../library/arrangement';
import type { VmEntry } from '../library/library';
import { parseCommand, say, table } from './arguments';
import { EXIT_DONE } from './usage-error';
import { connectTo, openLibrary } from './vm-client';

export const listHelp = `subzero list [--json]: the VMs of the library and what they are doing`;

const ANSWER_MS = 2000;

/** 'running', 'suspended', 'off', 'broken', 'missing'; a running one is asked. */
export async function stateOf(entry: VmEntry): Promise<string> {
  if (entry.kind !== 'ok') return entry.kind;
  if (entry.owner === undefined) return entry.isSuspended ? 'suspended' : 'off';
  try {
    const client = await connectTo(entry);
    try {
      return (await client.call('vm.info', null, { timeoutMs: ANSWER_MS })).status.kind;
    } finally {
      client.close();
    }
  } catch {
    return 'busy';
  }
}

export async function list(args: readonly string[]): Promise<number> {
  const { values } = parseCommand('list', args, { json: { type: 'boolean' } } as const, []);
  const library = openLibrary();
  const [entries, arrangement] = await Promise.all([library.list(), library.arrangement()]);
  const rows = await Promise.all(
    entries.map(async (entry) => ({
      name: entry.name,
      state: await stateOf(entry),
      folder: entry.folder,
      inFolder: folderPath(arrangement, entry.place.parent),
      favorite: entry.place.isFavourite,
      pid: entry.owner?.pid ?? null,
    })),
  );
  if (values.json) say(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) say('no VMs yet; make one with: subzero create NAME --cdrom FILE --disk 10G');
  else say(table([['NAME', 'STATE', 'FOLDER'], ...rows.map(({ name, state, folder }) => [name, state, folder])]));
  return EXIT_DONE;
}
