import { REGION_WORK_PART } from '../cpu/emulated/core/layout';
import type { RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { PlanConsumer } from './plan-ring';

/**
 * Hot regions in one module: what waits for the first time waits meanwhile, but each module has its machine code, and what that needs,
 * somewhere else, which the host's caches and TLBs feel where a kernel goes from one region to the next.
 */
const HOT_BATCH = 3;
/** After so many batches of others in a row hot regions come all the same. */
const COLD_BATCHES_MAX = 20;
/**
 * Instructions per millisecond from which on a hot region is a good part of what runs now: that it runs twice as fast is worth more than
 * that ten others are not interpreted any more.
 */
const URGENT_RATE = 80_000;

/** A region that is to be made anew. */
interface HotPlan {
  readonly plan: RegionPlan;
  readonly since: number;
  readonly word: number;
}

/**
 * What waits for the compiler, hottest first: the interpreter goes on counting how often it enters what waits, and regions how much
 * they run, so that a loop that runs now comes before what was warm once. When a guest starts a program, hundreds of plans come within
 * a moment.
 */
export class PlanQueue {
  readonly #waiting: RegionPlan[] = [];
  readonly #hot: HotPlan[] = [];
  readonly #heat: Uint32Array;
  #coldBatches = 0;

  /** @param memory the machine's memory, where the plans' `heatAt` lies @param now milliseconds */
  constructor(
    private readonly arriving: Pick<PlanConsumer, 'take'>,
    memory: SharedArrayBuffer,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#heat = new Uint32Array(memory);
  }

  /**
   * Up to `count` plans, hottest first. Regions that are made anew come when nothing else waits, or after COLD_BATCHES_MAX batches: each
   * takes as long as ten others and runs well enough until then, and what waits for the first time is interpreted. Only one that is a
   * good part of what runs now comes before.
   */
  take(count: number): RegionPlan[] {
    for (let plan = this.arriving.take(); plan !== undefined; plan = this.arriving.take()) {
      if (plan.isHot) this.#hot.push({ plan, since: this.now(), word: this.#wordOf(plan) });
      else this.#waiting.push(plan);
    }
    const rate = this.#sortHot();
    const isTime = this.#hot.length > 0 && this.#coldBatches >= COLD_BATCHES_MAX;
    if (this.#waiting.length === 0 || isTime) {
      this.#coldBatches = 0;
      return this.#hot.splice(0, HOT_BATCH).map(({ plan }) => plan);
    }
    if (rate >= URGENT_RATE) return [this.#hot.shift()!.plan];
    this.#coldBatches++;
    if (this.#waiting.length > count) {
      const heats = new Map(this.#waiting.map((plan) => [plan, this.#wordOf(plan)]));
      this.#waiting.sort((a, b) => heats.get(b)! - heats.get(a)!);
    }
    return this.#waiting.splice(0, count);
  }

  #wordOf(plan: RegionPlan): number {
    return this.#heat[plan.heatAt >>> 2] ?? 0;
  }

  /** Those first that have run most in each millisecond since they came; gives how much that is with the first. */
  #sortHot(): number {
    const now = this.now();
    const rates = new Map(
      this.#hot.map((hot) => {
        const work = (hot.word - this.#wordOf(hot.plan)) >>> 0;
        // a region cache may have taken a part that has not run yet
        return [hot, Math.max(0, work - REGION_WORK_PART) / Math.max(1, now - hot.since)];
      }),
    );
    this.#hot.sort((a, b) => rates.get(b)! - rates.get(a)!);
    const [first] = this.#hot;
    return first === undefined ? 0 : rates.get(first)!;
  }
}
