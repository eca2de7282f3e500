import { dialog } from 'electron';
import { VmError } from '../../../src/base/errors';
import { translate } from '../../../src/i18n/translate';
import type { TrashedVm } from '../../../src/library/trash';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';

type LibraryCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `library.${string}`>>;

export function libraryCalls(context: AppContext, { window }: AppWindow): LibraryCalls {
  const { library, directory, trashed } = context;
  /** Asks for a VM's folder; undefined when the user cancelled. */
  const pickVmFolder = async (): Promise<string | undefined> => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: translate('dialog.openVm.title'),
      defaultPath: library.paths.vmsFolder,
      properties: ['openDirectory'],
    });
    return filePaths[0];
  };
  const then = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    await directory.refresh();
    return result;
  };
  return {
    'library.list': () => directory.items(),
    'library.open': async () => {
      const folder = await pickVmFolder();
      if (folder === undefined) return null;
      const entry = await then(library.add(folder));
      return directory.idOf(entry.folder);
    },
    'library.folders': () => directory.folders(),
    'library.createFolder': ({ name, parent }) => then(library.createFolder(name, parent ?? null)),
    'library.renameFolder': ({ folder, name }) => then(library.renameFolder(folder, name)),
    'library.removeFolder': ({ folder }) => then(library.removeFolder(folder)),
    'library.moveFolder': ({ folder, parent, before }) =>
      then(library.moveFolder(folder, parent ?? null, before ?? null)),
    'library.place': ({ vms, parent, before }) => {
      const folders = vms.map((vm) => directory.folder(vm));
      const next = typeof before === 'string' ? directory.folder(before) : before;
      return then(library.place(folders, parent ?? null, next));
    },
    'library.favourite': async ({ vms, isFavourite }) => {
      for (const vm of vms) await library.setFavourite(directory.folder(vm), isFavourite);
      await directory.refresh();
    },
    'library.locate': async ({ vm }) => {
      const entry = directory.entry(vm);
      if (entry.kind !== 'missing') throw new VmError('bad-state', `'${entry.name}' is where it was`);
      const folder = await pickVmFolder();
      if (folder === undefined) return null;
      const found = await then(library.locate(entry.folder, folder));
      return directory.idOf(found.folder);
    },
    'library.trash': async ({ vms }) => {
      const moved: TrashedVm[] = [];
      try {
        for (const vm of vms) {
          const { kind, folder } = directory.entry(vm);
          // There is nothing to move: it only leaves the list.
          if (kind === 'missing') await library.forget(folder);
          else moved.push(await library.moveToTrash(folder));
        }
      } finally {
        await directory.refresh();
      }
      return trashed.add(moved);
    },
    'library.undoTrash': async ({ token }) => {
      try {
        for (const vm of trashed.get(token)) await library.restoreFromTrash(vm);
      } finally {
        await directory.refresh();
      }
    },
  };
}
