import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig } from '../../../src/config/vm-config';
import { Library, type NewVm } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';

const CHUNK = 4 << 20;
let home = '';
let library: Library;
let vm: NewVm;
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'subzero-copy-')));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
  const large = new Uint8Array(2 * CHUNK + 5).map((_, index) => index % 251);
  writeFileSync(path.join(home, 'large'), large);
  writeFileSync(path.join(home, 'small'), new Uint8Array(CHUNK - 5));
  vm = {
    config: defaultConfig('Copy'),
    disks: [],
    copies: [
      { from: path.join(home, 'large'), to: 'disks/a/large' },
      { from: path.join(home, 'small'), to: 'small' },
    ],
  };
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

it('copies whole files and says how far it is', async () => {
  const steps: number[] = [];
  const { folder } = await library.create(vm, { onProgress: (done) => steps.push(done) });
  expect(readFileSync(path.join(folder, 'disks/a/large')).equals(readFileSync(path.join(home, 'large')))).toBe(true);
  expect(readFileSync(path.join(folder, 'small'))).toHaveLength(CHUNK - 5);
  const total = 3 * CHUNK;
  expect(steps).toEqual([CHUNK / total, (2 * CHUNK) / total, (2 * CHUNK + 5) / total, 1]);
});

it('leaves nothing behind when it is given up on the way', async () => {
  const work = new AbortController();
  const onProgress = (done: number): void => {
    if (done > 0.5) work.abort();
  };
  await expect(library.create(vm, { signal: work.signal, onProgress })).rejects.toMatchObject({ code: 'cancelled' });
  expect(readdirSync(library.paths.vmsFolder)).toEqual([]);
  expect(await library.list()).toEqual([]);
  await library.create(vm);
});

it('copies nothing to outside the folder of the VM', async () => {
  mkdirSync(path.join(home, 'other'));
  for (const to of ['../other/x', path.join(home, 'other', 'x')]) {
    const copies = [{ from: path.join(home, 'small'), to }];
    await expect(library.create({ ...vm, copies })).rejects.toMatchObject({ code: 'bad-argument' });
  }
  expect(readdirSync(path.join(home, 'other'))).toEqual([]);
});
