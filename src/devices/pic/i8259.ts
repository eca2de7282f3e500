/**
 * Intel 8259A programmable interrupt controller (datasheet 231468-003), one chip. Differences of the PIIX3's pair
 * (290550-002, 2.5.3): ICW1's LTIM bit is ignored, edge or level is chosen for each input by ELCR. Left out: MCS-80 mode,
 * buffered mode, and pins that a PC does not wire.
 */
import { isRecord, isUint } from '../../machine/saved-state';

const ICW1_IC4 = 0x01;
const ICW1_SNGL = 0x02;
const ICW1_SELECT = 0x10;
const ICW4_AEOI = 0x02;
const ICW4_SFNM = 0x10;
const OCW3_SELECT = 0x08;
const OCW3_RIS = 0x01;
const OCW3_RR = 0x02;
const OCW3_P = 0x04;
const OCW3_SMM = 0x20;
const OCW3_ESMM = 0x40;

export interface I8259State {
  readonly irr: number;
  readonly isr: number;
  readonly imr: number;
  readonly lines: number;
  readonly elcr: number;
  readonly icw1: number;
  readonly icw2: number;
  readonly icw3: number;
  readonly icw4: number;
  /** The ICW expected next; 0 = in operation, 1 = never initialised. */
  readonly step: number;
  readonly lowest: number;
  readonly readsIsr: boolean;
  readonly polls: boolean;
  readonly specialMask: boolean;
  readonly rotatesOnAeoi: boolean;
}

const BYTE_FIELDS = ['irr', 'isr', 'imr', 'lines', 'elcr', 'icw1', 'icw2', 'icw3', 'icw4'] as const;
const FLAG_FIELDS = ['readsIsr', 'polls', 'specialMask', 'rotatesOnAeoi'] as const;

export function isI8259State(value: unknown): value is I8259State {
  return (
    isRecord(value) &&
    BYTE_FIELDS.every((field) => isUint(value[field], 0xff)) &&
    FLAG_FIELDS.every((field) => typeof value[field] === 'boolean') &&
    isUint(value.step, 4) &&
    isUint(value.lowest, 7)
  );
}

function powerOn(): { -readonly [K in keyof I8259State]: I8259State[K] } {
  return {
    irr: 0,
    isr: 0,
    imr: 0,
    lines: 0,
    elcr: 0,
    icw1: 0,
    icw2: 0,
    icw3: 0,
    icw4: 0,
    step: 1,
    lowest: 7,
    readsIsr: false,
    polls: false,
    specialMask: false,
    rotatesOnAeoi: false,
  };
}

export class I8259 {
  #regs = powerOn();

  /**
   * @param cascade inputs that are driven by a slave: they follow its INT like level-triggered ones
   * @param levelCapable inputs that ELCR may make level-triggered
   */
  constructor(
    private readonly cascade: number,
    private readonly levelCapable: number,
  ) {}

  /** The INT output. */
  get isRequesting(): boolean {
    return this.#regs.step === 0 && this.#pending() !== undefined;
  }

  get elcr(): number {
    return this.#regs.elcr;
  }

  set elcr(value: number) {
    const regs = this.#regs;
    regs.elcr = value & this.levelCapable;
    this.#followLevels();
  }

  setLine(input: number, level: boolean): void {
    const regs = this.#regs;
    const bit = 1 << input;
    const was = (regs.lines & bit) !== 0;
    if (was === level) return;
    // A request must stay high until it is acknowledged (datasheet, "Interrupt sequence"); if it does not, it is gone.
    if (level) {
      regs.lines |= bit;
      regs.irr |= bit;
    } else {
      regs.lines &= ~bit;
      regs.irr &= ~bit;
    }
  }

  /** Both INTA cycles. Gives the input acknowledged, or undefined for a spurious request (level 7, no ISR bit). */
  acknowledge(): number | undefined {
    const input = this.#regs.step === 0 ? this.#pending() : undefined;
    if (input !== undefined) this.#take(input);
    return input;
  }

