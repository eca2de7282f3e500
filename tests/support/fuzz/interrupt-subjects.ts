import { IoApic, ioApicState } from '../../../src/devices/ioapic/ioapic';
import { Hpet, hpetState } from '../../../src/devices/hpet/hpet';
import { ApicBus } from '../../../src/devices/lapic/apic-bus';
import { Lapic, lapicState } from '../../../src/devices/lapic/lapic';
import { Pic, picState } from '../../../src/devices/pic/pic';
import { FakeLine } from '../fake-line';
import { ManualClock } from '../manual-clock';
import { deviceState, type FuzzSubject, mmioRange, portRange } from './fuzz-device';
import type { FuzzRandom } from './fuzz-random';

function hpetSubject(): FuzzSubject {
  return {
    name: 'hpet',
    make: () => {
      const clock = new ManualClock();
      const device = new Hpet('hpet', clock, {
        pin: () => new FakeLine(),
        legacy: [new FakeLine(), new FakeLine()],
        legacyChanged: () => undefined,
      });
      return {
        ranges: [mmioRange(device, 0x400), mmioRange(device, 0x180)],
        clock,
        acts: [
          (random) => device.writeMmio(0x10, 4, random.below(4)),
          (random) => {
            const at = 0x100 + 0x20 * random.below(4);
            device.writeMmio(at, 4, random.pick([0x0c, 0x4c, 0x4e, 0x14c, 0x04, 0x06, random.value(2)]));
            device.writeMmio(at + 8, 4, random.value(4));
            if (random.oneIn(2)) device.writeMmio(at + 12, 4, random.oneIn(2) ? 0 : random.value(4));
            device.writeMmio(at + 8, 4, random.oneIn(2) ? random.below(50) : random.value(4));
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, hpetState),
      };
    },
  };
}

/** Interrupt controllers and the HPET: alone, and all together as on the board. */
export const interruptSubjects: readonly FuzzSubject[] = [
  hpetSubject(),
  {
    name: 'pic',
    make: () => {
      const device = new Pic('pic', { intr: new FakeLine() });
      const lines = Array.from({ length: 16 }, (_, irq) => device.line(irq));
      return {
        ranges: [device.master, device.slave, device.elcr].map((handler) => portRange(handler, 2)),
        acts: [
          (random) => random.pick(lines).set(random.oneIn(2)),
          () => void device.acknowledge(),
          (random) => {
            const chip = random.oneIn(2) ? device.master : device.slave;
            chip.writePort(0, 1, 0x11);
            for (const value of [random.byte() & 0xf8, 4, random.byte() & 0x1f]) chip.writePort(1, 1, value);
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, picState),
      };
    },
  },
  {
    name: 'apics',
    make: () => {
      const clock = new ManualClock();
      const bus = new ApicBus((vector) => ioApic.endOfInterrupt(vector));
      const ioApic: IoApic = new IoApic('ioapic', { bus });
      const intr = [0, 1, 2].map(() => new FakeLine());
      const lapics = intr.map((line, index) => {
        const lapic = new Lapic(`lapic${index}`, index, clock, {
          ...{
            intr: line,
            bus,
            nmi: () => undefined,
            smi: () => undefined,
            init: () => undefined,
            startup: () => undefined,
          },
          ...{ mapped: () => undefined, tscToNs: (tsc: bigint) => Number(tsc) },
        });
        bus.add(lapic);
        return lapic;
      });
      for (const lapic of lapics) lapic.reset();
      const pins = Array.from({ length: 24 }, (_, pin) => ioApic.line(pin));
      const saves = [
        deviceState(ioApic, ioApicState),
        ...lapics.map((lapic) => deviceState(lapic, lapicState)),
      ] as const;
      const vector = (random: FuzzRandom): number => (random.oneIn(8) ? random.byte() : 0x30 + random.below(8));
      return {
        ranges: [mmioRange(ioApic, 0x100), ...lapics.map((lapic) => mmioRange(lapic, 4096))],
        clock,
        acts: [
          (random) => random.pick(pins).set(random.oneIn(2)),
          (random) => {
            const pin = random.below(24);
            ioApic.writeMmio(0, 4, 0x11 + 2 * pin);
            ioApic.writeMmio(0x10, 4, (random.pick([0, 1, 2, 0xff, random.byte()]) << 24) >>> 0);
            ioApic.writeMmio(0, 4, 0x10 + 2 * pin);
            ioApic.writeMmio(0x10, 4, ((random.next() & 0xfff00) | vector(random)) >>> 0);
          },
          (random) => void random.pick(lapics).acknowledge(),
          (random) => random.pick(lapics).writeMmio(0xb0, 4, 0),
          (random) => random.pick(lapics).writeMmio(0xf0, 4, 0x1ff),
          (random) => random.pick(lapics).writeTaskPriority(random.below(16)),
          (random) => random.pick(lapics).lint0.set(random.oneIn(2)),
          (random) => random.pick(lapics).lint1.set(random.oneIn(2)),
          // every delivery mode, shorthand and destination, errors delivered by vectors that are errors themselves
          (random) => {
            const lapic = random.pick(lapics);
            lapic.writeMmio(0x310, 4, (random.byte() << 24) >>> 0);
            lapic.writeMmio(0x300, 4, ((random.next() & 0xfff00) | vector(random)) >>> 0);
            lapic.writeMmio(0x370, 4, random.oneIn(4) ? random.below(16) : vector(random));
          },
          (random) => {
            const lapic = random.pick(lapics);
            const base = random.pick([0xfee00900n, 0xfee00800n, 0xfee00c00n, 0xfee00000n, BigInt(random.value(4))]);
            if (random.oneIn(20)) lapic.writeMsr(0x1b, base);
            lapic.writeMsr(0x6e0, random.oneIn(2) ? BigInt(random.value(4)) : (BigInt(random.next()) << 32n) | 5n);
            const index = 0x800 + random.below(0x40);
            lapic.writeMsr(index, (BigInt(random.value(4)) << 32n) * BigInt(random.below(2)) + BigInt(random.value(4)));
            lapic.readMsr(index);
          },
          (random) => {
            const lapic = random.pick(lapics);
            lapic.writeMmio(0x320, 4, (random.below(4) << 17) | (random.below(2) << 16) | vector(random));
            lapic.writeMmio(0x3e0, 4, random.below(16));
            lapic.writeMmio(0x380, 4, random.oneIn(2) ? random.below(100) : random.value(4));
          },
        ],
        reset: () => {
          ioApic.reset();
          for (const lapic of lapics) lapic.reset();
        },
        saveAndRestore: () => saves.reduce((total, save) => total + save(), 0),
      };
    },
  },
];
