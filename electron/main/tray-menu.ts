import type { MenuItemConstructorOptions } from 'electron';
import { translate } from '../../src/i18n/translate';
import type { VmId, VmItem } from '../../src/protocol/app';

/** What the tray's menu does. */
export interface TrayActions {
  /** Opens the window; with a VM, on its tab. */
  show(vm: VmId | undefined): void;
  /** Asks nobody: VMs end as their settings say, then the app. */
  end(): void;
  quit(): void;
}

/** The menu of the tray: the window, each VM that runs here, the end. */
export function trayMenu(items: readonly VmItem[], actions: TrayActions): MenuItemConstructorOptions[] {
  const running = items.filter(({ runs }) => runs === 'here');
  return [
    { label: translate('tray.open'), click: () => actions.show(undefined) },
    { type: 'separator' },
    ...running.map(
      ({ id, name, status }): MenuItemConstructorOptions => ({
        // A lone & would mark the next letter.
        label: translate('tray.vm', { name: name.replaceAll('&', '&&'), state: translate(`state.${status.kind}`) }),
        click: () => actions.show(id),
      }),
    ),
    ...(running.length > 0 ? [{ type: 'separator' } as const] : []),
    running.length > 0
      ? { label: translate('tray.end'), click: () => actions.end() }
      : { label: translate('menu.quit'), click: () => actions.quit() },
  ];
}

/** What is said when the pointer rests on the tray's icon. */
export function trayToolTip(items: readonly VmItem[]): string {
  return translate('tray.toolTip', { count: items.filter(({ runs }) => runs === 'here').length });
}
