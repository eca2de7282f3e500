import type { ClockStep } from '../../machine/clock';
import type { GuestBus, InstructionCount, StopReason, Vcpu } from '../backend';
import type { VcpuState } from '../vcpu-state';
import { hasInstructionBreakpoints, instructionBreakpoints } from './breakpoints';
import {
  ACTIVITY_HALTED,
  ACTIVITY_LEAVING_SMM,
  ACTIVITY_RUNNING,
  ACTIVITY_SHUTDOWN,
  ACTIVITY_WAIT_FOR_SIPI,
} from './core/layout';
import { type CoreExports, RAISED } from './core-exports';
import type { PerformanceCounters } from './performance-counters';
import { resetVcpu, type ResetKind } from './reset';
import { enterSmm, leaveSmm, type SmmMemory } from './smm';
import type { StateView } from './state-view';
import { restoreVcpu, saveVcpu } from './vcpu-snapshot';

const FLAG_TF = 0x100;
const FLAG_IF = 0x200;
const FLAG_RF = 0x10000;
const VECTOR_DB = 1;
const FLAGS_SETTABLE = 0x3f7fd5n;
const DR6_BS = 0x4000;
const NEVER = 0xffff_ffff_ffff_ffffn;
const SHADOW_MOV_SS = 2;

/** What a vCPU needs of its partition. */
export interface VcpuHost {
  readonly core: CoreExports;
  /** This vCPU runs now, on this bus. */
  enter(vcpu: EmulatedVcpu, bus: GuestBus): void;
  leave(): void;
  /** Caches of decoded code are of no use any more. */
  dropCode(): void;
  readonly signature: number;
  /** Guest-physical memory, as the vCPU that runs sees it. */
  readonly memory: SmmMemory;
  readonly counters: PerformanceCounters;
}

/** One interpreted vCPU: the state struct in shared memory and the loop around the core's `run`. */
export class EmulatedVcpu implements Vcpu {
  readonly #core: CoreExports;
  readonly #s: number;
  #isBreakWanted = false;
  #isKicked = false;
  /** INIT and start-up IPIs to the vCPU that runs wait for its next boundary; to another one they happen at once. */
  #isInRun = false;
  #pendingInit = false;
  #pendingStartup: number | undefined;
  /** Level of the FERR# pin that the bus knows. */
  #ferr = false;

  constructor(
    readonly index: number,
    readonly state: StateView,
    private readonly host: VcpuHost,
  ) {
    this.#core = host.core;
    this.#s = state.base;
  }

  get counters(): PerformanceCounters {
    return this.host.counters;
  }

  get count(): InstructionCount {
    const { state } = this;
    const op = state.u32('CUR_OP');
    return state.count('COUNT') + (op === 0 ? 0 : state.opIndex(op));
  }

  run(bus: GuestBus, until: InstructionCount): StopReason {
    this.host.enter(this, bus);
    this.#isInRun = true;
    try {
      return this.#run(bus, until);
    } catch (error) {
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    } finally {
      this.#isInRun = false;
      this.host.leave();
    }
  }

