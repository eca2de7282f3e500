import { readDeviceId } from './device-id';
import type { Problem } from './problem';
import { FieldReader } from './reader';

export interface FloppyConfig {
  readonly id: string;
  /** A raw floppy image; null is an empty drive. */
  readonly file: string | null;
  readonly readonly: boolean;
}

export const maxFloppies = 2;

export function readFloppies(items: { value: unknown; path: string }[], problems: Problem[]): FloppyConfig[] {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const floppy: FloppyConfig = {
      id: readDeviceId(fields),
      file: fields.optionalFile('file'),
      readonly: fields.flag('readonly', false),
    };
    fields.end();
    return floppy;
  });
}
