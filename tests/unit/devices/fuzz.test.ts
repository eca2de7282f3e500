import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../../support/fuzz/fuzz-device';
import { fuzzSubjects, SUBJECT_OF_FOLDER } from '../../support/fuzz/subjects';

const INPUTS = 12_000;
/** Seeds of runs that found something. */
const SEEDS = [1, 0x5eed];

describe('a slice of the device fuzzer (a million inputs each: npm run test:long -- device-fuzz)', () => {
  it.each(fuzzSubjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
    for (const seed of SEEDS) expect(fuzz(subject, INPUTS, seed).inputs).toBeGreaterThanOrEqual(INPUTS);
  });

  it('knows every device', () => {
    const folders = readdirSync(resolve(__dirname, '../../../src/devices'), { withFileTypes: true });
    const names = new Set(fuzzSubjects.map(({ name }) => name));
    for (const { name } of folders.filter((entry) => entry.isDirectory()))
      expect(names, name).toContain(SUBJECT_OF_FOLDER[name] ?? name);
  });
});
