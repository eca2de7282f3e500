/**
 * One channel of the PIIX3's bus-master IDE function (290550-002, 2.7; SFF-8038i 1.0): command, status, descriptor table
 * pointer, and the walk over physical region descriptors. A table is at most 64 KiB and every descriptor moves at least
 * two bytes, so that no table makes a transfer endless; memory outside RAM reads all ones and drops writes.
 */
import type { AccessSize, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import type { GuestMemory } from '../../machine/guest-memory';
import { isRecord, isUint } from '../../machine/saved-state';
import { BMICOM_RWCON, BMICOM_START, BMISTA_ACTIVE, BMISTA_CAPABLE, BMISTA_ERROR, BMISTA_INTERRUPT } from './registers';

const PRD_EOT = 0x8000_0000;
const TABLE_LIMIT = 0x10000;

export interface BusMasterState {
  readonly command: number;
  readonly status: number;
  readonly table: number;
  /** Bytes of the table consumed. */
  readonly consumed: number;
  readonly address: number;
  readonly left: number;
  readonly isLast: boolean;
}

export function isBusMasterState(value: unknown): value is BusMasterState {
  return (
    isRecord(value) &&
    isUint(value.command, 0xff) &&
    isUint(value.status, 0xff) &&
    isUint(value.table) &&
    isUint(value.consumed, TABLE_LIMIT) &&
    isUint(value.address) &&
    isUint(value.left, 0x10000) &&
    typeof value.isLast === 'boolean'
  );
}

/** What a drive sees of it. */
export interface DmaPort {
  readonly isStarted: boolean;
  /** Moves bytes of `data` from `from` on; returns how many the descriptors took. Fewer than all: they are used up. */
  toGuest(data: Uint8Array, from: number): number;
  fromGuest(into: Uint8Array, from: number): number;
  /** The drive has nothing more to move (`isShort`: the descriptors ended first). */
  end(isShort: boolean): void;
}

export class BusMaster implements PortHandler, DmaPort {
  #command = 0;
  #status = 0;
  #table = 0;
  #consumed = 0;
  #address = 0;
  #left = 0;
  #isLast = false;
  /** Called when software starts the transfer. */
  onStart: (() => void) | undefined;

  constructor(
    private readonly memory: GuestMemory,
    /** Bus mastering is allowed in the command register. */
    private readonly isEnabled: () => boolean,
  ) {}

  get isStarted(): boolean {
    return (this.#status & BMISTA_ACTIVE) !== 0 && this.isEnabled();
  }

  /** INTRQ of the channel rose. */
  interruptRose(): void {
    this.#status |= BMISTA_INTERRUPT;
  }

  readPort(offset: number, size: AccessSize): number {
    if (offset + size > 8) return allOnes(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#readByte(offset + i);
    return value;
  }

  writePort(offset: number, size: AccessSize, value: number): void {
    for (let i = 0; i < size && offset + i < 8; i++) this.#writeByte(offset + i, (value >>> (8 * i)) & 0xff);
  }

  #readByte(offset: number): number {
    if (offset === 0) return this.#command;
    if (offset === 2) return this.#status;
    return offset >= 4 ? (this.#table >>> (8 * (offset - 4))) & 0xff : 0;
  }

  #writeByte(offset: number, value: number): void {
    if (offset === 0) this.#writeCommand(value);
    else if (offset === 2) {
      const cleared = value & (BMISTA_ERROR | BMISTA_INTERRUPT);
      this.#status = (this.#status & ~cleared & ~BMISTA_CAPABLE) | (value & BMISTA_CAPABLE);
    } else if (offset >= 4) {
      const shift = 8 * (offset - 4);
      this.#table = ((this.#table & ~(0xff << shift)) | (value << shift)) & ~3;
      this.#table >>>= 0;
    }
  }

  /** The direction bit is kept only: the drive knows which way its command moves data. */
  #writeCommand(value: number): void {
    const starts = (value & BMICOM_START) !== 0 && (this.#command & BMICOM_START) === 0;
    this.#command = value & (BMICOM_START | BMICOM_RWCON);
    if ((value & BMICOM_START) === 0) this.#status &= ~BMISTA_ACTIVE;
    if (!starts) return;
    this.#consumed = 0;
    this.#left = 0;
    this.#isLast = false;
    this.#status |= BMISTA_ACTIVE;
    this.onStart?.();
  }

  toGuest(data: Uint8Array, from: number): number {
    return this.#walk(data.length - from, (gpa, done, length) =>
      this.memory.write(gpa, data.subarray(from + done, from + done + length)),
    );
  }

  fromGuest(into: Uint8Array, from: number): number {
    return this.#walk(into.length - from, (gpa, done, length) =>
      this.memory.read(gpa, into.subarray(from + done, from + done + length)),
    );
  }

  /** Active stays set when the descriptors describe more than the drive moved (290550-002, table 9). */
  end(isShort: boolean): void {
    if (isShort || (this.#isLast && this.#left === 0)) this.#status &= ~BMISTA_ACTIVE;
  }

  reset(): void {
    this.#command = 0;
    this.#status = 0;
    this.#table = 0;
    this.#consumed = 0;
    this.#address = 0;
    this.#left = 0;
    this.#isLast = false;
  }

  save(): BusMasterState {
    return {
      command: this.#command,
      status: this.#status,
      table: this.#table,
      consumed: this.#consumed,
      address: this.#address,
      left: this.#left,
      isLast: this.#isLast,
    };
  }

  restore(state: BusMasterState): void {
    this.#command = state.command;
    this.#status = state.status;
    this.#table = state.table;
    this.#consumed = state.consumed;
    this.#address = state.address;
    this.#left = state.left;
    this.#isLast = state.isLast;
  }

  #walk(length: number, move: (gpa: number, done: number, length: number) => void): number {
    let done = 0;
    while (done < length) {
      if (this.#left === 0 && !this.#nextDescriptor()) break;
      const step = Math.min(this.#left, length - done);
      move(this.#address, done, step);
      this.#address = (this.#address + step) >>> 0;
      this.#left -= step;
      done += step;
    }
    return done;
  }

  #nextDescriptor(): boolean {
    if (this.#isLast || this.#consumed >= TABLE_LIMIT) return false;
    const at = this.#table + this.#consumed;
    this.#consumed += 8;
    const flags = this.memory.readU32(at + 4);
    this.#address = (this.memory.readU32(at) & ~1) >>> 0;
    this.#left = flags & 0xfffe || 0x10000;
    this.#isLast = (flags & PRD_EOT) !== 0;
    return true;
  }
}
