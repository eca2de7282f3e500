import type { AppCalls, VmId } from '../../../src/protocol/app';
import type { SnapshotTree } from '../../../src/protocol/guest';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext } from '../app-context';
import { changeStopped } from '../stopped-vm';

type SnapshotCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `snapshot.${string}`>>;

/** Snapshots of a running VM are its process's business; of one that is off, this process's. */
export function snapshotCalls(
  { library, directory }: AppContext,
  changed: (vm: VmId, tree: SnapshotTree) => void,
): SnapshotCalls {
  const tree = (vm: VmId): Promise<SnapshotTree> => {
    const link = directory.link(vm);
    return link === undefined ? library.snapshots(directory.folder(vm)) : link.snapshots();
  };
  const tell = async (vm: VmId): Promise<void> => {
    changed(vm, await tree(vm));
    directory.refreshSoon();
  };
  return {
    'snapshot.list': ({ vm }) => tree(vm),
    'snapshot.sizes': async ({ vm }) => Object.fromEntries(await library.snapshotSizes(directory.folder(vm))),
    'snapshot.take': async ({ vm, name, description }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.call('snapshot.take', { name, description });
      const id = await changeStopped(library, directory.folder(vm), (store) =>
        store.takeOffline({ name, description }),
      );
      await tell(vm);
      return { id };
    },
    'snapshot.restore': async ({ vm, id }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.call('snapshot.restore', { id });
      await changeStopped(library, directory.folder(vm), (store) => store.restore(id));
      // What was lost is not missed any more.
      directory.dismissCrash(vm);
      await tell(vm);
      await directory.refresh();
    },
    'snapshot.delete': async ({ vm, id, withChildren }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.call('snapshot.delete', { id, withChildren });
      await changeStopped(library, directory.folder(vm), (store) => store.deleteSnapshot(id, withChildren));
      await tell(vm);
    },
    'snapshot.rename': async ({ vm, id, name, description }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.call('snapshot.rename', { id, name, description });
      await changeStopped(library, directory.folder(vm), (store) => store.renameSnapshot(id, name, description));
      await tell(vm);
    },
    'snapshot.thumbnail': async ({ vm, id }) => {
      const link = directory.link(vm);
      if (link !== undefined) return link.thumbnail(id);
      return (await library.thumbnail(directory.folder(vm), id)) ?? null;
    },
  };
}
