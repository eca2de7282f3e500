/**
 * The 256 bytes of configuration space of a PCI function with a type 0 header (PCI Local Bus 3.0, chapter 6): identity,
 * command and status, base address registers with sizing, expansion ROM, interrupt line and pin. A device owns one and
 * hands it to the board as its `PciFunction`. Capabilities: `addCapability`, and pci-msi.ts. Left out: cardbus, BIST.
 */
import type { AccessSize, MmioHandler, PortHandler } from './device';
import { allOnes } from './device';
import type { PciFunction, PciWires } from './pci';
import { isBytes, isRecord } from './saved-state';

export const PCI_VENDOR_ID = 0x00;
export const PCI_DEVICE_ID = 0x02;
export const PCI_COMMAND = 0x04;
export const PCI_STATUS = 0x06;
export const PCI_REVISION_ID = 0x08;
export const PCI_CLASS_CODE = 0x09;
export const PCI_HEADER_TYPE = 0x0e;
export const PCI_BAR0 = 0x10;
export const PCI_SUBSYSTEM_VENDOR_ID = 0x2c;
export const PCI_SUBSYSTEM_ID = 0x2e;
export const PCI_ROM_BAR = 0x30;
export const PCI_CAPABILITIES = 0x34;
export const PCI_INTERRUPT_LINE = 0x3c;
export const PCI_INTERRUPT_PIN = 0x3d;

export const COMMAND_IO = 0x0001;
export const COMMAND_MEMORY = 0x0002;
export const COMMAND_MASTER = 0x0004;
export const COMMAND_PARITY = 0x0040;
export const COMMAND_SERR = 0x0100;
export const COMMAND_INTX_DISABLE = 0x0400;
export const STATUS_INTERRUPT = 0x0008;
const STATUS_CAPABILITIES = 0x0010;
/** Status bits that a function sets and software clears by writing ones (PCI 3.0, 6.2.3). */
const STATUS_W1C = 0xf900;

export interface PciIdentity {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Base class, sub-class, programming interface: 0x060000 is a host bridge. */
  readonly classCode: number;
  readonly subsystemVendor?: number;
  readonly subsystem?: number;
  /** 1 = INTA# … 4 = INTD#; absent = the function has no interrupt. */
  readonly interruptPin?: number;
  /** Set in function 0 of a device with more functions. */
  readonly isMultiFunction?: boolean;
  /** Command bits software may change; default I/O, memory, master, parity, SERR#, INTx disable. */
  readonly commandWritable?: number;
  /** Command bits that are set from power-on. */
  readonly command?: number;
  /** Status bits that are always set. */
  readonly status?: number;
}

/** One base address register. Sizes are powers of two: ports ≥ 4, memory ≥ 4096 where slots are used. */
export type Bar =
  | { readonly kind: 'ports'; readonly index: number; readonly size: number; readonly handler: PortHandler }
  | (MemoryBar & { readonly kind: 'mmio'; readonly handler: MmioHandler })
  /** Plain memory at `offset` of the shared memory (VRAM). */
  | (MemoryBar & { readonly kind: 'memory'; readonly offset: number });

interface MemoryBar {
  readonly index: number;
  readonly size: number;
  readonly isPrefetchable?: boolean;
  /** Takes this and the next register. */
  readonly is64Bit?: boolean;
}

export interface PciConfigState {
  readonly bytes: Uint8Array;
}

export function isPciConfigState(value: unknown): value is PciConfigState {
  return isRecord(value) && isBytes(value.bytes, 256);
}

interface Mapping {
  readonly name: string;
  readonly bar: Bar;
  readonly register: number;
  at: number | undefined;
}

export class PciConfigSpace implements PciFunction {
  /** The registers as they read. A device may set its own bytes; those also belong in `writable` or `volatile`. */
  readonly bytes = new Uint8Array(256);
  /** Bits that software can change. Extend for device-specific registers, before the first access. */
  readonly writable = new Uint8Array(256);
  /** Bits that software clears by writing ones. */
  readonly writeOneToClear = new Uint8Array(256);
  /** Further bits that change by themselves and are saved. */
  readonly volatile = new Uint8Array(256);
  /** Called after a write changed or might have changed registers [first, first + size). */
  onWrite: ((first: number, size: number) => void) | undefined;

  readonly #powerOn = new Uint8Array(256);
  readonly #mappings: Mapping[] = [];
  readonly #watchers: ((first: number, size: number) => void)[] = [];
  #interrupt = false;

