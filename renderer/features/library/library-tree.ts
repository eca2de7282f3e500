import type { FolderId, LibraryFolder, VmItem } from '../../../src/protocol/app';

/** The rows of the library's tree. Pure. */
export type LibraryRow =
  | { readonly kind: 'computer'; readonly id: string; readonly level: 1 }
  | {
      readonly kind: 'folder';
      readonly id: string;
      readonly level: number;
      readonly folder: LibraryFolder;
      readonly isExpanded: boolean;
    }
  | { readonly kind: 'vm'; readonly id: string; readonly level: number; readonly vm: VmItem };

export interface LibraryFilter {
  readonly query: string;
  readonly favouritesOnly: boolean;
}

const FOLDER = 'folder:';

export function folderRowId(id: FolderId): string {
  return FOLDER + id;
}

/** undefined: the row is no folder. */
export function folderOfRow(rowId: string): FolderId | undefined {
  return rowId.startsWith(FOLDER) ? rowId.slice(FOLDER.length) : undefined;
}

/** Folders before VMs; while the list is filtered folders without a hit are left out and the others are open. */
export function libraryRows(
  rootId: string,
  vms: readonly VmItem[],
  folders: readonly LibraryFolder[],
  collapsed: ReadonlySet<FolderId>,
  filter: LibraryFilter,
): LibraryRow[] {
  const isFiltered = filter.query.trim() !== '' || filter.favouritesOnly;
  const shown = vms.filter((vm) => isHit(vm, filter));
  const known = new Set(folders.map(({ id }) => id));
  const parentOf = (vm: VmItem): FolderId | null => (vm.parent !== null && known.has(vm.parent) ? vm.parent : null);
  const rows: LibraryRow[] = [{ kind: 'computer', id: rootId, level: 1 }];
  const visit = (parent: FolderId | null, level: number): void => {
    for (const folder of folders) {
      if (folder.parent !== parent) continue;
      const at = rows.length;
      const isExpanded = isFiltered || !collapsed.has(folder.id);
      rows.push({ kind: 'folder', id: folderRowId(folder.id), level, folder, isExpanded });
      if (isExpanded) visit(folder.id, level + 1);
      if (isFiltered && rows.length === at + 1) rows.pop();
    }
    for (const vm of shown) if (parentOf(vm) === parent) rows.push({ kind: 'vm', id: vm.id, level, vm });
  };
  visit(null, 2);
  return rows;
}

function isHit(vm: VmItem, { query, favouritesOnly }: LibraryFilter): boolean {
  if (favouritesOnly && !vm.isFavourite) return false;
  const text = `${vm.name}\n${vm.osName}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What is marked after a click on `id`: only what can be marked counts, in the order of the rows. */
export function marksAfter(
  rows: readonly LibraryRow[],
  marked: ReadonlySet<string>,
  from: string | undefined,
  id: string,
  how: 'only' | 'toggle' | 'range',
): ReadonlySet<string> {
  if (how === 'toggle') {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    return next;
  }
  if (how === 'range' && from !== undefined) {
    const ids = rows.map((row) => row.id);
    const [start, end] = [ids.indexOf(from), ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
    if (start >= 0) return new Set(ids.slice(start, end + 1));
  }
  return new Set([id]);
}

/** The VM in front of which `vm` goes one step up or down among its neighbours; undefined: it is at that end. */
export function stepTarget(vms: readonly VmItem[], vm: VmItem, step: -1 | 1): { before: string | null } | undefined {
  const neighbours = vms.filter(({ parent }) => parent === vm.parent);
  const at = neighbours.findIndex(({ id }) => id === vm.id);
  if (at + step < 0 || at + step >= neighbours.length) return undefined;
  return { before: step < 0 ? (neighbours[at - 1] as VmItem).id : (neighbours[at + 2]?.id ?? null) };
}
