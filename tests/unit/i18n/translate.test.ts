import { describe, expect, test } from 'vitest';
import { english } from '../../../src/i18n/english';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { translate } from '../../../src/i18n/translate';

describe('messages', () => {
  test('placeholders are filled in, unknown ones stay', () => {
    expect(translate('wizard.step', { step: 2, count: 4 })).toBe('Step 2 of 4');
    expect(translate('wizard.step', { step: 2 })).toBe('Step 2 of {count}');
  });

  test('a value is inserted as it is, whatever it holds', () => {
    expect(translate('settings.title', { name: '{name} $& <b>' })).toBe('Settings of {name} $& <b>');
  });

  test('none is empty', () => {
    expect(Object.entries(english).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('sizes are in binary units', () => {
    expect([0, 1023, 1024, 8 * 2 ** 30].map((bytes) => formatBytes(bytes).replace('\u00a0', ' '))).toEqual([
      '0 bytes',
      '1,023 bytes',
      '1 KiB',
      '8 GiB',
    ]);
  });
});
