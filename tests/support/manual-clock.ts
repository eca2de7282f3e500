import type { GuestClock, GuestTimer } from '../../src/machine/clock';

class ManualTimer implements GuestTimer {
  deadlineNs: number | undefined;
  fired = 0;
  constructor(
    readonly name: string,
    readonly fire: () => void,
  ) {}

  arm(deadlineNs: number): void {
    if (!Number.isSafeInteger(deadlineNs)) throw new Error(`timer ${this.name} armed at ${deadlineNs}`);
    this.deadlineNs = deadlineNs;
  }

  disarm(): void {
    this.deadlineNs = undefined;
  }
}

/** Guest time that the test turns by hand. */
export class ManualClock implements GuestClock {
  readonly timers: ManualTimer[] = [];
  #now: number;

  constructor(startNs = 0) {
    this.#now = startNs;
  }

  nowNs(): number {
    return this.#now;
  }

  createTimer(name: string, fire: () => void): GuestTimer {
    const timer = new ManualTimer(name, fire);
    this.timers.push(timer);
    return timer;
  }

  get earliestNs(): number | undefined {
    let earliest: number | undefined;
    for (const { deadlineNs } of this.timers) {
      if (deadlineNs !== undefined && (earliest === undefined || deadlineNs < earliest)) earliest = deadlineNs;
    }
    return earliest;
  }

  /** Timers fire exactly at their deadlines on the way; those in the past fire now. */
  advance(ns: number): void {
    this.advanceTo(this.#now + ns);
  }

  advanceTo(targetNs: number): void {
    // A device that re-arms in the past for ever is a bug that the test should see, not hang in.
    for (let i = 0; i < 5_000_000; i++) {
      const next = this.earliestNs;
      if (next === undefined || next > targetNs) {
        this.#now = Math.max(this.#now, targetNs);
        return;
      }
      this.#now = Math.max(this.#now, next);
      this.#fireEarliest(next);
    }
    throw new Error('timers never come to rest');
  }

  /** Time passes without a timer firing, as within one long instruction; `fireDue` catches up. */
  skip(ns: number): void {
    this.#now += ns;
  }

  /** One round of the machine loop: each due timer once. */
  fireDue(): void {
    const due = this.timers.filter((timer) => timer.deadlineNs !== undefined && timer.deadlineNs <= this.#now);
    due.sort((a, b) => (a.deadlineNs as number) - (b.deadlineNs as number));
    for (const timer of due) {
      if (timer.deadlineNs === undefined || timer.deadlineNs > this.#now) continue;
      timer.disarm();
      timer.fired++;
      timer.fire();
    }
  }

  #fireEarliest(deadline: number): void {
    const timer = this.timers.find((candidate) => candidate.deadlineNs === deadline);
    if (timer === undefined) return;
    timer.disarm();
    timer.fired++;
    timer.fire();
  }
}
