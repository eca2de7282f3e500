import * as path from 'node:path';
import { NodeHostFiles } from '../base/node-host-files';
import type { VmConfig } from '../config/vm-config';
import { verdictText } from '../i18n/verdict-text';
import { readMedium } from '../library/media';
import type { GuestSystem } from '../library/systems/recognise';
import { readSystemTable } from '../library/systems/system-table';
import { parseCommand, say } from './arguments';
import {
  configFromOptions,
  type DiskPlace,
  type HardwareValues,
  hardwareHelp,
  hardwareOptions,
  parseSize,
} from './hardware-options';
import { EXIT_DONE } from './usage-error';
import { openLibrary } from './vm-client';

export const createHelp = `subzero create NAME [options]: makes a VM in the library; prints its folder
The system on the image is recognised: memory and clock fit it unless given, and a line says whether it runs here.
${hardwareHelp}`;

export async function create(args: readonly string[], out: string): Promise<number> {
  const { values, positionals } = parseCommand('create', args, hardwareOptions, ['NAME']);
  const name = positionals[0] as string;
  const disks: { file: string; sizeBytes: number }[] = [];
  // The library makes new disks with the folder, all or nothing.
  const place: DiskPlace = {
    folder: '',
    newDisk: (id) => `disks/${id}.qcow2`,
    name: (file) => file,
    make: (file, sizeBytes) => {
      disks.push({ file, sizeBytes });
      return Promise.resolve();
    },
  };
  const files = new NodeHostFiles();
  const system = await systemOf(files, values, out);
  if (system !== undefined) process.stderr.write(`${system.os.name}: ${verdictText(system.verdict)}\n`);
  const config = await configFromOptions(files, name, values, place, fittingFor(system, values));
  const entry = await openLibrary().create({ config, disks });
  say(path.normalize(entry.folder));
  return EXIT_DONE;
}

/** The system on the first image that is named. What is wrong with the image is said where it is put to use. */
async function systemOf(files: NodeHostFiles, values: HardwareValues, out: string): Promise<GuestSystem | undefined> {
  const image = values.cdrom?.[0] ?? values.floppy?.[0] ?? values.disk?.find((text) => parseSize(text) === undefined);
  if (image === undefined) return undefined;
  const table = await readSystemTable(path.join(out, 'systems', 'systems.json'));
  const medium = await readMedium(files, path.resolve(image), table).catch(() => undefined);
  return medium?.system;
}

function fittingFor(system: GuestSystem | undefined, values: HardwareValues): Partial<VmConfig> {
  if (system === undefined) return {};
  return {
    os: system.os,
    clock: { rtc: system.rtc },
    ...(values.memory === undefined ? { memory: { memoryMiB: system.memoryMiB } } : {}),
  };
}
