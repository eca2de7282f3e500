import { dialog } from 'electron';
import { totalmem } from 'node:os';
import path from 'node:path';
import { VmError } from '../../../src/base/errors';
import { nameTrouble } from '../../../src/config/vm-name';
import { defaultConfig, type VmConfig } from '../../../src/config/vm-config';
import { translate } from '../../../src/i18n/translate';
import type { CopiedFile, NewDisk } from '../../../src/library/library';
import { type Medium, readMedium, usesOf } from '../../../src/library/media';
import type { AppCalls, NewVmRequest, PickedFile } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';
import { hasStarter, STARTER_MEMORY_MIB, STARTER_NAME, STARTER_OS, starterVm } from '../starter';

type WizardCalls = Pick<
  Handlers<AppCalls>,
  'wizard.info' | 'wizard.pickFile' | 'wizard.pickFolder' | 'wizard.checkName' | 'wizard.create' | 'gallery.trySubzero'
>;

const EXTENSIONS = {
  cdrom: ['iso', 'cdr', 'img'],
  disk: ['qcow2', 'img', 'raw', 'bin', 'dd'],
  floppy: ['img', 'ima', 'flp', 'vfd', 'bin'],
} as const;

export function wizardCalls(context: AppContext, { window }: AppWindow): WizardCalls {
  const { files, library, directory, supervisor, pickedFiles, pickedFolders } = context;
  return {
    'wizard.info': async () => ({
      defaultFolder: library.paths.vmsFolder,
      hostMemoryMiB: Math.floor(totalmem() / (1 << 20)),
      hasStarter: await hasStarter(),
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
      if (picked === undefined) return null;
      const medium = await readMedium(files, picked);
      return describePicked(pickedFiles.add({ path: picked, medium }), picked, medium);
    },
    'wizard.pickFolder': async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate('dialog.pickFolder'),
        defaultPath: library.paths.vmsFolder,
        properties: ['openDirectory', 'createDirectory'],
      });
      const folder = filePaths[0];
      return folder === undefined ? null : { token: pickedFolders.add(folder), shown: folder };
    },
    'wizard.checkName': ({ name }) => {
      const trouble = nameTrouble(name);
      if (trouble !== undefined) return trouble;
      const isTaken = directory.items().some((item) => item.name.toLowerCase() === name.toLowerCase());
      return isTaken ? translate('wizard.nameTaken', { name }) : null;
    },
    'wizard.create': async (request) => {
      const parentFolder = request.folder === null ? undefined : pickedFolders.get(request.folder);
      const made = await plan(context, request);
      const entry = await library.create({ ...made, ...(parentFolder === undefined ? {} : { parentFolder }) });
      await directory.refresh();
      return directory.idOf(entry.folder);
    },
    'gallery.trySubzero': async () => {
      const known = (await library.list()).find(
        (entry) => entry.kind === 'ok' && entry.config.os.id === STARTER_OS.id && entry.name === STARTER_NAME,
      );
      const entry =
        known ?? (await library.create({ ...(await starterVm(STARTER_NAME, STARTER_MEMORY_MIB)), disks: [] }));
      await directory.refresh();
      const id = directory.idOf(entry.folder);
      if (directory.link(id) === undefined) await supervisor.start(entry.folder);
      return id;
    },
  };
}

function describePicked(token: string, file: string, { image, system }: Medium): PickedFile {
  return {
    token,
    fileName: path.basename(file),
    kind: image.kind,
    uses: usesOf(image),
    sizeBytes: image.sizeBytes,
    system: system.os.name,
    memoryMiB: system.memoryMiB,
    diskGiB: system.diskGiB,
  };
}

async function plan(
  { pickedFiles }: AppContext,
  { name, source, memoryMiB, diskGiB }: NewVmRequest,
): Promise<{ config: VmConfig; disks: NewDisk[]; copies: CopiedFile[] }> {
  const disk = { id: 'disk0', file: 'disks/disk0.qcow2', format: 'qcow2', bus: 'ide', readonly: false } as const;
  const hasNewDisk = typeof diskGiB === 'number';
  const disks = hasNewDisk ? [{ file: disk.file, sizeBytes: diskGiB * 2 ** 30 }] : [];
  if (source.kind === 'starter') {
    const starter = await starterVm(name, memoryMiB);
    return { ...starter, config: { ...starter.config, disks: hasNewDisk ? [disk] : [] }, disks };
  }
  const base = defaultConfig(name);
  // An empty disk does not boot: the firmware goes on to the CD, and after an installation the disk comes first.
  const order = ['disk', 'cdrom', 'floppy'] as const;
  const config: VmConfig = {
    ...base,
    memory: { memoryMiB },
    boot: { ...base.boot, order },
    disks: hasNewDisk ? [disk] : [],
    cdroms: [{ id: 'cdrom0', file: null }],
  };
  if (source.kind === 'none') return { config, disks, copies: [] };
  const { path: file, medium } = pickedFiles.get(source.token);
  const { image, system } = medium;
  const made = { ...config, os: system.os };
  if (!usesOf(image).includes(source.use)) throw new VmError('bad-argument', `this image is no ${source.use}`);
  switch (source.use) {
    case 'cdrom':
      return { config: { ...made, cdroms: [{ id: 'cdrom0', file }] }, disks, copies: [] };
    case 'floppy':
      return {
        config: {
          ...made,
          boot: { ...made.boot, order: ['floppy', 'disk', 'cdrom'] },
          floppies: [{ id: 'floppy0', file, readonly: false }],
        },
        disks,
        copies: [],
      };
    case 'disk': {
      const own = `disks/disk0.${image.format === 'qcow2' ? 'qcow2' : 'img'}`;
      const existing = { ...disk, file: source.copy ? own : file, format: image.format };
      return {
        config: { ...made, disks: [existing] },
        disks: [],
        copies: source.copy ? [{ from: file, to: own }] : [],
      };
    }
  }
}
