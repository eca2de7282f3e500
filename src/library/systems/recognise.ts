import { maxMemoryMiB } from '../../config/memory';
import type { OsConfig } from '../../config/os';
import type { SystemVerdict } from '../../config/system-verdict';
import type { OpticalVolume } from '../../disk/optical/optical-volume';
import { missingFor } from './abilities';
import { defaultsFor, iconFor } from './fitting';
import { familySystems, type OwnSystem, ownSystems } from './own-systems';
import type { SystemMedium, TableSystem } from './system-table';

/** A guest system as the wizard and the command line use it. */
export interface GuestSystem {
  readonly os: OsConfig;
  readonly memoryMiB: number;
  /** A fitting disk for an installation; 0: it needs none. */
  readonly diskGiB: number;
  /** What the real-time clock shows at power-on. */
  readonly rtc: 'utc' | 'local';
  readonly verdict: SystemVerdict;
}

/** What is known of an image before its system is. */
export interface ImageTraits {
  readonly fileName: string;
  /** Of optical discs only. */
  readonly volume: OpticalVolume | undefined;
}

const OTHER: OwnSystem = { id: 'other', name: 'Other system', icon: 'other', memoryMiB: 512, diskGiB: 10 };

/** Which system an image installs or runs. What the image says counts first, what the file is called second. */
export function recogniseSystem(image: ImageTraits, table: readonly TableSystem[]): GuestSystem {
  const { fileName, volume } = image;
  const names = volume === undefined ? [] : [volume.volumeId, volume.jolietId, volume.udfId].filter(Boolean);
  const byVolume = (rows: readonly OwnSystem[]) => rows.find((row) => names.some((name) => row.volume?.test(name)));
  const byFile = (rows: readonly OwnSystem[]) => rows.find((row) => row.file?.test(fileName));
  const own = byVolume(ownSystems);
  if (own !== undefined) return fromOwn(own, volume);
  const known = volume === undefined ? undefined : bestMatch(volume, names, table);
  if (known !== undefined) return fromTable(known.system, known.medium, volume);
  const row = byFile(ownSystems) ?? byVolume(familySystems) ?? byFile(familySystems) ?? OTHER;
  return fromOwn(row, volume);
}

/** Every system by name, for choosing one by hand. */
export function systemChoices(table: readonly TableSystem[]): GuestSystem[] {
  const own = [...ownSystems, ...familySystems].filter(({ icon }) => icon !== 'snow');
  const taken = new Set(own.map(({ id }) => id));
  const choices = [
    ...own.map((row) => fromOwn(row, undefined)),
    ...table.filter(({ id }) => !taken.has(id)).map((system) => fromTable(system, undefined, undefined)),
  ];
  choices.sort((a, b) => a.os.name.localeCompare(b.os.name, 'en', { numeric: true }));
  return [...choices, fromOwn(OTHER, undefined)];
}

interface Match {
  readonly system: TableSystem;
  readonly medium: SystemMedium;
  readonly rank: number;
}

/** More details that agree outrank fewer, then a longer pattern, then what this machine could run, then the newer. */
function bestMatch(volume: OpticalVolume, names: readonly string[], table: readonly TableSystem[]): Match | undefined {
  let best: Match | undefined;
  for (const system of table) {
    for (const medium of system.media) {
      const rank = rankOf(medium, volume, names);
      if (rank === undefined) continue;
      const full = rank - (system.id.endsWith('-unknown') ? 1e6 : 0);
      if (best === undefined || full > best.rank) best = { system, medium, rank: full };
    }
  }
  return best;
}

const compiled = new WeakMap<SystemMedium, (texts: OpticalVolume, names: readonly string[]) => boolean>();

function rankOf(medium: SystemMedium, volume: OpticalVolume, names: readonly string[]): number | undefined {
  let matches = compiled.get(medium);
  if (matches === undefined) {
    matches = compile(medium);
    compiled.set(medium, matches);
  }
  if (medium.volumeBytes !== undefined && medium.volumeBytes !== volume.volumeBytes) return undefined;
  if (!matches(volume, names)) return undefined;
  const details = [medium.volume, medium.volumeBytes, medium.publisher, medium.application, medium.system];
  const isPc = medium.arch === undefined || /^(x86_64|i\d86|all)$/.test(medium.arch);
  return (
    details.filter((detail) => detail !== undefined).length * 1000 + (medium.volume?.length ?? 0) + (isPc ? 0.5 : 0)
  );
}

function compile(medium: SystemMedium): (volume: OpticalVolume, names: readonly string[]) => boolean {
  const pattern = (text: string | undefined) => (text === undefined ? undefined : new RegExp(text));
  const own = pattern(medium.volume);
  const system = pattern(medium.system);
  const publisher = pattern(medium.publisher);
  const application = pattern(medium.application);
  return (volume, names) =>
    (own === undefined || names.some((name) => own.test(name))) &&
    (system === undefined || system.test(volume.systemId)) &&
    (publisher === undefined || publisher.test(volume.publisherId)) &&
    (application === undefined || application.test(volume.applicationId));
}

function fromOwn(row: OwnSystem, volume: OpticalVolume | undefined): GuestSystem {
  const missing = missingFor({
    parts: row.needs ?? [],
    arch: row.arch,
    minMemoryMiB: undefined,
    boot: volume?.boot,
  });
  const verdict: SystemVerdict =
    missing.length > 0
      ? { kind: 'cannot', missing }
      : row.tested !== undefined
        ? { kind: 'tested', version: row.tested }
        : row.unless !== undefined
          ? { kind: 'expected', unless: row.unless }
          : { kind: 'expected' };
  return {
    os: { id: row.id, name: row.name, icon: row.icon },
    memoryMiB: row.memoryMiB,
    diskGiB: row.diskGiB,
    rtc: row.rtc ?? 'utc',
    verdict,
  };
}

function fromTable(
  system: TableSystem,
  medium: SystemMedium | undefined,
  volume: OpticalVolume | undefined,
): GuestSystem {
  const defaults = defaultsFor(system);
  const missing = missingFor({
    parts: [...(system.isEfiOnly === true ? (['uefi'] as const) : []), ...defaults.needs],
    arch: medium?.arch,
    minMemoryMiB: system.minMemoryMiB,
    boot: volume?.boot,
  });
  return {
    os: { id: system.id, name: system.name.slice(0, 200), icon: iconFor(system) },
    memoryMiB: Math.min(maxMemoryMiB, Math.max(system.memoryMiB ?? defaults.memoryMiB, system.minMemoryMiB ?? 0)),
    diskGiB: medium?.isLive === true && medium.reboots === 0 ? 0 : (system.diskGiB ?? defaults.diskGiB),
    rtc: defaults.rtc,
    verdict: missing.length > 0 ? { kind: 'cannot', missing } : { kind: 'expected' },
  };
}
