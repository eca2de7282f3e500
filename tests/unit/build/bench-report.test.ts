import { describe, expect, test } from 'vitest';
import { geometricMean, median, summarise, table } from '../../../build/bench/report.mjs';

const run = (boot: number, programs: Record<string, [number, string]>) => ({
  boot,
  peakMiB: 100,
  programs: Object.fromEntries(Object.entries(programs).map(([name, [ms, sum]]) => [name, { ms, cpuMs: ms, sum }])),
});

describe("the benchmark's report", () => {
  test('takes medians and leaves out what was not measured', () => {
    expect(median([5, undefined, 1, 3])).toBe(3);
    expect(median([4, 2])).toBe(3);
    expect(median([undefined])).toBeUndefined();
    expect(geometricMean([1, 4])).toBeCloseTo(2);
  });

  test('says how many times as fast Subzero is, and the geometric mean of that', () => {
    const results = {
      subzero: [run(100, { fib: [10, 'a'], sieve: [10, 'b'] })],
      qemu: [run(200, { fib: [20, 'a'], sieve: [80, 'b'] })],
    };
    const summary = summarise(results);
    expect(summary.means.qemu).toBeCloseTo(4);
    expect(summary.wrong).toEqual([]);
    const text = table('Linux', summary, { subzero: 'Subzero', qemu: 'QEMU' }, results);
    expect(text).toContain('| fib | 10 | 20 | 2.00 |');
    expect(text).toContain('| **geometric mean** |  |  | **4.00** |');
  });

  test('says how many million instructions a second Subzero made of each program', () => {
    const told = run(100, { fib: [10, 'a'], sieve: [10, 'b'] });
    const { fib, sieve } = told.programs;
    const results = { subzero: [{ ...told, programs: { fib: { ...fib, instructions: 4_500_000 }, sieve } }] };
    const text = table('Linux', summarise(results), { subzero: 'Subzero' }, results);
    expect(text).toContain('| Linux, ms | Subzero | Subzero, MIPS |');
    expect(text).toContain('| fib | 10 | 450 |');
    expect(text).toContain('| sieve | 10 |  |');
  });

  test('finds a checksum that is not the native one', () => {
    const results = {
      native: [run(0, { fib: [1, 'a'] })],
      subzero: [run(0, { fib: [1, 'a'] }), run(0, { fib: [1, 'c'] })],
    };
    expect(summarise(results).wrong).toEqual([{ name: 'fib', id: 'subzero', sum: 'c', expected: 'a' }]);
  });
});
