import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig, type VmConfig } from '../../../src/config/vm-config';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';

let home = '';
let library: Library;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-library-'));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function configWithDisk(name: string): VmConfig {
  return {
    ...defaultConfig(name),
    disks: [{ id: 'disk0', file: 'disks/disk0.qcow2', format: 'qcow2', bus: 'ide', readonly: false }],
  };
}

const create = (name: string) =>
  library.create({ config: configWithDisk(name), disks: [{ file: 'disks/disk0.qcow2', sizeBytes: 1 << 20 }] });

describe('the library', () => {
  it('is empty at first, and makes, lists and finds VMs', async () => {
    expect(await library.list()).toEqual([]);
    const made = await create('Zeta / one');
    await create('alpha');
    expect(path.basename(made.folder)).toBe('Zeta _ one');
    expect((await library.list()).map((entry) => [entry.name, entry.kind])).toEqual([
      ['alpha', 'ok'],
      ['Zeta / one', 'ok'],
    ]);
    expect((await library.find('ALPHA')).name).toBe('alpha');
    expect((await library.find(made.folder)).name).toBe('Zeta / one');
    await expect(library.find('none')).rejects.toMatchObject({ code: 'vm-not-found' });
    const vm = await library.open(made.folder, '');
    const disk = await vm.openDisk(vm.config.disks[0]!);
    expect(disk.sizeBytes).toBe(1 << 20);
    await vm.close();
  });

  it('refuses a name that is taken and leaves nothing behind when a VM cannot be made', async () => {
    await create('One');
    await expect(create('one')).rejects.toMatchObject({ code: 'vm-exists' });
    const bad = { config: configWithDisk('Two'), disks: [{ file: 'disks/disk0.qcow2', sizeBytes: 5 }] };
    await expect(library.create(bad)).rejects.toMatchObject({ code: 'bad-argument' });
    const other = { config: configWithDisk('Two'), disks: [{ file: '../x.qcow2', sizeBytes: 512 }] };
    await expect(library.create(other)).rejects.toMatchObject({ code: 'bad-argument' });
    expect((await nodeHostFiles.list(library.paths.vmsFolder))?.length).toBe(1);
  });

  it('deletes a snapshot with those taken after it, and says what that gives back', async () => {
    const { folder } = await create('Branches');
    const vm = await library.open(folder, '');
    const take = (name: string) => vm.takeOffline({ name, description: '' });
    const root = await take('root');
    const left = await take('left');
    await take('left leaf');
    await vm.restore(root);
    const right = await take('right');
    const sizes = await library.snapshotSizes(folder);
    expect(sizes.get(left)!.branchFreedBytes).toBeGreaterThan(sizes.get(left)!.freedBytes);
    expect(sizes.get(right)!.branchFreedBytes).toBe(sizes.get(right)!.freedBytes);
    await vm.deleteSnapshot(left, true);
    const names = () => vm.snapshots().snapshots.map(({ name }) => name);
    expect(names()).toEqual(['root', 'right']);
    expect(vm.snapshots().current).toBe(right);
    await vm.deleteSnapshot(root, true);
    expect([names(), vm.snapshots().current]).toEqual([[], null]);
    const disk = await vm.openDisk(vm.config.disks[0]!);
    expect(disk.sizeBytes).toBe(1 << 20);
    await vm.close();
  });

  it('gives a VM copies of files, inside its folder only', async () => {
    const from = path.join(home, 'kernel');
    writeFileSync(from, Buffer.alloc(5 << 20, 7));
    const made = await library.create({
      config: defaultConfig('One'),
      disks: [],
      copies: [{ from, to: 'boot/kernel' }],
    });
    expect(Buffer.compare(readFileSync(path.join(made.folder, 'boot/kernel')), readFileSync(from))).toBe(0);
    for (const to of ['../x', '/tmp/x', 'a//b', '']) {
      const refused = library.create({ config: defaultConfig('Two'), disks: [], copies: [{ from, to }] });
      await expect(refused).rejects.toMatchObject({ code: 'bad-argument' });
    }
    expect((await library.list()).length).toBe(1);
  });

  it('puts a VM where the user wants and still lists it; a folder that is gone stays listed', async () => {
    const parentFolder = path.join(home, 'elsewhere', 'deep');
    const made = await library.create({ config: defaultConfig('Far'), disks: [], parentFolder });
    expect(path.dirname(made.folder)).toBe(parentFolder);
    expect((await library.list()).map((entry) => entry.name)).toEqual(['Far']);
    rmSync(made.folder, { recursive: true });
    expect(await library.list()).toMatchObject([{ kind: 'missing', folder: made.folder }]);
    await library.forget(made.folder);
    expect(await library.list()).toEqual([]);
  });

  it('lists a broken VM with every problem and its path', async () => {
    const made = await create('One');
    const file = path.join(made.folder, 'vm.json');
    const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...json, memory: { memoryMiB: 0 }, extra: 1 }));
    const [entry] = await library.list();
    expect(entry).toMatchObject({ kind: 'broken', name: 'One' });
    expect(entry?.kind === 'broken' && entry.problems.map((problem) => problem.path)).toEqual([
      'memory.memoryMiB',
      'extra',
    ]);
    await expect(library.open(made.folder, '')).rejects.toMatchObject({ code: 'vm-broken' });
    for (const text of ['', '{', '[]', '\xff\xfe', '7']) {
      writeFileSync(file, text);
      expect((await library.list())[0]?.kind).toBe('broken');
    }
    writeFileSync(file, JSON.stringify(json));
    mkdirSync(path.join(made.folder, 'snapshots'));
    writeFileSync(path.join(made.folder, 'snapshots', 'tree.json'), '{}');
    expect(await library.list()).toMatchObject([{ kind: 'broken', problems: [{ path: 'snapshots' }] }]);
  });

  it('renames and deletes a VM that nobody uses', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '/run/x.sock');
    expect((await library.list())[0]?.owner).toMatchObject({ pid: process.pid, socketPath: '/run/x.sock' });
    await expect(library.rename(made.folder, 'Two')).rejects.toMatchObject({ code: 'vm-in-use' });
    await expect(library.delete(made.folder)).rejects.toMatchObject({ code: 'vm-in-use' });
    await vm.close();
    await library.rename(made.folder, 'Two');
    expect((await library.list())[0]?.name).toBe('Two');
    await expect(library.rename(made.folder, '\n')).rejects.toMatchObject({ code: 'name-invalid' });
    await library.delete(made.folder);
    expect(await library.list()).toEqual([]);
    expect(await nodeHostFiles.list(library.paths.vmsFolder)).toEqual([]);
  });

  it('can use a copied folder with its snapshots', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '');
    const disk = await vm.openDisk(vm.config.disks[0]!);
    await disk.write(0, new Uint8Array(512).fill(1));
    await disk.close();
    const id = await vm.takeOffline({ name: 'first', description: '' });
    const again = await vm.openDisk(vm.config.disks[0]!);
    await again.write(0, new Uint8Array(512).fill(2));
    await vm.close();
    const copy = path.join(home, 'copy');
    cpSync(made.folder, copy, { recursive: true });
    rmSync(made.folder, { recursive: true });
    const opened = await library.open(copy, '');
    const read = new Uint8Array(512);
    const copied = await opened.openDisk(opened.config.disks[0]!);
    await copied.read(0, read);
    expect(read[0]).toBe(2);
    await copied.close();
    await opened.restore(id);
    const restored = await opened.openDisk(opened.config.disks[0]!);
    await restored.read(0, read);
    expect(read[0]).toBe(1);
    await opened.close();
  });
});

