import type { Problem, ProblemCode } from './problem';

/**
 * Takes one JSON object apart, field by field, and notes every problem with its path. Each getter gives a usable value
 * (the default) when the field is wrong, so that reading goes on and all problems are found. `end()` reports the fields
 * that nobody asked for.
 */
export class FieldReader {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #seen = new Set<string>();

  constructor(
    value: unknown,
    readonly path: string,
    private readonly problems: Problem[],
  ) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      this.#fields = new Map(Object.entries(value));
    } else {
      this.#fields = new Map();
      this.problems.push({ path, code: 'wrong-type', message: 'must be an object' });
    }
  }

  at(field: string): string {
    return this.path === '' ? field : `${this.path}.${field}`;
  }

  problem(field: string, code: ProblemCode, message: string): void {
    this.problems.push({ path: this.at(field), code, message });
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  /** The raw value of a field that is a section of its own; `undefined` when it is absent. */
  raw(field: string): unknown {
    this.#seen.add(field);
    return this.#fields.get(field);
  }

  text(field: string, options: { default?: string; maxLength: number; allowEmpty?: boolean }): string {
    const value = this.raw(field);
    if (value === undefined) return this.#absent(field, options.default, '');
    if (typeof value !== 'string') return this.#wrongType(field, 'a text', options.default ?? '');
    if (value.length > options.maxLength) {
      this.problem(field, 'too-long', `must have at most ${options.maxLength} characters`);
    }
    if (value === '' && options.allowEmpty !== true) this.problem(field, 'bad-value', 'must not be empty');
    if (value.includes('\0')) this.problem(field, 'bad-value', 'must not contain a NUL character');
    return value;
  }

  integer(field: string, options: { default?: number; min: number; max: number }): number {
    const value = this.raw(field);
    if (value === undefined) return this.#absent(field, options.default, options.min);
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return this.#wrongType(field, 'a whole number', options.default ?? options.min);
    }
    if (value < options.min || value > options.max) {
      this.problem(field, 'out-of-range', `must be from ${options.min} to ${options.max}, not ${value}`);
    }
    return value;
  }

  flag(field: string, fallback: boolean): boolean {
    const value = this.raw(field);
    if (value === undefined) return fallback;
    return typeof value === 'boolean' ? value : this.#wrongType(field, 'true or false', fallback);
  }

  choice<const T extends string>(field: string, choices: readonly T[], fallback?: T): T {
    const value = this.raw(field);
    if (value === undefined) return this.#absent(field, fallback, choices[0]!);
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    this.problem(field, 'bad-value', `must be one of ${choices.join(', ')}`);
    return fallback ?? choices[0]!;
  }

  /** Items of a list, each with its path; an absent list is empty. */
  items(field: string, maxItems: number): { value: unknown; path: string }[] {
    const value = this.raw(field);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.#wrongType(field, 'a list', []);
    if (value.length > maxItems) this.problem(field, 'too-many', `can have at most ${maxItems} entries`);
    return value.slice(0, maxItems).map((item, index) => ({ value: item, path: `${this.at(field)}[${index}]` }));
  }

  /** A host file: relative to the VM's folder with '/' and never leaving it, or absolute. */
  file(field: string): string {
    const value = this.text(field, { maxLength: 4096 });
    const trouble = filePathTrouble(value);
    if (value !== '' && trouble !== undefined) this.problem(field, 'bad-path', trouble);
    return value;
  }

  optionalFile(field: string): string | null {
    const value = this.#fields.get(field);
    if (value === undefined || value === null) {
      this.#seen.add(field);
      return null;
    }
    return this.file(field);
  }

  end(): void {
    for (const field of this.#fields.keys()) {
      if (!this.#seen.has(field)) this.problem(field, 'unknown-field', 'is not a field that this version knows');
    }
  }

  #absent<T>(field: string, fallback: T | undefined, stand: T): T {
    if (fallback !== undefined) return fallback;
    this.problem(field, 'missing', 'is missing');
    return stand;
  }

  #wrongType<T>(field: string, wanted: string, stand: T): T {
    this.problem(field, 'wrong-type', `must be ${wanted}`);
    return stand;
  }
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

/** Why a path cannot stand in a configuration; undefined when it can. */
export function filePathTrouble(path: string): string | undefined {
  if (isAbsolutePath(path)) return undefined;
  if (path.includes('\\')) return "must use '/' between folders";
  const parts = path.split('/');
  if (parts.includes('..')) return 'must not leave the folder of the VM; use an absolute path';
  if (parts.includes('') || parts.includes('.')) return 'is not a plain relative path';
  return undefined;
}
