import { nameTrouble } from '../../../src/config/vm-name';
import { maxDrivesOfBus } from '../../../src/config/drive-bus';
import type { DisplayScale } from '../../../src/config/display';
import type {
  BootDevice,
  CpuVendor,
  FileToken,
  PickedFile,
  SerialPort,
  VmChanges,
  VmDetails,
  VmOptions,
} from '../../../src/protocol/app';

/** What the settings editor holds before it is saved. Pure. */
export interface SettingsDraft {
  readonly name: string;
  readonly description: string;
  readonly memory: string;
  readonly cpus: number;
  readonly model: VmDetails['settings']['model'];
  readonly vendor: CpuVendor;
  readonly vramMiB: number;
  readonly scale: DisplayScale;
  readonly bootOrder: readonly BootDevice[];
  readonly serial: readonly SerialDraft[];
  readonly parallel: ParallelDraft | null;
  readonly options: VmOptions;
  /** Sizes in GiB as typed. */
  readonly newDisks: readonly string[];
  readonly attached: readonly PickedFile[];
  readonly detached: readonly string[];
  /** New sizes in GiB as typed, by disk. */
  readonly sizes: Readonly<Record<string, string>>;
  readonly driveBus: VmDetails['settings']['driveBus'];
  readonly newDrives: readonly ('cdrom' | 'floppy')[];
  readonly removedDrives: readonly string[];
}

export interface SerialDraft extends SerialPort {
  /** Which port it was; -1: a new one. */
  readonly was: number;
  /** Of a file that was picked now. */
  readonly token: FileToken | null;
}

export interface ParallelDraft {
  readonly file: string;
  /** Of a file that was picked now. */
  readonly token: FileToken | null;
}

export type SettingsProblem = 'name' | 'memory' | 'newDisk' | 'size' | 'serial';

export const MAX_MEMORY_MIB = 3072;
export const MAX_FLOPPIES = 2;
export const MAX_SERIAL_PORTS = 4;
const GIB = 2 ** 30;

export function draftOf(name: string, { description, scale, settings }: VmDetails): SettingsDraft {
  return {
    name,
    description,
    scale,
    memory: String(settings.memoryMiB),
    cpus: settings.cpus,
    model: settings.model,
    vendor: settings.vendor,
    vramMiB: settings.vramMiB,
    bootOrder: settings.bootOrder,
    serial: settings.serial.map((port, was) => ({ ...port, was, token: null })),
    parallel: settings.parallel === null ? null : { file: settings.parallel, token: null },
    options: settings.options,
    newDisks: [],
    attached: [],
    detached: [],
    sizes: {},
    driveBus: settings.driveBus,
    newDrives: [],
    removedDrives: [],
  };
}

/** What keeps it from being saved. */
export function problemsOf(draft: SettingsDraft, { settings }: VmDetails): ReadonlySet<SettingsProblem> {
  const found = new Set<SettingsProblem>();
  if (nameTrouble(draft.name) !== undefined) found.add('name');
  if (!isWhole(draft.memory, 1, MAX_MEMORY_MIB)) found.add('memory');
  if (!draft.newDisks.every(isDiskSize)) found.add('newDisk');
  const kept = settings.disks.filter(({ id }) => !draft.detached.includes(id));
  if (kept.some(({ id, sizeBytes }) => !isGrownSize(draft.sizes[id], sizeBytes))) found.add('size');
  const needsFile = ({ kind }: SerialDraft): boolean => kind === 'file' || kind === 'socket';
  if (draft.serial.some((port) => needsFile(port) && port.file === '')) found.add('serial');
  return found;
}

/** Whether a disk can be made with that size in GiB. */
export function isDiskSize(gib: string): boolean {
  return isWhole(gib, 1, 2048);
}

/** Whether a disk can grow to that size in GiB; undefined: it stays as it is. */
export function isGrownSize(gib: string | undefined, sizeBytes: number): boolean {
  return gib === undefined || (isDiskSize(gib) && Number(gib) * GIB >= sizeBytes);
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** Disks and CD/DVD drives share the places of their controller. */
export function maxDrives({ driveBus }: SettingsDraft): number {
  return maxDrivesOfBus[driveBus === 'sata' ? 'sata' : 'ide'];
}

export function attachedDrives(draft: SettingsDraft, { settings }: VmDetails): number {
  const disks = settings.disks.filter(({ id }) => !draft.detached.includes(id)).length;
  const cdroms = settings.drives.filter(({ id, kind }) => kind === 'cdrom' && !draft.removedDrives.includes(id)).length;
  const made =
    draft.newDisks.length + draft.attached.length + draft.newDrives.filter((kind) => kind === 'cdrom').length;
  return disks + cdroms + made;
}

export function floppyDrives(draft: SettingsDraft, { settings }: VmDetails): number {
  const old = settings.drives.filter(({ id, kind }) => kind === 'floppy' && !draft.removedDrives.includes(id)).length;
  return old + draft.newDrives.filter((kind) => kind === 'floppy').length;
}

/** Only what differs. */
export function changesOf(draft: SettingsDraft, name: string, details: VmDetails): VmChanges {
  const was = draftOf(name, details);
  const differs = (key: keyof SettingsDraft): boolean => JSON.stringify(draft[key]) !== JSON.stringify(was[key]);
  const grown = Object.entries(draft.sizes)
    .map(([id, gib]) => ({ id, gib: Number(gib) }))
    .filter(({ id, gib }) => {
      const disk = details.settings.disks.find((one) => one.id === id);
      return disk !== undefined && !draft.detached.includes(id) && gib * GIB > disk.sizeBytes;
    });
  return {
    ...(differs('name') ? { name: draft.name } : {}),
    ...(differs('description') ? { description: draft.description } : {}),
    ...(differs('memory') ? { memoryMiB: Number(draft.memory) } : {}),
    ...(differs('cpus') ? { cpus: draft.cpus } : {}),
    ...(differs('model') ? { model: draft.model } : {}),
    ...(differs('vendor') ? { vendor: draft.vendor } : {}),
    ...(differs('vramMiB') ? { vramMiB: draft.vramMiB } : {}),
    ...(differs('scale') ? { scale: draft.scale } : {}),
    ...(differs('bootOrder') ? { bootOrder: draft.bootOrder } : {}),
    ...(differs('options') ? { options: draft.options } : {}),
    ...(differs('serial')
      ? { serial: draft.serial.map(({ kind, token, was: port }) => ({ kind, file: token, was: port })) }
      : {}),
    ...(differs('parallel') ? { parallel: { file: draft.parallel?.token ?? null } } : {}),
    ...(draft.newDisks.length > 0 ? { newDisksGiB: draft.newDisks.map(Number) } : {}),
    ...(draft.attached.length > 0 ? { attachedDisks: draft.attached.map(({ token }) => token) } : {}),
    ...(draft.detached.length > 0 ? { detachedDisks: draft.detached } : {}),
    ...(grown.length > 0 ? { grownDisks: grown } : {}),
    ...(differs('driveBus') && draft.driveBus !== 'mixed' ? { driveBus: draft.driveBus } : {}),
    ...(draft.newDrives.length > 0 ? { newDrives: draft.newDrives } : {}),
    ...(draft.removedDrives.length > 0 ? { removedDrives: draft.removedDrives } : {}),
  };
}

/** The device at `index` one step towards the front. */
export function movedUp<T>(list: readonly T[], index: number): T[] {
  const moved = [...list];
  const [item] = moved.splice(index, 1);
  moved.splice(index - 1, 0, item as T);
  return moved;
}
