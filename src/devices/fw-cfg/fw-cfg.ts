/**
 * QEMU's firmware configuration device (QEMU docs/specs/fw_cfg.rst): selector at 0x510, data at 0x511, DMA address at
 * 0x514-0x51B (big-endian). One handler of 12 ports from 0x510. Writing through the data port is not there any more, as
 * the specification says; DMA writes reach files that were added as writable.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import { defineState, isBytes, isRecord, isUint } from '../../machine/saved-state';

export const FW_CFG_SIGNATURE = 0x00;
export const FW_CFG_ID = 0x01;
export const FW_CFG_UUID = 0x02;
export const FW_CFG_RAM_SIZE = 0x03;
export const FW_CFG_NOGRAPHIC = 0x04;
export const FW_CFG_NB_CPUS = 0x05;
export const FW_CFG_KERNEL_ADDR = 0x07;
export const FW_CFG_KERNEL_SIZE = 0x08;
export const FW_CFG_INITRD_ADDR = 0x0a;
export const FW_CFG_INITRD_SIZE = 0x0b;
export const FW_CFG_BOOT_DEVICE = 0x0c;
export const FW_CFG_NUMA = 0x0d;
export const FW_CFG_BOOT_MENU = 0x0e;
export const FW_CFG_MAX_CPUS = 0x0f;
export const FW_CFG_KERNEL_ENTRY = 0x10;
export const FW_CFG_KERNEL_DATA = 0x11;
export const FW_CFG_INITRD_DATA = 0x12;
export const FW_CFG_CMDLINE_ADDR = 0x13;
export const FW_CFG_CMDLINE_SIZE = 0x14;
export const FW_CFG_CMDLINE_DATA = 0x15;
export const FW_CFG_SETUP_ADDR = 0x16;
export const FW_CFG_SETUP_SIZE = 0x17;
export const FW_CFG_SETUP_DATA = 0x18;
export const FW_CFG_FILE_DIR = 0x19;
export const FW_CFG_FILE_FIRST = 0x20;
/** Items of the PC (architecture-local). */
export const FW_CFG_ACPI_TABLES = 0x8000;
export const FW_CFG_SMBIOS_ENTRIES = 0x8001;
export const FW_CFG_IRQ0_OVERRIDE = 0x8002;
export const FW_CFG_E820_TABLE = 0x8003;
export const FW_CFG_HPET = 0x8004;

const ID_TRADITIONAL = 1;
const ID_DMA = 2;
const DMA_SIGNATURE = 'QEMU CFG';

const DMA_ERROR = 0x01;
const DMA_READ = 0x02;
const DMA_SKIP = 0x04;
const DMA_SELECT = 0x08;
const DMA_WRITE = 0x10;
/** Bit 14 of a selector asked for writing, long ago. */
const SELECTOR_MASK = 0xbfff;
const MAX_NAME = 55;
/** A read past the end gives zeros; one longer than this beyond it is an error, so that no transfer takes seconds. */
const MAX_ZEROS = 1 << 20;

export interface FwCfgFileOptions {
  readonly isWritable?: boolean;
  /** After each DMA write into the file, with the whole file. */
  onWrite?(bytes: Uint8Array): void;
  /** Makes the file anew when the guest has selected it and reads: what it says follows the machine's state. The length stays. */
  refresh?(): Uint8Array;
}

interface Item {
  bytes: Uint8Array;
  readonly options: FwCfgFileOptions;
}

export interface FwCfgState {
  readonly selector: number;
  readonly offset: number;
  readonly dmaAddress: Uint8Array;
  /** Contents of writable items: the others are the machine's configuration. */
  readonly written: { readonly [selector: string]: Uint8Array };
}

export const fwCfgState = defineState<FwCfgState>({
  kind: 'fw-cfg',
  version: 1,
  check: (value): value is FwCfgState =>
    isRecord(value) &&
    isUint(value.selector, 0xffff) &&
    isUint(value.offset) &&
    isBytes(value.dmaAddress, 8) &&
    isRecord(value.written) &&
    Object.values(value.written).every((bytes) => isBytes(bytes)),
});

export class FwCfg implements Device<FwCfgState>, PortHandler {
  readonly #items = new Map<number, Item>();
  readonly #files = new Map<string, number>();
  #selector = 0;
  #offset = 0;
  /** The selected item as it is being read. */
  #contents: Uint8Array | undefined;
  /** As written, most significant byte first. */
  readonly #dmaAddress = new Uint8Array(8);

  constructor(
    readonly id: string,
    private readonly memory: GuestMemory,
    /** Contents may still be on their way; what an item's size is, is known. */
    private readonly beforeRead: () => void = () => undefined,
  ) {
    this.addItem(FW_CFG_SIGNATURE, latin('QEMU'));
    this.addItem(FW_CFG_ID, Uint8Array.of(ID_TRADITIONAL | ID_DMA, 0, 0, 0));
    this.#updateDirectory();
  }

  /** Adds or replaces an item without a name. */
  addItem(selector: number, bytes: Uint8Array, options: FwCfgFileOptions = {}): void {
    this.#items.set(selector & SELECTOR_MASK, { bytes, options });
    this.#contents = undefined;
  }

  /** A little-endian number of 2, 4 or 8 bytes. */
  addNumber(selector: number, size: 2 | 4 | 8, value: number): void {
    const bytes = new Uint8Array(size);
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    this.addItem(selector, bytes);
  }

