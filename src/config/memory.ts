import type { HostInfo } from './host-info';
import type { Problem } from './problem';
import { FieldReader } from './reader';

export interface MemoryConfig {
  /** Guest RAM. One shared WebAssembly.Memory holds it beside ROMs, VRAM and caches, hence the upper limit. */
  readonly memoryMiB: number;
}

export const minMemoryMiB = 1;
export const maxMemoryMiB = 3072;
export const defaultMemory: MemoryConfig = { memoryMiB: 512 };

export function readMemory(value: unknown, path: string, problems: Problem[]): MemoryConfig {
  if (value === undefined) return defaultMemory;
  const fields = new FieldReader(value, path, problems);
  const memoryMiB = fields.integer('memoryMiB', {
    default: defaultMemory.memoryMiB,
    min: minMemoryMiB,
    max: maxMemoryMiB,
  });
  fields.end();
  return { memoryMiB };
}

/** What this host has to say; asked before a start and in the wizard, never on load. */
export function checkMemory(memory: MemoryConfig, host: HostInfo): Problem[] {
  if (memory.memoryMiB <= host.memoryMiB) return [];
  return [
    {
      path: 'memory.memoryMiB',
      code: 'out-of-range',
      message: `is more than the ${host.memoryMiB} MiB that this computer has`,
    },
  ];
}
