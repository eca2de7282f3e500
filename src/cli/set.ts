import * as path from 'node:path';
import { NodeHostFiles } from '../base/node-host-files';
import { bootDevices } from '../config/boot';
import { cpuModels, cpuVendors, maxCpus } from '../config/cpu';
import { driveBuses } from '../config/drive-bus';
import { displayScales } from '../config/display';
import { guestResetActions, hostCloseActions, powerOffActions } from '../config/options';
import type { ParallelConfig } from '../config/parallel';
import type { SerialConfig } from '../config/serial';
import { sniffImage } from '../disk/sniff';
import { editVm, type VmEdit } from '../library/edit-vm';
import { removePending } from '../library/pending-config';
import { parseCommand, say } from './arguments';
import { parseInteger, parseSize } from './hardware-options';
import { EXIT_DONE, UsageError } from './usage-error';
import { connectTo, openLibrary } from './vm-client';

export const setHelp = `subzero set NAME [options]: changes a VM's settings; hardware of one that is on changes at its next power-on
  --description TEXT
  --memory MIB                guest RAM, 1 to 3072
  --cpus N                    virtual processors
  --cpu ${cpuModels.join('|')}
  --cpu-vendor GenuineIntel|AuthenticAMD
  --video-memory MIB          4, 8, 16, 32 or 64
  --scale fit|pixel           how the window shows the screen at first
  --boot disk,cdrom,floppy    the order
  --serial terminal|none|file:PATH|socket:PATH   once per port, COM1 first; --serial off removes all
  --parallel file:PATH|off    the parallel port LPT1, whose printer appends to a file
  --disk-bus ide|sata         what disks and CD-ROM drives are attached to; the guest must know it
  --add-disk SIZE             a new disk, such as 10G
  --attach-disk FILE          an image that is there
  --detach-disk ID            its file stays
  --resize-disk ID=SIZE       larger; the VM must be off
  --add-drive cdrom|floppy    an empty drive
  --remove-drive ID
  --auto-start on|off
  --on-host-close ask|background|suspend|powerOff
  --on-power-off powerOff|revert|snapshot|ask
  --on-guest-reset reset|powerOff
  --discard-queued            forgets what waits for the next power-on`;

const options = {
  description: { type: 'string' },
  memory: { type: 'string' },
  cpus: { type: 'string' },
  cpu: { type: 'string' },
  'cpu-vendor': { type: 'string' },
  'video-memory': { type: 'string' },
  scale: { type: 'string' },
  boot: { type: 'string' },
  serial: { type: 'string', multiple: true },
  parallel: { type: 'string' },
  'disk-bus': { type: 'string' },
  'add-disk': { type: 'string', multiple: true },
  'attach-disk': { type: 'string', multiple: true },
  'detach-disk': { type: 'string', multiple: true },
  'resize-disk': { type: 'string', multiple: true },
  'add-drive': { type: 'string', multiple: true },
  'remove-drive': { type: 'string', multiple: true },
  'auto-start': { type: 'string' },
  'on-host-close': { type: 'string' },
  'on-power-off': { type: 'string' },
  'on-guest-reset': { type: 'string' },
  'discard-queued': { type: 'boolean' },
} as const;

