import { useEffect } from 'react';
import type { MenuState, VmItem } from '../src/protocol/app';
import { call } from './bridge/bridge';
import { consoleCommands } from './features/console/console-commands';
import { useScaleOf } from './features/console/console-tools';
import { menuStateOf } from './menu-state';
import { openDialog } from './state/dialogs';
import { report } from './state/notices';
import { useStore } from './state/store';
import { tabs } from './state/tabs';
import { isFullScreen, isLibraryShown } from './state/window';

/** Keeps the native menu true to what the window shows. */
export function useMenuState(vm: VmItem | undefined): void {
  const state = JSON.stringify(
    menuStateOf({
      vm,
      isDialogOpen: useStore(openDialog) !== undefined,
      hasTabs: useStore(tabs).open.length > 0,
      isFullScreen: useStore(isFullScreen),
      isLibraryShown: useStore(isLibraryShown),
      canSend: useStore(consoleCommands) !== undefined,
      scale: useScaleOf(vm),
    }),
  );
  useEffect(() => {
    call('app.menuState', JSON.parse(state) as MenuState).catch(report);
  }, [state]);
}
