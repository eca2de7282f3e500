/**
 * What each key sends in scan code set 1 (IBM PS/2 hardware interface technical reference, "Keyboards (101- and
 * 102-Key)", table of scan codes), by KeyboardEvent.code. Written down apart from the keyboard's own table.
 */
export interface KeyCodes {
  readonly code: string;
  readonly make: string;
  readonly break: string;
}

const PLAIN: readonly (readonly [first: number, codes: string])[] = [
  [0x01, 'Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab'],
  [0x10, 'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft'],
  [0x1e, 'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash'],
  [0x2c, 'KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock'],
  [0x3b, 'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock'],
  [0x47, 'Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0'],
  [0x53, 'NumpadDecimal'],
  [0x57, 'F11 F12'],
];

const EXTENDED: readonly (readonly [code: string, scan: number])[] = [
  ['NumpadEnter', 0x1c],
  ['ControlRight', 0x1d],
  ['NumpadDivide', 0x35],
  ['AltRight', 0x38],
  ['Home', 0x47],
  ['ArrowUp', 0x48],
  ['PageUp', 0x49],
  ['ArrowLeft', 0x4b],
  ['ArrowRight', 0x4d],
  ['End', 0x4f],
  ['ArrowDown', 0x50],
  ['PageDown', 0x51],
  ['Insert', 0x52],
  ['Delete', 0x53],
  ['MetaLeft', 0x5b],
  ['MetaRight', 0x5c],
  ['ContextMenu', 0x5d],
];

/** Keys of European, Brazilian and Japanese boards. */
const ELSEWHERE: readonly (readonly [code: string, scan: number])[] = [
  ['IntlBackslash', 0x56],
  ['IntlRo', 0x73],
  ['KanaMode', 0x70],
  ['Convert', 0x79],
  ['NonConvert', 0x7b],
  ['IntlYen', 0x7d],
  ['NumpadComma', 0x7e],
  ['NumpadEqual', 0x59],
];

const hex = (value: number): string => value.toString(16).padStart(2, '0');
const plain = ([code, scan]: readonly [string, number]): KeyCodes => ({
  code,
  make: hex(scan),
  break: hex(scan | 0x80),
});

/** The 104 keys of a US board with Windows keys. */
export const KEYS_104: readonly KeyCodes[] = [
  ...PLAIN.flatMap(([first, codes]) => codes.split(' ').map((code, at) => plain([code, first + at]))),
  ...EXTENDED.map(([code, scan]) => ({ code, make: `e0 ${hex(scan)}`, break: `e0 ${hex(scan | 0x80)}` })),
  { code: 'PrintScreen', make: 'e0 2a e0 37', break: 'e0 b7 e0 aa' },
  { code: 'Pause', make: 'e1 1d 45 e1 9d c5', break: '' },
];

export const INTERNATIONAL_KEYS: readonly KeyCodes[] = ELSEWHERE.map(plain);
