import { describe, expect, test } from 'vitest';
import { IMAGES } from '../support/privileged/images';
import { privilegedImage, readResults } from '../support/privileged/image';
import { runHere } from '../support/privileged/run-here';

/** Privileged behaviour in small images of our own, with expected values from the manual; `tests/guest/long` compares them with other machines. */

describe.each(Object.keys(IMAGES))('%s', (name) => {
  const cases = IMAGES[name]!;
  const image = privilegedImage(cases);

  test.each(['off', 'eager', 'eagerBaseline'] as const)('gives what the manual says, compiled: %s', (jit) => {
    const text = runHere(image.bytes, { jit });
    const { results, isComplete, unfinished } = readResults(text);
    const all = [...image.expected.keys()].map((key) => `${key}: ${results.get(key) ?? 'nothing'}`);
    expect(all.join('\n')).toBe([...image.expected].map(([key, line]) => `${key}: ${line}`).join('\n'));
    expect({ isComplete, unfinished }).toEqual({ isComplete: true, unfinished: undefined });
  });
});
