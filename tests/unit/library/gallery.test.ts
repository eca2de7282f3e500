import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig, formatConfig } from '../../../src/config/vm-config';
import { galleryGuests, galleryIds, galleryVm, hasGalleryGuest } from '../../../src/library/gallery/gallery';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';

const files = new NodeHostFiles();
let out: string;
let library: Library;

beforeEach(() => {
  out = mkdtempSync(path.join(tmpdir(), 'subzero-gallery-'));
  const home = path.join(out, 'home');
  library = new Library(files, subzeroPaths({ SUBZERO_HOME: home }));
  put('guests/gallery-linux/vmlinuz', 'kernel');
  put('guests/gallery-linux/initrd.gz', 'initrd');
  put('guests/gallery-linux/starter.json', '{"append":"console=ttyS0"}');
  put('guests/memtest86plus.iso', 'disc');
  put('engine-state.json', '{"engine":"one"}');
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

function put(name: string, text: string): void {
  const file = path.join(out, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function putTemplate(engine: string): void {
  put('gallery/linux/vm.json', formatConfig({ ...defaultConfig('As saved'), memory: { memoryMiB: 99 } }));
  put('gallery/linux/template.json', JSON.stringify({ engine }));
  put('gallery/linux/vm.log', 'old news');
  put('gallery/linux/boot/vmlinuz', 'kernel');
  put('gallery/linux/snapshots/chunks/1', 'memory');
}

describe('a guest of the gallery', () => {
  test('is there when set-up made it', async () => {
    expect(await Promise.all(galleryIds.map((id) => hasGalleryGuest(files, out, id)))).toEqual([true, true, false]);
    await expect(galleryVm(files, out, 'grub', 'x')).rejects.toMatchObject({ code: 'file-not-found' });
  });

  test('becomes a VM that is whole in itself', async () => {
    const { folder } = await library.create(await galleryVm(files, out, 'linux', 'Mine'));
    const config = JSON.parse(readFileSync(path.join(folder, 'vm.json'), 'utf8'));
    expect(config).toMatchObject({
      name: 'Mine',
      os: galleryGuests.linux.os,
      boot: { kernel: { file: 'boot/vmlinuz', initrd: 'boot/initrd.gz', append: 'console=ttyS0' } },
    });
    expect(readFileSync(path.join(folder, 'boot/vmlinuz'), 'utf8')).toBe('kernel');
    const disc = await library.create(await galleryVm(files, out, 'memtest', 'Memory'));
    expect(readFileSync(path.join(disc.folder, 'media/disc.iso'), 'utf8')).toBe('disc');
  });

  test('goes on from what set-up saved, if the same engine saved it', async () => {
    putTemplate('one');
    const { folder } = await library.create(await galleryVm(files, out, 'linux', 'Mine'));
    expect(JSON.parse(readFileSync(path.join(folder, 'vm.json'), 'utf8'))).toMatchObject({
      name: 'Mine',
      memory: { memoryMiB: 99 },
    });
    expect(readFileSync(path.join(folder, 'snapshots/chunks/1'), 'utf8')).toBe('memory');
    expect(() => readFileSync(path.join(folder, 'vm.log'))).toThrow();
    expect(() => readFileSync(path.join(folder, 'template.json'))).toThrow();
  });

  test.each(['another', ''])('starts from its firmware when engine %j saved it', async (engine) => {
    putTemplate(engine);
    const vm = await galleryVm(files, out, 'linux', 'Mine');
    expect(vm.config.memory.memoryMiB).toBe(galleryGuests.linux.memoryMiB);
  });

  test.each([
    ['vm.json', '{'],
    ['template.json', 'null'],
    ['vm.json', '{"schemaVersion":1,"name":"x","memory":{"memoryMiB":-1}}'],
  ])('starts from its firmware when the saved one has a damaged %s', async (name, text) => {
    putTemplate('one');
    put(`gallery/linux/${name}`, text);
    expect((await galleryVm(files, out, 'linux', 'Mine')).config.memory.memoryMiB).toBe(256);
  });

  test('whose command line is damaged says what to do', async () => {
    put('guests/gallery-linux/starter.json', '[]');
    await expect(galleryVm(files, out, 'linux', 'x')).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('npm start'),
    });
  });
});
