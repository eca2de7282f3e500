/**
 * A Serial ATA controller after AHCI 1.3.1, as Intel's ICH9 has it (8086:2922): six ports with 32 command slots, native command
 * queuing, MSI. Left out: port multipliers, command completion coalescing, staggered spin-up, hot plug, the legacy interface.
 */
import { allOnes, type AccessSize, type Device, type MmioHandler } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import type { InterruptMessageBus } from '../../machine/interrupt-message';
import type { PciWires } from '../../machine/pci';
import { isPciConfigState, PciConfigSpace, type PciConfigState } from '../../machine/pci-config';
import { MsiCapability } from '../../machine/pci-msi';
import { defineState, isRecord, isUint } from '../../machine/saved-state';
import { type AhciDrive, AhciPort, type AhciPortState, isAhciPortState } from './ahci-port';
import * as r from './ahci-registers';

export const AHCI_PORTS = 6;
const ABAR = 5;
const ABAR_SIZE = 0x1000;
const MSI_CAPABILITY = 0x80;
const FIRST_PORT = 0x100;
const PORT_SIZE = 0x80;
const CAPABILITIES =
  r.CAP_64_BIT |
  r.CAP_QUEUE |
  r.CAP_COMMAND_LIST_OVERRIDE |
  r.CAP_GENERATION_2 |
  r.CAP_ONLY_AHCI |
  (r.CAP_SLOTS_32 | (AHCI_PORTS - 1));

export interface AhciWires {
  readonly pci: PciWires;
  readonly messages: InterruptMessageBus;
  readonly memory: GuestMemory;
}

export interface AhciState {
  readonly config: PciConfigState;
  readonly control: number;
  readonly status: number;
  readonly ports: readonly AhciPortState[];
}

export const ahciState = defineState<AhciState>({
  kind: 'ahci',
  version: 1,
  check: (value): value is AhciState =>
    isRecord(value) &&
    isPciConfigState(value.config) &&
    isUint(value.control) &&
    isUint(value.status) &&
    Array.isArray(value.ports) &&
    value.ports.length === AHCI_PORTS &&
    value.ports.every(isAhciPortState),
});

export class Ahci implements Device<AhciState>, MmioHandler {
  readonly config: PciConfigSpace;
  readonly #ports: readonly AhciPort[];
  readonly #msi: MsiCapability;
  #control = r.GHC_AHCI;
  /** Ports that have asked for an interrupt. */
  #status = 0;

  constructor(
    readonly id: string,
    drives: readonly (AhciDrive | undefined)[],
    wires: AhciWires,
  ) {
    this.config = new PciConfigSpace(
      id,
      {
        ...{ vendor: 0x8086, device: 0x2922, revision: 2, classCode: 0x010601 },
        ...{ subsystemVendor: 0x1af4, subsystem: 0x1100, interruptPin: 1 },
      },
      wires.pci,
      [{ kind: 'mmio', index: ABAR, size: ABAR_SIZE, handler: this }],
    );
    this.#msi = new MsiCapability(this.config, MSI_CAPABILITY, 1, wires.messages);
    const changed = (): void => this.#updateInterrupt();
    const isMaster = (): boolean => this.config.isBusMaster;
    this.#ports = Array.from(
      { length: AHCI_PORTS },
      (_, index) => new AhciPort(wires.memory, isMaster, changed, drives[index]),
    );
    this.config.onWrite = () => {
      for (const port of this.#ports) port.startCommands();
      this.#updateInterrupt();
    };
  }

  readMmio(offset: number, size: AccessSize): number {
    // Registers are read whole; parts of one are its bytes.
    if ((offset & 3) + size > 4) return allOnes(size);
    const value = this.#read(offset & ~3) >>> (8 * (offset & 3));
    return size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff);
  }

  /** Writes narrower than a register are not defined (3.0); they are dropped. */
  writeMmio(offset: number, size: AccessSize, value: number): void {
    if (size !== 4 || (offset & 3) !== 0) return;
    if (offset >= FIRST_PORT) {
      const at = offset - FIRST_PORT;
      this.#ports[Math.floor(at / PORT_SIZE)]?.write(at % PORT_SIZE, value >>> 0);
      return;
    }
    if (offset === r.HOST_GHC) {
      if ((value & r.GHC_RESET) !== 0) this.#resetController();
      else this.#control = (r.GHC_AHCI | (value & r.GHC_INTERRUPTS)) >>> 0;
      this.#drive();
    } else if (offset === r.HOST_IS) {
      this.#status = (this.#status & ~value) >>> 0;
      this.#updateInterrupt();
      // What is left, or came at once again, is a message of its own (10.6.2).
      if (this.#isInterrupting) this.#msi.raise(0);
    }
  }

  reset(): void {
    this.config.reset();
    this.#resetController();
    this.#drive();
  }

  save(): AhciState {
    return {
      config: this.config.save(),
      control: this.#control,
      status: this.#status,
      ports: this.#ports.map((port) => port.save()),
    };
  }

  restore(state: AhciState): void {
    this.config.restore(state.config);
    this.#control = (r.GHC_AHCI | (state.control & r.GHC_INTERRUPTS)) >>> 0;
    this.#ports.forEach((port, index) => {
      port.restore(`${this.id}/port${index}`, state.ports[index]!);
    });
    this.#status = state.status & (2 ** AHCI_PORTS - 1);
    this.#drive();
  }

  #read(offset: number): number {
    if (offset >= FIRST_PORT) {
      const at = offset - FIRST_PORT;
      return this.#ports[Math.floor(at / PORT_SIZE)]?.read(at % PORT_SIZE) ?? 0;
    }
    switch (offset) {
      case r.HOST_CAP:
        return CAPABILITIES >>> 0;
      case r.HOST_GHC:
        return this.#control;
      case r.HOST_IS:
        return this.#status;
      case r.HOST_PI:
        return 2 ** AHCI_PORTS - 1;
      case r.HOST_VS:
        return r.VERSION_1_3;
      default:
        return 0;
    }
  }

  #resetController(): void {
    this.#control = r.GHC_AHCI;
    for (const port of this.#ports) port.reset();
    this.#status = 0;
  }

  get #isInterrupting(): boolean {
    return this.#status !== 0 && (this.#control & r.GHC_INTERRUPTS) !== 0;
  }

  /** Takes over which ports ask; a new one is a message. */
  #updateInterrupt(): void {
    const before = this.#status;
    this.#ports.forEach((port, index) => {
      if (port.isInterrupting) this.#status |= 1 << index;
    });
    this.#drive();
    if (this.#isInterrupting && (this.#status & ~before) !== 0) this.#msi.raise(0);
  }

  /** INTx, while messages are off. */
  #drive(): void {
    this.config.setInterrupt(this.#isInterrupting && !this.#msi.isEnabled);
  }
}
