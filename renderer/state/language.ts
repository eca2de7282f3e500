import { isLanguage, type Language } from '../../src/i18n/languages';
import { setLanguage } from '../../src/i18n/translate';
import { Store } from './store';

/** The language of the window, which main names in the page's address. */
export const language = new Store<Language>('en');

export function applyLanguage(code: string | null): void {
  if (!isLanguage(code)) return;
  setLanguage(code);
  document.documentElement.lang = code;
  language.set(code);
}
