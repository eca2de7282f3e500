import { describe, expect, it } from 'vitest';
import { ApicBus } from '../../../src/devices/lapic/apic-bus';
import { Lapic, lapicState } from '../../../src/devices/lapic/lapic';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const ID = 0x20;
const TPR = 0x80;
const PPR = 0xa0;
const EOI = 0xb0;
const LDR = 0xd0;
const DFR = 0xe0;
const SVR = 0xf0;
const ESR = 0x280;
const ICR_LOW = 0x300;
const ICR_HIGH = 0x310;
const TIMER = 0x320;
const PERFORMANCE = 0x340;
const LINT0 = 0x350;
const LINT1 = 0x360;
const ERROR = 0x370;
const INITIAL = 0x380;
const CURRENT = 0x390;
const DIVIDE = 0x3e0;

function make(apicId = 0, bus?: ApicBus, clock = new ManualClock()) {
  const eois: number[] = [];
  const theBus = bus ?? new ApicBus((vector) => eois.push(vector));
  const intr = new FakeLine();
  const events: string[] = [];
  const maps: (number | undefined)[] = [];
  const lapic = new Lapic(`lapic${apicId}`, apicId, clock, {
    intr,
    nmi: () => events.push('nmi'),
    smi: () => events.push('smi'),
    init: () => events.push('init'),
    startup: (vector) => events.push(`startup ${vector}`),
    bus: theBus,
    mapped: (base) => maps.push(base),
    tscToNs: (tsc) => Number(tsc) - 1000,
  });
  theBus.add(lapic);
  lapic.reset();
  const get = (register: number): number => lapic.readMmio(register, 4);
  const set = (register: number, value: number): void => lapic.writeMmio(register, 4, value);
  const fixed = (vector: number, isLevel = false): void =>
    lapic.deliver({ deliveryMode: 0, vector, destination: 0, isLogical: false, isLevel });
  return { clock, lapic, intr, events, maps, bus: theBus, eois, get, set, fixed };
}

function on(apicId = 0, bus?: ApicBus) {
  const made = make(apicId, bus);
  made.set(SVR, 0x1ff);
  made.events.length = 0;
  return made;
}

describe('a performance counter that is full', () => {
  it('interrupts by its LVT entry, which then masks itself', () => {
    const { lapic, events, set, get } = on();
    lapic.performanceOverflow();
    expect(events).toEqual([]);
    set(PERFORMANCE, 0x400);
    lapic.performanceOverflow();
    lapic.performanceOverflow();
    expect(events).toEqual(['nmi']);
    expect(get(PERFORMANCE)).toBe(0x10400);
    set(PERFORMANCE, 0x51);
    lapic.performanceOverflow();
    expect(lapic.acknowledge()).toBe(0x51);
  });
});

describeDevice({
  name: 'lapic',
  state: lapicState,
  make: () => {
    const { lapic, clock } = make();
    return { device: lapic, clock, mmio: [{ handler: lapic, size: 4096 }] };
  },
  disturb: ({ device }) => {
    const lapic = device as Lapic;
    lapic.writeMmio(SVR, 4, 0x1ff);
    lapic.writeMmio(TIMER, 4, 0x20040);
    lapic.writeMmio(DIVIDE, 4, 3);
    lapic.writeMmio(INITIAL, 4, 12345);
    lapic.deliver({ deliveryMode: 0, vector: 0x51, destination: 0, isLogical: false, isLevel: true });
    lapic.deliver({ deliveryMode: 0, vector: 0x31, destination: 0, isLogical: false, isLevel: false });
    lapic.acknowledge();
    lapic.lint0.set(true);
  },
});

