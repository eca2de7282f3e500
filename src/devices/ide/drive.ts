/**
 * What every ATA and ATAPI device has: the task file, PIO through the data register, DMA through the bus master, and host
 * requests. A transfer is plain data (mode, buffer, position), so that a snapshot may fall between any two accesses;
 * only while the host works (BSY, `isWaiting`) it may not.
 */
import type { BlockPort, BlockResult } from '../../machine/block-port';
import { assert } from '../../base/errors';
import { isBytes, isRecord, isUint } from '../../machine/saved-state';
import type { DmaPort } from './bus-master';
import {
  CHUNK,
  DEVICE_DEV,
  ERROR_ABRT,
  REG_COUNT,
  REG_DEVICE,
  REG_ERROR,
  REG_LBA0,
  REG_LBA1,
  REG_LBA2,
  STATUS_BSY,
  STATUS_DRDY,
  STATUS_DRQ,
  STATUS_DSC,
  STATUS_ERR,
} from './registers';

/** The channel's side. */
export interface DriveWires {
  readonly dma: DmaPort;
  /** The drive's INTRQ changed. */
  interruptChanged(): void;
}

export type TransferMode = 'none' | 'pioIn' | 'pioOut' | 'dmaIn' | 'dmaOut';
const MODES: readonly string[] = ['none', 'pioIn', 'pioOut', 'dmaIn', 'dmaOut'] satisfies TransferMode[];

/** Each of the 48-bit registers keeps the byte written before (ATA/ATAPI-6, 6.20). */
export interface TaskFile {
  feature: number;
  count: number;
  lba0: number;
  lba1: number;
  lba2: number;
  previousFeature: number;
  previousCount: number;
  previousLba0: number;
  previousLba1: number;
  previousLba2: number;
  device: number;
  status: number;
  error: number;
  command: number;
}

const TASK_FILE_KEYS = [
  'feature',
  'count',
  'lba0',
  'lba1',
  'lba2',
  'previousFeature',
  'previousCount',
  'previousLba0',
  'previousLba1',
  'previousLba2',
  'device',
  'status',
  'error',
  'command',
] as const satisfies (keyof TaskFile)[];

export interface DriveState {
  readonly regs: Readonly<TaskFile>;
  readonly interrupt: boolean;
  readonly mode: TransferMode;
  readonly buffer: Uint8Array;
  readonly position: number;
  readonly end: number;
  readonly isDma: boolean;
}

export function isDriveState(value: unknown): value is DriveState {
  return (
    isRecord(value) &&
    isRecord(value.regs) &&
    TASK_FILE_KEYS.every((key) => isUint((value.regs as Record<string, unknown>)[key], 0xff)) &&
    typeof value.interrupt === 'boolean' &&
    typeof value.mode === 'string' &&
    MODES.includes(value.mode) &&
    isBytes(value.buffer) &&
    value.buffer.length <= 2 * CHUNK &&
    isUint(value.end, value.buffer.length) &&
    isUint(value.position, value.buffer.length) &&
    typeof value.isDma === 'boolean'
  );
}

const NO_BYTES = new Uint8Array(0);

function powerOnTaskFile(): TaskFile {
  return {
    feature: 0,
    count: 1,
    lba0: 1,
    lba1: 0,
    lba2: 0,
    previousFeature: 0,
    previousCount: 0,
    previousLba0: 0,
    previousLba1: 0,
    previousLba2: 0,
    device: 0,
    status: 0,
    error: 1,
    command: 0,
  };
}

export abstract class IdeDrive {
  protected regs = powerOnTaskFile();
  /** The current command moves its data by DMA. */
  protected isDma = false;
  protected buffer: Uint8Array = NO_BYTES;
  protected position = 0;
  protected mode: TransferMode = 'none';
  /** Where the current DRQ block ends. */
  #end = 0;
  #interrupt = false;
  /** Told apart by this number, completions of a command that a reset ended are dropped. */
  #epoch = 0;
  #pending = 0;
  #wires: DriveWires | undefined;

  constructor(protected readonly port: BlockPort) {}

  /** The 16-bit signature and status after a reset. */
  protected abstract setSignature(): void;
  protected abstract run(command: number): void;
  /** The guest has read a DRQ block. */
  protected abstract blockRead(): void;
  /** The guest has filled a DRQ block. */
  protected abstract blockWritten(): void;
  /** DMA has moved the whole buffer. */
  protected abstract bufferMoved(): void;
  /** A command may be written though BSY or DRQ is set. */
  protected abstract interrupts(command: number): boolean;
  /** Back to defaults that only a reset restores. */
  protected abstract resetSettings(isPowerOn: boolean): void;

