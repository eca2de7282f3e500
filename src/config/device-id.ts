import type { FieldReader } from './reader';

/** Names a device of the configuration in messages, logs, snapshots and on the command line; unique in the VM. */
const pattern = /^[a-z][a-z0-9-]{0,31}$/;

export function readDeviceId(fields: FieldReader): string {
  const id = fields.text('id', { maxLength: 32 });
  if (id !== '' && !pattern.test(id)) {
    fields.problem('id', 'bad-value', 'must be lower-case letters, digits and dashes, and begin with a letter');
  }
  return id;
}

/** The first of prefix0, prefix1, … that is not taken. */
export function freeDeviceId(prefix: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  for (let n = 0; ; n++) if (!used.has(`${prefix}${n}`)) return `${prefix}${n}`;
}
