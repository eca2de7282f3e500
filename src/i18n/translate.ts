import type { MessageKey } from './english';
import { type Language, languages } from './languages';

export type { MessageKey } from './english';
export type MessageValues = Readonly<Record<string, string | number>>;

/** The language of this process: chosen at its start and when the user changes it. */
let current: Language = 'en';

export function setLanguage(language: Language): void {
  current = language;
}

export function currentLanguage(): Language {
  return current;
}

const PLURAL = /\{(\w+), plural,((?:\s*(?:=\d+|zero|one|two|few|many|other) \{(?:[^{}]|\{\w+\})*\})+)\s*\}/g;
const CASE = /(=\d+|\w+) \{((?:[^{}]|\{\w+\})*)\}/g;

/**
 * The text of a message in this process's language. `{name}` takes a value; `{count, plural, one {# disk} other {# disks}}`
 * is ICU's plural with the language's own rules, `#` being the number. Values are text of any origin and are inserted as
 * they are: what shows the result must not take it for markup.
 */
export function translate(key: MessageKey, values: MessageValues = {}): string {
  const message: string = languages[current].messages[key];
  const chosen = message.includes(', plural,')
    ? message.replace(PLURAL, (_whole, name: string, cases: string) => pluralCase(Number(values[name]), cases))
    : message;
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

function pluralCase(count: number, cases: string): string {
  const texts = new Map([...cases.matchAll(CASE)].map(([, name, text]) => [name, text]));
  const category = new Intl.PluralRules(current).select(count);
  const text = texts.get(`=${count}`) ?? texts.get(category) ?? texts.get('other') ?? '';
  return text.replaceAll('#', formatNumber(count));
}

export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(current, { maximumFractionDigits: digits }).format(value);
}

/** 'Nov 28, 2026, 6:31 PM'. */
export function formatDate(ms: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}
