import { afterEach, describe, expect, test } from 'vitest';
import { english } from '../../../src/i18n/english';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { german } from '../../../src/i18n/german';
import { languageFor, languageOfEnvironment } from '../../../src/i18n/languages';
import { formatDate, setLanguage, translate } from '../../../src/i18n/translate';

afterEach(() => setLanguage('en'));

describe('messages', () => {
  test('placeholders are filled in, unknown ones stay', () => {
    expect(translate('wizard.step', { step: 2, count: 4 })).toBe('Step 2 of 4');
    expect(translate('wizard.step', { step: 2 })).toBe('Step 2 of {count}');
  });

  test('a value is inserted as it is, whatever it holds', () => {
    expect(translate('settings.title', { name: '{name} $& <b>' })).toBe('Settings of {name} $& <b>');
  });

  test('none is empty', () => {
    expect(Object.entries({ ...english, ...german }).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('sizes are in binary units', () => {
    expect([0, 1023, 1024, 8 * 2 ** 30].map((bytes) => formatBytes(bytes).replace('\u00a0', ' '))).toEqual([
      '0 bytes',
      '1,023 bytes',
      '1 KiB',
      '8 GiB',
    ]);
  });

  test('a plural follows the language and the number', () => {
    const say = (count: number) => translate('summary.snapshotCount', { count });
    expect([0, 1, 2, 1234].map(say)).toEqual(['None', '1 snapshot', '2 snapshots', '1,234 snapshots']);
    setLanguage('de');
    expect([0, 1, 1234].map(say)).toEqual(['Keine', '1 Snapshot', '1.234 Snapshots']);
  });

  test('a case of a plural has placeholders of its own', () => {
    expect(translate('trash.moved', { count: 1, name: 'a {b}' })).toBe('“a {b}” was moved to the trash.');
    expect(translate('trash.moved', { count: 2, name: 'x' })).toBe('2 virtual machines were moved to the trash.');
  });

  test('German writes sizes and dates its own way', () => {
    setLanguage('de');
    expect(translate('menu.newVm')).toBe('Neue virtuelle Maschine …');
    expect(formatBytes(4.84 * 2 ** 20)).toBe('4,8\u00a0MiB');
    expect(formatBytes(1)).toMatch(/^1\sByte$/);
    expect(formatDate(Date.UTC(2026, 2, 5, 12))).toMatch(/^05\.03\.2026, \d\d:00$/);
  });

  test('the language is what the user asks for, where it is there', () => {
    expect(languageFor(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(languageFor(['toString', undefined])).toBe('en');
    expect(languageOfEnvironment({ LANG: 'en_US.UTF-8', LC_ALL: 'de_DE.UTF-8' })).toBe('de');
    expect(languageOfEnvironment({ LANG: 'C.UTF-8' })).toBe('en');
    expect(languageOfEnvironment({ LC_ALL: '', LANG: 'de' })).toBe('de');
  });
});
