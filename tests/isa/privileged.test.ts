import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { isLong, pagingOf, type PrivilegedCase } from '../support/privileged/case';
import { IMAGES } from '../support/privileged/images';
import { privilegedImage, type PrivilegedImage, readResults } from '../support/privileged/image';
import { runHere } from '../support/privileged/run-here';

/** Privileged behaviour in small images of our own, with expected values from the manual; `tests/guest/long` compares them with other machines. */

// Nothing below waits: the runner hears of each result before the next test.
beforeEach(() => setImmediate());

function expectAll({ bytes, expected }: PrivilegedImage, how: Parameters<typeof runHere>[1]): void {
  const { results, isComplete, unfinished } = readResults(runHere(bytes, how));
  const all = [...expected.keys()].map((key) => `${key}: ${results.get(key) ?? 'nothing'}`);
  expect(all.join('\n')).toBe([...expected].map(([key, line]) => `${key}: ${line}`).join('\n'));
  expect({ isComplete, unfinished }).toEqual({ isComplete: true, unfinished: undefined });
}

/** Cases about what these CPUs do not have; the SMI's are laid out for the save area of a 64-bit CPU. */
const ABSENT = {
  pentium3: /SMEP|SMAP|UMIP|SMBASE/,
  '486':
    /SMEP|SMAP|UMIP|SMBASE|EMMS with TS|SSE with|EFER|MSR|global page|SYSENTER|SYSEXIT|watched port|DE$|RDTSC|RDPMC/,
} as const;
type OldModel = keyof typeof ABSENT;

const isOf = (model: OldModel, item: PrivilegedCase): boolean =>
  !isLong(item) &&
  item.efer === undefined &&
  (['none', '32'].includes(pagingOf(item)) || (pagingOf(item) === 'pae' && model === 'pentium3')) &&
  !ABSENT[model].test(item.name);

describe.each(Object.keys(IMAGES))('%s', (name) => {
  const cases = IMAGES[name]!;
  const image = privilegedImage(cases);

  test.each(['off', 'eager', 'eagerBaseline'] as const)('gives what the manual says, compiled: %s', (jit) => {
    expectAll(image, { jit });
  });

  for (const model of ['pentium3', '486'] as const) {
    const old = cases.filter((item) => isOf(model, item));
    if (old.length === 0) continue;
    test.each(['off', 'eager'] as const)(`the same on a ${model}, compiled: %s`, (jit) => {
      expectAll(privilegedImage(old), { jit, model });
    });
  }
});
