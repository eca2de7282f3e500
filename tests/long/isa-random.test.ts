import { describe, expect, test, vi } from 'vitest';
import { hostSupport } from '../support/isa/host-cpu';
import { RandomRun } from '../support/isa/random-run';

/**
 * A hundred million instructions (SUBZERO_ISA_INSTRUCTIONS says how many, SUBZERO_ISA_SECONDS ends it earlier); SUBZERO_ISA_SEED says
 * where to start, without it every run is another.
 */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const support = hostSupport();
const instructions = Number(process.env['SUBZERO_ISA_INSTRUCTIONS'] ?? 100_000_000);
const seconds = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 600 + instructions / 5_000);
const seed = Number(process.env['SUBZERO_ISA_SEED'] ?? Math.floor(Date.now() / 1000) * 1000);

describe.skipIf(!support.isUsable)(
  `random sequences on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
  () => {
    test(
      'agree with it',
      async () => {
        const run = new RandomRun();
        try {
          const { sequences, failures, ...done } = await run.run(seconds, seed, { instructions });
          console.log(`${done.instructions} instructions completed in ${sequences} sequences from seed ${seed}`);
          expect(failures.join('\n')).toBe('');
        } finally {
          run.dispose();
        }
      },
      (2 * seconds + 600) * 1000,
    );
  },
);
