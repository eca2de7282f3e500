import type { Problem } from './problem';
import { FieldReader } from './reader';

/** The parallel port LPT1, which leads to a printer that writes what it is sent to a file. */
export interface ParallelConfig {
  /** Appended to. */
  readonly file: string;
}

export const maxParallelPorts = 1;

export function readParallel(items: { value: unknown; path: string }[], problems: Problem[]): ParallelConfig[] {
  return items.map(({ value, path }) => {
    const fields = new FieldReader(value, path, problems);
    const port = { file: fields.file('file') };
    fields.end();
    return port;
  });
}
