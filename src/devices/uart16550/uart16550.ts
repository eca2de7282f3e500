/**
 * National PC16550D UART (datasheet TL/C/8652) on a PC's COM port: MCR.OUT2 gates the interrupt. Transmission takes no
 * time; reception keeps the pace of the baud rate and takes a byte from the host only when there is room, so that
 * pasted input cannot overrun the FIFO. Left out: DMA signals (RXRDY, TXRDY), parity and framing errors.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { ByteSink, InterruptLine } from '../../machine/interrupt-line';
import { defineState, isBytes, isRecord, isUint, noneLeft } from '../../machine/saved-state';

const REG_RBR_THR_DLL = 0;
const REG_IER_DLM = 1;
const REG_IIR_FCR = 2;
const REG_LCR = 3;
const REG_MCR = 4;
const REG_LSR = 5;
const REG_MSR = 6;
const REG_SCR = 7;

const IER_ERBFI = 0x01;
const IER_ETBEI = 0x02;
const IER_ELSI = 0x04;
const IER_EDSSI = 0x08;
const IIR_NONE = 0x01;
const IIR_MODEM = 0x00;
const IIR_THRE = 0x02;
const IIR_DATA = 0x04;
const IIR_LINE = 0x06;
const IIR_TIMEOUT = 0x0c;
const IIR_FIFOS = 0xc0;
const FCR_ENABLE = 0x01;
const FCR_CLEAR_RX = 0x02;
const FCR_CLEAR_TX = 0x04;
const FCR_KEPT = 0xc9;
const LCR_BREAK = 0x40;
const LCR_DLAB = 0x80;
const MCR_DTR = 0x01;
const MCR_RTS = 0x02;
const MCR_OUT1 = 0x04;
const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const LSR_DR = 0x01;
const LSR_OE = 0x02;
const LSR_BI = 0x10;
const LSR_THRE = 0x20;
const LSR_TEMT = 0x40;
const LSR_FIFO_ERROR = 0x80;
const MSR_TERI = 0x04;
const MSR_CTS = 0x10;
const MSR_DSR = 0x20;
const MSR_RI = 0x40;
const MSR_DCD = 0x80;

const FIFO_SIZE = 16;
const TRIGGERS = [1, 4, 8, 14] as const;
const BAUD_BASE = 115_200;
/** Host bytes that may wait; more are refused, and the host keeps them. */
export const UART_HOST_QUEUE = 65_536;

interface Registers {
  ier: number;
  fcr: number;
  lcr: number;
  mcr: number;
  /** OE and BI; the rest is computed. */
  lsr: number;
  /** Delta bits; the levels are computed. */
  msrDelta: number;
  scr: number;
  dll: number;
  dlm: number;
  /** The transmitter-empty interrupt is due. */
  threPending: boolean;
  /** The character time-out has passed. */
  timedOut: boolean;
  /** When the next byte from the host may arrive. */
  nextReceiveNs: number;
}

export interface Uart16550State extends Readonly<Registers> {
  readonly fifo: Uint8Array;
  /** Bytes of `fifo` that came with a break, bit by bit. */
  readonly breaks: number;
  readonly hostQueue: Uint8Array;
  readonly timeoutNs: number | undefined;
}

const BYTES = ['ier', 'fcr', 'lcr', 'mcr', 'lsr', 'msrDelta', 'scr', 'dll', 'dlm'] as const;

export const uart16550State = defineState<Uart16550State>({
  kind: 'uart16550',
  version: 1,
  check: (value): value is Uart16550State =>
    isRecord(value) &&
    BYTES.every((field) => isUint(value[field], 0xff)) &&
    typeof value.threPending === 'boolean' &&
    typeof value.timedOut === 'boolean' &&
    isUint(value.nextReceiveNs, Number.MAX_SAFE_INTEGER) &&
    isBytes(value.fifo) &&
    value.fifo.length <= FIFO_SIZE &&
    isUint(value.breaks, 0xffff) &&
    isBytes(value.hostQueue) &&
    value.hostQueue.length <= UART_HOST_QUEUE &&
    (value.timeoutNs === undefined || isUint(value.timeoutNs, Number.MAX_SAFE_INTEGER)),
});

