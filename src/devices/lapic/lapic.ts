/**
 * Local APIC of one vCPU (Intel SDM volume 3, chapter 11): xAPIC by MMIO, x2APIC by MSRs, six LVT entries. Left out:
 * focus processor, arbitration ids, suppression of EOI broadcasts (the version register says so).
 */
import type { GuestClock } from '../../machine/clock';
import type { AccessSize, Device, MmioHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import {
  DELIVERY_EXTINT,
  DELIVERY_FIXED,
  DELIVERY_INIT,
  DELIVERY_LOWEST,
  DELIVERY_NMI,
  DELIVERY_SMI,
  DELIVERY_STARTUP,
  type InterruptMessage,
} from '../../machine/interrupt-message';
import { defineState, isBytes, isRecord, isUint, noneLeft } from '../../machine/saved-state';
import type { ApicBus, ApicBusMember, IpiShorthand } from './apic-bus';
import { ApicTimer, type ApicTimerMode, type ApicTimerState, isApicTimerState } from './apic-timer';
import * as R from './registers';
import { VectorSet } from './vector-set';

export interface LapicWires {
  /** INTR of the vCPU. */
  readonly intr: InterruptLine;
  nmi(): void;
  smi(): void;
  init(): void;
  startup(vector: number): void;
  readonly bus: ApicBus;
  /** This vCPU sent an interrupt to others. */
  ipiSent?(): void;
  /** Where the register page answers now; undefined = nowhere. Called on every change, reset and restore. */
  mapped(base: number | undefined): void;
  /** Guest time at which this vCPU's TSC reaches a value. */
  tscToNs(tsc: bigint): number;
}

const SHORTHANDS: readonly IpiShorthand[] = ['none', 'self', 'all', 'others'];
const LINT_MODE_SHIFT = 8;

interface Registers {
  baseMsr: number;
  tpr: number;
  /** xAPIC: bits 31-24. In x2APIC mode it is computed. */
  ldr: number;
  dfr: number;
  svr: number;
  esr: number;
  /** Errors since the last write to ESR. */
  errors: number;
  icrLow: number;
  icrHigh: number;
  /** Levels of LINT0 (bit 0) and LINT1 (bit 1). */
  lint: number;
  /** An ExtINT message waits for its acknowledge. */
  extInt: boolean;
}

export interface LapicState extends Readonly<Registers> {
  readonly lvt: readonly number[];
  readonly isr: Uint8Array;
  readonly tmr: Uint8Array;
  readonly irr: Uint8Array;
  readonly timer: ApicTimerState;
}

const WORDS = ['ldr', 'dfr', 'icrHigh'] as const;

export const lapicState = defineState<LapicState>({
  kind: 'lapic',
  version: 1,
  check: (value): value is LapicState =>
    isRecord(value) &&
    WORDS.every((field) => isUint(value[field])) &&
    isUint(value.baseMsr, 2 ** 40 - 1) &&
    isUint(value.tpr, 0xff) &&
    isUint(value.svr, R.SVR_WRITABLE) &&
    isUint(value.esr, 0xff) &&
    isUint(value.errors, 0xff) &&
    isUint(value.icrLow, R.ICR_LOW_WRITABLE) &&
    Array.isArray(value.lvt) &&
    value.lvt.length === R.LVT_COUNT &&
    value.lvt.every((entry) => isUint(entry)) &&
    isBytes(value.isr, 32) &&
    isBytes(value.tmr, 32) &&
    isBytes(value.irr, 32) &&
    isApicTimerState(value.timer) &&
    isUint(value.lint, 3) &&
    typeof value.extInt === 'boolean',
});

export class Lapic implements Device<LapicState>, MmioHandler, ApicBusMember {
  #regs: Registers;
  readonly #lvt: number[] = new Array<number>(R.LVT_COUNT).fill(R.LVT_MASKED);
  readonly #isr = new VectorSet();
  readonly #tmr = new VectorSet();
  readonly #irr = new VectorSet();
  readonly #timer: ApicTimer;
  /** INTR of the PIC, wired to every local APIC. */
  readonly lint0: InterruptLine = { set: (level) => this.#setLint(0, level) };
  readonly lint1: InterruptLine = { set: (level) => this.#setLint(1, level) };

  /** Silent until its first reset: the board adds it to the bus. @param apicId 0 is the bootstrap processor */
  constructor(
    readonly id: string,
    readonly apicId: number,
    clock: GuestClock,
    private readonly wires: LapicWires,
  ) {
    this.#timer = new ApicTimer(`${id}/timer`, clock, wires.tscToNs, () => this.#deliverLocal(R.REG_LVT_TIMER));
    this.#regs = this.#powerOn();
    this.#resetLvt();
  }

  get isEnabled(): boolean {
    return (this.#regs.baseMsr & R.BASE_ENABLE) !== 0;
  }

  get isX2Apic(): boolean {
    return this.isEnabled && (this.#regs.baseMsr & R.BASE_X2APIC) !== 0;
  }

  get isAccepting(): boolean {
    return this.isEnabled && (this.#regs.svr & R.SVR_ENABLE) !== 0;
  }

  get priority(): number {
    return this.#ppr;
  }

  /** CR8. */
  readTaskPriority(): number {
    return this.#regs.tpr >> 4;
  }

  writeTaskPriority(value: number): void {
    this.#regs.tpr = (value & 15) << 4;
    this.#updateInterrupt();
  }

  /** Interrupt acknowledge: a vector; 'pic' when the PIC gives it (ExtINT); undefined when nothing is pending any more. */
  acknowledge(): number | 'pic' | undefined {
    const vector = this.#pending;
    if (vector >= 0) {
      this.#irr.set(vector, false);
      this.#isr.set(vector, true);
      this.#updateInterrupt();
      return vector;
    }
    if (this.#regs.extInt) {
      this.#regs.extInt = false;
      this.#updateInterrupt();
      return 'pic';
    }
    return this.#isExtIntHigh ? 'pic' : undefined;
  }

  matches(destination: number, isLogical: boolean): boolean {
    if (!this.isEnabled) return false;
    if (!isLogical) return destination === this.apicId || destination === 0xff || destination === 0xffffffff;
    if (this.isX2Apic) {
      if (destination === 0xffffffff) return true;
      const ldr = this.#x2Ldr;
      return destination >>> 16 === ldr >>> 16 && (destination & ldr & 0xffff) !== 0;
    }
    if (destination === 0xff) return true;
    const logical = this.#regs.ldr >>> 24;
    if (this.#regs.dfr >>> 28 === 15) return (logical & destination) !== 0;
    return logical >> 4 === destination >> 4 && (logical & destination & 15) !== 0;
  }

  deliver({ deliveryMode, vector, isLevel }: InterruptMessage): void {
    switch (deliveryMode) {
      case DELIVERY_FIXED:
      case DELIVERY_LOWEST:
        if (this.isAccepting) this.#accept(vector, isLevel);
        break;
      case DELIVERY_NMI:
        this.wires.nmi();
        break;
      case DELIVERY_SMI:
        this.wires.smi();
        break;
      case DELIVERY_INIT:
        this.#initialize();
        this.wires.init();
        break;
      case DELIVERY_STARTUP:
        this.wires.startup(vector);
        break;
      case DELIVERY_EXTINT:
        this.#regs.extInt = true;
        this.#updateInterrupt();
        break;
      default: // reserved
        break;
    }
  }

  readMmio(offset: number, size: AccessSize): number {
    // Registers are the first 4 bytes of each 16; the rest reads as zero.
    const byte = offset & 15;
    if (byte >= 4 || this.isX2Apic) return 0;
    const value = this.#read(offset >> 4);
    const shifted = value >>> (8 * byte);
    return size === 4 ? shifted : shifted & (2 ** (8 * size) - 1);
  }

  writeMmio(offset: number, size: AccessSize, value: number): void {
    // Only whole registers can be written (11.4.1).
    if (size === 4 && (offset & 15) === 0 && !this.isX2Apic) this.#write(offset >> 4, value >>> 0);
  }

  /** APIC_BASE, TSC_DEADLINE and, in x2APIC mode, 0x800-0x8FF; undefined = #GP. */
  readMsr(index: number): bigint | undefined {
    if (index === R.MSR_APIC_BASE) return BigInt(this.#regs.baseMsr);
    if (index === R.MSR_TSC_DEADLINE) return this.#timer.deadlineTsc;
    if (!this.isX2Apic || index < R.MSR_X2APIC_FIRST || index > R.MSR_X2APIC_LAST) return undefined;
    const register = index - R.MSR_X2APIC_FIRST;
    if (register === R.REG_ICR_LOW) return (BigInt(this.#regs.icrHigh) << 32n) | BigInt(this.#regs.icrLow);
    return X2APIC_READABLE.has(register) ? BigInt(this.#read(register)) : undefined;
  }

  /** false = #GP. */
  writeMsr(index: number, value: bigint): boolean {
    if (index === R.MSR_APIC_BASE) return this.#writeBase(value);
    if (index === R.MSR_TSC_DEADLINE) {
      this.#timer.setDeadline(value);
      return true;
    }
    if (!this.isX2Apic || index < R.MSR_X2APIC_FIRST || index > R.MSR_X2APIC_LAST) return false;
    const register = index - R.MSR_X2APIC_FIRST;
    const low = Number(value & 0xffffffffn);
    const high = Number(value >> 32n);
    if (register === R.REG_ICR_LOW) {
      if (low & ~R.ICR_LOW_WRITABLE) return false;
      this.#regs.icrHigh = high;
      this.#writeIcr(low);
      return true;
    }
    const reserved = x2ApicReserved(register);
    if (reserved === undefined || high !== 0 || (low & reserved) !== 0) return false;
    if (register === R.REG_SELF_IPI) this.#sendIpi(DELIVERY_FIXED, low & 0xff, 0, false, false, 'self');
    else this.#write(register, low);
    return true;
  }

  /** The vCPU's TSC was written. */
  tscChanged(): void {
    this.#timer.tscChanged();
  }

  /** A performance counter is full. Its entry masks itself; the handler takes the mask away (11.5.1). */
  performanceOverflow(): void {
    this.#deliverLocal(R.REG_LVT_PERF);
    this.#lvt[R.REG_LVT_PERF - R.REG_LVT_TIMER]! |= R.LVT_MASKED;
  }

  reset(): void {
    this.#regs = { ...this.#powerOn(), lint: this.#regs.lint };
    this.#clear();
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
  }

  save(): LapicState {
    const { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt, ...rest } = this.#regs;
    noneLeft(rest);
    return {
      ...{ baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt },
      lvt: [...this.#lvt],
      isr: this.#isr.save(),
      tmr: this.#tmr.save(),
      irr: this.#irr.save(),
      timer: this.#timer.save(),
    };
  }

  restore(state: LapicState): void {
    const { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt } = state;
    this.#regs = { baseMsr, tpr, ldr, dfr, svr, esr, errors, icrLow, icrHigh, lint, extInt };
    state.lvt.forEach((entry, i) => {
      this.#lvt[i] = entry & (R.LVT_WRITABLE[i]! | R.LVT_REMOTE_IRR);
    });
    this.#isr.restore(state.isr);
    this.#tmr.restore(state.tmr);
    this.#irr.restore(state.irr);
    this.#timer.restore(state.timer);
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
  }

  #powerOn(): Registers {
    return {
      baseMsr: R.BASE_DEFAULT + R.BASE_ENABLE + (this.apicId === 0 ? R.BASE_BSP : 0),
      tpr: 0,
      ldr: 0,
      dfr: 0xffffffff,
      svr: 0xff,
      esr: 0,
      errors: 0,
      icrLow: 0,
      icrHigh: 0,
      lint: 0,
      extInt: false,
    };
  }

  /**
   * All masked, but for the bootstrap processor's LINT0: there the chipset's virtual-wire mode is in force from
   * power-on (MultiProcessor Specification 1.4, 3.6.2.2), so that firmware that knows no APIC has its PIC.
   */
  #resetLvt(): void {
    this.#lvt.fill(R.LVT_MASKED);
    if (this.apicId === 0) this.#lvt[R.REG_LVT_LINT0 - R.REG_LVT_TIMER] = DELIVERY_EXTINT << LINT_MODE_SHIFT;
  }

  #clear(): void {
    this.#resetLvt();
    this.#isr.clear();
    this.#tmr.clear();
    this.#irr.clear();
    this.#timer.reset();
  }

  /** After INIT: all but the base address and the pins (11.4.7.3). */
  #initialize(): void {
    const { baseMsr, lint } = this.#regs;
    this.#regs = { ...this.#powerOn(), baseMsr, lint };
    this.#clear();
    this.#updateInterrupt();
  }

  get #mappedBase(): number | undefined {
    const { baseMsr } = this.#regs;
    return this.isEnabled && !this.isX2Apic ? baseMsr - (baseMsr % 4096) : undefined;
  }

  get #x2Ldr(): number {
    return (((this.apicId >> 4) << 16) | (1 << (this.apicId & 15))) >>> 0;
  }

  get #ppr(): number {
    const { tpr } = this.#regs;
    const inService = Math.max(this.#isr.highest, 0);
    return tpr >> 4 >= inService >> 4 ? tpr : inService & 0xf0;
  }

  /** The vector that INTR stands for; -1 = none. */
  get #pending(): number {
    const vector = this.#irr.highest;
    return vector >= 0 && this.isAccepting && vector >> 4 > this.#ppr >> 4 ? vector : -1;
  }

  #isLint(pin: 0 | 1, deliveryMode: number): boolean {
    const entry = this.#lvt[R.REG_LVT_LINT0 - R.REG_LVT_TIMER + pin]!;
    return (entry & R.LVT_MASKED) === 0 && ((entry >> LINT_MODE_SHIFT) & 7) === deliveryMode;
  }

  /** A disabled APIC leaves LINT0 as INTR and LINT1 as NMI (11.4.3). */
  get #isExtIntHigh(): boolean {
    const { lint } = this.#regs;
    if (!this.isEnabled) return (lint & 1) !== 0;
    return (
      ((lint & 1) !== 0 && this.#isLint(0, DELIVERY_EXTINT)) || ((lint & 2) !== 0 && this.#isLint(1, DELIVERY_EXTINT))
    );
  }

  #setLint(pin: 0 | 1, level: boolean): void {
    const bit = 1 << pin;
    const rises = level && (this.#regs.lint & bit) === 0;
    this.#regs.lint = level ? this.#regs.lint | bit : this.#regs.lint & ~bit;
    if (!this.isEnabled) {
      if (rises && pin === 1) this.wires.nmi();
    } else if (level) {
      this.#sampleLint(pin, rises);
    }
    this.#updateInterrupt();
  }

  #sampleLint(pin: 0 | 1, rises: boolean): void {
    const index = R.REG_LVT_LINT0 - R.REG_LVT_TIMER + pin;
    const entry = this.#lvt[index]!;
    if (this.#isLint(pin, DELIVERY_FIXED) && entry & R.LVT_LEVEL) {
      if (entry & R.LVT_REMOTE_IRR) return;
      this.#lvt[index] = entry | R.LVT_REMOTE_IRR;
      this.#accept(entry & 0xff, true);
    } else if (rises && !this.#isLint(pin, DELIVERY_EXTINT)) {
      this.#deliverLocal(R.REG_LVT_LINT0 + pin);
    }
  }

  #deliverLocal(register: number): void {
    const entry = this.#lvt[register - R.REG_LVT_TIMER]!;
    if (entry & R.LVT_MASKED || !this.isAccepting) return;
    const mode = register === R.REG_LVT_TIMER || register === R.REG_LVT_ERROR ? 0 : (entry >> LINT_MODE_SHIFT) & 7;
    this.deliver({ deliveryMode: mode, vector: entry & 0xff, destination: 0, isLogical: false, isLevel: false });
  }

  #accept(vector: number, isLevel: boolean): void {
    if (vector < 16) {
      this.#error(R.ESR_RECEIVED_ILLEGAL_VECTOR);
      return;
    }
    this.#irr.set(vector, true);
    this.#tmr.set(vector, isLevel);
    this.#updateInterrupt();
  }

  #error(bit: number): void {
    const isNew = (this.#regs.errors & bit) === 0;
    this.#regs.errors |= bit;
    // The error vector itself may be illegal: once is enough.
    if (isNew) this.#deliverLocal(R.REG_LVT_ERROR);
  }

  #read(register: number): number {
    const regs = this.#regs;
    if (register >= R.REG_ISR && register < R.REG_ISR + 8) return this.#isr.word(register - R.REG_ISR);
    if (register >= R.REG_TMR && register < R.REG_TMR + 8) return this.#tmr.word(register - R.REG_TMR);
    if (register >= R.REG_IRR && register < R.REG_IRR + 8) return this.#irr.word(register - R.REG_IRR);
    const entry = this.#lvt[register - R.REG_LVT_TIMER];
    if (entry !== undefined) return entry;
    switch (register) {
      case R.REG_ID:
        return this.isX2Apic ? this.apicId : (this.apicId << 24) >>> 0;
      case R.REG_VERSION:
        return R.VERSION;
      case R.REG_TPR:
        return regs.tpr;
      case R.REG_APR:
      case R.REG_PPR:
        return this.#ppr;
      case R.REG_EOI:
      case R.REG_RRD:
        return 0;
      case R.REG_LDR:
        return this.isX2Apic ? this.#x2Ldr : regs.ldr;
      case R.REG_DFR:
        return regs.dfr;
      case R.REG_SVR:
        return regs.svr;
      case R.REG_ESR:
        return regs.esr;
      case R.REG_ICR_LOW:
        return regs.icrLow;
      case R.REG_ICR_HIGH:
        return regs.icrHigh;
      case R.REG_TIMER_INITIAL:
        return this.#timer.initial;
      case R.REG_TIMER_CURRENT:
        return this.#timer.current;
      case R.REG_TIMER_DIVIDE:
        return this.#timer.divide;
      default:
        this.#error(R.ESR_ILLEGAL_REGISTER);
        return 0;
    }
  }

  #write(register: number, value: number): void {
    const regs = this.#regs;
    if (register >= R.REG_LVT_TIMER && register < R.REG_LVT_TIMER + R.LVT_COUNT) {
      this.#writeLvt(register - R.REG_LVT_TIMER, value);
      return;
    }
    switch (register) {
      case R.REG_TPR:
        regs.tpr = value & 0xff;
        break;
      case R.REG_EOI:
        this.#endOfInterrupt();
        break;
      case R.REG_LDR:
        regs.ldr = (value & 0xff000000) >>> 0;
        break;
      case R.REG_DFR:
        regs.dfr = (value | 0x0fffffff) >>> 0;
        break;
      case R.REG_SVR:
        this.#writeSvr(value);
        break;
      case R.REG_ESR:
        regs.esr = regs.errors;
        regs.errors = 0;
        break;
      case R.REG_ICR_LOW:
        this.#writeIcr(value);
        break;
      case R.REG_ICR_HIGH:
        regs.icrHigh = (value & 0xff000000) >>> 0;
        break;
      case R.REG_TIMER_INITIAL:
        this.#timer.setInitial(value);
        break;
      case R.REG_TIMER_DIVIDE:
        this.#timer.setDivide(value);
        break;
      case R.REG_ID: // read-only, as in all processors since the Pentium 4
      case R.REG_VERSION:
      case R.REG_APR:
      case R.REG_PPR:
      case R.REG_RRD:
      case R.REG_TIMER_CURRENT:
        break;
      default:
        if (register < R.REG_ISR || register >= R.REG_ESR) this.#error(R.ESR_ILLEGAL_REGISTER);
        break;
    }
    this.#updateInterrupt();
  }

  #writeSvr(value: number): void {
    this.#regs.svr = value & R.SVR_WRITABLE;
    if (value & R.SVR_ENABLE) return;
    // Software disable masks every LVT entry (11.4.7.2).
    for (let i = 0; i < R.LVT_COUNT; i++) this.#lvt[i]! |= R.LVT_MASKED;
    this.#configureTimer();
  }

  #writeLvt(index: number, value: number): void {
    const old = this.#lvt[index]!;
    let entry = (value & R.LVT_WRITABLE[index]!) | (old & R.LVT_REMOTE_IRR);
    if ((this.#regs.svr & R.SVR_ENABLE) === 0) entry |= R.LVT_MASKED;
    if ((entry & R.LVT_LEVEL) === 0) entry &= ~R.LVT_REMOTE_IRR;
    this.#lvt[index] = entry;
    const register = index + R.REG_LVT_TIMER;
    if (register === R.REG_LVT_TIMER) {
      this.#configureTimer();
    } else if (register === R.REG_LVT_LINT0 || register === R.REG_LVT_LINT1) {
      const pin = register === R.REG_LVT_LINT0 ? 0 : 1;
      if (this.#regs.lint & (1 << pin)) this.#sampleLint(pin, false);
    }
    this.#updateInterrupt();
  }

  #configureTimer(): void {
    const entry = this.#lvt[0]!;
    const bits = entry & R.LVT_TIMER_MODE;
    let mode: ApicTimerMode = 'oneShot';
    if (bits & R.TIMER_DEADLINE) mode = 'deadline';
    else if (bits === R.TIMER_PERIODIC) mode = 'periodic';
    this.#timer.configure(mode, (entry & R.LVT_MASKED) !== 0);
  }

  #endOfInterrupt(): void {
    const vector = this.#isr.highest;
    if (vector < 0) return;
    this.#isr.set(vector, false);
    if (!this.#tmr.has(vector)) return;
    this.#endLint(0, vector);
    this.#endLint(1, vector);
    this.wires.bus.broadcastEoi(vector);
  }

  #endLint(pin: 0 | 1, vector: number): void {
    const index = R.REG_LVT_LINT0 - R.REG_LVT_TIMER + pin;
    const entry = this.#lvt[index]!;
    if ((entry & R.LVT_REMOTE_IRR) === 0 || (entry & 0xff) !== vector) return;
    this.#lvt[index] = entry & ~R.LVT_REMOTE_IRR;
    if (this.#regs.lint & (1 << pin)) this.#sampleLint(pin, false);
  }

  #writeIcr(value: number): void {
    const low = value & R.ICR_LOW_WRITABLE;
    this.#regs.icrLow = low;
    const destination = this.isX2Apic ? this.#regs.icrHigh : this.#regs.icrHigh >>> 24;
    const mode = (low >> 8) & 7;
    const isLevel = (low & R.ICR_LEVEL) !== 0;
    // INIT level de-assert only synchronised arbitration ids, long ago.
    if (mode === DELIVERY_INIT && isLevel && (low & R.ICR_ASSERT) === 0) return;
    const shorthand = SHORTHANDS[(low >> 18) & 3]!;
    this.#sendIpi(mode, low & 0xff, destination, (low & R.ICR_LOGICAL) !== 0, isLevel, shorthand);
  }

  #sendIpi(
    deliveryMode: number,
    vector: number,
    destination: number,
    isLogical: boolean,
    isLevel: boolean,
    shorthand: IpiShorthand,
  ): void {
    const isVectored = deliveryMode === DELIVERY_FIXED || deliveryMode === DELIVERY_LOWEST;
    if (isVectored && vector < 16) {
      this.#error(R.ESR_SEND_ILLEGAL_VECTOR);
      return;
    }
    // Processors treat fixed IPIs as edge-triggered whatever the ICR says (11.6.1).
    const message = { deliveryMode, vector, destination, isLogical, isLevel: isLevel && !isVectored };
    this.wires.bus.sendFrom(this, message, shorthand);
    if (shorthand !== 'self') this.wires.ipiSent?.();
  }

  #writeBase(value: bigint): boolean {
    if (value >= 1n << 40n || (value & 0x2ffn) !== 0n) return false;
    const next = Number(value);
    const now = this.#regs.baseMsr;
    const enables = next & (R.BASE_ENABLE | R.BASE_X2APIC);
    // Illegal: x2APIC while disabled, back to xAPIC, or from disabled straight to x2APIC (11.12.5).
    if (enables === R.BASE_X2APIC) return false;
    if (this.isX2Apic && enables === R.BASE_ENABLE) return false;
    if (!this.isEnabled && enables === (R.BASE_ENABLE | R.BASE_X2APIC)) return false;
    const base = next - (next % 4096) + (enables | (now & R.BASE_BSP));
    if (enables === 0 && this.isEnabled) this.#initialize();
    this.#regs.baseMsr = base;
    if (enables & R.BASE_X2APIC) this.#regs.icrHigh = 0;
    this.wires.mapped(this.#mappedBase);
    this.#updateInterrupt();
    return true;
  }

  #updateInterrupt(): void {
    this.wires.intr.set(this.#pending >= 0 || this.#regs.extInt || this.#isExtIntHigh);
  }
}

