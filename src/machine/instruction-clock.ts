import type { ClockStep, GuestClock, GuestTimer } from './clock';
import { isNs, isRecord, SnapshotError } from './saved-state';

/** ns per instruction before anything was measured: a 150 MIPS machine. */
const FIRST_RATE = 6.5;
/** Bounds that keep every product exact in a double and the guest's delays sane. */
export const MIN_RATE = 0.0625;
export const MAX_RATE = 2000;

class ClockTimer implements GuestTimer {
  deadlineNs: number | undefined;
  constructor(
    readonly name: string,
    readonly fire: () => void,
    private readonly changed: () => void,
  ) {}

  arm(deadlineNs: number): void {
    this.deadlineNs = deadlineNs;
    this.changed();
  }

  disarm(): void {
    if (this.deadlineNs === undefined) return;
    this.deadlineNs = undefined;
    this.changed();
  }
}

/**
 * Guest time as a function of the retired-instruction count and the last clock step. Owned by the machine loop, which
 * applies steps and fires timers between instructions.
 */
export class InstructionClock implements GuestClock {
  #step: ClockStep = { count: 0, ns: 0, nsPerInstruction: FIRST_RATE };
  readonly #timers: ClockTimer[] = [];
  #earliest: number | undefined;

  /**
   * @param count the exact count of the current instruction
   * @param onEarlier called when the earliest deadline moved closer while the CPU runs: it must stop in time
   */
  constructor(
    private readonly count: () => number,
    private readonly onEarlier: () => void,
  ) {}

  get step(): ClockStep {
    return this.#step;
  }

  nowNs(): number {
    return this.nsAt(this.count());
  }

  nsAt(count: number): number {
    return this.#step.ns + Math.floor((count - this.#step.count) * this.#step.nsPerInstruction);
  }

  /** The first count at which `nsAt` reaches `ns`; never before `from`. */
  countAt(ns: number, from: number): number {
    const { count, nsPerInstruction } = this.#step;
    let at = Math.max(from, count + Math.ceil((ns - this.#step.ns) / nsPerInstruction));
    while (at > from && this.nsAt(at - 1) >= ns) at--;
    while (this.nsAt(at) < ns) at++;
    return at;
  }

  applyStep(step: ClockStep): void {
    const rate = Math.min(MAX_RATE, Math.max(MIN_RATE, step.nsPerInstruction));
    this.#step = { count: step.count, ns: step.ns, nsPerInstruction: rate };
  }

  createTimer(name: string, fire: () => void): GuestTimer {
    const timer = new ClockTimer(name, fire, () => this.#recompute());
    this.#timers.push(timer);
    return timer;
  }

  get earliestDeadlineNs(): number | undefined {
    return this.#earliest;
  }

  /** Fires what is due, each timer at most once, earliest first and in order of creation where equal. */
  fireDue(): void {
    const now = this.nowNs();
    if (this.#earliest === undefined || this.#earliest > now) return;
    const due = this.#timers.filter((timer) => timer.deadlineNs !== undefined && timer.deadlineNs <= now);
    due.sort((a, b) => (a.deadlineNs as number) - (b.deadlineNs as number));
    for (const timer of due) {
      // An earlier one of this round may have moved or stopped it.
      if (timer.deadlineNs === undefined || timer.deadlineNs > now) continue;
      timer.disarm();
      timer.fire();
    }
  }

  save(): { count: number; ns: number; nsPerInstruction: number } {
    return { ...this.#step };
  }

  restore(state: unknown): void {
    if (!isRecord(state) || !isNs(state.count) || !isNs(state.ns) || typeof state.nsPerInstruction !== 'number') {
      throw new SnapshotError('clock', 'has values that this clock cannot have');
    }
    if (!(state.nsPerInstruction >= MIN_RATE && state.nsPerInstruction <= MAX_RATE)) {
      throw new SnapshotError('clock', 'runs at an impossible rate');
    }
    this.#step = { count: state.count, ns: state.ns, nsPerInstruction: state.nsPerInstruction };
  }

  #recompute(): void {
    const before = this.#earliest;
    let earliest: number | undefined;
    for (const { deadlineNs } of this.#timers) {
      if (deadlineNs !== undefined && (earliest === undefined || deadlineNs < earliest)) earliest = deadlineNs;
    }
    this.#earliest = earliest;
    if (earliest !== undefined && (before === undefined || earliest < before)) this.onEarlier();
  }
}
