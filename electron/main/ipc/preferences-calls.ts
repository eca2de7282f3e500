import { app, dialog, nativeTheme } from 'electron';
import { totalmem } from 'node:os';
import type { Preferences } from '../../../src/config/preferences';
import { languageFor, preferredLanguage } from '../../../src/i18n/languages';
import { currentLanguage, setLanguage, translate } from '../../../src/i18n/translate';
import { subzeroPaths } from '../../../src/library/paths';
import type { AppCalls, PreferencesInfo } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';

type PreferencesCalls = Pick<Handlers<AppCalls>, Extract<keyof AppCalls, `preferences.${string}`>>;

/** What this process itself takes from the preferences: its language, and the colours of pages and native parts. */
export function applyPreferences({ language, appearance }: Preferences): void {
  setLanguage(preferredLanguage(language, languageFor(app.getPreferredSystemLanguages())));
  nativeTheme.themeSource = appearance;
}

/** `changed`: the preferences are saved and applied here; the rest of the app follows. */
export function preferencesCalls(context: AppContext, { window }: AppWindow, changed: () => void): PreferencesCalls {
  const { library, directory, pickedFolders } = context;
  return {
    'preferences.get': () => infoOf(library.preferences, library.paths.vmsFolder),
    'preferences.pickFolder': async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate('dialog.pickFolder'),
        defaultPath: library.paths.vmsFolder,
        properties: ['openDirectory', 'createDirectory'],
      });
      const folder = filePaths[0];
      return folder === undefined ? null : { token: pickedFolders.add(folder), shown: folder };
    },
    'preferences.set': async ({ folder, ...chosen }) => {
      const before = library.preferences;
      const vmsFolder =
        folder.kind === 'usual' ? null : folder.kind === 'picked' ? pickedFolders.get(folder.token) : before.vmsFolder;
      const preferences: Preferences = { ...chosen, vmsFolder };
      await library.setPreferences(preferences, subzeroPaths());
      applyPreferences(preferences);
      changed();
      if (preferences.vmsFolder !== before.vmsFolder) await directory.refresh();
    },
  };
}

export function infoOf(preferences: Preferences, vmsFolder: string): PreferencesInfo {
  const { language, appearance, onClose, hostKeys, memoryLimitMiB } = preferences;
  return {
    chosen: { language, appearance, onClose, hostKeys, memoryLimitMiB },
    vmsFolder,
    usualVmsFolder: subzeroPaths().vmsFolder,
    hostMemoryMiB: Math.floor(totalmem() / (1 << 20)),
    languageNow: currentLanguage(),
  };
}