describe('an owned VM', () => {
  it('keeps its NVRAM and brings it back with a snapshot, and the hardware but not the name', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '');
    expect(await vm.readNvram()).toBeUndefined();
    await vm.writeNvram(new Uint8Array([1, 2, 3]));
    const id = await vm.takeOffline({ name: 'first', description: 'd' });
    await vm.writeNvram(new Uint8Array([9]));
    await vm.saveConfig({ ...vm.config, name: 'Renamed', memory: { memoryMiB: 64 } });
    await vm.restore(id);
    expect(vm.config).toMatchObject({ name: 'Renamed', memory: { memoryMiB: 512 } });
    expect(await vm.readNvram()).toEqual(new Uint8Array([1, 2, 3]));
    await vm.close();
    const again = await library.open(made.folder, '');
    expect(again.config).toMatchObject({ name: 'Renamed', memory: { memoryMiB: 512 } });
    expect(again.snapshots()).toMatchObject({ current: id, snapshots: [{ id, name: 'first', hasMemory: false }] });
    await again.close();
  });

  it('does not change hardware under a saved state', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '');
    const writer = await vm.beginSuspend();
    await writer.writeDevices(new Map([['x', { a: 1n }]]));
    await writer.writeMemory([{ id: 'ram', sizeBytes: 4096 }], () => new Uint8Array(4096).fill(5));
    expect(await library.resumePicture(made.folder)).toBeUndefined();
    await writer.writePicture(Uint8Array.of(1, 2, 3));
    await writer.commit();
    expect((await library.list())[0]?.isSuspended).toBe(true);
    expect(await library.resumePicture(made.folder)).toEqual(Uint8Array.of(1, 2, 3));
    await expect(vm.saveConfig({ ...vm.config, memory: { memoryMiB: 1 } })).rejects.toMatchObject({
      code: 'bad-state',
    });
    await vm.saveConfig({ ...vm.config, description: 'changed' });
    const saved = await vm.savedState();
    expect(saved?.devices.get('x')).toEqual({ a: 1n });
    const ram = new Uint8Array(4096);
    await saved?.memory.readChunk('ram', 0, ram);
    expect(ram.every((byte) => byte === 5)).toBe(true);
    await saved?.close();
    await vm.consumeSavedState();
    expect(await vm.savedState()).toBeUndefined();
    expect(await library.resumePicture(made.folder)).toBeUndefined();
    expect(await nodeHostFiles.list(path.join(made.folder, 'snapshots/states'))).toEqual([]);
    await vm.close();
  });

  it('refuses a second snapshot operation, and a restore under open disks', async () => {
    const made = await create('One');
    const vm = await library.open(made.folder, '');
    const disk = await vm.openDisk(vm.config.disks[0]!);
    await expect(vm.openDisk(vm.config.disks[0]!)).rejects.toMatchObject({ code: 'bad-state' });
    const writer = await vm.beginSnapshot({ name: 'a', description: '' });
    await expect(vm.beginSnapshot({ name: 'b', description: '' })).rejects.toMatchObject({ code: 'guest-busy' });
    await writer.abort();
    await expect(writer.commit()).rejects.toMatchObject({ code: 'bad-state' });
    expect(await nodeHostFiles.list(path.join(made.folder, 'snapshots/layers'))).toEqual([]);
    await expect(vm.takeOffline({ name: 'c', description: '' })).rejects.toMatchObject({ code: 'bad-state' });
    await disk.close();
    const id = await vm.takeOffline({ name: 'c', description: '' });
    await expect(vm.restore('0123456789abcdef')).rejects.toMatchObject({ code: 'snapshot-not-found' });
    await vm.renameSnapshot(id, 'new', 'text');
    expect(vm.snapshots().snapshots[0]).toMatchObject({ name: 'new', description: 'text' });
    await vm.close();
    expect(existsSync(path.join(made.folder, 'vm.lock'))).toBe(false);
  });

  it('reads media by path and never writes a CD-ROM', async () => {
    const made = await create('One');
    writeFileSync(path.join(made.folder, 'cd.iso'), Buffer.alloc(4096, 3));
    const vm = await library.open(made.folder, '');
    const cd = await vm.openMedium('cd.iso', true);
    const read = new Uint8Array(2048);
    await cd.read(2048, read);
    expect(read[0]).toBe(3);
    await expect(cd.write(0, read)).rejects.toMatchObject({ code: 'image-readonly' });
    await expect(vm.openMedium('/nothing.iso', true)).rejects.toMatchObject({ code: 'file-not-found' });
    await vm.close();
    await expect(cd.read(0, read)).rejects.toMatchObject({ code: 'image-closed' });
  });
});
