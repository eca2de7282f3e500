import { describe, expect, it } from 'vitest';
import { Rtc, rtcState } from '../../../src/devices/rtc/rtc';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const START = Date.UTC(2026, 10, 22, 7, 59, 58);

function make(startMs = START) {
  const clock = new ManualClock();
  const irq = new FakeLine();
  const rtc = new Rtc('rtc', clock, { irq });
  rtc.setTime(startMs);
  const get = (index: number): number => {
    rtc.ports.writePort(0, 1, index);
    return rtc.ports.readPort(1, 1);
  };
  const set = (index: number, value: number): void => {
    rtc.ports.writePort(0, 1, index);
    rtc.ports.writePort(1, 1, value);
  };
  const time = (): number[] => [0x32, 9, 8, 7, 4, 2, 0].map(get);
  return { clock, irq, rtc, get, set, time };
}

describeDevice({
  name: 'rtc',
  state: rtcState,
  make: () => {
    const { rtc, clock } = make();
    return { device: rtc, clock, ports: [{ handler: rtc.ports, count: 4 }] };
  },
});

describe('rtc', () => {
  it('shows the start time in BCD and counts on', () => {
    const { clock, time, get } = make();
    expect(time()).toEqual([0x20, 0x26, 0x11, 0x22, 0x07, 0x59, 0x58]);
    expect(get(6)).toBe(1); // a Sunday
    clock.advance(1.999e9);
    expect(get(0)).toBe(0x59);
    clock.advance(0.001e9);
    expect(time()).toEqual([0x20, 0x26, 0x11, 0x22, 0x08, 0x00, 0x00]);
  });

  it('starts within the second it is given', () => {
    const { clock, get } = make(START + 600);
    clock.advance(399_999_999);
    expect(get(0)).toBe(0x58);
    clock.advance(1);
    expect(get(0)).toBe(0x59);
  });

  it('rolls over year, century and leap days', () => {
    const end = make(Date.UTC(1999, 11, 31, 23, 59, 59));
    end.clock.advance(1e9);
    expect(end.time()).toEqual([0x20, 0x00, 0x01, 0x01, 0, 0, 0]);
    const leap = make(Date.UTC(2028, 1, 28, 23, 59, 59));
    leap.clock.advance(1e9);
    expect(leap.time()).toEqual([0x20, 0x28, 0x02, 0x29, 0, 0, 0]);
  });

  it('counts binary and 12 hours when told so', () => {
    const { clock, get, set } = make();
    set(0x0b, 0x82 | 0x04);
    for (const [index, value] of [
      [0, 59],
      [2, 59],
      [4, 23],
      [6, 7],
      [7, 31],
      [8, 12],
      [9, 99],
      [0x32, 20],
    ] as const)
      set(index, value);
    set(0x0b, 0x06);
    clock.advance(1e9);
    expect([get(0x32), get(9), get(8), get(7), get(6), get(4), get(2), get(0)]).toEqual([21, 0, 1, 1, 1, 0, 0, 0]);
    set(0x0b, 0x80);
    set(4, 0x91); // 11 PM in BCD
    set(2, 0x59);
    set(0, 0x59);
    for (const [index, value] of [
      [7, 0x15],
      [8, 0x06],
      [9, 0x30],
      [0x32, 0x20],
    ] as const)
      set(index, value);
    set(0x0b, 0x00);
    clock.advance(1e9);
    expect([get(7), get(4)]).toEqual([0x16, 0x12]); // 12 AM
  });

  it('holds still while SET is on', () => {
    const { clock, get, set } = make();
    set(0x0b, 0x82);
    clock.advance(10e9);
    expect(get(0)).toBe(0x58);
    expect(get(0x0a) & 0x80).toBe(0);
    set(0x0b, 0x02);
    clock.advance(1e9);
    expect(get(0)).toBe(0x59);
  });

  it('updates half a second after the divider is released', () => {
    const { clock, get, set } = make();
    set(0x0a, 0x76);
    clock.advance(5.3e9);
    expect(get(0)).toBe(0x58);
    set(0x0a, 0x26);
    clock.advance(499_999_999);
    expect(get(0)).toBe(0x58);
    clock.advance(1);
    expect(get(0)).toBe(0x59);
  });

  it('announces an update for 2.2 ms', () => {
    const { clock, get } = make();
    clock.advance(997_771_999);
    expect(get(0x0a) & 0x80).toBe(0);
    clock.advance(1);
    expect(get(0x0a) & 0x80).toBe(0x80);
    clock.advance(2_228_000);
    expect(get(0x0a) & 0x80).toBe(0);
  });

  it('interrupts after each update and drops the line when C is read', () => {
    const { clock, irq, get, set } = make();
    set(0x0b, 0x12);
    clock.advance(1e9 - 1);
    expect(irq.level).toBe(false);
    clock.advance(1);
    expect(irq.level).toBe(true);
    expect(get(0x0c)).toBe(0x90 | 0x40);
    expect(irq.level).toBe(false);
    expect(get(0x0c)).toBe(0);
    clock.advance(3e9);
    expect(irq.rises).toBe(2);
  });

  it('gives every periodic interrupt at the exact rate', () => {
    const { clock, irq, get, set } = make();
    get(0x0c);
    set(0x0a, 0x26);
    set(0x0b, 0x42);
    let count = 0;
    for (let i = 0; i < 10_240; i++) {
      clock.advance(Math.round(((i + 1) * 1e9) / 1024) - clock.nowNs());
      if (irq.level) count++;
      get(0x0c);
    }
    expect(count).toBeGreaterThanOrEqual(10_238);
    expect(irq.rises).toBe(count);
  });

  it('knows the rates of table 6', () => {
    for (const [rate, hz] of [
      [1, 256],
      [2, 128],
      [3, 8192],
      [6, 1024],
      [15, 2],
    ] as const) {
      const { clock, irq, get, set } = make();
      set(0x0a, 0x20 | rate);
      get(0x0c);
      set(0x0b, 0x42);
      clock.advance(Math.ceil(1e9 / hz) + 1);
      expect(irq.level).toBe(true);
      get(0x0c);
      clock.advance(Math.floor(1e9 / hz) - 10);
      expect(irq.level).toBe(false);
    }
  });

  it('shows PF without interrupts too', () => {
    const { clock, get } = make();
    get(0x0c);
    clock.advance(2e6);
    expect(get(0x0c)).toBe(0x40);
  });

  it('alarms at the time set, wildcards match all', () => {
    const { clock, irq, get, set } = make();
    set(1, 0x03);
    set(3, 0x00);
    set(5, 0x08);
    set(0x0b, 0x22);
    clock.advance(4.9e9);
    expect(irq.level).toBe(false);
    clock.advance(0.1e9);
    expect(irq.level).toBe(true);
    expect(get(0x0c) & 0xa0).toBe(0xa0);
    for (const index of [1, 3, 5]) set(index, 0xff);
    clock.advance(1e9);
    expect(irq.level).toBe(true);
  });

  it('finds an alarm that passed unwatched', () => {
    const { clock, get, set } = make();
    for (const [index, value] of [
      [1, 0],
      [3, 0x30],
      [5, 0x10],
    ] as const)
      set(index, value);
    clock.advance(86_400e9);
    expect(get(0x0c) & 0x20).toBe(0x20);
  });

  it('survives any bytes in the clock', () => {
    const { clock, set, get } = make();
    for (let value = 0; value < 256; value += 5) {
      for (const index of [0, 2, 4, 6, 7, 8, 9, 0x32]) set(index, value);
      clock.advance(1e9);
      expect(get(0)).toBeLessThan(0x60);
    }
  });

  it('keeps memory through a reset and hands it to the host', () => {
    const { rtc, get, set } = make();
    set(0x40, 0xab);
    rtc.ports.writePort(2, 1, 0x10);
    rtc.ports.writePort(3, 1, 0xcd);
    rtc.poke(0x15, 0x80);
    rtc.reset();
    expect(get(0x40)).toBe(0xab);
    expect(get(0x15)).toBe(0x80);
    const nvram = rtc.saveNvram();
    expect(nvram[0x90]).toBe(0xcd);
    const second = make();
    second.rtc.loadNvram(nvram);
    expect(second.get(0x40)).toBe(0xab);
    expect(second.time()).toEqual([0x20, 0x26, 0x11, 0x22, 0x07, 0x59, 0x58]);
  });
});
