import { randomBytes } from 'node:crypto';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { cpuModels, defaultCpu, engines, maxCpus } from '../config/cpu';
import { type DriveBus, driveBuses } from '../config/drive-bus';
import { checkConfig, defaultConfig, type Validated, type VmConfig } from '../config/vm-config';
import { createQcow2 } from '../disk/qcow2/create';
import { sniffImage } from '../disk/sniff';
import { UsageError } from './usage-error';

/** Options of `create` and `run` that describe a machine. */
export const hardwareOptions = {
  memory: { type: 'string' },
  cpus: { type: 'string' },
  disk: { type: 'string', multiple: true },
  cdrom: { type: 'string', multiple: true },
  'disk-bus': { type: 'string' },
  floppy: { type: 'string', multiple: true },
  parallel: { type: 'string' },
  kernel: { type: 'string' },
  initrd: { type: 'string' },
  append: { type: 'string' },
  module: { type: 'string', multiple: true },
  bios: { type: 'string' },
  engine: { type: 'string' },
  cpu: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export const hardwareHelp = `  --memory MIB          guest RAM, 1 to 3072 (default 512, or what fits the system)
  --cpus N              virtual processors, 1 to 8 (default 1)
  --disk SIZE|FILE      a new disk (10G, 512M) or an image file; up to 4 drives with --cdrom
  --cdrom FILE          an ISO image
  --disk-bus BUS        ${driveBuses.join(' or ')}: what disks and CD-ROM drives are attached to (default ide)
  --floppy FILE         a floppy image
  --parallel FILE       a printer on LPT1, which appends what it is sent to the file
  --kernel FILE         boots a Linux bzImage, a Multiboot 1 or 2 or a PVH kernel directly
  --initrd FILE         initial RAM disk for --kernel
  --append TEXT         kernel command line
  --module "FILE ARGS"  Multiboot module, may be repeated
  --bios FILE           another BIOS image
  --engine auto|emulated
  --cpu MODEL           ${cpuModels.join(', ')} (default ${defaultCpu.model})`;

export type HardwareValues = {
  readonly [K in keyof typeof hardwareOptions]?: (typeof hardwareOptions)[K] extends { multiple: true }
    ? string[]
    : string;
};

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** What is meant as a size, if not understood: no file is likely to be called '10Q'. */
const LIKE_A_SIZE = /^[\d.,-]+\s*[a-z]{0,3}$/i;

/** '10G', '512M' → bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
  if (match === null) return undefined;
  const unit = UNITS[(match[2] as string).toLowerCase()] as number;
  const bytes = Math.ceil((Number(match[1]) * unit) / 512) * 512;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function parseInteger(option: string, text: string, min: number, max: number): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${option} ${text}: must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** Where disks made for a size go, and how files are named in the configuration. */
export interface DiskPlace {
  /** Absolute path for a new disk image of this id. */
  newDisk(id: string): string;
  /** How the configuration names an absolute path. */
  name(absolute: string): string;
  /** Makes the new disk. */
  make(file: string, sizeBytes: number): Promise<void>;
  readonly folder: string;
}

/** A throw-away VM keeps its new disks in the system's temporary folder. */
export function temporaryPlace(files: HostFiles): DiskPlace & { readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    folder: process.cwd(),
    newDisk: (id) => {
      const file = path.join(os.tmpdir(), `subzero-${process.pid}-${randomBytes(4).toString('hex')}-${id}.qcow2`);
      made.push(file);
      return file;
    },
    name: (absolute) => absolute,
    make: (file, sizeBytes) => createQcow2(files, file, { sizeBytes }),
  };
}

