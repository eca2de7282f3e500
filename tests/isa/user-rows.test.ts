import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CompiledRow, FORM_MEMORY } from '../../src/cpu/emulated/isa/compile';
import { BATCH } from '../support/isa/case-layout';
import { slotAddress } from '../support/isa/case-batch';
import {
  formsOf,
  isFloatRow,
  makeCase,
  type RowCase,
  sizesIn32,
  sizesIn64,
  type Variant,
} from '../support/isa/case-maker';
import { compareOutcomes } from '../support/isa/compare';
import { EmulatedCpu } from '../support/isa/emulated-cpu';
import { COMPILED, keyOf } from '../support/isa/encode';
import { HostCpu, hostSupport } from '../support/isa/host-cpu';
import { differsOnAmd, isUserRow, isUserRow32 } from '../support/isa/user-rows';
import { Random } from '../support/random';

// Rows are compared whether or not the default CPU model offers their features.
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

/**
 * Every row that user programs can execute: all operand sizes, register and memory forms, edge and random values, faults of the
 * memory operand, on Subzero's core and on the host's CPU. SUBZERO_ISA_SEED repeats a run, SUBZERO_ISA_ROWS (a regular
 * expression) narrows it, SUBZERO_ISA_CASES multiplies the values.
 */
const support = hostSupport();
const seed = Number(process.env['SUBZERO_ISA_SEED'] ?? 1);
const factor = Number(process.env['SUBZERO_ISA_CASES'] ?? 1);
const only = new RegExp(process.env['SUBZERO_ISA_ROWS'] ?? '');

/** Few at a time, for the test runner wants to hear of us. */
const STEP = Math.min(BATCH, 1000);
const FAULTS: readonly Variant[] = ['unmapped', 'crossing', 'nonCanonical', 'misaligned', 'readOnly'];
const SHOWN = Number(process.env['SUBZERO_ISA_SHOWN'] ?? 40);
/** Some ten seconds of a free core; busy machines take longer. */
const TIME_LIMIT_MS = 300_000 * Math.max(1, factor);

describe.skipIf(!support.isUsable)(`user rows on this CPU${support.isUsable ? '' : `: ${support.reason}`}`, () => {
  let host: HostCpu;
  let ours: EmulatedCpu;
  beforeAll(() => {
    host = new HostCpu();
    ours = new EmulatedCpu(host.features.has('avx'));
  });
  afterAll(() => host?.dispose());

  const skipped = new Set<string>();

  function isThere({ row: { attributes } }: CompiledRow): boolean {
    const { feature } = attributes;
    const missing = (feature?.split('+') ?? []).filter((name) => !host.features.has(name));
    for (const name of missing) skipped.add(name);
    return missing.length === 0;
  }

  function casesOf(compiled: CompiledRow, codeSize: 32 | 64, random: Random): ((slot: number) => RowCase)[] {
    const { family, attributes } = compiled.row;
    const { isIntel: isHostIntel } = host;
    const most = isFloatRow(compiled) ? 32 : family === 'shift' ? 24 : 12;
    const values = Math.ceil((factor * most) / (codeSize === 32 ? 3 : 1));
    const sizes = codeSize === 32 ? sizesIn32(compiled) : sizesIn64(compiled);
    return sizes.flatMap((size) =>
      formsOf(compiled).flatMap((form) => {
        const isMemory = form === FORM_MEMORY || family === 'string' || family === 'stack';
        const variants: Variant[] = Array.from({ length: values }, () => 'plain');
        if (isMemory) variants.push(...FAULTS);
        return variants
          .filter((variant) => variant !== 'misaligned' || attributes.aligned === true)
          .filter((variant) => variant !== 'nonCanonical' || codeSize === 64)
          .filter((variant) => isHostIntel || !differsOnAmd(compiled, form === FORM_MEMORY, variant))
          .map(
            (variant) => (slot: number) =>
              makeCase(compiled, { size, form, variant, isHostIntel, codeSize }, random, slot),
          );
      }),
    );
  }

  async function compareRows(codeSize: 32 | 64): Promise<void> {
    const random = new Random(seed);
    const isUsable = codeSize === 32 ? isUserRow32 : isUserRow;
    const rows = COMPILED.filter((compiled) => isUsable(compiled) && only.test(keyOf(compiled)) && isThere(compiled));
    if (skipped.size > 0) {
      console.log(`rows not compared, for this host's CPU has no ${[...skipped].sort().join(', ')}`);
    }
    const makers = rows.flatMap((compiled) => casesOf(compiled, codeSize, random));
    const failures = new Map<string, string[]>();
    for (let from = 0; from < makers.length; from += STEP) {
      const cases = makers.slice(from, from + STEP).map((make, i) => make(slotAddress(i)));
      const expected = host.run(cases);
      const actual = ours.run(cases);
      await new Promise((resolve) => setImmediate(resolve)); // the test runner wants to hear of us
      cases.forEach((item, i) => {
        const differences = compareOutcomes(item, expected[i]!, actual[i]!);
        if (differences.length === 0) return;
        const key = keyOf(item.compiled);
        const list = failures.get(key) ?? [];
        list.push(`${item.label}\n    ${differences.join('\n    ')}`);
        failures.set(key, list);
      });
    }
    const text = [...failures].map(([, list]) => `${list.length} of ${list[0]}`);
    expect(text.slice(0, SHOWN).join('\n'), `${failures.size} rows differ`).toBe('');
  }

  test('agree with it in 64-bit mode', () => compareRows(64), TIME_LIMIT_MS);
  test(
    'agree with it in 32-bit code',
    async ({ skip }) => {
      if (!host.hasCompatibilityMode()) skip("this host's system has no 32-bit code segment");
      await compareRows(32);
    },
    TIME_LIMIT_MS,
  );
});
