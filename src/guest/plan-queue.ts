import { nodeCount, type RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { PlanConsumer } from './plan-ring';

/**
 * Nodes of hot regions in one module, as long as it is more than one region: the optimising compiler takes a tenth of a millisecond or
 * two for each, and what is compiled for the first time waits meanwhile.
 */
const HOT_NODES = 60;
/** After so many batches in a row that were none, hot regions come all the same. */
const COLD_BATCHES_MAX = 20;

/**
 * What waits for the compiler, hottest first: the interpreter goes on counting how often it enters what waits, and regions how much
 * they run, so that a loop that runs now comes before what was warm once. When a guest starts a program, hundreds of plans come within
 * a moment.
 */
export class PlanQueue {
  readonly #waiting: RegionPlan[] = [];
  /** Regions made anew. */
  readonly #hot: RegionPlan[] = [];
  readonly #heat: Uint32Array;
  #coldBatches = 0;

  /** @param memory the machine's memory, where the plans' `heatAt` lies */
  constructor(
    private readonly arriving: Pick<PlanConsumer, 'take'>,
    memory: SharedArrayBuffer,
  ) {
    this.#heat = new Uint32Array(memory);
  }

  /**
   * Up to `count` plans, hottest first. Regions that are made anew come when nothing else waits, or for long has: each takes as long as ten others, runs
   * well enough until then, and what waits for the first time is interpreted.
   */
  take(count: number): RegionPlan[] {
    for (let plan = this.arriving.take(); plan !== undefined; plan = this.arriving.take()) {
      (plan.isHot ? this.#hot : this.#waiting).push(plan);
    }
    const isTime = this.#hot.length > 0 && this.#coldBatches >= COLD_BATCHES_MAX;
    if (this.#waiting.length === 0 || isTime) {
      this.#coldBatches = 0;
      return this.#takeHot();
    }
    this.#coldBatches++;
    if (this.#waiting.length > count) this.#sort(this.#waiting, (heat) => heat);
    return this.#waiting.splice(0, count);
  }

  #takeHot(): RegionPlan[] {
    const hot = this.#hot;
    this.#sort(hot, (left) => ~left >>> 0);
    let count = 0;
    for (let nodes = 0; count < hot.length && (count === 0 || nodes < HOT_NODES); count++) {
      nodes += nodeCount(hot[count]!);
    }
    return hot.splice(0, count);
  }

  #sort(plans: RegionPlan[], heatOf: (word: number) => number): void {
    const heats = new Map(plans.map((plan) => [plan, heatOf(this.#heat[plan.heatAt >>> 2] ?? 0)]));
    plans.sort((a, b) => heats.get(b)! - heats.get(a)!);
  }
}
