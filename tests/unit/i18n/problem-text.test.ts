import { afterEach, describe, expect, it } from 'vitest';
import { type NameTrouble, nameTrouble } from '../../../src/config/vm-name';
import type { Problem } from '../../../src/config/problem';
import { nameText } from '../../../src/i18n/name-text';
import { problemText } from '../../../src/i18n/problem-text';
import { setLanguage } from '../../../src/i18n/translate';

afterEach(() => setLanguage('en'));

describe('problems in words', () => {
  const small: Problem = { path: 'memory.memoryMiB', code: 'out-of-range', message: 'must be from 1 to 3072, not 0' };

  it('are their own words in English', () => {
    expect(problemText(small)).toBe('memory.memoryMiB: must be from 1 to 3072, not 0');
  });

  it('are worded by code in German, with the limits behind', () => {
    setLanguage('de');
    expect(problemText(small)).toBe('„memory.memoryMiB“ liegt außerhalb der Grenzen: must be from 1 to 3072, not 0');
    expect(problemText({ path: '', code: 'missing', message: 'is missing' })).toBe('„vm.json“ fehlt');
  });
});

describe('names that cannot be', () => {
  const bad: Readonly<Record<NameTrouble, string>> = {
    empty: ' ',
    spaces: 'a ',
    long: 'x'.repeat(81),
    control: 'a\nb',
  };

  it('have a sentence in each language', () => {
    for (const [trouble, name] of Object.entries(bad)) expect(nameTrouble(name)).toBe(trouble);
    expect(nameText('long')).toBe('The name must have at most 80 characters.');
    setLanguage('de');
    expect(nameText('empty')).toBe('Der Name darf nicht leer sein.');
    expect(nameText('long')).toContain('80 Zeichen');
  });
});