  /** Adds or replaces a named file; gives its selector. Names have at most 55 characters. */
  addFile(name: string, bytes: Uint8Array, options: FwCfgFileOptions = {}): number {
    if (name.length === 0 || name.length > MAX_NAME) throw new Error(`fw_cfg file name '${name}' is too long`);
    const selector = this.#files.get(name) ?? FW_CFG_FILE_FIRST + this.#files.size;
    this.#files.set(name, selector);
    this.addItem(selector, bytes, options);
    this.#updateDirectory();
    return selector;
  }

  /** Contents of a file as they are now. */
  file(name: string): Uint8Array | undefined {
    const selector = this.#files.get(name);
    return selector === undefined ? undefined : this.#items.get(selector)?.bytes;
  }

  readPort(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.#readByte(offset + i) * 2 ** (8 * i);
    return value;
  }

  writePort(offset: number, size: AccessSize, value: number): void {
    if (offset === 0) {
      // The selector is 16 bits; a bus that splits writes brings the low byte first.
      if (size === 1) this.#select((this.#selector & 0xff00) | (value & 0xff));
      else this.#select(value & 0xffff);
      return;
    }
    for (let i = 0; i < size; i++) {
      const at = offset + i - 4;
      if (at < 0) continue;
      this.#dmaAddress[at] = (value >>> (8 * i)) & 0xff;
      // The low half starts the transfer.
      if (at === 7) this.#transfer();
    }
  }

  reset(): void {
    this.#select(0);
    this.#dmaAddress.fill(0);
  }

  save(): FwCfgState {
    const written: { [selector: string]: Uint8Array } = {};
    for (const [selector, { bytes, options }] of this.#items) {
      if (options.isWritable) written[selector] = bytes.slice();
    }
    return { selector: this.#selector, offset: this.#offset, dmaAddress: this.#dmaAddress.slice(), written };
  }

  restore(state: FwCfgState): void {
    this.#select(state.selector);
    this.#offset = state.offset;
    this.#dmaAddress.set(state.dmaAddress);
    for (const [selector, bytes] of Object.entries(state.written)) {
      const item = this.#items.get(Number(selector));
      if (item?.options.isWritable && item.bytes.length === bytes.length) item.bytes = bytes.slice();
    }
  }

  get #current(): Item | undefined {
    return this.#items.get(this.#selector & SELECTOR_MASK);
  }

  get #bytes(): Uint8Array {
    if (this.#contents === undefined) {
      const item = this.#current;
      this.#contents = item?.options.refresh?.() ?? item?.bytes ?? new Uint8Array(0);
    }
    return this.#contents;
  }

  #select(selector: number): void {
    this.#selector = selector;
    this.#offset = 0;
    this.#contents = undefined;
  }

  #readByte(offset: number): number {
    if (offset === 1) {
      this.beforeRead();
      const byte = this.#bytes[this.#offset] ?? 0;
      if (this.#offset < 0xffffffff) this.#offset++;
      return byte;
    }
    return offset >= 4 && offset < 12 ? DMA_SIGNATURE.charCodeAt(offset - 4) : 0;
  }

  /** FWCfgDmaAccess: control, length, address, all big-endian. */
  #transfer(): void {
    const at = bigEndian(this.#dmaAddress, 0, 8);
    this.#dmaAddress.fill(0);
    // Beyond the 40 bits of address space there is no structure to answer to.
    if (at > 2 ** 40 - 16) return;
    const request = new Uint8Array(16);
    this.memory.read(at, request);
    const control = bigEndian(request, 0, 4);
    const length = bigEndian(request, 4, 4);
    const address = bigEndian(request, 8, 8);
    if (control & DMA_SELECT) this.#select(Math.floor(control / 0x10000));
    let isGood = true;
    if (control & DMA_READ) isGood = this.#dmaRead(address, length);
    else if (control & DMA_WRITE) isGood = this.#dmaWrite(address, length);
    else if (control & DMA_SKIP) this.#advance(length);
    this.memory.write(at, Uint8Array.of(0, 0, 0, isGood ? 0 : DMA_ERROR));
  }

  #dmaRead(address: number, length: number): boolean {
    this.beforeRead();
    const bytes = this.#bytes;
    const from = Math.min(this.#offset, bytes.length);
    const count = Math.min(length, bytes.length - from);
    if (length - count > MAX_ZEROS || address + length > 2 ** 40) return false;
    this.memory.write(address, bytes.subarray(from, from + count));
    if (length > count) this.memory.write(address + count, new Uint8Array(length - count));
    this.#advance(length);
    return true;
  }

  #dmaWrite(address: number, length: number): boolean {
    const item = this.#current;
    if (item === undefined || !item.options.isWritable || this.#offset + length > item.bytes.length) return false;
    const bytes = new Uint8Array(length);
    this.memory.read(address, bytes);
    item.bytes = item.bytes.slice();
    item.bytes.set(bytes, this.#offset);
    this.#contents = undefined;
    this.#advance(length);
    item.options.onWrite?.(item.bytes);
    return true;
  }

  #advance(length: number): void {
    this.#offset = Math.min(this.#offset + length, 0xffffffff);
  }

  /** struct FWCfgFiles: count, then size, select, reserved, name[56] for each file, sorted by name. */
  #updateDirectory(): void {
    const names = [...this.#files.keys()].sort();
    const bytes = new Uint8Array(4 + 64 * names.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, names.length);
    names.forEach((name, i) => {
      const selector = this.#files.get(name)!;
      const at = 4 + 64 * i;
      view.setUint32(at, this.#items.get(selector)?.bytes.length ?? 0);
      view.setUint16(at + 4, selector);
      bytes.set(latin(name), at + 8);
    });
    this.addItem(FW_CFG_FILE_DIR, bytes);
  }
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

function bigEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i]!;
  return value;
}
