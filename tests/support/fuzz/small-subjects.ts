import { DebugExit, debugExitState } from '../../../src/devices/debug-exit/debug-exit';
import { DebugPort, debugPortState } from '../../../src/devices/debug-port/debug-port';
import { I440fx, i440fxState } from '../../../src/devices/i440fx/i440fx';
import { I8042, i8042State } from '../../../src/devices/i8042/i8042';
import { PciBus, PciConfigPorts, pciConfigPortsState } from '../../../src/devices/pci/config-ports';
import { Piix3, piix3State } from '../../../src/devices/piix3/piix3';
import { Pit, pitState } from '../../../src/devices/pit/pit';
import { Parallel, parallelState } from '../../../src/devices/parallel/parallel';
import { Pm, pmState } from '../../../src/devices/pm/pm';
import { Port92, port92State } from '../../../src/devices/port92/port92';
import { Rtc, rtcState } from '../../../src/devices/rtc/rtc';
import { Uart16550, uart16550State } from '../../../src/devices/uart16550/uart16550';
import { VmPort, vmPortState } from '../../../src/devices/vmport/vmport';
import type { PortHandler } from '../../../src/machine/device';
import type { BarMapper } from '../../../src/machine/pci';
import { FakeLine, FakeSignal } from '../fake-line';
import { ManualClock } from '../manual-clock';
import { deviceState, type FuzzRange, type FuzzSubject, mmioRange, pciRange, portRange } from './fuzz-device';

/** Ranges that appear, move and go with a PCI function's BARs; the fuzzer always reaches the last place of each. */
export class BarRanges implements BarMapper {
  readonly ranges: FuzzRange[] = [];
  readonly #names = new Map<string, number>();

  mapPorts(name: string, at: number | undefined, size: number, handler: PortHandler): void {
    if (at !== undefined) this.#put(name, portRange(handler, size));
  }

  mapMmio(name: string, at: number | undefined, size: number, handler: Parameters<BarMapper['mapMmio']>[3]): void {
    if (at !== undefined) this.#put(name, mmioRange(handler, size));
  }

  mapMemory(): void {}

  #put(name: string, range: FuzzRange): void {
    const index = this.#names.get(name) ?? this.ranges.length;
    this.#names.set(name, index);
    this.ranges[index] = range;
  }
}

const sink = { write: () => undefined };

