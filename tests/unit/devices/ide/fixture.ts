import { AtaDisk } from '../../../../src/devices/ide/ata-disk';
import { AtapiCdrom } from '../../../../src/devices/ide/atapi-cdrom';
import { Piix3Ide } from '../../../../src/devices/ide/piix3-ide';
import type { PortHandler } from '../../../../src/machine/device';
import { FakeBlockPort } from '../../../support/fake-block-port';
import { FakeLine } from '../../../support/fake-line';
import { FakeGuestMemory } from '../../../support/fake-memory';

const identity = { model: 'SUBZERO TEST', serial: 'SZ0001', firmware: '1.0' };

export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 7 + (i >> 9) * 13;
  return bytes;
}

/** `toEqual` takes seconds for long arrays. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export interface Options {
  readonly diskBytes?: number;
  readonly cdBytes?: number | undefined;
  readonly isImmediate?: boolean;
  readonly isReadOnly?: boolean;
  readonly slave?: boolean;
}

/** A disk on channel 0, a CD-ROM on channel 1, and a driver's view of them. */
export class IdeFixture {
  readonly disk: FakeBlockPort;
  readonly cd: FakeBlockPort;
  readonly second: FakeBlockPort | undefined;
  readonly memory = new FakeGuestMemory(0x200000);
  readonly irqs = [new FakeLine(), new FakeLine()] as const;
  readonly ide: Piix3Ide;
  readonly ports = new Map<string, PortHandler>();
  readonly commands: readonly PortHandler[];
  readonly controls: readonly PortHandler[];

  constructor(options: Options = {}) {
    this.disk = new FakeBlockPort(pattern(options.diskBytes ?? 0x100000), options.isReadOnly);
    this.cd = new FakeBlockPort(
      'cdBytes' in options && options.cdBytes === undefined ? undefined : pattern(options.cdBytes ?? 0x80000),
      true,
    );
    this.second = options.slave ? new FakeBlockPort(pattern(0x10000)) : undefined;
    for (const port of [this.disk, this.cd, this.second]) if (port) port.isImmediate = options.isImmediate ?? true;
    const bars = {
      mapPorts: (name: string, at: number | undefined, _size: number, handler: PortHandler) => {
        if (at === undefined) this.ports.delete(name);
        else this.ports.set(name, handler);
      },
      mapMmio: () => {},
      mapMemory: () => {},
    };
    this.ide = new Piix3Ide(
      'pci/00:01.1',
      [
        { master: new AtaDisk(this.disk, identity), ...(this.second && { slave: new AtaDisk(this.second, identity) }) },
        { master: new AtapiCdrom(this.cd, { ...identity, model: 'SUBZERO CD-ROM' }) },
      ],
      { pci: { bars, intx: new FakeLine() }, memory: this.memory, irqs: this.irqs },
    );
    this.commands = [this.ide.commandPorts(0), this.ide.commandPorts(1)];
    this.controls = [this.ide.controlPorts(0), this.ide.controlPorts(1)];
  }

  /** What SeaBIOS sets: I/O, bus master, both channels, BAR 4 at C000. */
  enable(): this {
    this.ide.config.writeConfig(0x20, 4, 0xc000);
    this.ide.config.writeConfig(0x04, 2, 5);
    this.ide.config.writeConfig(0x40, 4, 0x80008000);
    return this;
  }

  get busMaster(): PortHandler {
    const handler = this.ports.get('pci/00:01.1/bar4');
    if (handler === undefined) throw new Error('BAR 4 is not mapped');
    return handler;
  }

  out(channel: number, register: number, value: number): void {
    this.commands[channel]!.writePort(register, 1, value);
  }

  in(channel: number, register: number): number {
    return this.commands[channel]!.readPort(register, 1);
  }

  status(channel = 0): number {
    return this.in(channel, 7);
  }

  lba28(lba: number, count: number, command: number, device = 0xe0): void {
    this.out(0, 6, device | (lba >> 24));
    this.out(0, 2, count);
    this.out(0, 3, lba);
    this.out(0, 4, lba >> 8);
    this.out(0, 5, lba >> 16);
    this.out(0, 7, command);
  }

  lba48(lba: number, count: number, command: number): void {
    this.out(0, 6, 0xe0);
    for (const shift of [8, 0]) this.out(0, 2, (count >> shift) & 0xff);
    for (const half of [1, 0]) {
      const three = Math.floor(lba / 2 ** (24 * half)) % 2 ** 24;
      this.out(0, 3, three & 0xff);
      this.out(0, 4, (three >> 8) & 0xff);
      this.out(0, 5, (three >> 16) & 0xff);
    }
    this.out(0, 7, command);
  }

  readWords(channel: number, bytes: number): Uint8Array {
    const data = new Uint8Array(bytes);
    for (let i = 0; i < bytes; i += 2) {
      const word = this.commands[channel]!.readPort(0, 2);
      data[i] = word & 0xff;
      if (i + 1 < bytes) data[i + 1] = word >> 8;
    }
    return data;
  }

  writeWords(channel: number, data: Uint8Array): void {
    for (let i = 0; i < data.length; i += 2) {
      this.commands[channel]!.writePort(0, 2, data[i]! | ((data[i + 1] ?? 0) << 8));
    }
  }

  /** Descriptors at 0x1000: [address, bytes], the last with EOT unless told otherwise. */
  descriptors(list: readonly (readonly [number, number])[], hasEnd = true): void {
    list.forEach(([address, bytes], i) => {
      this.memory.writeU32(0x1000 + 8 * i, address);
      const end = hasEnd && i === list.length - 1 ? 0x80000000 : 0;
      this.memory.writeU32(0x1004 + 8 * i, ((bytes & 0xffff) | end) >>> 0);
    });
  }

  startDma(channel: number, toMemory: boolean): void {
    const base = 8 * channel;
    this.busMaster.writePort(base + 4, 4, 0x1000);
    this.busMaster.writePort(base + 2, 1, 6);
    this.busMaster.writePort(base, 1, toMemory ? 9 : 1);
  }

  dmaStatus(channel: number): number {
    return this.busMaster.readPort(8 * channel + 2, 1);
  }

  /** PACKET with a byte count limit; the packet's data phase is left to the test. */
  packet(bytes: readonly number[], limit = 0xfffe, feature = 0): void {
    this.out(1, 6, 0xa0);
    this.out(1, 1, feature);
    this.out(1, 4, limit & 0xff);
    this.out(1, 5, limit >> 8);
    this.out(1, 7, 0xa0);
    const packet = new Uint8Array(12);
    packet.set(bytes);
    this.writeWords(1, packet);
  }

  /** All DRQ blocks of a data-in packet. */
  packetData(maxBlocks = 1000): { data: Uint8Array; blocks: number[] } {
    const parts: number[] = [];
    const blocks: number[] = [];
    while (this.status(1) & 8 && blocks.length < maxBlocks) {
      const length = this.in(1, 4) | (this.in(1, 5) << 8);
      blocks.push(length);
      parts.push(...this.readWords(1, length));
    }
    return { data: Uint8Array.from(parts), blocks };
  }

  /** [key, asc, ascq] by REQUEST SENSE. */
  sense(): number[] {
    this.packet([0x03, 0, 0, 0, 18]);
    const { data } = this.packetData();
    return [data[2]!, data[12]!, data[13]!];
  }
}
