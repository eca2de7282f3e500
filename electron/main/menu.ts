import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { HostKeys } from '../../src/config/preferences';
import { type MessageKey, translate } from '../../src/i18n/translate';
import type { MenuCommand } from '../../src/protocol/app';
import { specialKeys } from '../../src/protocol/special-keys';

type Item = readonly [label: MessageKey, command: MenuCommand, accelerator?: string];
const SEPARATOR = 'separator';

/** File, Edit, View, VM, Tabs, Help with the accelerators of VMware Workstation. */
const FILE: readonly (Item | typeof SEPARATOR)[] = [
  ['menu.newVm', 'newVm', 'CmdOrCtrl+N'],
  ['menu.openVm', 'openVm', 'CmdOrCtrl+O'],
];
const FILE_TABS: readonly Item[] = [['menu.closeTab', 'closeTab', 'CmdOrCtrl+W']];

const VIEW: readonly (Item | typeof SEPARATOR)[] = [
  ['menu.fullScreen', 'fullScreen', 'Ctrl+Alt+Enter'],
  ['menu.toggleLibrary', 'toggleLibrary', 'F9'],
  SEPARATOR,
  ['scale.fit', 'screenFit'],
  ['scale.pixel', 'screenPixel'],
  ['scale.stretch', 'screenStretch'],
];

/** Of everything in the window. */
const ZOOM = [
  ['menu.zoomIn', 'zoomIn'],
  ['menu.zoomOut', 'zoomOut'],
  ['menu.resetZoom', 'resetZoom'],
] as const;

const VM: readonly (Item | typeof SEPARATOR)[] = [
  ['menu.powerOn', 'powerOn', 'CmdOrCtrl+B'],
  ['menu.shutDown', 'shutDown'],
  ['menu.powerOff', 'powerOff', 'CmdOrCtrl+E'],
  ['menu.suspend', 'suspend', 'CmdOrCtrl+J'],
  ['menu.pause', 'pause'],
  ['menu.reset', 'reset', 'CmdOrCtrl+R'],
  SEPARATOR,
  ['menu.takeSnapshot', 'takeSnapshot'],
  ['menu.revertSnapshot', 'revertSnapshot'],
  ['menu.snapshotManager', 'snapshotManager', 'CmdOrCtrl+M'],
  SEPARATOR,
  ['menu.grabInput', 'grabInput', 'CmdOrCtrl+G'],
  ['menu.ctrlAltDel', 'send.ctrlAltDelete', 'Ctrl+Alt+Insert'],
  ['menu.typeText', 'typeText'],
  SEPARATOR,
  ['menu.captureToFile', 'captureToFile', 'Ctrl+Alt+PrintScreen'],
  ['menu.captureToClipboard', 'captureToClipboard'],
  ['menu.recordScreen', 'recordScreen'],
  SEPARATOR,
  ['menu.settings', 'settings', 'CmdOrCtrl+D'],
];

const TABS: readonly (Item | typeof SEPARATOR)[] = [
  ['menu.nextTab', 'nextTab', 'Ctrl+Tab'],
  ['menu.previousTab', 'previousTab', 'Ctrl+Shift+Tab'],
];

const EDIT = [
  ['menu.undo', 'undo'],
  ['menu.redo', 'redo'],
  SEPARATOR,
  ['menu.cut', 'cut'],
  ['menu.copy', 'copy'],
  ['menu.paste', 'paste'],
  ['menu.selectAll', 'selectAll'],
] as const;

/** In front of Enter, Insert and PrintScreen; the right Ctrl key alone is no modifier of a menu's. */
const HOST_KEYS: Readonly<Record<HostKeys, string>> = {
  controlAlt: 'Ctrl+Alt+',
  controlShiftAlt: 'Ctrl+Shift+Alt+',
  rightControl: 'Ctrl+Alt+',
};

export function installMenu(
  hostKeys: HostKeys,
  recent: MenuItemConstructorOptions[],
  send: (command: MenuCommand) => void,
): void {
  const items = (list: readonly (Item | typeof SEPARATOR)[]): MenuItemConstructorOptions[] =>
    list.map((item) =>
      item === SEPARATOR
        ? { type: 'separator' }
        : {
            label: translate(item[0]),
            click: () => send(item[1]),
            ...(item[2] === undefined
              ? {}
              : { accelerator: item[2].replace(HOST_KEYS.controlAlt, HOST_KEYS[hostKeys]) }),
          },
    );
  const template: MenuItemConstructorOptions[] = [
    {
      label: translate('menu.file'),
      submenu: [
        ...items(FILE),
        { label: translate('menu.recent'), submenu: recent },
        { type: 'separator' },
        ...items(FILE_TABS),
        { type: 'separator' },
        { role: 'quit', label: translate('menu.quit') },
      ],
    },
    {
      label: translate('menu.edit'),
      submenu: [
        ...EDIT.map(
          (item): MenuItemConstructorOptions =>
            item === SEPARATOR ? { type: 'separator' } : { label: translate(item[0]), role: item[1] },
        ),
        { type: 'separator' },
        ...items([['menu.preferences', 'preferences', 'CmdOrCtrl+P']]),
      ],
    },
    {
      label: translate('menu.view'),
      submenu: [
        ...items(VIEW),
        { type: 'separator' },
        ...ZOOM.map(([label, role]): MenuItemConstructorOptions => ({ label: translate(label), role })),
      ],
    },
    {
      label: translate('menu.vm'),
      submenu: [
        ...items(VM),
        {
          label: translate('menu.sendKeys'),
          submenu: items(specialKeys.map((key): Item => [`keys.${key}`, `send.${key}`])),
        },
      ],
    },
    { label: translate('menu.tabs'), submenu: items(TABS) },
    { label: translate('menu.help'), submenu: [{ label: translate('menu.about'), click: () => send('about') }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
