/**
 * A PC's parallel port (IBM Technical Reference, "Parallel Printer Adapter") with the direction bit of the PS/2: data, status and
 * control at 3 ports. What is plugged in is a printer that takes whatever it is sent: a byte at each rising edge of STROBE, then BUSY and
 * an ACK pulse, whose end is the interrupt. Left out: EPP and ECP.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { ByteSink, InterruptLine } from '../../machine/interrupt-line';
import { defineState, isRecord, isUint, noneLeft } from '../../machine/saved-state';

const REG_DATA = 0;
const REG_STATUS = 1;
const REG_CONTROL = 2;

/** Pins as they read: -BUSY, -ACK and -ERROR are high while all is well. */
const STATUS_NOT_BUSY = 0x80;
const STATUS_NOT_ACK = 0x40;
const STATUS_SELECTED = 0x10;
const STATUS_NOT_ERROR = 0x08;
const STATUS_UNUSED = 0x07;
const CONTROL_STROBE = 0x01;
const CONTROL_NOT_INIT = 0x04;
const CONTROL_IRQ = 0x10;
const CONTROL_INPUT = 0x20;
const CONTROL_KEPT = 0x3f;
const CONTROL_UNUSED = 0xc0;

/** How long the printer is busy with a byte, the end of which is the ACK pulse. */
const BUSY_NS = 10_000;
const ACK_NS = 5_000;

export interface ParallelState {
  readonly data: number;
  readonly control: number;
  /** Guest time at which the printer is ready again; before now: it is. */
  readonly readyNs: number;
  /** The line is high since the end of the last ACK. */
  readonly interrupted: boolean;
}

export const parallelState = defineState<ParallelState>({
  kind: 'parallel',
  version: 2,
  // Before, the line fell again at once.
  upgrade: { 1: (old: unknown) => (isRecord(old) ? { ...old, interrupted: false } : old) },
  check: (value): value is ParallelState =>
    isRecord(value) &&
    isUint(value.data, 0xff) &&
    isUint(value.control, CONTROL_KEPT) &&
    isUint(value.readyNs, Number.MAX_SAFE_INTEGER) &&
    typeof value.interrupted === 'boolean',
});

export interface ParallelWires {
  readonly irq: InterruptLine;
  readonly out: ByteSink;
}

export class Parallel implements Device<ParallelState>, PortHandler {
  #regs = { data: 0, control: 0, readyNs: 0, interrupted: false };
  readonly #ackEnd: GuestTimer;

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: ParallelWires,
  ) {
    this.#ackEnd = clock.createTimer(`${id}/ack`, () => this.#acknowledged());
  }

  readPort(offset: number, _size: AccessSize): number {
    switch (offset) {
      case REG_DATA:
        // nothing drives the pins of an input port
        return (this.#regs.control & CONTROL_INPUT) !== 0 ? 0xff : this.#regs.data;
      case REG_STATUS:
        return this.#status();
      case REG_CONTROL:
        return this.#regs.control | CONTROL_UNUSED;
      default:
        return 0xff;
    }
  }

  writePort(offset: number, _size: AccessSize, value: number): void {
    if (offset === REG_DATA) this.#regs.data = value & 0xff;
    else if (offset === REG_CONTROL) this.#writeControl(value & CONTROL_KEPT);
  }

  reset(): void {
    this.#regs = { data: 0, control: 0, readyNs: 0, interrupted: false };
    this.#ackEnd.disarm();
    this.#updateInterrupt();
  }

  save(): ParallelState {
    const { data, control, readyNs, interrupted, ...rest } = this.#regs;
    noneLeft(rest);
    return { data, control, readyNs, interrupted };
  }

  restore({ data, control, readyNs, interrupted }: ParallelState): void {
    this.#regs = { data, control, readyNs, interrupted };
    this.#updateInterrupt();
    this.#armAck();
  }

  #status(): number {
    const left = this.#regs.readyNs - this.clock.nowNs();
    let status = STATUS_SELECTED | STATUS_NOT_ERROR | STATUS_UNUSED;
    if (left <= 0) status |= STATUS_NOT_BUSY;
    if (left <= 0 || left > ACK_NS) status |= STATUS_NOT_ACK;
    return status;
  }

  #writeControl(value: number): void {
    const rises = (value & ~this.#regs.control & CONTROL_STROBE) !== 0;
    this.#regs.control = value;
    // SELECT IN does not matter: printers have it strapped, and SeaBIOS never sets it
    const isOn = (value & CONTROL_NOT_INIT) !== 0;
    const now = this.clock.nowNs();
    // taken even while busy: SeaBIOS strobes without a look at BUSY, faster than a byte takes
    if (rises && isOn && (value & CONTROL_INPUT) === 0) {
      this.wires.out.write(this.#regs.data);
      this.#regs.readyNs = now + BUSY_NS;
      this.#regs.interrupted = false;
    }
    if ((value & CONTROL_IRQ) === 0) this.#regs.interrupted = false;
    this.#updateInterrupt();
    this.#armAck();
  }

  /** Only an interrupt makes somebody notice the end of ACK by itself. */
  #armAck(): void {
    const { control, readyNs } = this.#regs;
    if ((control & CONTROL_IRQ) !== 0 && readyNs > this.clock.nowNs()) this.#ackEnd.arm(readyNs);
    else this.#ackEnd.disarm();
  }

  /** IRQ 7 is -ACK itself, whose rise is the interrupt: it stays high, for the 8259 forgets a request that does not wait. */
  #acknowledged(): void {
    this.#regs.interrupted = true;
    this.#updateInterrupt();
  }

  /** Low until the first ACK as well: enabling the interrupt alone must not make an edge. */
  #updateInterrupt(): void {
    this.wires.irq.set(this.#regs.interrupted);
  }
}
