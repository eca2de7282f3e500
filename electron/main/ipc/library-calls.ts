import { dialog } from 'electron';
import { translate } from '../../../src/i18n/translate';
import type { AppCalls } from '../../../src/protocol/app';
import type { Handlers } from '../../../src/protocol/rpc';
import type { AppContext, AppWindow } from '../app-context';

export function libraryCalls(
  { library, directory }: AppContext,
  { window }: AppWindow,
): Pick<Handlers<AppCalls>, 'library.list' | 'library.open'> {
  return {
    'library.list': () => directory.items(),
    'library.open': async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: translate('dialog.openVm.title'),
        defaultPath: library.paths.vmsFolder,
        properties: ['openDirectory'],
      });
      const folder = filePaths[0];
      if (folder === undefined) return null;
      const entry = await library.add(folder);
      await directory.refresh();
      return directory.idOf(entry.folder);
    },
  };
}
