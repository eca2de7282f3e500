/**
 * High precision event timers (IA-PC HPET specification 1.0a): one block of three 64-bit comparators on a 100 MHz counter,
 * all of them periodic, each to an I/O APIC input or, by legacy replacement, in the place of the PIT and the RTC. Counter
 * and comparators are functions of guest time; a timer is armed only while an interrupt can come of it. Left out: FSB
 * (message) delivery. 8-byte accesses come as two of 4.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { AccessSize, Device, MmioHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import { defineState, isRecord, isUint } from '../../machine/saved-state';

export const HPET_BASE = 0xfed00000;
export const HPET_SIZE = 0x400;
export const HPET_TIMERS = 3;
/** Vendor 8086, legacy replacement, 64-bit counter, three timers, revision 1. */
export const HPET_ID = 0x8086a001 + ((HPET_TIMERS - 1) << 8);
const TICK_NS = 10;
const PERIOD_FS = TICK_NS * 1_000_000;

const REG_ID = 0x000;
const REG_CONFIG = 0x010;
const REG_STATUS = 0x020;
const REG_COUNTER = 0x0f0;
const REG_TIMERS = 0x100;
const TIMER_STRIDE = 0x20;
const TN_CONFIG = 0x00;
const TN_COMPARATOR = 0x08;

const CONFIG_ENABLE = 0x1;
const CONFIG_LEGACY = 0x2;

const TN_LEVEL = 0x0002;
const TN_INT_ENABLE = 0x0004;
const TN_PERIODIC = 0x0008;
const TN_CAN_PERIODIC = 0x0010;
const TN_IS_64 = 0x0020;
const TN_VALUE_SET = 0x0040;
const TN_32_BIT = 0x0100;
const TN_ROUTE_SHIFT = 9;
const TN_WRITABLE = 0x3f4e;
/** I/O APIC inputs that a timer may be led to: 2, 8 and those no ISA interrupt uses. */
const ROUTES = 0x00ff0104;

const MASK_64 = (1n << 64n) - 1n;
/** Periodic expiries closer than this are passed over when they are late: nobody could tell them apart. */
const MERGED_TICKS = 2000n;
/** More periods than this are not caught up with. */
const MOST_LATE = 1000n;
/** Further away than the clock's exact range: never. */
const NEVER_TICKS = 1n << 49n;

interface Comparator {
  config: number;
  compare: bigint;
  period: bigint;
}

export interface HpetTimerState {
  readonly config: number;
  readonly compare: bigint;
  readonly period: bigint;
}

export interface HpetState {
  readonly config: number;
  readonly status: number;
  /** Outputs of edge-triggered timers that are high: from an expiry on, to the moment before the next one. */
  readonly high: number;
  /** The counter while it stands; what is added to guest time's ticks while it runs. */
  readonly counter: bigint;
  readonly timers: readonly HpetTimerState[];
}

const isWord64 = (value: unknown): boolean => typeof value === 'bigint' && value >= 0n && value <= MASK_64;

export const hpetState = defineState<HpetState>({
  kind: 'hpet',
  version: 1,
  check: (value): value is HpetState =>
    isRecord(value) &&
    isUint(value.config, CONFIG_ENABLE | CONFIG_LEGACY) &&
    isUint(value.status, 2 ** HPET_TIMERS - 1) &&
    isUint(value.high, 2 ** HPET_TIMERS - 1) &&
    isWord64(value.counter) &&
    Array.isArray(value.timers) &&
    value.timers.length === HPET_TIMERS &&
    value.timers.every(
      (timer) =>
        isRecord(timer) && isUint(timer.config, TN_WRITABLE) && isWord64(timer.compare) && isWord64(timer.period),
    ),
});

export interface HpetWires {
  /** I/O APIC input. */
  pin(input: number): InterruptLine;
  /** In legacy replacement: IRQ 0 for timer 0, IRQ 8 for timer 1. */
  readonly legacy: readonly [InterruptLine, InterruptLine];
  /** The PIT's and the RTC's own interrupts are cut off, or not. */
  legacyChanged(isOn: boolean): void;
}

