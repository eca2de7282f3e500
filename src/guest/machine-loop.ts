import type { GuestBus, InstructionCount, StopReason } from '../cpu/backend';
import type { InstructionClock } from '../machine/instruction-clock';
import type { InputGate, InputReplayer } from '../machine/inputs';
import { MeasuredBus } from './measured-bus';
import type { Pacer } from './pacer';

/** Instructions between two looks at the ring and the host's clock: as many as take about SLICE_MS on this computer. */
const SLICE_FIRST = 20_000;
/** Code that waits for a device runs a thousand times slower than the code before it: even then a slice should end soon. */
const SLICE_MOST = 400_000;
/** What says nothing about the speed of the code. */
const SLICE_LEAST_MEASURED = 2_000;
const SLICE_MS = 1;
/** Longest sleep of a halted machine with nothing to wait for. */
const LONGEST_SLEEP_MS = 10_000;

export type StopCause =
  | { readonly kind: 'powerOff'; readonly by: 'guest' | 'host' }
  | { readonly kind: 'tripleFault' }
  | { readonly kind: 'noReboot' }
  | { readonly kind: 'debugExit'; readonly status: number }
  | { readonly kind: 'replayEnded'; readonly count: number }
  | { readonly kind: 'failed'; readonly message: string };

/** What the loop asks of the machine it runs. */
export interface LoopMachine {
  /** All vCPUs as one. */
  readonly turns: { readonly count: InstructionCount; run(bus: GuestBus, until: InstructionCount): StopReason };
  readonly clock: InstructionClock;
  readonly bus: GuestBus;
  readonly inputs: InputGate;
  /** Everything to power-on values. */
  reset(): void;
  /** Set by wires (0xcf9, keyboard controller, ACPI, debug-exit) during an instruction; taken by the loop after it. */
  takeRequest(): 'reset' | StopCause | undefined;
}

/** What the loop asks of its surroundings; the real ones are the rings and the host's clock. */
export interface LoopHost {
  nowMs(): number;
  /** Handles what arrived: inputs go through `machine.inputs`, controls to the loop's methods. */
  receive(): void;
  /** Sleeps until something arrives or the time is over. */
  sleep(timeoutMs: number): void;
  /** Called between slices and before sleeping: output, frames. Returns the ms after which it wants to be called again while idle. */
  afterSlice(isIdle: boolean): number;
  /** A triple fault resets the machine: `wasReset` follows. */
  tripleFault(): void;
  /** The machine has power-on values again. */
  wasReset(): void;
}

/** State hashes of recordings and replays. */
export interface Checkpoint {
  readonly every: number;
  /** `count` is a multiple of `every`. */
  reached(count: number): void;
  /** A recorded input was applied. */
  replayed(): void;
}

/**
 * Runs a machine: inputs, clock steps, timers, slices, sleep. One call of `run` lives as long as the VM runs; pause and
 * resume happen inside it.
 */
export class MachineLoop {
  #isPaused = false;
  #stop: StopCause | undefined;
  #onPaused: (() => void) | undefined;
  /** The clock was stepped while all vCPUs slept, and nothing ran since: a second step would hide what came between. */
  #isPaced = false;
  #sliceInstructions = SLICE_FIRST;
  /** ms slept in HLT or while paused, for the load figure. */
  idleMs = 0;
  readonly #bus: MeasuredBus;

  constructor(
    private readonly machine: LoopMachine,
    private readonly host: LoopHost,
    private readonly pacer: Pacer,
    private readonly options: { noReboot: boolean; replay?: InputReplayer; endCount?: number; checkpoint?: Checkpoint },
  ) {
    this.#bus = new MeasuredBus(machine.bus, () => host.nowMs());
  }

  /** ms spent in devices. */
  get deviceMs(): number {
    return this.#bus.deviceMs;
  }

