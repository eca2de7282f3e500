/**
 * Motorola MC146818A real-time clock (datasheet ADI1017) with the 256 bytes of CMOS memory of the PIIX4 (290562-001,
 * section 8): index/data ports 0x70/0x71 for the lower bank, 0x72/0x73 for the upper. Register D always says that the
 * battery is good. Left out: daylight saving (DSE is kept but does nothing) and the square-wave pin.
 */
import { fromBcd, toBcd } from '../../base/bits';
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { Device, PortHandler } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import { defineState, isBytes, isNs, isRecord, isUint } from '../../machine/saved-state';
import { TickRate } from '../../machine/tick-rate';
import { type CalendarTime, addSeconds, timeOf } from './calendar';

const RTC_SECONDS = 0x00;
const RTC_SECONDS_ALARM = 0x01;
const RTC_MINUTES = 0x02;
const RTC_MINUTES_ALARM = 0x03;
const RTC_HOURS = 0x04;
const RTC_HOURS_ALARM = 0x05;
const RTC_WEEKDAY = 0x06;
const RTC_DAY = 0x07;
const RTC_MONTH = 0x08;
const RTC_YEAR = 0x09;
const RTC_REG_A = 0x0a;
const RTC_REG_B = 0x0b;
const RTC_REG_C = 0x0c;
const RTC_REG_D = 0x0d;
/** Century byte of PC firmware; ACPI's FADT names it. */
const RTC_CENTURY = 0x32;

const A_UIP = 0x80;
const A_DV = 0x70;
const A_RS = 0x0f;
const DV_32768HZ = 0x20;
const B_SET = 0x80;
const B_PIE = 0x40;
const B_AIE = 0x20;
const B_UIE = 0x10;
const B_SQWE = 0x08;
const B_DM_BINARY = 0x04;
const B_24H = 0x02;
const C_IRQF = 0x80;
const C_PF = 0x40;
const C_AF = 0x20;
const C_UF = 0x10;
const D_VRT = 0x80;
const HOURS_PM = 0x80;
/** An alarm byte of this form matches everything. */
const ALARM_ANY = 0xc0;

const SECOND_NS = 1_000_000_000;
/** UIP rises 244 us before the update cycle, which takes 1984 us (datasheet, table 5); registers change at its end. */
const UIP_NS = (244 + 1984) * 1000;
const DIVIDER = new TickRate(32_768);
const DAY = 86_400;

export interface RtcState {
  readonly cmos: Uint8Array;
  readonly index: number;
  readonly extendedIndex: number;
  /** Guest time at which the divider chain began; updates follow at whole seconds from it. */
  readonly phaseNs: number;
  /** Updates already in the registers, counted from `phaseNs`. */
  readonly updates: number;
  /** Divider ticks up to which PF has been looked for. */
  readonly periodicTick: number;
}

export const rtcState = defineState<RtcState>({
  kind: 'rtc',
  version: 1,
  check: (value): value is RtcState =>
    isRecord(value) &&
    isBytes(value.cmos, 256) &&
    isUint(value.index, 0x7f) &&
    isUint(value.extendedIndex, 0x7f) &&
    isNs(value.phaseNs) &&
    isUint(value.updates, Number.MAX_SAFE_INTEGER) &&
    isUint(value.periodicTick, Number.MAX_SAFE_INTEGER),
});

