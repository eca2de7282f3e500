import type { RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { PlanConsumer } from './plan-ring';

const HOT_BATCH = 3;

/**
 * What waits for the compiler, hottest first: the interpreter goes on counting how often it enters what waits, so that a loop that
 * runs now comes before what was warm once. When a guest starts a program, hundreds of plans come within a moment.
 */
export class PlanQueue {
  readonly #waiting: RegionPlan[] = [];
  /** Regions made anew, first come first. */
  readonly #hot: RegionPlan[] = [];
  readonly #heat: Uint32Array;
  #wasHot = false;

  /** @param memory the machine's memory, where the plans' `heatAt` lies */
  constructor(
    private readonly arriving: Pick<PlanConsumer, 'take'>,
    memory: SharedArrayBuffer,
  ) {
    this.#heat = new Uint32Array(memory);
  }

  /** Up to `count` plans, hottest first, or some hot regions that are made anew: in turn, for one of those takes as long as many others. */
  take(count: number): RegionPlan[] {
    for (let plan = this.arriving.take(); plan !== undefined; plan = this.arriving.take()) {
      (plan.isHot ? this.#hot : this.#waiting).push(plan);
    }
    const isHot = this.#hot.length > 0 && (!this.#wasHot || this.#waiting.length === 0);
    this.#wasHot = isHot;
    if (isHot) return this.#hot.splice(0, HOT_BATCH);
    if (this.#waiting.length > count) {
      const heats = new Map(this.#waiting.map((plan) => [plan, this.#heat[plan.heatAt >>> 2] ?? 0]));
      this.#waiting.sort((a, b) => heats.get(b)! - heats.get(a)!);
    }
    return this.#waiting.splice(0, count);
  }
}
