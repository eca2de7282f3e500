import type { Problem } from './problem';

/**
 * The configuration's schema version and how older ones become the present one. To change the schema: raise
 * `schemaVersion`, add a step from the version before (plain JSON to plain JSON, never throwing on odd input: the checks
 * come after), and a test with a file of that version.
 */
export const schemaVersion = 1;

export interface Migration {
  readonly from: number;
  readonly name: string;
  readonly apply: (old: Record<string, unknown>) => Record<string, unknown>;
}

export const migrations: readonly Migration[] = [];

/** The value at the present version, or undefined with a problem noted. */
export function migrate(
  value: unknown,
  problems: Problem[],
  steps: readonly Migration[] = migrations,
  current = schemaVersion,
): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ path: '', code: 'wrong-type', message: 'the configuration must be an object' });
    return undefined;
  }
  let config = { ...(value as Record<string, unknown>) };
  const version = config['schemaVersion'];
  const path = 'schemaVersion';
  if (version === undefined) {
    problems.push({ path, code: 'missing', message: 'is missing' });
    return undefined;
  }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    problems.push({ path, code: 'wrong-type', message: 'must be a whole number from 1' });
    return undefined;
  }
  if (version > current) {
    problems.push({
      path,
      code: 'newer-schema',
      message: `is ${version}: the VM was made by a newer Subzero (this one knows up to ${current})`,
    });
    return undefined;
  }
  for (let at = version; at < current; at++) {
    const step = steps.find((migration) => migration.from === at);
    if (step === undefined) {
      problems.push({ path, code: 'not-supported', message: `version ${at} can no longer be read` });
      return undefined;
    }
    config = { ...step.apply(config), schemaVersion: at + 1 };
  }
  return config;
}
