import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig } from '../../../src/config/vm-config';
import { Library } from '../../../src/library/library';
import { readVmLog } from '../../../src/library/log-file';
import { subzeroPaths } from '../../../src/library/paths';
import { collectSupportData, supportFileName, zipSupportData } from '../../../src/library/support-data';

let home = '';
let library: Library;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-trash-'));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});
const create = (name: string) => library.create({ config: defaultConfig(name), disks: [] });
const names = async () => (await library.list()).map((entry) => `${entry.name} ${entry.kind}`);

describe('the trash', () => {
  it('takes a VM and gives it back where it was, with its place in the library', async () => {
    const made = await create('One');
    const folder = await library.createFolder('Work', null);
    await library.place([made.folder], folder);
    await library.setFavourite(made.folder, true);
    const trashed = await library.moveToTrash(made.folder);
    expect(await names()).toEqual([]);
    expect(existsSync(made.folder)).toBe(false);
    expect(await library.trashed()).toEqual([trashed]);
    const back = await library.restoreFromTrash(trashed);
    expect(back).toMatchObject({ folder: made.folder, place: { parent: folder, isFavourite: true } });
    expect(await names()).toEqual(['One ok']);
    expect(await library.trashed()).toEqual([]);
    expect(await nodeHostFiles.list(path.join(home, 'trash', 'info'))).toEqual([]);
  });

  it('is laid out as file managers read it', async () => {
    const made = await create('Über 100 %');
    await library.moveToTrash(made.folder);
    const info = readFileSync(path.join(home, 'trash', 'info', `${path.basename(made.folder)}.trashinfo`), 'utf8');
    expect(info).toMatch(
      /^\[Trash Info\]\nPath=\/[^\n]*%C3%9Cber%20100%20%25\nDeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n/,
    );
  });

  it('holds several of a name, and one comes back beside what took its place', async () => {
    for (let n = 0; n < 3; n++) await library.moveToTrash((await create('One')).folder);
    const trashed = await library.trashed();
    expect(trashed.length).toBe(3);
    const now = await create('One');
    const back = await library.restoreFromTrash(trashed[0]!);
    expect(back.folder).toBe(`${now.folder} 2`);
    await library.removeFromTrash(trashed[1]!);
    expect((await library.trashed()).length).toBe(1);
  });

  it('does not take a VM that is in use, and shows nothing but VMs', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '');
    await expect(library.moveToTrash(made.folder)).rejects.toMatchObject({ code: 'vm-in-use' });
    await vm.close();
    await library.moveToTrash(made.folder);
    mkdirSync(path.join(home, 'trash', 'files', 'holiday'));
    writeFileSync(path.join(home, 'trash', 'info', 'holiday.trashinfo'), '[Trash Info]\nPath=/holiday\n');
    writeFileSync(path.join(home, 'trash', 'info', 'broken.trashinfo'), '\0');
    expect((await library.trashed()).length).toBe(1);
  });
});

describe('a VM whose folder is gone', () => {
  it('stays listed by its name, is located where it went, and does not block its name', async () => {
    const made = await create('One');
    const there = path.join(home, 'somewhere');
    renameSync(made.folder, there);
    expect(await names()).toEqual(['One missing']);
    expect((await create('One')).kind).toBe('ok');
    await library.delete((await library.find('One')).folder);
    await expect(library.locate(made.folder, home)).rejects.toMatchObject({ code: 'vm-not-found' });
    expect((await library.locate(made.folder, there)).folder).toBe(there);
    expect(await names()).toEqual(['One ok']);
  });

  it('is remembered when it was only seen', async () => {
    const made = await create('One');
    await library.forget(made.folder);
    await library.remember(await library.list());
    rmSync(made.folder, { recursive: true });
    expect(await names()).toEqual(['One missing']);
    await library.forget(made.folder);
    expect(await names()).toEqual([]);
  });

  it('two programs arrange at once and lose nothing of each other', async () => {
    const other = new Library(nodeHostFiles, library.paths);
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => create(name)));
    for (const [n, { folder }] of made.entries()) await (n % 2 ? library : other).setFavourite(folder, true);
    expect((await library.list()).map(({ place }) => place.isFavourite)).toEqual([true, true, true, true]);
  });
});

describe('support data', () => {
  it('holds configuration, log and lists, no disk, and reads nothing outside the VM', async () => {
    const made = await create('Ä / 1');
    writeFileSync(path.join(made.folder, 'vm.log'), 'first\nsecond\n');
    writeFileSync(path.join(made.folder, 'disk.img'), 'SECRET');
    const entry = await library.find('Ä / 1');
    const data = await collectSupportData(nodeHostFiles, entry, 'Subzero 1');
    expect(data.map(({ name }) => name)).toEqual(['about.txt', 'vm.json', 'vm.log', 'snapshots.json', 'files.txt']);
    const unzipped = unzipSync(zipSupportData(data));
    expect(strFromU8(unzipped['vm.log'] as Uint8Array)).toBe('first\nsecond\n');
    expect(strFromU8(unzipped['files.txt'] as Uint8Array)).toContain('disk.img: 6 bytes');
    expect(data.map(({ text }) => text).join('')).not.toContain('SECRET');
    expect(supportFileName('Ä / 1', new Date(0))).toBe('subzero-support-Ä-1-1970-01-01.zip');

    const secret = path.join(home, 'secret');
    writeFileSync(secret, 'SECRET');
    rmSync(path.join(made.folder, 'vm.log'));
    symlinkSync(secret, path.join(made.folder, 'vm.log'));
    await expect(readVmLog(nodeHostFiles, made.folder, 100)).rejects.toMatchObject({ code: 'path-outside' });
    const linked = await collectSupportData(nodeHostFiles, entry, 'Subzero 1');
    expect(linked.map(({ text }) => text).join('')).not.toContain('SECRET');
  });

  it('a long log is read from its end, at the beginning of a line', async () => {
    const made = await create('One');
    writeFileSync(path.join(made.folder, 'vm.log.1'), 'old one\n');
    writeFileSync(path.join(made.folder, 'vm.log'), 'new one\nnew two\n');
    expect(await readVmLog(nodeHostFiles, made.folder, 1000)).toBe('old one\nnew one\nnew two\n');
    expect(await readVmLog(nodeHostFiles, made.folder, 12)).toBe('new two\n');
  });
});
