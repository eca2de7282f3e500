/**
 * Intel 82441FX (PMC) host bridge, datasheet 290549-001: configuration space of 00:00.0 with the Programmable Attribute
 * Map and the SMRAM control register. DRAM timing, parity and ECC registers hold their values and do nothing.
 */
import type { Device } from '../../machine/device';
import {
  COMMAND_MASTER,
  COMMAND_MEMORY,
  isPciConfigState,
  PciConfigSpace,
  type PciConfigState,
} from '../../machine/pci-config';
import { defineState } from '../../machine/saved-state';

/** One of the 13 ranges of C0000-FFFFF. False = the access goes to PCI: the ROM, or nothing. */
export interface PamSegment {
  readonly gpa: number;
  readonly size: number;
  readonly readsRam: boolean;
  readonly writesRam: boolean;
}

/** Who sees RAM at A0000-BFFFF (3.2.22, SMRAM). */
export interface SmramAccess {
  /** G_SMRAME: in SMM, code sees RAM there. */
  readonly isEnabled: boolean;
  /** D_OPEN with G_SMRAME: everybody sees RAM there. */
  readonly isOpen: boolean;
  /** D_CLS: in SMM, data accesses go to PCI. */
  readonly isClosedToData: boolean;
}

/** The board's side: maps the segments. Called on every change and for all segments on reset and restore. */
export interface PamWires {
  mapSegment(segment: PamSegment): void;
  mapSmram(access: SmramAccess): void;
}

const PAM0 = 0x59;
const PAM6 = 0x5f;
const SMRAM = 0x72;
const PAM_RE = 1;
const PAM_WE = 2;
const SMRAM_D_OPEN = 0x40;
const SMRAM_D_CLS = 0x20;
const SMRAM_D_LCK = 0x10;
const SMRAM_G_SMRAME = 0x08;
const SMRAM_C_BASE_SEG = 0x02;

export const i440fxState = defineState<PciConfigState>({ kind: 'i440fx', version: 1, check: isPciConfigState });

export class I440fx implements Device<PciConfigState> {
  readonly config: PciConfigSpace;
  #smram = SMRAM_C_BASE_SEG;

  constructor(
    readonly id: string,
    private readonly wires: PamWires,
  ) {
    // The subsystem ids are what SeaBIOS recognises this machine by; the real chip has none.
    this.config = new PciConfigSpace(id, {
      vendor: 0x8086,
      device: 0x1237,
      revision: 2,
      classCode: 0x060000,
      subsystemVendor: 0x1af4,
      subsystem: 0x1100,
      command: COMMAND_MASTER | COMMAND_MEMORY,
      commandWritable: 0x0140,
      status: 0x0280,
    });
    // 50 PMCCFG, 52 DETURBO, 53 DBC, 54 AXC, 55-56 DRT, 57 DRAMC, 58 DRAMT, 60-67 DRB, 68 FDHC, 70 MTT, 71 CLT, 90 ERRCMD.
    for (const register of [0x51, 0x53, 0x55, 0x56, 0x57, 0x58, 0x68, 0x70, 0x71, 0x90])
      this.config.allow(register, 1, 0xff);
    for (let register = 0x60; register < 0x68; register++) {
      this.config.preset(register, 1, 1);
      this.config.allow(register, 1, 0xff);
    }
    this.config.preset(0x57, 1, 0x01);
    this.config.preset(0x70, 1, 0x20);
    this.config.preset(0x71, 1, 0x10);
    this.config.allow(PAM0, 1, 0x30);
    for (let register = PAM0 + 1; register <= PAM6; register++) this.config.allow(register, 1, 0x33);
    this.config.preset(SMRAM, 1, SMRAM_C_BASE_SEG);
    this.config.allow(SMRAM, 1, SMRAM_D_OPEN | SMRAM_D_CLS | SMRAM_D_LCK | SMRAM_G_SMRAME);
    this.config.onWrite = (first, size) => this.#configWritten(first, size);
  }

  reset(): void {
    this.config.reset();
    this.#smram = SMRAM_C_BASE_SEG;
    this.#mapAll();
  }

  save(): PciConfigState {
    return this.config.save();
  }

  restore(state: PciConfigState): void {
    this.config.restore(state);
    this.#smram = this.config.get(SMRAM, 1);
    this.#mapAll();
  }

  #configWritten(first: number, size: number): void {
    for (let register = Math.max(first, PAM0); register < first + size && register <= PAM6; register++)
      this.#mapPam(register);
    if (first <= SMRAM && SMRAM < first + size) this.#writeSmram();
  }

  /** D_LCK, once set, clears D_OPEN and stays, with D_OPEN and G_SMRAME frozen, until reset (3.2.22). */
  #writeSmram(): void {
    let value = this.config.get(SMRAM, 1);
    if ((this.#smram & SMRAM_D_LCK) !== 0) value = (this.#smram & ~SMRAM_D_CLS) | (value & SMRAM_D_CLS);
    else if ((value & SMRAM_D_LCK) !== 0) value &= ~SMRAM_D_OPEN;
    this.#smram = value;
    this.config.set(SMRAM, 1, value);
    this.#mapSmram();
  }

  #mapAll(): void {
    for (let register = PAM0; register <= PAM6; register++) this.#mapPam(register);
    this.#mapSmram();
  }

  /** PAM0's high half rules F0000-FFFFF; of PAM1-6 each half rules 16 KiB, from C0000 on (3.2.19). */
  #mapPam(register: number): void {
    const value = this.config.get(register, 1);
    const segment = (gpa: number, size: number, bits: number): void =>
      this.wires.mapSegment({ gpa, size, readsRam: (bits & PAM_RE) !== 0, writesRam: (bits & PAM_WE) !== 0 });
    if (register === PAM0) {
      segment(0xf0000, 0x10000, value >> 4);
      return;
    }
    const gpa = 0xc0000 + (register - PAM0 - 1) * 0x8000;
    segment(gpa, 0x4000, value & 15);
    segment(gpa + 0x4000, 0x4000, value >> 4);
  }

  #mapSmram(): void {
    const isEnabled = (this.#smram & SMRAM_G_SMRAME) !== 0;
    this.wires.mapSmram({
      isEnabled,
      isOpen: isEnabled && (this.#smram & SMRAM_D_OPEN) !== 0,
      isClosedToData: isEnabled && (this.#smram & SMRAM_D_CLS) !== 0,
    });
  }
}
