import { type DriveBus, driveBuses } from './drive-bus';
import { readDeviceId } from './device-id';
import type { Problem } from './problem';
import { FieldReader } from './reader';

export const diskFormats = ['qcow2', 'raw'] as const;
export type DiskFormat = (typeof diskFormats)[number];

export interface DiskConfig {
  readonly id: string;
  /**
   * The first layer of the disk; snapshots put overlays over it, which `snapshots/tree.json` knows. Relative to the VM's
   * folder, or absolute.
   */
  readonly file: string;
  /** Never guessed from the content: a guest could write a header of another format into a raw disk. */
  readonly format: DiskFormat;
  readonly bus: DriveBus;
  readonly readonly: boolean;
}

export const maxDisks = 4;

export function readDisks(items: { value: unknown; path: string }[], problems: Problem[]): DiskConfig[] {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const disk: DiskConfig = {
      id: readDeviceId(fields),
      file: fields.file('file'),
      format: fields.choice('format', diskFormats),
      bus: fields.choice('bus', driveBuses, 'ide'),
      readonly: fields.flag('readonly', false),
    };
    fields.end();
    return disk;
  });
}
