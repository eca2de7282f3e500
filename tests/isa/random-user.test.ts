import { describe, expect, test, vi } from 'vitest';
import { hostSupport } from '../support/isa/host-cpu';
import { RandomRun } from '../support/isa/random-run';

/**
 * SUBZERO_ISA_SECONDS says how long (60 at most), SUBZERO_ISA_SEED where to start. Without a seed the same rounds run on
 * every machine, however fast: a change is judged by what it changed; tests/long looks for new findings.
 */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const support = hostSupport();
const ROUNDS = 10;
const seconds = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 60);
const chosenSeed = process.env['SUBZERO_ISA_SEED'];
const seed = Number(chosenSeed ?? 1);

describe.skipIf(!support.isUsable)(
  `random sequences on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
  () => {
    test(
      'agree with it',
      async () => {
        const run = new RandomRun();
        try {
          const { sequences, instructions, failures } = await run.run(
            seconds,
            seed,
            chosenSeed === undefined ? { rounds: ROUNDS } : {},
          );
          console.log(`${instructions} instructions in ${sequences} sequences`);
          expect(failures.join('\n')).toBe('');
        } finally {
          run.dispose();
        }
      },
      (seconds + 100) * 1000,
    );
  },
);