  /** ms that the host's clock went on and the guest's did not, because the CPU could not keep up. */
  get forgottenMs(): number {
    return this.pacer.forgottenMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(onPaused: () => void): void {
    this.#isPaused = true;
    this.#onPaused = onPaused;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.pacer.resumed(this.host.nowMs(), this.#count(), this.machine.clock.nowNs());
  }

  stop(cause: StopCause): void {
    this.#stop ??= cause;
  }

  run(): StopCause {
    for (;;) {
      this.host.receive();
      this.#takeRequest();
      if (this.#stop !== undefined) return this.#stop;
      if (this.#isPaused) {
        this.#onPaused?.();
        this.#onPaused = undefined;
        this.host.afterSlice(true);
        const before = this.host.nowMs();
        this.host.sleep(LONGEST_SLEEP_MS);
        this.idleMs += this.host.nowMs() - before;
        continue;
      }
      const { replay } = this.options;
      const hasMore = replay !== undefined && this.#replayDue(replay);
      if (replay === undefined) this.#pace();
      this.machine.clock.fireDue();
      // What came at one count came before the next instruction.
      if (hasMore) continue;
      this.#slice();
      this.host.afterSlice(false);
    }
  }

  #count(): number {
    return this.machine.turns.count;
  }

  #slice(): void {
    const { clock, turns } = this.machine;
    const count = turns.count;
    const until = this.#until(count);
    const before = this.host.nowMs();
    const reason = turns.run(this.#bus, until);
    this.#fitSlice(turns.count - count, this.host.nowMs() - before);
    this.#reachedCheckpoint(count, turns.count);
    this.#takeRequest();
    if (reason.kind === 'halted') {
      if (this.#stop === undefined) this.#idle();
      return;
    }
    if (reason.kind === 'reset') this.#reset();
    else if (reason.kind === 'shutdown') this.#shutdown(reason.cause);
    else if (reason.kind === 'failed')
      this.stop({ kind: 'failed', message: reason.error.stack ?? reason.error.message });
    if (clock.earliestDeadlineNs !== undefined) clock.fireDue();
  }

  /** So many instructions took so long: the next slice should take SLICE_MS. Slower at once, faster step by step. */
  #fitSlice(instructions: number, elapsedMs: number): void {
    if (instructions < SLICE_LEAST_MEASURED) return;
    const wanted = Math.round((instructions * SLICE_MS) / Math.max(elapsedMs, 0.001));
    const most = Math.min(SLICE_MOST, this.#sliceInstructions * 2);
    this.#sliceInstructions = Math.min(most, Math.max(SLICE_LEAST_MEASURED, wanted));
  }

  #until(count: number): number {
    const { clock } = this.machine;
    let until = count + this.#sliceInstructions;
    const deadline = clock.earliestDeadlineNs;
    if (deadline !== undefined) until = Math.min(until, clock.countAt(deadline, count));
    const due = this.options.replay?.nextCount;
    if (due !== undefined) until = Math.min(until, due);
    const { endCount, checkpoint } = this.options;
    if (endCount !== undefined) until = Math.min(until, endCount);
    if (checkpoint !== undefined)
      until = Math.min(until, (Math.floor(count / checkpoint.every) + 1) * checkpoint.every);
    // A timer re-armed in the past fires after the next instruction.
    return Math.max(until, count + 1);
  }

  #reachedCheckpoint(before: number, after: number): void {
    const { checkpoint, endCount } = this.options;
    if (checkpoint !== undefined && after > before && after % checkpoint.every === 0) checkpoint.reached(after);
    if (endCount !== undefined && after >= endCount) this.stop({ kind: 'replayEnded', count: after });
  }

  #pace(): void {
    if (this.#isPaced) {
      this.#isPaced = false;
      return;
    }
    const { clock, inputs } = this.machine;
    const step = this.pacer.afterSlice(this.host.nowMs(), this.#count(), clock.nowNs());
    if (step !== undefined) inputs.apply({ kind: 'clock', ns: step.ns, nsPerInstruction: step.nsPerInstruction });
  }

  /** true: more is due at this count, after the timers that fire now. */
  #replayDue(replay: InputReplayer): boolean {
    const inputs = replay.take(this.#count());
    for (const input of inputs) {
      this.machine.inputs.apply(input);
      this.options.checkpoint?.replayed();
    }
    return inputs.length > 0 && replay.nextCount === this.#count();
  }

  /** Sleeps until the next deadline or an arrival, then steps guest time. */
  #idle(): void {
    const { clock, inputs } = this.machine;
    const deadline = clock.earliestDeadlineNs;
    if (this.options.replay !== undefined) {
      // The recording holds the steps; without one at this count it ends here.
      if (this.options.replay.nextCount === undefined) this.stop({ kind: 'replayEnded', count: this.#count() });
      return;
    }
    const again = this.host.afterSlice(true);
    const before = this.host.nowMs();
    let timeout = Math.min(LONGEST_SLEEP_MS, again);
    if (deadline !== undefined) timeout = Math.min(timeout, this.pacer.sleepMs(before, deadline));
    if (timeout > 0) this.host.sleep(timeout);
    const now = this.host.nowMs();
    this.idleMs += now - before;
    this.#isPaced = true;
    const step = this.pacer.afterSleep(now, this.#count(), clock.nowNs(), deadline);
    inputs.apply({ kind: 'clock', ns: step.ns, nsPerInstruction: step.nsPerInstruction });
  }

  #takeRequest(): void {
    const request = this.machine.takeRequest();
    if (request === undefined) return;
    if (request === 'reset') this.#reset();
    else this.stop(request);
  }

  #reset(): void {
    if (this.options.noReboot) this.stop({ kind: 'noReboot' });
    else this.#resetMachine();
  }

  #resetMachine(): void {
    this.machine.reset();
    this.host.wasReset();
  }

  #shutdown(cause: 'tripleFault' | 'acpi'): void {
    if (cause === 'acpi') this.stop({ kind: 'powerOff', by: 'guest' });
    else if (this.options.noReboot) this.stop({ kind: 'tripleFault' });
    else {
      this.host.tripleFault();
      this.#resetMachine(); // a PC wires SHUTDOWN to reset
    }
  }
}
