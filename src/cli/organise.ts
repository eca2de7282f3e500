import * as path from 'node:path';
import { VmError } from '../base/errors';
import { folderAt, folderPath } from '../library/arrangement';
import type { Library } from '../library/library';
import { parseCommand, say } from './arguments';
import { EXIT_DONE, UsageError } from './usage-error';
import { openLibrary } from './vm-client';

export const addHelp = `subzero add FOLDER: puts a VM that lies elsewhere on the list`;
export const forgetHelp = `subzero forget NAME: takes a VM off the list and leaves its folder alone`;
export const locateHelp = `subzero locate NAME FOLDER: says where the folder of a missing VM is now`;
export const moveHelp = `subzero move NAME (--into FOLDER | --before OTHER | --last): puts a VM in order in the library
  FOLDER is a folder of the library, such as Work/Servers; / is the top.`;
export const favouriteHelp = `subzero favorite NAME [--off]: marks a VM as a favorite, or takes the mark away`;
export const folderHelp = `subzero folder list | create FOLDER | rename FOLDER NEWNAME | delete FOLDER: the folders of the library
  FOLDER is a path such as Work/Servers. Deleting one moves what it holds up and deletes no VM.`;

export async function add(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('add', args, {}, ['FOLDER']);
  const entry = await openLibrary().add(positionals[0] as string);
  say(entry.name);
  return EXIT_DONE;
}

export async function forget(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('forget', args, {}, ['NAME']);
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  if (entry.kind !== 'missing' && path.dirname(entry.folder) === library.paths.vmsFolder) {
    throw new VmError(
      'bad-state',
      `'${entry.name}' lies in ${library.paths.vmsFolder} and is always listed; move it away or delete it`,
    );
  }
  await library.forget(entry.folder);
  return EXIT_DONE;
}

export async function locate(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('locate', args, {}, ['NAME', 'FOLDER']);
  const [name, folder] = positionals as [string, string];
  const library = openLibrary();
  const entry = await library.find(name);
  if (entry.kind !== 'missing') throw new VmError('bad-state', `'${entry.name}' is where it was: ${entry.folder}`);
  await library.locate(entry.folder, folder);
  return EXIT_DONE;
}

export async function move(args: readonly string[]): Promise<number> {
  const options = { into: { type: 'string' }, before: { type: 'string' }, last: { type: 'boolean' } } as const;
  const { values, positionals } = parseCommand('move', args, options, ['NAME']);
  if ([values.into, values.before, values.last].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('move needs one of --into FOLDER, --before OTHER, --last');
  }
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  if (values.into !== undefined) {
    await library.place([entry.folder], folderAt(await library.arrangement(), values.into));
  } else if (values.before !== undefined) {
    const other = await library.find(values.before);
    await library.place([entry.folder], other.place.parent, other.folder);
  } else await library.place([entry.folder], entry.place.parent, null);
  return EXIT_DONE;
}

export async function favourite(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('favorite', args, { off: { type: 'boolean' } } as const, ['NAME']);
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  await library.setFavourite(entry.folder, values.off !== true);
  return EXIT_DONE;
}

export async function folder(args: readonly string[]): Promise<number> {
  const [action, ...rest] = args;
  const library = openLibrary();
  switch (action) {
    case 'list':
      return listFolders(library, rest);
    case 'create': {
      const { positionals } = parseCommand('folder create', rest, {}, ['FOLDER']);
      const { parent, name } = split(positionals[0] as string);
      await library.createFolder(name, folderAt(await library.arrangement(), parent));
      return EXIT_DONE;
    }
    case 'rename': {
      const { positionals } = parseCommand('folder rename', rest, {}, ['FOLDER', 'NEWNAME']);
      await library.renameFolder(await requireFolder(library, positionals[0] as string), positionals[1] as string);
      return EXIT_DONE;
    }
    case 'delete': {
      const { positionals } = parseCommand('folder delete', rest, {}, ['FOLDER']);
      await library.removeFolder(await requireFolder(library, positionals[0] as string));
      return EXIT_DONE;
    }
    default:
      throw new UsageError(`folder ${action ?? ''}: must be list, create, rename or delete`);
  }
}

async function listFolders(library: Library, args: readonly string[]): Promise<number> {
  const { values } = parseCommand('folder list', args, { json: { type: 'boolean' } } as const, []);
  const arrangement = await library.arrangement();
  const entries = await library.list();
  const rows = arrangement.folders
    .map(({ id }) => ({
      folder: folderPath(arrangement, id),
      vms: entries.filter(({ place }) => place.parent === id).map(({ name }) => name),
    }))
    .sort((a, b) => a.folder.localeCompare(b.folder));
  if (values.json) say(JSON.stringify(rows, null, 2));
  else for (const { folder: name, vms } of rows) say(vms.length === 0 ? name : `${name}: ${vms.join(', ')}`);
  return EXIT_DONE;
}

function split(folderName: string): { parent: string; name: string } {
  const parts = folderName.split('/').filter((part) => part !== '');
  const name = parts.pop();
  if (name === undefined) throw new UsageError('folder create needs a name');
  return { parent: parts.join('/'), name };
}

async function requireFolder(library: Library, folderName: string): Promise<string> {
  const id = folderAt(await library.arrangement(), folderName);
  if (id === null) throw new UsageError('the top of the library is no folder');
  return id;
}
