import { describe, expect, it } from 'vitest';
import { HPET_ID, Hpet, hpetState } from '../../../src/devices/hpet/hpet';
import { Pic } from '../../../src/devices/pic/pic';
import { SharedLine, SwitchedLine } from '../../../src/machine/interrupt-line';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const CONFIG = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const T0 = 0x100;
const T2 = 0x140;
const COMPARE = 8;

function make(startNs = 0) {
  const clock = new ManualClock(startNs);
  const pins = new Map<number, FakeLine>();
  const legacy = [new FakeLine(), new FakeLine()] as const;
  const switches: boolean[] = [];
  const pin = (input: number): FakeLine => {
    const line = pins.get(input) ?? new FakeLine();
    pins.set(input, line);
    return line;
  };
  const hpet = new Hpet('hpet', clock, { pin, legacy, legacyChanged: (isOn) => switches.push(isOn) });
  const get = (offset: number): number => hpet.readMmio(offset, 4);
  const set = (offset: number, value: number): void => hpet.writeMmio(offset, 4, value);
  return { clock, hpet, pin, legacy, switches, get, set };
}

describeDevice({
  name: 'hpet',
  state: hpetState,
  make: () => {
    const { hpet, clock } = make();
    return { device: hpet, clock, mmio: [{ handler: hpet, size: 0x400 }] };
  },
});

describe('HPET', () => {
  it('says what it is and counts at 100 MHz while enabled', () => {
    const { clock, get, set } = make(12_345);
    expect([get(0), get(4)]).toEqual([HPET_ID, 10_000_000]);
    expect(HPET_ID).toBe(0x8086a201);
    clock.advance(1000);
    expect(get(COUNTER)).toBe(0);
    set(COUNTER, 500);
    set(CONFIG, 1);
    clock.advance(1000);
    expect(get(COUNTER)).toBe(600);
    set(COUNTER, 0);
    expect(get(COUNTER)).toBe(600);
    set(CONFIG, 0);
    clock.advance(1000);
    expect(get(COUNTER)).toBe(600);
  });

  it('carries into the high half', () => {
    const { clock, get, set } = make();
    set(COUNTER, 0xffffffff);
    set(COUNTER + 4, 7);
    set(CONFIG, 1);
    clock.advance(20);
    expect([get(COUNTER), get(COUNTER + 4)]).toEqual([1, 8]);
  });

  it('gives one edge when the counter meets the comparator, 32-bit timers with its low half', () => {
    const { clock, pin, set } = make();
    set(COUNTER + 4, 3);
    set(CONFIG, 1);
    set(T2, 0x104 | (16 << 9));
    set(T2 + COMPARE, 1000);
    clock.advance(9_990);
    expect(pin(16).rises).toBe(0);
    clock.advance(10);
    expect(pin(16).rises).toBe(1);
    clock.advance(1e9);
    expect(pin(16).rises).toBe(1);
  });

  it('ticks periodically for ever, from the comparator that VAL_SET sets, without losing one', () => {
    const { clock, legacy, get, set } = make();
    set(CONFIG, 3);
    // as Linux does it: 32 bits, value, then period
    set(T0, 0x14c);
    set(T0 + COMPARE, 5_000);
    set(T0 + COMPARE, 400_000);
    expect(get(T0) & 0x40).toBe(0);
    clock.advance(50_000);
    expect(legacy[0].rises).toBe(1);
    clock.advance(4_000_000);
    expect(legacy[0].rises).toBe(2);
    // three periods pass within one long instruction
    clock.skip(12_000_000);
    clock.advance(0);
    expect(legacy[0].rises).toBe(5);
    clock.advance(400e9);
    expect(legacy[0].rises).toBe(100_005);
  });

  it('takes a 64-bit write that sets a periodic comparator in two halves', () => {
    const { clock, pin, set, get } = make();
    set(COUNTER + 4, 9);
    set(CONFIG, 1);
    set(T2, 0x4c | (20 << 9));
    set(T2 + COMPARE, 100);
    set(T2 + COMPARE + 4, 9);
    set(T2 + COMPARE, 50);
    set(T2 + COMPARE + 4, 0);
    expect([get(T2 + COMPARE), get(T2 + COMPARE + 4)]).toEqual([100, 9]);
    clock.advance(1000);
    expect(pin(20).rises).toBe(1);
    clock.advance(500);
    expect(pin(20).rises).toBe(2);
  });

  it('holds a level-triggered line until its status bit is cleared', () => {
    const { clock, pin, set, get } = make();
    set(CONFIG, 1);
    set(T2, 0x106 | (18 << 9));
    set(T2 + COMPARE, 10);
    clock.advance(100);
    expect([pin(18).level, get(STATUS)]).toEqual([true, 4]);
    set(STATUS, 4);
    expect([pin(18).level, get(STATUS)]).toEqual([false, 0]);
  });

  it('leaves inputs alone that it has no wire to', () => {
    const { clock, pin, set } = make();
    set(CONFIG, 1);
    set(T2, 0x104 | (5 << 9));
    set(T2 + COMPARE, 10);
    clock.advance(100);
    expect(pin(5).rises).toBe(0);
  });

  it('survives a period of one tick', () => {
    const { clock, legacy, set } = make();
    set(CONFIG, 3);
    set(T0, 0x14c);
    set(T0 + COMPARE, 1);
    set(T0 + COMPARE, 1);
    for (let i = 0; i < 100; i++) {
      clock.skip(100_000);
      clock.fireDue();
    }
    expect(legacy[0].rises).toBeLessThanOrEqual(200);
    expect(legacy[0].rises).toBeGreaterThan(90);
  });

  it('takes the place of the PIT on IRQ 0 of the PIC', () => {
    const { clock, switches } = make();
    const intr = new FakeLine();
    const pic = new Pic('pic', { intr });
    for (const [offset, value] of [
      [0, 0x11],
      [1, 8],
      [1, 4],
      [1, 1],
    ] as const)
      pic.master.writePort(offset, 1, value);
    const irq0 = new SharedLine(pic.line(0));
    const pit = new SwitchedLine(irq0.driver());
    const hpet = new Hpet('hpet', clock, {
      pin: () => new FakeLine(),
      legacy: [irq0.driver(), new FakeLine()],
      legacyChanged: (isOn) => pit.switch(!isOn),
    });
    hpet.writeMmio(CONFIG, 4, 3);
    pit.set(true);
    expect(intr.level).toBe(false);
    hpet.writeMmio(T0, 4, 0x104);
    hpet.writeMmio(T0 + COMPARE, 4, 1000);
    clock.advance(10_000);
    // the request stays until it is acknowledged, a save and a restore in between
    const state = structuredClone(hpet.save());
    hpet.restore(state);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(8);
    hpet.writeMmio(CONFIG, 4, 1);
    expect(switches).toEqual([]);
  });
});