/** Turns options into a configuration, makes new disks, and refuses what cannot work. */
export async function configFromOptions(
  files: HostFiles,
  name: string,
  values: HardwareValues,
  place: DiskPlace,
  extra: Partial<VmConfig> = {},
): Promise<Validated<VmConfig>> {
  const base = defaultConfig(name);
  const memoryMiB =
    values.memory === undefined ? base.memory.memoryMiB : parseInteger('memory', values.memory, 1, 3072);
  const cpus = values.cpus === undefined ? base.cpu.cpus : parseInteger('cpus', values.cpus, 1, maxCpus);
  const engine = engines.find((known) => known === (values.engine ?? 'auto'));
  if (engine === undefined) throw new UsageError(`--engine ${values.engine}: must be one of ${engines.join(', ')}`);
  const model = cpuModels.find((known) => known === (values.cpu ?? base.cpu.model));
  if (model === undefined) throw new UsageError(`--cpu ${values.cpu}: must be one of ${cpuModels.join(', ')}`);
  if (values.kernel === undefined && (values.initrd ?? values.append ?? values.module) !== undefined) {
    throw new UsageError('--initrd, --append and --module need --kernel');
  }
  const bus = driveBuses.find((known) => known === (values['disk-bus'] ?? 'ide'));
  if (bus === undefined) {
    throw new UsageError(`--disk-bus ${values['disk-bus']}: must be one of ${driveBuses.join(', ')}`);
  }
  const fileOf = (option: string, file: string): Promise<string> => existing(files, option, file, place);
  const order =
    values.floppy !== undefined && values.cdrom === undefined && values.disk === undefined
      ? (['floppy', 'cdrom', 'disk'] as const)
      : base.boot.order;
  const config: VmConfig = {
    ...base,
    memory: { memoryMiB },
    cpu: { ...base.cpu, cpus, engine, model },
    firmware: { ...base.firmware, bios: values.bios === undefined ? null : await fileOf('bios', values.bios) },
    boot: {
      ...base.boot,
      order,
      kernel:
        values.kernel === undefined
          ? null
          : {
              file: await fileOf('kernel', values.kernel),
              initrd: values.initrd === undefined ? null : await fileOf('initrd', values.initrd),
              append: values.append ?? '',
              modules: await Promise.all((values.module ?? []).map((text) => moduleOf(text, fileOf))),
            },
    },
    cdroms: await Promise.all(
      (values.cdrom ?? []).map(async (file, index) => ({
        id: `cdrom${index}`,
        file: await fileOf('cdrom', file),
        bus,
      })),
    ),
    floppies: await Promise.all(
      (values.floppy ?? []).map(async (file, index) => ({
        id: `floppy${index}`,
        file: await fileOf('floppy', file),
        readonly: false,
      })),
    ),
    // after all that may be missing: it makes new disks
    disks: await Promise.all((values.disk ?? []).map((text, index) => diskOf(files, text, `disk${index}`, bus, place))),
    parallel: values.parallel === undefined ? [] : [{ file: place.name(path.resolve(values.parallel)) }],
    ...extra,
  };
  const checked = checkConfig(config);
  if (!checked.ok) {
    throw new VmError(
      'config-invalid',
      checked.problems.map((problem) => `${problem.path} ${problem.message}`).join('; '),
    );
  }
  return checked.config;
}

async function moduleOf(
  text: string,
  fileOf: (option: string, file: string) => Promise<string>,
): Promise<{ file: string; args: string }> {
  const space = text.indexOf(' ');
  return space < 0
    ? { file: await fileOf('module', text), args: '' }
    : { file: await fileOf('module', text.slice(0, space)), args: text.slice(space + 1) };
}

async function diskOf(
  files: HostFiles,
  text: string,
  id: string,
  bus: DriveBus,
  place: DiskPlace,
): Promise<VmConfig['disks'][number]> {
  const sizeBytes = parseSize(text);
  const isThere = (await files.stat(path.resolve(text))) !== undefined;
  if (!isThere && (sizeBytes === undefined || sizeBytes === 0)) {
    if (LIKE_A_SIZE.test(text))
      throw new UsageError(`--disk ${text}: must be a size such as 10G or 512M, or an image file`);
    throw new VmError(
      'file-not-found',
      `--disk ${text}: the file does not exist; check the path, or give a size such as 10G for a new disk`,
      { path: path.resolve(text) },
    );
  }
  if (sizeBytes !== undefined && !isThere) {
    const file = place.newDisk(id);
    await place.make(file, sizeBytes);
    return { id, file: place.name(file), format: 'qcow2', bus, readonly: false };
  }
  const file = path.resolve(text);
  const image = await sniffImage(files, file);
  const format = image.kind === 'disk' ? image.format : 'raw';
  return { id, file: place.name(file), format, bus, readonly: false };
}

async function existing(files: HostFiles, option: string, file: string, place: DiskPlace): Promise<string> {
  const absolute = path.resolve(file);
  const info = await files.stat(absolute);
  if (info === undefined)
    throw new VmError('file-not-found', `--${option} ${file}: the file does not exist; check the path`, {
      path: absolute,
    });
  if (info.kind !== 'file')
    throw new VmError('image-unsupported', `--${option} ${file}: not a file; name a file`, { path: absolute });
  return place.name(absolute);
}