describe('lapic', () => {
  it('has its power-on registers', () => {
    const { get, maps } = make(3);
    expect(maps).toEqual([0xfee00000]);
    expect(get(ID)).toBe(0x03000000);
    expect(get(0x30)).toBe(0x00050014);
    expect(get(SVR)).toBe(0xff);
    expect(get(DFR)).toBe(0xffffffff);
    for (let lvt = TIMER; lvt <= ERROR; lvt += 0x10) expect(get(lvt)).toBe(0x10000);
    expect(make().lapic.readMsr(0x1b)).toBe(0xfee00900n);
    expect(make(1).lapic.readMsr(0x1b)).toBe(0xfee00800n);
  });

  it('serves the highest vector and nests by priority class', () => {
    const { lapic, intr, get, set, fixed } = on();
    fixed(0x41);
    fixed(0x51);
    expect(intr.level).toBe(true);
    expect(lapic.acknowledge()).toBe(0x51);
    expect(get(PPR)).toBe(0x50);
    expect(intr.level).toBe(false);
    fixed(0x5f); // same class: waits
    expect(intr.level).toBe(false);
    fixed(0x60);
    expect(intr.level).toBe(true);
    expect(lapic.acknowledge()).toBe(0x60);
    set(EOI, 0);
    expect(intr.level).toBe(false);
    set(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x5f);
    set(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x41);
    expect(lapic.acknowledge()).toBeUndefined();
  });

  it('holds back what the task priority covers, by TPR and CR8', () => {
    const { lapic, intr, get, set, fixed } = on();
    set(TPR, 0x50);
    fixed(0x51);
    expect(intr.level).toBe(false);
    expect(lapic.readTaskPriority()).toBe(5);
    lapic.writeTaskPriority(4);
    expect(get(TPR)).toBe(0x40);
    expect(intr.level).toBe(true);
  });

  it('shows requests and service in IRR, ISR and TMR', () => {
    const { lapic, get, fixed } = on();
    fixed(0x31, true);
    expect(get(0x210)).toBe(1 << 17);
    expect(get(0x190)).toBe(1 << 17);
    lapic.acknowledge();
    expect(get(0x210)).toBe(0);
    expect(get(0x110)).toBe(1 << 17);
  });

  it('broadcasts the end of level-triggered vectors only', () => {
    const { lapic, eois, set, fixed } = on();
    fixed(0x31, true);
    lapic.acknowledge();
    set(EOI, 0);
    fixed(0x32);
    lapic.acknowledge();
    set(EOI, 0);
    set(EOI, 0);
    expect(eois).toEqual([0x31]);
  });

  it('takes nothing but NMI, INIT and start-up while software-disabled', () => {
    const { lapic, events, fixed, intr, get } = make();
    fixed(0x31);
    expect(intr.level).toBe(false);
    for (const deliveryMode of [4, 5, 6])
      lapic.deliver({ deliveryMode, vector: 0x9a, destination: 0, isLogical: false, isLevel: false });
    expect(events).toEqual(['nmi', 'init', 'startup 154']);
    expect(get(0x210)).toBe(0);
  });

  it('passes the PIC through LINT0 as ExtINT', () => {
    const { lapic, intr, set } = on();
    lapic.lint0.set(true);
    expect(intr.level).toBe(true);
    expect(lapic.acknowledge()).toBe('pic');
    set(LINT0, 0x10700);
    expect(intr.level).toBe(false);
    expect(lapic.acknowledge()).toBeUndefined();
    set(LINT0, 0x700);
    expect(intr.level).toBe(true);
    set(SVR, 0xff);
    expect(intr.level).toBe(false);
  });

  it('passes INTR and NMI when globally disabled', () => {
    const { lapic, intr, events, maps, get } = on();
    expect(lapic.writeMsr(0x1b, 0xfee00100n)).toBe(true);
    expect(maps.at(-1)).toBeUndefined();
    lapic.lint0.set(true);
    expect(intr.level).toBe(true);
    expect(lapic.acknowledge()).toBe('pic');
    lapic.lint1.set(true);
    expect(events).toEqual(['nmi']);
    lapic.writeMsr(0x1b, 0xfee00900n);
    expect(get(SVR)).toBe(0xff);
  });

  it('makes an NMI of LINT1', () => {
    const { lapic, events, set } = on();
    set(LINT1, 0x400);
    lapic.lint1.set(true);
    lapic.lint1.set(true);
    expect(events).toEqual(['nmi']);
  });

  it('delivers a level-triggered LINT again after EOI while it is high', () => {
    const { lapic, intr, set } = on();
    set(LINT0, 0x8045);
    lapic.lint0.set(true);
    expect(lapic.acknowledge()).toBe(0x45);
    lapic.lint0.set(true);
    expect(intr.level).toBe(false);
    set(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x45);
    lapic.lint0.set(false);
    set(EOI, 0);
    expect(intr.level).toBe(false);
  });

  it('moves its page and checks the base register', () => {
    const { lapic, maps } = on();
    expect(lapic.writeMsr(0x1b, 0xf00000900n)).toBe(true);
    expect(maps.at(-1)).toBe(0xf00000000);
    expect(lapic.writeMsr(0x1b, 1n << 40n)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee00901n)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee00500n)).toBe(false);
  });

  it('keeps errors until ESR is written, and interrupts', () => {
    const { lapic, get, set, fixed } = on();
    set(ERROR, 0x60);
    fixed(5);
    expect(get(ESR)).toBe(0);
    expect(lapic.acknowledge()).toBe(0x60);
    set(EOI, 0);
    set(ESR, 0);
    expect(get(ESR)).toBe(0x40);
    set(ICR_LOW, 0x44003);
    set(ESR, 0);
    expect(get(ESR)).toBe(0x20);
    get(0x3b0);
    set(ESR, 0);
    expect(get(ESR)).toBe(0x80);
    set(ESR, 0);
    expect(get(ESR)).toBe(0);
  });

  it('survives an illegal error vector', () => {
    const { set, get, fixed } = on();
    set(ERROR, 0x01);
    fixed(5);
    set(ESR, 0);
    expect(get(ESR)).toBe(0x40);
  });

  it('ignores partial writes and shows only the first four bytes', () => {
    const { lapic, get } = on();
    lapic.writeMmio(TPR, 1, 0x20);
    lapic.writeMmio(TPR + 4, 4, 0x20);
    expect(get(TPR)).toBe(0);
    expect(lapic.readMmio(SVR, 1)).toBe(0xff);
    expect(lapic.readMmio(SVR + 1, 1)).toBe(0x01);
    expect(lapic.readMmio(SVR + 4, 4)).toBe(0);
  });

  it('keeps its base through INIT', () => {
    const { lapic, get, set } = on();
    lapic.writeMsr(0x1b, 0xfed00900n);
    set(TPR, 0x20);
    lapic.deliver({ deliveryMode: 5, vector: 0, destination: 0, isLogical: false, isLevel: false });
    expect(get(TPR)).toBe(0);
    expect(get(SVR)).toBe(0xff);
    expect(lapic.readMsr(0x1b)).toBe(0xfed00900n);
  });
});

