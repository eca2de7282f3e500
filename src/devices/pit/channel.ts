/**
 * One counter of the 8254 (datasheet 231164-005). Everything readable is a pure function of the register values and
 * the current tick: nothing counts. A count written at tick t is loaded at t + 1 (the next CLK pulse).
 */
import { isNs, isRecord, isUint } from '../../machine/saved-state';

/** CLK of the counters in a PC. */
export const PIT_HZ = 1_193_182;

export interface ChannelState {
  /** Control word bits 5-0: access, mode, BCD. */
  readonly control: number;
  /** Count in force, 1 to 65536 (10000 in BCD); 0 = none was written since the control word. */
  readonly count: number;
  /** Count that takes over at the next reload (modes 2 and 3) or trigger (1 and 5); 0 = none. */
  readonly nextCount: number;
  /** Tick of that reload in modes 2 and 3; undefined while GATE stops them. */
  readonly reloadAt: number | undefined;
  /** Tick at which `count` was loaded (or would have been, for the phase); undefined while it waits for a trigger. */
  readonly start: number | undefined;
  /** Ticks counted when GATE stopped the counter; undefined while it runs. */
  readonly held: number | undefined;
  readonly gate: boolean;
  /** First byte of a two-byte count. */
  readonly firstByte: number | undefined;
  readonly readsHigh: boolean;
  readonly latchedCount: number | undefined;
  readonly latchedStatus: number | undefined;
}

export function isChannelState(value: unknown): value is ChannelState {
  if (!isRecord(value)) return false;
  const isTick = (tick: unknown): boolean => tick === undefined || isNs(tick);
  const isByte = (byte: unknown): boolean => byte === undefined || isUint(byte, 0xff);
  return (
    isUint(value.control, 0x3f) &&
    isUint(value.count, 0x10000) &&
    isUint(value.nextCount, 0x10000) &&
    isTick(value.reloadAt) &&
    (value.reloadAt === undefined || value.count !== 0) &&
    isTick(value.start) &&
    isTick(value.held) &&
    typeof value.gate === 'boolean' &&
    typeof value.readsHigh === 'boolean' &&
    isByte(value.firstByte) &&
    isByte(value.latchedStatus) &&
    (value.latchedCount === undefined || isUint(value.latchedCount, 0xffff))
  );
}

type Registers = { -readonly [K in keyof ChannelState]: ChannelState[K] };

/** OUT after an event, and the tick of the event. */
export interface OutEdge {
  readonly tick: number;
  readonly level: boolean;
  /** OUT falls one tick before and rises at `tick` (mode 2). */
  readonly isPulse: boolean;
}

const CONTROL_BCD = 0x01;

export class PitChannel {
  #regs: Registers;

  constructor(private readonly gateAtPowerOn: boolean) {
    this.#regs = this.#powerOn();
  }

