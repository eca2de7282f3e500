/**
 * Performance counters of one vCPU: Intel's architectural ones (SDM volume 3, chapter 20, version 2), those of a P6 (volume 4, table
 * 2-20) and of a K7 (AMD APM volume 2, 13.2). Instructions retired and unhalted cycles are counted exactly, cycles by the TSC; other events
 * never happen. A WRMSR counts by what held before it; an instruction that changes rings, in the ring where it ends; a REP once; a vCPU
 * has no cycles while another one has its turn. Left out: edge detection, counter masks but "every cycle" (more than one, inverted).
 */
import type { InstructionCount } from '../backend';
import type { StateView } from './state-view';

export type CounterKind = 'architectural' | 'p6' | 'k7';

interface Registers {
  readonly select: number;
  readonly counter: number;
  readonly count: number;
  readonly width: bigint;
  readonly retired: number;
  readonly cycles: readonly number[];
}

/** Events by unit mask and number, for a P6 and a K7 by number alone. */
const KINDS: Readonly<Record<CounterKind, Registers>> = {
  architectural: { select: 0x186, counter: 0xc1, count: 4, width: 48n, retired: 0xc0, cycles: [0x3c, 0x13c] },
  p6: { select: 0x186, counter: 0xc1, count: 2, width: 40n, retired: 0xc0, cycles: [0x79] },
  k7: { select: 0xc0010000, counter: 0xc0010004, count: 4, width: 48n, retired: 0xc0, cycles: [0x76] },
};
/** Fixed counters: instructions, core cycles, reference cycles. */
export const FIXED_COUNTERS = 3;
export const { count: GENERAL_COUNTERS, width: COUNTER_WIDTH } = KINDS.architectural;

const MSR_FIXED_CTR0 = 0x309;
const MSR_FIXED_CTR_CTRL = 0x38d;
const MSR_GLOBAL_STATUS = 0x38e;
const MSR_GLOBAL_CTRL = 0x38f;
const MSR_GLOBAL_OVF_CTRL = 0x390;
const FIRST_FIXED_BIT = 32n;

const SELECT_USR = 1n << 16n;
const SELECT_OS = 1n << 17n;
const SELECT_EDGE = 1n << 18n;
const SELECT_INT = 1n << 20n;
const SELECT_EN = 1n << 22n;
const SELECT_INV = 1n << 23n;
const FIXED_OS = 1n;
const FIXED_USR = 2n;
const FIXED_PMI = 8n;
/** IA32_DEBUGCTL.FREEZE_PERFMON_ON_PMI. */
const DEBUGCTL_FREEZE = 1n << 12n;

/** What may be written; AnyThread is version 3's. */
export const SELECT_WRITABLE = 0xffdf_ffffn;
export const FIXED_CTRL_WRITABLE = 0xbbbn;
export const GLOBAL_WRITABLE = 0x7_0000_000fn;
export const GLOBAL_AT_RESET = 0xfn;
const OVF_CTRL_WRITABLE = GLOBAL_WRITABLE | (3n << 62n);
export const COUNTER_MASK = (1n << COUNTER_WIDTH) - 1n;

/** Values of PERF_ON (core/counters.ts). */
const ON = 1;
const BY_RING = 2;
const STOP_AT_RING = 3;

/** One that counts. */
interface Running {
  readonly field: 'PERF_COUNTER' | 'PERF_FIXED';
  readonly element: number;
  readonly sum: 'PERF_RETIRED' | 'PERF_CYCLES';
  readonly inKernel: boolean;
  readonly inUser: boolean;
  readonly interrupts: boolean;
  readonly statusBit: bigint;
}

export interface CounterCore {
  noteCounters(s: number, count: bigint): void;
}

export class PerformanceCounters {
  #running: readonly Running[] = [];
  /** Count at which a counter that interrupts may be full. */
  #horizon: InstructionCount = Number.POSITIVE_INFINITY;
  #isInterruptDue = false;
  readonly #registers: Registers | undefined;

  constructor(
    private readonly state: StateView,
    private readonly core: CounterCore,
    private readonly kind: CounterKind | undefined,
  ) {
    this.#registers = kind === undefined ? undefined : KINDS[kind];
  }

  get isArchitectural(): boolean {
    return this.kind === 'architectural';
  }

  /** Whether the vCPU must look at `horizon`. */
  get isOn(): boolean {
    return this.#running.length > 0;
  }

  /** Where to stop and `settle`: a counter is full there, or it is known better when one will be. */
  get horizon(): InstructionCount {
    return this.state.u32('PERF_MOVED') === 0 ? this.#horizon : 0;
  }

