import type { MissingPart } from '../../config/system-verdict';
import type { TableSystem } from './system-table';

interface Fitting {
  readonly memoryMiB: number;
  readonly diskGiB: number;
  readonly rtc: 'utc' | 'local';
  readonly needs: readonly MissingPart[];
}

const LINUX: Fitting = { memoryMiB: 1024, diskGiB: 20, rtc: 'utc', needs: [] };

/** Where osinfo-db says nothing about hardware: what the system's family was made for. */
const BY_FAMILY: Readonly<Record<string, Partial<Fitting>>> = {
  winnt: { memoryMiB: 1024, diskGiB: 40, rtc: 'local' },
  win9x: { memoryMiB: 128, diskGiB: 4, rtc: 'local' },
  win16: { memoryMiB: 32, diskGiB: 1, rtc: 'local' },
  msdos: { memoryMiB: 32, diskGiB: 1, rtc: 'local' },
  freebsd: {},
  openbsd: { memoryMiB: 512, diskGiB: 16 },
  netbsd: { memoryMiB: 512, diskGiB: 10 },
  dragonflybsd: {},
  haiku: { diskGiB: 10 },
  solaris: { memoryMiB: 2048 },
  netware: { memoryMiB: 512, diskGiB: 8 },
  darwin: { memoryMiB: 2048, diskGiB: 40, needs: ['apple'] },
};

export function defaultsFor({ family, distro, id }: TableSystem): Fitting {
  const fitting = { ...LINUX, ...BY_FAMILY[family ?? ''] };
  const isDos = distro === 'freedos' || distro === 'msdos';
  const needs: readonly MissingPart[] = id === 'win11' ? ['tpm'] : fitting.needs;
  return { ...fitting, rtc: isDos ? 'local' : fitting.rtc, needs };
}

const REDHAT = [
  'rhel',
  'rhl',
  'rocky',
  'almalinux',
  'centos',
  'circle',
  'ol',
  'oel',
  'miraclelinux',
  'scientificlinux',
];
const ICONS: Readonly<Record<string, readonly string[]>> = {
  debian: ['debian', 'ucs', 'pureos'],
  ubuntu: ['ubuntu'],
  fedora: ['fedora'],
  redhat: [...REDHAT, 'asianux'],
  suse: ['opensuse', 'sle', 'sled', 'sles', 'slem', 'caasp'],
  arch: ['archlinux', 'Manjaro'],
  alpine: ['alpinelinux'],
  nixos: ['nixos', 'guix'],
  haiku: ['haiku'],
  dos: ['freedos', 'msdos'],
  android: ['android-x86'],
};
const BY_DISTRO = new Map(Object.entries(ICONS).flatMap(([icon, distros]) => distros.map((distro) => [distro, icon])));
const FAMILY_ICONS: Readonly<Record<string, string>> = {
  linux: 'linux',
  winnt: 'windows',
  win9x: 'windows',
  win16: 'windows',
  msdos: 'dos',
  freebsd: 'bsd',
  openbsd: 'bsd',
  netbsd: 'bsd',
  dragonflybsd: 'bsd',
  haiku: 'haiku',
  darwin: 'apple',
  solaris: 'solaris',
};

/** The name of an icon of the window's. */
export function iconFor({ distro, family }: TableSystem): string {
  return BY_DISTRO.get(distro ?? '') ?? FAMILY_ICONS[family ?? ''] ?? 'other';
}