  get mode(): number {
    const mode = (this.#regs.control >> 1) & 7;
    return mode > 5 ? mode - 4 : mode;
  }

  /** Count in force; 0 = not counting. */
  get count(): number {
    return this.#regs.count;
  }

  get gate(): boolean {
    return this.#regs.gate;
  }

  writeControl(value: number): void {
    const { gate } = this.#regs;
    this.#regs = { ...this.#powerOn(), control: value & 0x3f, gate };
  }

  latchCount(tick: number): void {
    this.#regs.latchedCount ??= this.#counter(tick);
  }

  latchStatus(tick: number): void {
    const regs = this.#regs;
    this.#settle(tick);
    const isNull = regs.count === 0 || regs.nextCount !== 0 || (regs.start ?? tick + 1) > tick;
    regs.latchedStatus ??= (this.out(tick) ? 0x80 : 0) | (isNull ? 0x40 : 0) | regs.control;
  }

  read(tick: number): number {
    const regs = this.#regs;
    if (regs.latchedStatus !== undefined) {
      const status = regs.latchedStatus;
      regs.latchedStatus = undefined;
      return status;
    }
    const value = regs.latchedCount ?? this.#counter(tick);
    const access = regs.control >> 4;
    if (access === 3 && !regs.readsHigh) {
      regs.readsHigh = true;
      return value & 0xff;
    }
    regs.readsHigh = false;
    regs.latchedCount = undefined;
    return access === 1 ? value & 0xff : value >> 8;
  }

  write(value: number, tick: number): void {
    const regs = this.#regs;
    switch (regs.control >> 4) {
      case 1:
        this.#load(value, tick);
        break;
      case 2:
        this.#load(value << 8, tick);
        break;
      case 3:
        if (regs.firstByte === undefined) {
          regs.firstByte = value;
          // Mode 0: the first byte stops the counter and lowers OUT.
          if (this.mode === 0) this.#stop();
        } else {
          const count = (value << 8) | regs.firstByte;
          regs.firstByte = undefined;
          this.#load(count, tick);
        }
        break;
      default: // no control word yet
        break;
    }
  }

  setGate(gate: boolean, tick: number): void {
    const regs = this.#regs;
    if (gate === regs.gate) return;
    this.#settle(tick);
    regs.gate = gate;
    switch (this.mode) {
      case 0:
      case 4:
        if (regs.start === undefined) break;
        if (!gate) {
          regs.held = Math.max(0, tick - regs.start);
        } else if (regs.held !== undefined) {
          regs.start = tick - regs.held;
          regs.held = undefined;
        }
        break;
      default:
        if (!gate) {
          // Modes 1 and 5 go on; 2 and 3 stop.
          if ((this.mode === 2 || this.mode === 3) && regs.start !== undefined) {
            regs.held = Math.max(0, tick - regs.start);
            regs.reloadAt = undefined;
          }
        } else if (regs.count !== 0) {
          // A rising edge triggers modes 1 and 5 and restarts 2 and 3.
          if (regs.nextCount !== 0) {
            regs.count = regs.nextCount;
            regs.nextCount = 0;
          }
          regs.start = tick + 1;
          regs.held = undefined;
        }
        break;
    }
  }

  /** OUT at a tick that is not before the last change. */
  out(tick: number): boolean {
    const regs = this.#regs;
    this.#settle(tick);
    const { count, start } = regs;
    const isRunning = count !== 0 && start !== undefined && tick >= start;
    const elapsed = isRunning ? (regs.held ?? tick - start) : 0;
    switch (this.mode) {
      case 0:
        return isRunning && elapsed >= count;
      case 1:
        return !isRunning || elapsed >= count;
      case 2:
        return !isRunning || !regs.gate || count === 1 || elapsed % count !== count - 1;
      case 3:
        return !isRunning || !regs.gate || count === 1 || elapsed % count < (count + 1) >> 1;
      default:
        return !isRunning || elapsed !== count;
    }
  }

  /** The first change of OUT after `tick`, as things stand. */
  nextEdge(tick: number): OutEdge | undefined {
    const regs = this.#regs;
    this.#settle(tick);
    const { count, start } = regs;
    if (count === 0 || start === undefined || regs.held !== undefined) return undefined;
    const end = start + count;
    switch (this.mode) {
      case 0:
        return tick < end ? { tick: end, level: true, isPulse: false } : undefined;
      case 1:
        if (tick < start) return { tick: start, level: false, isPulse: false };
        return tick < end ? { tick: end, level: true, isPulse: false } : undefined;
      case 2: {
        if (!regs.gate || count === 1) return undefined;
        const periods = tick < start ? 0 : Math.floor((tick - start) / count);
        return { tick: start + (periods + 1) * count, level: true, isPulse: true };
      }
      case 3: {
        if (!regs.gate || count === 1) return undefined;
        if (tick < start) return { tick: start + ((count + 1) >> 1), level: false, isPulse: false };
        const base = tick - ((tick - start) % count);
        const fall = base + ((count + 1) >> 1);
        return tick < fall
          ? { tick: fall, level: false, isPulse: false }
          : { tick: base + count, level: true, isPulse: false };
      }
      default:
        if (tick < end) return { tick: end, level: false, isPulse: false };
        return tick === end ? { tick: end + 1, level: true, isPulse: false } : undefined;
    }
  }

  reset(): void {
    this.#regs = this.#powerOn();
  }

  save(): ChannelState {
    return { ...this.#regs };
  }

  restore(state: ChannelState): void {
    const { control, count, nextCount, reloadAt, start, held, gate } = state;
    const { firstByte, readsHigh, latchedCount, latchedStatus } = state;
    const counting = { control, count, nextCount, reloadAt, start, held, gate };
    this.#regs = { ...counting, firstByte, readsHigh, latchedCount, latchedStatus };
  }

  #powerOn(): Registers {
    return {
      control: 0,
      count: 0,
      nextCount: 0,
      reloadAt: undefined,
      start: undefined,
      held: undefined,
      gate: this.gateAtPowerOn,
      firstByte: undefined,
      readsHigh: false,
      latchedCount: undefined,
      latchedStatus: undefined,
    };
  }

  get #isBcd(): boolean {
    return (this.#regs.control & CONTROL_BCD) !== 0;
  }

  #stop(): void {
    const regs = this.#regs;
    regs.count = 0;
    regs.start = undefined;
    regs.held = undefined;
    regs.nextCount = 0;
    regs.reloadAt = undefined;
  }