describe('lapic messages', () => {
  function four() {
    const bus = new ApicBus(() => {});
    return { bus, apics: [0, 1, 2, 3].map((id) => on(id, bus)) };
  }
  const pending = (apics: ReturnType<typeof four>['apics']): (number | 'pic' | undefined)[] =>
    apics.map(({ lapic }) => lapic.acknowledge());

  it('sends by physical id, to all, others and itself', () => {
    const { apics } = four();
    apics[0]!.set(ICR_HIGH, 2 << 24);
    apics[0]!.set(ICR_LOW, 0x4031);
    expect(pending(apics)).toEqual([undefined, undefined, 0x31, undefined]);
    apics[0]!.set(ICR_LOW, 0xc4042);
    expect(pending(apics)).toEqual([undefined, 0x42, 0x42, 0x42]);
    apics[1]!.set(ICR_LOW, 0x84053);
    expect(pending(apics)).toEqual([0x53, 0x53, 0x53, 0x53]);
    apics[3]!.set(ICR_LOW, 0x44064);
    expect(pending(apics)).toEqual([undefined, undefined, undefined, 0x64]);
    apics[0]!.set(ICR_HIGH, 0xff000000);
    apics[0]!.set(ICR_LOW, 0x4075);
    expect(pending(apics)).toEqual([0x75, 0x75, 0x75, 0x75]);
  });

  it('sends by logical id, flat and in clusters', () => {
    const { apics } = four();
    apics.forEach(({ set }, i) => set(LDR, (1 << i) << 24));
    apics[0]!.set(ICR_HIGH, 0x06000000);
    apics[0]!.set(ICR_LOW, 0x4831);
    expect(pending(apics)).toEqual([undefined, 0x31, 0x31, undefined]);
    apics.forEach(({ set }, i) => {
      set(DFR, 0x0fffffff);
      set(LDR, (((i >> 1) << 4) | (1 << (i & 1))) << 24);
    });
    apics[0]!.set(ICR_HIGH, 0x13000000);
    apics[0]!.set(ICR_LOW, 0x4842);
    expect(pending(apics)).toEqual([undefined, undefined, 0x42, 0x42]);
  });

  it('gives lowest priority to one, the least busy', () => {
    const { bus, apics } = four();
    apics.forEach(({ set }, i) => set(TPR, i === 2 ? 0 : 0x20));
    bus.send({ deliveryMode: 1, vector: 0x31, destination: 0xff, isLogical: false, isLevel: false });
    expect(pending(apics)).toEqual([undefined, undefined, 0x31, undefined]);
  });

  it('starts other processors', () => {
    const { apics } = four();
    apics[0]!.set(ICR_LOW, 0xc4500);
    apics[0]!.set(ICR_LOW, 0xc8500); // de-assert: nothing
    apics[0]!.set(ICR_LOW, 0xc4608);
    expect(apics.map(({ events }) => events.join())).toEqual(['', ...new Array<string>(3).fill('init,startup 8')]);
  });
});