  continueAt(count: InstructionCount): void {
    const { state, counters } = this;
    if (this.#isShadowed()) state.setCount('SHADOW_COUNT', count);
    if (this.#isResuming()) state.setCount('RESUME_COUNT', count);
    else this.#dropResume();
    counters.settle(state.count('COUNT'));
    state.setCount('COUNT', count);
    counters.continuesAt(count);
    this.#forgetEvent();
  }

  kick(): void {
    this.#isKicked = true;
    this.#stopSoon();
  }

  breakSoon(): void {
    this.#isBreakWanted = true;
    this.#stopSoon();
  }

  setInterrupt(level: boolean): void {
    this.state.setU32('INTR', level ? 1 : 0);
    if (level && (this.state.u32('EFLAGS') & FLAG_IF) !== 0) this.#stopSoon();
  }

  nmi(): void {
    this.state.setU32('NMI_PENDING', 1);
    this.#stopSoon();
  }

  smi(): void {
    this.state.setU32('SMI_PENDING', 1);
    this.#stopSoon();
  }

  /** Whether the vCPU is in system management mode. */
  get isInSmm(): boolean {
    return this.state.u32('IN_SMM') !== 0;
  }

  init(): void {
    this.#pendingInit = true;
    this.#pendingStartup = undefined;
    this.#stopSoon();
    if (!this.#isInRun) this.#takeInit();
  }

  startup(vector: number): void {
    this.#pendingStartup = vector & 0xff;
    this.#stopSoon();
    if (!this.#isInRun) this.#takeStartup();
  }

  reset(): void {
    this.#reset('power-on');
    this.#forgetEvent();
  }

  setClock(step: ClockStep): void {
    const { counters, count } = this;
    // Up to here cycles went by the old clock.
    counters.settle(count);
    this.state.setCount('CLOCK_COUNT', step.count);
    this.state.setF64('CLOCK_NS', step.ns);
    this.state.setF64('CLOCK_RATE', step.nsPerInstruction);
    counters.continuesAt(count);
  }

  readGpr(index: number): number {
    return this.state.u32('GPR', index & 15);
  }

  writeGpr(index: number, value: number): void {
    this.state.setU64('GPR', BigInt(value >>> 0), index & 15);
  }

  save(): VcpuState {
    this.counters.settle(this.count);
    return saveVcpu(this.state, this.#core.readEflags(this.#s), this.#pendingInit);
  }

  restore(state: VcpuState): void {
    const flags = restoreVcpu(this.state, state, `vcpu${this.index}`);
    this.#core.writeEflags(this.#s, flags, FLAGS_SETTABLE);
    this.#pendingInit = state.smm?.isInitPending ?? false;
    this.#pendingStartup = undefined;
    this.#forgetEvent();
    this.state.setCount('RESUME_COUNT', this.state.count('COUNT'));
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    this.#core.reloadPdptes(this.#s);
    this.counters.replaced(state.count);
    this.host.dropCode();
  }

  /** The boundary after the current instruction is the next one: what it was decoded from may have changed. */
  memoryChanged(): void {
    this.#core.flushAll(this.#s);
    this.#stopSoon();
  }

  /** The boundary after the current instruction is the next one. */
  #stopSoon(): void {
    this.state.setCount('LIMIT', 0);
  }

  #reset(kind: ResetKind): void {
    this.counters.settle(this.state.count('COUNT'));
    resetVcpu(this.state, kind, { isBootProcessor: this.index === 0, signature: this.host.signature });
    this.#pendingInit = false;
    this.#pendingStartup = undefined;
    this.#core.writeEflags(this.#s, 2n, FLAGS_SETTABLE);
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    if (kind === 'power-on') this.counters.replaced(this.state.count('COUNT'));
    else this.counters.continuesAt(this.state.count('COUNT'));
  }

  #run(bus: GuestBus, until: InstructionCount): StopReason {
    const { state } = this;
    this.#isBreakWanted = false;
    for (;;) {
      this.#takeInit();
      this.#takeStartup();
      this.#driveFerr(bus);
      this.#settleCounters(bus);
      if (this.#isKicked) {
        this.#isKicked = false;
        return { kind: 'kicked' };
      }
      if (this.#isBreakWanted) return { kind: 'kicked' };
      if (this.#takeSmi(bus)) continue;
      const activity = this.#activity();
      if (activity === ACTIVITY_SHUTDOWN) return { kind: 'shutdown', cause: 'tripleFault' };
      if (activity !== ACTIVITY_RUNNING) return { kind: 'halted' };
      if (state.u32('PENDING_DB') !== 0 && !this.#isShadowed(SHADOW_MOV_SS)) {
        this.#deliver(() => this.#core.deliverDebugTrap(this.#s));
        continue;
      }
      const count = state.count('COUNT');
      if (count >= until) return { kind: 'budgetSpent' };
      const isShadowed = this.#isShadowed();
      if (!isShadowed && this.#deliverPending(bus)) continue;
      const end = this.counters.isOn ? Math.max(count + 1, Math.min(until, this.counters.horizon)) : until;
      this.#execute(bus, isShadowed ? count + 1 : end, count);
    }
  }

  #settleCounters(bus: GuestBus): void {
    const { counters } = this;
    if (!counters.isOn) return;
    const count = this.state.count('COUNT');
    if (count >= counters.horizon) counters.settle(count);
    if (counters.takeInterrupt()) bus.performanceOverflow?.(this.index);
  }

  /** Before everything but traps of the instruction that ran; one more SMI waits for RSM. */
  #takeSmi(bus: GuestBus): boolean {
    const { state } = this;
    if (state.u32('SMI_PENDING') === 0 || this.isInSmm || state.u32('ACTIVITY') > ACTIVITY_HALTED) return false;
    if (state.u32('PENDING_DB') !== 0 || this.#isShadowed()) return false;
    bus.systemManagement?.(true);
    if (!this.#isResuming()) this.#dropResume();
    this.counters.settle(state.count('COUNT'));
    enterSmm(state, this.#core.readEflags(this.#s), this.host.memory);
    this.#modeReplaced(2n);
    this.#countEvent();
    return true;
  }

  #leaveSmm(bus: GuestBus): void {
    this.counters.settle(this.state.count('COUNT'));
    const flags = leaveSmm(this.state, this.host.memory);
    bus.systemManagement?.(false);
    if (flags !== undefined) this.#modeReplaced(flags);
  }

  /** All that says how code runs was written: makes what follows from it. */
  #modeReplaced(flags: bigint): void {
    this.#core.writeEflags(this.#s, flags, FLAGS_SETTABLE);
    this.#core.updateMode(this.#s);
    this.#core.flushAll(this.#s);
    this.#core.reloadPdptes(this.#s);
    this.counters.continuesAt(this.state.count('COUNT'));
  }

  /** The core stops at the next boundary when an x87 error is noted or gone. */
  #driveFerr(bus: GuestBus): void {
    const level = this.state.u32('FERR') !== 0;
    if (level === this.#ferr) return;
    this.#ferr = level;
    bus.coprocessorError?.(this.index, level);
  }

  /** Wakes a halted vCPU by an event it would take. */
  #activity(): number {
    const { state } = this;
    const activity = state.u32('ACTIVITY');
    if (activity === ACTIVITY_HALTED && (this.#isNmiDue() || this.#isInterruptDue())) {
      state.setU32('ACTIVITY', ACTIVITY_RUNNING);
      return ACTIVITY_RUNNING;
    }
    return activity;
  }

  #takeInit(): void {
    // SMM holds INIT back until RSM
    if (!this.#pendingInit || this.isInSmm) return;
    const startup = this.#pendingStartup;
    this.#reset('init');
    this.#pendingStartup = startup;
  }

  /** Wakes a vCPU that waits for it; one that runs, or halts, takes no notice. */
  #takeStartup(): void {
    const vector = this.#pendingStartup;
    if (vector === undefined) return;
    this.#pendingStartup = undefined;
    const { state } = this;
    if (state.u32('ACTIVITY') !== ACTIVITY_WAIT_FOR_SIPI) return;
    state.setSegment(1, { ...state.segment(1), selector: vector << 8, base: BigInt(vector << 12) });
    state.setU64('RIP', 0n);
    state.setU32('ACTIVITY', ACTIVITY_RUNNING);
    this.#core.updateMode(this.#s);
  }

  #isNmiDue(): boolean {
    return this.state.u32('NMI_PENDING') !== 0 && this.state.u32('NMI_BLOCKED') === 0;
  }

  #isInterruptDue(): boolean {
    return this.state.u32('INTR') !== 0 && (this.state.u32('EFLAGS') & FLAG_IF) !== 0;
  }

  #isShadowed(kind?: number): boolean {
    const shadow = this.state.u32('SHADOW');
    if (shadow === 0 || (kind !== undefined && shadow !== kind)) return false;
    return this.state.count('SHADOW_COUNT') === this.state.count('COUNT');
  }

