import { VmError } from '../base/errors';
import type { KeyStroke } from '../protocol/guest';
import type { KeyboardLayoutId } from '../protocol/keyboard-layouts';
import { keyboardLayouts } from './keyboard-layouts/layouts';

/** USB HID usages (HID Usage Tables 1.4, page 7). */
const LEFT_SHIFT = 0xe1;
const ALT_GR = 0xe6;
const SPACE = 0x2c;
/** The keys of a layout's rows, as they lie on the board; the last of the first and fourth row are on Japanese and Brazilian ones. */
const ROWS: readonly (readonly number[])[] = [
  [0x35, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2d, 0x2e, 0x89],
  [0x14, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18, 0x0c, 0x12, 0x13, 0x2f, 0x30],
  [0x04, 0x16, 0x07, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x0f, 0x33, 0x34, 0x31],
  [0x64, 0x1d, 0x1b, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38, 0x87],
];
const NAMED: Readonly<Record<string, number>> = {
  '\n': 0x28,
  '\x1b': 0x29,
  '\b': 0x2a,
  '\t': 0x2b,
  ' ': SPACE,
};
/** Characters that dead keys and the space bar type, by their combining character. */
const SPACING: Readonly<Record<string, string>> = {
  '`': '\u0300',
  '´': '\u0301',
  '^': '\u0302',
  '~': '\u0303',
  '¨': '\u0308',
};

/** Keys held together. */
interface Press {
  readonly modifiers: readonly number[];
  readonly usage: number;
}

/** Every character of a layout with one press of its own. */
function pressesOf(layout: KeyboardLayoutId): ReadonlyMap<string, Press> {
  const { plain, shift, altGr } = keyboardLayouts[layout];
  const presses = new Map<string, Press>(
    Object.entries(NAMED).map(([character, usage]) => [character, { modifiers: [], usage }]),
  );
  const add = (character: string, press: Press): void => {
    if (character !== ' ' && !presses.has(character)) presses.set(character, press);
  };
  for (const [modifiers, rows] of [
    [[], plain],
    [[LEFT_SHIFT], shift],
  ] as const) {
    for (const [row, characters] of rows.entries()) {
      [...characters].forEach((character, at) => {
        add(character, { modifiers, usage: ROWS[row]?.[at] ?? 0 });
      });
    }
  }
  for (const pair of altGr.split(' ')) {
    const [character, key] = [...pair];
    const press = key === undefined ? undefined : presses.get(key);
    if (character !== undefined && press !== undefined)
      add(character, { modifiers: [...press.modifiers, ALT_GR], usage: press.usage });
  }
  return presses;
}

/** Key presses and releases that type `text` on a keyboard. Throws VmError for a character that it has no keys for. */
export function strokesForText(text: string, layout: KeyboardLayoutId = 'us'): KeyStroke[] {
  const presses = pressesOf(layout);
  return [...text.replace(/\r\n?/g, '\n').normalize('NFC')].flatMap((character) => {
    const found = pressesFor(character, presses);
    if (found === undefined) {
      throw new VmError(
        'bad-argument',
        `the character '${character}' cannot be typed: the keyboard layout '${layout}' has no key for it`,
        { character, layout },
      );
    }
    return found.flatMap(strokesOf);
  });
}

/** One press, or a dead key and then the letter under the accent (the space bar for the accent alone). */
function pressesFor(character: string, presses: ReadonlyMap<string, Press>): Press[] | undefined {
  const own = presses.get(character);
  if (own !== undefined) return [own];
  const [base, accent] = Object.hasOwn(SPACING, character)
    ? [' ', SPACING[character]]
    : [...character.normalize('NFD')];
  const dead = accent === undefined ? undefined : presses.get(accent);
  const letter = base === undefined ? undefined : presses.get(base);
  return dead === undefined || letter === undefined ? undefined : [dead, letter];
}

function strokesOf({ modifiers, usage }: Press): KeyStroke[] {
  const keys = [...modifiers, usage];
  return [
    ...keys.map((key) => ({ usage: key, down: true })),
    ...[...keys].reverse().map((key) => ({ usage: key, down: false })),
  ];
}

/** Few enough that typing ends soon where it is cancelled. */
const BATCH_STROKES = 24;

/** The same strokes in parts after which no key is held. */
export function strokeBatches(strokes: readonly KeyStroke[]): KeyStroke[][] {
  const batches: KeyStroke[][] = [];
  let batch: KeyStroke[] = [];
  let held = 0;
  for (const stroke of strokes) {
    batch.push(stroke);
    held += stroke.down ? 1 : -1;
    if (held > 0 || batch.length < BATCH_STROKES) continue;
    batches.push(batch);
    batch = [];
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
