/**
 * The PC's two Intel 8237A DMA controllers (datasheet 231466-005) with the page registers of the PIIX3 (290550-002,
 * 2.5.1, 2.5.6): channels 0-3 move bytes, 5-7 words, 4 is the cascade. Transfers take no time. Left out: memory to
 * memory (the PIIX3 has none either), rotating priority and the choice of pin polarities.
 * Ports: 0x00-0x0F (again at 0x10-0x1F), 0xC0-0xDF, pages 0x80-0x8F.
 */
import type { Device, PortHandler } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import type { IsaDmaChannel, IsaDmaCycle } from '../../machine/isa-dma';
import { defineState, isBytes, isRecord, isUint } from '../../machine/saved-state';

const COMMAND_DISABLE = 0x04;
const MODE_DECREMENT = 0x20;
const MODE_AUTOINIT = 0x10;
const MODE_CASCADE = 0xc0;
const TRANSFER_WRITE = 0x04;
const TRANSFER_READ = 0x08;

export interface DmaChannelState {
  readonly baseAddress: number;
  readonly baseCount: number;
  readonly address: number;
  readonly count: number;
  readonly mode: number;
}

export interface DmaControllerState {
  readonly channels: readonly DmaChannelState[];
  readonly command: number;
  readonly mask: number;
  /** Software requests. */
  readonly requests: number;
  /** DREQ pins. */
  readonly pins: number;
  readonly terminal: number;
  readonly flipFlop: boolean;
}

export interface DmaState {
  readonly controllers: readonly DmaControllerState[];
  readonly pages: Uint8Array;
}

function isControllerState(value: unknown): value is DmaControllerState {
  return (
    isRecord(value) &&
    Array.isArray(value.channels) &&
    value.channels.length === 4 &&
    value.channels.every(
      (channel) =>
        isRecord(channel) &&
        (['baseAddress', 'baseCount', 'address', 'count'] as const).every((field) => isUint(channel[field], 0xffff)) &&
        isUint(channel.mode, 0xff),
    ) &&
    isUint(value.command, 0xff) &&
    isUint(value.mask, 15) &&
    isUint(value.requests, 15) &&
    isUint(value.pins, 15) &&
    isUint(value.terminal, 15) &&
    typeof value.flipFlop === 'boolean'
  );
}

export const dmaState = defineState<DmaState>({
  kind: 'dma',
  version: 1,
  check: (value): value is DmaState =>
    isRecord(value) &&
    Array.isArray(value.controllers) &&
    value.controllers.length === 2 &&
    value.controllers.every(isControllerState) &&
    isBytes(value.pages, 16),
});

type Channel = { -readonly [K in keyof DmaChannelState]: DmaChannelState[K] };

class Controller {
  channels: Channel[] = [];
  command = 0;
  mask = 15;
  requests = 0;
  pins = 0;
  terminal = 0;
  flipFlop = false;

  constructor() {
    this.clear();
    this.channels = Array.from({ length: 4 }, () => ({ baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0 }));
  }

  /** Master clear: the address, count and mode registers stay. */
  clear(): void {
    this.command = 0;
    this.mask = 15;
    this.requests = 0;
    this.terminal = 0;
    this.flipFlop = false;
  }

  read(register: number): number {
    if (register < 8) {
      const channel = this.channels[register >> 1]!;
      const value = register & 1 ? channel.count : channel.address;
      this.flipFlop = !this.flipFlop;
      return this.flipFlop ? value & 0xff : value >> 8;
    }
    switch (register) {
      case 8: {
        const status = this.terminal | ((this.pins | this.requests) << 4);
        this.terminal = 0;
        return status;
      }
      case 15:
        return this.mask | 0xf0;
      default: // 13: the temporary register, of memory-to-memory transfers only
        return 0;
    }
  }

