import { Ahci } from '../../../../src/devices/ide/ahci';
import { AtaDisk } from '../../../../src/devices/ide/ata-disk';
import { AtapiCdrom } from '../../../../src/devices/ide/atapi-cdrom';
import type { MmioHandler } from '../../../../src/machine/device';
import type { InterruptMessage } from '../../../../src/machine/interrupt-message';
import { FakeBlockPort } from '../../../support/fake-block-port';
import { FakeLine } from '../../../support/fake-line';
import { FakeGuestMemory } from '../../../support/fake-memory';
import { pattern } from './fixture';

const identity = { model: 'SUBZERO TEST', serial: 'SZ0001', firmware: '1.0' };
export const COMMAND_LIST = 0x10000;
export const RECEIVED = 0x11000;
const TABLES = 0x20000;
const TABLE_SIZE = 0x1000;
export const DATA = 0x100000;
export const PORT = {
  IS: 0x10,
  IE: 0x14,
  CMD: 0x18,
  TFD: 0x20,
  SIG: 0x24,
  SSTS: 0x28,
  SCTL: 0x2c,
  SERR: 0x30,
  SACT: 0x34,
  CI: 0x38,
};

export interface Command {
  readonly command: number;
  readonly lba?: number;
  readonly count?: number;
  readonly features?: number;
  readonly device?: number;
  readonly packet?: readonly number[];
  /** [address, bytes] */
  readonly data?: readonly (readonly [number, number])[];
  /** The FIS writes the control register instead. */
  readonly control?: number;
}

/** A disk at port 0, a CD-ROM at port 1, and what a driver does. */
export class AhciFixture {
  readonly disk = new FakeBlockPort(pattern(0x200000));
  readonly cd = new FakeBlockPort(pattern(0x80000), true);
  readonly memory = new FakeGuestMemory(0x400000);
  readonly line = new FakeLine();
  readonly messages: InterruptMessage[] = [];
  readonly ahci: Ahci;
  #mmio: MmioHandler | undefined;

  constructor({ isImmediate = true }: { readonly isImmediate?: boolean } = {}) {
    this.disk.isImmediate = isImmediate;
    this.cd.isImmediate = isImmediate;
    this.ahci = new Ahci(
      'pci/00:03.0',
      [
        { port: this.disk, drive: new AtaDisk(this.disk, identity) },
        { port: this.cd, drive: new AtapiCdrom(this.cd, identity, true) },
      ],
      {
        memory: this.memory,
        messages: { send: (message) => this.messages.push(message) > 0 },
        pci: {
          intx: this.line,
          bars: {
            mapPorts: () => {},
            mapMemory: () => {},
            mapMmio: (_name, at, _size, handler) => {
              this.#mmio = at === undefined ? undefined : handler;
            },
          },
        },
      },
    );
  }

  /** Memory, bus master, the BAR, both ports running, interrupts of everything. */
  enable(): this {
    this.ahci.config.writeConfig(0x24, 4, 0xfebf0000);
    this.ahci.config.writeConfig(0x04, 2, 6);
    this.write(0x04, 0x80000002);
    for (const port of [0, 1]) {
      this.set(port, 0x00, COMMAND_LIST + 0x400 * port);
      this.set(port, 0x08, RECEIVED + 0x100 * port);
      this.set(port, PORT.IE, 0xffffffff);
      this.set(port, PORT.CMD, 0x10);
      this.set(port, PORT.CMD, 0x11);
    }
    return this;
  }

  read(offset: number): number {
    return this.#mmio!.readMmio(offset, 4);
  }

  write(offset: number, value: number): void {
    this.#mmio!.writeMmio(offset, 4, value);
  }

  get(port: number, register: number): number {
    return this.read(0x100 + 0x80 * port + register);
  }

  set(port: number, register: number, value: number): void {
    this.write(0x100 + 0x80 * port + register, value);
  }

  /** Fills a slot; the caller writes CI. */
  prepare(port: number, slot: number, command: Command): void {
    const { memory } = this;
    const table = TABLES + TABLE_SIZE * (32 * port + slot);
    const { lba = 0, count = 0, features = 0, data = [] } = command;
    const header = COMMAND_LIST + 0x400 * port + 32 * slot;
    memory.writeU32(header, 5 | (command.packet === undefined ? 0 : 0x20) | (data.length << 16));
    memory.writeU32(header + 4, 0);
    memory.writeU32(header + 8, table);
    memory.writeU32(header + 12, 0);
    const high = Math.floor(lba / 0x1000000);
    const bytes = [0x27, command.control === undefined ? 0x80 : 0, command.command, features & 0xff];
    bytes.push(lba & 0xff, (lba >> 8) & 0xff, (lba >> 16) & 0xff, command.device ?? 0x40);
    bytes.push(high & 0xff, (high >> 8) & 0xff, (high >> 16) & 0xff, features >> 8);
    bytes.push(count & 0xff, count >> 8, 0, command.control ?? 0, 0, 0, 0, 0);
    memory.write(table, Uint8Array.from(bytes));
    memory.write(
      table + 0x40,
      Uint8Array.from([...(command.packet ?? []), ...new Array<number>(16).fill(0)].slice(0, 16)),
    );
    data.forEach(([address, length], i) => {
      memory.writeU32(table + 0x80 + 16 * i, address);
      memory.writeU32(table + 0x84 + 16 * i, 0);
      memory.writeU32(table + 0x8c + 16 * i, length - 1);
    });
  }

  run(port: number, command: Command, slot = 0): void {
    this.prepare(port, slot, command);
    this.set(port, PORT.CI, 1 << slot);
  }

  /** Bytes that a command moved, as its header says. */
  moved(port: number, slot = 0): number {
    return this.memory.readU32(COMMAND_LIST + 0x400 * port + 32 * slot + 4);
  }

  bytes(at: number, length: number): Uint8Array {
    return this.memory.bytes.slice(at, at + length);
  }
}
