import type { LibraryFolder, VmId, VmItem } from '../../src/protocol/app';
import { call, onEvent } from '../bridge/bridge';
import { Store, useStore } from './store';

/** undefined: not read yet. */
export const library = new Store<readonly VmItem[] | undefined>(undefined);

onEvent('library', (items) => library.set(items));
void call('library.list', null).then((items) => {
  if (library.get() === undefined) library.set(items);
});

/** The folders that the user has put VMs into. */
export const libraryFolders = new Store<readonly LibraryFolder[]>([]);

onEvent('folders', (folders) => libraryFolders.set(folders));
void call('library.folders', null).then((folders) => libraryFolders.set(folders));

export function useVm(id: VmId | undefined): VmItem | undefined {
  return useStore(library)?.find((vm) => vm.id === id);
}

export function vmById(id: VmId): VmItem | undefined {
  return library.get()?.find((vm) => vm.id === id);
}
