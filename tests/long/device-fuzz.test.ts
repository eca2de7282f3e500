import { describe, expect, test } from 'vitest';
import { fuzz } from '../support/fuzz/fuzz-device';
import { fuzzSubjects } from '../support/fuzz/subjects';

/** SUBZERO_FUZZ_INPUTS says how many inputs each (a million), SUBZERO_FUZZ_SEED where to start; without it every run is another. */
const inputs = Number(process.env['SUBZERO_FUZZ_INPUTS'] ?? 1_000_000);
const seed = Number(process.env['SUBZERO_FUZZ_SEED'] ?? Math.floor(Date.now() / 1000));
/** Fresh devices after so many, so that no run stays in one corner. */
const RUN = 50_000;

describe('the device fuzzer', () => {
  test.each(fuzzSubjects.map((subject) => [subject.name, subject] as const))('%s', async (name, subject) => {
    let slowest = 0;
    for (let done = 0, run = 0; done < inputs; done += RUN, run++) {
      // the test runner wants to hear from its worker
      await new Promise((resume) => setImmediate(resume));
      slowest = Math.max(slowest, fuzz(subject, Math.min(RUN, inputs - done), seed + run).slowestMs);
    }
    console.log(`${name}: ${inputs} inputs from seed ${seed}, slowest 256 inputs ${slowest.toFixed(0)} ms`);
    expect(slowest).toBeLessThan(1000);
  });
});
