import type { Problem } from './problem';
import { FieldReader } from './reader';

export const engines = ['auto', 'emulated'] as const;
export type EngineChoice = (typeof engines)[number];

/** Why a VM runs on its engine: the settings say so, or there is no other. */
export const engineReasons = ['settings', 'only'] as const;
export type EngineReason = (typeof engineReasons)[number];

export function engineReason({ engine }: CpuConfig): EngineReason {
  return engine === 'auto' ? 'only' : 'settings';
}

export const cpuVendors = ['GenuineIntel', 'AuthenticAMD'] as const;
export type CpuVendor = (typeof cpuVendors)[number];

/**
 * `max`: everything that the engine can do. `x86-64-v2` and `-v3`: the psABI levels, with every system feature. `qemu64`: what that
 * model of QEMU has. `pentium3` and `486`: for old systems that new CPUs break; `486` has no CMPXCHG8B, TSC or MSRs.
 */
export const cpuModels = ['max', 'x86-64-v3', 'x86-64-v2', 'qemu64', 'pentium3', '486'] as const;
export type CpuModelChoice = (typeof cpuModels)[number];

export interface CpuConfig {
  readonly cpus: number;
  /** 'auto' takes the best engine that works here and says why. */
  readonly engine: EngineChoice;
  /** What CPUID says, with that vendor's behaviour. */
  readonly vendor: CpuVendor;
  /** Which features the CPU has and how CPUID names it. */
  readonly model: CpuModelChoice;
}

/** Virtual processors that one VM can have. */
export const maxCpus = 8;
export const defaultCpu: CpuConfig = { cpus: 1, engine: 'auto', vendor: 'GenuineIntel', model: 'max' };

export function readCpu(value: unknown, path: string, problems: Problem[]): CpuConfig {
  if (value === undefined) return defaultCpu;
  const fields = new FieldReader(value, path, problems);
  const cpu: CpuConfig = {
    cpus: fields.integer('cpus', { default: defaultCpu.cpus, min: 1, max: maxCpus }),
    engine: fields.choice('engine', engines, defaultCpu.engine),
    vendor: fields.choice('vendor', cpuVendors, defaultCpu.vendor),
    model: fields.choice('model', cpuModels, defaultCpu.model),
  };
  fields.end();
  return cpu;
}