function powerOnRegisters(): Registers {
  return {
    ier: 0,
    fcr: 0,
    lcr: 0,
    mcr: 0,
    lsr: 0,
    msrDelta: 0,
    scr: 0,
    dll: 0x0c,
    dlm: 0,
    threPending: false,
    timedOut: false,
    nextReceiveNs: 0,
  };
}

export class Uart16550 implements Device<Uart16550State>, PortHandler {
  #regs = powerOnRegisters();
  /** Received bytes; 0x100 marks a break. One place without FIFOs. */
  #fifo: number[] = [];
  #hostQueue: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #hostAt = 0;
  readonly #receiveTimer: GuestTimer;
  readonly #timeoutTimer: GuestTimer;

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: { readonly irq: InterruptLine; readonly out: ByteSink },
  ) {
    this.#receiveTimer = clock.createTimer(`${id}/receive`, () => this.#receive());
    this.#timeoutTimer = clock.createTimer(`${id}/timeout`, () => this.#timeOut());
  }

  /** Bytes from the host: a machine input. Gives how many were taken; the host keeps the rest. */
  receive(bytes: Uint8Array): number {
    const waiting = this.#hostQueue.length - this.#hostAt;
    const taken = Math.min(bytes.length, UART_HOST_QUEUE - waiting);
    if (taken === 0) return 0;
    const queue = new Uint8Array(waiting + taken);
    queue.set(this.#hostQueue.subarray(this.#hostAt));
    queue.set(bytes.subarray(0, taken), waiting);
    this.#hostQueue = queue;
    this.#hostAt = 0;
    this.#scheduleReceive();
    return taken;
  }

  /** The line was held at space for longer than a character. */
  receiveBreak(): void {
    this.#arrive(0x100);
    this.#updateInterrupt();
  }

  /** Room for host input. */
  get room(): number {
    return UART_HOST_QUEUE - (this.#hostQueue.length - this.#hostAt);
  }

  readPort(offset: number, _size: AccessSize): number {
    const regs = this.#regs;
    const dlab = (regs.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case REG_RBR_THR_DLL:
        return dlab ? regs.dll : this.#readRbr();
      case REG_IER_DLM:
        return dlab ? regs.dlm : regs.ier;
      case REG_IIR_FCR:
        return this.#readIir();
      case REG_LCR:
        return regs.lcr;
      case REG_MCR:
        return regs.mcr;
      case REG_LSR:
        return this.#readLsr();
      case REG_MSR:
        return this.#readMsr();
      case REG_SCR:
        return regs.scr;
      default:
        return 0xff;
    }
  }

  writePort(offset: number, _size: AccessSize, value: number): void {
    const regs = this.#regs;
    const byte = value & 0xff;
    const dlab = (regs.lcr & LCR_DLAB) !== 0;
    switch (offset) {
      case REG_RBR_THR_DLL:
        if (dlab) regs.dll = byte;
        else this.#writeThr(byte);
        break;
      case REG_IER_DLM:
        if (dlab) regs.dlm = byte;
        else this.#writeIer(byte & 0x0f);
        break;
      case REG_IIR_FCR:
        this.#writeFcr(byte);
        break;
      case REG_LCR:
        this.#writeLcr(byte);
        break;
      case REG_MCR:
        this.#writeMcr(byte & 0x1f);
        break;
      case REG_SCR:
        regs.scr = byte;
        break;
      default: // LSR and MSR: writing them is a factory test
        break;
    }
    this.#updateInterrupt();
  }

  /** Master reset (table I). Host input that waits stays with the host side of the cable. */
  reset(): void {
    this.#regs = powerOnRegisters();
    this.#fifo = [];
    this.#timeoutTimer.disarm();
    this.#scheduleReceive();
    this.#updateInterrupt();
  }

  save(): Uart16550State {
    const { ier, fcr, lcr, mcr, lsr, msrDelta, scr, dll, dlm, threPending, timedOut, nextReceiveNs, ...rest } =
      this.#regs;
    noneLeft(rest);
    const registers = { ier, fcr, lcr, mcr, lsr, msrDelta, scr, dll, dlm, threPending, timedOut, nextReceiveNs };
    return {
      ...registers,
      fifo: Uint8Array.from(this.#fifo),
      breaks: this.#fifo.reduce((bits, entry, i) => bits | ((entry >> 8) << i), 0),
      hostQueue: this.#hostQueue.slice(this.#hostAt),
      timeoutNs: this.#timeoutTimer.deadlineNs,
    };
  }

  restore(state: Uart16550State): void {
    const { fifo, breaks, hostQueue, timeoutNs, ...registers } = state;
    this.#regs = { ...registers };
    this.#fifo = Array.from(fifo, (byte, i) => byte | (((breaks >> i) & 1) << 8));
    this.#hostQueue = hostQueue.slice();
    this.#hostAt = 0;
    if (timeoutNs === undefined) this.#timeoutTimer.disarm();
    else this.#timeoutTimer.arm(timeoutNs);
    this.#scheduleReceive();
    this.#updateInterrupt();
  }

  get #hasFifos(): boolean {
    return (this.#regs.fcr & FCR_ENABLE) !== 0;
  }

  get #capacity(): number {
    return this.#hasFifos ? FIFO_SIZE : 1;
  }

  get #isLooped(): boolean {
    return (this.#regs.mcr & MCR_LOOP) !== 0;
  }

  #readRbr(): number {
    const entry = this.#fifo.shift();
    this.#regs.timedOut = false;
    this.#headArrived();
    this.#restartTimeout();
    this.#scheduleReceive();
    this.#updateInterrupt();
    return entry === undefined ? 0 : entry & 0xff;
  }

  #readIir(): number {
    const cause = this.#cause();
    if (cause === IIR_THRE) {
      this.#regs.threPending = false;
      this.#updateInterrupt();
    }
    return cause | (this.#hasFifos ? IIR_FIFOS : 0);
  }

  #readLsr(): number {
    const value = this.#lineStatus();
    this.#regs.lsr = 0;
    this.#updateInterrupt();
    return value;
  }

  #lineStatus(): number {
    const hasError = this.#hasFifos && this.#fifo.some((entry) => entry > 0xff);
    return (
      this.#regs.lsr | (this.#fifo.length > 0 ? LSR_DR : 0) | LSR_THRE | LSR_TEMT | (hasError ? LSR_FIFO_ERROR : 0)
    );
  }

  #readMsr(): number {
    const value = this.#modemLines() | this.#regs.msrDelta;
    this.#regs.msrDelta = 0;
    this.#updateInterrupt();
    return value;
  }

  /** The host's end of the cable is always ready; in loopback the four outputs feed the inputs. */
  #modemLines(): number {
    const { mcr } = this.#regs;
    if ((mcr & MCR_LOOP) === 0) return MSR_CTS | MSR_DSR | MSR_DCD;
    return (
      (mcr & MCR_RTS ? MSR_CTS : 0) |
      (mcr & MCR_DTR ? MSR_DSR : 0) |
      (mcr & MCR_OUT1 ? MSR_RI : 0) |
      (mcr & MCR_OUT2 ? MSR_DCD : 0)
    );
  }

  #writeThr(byte: number): void {
    const regs = this.#regs;
    // The interrupt falls with the write and rises with the empty register, at once.
    regs.threPending = false;
    this.#updateInterrupt();
    if (!this.#isLooped) this.wires.out.write(byte);
    else this.#arrive(byte);
    regs.threPending = true;
  }

  #writeIer(value: number): void {
    const regs = this.#regs;
    // Enabling the interrupt while the register is empty requests it (datasheet, 8.6.1).
    if ((value & IER_ETBEI) !== 0 && (regs.ier & IER_ETBEI) === 0) regs.threPending = true;
    if ((value & IER_ETBEI) === 0) regs.threPending = false;
    regs.ier = value;
  }

  #writeFcr(value: number): void {
    const regs = this.#regs;
    // Bit 0 must be 1 when other bits are written; a change of it clears both FIFOs (8.4).
    const toggles = ((value ^ regs.fcr) & FCR_ENABLE) !== 0;
    if (toggles || (value & FCR_ENABLE && value & FCR_CLEAR_RX)) {
      this.#fifo = [];
      regs.timedOut = false;
      this.#timeoutTimer.disarm();
    }
    if (toggles || (value & FCR_ENABLE && value & FCR_CLEAR_TX)) regs.threPending = true;
    regs.fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
    this.#restartTimeout();
    this.#scheduleReceive();
  }

  #writeLcr(value: number): void {
    const rises = (value & ~this.#regs.lcr & LCR_BREAK) !== 0;
    this.#regs.lcr = value;
    if (rises && this.#isLooped) this.receiveBreak();
  }

  #writeMcr(value: number): void {
    const regs = this.#regs;
    const before = this.#modemLines();
    regs.mcr = value;
    const after = this.#modemLines();
    const changed = before ^ after;
    // Delta bits 0, 1, 3 follow CTS, DSR, DCD; TERI only the end of a ring.
    regs.msrDelta |= ((changed >> 4) & 0x0b) | (before & ~after & MSR_RI ? MSR_TERI : 0);
    this.#scheduleReceive();
  }

  /** 10 bits at the programmed rate; an impossible divisor runs at full speed. */
  get #characterNs(): number {
    const divisor = (this.#regs.dlm << 8) | this.#regs.dll || 1;
    return Math.ceil((10 * divisor * 1e9) / BAUD_BASE);
  }

  #scheduleReceive(): void {
    const isWaiting = this.#hostAt < this.#hostQueue.length;
    if (!isWaiting || this.#isLooped || this.#fifo.length >= this.#capacity) this.#receiveTimer.disarm();
    else if (this.#receiveTimer.deadlineNs === undefined) {
      this.#receiveTimer.arm(Math.max(this.#regs.nextReceiveNs, this.clock.nowNs()));
    }
  }

  /** One byte from the host, if there is room. */
  #receive(): void {
    if (this.#hostAt < this.#hostQueue.length && !this.#isLooped && this.#fifo.length < this.#capacity) {
      this.#regs.nextReceiveNs = this.clock.nowNs() + this.#characterNs;
      this.#push(this.#hostQueue[this.#hostAt++]!);
      if (this.#hostAt === this.#hostQueue.length) {
        this.#hostQueue = new Uint8Array(0);
        this.#hostAt = 0;
      }
    }
    this.#scheduleReceive();
    this.#updateInterrupt();
  }

  /** A full FIFO keeps what it has; without FIFOs the new character takes the old one's place (8.5, OE). */
  #arrive(entry: number): void {
    if (this.#fifo.length >= this.#capacity) {
      this.#regs.lsr |= LSR_OE;
      if (this.#hasFifos) return;
      this.#fifo = [];
    }
    this.#push(entry);
  }

  #push(entry: number): void {
    this.#fifo.push(entry);
    if (this.#fifo.length === 1) this.#headArrived();
    this.#restartTimeout();
  }

  /** A break shows in LSR when its character is the one to be read (8.5). */
  #headArrived(): void {
    const head = this.#fifo[0];
    if (head !== undefined && head > 0xff) {
      this.#regs.lsr |= LSR_BI;
      this.#fifo[0] = 0;
    }
  }

  /** Four characters without traffic and something to read: the time-out interrupt (8.7). */
  #restartTimeout(): void {
    if (this.#hasFifos && this.#fifo.length > 0) this.#timeoutTimer.arm(this.clock.nowNs() + 4 * this.#characterNs);
    else this.#timeoutTimer.disarm();
  }

  #timeOut(): void {
    this.#regs.timedOut = this.#fifo.length > 0;
    this.#updateInterrupt();
  }

  /** The pending interrupt of highest priority, as IIR shows it (table IV). */
  #cause(): number {
    const { ier, fcr, lsr, timedOut, threPending, msrDelta } = this.#regs;
    if (ier & IER_ELSI && lsr & (LSR_OE | LSR_BI)) return IIR_LINE;
    if (ier & IER_ERBFI) {
      const trigger = this.#hasFifos ? TRIGGERS[(fcr >> 6) as 0 | 1 | 2 | 3] : 1;
      if (this.#fifo.length >= trigger) return IIR_DATA;
      if (timedOut) return IIR_TIMEOUT;
    }
    if (ier & IER_ETBEI && threPending) return IIR_THRE;
    if (ier & IER_EDSSI && msrDelta) return IIR_MODEM;
    return IIR_NONE;
  }

  #updateInterrupt(): void {
    this.wires.irq.set(this.#cause() !== IIR_NONE && (this.#regs.mcr & MCR_OUT2) !== 0);
  }
}
