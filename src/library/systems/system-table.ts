import { readFile } from 'node:fs/promises';
import { VmError } from '../../base/errors';

/** How an installation medium of a system is told: patterns for the texts in its volume descriptors. */
export interface SystemMedium {
  readonly arch?: string;
  readonly volume?: string;
  readonly system?: string;
  readonly publisher?: string;
  readonly application?: string;
  /** The volume's size, where only that tells it from others. */
  readonly volumeBytes?: number;
  readonly isLive?: boolean;
  /** How often the installer restarts the computer: 1 unless said. */
  readonly reboots?: number;
}

/** A guest system with the hardware that fits it. */
export interface TableSystem {
  /** Short, as in osinfo-db: 'debian11'. */
  readonly id: string;
  readonly name: string;
  readonly family?: string;
  readonly distro?: string;
  readonly released?: string;
  readonly memoryMiB?: number;
  readonly minMemoryMiB?: number;
  readonly diskGiB?: number;
  readonly isEfiOnly?: boolean;
  readonly media: readonly SystemMedium[];
}

/** Reads what set-up made of osinfo-db. Rejects with 'file-not-found' or 'config-invalid'. */
export async function readSystemTable(file: string): Promise<readonly TableSystem[]> {
  const remedy = 'run the set-up again (npm start)';
  let table: unknown;
  try {
    table = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new VmError('file-not-found', `cannot read the list of known systems '${file}': ${remedy}`, { file }, cause);
  }
  const systems = (table as { systems?: unknown } | null)?.systems;
  if (!Array.isArray(systems) || !systems.every(isSystem)) {
    throw new VmError('config-invalid', `the list of known systems '${file}' is damaged: ${remedy}`, { file });
  }
  return systems;
}

function isSystem(value: unknown): value is TableSystem {
  const system = value as Partial<Record<keyof TableSystem, unknown>> | null;
  return (
    typeof system === 'object' &&
    system !== null &&
    typeof system.id === 'string' &&
    typeof system.name === 'string' &&
    Array.isArray(system.media)
  );
}
