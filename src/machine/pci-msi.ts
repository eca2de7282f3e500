/**
 * Message signalled interrupts of a PCI function (PCI Local Bus 3.0, 6.8): the MSI capability in configuration space, with
 * 64-bit addresses and a mask bit for each vector, and MSI-X with its table and pending bits in a memory BAR. A function
 * that has one enabled sends messages instead of driving INTx#. Messages go to the local APICs, not through memory.
 */
import { type AccessSize, allOnes, type MmioHandler } from './device';
import { type InterruptMessageBus, messageOfMsi } from './interrupt-message';
import type { PciConfigSpace } from './pci-config';
import { isBytes, isRecord } from './saved-state';

const CAPABILITY_MSI = 0x05;
const CAPABILITY_MSIX = 0x11;
const CONTROL = 2;

const MSI_ENABLE = 0x0001;
const MSI_64_BIT = 0x0080;
const MSI_MASKABLE = 0x0100;
const MSI_ADDRESS = 4;
const MSI_ADDRESS_HIGH = 8;
const MSI_DATA = 12;
const MSI_MASK = 16;
const MSI_PENDING = 20;
const MSI_LENGTH = 24;

/** Only addresses of local APICs send anything. */
const MESSAGE_AREA = 0xfee;

function send(bus: InterruptMessageBus, address: number, addressHigh: number, data: number): void {
  if (addressHigh === 0 && address >>> 20 === MESSAGE_AREA) bus.send(messageOfMsi(address, data));
}

export class MsiCapability {
  /** @param vectors how many messages the function can tell apart: 1, 2, 4 … 32 */
  constructor(
    private readonly config: PciConfigSpace,
    private readonly at: number,
    private readonly vectors: number,
    private readonly bus: InterruptMessageBus,
  ) {
    config.addCapability(at, CAPABILITY_MSI, MSI_LENGTH);
    const capable = Math.log2(vectors);
    config.preset(at + CONTROL, 2, (capable << 1) | MSI_64_BIT | MSI_MASKABLE);
    config.allow(at + CONTROL, 2, MSI_ENABLE | 0x70);
    config.allow(at + MSI_ADDRESS, 4, 0xfffffffc);
    config.allow(at + MSI_ADDRESS_HIGH, 4, 0xffffffff);
    config.allow(at + MSI_DATA, 2, 0xffff);
    const bits = 2 ** vectors - 1;
    config.allow(at + MSI_MASK, 4, bits);
    config.change(at + MSI_PENDING, 4, bits);
    config.watch((first, size) => {
      if (first < at + MSI_LENGTH && at < first + size) this.#sendPending();
    });
  }

  get isEnabled(): boolean {
    return (this.config.get(this.at + CONTROL, 2) & MSI_ENABLE) !== 0;
  }

  /** Sends a message; masked, it waits. Vectors beyond those that software has enabled share the low ones (6.8.1.3). */
  raise(vector: number): void {
    if (!this.isEnabled) return;
    const { config, at } = this;
    const enabled = Math.min(this.vectors, 1 << ((config.get(at + CONTROL, 2) >> 4) & 7));
    const number = vector & (enabled - 1);
    if ((config.get(at + MSI_MASK, 4) >>> number) & 1) {
      config.set(at + MSI_PENDING, 4, (config.get(at + MSI_PENDING, 4) | (1 << number)) >>> 0);
      return;
    }
    const data = (config.get(at + MSI_DATA, 2) & ~(enabled - 1)) | number;
    send(this.bus, config.get(at + MSI_ADDRESS, 4), config.get(at + MSI_ADDRESS_HIGH, 4), data);
  }

  #sendPending(): void {
    const { config, at } = this;
    if (!this.isEnabled) return;
    const due = config.get(at + MSI_PENDING, 4) & ~config.get(at + MSI_MASK, 4);
    if (due === 0) return;
    config.set(at + MSI_PENDING, 4, (config.get(at + MSI_PENDING, 4) & ~due) >>> 0);
    for (let vector = 0; vector < this.vectors; vector++) if ((due >>> vector) & 1) this.raise(vector);
  }
}

const MSIX_ENABLE = 0x8000;
const MSIX_FUNCTION_MASK = 0x4000;
const MSIX_TABLE = 4;
const MSIX_PENDING = 8;
const MSIX_LENGTH = 12;
const ENTRY_BYTES = 16;
const ENTRY_ADDRESS_HIGH = 4;
const ENTRY_DATA = 8;
const ENTRY_CONTROL = 12;
const ENTRY_MASKED = 1;

export interface MsixState {
  readonly table: Uint8Array;
  readonly pending: Uint8Array;
}

export interface MsixPlace {
  /** BAR that holds both. */
  readonly bar: number;
  readonly tableOffset: number;
  readonly pendingOffset: number;
}

