import { Dma, dmaState } from '../../../src/devices/dma/dma';
import { Floppy } from '../../../src/devices/floppy/floppy';
import { floppyState } from '../../../src/devices/floppy/state';
import { Ahci, ahciState } from '../../../src/devices/ide/ahci';
import { AtaDisk } from '../../../src/devices/ide/ata-disk';
import { AtapiCdrom } from '../../../src/devices/ide/atapi-cdrom';
import { Piix3Ide, piix3IdeState } from '../../../src/devices/ide/piix3-ide';
import type { AccessSize } from '../../../src/machine/device';
import { FakeBlockPort } from '../fake-block-port';
import { FakeLine } from '../fake-line';
import { ManualClock } from '../manual-clock';
import { deviceState, type FuzzSubject, mmioRange, pciRange, portRange } from './fuzz-device';
import type { FuzzRandom } from './fuzz-random';
import { BarRanges } from './small-subjects';
import { anyGpa, TrapMemory } from './trap-memory';

const identity = { model: 'SUBZERO TEST', serial: 'SZ0001', firmware: '1.0' };
const FLOPPY_BYTES = 1_474_560;
const SETTLE_LIMIT = 100_000;

/** The host: completes some, fails some, changes media. */
export function hostActs(
  ports: readonly FakeBlockPort[],
  image: (random: FuzzRandom) => Uint8Array | undefined,
): ((random: FuzzRandom) => void)[] {
  const complete = (random: FuzzRandom): void => {
    const port = random.pick(ports);
    port.log.length = 0;
    if (port.pending > 0) port.completeOne();
  };
  return [
    complete,
    complete,
    complete,
    (random) => {
      const error = random.pick(['medium', 'noMedium', 'readOnly'] as const);
      if (random.oneIn(10)) random.pick(ports).failNext = { [random.pick(['read', 'write', 'flush'])]: error };
      if (random.oneIn(40)) random.pick(ports).insert(image(random), random.oneIn(2));
    },
  ];
}

export function settleAll(ports: readonly FakeBlockPort[]): void {
  for (let i = 0; ports.some((port) => port.pending > 0); i++) {
    if (i > SETTLE_LIMIT) throw new Error('the device asks the host for ever');
    for (const port of ports) if (port.pending > 0) port.completeOne();
  }
  for (const port of ports) port.log.length = 0;
}

const FLOPPY_COMMANDS = [
  ...[0x03, 0x04, 0x07, 0x08, 0x0a, 0x0d, 0x0e, 0x0f, 0x10, 0x12, 0x13, 0x14, 0x17, 0x18, 0x1d, 0x2e, 0x33, 0x4a],
  ...[0x4d, 0x6d, 0x8e, 0x8f, 0x94, 0xcf, 0x42, 0x45, 0x46, 0x49, 0x4c, 0x56, 0xc5, 0xc6, 0xe6, 0xd6, 0x11, 0x19, 0x1f],
];

