import type { ClockStep } from '../machine/clock';
import { MAX_RATE, MIN_RATE } from '../machine/instruction-clock';

/** Lag of guest time behind host time that is forgotten instead of caught up. */
const FORGET_NS = 100e6;
/** Lag at which the clock runs at twice the measured speed; so far ahead, it all but stands still. */
const BEND_NS = 20e6;
const SLOWEST = 1 / 32;
const MEASURE_MS = 1;
/** The speed is that of about so long. */
const MEASURED_MS = 16;

/**
 * Decides clock steps so that guest time follows host time without jumping while the CPU runs. This is the only place
 * where the machine thread looks at the host's clock; its decisions enter the machine as inputs.
 */
export class Pacer {
  /** Host time at which guest time 0 would have been. */
  #originMs: number;
  #lastMs: number;
  #lastCount: number;
  /** Of the last instructions: how many, and how long they took; older ones weigh less. */
  #measuredMs: number;
  #measuredInstructions: number;
  /** Host time that the guest's clock left out so far, because the CPU could not keep up. */
  forgottenMs = 0;

  constructor(hostMs: number, guestNs: number, count: number, rate: number) {
    this.#originMs = hostMs - guestNs / 1e6;
    this.#lastMs = hostMs;
    this.#lastCount = count;
    this.#measuredMs = MEASURED_MS;
    this.#measuredInstructions = (MEASURED_MS * 1e6) / rate;
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
      const mostMs = (instructions * (this.#rate * 4 + 1)) / 1e6;
      this.#measure(Math.min(elapsedMs, mostMs), instructions);
    }
    const lag = this.#lag(hostMs, guestNs);
    const bend = Math.min(2, Math.max(SLOWEST, 1 + lag / BEND_NS));
    const nsPerInstruction = Math.min(MAX_RATE, Math.max(MIN_RATE, this.#rate * bend));
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
    return { count, ns, nsPerInstruction: this.#rate };
  }

  /** Host time that passed while the VM was paused does not count. */
  resumed(hostMs: number, count: number, guestNs: number): void {
    this.#originMs = hostMs - guestNs / 1e6;
    this.#lastMs = hostMs;
    this.#lastCount = count;
  }

  get #rate(): number {
    return (this.#measuredMs * 1e6) / this.#measuredInstructions;
  }

  /** Time over instructions, not the mean of the slices' own rates: slow slices have few instructions for the clock to count. */
  #measure(elapsedMs: number, instructions: number): void {
    const keep = MEASURED_MS / (MEASURED_MS + elapsedMs);
    this.#measuredMs = this.#measuredMs * keep + elapsedMs;
    this.#measuredInstructions = this.#measuredInstructions * keep + instructions;
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
