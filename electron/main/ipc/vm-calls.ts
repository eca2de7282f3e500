import { dialog } from 'electron';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import type { VmConfig } from '../../../src/config/vm-config';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { translate } from '../../../src/i18n/translate';
import { readMedium } from '../../../src/library/media';
import type { AppCalls, DeviceLine, VmChanges, VmDetails, VmId } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { changeStopped } from '../stopped-vm';

type VmCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `vm.${string}`>>;

const MAX_WALKED_FILES = 100_000;

export function vmCalls(context: AppContext, { window }: AppWindow): VmCalls {
  const { library, directory, supervisor, files } = context;
  const ask =
    (name: 'vm.pause' | 'vm.resume' | 'vm.suspend' | 'vm.shutDown' | 'vm.reset' | 'vm.powerOff') =>
    async ({ vm }: { vm: VmId }): Promise<void> => {
      await directory.requireLink(vm).call(name, null);
    };
  return {
    'vm.details': ({ vm }) => details(context, vm),
    'vm.change': async ({ vm, changes }) => {
      const { folder } = directory.entry(vm);
      if (directory.link(vm) !== undefined) throw new VmError('bad-state', translate('error.changeWhileRunning'));
      if (typeof changes.name === 'string') await library.rename(folder, changes.name);
      await changeStopped(library, folder, (store) => store.saveConfig(changed(store.config, changes)));
      await directory.refresh();
    },
    'vm.delete': async ({ vm }) => {
      await library.delete(directory.folder(vm));
      await directory.refresh();
    },
    'vm.forget': async ({ vm }) => {
      await library.forget(directory.folder(vm));
      await directory.refresh();
    },
    'vm.start': async ({ vm }) => {
      const entry = directory.entry(vm);
      if (directory.link(vm) !== undefined)
        throw new VmError('bad-state', translate('error.runsAlready', { name: entry.name }));
      await supervisor.start(entry.folder);
    },
    'vm.pause': ask('vm.pause'),
    'vm.resume': ask('vm.resume'),
    'vm.suspend': ask('vm.suspend'),
    'vm.shutDown': ask('vm.shutDown'),
    'vm.reset': ask('vm.reset'),
    'vm.powerOff': async ({ vm }) => {
      const link = directory.link(vm);
      // A suspended VM is powered off by dropping what was saved.
      if (link === undefined) {
        await changeStopped(library, directory.folder(vm), (store) => store.consumeSavedState());
        await directory.refresh();
      } else await link.call('vm.powerOff', null);
    },
    'vm.dismissCrash': ({ vm }) => directory.dismissCrash(vm),
    'vm.stats': ({ vm }) => directory.requireLink(vm).stats(),
    'vm.insertMedium': async ({ vm, device }) => {
      const config = configOf(context, vm);
      const isCdrom = config.cdroms.some(({ id }) => id === device);
      if (!isCdrom && !config.floppies.some(({ id }) => id === device)) {
        throw new VmError('bad-argument', `this VM has no drive '${device}'`);
      }
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate(isCdrom ? 'dialog.pick.cdrom' : 'dialog.pick.floppy'),
        properties: ['openFile'],
      });
      const file = filePaths[0];
      if (file === undefined) return false;
      await readMedium(files, file);
      await changeMedium(context, vm, device, file);
      return true;
    },
    'vm.ejectMedium': ({ vm, device }) => changeMedium(context, vm, device, null),
  };
}

/** While it runs the process that owns the VM does it; the drive keeps the medium over the next start where that can be saved. */
async function changeMedium(
  { library, directory }: AppContext,
  vm: VmId,
  device: string,
  file: string | null,
): Promise<void> {
  const link = directory.link(vm);
  if (link !== undefined) {
    await link.call('medium.change', { device, file });
    return;
  }
  await changeStopped(library, directory.folder(vm), (store) => {
    const put = <T extends { id: string; file: string | null }>(drive: T): T =>
      drive.id === device ? { ...drive, file } : drive;
    const { config } = store;
    return store.saveConfig({ ...config, cdroms: config.cdroms.map(put), floppies: config.floppies.map(put) });
  });
  await directory.refresh();
}

