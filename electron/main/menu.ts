import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { HostKeys } from '../../src/config/preferences';
import { type MessageKey, translate } from '../../src/i18n/translate';
import { type MenuCommand, type MenuState, menuCommands } from '../../src/protocol/app';
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

/** Items that are chosen or not, in a state of the window's. */
const CHECKED: Partial<Record<MenuCommand, (state: MenuState) => boolean>> = {
  toggleLibrary: ({ isLibraryShown }) => isLibraryShown,
  screenFit: ({ scale }) => scale === 'fit',
  screenPixel: ({ scale }) => scale === 'pixel',
  screenStretch: ({ scale }) => scale === 'stretch',
};

/** What a window can do that has just been opened. */
export const firstMenuState: MenuState = {
  possible: ['newVm', 'openVm', 'preferences', 'about', 'toggleLibrary'],
  canSend: false,
  isLibraryShown: true,
  scale: null,
};

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

const SEND_KEYS = 'sendKeys';
const ALL: ReadonlySet<string> = new Set(menuCommands);

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
            id: item[1],
            label: translate(item[0]),
            click: () => send(item[1]),
            ...(item[1] in CHECKED ? { type: 'checkbox' as const } : {}),
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
          id: SEND_KEYS,
          label: translate('menu.sendKeys'),
          submenu: items(specialKeys.map((key): Item => [`keys.${key}`, `send.${key}`])),
        },
      ],
    },
    { label: translate('menu.tabs'), submenu: items(TABS) },
    { label: translate('menu.help'), submenu: items([['menu.about', 'about']]) },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Items that can do nothing now are greyed. */
export function showMenuState(state: MenuState): void {
  const possible: ReadonlySet<string> = new Set(state.possible);
  const visit = ({ items }: Menu): void => {
    for (const item of items) {
      if (item.submenu) visit(item.submenu);
      // Electron gives every item an id; only ours are commands.
      if (item.id === SEND_KEYS || item.id?.startsWith('send.')) item.enabled = state.canSend;
      else if (ALL.has(item.id)) item.enabled = possible.has(item.id);
      const isChosen = CHECKED[item.id as MenuCommand];
      if (isChosen !== undefined) item.checked = isChosen(state);
    }
  };
  const menu = Menu.getApplicationMenu();
  if (menu !== null) visit(menu);
}
