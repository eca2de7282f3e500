import type { Problem } from './problem';
import { FieldReader } from './reader';

/** Every byte that the guest writes to `port` is appended to `file`, e.g. 0xe9 or 0x402. */
export interface TapPort {
  readonly port: number;
  readonly file: string;
}

export interface DebugConfig {
  /** A write of `value` to port 0xf4 ends the VM with exit status `(value << 1) | 1`. */
  readonly debugExit: boolean;
  readonly tapPorts: readonly TapPort[];
}

export const debugExitPort = 0xf4;
const maxTapPorts = 16;

export const defaultDebug: DebugConfig = { debugExit: false, tapPorts: [] };

export function readDebug(value: unknown, path: string, problems: Problem[]): DebugConfig {
  if (value === undefined) return defaultDebug;
  const fields = new FieldReader(value, path, problems);
  const debugExit = fields.flag('debugExit', defaultDebug.debugExit);
  const seen = new Set<number>(debugExit ? [debugExitPort] : []);
  const tapPorts = fields.items('tapPorts', maxTapPorts).map((item) => {
    const tap = new FieldReader(item.value, item.path, problems);
    const port = tap.integer('port', { min: 0, max: 0xffff });
    if (seen.has(port)) tap.problem('port', 'duplicate', `port 0x${port.toString(16)} is in use already`);
    seen.add(port);
    const read = { port, file: tap.file('file') };
    tap.end();
    return read;
  });
  fields.end();
  return { debugExit, tapPorts };
}
