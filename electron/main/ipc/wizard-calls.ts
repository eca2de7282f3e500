import { dialog } from 'electron';
import { totalmem } from 'node:os';
import { VmError } from '../../../src/base/errors';
import { defaultConfig, type VmConfig } from '../../../src/config/vm-config';
import { translate } from '../../../src/i18n/translate';
import type { CopiedFile } from '../../../src/library/copy-files';
import type { NewDisk } from '../../../src/library/library';
import { coldGalleryVm, hasGalleryGuest } from '../../../src/library/gallery/gallery';
import { usesOf } from '../../../src/library/media';
import { systemChoices } from '../../../src/library/systems/recognise';
import type { AppCalls, NewVmRequest } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { choiceOf, pickImage } from '../picked-image';
import { OUT } from './gallery-calls';

type WizardCalls = Pick<
  Handlers<AppCalls>,
  'wizard.info' | 'wizard.pickFile' | 'wizard.takeRecent' | 'wizard.pickFolder' | 'wizard.systems' | 'wizard.create'
>;

const EXTENSIONS = {
  cdrom: ['iso', 'cdr', 'img'],
  disk: ['qcow2', 'img', 'raw', 'bin', 'dd'],
  floppy: ['img', 'ima', 'flp', 'vfd', 'bin'],
} as const;

export function wizardCalls(context: AppContext, { window }: AppWindow, creating: (done: number) => void): WizardCalls {
  const { library, directory, pickedFolders } = context;
  return {
    'wizard.info': async () => ({
      defaultFolder: library.paths.vmsFolder,
      hostMemoryMiB: Math.floor(totalmem() / (1 << 20)),
      hasStarter: await hasGalleryGuest(context.files, OUT, 'linux'),
    }),
    'wizard.pickFile': async ({ kind }) => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate(`dialog.pick.${kind}`),
        properties: ['openFile'],
        filters: [
          { name: translate(`dialog.pick.${kind}`), extensions: [...EXTENSIONS[kind]] },
          { name: translate('dialog.allFiles'), extensions: ['*'] },
        ],
      });
      const picked = filePaths[0];
      return picked === undefined ? null : pickImage(context, picked);
    },
    'wizard.takeRecent': ({ token }) => pickImage(context, context.recentFiles.get(token)),
    'wizard.pickFolder': async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate('dialog.pickFolder'),
        defaultPath: library.paths.vmsFolder,
        properties: ['openDirectory', 'createDirectory'],
      });
      const folder = filePaths[0];
      return folder === undefined ? null : { token: pickedFolders.add(folder), shown: folder };
    },
    'wizard.systems': async () => systemChoices(await context.systems()).map(choiceOf),
    'wizard.create': async (request, signal) => {
      const parentFolder = request.folder === null ? undefined : pickedFolders.get(request.folder);
      const made = await plan(context, request);
      const entry = await library.create(
        { ...made, ...(parentFolder === undefined ? {} : { parentFolder }) },
        { signal, onProgress: creating },
      );
      // Given up when it was there already.
      if (signal.aborted) await library.delete(entry.folder);
      await directory.refresh();
      return directory.idOf(entry.folder);
    },
  };
}

async function plan(
  { files, pickedFiles, systems }: AppContext,
  request: NewVmRequest,
): Promise<{ config: VmConfig; disks: NewDisk[]; copies: CopiedFile[] }> {
  const { name, source, memoryMiB, diskGiB, systemId, hardware } = request;
  const disk = { id: 'disk0', file: 'disks/disk0.qcow2', format: 'qcow2', bus: 'ide', readonly: false } as const;
  const hasNewDisk = typeof diskGiB === 'number';
  const disks = hasNewDisk ? [{ file: disk.file, sizeBytes: diskGiB * 2 ** 30 }] : [];
  if (source.kind === 'starter') {
    const starter = await coldGalleryVm(files, OUT, 'linux', name);
    const config = { ...starter.config, memory: { memoryMiB }, disks: hasNewDisk ? [disk] : [] };
    return { config: withHardware(config, hardware), disks, copies: [...(starter.copies ?? [])] };
  }
  const picked = source.kind === 'file' ? pickedFiles.get(source.token) : undefined;
  const system =
    typeof systemId === 'string'
      ? systemChoices(await systems()).find(({ os }) => os.id === systemId)
      : picked?.medium.system;
  if (typeof systemId === 'string' && system === undefined) {
    throw new VmError('bad-argument', `there is no system '${systemId}'`);
  }
  const base = defaultConfig(name);
  // An empty disk does not boot: the firmware goes on to the CD, and after an installation the disk comes first.
  const order = ['disk', 'cdrom', 'floppy'] as const;
  const made: VmConfig = {
    ...base,
    os: system?.os ?? base.os,
    memory: { memoryMiB },
    boot: { ...base.boot, order },
    clock: { rtc: system?.rtc ?? 'utc' },
    disks: hasNewDisk ? [disk] : [],
    cdroms: [{ id: 'cdrom0', file: null, bus: 'ide' }],
  };
  if (source.kind === 'none' || picked === undefined) {
    return { config: withHardware(made, hardware), disks, copies: [] };
  }
  const { path: file, medium } = picked;
  const { image } = medium;
  if (!usesOf(image).includes(source.use)) throw new VmError('bad-argument', `this image is no ${source.use}`);
  switch (source.use) {
    case 'cdrom':
      return {
        config: withHardware({ ...made, cdroms: [{ id: 'cdrom0', file, bus: 'ide' }] }, hardware),
        disks,
        copies: [],
      };
    case 'floppy': {
      const config: VmConfig = {
        ...made,
        boot: { ...made.boot, order: ['floppy', 'disk', 'cdrom'] },
        floppies: [{ id: 'floppy0', file, readonly: false }],
      };
      return { config: withHardware(config, hardware), disks, copies: [] };
    }
    case 'disk': {
      const own = `disks/disk0.${image.format === 'qcow2' ? 'qcow2' : 'img'}`;
      const existing = { ...disk, file: source.copy ? own : file, format: image.format };
      return {
        config: withHardware({ ...made, disks: [existing] }, hardware),
        disks: [],
        copies: source.copy ? [{ from: file, to: own }] : [],
      };
    }
  }
}

/** What the custom path chose. */
function withHardware(config: VmConfig, hardware: NewVmRequest['hardware']): VmConfig {
  if (hardware === null || hardware === undefined) return config;
  const { cpus, vendor, rtc, vramMiB, serialPorts, bootOrder } = hardware;
  return {
    ...config,
    cpu: { ...config.cpu, cpus, vendor },
    clock: { rtc },
    display: { ...config.display, vramMiB },
    serial: Array.from({ length: serialPorts }, () => ({ kind: 'terminal' }) as const),
    boot: { ...config.boot, order: bootOrder },
  };
}
