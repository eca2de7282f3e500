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
 * Instructions per millisecond from which on a hot region is a good part of what runs now: that it runs twice as fast is
 * worth more than that some others are not interpreted any more, for which there would be time ten times over.
 */
const URGENT_RATE = 80_000;
/** Region caches take a region's work from its record in such parts (core/regions.ts): so much may look done that is not. */
const WORK_PART = 50_000;

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
   * Up to `count` plans, hottest first. Regions that are made anew come when nothing else waits, or has for long: each takes as long as ten others, runs
   * well enough until then, and what waits for the first time is interpreted. Only one that runs now, more than all else, comes before.
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
        return [hot, Math.max(0, work - WORK_PART) / Math.max(1, now - hot.since)];
      }),
    );
    this.#hot.sort((a, b) => rates.get(b)! - rates.get(a)!);
    const [first] = this.#hot;
    return first === undefined ? 0 : rates.get(first)!;
  }
}
