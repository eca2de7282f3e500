import type { Problem } from './problem';
import { FieldReader } from './reader';

/** The operating system the VM was made for: for its icon and for showing. */
export interface OsConfig {
  /** As in osinfo-db where it knows the system, e.g. 'debian12'; 'other' when unknown. */
  readonly id: string;
  readonly name: string;
  readonly icon: string;
}

export const defaultOs: OsConfig = { id: 'other', name: 'Other', icon: 'other' };

export function readOs(value: unknown, path: string, problems: Problem[]): OsConfig {
  if (value === undefined) return defaultOs;
  const fields = new FieldReader(value, path, problems);
  const os: OsConfig = {
    id: readWord(fields, 'id', defaultOs.id),
    name: fields.text('name', { default: defaultOs.name, maxLength: 200 }),
    icon: readWord(fields, 'icon', defaultOs.icon),
  };
  fields.end();
  return os;
}

/** Becomes part of file names and style classes, hence no free text. */
function readWord(fields: FieldReader, field: string, fallback: string): string {
  const word = fields.text(field, { default: fallback, maxLength: 64 });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(word)) {
    fields.problem(field, 'bad-value', 'must be letters, digits, dots and dashes');
  }
  return word;
}
