import type { Problem } from './problem';
import { FieldReader } from './reader';

export const engines = ['auto', 'emulated'] as const;
export type EngineChoice = (typeof engines)[number];

export const cpuVendors = ['GenuineIntel', 'AuthenticAMD'] as const;
export type CpuVendor = (typeof cpuVendors)[number];

export interface CpuConfig {
  readonly cpus: number;
  /** 'auto' takes the best engine that works here and says why. */
  readonly engine: EngineChoice;
  /** What CPUID says, with that vendor's behaviour. */
  readonly vendor: CpuVendor;
}

/** Virtual processors that one VM can have. */
export const maxCpus = 8;
export const defaultCpu: CpuConfig = { cpus: 1, engine: 'auto', vendor: 'GenuineIntel' };

export function readCpu(value: unknown, path: string, problems: Problem[]): CpuConfig {
  if (value === undefined) return defaultCpu;
  const fields = new FieldReader(value, path, problems);
  const cpu: CpuConfig = {
    cpus: fields.integer('cpus', { default: defaultCpu.cpus, min: 1, max: maxCpus }),
    engine: fields.choice('engine', engines, defaultCpu.engine),
    vendor: fields.choice('vendor', cpuVendors, defaultCpu.vendor),
  };
  fields.end();
  return cpu;
}
