import type { ArgsCheck } from './rpc';

/** Builders of argument checks. Each says in words what is wrong, or undefined. */

/** null or absent. */
export const nothing: ArgsCheck = (value) => (value === null || value === undefined ? undefined : 'takes no argument');

export function text(options: { maxLength: number; pattern?: RegExp }): ArgsCheck {
  return (value) => {
    if (typeof value !== 'string') return 'must be text';
    if (value.length > options.maxLength) return `must be at most ${options.maxLength} characters`;
    if (options.pattern !== undefined && !options.pattern.test(value)) return 'has characters that are not allowed';
    return undefined;
  };
}

export function integer(min: number, max: number): ArgsCheck {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

export function oneOf(values: readonly unknown[]): ArgsCheck {
  return (value) => (values.includes(value) ? undefined : `must be one of ${values.map(String).join(', ')}`);
}

export function bytes(maxLength: number): ArgsCheck {
  return (value) =>
    value instanceof Uint8Array && value.length <= maxLength ? undefined : `must be at most ${maxLength} bytes`;
}

/** undefined and null are allowed as well. */
export function optional(check: ArgsCheck): ArgsCheck {
  return (value) => (value === undefined || value === null ? undefined : check(value));
}

export function list(item: ArgsCheck, maxLength: number): ArgsCheck {
  return (value) => {
    if (!Array.isArray(value)) return 'must be a list';
    if (value.length > maxLength) return `must have at most ${maxLength} entries`;
    for (const [index, entry] of value.entries()) {
      const problem = item(entry);
      if (problem !== undefined) return `entry ${index} ${problem}`;
    }
    return undefined;
  };
}

/** Exactly these fields; others are a problem. */
export function object(fields: Readonly<Record<string, ArgsCheck>>): ArgsCheck {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) if (!Object.hasOwn(fields, key)) return `has the unknown field '${key}'`;
    for (const [key, check] of Object.entries(fields)) {
      const problem = check(record[key]);
      if (problem !== undefined) return `'${key}' ${problem}`;
    }
    return undefined;
  };
}
