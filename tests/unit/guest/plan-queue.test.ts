import { describe, expect, it } from 'vitest';
import type { RegionPlan } from '../../../src/cpu/emulated/jit/region-plan';
import { PlanQueue } from '../../../src/guest/plan-queue';

const EMPTY = new Int32Array();

function queueOf(...heats: readonly [heat: number, isHot?: boolean][]): { queue: PlanQueue; heat: Uint32Array } {
  const memory = new SharedArrayBuffer(4096);
  const heat = new Uint32Array(memory);
  const arriving = heats.map(([count, isHot = false], i): RegionPlan => {
    heat[i + 1] = count;
    return {
      id: i + 1,
      state: 0,
      mode: 0,
      isHot,
      heatAt: 4 * (i + 1),
      nodes: EMPTY,
      targets: EMPTY,
      code: new Uint8Array(),
    };
  });
  return { queue: new PlanQueue({ take: () => arriving.shift() }, memory), heat };
}

const ids = (plans: readonly RegionPlan[]): number[] => plans.map(({ id }) => id);

describe('the queue of plans', () => {
  it('gives what was entered most often first', () => {
    const { queue } = queueOf([2000], [9000], [3000], [2500]);
    expect(ids(queue.take(2))).toEqual([2, 3]);
    expect(ids(queue.take(2))).toEqual([4, 1]);
    expect(ids(queue.take(2))).toEqual([]);
  });

  it('looks again at what became hotter while it waited', () => {
    const { queue, heat } = queueOf([2000], [2001], [2002]);
    expect(ids(queue.take(1))).toEqual([3]);
    heat[1] = 50_000;
    expect(ids(queue.take(1))).toEqual([1]);
  });

  it('gives regions that are made anew in turn with others', () => {
    const { queue } = queueOf([5000], [4000, true], [3000, true], [2000], [1000], [900], [800, true], [700, true]);
    expect(ids(queue.take(2))).toEqual([2, 3, 7]);
    expect(ids(queue.take(2))).toEqual([1, 4]);
    expect(ids(queue.take(2))).toEqual([8]);
    expect(ids(queue.take(2))).toEqual([5, 6]);
    expect(ids(queue.take(2))).toEqual([]);
  });
});