const floppyAndDma: FuzzSubject = {
  name: 'floppy and dma',
  stateLimit: 4 << 20,
  make: (random) => {
    const memory = new TrapMemory(random);
    const dma = new Dma('dma', memory);
    const clock = new ManualClock();
    const ports = [new FakeBlockPort(new Uint8Array(FLOPPY_BYTES)), new FakeBlockPort(new Uint8Array(737_280), true)];
    const floppy = new Floppy('floppy', [ports[0], ports[1]], { irq: new FakeLine(), dma: dma.channel(2), clock });
    const out = (offset: number, value: number): void => floppy.writePort(offset, 1, value);
    const command = (length: number): void => {
      out(5, random.oneIn(4) ? random.byte() : random.pick(FLOPPY_COMMANDS));
      for (let i = 1; i < length; i++) out(5, random.oneIn(2) ? random.below(4) : random.value(1));
    };
    const saves = [deviceState(dma, dmaState), deviceState(floppy, floppyState)];
    memory.onTrap = () => {
      command(random.below(12));
      dma.first.writePort(random.below(16), 1, random.byte());
      out(2, random.byte());
    };
    return {
      ranges: [
        portRange(floppy, 6),
        portRange(floppy.digitalInput, 1),
        portRange(dma.first, 16),
        portRange(dma.second, 32),
        portRange(dma.pages, 16),
      ],
      clock,
      acts: [
        () => command(9),
        () => command(random.below(20)),
        () => out(2, random.pick([0x1c, 0x2d, 0x3c, 0x0c, 0x00, 0x14])),
        // channel 2 as drivers program it, with wrong addresses and counts
        () => {
          dma.second.writePort(0x14, 1, 0);
          dma.first.writePort(11, 1, random.pick([0x46, 0x4a, 0x42, 0x56, 0x66, random.byte()]));
          dma.first.writePort(12, 1, 0);
          for (const register of [4, 4, 5, 5]) dma.first.writePort(register, 1, random.value(1));
          dma.pages.writePort(1, 1, random.pick([0, 1, 0x17, 0x18, 0x1f, 0xff]));
          dma.first.writePort(10, 1, 2);
        },
        () => {
          for (let i = random.below(1100); i > 0; i--) floppy.readPort(5, 1);
        },
        () => {
          for (let i = random.below(1100); i > 0; i--) out(5, random.byte());
        },
        ...hostActs(ports, (r) =>
          r.oneIn(4) ? undefined : new Uint8Array(r.pick([163_840, 368_640, 737_280, 1_228_800, FLOPPY_BYTES, 700])),
        ),
      ],
      reset: () => {
        dma.reset();
        floppy.reset();
      },
      settle: () => settleAll(ports),
      saveAndRestore: () => saves.reduce((total, save) => total + save(), 0),
    };
  },
};

const ATA_COMMANDS = [
  ...[0x00, 0x08, 0x10, 0x20, 0x24, 0x25, 0x27, 0x29, 0x30, 0x34, 0x35, 0x39, 0x3d, 0x40, 0x42, 0x70, 0x90, 0x91, 0xa0],
  ...[0xa1, 0xb0, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xce, 0xe0, 0xe1, 0xe3, 0xe4, 0xe5, 0xe7, 0xe8, 0xea, 0xec, 0xef, 0xf8],
];
const PACKET_COMMANDS = [
  ...[0x00, 0x03, 0x12, 0x1a, 0x1b, 0x1e, 0x23, 0x25, 0x28, 0x2b, 0x42, 0x43, 0x44, 0x46, 0x4a, 0x51, 0x52, 0x55, 0x5a],
  ...[0xa8, 0xad, 0xb9, 0xbb, 0xbd, 0xbe],
];

