import { translate } from '../../../src/i18n/translate';
import type { FolderId, LibraryFolder, VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import type { MenuEntry } from '../../components/context-menu';
import { showDialog } from '../../state/dialogs';
import { notify, report } from '../../state/notices';
import { canTakeSnapshot, doPower, possibleActions } from '../../state/power';
import { openTab } from '../../state/tabs';
import { revertToCurrent } from '../snapshots/revert';

/** What the library's menus offer. */

const quietly = (work: Promise<unknown>): void => void work.catch(report);

export function placeVms(vms: readonly VmItem[], parent: FolderId | null, before?: string | null): void {
  const ids = vms.map(({ id }) => id);
  quietly(call('library.place', { vms: ids, parent, ...(before === undefined ? {} : { before }) }));
}

export function setFavourite(vms: readonly VmItem[], isFavourite: boolean): void {
  quietly(call('library.favourite', { vms: vms.map(({ id }) => id), isFavourite }));
}

/** Asks where the folder of a missing VM is. */
export async function locateVm(vm: VmItem): Promise<void> {
  try {
    const id = await call('library.locate', { vm: vm.id });
    if (id !== null) openTab(id);
  } catch (error) {
    report(error);
  }
}

export function forgetVm(vm: VmItem): void {
  quietly(call('vm.forget', { vm: vm.id }));
}

/** Into the trash, with the way back in the message. */
export async function trashVms(vms: readonly VmItem[]): Promise<void> {
  try {
    const token = await call('library.trash', { vms: vms.map(({ id }) => id) });
    notify('info', translate('trash.moved', { count: vms.length, name: vms[0]?.name ?? '' }), {
      label: translate('trash.undo'),
      run: () => quietly(call('library.undoTrash', { token })),
    });
  } catch (error) {
    report(error);
  }
}

/** A name that no folder beside it has. */
export function newFolderName(folders: readonly LibraryFolder[], parent: FolderId | null): string {
  const base = translate('library.newFolderName');
  const taken = new Set(folders.filter((one) => one.parent === parent).map(({ name }) => name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!taken.has(name)) return name;
  }
}

export interface LibraryMenuContext {
  readonly folders: readonly LibraryFolder[];
  readonly rename: (rowId: string) => void;
  /** Makes a folder and lets the user name it; `then` gets its id. */
  readonly createFolder: (parent: FolderId | null, then?: (id: FolderId) => void) => void;
  readonly step: (vm: VmItem, step: -1 | 1) => void;
  readonly remove: (vms: readonly VmItem[]) => void;
}

export function vmMenu(vms: readonly VmItem[], context: LibraryMenuContext): MenuEntry[] {
  const [vm] = vms;
  if (vm === undefined) return [];
  const isOne = vms.length === 1;
  const areMissing = vms.every(({ kind }) => kind === 'missing');
  const areFavourites = vms.every(({ isFavourite }) => isFavourite);
  const arranging: MenuEntry[] = [
    {
      id: 'favourite',
      label: translate(areFavourites ? 'library.unfavourite' : 'library.favourite'),
      run: () => setFavourite(vms, !areFavourites),
    },
    { id: 'moveTo', label: translate('library.moveTo'), items: folderMenu(vms, context) },
    ...(isOne
      ? [
          { id: 'up', label: translate('library.moveUp'), keys: 'Alt+↑', run: () => context.step(vm, -1) },
          { id: 'down', label: translate('library.moveDown'), keys: 'Alt+↓', run: () => context.step(vm, 1) },
        ]
      : []),
  ];
  if (isOne && areMissing) {
    return [
      { id: 'locate', label: translate('library.locate'), run: () => void locateVm(vm) },
      'line',
      ...arranging,
      'line',
      { id: 'forget', label: translate('summary.forget'), run: () => forgetVm(vm) },
    ];
  }
  const one: MenuEntry[] = isOne
    ? [
        ...powerMenu(vm),
        {
          id: 'snapshot',
          label: translate('menu.takeSnapshot'),
          isDisabled: !canTakeSnapshot(vm),
          run: () => showDialog({ kind: 'takeSnapshot', vm: vm.id }),
        },
        {
          id: 'revert',
          label: translate('menu.revertSnapshot'),
          isDisabled: !canTakeSnapshot(vm),
          run: () => void revertToCurrent(vm),
        },
        {
          id: 'snapshots',
          label: translate('menu.snapshotManager'),
          isDisabled: vm.kind !== 'ok',
          run: () => showDialog({ kind: 'snapshots', vm: vm.id }),
        },
        'line',
        { id: 'rename', label: translate('library.rename'), keys: 'F2', run: () => context.rename(vm.id) },
      ]
    : [];
  const more: MenuEntry[] = isOne
    ? [
        'line',
        {
          id: 'settings',
          label: translate('menu.settings'),
          isDisabled: vm.kind !== 'ok',
          run: () => showDialog({ kind: 'settings', vm: vm.id }),
        },
        { id: 'log', label: translate('library.showLog'), run: () => showDialog({ kind: 'log', vm: vm.id }) },
        {
          id: 'support',
          label: translate('library.support'),
          run: () => showDialog({ kind: 'support', vm: vm.id }),
        },
        {
          id: 'folder',
          label: translate('library.showFolder'),
          run: () => quietly(call('vm.showFolder', { vm: vm.id })),
        },
      ]
    : [];
  return [
    ...one,
    ...arranging,
    ...more,
    'line',
    {
      id: 'delete',
      label: translate('library.delete'),
      keys: translate('key.delete'),
      isDanger: true,
      isDisabled: vms.some(({ runs }) => runs !== 'nowhere'),
      run: () => context.remove(vms),
    },
  ];
}

const POWER_LABELS = {
  powerOn: 'menu.powerOn',
  resume: 'toolbar.resume',
  pause: 'menu.pause',
  suspend: 'menu.suspend',
  shutDown: 'menu.shutDown',
  reset: 'menu.reset',
  powerOff: 'menu.powerOff',
} as const;

function powerMenu(vm: VmItem): MenuEntry[] {
  const can = possibleActions(vm);
  const actions = (Object.keys(POWER_LABELS) as (keyof typeof POWER_LABELS)[]).filter((action) => can.has(action));
  const entries = actions.map(
    (action): MenuEntry => ({
      id: action,
      label: translate(POWER_LABELS[action]),
      run: () => {
        openTab(vm.id);
        doPower(vm, action);
      },
    }),
  );
  return entries.length > 0 ? [...entries, 'line'] : entries;
}

function folderMenu(vms: readonly VmItem[], { folders, createFolder }: LibraryMenuContext): MenuEntry[] {
  const isIn = (parent: FolderId | null): boolean => vms.every((vm) => vm.parent === parent);
  const into = (parent: FolderId | null): void => placeVms(vms, parent);
  return [
    {
      id: 'top',
      label: translate('library.myComputer'),
      isDisabled: isIn(null),
      run: () => into(null),
    },
    ...folders.map(({ id }) => ({
      id,
      label: pathOf(folders, id),
      isDisabled: isIn(id),
      run: () => into(id),
    })),
    'line',
    { id: 'new', label: translate('library.newFolder'), run: () => createFolder(null, into) },
  ];
}

function pathOf(folders: readonly LibraryFolder[], id: FolderId): string {
  const names: string[] = [];
  for (let at: FolderId | null = id; at !== null && names.length < folders.length; ) {
    const folder = folders.find((one) => one.id === at);
    if (folder === undefined) break;
    names.unshift(folder.name);
    at = folder.parent;
  }
  return names.join(' / ');
}

export function folderMenuEntries(folder: LibraryFolder, rowId: string, context: LibraryMenuContext): MenuEntry[] {
  return [
    { id: 'newFolder', label: translate('library.newFolder'), run: () => context.createFolder(folder.id) },
    { id: 'rename', label: translate('library.rename'), keys: 'F2', run: () => context.rename(rowId) },
    'line',
    {
      id: 'remove',
      label: translate('library.removeFolder'),
      run: () => quietly(call('library.removeFolder', { folder: folder.id })),
    },
  ];
}
