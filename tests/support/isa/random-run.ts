import { type Outcome, slotAddress } from './case-batch';
import { OUT_RIP, STATUS_FAULT } from './case-layout';
import type { RowCase } from './case-maker';
import { compareOutcomes } from './compare';
import { EmulatedCpu } from './emulated-cpu';
import { HostCpu } from './host-cpu';
import { SequenceMaker, type SequenceItem } from './sequences';
import { Random } from '../random';

const SLOT_SIZE = 512;
const SEQUENCES = 500;
const SEQUENCE_LENGTH = 20;
const FAILURES_MAX = 10;

export interface RunReport {
  readonly sequences: number;
  /** Those, with what must stand before them, that the host's CPU has completed. */
  readonly instructions: number;
  readonly failures: readonly string[];
}

interface Sequence {
  readonly items: readonly SequenceItem[];
  readonly start: Omit<RowCase, 'label' | 'code'>;
}

function caseOf({ items, start }: Sequence, label: string): RowCase {
  return { ...start, label, code: items.flatMap(({ code }) => [...code]) };
}

/** Random sequences on the host's CPU and on Subzero's core. */
export class RandomRun {
  readonly host = new HostCpu();
  #instructions = 0;
  readonly #ours = new EmulatedCpu(this.host.features.has('avx'));

  /** The shortest beginning that differs, in the same slot as before: code is made for its place. */
  #shortest(sequence: Sequence, place: number): string {
    const filler = caseOf({ ...sequence, items: [] }, '');
    for (let length = 1; length <= sequence.items.length; length++) {
      const item = caseOf({ ...sequence, items: sequence.items.slice(0, length) }, '');
      const cases = [...Array.from({ length: place }, () => filler), item];
      const [expected, actual] = [this.host.run(cases, SLOT_SIZE).at(-1)!, this.#ours.run(cases, SLOT_SIZE).at(-1)!];
      const differences = compareOutcomes(item, expected, actual);
      if (differences.length > 0) return `${sequence.items[length - 1]!.label}\n    ${differences.join('\n    ')}`;
    }
    return 'differs only as a whole';
  }

  /** How many of a sequence's items the host's CPU came to: a fault ends it. */
  #executed(sequence: Sequence, place: number, outcome: Outcome): number {
    if (outcome.status !== STATUS_FAULT) return sequence.items.length;
    const length = Number(outcome.u64(OUT_RIP)) - slotAddress(place, SLOT_SIZE);
    let end = 0;
    return sequence.items.filter(({ code }) => (end += code.length) <= length).length;
  }

  #round(seed: number): string[] {
    const maker = new SequenceMaker(new Random(seed), this.host.features, this.host.isIntel);
    const sequences = Array.from({ length: SEQUENCES }, (_, place): Sequence => {
      return { items: maker.items(SEQUENCE_LENGTH, slotAddress(place, SLOT_SIZE), SLOT_SIZE), start: maker.start() };
    });
    const cases = sequences.map((sequence, i) => caseOf(sequence, `seed ${seed}, sequence ${i}`));
    const expected = this.host.run(cases, SLOT_SIZE);
    const actual = this.#ours.run(cases, SLOT_SIZE);
    sequences.forEach((sequence, i) => (this.#instructions += this.#executed(sequence, i, expected[i]!)));
    return cases.flatMap((item, i) =>
      compareOutcomes(item, expected[i]!, actual[i]!).length === 0
        ? []
        : [`${item.label}: ${this.#shortest(sequences[i]!, i)}`],
    );
  }

  /**
   * Rounds of SEQUENCES, one seed each, until the host's CPU has completed so many instructions, or so many rounds, or for so long. Each
   * failure names its seed and the instruction after which states differ.
   */
  async run(seconds: number, firstSeed: number, most: { rounds?: number; instructions?: number }): Promise<RunReport> {
    const { rounds = Number.POSITIVE_INFINITY, instructions = Number.POSITIVE_INFINITY } = most;
    const end = performance.now() + seconds * 1000;
    const failures: string[] = [];
    let seed = firstSeed;
    while (
      performance.now() < end &&
      failures.length < FAILURES_MAX &&
      seed - firstSeed < rounds &&
      this.#instructions < instructions
    ) {
      failures.push(...this.#round(seed++));
      await new Promise((resolve) => setImmediate(resolve)); // the test runner wants to hear of us
    }
    const sequences = (seed - firstSeed) * SEQUENCES;
    return { sequences, instructions: this.#instructions, failures: failures.slice(0, FAILURES_MAX) };
  }

  dispose(): void {
    this.host.dispose();
  }
}
