import { deserialize, serialize } from 'node:v8';
import type { Plain } from '../machine/saved-state';

/** The device and CPU state on its way between the threads of one process. Files have their own, checked format. */
export function packState(entries: ReadonlyMap<string, Plain>): Uint8Array {
  return serialize([...entries]);
}

export function unpackState(bytes: Uint8Array): Map<string, Plain> {
  return new Map(deserialize(bytes) as [string, Plain][]);
}
