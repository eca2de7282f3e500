/** Plain data that survives a snapshot: no classes, functions, NaN-like surprises or shared buffers. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/** `save` runs only while paused and changes nothing; `restore` sets line levels without making edges. */
export interface Snapshottable<S> {
  save(): S;
  restore(state: S): void;
}

/** A snapshot entry that cannot be used; `part` names it, e.g. 'pci/00:01.1/channel0'. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  constructor(
    readonly part: string,
    readonly problem: string,
  ) {
    super(`snapshot part '${part}': ${problem}`);
  }
}

export interface StateDefinition<S> {
  readonly kind: string;
  readonly version: number;
  readonly check: (value: unknown) => value is S;
  /** `upgrade[n]` turns version n into n + 1. */
  readonly upgrade: Readonly<Record<number, (old: never) => unknown>>;
}

export function defineState<S>(
  definition: Omit<StateDefinition<S>, 'upgrade'> & { upgrade?: StateDefinition<S>['upgrade'] },
): StateDefinition<S> {
  return { upgrade: {}, ...definition };
}

/** Makes a forgotten register a compile error: pass the rest of a destructured register file. */
export function noneLeft(_rest: Record<string, never>): void {}

/** Wraps a device's state with its kind and version for the snapshot file. */
export function wrapState<S>(definition: StateDefinition<S>, state: S): { kind: string; version: number; state: S } {
  return { kind: definition.kind, version: definition.version, state };
}

/** Checks and upgrades an entry read from a file. Throws SnapshotError. */
export function unwrapState<S>(definition: StateDefinition<S>, part: string, entry: unknown): S {
  if (typeof entry !== 'object' || entry === null) throw new SnapshotError(part, 'is missing');
  const { kind, version, state } = entry as { kind?: unknown; version?: unknown; state?: unknown };
  if (kind !== definition.kind) throw new SnapshotError(part, `holds '${String(kind)}', expected '${definition.kind}'`);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > definition.version) {
    throw new SnapshotError(part, `has version ${String(version)}, this program knows 1 to ${definition.version}`);
  }
  let value: unknown = state;
  for (let v = version; v < definition.version; v++) {
    const step = definition.upgrade[v] as ((old: unknown) => unknown) | undefined;
    if (step === undefined) throw new SnapshotError(part, `cannot be upgraded from version ${v}`);
    value = step(value);
  }
  if (!definition.check(value)) throw new SnapshotError(part, 'has values that this device cannot have');
  return value;
}

/** Small checks for `StateDefinition.check`. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
export function isUint(value: unknown, max = 0xffffffff): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
export function isNs(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
export function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}
