/**
 * Intel 82078 floppy controller (290475-005) with up to two drives, in PC/AT mode. A command is collected in a buffer whose
 * length comes from the command table, executed when complete, and answered from a result buffer: no index runs free.
 * Seeks take a fixed short time whatever the step rate says, data comes as fast as the host gives it; FM, scan commands
 * and tape are left out.
 */
import type { BlockPort, BlockResult } from '../../machine/block-port';
import type { GuestTimer } from '../../machine/clock';
import { type AccessSize, allOnes, type Device, type PortHandler } from '../../machine/device';
import type { IsaDmaCycle } from '../../machine/isa-dma';
import { assert } from '../../base/errors';
import { FloppyDrive, sectorOffset } from './drive';
import type { FloppyWires } from './wires';
import { type FloppyFormat, SECTOR } from './formats';
import {
  CMD_MT,
  type CommandName,
  decodeCommand,
  DIR_DSKCHG,
  DOR_DMAGATE,
  DOR_RESET,
  DSR_RATE,
  DSR_SWRESET,
  MSR_CMDBSY,
  MSR_DIO,
  MSR_NONDMA,
  MSR_RQM,
  REG_DOR,
  REG_FIFO,
  REG_MSR,
  REG_TDR,
  ST0_ABNORMAL,
  ST0_EQUIPMENT,
  ST0_HEAD,
  ST0_INVALID,
  ST0_POLLING,
  ST0_SEEK_END,
  ST1_DATA_ERROR,
  ST1_END_OF_CYLINDER,
  ST1_MISSING_MARK,
  ST1_NO_DATA,
  ST1_NOT_WRITABLE,
  ST2_CONTROL_MARK,
  ST2_DATA_ERROR,
  ST2_WRONG_CYLINDER,
  ST3_READY,
  ST3_TRACK0,
  ST3_TWO_SIDED,
  ST3_WRITE_PROTECTED,
} from './registers';
import {
  CONFIGURE_EIS,
  CONFIGURE_POLL,
  powerOnSettings,
  restoreSettings,
  type Settings,
  setPerpendicular,
  settingsBytes,
  softReset,
} from './settings';
import { advance, type FloppyState, type Later, NO_TRANSFER, type Phase, type Transfer } from './state';

/** Index 0 is drive A; undefined: no drive. */
export type FloppyDrives = readonly (BlockPort | undefined)[];

const UNITS = 4;
const SEEK_NS = 200_000;
const RESET_NS = 20_000;
const READ_ID_NS = 1_000_000;
const REVOLUTION_NS = 200_000_000;
/** A 64-pin 82078. */
const PART_ID = 0x41;
/** An enhanced controller: 82077AA or later. */
const VERSION = 0x90;
const NO_BYTES = new Uint8Array(0);

export class Floppy implements Device<FloppyState>, PortHandler {
  readonly #drives: readonly (FloppyDrive | undefined)[];
  readonly #timer: GuestTimer;
  #dor = 0;
  #tdr = 0;
  #dsr = 2;
  #settings: Settings = powerOnSettings();
  #phase: Phase = 'idle';
  /** Bytes of the command so far. */
  #command: number[] = [];
  #result: readonly number[] = [];
  #resultAt = 0;
  #transfer: Transfer = NO_TRANSFER;
  #buffer: Uint8Array = NO_BYTES;
  #position = 0;
  #isTerminal = false;
  /** ST0 that SENSE INTERRUPT STATUS has to tell, by drive. */
  #seekStatus: (number | null)[] = [null, null, null, null];
  #later: Later = 'nothing';
  #irq = false;
  #epoch = 0;
  #pending = 0;

  constructor(
    readonly id: string,
    drives: FloppyDrives,
    private readonly wires: FloppyWires,
  ) {
    this.#drives = drives.map((port) => port && new FloppyDrive(port));
    this.#timer = wires.clock.createTimer(`${id}/delay`, () => this.#delayOver());
    wires.dma.onDack = (cycle) => this.#acknowledged(cycle);
  }

