import { type DriveBus, driveBuses } from './drive-bus';
import { readDeviceId } from './device-id';
import type { Problem } from './problem';
import { FieldReader } from './reader';

export interface CdromConfig {
  readonly id: string;
  /** An ISO image; null is an empty drive. */
  readonly file: string | null;
  readonly bus: DriveBus;
}

export const maxCdroms = 4;

export function readCdroms(items: { value: unknown; path: string }[], problems: Problem[]): CdromConfig[] {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const cdrom: CdromConfig = {
      id: readDeviceId(fields),
      file: fields.optionalFile('file'),
      bus: fields.choice('bus', driveBuses, 'ide'),
    };
    fields.end();
    return cdrom;
  });
}
