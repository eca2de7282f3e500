import { expect, test } from 'vitest';
import { MeasuredBus } from '../../../src/guest/measured-bus';
import { RecordingBus } from '../../support/cpu/cpu-machine';

test('the time of devices is estimated from some of the accesses', () => {
  let now = 0;
  const inner = new RecordingBus();
  inner.onPortWrite = () => {
    now += 3;
  };
  const bus = new MeasuredBus(inner, () => now);
  for (let i = 0; i < 80; i++) bus.writePort(0x80, 1, i);
  expect(bus.deviceMs).toBe(240);
  expect(inner.writes.map(({ value }) => value)).toEqual(Array.from({ length: 80 }, (_, i) => i));
});