export async function set(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('set', args, options, ['NAME']);
  if (Object.keys(values).length === 0) throw new UsageError("set needs an option; see 'subzero set --help'");
  const files = new NodeHostFiles();
  const attached = await Promise.all((values['attach-disk'] ?? []).map((file) => attachedDisk(files, file)));
  const powers = {
    ...present('autoStart', values['auto-start'], (text) => choice('auto-start', text, ['on', 'off']) === 'on'),
    ...present('onHostClose', values['on-host-close'], (text) => choice('on-host-close', text, hostCloseActions)),
    ...present('onPowerOff', values['on-power-off'], (text) => choice('on-power-off', text, powerOffActions)),
    ...present('onGuestReset', values['on-guest-reset'], (text) => choice('on-guest-reset', text, guestResetActions)),
  };
  const edit: VmEdit = {
    ...present('description', values.description, (text) => text),
    ...present('memoryMiB', values.memory, (text) => parseInteger('memory', text, 1, 3072)),
    ...present('cpus', values.cpus, (text) => parseInteger('cpus', text, 1, maxCpus)),
    ...present('model', values.cpu, (text) => choice('cpu', text, cpuModels)),
    ...present('vendor', values['cpu-vendor'], (text) => choice('cpu-vendor', text, cpuVendors)),
    ...present('vramMiB', values['video-memory'], (text) => parseInteger('video-memory', text, 1, 64)),
    ...present('scale', values.scale, (text) => choice('scale', text, displayScales)),
    ...present('bootOrder', values.boot, (text) => text.split(',').map((word) => choice('boot', word, bootDevices))),
    ...present('serial', values.serial, (ports) => (ports.join() === 'off' ? [] : ports.map(serialPort))),
    ...present('parallel', values.parallel, (text) => (text === 'off' ? [] : [parallelPort(text)])),
    ...present('driveBus', values['disk-bus'], (text) => choice('disk-bus', text, driveBuses)),
    ...present('newDisks', values['add-disk'], (sizes) => sizes.map((text) => ({ sizeBytes: size('add-disk', text) }))),
    ...(attached.length > 0 ? { attachedDisks: attached } : {}),
    ...present('detachedDisks', values['detach-disk'], (ids) => ids),
    ...present('grownDisks', values['resize-disk'], (list) => list.map(resized)),
    ...present('newDrives', values['add-drive'], (kinds) =>
      kinds.map((kind) => choice('add-drive', kind, ['cdrom', 'floppy'] as const)),
    ),
    ...present('removedDrives', values['remove-drive'], (ids) => ids),
    ...(Object.keys(powers).length > 0 ? { options: powers } : {}),
  };
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  if (values['discard-queued']) await removePending(files, entry.folder);
  if (Object.keys(edit).length === 0) return EXIT_DONE;
  const client = entry.owner === undefined ? undefined : await connectTo(entry);
  try {
    const owner =
      client === undefined
        ? undefined
        : { changeConfig: async (config: unknown): Promise<void> => client.call('config.change', { config }) };
    const outcome = await editVm(library, files, entry, edit, owner);
    if (outcome === 'queued') say(`'${entry.name}' is on: its hardware changes at the next power-on`);
  } finally {
    client?.close();
  }
  return EXIT_DONE;
}

/** `{ [key]: read(value) }` where the option was given. */
function present<K extends string, V, T>(key: K, value: V | undefined, read: (value: V) => T): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: read(value) } as { [P in K]: T });
}

function choice<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${option} ${text}: must be one of ${known.join(', ')}`);
  return found;
}

function size(option: string, text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes === 0) throw new UsageError(`--${option} ${text}: must be a size such as 10G`);
  return bytes;
}

function resized(text: string): { id: string; sizeBytes: number } {
  const [id, wanted] = text.split('=');
  if (!id || !wanted) throw new UsageError(`--resize-disk ${text}: must be ID=SIZE, such as disk0=20G`);
  return { id, sizeBytes: size('resize-disk', wanted) };
}

function parallelPort(text: string): ParallelConfig {
  const file = /^file:(.+)$/.exec(text)?.[1];
  if (file === undefined) throw new UsageError(`--parallel ${text}: must be file:PATH or off`);
  return { file: path.resolve(file) };
}

function serialPort(text: string): SerialConfig {
  if (text === 'terminal' || text === 'none') return { kind: text };
  const match = /^(file|socket):(.+)$/.exec(text);
  if (match === null) throw new UsageError(`--serial ${text}: must be terminal, none, file:PATH or socket:PATH`);
  return { kind: match[1] as 'file' | 'socket', file: path.resolve(match[2] as string) };
}

async function attachedDisk(files: NodeHostFiles, file: string): Promise<{ file: string; format: 'raw' | 'qcow2' }> {
  const absolute = path.resolve(file);
  const image = await sniffImage(files, absolute);
  if (image.kind === 'cdrom') throw new UsageError(`--attach-disk ${file}: is an ISO image, not a disk`);
  return { file: absolute, format: image.format === 'qcow2' ? 'qcow2' : 'raw' };
}
