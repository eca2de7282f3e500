import { describe, expect, test, vi } from 'vitest';
import { hostSupport } from '../support/isa/host-cpu';
import { HostPrograms } from '../support/isa/host-programs';
import { Lockstep } from '../support/isa/lockstep';

/**
 * SUBZERO_ISA_SECONDS says how long each part takes (30 at most), SUBZERO_ISA_SEED where to start: a failing program's seed runs
 * that one first. Without a seed the same programs run on every machine, however fast; tests/long looks for new findings.
 */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const support = hostSupport();
const seconds = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 30);
const chosenSeed = process.env['SUBZERO_ISA_SEED'];
const seed = Number(chosenSeed ?? 1);
const INSTRUCTIONS = 2_000_000;
const BATCHES = 10;
/** Programs in baseline code are others. */
const BASELINE_SEED = 500_000;
/** And in code that vCPUs share. */
const SHARED_SEED = 1_000_000;
/** And where blocks have so few bytes that their memory is full every other moment. */
const CRAMPED_SEED = 1_500_000;
const LITTLE_MEMORY = 128 << 10;
const isBounded = chosenSeed === undefined;
const timeout = (seconds + 120) * 1000;

describe('random programs', () => {
  test.each([
    ['eager', 1],
    ['eagerBaseline', 1],
    ['eager', 2],
    ['eagerBaseline', 2],
  ] as const)(
    'leave the same state at every stop, compiled: %s, in a machine of %i vCPUs',
    async (jit, vcpuCount) => {
      const lockstep = new Lockstep('off', jit, vcpuCount);
      // the forms for one vCPU and for several differ in little
      const part = vcpuCount === 1 ? 2 : 8;
      const { programs, instructions, failures } = await lockstep.run(
        seed + (jit === 'eager' ? 0 : BASELINE_SEED) + (vcpuCount === 1 ? 0 : SHARED_SEED),
        seconds / part,
        isBounded ? INSTRUCTIONS / part : undefined,
      );
      console.log(`${programs} programs, ${instructions} instructions`);
      expect(failures.join('\n')).toBe('');
      expect(instructions).toBeGreaterThan(1000);
    },
    timeout,
  );

  test.each(['eager', 'eagerBaseline'] as const)(
    'leave the same state at every stop with little memory for blocks, compiled: %s',
    async (jit) => {
      const lockstep = new Lockstep('off', jit, 1, undefined, LITTLE_MEMORY);
      const { instructions, failures } = await lockstep.run(
        seed + CRAMPED_SEED,
        seconds / 8,
        isBounded ? INSTRUCTIONS / 8 : undefined,
      );
      expect(failures.join('\n')).toBe('');
      expect(instructions).toBeGreaterThan(1000);
    },
    timeout,
  );

  test.skipIf(!support.isUsable)(
    `end as on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
    async () => {
      const host = new HostPrograms('eagerBaseline');
      try {
        const { programs, failures } = await host.run(seed, seconds, isBounded ? BATCHES : undefined);
        console.log(`${programs} programs`);
        expect(failures.join('\n')).toBe('');
      } finally {
        host.dispose();
      }
    },
    timeout,
  );
});