  /** NMI before INTR; true if an event was entered. */
  #deliverPending(bus: GuestBus): boolean {
    if (this.#isNmiDue()) {
      this.state.setU32('NMI_PENDING', 0);
      this.#deliver(() => this.#core.deliverNmi(this.#s));
      this.#countEvent();
      return true;
    }
    if (!this.#isInterruptDue()) return false;
    const vector = bus.acknowledgeInterrupt(this.index);
    if (vector === undefined) {
      this.state.setU32('INTR', 0);
      return false;
    }
    this.#deliver(() => this.#core.deliverInterrupt(this.#s, vector));
    this.#countEvent();
    return true;
  }

  /** Runs to `until`; with TF or instruction breakpoints set one instruction. */
  #execute(bus: GuestBus, until: InstructionCount, count: InstructionCount): void {
    const { state } = this;
    const flags = state.u32('EFLAGS');
    const isTracing = (flags & FLAG_TF) !== 0;
    const isWatching = hasInstructionBreakpoints(state);
    if (isWatching && !this.#isPassedOver() && this.#hitBreakpoint()) return;
    state.setCount('UNTIL', isTracing || isWatching ? count + 1 : until);
    state.setU32('EVENT_ENTERED', 0);
    try {
      this.#core.run(this.#s);
    } catch (error) {
      if (error !== RAISED) throw error;
      // the instruction did not happen, nor did its accesses
      state.setU32('PENDING_DB', 0);
      this.#deliver(() => this.#core.deliverException(this.#s));
      this.#countEvent();
      return;
    }
    if (state.u32('ACTIVITY') === ACTIVITY_LEAVING_SMM) {
      this.#leaveSmm(bus);
      return;
    }
    if (state.count('COUNT') === count || state.u32('EVENT_ENTERED') !== 0) return;
    if (isTracing) state.setU32('PENDING_DB', state.u32('PENDING_DB') | DR6_BS);
  }

