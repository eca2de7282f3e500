import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-recent-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const recent = () => new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home })).recentImages;
const image = (name: string): string => {
  const file = path.join(home, name);
  writeFileSync(file, 'x');
  return file;
};
const names = async () => (await recent().list()).map(({ path: file }) => path.basename(file));

describe('recent images', () => {
  it('come newest first, once each, and at most ten', async () => {
    for (let n = 0; n < 12; n++) await recent().add({ path: image(`${n}.iso`), uses: ['cdrom'] });
    await recent().add({ path: image('5.iso'), uses: ['cdrom'] });
    expect(await names()).toEqual(['5', '11', '10', '9', '8', '7', '6', '4', '3', '2'].map((n) => `${n}.iso`));
  });

  it('are cleared, and whoever shows them is told of each change', async () => {
    const images = recent();
    let told = 0;
    images.onChanged.on(() => told++);
    await images.add({ path: image('a.iso'), uses: ['cdrom'] });
    await images.clear();
    expect(await names()).toEqual([]);
    expect(told).toBe(2);
  });

  it('are not shown when they are gone', async () => {
    await recent().add({ path: image('a.iso'), uses: ['cdrom'] });
    await recent().add({ path: image('b.iso'), uses: ['disk', 'floppy'] });
    rmSync(path.join(home, 'a.iso'));
    expect(await recent().list()).toEqual([{ path: path.join(home, 'b.iso'), uses: ['disk', 'floppy'] }]);
  });

  it('begin anew when their file is damaged', async () => {
    for (const text of ['{', 'null', '{"images": [1, {"path": "relative", "uses": []}, {"path": 3}]}']) {
      writeFileSync(path.join(home, 'recent.json'), text);
      expect(await recent().list()).toEqual([]);
    }
    await recent().add({ path: image('a.iso'), uses: ['cdrom'] });
    expect(await names()).toEqual(['a.iso']);
  });
});
