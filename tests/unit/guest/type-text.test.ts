import { describe, expect, test } from 'vitest';
import { strokesForText } from '../../../src/guest/type-text';
import { type KeyboardLayoutId, keyboardLayoutIds } from '../../../src/protocol/keyboard-layouts';

const usages = (text: string, layout?: KeyboardLayoutId): string[] =>
  strokesForText(text, layout).map(({ usage, down }) => `${down ? '+' : '-'}${usage.toString(16)}`);

describe('typing text', () => {
  test('letters, digits and Enter', () => {
    expect(usages('a1\n')).toEqual(['+4', '-4', '+1e', '-1e', '+28', '-28']);
  });

  test('shifted characters hold Shift around the key', () => {
    expect(usages('A')).toEqual(['+e1', '+4', '-4', '-e1']);
    expect(usages('!')).toEqual(['+e1', '+1e', '-1e', '-e1']);
    expect(usages('"')).toEqual(['+e1', '+34', '-34', '-e1']);
  });

  test('every printable ASCII character has a key, each its own', () => {
    const seen = new Set<string>();
    for (let code = 0x20; code < 0x7f; code++) seen.add(usages(String.fromCharCode(code)).join());
    expect(seen.size).toBe(0x7f - 0x20);
  });

  test('a character without a key is refused by name', () => {
    expect(() => strokesForText('aé')).toThrow(/'é' cannot be typed/);
  });

  test('a layout decides which key types a letter', () => {
    expect(usages('z', 'de')).toEqual(['+1c', '-1c']);
    expect(usages('a', 'fr')).toEqual(['+14', '-14']);
    expect(usages('"', 'gb')).toEqual(['+e1', '+1f', '-1f', '-e1']);
    expect(usages('\\', 'jp')).toEqual(['+89', '-89']);
  });

  test('AltGr is held where the layout wants it, with Shift too', () => {
    expect(usages('@', 'de')).toEqual(['+e6', '+14', '-14', '-e6']);
    expect(usages('Ę', 'pl')).toEqual(['+e1', '+e6', '+8', '-8', '-e6', '-e1']);
  });

  test('a dead key comes before its letter, and the space bar gives the accent alone', () => {
    expect(usages('ê', 'de')).toEqual(['+35', '-35', '+8', '-8']);
    expect(usages('à', 'de')).toEqual(['+e1', '+2e', '-2e', '-e1', '+4', '-4']);
    expect(usages('^', 'de')).toEqual(['+35', '-35', '+2c', '-2c']);
  });

  test('every layout types all of ASCII, each character by keys of its own', () => {
    for (const layout of keyboardLayoutIds) {
      const seen = new Map<string, string>();
      for (let code = 0x20; code < 0x7f; code++) {
        const character = String.fromCharCode(code);
        const strokes = usages(character, layout);
        expect(seen.get(strokes.join()), `${character} on ${layout}`).toBeUndefined();
        expect(strokes).not.toContain('+0');
        seen.set(strokes.join(), character);
      }
    }
  });
});
