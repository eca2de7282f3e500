import type { Problem } from './problem';
import { FieldReader } from './reader';

/** What tells a VM from its copies. Both are '' until it is first powered on. */
export interface IdentityConfig {
  /** The guest sees it as the computer's serial identity (SMBIOS). Lower case, with dashes. */
  readonly uuid: string;
  /** Where the VM had its identity last: a fingerprint of computer and folder. In another place it was moved, or copied. */
  readonly place: string;
}

export const defaultIdentity: IdentityConfig = { uuid: '', place: '' };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLACE = /^[0-9a-f]{32}$/;

export function readIdentity(value: unknown, path: string, problems: Problem[]): IdentityConfig {
  if (value === undefined) return defaultIdentity;
  const fields = new FieldReader(value, path, problems);
  const uuid = fields.text('uuid', { default: '', maxLength: 36, allowEmpty: true });
  if (uuid !== '' && !UUID.test(uuid)) {
    fields.problem('uuid', 'bad-value', 'must be a UUID such as 6f1c4a0e-8f5b-4b8e-9d3a-2f1f0c9a7b55');
  }
  const place = fields.text('place', { default: '', maxLength: 32, allowEmpty: true });
  if (place !== '' && !PLACE.test(place)) fields.problem('place', 'bad-value', 'must be 32 hexadecimal digits');
  fields.end();
  return { uuid, place };
}

/** The UUID's 16 bytes as they stand in the text; all zero while there is none. */
export function uuidBytes({ uuid }: IdentityConfig): Uint8Array {
  const digits = uuid.replaceAll('-', '').padEnd(32, '0');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}
