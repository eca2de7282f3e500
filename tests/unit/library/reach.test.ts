import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHostFiles } from '../../../src/base/node-host-files';
import { defaultConfig, type VmConfig } from '../../../src/config/vm-config';
import { editVm } from '../../../src/library/edit-vm';
import { Library } from '../../../src/library/library';
import { subzeroPaths } from '../../../src/library/paths';
import { reachOf } from '../../../src/library/reach';

let home = '';
let library: Library;
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'subzero-reach-')));
  library = new Library(nodeHostFiles, subzeroPaths({ SUBZERO_HOME: home }));
  for (const name of ['cd.iso', 'floppy.img', 'secret']) writeFileSync(path.join(home, name), 'x');
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const outside = (name: string) => path.join(home, name);
const withCd = (name: string): VmConfig => ({
  ...defaultConfig(name),
  cdroms: [{ id: 'cdrom0', file: outside('cd.iso'), bus: 'ide' }],
});

/** A folder from elsewhere, with a configuration that was not made here. */
async function foreign(config: VmConfig): Promise<string> {
  const folder = outside('foreign');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'vm.json'), JSON.stringify(config));
  await library.add(folder);
  return folder;
}

const run = async (folder: string) => (await library.openToRun(folder, '')).close();

describe('what a VM reaches', () => {
  it('is every file outside its folder, links followed', async () => {
    const folder = outside('vm');
    mkdirSync(path.join(folder, 'disks'), { recursive: true });
    writeFileSync(path.join(folder, 'disks', 'own.img'), '');
    symlinkSync(outside('secret'), path.join(folder, 'disks', 'link.img'));
    symlinkSync(outside('not-there'), path.join(folder, 'vm.log'));
    symlinkSync('own.img', path.join(folder, 'disks', 'inner.img'));
    const disk = (id: string, file: string) => ({ id, file, format: 'raw', bus: 'ide', readonly: false }) as const;
    const base = withCd('x');
    const found = await reachOf(folder, {
      ...base,
      disks: [disk('disk0', 'disks/own.img'), disk('disk1', 'disks/link.img'), disk('disk2', 'disks/inner.img')],
      floppies: [{ id: 'floppy0', file: outside('floppy.img'), readonly: true }],
      serial: [{ kind: 'terminal' }, { kind: 'file', file: outside('out.txt') }, { kind: 'socket', file: 'own.sock' }],
      boot: { ...base.boot, kernel: { file: outside('secret'), initrd: null, append: '', modules: [] } },
    });
    expect(found).toEqual([
      { device: 'folder', access: 'write', path: outside('not-there') },
      { device: 'disk1', access: 'write', path: outside('secret') },
      { device: 'cdrom0', access: 'read', path: outside('cd.iso') },
      { device: 'floppy0', access: 'read', path: outside('floppy.img') },
      { device: 'com2', access: 'write', path: outside('out.txt') },
      { device: 'kernel', access: 'read', path: outside('secret') },
    ]);
  });
});

describe('a VM from elsewhere', { timeout: 120_000 }, () => {
  it('runs at once when it keeps to its folder, and after the word of the user when not', async () => {
    const folder = await foreign(withCd('Foreign'));
    await expect(run(folder)).rejects.toMatchObject({ code: 'consent-needed' });
    await library.agree(folder, await library.unagreed(folder));
    await run(folder);
    writeFileSync(
      path.join(folder, 'vm.json'),
      JSON.stringify({ ...withCd('Foreign'), cdroms: [{ id: 'cdrom0', file: outside('secret') }] }),
    );
    await expect(run(folder)).rejects.toMatchObject({ code: 'consent-needed' });
    writeFileSync(path.join(folder, 'vm.json'), JSON.stringify(defaultConfig('Foreign')));
    await run(folder);
  });

  it('is not agreed to by changing something else, and what the user adds is', async () => {
    const folder = await foreign(withCd('Foreign'));
    const entry = await library.find('Foreign');
    await editVm(library, nodeHostFiles, entry, { memoryMiB: 64 });
    expect((await library.unagreed(folder)).map(({ path: file }) => file)).toEqual([outside('cd.iso')]);
    await editVm(library, nodeHostFiles, entry, { serial: [{ kind: 'file', file: outside('out.txt') }] });
    expect((await library.unagreed(folder)).map(({ path: file }) => file)).toEqual([outside('cd.iso')]);
  });

  it('asks before hardware that waits, and before a snapshot with other files, comes to run', async () => {
    const folder = await foreign(defaultConfig('Foreign'));
    writeFileSync(
      path.join(folder, 'vm.next.json'),
      JSON.stringify({ ...defaultConfig('Foreign'), serial: [{ kind: 'file', file: outside('out.txt') }] }),
    );
    expect((await library.unagreed(folder)).map(({ device }) => device)).toEqual(['com1']);
    const vm = await library.openToRun(folder, '');
    await expect(vm.applyPending()).rejects.toMatchObject({ code: 'consent-needed' });
    const id = await vm.takeOffline({ name: 'trap', description: '' });
    const file = path.join(folder, 'snapshots', id, 'snapshot.json');
    const snapshot = JSON.parse(readFileSync(file, 'utf8')) as { config: VmConfig };
    writeFileSync(file, JSON.stringify({ ...snapshot, config: withCd('Foreign') }));
    await expect(vm.restore(id)).rejects.toMatchObject({ code: 'consent-needed' });
    expect(vm.config.cdroms).toEqual(defaultConfig('Foreign').cdroms);
    await vm.close();
  });

  it('a VM made here is agreed to, a copy of it is not', async () => {
    const { folder } = await library.create({ config: withCd('Mine'), disks: [] });
    await run(folder);
    const copy = outside('copy');
    cpSync(folder, copy, { recursive: true });
    await library.add(copy);
    await expect(run(copy)).rejects.toMatchObject({ code: 'consent-needed' });
    expect(readFileSync(path.join(copy, 'vm.json'), 'utf8')).toContain('cd.iso');
  });
});
