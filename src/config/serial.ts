import type { Problem } from './problem';
import { FieldReader } from './reader';

/** Where a serial port leads. The first entry is COM1, and so on. */
export type SerialConfig =
  /** The app's Serial tab, or the terminal of the command line. */
  | { readonly kind: 'terminal' }
  /** What the guest sends is appended to a file. */
  | { readonly kind: 'file'; readonly file: string }
  /** A Unix socket that programs of this computer connect to. */
  | { readonly kind: 'socket'; readonly file: string }
  /** The port is there, nothing is plugged in. */
  | { readonly kind: 'none' };

export const maxSerialPorts = 4;
export const serialKinds = ['terminal', 'file', 'socket', 'none'] as const;

export function readSerial(items: { value: unknown; path: string }[], problems: Problem[]): SerialConfig[] {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const kind = fields.choice('kind', serialKinds);
    const port: SerialConfig = kind === 'file' || kind === 'socket' ? { kind, file: fields.file('file') } : { kind };
    fields.end();
    return port;
  });
}