  /** The vector of an input; 7 where the acknowledge was spurious. */
  vector(input: number): number {
    return (this.#regs.icw2 & 0xf8) | input;
  }

  /** Whether a slave answers the second INTA cycle of this input (ICW3 of a master). */
  hasSlave(input: number): boolean {
    const regs = this.#regs;
    return (regs.icw1 & ICW1_SNGL) === 0 && (regs.icw3 & this.cascade & (1 << input)) !== 0;
  }

  read(offset: number): number {
    const regs = this.#regs;
    if (regs.polls) {
      regs.polls = false;
      const input = this.acknowledge();
      return input === undefined ? 0 : 0x80 | input;
    }
    if (offset === 1) return regs.imr;
    return regs.readsIsr ? regs.isr : regs.irr;
  }

  write(offset: number, value: number): void {
    const regs = this.#regs;
    if (offset === 0) {
      if (value & ICW1_SELECT) this.#writeIcw1(value);
      else if (value & OCW3_SELECT) this.#writeOcw3(value);
      else this.#writeOcw2(value);
      return;
    }
    switch (regs.step) {
      case 2:
        regs.icw2 = value;
        regs.step = regs.icw1 & ICW1_SNGL ? this.#stepAfterIcw3() : 3;
        break;
      case 3:
        regs.icw3 = value;
        regs.step = this.#stepAfterIcw3();
        break;
      case 4:
        regs.icw4 = value;
        regs.step = 0;
        break;
      default:
        regs.imr = value;
        break;
    }
  }

  /** The pins keep the levels that their drivers give them. */
  reset(): void {
    this.#regs = { ...powerOn(), lines: this.#regs.lines };
    this.#followLevels();
  }

  save(): I8259State {
    return { ...this.#regs };
  }

  restore(state: I8259State): void {
    const fresh = powerOn();
    for (const key of Object.keys(fresh) as (keyof I8259State)[]) Object.assign(fresh, { [key]: state[key] });
    fresh.elcr &= this.levelCapable;
    this.#regs = fresh;
  }

  #stepAfterIcw3(): number {
    return this.#regs.icw1 & ICW1_IC4 ? 4 : 0;
  }

  /** Datasheet, "Initialization Command Words", items a to f. */
  #writeIcw1(value: number): void {
    const regs = this.#regs;
    const { lines, elcr } = regs;
    this.#regs = { ...powerOn(), lines, elcr, icw1: value, step: 2 };
    this.#followLevels();
  }

  #writeOcw2(value: number): void {
    const regs = this.#regs;
    const level = value & 7;
    switch (value >> 5) {
      case 0:
        regs.rotatesOnAeoi = false;
        break;
      case 4:
        regs.rotatesOnAeoi = true;
        break;
      case 1:
      case 5: {
        const input = this.#highest(regs.specialMask ? regs.isr & ~regs.imr : regs.isr);
        if (input === undefined) break;
        regs.isr &= ~(1 << input);
        if (value >> 5 === 5) regs.lowest = input;
        break;
      }
      case 3:
        regs.isr &= ~(1 << level);
        break;
      case 7:
        regs.isr &= ~(1 << level);
        regs.lowest = level;
        break;
      case 6:
        regs.lowest = level;
        break;
      default: // 2: no operation
        break;
    }
    this.#followLevels();
  }

  #writeOcw3(value: number): void {
    const regs = this.#regs;
    regs.polls = (value & OCW3_P) !== 0;
    if (!regs.polls && value & OCW3_RR) regs.readsIsr = (value & OCW3_RIS) !== 0;
    if (value & OCW3_ESMM) regs.specialMask = (value & OCW3_SMM) !== 0;
  }

  #take(input: number): void {
    const regs = this.#regs;
    const bit = 1 << input;
    if (((regs.elcr | this.cascade) & bit) === 0) regs.irr &= ~bit;
    if (regs.icw4 & ICW4_AEOI) {
      if (regs.rotatesOnAeoi) regs.lowest = input;
    } else {
      regs.isr |= bit;
    }
  }

  #followLevels(): void {
    const regs = this.#regs;
    const level = regs.elcr | this.cascade;
    regs.irr = (regs.irr & ~level) | (regs.lines & level);
  }

  /** The highest unmasked request that nothing in service holds back. */
  #pending(): number | undefined {
    const regs = this.#regs;
    const input = this.#highest(regs.irr & ~regs.imr);
    if (input === undefined) return undefined;
    if (!regs.specialMask) {
      const inService = this.#highest(regs.isr);
      return inService === undefined || this.#passes(input, inService) ? input : undefined;
    }
    // Special mask mode: what is in service and masked holds nothing back.
    const inService = this.#highest(regs.isr & ~regs.imr);
    return inService === undefined || this.#passes(input, inService) ? input : undefined;
  }

  /** Special fully nested mode lets further requests of the slave in service through (datasheet, "SFNM"). */
  #passes(input: number, inService: number): boolean {
    if (input === inService) return (this.#regs.icw4 & ICW4_SFNM) !== 0 && this.hasSlave(input);
    return this.#rank(input) < this.#rank(inService);
  }

  #rank(input: number): number {
    return (input - this.#regs.lowest - 1) & 7;
  }

  #highest(mask: number): number | undefined {
    if (mask === 0) return undefined;
    let input = (this.#regs.lowest + 1) & 7;
    while ((mask & (1 << input)) === 0) input = (input + 1) & 7;
    return input;
  }
}