  #load(value: number, tick: number): void {
    const regs = this.#regs;
    const max = this.#isBcd ? 10_000 : 0x10000;
    const count = (this.#isBcd ? bcdValue(value) % max : value) || max;
    this.#settle(tick);
    switch (this.mode) {
      case 0:
      case 4:
        regs.count = count;
        regs.start = tick + 1;
        regs.held = regs.gate ? undefined : 0;
        break;
      case 1:
      case 5:
        // Waits for a trigger; a running count goes on.
        if (regs.start === undefined) regs.count = count;
        else regs.nextCount = count;
        break;
      default:
        if (regs.count === 0 || (regs.start ?? tick + 1) > tick) {
          regs.count = count;
          regs.start = tick + 1;
          if (!regs.gate) regs.held = 0;
        } else {
          regs.nextCount = count;
          if (regs.held === undefined) regs.reloadAt ??= this.#nextReload(tick);
        }
        break;
    }
  }

  #nextReload(tick: number): number {
    const { start, count } = this.#regs;
    const phase = (tick - start!) % count;
    const half = (count + 1) >> 1;
    return tick - phase + (this.mode === 3 && phase < half ? half : count);
  }

  /** Takes over a new count of modes 2 and 3 whose reload has passed. */
  #settle(tick: number): void {
    const regs = this.#regs;
    const { nextCount, reloadAt, start, count } = regs;
    if (nextCount === 0 || reloadAt === undefined || start === undefined || tick < reloadAt) return;
    // Mode 3 reloads at each half: after a falling edge the low half of the new period follows.
    const isFall = (reloadAt - start) % count !== 0;
    regs.start = isFall ? reloadAt - ((nextCount + 1) >> 1) : reloadAt;
    regs.count = nextCount;
    regs.nextCount = 0;
    regs.reloadAt = undefined;
  }

  /** The counting element as the guest reads it. */
  #counter(tick: number): number {
    const regs = this.#regs;
    this.#settle(tick);
    const { count, start } = regs;
    if (count === 0) return 0;
    const elapsed = start === undefined ? 0 : (regs.held ?? Math.max(0, tick - start));
    let value: number;
    if (this.mode === 2) {
      value = count - (elapsed % count);
    } else if (this.mode === 3) {
      const high = (count + 1) >> 1;
      const phase = elapsed % count;
      value = (count & ~1) - 2 * (phase < high ? phase : phase - high);
    } else {
      const wrap = this.#isBcd ? 10_000 : 0x10000;
      value = (count - (elapsed % wrap) + wrap) % wrap;
    }
    return this.#isBcd ? bcdDigits(value % 10_000) : value & 0xffff;
  }
}

function bcdValue(bcd: number): number {
  return (bcd >> 12) * 1000 + ((bcd >> 8) & 15) * 100 + ((bcd >> 4) & 15) * 10 + (bcd & 15);
}

function bcdDigits(value: number): number {
  const digit = (scale: number): number => Math.floor(value / scale) % 10;
  return (digit(1000) << 12) | (digit(100) << 8) | (digit(10) << 4) | digit(1);
}
