/**
 * Changes a VM's settings, for the window and the command line. What a running VM can take at once goes to its owner; its
 * hardware waits for the next power-on.
 */
import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import type { BootDevice } from '../config/boot';
import type { CpuModelChoice, CpuVendor } from '../config/cpu';
import { freeDeviceId } from '../config/device-id';
import type { DiskFormat } from '../config/disks';
import type { DriveBus } from '../config/drive-bus';
import type { displayScales } from '../config/display';
import type { OptionsConfig } from '../config/options';
import { isAbsolutePath } from '../config/reader';
import type { ParallelConfig } from '../config/parallel';
import type { SerialConfig } from '../config/serial';
import type { VmConfig } from '../config/vm-config';
import { createQcow2 } from '../disk/qcow2/create';
import type { Library, VmEntry } from './library';
import { hasSameHardware, readPending, removePending, withPending, writePending } from './pending-config';
import { keyOf, reachOf } from './reach';
import { DISKS_FOLDER, requireValid, resolveFile } from './vm-folder';

/** What is absent stays as it is. */
export interface VmEdit {
  readonly description?: string;
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly model?: CpuModelChoice;
  readonly vendor?: CpuVendor;
  readonly bootOrder?: readonly BootDevice[];
  readonly scale?: (typeof displayScales)[number];
  readonly vramMiB?: number;
  readonly serial?: readonly SerialConfig[];
  readonly parallel?: readonly ParallelConfig[];
  readonly options?: Partial<OptionsConfig>;
  readonly newDisks?: readonly { readonly sizeBytes: number }[];
  readonly attachedDisks?: readonly { readonly file: string; readonly format: DiskFormat }[];
  /** Their files stay. */
  readonly detachedDisks?: readonly string[];
  readonly grownDisks?: readonly { readonly id: string; readonly sizeBytes: number }[];
  /** Of all disks and CD-ROM drives, those that are added too. */
  readonly driveBus?: DriveBus;
  readonly newDrives?: readonly ('cdrom' | 'floppy')[];
  readonly removedDrives?: readonly string[];
}

/** The process that runs a VM, where one does. */
export interface EditOwner {
  /** Takes what needs no new hardware. */
  changeConfig(config: VmConfig): Promise<void>;
}

/** 'queued': part of it comes with the next power-on. */
export type EditOutcome = 'done' | 'queued';

export async function editVm(
  library: Library,
  files: HostFiles,
  entry: VmEntry,
  edit: VmEdit,
  owner?: EditOwner,
): Promise<EditOutcome> {
  if (entry.kind !== 'ok')
    throw new VmError('vm-broken', `'${entry.name}' cannot be used as it is`, { name: entry.name });
  const { folder, config: now } = entry;
  const isFixed = owner !== undefined || entry.isSuspended;
  if ((edit.grownDisks ?? []).length > 0 && isFixed) {
    throw new VmError('bad-state', `'${entry.name}' must be powered off to make a disk larger`);
  }
  // What waits for the next power-on is kept by every later change, and comes at once where the VM is off by now.
  const pending = await readPending(files, folder);
  const base = pending === undefined ? now : withPending(now, pending);
  const made: string[] = [];
  try {
    const next = requireValid(await applied(files, folder, base, edit, made));
    const before = new Set((await reachOf(folder, base)).map(keyOf));
    // What the user adds is agreed to; what the VM came with is not, by changing something else.
    await library.agree(
      folder,
      (await reachOf(folder, next)).filter((reach) => !before.has(keyOf(reach))),
    );
    const soft = softPart(now, next);
    if (owner === undefined) await changeStopped(library, folder, isFixed ? soft : next, edit);
    else if (!isSameText(soft, now)) await owner.changeConfig(soft);
    const isQueued = isFixed && !hasSameHardware(now, next);
    if (isQueued) await writePending(files, folder, next);
    else await removePending(files, folder);
    return isQueued ? 'queued' : 'done';
  } catch (error) {
    for (const file of made) await files.removeFile(file).catch(() => undefined);
    throw error;
  }
}