export class Hpet implements Device<HpetState>, MmioHandler {
  #config = 0;
  #status = 0;
  #high = 0;
  #counter = 0n;
  /** The timer whose comparator's low half was just written after VAL_SET: the high half of the same write belongs to it. */
  #setting: number | undefined;
  readonly #timers: Comparator[] = Array.from({ length: HPET_TIMERS }, powerOn);
  readonly #guestTimers: readonly GuestTimer[];
  /** What each timer drives now. */
  readonly #driven: (InterruptLine | undefined)[] = new Array<InterruptLine | undefined>(HPET_TIMERS).fill(undefined);
  readonly #pins = new Map<number, InterruptLine>();

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: HpetWires,
  ) {
    this.#guestTimers = this.#timers.map((_timer, n) => clock.createTimer(`${id}/timer${n}`, () => this.#expire(n)));
  }

  readMmio(offset: number, size: AccessSize): number {
    const word = this.#read(offset & ~3) >>> (8 * (offset & 3));
    return size === 4 ? word >>> 0 : word & (2 ** (8 * size) - 1);
  }

  /** Only whole words can be written. */
  writeMmio(offset: number, size: AccessSize, value: number): void {
    if (size === 4 && (offset & 3) === 0) this.#write(offset, value >>> 0);
  }

  reset(): void {
    this.#config = 0;
    this.#status = 0;
    this.#high = 0;
    this.#counter = 0n;
    this.#timers.forEach((timer) => Object.assign(timer, powerOn()));
    this.wires.legacyChanged(false);
    this.#updateAll();
  }

  save(): HpetState {
    return {
      config: this.#config,
      status: this.#status,
      high: this.#high,
      counter: this.#counter,
      timers: this.#timers.map(({ config, compare, period }) => ({ config, compare, period })),
    };
  }

  restore(state: HpetState): void {
    this.#config = state.config;
    this.#status = state.status;
    this.#high = state.high;
    this.#counter = state.counter;
    state.timers.forEach(({ config, compare, period }, n) => {
      this.#timers[n] = { config: config & TN_WRITABLE, compare, period };
    });
    this.wires.legacyChanged(this.#isLegacy);
    this.#updateAll();
  }

  get #isRunning(): boolean {
    return (this.#config & CONFIG_ENABLE) !== 0;
  }

  get #isLegacy(): boolean {
    return (this.#config & CONFIG_LEGACY) !== 0;
  }

  #clockTicks(): bigint {
    return BigInt(Math.floor(this.clock.nowNs() / TICK_NS));
  }

  #now(): bigint {
    return this.#isRunning ? (this.#counter + this.#clockTicks()) & MASK_64 : this.#counter;
  }

  #read(offset: number): number {
    const half = (value: bigint): number => Number((offset & 4 ? value >> 32n : value) & 0xffffffffn);
    switch (offset & ~7) {
      case REG_ID:
        return offset & 4 ? PERIOD_FS : HPET_ID;
      case REG_CONFIG:
        return offset & 4 ? 0 : this.#config;
      case REG_STATUS:
        return offset & 4 ? 0 : this.#status;
      case REG_COUNTER:
        return half(this.#now());
      default:
        break;
    }
    const timer = this.#timerAt(offset);
    if (timer === undefined) return 0;
    switch (offset & (TIMER_STRIDE - 8)) {
      case TN_CONFIG:
        return offset & 4 ? ROUTES : timer.config | TN_CAN_PERIODIC | TN_IS_64;
      case TN_COMPARATOR:
        return half(timer.compare);
      default:
        return 0;
    }
  }

  #timerAt(offset: number): Comparator | undefined {
    return offset < REG_TIMERS ? undefined : this.#timers[(offset - REG_TIMERS) >> 5];
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case REG_CONFIG:
        return this.#writeConfig(value);
      case REG_STATUS:
        // Bits of level-triggered timers; ones clear.
        this.#status &= ~value;
        return this.#updateAll();
      case REG_COUNTER:
      case REG_COUNTER + 4:
        // While it runs its value would not be known: the specification leaves that open, and we drop it.
        if (!this.#isRunning) this.#counter = withHalf(this.#counter, offset, value);
        return;
      default:
        break;
    }
    const timer = this.#timerAt(offset);
    if (timer === undefined) return;
    const index = (offset - REG_TIMERS) >> 5;
    const register = offset & (TIMER_STRIDE - 1);
    if (register === TN_CONFIG) this.#writeTimerConfig(timer, value);
    else if ((register & ~4) === TN_COMPARATOR) this.#writeComparator(index, offset, value);
    this.#update(index);
  }

  #writeConfig(value: number): void {
    const next = value & (CONFIG_ENABLE | CONFIG_LEGACY);
    const changed = next ^ this.#config;
    if (changed & CONFIG_ENABLE) {
      const ticks = this.#clockTicks();
      this.#counter = (this.#counter + (next & CONFIG_ENABLE ? -ticks : ticks)) & MASK_64;
    }
    this.#config = next;
    if (changed & CONFIG_LEGACY) this.wires.legacyChanged(this.#isLegacy);
    this.#updateAll();
  }

  #writeTimerConfig(timer: Comparator, value: number): void {
    timer.config = value & TN_WRITABLE;
    if (timer.config & TN_32_BIT) {
      timer.compare &= 0xffffffffn;
      timer.period &= 0xffffffffn;
    }
  }

  /** Periodic: sets the period, and the comparator itself only after VAL_SET (2.3.9.2.2). */
  #writeComparator(index: number, offset: number, value: number): void {
    const timer = this.#timers[index]!;
    const isHigh = (offset & 4) !== 0;
    const isSecondHalf = isHigh && this.#setting === index;
    this.#setting = undefined;
    if (timer.config & TN_32_BIT && isHigh) return;
    const isPeriodic = (timer.config & TN_PERIODIC) !== 0;
    const sets = (timer.config & TN_VALUE_SET) !== 0;
    if (!isPeriodic || sets || isSecondHalf) timer.compare = withHalf(timer.compare, offset, value);
    if (isPeriodic) timer.period = withHalf(timer.period, offset, value);
    timer.config &= ~TN_VALUE_SET;
    if (sets && !isHigh) this.#setting = index;
  }

  /** Ticks until the counter equals the comparator. A periodic timer may be late, by less than half a turn of the counter. */
  #ticksLeft(timer: Comparator): bigint {
    const mask = maskOf(timer);
    const left = (timer.compare - this.#now()) & mask;
    const isLate = (timer.config & TN_PERIODIC) !== 0 && timer.period !== 0n && left > mask >> 1n;
    return isLate ? left - mask - 1n : left;
  }

  #updateAll(): void {
    for (let n = 0; n < HPET_TIMERS; n++) this.#update(n);
  }

  /** Arms the guest timer for the next match and drives the line. */
  #update(n: number): void {
    const timer = this.#timers[n]!;
    const left = this.#ticksLeft(timer);
    const isWanted = this.#isRunning && (timer.config & TN_INT_ENABLE) !== 0;
    if (isWanted && left < NEVER_TICKS) {
      const tick = this.#clockTicks() + left;
      this.#guestTimers[n]!.arm(tick > 0n ? Number(tick) * TICK_NS : 0);
    } else {
      this.#guestTimers[n]!.disarm();
    }
    this.#updateInterrupt(n);
  }

  #expire(n: number): void {
    const timer = this.#timers[n]!;
    if (timer.config & TN_PERIODIC) this.#advance(timer);
    if (timer.config & TN_LEVEL) {
      this.#status |= 1 << n;
      this.#updateInterrupt(n);
    } else {
      // The PIC wants a request that stays; the next edge needs a low level before it.
      this.#high &= ~(1 << n);
      this.#updateInterrupt(n);
      this.#high |= 1 << n;
      this.#updateInterrupt(n);
    }
    if (timer.config & TN_PERIODIC && timer.period !== 0n) this.#update(n);
  }

  /** The next match of a periodic timer: each is given, but for those too close to be told apart, or hopelessly many. */
  #advance(timer: Comparator): void {
    if (timer.period === 0n) return;
    const mask = maskOf(timer);
    const late = (this.#now() - timer.compare) & mask;
    const isMerged = timer.period < MERGED_TICKS || late > MOST_LATE * timer.period;
    const periods = isMerged ? late / timer.period + 1n : 1n;
    timer.compare = (timer.compare + periods * timer.period) & mask;
  }

  #lineOf(n: number): InterruptLine | undefined {
    if (this.#isLegacy && n < 2) return this.wires.legacy[n as 0 | 1];
    const input = (this.#timers[n]!.config >> TN_ROUTE_SHIFT) & 31;
    if (((ROUTES >> input) & 1) === 0) return undefined;
    let line = this.#pins.get(input);
    if (line === undefined) this.#pins.set(input, (line = this.wires.pin(input)));
    return line;
  }

  /** Level-triggered: high while the status bit stands. A timer that is led elsewhere lets its old line go. */
  #updateInterrupt(n: number): void {
    const line = this.#lineOf(n);
    const driven = this.#driven[n];
    const { config } = this.#timers[n]!;
    const isLevel = (config & TN_LEVEL) !== 0;
    if (isLevel || (config & TN_INT_ENABLE) === 0) this.#high &= ~(1 << n);
    const isHigh = (config & TN_INT_ENABLE) !== 0 && ((isLevel ? this.#status : this.#high) & (1 << n)) !== 0;
    if (driven !== undefined && driven !== line && !this.#driven.some((other, i) => i !== n && other === driven))
      driven.set(false);
    this.#driven[n] = isHigh ? line : undefined;
    line?.set(isHigh || this.#driven.some((other, i) => i !== n && other === line));
  }
}

function powerOn(): Comparator {
  return { config: 0, compare: MASK_64, period: 0n };
}

function maskOf({ config }: Comparator): bigint {
  return config & TN_32_BIT ? 0xffffffffn : MASK_64;
}

function withHalf(old: bigint, offset: number, value: number): bigint {
  return offset & 4 ? (old & 0xffffffffn) | (BigInt(value) << 32n) : (old & ~0xffffffffn) | BigInt(value);
}
