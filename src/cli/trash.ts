import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { TrashedVm } from '../library/trash';
import { parseCommand, say, table } from './arguments';
import { EXIT_DONE, UsageError } from './usage-error';
import { openLibrary } from './vm-client';

export const deleteHelp = `subzero delete NAME [--permanently]: moves a VM that is off to the trash; --permanently removes its disks and snapshots
  'subzero trash restore NAME' undoes the first.`;
export const trashHelp = `subzero trash list [--json] | restore NAME | delete NAME: the VMs in the trash
  NAME is the name of the VM's folder; of several the one deleted last.`;

export async function remove(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('delete', args, { permanently: { type: 'boolean' } } as const, ['NAME']);
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  if (entry.kind === 'missing') await library.forget(entry.folder);
  else if (values.permanently) await library.delete(entry.folder);
  else await library.moveToTrash(entry.folder);
  return EXIT_DONE;
}

export async function trash(args: readonly string[]): Promise<number> {
  const [action, ...rest] = args;
  const library = openLibrary();
  const named = async (command: string): Promise<TrashedVm> => {
    const { positionals } = parseCommand(command, rest, {}, ['NAME']);
    const found = (await library.trashed()).find(({ folder }) => path.basename(folder) === positionals[0]);
    if (found === undefined) throw new VmError('vm-not-found', `there is no VM '${positionals[0]}' in the trash`);
    return found;
  };
  switch (action) {
    case 'list': {
      const { values } = parseCommand('trash list', rest, { json: { type: 'boolean' } } as const, []);
      const rows = (await library.trashed()).map(({ folder, deletedMs }) => ({
        name: path.basename(folder),
        deleted: new Date(deletedMs).toISOString(),
        folder,
      }));
      if (values.json) say(JSON.stringify(rows, null, 2));
      else if (rows.length === 0) say('no VM is in the trash');
      else say(table([['NAME', 'DELETED', 'WAS IN'], ...rows.map((row) => [row.name, row.deleted, row.folder])]));
      return EXIT_DONE;
    }
    case 'restore':
      say((await library.restoreFromTrash(await named('trash restore'))).folder);
      return EXIT_DONE;
    case 'delete':
      await library.removeFromTrash(await named('trash delete'));
      return EXIT_DONE;
    default:
      throw new UsageError(`trash ${action ?? ''}: must be list, restore or delete`);
  }
}
