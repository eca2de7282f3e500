import { expect, test } from 'vitest';
import { statsText } from '../../../src/cli/stats';
import { vmStatsCheck } from '../../../src/protocol/guest-checks';

const stats = {
  ...{ count: 5_000_000, guestNs: 2.5e9, forgottenMs: 1240 },
  ...{ mips: 812.34, load: 0.75, devices: 0.25, compiled: 0.9 },
};
const jit = {
  ...{ regions: 12, compiled: 20, dropped: 8, queued: 3 },
  ...{ entries: 1000, slowExits: 40, instructions: 4_500_000 },
  fallbacks: [{ name: 'cpuid', count: 3 }],
};

test('the figures of a VM say where time goes', () => {
  const text = statsText({ ...stats, jit });
  expect(text).toMatch(/^left out +1\.2 s in which the CPU could not keep up$/m);
  expect(text).toMatch(/^speed +812\.3 MIPS$/m);
  expect(text).toMatch(/^CPU +50\.0 % of the time$/m);
  expect(text).toMatch(/^idle +25\.0 % of the time$/m);
  expect(text).toMatch(/^interpreted +10\.0 % of the instructions$/m);
  expect(text).toMatch(/^regions +12 now, 20 compiled, 8 dropped$/m);
  expect(statsText(stats)).not.toContain('regions');
});

test('figures pass the check of what a guest process says, with and without compiled code', () => {
  expect(vmStatsCheck(stats)).toBeUndefined();
  expect(vmStatsCheck({ ...stats, jit })).toBeUndefined();
  expect(vmStatsCheck({ ...stats, jit: { regions: 'many' } })).toBeDefined();
});
