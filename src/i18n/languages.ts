import { english, type MessageKey } from './english';
import type { ErrorTexts } from './error-text';
import { german } from './german';
import { germanErrors, germanProblems } from './german-errors';
import type { ProblemTexts } from './problem-text';

/**
 * The languages there are; each calls itself by its own name. To add one: its file of messages, one of errors, and its row
 * here. English errors and problems need none: their messages are English.
 */
export const languages = {
  en: { name: 'English', messages: english, errors: undefined, problems: undefined },
  de: { name: 'Deutsch', messages: german, errors: germanErrors, problems: germanProblems },
} as const satisfies Record<string, LanguageTexts>;

interface LanguageTexts {
  readonly name: string;
  readonly messages: Readonly<Record<MessageKey, string>>;
  readonly errors: ErrorTexts | undefined;
  readonly problems: ProblemTexts | undefined;
}

export type Language = keyof typeof languages;

export const languageCodes = Object.keys(languages) as Language[];

export function isLanguage(code: string | null | undefined): code is Language {
  return code != null && Object.hasOwn(languages, code);
}

/** The first of the user's languages ('de-AT', 'de_AT.UTF-8') that there is; English otherwise. */
export function languageFor(wanted: readonly (string | undefined)[]): Language {
  for (const tag of wanted) {
    const code = tag?.split(/[-_.@]/)[0]?.toLowerCase();
    if (isLanguage(code)) return code;
  }
  return 'en';
}

/** As the user chose it, else the system's. */
export function preferredLanguage(chosen: string, systems: Language): Language {
  return isLanguage(chosen) ? chosen : systems;
}

/** What the environment of a command line or of a desktop session asks for (POSIX: LC_ALL before LC_MESSAGES before LANG). */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  const set = (name: string): string | undefined => env[name] || undefined;
  return languageFor([set('LC_ALL') ?? set('LC_MESSAGES') ?? set('LANG')]);
}