  /** `name` prefixes the BAR names given to the mapper and is the device's id. `wires` may be absent without BARs. */
  constructor(
    private readonly name: string,
    identity: PciIdentity,
    private readonly wires?: PciWires,
    bars: readonly Bar[] = [],
    private readonly rom?: Uint8Array,
  ) {
    this.preset(PCI_VENDOR_ID, 2, identity.vendor);
    this.preset(PCI_DEVICE_ID, 2, identity.device);
    this.preset(PCI_COMMAND, 2, identity.command ?? 0);
    this.preset(PCI_STATUS, 2, identity.status ?? 0);
    this.preset(PCI_REVISION_ID, 1, identity.revision);
    this.preset(PCI_CLASS_CODE, 1, identity.classCode & 0xff);
    this.preset(PCI_CLASS_CODE + 1, 2, identity.classCode >>> 8);
    this.preset(PCI_HEADER_TYPE, 1, identity.isMultiFunction ? 0x80 : 0);
    this.preset(PCI_SUBSYSTEM_VENDOR_ID, 2, identity.subsystemVendor ?? 0);
    this.preset(PCI_SUBSYSTEM_ID, 2, identity.subsystem ?? 0);
    this.preset(PCI_INTERRUPT_PIN, 1, identity.interruptPin ?? 0);
    const command =
      identity.commandWritable ??
      COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_PARITY | COMMAND_SERR | COMMAND_INTX_DISABLE;
    setLittle(this.writable, PCI_COMMAND, 2, command);
    setLittle(this.writeOneToClear, PCI_STATUS, 2, STATUS_W1C);
    setLittle(this.volatile, PCI_STATUS, 2, STATUS_INTERRUPT);
    this.writable[PCI_INTERRUPT_LINE] = 0xff;
    for (const bar of bars) this.#defineBar(bar);
    if (rom !== undefined) this.#defineRom(rom);
  }