  write(register: number, value: number): void {
    if (register < 8) {
      this.#writeHalf(register, value);
      return;
    }
    const bit = 1 << (value & 3);
    switch (register) {
      case 8:
        this.command = value;
        break;
      case 9:
        this.requests = value & 4 ? this.requests | bit : this.requests & ~bit;
        break;
      case 10:
        this.mask = value & 4 ? this.mask | bit : this.mask & ~bit;
        break;
      case 11:
        this.channels[value & 3]!.mode = value;
        break;
      case 12:
        this.flipFlop = false;
        break;
      case 13:
        this.clear();
        break;
      case 14:
        this.mask = 0;
        break;
      default:
        this.mask = value & 15;
        break;
    }
  }

  save(): DmaControllerState {
    const { command, mask, requests, pins, terminal, flipFlop } = this;
    return {
      channels: this.channels.map((channel) => ({ ...channel })),
      command,
      mask,
      requests,
      pins,
      terminal,
      flipFlop,
    };
  }

  restore(state: DmaControllerState): void {
    this.channels = state.channels.map(({ baseAddress, baseCount, address, count, mode }) => {
      return { baseAddress, baseCount, address, count, mode };
    });
    this.command = state.command;
    this.mask = state.mask;
    this.requests = state.requests;
    this.pins = state.pins;
    this.terminal = state.terminal;
    this.flipFlop = state.flipFlop;
  }

  /** Base and current register are written together, a byte at a time. */
  #writeHalf(register: number, value: number): void {
    const channel = this.channels[register >> 1]!;
    const old = register & 1 ? channel.baseCount : channel.baseAddress;
    const current = register & 1 ? channel.count : channel.address;
    const merge = (word: number): number => (this.flipFlop ? (word & 0x00ff) | (value << 8) : (word & 0xff00) | value);
    if (register & 1) {
      channel.baseCount = merge(old);
      channel.count = merge(current);
    } else {
      channel.baseAddress = merge(old);
      channel.address = merge(current);
    }
    this.flipFlop = !this.flipFlop;
  }
}

/** Page register of each channel, by offset from 0x80. */
const PAGE_OF_CHANNEL = [7, 3, 1, 2, 15, 11, 9, 10] as const;
const CASCADE = 4;

export class Dma implements Device<DmaState> {
  readonly #controllers = [new Controller(), new Controller()] as const;
  readonly #pages = new Uint8Array(16);
  readonly #clients: ({ onDack: ((cycle: IsaDmaCycle) => void) | undefined } & IsaDmaChannel)[] = [];
  /** A device's call from within onDack waits: no re-entry. */
  #isServing = false;

  readonly first: PortHandler = this.#portsOf(0);
  readonly second: PortHandler = this.#portsOf(1);
  readonly pages: PortHandler = {
    readPort: (offset) => this.#pages[offset & 15]!,
    writePort: (offset, _size, value) => {
      this.#pages[offset & 15] = value;
    },
  };

  constructor(
    readonly id: string,
    private readonly memory: GuestMemory,
  ) {
    for (let number = 0; number < 8; number++) {
      this.#clients.push({ onDack: undefined, setRequest: (high) => this.#setRequest(number, high) });
    }
  }

  /** Channel 0-3 or 5-7 for the device wired to it. */
  channel(number: number): IsaDmaChannel {
    return this.#clients[number]!;
  }

  reset(): void {
    for (const controller of this.#controllers) {
      controller.clear();
      for (const channel of controller.channels) {
        Object.assign(channel, { baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0 });
      }
    }
    this.#pages.fill(0);
  }

  save(): DmaState {
    return { controllers: this.#controllers.map((controller) => controller.save()), pages: this.#pages.slice() };
  }

  restore(state: DmaState): void {
    this.#controllers.forEach((controller, i) => controller.restore(state.controllers[i]!));
    this.#pages.set(state.pages);
  }

  #portsOf(index: 0 | 1): PortHandler {
    const controller = this.#controllers[index];
    // The second controller's registers lie on even ports.
    const register = (offset: number): number => (index === 0 ? offset : offset >> 1) & 15;
    return {
      readPort: (offset) => (index === 1 && offset & 1 ? 0xff : controller.read(register(offset))),
      writePort: (offset, _size, value) => {
        if (index === 1 && offset & 1) return;
        controller.write(register(offset), value & 0xff);
        for (let i = 0; i < 8; i++) this.#serve(i);
      },
    };
  }

