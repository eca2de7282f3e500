import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig, type VmConfig } from '../../../src/config/vm-config';
import { virtualSizeOf } from '../../../src/disk/layers';
import { checkQcow2 } from '../../../src/disk/qcow2/rebuild';
import { editVm } from '../../../src/library/edit-vm';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';
import { readPending } from '../../../src/library/pending-config';

let home = '';
let library: Library;
let folder = '';
beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-edit-'));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
  const disks = [{ id: 'disk0', file: 'disks/disk0.qcow2', format: 'qcow2', bus: 'ide', readonly: false } as const];
  const config: VmConfig = { ...defaultConfig('One'), disks };
  folder = (await library.create({ config, disks: [{ file: 'disks/disk0.qcow2', sizeBytes: 1 << 20 }] })).folder;
});
afterEach(() => {
  rmSync(home, { recursive: true });
});
const entry = () => library.find('One');
const config = async () => {
  const found = await entry();
  if (found.kind !== 'ok') throw new Error('broken');
  return found.config;
};

describe('settings of a VM', () => {
  it('that is off change at once, with new disks and drives', async () => {
    const edit = {
      memoryMiB: 96,
      newDisks: [{ sizeBytes: 2 << 20 }],
      newDrives: ['cdrom', 'floppy'] as const,
      serial: [{ kind: 'none' }] as const,
      options: { autoStart: true },
    };
    expect(await editVm(library, nodeHostFiles, await entry(), edit)).toBe('done');
    const now = await config();
    expect(now).toMatchObject({ memory: { memoryMiB: 96 }, options: { autoStart: true, onHostClose: 'ask' } });
    expect(now.disks.map(({ id }) => id)).toEqual(['disk0', 'disk1']);
    expect(now.cdroms.length + now.floppies.length).toBe(2);
    expect(existsSync(path.join(folder, 'disks/disk1.qcow2'))).toBe(true);
    await editVm(library, nodeHostFiles, await entry(), { detachedDisks: ['disk1'] });
    await editVm(library, nodeHostFiles, await entry(), { newDisks: [{ sizeBytes: 1 << 20 }] });
    expect((await config()).disks.map(({ file }) => file)).toEqual(['disks/disk0.qcow2', 'disks/disk1-2.qcow2']);
  });

  it('that cannot work are refused, and no disk stays behind', async () => {
    const five = Array.from({ length: 4 }, () => ({ sizeBytes: 1 << 20 }));
    await expect(editVm(library, nodeHostFiles, await entry(), { newDisks: five })).rejects.toMatchObject({
      code: 'config-invalid',
    });
    expect((await nodeHostFiles.list(path.join(folder, 'disks')))?.length).toBe(1);
  });

  it('that runs: words and options go to its owner, hardware waits for the power-on', async () => {
    const told: VmConfig[] = [];
    const owner = { changeConfig: async (next: VmConfig) => void told.push(next) };
    const edit = { memoryMiB: 64, description: 'new' };
    expect(await editVm(library, nodeHostFiles, await entry(), edit, owner)).toBe('queued');
    expect(told).toMatchObject([{ description: 'new', memory: { memoryMiB: 512 } }]);
    expect(await editVm(library, nodeHostFiles, await entry(), { vendor: 'AuthenticAMD' }, owner)).toBe('queued');
    expect(await readPending(nodeHostFiles, folder)).toMatchObject({ memory: { memoryMiB: 64 } });
    const vm = await library.open(folder, '');
    await vm.applyPending();
    expect(vm.config).toMatchObject({ memory: { memoryMiB: 64 }, cpu: { vendor: 'AuthenticAMD' } });
    await vm.close();
    expect(await readPending(nodeHostFiles, folder)).toBeUndefined();
  });

  it('what waits comes with the next change once the VM is off', async () => {
    const owner = { changeConfig: async () => undefined };
    await editVm(library, nodeHostFiles, await entry(), { memoryMiB: 64 }, owner);
    const off = { options: { onPowerOff: 'ask' } } as const;
    expect(await editVm(library, nodeHostFiles, await entry(), off)).toBe('done');
    expect(await config()).toMatchObject({ memory: { memoryMiB: 64 }, options: { onPowerOff: 'ask' } });
    expect(await readPending(nodeHostFiles, folder)).toBeUndefined();
  });

  it('back to what it has: nothing waits any more', async () => {
    const owner = { changeConfig: async () => undefined };
    await editVm(library, nodeHostFiles, await entry(), { memoryMiB: 64 }, owner);
    expect(await editVm(library, nodeHostFiles, await entry(), { memoryMiB: 512 }, owner)).toBe('done');
    expect(await readPending(nodeHostFiles, folder)).toBeUndefined();
  });
});

describe('a disk', () => {
  it('grows past what its tables held, stays whole, and never shrinks', async () => {
    const file = path.join(folder, 'disks/disk0.qcow2');
    for (const sizeBytes of [2 << 20, 10 * 2 ** 30, (300 * 2 ** 40) / 1024]) {
      await editVm(library, nodeHostFiles, await entry(), { grownDisks: [{ id: 'disk0', sizeBytes }] });
      expect(await virtualSizeOf(nodeHostFiles, file, 'qcow2')).toBe(sizeBytes);
      const image = await nodeHostFiles.open(file, 'read');
      expect(await checkQcow2(image)).toMatchObject({ undercounted: 0 });
      await image.close();
    }
    const vm = await library.open(folder, '');
    const disk = await vm.openDisk(vm.config.disks[0]!);
    await disk.write(9 * 2 ** 30, new Uint8Array(512).fill(7));
    await disk.flush();
    const back = new Uint8Array(512);
    await disk.read(9 * 2 ** 30, back);
    expect(back[5]).toBe(7);
    await vm.close();
    const shrink = { grownDisks: [{ id: 'disk0', sizeBytes: 1 << 20 }] };
    await expect(editVm(library, nodeHostFiles, await entry(), shrink)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});