/** Registers that RDMSR reads in x2APIC mode (table 11-6), ICR apart. */
const X2APIC_READABLE = new Set<number>([
  ...[R.REG_ID, R.REG_VERSION, R.REG_TPR, R.REG_PPR, R.REG_LDR, R.REG_SVR, R.REG_ESR],
  ...Array.from({ length: 24 }, (_, i) => R.REG_ISR + i),
  ...Array.from({ length: R.LVT_COUNT }, (_, i) => R.REG_LVT_TIMER + i),
  ...[R.REG_TIMER_INITIAL, R.REG_TIMER_CURRENT, R.REG_TIMER_DIVIDE],
]);

/** Bits whose setting by WRMSR faults; undefined = not writable at all. */
function x2ApicReserved(register: number): number | undefined {
  if (register >= R.REG_LVT_TIMER && register < R.REG_LVT_TIMER + R.LVT_COUNT) {
    // Delivery status and remote IRR are read-only, not reserved.
    return ~(R.LVT_WRITABLE[register - R.REG_LVT_TIMER]! | 0x1000 | R.LVT_REMOTE_IRR);
  }
  switch (register) {
    case R.REG_TPR:
    case R.REG_SELF_IPI:
      return ~0xff;
    case R.REG_SVR:
      return ~R.SVR_WRITABLE;
    case R.REG_EOI:
    case R.REG_ESR:
      return ~0;
    case R.REG_TIMER_INITIAL:
      return 0;
    case R.REG_TIMER_DIVIDE:
      return ~11;
    default:
      return undefined;
  }
}
