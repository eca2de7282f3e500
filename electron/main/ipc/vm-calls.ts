import { dialog } from 'electron';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import { engineReason } from '../../../src/config/cpu';
import type { SerialConfig } from '../../../src/config/serial';
import type { VmConfig } from '../../../src/config/vm-config';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { translate } from '../../../src/i18n/translate';
import { editVm, type VmEdit } from '../../../src/library/edit-vm';
import type { VmEntry } from '../../../src/library/library';
import { diskSize, readMedium, usesOf } from '../../../src/library/media';
import { readPending, removePending } from '../../../src/library/pending-config';
import { keyOf } from '../../../src/library/reach';
import type { AppCalls, DeviceLine, VmChanges, VmDetails, VmId, VmSettings } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { changeStopped } from '../stopped-vm';

type VmCalls = Omit<
  Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `vm.${string}`>>,
  'vm.thumbnail' | 'vm.log' | 'vm.showFolder'
> &
  Pick<Handlers<AppCalls>, 'settings.pickPortFile' | 'recent.list'>;

const MAX_WALKED_FILES = 100_000;

export function vmCalls(context: AppContext, { window }: AppWindow): VmCalls {
  const { library, directory, supervisor, files } = context;
  const ask =
    (name: 'vm.cancelWork' | 'vm.pause' | 'vm.resume' | 'vm.suspend' | 'vm.shutDown' | 'vm.reset' | 'vm.powerOff') =>
    async ({ vm }: { vm: VmId }): Promise<void> => {
      await directory.requireLink(vm).call(name, null);
    };
  return {
    'vm.details': ({ vm }) => details(context, vm),
    'vm.change': async ({ vm, changes }) => {
      const { folder } = directory.entry(vm);
      const link = directory.link(vm);
      const owner =
        link === undefined ? undefined : { changeConfig: (config: VmConfig) => link.call('config.change', { config }) };
      try {
        const { name, ...rest } = changes;
        if (typeof name === 'string') await library.rename(folder, name, owner);
        if (Object.keys(rest).length === 0) return { isQueued: false };
        const entry = await library.find(folder);
        const edit = editOf(context, entry, rest);
        return { isQueued: (await editVm(library, files, entry, edit, owner)) === 'queued' };
      } finally {
        await directory.refresh();
        directory.onDetails.emit(vm);
      }
    },
    'vm.discardQueued': async ({ vm }) => {
      await removePending(files, directory.folder(vm));
      directory.onDetails.emit(vm);
    },
    'settings.pickPortFile': async ({ kind }) => {
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: translate(`dialog.port.${kind}`),
      });
      if (canceled || filePath === undefined || filePath === '') return null;
      return { token: context.pickedFolders.add(filePath), shown: filePath };
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
        throw new VmError('vm-in-use', `'${entry.name}' is running already`, { name: entry.name });
      await supervisor.start(entry.folder);
    },
    'vm.unagreed': ({ vm }) => library.unagreed(directory.folder(vm)),
    'vm.agree': async ({ vm, reaches }) => {
      const folder = directory.folder(vm);
      // Only what it does reach, and what the user saw.
      const seen = new Set(reaches.map(keyOf));
      await library.agree(
        folder,
        (await library.unagreed(folder)).filter((reach) => seen.has(keyOf(reach))),
      );
    },
    'vm.settleIdentity': async ({ vm, answer }) => {
      await library.settleIdentity(directory.folder(vm), answer);
      await directory.refresh();
    },
    'vm.pause': ask('vm.pause'),
    'vm.resume': ask('vm.resume'),
    'vm.suspend': ask('vm.suspend'),
    'vm.cancelWork': ask('vm.cancelWork'),
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
    'vm.dismissCrash': async ({ vm }) => {
      const { folder } = directory.entry(vm);
      // Taking it once puts it in order, and what was left behind is not told of again.
      if (await library.wasLeftBehind(folder)) await changeStopped(library, folder, async () => undefined);
      directory.dismissCrash(vm);
    },
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
      await insert(context, vm, device, file);
      return true;
    },
    'vm.insertRecent': ({ vm, device, token }) => insert(context, vm, device, context.recentFiles.get(token)),
    'recent.list': async () =>
      (await library.recentImages.list()).map(({ path: file, uses }) => ({
        token: context.recentFiles.addOnce(file),
        fileName: path.basename(file),
        folder: path.dirname(file),
        uses,
      })),
    'vm.ejectMedium': ({ vm, device }) => changeMedium(context, vm, device, null),
  };
}

