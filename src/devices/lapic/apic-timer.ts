/**
 * The local APIC's timer (SDM volume 3, 11.5.4) on a 1 GHz input: one-shot, periodic and TSC-deadline. The count is a
 * function of guest time; the guest timer is armed only while an interrupt can come of it.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import { isRecord, isUint } from '../../machine/saved-state';

export type ApicTimerMode = 'oneShot' | 'periodic' | 'deadline';

export interface ApicTimerState {
  readonly mode: ApicTimerMode;
  readonly divide: number;
  readonly initial: number;
  /** When the count stood at `firstCount`. */
  readonly startNs: number;
  readonly firstCount: number;
  /** Expiry whose interrupt has not been given; undefined = none to come. */
  readonly dueNs: number | undefined;
  /** IA32_TSC_DEADLINE, 0 = disarmed. */
  readonly deadlineTsc: bigint;
  readonly isMasked: boolean;
}

/** Deadlines from here on, the end of the clock's exact range less the longest period, never come. */
const NEVER_NS = 2 ** 53 - 2 ** 41;

export function isApicTimerState(value: unknown): value is ApicTimerState {
  return (
    isRecord(value) &&
    (value.mode === 'oneShot' || value.mode === 'periodic' || value.mode === 'deadline') &&
    isUint(value.divide, 15) &&
    isUint(value.initial) &&
    isUint(value.startNs, NEVER_NS) &&
    isUint(value.firstCount) &&
    (value.dueNs === undefined || isUint(value.dueNs, NEVER_NS)) &&
    typeof value.deadlineTsc === 'bigint' &&
    value.deadlineTsc >= 0n &&
    value.deadlineTsc < 1n << 64n &&
    typeof value.isMasked === 'boolean'
  );
}

/** Expiries closer than this merge in IRR anyway: those already past are passed over. */
const MERGED_PERIOD_NS = 20_000;

export class ApicTimer {
  #mode: ApicTimerMode = 'oneShot';
  #divide = 0;
  #initial = 0;
  #startNs = 0;
  #firstCount = 0;
  #dueNs: number | undefined;
  #deadlineTsc = 0n;
  #isMasked = true;
  readonly #timer: GuestTimer;

  /**
   * @param tscToNs guest time at which the vCPU's TSC reaches a value
   * @param onExpire the interrupt, only while unmasked
   */
  constructor(
    name: string,
    private readonly clock: GuestClock,
    private readonly tscToNs: (tsc: bigint) => number,
    private readonly onExpire: () => void,
  ) {
    this.#timer = clock.createTimer(name, () => this.#expire());
  }

  get initial(): number {
    return this.#initial;
  }

  /** Divide configuration register. */
  get divide(): number {
    return this.#divide;
  }

  get deadlineTsc(): bigint {
    this.#forgetPast();
    return this.#deadlineTsc;
  }

