import type { RegionPlan } from '../cpu/emulated/jit/region-plan';
import type { PlanConsumer } from './plan-ring';

/**
 * What waits for the compiler, hottest first: the interpreter goes on counting how often it enters what waits, so that a loop that
 * runs now comes before what was warm once. When a guest starts a program, hundreds of plans come within a moment.
 */
export class PlanQueue {
  readonly #waiting: RegionPlan[] = [];
  readonly #heat: Uint32Array;

  /** @param memory the machine's memory, where the plans' `heatAt` lies */
  constructor(
    private readonly arriving: Pick<PlanConsumer, 'take'>,
    memory: SharedArrayBuffer,
  ) {
    this.#heat = new Uint32Array(memory);
  }

  /** Up to `count` plans, hottest first, all of them hot regions made anew or none of them. */
  take(count: number): RegionPlan[] {
    for (let plan = this.arriving.take(); plan !== undefined; plan = this.arriving.take()) this.#waiting.push(plan);
    if (this.#waiting.length > count) {
      const heats = new Map(this.#waiting.map((plan) => [plan, this.#heat[plan.heatAt >>> 2] ?? 0]));
      this.#waiting.sort((a, b) => heats.get(b)! - heats.get(a)!);
    }
    const isHot = this.#waiting[0]?.isHot;
    const end = this.#waiting.findIndex((plan) => plan.isHot !== isHot);
    return this.#waiting.splice(0, end < 0 ? count : Math.min(end, count));
  }
}