export const smallSubjects: readonly FuzzSubject[] = [
  {
    name: 'port92',
    make: () => {
      const device = new Port92('port92', { a20: new FakeLine(), reset: new FakeSignal() });
      return {
        ranges: [portRange(device, 1)],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, port92State),
      };
    },
  },
  {
    name: 'debug-port',
    make: () => {
      const device = new DebugPort('debug-402', { out: sink });
      return {
        ranges: [portRange(device, 1)],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, debugPortState),
      };
    },
  },
  {
    name: 'debug-exit',
    make: () => {
      const device = new DebugExit('debug-exit', { exit: () => undefined });
      return {
        ranges: [portRange(device, 4)],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, debugExitState),
      };
    },
  },
  {
    name: 'i8042',
    make: () => {
      const clock = new ManualClock();
      const lines = { irq1: new FakeLine(), irq12: new FakeLine(), a20: new FakeLine(), reset: new FakeSignal() };
      const device = new I8042('i8042', clock, lines);
      return {
        ranges: [portRange(device.data, 1), portRange(device.control, 1)],
        clock,
        acts: [
          (random) => device.pressKey(random.byte(), random.oneIn(2)),
          (random) => device.pressKey(random.value(4), random.oneIn(2)),
          (random) => device.moveMouse(random.below(4000) - 2000, random.below(4000) - 2000, random.below(7) - 3, 31),
          (random) => {
            device.control.writePort(0, 1, random.pick([0x20, 0x60, 0xaa, 0xad, 0xae, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4]));
            device.data.writePort(
              0,
              1,
              random.pick([0xed, 0xee, 0xf0, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xff, 0xe8, 0xeb]),
            );
            device.data.writePort(0, 1, random.byte());
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, i8042State),
      };
    },
  },
  {
    name: 'uart16550',
    make: () => {
      const clock = new ManualClock();
      const device = new Uart16550('com1', clock, { irq: new FakeLine(), out: sink });
      return {
        ranges: [portRange(device, 8)],
        clock,
        acts: [(random) => device.receive(random.bytes(random.below(64))), () => device.receiveBreak()],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, uart16550State),
      };
    },
  },
  {
    name: 'pit',
    make: () => {
      const clock = new ManualClock();
      const device = new Pit('pit', clock, { irq: new FakeLine() });
      return {
        ranges: [portRange(device.counters, 4), portRange(device.portB, 1)],
        clock,
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, pitState),
      };
    },
  },
  {
    name: 'rtc',
    make: () => {
      const clock = new ManualClock();
      const device = new Rtc('rtc', clock, { irq: new FakeLine() });
      return {
        ranges: [portRange(device.ports, 4)],
        clock,
        acts: [
          (random) => device.setTime(random.value(4) * 1000),
          (random) => {
            device.ports.writePort(0, 1, random.below(16));
            device.ports.writePort(1, 1, random.byte());
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, rtcState),
      };
    },
  },
  {
    name: 'parallel',
    make: () => {
      const clock = new ManualClock();
      const device = new Parallel('lpt1', clock, { irq: new FakeLine(), out: { write: () => undefined } });
      return {
        ranges: [portRange(device, 3)],
        clock,
        acts: [],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, parallelState),
      };
    },
  },
  {
    name: 'pm',
    make: () => {
      const clock = new ManualClock();
      const bars = new BarRanges();
      const device = new Pm('pci/00:01.3', clock, {
        sci: new FakeLine(),
        smi: () => undefined,
        sleep: () => undefined,
        bars,
      });
      device.config.writeConfig(0x40, 4, 0x601);
      device.config.writeConfig(0x80, 1, 1);
      device.config.writeConfig(0x90, 4, 0xb101);
      device.config.writeConfig(0xd2, 1, 1);
      const ranges = [pciRange(device.config), portRange(device.gpe, 4), portRange(device.apm, 2), ...bars.ranges];
      return {
        ranges,
        clock,
        acts: [() => device.pressPowerButton(), (random) => device.raiseGpe(random.below(16))],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, pmState),
      };
    },
  },
  {
    name: 'vmport',
    make: () => {
      const device = new VmPort('vmport', { notify: () => undefined, modeChanged: () => undefined }, 512);
      return {
        ranges: [portRange(device, 4)],
        acts: [
          (random) => {
            const ecx = random.oneIn(2) ? random.pick([4, 10, 20, 39, 40, 41]) : random.value(4);
            const ebx = random.pick([0x45414552, 0x53424152, 0xf5, random.value(4), random.below(200)]);
            device.access({ eax: 0x564d5868, ebx, ecx, edx: 0x5658, esi: random.value(4), edi: random.value(4) });
          },
          (random) => device.point(random.value(2), random.value(2), random.below(9) - 4, random.below(32)),
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, vmPortState),
      };
    },
  },
  {
    name: 'i440fx',
    make: () => {
      const device = new I440fx('pci/00:00.0', { mapSegment: () => undefined, mapSmram: () => undefined });
      return {
        ranges: [pciRange(device.config)],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, i440fxState),
      };
    },
  },
  {
    name: 'piix3',
    make: () => {
      const irqs = Array.from({ length: 16 }, () => new FakeLine());
      const device = new Piix3('pci/00:01.0', { irq: (irq) => irqs[irq] as FakeLine, reset: new FakeSignal() });
      const inputs = [1, 2, 3, 4, 5].map((slot) => device.intx(slot, 1));
      return {
        ranges: [pciRange(device.config), portRange(device.resetControl, 1)],
        acts: [(random) => random.pick(inputs).set(random.oneIn(2))],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, piix3State),
      };
    },
  },
  {
    name: 'pci-config',
    make: () => {
      const bus = new PciBus();
      const bridge = new I440fx('pci/00:00.0', { mapSegment: () => undefined, mapSmram: () => undefined });
      bus.attach({ device: 0, function: 0 }, bridge.config);
      const device = new PciConfigPorts('pci-config', bus, { readPort: () => 0, writePort: () => undefined });
      return {
        ranges: [portRange(device, 8)],
        acts: [
          (random) => {
            device.writePort(0, 4, (0x80000000 | (random.below(4) << 8) | random.byte()) >>> 0);
            device.writePort(4 + random.below(4), 1, random.byte());
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, pciConfigPortsState),
      };
    },
  },
];
