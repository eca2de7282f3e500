import type { Problem } from './problem';
import { FieldReader } from './reader';

export interface FirmwareConfig {
  /** A BIOS image in place of SeaBIOS; null is the one that comes with Subzero. */
  readonly bios: string | null;
  /** Likewise for the VGA option ROM. */
  readonly vgaBios: string | null;
}

export const defaultFirmware: FirmwareConfig = { bios: null, vgaBios: null };

export function readFirmware(value: unknown, path: string, problems: Problem[]): FirmwareConfig {
  if (value === undefined) return defaultFirmware;
  const fields = new FieldReader(value, path, problems);
  const firmware: FirmwareConfig = { bios: fields.optionalFile('bios'), vgaBios: fields.optionalFile('vgaBios') };
  fields.end();
  return firmware;
}