  /** 3F0-3F5. */
  readPort(offset: number, size: AccessSize): number {
    if (size !== 1) return allOnes(size);
    switch (offset) {
      case REG_DOR:
        return this.#dor;
      case REG_TDR:
        return this.#tdr;
      case REG_MSR:
        return this.#mainStatus();
      case REG_FIFO:
        return this.#readFifo();
      default:
        return 0xff; // SRA and SRB do not answer in PC/AT mode
    }
  }

  writePort(offset: number, size: AccessSize, value: number): void {
    if (size !== 1) return;
    switch (offset) {
      case REG_DOR:
        this.#writeDor(value & 0xff);
        break;
      case REG_TDR:
        this.#tdr = value & 3;
        break;
      case REG_MSR:
        this.#writeDsr(value & 0xff);
        break;
      case REG_FIFO:
        this.#writeFifo(value & 0xff);
        break;
      default:
        break;
    }
  }

  /** 3F7: DIR when read, CCR when written. */
  readonly digitalInput: PortHandler = {
    readPort: (offset, size) => {
      if (size !== 1 || offset !== 0) return allOnes(size);
      const drive = this.#drives[this.#dor & 3];
      const isMotorOn = ((this.#dor >> (4 + (this.#dor & 3))) & 1) !== 0;
      return drive !== undefined && isMotorOn && (drive.isChanged || !drive.hasMedium) ? DIR_DSKCHG : 0;
    },
    writePort: (offset, size, value) => {
      if (size === 1 && offset === 0) this.#dsr = (this.#dsr & ~DSR_RATE) | (value & DSR_RATE);
    },
  };

  reset(): void {
    this.#dor = 0;
    this.#tdr = 0;
    this.#dsr = 2;
    this.#settings = powerOnSettings();
    for (const drive of this.#drives) drive?.powerOn();
    this.#stop();
  }

  save(): FloppyState {
    assert(this.#pending === 0, 'the floppy controller is saved only when its requests are drained');
    return {
      dor: this.#dor,
      tdr: this.#tdr,
      dsr: this.#dsr,
      settings: { ...this.#settings },
      phase: this.#phase,
      command: [...this.#command],
      result: [...this.#result],
      resultAt: this.#resultAt,
      transfer: { ...this.#transfer },
      buffer: this.#buffer.slice(),
      position: this.#position,
      isTerminal: this.#isTerminal,
      seekStatus: [...this.#seekStatus],
      later: this.#later,
      deadlineNs: this.#timer.deadlineNs ?? null,
      irq: this.#irq,
      drives: this.#drives.map((drive) => (drive ? { track: drive.track, isChanged: drive.isChanged } : null)),
    };
  }

  restore(state: FloppyState): void {
    this.#epoch++;
    this.#dor = state.dor;
    this.#tdr = state.tdr;
    this.#dsr = state.dsr;
    this.#settings = { ...state.settings };
    this.#phase = state.phase;
    this.#command = [...state.command];
    this.#result = [...state.result];
    this.#resultAt = state.resultAt;
    this.#transfer = { ...state.transfer };
    this.#buffer = state.buffer.slice();
    this.#position = state.position;
    this.#isTerminal = state.isTerminal;
    this.#seekStatus = [...state.seekStatus];
    this.#later = state.later;
    this.#irq = state.irq;
    this.#drives.forEach((drive, i) => {
      const saved = state.drives[i];
      if (drive === undefined || !saved) return;
      drive.track = saved.track;
      drive.isChanged = saved.isChanged;
    });
    if (state.deadlineNs === null) this.#timer.disarm();
    else this.#timer.arm(state.deadlineNs);
    this.#updateInterrupt();
  }

  // Registers.

  #mainStatus(): number {
    if ((this.#dor & DOR_RESET) === 0) return 0;
    let value = 0;
    if (this.#phase !== 'idle') value |= MSR_CMDBSY;
    if (this.#phase === 'idle' || this.#phase === 'command') value |= MSR_RQM;
    if (this.#phase === 'result') value |= MSR_RQM | MSR_DIO;
    if (this.#phase === 'pioIn') value |= MSR_RQM | MSR_DIO | MSR_NONDMA;
    if (this.#phase === 'pioOut') value |= MSR_RQM | MSR_NONDMA;
    if (this.#later === 'seek') value |= 1 << (this.#command[1]! & 3);
    return value;
  }

  #writeDor(value: number): void {
    const wasRunning = (this.#dor & DOR_RESET) !== 0;
    const isRunning = (value & DOR_RESET) !== 0;
    this.#dor = value;
    if (!isRunning && wasRunning) this.#softReset();
    else if (isRunning && !wasRunning) this.#beginPolling();
    this.#updateInterrupt();
  }

  /** The reset bit clears itself. */
  #writeDsr(value: number): void {
    this.#dsr = value & ~DSR_SWRESET;
    if ((value & DSR_SWRESET) === 0 || (this.#dor & DOR_RESET) === 0) return;
    this.#softReset();
    this.#beginPolling();
  }

  #softReset(): void {
    this.#stop();
    softReset(this.#settings);
  }

  /** After a reset every drive seems to have changed its ready state (3.4). */
  #beginPolling(): void {
    this.#later = 'reset';
    this.#timer.arm(this.wires.clock.nowNs() + RESET_NS);
  }

  #stop(): void {
    this.#epoch++;
    this.#timer.disarm();
    this.#later = 'nothing';
    this.#phase = 'idle';
    this.#command = [];
    this.#result = [];
    this.#resultAt = 0;
    this.#setBuffer(NO_BYTES);
    this.#transfer = NO_TRANSFER;
    this.#isTerminal = false;
    this.#seekStatus = [null, null, null, null];
    this.#irq = false;
    this.wires.dma.setRequest(false);
    this.#updateInterrupt();
  }

  /** DMAGATE# at 0 takes interrupt and DMA request off the bus. */
  #updateInterrupt(): void {
    this.wires.irq.set(this.#irq && (this.#dor & DOR_DMAGATE) !== 0);
  }

  #setIrq(level: boolean): void {
    this.#irq = level;
    this.#updateInterrupt();
  }

  #setBuffer(buffer: Uint8Array): void {
    this.#buffer = buffer;
    this.#position = 0;
  }

  // Command and result phases.

  #readFifo(): number {
    if ((this.#dor & DOR_RESET) === 0) return 0xff;
    if (this.#phase === 'pioIn') return this.#readData();
    if (this.#phase !== 'result') return 0xff;
    const value = this.#result[this.#resultAt] ?? 0;
    this.#setIrq(false);
    if (++this.#resultAt >= this.#result.length) {
      this.#phase = 'idle';
      this.#command = [];
      this.#result = [];
      this.#resultAt = 0;
    }
    return value;
  }

  #writeFifo(value: number): void {
    if ((this.#dor & DOR_RESET) === 0) return;
    if (this.#phase === 'pioOut') {
      this.#writeData(value);
      return;
    }
    if (this.#phase !== 'idle' && this.#phase !== 'command') return;
    // One seek at a time: the next command finds it done.
    if (this.#later === 'seek') this.#delayOver();
    if (this.#phase === 'idle') this.#command = [];
    this.#command.push(value);
    const decoded = decodeCommand(this.#command[0]!);
    if (decoded === undefined) {
      this.#reply(ST0_INVALID);
      return;
    }
    this.#phase = 'command';
    if (this.#command.length >= decoded.length) this.#execute(decoded.name);
  }

  /** Result bytes without an interrupt. */
  #reply(...bytes: number[]): void {
    this.#result = bytes;
    this.#resultAt = 0;
    this.#phase = 'result';
  }

  #noResult(): void {
    this.#phase = 'idle';
    this.#command = [];
  }

  #execute(name: CommandName): void {
    const [opcode = 0, first = 0, second = 0, third = 0] = this.#command;
    const settings = this.#settings;
    switch (name) {
      case 'read':
      case 'readDeleted':
      case 'readTrack':
      case 'verify':
      case 'write':
      case 'writeDeleted':
        this.#startTransfer(name);
        break;
      case 'format':
        this.#startFormat();
        break;
      case 'readId':
        this.#phase = 'busy';
        this.#delay('readId', READ_ID_NS);
        break;
      case 'recalibrate':
        this.#startSeek(0);
        break;
      case 'seek':
        this.#startSeek(second);
        break;
      case 'relativeSeek': {
        const track = this.#drives[first & 3]?.track ?? 0;
        this.#startSeek(Math.max(0, opcode & 0x40 ? track + second : track - second));
        break;
      }
      case 'senseInterrupt':
        this.#senseInterrupt();
        break;
      case 'senseDrive':
        this.#reply(this.#driveStatus(first));
        break;
      case 'specify':
        settings.stepRate = first;
        settings.headLoad = second;
        this.#noResult();
        break;
      case 'configure':
        settings.configuration = second & 0x7f;
        settings.precompensation = third;
        this.#noResult();
        break;
      case 'perpendicular':
        setPerpendicular(settings, first);
        this.#noResult();
        break;
      case 'lock':
        settings.isLocked = (opcode & 0x80) !== 0;
        this.#reply(settings.isLocked ? 0x10 : 0);
        break;
      default:
        this.#executeRare(name);
        break;
    }
  }

  #executeRare(name: CommandName): void {
    const settings = this.#settings;
    const tracks = Array.from({ length: UNITS }, (_, i) => (this.#drives[i]?.track ?? 0) & 0xff);
    switch (name) {
      case 'dumpReg':
        this.#reply(...tracks, ...settingsBytes(settings));
        break;
      case 'version':
        this.#reply(VERSION);
        break;
      case 'partId':
        this.#reply(PART_ID);
        break;
      case 'powerDown':
        this.#reply(this.#command[1]! & 0x3f);
        break;
      case 'option':
        this.#reply(this.#command[1]! & 0xff);
        break;
      case 'save':
        this.#reply(this.#dsr, 0, ...tracks, ...settingsBytes(settings), 0, 0, 0, 0);
        break;
      case 'restore':
        restoreSettings(settings, this.#command.slice(7));
        this.#noResult();
        break;
      case 'driveSpecification':
        // NRP set: no result phase. Otherwise the stored specifications follow; the drives have none.
        if (this.#command.some((byte, i) => i > 0 && (byte & 0x80) !== 0 && (byte & 0x40) !== 0)) this.#noResult();
        else this.#reply(0, 0, 0, 0);
        break;
      default:
        this.#reply(ST0_INVALID);
        break;
    }
  }

  #senseInterrupt(): void {
    const unit = this.#seekStatus.findIndex((status) => status !== null);
    if (unit < 0) {
      this.#reply(ST0_INVALID);
      return;
    }
    const status = this.#seekStatus[unit]!;
    this.#seekStatus[unit] = null;
    this.#setIrq(false);
    this.#reply(status, (this.#drives[unit]?.track ?? 0) & 0xff);
  }

  #driveStatus(select: number): number {
    const drive = this.#drives[select & 3];
    let status = ST3_READY | ST3_TWO_SIDED | (select & 7);
    if (drive !== undefined && drive.track === 0) status |= ST3_TRACK0;
    if (drive?.isWriteProtected) status |= ST3_WRITE_PROTECTED;
    return status;
  }

  // Things that take time.

  #delay(later: Later, ns: number): void {
    this.#later = later;
    this.#timer.arm(this.wires.clock.nowNs() + ns);
  }

  #delayOver(): void {
    const later = this.#later;
    this.#timer.disarm();
    this.#later = 'nothing';
    if (later === 'seek') this.#endSeek();
    else if (later === 'readId') this.#readId();
    else if (later === 'reset') {
      // Polling disabled: no statuses, but the interrupt (5.2.12).
      const isPolling = (this.#settings.configuration & CONFIGURE_POLL) === 0;
      this.#seekStatus = [0, 1, 2, 3].map((unit) => (isPolling ? ST0_POLLING | unit : null));
      this.#setIrq(true);
    }
  }

  /** No result phase: the controller is free, the drive busy. The target track stays in the command's third byte. */
  #startSeek(track: number): void {
    const unit = this.#command[1]! & 7;
    this.#command = [this.#command[0]!, unit, Math.min(track, 0xff)];
    this.#phase = 'idle';
    this.#delay('seek', SEEK_NS);
  }

  #endSeek(): void {
    const [opcode = 0, select = 0, track = 0] = this.#command;
    const unit = select & 3;
    const drive = this.#drives[unit];
    const isRecalibration = opcode === 0x07;
    let status = ST0_SEEK_END | (isRecalibration ? unit : select);
    if (drive === undefined) {
      // No drive answers with its track 0 signal.
      if (isRecalibration) status |= ST0_ABNORMAL | ST0_EQUIPMENT;
    } else drive.step(track);
    this.#command = [];
    this.#seekStatus[unit] = status;
    this.#setIrq(true);
  }

  /** The sector that passes the head at this moment. */
  #readId(): void {
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    const head = this.#head;
    if (drive === undefined || format === undefined || head >= format.heads || drive.track >= format.tracks) {
      this.#finish(ST0_ABNORMAL, ST1_MISSING_MARK, 0);
      return;
    }
    const angle = this.wires.clock.nowNs() % REVOLUTION_NS;
    const record = Math.floor((angle * format.sectors) / REVOLUTION_NS) + 1;
    this.#transfer = { ...NO_TRANSFER, cylinder: drive.track, head, record, size: 2 };
    this.#finish(0, 0, 0);
  }

  // Data.

  get #selected(): FloppyDrive | undefined {
    return this.#drives[this.#command[1]! & 3];
  }

  get #head(): number {
    return (this.#command[1]! >> 2) & 1;
  }

  #format(drive: FloppyDrive): FloppyFormat | undefined {
    return drive.format(this.#dsr & DSR_RATE);
  }

  get #isPio(): boolean {
    return (this.#settings.headLoad & 1) !== 0;
  }

  get #name(): CommandName | undefined {
    return decodeCommand(this.#command[0] ?? 0)?.name;
  }

  get #isWrite(): boolean {
    return this.#name === 'write' || this.#name === 'writeDeleted';
  }

  #startTransfer(name: CommandName): void {
    const [opcode = 0, select = 0, cylinder = 0, head = 0, record = 0, size = 0, last = 0] = this.#command;
    this.#transfer = {
      cylinder,
      head,
      record: name === 'readTrack' ? 1 : record,
      size,
      last,
      filler: 0,
      isMultiTrack: (opcode & CMD_MT) !== 0 && name !== 'readTrack',
    };
    this.#settings.lastSector = last;
    this.#phase = 'busy';
    this.#isTerminal = false;
    const drive = this.#selected;
    // Implied seek (5.2.12, EIS).
    if (drive !== undefined && (this.#settings.configuration & CONFIGURE_EIS) !== 0) drive.step(cylinder);
    if (head !== ((select >> 2) & 1) && name !== 'readTrack') {
      this.#finish(ST0_ABNORMAL, ST1_NO_DATA, 0);
      return;
    }
    this.#nextPart();
  }

  /** Sectors from the current one to the last of the track go in one host request. */
  #nextPart(): void {
    const drive = this.#selected;
    const problem = this.#check(drive);
    if (problem !== undefined || drive === undefined) {
      const [st1, st2] = problem ?? [ST1_MISSING_MARK, 0];
      this.#finish(ST0_ABNORMAL, st1, st2);
      return;
    }
    const format = this.#format(drive)!;
    const { record, last } = this.#transfer;
    const count = (record > last ? format.sectors : Math.min(last, format.sectors)) - record + 1;
    const length = count * SECTOR;
    if (this.#name === 'verify') {
      this.#setBuffer(NO_BYTES);
      this.#advance(count);
      this.#partDone();
    } else if (this.#isWrite) {
      this.#setBuffer(new Uint8Array(length));
      this.#openData('pioOut');
    } else {
      this.#request<BlockResult<Uint8Array>>(
        (done) => drive.read(this.#offset(format), length, done),
        (result) => {
          if (!result.ok) {
            this.#finish(ST0_ABNORMAL, ST1_DATA_ERROR, ST2_DATA_ERROR);
            return;
          }
          const data = new Uint8Array(length);
          data.set(result.value.subarray(0, length));
          this.#setBuffer(data);
          this.#openData('pioIn');
        },
      );
    }
  }

  /** What is wrong with the current sector: [ST1, ST2]. */
  #check(drive: FloppyDrive | undefined): [number, number] | undefined {
    const format = drive && this.#format(drive);
    if (drive === undefined || format === undefined) return [ST1_MISSING_MARK, 0];
    const { cylinder, head, record, size } = this.#transfer;
    if (drive.track >= format.tracks || head >= format.heads) return [ST1_MISSING_MARK, 0];
    if (cylinder !== drive.track) return [ST1_NO_DATA, ST2_WRONG_CYLINDER];
    if (size !== 2 || record === 0 || record > format.sectors) return [ST1_NO_DATA, 0];
    if (this.#isWrite && drive.isWriteProtected) return [ST1_NOT_WRITABLE, 0];
    return undefined;
  }

  #offset(format: FloppyFormat): number {
    const { cylinder, head, record } = this.#transfer;
    return sectorOffset(format, cylinder, head, record);
  }

  #request<T>(issue: (done: (result: T) => void) => void, then: (result: T) => void): void {
    this.#phase = 'busy';
    const epoch = this.#epoch;
    this.#pending++;
    issue((result) => {
      this.#pending--;
      if (epoch === this.#epoch) then(result);
    });
  }

  #openData(pio: 'pioIn' | 'pioOut'): void {
    if (this.#isPio) {
      this.#phase = pio;
      this.#setIrq(true);
    } else this.#askForDma();
  }

  #askForDma(): void {
    this.#phase = 'dma';
    this.wires.dma.setRequest(true);
  }

  #acknowledged(cycle: IsaDmaCycle): void {
    if (this.#phase !== 'dma') {
      this.wires.dma.setRequest(false);
      return;
    }
    const isOut = this.#isWrite || this.#name === 'format';
    const before = this.#position;
    const rest = this.#buffer.subarray(before);
    const moved = isOut ? cycle.get(rest) : cycle.put(rest);
    this.#position = Math.min(this.#buffer.length, before + moved);
    this.#isTerminal = cycle.isTerminal;
    this.wires.dma.setRequest(false);
    if (moved === 0 && !this.#isTerminal) {
      // Programmed the wrong way round: an overrun, and the guest resets us.
      this.#finish(ST0_ABNORMAL, 0x10, 0);
    } else if (this.#isTerminal || this.#position >= this.#buffer.length) this.#bufferDone();
    else this.#askForDma();
  }

  #readData(): number {
    const value = this.#buffer[this.#position] ?? 0;
    this.#stepPio();
    return value;
  }

  #writeData(value: number): void {
    if (this.#position < this.#buffer.length) this.#buffer[this.#position] = value;
    this.#stepPio();
  }

  /** One interrupt a sector: the FIFO seems that deep. */
  #stepPio(): void {
    this.#position++;
    if (this.#position >= this.#buffer.length) {
      this.#setIrq(false);
      this.#bufferDone();
    } else this.#setIrq(this.#position % SECTOR === 0);
  }

  /** The buffer went through, or terminal count cut it off. */
  #bufferDone(): void {
    if (this.#name === 'format') {
      this.#formatNext();
      return;
    }
    const sectors = Math.ceil(this.#position / SECTOR);
    if (!this.#isWrite) {
      this.#advance(sectors);
      this.#partDone();
      return;
    }
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    if (drive === undefined || format === undefined || drive.isWriteProtected) {
      this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
      return;
    }
    // What lacks to a whole sector is written as zeros (5.1.2).
    const data = this.#buffer.subarray(0, sectors * SECTOR);
    this.#request<BlockResult<undefined>>(
      (done) => drive.write(this.#offset(format), data, done),
      (result) => {
        if (!result.ok) {
          this.#finish(ST0_ABNORMAL, result.error === 'readOnly' ? ST1_NOT_WRITABLE : ST1_DATA_ERROR, 0);
          return;
        }
        this.#advance(sectors);
        this.#partDone();
      },
    );
  }

  #advance(count: number): void {
    const drive = this.#selected;
    const sectors = (drive && this.#format(drive)?.sectors) ?? this.#transfer.last;
    advance(this.#transfer, count, sectors);
  }

  /** Goes on to the other side, or ends: by terminal count normally, else with "end of cylinder". */
  #partDone(): void {
    const isFirstSide = ((this.#command[1]! >> 2) & 1) === 0;
    const goesOn =
      this.#transfer.isMultiTrack && isFirstSide && this.#transfer.head === 1 && this.#transfer.record === 1;
    if (this.#isTerminal) this.#finish(0, 0, this.#markStatus());
    else if (this.#transfer.record > this.#transfer.last) this.#finish(ST0_ABNORMAL, ST1_NO_DATA, 0);
    else if (goesOn) {
      this.#command[1]! |= 4;
      this.#nextPart();
    } else if (this.#name === 'verify') this.#finish(0, 0, 0);
    else this.#finish(ST0_ABNORMAL, ST1_END_OF_CYLINDER, this.#markStatus());
  }

  /** READ DELETED DATA found normal data. */
  #markStatus(): number {
    return this.#name === 'readDeleted' ? ST2_CONTROL_MARK : 0;
  }

  #finish(status: number, st1: number, st2: number): void {
    const select = this.#command[1]! & 3;
    const { cylinder, head, record, size } = this.#transfer;
    const side = this.#head !== 0 ? ST0_HEAD : 0;
    this.wires.dma.setRequest(false);
    this.#setBuffer(NO_BYTES);
    this.#isTerminal = false;
    this.#reply(status | side | select, st1, st2, cylinder & 0xff, head & 0xff, record & 0xff, size & 0xff);
    this.#setIrq(true);
  }

  // FORMAT TRACK: the guest gives C, H, R, N for each sector, which gets the filler byte.

  #startFormat(): void {
    const [, select = 0, size = 0, count = 0, , filler = 0] = this.#command;
    const drive = this.#selected;
    const head = (select >> 2) & 1;
    this.#transfer = { ...NO_TRANSFER, cylinder: drive?.track ?? 0, head, record: 0, size, last: count, filler };
    this.#phase = 'busy';
    this.#isTerminal = false;
    const format = drive && this.#format(drive);
    if (drive === undefined || format === undefined || drive.track >= format.tracks || head >= format.heads) {
      this.#finish(ST0_ABNORMAL, ST1_MISSING_MARK, 0);
    } else if (drive.isWriteProtected) {
      this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
    } else if (count === 0 || count > format.sectors || size !== 2) {
      this.#finish(ST0_ABNORMAL, ST1_NO_DATA, 0);
    } else {
      this.#setBuffer(new Uint8Array(4 * count));
      this.#openData('pioOut');
    }
  }

  /** `record` counts the sectors written. Ids that the image's format does not have are passed over. */
  #formatNext(): void {
    const transfer = this.#transfer;
    const drive = this.#selected;
    const format = drive && this.#format(drive);
    const ids = this.#buffer;
    while (drive !== undefined && format !== undefined && transfer.record * 4 + 4 <= this.#position) {
      const at = transfer.record * 4;
      const [cylinder = 0, head = 0, record = 0, size = 0] = ids.subarray(at, at + 4);
      transfer.record++;
      const fits =
        cylinder === drive.track && head === transfer.head && size === 2 && record > 0 && record <= format.sectors;
      if (!fits) continue;
      const offset = sectorOffset(format, cylinder, head, record);
      this.#request<BlockResult<undefined>>(
        (done) => drive.write(offset, new Uint8Array(SECTOR).fill(transfer.filler), done),
        (result) => {
          if (result.ok) this.#formatNext();
          else this.#finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
        },
      );
      return;
    }
    this.#finish(0, 0, 0);
  }
}