/** What a VM can take while it runs: its words and options, not its hardware. */
function softPart(now: VmConfig, next: VmConfig): VmConfig {
  const { name, description, os, options } = next;
  return { ...now, name, description, os, options, display: { ...now.display, scale: next.display.scale } };
}

function isSameText(a: VmConfig, b: VmConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function changeStopped(library: Library, folder: string, next: VmConfig, { grownDisks }: VmEdit): Promise<void> {
  const vm = await library.open(folder, '');
  try {
    for (const { id, sizeBytes } of grownDisks ?? []) await vm.growDisk(id, sizeBytes);
    await vm.saveConfig(next);
  } finally {
    await vm.close();
  }
}

/** Makes the files of new disks too; their paths go into `made`. */
async function applied(
  files: HostFiles,
  folder: string,
  base: VmConfig,
  edit: VmEdit,
  made: string[],
): Promise<VmConfig> {
  const isKept = ({ id }: { readonly id: string }): boolean =>
    !(edit.removedDrives ?? []).includes(id) && !(edit.detachedDisks ?? []).includes(id);
  const disks = base.disks.filter(isKept);
  const bus = edit.driveBus ?? [...base.disks, ...base.cdroms][0]?.bus ?? 'ide';
  const ids = (): string[] => [...disks, ...base.disks, ...base.cdroms, ...base.floppies].map(({ id }) => id);
  for (const { sizeBytes } of edit.newDisks ?? []) {
    const id = freeDeviceId('disk', ids());
    const file = await freeDiskFile(
      files,
      folder,
      id,
      disks.map((disk) => disk.file),
    );
    const target = resolveFile(folder, file);
    await files.makeFolder(path.dirname(target));
    await createQcow2(files, target, { sizeBytes });
    made.push(target);
    await files.syncFolder(path.dirname(target));
    disks.push({ id, file, format: 'qcow2', bus, readonly: false });
  }
  for (const { file, format } of edit.attachedDisks ?? []) {
    const inside = path.relative(folder, file);
    const own = inside.startsWith('..') || isAbsolutePath(inside) ? file : inside.split(path.sep).join('/');
    disks.push({ id: freeDeviceId('disk', ids()), file: own, format, bus, readonly: false });
  }
  const cdroms = base.cdroms.filter(isKept);
  const floppies = base.floppies.filter(isKept);
  for (const kind of edit.newDrives ?? []) {
    const id = freeDeviceId(kind, [...ids(), ...cdroms.map((drive) => drive.id), ...floppies.map((drive) => drive.id)]);
    if (kind === 'cdrom') cdroms.push({ id, file: null, bus });
    else floppies.push({ id, file: null, readonly: false });
  }
  return {
    ...base,
    description: edit.description ?? base.description,
    memory: { memoryMiB: edit.memoryMiB ?? base.memory.memoryMiB },
    cpu: {
      ...base.cpu,
      cpus: edit.cpus ?? base.cpu.cpus,
      model: edit.model ?? base.cpu.model,
      vendor: edit.vendor ?? base.cpu.vendor,
    },
    boot: { ...base.boot, order: edit.bootOrder ?? base.boot.order },
    display: {
      ...base.display,
      scale: edit.scale ?? base.display.scale,
      vramMiB: edit.vramMiB ?? base.display.vramMiB,
    },
    serial: edit.serial ?? base.serial,
    parallel: edit.parallel ?? base.parallel,
    options: { ...base.options, ...edit.options },
    disks: disks.map((disk) => ({ ...disk, bus: edit.driveBus ?? disk.bus })),
    cdroms: cdroms.map((drive) => ({ ...drive, bus: edit.driveBus ?? drive.bus })),
    floppies,
  };
}

/** A detached disk's file stays: a new disk must not take its name. */
async function freeDiskFile(files: HostFiles, folder: string, id: string, taken: readonly string[]): Promise<string> {
  for (let n = 1; ; n++) {
    const file = `${DISKS_FOLDER}/${n === 1 ? id : `${id}-${n}`}.qcow2`;
    if (!taken.includes(file) && (await files.stat(resolveFile(folder, file))) === undefined) return file;
  }
}