function changed(config: VmConfig, changes: VmChanges): VmConfig {
  return {
    ...config,
    description: changes.description ?? config.description,
    memory: { memoryMiB: changes.memoryMiB ?? config.memory.memoryMiB },
    boot: { ...config.boot, order: changes.bootOrder ?? config.boot.order },
    display: { ...config.display, scale: changes.scale ?? config.display.scale },
  };
}

function configOf({ directory }: AppContext, vm: VmId): VmConfig {
  const entry = directory.entry(vm);
  if (entry.kind !== 'ok') throw new VmError('vm-broken', translate('error.vmUnusable', { name: entry.name }));
  return entry.config;
}

async function details(context: AppContext, vm: VmId): Promise<VmDetails> {
  const config = configOf(context, vm);
  const folder = context.directory.folder(vm);
  const link = context.directory.link(vm);
  const info = link?.status.kind === 'running' || link?.status.kind === 'paused' ? await link.info() : undefined;
  return {
    id: vm,
    description: config.description,
    memoryMiB: config.memory.memoryMiB,
    bootOrder: config.boot.order,
    bootsKernel: config.boot.kernel !== null,
    scale: config.display.scale,
    devices: await deviceLines(context, folder, withMediaOfNow(context, vm, config)),
    usedBytes: await usedBytes(folder),
    engine: info?.engine ?? 'emulated',
    engineReason: info?.engineReason ?? '',
    serialPorts: config.serial.flatMap(({ kind }, index) => (kind === 'terminal' ? [index] : [])),
  };
}

/** While a VM runs its drives may hold something else than its configuration says. */
function withMediaOfNow({ directory }: AppContext, vm: VmId, config: VmConfig): VmConfig {
  const now = <T extends { id: string; file: string | null }>(drive: T): T => {
    const file = directory.mediumNow(vm, drive.id);
    return file === undefined ? drive : { ...drive, file };
  };
  return { ...config, cdroms: config.cdroms.map(now), floppies: config.floppies.map(now) };
}

async function deviceLines({ files }: AppContext, folder: string, config: VmConfig): Promise<DeviceLine[]> {
  const lines: DeviceLine[] = [
    {
      id: 'memory',
      kind: 'memory',
      value: translate('device.memoryValue', { mib: config.memory.memoryMiB }),
      hasMedium: true,
    },
    { id: 'cpu', kind: 'cpu', value: String(config.cpu.cpus), hasMedium: true },
  ];
  const { kernel } = config.boot;
  if (kernel !== null) lines.push({ id: 'kernel', kind: 'kernel', value: path.basename(kernel.file), hasMedium: true });
  for (const disk of config.disks) {
    const file = path.resolve(folder, disk.file);
    // A qcow2 image says its size in itself; what a raw disk holds is the guest's and says nothing.
    const bytes =
      disk.format === 'raw'
        ? stat(file).then(({ size }) => size)
        : readMedium(files, file).then(({ image }) => image.sizeBytes);
    const size = await bytes.then(formatBytes, () => translate('device.missing'));
    lines.push({ id: disk.id, kind: 'disk', value: size, hasMedium: true });
  }
  for (const kind of ['cdrom', 'floppy'] as const) {
    for (const { id, file } of kind === 'cdrom' ? config.cdroms : config.floppies) {
      lines.push({
        id,
        kind,
        value: file === null ? translate('device.empty') : path.basename(file),
        hasMedium: file !== null,
      });
    }
  }
  config.serial.forEach(({ kind }, index) => {
    lines.push({
      id: `com${index + 1}`,
      kind: 'serial',
      value: translate(`device.serial.${kind}`, { port: index + 1 }),
      hasMedium: true,
    });
  });
  lines.push({
    id: 'display',
    kind: 'display',
    value: translate('device.displayValue', { mib: config.display.vramMiB }),
    hasMedium: true,
  });
  return lines;
}

/** Bounded: a folder may hold anything. */
async function usedBytes(folder: string): Promise<number> {
  let bytes = 0;
  let seen = 0;
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      if (++seen > MAX_WALKED_FILES) return bytes;
      const full = path.join(next, entry.name);
      if (entry.isDirectory()) pending.push(full);
      else if (entry.isFile())
        bytes += await stat(full).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
    }
  }
  return bytes;
}
