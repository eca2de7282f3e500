import { type BootConfig, defaultBoot, readBoot } from './boot';
import { type CdromConfig, maxCdroms, readCdroms } from './cdroms';
import { type ClockConfig, defaultClock, readClock } from './clock';
import { type CpuConfig, defaultCpu, readCpu } from './cpu';
import { type DebugConfig, defaultDebug, readDebug } from './debug';
import { type DiskConfig, maxDisks, readDisks } from './disks';
import { type DisplayConfig, defaultDisplay, readDisplay } from './display';
import { driveBuses, maxDrivesOfBus } from './drive-bus';
import { defaultFirmware, type FirmwareConfig, readFirmware } from './firmware';
import { type FloppyConfig, maxFloppies, readFloppies } from './floppies';
import { defaultIdentity, type IdentityConfig, readIdentity } from './identity';
import type { HostInfo } from './host-info';
import { checkMemory, defaultMemory, type MemoryConfig, readMemory } from './memory';
import { migrate, schemaVersion } from './migrations';
import { type NetworkConfig, readNetwork } from './network';
import { defaultOptions, type OptionsConfig, readOptions } from './options';
import { defaultOs, type OsConfig, readOs } from './os';
import { maxParallelPorts, type ParallelConfig, readParallel } from './parallel';
import type { Problem } from './problem';
import { FieldReader } from './reader';
import { maxSerialPorts, readSerial, type SerialConfig } from './serial';
import { describeNameTrouble, maxNameLength, nameTrouble } from './vm-name';

/** All of a VM that is not its disks' content: `vm.json` in the VM's folder. */
export interface VmConfig {
  readonly schemaVersion: number;
  readonly name: string;
  readonly description: string;
  readonly identity: IdentityConfig;
  readonly os: OsConfig;
  readonly cpu: CpuConfig;
  readonly memory: MemoryConfig;
  readonly firmware: FirmwareConfig;
  readonly boot: BootConfig;
  readonly clock: ClockConfig;
  readonly disks: readonly DiskConfig[];
  readonly cdroms: readonly CdromConfig[];
  readonly floppies: readonly FloppyConfig[];
  readonly serial: readonly SerialConfig[];
  readonly parallel: readonly ParallelConfig[];
  readonly display: DisplayConfig;
  readonly network: readonly NetworkConfig[];
  readonly debug: DebugConfig;
  readonly options: OptionsConfig;
}

declare const validated: unique symbol;
/** A value that went through its checks; only `checkConfig` makes one. */
export type Validated<T> = T & { readonly [validated]: true };

export type CheckedConfig =
  | { readonly ok: true; readonly config: Validated<VmConfig> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function defaultConfig(name: string): VmConfig {
  return {
    schemaVersion,
    name,
    description: '',
    identity: defaultIdentity,
    os: defaultOs,
    cpu: defaultCpu,
    memory: defaultMemory,
    firmware: defaultFirmware,
    boot: defaultBoot,
    clock: defaultClock,
    disks: [],
    cdroms: [],
    floppies: [],
    serial: [{ kind: 'terminal' }],
    parallel: [],
    display: defaultDisplay,
    network: [],
    debug: defaultDebug,
    options: defaultOptions,
  };
}

/**
 * The one place where unknown JSON becomes a configuration: older schema versions are migrated, absent sections take
 * their defaults, and every problem is returned with its path. A VmConfig built in memory goes through it as well.
 */
export function checkConfig(value: unknown): CheckedConfig {
  const problems: Problem[] = [];
  const migrated = migrate(value, problems);
  if (migrated === undefined) return { ok: false, problems };
  const fields = new FieldReader(migrated, '', problems);
  fields.raw('schemaVersion');
  const config: VmConfig = {
    schemaVersion,
    name: readName(fields),
    description: fields.text('description', { default: '', maxLength: 10_000, allowEmpty: true }),
    identity: readIdentity(fields.raw('identity'), 'identity', problems),
    os: readOs(fields.raw('os'), 'os', problems),
    cpu: readCpu(fields.raw('cpu'), 'cpu', problems),
    memory: readMemory(fields.raw('memory'), 'memory', problems),
    firmware: readFirmware(fields.raw('firmware'), 'firmware', problems),
    boot: readBoot(fields.raw('boot'), 'boot', problems),
    clock: readClock(fields.raw('clock'), 'clock', problems),
    disks: readDisks(fields.items('disks', maxDisks), problems),
    cdroms: readCdroms(fields.items('cdroms', maxCdroms), problems),
    floppies: readFloppies(fields.items('floppies', maxFloppies), problems),
    serial: readSerial(fields.items('serial', maxSerialPorts), problems),
    parallel: readParallel(fields.items('parallel', maxParallelPorts), problems),
    display: readDisplay(fields.raw('display'), 'display', problems),
    network: readNetwork(fields.items('network', 8), problems),
    debug: readDebug(fields.raw('debug'), 'debug', problems),
    options: readOptions(fields.raw('options'), 'options', problems),
  };
  fields.end();
  problems.push(...checkTogether(config));
  return problems.length === 0 ? { ok: true, config: config as Validated<VmConfig> } : { ok: false, problems };
}

/** What this computer has to say about a configuration that is right in itself. */
export function checkAgainstHost(config: VmConfig, host: HostInfo): Problem[] {
  return checkMemory(config.memory, host);
}

function readName(fields: FieldReader): string {
  const name = fields.text('name', { maxLength: maxNameLength, allowEmpty: true });
  const trouble = fields.has('name') ? nameTrouble(name) : undefined;
  if (trouble !== undefined) fields.problem('name', 'bad-value', describeNameTrouble(trouble));
  return name;
}

/** Rules across sections. */
function checkTogether(config: VmConfig): Problem[] {
  const problems: Problem[] = [];
  for (const bus of driveBuses) {
    const drives = [...config.disks, ...config.cdroms].filter((drive) => drive.bus === bus).length;
    if (drives <= maxDrivesOfBus[bus]) continue;
    problems.push({
      path: 'cdroms',
      code: 'too-many',
      message: `disks and CD-ROM drives on ${bus.toUpperCase()} can be at most ${maxDrivesOfBus[bus]} together, not ${drives}`,
    });
  }
  const ids = new Set<string>();
  const files = new Set<string>();
  for (const section of ['disks', 'cdroms', 'floppies'] as const) {
    config[section].forEach((device, index) => {
      const path = `${section}[${index}]`;
      if (device.id !== '' && ids.has(device.id)) {
        problems.push({
          path: `${path}.id`,
          code: 'duplicate',
          message: `'${device.id}' names another device already`,
        });
      }
      ids.add(device.id);
      // Two writers on one image would destroy it; CD-ROMs only read.
      if (section === 'cdroms' || device.file === null || device.file === '') return;
      if (files.has(device.file)) {
        problems.push({ path: `${path}.file`, code: 'duplicate', message: 'another drive uses this file already' });
      }
      files.add(device.file);
    });
  }
  return problems;
}

/** `vm.json`'s text: indented, since people read and compare it. */
export function formatConfig(config: VmConfig): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
