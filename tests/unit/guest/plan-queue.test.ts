import { describe, expect, it } from 'vitest';
import { packNodes, type RegionPlan } from '../../../src/cpu/emulated/jit/region-plan';
import { PlanQueue } from '../../../src/guest/plan-queue';

const EMPTY = new Int32Array();

function queueOf(...heats: readonly [heat: number, isHot?: boolean, nodes?: number][]): {
  queue: PlanQueue;
  heat: Uint32Array;
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

  it('gives regions that are made anew when nothing else waits, those that run most first', () => {
    // the word of a hot region falls with each instruction that it runs
    const { queue } = queueOf([5000], [0xffff_fff0, true], [0x8000_0000, true], [2000], [1000]);
    expect(ids(queue.take(2))).toEqual([1, 4]);
    expect(ids(queue.take(2))).toEqual([5]);
    expect(ids(queue.take(2))).toEqual([3, 2]);
    expect(ids(queue.take(2))).toEqual([]);
  });

  it('gives regions that are made anew at last, however many others come', () => {
    const { queue } = queueOf(...Array.from({ length: 60 }, (): [number] => [5000]), [7, true]);
    const turns = Array.from({ length: 30 }, () => ids(queue.take(2)));
    expect(turns[20]).toEqual([61]);
    expect(turns.filter((plans) => plans.length === 2)).toHaveLength(29);
  });

  it('gives large regions that are made anew one by one', () => {
    const { queue } = queueOf([4, true, 100], [3, true, 20], [2, true, 30], [1, true, 30], [0, true, 1]);
    expect(ids(queue.take(9))).toEqual([5, 4, 3]);
    expect(ids(queue.take(9))).toEqual([2, 1]);
    expect(ids(queue.take(9))).toEqual([]);
  });
});
