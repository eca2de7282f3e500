import { describe, expect, test } from 'vitest';
import { strokesForText } from '../../../src/guest/type-text';

const usages = (text: string): string[] =>
  strokesForText(text).map(({ usage, down }) => `${down ? '+' : '-'}${usage.toString(16)}`);

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
});
