import { describe, expect, test, vi } from 'vitest';
import { hostSupport } from '../support/isa/host-cpu';
import { HostPrograms } from '../support/isa/host-programs';
import { Lockstep } from '../support/isa/lockstep';

/**
 * A hundred million instructions of random programs (SUBZERO_ISA_INSTRUCTIONS says how many); SUBZERO_ISA_SEED says where to start,
 * without it every run is another.
 */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const support = hostSupport();
const seed = Number(process.env['SUBZERO_ISA_SEED'] ?? Math.floor(Date.now() / 1000) * 100);
const INSTRUCTIONS = Number(process.env['SUBZERO_ISA_INSTRUCTIONS'] ?? 100_000_000);
const HOST_SECONDS = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 600);
/** A computer on which ten thousand a second are too many is too slow for it. */
const LIMIT_SECONDS = 600 + INSTRUCTIONS / 10_000;

describe('random programs, for long', () => {
  test.each(['eager', 'eagerBaseline'] as const)(
    'leave the same state at every stop, compiled: %s',
    async (jit) => {
      const lockstep = new Lockstep('off', jit);
      const { programs, instructions, failures } = await lockstep.run(seed, LIMIT_SECONDS, INSTRUCTIONS);
      console.log(`${programs} programs, ${instructions} instructions from seed ${seed}`);
      expect(failures.join('\n')).toBe('');
      expect(instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
    },
    (LIMIT_SECONDS + 200) * 1000,
  );

  test.skipIf(!support.isUsable)(
    `end as on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
    async () => {
      const host = new HostPrograms('eager');
      try {
        const { programs, failures } = await host.run(seed, HOST_SECONDS);
        console.log(`${programs} programs from seed ${seed}`);
        expect(failures.join('\n')).toBe('');
      } finally {
        host.dispose();
      }
    },
    (HOST_SECONDS + 200) * 1000,
  );
});
