import { describe, expect, it } from 'vitest';
import {
  type Arrangement,
  emptyArrangement,
  folderAt,
  folderPath,
  inOrder,
  knownVm,
  readArrangement,
  withFolder,
  withMovedFolder,
  withoutFolder,
  withPlaced,
  withRenamedFolder,
  withVm,
} from '../../../src/library/arrangement';
import { Random } from '../../support/random';

const named = (names: readonly string[]): Arrangement =>
  names.reduce((all, name) => withVm(all, `/vms/${name}`, { name }), emptyArrangement);
const shown = (all: Arrangement, parent: string | null = null): string[] =>
  inOrder(all.vms.filter((vm) => vm.parent === parent)).map(({ name }) => name);
const isPath = (text: string): boolean => text.startsWith('/');

describe('the order of the library', () => {
  it('is by name until the user puts VMs in order', () => {
    const all = named(['c', 'a', 'b']);
    expect(shown(all)).toEqual(['a', 'b', 'c']);
    const moved = withPlaced(all, ['/vms/c'], null, '/vms/a');
    expect(shown(moved)).toEqual(['c', 'a', 'b']);
    expect(shown(withPlaced(moved, ['/vms/c', '/vms/a'], null, null))).toEqual(['b', 'c', 'a']);
    expect(shown(withVm(moved, '/vms/0', { name: '0' }))).toEqual(['c', 'a', 'b', '0']);
  });

  it('keeps VMs in folders, and gives them back when a folder goes', () => {
    let all = withFolder(named(['a', 'b']), '1', 'Work', null);
    all = withFolder(all, '2', 'Old', '1');
    all = withPlaced(all, ['/vms/a'], '2');
    expect(shown(all, '2')).toEqual(['a']);
    expect(folderPath(all, '2')).toBe('Work/Old');
    expect(folderAt(all, 'Work/Old')).toBe('2');
    expect(folderAt(all, '/')).toBeNull();
    expect(() => folderAt(all, 'Old')).toThrow(expect.objectContaining({ code: 'folder-not-found' }));
    all = withoutFolder(all, '2');
    expect(shown(all, '1')).toEqual(['a']);
    expect(withRenamedFolder(all, '1', 'Play').folders).toEqual([{ id: '1', name: 'Play', parent: null }]);
  });

  it('refuses a folder inside itself, a name twice and a name that is none', () => {
    const all = withFolder(withFolder(emptyArrangement, '1', 'a', null), '2', 'b', '1');
    expect(() => withMovedFolder(all, '1', '2', null)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => withFolder(all, '3', 'a', null)).toThrow(expect.objectContaining({ code: 'folder-exists' }));
    for (const name of ['', ' ', 'a/b', 'x\n', 'x'.repeat(81)]) {
      expect(() => withFolder(all, '3', name, null)).toThrow(expect.objectContaining({ code: 'name-invalid' }));
    }
    expect(withMovedFolder(withFolder(all, '3', 'c', null), '3', null, '1').folders.map(({ id }) => id)).toEqual([
      '3',
      '1',
      '2',
    ]);
  });
});

describe('the library file', () => {
  it('reads the list of paths that older versions wrote', () => {
    const all = readArrangement({ folders: ['/vms/far', 'relative', 7] }, isPath);
    expect(all.vms.map(({ path }) => path)).toEqual(['/vms/far']);
    expect(knownVm(all, '/vms/far')).toMatchObject({ parent: null, isFavourite: false });
  });

  it('makes sense of whatever it holds: no loops, no parents that are gone, nothing twice', () => {
    const random = new Random(11);
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
    const odd = [null, 0, -1, Number.NaN, '', 'a', '1', '2', '3', '/x', '/y', {}, [], true];
    for (let round = 0; round < 3000; round++) {
      const some = (): unknown[] => Array.from({ length: random.below(6) }, () => pick([...odd, object()]));
      const object = (): unknown => ({
        id: pick(odd),
        name: pick(odd),
        parent: pick(odd),
        path: pick(odd),
        rank: pick(odd),
        usedMs: pick(odd),
        isFavourite: pick(odd),
      });
      const all = readArrangement(pick([...odd, { folders: some(), vms: some() }]), isPath);
      const ids = new Set(all.folders.map(({ id }) => id));
      for (const { parent } of [...all.folders, ...all.vms]) expect(parent === null || ids.has(parent)).toBe(true);
      expect(ids.size).toBe(all.folders.length);
      expect(new Set(all.vms.map(({ path }) => path)).size).toBe(all.vms.length);
      for (const { id } of all.folders) expect(folderPath(all, id).split('/').length).toBeLessThanOrEqual(ids.size);
      expect(readArrangement(JSON.parse(JSON.stringify(all)), isPath)).toEqual(all);
    }
  });
});
