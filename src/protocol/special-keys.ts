/** Keys and combinations that the host keeps for itself, or that have no key: a menu sends them. */
export const specialKeys = [
  'ctrlAltDelete',
  'ctrlAltBackspace',
  'ctrlAltF1',
  'ctrlAltF2',
  'ctrlAltF3',
  'ctrlAltF4',
  'ctrlAltF5',
  'ctrlAltF6',
  'ctrlAltF7',
  'altTab',
  'altF4',
  'ctrlEscape',
  'super',
  'superL',
  'printScreen',
  'sysRq',
  'pause',
  'break',
  'scrollLock',
  'numLock',
  'contextMenu',
] as const;

export type SpecialKey = (typeof specialKeys)[number];
