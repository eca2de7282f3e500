import path from 'node:path';
import { readSystemTable, type TableSystem } from '../../src/library/systems/system-table';

let reading: Promise<readonly TableSystem[]> | undefined;

/** The list that set-up made. A failed reading is tried again the next time. */
export function knownSystems(): Promise<readonly TableSystem[]> {
  reading ??= readSystemTable(path.join(__dirname, '..', 'systems', 'systems.json')).catch((error: unknown) => {
    reading = undefined;
    throw error;
  });
  return reading;
}