  /** Sets a power-on value, now and for every reset. */
  preset(register: number, size: AccessSize, value: number): void {
    setLittle(this.#powerOn, register, size, value);
    setLittle(this.bytes, register, size, value);
  }

  /** Lets software change bits of a register. */
  allow(register: number, size: AccessSize, mask: number): void {
    setLittle(this.writable, register, size, mask);
  }

  /** Bits that change by themselves and are saved. */
  change(register: number, size: AccessSize, mask: number): void {
    setLittle(this.volatile, register, size, mask);
  }

  /** Puts a capability at the head of the list (6.7); its registers are the caller's. */
  addCapability(at: number, id: number, length: number): void {
    if (at < 0x40 || (at & 3) !== 0 || at + length > 256)
      throw new Error(`${this.name}: no room for a capability at ${at}`);
    this.preset(at, 1, id);
    this.preset(at + 1, 1, this.get(PCI_CAPABILITIES, 1));
    this.preset(PCI_CAPABILITIES, 1, at);
    this.preset(PCI_STATUS, 2, this.get(PCI_STATUS, 2) | STATUS_CAPABILITIES);
  }

  /** As `onWrite`, for the parts of a function. */
  watch(listener: (first: number, size: number) => void): void {
    this.#watchers.push(listener);
  }

  get(register: number, size: AccessSize): number {
    return getLittle(this.bytes, register, size);
  }

  set(register: number, size: AccessSize, value: number): void {
    setLittle(this.bytes, register, size, value);
  }

  get command(): number {
    return this.get(PCI_COMMAND, 2);
  }

  get isBusMaster(): boolean {
    return (this.command & COMMAND_MASTER) !== 0;
  }

  /** Where BAR `index` answers now; undefined while it does not. */
  barAddress(index: number): number | undefined {
    return this.#mappings.find((mapping) => mapping.bar.index === index)?.at;
  }

  readConfig(register: number, size: AccessSize): number {
    return register + size > 256 ? allOnes(size) : this.get(register, size);
  }

  writeConfig(register: number, size: AccessSize, value: number): void {
    if (register + size > 256) return;
    for (let i = 0; i < size; i++) {
      const at = register + i;
      const byte = (value >>> (8 * i)) & 0xff;
      const mask = this.writable[at]!;
      const kept = this.bytes[at]! & ~(byte & this.writeOneToClear[at]!);
      this.bytes[at] = (kept & ~mask) | (byte & mask);
    }
    if (touches(register, size, PCI_COMMAND, 2)) {
      this.#updateMappings();
      this.#updateInterrupt();
    } else if (touches(register, size, PCI_BAR0, 24) || touches(register, size, PCI_ROM_BAR, 4)) {
      this.#updateMappings();
    }
    for (const watcher of this.#watchers) watcher(register, size);
    this.onWrite?.(register, size);
  }

  /** The function asserts or releases its INTx#; status and the disable bit of the command register follow. */
  setInterrupt(level: boolean): void {
    this.#interrupt = level;
    this.#updateInterrupt();
  }

  reset(): void {
    this.bytes.set(this.#powerOn);
    this.#interrupt = false;
    this.#updateMappings();
    this.#updateInterrupt();
  }

  save(): PciConfigState {
    return { bytes: this.bytes.slice() };
  }

  /** Takes over only what can change: identity and fixed bits stay this machine's. */
  restore(state: PciConfigState): void {
    for (let i = 0; i < 256; i++) {
      const mask = this.writable[i]! | this.writeOneToClear[i]! | this.volatile[i]!;
      this.bytes[i] = (this.#powerOn[i]! & ~mask) | (state.bytes[i]! & mask);
    }
    this.#interrupt = (this.get(PCI_STATUS, 2) & STATUS_INTERRUPT) !== 0;
    this.#updateMappings();
    this.#updateInterrupt();
  }

  #defineBar(bar: Bar): void {
    const register = PCI_BAR0 + 4 * bar.index;
    const low = bar.kind === 'ports' ? 1 : (bar.isPrefetchable ? 8 : 0) | (bar.is64Bit ? 4 : 0);
    this.preset(register, 4, low);
    this.allow(register, 4, -bar.size & (bar.kind === 'ports' ? ~3 : ~15));
    if (bar.kind !== 'ports' && bar.is64Bit) this.allow(register + 4, 4, 0xffffffff);
    this.#mappings.push({ name: `${this.name}/bar${bar.index}`, bar, register, at: undefined });
  }

  #defineRom(rom: Uint8Array): void {
    let size = 2048;
    while (size < rom.length) size *= 2;
    const handler: MmioHandler = {
      readMmio: (offset, length) => (offset + length > rom.length ? allOnes(length) : getLittle(rom, offset, length)),
      writeMmio: () => {},
    };
    this.allow(PCI_ROM_BAR, 4, (-size & ~0x7ff) | 1);
    const bar: Bar = { kind: 'mmio', index: 6, size, handler };
    this.#mappings.push({ name: `${this.name}/rom`, bar, register: PCI_ROM_BAR, at: undefined });
  }

  #updateMappings(): void {
    // Two passes: a range that one BAR leaves may be the one another takes.
    const wanted = this.#mappings.map((mapping) => this.#decode(mapping));
    this.#mappings.forEach((mapping, i) => {
      if (mapping.at !== undefined && mapping.at !== wanted[i]) this.#place(mapping, undefined);
    });
    this.#mappings.forEach((mapping, i) => {
      if (mapping.at !== wanted[i]) this.#place(mapping, wanted[i]);
    });
  }

  /** The address a BAR decodes, undefined when disabled, at 0, or at the all-ones value that sizing leaves. */
  #decode({ bar, register }: Mapping): number | undefined {
    const low = this.get(register, 4);
    if (bar.kind === 'ports') {
      const at = (low & ~3) >>> 0;
      const isOn = (this.command & COMMAND_IO) !== 0 && at !== 0 && at + bar.size <= 0x10000;
      return isOn ? at : undefined;
    }
    if ((this.command & COMMAND_MEMORY) === 0) return undefined;
    if (register === PCI_ROM_BAR) {
      const at = (low & ~0x7ff) >>> 0;
      return (low & 1) !== 0 && at !== 0 && at + bar.size < 0x1_0000_0000 ? at : undefined;
    }
    const base = (low & ~15) >>> 0;
    const at = bar.is64Bit ? base + this.get(register + 4, 4) * 0x1_0000_0000 : base;
    const limit = bar.is64Bit ? 2 ** 40 : 2 ** 32;
    const isSizing = at + bar.size === 2 ** 32;
    return at !== 0 && at + bar.size < limit && !isSizing ? at : undefined;
  }

  #place(mapping: Mapping, at: number | undefined): void {
    const { name, bar } = mapping;
    mapping.at = at;
    const mapper = this.wires?.bars;
    if (mapper === undefined) return;
    if (bar.kind === 'ports') mapper.mapPorts(name, at, bar.size, bar.handler);
    else if (bar.kind === 'mmio') mapper.mapMmio(name, at, bar.size, bar.handler);
    else mapper.mapMemory(name, at, bar.size, bar.offset);
  }

  #updateInterrupt(): void {
    const status = this.get(PCI_STATUS, 2) & ~STATUS_INTERRUPT;
    this.set(PCI_STATUS, 2, status | (this.#interrupt ? STATUS_INTERRUPT : 0));
    this.wires?.intx.set(this.#interrupt && (this.command & COMMAND_INTX_DISABLE) === 0);
  }
}

function touches(register: number, size: number, first: number, length: number): boolean {
  return register < first + length && first < register + size;
}

function getLittle(bytes: Uint8Array, at: number, size: AccessSize): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

function setLittle(bytes: Uint8Array, at: number, size: AccessSize, value: number): void {
  for (let i = 0; i < size; i++) bytes[at + i] = (value >>> (8 * i)) & 0xff;
}