  /** Instruction breakpoints do not hit: RF is set, or MOV SS came just before. */
  #isPassedOver(): boolean {
    return this.#isShadowed(SHADOW_MOV_SS) || ((this.state.u32('EFLAGS') & FLAG_RF) !== 0 && this.#isResuming());
  }

  /** RF, if it is set, is for the next instruction (core/resume-flag.ts). */
  #isResuming(): boolean {
    return this.state.count('RESUME_COUNT') === this.state.count('COUNT');
  }

  #dropResume(): void {
    this.state.setU32('EFLAGS', this.state.u32('EFLAGS') & ~FLAG_RF);
  }

  /** An instruction breakpoint is a fault: the handler sees the instruction before it ran. */
  #hitBreakpoint(): boolean {
    const { state } = this;
    const bits = instructionBreakpoints(state);
    if (bits === 0) return false;
    state.setU32('DR', (state.u32('DR', 6) & ~0xf) | bits, 6);
    state.setU32('EXC_VECTOR', VECTOR_DB);
    state.setU32('EXC_HAS_ERROR', 0);
    // with #DB: no RF in what is pushed (core/raise.ts)
    state.setU32('EXC_ERROR', 0);
    this.#deliver(() => this.#core.deliverException(this.#s));
    this.#countEvent();
    return true;
  }

  /**
   * Guest time stands still while no instruction retires, so a guest that faults or is interrupted for ever would never let go: every
   * further event at one count counts as an instruction. Departure from hardware, where time passes by itself.
   */
  #countEvent(): void {
    const { state } = this;
    const count = state.count('COUNT');
    if (count === state.count('LAST_EVENT')) {
      state.setCount('COUNT', count + 1);
      this.counters.skipped();
    }
    state.setCount('LAST_EVENT', state.count('COUNT'));
  }

  #forgetEvent(): void {
    this.state.setU64('LAST_EVENT', NEVER);
  }

  /** Enters an event; exceptions on the way go through `deliverException`, which ends with a double fault or shutdown. */
  #deliver(enter: () => void): void {
    let attempt = enter;
    for (;;) {
      try {
        attempt();
        return;
      } catch (error) {
        if (error !== RAISED) throw error;
      }
      attempt = () => this.#core.deliverException(this.#s);
    }
  }
}