  attach(wires: DriveWires): void {
    this.#wires = wires;
  }

  get isInterrupting(): boolean {
    return this.#interrupt;
  }

  get isBusy(): boolean {
    return (this.regs.status & STATUS_BSY) !== 0;
  }

  /** The DRQ block that waits to be read or written through the data register. */
  get openBlockMode(): 'in' | 'out' | undefined {
    return this.mode === 'pioIn' ? 'in' : this.mode === 'pioOut' ? 'out' : undefined;
  }

  /** Bytes that are left of it. */
  get openBlockBytes(): number {
    return this.openBlockMode === undefined ? 0 : this.#end - this.position;
  }

  get status(): number {
    return this.regs.status;
  }

  /** Reading the status register, not its alternate, takes the interrupt back. */
  acknowledge(): void {
    if (!this.#interrupt) return;
    this.#interrupt = false;
    this.#wires?.interruptChanged();
  }

  readRegister(register: number, isHob: boolean): number {
    const regs = this.regs;
    switch (register) {
      case REG_ERROR:
        return isHob ? regs.previousFeature : regs.error;
      case REG_COUNT:
        return isHob ? regs.previousCount : regs.count;
      case REG_LBA0:
        return isHob ? regs.previousLba0 : regs.lba0;
      case REG_LBA1:
        return isHob ? regs.previousLba1 : regs.lba1;
      case REG_LBA2:
        return isHob ? regs.previousLba2 : regs.lba2;
      case REG_DEVICE:
        return regs.device | 0xa0;
      default:
        return regs.status;
    }
  }

  /** Both drives of a channel hear writes, whichever is selected. */
  writeRegister(register: number, value: number): void {
    const regs = this.regs;
    switch (register) {
      case REG_ERROR:
        regs.previousFeature = regs.feature;
        regs.feature = value;
        break;
      case REG_COUNT:
        regs.previousCount = regs.count;
        regs.count = value;
        break;
      case REG_LBA0:
        regs.previousLba0 = regs.lba0;
        regs.lba0 = value;
        break;
      case REG_LBA1:
        regs.previousLba1 = regs.lba1;
        regs.lba1 = value;
        break;
      case REG_LBA2:
        regs.previousLba2 = regs.lba2;
        regs.lba2 = value;
        break;
      case REG_DEVICE:
        regs.device = value;
        break;
      default:
        break;
    }
  }

  writeCommand(command: number): void {
    if ((this.regs.status & (STATUS_BSY | STATUS_DRQ)) !== 0 && !this.interrupts(command)) return;
    this.acknowledge();
    this.abandon();
    this.regs.command = command;
    this.regs.error = 0;
    this.run(command);
  }

  readData(size: 2 | 4): number {
    if (this.mode !== 'pioIn') return size === 2 ? 0xffff : 0xffffffff;
    const { buffer, position } = this;
    const left = this.#end - position;
    // Firmware reads whole discs through here: no loop for the usual word.
    let value = buffer[position]!;
    if (left > 1) value |= buffer[position + 1]! << 8;
    if (size === 4 && left > 2) value |= buffer[position + 2]! << 16;
    if (size === 4 && left > 3) value |= buffer[position + 3]! << 24;
    this.position = position + Math.min(size, left);
    if (left <= size) this.#blockDone();
    return value >>> 0;
  }

  writeData(size: 2 | 4, value: number): void {
    if (this.mode !== 'pioOut') return;
    for (let i = 0; i < size; i++) {
      if (this.position < this.#end) this.buffer[this.position++] = (value >>> (8 * i)) & 0xff;
    }
    if (this.position >= this.#end) this.#blockDone();
  }

  /** Software started the bus master. */
  dmaStarted(): void {
    if (this.mode === 'dmaIn' || this.mode === 'dmaOut') this.#pumpDma();
  }

  /** SRST set: busy until it clears. */
  beginSoftReset(): void {
    this.abandon();
    this.acknowledge();
    this.regs.status = STATUS_BSY;
  }

  endSoftReset(): void {
    this.resetSettings(false);
    this.regs.error = 1;
    this.regs.device &= ~DEVICE_DEV;
    this.setSignature();
  }

  /** EXECUTE DEVICE DIAGNOSTIC addresses both drives; the channel asks only drive 0 for the interrupt. */
  diagnose(): void {
    this.abandon();
    this.regs.error = 1;
    this.regs.device = 0;
    this.setSignature();
  }

  completeDiagnostic(): void {
    this.raise();
  }

  powerOn(): void {
    this.abandon();
    this.#interrupt = false;
    this.regs = powerOnTaskFile();
    this.resetSettings(true);
    this.setSignature();
    this.#wires?.interruptChanged();
  }

  // What commands are made of.

  /** Ends the current transfer and forgets what the host still works on. */
  protected abandon(): void {
    this.#epoch++;
    this.mode = 'none';
    this.buffer = NO_BYTES;
    this.position = 0;
    this.#end = 0;
    this.isDma = false;
  }

  protected raise(): void {
    this.#interrupt = true;
    this.#wires?.interruptChanged();
  }

  /** The bus master's state settles before INTRQ rises. */
  protected complete(status = STATUS_DRDY | STATUS_DSC): void {
    if (this.isDma) this.#wires?.dma.end(false);
    this.abandon();
    this.regs.status = status;
    this.raise();
  }

  protected fail(error = ERROR_ABRT): void {
    this.regs.error = error;
    this.complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR);
  }

  /** Offers (or asks for) the buffer's next `length` bytes through the data register. */
  protected openBlock(mode: 'pioIn' | 'pioOut', length: number): void {
    this.mode = mode;
    this.#end = Math.min(this.buffer.length, this.position + length);
    this.regs.status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
  }

  protected setBuffer(buffer: Uint8Array): void {
    this.buffer = buffer;
    this.position = 0;
    this.#end = 0;
  }

  /** Moves the buffer by DMA as soon as the bus master runs; `bufferMoved` follows. */
  protected openDma(mode: 'dmaIn' | 'dmaOut'): void {
    this.mode = mode;
    this.regs.status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
    this.#pumpDma();
  }

  /** BSY until the host answers; `then` does not run if a reset came between. */
  protected request<T>(
    issue: (done: (result: BlockResult<T>) => void) => void,
    then: (result: BlockResult<T>) => void,
  ): void {
    this.mode = 'none';
    this.regs.status = STATUS_BSY;
    const epoch = this.#epoch;
    this.#pending++;
    issue((result) => {
      this.#pending--;
      if (epoch === this.#epoch) then(result);
    });
  }

  /** Reads `length` bytes; what lies past the medium's end is zeros. */
  protected requestRead(offset: number, length: number, then: (result: BlockResult<Uint8Array>) => void): void {
    const there = this.#clip(offset, length);
    this.request<Uint8Array>(
      (done) => this.port.read(offset, there, done),
      (result) => {
        if (!result.ok || result.value.length === length) {
          then(result);
          return;
        }
        const padded = new Uint8Array(length);
        padded.set(result.value.subarray(0, length));
        then({ ok: true, value: padded });
      },
    );
  }

  protected requestWrite(offset: number, data: Uint8Array, then: (result: BlockResult<undefined>) => void): void {
    const there = this.#clip(offset, data.length);
    this.request<undefined>((done) => this.port.write(offset, data.subarray(0, there), done), then);
  }

  protected saveDrive(): DriveState {
    assert(this.#pending === 0, 'a drive is saved only when its requests are drained');
    const { regs, mode, buffer, position, isDma } = this;
    return {
      regs: { ...regs },
      interrupt: this.#interrupt,
      mode,
      buffer: buffer.slice(),
      position,
      end: this.#end,
      isDma,
    };
  }

  protected restoreDrive(state: DriveState): void {
    this.abandon();
    this.regs = { ...powerOnTaskFile(), ...state.regs };
    this.mode = state.mode;
    this.buffer = state.buffer.slice();
    this.position = state.position;
    this.#end = Math.max(state.end, state.position);
    this.isDma = state.isDma;
    this.#interrupt = state.interrupt;
  }

  #clip(offset: number, length: number): number {
    const size = this.port.medium?.sizeBytes ?? 0;
    return Math.max(0, Math.min(length, size - offset));
  }

  #blockDone(): void {
    if (this.mode === 'pioIn') this.blockRead();
    else this.blockWritten();
  }

  /** Descriptors that end before the data: the transfer stops without an interrupt (290550-002, table 9). */
  #pumpDma(): void {
    const dma = this.#wires?.dma;
    if (dma === undefined || !dma.isStarted) return;
    const { buffer, position } = this;
    this.position += this.mode === 'dmaIn' ? dma.toGuest(buffer, position) : dma.fromGuest(buffer, position);
    if (this.position >= buffer.length) {
      this.bufferMoved();
      return;
    }
    dma.end(true);
    this.abandon();
    this.regs.status = STATUS_DRDY | STATUS_DSC;
  }
}
