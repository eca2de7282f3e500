import { english } from './english';

export type MessageKey = keyof typeof english;
export type MessageValues = Readonly<Record<string, string | number>>;

/**
 * The text of a message with its `{placeholders}` filled in. Values are text of any origin and are inserted as they are:
 * what shows the result must not take it for markup.
 */
export function translate(key: MessageKey, values: MessageValues = {}): string {
  return english[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
