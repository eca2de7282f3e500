/**
 * PCI configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2) on ports 0xCF8-0xCFF, and bus 0 behind it. The byte port
 * 0xCF9 inside the range is the south bridge's reset control register and goes to its own handler.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import type { PciAddress, PciFunction } from '../../machine/pci';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

/** Bus 0: which function answers where. The board fills it. */
export class PciBus {
  readonly #functions = new Map<number, PciFunction>();

  attach(address: PciAddress, fn: PciFunction): void {
    const key = (address.device << 3) | address.function;
    if (this.#functions.has(key)) throw new Error(`two PCI functions at ${address.device}.${address.function}`);
    this.#functions.set(key, fn);
  }

  find(deviceFunction: number): PciFunction | undefined {
    return this.#functions.get(deviceFunction);
  }
}

export interface PciConfigPortsState {
  readonly address: number;
}

export const pciConfigPortsState = defineState<PciConfigPortsState>({
  kind: 'pci-config-ports',
  version: 1,
  check: (value): value is PciConfigPortsState => isRecord(value) && isUint(value.address),
});

const CONFIG_DATA = 4;
const ENABLE = 0x8000_0000;
/** Enable, bus, device, function, register; the reserved bits read as 0. */
const ADDRESS_BITS = 0x80ff_fffc;

export class PciConfigPorts implements Device<PciConfigPortsState>, PortHandler {
  #address = 0;

  constructor(
    readonly id: string,
    private readonly bus: PciBus,
    /** Port 0xCF9, at offset 0. */
    private readonly resetControl: PortHandler,
  ) {}

  readPort(offset: number, size: AccessSize): number {
    if (offset >= CONFIG_DATA) return this.#readData(offset - CONFIG_DATA, size);
    if (offset === 0 && size === 4) return this.#address;
    if (offset === 1 && size === 1) return this.resetControl.readPort(0, 1);
    return allOnes(size);
  }

  writePort(offset: number, size: AccessSize, value: number): void {
    if (offset >= CONFIG_DATA) this.#writeData(offset - CONFIG_DATA, size, value);
    else if (offset === 0 && size === 4) this.#address = (value & ADDRESS_BITS) >>> 0;
    else if (offset === 1 && size === 1) this.resetControl.writePort(0, 1, value);
  }

  reset(): void {
    this.#address = 0;
  }

  save(): PciConfigPortsState {
    return { address: this.#address };
  }

  restore(state: PciConfigPortsState): void {
    this.#address = (state.address & ADDRESS_BITS) >>> 0;
  }

  /** An access that would leave the dword is none: the bus cannot express it. */
  #target(offset: number, size: AccessSize): PciFunction | undefined {
    const isEnabled = (this.#address & ENABLE) !== 0 && ((this.#address >>> 16) & 0xff) === 0;
    return isEnabled && offset + size <= 4 ? this.bus.find((this.#address >>> 8) & 0xff) : undefined;
  }

  #readData(offset: number, size: AccessSize): number {
    return this.#target(offset, size)?.readConfig((this.#address & 0xfc) + offset, size) ?? allOnes(size);
  }

  #writeData(offset: number, size: AccessSize, value: number): void {
    this.#target(offset, size)?.writeConfig((this.#address & 0xfc) + offset, size, value);
  }
}
