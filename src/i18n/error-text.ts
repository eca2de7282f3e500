import type { ErrorCode, WireError } from '../base/errors';
import { languages } from './languages';
import { currentLanguage } from './translate';

export type ErrorTexts = Readonly<Record<ErrorCode, readonly string[]>>;

/** An error in this process's language. Its own message is English and the most exact there is. */
export function errorText({ code, message, detail }: Pick<WireError, 'code' | 'message' | 'detail'>): string {
  const { errors } = languages[currentLanguage()];
  if (errors === undefined) return message;
  const values = detail ?? {};
  for (const text of errors[code] ?? []) {
    const wanted = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
    if (wanted.length === 0) return `${text}: ${message}`;
    if (wanted.every((name) => Object.hasOwn(values, name)))
      return text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] as string);
  }
  return message;
}