describe('lapic timer', () => {
  it('counts down once, divided', () => {
    const { clock, lapic, get, set } = on();
    set(TIMER, 0x40);
    set(DIVIDE, 0x3); // by 16
    set(INITIAL, 1000);
    clock.advance(1600);
    expect(get(CURRENT)).toBe(900);
    clock.advance(14_399);
    expect(lapic.acknowledge()).toBeUndefined();
    clock.advance(1);
    expect(get(CURRENT)).toBe(0);
    expect(lapic.acknowledge()).toBe(0x40);
    clock.advance(1e6);
    set(EOI, 0);
    expect(lapic.acknowledge()).toBeUndefined();
  });

  it('knows the eight divisors', () => {
    for (const [code, divisor] of [
      [0, 2],
      [1, 4],
      [2, 8],
      [3, 16],
      [8, 32],
      [9, 64],
      [10, 128],
      [11, 1],
    ] as const) {
      const { clock, get, set } = on();
      set(DIVIDE, code);
      set(INITIAL, 1000);
      clock.advance(100 * divisor);
      expect(get(CURRENT)).toBe(900);
    }
  });

  it('repeats without drift', () => {
    const { clock, lapic, get, set } = on();
    set(TIMER, 0x20040);
    set(DIVIDE, 11);
    set(INITIAL, 1_000_003);
    for (let i = 1; i <= 100; i++) {
      clock.advance(1_000_002);
      expect(lapic.acknowledge()).toBeUndefined();
      clock.advance(1);
      expect(lapic.acknowledge()).toBe(0x40);
      set(EOI, 0);
      expect(get(CURRENT)).toBe(1_000_003);
    }
  });

  it('delivers late ticks one by one', () => {
    const { clock, lapic, set } = on();
    set(TIMER, 0x20040);
    set(DIVIDE, 11);
    set(INITIAL, 1_000_000);
    clock.skip(3_000_000);
    let ticks = 0;
    for (let i = 0; i < 5; i++) {
      clock.fireDue();
      if (lapic.acknowledge() === 0x40) ticks++;
      set(EOI, 0);
    }
    expect(ticks).toBe(3);
  });

  it('does not fall behind with a tiny period', () => {
    const { clock, lapic, set } = on();
    set(TIMER, 0x20040);
    set(DIVIDE, 11);
    set(INITIAL, 1);
    clock.skip(1e9);
    clock.fireDue();
    expect(lapic.acknowledge()).toBe(0x40);
    expect(clock.earliestNs).toBe(1e9 + 1);
  });

  it('costs nothing while masked and still counts', () => {
    const { clock, get, set, lapic } = on();
    set(TIMER, 0x30040);
    set(DIVIDE, 11);
    set(INITIAL, 1000);
    expect(clock.earliestNs).toBeUndefined();
    clock.advance(2500);
    expect(get(CURRENT)).toBe(500);
    set(TIMER, 0x20040);
    clock.advance(499);
    expect(lapic.acknowledge()).toBeUndefined();
    clock.advance(1);
    expect(lapic.acknowledge()).toBe(0x40);
  });

  it('fires at a TSC deadline and reads 0 then', () => {
    const { clock, lapic, set, get } = on();
    expect(lapic.writeMsr(0x6e0, 5000n)).toBe(true);
    expect(lapic.readMsr(0x6e0)).toBe(0n); // not in that mode
    set(TIMER, 0x40040);
    lapic.writeMsr(0x6e0, 5000n);
    expect(lapic.readMsr(0x6e0)).toBe(5000n);
    set(INITIAL, 77);
    expect(get(INITIAL)).toBe(0);
    clock.advance(3999);
    expect(lapic.acknowledge()).toBeUndefined();
    clock.advance(1);
    expect(lapic.acknowledge()).toBe(0x40);
    expect(lapic.readMsr(0x6e0)).toBe(0n);
    set(EOI, 0);
    lapic.writeMsr(0x6e0, 1n); // in the past
    clock.fireDue();
    expect(lapic.acknowledge()).toBe(0x40);
    lapic.writeMsr(0x6e0, (1n << 64n) - 1n);
    expect(clock.earliestNs).toBeUndefined();
    set(TIMER, 0x40);
    expect(lapic.readMsr(0x6e0)).toBe(0n);
  });

  it('goes on after a restore', () => {
    const first = on();
    first.set(TIMER, 0x20040);
    first.set(DIVIDE, 11);
    first.set(INITIAL, 1000);
    first.clock.advance(700);
    const second = make(0, undefined, new ManualClock(700));
    second.lapic.restore(structuredClone(first.lapic.save()));
    expect(second.get(CURRENT)).toBe(300);
    second.clock.advance(300);
    expect(second.lapic.acknowledge()).toBe(0x40);
  });
});

