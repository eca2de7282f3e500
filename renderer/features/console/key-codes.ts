import type { SpecialKey } from '../../../src/protocol/special-keys';

/**
 * Physical keys: KeyboardEvent.code (W3C UI Events KeyboardEvent code Values) to usages of HID page 7 (HID Usage Tables
 * 1.4, chapter 10). Layout and language of the host play no part.
 */
export const USAGE_DELETE = 0x4c;
export const USAGE_INSERT = 0x49;
export const USAGE_ENTER = 0x28;
export const USAGE_CAPS_LOCK = 0x39;
export const USAGE_PRINT_SCREEN = 0x46;
export const USAGE_CONTROL_LEFT = 0xe0;
export const USAGE_SHIFT_LEFT = 0xe1;
export const USAGE_ALT_LEFT = 0xe2;
export const USAGE_META_LEFT = 0xe3;
export const USAGE_CONTROL_RIGHT = 0xe4;
export const USAGE_SHIFT_RIGHT = 0xe5;
export const USAGE_ALT_RIGHT = 0xe6;
export const USAGE_META_RIGHT = 0xe7;

/** Names of keys with consecutive usages, from the first on; '-' skips one. */
const RUNS: readonly (readonly [first: number, codes: string])[] = [
  [0x04, [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `Key${letter}`).join(' ')],
  [0x1e, [...'1234567890'].map((digit) => `Digit${digit}`).join(' ')],
  [0x28, 'Enter Escape Backspace Tab Space Minus Equal BracketLeft BracketRight Backslash'],
  [0x33, 'Semicolon Quote Backquote Comma Period Slash CapsLock'],
  [0x3a, 'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12'],
  [0x46, 'PrintScreen ScrollLock Pause Insert Home PageUp Delete End PageDown'],
  [0x4f, 'ArrowRight ArrowLeft ArrowDown ArrowUp'],
  [0x53, 'NumLock NumpadDivide NumpadMultiply NumpadSubtract NumpadAdd NumpadEnter'],
  [0x59, 'Numpad1 Numpad2 Numpad3 Numpad4 Numpad5 Numpad6 Numpad7 Numpad8 Numpad9 Numpad0 NumpadDecimal'],
  [0x64, 'IntlBackslash ContextMenu Power NumpadEqual'],
  [0x68, 'F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24'],
  [0x7f, 'AudioVolumeMute AudioVolumeUp AudioVolumeDown'],
  [0x85, 'NumpadComma - IntlRo KanaMode IntlYen Convert NonConvert'],
  [0x90, 'Lang1 Lang2 Lang3 Lang4 Lang5'],
  [0xe0, 'ControlLeft ShiftLeft AltLeft MetaLeft ControlRight ShiftRight AltRight MetaRight'],
];

const USAGES: ReadonlyMap<string, number> = new Map([
  ...RUNS.flatMap(([first, codes]) =>
    codes
      .split(' ')
      .map((code, i): [string, number] => [code, first + i])
      .filter(([code]) => code !== '-'),
  ),
  // Older names of the same keys.
  ['OSLeft', USAGE_META_LEFT],
  ['OSRight', USAGE_META_RIGHT],
]);

/** undefined: no key of a PC keyboard. */
export function usageOf(code: string): number | undefined {
  return USAGES.get(code);
}

export function isModifier(usage: number): boolean {
  return usage >= USAGE_CONTROL_LEFT && usage <= USAGE_META_RIGHT;
}

/** What the menu's special keys press, in this order; released in the reverse one. */
export const KEY_COMBINATIONS: Readonly<Record<SpecialKey, readonly number[]>> = {
  ctrlAltDelete: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, USAGE_DELETE],
  ctrlAltBackspace: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x2a],
  ctrlAltF1: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3a],
  ctrlAltF2: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3b],
  ctrlAltF3: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3c],
  ctrlAltF4: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3d],
  ctrlAltF5: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3e],
  ctrlAltF6: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x3f],
  ctrlAltF7: [USAGE_CONTROL_LEFT, USAGE_ALT_LEFT, 0x40],
  altTab: [USAGE_ALT_LEFT, 0x2b],
  altF4: [USAGE_ALT_LEFT, 0x3d],
  ctrlEscape: [USAGE_CONTROL_LEFT, 0x29],
  super: [USAGE_META_LEFT],
  superL: [USAGE_META_LEFT, 0x0f],
  printScreen: [USAGE_PRINT_SCREEN],
  sysRq: [USAGE_ALT_LEFT, USAGE_PRINT_SCREEN],
  pause: [0x48],
  break: [USAGE_CONTROL_LEFT, 0x48],
  scrollLock: [0x47],
  numLock: [0x53],
  contextMenu: [0x65],
};