const ide: FuzzSubject = {
  name: 'ide',
  stateLimit: 8 << 20,
  make: (random) => {
    const memory = new TrapMemory(random);
    const disk = new FakeBlockPort(new Uint8Array(0x20000));
    const second = new FakeBlockPort(new Uint8Array(0x8000), true);
    const cd = new FakeBlockPort(new Uint8Array(0x20000), true);
    const ports = [disk, second, cd];
    const bars = new BarRanges();
    const device = new Piix3Ide(
      'pci/00:01.1',
      [
        { master: new AtaDisk(disk, identity), slave: new AtaDisk(second, identity) },
        { master: new AtapiCdrom(cd, identity) },
      ],
      { pci: { bars, intx: new FakeLine() }, memory, irqs: [new FakeLine(), new FakeLine()] },
    );
    const enable = (): void => {
      device.config.writeConfig(0x20, 4, 0xc000);
      device.config.writeConfig(0x04, 2, 5);
      device.config.writeConfig(0x40, 4, 0x80008000);
    };
    enable();
    const commands = [device.commandPorts(0), device.commandPorts(1)] as const;
    const controls = [device.controlPorts(0), device.controlPorts(1)] as const;
    const busMaster = bars.ranges[0]!;
    const channel = (): 0 | 1 => random.below(2) as 0 | 1;
    const out = (at: 0 | 1, register: number, value: number): void => commands[at].writePort(register, 1, value);
    const descriptors = (): void => {
      const table = random.pick([0x1000, 0x17fff8, 0x180000]);
      for (let i = 0; i < 8; i++) {
        memory.ram.writeU32(table + 8 * i, anyGpa(random));
        memory.ram.writeU32(table + 8 * i + 4, random.oneIn(3) ? 0x80000000 | random.value(2) : random.value(2));
      }
      memory.ram.writes.length = 0;
      busMaster.write(random.oneIn(2) ? 4 : 12, 4, table);
    };
    const start = (): void => {
      const at = channel();
      busMaster.write(8 * at + 2, 1, 0x66);
      busMaster.write(8 * at, 1, random.pick([1, 9, 0, 8]));
    };
    const taskFile = (): void => {
      const at = channel();
      out(at, 6, random.pick([0xe0, 0xf0, 0x40, 0x00, random.byte()]));
      for (let register = 1; register < 6; register++) {
        if (random.oneIn(3)) out(at, register, random.value(1));
        out(at, register, random.oneIn(2) ? random.below(3) : random.byte());
      }
      out(at, 7, random.oneIn(5) ? random.byte() : random.pick(ATA_COMMANDS));
    };
    const packet = (): void => {
      out(1, 6, 0xa0);
      out(1, 1, random.below(4));
      out(1, 4, random.value(1));
      out(1, 5, random.value(1));
      out(1, 7, 0xa0);
      const opcode = random.oneIn(8) ? random.byte() : random.pick(PACKET_COMMANDS);
      const words = [opcode | (random.value(1) << 8), ...Array.from({ length: 5 }, () => random.value(2))];
      for (const word of words) commands[1].writePort(0, 2, word);
    };
    memory.onTrap = () => {
      taskFile();
      start();
      controls[channel()].writePort(0, 1, random.pick([0, 4, 2]));
      device.config.writeConfig(0x04, 2, random.value(2));
      enable();
    };
    return {
      ranges: [
        ...commands.map((handler) => portRange(handler, 8)),
        ...controls.map((handler) => portRange(handler, 1)),
        busMaster,
        pciRange(device.config),
      ],
      acts: [
        enable,
        taskFile,
        taskFile,
        packet,
        packet,
        descriptors,
        start,
        start,
        () => {
          const [at, size] = [channel(), random.pick<AccessSize>([2, 4])];
          for (let i = random.below(600); i > 0; i--) commands[at].readPort(0, size);
        },
        () => {
          const at = channel();
          for (let i = random.below(600); i > 0; i--) commands[at].writePort(0, 2, random.value(2));
        },
        () => controls[channel()].writePort(0, 1, random.oneIn(4) ? 4 : 0),
        ...hostActs(ports, (r) => (r.oneIn(4) ? undefined : new Uint8Array(r.pick([0, 512, 2048, 0x8000, 0x20000])))),
      ],
      reset: () => {
        device.reset();
        enable();
      },
      settle: () => settleAll(ports),
      saveAndRestore: deviceState(device, piix3IdeState),
    };
  },
};

