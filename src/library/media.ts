/** What an image file that the user picked is, and which system it most likely installs or runs. */
import type { HostFiles } from '../base/host-files';
import type { OsConfig } from '../config/os';
import { virtualSizeOf } from '../disk/layers';
import { type SniffedImage, sniffImage } from '../disk/sniff';

export interface KnownSystem {
  readonly os: OsConfig;
  readonly memoryMiB: number;
  /** A fitting disk for an installation; 0: it needs none. */
  readonly diskGiB: number;
}

export interface Medium {
  readonly image: SniffedImage;
  readonly system: KnownSystem;
}

interface Row {
  /** Matches the ISO 9660 volume identifier, or a file's name where there is none. */
  readonly pattern: RegExp;
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

const row = (pattern: RegExp, id: string, name: string, icon: string, memoryMiB: number, diskGiB: number): Row => ({
  pattern,
  id,
  name,
  icon,
  memoryMiB,
  diskGiB,
});

/** The first match counts. */
const ROWS: readonly Row[] = [
  row(/^subzero.?starter|starter\.iso$/i, 'subzero-starter', 'Subzero starter Linux', 'linux', 256, 0),
  row(/grub.?rescue|^grub\b/i, 'grub-rescue', 'GRUB rescue', 'tool', 64, 0),
  row(/memtest/i, 'memtest', 'Memtest86+', 'tool', 128, 0),
  row(/ipxe/i, 'ipxe', 'iPXE', 'tool', 128, 0),
  row(/syslinux|isolinux/i, 'syslinux', 'Syslinux', 'tool', 64, 0),
  row(/^debian 12|^d-live 12|debian-12/i, 'debian12', 'Debian 12', 'debian', 1024, 20),
  row(/^debian|^d-live|debian/i, 'debian', 'Debian', 'debian', 1024, 20),
  row(/ubuntu/i, 'ubuntu', 'Ubuntu', 'ubuntu', 2048, 25),
  row(/fedora/i, 'fedora', 'Fedora', 'linux', 2048, 25),
  row(/alpine/i, 'alpine', 'Alpine Linux', 'linux', 512, 8),
  row(/^arch_/i, 'arch', 'Arch Linux', 'linux', 1024, 20),
  row(/centos|rocky|almalinux|^rhel/i, 'el', 'Enterprise Linux', 'linux', 2048, 25),
  row(/suse/i, 'opensuse', 'openSUSE', 'linux', 2048, 25),
  row(/freebsd/i, 'freebsd', 'FreeBSD', 'bsd', 1024, 20),
  row(/openbsd/i, 'openbsd', 'OpenBSD', 'bsd', 512, 10),
  row(/netbsd/i, 'netbsd', 'NetBSD', 'bsd', 512, 10),
  row(/freedos|^fd1[0-9]/i, 'freedos', 'FreeDOS', 'dos', 64, 2),
  row(/ccc?oma_|^win|windows/i, 'windows', 'Windows', 'windows', 2048, 40),
  row(/linux/i, 'linux', 'Linux', 'linux', 1024, 20),
];

const OTHER: KnownSystem = { os: { id: 'other', name: 'Other system', icon: 'other' }, memoryMiB: 512, diskGiB: 10 };

/** Throws as `sniffImage`. */
export async function readMedium(files: HostFiles, path: string): Promise<Medium> {
  const image = await sniffImage(files, path);
  const fileName = path.split(/[\\/]/).at(-1) ?? '';
  const volumeId = image.kind === 'cdrom' ? image.volumeId : '';
  return { image, system: recogniseSystem(volumeId, fileName) };
}

const MAX_FLOPPY_BYTES = 2880 * 1024;

/** What an image can be put into. Of a small raw image only the user knows: GRUB's floppy is an ISO image as well. */
export function usesOf(image: SniffedImage): readonly ('cdrom' | 'disk' | 'floppy')[] {
  const isSmall = image.format === 'raw' && image.sizeBytes <= MAX_FLOPPY_BYTES;
  const small = isSmall ? (['floppy', 'disk'] as const) : [];
  return image.kind === 'cdrom' ? ['cdrom', ...small] : isSmall ? small : ['disk'];
}

/** `volumeId` counts first; what a file is called second. */
export function recogniseSystem(volumeId: string, fileName: string): KnownSystem {
  const found =
    ROWS.find(({ pattern }) => pattern.test(volumeId)) ?? ROWS.find(({ pattern }) => pattern.test(fileName));
  if (found === undefined) return OTHER;
  const { id, name, icon, memoryMiB, diskGiB } = found;
  return { os: { id, name, icon }, memoryMiB, diskGiB };
}

/** The size of a disk's image as a guest sees it. */
export function diskSize(files: HostFiles, file: string, format: 'raw' | 'qcow2'): Promise<number> {
  return virtualSizeOf(files, file, format);
}