  #setRequest(number: number, high: boolean): void {
    const controller = this.#controllers[number < 4 ? 0 : 1];
    const bit = 1 << (number & 3);
    if (high) {
      controller.pins |= bit;
      this.#serve(number);
    } else {
      controller.pins &= ~bit;
    }
  }

  #isReady(number: number): boolean {
    const [first, second] = this.#controllers;
    const controller = number < 4 ? first : second;
    const bit = 1 << (number & 3);
    if (number === CASCADE || (controller.pins & bit) === 0 || (controller.mask & bit) !== 0) return false;
    if ((controller.command | second.command) & COMMAND_DISABLE) return false;
    if ((controller.channels[number & 3]!.mode & MODE_CASCADE) === MODE_CASCADE) return false;
    // Channels 0-3 reach the bus through channel 4.
    return number > CASCADE || (second.mask & 1) === 0;
  }

  #serve(number: number): void {
    const { onDack } = this.#clients[number]!;
    if (onDack === undefined || this.#isServing || !this.#isReady(number)) return;
    this.#isServing = true;
    try {
      onDack(this.#cycle(number));
    } finally {
      this.#isServing = false;
    }
  }

  #cycle(number: number): IsaDmaCycle {
    const controller = this.#controllers[number < 4 ? 0 : 1];
    const channel = controller.channels[number & 3]!;
    const unit = number < 4 ? 1 : 2;
    const transfer = channel.mode & (TRANSFER_READ | TRANSFER_WRITE);
    const direction = transfer === TRANSFER_WRITE ? 'toMemory' : transfer === TRANSFER_READ ? 'toDevice' : 'verify';
    let isTerminal = false;
    const remaining = (): number => (isTerminal ? 0 : (channel.count + 1) * unit);
    const move = (bytes: Uint8Array, access: ((gpa: number, part: Uint8Array) => void) | undefined): number => {
      const length = Math.min(bytes.length, remaining());
      const units = Math.floor(length / unit);
      if (units > 0) this.#moveUnits(number, bytes.subarray(0, units * unit), unit, access);
      if (units > channel.count) {
        isTerminal = true;
        controller.terminal |= 1 << (number & 3);
        controller.requests &= ~(1 << (number & 3));
        if (channel.mode & MODE_AUTOINIT) {
          channel.address = channel.baseAddress;
          channel.count = channel.baseCount;
        } else {
          channel.count = 0xffff;
          controller.mask |= 1 << (number & 3);
        }
      } else {
        channel.count -= units;
      }
      return units * unit;
    };
    const { memory } = this;
    return {
      direction,
      get remaining() {
        return remaining();
      },
      get isTerminal() {
        return isTerminal;
      },
      put: (from) =>
        direction === 'toDevice'
          ? 0
          : move(from, direction === 'verify' ? undefined : (gpa, part) => memory.write(gpa, part)),
      get: (into) => (direction === 'toDevice' ? move(into, (gpa, part) => memory.read(gpa, part)) : 0),
    };
  }

  /** Moves whole units and the address register; addresses wrap within the page, 64 KiB or 128 KiB. */
  #moveUnits(
    number: number,
    bytes: Uint8Array,
    unit: number,
    access: ((gpa: number, part: Uint8Array) => void) | undefined,
  ): void {
    const channel = this.#controllers[number < 4 ? 0 : 1].channels[number & 3]!;
    const page = this.#pages[PAGE_OF_CHANNEL[number]!]!;
    const base = (unit === 1 ? page : page & 0xfe) << 16;
    const isDown = (channel.mode & MODE_DECREMENT) !== 0;
    for (let at = 0; at < bytes.length; ) {
      // Upwards in runs to the end of the page; downwards unit by unit.
      const units = isDown ? 1 : Math.min((bytes.length - at) / unit, 0x10000 - channel.address);
      access?.(base + channel.address * unit, bytes.subarray(at, at + units * unit));
      channel.address = (channel.address + (isDown ? -1 : units)) & 0xffff;
      at += units * unit;
    }
  }
}