const ahci: FuzzSubject = {
  name: 'ahci',
  stateLimit: 8 << 20,
  make: (random) => {
    const memory = new TrapMemory(random);
    const disk = new FakeBlockPort(new Uint8Array(0x20000));
    const cd = new FakeBlockPort(new Uint8Array(0x20000), true);
    const ports = [disk, cd];
    const bars = new BarRanges();
    const device = new Ahci(
      'pci/00:03.0',
      [
        { port: disk, drive: new AtaDisk(disk, identity) },
        { port: cd, drive: new AtapiCdrom(cd, identity, true) },
      ],
      { pci: { bars, intx: new FakeLine() }, messages: { send: () => true }, memory },
    );
    const set = (port: number, register: number, value: number): void =>
      device.writeMmio(0x100 + 0x80 * port + register, 4, value);
    const list = (port: number): number => 0x8000 + 0x400 * port;
    const enable = (): void => {
      device.config.writeConfig(0x24, 4, 0xfebf0000);
      device.config.writeConfig(0x04, 2, 6);
      device.writeMmio(0x04, 4, 0x80000002);
      for (const port of [0, 1]) {
        set(port, 0x00, random.oneIn(10) ? anyGpa(random) : list(port));
        set(port, 0x08, random.oneIn(10) ? anyGpa(random) : 0x9000 + 0x100 * port);
        set(port, 0x14, 0xffffffff);
        set(port, 0x18, 0x10);
        set(port, 0x18, 0x11);
      }
    };
    enable();
    const fill = (): number => {
      const [port, slot] = [random.below(2), random.below(32)];
      const table = random.oneIn(8) ? anyGpa(random) & ~0x7f : 0xa000 + 0x200 * slot;
      const header = list(port) + 32 * slot;
      const { ram } = memory;
      ram.writeU32(header, (random.below(random.oneIn(10) ? 0x10000 : 9) << 16) | random.value(2));
      ram.writeU32(header + 8, table);
      ram.writeU32(header + 12, random.oneIn(20) ? random.value(4) : 0);
      const isQueued = random.oneIn(2);
      const command = isQueued ? 0x60 + random.below(2) : port === 1 ? 0xa0 : random.pick(ATA_COMMANDS);
      const fis = [0x27, random.oneIn(8) ? 0 : 0x80, random.oneIn(8) ? random.byte() : command, random.below(4)];
      fis.push(random.byte(), random.oneIn(4) ? random.byte() : 0, 0, 0x40 | random.byte(), 0, 0, 0, 0);
      fis.push(isQueued ? slot << 3 : random.below(4), 0, 0, random.oneIn(2) ? 4 : 0, 0, 0, 0, 0);
      ram.write(table, Uint8Array.from(fis));
      const packet = [random.oneIn(8) ? random.byte() : random.pick(PACKET_COMMANDS)];
      for (let i = 1; i < 12; i++) packet.push(random.oneIn(2) ? 0 : random.value(1));
      ram.write(table + 0x40, Uint8Array.from(packet));
      for (let i = 0; i < 8; i++) {
        ram.writeU32(table + 0x80 + 16 * i, anyGpa(random));
        ram.writeU32(table + 0x84 + 16 * i, random.oneIn(20) ? random.value(4) : 0);
        ram.writeU32(table + 0x8c + 16 * i, random.oneIn(4) ? random.value(4) : random.below(4096));
      }
      ram.writes.length = 0;
      if (isQueued) set(port, 0x34, (1 << slot) >>> 0);
      return port * 32 + slot;
    };
    const start = (): void => {
      const filled = fill();
      set(filled >> 5, 0x38, (1 << (filled & 31)) >>> 0);
    };
    const restart = (): void => {
      const port = random.below(2);
      set(port, 0x10, 0xffffffff);
      set(port, 0x18, 0x10);
      set(port, 0x18, 0x11);
    };
    memory.onTrap = () => {
      start();
      if (random.oneIn(2)) restart();
      set(random.below(2), random.below(32) * 4, random.value(4));
      if (random.oneIn(8)) device.writeMmio(4, 4, 0x80000001);
      enable();
    };
    return {
      ranges: [mmioRange(device, 0x400), pciRange(device.config)],
      acts: [
        enable,
        start,
        start,
        start,
        () => set(random.below(2), 0x38, random.value(4)),
        restart,
        restart,
        () => set(random.below(2), 0x2c, random.below(2)),
        ...hostActs(ports, (r) => (r.oneIn(4) ? undefined : new Uint8Array(r.pick([0, 512, 2048, 0x8000, 0x20000])))),
      ],
      reset: () => {
        device.reset();
        enable();
      },
      settle: () => settleAll(ports),
      saveAndRestore: deviceState(device, ahciState),
    };
  },
};

export const storageSubjects: readonly FuzzSubject[] = [floppyAndDma, ide, ahci];
