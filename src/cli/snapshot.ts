import { VmError } from '../base/errors';
import { NodeHostFiles } from '../base/node-host-files';
import type { SnapshotTreeView } from '../disk/vm-store';
import { OwnedVm } from '../library/owned-vm';
import { formatBytes, parseCommand, say } from './arguments';
import { EXIT_DONE, UsageError } from './usage-error';
import { connectTo, openLibrary, type VmClient } from './vm-client';

export const snapshotHelp = `subzero snapshot take NAME [SNAPSHOT] [--description TEXT] | list NAME [--json] | restore NAME SNAPSHOT | delete NAME SNAPSHOT [--with-children] | rename NAME SNAPSHOT NEWNAME | describe NAME SNAPSHOT TEXT
  SNAPSHOT is a snapshot's name or id. A running VM is snapshotted with its RAM; restoring one makes it run on from there.
  --with-children deletes those taken after it too; without it they stay.`;

/** What both a running VM and one that is off can do. */
interface Snapshots {
  tree(): Promise<SnapshotTreeView>;
  take(name: string, description: string): Promise<string>;
  restore(id: string): Promise<void>;
  delete(id: string, withChildren: boolean): Promise<void>;
  rename(id: string, name: string, description: string): Promise<void>;
}

export async function snapshot(args: readonly string[]): Promise<number> {
  const [action, ...rest] = args;
  switch (action) {
    case 'take':
      return take(rest);
    case 'list':
      return list(rest);
    case 'restore': {
      const { positionals } = parseCommand('snapshot restore', rest, {}, ['NAME', 'SNAPSHOT']);
      const [vm, wanted] = positionals as [string, string];
      return withSnapshots(vm, async (snapshots) => {
        await snapshots.restore(idOf(await snapshots.tree(), wanted));
        return EXIT_DONE;
      });
    }
    case 'delete': {
      const options = { 'with-children': { type: 'boolean' } } as const;
      const { values, positionals } = parseCommand('snapshot delete', rest, options, ['NAME', 'SNAPSHOT']);
      const [vm, wanted] = positionals as [string, string];
      return withSnapshots(vm, async (snapshots) => {
        await snapshots.delete(idOf(await snapshots.tree(), wanted), values['with-children'] ?? false);
        return EXIT_DONE;
      });
    }
    case 'rename':
    case 'describe': {
      const last = action === 'rename' ? 'NEWNAME' : 'TEXT';
      const { positionals } = parseCommand(`snapshot ${action}`, rest, {}, ['NAME', 'SNAPSHOT', last]);
      const [vm, wanted, text] = positionals as [string, string, string];
      if (action === 'rename' && text.trim() === '')
        throw new UsageError('snapshot rename: the name must not be empty');
      return withSnapshots(vm, async (snapshots) => {
        const tree = await snapshots.tree();
        const id = idOf(tree, wanted);
        const { name, description } = tree.snapshots.find((one) => one.id === id) as {
          name: string;
          description: string;
        };
        await snapshots.rename(id, action === 'rename' ? text : name, action === 'describe' ? text : description);
        return EXIT_DONE;
      });
    }
    default:
      throw new UsageError(
        `snapshot${action === undefined ? '' : ` ${action}`}: must be take, list, restore, delete, rename or describe`,
      );
  }
}

async function take(args: readonly string[]): Promise<number> {
  const name = args[1] !== undefined && !args[1].startsWith('--') ? args[1] : undefined;
  const rest = name === undefined ? args : args.filter((_arg, index) => index !== 1);
  const { values, positionals } = parseCommand('snapshot take', rest, { description: { type: 'string' } } as const, [
    'NAME',
  ]);
  return withSnapshots(positionals[0] as string, async (snapshots) => {
    const { snapshots: taken } = await snapshots.tree();
    say(await snapshots.take(name ?? `Snapshot ${taken.length + 1}`, values.description ?? ''));
    return EXIT_DONE;
  });
}

async function list(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('snapshot list', args, { json: { type: 'boolean' } } as const, ['NAME']);
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  const tree = await library.snapshots(entry.folder);
  if (!values.json) say(drawTree(tree));
  else {
    const sizes = await library.snapshotSizes(entry.folder);
    const snapshots = tree.snapshots.map((one) => ({ ...one, ...sizes.get(one.id) }));
    say(JSON.stringify({ ...tree, snapshots }, null, 2));
  }
  return EXIT_DONE;
}

/** Indented by depth, "You Are Here" where the present state hangs. */
export function drawTree({ snapshots, current }: SnapshotTreeView): string {
  const lines: string[] = [];
  const draw = (parent: string | null, depth: number): void => {
    const indent = '  '.repeat(depth);
    for (const snapshot of snapshots) {
      if (snapshot.parent !== parent) continue;
      const when = new Date(snapshot.createdMs).toISOString().replace('T', ' ').slice(0, 19);
      const what = snapshot.hasMemory ? `with RAM, ${formatBytes(snapshot.sizeBytes)}` : 'powered off';
      lines.push(`${indent}${snapshot.name}  (${snapshot.id}, ${when}, ${what})`);
      draw(snapshot.id, depth + 1);
    }
    if (current === parent) lines.push(`${indent}* You Are Here`);
  };
  draw(null, 0);
  return lines.join('\n');
}

function idOf({ snapshots }: SnapshotTreeView, wanted: string): string {
  const byId = snapshots.find(({ id }) => id === wanted);
  const byName = snapshots.filter(({ name }) => name === wanted);
  if (byId !== undefined) return byId.id;
  if (byName.length === 1) return (byName[0] as { id: string }).id;
  if (byName.length === 0)
    throw new VmError('snapshot-not-found', `there is no snapshot '${wanted}'; 'subzero snapshot list' shows them`);
  throw new VmError('bad-argument', `several snapshots are named '${wanted}'; give the id of one`);
}

async function withSnapshots(name: string, work: (snapshots: Snapshots) => Promise<number>): Promise<number> {
  const library = openLibrary();
  const entry = await library.find(name);
  if (entry.owner !== undefined) {
    const client = await connectTo(entry);
    try {
      return await work(ofRunning(client));
    } finally {
      client.close();
    }
  }
  const vm = await OwnedVm.open(new NodeHostFiles(), entry.folder, '');
  try {
    return await work(ofStopped(vm));
  } finally {
    await vm.close();
  }
}

function ofRunning(client: VmClient): Snapshots {
  return {
    tree: () => client.call('snapshot.list', null),
    take: async (name, description) => (await client.call('snapshot.take', { name, description })).id,
    restore: (id) => client.call('snapshot.restore', { id }),
    delete: (id, withChildren) => client.call('snapshot.delete', { id, withChildren }),
    rename: (id, name, description) => client.call('snapshot.rename', { id, name, description }),
  };
}

function ofStopped(vm: OwnedVm): Snapshots {
  return {
    tree: () => Promise.resolve(vm.snapshots()),
    take: (name, description) => vm.takeOffline({ name, description }),
    restore: (id) => vm.restore(id),
    delete: (id, withChildren) => vm.deleteSnapshot(id, withChildren),
    rename: (id, name, description) => vm.renameSnapshot(id, name, description),
  };
}