/** The user chose the image: its use is agreed to by that. */
async function insert(context: AppContext, vm: VmId, device: string, file: string): Promise<void> {
  const { files, library, directory } = context;
  const { image } = await readMedium(files, file);
  const access = configOf(context, vm).cdroms.some(({ id }) => id === device) ? 'read' : 'write';
  await library.agree(directory.folder(vm), [{ device, access, path: await files.realPath(file) }]);
  // Before the change is told: whoever hears of it reads the list anew.
  await library.recentImages.add({ path: file, uses: usesOf(image) }).catch(() => undefined);
  await changeMedium(context, vm, device, file);
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

const GIB = 2 ** 30;

/** The window's changes with its tokens resolved. */
function editOf({ pickedFiles, pickedFolders }: AppContext, entry: VmEntry, changes: Omit<VmChanges, 'name'>): VmEdit {
  const { newDisksGiB, attachedDisks, grownDisks, serial, parallel, ...same } = changes;
  const oldPorts = entry.kind === 'ok' ? entry.config.serial : [];
  return {
    ...same,
    ...(newDisksGiB === undefined ? {} : { newDisks: newDisksGiB.map((gib) => ({ sizeBytes: gib * GIB })) }),
    ...(grownDisks === undefined
      ? {}
      : { grownDisks: grownDisks.map(({ id, gib }) => ({ id, sizeBytes: gib * GIB })) }),
    ...(attachedDisks === undefined
      ? {}
      : {
          attachedDisks: attachedDisks.map((token) => {
            const { path: file, medium } = pickedFiles.get(token);
            return { file, format: medium.image.format === 'qcow2' ? ('qcow2' as const) : ('raw' as const) };
          }),
        }),
    ...(serial === undefined
      ? {}
      : {
          serial: serial.map(({ kind, file, was }): SerialConfig => {
            if (kind === 'terminal' || kind === 'none') return { kind };
            if (file !== null) return { kind, file: pickedFolders.get(file) };
            const old = oldPorts[was];
            if (old !== undefined && 'file' in old) return { kind, file: old.file };
            throw new VmError('bad-argument', 'choose where the serial port leads');
          }),
        }),
    ...(parallel === undefined
      ? {}
      : { parallel: parallel.file === null ? [] : [{ file: pickedFolders.get(parallel.file) }] }),
  };
}

async function settingsOf({ files }: AppContext, folder: string, now: VmConfig): Promise<VmSettings> {
  const pending = await readPending(files, folder);
  const config = pending ?? now;
  return {
    memoryMiB: config.memory.memoryMiB,
    cpus: config.cpu.cpus,
    model: config.cpu.model,
    vendor: config.cpu.vendor,
    vramMiB: config.display.vramMiB,
    bootOrder: config.boot.order,
    serial: config.serial.map((port) => ({ kind: port.kind, file: 'file' in port ? port.file : '' })),
    parallel: config.parallel[0]?.file ?? null,
    options: now.options,
    driveBus: driveBusOf(config),
    disks: await Promise.all(
      config.disks.map(async ({ id, file, format }) => ({
        id,
        file,
        sizeBytes: await diskSize(files, path.resolve(folder, file), format).catch(() => 0),
        isOwn: !path.isAbsolute(file),
      })),
    ),
    drives: [
      ...config.cdroms.map(({ id }) => ({ id, kind: 'cdrom' as const })),
      ...config.floppies.map(({ id }) => ({ id, kind: 'floppy' as const })),
    ],
    isQueued: pending !== undefined,
  };
}

function driveBusOf({ disks, cdroms }: VmConfig): VmSettings['driveBus'] {
  const buses = new Set([...disks, ...cdroms].map(({ bus }) => bus));
  const [first = 'ide'] = buses;
  return buses.size > 1 ? 'mixed' : first;
}

function configOf({ directory }: AppContext, vm: VmId): VmConfig {
  const entry = directory.entry(vm);
  if (entry.kind !== 'ok')
    throw new VmError('vm-broken', `'${entry.name}' cannot be used as it is`, { name: entry.name });
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
    settings: await settingsOf(context, folder, config),
    bootOrder: config.boot.order,
    bootsKernel: config.boot.kernel !== null,
    scale: config.display.scale,
    devices: await deviceLines(context, folder, withMediaOfNow(context, vm, config)),
    usedBytes: await usedBytes(folder),
    engine: info?.engine ?? 'emulated',
    engineReason: info?.engineReason ?? engineReason(config.cpu),
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
  for (const { file } of config.parallel) {
    const value = translate('device.parallelValue', { file: path.basename(file) });
    lines.push({ id: 'lpt1', kind: 'parallel', value, hasMedium: true });
  }
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