  get current(): number {
    if (this.#mode === 'deadline' || this.#initial === 0) return 0;
    const now = this.clock.nowNs();
    const elapsed = Math.max(0, Math.floor((now - this.#startNs) / this.#divisor));
    if (elapsed < this.#firstCount) return this.#firstCount - elapsed;
    if (this.#mode === 'oneShot') return 0;
    return this.#initial - ((elapsed - this.#firstCount) % this.#initial);
  }

  configure(mode: ApicTimerMode, isMasked: boolean): void {
    if (mode !== this.#mode) {
      const wasDeadline = this.#mode === 'deadline';
      if (!wasDeadline && mode !== 'deadline') this.#restart(this.current);
      this.#mode = mode;
      // To or from TSC-deadline disarms (11.5.4.1).
      if (wasDeadline || mode === 'deadline') {
        this.#initial = 0;
        this.#deadlineTsc = 0n;
      }
    }
    this.#isMasked = isMasked;
    this.#plan();
  }

  setInitial(value: number): void {
    if (this.#mode === 'deadline') return;
    this.#initial = value;
    this.#restart(value);
    this.#plan();
  }

  setDivide(value: number): void {
    const current = this.current;
    this.#divide = value & 11;
    this.#restart(current);
    this.#plan();
  }

  setDeadline(tsc: bigint): void {
    if (this.#mode !== 'deadline') return;
    this.#deadlineTsc = tsc;
    // A deadline that has passed fires at once.
    this.#dueNs = tsc === 0n ? undefined : Math.max(this.#deadlineNs(), this.clock.nowNs());
    this.#arm();
  }

  /** The TSC was written: the deadline moves in time. */
  tscChanged(): void {
    if (this.#mode === 'deadline') this.#plan();
  }

  reset(): void {
    this.#mode = 'oneShot';
    this.#divide = 0;
    this.#initial = 0;
    this.#startNs = 0;
    this.#firstCount = 0;
    this.#deadlineTsc = 0n;
    this.#isMasked = true;
    this.#plan();
  }

  save(): ApicTimerState {
    return {
      mode: this.#mode,
      divide: this.#divide,
      initial: this.#initial,
      startNs: this.#startNs,
      firstCount: this.#firstCount,
      dueNs: this.#dueNs,
      deadlineTsc: this.#deadlineTsc,
      isMasked: this.#isMasked,
    };
  }

  restore(state: ApicTimerState): void {
    this.#mode = state.mode;
    this.#divide = state.divide & 11;
    this.#initial = state.initial;
    this.#startNs = state.startNs;
    this.#firstCount = state.firstCount;
    this.#dueNs = state.dueNs;
    this.#deadlineTsc = state.deadlineTsc;
    this.#isMasked = state.isMasked;
    this.#arm();
  }

  /** 2, 4, … 128, 1 by bits 3, 1, 0 (figure 11-10). Nanoseconds a count. */
  get #divisor(): number {
    const code = ((this.#divide >> 1) & 4) | (this.#divide & 3);
    return code === 7 ? 1 : 2 << code;
  }

  #deadlineNs(): number {
    const ns = this.tscToNs(this.#deadlineTsc);
    return ns < NEVER_NS ? Math.max(0, Math.ceil(ns)) : NEVER_NS;
  }

  #restart(count: number): void {
    this.#startNs = this.clock.nowNs();
    this.#firstCount = count;
  }

  /** The next expiry after now. */
  #plan(): void {
    const now = this.clock.nowNs();
    if (this.#mode === 'deadline') {
      this.#forgetPast();
      this.#dueNs = this.#deadlineTsc === 0n ? undefined : this.#deadlineNs();
    } else if (this.#initial === 0 || (this.#firstCount === 0 && this.#mode === 'oneShot')) {
      this.#dueNs = undefined;
    } else {
      const first = this.#startNs + this.#firstCount * this.#divisor;
      const period = this.#initial * this.#divisor;
      if (first > now) this.#dueNs = Math.min(first, NEVER_NS);
      else if (this.#mode === 'oneShot') this.#dueNs = undefined;
      else this.#dueNs = Math.min(first + (Math.floor((now - first) / period) + 1) * period, NEVER_NS);
    }
    this.#arm();
  }

  /** A deadline that passed while masked is over: the register reads 0. */
  #forgetPast(): void {
    if (this.#deadlineTsc === 0n || this.#deadlineNs() > this.clock.nowNs()) return;
    if (this.#timer.deadlineNs === undefined) this.#deadlineTsc = 0n;
  }

  #arm(): void {
    if (this.#dueNs === undefined || this.#isMasked || this.#dueNs >= NEVER_NS) this.#timer.disarm();
    else this.#timer.arm(this.#dueNs);
  }

  #expire(): void {
    const due = this.#dueNs;
    if (due === undefined) return;
    this.#dueNs = undefined;
    if (this.#mode === 'deadline') {
      this.#deadlineTsc = 0n;
    } else if (this.#mode === 'periodic') {
      const period = this.#initial * this.#divisor;
      const now = this.clock.nowNs();
      let next = due + period;
      if (next <= now && period < MERGED_PERIOD_NS) next = due + (Math.floor((now - due) / period) + 1) * period;
      this.#dueNs = Math.min(next, NEVER_NS);
    }
    this.#arm();
    this.onExpire();
  }
}
