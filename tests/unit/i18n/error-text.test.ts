import { afterEach, describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { errorText } from '../../../src/i18n/error-text';
import { germanErrors } from '../../../src/i18n/german-errors';
import { setLanguage } from '../../../src/i18n/translate';

afterEach(() => setLanguage('en'));

describe('errors in words', () => {
  const missing = new VmError('vm-not-found', "there is no VM named 'x'", { name: 'x' });

  it('are their own message in English', () => {
    expect(errorText(missing)).toBe("there is no VM named 'x'");
  });

  it('are worded by code and values in another language', () => {
    setLanguage('de');
    expect(errorText(missing)).toBe('Es gibt keine virtuelle Maschine namens „x“.');
    expect(errorText({ ...missing.toWire(), detail: { path: '/a' } })).toBe('In /a liegt keine virtuelle Maschine.');
  });

  it('keep the exact words where the values are missing', () => {
    setLanguage('de');
    expect(errorText(new VmError('bad-state', 'cannot pause now'))).toBe(
      'Das ist im jetzigen Zustand nicht möglich: cannot pause now',
    );
    expect(errorText({ code: 'newer-code' as 'internal', message: 'what' })).toBe('what');
  });

  it('always have a text that needs no values, as the last', () => {
    for (const [code, texts] of Object.entries(germanErrors)) {
      expect([code, texts.at(-1)?.includes('{')]).toEqual([code, false]);
      for (const text of texts.slice(0, -1)) expect(text).toMatch(/\{\w+\}.*\.$/);
    }
  });
});