/** Vector table and pending bits; the device gives `table` and `pending` the accesses to their places in its BAR. */
export class MsixCapability {
  readonly #table: DataView;
  readonly #pending: Uint8Array;

  readonly table: MmioHandler = {
    readMmio: (offset, size) => this.#read(this.#table, offset, size),
    writeMmio: (offset, size, value) => this.#writeTable(offset, size, value),
  };
  /** Read-only (6.8.2.10). */
  readonly pending: MmioHandler = {
    readMmio: (offset, size) => this.#read(viewOf(this.#pending), offset, size),
    writeMmio: () => undefined,
  };

  constructor(
    private readonly config: PciConfigSpace,
    private readonly at: number,
    private readonly vectors: number,
    private readonly bus: InterruptMessageBus,
    { bar, tableOffset, pendingOffset }: MsixPlace,
  ) {
    this.#table = new DataView(new ArrayBuffer(vectors * ENTRY_BYTES));
    this.#pending = new Uint8Array(Math.ceil(vectors / 64) * 8);
    config.addCapability(at, CAPABILITY_MSIX, MSIX_LENGTH);
    config.preset(at + CONTROL, 2, vectors - 1);
    config.allow(at + CONTROL, 2, MSIX_ENABLE | MSIX_FUNCTION_MASK);
    config.preset(at + MSIX_TABLE, 4, tableOffset | bar);
    config.preset(at + MSIX_PENDING, 4, pendingOffset | bar);
    config.watch((first, size) => {
      if (first < at + MSIX_LENGTH && at < first + size) this.#sendPending();
    });
    this.reset();
  }

  get isEnabled(): boolean {
    return (this.config.get(this.at + CONTROL, 2) & MSIX_ENABLE) !== 0;
  }

  raise(vector: number): void {
    if (!this.isEnabled || vector < 0 || vector >= this.vectors) return;
    if (this.#isMasked(vector)) {
      this.#pending[vector >> 3]! |= 1 << (vector & 7);
      return;
    }
    const entry = vector * ENTRY_BYTES;
    const address = this.#table.getUint32(entry, true);
    const high = this.#table.getUint32(entry + ENTRY_ADDRESS_HIGH, true);
    send(this.bus, address, high, this.#table.getUint32(entry + ENTRY_DATA, true));
  }

  /** All vectors masked. */
  reset(): void {
    for (let vector = 0; vector < this.vectors; vector++) {
      for (let at = 0; at < ENTRY_CONTROL; at += 4) this.#table.setUint32(vector * ENTRY_BYTES + at, 0, true);
      this.#table.setUint32(vector * ENTRY_BYTES + ENTRY_CONTROL, ENTRY_MASKED, true);
    }
    this.#pending.fill(0);
  }

  save(): MsixState {
    return { table: bytesOf(this.#table).slice(), pending: this.#pending.slice() };
  }

  /** The state has passed `isMsixState` with this number of vectors. */
  restore(state: MsixState): void {
    bytesOf(this.#table).set(state.table);
    this.#pending.set(state.pending);
  }

  #isMasked(vector: number): boolean {
    if (this.config.get(this.at + CONTROL, 2) & MSIX_FUNCTION_MASK) return true;
    return (this.#table.getUint32(vector * ENTRY_BYTES + ENTRY_CONTROL, true) & ENTRY_MASKED) !== 0;
  }

  #read(view: DataView, offset: number, size: AccessSize): number {
    if (offset + size > view.byteLength) return allOnes(size);
    return size === 4
      ? view.getUint32(offset, true)
      : size === 2
        ? view.getUint16(offset, true)
        : view.getUint8(offset);
  }

  /** Whole words only (6.8.2). */
  #writeTable(offset: number, size: AccessSize, value: number): void {
    if (size !== 4 || (offset & 3) !== 0 || offset + 4 > this.#table.byteLength) return;
    const isControl = (offset & (ENTRY_BYTES - 1)) === ENTRY_CONTROL;
    const isAddress = (offset & (ENTRY_BYTES - 1)) === 0;
    this.#table.setUint32(offset, isControl ? value & ENTRY_MASKED : isAddress ? value & ~3 : value, true);
    if (isControl) this.#sendPending();
  }

  #sendPending(): void {
    if (!this.isEnabled) return;
    for (let vector = 0; vector < this.vectors; vector++) {
      const bit = 1 << (vector & 7);
      if ((this.#pending[vector >> 3]! & bit) === 0 || this.#isMasked(vector)) continue;
      this.#pending[vector >> 3]! &= ~bit;
      this.raise(vector);
    }
  }
}

export function isMsixState(value: unknown, vectors: number): value is MsixState {
  return (
    isRecord(value) &&
    isBytes(value.table, vectors * ENTRY_BYTES) &&
    isBytes(value.pending, Math.ceil(vectors / 64) * 8)
  );
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
