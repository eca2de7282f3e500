import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultPreferences } from '../../../src/config/preferences';
import { defaultConfig } from '../../../src/config/vm-config';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';
import { preferredPaths, readPreferences } from '../../../src/library/preferences-file';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-preferences-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const usual = () => subzeroPaths({ SUBZERO_HOME: home });
const write = (text: string) => writeFileSync(path.join(home, 'preferences.json'), text);
const create = (library: Library, name: string, memoryMiB = 64) =>
  library.create({ config: { ...defaultConfig(name), memory: { memoryMiB } }, disks: [] });

describe('preferences', () => {
  it('are as they come without a file, or with one that is damaged', () => {
    expect(readPreferences(usual())).toEqual(defaultPreferences);
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"language": 3, "vmsFolder": "relative", "memoryLimitMiB": 1e99}',
    ]) {
      write(text);
      expect(readPreferences(usual())).toEqual(defaultPreferences);
    }
  });

  it('what is right in a file counts though the rest is wrong', () => {
    write('{"language": "de", "appearance": "pink", "hostKeys": "rightControl"}');
    expect(readPreferences(usual())).toEqual({ ...defaultPreferences, language: 'de', hostKeys: 'rightControl' });
  });

  it('another folder for VMs is made, takes the new ones, and the old ones stay on the list', async () => {
    const library = new Library(nodeHostFiles, preferredPaths(usual()));
    await create(library, 'Old');
    const vmsFolder = path.join(home, 'elsewhere', 'deep');
    await library.setPreferences({ ...defaultPreferences, vmsFolder }, usual());
    expect(existsSync(vmsFolder)).toBe(true);
    const { folder } = await create(library, 'New');
    expect(path.dirname(folder)).toBe(vmsFolder);
    expect((await library.list()).map(({ name, kind }) => [name, kind])).toEqual([
      ['New', 'ok'],
      ['Old', 'ok'],
    ]);
    const next = new Library(nodeHostFiles, preferredPaths(usual()));
    expect(next.paths.vmsFolder).toBe(vmsFolder);
    await next.setPreferences(defaultPreferences, usual());
    expect(next.paths.vmsFolder).toBe(usual().vmsFolder);
    expect((await next.list()).map(({ name }) => name)).toEqual(['New', 'Old']);
  });

  it('a VM that exceeds the memory for all is not run, and may be edited', async () => {
    const library = new Library(nodeHostFiles, usual());
    const small = await create(library, 'Small', 64);
    const large = await create(library, 'Large', 200);
    await library.setPreferences({ ...defaultPreferences, memoryLimitMiB: 256 }, usual());
    const running = await library.openToRun(small.folder, '/socket');
    await expect(library.openToRun(large.folder, '/other')).rejects.toMatchObject({
      code: 'memory-limit',
      detail: { name: 'Large', neededMiB: '200', takenMiB: '64', limitMiB: '256' },
    });
    const edited = await library.open(large.folder, '');
    await edited.close();
    await running.close();
    await (await library.openToRun(large.folder, '/other')).close();
  });
});
