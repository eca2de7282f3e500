import { describe, expect, test, vi } from 'vitest';
import { hostSupport } from '../support/isa/host-cpu';
import { RandomRun } from '../support/isa/random-run';

/** SUBZERO_ISA_SECONDS says how long (3000), SUBZERO_ISA_SEED where to start; without it every run is another. */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
}));

const support = hostSupport();
const seconds = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 3000);
const seed = Number(process.env['SUBZERO_ISA_SEED'] ?? Math.floor(Date.now() / 1000) * 1000);

describe.skipIf(!support.isUsable)(
  `random sequences on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
  () => {
    test(
      'agree with it',
      async () => {
        const run = new RandomRun();
        try {
          const { sequences, failures } = await run.run(seconds, seed);
          console.log(`${sequences} sequences from seed ${seed}`);
          expect(failures.join('\n')).toBe('');
        } finally {
          run.dispose();
        }
      },
      (seconds + 100) * 1000,
    );
  },
);