describe('x2APIC', () => {
  function x2(apicId = 0, bus?: ApicBus) {
    const made = on(apicId, bus);
    expect(made.lapic.writeMsr(0x1b, 0xfee00d00n)).toBe(true);
    return made;
  }

  it('is entered and left by the legal steps only', () => {
    const { lapic, maps } = x2();
    expect(maps.at(-1)).toBeUndefined();
    expect(lapic.writeMsr(0x1b, 0xfee00900n)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee00100n)).toBe(true);
    expect(lapic.writeMsr(0x1b, 0xfee00d00n)).toBe(false);
    expect(lapic.writeMsr(0x1b, 0xfee00900n)).toBe(true);
    expect(maps.at(-1)).toBe(0xfee00000);
  });

  it('has its registers in MSRs, with faults for the rest', () => {
    const { lapic } = x2(0x12);
    expect(lapic.readMsr(0x802)).toBe(0x12n);
    expect(lapic.readMsr(0x80d)).toBe((1n << 16n) | (1n << 2n));
    expect(lapic.writeMsr(0x808, 0x30n)).toBe(true);
    expect(lapic.readMsr(0x80a)).toBe(0x30n);
    expect(lapic.writeMsr(0x808, 0x130n)).toBe(false);
    expect(lapic.writeMsr(0x808, 1n << 32n)).toBe(false);
    expect(lapic.readMsr(0x80b)).toBeUndefined();
    expect(lapic.writeMsr(0x80b, 1n)).toBe(false);
    expect(lapic.writeMsr(0x80b, 0n)).toBe(true);
    expect(lapic.readMsr(0x80e)).toBeUndefined();
    expect(lapic.writeMsr(0x802, 1n)).toBe(false);
    expect(lapic.writeMsr(0x80d, 1n)).toBe(false);
    expect(lapic.readMsr(0x831)).toBeUndefined();
    expect(lapic.writeMsr(0x832, 0x20040n)).toBe(true);
    expect(lapic.readMsr(0x832)).toBe(0x20040n);
    expect(lapic.writeMsr(0x832, 0x100000n)).toBe(false);
    expect(make().lapic.readMsr(0x802)).toBeUndefined();
  });

  it('sends 64-bit commands and self IPIs', () => {
    const bus = new ApicBus(() => {});
    const a = x2(0, bus);
    const b = x2(1, bus);
    expect(a.lapic.writeMsr(0x830, (1n << 32n) | 0x4031n)).toBe(true);
    expect(a.lapic.readMsr(0x830)).toBe((1n << 32n) | 0x4031n);
    expect(b.lapic.acknowledge()).toBe(0x31);
    a.lapic.writeMsr(0x830, (0x3n << 32n) | 0x4842n);
    expect(a.lapic.acknowledge()).toBe(0x42);
    expect(b.lapic.acknowledge()).toBe(0x42);
    a.lapic.writeMsr(0x830, (0xffffffffn << 32n) | 0x4053n);
    expect(a.lapic.acknowledge()).toBe(0x53);
    a.lapic.writeMsr(0x83f, 0x64n);
    expect(a.lapic.acknowledge()).toBe(0x64);
  });
});
