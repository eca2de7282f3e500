/**
 * Intel 82371SB (PIIX3) PCI-to-ISA bridge, datasheet 290550-002: configuration space of 00:01.0, routing of PIRQA#-D# to
 * ISA interrupt lines, and the reset control register at port 0xCF9. DMA, PIC, PIT, ELCR and port 0x92 are devices of
 * their own; chip selects, ISA timing and the USB function are left out.
 */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { type InterruptLine, SharedLine, type SignalLine } from '../../machine/interrupt-line';
import {
  COMMAND_IO,
  COMMAND_MASTER,
  COMMAND_MEMORY,
  isPciConfigState,
  PciConfigSpace,
  type PciConfigState,
} from '../../machine/pci-config';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

export interface Piix3Wires {
  /** This chip's own driver on ISA interrupt `irq`, level-triggered. */
  irq(irq: number): InterruptLine;
  /** Hard reset of the machine. */
  readonly reset: SignalLine;
}

export interface Piix3State {
  readonly config: PciConfigState;
  readonly resetControl: number;
}

export const piix3State = defineState<Piix3State>({
  kind: 'piix3',
  version: 1,
  check: (value): value is Piix3State =>
    isRecord(value) && isPciConfigState(value.config) && isUint(value.resetControl, 0xff),
});

const PIRQRCA = 0x60;
/** Routing disabled. */
const PIRQRC_DISABLE = 0x80;
/** 0-2, 8 and 13 are reserved (2.2.6). */
const ROUTABLE = 0b1101_1110_1111_1000;
const RCR_SRST = 2;
const RCR_RCPU = 4;

export class Piix3 implements Device<Piix3State> {
  readonly config: PciConfigSpace;
  readonly #pirqs: SharedLine[] = [];
  readonly #levels = [false, false, false, false];
  readonly #irqs: InterruptLine[] = [];
  #resetControl = 0;

  /** Port 0xCF9. A 1 written to RCPU while it is 0 resets; SRST chooses hard or soft, here both are hard. */
  readonly resetControl: PortHandler = {
    readPort: () => this.#resetControl,
    writePort: (_offset: number, _size: AccessSize, value: number) => {
      const starts = (value & RCR_RCPU) !== 0 && (this.#resetControl & RCR_RCPU) === 0;
      this.#resetControl = value & (RCR_SRST | RCR_RCPU);
      if (starts) this.wires.reset.pulse();
    },
  };

  constructor(
    readonly id: string,
    private readonly wires: Piix3Wires,
  ) {
    this.config = new PciConfigSpace(id, {
      vendor: 0x8086,
      device: 0x7000,
      revision: 0,
      classCode: 0x060100,
      subsystemVendor: 0x1af4,
      subsystem: 0x1100,
      isMultiFunction: true,
      command: COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER,
      commandWritable: 0x0008,
      status: 0x0200,
    });
    // 4C IORT, 4E-4F XBCS, 69 TOM, 6A-6B MSTAT, 70 MBIRQ0, 76-77 MBDMA, 78-79 PCSC, 80 APICBASE, A0 SMICNTL, A2 SMIEN.
    const registers: [register: number, value: number, writable: number][] = [
      [0x4c, 0x4d, 0xff],
      [0x4e, 0x03, 0xff],
      [0x4f, 0x00, 0x01],
      [0x69, 0x02, 0xfe],
      [0x6a, 0x00, 0x91],
      [0x70, 0x80, 0xef],
      [0x76, 0x0c, 0x8f],
      [0x77, 0x0c, 0x8f],
      [0x78, 0x02, 0xff],
      [0x79, 0x00, 0xff],
      [0x80, 0x00, 0x7f],
      [0x82, 0x00, 0x0f],
      [0xa0, 0x08, 0x1f],
      [0xa2, 0x00, 0xff],
      [0xa3, 0x00, 0x01],
      [0xa8, 0x0f, 0xff],
    ];
    for (const [register, value, writable] of registers) {
      this.config.preset(register, 1, value);
      this.config.allow(register, 1, writable);
    }
    for (let i = 0; i < 4; i++) {
      this.config.preset(PIRQRCA + i, 1, PIRQRC_DISABLE);
      this.config.allow(PIRQRCA + i, 1, 0x8f);
      this.#pirqs.push(new SharedLine({ set: (level) => this.#setPirq(i, level) }));
    }
    for (let irq = 0; irq < 16; irq++) {
      this.#irqs.push((ROUTABLE >> irq) & 1 ? wires.irq(irq) : { set: () => {} });
    }
    this.config.onWrite = (first, size) => {
      if (first < PIRQRCA + 4 && first + size > PIRQRCA) this.#updateIrqs();
    };
  }

  /** A new driver of the PIRQ that INTA#-INTD# (`pin` 1-4) of a slot is wired to: slot 1's INTA# is PIRQA#. */
  intx(slot: number, pin: number): InterruptLine {
    return this.#pirqs[(slot - 1 + pin - 1) & 3]!.driver();
  }

  reset(): void {
    this.config.reset();
    this.#resetControl = 0;
    this.#updateIrqs();
  }

  save(): Piix3State {
    return { config: this.config.save(), resetControl: this.#resetControl };
  }

  /** The levels of the PIRQs come back with the devices that drive them. */
  restore(state: Piix3State): void {
    this.config.restore(state.config);
    this.#resetControl = state.resetControl & (RCR_SRST | RCR_RCPU);
    this.#updateIrqs();
  }

  #setPirq(index: number, level: boolean): void {
    this.#levels[index] = level;
    this.#updateIrqs();
  }

  /** An ISA line is high while any PIRQ routed to it is. */
  #updateIrqs(): void {
    let high = 0;
    for (let i = 0; i < 4; i++) {
      const route = this.config.get(PIRQRCA + i, 1);
      if (this.#levels[i] && (route & PIRQRC_DISABLE) === 0) high |= 1 << (route & 15);
    }
    for (let irq = 0; irq < 16; irq++) this.#irqs[irq]!.set(((high >> irq) & 1) !== 0);
  }
}