  /** undefined: not such a register, or not on this CPU. */
  read(index: number, count: InstructionCount): bigint | undefined {
    const { state } = this;
    const place = this.#place(index);
    if (place === undefined) return undefined;
    if (place === 'overflow control') return 0n;
    this.settle(count);
    const value = state.u64(place.field, place.element);
    return place.field === 'PERF_COUNTER' ? value & this.#mask : value;
  }

  /** false: #GP; undefined: not such a register. `count`: of instructions before the one that writes. */
  write(index: number, value: bigint, count: InstructionCount): boolean | undefined {
    const place = this.#place(index);
    if (place === undefined) return undefined;
    const { state } = this;
    if (place === 'overflow control') {
      if ((value & ~OVF_CTRL_WRITABLE) !== 0n) return false;
      this.settle(count + 1);
      state.setU64('PERF_GLOBAL_STATUS', state.u64('PERF_GLOBAL_STATUS') & ~value);
      return true;
    }
    const { field, element, writable } = place;
    const isCounter = field === 'PERF_COUNTER';
    if (!isCounter && (writable === undefined || (value & ~writable) !== 0n)) return false;
    this.settle(count + 1);
    // Only the low half is written, and it brings its sign (SDM 20.2.6); AMD's are written whole.
    const stored = isCounter && this.kind !== 'k7' ? BigInt.asIntN(32, value) : value;
    state.setU64(field, isCounter ? stored & this.#mask : stored, element);
    this.#configure(count + 1);
    // Whoever runs the core must ask for the horizon again.
    state.setCount('LIMIT', 0);
    return true;
  }

  /** Brings the registers up to date. A counter that is full says so, and may want an interrupt: `takeInterrupt`. */
  settle(count: InstructionCount): void {
    const { state } = this;
    if (!this.isOn) return;
    this.#note(count);
    for (const { field, element, sum, inKernel, inUser, interrupts, statusBit } of this.#running) {
      const added = (inKernel ? state.u64(sum, 0) : 0n) + (inUser ? state.u64(sum, 1) : 0n);
      const value = state.u64(field, element) + added;
      state.setU64(field, value & this.#mask, element);
      if (value <= this.#mask) continue;
      state.setU64('PERF_GLOBAL_STATUS', state.u64('PERF_GLOBAL_STATUS') | statusBit);
      if (interrupts) this.#isInterruptDue = true;
    }
    this.#clearSums();
    if (this.#isInterruptDue && this.kind === 'architectural' && (state.u64('DEBUGCTL') & DEBUGCTL_FREEZE) !== 0n) {
      state.setU64('PERF_GLOBAL_CTRL', 0n);
      this.#configure(count);
    }
    this.#findHorizon(count);
  }

  /** Whether the interrupt of a full counter is due now. */
  takeInterrupt(): boolean {
    const isDue = this.#isInterruptDue;
    this.#isInterruptDue = false;
    return isDue;
  }

  /** The registers were replaced: by a reset or a restore. */
  replaced(count: InstructionCount): void {
    this.#isInterruptDue = false;
    this.#configure(count);
  }

  /** COUNT goes on somewhere else: others had their turn. */
  continuesAt(count: InstructionCount): void {
    if (!this.isOn) return;
    this.state.setCount('PERF_MARK', count);
    this.#findHorizon(count);
  }

  /** COUNT went on by one without an instruction. */
  skipped(): void {
    this.state.setU64('PERF_SURPLUS', this.state.u64('PERF_SURPLUS') + 1n);
  }

  get #mask(): bigint {
    return (1n << (this.#registers as Registers).width) - 1n;
  }

  #note(count: InstructionCount): void {
    this.core.noteCounters(this.state.base, BigInt(count));
  }

  #clearSums(): void {
    const { state } = this;
    for (const ring of [0, 1]) {
      state.setU64('PERF_RETIRED', 0n, ring);
      state.setU64('PERF_CYCLES', 0n, ring);
    }
    state.setU32('PERF_MOVED', 0);
  }

  #place(index: number): { field: string; element: number; writable?: bigint } | 'overflow control' | undefined {
    const registers = this.#registers;
    if (registers === undefined) return undefined;
    const { select, counter, count } = registers;
    if (index >= select && index < select + count)
      return { field: 'PERF_SELECT', element: index - select, writable: SELECT_WRITABLE };
    if (index >= counter && index < counter + count) return { field: 'PERF_COUNTER', element: index - counter };
    if (this.kind !== 'architectural') return undefined;
    if (index >= MSR_FIXED_CTR0 && index < MSR_FIXED_CTR0 + FIXED_COUNTERS)
      return { field: 'PERF_FIXED', element: index - MSR_FIXED_CTR0, writable: COUNTER_MASK };
    switch (index) {
      case MSR_FIXED_CTR_CTRL:
        return { field: 'PERF_FIXED_CTRL', element: 0, writable: FIXED_CTRL_WRITABLE };
      case MSR_GLOBAL_STATUS:
        return { field: 'PERF_GLOBAL_STATUS', element: 0 };
      case MSR_GLOBAL_CTRL:
        return { field: 'PERF_GLOBAL_CTRL', element: 0, writable: GLOBAL_WRITABLE };
      case MSR_GLOBAL_OVF_CTRL:
        return 'overflow control';
      default:
        return undefined;
    }
  }

  /** Finds out anew what counts, from `count` on. */
  #configure(count: InstructionCount): void {
    const { state } = this;
    const registers = this.#registers;
    if (registers === undefined) return;
    const running: Running[] = [];
    for (let i = 0; i < registers.count; i++) {
      const found = this.#general(i, registers);
      if (found !== undefined) running.push(found);
    }
    if (this.kind === 'architectural') {
      for (let i = 0; i < FIXED_COUNTERS; i++) {
        const found = this.#fixed(i);
        if (found !== undefined) running.push(found);
      }
    }
    this.#running = running;
    const isByRing = running.some(({ inKernel, inUser }) => inKernel !== inUser);
    const stops = running.some(({ inKernel, inUser, interrupts }) => interrupts && inKernel !== inUser);
    state.setU32('PERF_ON', running.length === 0 ? 0 : stops ? STOP_AT_RING : isByRing ? BY_RING : ON);
    state.setCount('PERF_MARK', count);
    state.setU64('PERF_SURPLUS', 0n);
    this.#clearSums();
    this.#findHorizon(count);
  }

