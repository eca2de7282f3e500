import { describe, expect, it } from 'vitest';
import { PIT_HZ } from '../../../src/devices/pit/channel';
import { Pit, pitState } from '../../../src/devices/pit/pit';
import { TickRate } from '../../../src/machine/tick-rate';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const rate = new TickRate(PIT_HZ);

function make(startNs = 0) {
  const clock = new ManualClock(startNs);
  const irq = new FakeLine();
  const pit = new Pit('pit', clock, { irq });
  const out = (port: number, value: number): void => pit.counters.writePort(port, 1, value);
  const read = (port: number): number => pit.counters.readPort(port, 1);
  /** Moves time to the middle of tick `tick`. */
  const goto = (tick: number): void => clock.advanceTo(rate.nsOf(tick) + 100);
  const program = (channel: number, mode: number, count: number): void => {
    out(3, (channel << 6) | 0x30 | (mode << 1));
    out(channel, count & 0xff);
    out(channel, (count >> 8) & 0xff);
  };
  const latched = (channel: number): number => {
    out(3, channel << 6);
    return read(channel) | (read(channel) << 8);
  };
  const status = (channel: number): number => {
    out(3, 0xe0 | (2 << channel));
    return read(channel);
  };
  const out2 = (): boolean => (pit.portB.readPort(0, 1) & 0x20) !== 0;
  const gate2 = (on: boolean): void => pit.portB.writePort(0, 1, on ? 1 : 0);
  return { clock, irq, pit, out, read, goto, program, latched, status, out2, gate2 };
}

describeDevice({
  name: 'pit',
  state: pitState,
  make: () => {
    const { pit, clock } = make();
    return {
      device: pit,
      clock,
      ports: [
        { handler: pit.counters, count: 4 },
        { handler: pit.portB, count: 1 },
      ],
    };
  },
});

describe('tick rate', () => {
  it('is exact and its own inverse over days', () => {
    for (const tick of [0, 1, 2, 1193181, 1193182, 1193183, 86_400 * PIT_HZ + 7, 90 * 86_400 * PIT_HZ + 1]) {
      const ns = rate.nsOf(tick);
      expect(rate.ticksAt(ns)).toBe(tick);
      if (tick > 0) expect(rate.ticksAt(ns - 1)).toBe(tick - 1);
    }
  });
});

