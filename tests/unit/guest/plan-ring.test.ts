import { describe, expect, it } from 'vitest';
import type { RegionPlan } from '../../../src/cpu/emulated/jit/region-plan';
import { createPlanRing, PlanConsumer, PlanProducer } from '../../../src/guest/plan-ring';

function plan(id: number, codeBytes: number): RegionPlan {
  return {
    id,
    state: 0x9000_0040,
    mode: 0x2a,
    isHot: id % 2 === 1,
    heatAt: 0x8000_0010,
    nodes: Int32Array.of(0, codeBytes, 3, -64, codeBytes, 1),
    targets: Int32Array.of(1, -64),
    code: Uint8Array.from({ length: codeBytes }, (_, i) => (i * 7 + id) & 0xff),
  };
}

describe('the ring of plans', () => {
  it('gives plans as they were put in, in order', () => {
    const ring = createPlanRing();
    const producer = new PlanProducer(ring);
    const consumer = new PlanConsumer(ring);
    expect(consumer.take()).toBeUndefined();
    for (const bytes of [0, 1, 4, 15]) expect(producer.tryPush(plan(bytes, bytes))).toBe(true);
    for (const bytes of [0, 1, 4, 15]) expect(consumer.take()).toEqual(plan(bytes, bytes));
    expect(consumer.take()).toBeUndefined();
  });

  it('says that there is no room, and has room again when plans were taken, over its end too', () => {
    const ring = createPlanRing();
    const producer = new PlanProducer(ring);
    const consumer = new PlanConsumer(ring);
    const bytes = 1_000_003;
    let pushed = 0;
    while (producer.tryPush(plan(pushed, bytes))) pushed++;
    expect(pushed).toBe(8);
    for (let taken = 0; taken < 12; taken++) {
      const found = consumer.take();
      expect(found?.id).toBe(taken);
      expect(Buffer.compare(found?.code ?? Buffer.of(), plan(taken, bytes).code)).toBe(0);
      expect(producer.tryPush(plan(pushed++, bytes))).toBe(true);
      expect(producer.tryPush(plan(pushed, bytes))).toBe(false);
    }
  });

  it('rings with each plan', () => {
    const ring = createPlanRing();
    const consumer = new PlanConsumer(ring);
    const { bell } = consumer;
    consumer.wait(bell, 1);
    new PlanProducer(ring).tryPush(plan(1, 8));
    expect(consumer.bell).not.toBe(bell);
    consumer.wait(bell, 60_000);
    expect(consumer.take()?.id).toBe(1);
  });
});
