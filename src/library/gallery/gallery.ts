import * as path from 'node:path';
import { readWholeFile } from '../../base/atomic-file';
import { VmError } from '../../base/errors';
import type { HostFiles } from '../../base/host-files';
import type { OsConfig } from '../../config/os';
import { defaultConfig, type VmConfig } from '../../config/vm-config';
import type { CopiedFile } from '../copy-files';
import type { NewVm } from '../library';
import { readTemplate } from './template';

/** Guests that come with Subzero, ready to start. */
export const galleryIds = ['linux', 'memtest', 'grub'] as const;
export type GalleryId = (typeof galleryIds)[number];

interface DirectKernel {
  readonly boots: 'kernel';
  /** Folder with vmlinuz, initrd.gz and starter.json, below the program's own files. */
  readonly folder: string;
}
interface Disc {
  readonly boots: 'cdrom';
  readonly file: string;
}

export type GalleryGuest = (DirectKernel | Disc) & {
  readonly id: GalleryId;
  readonly os: OsConfig;
  readonly memoryMiB: number;
};

export const galleryGuests: Readonly<Record<GalleryId, GalleryGuest>> = {
  linux: {
    id: 'linux',
    boots: 'kernel',
    folder: 'guests/gallery-linux',
    os: { id: 'subzero-starter', name: 'Subzero Linux', icon: 'snow' },
    memoryMiB: 256,
  },
  memtest: {
    id: 'memtest',
    boots: 'cdrom',
    file: 'guests/memtest86plus.iso',
    os: { id: 'memtest86plus', name: 'Memtest86+', icon: 'tool' },
    memoryMiB: 64,
  },
  grub: {
    id: 'grub',
    boots: 'cdrom',
    file: 'guests/grub-rescue-cdrom.iso',
    os: { id: 'grub-rescue', name: 'GRUB rescue', icon: 'tool' },
    memoryMiB: 64,
  },
};

const KERNEL = 'boot/vmlinuz';
const INITRD = 'boot/initrd.gz';
const DISC = 'media/disc.iso';
const MAX_ABOUT_BYTES = 1 << 16;

/** Whether set-up made this guest. `out`: where the program's own files lie. */
export async function hasGalleryGuest(files: HostFiles, out: string, id: GalleryId): Promise<boolean> {
  const guest = galleryGuests[id];
  const needed = guest.boots === 'kernel' ? `${guest.folder}/starter.json` : guest.file;
  return (await files.stat(path.join(out, needed)))?.kind === 'file';
}

/** Everything of the guest, copied into a new VM, so that the VM is whole in itself. It starts from its firmware. */
export async function coldGalleryVm(files: HostFiles, out: string, id: GalleryId, name: string): Promise<NewVm> {
  const guest = galleryGuests[id];
  const base = defaultConfig(name);
  const config: VmConfig = {
    ...base,
    os: guest.os,
    memory: { memoryMiB: guest.memoryMiB },
    cdroms: [{ id: 'cdrom0', file: guest.boots === 'cdrom' ? DISC : null, bus: 'ide' }],
  };
  if (guest.boots === 'cdrom') {
    await requireFile(files, path.join(out, guest.file));
    return { config, disks: [], copies: [{ from: path.join(out, guest.file), to: DISC, isReplaceable: true }] };
  }
  const folder = path.join(out, guest.folder);
  const append = await commandLine(files, folder);
  const copies: CopiedFile[] = [
    { from: path.join(folder, 'vmlinuz'), to: KERNEL, isReplaceable: true },
    { from: path.join(folder, 'initrd.gz'), to: INITRD, isReplaceable: true },
  ];
  return {
    config: { ...config, boot: { ...base.boot, kernel: { file: KERNEL, initrd: INITRD, append, modules: [] } } },
    disks: [],
    copies,
  };
}

/** The same, but as it was after it had started, where a saved state that fits this version is there. */
export async function galleryVm(files: HostFiles, out: string, id: GalleryId, name: string): Promise<NewVm> {
  return (await readTemplate(files, out, id, name)) ?? (await coldGalleryVm(files, out, id, name));
}

async function commandLine(files: HostFiles, folder: string): Promise<string> {
  const file = path.join(folder, 'starter.json');
  await requireFile(files, file);
  const bytes = await readWholeFile(files, file, MAX_ABOUT_BYTES);
  try {
    const about = JSON.parse(new TextDecoder().decode(bytes)) as { append?: unknown } | null;
    if (typeof about?.append === 'string') return about.append;
  } catch (cause) {
    throw damaged(file, cause);
  }
  throw damaged(file, undefined);
}

async function requireFile(files: HostFiles, file: string): Promise<void> {
  if ((await files.stat(file))?.kind === 'file') return;
  throw new VmError('file-not-found', `the guest's file '${file}' is not there: run the set-up again (npm start)`, {
    file,
  });
}

function damaged(file: string, cause: unknown): VmError {
  const message = `the guest's file '${file}' is damaged: run the set-up again (npm start)`;
  return new VmError('file-not-found', message, { file }, cause);
}
