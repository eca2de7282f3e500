import type { GuestBus, InstructionCount, StopReason, Vcpu } from '../cpu/backend';
import { isRecord, isUint, SnapshotError } from '../machine/saved-state';

/** Instructions of one turn. Long enough that switching costs nothing, short enough for a vCPU that waits for another. */
export const TURN_INSTRUCTIONS = 10_000;

export interface VcpuTurnsState {
  readonly current: number;
  readonly turnEnd: InstructionCount;
}

/**
 * Several vCPUs as one: they run in turn, and one count goes through all of them, the machine's. The vCPU whose turn it is
 * carries it on (`Vcpu.continueAt`), so that guest time, inputs and checkpoints are functions of one number, and all TSCs
 * are in step. A turn ends after TURN_INSTRUCTIONS, when the vCPU halts, and when it has sent an interrupt to another one:
 * all of that is the guest's doing, so a replay switches at the same counts.
 */
export class VcpuTurns {
  #current = 0;
  #turnEnd: InstructionCount = 0;

  constructor(readonly vcpus: readonly Vcpu[]) {}

  /** The one that runs, or would run next. */
  get current(): Vcpu {
    return this.vcpus[this.#current] as Vcpu;
  }

  /** The machine's count: instructions of all vCPUs. */
  get count(): InstructionCount {
    return this.current.count;
  }

  breakSoon(): void {
    this.current.breakSoon();
  }

  /** The current vCPU has sent something to another, and will wait for it more often than not. */
  yieldTurn(): void {
    if (this.vcpus.length === 1) return;
    this.#turnEnd = 0;
    this.current.breakSoon();
  }

  /** As `Vcpu.run`; 'halted' when all of them are. */
  run(bus: GuestBus, until: InstructionCount): StopReason {
    const { length } = this.vcpus;
    if (length === 1) return this.current.run(bus, until);
    let halted = 0;
    for (;;) {
      const before = this.count;
      if (before >= this.#turnEnd) this.#nextTurn();
      const reason = this.current.run(bus, Math.max(before, Math.min(until, this.#turnEnd)));
      if (this.count > before) halted = 0;
      if (reason.kind === 'halted') {
        if (++halted === length) return reason;
        this.#turnEnd = 0;
      } else if (reason.kind !== 'budgetSpent' || this.count >= until) {
        return reason;
      }
    }
  }

  /** All of them after RESET#; the bootstrap processor has the first turn. */
  reset(): void {
    const { count } = this;
    for (const vcpu of this.vcpus) vcpu.reset();
    this.#current = 0;
    this.#turnEnd = count + TURN_INSTRUCTIONS;
    this.current.continueAt(count);
  }

  save(): VcpuTurnsState {
    return { current: this.#current, turnEnd: this.#turnEnd };
  }

  /** After the vCPUs. */
  restore(state: unknown): void {
    if (!isRecord(state) || !isUint(state.current, this.vcpus.length - 1) || !isUint(state.turnEnd, 2 ** 53 - 1))
      throw new SnapshotError('turns', 'names a vCPU or a count that cannot be');
    this.#current = state.current;
    this.#turnEnd = Math.min(state.turnEnd, this.count + TURN_INSTRUCTIONS);
  }

  #nextTurn(): void {
    const { count } = this;
    this.#current = (this.#current + 1) % this.vcpus.length;
    this.#turnEnd = count + TURN_INSTRUCTIONS;
    this.current.continueAt(count);
  }
}
