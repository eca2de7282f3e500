import type { ClockStep } from '../machine/clock';
import { MAX_RATE, MIN_RATE } from '../machine/instruction-clock';

/** Lag of guest time behind host time that is forgotten instead of caught up. */
const FORGET_NS = 100e6;
/** Lag at which the clock runs at twice (or half) the measured speed. */
const BEND_NS = 20e6;
const MEASURE_MS = 1;

/**
 * Decides clock steps so that guest time follows host time without jumping while the CPU runs. This is the only place
 * where the machine thread looks at the host's clock; its decisions enter the machine as inputs.
 */
export class Pacer {
  /** Host time at which guest time 0 would have been. */
  #originMs: number;
  #lastMs: number;
  #lastCount: number;
  #measuredRate: number;
  /** Host time that the guest's clock left out so far, because the CPU could not keep up. */
  forgottenMs = 0;

  constructor(hostMs: number, guestNs: number, count: number, rate: number) {
    this.#originMs = hostMs - guestNs / 1e6;
    this.#lastMs = hostMs;
    this.#lastCount = count;
    this.#measuredRate = rate;
  }

  /** Called between slices. A new step when the rate should change; time itself stays continuous. */
  afterSlice(hostMs: number, count: number, guestNs: number): ClockStep | undefined {
    const elapsedMs = hostMs - this.#lastMs;
    if (elapsedMs < MEASURE_MS) return undefined;
    const instructions = count - this.#lastCount;
    this.#lastMs = hostMs;
    this.#lastCount = count;
    if (instructions > 0) {
      // A slice during which the host stalled says nothing about the speed of the CPU.
      const rate = Math.min((elapsedMs * 1e6) / instructions, this.#measuredRate * 4 + 1);
      this.#measuredRate += (rate - this.#measuredRate) * 0.125;
    }
    const lag = this.#lag(hostMs, guestNs);
    const bend = Math.min(2, Math.max(0.5, 1 + lag / BEND_NS));
    const nsPerInstruction = Math.min(MAX_RATE, Math.max(MIN_RATE, this.#measuredRate * bend));
    return { count, ns: guestNs, nsPerInstruction };
  }

  /** The CPU halted: how long to sleep until guest time reaches `deadlineNs`. */
  sleepMs(hostMs: number, deadlineNs: number): number {
    return this.#originMs + deadlineNs / 1e6 - hostMs;
  }

  /** The CPU halted and host time went on: the step to take now; never past `deadlineNs`, never back. */
  afterSleep(hostMs: number, count: number, guestNs: number, deadlineNs: number | undefined): ClockStep {
    this.#lastMs = hostMs;
    this.#lastCount = count;
    const target = Math.floor((hostMs - this.#originMs) * 1e6);
    let ns = Math.max(guestNs, target);
    if (deadlineNs !== undefined && ns >= deadlineNs) ns = Math.max(guestNs, deadlineNs);
    this.#lag(hostMs, ns);
    return { count, ns, nsPerInstruction: this.#measuredRate };
  }

  /** Host time that passed while the VM was paused does not count. */
  resumed(hostMs: number, count: number, guestNs: number): void {
    this.#originMs = hostMs - guestNs / 1e6;
    this.#lastMs = hostMs;
    this.#lastCount = count;
  }

  #lag(hostMs: number, guestNs: number): number {
    const lag = (hostMs - this.#originMs) * 1e6 - guestNs;
    if (lag <= FORGET_NS) return lag;
    const forgottenMs = (lag - FORGET_NS / 2) / 1e6;
    this.#originMs += forgottenMs;
    this.forgottenMs += forgottenMs;
    return FORGET_NS / 2;
  }
}