export class Rtc implements Device<RtcState> {
  /** Registers 0-D, then CMOS. Register C holds PF, AF, UF; IRQF is computed. */
  readonly #cmos = new Uint8Array(256);
  #index = 0;
  #extendedIndex = 0;
  #phaseNs = 0;
  #updates = 0;
  #periodicTick = 0;
  readonly #updateTimer: GuestTimer;
  readonly #periodicTimer: GuestTimer;

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: { readonly irq: InterruptLine },
  ) {
    this.#updateTimer = clock.createTimer(`${id}/update`, () => this.#catchUp());
    this.#periodicTimer = clock.createTimer(`${id}/periodic`, () => this.#catchUp());
    this.#cmos[RTC_REG_A] = DV_32768HZ | 6;
    this.#cmos[RTC_REG_B] = B_24H;
    this.#cmos[RTC_REG_D] = D_VRT;
    this.setTime(0);
  }

  /** Ports 0x70-0x73. Index ports are write-only; bit 7 of 0x70 (NMI mask) is dropped. */
  readonly ports: PortHandler = {
    readPort: (offset) => {
      if (offset === 1) return this.#read(this.#index);
      if (offset === 3) return this.#read(0x80 | this.#extendedIndex);
      return 0xff;
    },
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#index = value & 0x7f;
      else if (offset === 1) this.#write(this.#index, value & 0xff);
      else if (offset === 2) this.#extendedIndex = value & 0x7f;
      else if (offset === 3) this.#write(0x80 | this.#extendedIndex, value & 0xff);
    },
  };

  /** The board sets the wall clock: a machine input. `unixMs` in the guest's idea of local time or UTC. */
  setTime(unixMs: number): void {
    const whole = Math.floor(unixMs / 1000);
    this.#phaseNs = this.clock.nowNs() - Math.floor((unixMs - whole * 1000) * 1e6);
    this.#updates = 0;
    this.#periodicTick = 0;
    this.#store(timeOf(whole));
    this.#updateInterrupt();
  }

  /** Host access to CMOS: sizes of memory, boot order. Clock registers are not reachable. */
  poke(index: number, value: number): void {
    if (index > RTC_REG_D && index < 256 && index !== RTC_CENTURY) this.#cmos[index] = value;
  }

  peek(index: number): number {
    return this.#cmos[index] ?? 0xff;
  }

  /** The memory that the battery keeps, without the clock: 256 bytes, the first 14 zero. */
  saveNvram(): Uint8Array {
    const bytes = this.#cmos.slice();
    bytes.fill(0, 0, RTC_REG_D + 1);
    bytes[RTC_CENTURY] = 0;
    return bytes;
  }

  loadNvram(bytes: Uint8Array): void {
    for (let i = RTC_REG_D + 1; i < Math.min(bytes.length, 256); i++) this.poke(i, bytes[i]!);
  }

  /** RESET# leaves time and memory alone (datasheet, "RESET"). */
  reset(): void {
    this.#catchUp();
    this.#index = 0;
    this.#extendedIndex = 0;
    this.#cmos[RTC_REG_B]! &= ~(B_PIE | B_AIE | B_UIE | B_SQWE);
    this.#cmos[RTC_REG_C] = 0;
    this.#updateInterrupt();
  }

  save(): RtcState {
    return {
      cmos: this.#cmos.slice(),
      index: this.#index,
      extendedIndex: this.#extendedIndex,
      phaseNs: this.#phaseNs,
      updates: this.#updates,
      periodicTick: this.#periodicTick,
    };
  }

  restore(state: RtcState): void {
    this.#cmos.set(state.cmos);
    this.#cmos[RTC_REG_A]! &= ~A_UIP;
    this.#cmos[RTC_REG_C]! &= C_PF | C_AF | C_UF;
    this.#cmos[RTC_REG_D] = D_VRT;
    this.#index = state.index;
    this.#extendedIndex = state.extendedIndex;
    this.#phaseNs = state.phaseNs;
    this.#updates = state.updates;
    this.#periodicTick = state.periodicTick;
    this.#updateInterrupt();
  }

  #read(index: number): number {
    this.#catchUp();
    switch (index) {
      case RTC_REG_A:
        return this.#cmos[RTC_REG_A]! | (this.#isUpdating() ? A_UIP : 0);
      case RTC_REG_C: {
        const value = this.#cmos[RTC_REG_C]! | (this.#isRequesting() ? C_IRQF : 0);
        this.#cmos[RTC_REG_C] = 0;
        this.#updateInterrupt();
        return value;
      }
      default:
        return this.#cmos[index]!;
    }
  }

  #write(index: number, value: number): void {
    this.#catchUp();
    switch (index) {
      case RTC_REG_A:
        this.#writeRegA(value);
        break;
      case RTC_REG_B:
        this.#writeRegB(value);
        break;
      case RTC_REG_C:
      case RTC_REG_D:
        return;
      default:
        this.#cmos[index] = value;
        break;
    }
    this.#updateInterrupt();
  }

  #writeRegA(value: number): void {
    const wasRunning = this.#isDividing();
    this.#cmos[RTC_REG_A] = value & ~A_UIP;
    if (!wasRunning && this.#isDividing()) {
      // The first update follows half a second after the divider starts (datasheet, "Divider control").
      this.#phaseNs = this.clock.nowNs() - SECOND_NS / 2;
      this.#updates = 0;
    }
    this.#periodicTick = this.#dividerTick();
  }

  #writeRegB(value: number): void {
    // SET clears UIE. The divider goes on while SET holds updates off: those are lost.
    this.#cmos[RTC_REG_B] = value & B_SET ? value & ~B_UIE : value;
  }

  #isDividing(): boolean {
    return (this.#cmos[RTC_REG_A]! & A_DV) === DV_32768HZ;
  }

  #isUpdating(): boolean {
    if (!this.#isDividing() || this.#cmos[RTC_REG_B]! & B_SET) return false;
    return this.#phaseNs + (this.#updates + 1) * SECOND_NS - this.clock.nowNs() <= UIP_NS;
  }

  #isRequesting(): boolean {
    return (this.#cmos[RTC_REG_C]! & this.#cmos[RTC_REG_B]! & (C_PF | C_AF | C_UF)) !== 0;
  }

  #dividerTick(): number {
    return DIVIDER.ticksAt(Math.max(0, this.clock.nowNs() - this.#phaseNs));
  }

  /** Period of PF in divider ticks; 0 = none (datasheet, table 6). */
  #period(): number {
    const rate = this.#cmos[RTC_REG_A]! & A_RS;
    if (rate === 0 || !this.#isDividing()) return 0;
    return rate < 3 ? 128 << (rate - 1) : 1 << (rate - 1);
  }

  /** Brings registers and flags up to the current time. */
  #catchUp(): void {
    const isDividing = this.#isDividing();
    const period = this.#period();
    const tick = this.#dividerTick();
    if (period !== 0 && Math.floor(tick / period) > Math.floor(this.#periodicTick / period)) {
      this.#cmos[RTC_REG_C]! |= C_PF;
    }
    this.#periodicTick = tick;
    const due = isDividing ? Math.max(0, Math.floor((this.clock.nowNs() - this.#phaseNs) / SECOND_NS)) : this.#updates;
    if (due > this.#updates) {
      const seconds = due - this.#updates;
      this.#updates = due;
      if ((this.#cmos[RTC_REG_B]! & B_SET) === 0) this.#advance(seconds);
    }
    this.#updateInterrupt();
  }

  #advance(seconds: number): void {
    const before = this.#load();
    this.#cmos[RTC_REG_C]! |= C_UF;
    if ((this.#cmos[RTC_REG_C]! & C_AF) === 0 && this.#alarmWithin(before, seconds)) this.#cmos[RTC_REG_C]! |= C_AF;
    this.#store(addSeconds(before, seconds));
  }

  /** Whether one of the next `seconds` seconds matches the alarm bytes. */
  #alarmWithin(before: CalendarTime, seconds: number): boolean {
    const [second, minute, hour] = [RTC_SECONDS_ALARM, RTC_MINUTES_ALARM, RTC_HOURS_ALARM].map((index) => {
      const value = this.#cmos[index]!;
      return (value & ALARM_ANY) === ALARM_ANY
        ? undefined
        : index === RTC_HOURS_ALARM
          ? this.#hour(value)
          : this.#number(value);
    });
    const start = before.hour * 3600 + before.minute * 60 + before.second;
    for (let i = 1; i <= Math.min(seconds, DAY); i++) {
      const now = (start + i) % DAY;
      if (second !== undefined && second !== now % 60) continue;
      if (minute !== undefined && minute !== Math.floor(now / 60) % 60) continue;
      if (hour === undefined || hour === Math.floor(now / 3600)) return true;
    }
    return false;
  }

  #load(): CalendarTime {
    const cmos = this.#cmos;
    return {
      second: this.#number(cmos[RTC_SECONDS]!),
      minute: this.#number(cmos[RTC_MINUTES]!),
      hour: this.#hour(cmos[RTC_HOURS]!),
      weekday: cmos[RTC_WEEKDAY]! & 7,
      day: this.#number(cmos[RTC_DAY]!),
      month: this.#number(cmos[RTC_MONTH]!),
      year: this.#number(cmos[RTC_CENTURY]!) * 100 + this.#number(cmos[RTC_YEAR]!),
    };
  }

  #store(time: CalendarTime): void {
    const cmos = this.#cmos;
    cmos[RTC_SECONDS] = this.#coded(time.second);
    cmos[RTC_MINUTES] = this.#coded(time.minute);
    cmos[RTC_HOURS] = this.#codedHour(time.hour);
    cmos[RTC_WEEKDAY] = time.weekday;
    cmos[RTC_DAY] = this.#coded(time.day);
    cmos[RTC_MONTH] = this.#coded(time.month);
    cmos[RTC_YEAR] = this.#coded(time.year % 100);
    cmos[RTC_CENTURY] = this.#coded(Math.floor(time.year / 100) % 100);
  }

  get #isBinary(): boolean {
    return (this.#cmos[RTC_REG_B]! & B_DM_BINARY) !== 0;
  }

  #number(value: number): number {
    return this.#isBinary ? value : fromBcd(value);
  }

  #coded(value: number): number {
    return this.#isBinary ? value : toBcd(value);
  }

  #hour(value: number): number {
    if (this.#cmos[RTC_REG_B]! & B_24H) return this.#number(value);
    const hour = this.#number(value & ~HOURS_PM) % 12;
    return value & HOURS_PM ? hour + 12 : hour;
  }

  #codedHour(hour: number): number {
    if (this.#cmos[RTC_REG_B]! & B_24H) return this.#coded(hour);
    return this.#coded(hour % 12 || 12) | (hour >= 12 ? HOURS_PM : 0);
  }

  /** Drives IRQ 8 and arms the timers that an enabled interrupt needs; all else is computed when it is read. */
  #updateInterrupt(): void {
    const enabled = this.#cmos[RTC_REG_B]!;
    const flags = this.#cmos[RTC_REG_C]!;
    this.wires.irq.set(this.#isRequesting());

    const waitsForUpdate = (enabled & ~flags & (B_UIE | B_AIE)) !== 0 && (enabled & B_SET) === 0;
    if (waitsForUpdate && this.#isDividing())
      this.#updateTimer.arm(sane(this.#phaseNs + (this.#updates + 1) * SECOND_NS));
    else this.#updateTimer.disarm();

    const period = this.#period();
    if (period !== 0 && (enabled & ~flags & B_PIE) !== 0) {
      const next = (Math.floor(this.#periodicTick / period) + 1) * period;
      this.#periodicTimer.arm(sane(this.#phaseNs + DIVIDER.nsOf(next)));
    } else {
      this.#periodicTimer.disarm();
    }
  }
}

/** Restored values may lie beyond what guest time can reach: such a deadline never comes. */
function sane(deadlineNs: number): number {
  return Math.min(deadlineNs, Number.MAX_SAFE_INTEGER);
}
