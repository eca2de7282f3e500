import { defaultPreferences, type HostKeys } from '../../src/config/preferences';
import { isLanguage } from '../../src/i18n/languages';
import { translate } from '../../src/i18n/translate';
import type { PreferencesInfo } from '../../src/protocol/app';
import { call, onEvent } from '../bridge/bridge';
import { applyLanguage, language } from './language';
import { report } from './notices';
import { Store } from './store';

/** The keys that give keyboard and mouse back to this computer. */
export const hostKeys = new Store<HostKeys>(defaultPreferences.hostKeys);

function follow({ chosen, languageNow }: PreferencesInfo): void {
  hostKeys.set(chosen.hostKeys);
  if (isLanguage(languageNow) && languageNow !== language.get()) applyLanguage(languageNow);
}

/** From the start on, and at each change. */
export function startPreferences(): void {
  onEvent('preferences', follow);
  call('preferences.get', null).then(follow, report);
}

/** 'Ctrl+Alt': as hints name it. */
export function hostKeysText(keys: HostKeys): string {
  return translate(`hostKeys.${keys}`);
}
