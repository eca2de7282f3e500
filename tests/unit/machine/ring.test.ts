import { describe, expect, test } from 'vitest';
import { createRing, RingConsumer, RingProducer } from '../../../src/machine/ring';
import { Random } from '../../support/random';

function pair(bytes = 4096): { producer: RingProducer; consumer: RingConsumer } {
  const buffer = createRing(bytes);
  return { producer: new RingProducer(buffer), consumer: new RingConsumer(buffer) };
}

describe('ring', () => {
  test('records come out whole and in order', () => {
    const { producer, consumer } = pair();
    producer.tryPush({ a: 1 }, Uint8Array.of(1, 2, 3));
    producer.tryPush(['zwei']);
    expect(consumer.pop()).toEqual({ value: { a: 1 }, bytes: Uint8Array.of(1, 2, 3) });
    expect(consumer.pop()).toEqual({ value: ['zwei'], bytes: new Uint8Array(0) });
    expect(consumer.pop()).toBeUndefined();
  });

  test('a full ring refuses and loses nothing', () => {
    const { producer, consumer } = pair();
    let pushed = 0;
    while (producer.tryPush(pushed, new Uint8Array(100).fill(pushed))) pushed++;
    expect(pushed).toBeGreaterThan(20);
    expect(consumer.pop()?.value).toBe(0);
    expect(producer.tryPush(pushed, new Uint8Array(100).fill(pushed))).toBe(true);
    for (let i = 1; i <= pushed; i++) expect(consumer.pop()).toEqual({ value: i, bytes: new Uint8Array(100).fill(i) });
  });

  test('a record larger than the ring is an error, not a hang', () => {
    expect(() => pair().producer.tryPush(0, new Uint8Array(5000))).toThrow(RangeError);
  });

  test('records wrap around the end at every offset', () => {
    const { producer, consumer } = pair();
    const random = new Random(7);
    for (let i = 0; i < 3000; i++) {
      const bytes = new Uint8Array(random.below(900)).fill(i & 0xff);
      expect(producer.tryPush(i, bytes)).toBe(true);
      expect(consumer.pop()).toEqual({ value: i, bytes });
    }
  });

  test('the bell changes with every record', () => {
    const { producer, consumer } = pair();
    const before = consumer.bell;
    producer.tryPush(1);
    expect(consumer.bell).not.toBe(before);
  });
});
