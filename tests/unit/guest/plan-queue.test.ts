import { describe, expect, it } from 'vitest';
import { packNodes, type RegionPlan } from '../../../src/cpu/emulated/jit/region-plan';
import { PlanQueue } from '../../../src/guest/plan-queue';

const EMPTY = new Int32Array();

function queueOf(...heats: readonly [heat: number, isHot?: boolean, nodes?: number][]): {
  queue: PlanQueue;
  heat: Uint32Array;
  clock: { now: number };
} {
  const memory = new SharedArrayBuffer(4096);
  const heat = new Uint32Array(memory);
  const arriving = heats.map(([count, isHot = false, nodes = 0], i): RegionPlan => {
    heat[i + 1] = count;
    return {
      id: i + 1,
      state: 0,
      mode: 0,
      isHot,
      heatAt: 4 * (i + 1),
      nodes: packNodes(Array.from({ length: nodes }, () => ({ offset: 0, end: 0, instructions: 0, op: 0 }))),
      targets: EMPTY,
      code: new Uint8Array(),
    };
  });
  const clock = { now: 0 };
  return { queue: new PlanQueue({ take: () => arriving.shift() }, memory, () => clock.now), heat, clock };
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

  it('gives regions that are made anew when nothing else waits, those that run most first', () => {
    // the word of a hot region falls with each instruction that it runs
    const { queue, heat, clock } = queueOf([5000], [0xffff_ffff, true], [0x1000, true], [2000], [1000]);
    expect(ids(queue.take(2))).toEqual([1, 4]);
    clock.now += 100;
    heat[2] -= 100_000;
    heat[3] -= 200_000;
    expect(ids(queue.take(2))).toEqual([5]);
    expect(ids(queue.take(2))).toEqual([3, 2]);
    expect(ids(queue.take(2))).toEqual([]);
  });

  it('gives a loop that takes most of the time before all others, by itself', () => {
    const { queue, heat, clock } = queueOf([5000], [0xffff_ffff, true], [0xffff_ffff, true], [2000], [1000]);
    expect(ids(queue.take(1))).toEqual([1]);
    clock.now += 10;
    heat[3] -= 3_000_000;
    expect(ids(queue.take(2))).toEqual([3]);
    expect(ids(queue.take(2))).toEqual([4, 5]);
    expect(ids(queue.take(2))).toEqual([2]);
  });

  it('gives regions that are made anew at last, however many others come', () => {
    const { queue } = queueOf(...Array.from({ length: 60 }, (): [number] => [5000]), [7, true]);
    const turns = Array.from({ length: 30 }, () => ids(queue.take(2)));
    expect(turns[20]).toEqual([61]);
    expect(turns.filter((plans) => plans.length === 2)).toHaveLength(29);
  });

  it('gives what takes little of the time after what waits for the first time', () => {
    const { queue, heat, clock } = queueOf([5000], [0xffff_ffff, true], [2000]);
    expect(ids(queue.take(1))).toEqual([1]);
    clock.now += 10;
    heat[2] -= 500_000;
    expect(ids(queue.take(2))).toEqual([3]);
    expect(ids(queue.take(2))).toEqual([2]);
  });
});
