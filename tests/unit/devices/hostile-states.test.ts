import { describe, expect, it } from 'vitest';
import { Dma, dmaState } from '../../../src/devices/dma/dma';
import { I8042, i8042State } from '../../../src/devices/i8042/i8042';
import { IoApic, ioApicState } from '../../../src/devices/ioapic/ioapic';
import { ApicBus } from '../../../src/devices/lapic/apic-bus';
import { Lapic, lapicState } from '../../../src/devices/lapic/lapic';
import { Pic, picState } from '../../../src/devices/pic/pic';
import { Pit, pitState } from '../../../src/devices/pit/pit';
import { Pm, pmState } from '../../../src/devices/pm/pm';
import { Rtc, rtcState } from '../../../src/devices/rtc/rtc';
import { Uart16550, uart16550State } from '../../../src/devices/uart16550/uart16550';
import type { PortHandler } from '../../../src/machine/device';
import type { StateDefinition } from '../../../src/machine/saved-state';
import { type DeviceFixture, randomAccess, xorshift } from '../../support/describe-device';
import { FakeLine, FakeSignal } from '../../support/fake-line';
import { FakeGuestMemory } from '../../support/fake-memory';
import { ManualClock } from '../../support/manual-clock';
import { MemorySink } from '../../support/memory-sink';

/** A snapshot file may hold any values that the checks let through: none of them may throw, hang or run away. */

interface Case {
  readonly name: string;
  readonly state: StateDefinition<any>;
  make(): DeviceFixture<any> & { readonly clock: ManualClock };
}

const line = (): FakeLine => new FakeLine();

const CASES: readonly Case[] = [
  {
    name: 'pic',
    state: picState,
    make: () => {
      const device = new Pic('pic', { intr: line() });
      const ports = [device.master, device.slave, device.elcr].map((handler) => ({ handler, count: 2 }));
      return { device, clock: new ManualClock(), ports };
    },
  },
  {
    name: 'pit',
    state: pitState,
    make: () => {
      const clock = new ManualClock();
      const device = new Pit('pit', clock, { irq: line() });
      const ports = [
        { handler: device.counters, count: 4 },
        { handler: device.portB, count: 1 },
      ];
      return { device, clock, ports };
    },
  },
  {
    name: 'rtc',
    state: rtcState,
    make: () => {
      const clock = new ManualClock();
      const device = new Rtc('rtc', clock, { irq: line() });
      return { device, clock, ports: [{ handler: device.ports, count: 4 }] };
    },
  },
  {
    name: 'dma',
    state: dmaState,
    make: () => {
      const device = new Dma('dma', new FakeGuestMemory(0x10000));
      device.channel(2).onDack = (cycle) => {
        cycle.put(new Uint8Array(16));
        cycle.get(new Uint8Array(16));
      };
      const ports = [
        { handler: device.first, count: 16 },
        { handler: device.second, count: 32 },
        { handler: device.pages, count: 16 },
      ];
      return { device, clock: new ManualClock(), ports };
    },
  },
  {
    name: 'i8042',
    state: i8042State,
    make: () => {
      const clock = new ManualClock();
      const wires = { irq1: line(), irq12: line(), a20: line(), reset: new FakeSignal() };
      const device = new I8042('i8042', clock, wires);
      const ports = [
        { handler: device.data, count: 1 },
        { handler: device.control, count: 1 },
      ];
      return { device, clock, ports };
    },
  },
  {
    name: 'uart16550',
    state: uart16550State,
    make: () => {
      const clock = new ManualClock();
      const device = new Uart16550('com1', clock, { irq: line(), out: new MemorySink() });
      return { device, clock, ports: [{ handler: device, count: 8 }] };
    },
  },
  {
    name: 'lapic',
    state: lapicState,
    make: () => {
      const clock = new ManualClock();
      const bus = new ApicBus(() => {});
      const device = new Lapic('lapic0', 0, clock, {
        ...{ intr: line(), nmi: () => {}, smi: () => {}, init: () => {}, startup: () => {} },
        ...{ bus, mapped: () => {}, tscToNs: (tsc: bigint) => Number(tsc) },
      });
      bus.add(device);
      return { device, clock, mmio: [{ handler: device, size: 4096 }] };
    },
  },
  {
    name: 'ioapic',
    state: ioApicState,
    make: () => {
      const device = new IoApic('ioapic', { bus: { send: () => true } });
      return { device, clock: new ManualClock(), mmio: [{ handler: device, size: 256 }] };
    },
  },
  {
    name: 'pm',
    state: pmState,
    make: () => {
      const clock = new ManualClock();
      const handlers = new Map<string, PortHandler>();
      const bars = {
        mapPorts: (name: string, _at: number | undefined, _size: number, handler: PortHandler) =>
          handlers.set(name, handler),
        mapMmio: () => {},
        mapMemory: () => {},
      };
      const device = new Pm('pm', clock, { sci: line(), smi: () => {}, bars, sleep: () => {} });
      device.reset();
      const ports = [
        { handler: handlers.get('pm/pm')!, count: 64 },
        { handler: handlers.get('pm/smbus')!, count: 16 },
        { handler: device.gpe, count: 4 },
        { handler: device.apm, count: 2 },
      ];
      return { device, clock, ports, pci: [device.config] };
    },
  },
];

const INTERESTING = [
  0,
  1,
  2,
  3,
  7,
  8,
  15,
  16,
  0xff,
  0x100,
  0xffff,
  0x10000,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53 - 1,
  -1,
  -(2 ** 53) + 1,
];

/** A copy with one leaf replaced. */
function mutate(value: unknown, random: () => number): unknown {
  if (typeof value === 'number') return random() & 1 ? INTERESTING[random() % INTERESTING.length] : random() % 4096;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'bigint') return BigInt(random());
  if (value === undefined) return random() & 1 ? random() : undefined;
  if (value instanceof Uint8Array) return value.map((byte) => (random() & 3 ? byte : random() & 0xff));
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    if (copy.length > 0) {
      const i = random() % copy.length;
      copy[i] = mutate(copy[i], random);
    }
    return copy;
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    const key = keys[random() % keys.length];
    return key === undefined ? value : { ...value, [key]: mutate((value as Record<string, unknown>)[key], random) };
  }
  return value;
}

describe('states from hostile files', () => {
  for (const { name, state, make } of CASES) {
    it(`do no harm to ${name}`, () => {
      const random = xorshift(0x5eed + name.length);
      const before = Date.now();
      let accepted = 0;
      for (let round = 0; round < 300; round++) {
        const source = make();
        for (let i = 0; i < 20; i++) randomAccess(source, random);
        let candidate: unknown = source.device.save();
        for (let i = 0; i < 4; i++) {
          const next = mutate(candidate, random);
          if (state.check(next)) candidate = next;
        }
        const fixture = make();
        fixture.device.restore(candidate);
        accepted++;
        for (let i = 0; i < 60; i++) randomAccess(fixture, random);
        for (let i = 0; i < 20; i++) {
          fixture.clock.skip(random() % 50_000_000);
          fixture.clock.fireDue();
        }
        const after = fixture.device.save();
        expect(state.check(after) ? 'good' : after).toBe('good');
        fixture.device.reset();
      }
      expect(accepted).toBe(300);
      expect(Date.now() - before).toBeLessThan(10_000);
    });
  }
});