describe('pit', () => {
  it('gives 100 interrupts a second without drift over an hour of guest time', () => {
    const { clock, irq, program } = make();
    program(0, 2, 11932);
    clock.advance(3600e9);
    // The first rising edge of OUT is the control word's own.
    expect(irq.rises - 1).toBe(Math.floor((3600 * PIT_HZ - 1) / 11932));
  });

  it('makes the edges of mode 2 at multiples of the count', () => {
    const { irq, program, goto } = make();
    program(0, 2, 1000);
    const before = irq.rises;
    goto(1000);
    expect(irq.rises).toBe(before);
    goto(1001);
    expect(irq.rises).toBe(before + 1);
    goto(2000);
    expect(irq.rises).toBe(before + 1);
    goto(2001);
    expect(irq.rises).toBe(before + 2);
  });

  it('loses no tick when callbacks come late', () => {
    const { clock, irq, program } = make();
    program(0, 2, 1000);
    const before = irq.rises;
    clock.skip(rate.nsOf(5001));
    for (let i = 1; i <= 5; i++) {
      clock.fireDue();
      expect(irq.rises).toBe(before + i);
    }
    clock.fireDue();
    expect(irq.rises).toBe(before + 5);
  });

  it('counts down in mode 2 and reloads', () => {
    const { program, goto, latched } = make();
    program(0, 2, 1000);
    goto(1);
    expect(latched(0)).toBe(1000);
    goto(2);
    expect(latched(0)).toBe(999);
    goto(1000);
    expect(latched(0)).toBe(1);
    goto(1001);
    expect(latched(0)).toBe(1000);
  });

  it('takes a new count of mode 2 at the end of the period', () => {
    const { program, goto, latched, out, irq, status } = make();
    program(0, 2, 1000);
    goto(501);
    out(0, 100);
    out(0, 0);
    expect(latched(0)).toBe(500);
    expect(status(0) & 0x40).toBe(0x40);
    const before = irq.rises;
    goto(1001);
    expect(irq.rises).toBe(before + 1);
    expect(status(0) & 0x40).toBe(0);
    expect(latched(0)).toBe(100);
    goto(1101);
    expect(irq.rises).toBe(before + 2);
  });

  it('raises OUT at the terminal count of mode 0 and goes on counting', () => {
    const { irq, program, goto, latched } = make();
    program(0, 0, 100);
    expect(irq.level).toBe(false);
    goto(100);
    expect(irq.level).toBe(false);
    goto(101);
    expect(irq.level).toBe(true);
    expect(latched(0)).toBe(0);
    goto(102);
    expect(latched(0)).toBe(0xffff);
  });

  it('stops mode 0 with the first byte of a new count', () => {
    const { irq, program, goto, out } = make();
    program(0, 0, 100);
    goto(101);
    out(0, 50);
    expect(irq.level).toBe(false);
    goto(1000);
    expect(irq.level).toBe(false);
    out(0, 0);
    goto(1051);
    expect(irq.level).toBe(true);
  });

  it('makes a square wave in mode 3, odd counts longer high', () => {
    for (const [count, high] of [
      [1000, 500],
      [1001, 501],
    ] as const) {
      const { irq, program, goto } = make();
      program(0, 3, count);
      expect(irq.level).toBe(true);
      goto(high);
      expect(irq.level).toBe(true);
      goto(high + 1);
      expect(irq.level).toBe(false);
      goto(count);
      expect(irq.level).toBe(false);
      goto(count + 1);
      expect(irq.level).toBe(true);
    }
  });

  it('counts by two in mode 3', () => {
    const even = make();
    even.program(0, 3, 1000);
    even.goto(11);
    expect(even.latched(0)).toBe(980);
    even.goto(501);
    expect(even.latched(0)).toBe(1000);
    const odd = make();
    odd.program(0, 3, 1001);
    odd.goto(1);
    expect(odd.latched(0)).toBe(1000);
    odd.goto(2);
    expect(odd.latched(0)).toBe(998);
    odd.goto(502);
    expect(odd.latched(0)).toBe(1000);
  });

  it('takes a new count of mode 3 at the half', () => {
    const { irq, program, goto, out } = make();
    program(0, 3, 1000);
    goto(100);
    out(0, 200);
    out(0, 0);
    goto(500);
    expect(irq.level).toBe(true);
    goto(501);
    expect(irq.level).toBe(false);
    goto(600);
    expect(irq.level).toBe(false);
    goto(601);
    expect(irq.level).toBe(true);
    goto(701);
    expect(irq.level).toBe(false);
  });

  it('strobes once in mode 4', () => {
    const { irq, program, goto } = make();
    program(0, 4, 100);
    expect(irq.level).toBe(true);
    goto(101);
    expect(irq.level).toBe(false);
    goto(102);
    expect(irq.level).toBe(true);
    goto(70_000);
    expect(irq.falls).toBe(1);
  });

  it('is triggered by the gate in modes 1 and 5', () => {
    for (const mode of [1, 5]) {
      const { program, goto, gate2, out2 } = make();
      program(2, mode, 100);
      goto(500);
      expect(out2()).toBe(true);
      gate2(true);
      goto(501 + 50);
      expect(out2()).toBe(mode === 5);
      goto(501 + 100);
      expect(out2()).toBe(mode === 1);
      goto(501 + 101);
      expect(out2()).toBe(true);
    }
  });

  it('retriggers mode 1 with the newest count', () => {
    const { program, goto, gate2, out2, out } = make();
    program(2, 1, 100);
    gate2(true);
    goto(51);
    out(2, 200);
    out(2, 0);
    gate2(false);
    gate2(true);
    goto(52 + 199);
    expect(out2()).toBe(false);
    goto(52 + 200);
    expect(out2()).toBe(true);
  });

  it('stands still in mode 0 while the gate is low', () => {
    const { program, goto, gate2, out2, latched } = make();
    gate2(true);
    program(2, 0, 100);
    goto(41);
    gate2(false);
    goto(1000);
    expect(latched(2)).toBe(60);
    gate2(true);
    goto(1059);
    expect(out2()).toBe(false);
    goto(1060);
    expect(out2()).toBe(true);
  });

  it('restarts modes 2 and 3 with the gate', () => {
    const { program, goto, gate2, out2, latched } = make();
    gate2(true);
    program(2, 3, 1000);
    goto(701);
    expect(out2()).toBe(false);
    gate2(false);
    expect(out2()).toBe(true);
    goto(5000);
    gate2(true);
    goto(5001);
    expect(latched(2)).toBe(1000);
    goto(5500);
    expect(out2()).toBe(true);
    goto(5501);
    expect(out2()).toBe(false);
  });

  it('counts in BCD', () => {
    const { out, read, goto } = make();
    out(3, 0x35);
    out(0, 0x00);
    out(0, 0x10);
    goto(2);
    out(3, 0x00);
    expect(read(0)).toBe(0x99);
    expect(read(0)).toBe(0x09);
  });

  it('takes 0 for 65536, and 10000 in BCD', () => {
    const { irq, program, goto, out } = make();
    program(0, 0, 0);
    goto(65536);
    expect(irq.level).toBe(false);
    goto(65537);
    expect(irq.level).toBe(true);
    out(3, 0x31);
    out(0, 0);
    out(0, 0);
    goto(75537);
    expect(irq.level).toBe(false);
    goto(75538);
    expect(irq.level).toBe(true);
  });

  it('keeps a latched count until it is read', () => {
    const { program, goto, out, read } = make();
    program(0, 2, 1000);
    goto(101);
    out(3, 0x00);
    goto(301);
    out(3, 0x00);
    expect(read(0) | (read(0) << 8)).toBe(900);
    expect(read(0) | (read(0) << 8)).toBe(700);
  });

  it('reads back status first, then the count', () => {
    const { program, goto, out, read } = make();
    program(0, 2, 1000);
    goto(101);
    out(3, 0xc2);
    expect(read(0)).toBe(0x80 | 0x34);
    expect(read(0) | (read(0) << 8)).toBe(900);
  });

  it('reads and writes single bytes as the access bits say', () => {
    const { out, read, goto, latched } = make();
    out(3, 0x24); // counter 0, high byte, mode 2
    out(0, 0x10);
    goto(2);
    expect(read(0)).toBe(0x0f);
    out(3, 0x14); // low byte
    out(0, 0x10);
    goto(4);
    expect(read(0)).toBe(0x0f);
    expect(latched(0) & 0xff).toBe(0x0f);
  });

  it('toggles the refresh bit and stores the low bits of port B', () => {
    const { clock, pit } = make();
    const first = pit.portB.readPort(0, 1) & 0x10;
    clock.advance(15_100);
    expect(pit.portB.readPort(0, 1) & 0x10).not.toBe(first);
    pit.portB.writePort(0, 1, 0xff);
    expect(pit.portB.readPort(0, 1) & 0xcf).toBe(0x0f);
  });

  it('goes on where it was after a restore', () => {
    const first = make();
    first.program(0, 2, 1000);
    first.goto(701);
    const second = make(first.clock.nowNs());
    second.pit.restore(structuredClone(first.pit.save()));
    const before = second.irq.rises;
    second.goto(1000);
    expect(second.irq.rises).toBe(before);
    second.goto(1001);
    expect(second.irq.rises).toBe(before + 1);
    expect(second.latched(0)).toBe(1000);
  });
});
