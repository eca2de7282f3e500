import { afterAll, describe, expect, test, vi } from 'vitest';
import { slotAddress } from '../support/isa/case-batch';
import type { RowCase } from '../support/isa/case-maker';
import { compareOutcomes } from '../support/isa/compare';
import { EmulatedCpu } from '../support/isa/emulated-cpu';
import { HostCpu, hostSupport } from '../support/isa/host-cpu';
import { SequenceMaker, type SequenceItem } from '../support/isa/sequences';
import { Random } from '../support/random';

/**
 * Random sequences on Subzero's core and on the host's CPU. SUBZERO_ISA_SECONDS says how long (20), SUBZERO_ISA_SEED where to start;
 * a failure is cut to the shortest beginning that still differs and names its seed.
 */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
}));

const support = hostSupport();
const seconds = Number(process.env['SUBZERO_ISA_SECONDS'] ?? 20);
const firstSeed = Number(process.env['SUBZERO_ISA_SEED'] ?? 1);
const SLOT_SIZE = 512;
const SEQUENCES = 500;
const LENGTH = 20;
const FAILURES_MAX = 10;

interface Sequence {
  readonly items: readonly SequenceItem[];
  readonly start: Omit<RowCase, 'label' | 'code'>;
}

function caseOf({ items, start }: Sequence, label: string): RowCase {
  return { ...start, label, code: items.flatMap(({ code }) => [...code]) };
}

describe.skipIf(!support.isUsable)(
  `random sequences on this CPU${support.isUsable ? '' : `: ${support.reason}`}`,
  () => {
    const host = new HostCpu();
    const ours = new EmulatedCpu();
    afterAll(() => host.dispose());

    /** The shortest beginning that differs, in the same slot as before: code is made for its place. */
    function shortest(sequence: Sequence, place: number): string {
      const filler = caseOf({ ...sequence, items: [] }, '');
      for (let length = 1; length <= sequence.items.length; length++) {
        const item = caseOf({ ...sequence, items: sequence.items.slice(0, length) }, '');
        const cases = [...Array.from({ length: place }, () => filler), item];
        const differences = compareOutcomes(
          item,
          host.run(cases, SLOT_SIZE).at(-1)!,
          ours.run(cases, SLOT_SIZE).at(-1)!,
        );
        if (differences.length > 0) return `${sequence.items[length - 1]!.label}\n    ${differences.join('\n    ')}`;
      }
      return 'differs only where it stood';
    }

    function round(seed: number): string[] {
      const random = new Random(seed);
      const maker = new SequenceMaker(random, host.features, host.isIntel);
      const sequences = Array.from({ length: SEQUENCES }, (_, place): Sequence => {
        return { items: maker.items(LENGTH, slotAddress(place, SLOT_SIZE), SLOT_SIZE), start: maker.start() };
      });
      const placed = sequences.map((sequence, i) => ({
        sequence,
        item: caseOf(sequence, `seed ${seed}, sequence ${i}`),
      }));
      const cases = placed.map(({ item }) => item);
      const expected = host.run(cases, SLOT_SIZE);
      const actual = ours.run(cases, SLOT_SIZE);
      return placed.flatMap(({ sequence, item }, i) =>
        compareOutcomes(item, expected[i]!, actual[i]!).length === 0 ? [] : [`${item.label}: ${shortest(sequence, i)}`],
      );
    }

    test(
      'agree with it',
      async () => {
        const end = performance.now() + seconds * 1000;
        const failures: string[] = [];
        let seed = firstSeed;
        for (; performance.now() < end && failures.length < FAILURES_MAX; seed++) {
          failures.push(...round(seed));
          await new Promise((resolve) => setImmediate(resolve));
        }
        console.log(`${(seed - firstSeed) * SEQUENCES} sequences`);
        expect(failures.slice(0, FAILURES_MAX).join('\n')).toBe('');
      },
      (seconds + 100) * 1000,
    );
  },
);
