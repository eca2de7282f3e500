/**
 * How the user has put the library in order: folders, which VM is in which, favourites, an order by hand. Plain data with
 * pure changes; `library.json` keeps it. The file only arranges: losing it loses no VM.
 */
import { VmError } from '../base/errors';

export interface LibraryFolder {
  readonly id: string;
  readonly name: string;
  /** null: at the top. */
  readonly parent: string | null;
}

/** A VM that the library has seen. */
export interface KnownVm {
  /** The VM's folder on the host. */
  readonly path: string;
  /** As it was last called, for when its folder is gone. */
  readonly name: string;
  readonly parent: string | null;
  readonly isFavourite: boolean;
  /** Its place among its neighbours where the user put them in order; null: by name, after those. */
  readonly rank: number | null;
  /** When it was last started; 0: never. */
  readonly usedMs: number;
  /** What it may reach outside its folder; see reach.ts. */
  readonly agreed: readonly string[];
}

export interface Arrangement {
  /** Siblings stand in their order. */
  readonly folders: readonly LibraryFolder[];
  readonly vms: readonly KnownVm[];
}

export const emptyArrangement: Arrangement = { folders: [], vms: [] };

const MAX_ENTRIES = 20_000;
const MAX_NAME = 80;
const MAX_DEPTH = 16;

/** What can be read of it; whatever makes no sense is left out. */
export function readArrangement(json: unknown, isPath: (text: string) => boolean): Arrangement {
  const { folders, vms } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const given = list(folders);
  // Before folders existed, this list held the paths of VMs that lie elsewhere.
  const paths = given.filter((item): item is string => typeof item === 'string');
  const byId = new Map(given.flatMap((item) => readFolder(item)).map((folder) => [folder.id, folder]));
  const made = [...byId.values()];
  const ids = new Set(byId.keys());
  const known = [...list(vms).flatMap((item) => readVm(item)), ...paths.map((path) => ({ ...unknownVm, path }))];
  const seen = new Set<string>();
  return {
    folders: withoutLoops(
      made.map((folder) => ({
        ...folder,
        parent: folder.parent !== null && ids.has(folder.parent) ? folder.parent : null,
      })),
    ),
    vms: known.flatMap((vm) => {
      if (!isPath(vm.path) || seen.has(vm.path)) return [];
      seen.add(vm.path);
      return [{ ...vm, parent: vm.parent !== null && ids.has(vm.parent) ? vm.parent : null }];
    }),
  };
}

const unknownVm: KnownVm = { path: '', name: '', parent: null, isFavourite: false, rank: null, usedMs: 0, agreed: [] };

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, MAX_ENTRIES) : [];
}

function readFolder(value: unknown): LibraryFolder[] {
  const { id, name, parent } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[0-9a-f]{1,32}$/.test(id) || typeof name !== 'string' || name === '') return [];
  return [{ id, name: name.slice(0, MAX_NAME), parent: typeof parent === 'string' ? parent : null }];
}

function readVm(value: unknown): KnownVm[] {
  const { path, name, parent, isFavourite, rank, usedMs, agreed } = (value ?? {}) as Record<string, unknown>;
  if (typeof path !== 'string') return [];
  return [
    {
      path,
      name: typeof name === 'string' ? name.slice(0, MAX_NAME) : '',
      parent: typeof parent === 'string' ? parent : null,
      isFavourite: isFavourite === true,
      rank: typeof rank === 'number' && Number.isFinite(rank) ? rank : null,
      usedMs: typeof usedMs === 'number' && Number.isFinite(usedMs) ? usedMs : 0,
      agreed: list(agreed).filter((one): one is string => typeof one === 'string'),
    },
  ];
}

/** A folder inside itself goes to the top. */
function withoutLoops(folders: readonly LibraryFolder[]): LibraryFolder[] {
  const kept: LibraryFolder[] = [];
  for (const folder of folders) {
    const all = { folders: [...kept, ...folders.slice(kept.length)], vms: [] };
    kept.push(depthOf(all, folder.id) === undefined ? { ...folder, parent: null } : folder);
  }
  return kept;
}

/** 1 at the top; undefined when it is inside itself. */
function depthOf({ folders }: Arrangement, id: string): number | undefined {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  let depth = 0;
  for (let at: string | null = id; at !== null; at = byId.get(at)?.parent ?? null) {
    if (++depth > folders.length) return undefined;
  }
  return depth;
}

export function knownVm({ vms }: Arrangement, path: string): KnownVm {
  return vms.find((vm) => vm.path === path) ?? { ...unknownVm, path };
}

/** A VM as it now is; known from then on. */
export function withVm(arrangement: Arrangement, path: string, changes: Partial<Omit<KnownVm, 'path'>>): Arrangement {
  const changed = { ...knownVm(arrangement, path), ...changes };
  const isKnown = arrangement.vms.some((vm) => vm.path === path);
  const vms = isKnown ? arrangement.vms.map((vm) => (vm.path === path ? changed : vm)) : [...arrangement.vms, changed];
  return { ...arrangement, vms };
}

/** A VM as it was known once, e.g. before it went to the trash; its folder may be gone since. */
export function withKnown(arrangement: Arrangement, path: string, was: unknown): Arrangement {
  const [known] = readVm(typeof was === 'object' && was !== null ? { ...was, path } : undefined);
  if (known === undefined) return arrangement;
  const isThere = arrangement.folders.some(({ id }) => id === known.parent);
  return withVm(arrangement, path, { ...known, parent: isThere ? known.parent : null });
}

export function withoutVm(arrangement: Arrangement, path: string): Arrangement {
  return { ...arrangement, vms: arrangement.vms.filter((vm) => vm.path !== path) };
}