  #general(i: number, { retired, cycles }: Registers): Running | undefined {
    const { state, kind } = this;
    const select = state.u64('PERF_SELECT', i);
    // The enable bit of a P6's first counter is that of both.
    const enable = kind === 'p6' ? state.u64('PERF_SELECT', 0) : select;
    if ((enable & SELECT_EN) === 0n || (select & SELECT_EDGE) !== 0n) return undefined;
    if (kind === 'architectural' && ((state.u64('PERF_GLOBAL_CTRL') >> BigInt(i)) & 1n) === 0n) return undefined;
    const [inKernel, inUser] = [(select & SELECT_OS) !== 0n, (select & SELECT_USR) !== 0n];
    if (!inKernel && !inUser) return undefined;
    const event = Number(select & (kind === 'architectural' ? 0xffffn : 0xffn));
    const least = (select >> 24n) & 0xffn;
    const isInverted = (select & SELECT_INV) !== 0n;
    let sum: Running['sum'];
    // Nothing happens more than once a cycle, so fewer than two in every one.
    if (least > 1n && isInverted) sum = 'PERF_CYCLES';
    else if (least > 1n || (least === 1n && isInverted)) return undefined;
    else if (event === retired) sum = 'PERF_RETIRED';
    else if (cycles.includes(event)) sum = 'PERF_CYCLES';
    else return undefined;
    const interrupts = (select & SELECT_INT) !== 0n;
    const statusBit = kind === 'architectural' ? 1n << BigInt(i) : 0n;
    return { field: 'PERF_COUNTER', element: i, sum, inKernel, inUser, interrupts, statusBit };
  }

  #fixed(i: number): Running | undefined {
    const { state } = this;
    const bit = FIRST_FIXED_BIT + BigInt(i);
    if (((state.u64('PERF_GLOBAL_CTRL') >> bit) & 1n) === 0n) return undefined;
    const control = state.u64('PERF_FIXED_CTRL') >> BigInt(4 * i);
    const [inKernel, inUser] = [(control & FIXED_OS) !== 0n, (control & FIXED_USR) !== 0n];
    if (!inKernel && !inUser) return undefined;
    const sum = i === 0 ? 'PERF_RETIRED' : 'PERF_CYCLES';
    const interrupts = (control & FIXED_PMI) !== 0n;
    return { field: 'PERF_FIXED', element: i, sum, inKernel, inUser, interrupts, statusBit: 1n << bit };
  }

  #findHorizon(count: InstructionCount): void {
    const { state } = this;
    this.#horizon = Number.POSITIVE_INFINITY;
    const isUser = state.u32('CPL') !== 0;
    for (const { field, element, sum, inKernel, inUser, interrupts } of this.#running) {
      if (!interrupts || !(isUser ? inUser : inKernel)) continue;
      const left = Number(this.#mask + 1n - state.u64(field, element));
      // Never too late: iterations of REP only move it, and so does the clock's rounding.
      const cyclesEach = state.f64('CLOCK_RATE') * state.f64('TSC_SCALE');
      const instructions = sum === 'PERF_RETIRED' ? left : Math.max(1, Math.floor(left / cyclesEach));
      this.#horizon = Math.min(this.#horizon, count + instructions);
    }
  }
}
