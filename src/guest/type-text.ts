import { VmError } from '../base/errors';
import type { KeyStroke } from '../protocol/guest';

/** USB HID usages (HID Usage Tables 1.4, page 7) of a US keyboard. */
const LEFT_SHIFT = 0xe1;
const NAMED: Readonly<Record<string, number>> = {
  '\n': 0x28,
  '\r': 0x28,
  '\x1b': 0x29,
  '\b': 0x2a,
  '\t': 0x2b,
  ' ': 0x2c,
};
const PLAIN = "-=[]\\\0;'`,./";
const SHIFTED = '_+{}|\0:"~<>?';
const FIRST_SYMBOL = 0x2d;
const DIGITS = '1234567890';
const SHIFTED_DIGITS = '!@#$%^&*()';

function keyOf(character: string): { usage: number; shift: boolean } | undefined {
  const named = NAMED[character];
  if (named !== undefined) return { usage: named, shift: false };
  if (character >= 'a' && character <= 'z') return { usage: 0x04 + character.charCodeAt(0) - 97, shift: false };
  if (character >= 'A' && character <= 'Z') return { usage: 0x04 + character.charCodeAt(0) - 65, shift: true };
  for (const [table, first, shift] of [
    [DIGITS, 0x1e, false],
    [SHIFTED_DIGITS, 0x1e, true],
    [PLAIN, FIRST_SYMBOL, false],
    [SHIFTED, FIRST_SYMBOL, true],
  ] as const) {
    const index = character === '\0' ? -1 : table.indexOf(character);
    if (index >= 0) return { usage: first + index, shift };
  }
  return undefined;
}

/** Key presses and releases that type `text` on a US keyboard. Throws VmError for a character that it has no key for. */
export function strokesForText(text: string): KeyStroke[] {
  const strokes: KeyStroke[] = [];
  for (const character of text) {
    const key = keyOf(character);
    if (key === undefined) {
      throw new VmError(
        'bad-argument',
        `the character '${character}' cannot be typed: a US keyboard has no key for it`,
        { character },
      );
    }
    if (key.shift) strokes.push({ usage: LEFT_SHIFT, down: true });
    strokes.push({ usage: key.usage, down: true }, { usage: key.usage, down: false });
    if (key.shift) strokes.push({ usage: LEFT_SHIFT, down: false });
  }
  return strokes;
}
