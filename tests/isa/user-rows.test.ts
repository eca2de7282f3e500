import { afterAll, describe, expect, test, vi } from 'vitest';
import { FORM_MEMORY } from '../../src/cpu/emulated/isa/compile';
import { BATCH } from '../support/isa/case-layout';
import { slotAddress } from '../support/isa/case-batch';
import { formsOf, isFloatRow, makeCase, type RowCase, sizesIn64, type Variant } from '../support/isa/case-maker';
import { compareOutcomes } from '../support/isa/compare';
import { EmulatedCpu } from '../support/isa/emulated-cpu';
import { COMPILED, keyOf } from '../support/isa/encode';
import { HostCpu, hostSupport } from '../support/isa/host-cpu';
import { differsOnAmd, isUserRow } from '../support/isa/user-rows';
import { Random } from '../support/random';

// Rows are compared whether or not the default CPU model offers their features.
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
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

const FAULTS: readonly Variant[] = ['unmapped', 'crossing', 'nonCanonical', 'misaligned', 'readOnly'];
const SHOWN = Number(process.env['SUBZERO_ISA_SHOWN'] ?? 40);

describe.skipIf(!support.isUsable)(`user rows on this CPU${support.isUsable ? '' : `: ${support.reason}`}`, () => {
  const host = new HostCpu();
  const ours = new EmulatedCpu();
  afterAll(() => host.dispose());

  const skipped = new Set<string>();
  const rows = COMPILED.filter((compiled) => {
    if (!isUserRow(compiled) || !only.test(keyOf(compiled))) return false;
    const { feature } = compiled.row.attributes;
    if (feature === undefined || host.features.has(feature)) return true;
    skipped.add(feature);
    return false;
  });

  function casesOf(): ((slot: number) => RowCase)[] {
    const random = new Random(seed);
    return rows.flatMap((compiled) => {
      const values = factor * (isFloatRow(compiled) ? 32 : compiled.row.family === 'shift' ? 24 : 12);
      return sizesIn64(compiled).flatMap((size) =>
        formsOf(compiled).flatMap((form) => {
          const { family, attributes } = compiled.row;
          const isMemory = form === FORM_MEMORY || family === 'string' || family === 'stack';
          const variants: Variant[] = Array.from({ length: values }, () => 'plain');
          if (isMemory) variants.push(...FAULTS.filter((name) => name !== 'misaligned' || attributes.aligned));
          const { isIntel: isHostIntel } = host;
          return variants
            .filter((variant) => isHostIntel || !differsOnAmd(compiled, form === FORM_MEMORY, variant))
            .map((variant) => (slot: number) => makeCase(compiled, { size, form, variant, isHostIntel }, random, slot));
        }),
      );
    });
  }

  test('agree with it', async () => {
    if (skipped.size > 0)
      console.log(`rows not compared, for this host's CPU has no ${[...skipped].sort().join(', ')}`);
    const makers = casesOf();
    const failures = new Map<string, string[]>();
    for (let from = 0; from < makers.length; from += BATCH) {
      const cases = makers.slice(from, from + BATCH).map((make, i) => make(slotAddress(i)));
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
  });
});