/** Its folder is somewhere else now. */
export function withMovedPath(arrangement: Arrangement, from: string, to: string): Arrangement {
  const known = knownVm(arrangement, from);
  const rest = withoutVm(withoutVm(arrangement, to), from);
  return { ...rest, vms: [...rest.vms, { ...known, path: to }] };
}

/** Neighbours in the order they are shown: first those with a place of their own, then by name. */
export function inOrder<T extends { readonly name: string; readonly rank: number | null }>(vms: readonly T[]): T[] {
  return [...vms].sort(
    (a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE) || a.name.localeCompare(b.name),
  );
}

/**
 * Puts VMs into a folder (null: to the top). `before` names the VM they go in front of, null is the end; without it they
 * stand by name, as long as nobody there was put in order by hand.
 */
export function withPlaced(
  arrangement: Arrangement,
  paths: readonly string[],
  parent: string | null,
  before?: string | null,
): Arrangement {
  requireFolder(arrangement, parent);
  const isMoved = new Set(paths);
  if (before === undefined) {
    return paths.reduce((now, path) => withVm(now, path, { parent, rank: null }), arrangement);
  }
  const stay = inOrder(arrangement.vms.filter((vm) => vm.parent === parent && !isMoved.has(vm.path)));
  const at = before === null ? stay.length : stay.findIndex((vm) => vm.path === before);
  const moved = paths.map((path) => knownVm(arrangement, path));
  const order = [...stay.slice(0, at < 0 ? stay.length : at), ...moved, ...stay.slice(at < 0 ? stay.length : at)];
  return order.reduce((now, { path }, rank) => withVm(now, path, { parent, rank }), arrangement);
}

export function withFolder(arrangement: Arrangement, id: string, name: string, parent: string | null): Arrangement {
  requireFolder(arrangement, parent);
  requireFreeFolderName(arrangement, name, parent, id);
  const folders = [...arrangement.folders, { id, name, parent }];
  return requireDepth({ ...arrangement, folders }, id);
}

export function withRenamedFolder(arrangement: Arrangement, id: string, name: string): Arrangement {
  const folder = requireFolder(arrangement, id) as LibraryFolder;
  requireFreeFolderName(arrangement, name, folder.parent, id);
  return { ...arrangement, folders: arrangement.folders.map((one) => (one.id === id ? { ...one, name } : one)) };
}

/** Into another folder, and in front of `before` there (null: at the end). */
export function withMovedFolder(
  arrangement: Arrangement,
  id: string,
  parent: string | null,
  before: string | null,
): Arrangement {
  const folder = requireFolder(arrangement, id) as LibraryFolder;
  requireFolder(arrangement, parent);
  requireFreeFolderName(arrangement, folder.name, parent, id);
  const rest = arrangement.folders.filter((one) => one.id !== id);
  const at = rest.findIndex((one) => one.id === before && one.parent === parent);
  const index = at < 0 ? rest.length : at;
  const folders = [...rest.slice(0, index), { ...folder, parent }, ...rest.slice(index)];
  return requireDepth({ ...arrangement, folders }, id);
}

/** What it holds moves up to where it was. */
export function withoutFolder(arrangement: Arrangement, id: string): Arrangement {
  const { parent } = requireFolder(arrangement, id) as LibraryFolder;
  const up = <T extends { readonly parent: string | null }>(item: T): T =>
    item.parent === id ? { ...item, parent } : item;
  return {
    folders: arrangement.folders.filter((one) => one.id !== id).map(up),
    vms: arrangement.vms.map((vm) => (vm.parent === id ? { ...up(vm), rank: null } : vm)),
  };
}

function requireFolder({ folders }: Arrangement, id: string | null): LibraryFolder | null {
  if (id === null) return null;
  const folder = folders.find((one) => one.id === id);
  if (folder === undefined) throw new VmError('folder-not-found', 'this folder is not in the library any more');
  return folder;
}

function requireFreeFolderName({ folders }: Arrangement, name: string, parent: string | null, except: string): void {
  if (name.trim() === '' || name !== name.trim() || name.length > MAX_NAME || /[\p{Cc}/]/u.test(name)) {
    throw new VmError('name-invalid', `a folder needs a name of at most ${MAX_NAME} characters, without '/'`, { name });
  }
  const isTaken = folders.some((one) => one.parent === parent && one.id !== except && one.name === name);
  if (isTaken) throw new VmError('folder-exists', `there is a folder named '${name}' already`, { name });
}

function requireDepth(arrangement: Arrangement, id: string): Arrangement {
  const depth = depthOf(arrangement, id);
  if (depth === undefined) throw new VmError('bad-argument', 'a folder cannot be moved into itself');
  if (depth > MAX_DEPTH) throw new VmError('bad-argument', `folders can be at most ${MAX_DEPTH} deep`);
  return arrangement;
}

/** 'Work/Servers' and the like: how the command line names folders. */
export function folderPath({ folders }: Arrangement, id: string | null): string {
  const names: string[] = [];
  for (let at = id; at !== null; ) {
    const folder = folders.find((one) => one.id === at);
    if (folder === undefined || names.length > folders.length) break;
    names.unshift(folder.name);
    at = folder.parent;
  }
  return names.join('/');
}

/** The folder that a path such as 'Work/Servers' names; '/' is the top (null). Throws 'folder-not-found'. */
export function folderAt(arrangement: Arrangement, path: string): string | null {
  let at: string | null = null;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const parent: string | null = at;
    const found: LibraryFolder | undefined = arrangement.folders.find(
      (one) => one.parent === parent && one.name === name,
    );
    if (found === undefined)
      throw new VmError('folder-not-found', `there is no folder '${path}' in the library`, { path });
    at = found.id;
  }
  return at;
}
