import type { JitMode } from '../../../src/cpu/emulated/jit/regions';
import { Random } from '../random';
import { slotAddress } from './case-batch';
import * as at from './case-layout';
import type { RowCase } from './case-maker';
import { compareOutcomes } from './compare';
import { EmulatedCpu } from './emulated-cpu';
import { HostCpu } from './host-cpu';
import { ProgramMaker, type ProgramPlace } from './program-maker';
import { isComparable, SequenceMaker } from './sequences';

/** Random programs of user mode on the host's CPU and on the emulated one. The first fault ends a program. */
const SLOT_SIZE = 16384;
const PROGRAMS = 60;
const FAILURES_MAX = 5;
const RSP = 4;
const BASE = 14;
const LOOP_REGISTERS = [12, 13];
const CENTER = at.WINDOW + at.WINDOW_SIZE / 2;

export class HostPrograms {
  readonly host = new HostCpu();
  readonly #ours: EmulatedCpu;

  constructor(jit: JitMode) {
    this.#ours = new EmulatedCpu(this.host.features.has('avx'), jit);
  }

  #place(slot: number): ProgramPlace {
    const { features, isIntel } = this.host;
    return {
      codeSize: 64,
      center: CENTER,
      reach: 250,
      moreCenters: [],
      faults: [at.DATA_END],
      registers: [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 15],
      base: BASE,
      areFlagsDefined: true,
      isAllowed: (compiled) => isComparable(compiled, features, isIntel),
      origin: slotAddress(slot, SLOT_SIZE),
      bytes: SLOT_SIZE - 64,
      counters: at.V_SCRATCH,
      loopRegisters: LOOP_REGISTERS,
      landing: undefined,
      canTrace: false,
      costMax: 20_000,
      hasStack: true,
      end: (a) => a.jump('exit'),
    };
  }

  #case(seed: number, slot: number): RowCase {
    const random = new Random(seed);
    const start = new SequenceMaker(random, this.host.features, this.host.isIntel).start();
    const gpr = start.gpr.slice();
    gpr[RSP] = BigInt(at.STACK_TOP - at.PAGE);
    const code = [...new ProgramMaker(random, this.#place(slot)).make()];
    return { ...start, gpr, label: `seed ${seed}`, code };
  }

  /** Batches from consecutive seeds for so long, or so many of them. */
  async run(
    firstSeed: number,
    seconds: number,
    batches = Number.POSITIVE_INFINITY,
  ): Promise<{ programs: number; failures: string[] }> {
    const end = performance.now() + seconds * 1000;
    const failures: string[] = [];
    let batch = 0;
    for (; batch < batches && performance.now() < end && failures.length < FAILURES_MAX; batch++) {
      const first = firstSeed + batch * PROGRAMS;
      const cases = Array.from({ length: PROGRAMS }, (_, slot) => this.#case(first + slot, slot));
      const expected = this.host.run(cases, SLOT_SIZE);
      const actual = this.#ours.run(cases, SLOT_SIZE);
      cases.forEach((item, i) => {
        const found = compareOutcomes(item, expected[i]!, actual[i]!);
        if (found.length > 0) failures.push(`${item.label} of batch ${first}:\n    ${found.join('\n    ')}`);
      });
      await new Promise((resolve) => setImmediate(resolve)); // the test runner wants to hear of us
    }
    return { programs: batch * PROGRAMS, failures: failures.slice(0, FAILURES_MAX) };
  }

  dispose(): void {
    this.host.dispose();
  }
}
