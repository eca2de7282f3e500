/**
 * One port of the AHCI controller with its drive (AHCI 1.3.1, 3.3, chapter 5 and 6): command slots become register FISes for the
 * task file of the same drives that IDE has; what the drive wants to move is moved by the command's descriptors at once, and what
 * it answers becomes a received FIS. One unqueued command runs at a time; queued ones are `AhciQueue`'s.
 *
 * Departures: commands start in the order of their slots; the link never loses power and has no power states.
 */
import type { GuestMemory } from '../../machine/guest-memory';
import { isBytes, isRecord, isUint, SnapshotError } from '../../machine/saved-state';
import { AhciQueue, queuedCommand, READ_QUEUED, WRITE_QUEUED } from './ahci-queue';
import * as r from './ahci-registers';
import { AhciTransfer, address } from './ahci-transfer';
import { AtaDisk, type AtaDiskState, isAtaDiskState } from './ata-disk';
import { AtapiCdrom, type AtapiCdromState, isAtapiCdromState } from './atapi-cdrom';
import type { BlockPort } from '../../machine/block-port';
import {
  CONTROL_SRST,
  ERROR_ABRT,
  REG_COUNT,
  REG_DEVICE,
  REG_ERROR,
  REG_LBA0,
  REG_LBA1,
  REG_LBA2,
  SECTOR,
  STATUS_BSY,
  STATUS_DRDY,
  STATUS_DRQ,
  STATUS_DSC,
  STATUS_ERR,
} from './registers';

/** A drive and where its data lies. */
export interface AhciDrive {
  readonly drive: AtaDisk | AtapiCdrom;
  readonly port: BlockPort;
}

/** Registers that are kept; all others follow from them and the drive. */
interface PortRegisters {
  clb: number;
  clbu: number;
  fb: number;
  fbu: number;
  is: number;
  ie: number;
  cmd: number;
  tfd: number;
  sig: number;
  sctl: number;
  serr: number;
  sact: number;
  ci: number;
}
const REGISTERS = [
  ...['clb', 'clbu', 'fb', 'fbu', 'is', 'ie', 'cmd', 'tfd', 'sig', 'sctl', 'serr', 'sact', 'ci'],
] as readonly (keyof PortRegisters)[];

export interface AhciPortState {
  readonly regs: Readonly<PortRegisters>;
  /** The last slot that was started: `PxCMD.CCS`. */
  readonly slot: number;
  /** An error stopped the list until ST is cleared. */
  readonly isHalted: boolean;
  /** A software reset is going on. */
  readonly isResetting: boolean;
  /** The signature FIS waits for FRE. */
  readonly owesSignature: boolean;
  readonly errorLog: Uint8Array;
  readonly drive:
    | { readonly kind: 'disk'; readonly state: AtaDiskState }
    | { readonly kind: 'cdrom'; readonly state: AtapiCdromState }
    | null;
}

export function isAhciPortState(value: unknown): value is AhciPortState {
  if (!isRecord(value) || !isRecord(value.regs)) return false;
  const { regs, drive } = value as { regs: Record<string, unknown>; drive: unknown };
  const isDrive =
    drive === null ||
    (isRecord(drive) &&
      (drive.kind === 'disk' ? isAtaDiskState(drive.state) : drive.kind === 'cdrom' && isAtapiCdromState(drive.state)));
  return (
    REGISTERS.every((name) => isUint(regs[name])) &&
    isUint(value.slot, 31) &&
    typeof value.isHalted === 'boolean' &&
    typeof value.isResetting === 'boolean' &&
    typeof value.owesSignature === 'boolean' &&
    isBytes(value.errorLog, SECTOR) &&
    isDrive
  );
}

const FIS_BYTES = 20;
const PACKET_BYTES = 16;
const NO_DRIVE_STATUS = 0x7f;

function powerOnRegisters(): PortRegisters {
  return {
    ...{ clb: 0, clbu: 0, fb: 0, fbu: 0, is: 0, ie: 0, cmd: r.CMD_SPIN_UP | r.CMD_POWER_ON },
    ...{ tfd: NO_DRIVE_STATUS, sig: r.SIGNATURE_NONE, sctl: 0, serr: 0, sact: 0, ci: 0 },
  };
}

export class AhciPort {
  #regs = powerOnRegisters();
  #slot = 0;
  #isHalted = false;
  #isResetting = false;
  #owesSignature = false;
  /** The unqueued command that the drive works on. */
  #running: AhciTransfer | undefined;
  #header = 0;
  /** A PIO command's last FIS was a PIO Setup: no register FIS follows (Serial ATA 3.0, 11.7). */
  #endsWithPioSetup = false;
  #isAdvancing = false;
  #isStarting = false;
  readonly #queue: AhciQueue | undefined;
  readonly #drive: AtaDisk | AtapiCdrom | undefined;

  constructor(
    private readonly memory: GuestMemory,
    /** Bus mastering is allowed. */
    private readonly isMaster: () => boolean,
    /** The port may begin or end to ask for an interrupt. */
    private readonly interruptChanged: () => void,
    attached?: AhciDrive,
  ) {
    const drive = attached?.drive;
    this.#drive = drive;
    drive?.attach({
      dma: {
        isStarted: true,
        toGuest: (data, from) => this.#dataIn(from === 0 ? data : data.subarray(from)),
        fromGuest: (into, from) => this.#running?.fromGuest(from === 0 ? into : into.subarray(from)) ?? 0,
        end: (isShort) => {
          if (isShort) this.#ranOut();
        },
      },
      interruptChanged: () => {
        if (!drive.isInterrupting) return;
        drive.acknowledge();
        this.#advance();
      },
    });
    if (attached !== undefined && drive instanceof AtaDisk) {
      const queue = new AhciQueue(attached.port, (tag, error) => this.#queuedEnded(tag, error));
      drive.readQueueErrorLog = () => queue.errorLog;
      this.#queue = queue;
    }
    this.reset();
  }

  get isInterrupting(): boolean {
    return (this.#is & this.#regs.ie) !== 0;
  }

  reset(): void {
    this.#regs = powerOnRegisters();
    this.#slot = 0;
    this.#isHalted = false;
    this.#forgetCommands();
    this.#drive?.powerOn();
    this.#linkUp();
  }

  read(register: number): number {
    const regs = this.#regs;
    switch (register) {
      case r.PORT_CLB:
        return regs.clb;
      case r.PORT_CLBU:
        return regs.clbu;
      case r.PORT_FB:
        return regs.fb;
      case r.PORT_FBU:
        return regs.fbu;
      case r.PORT_IS:
        return this.#is;
      case r.PORT_IE:
        return regs.ie;
      case r.PORT_CMD:
        return (
          (regs.cmd |
            ((regs.cmd & r.CMD_START) !== 0 ? r.CMD_LIST_RUNNING | (this.#slot << 8) : 0) |
            ((regs.cmd & r.CMD_RECEIVE) !== 0 ? r.CMD_RECEIVE_RUNNING : 0)) >>>
          0
        );
      case r.PORT_TFD:
        return regs.tfd;
      case r.PORT_SIG:
        return regs.sig;
      case r.PORT_SSTS:
        return this.#drive === undefined || this.#isDetecting ? 0 : r.SSTS_READY;
      case r.PORT_SCTL:
        return regs.sctl;
      case r.PORT_SERR:
        return regs.serr;
      case r.PORT_SACT:
        return regs.sact;
      case r.PORT_CI:
        return regs.ci;
      default:
        return 0;
    }
  }

  write(register: number, value: number): void {
    const regs = this.#regs;
    switch (register) {
      case r.PORT_CLB:
        regs.clb = (value & ~0x3ff) >>> 0;
        return;
      case r.PORT_CLBU:
        regs.clbu = value;
        return;
      case r.PORT_FB:
        regs.fb = (value & ~0xff) >>> 0;
        return;
      case r.PORT_FBU:
        regs.fbu = value;
        return;
      case r.PORT_IS:
        regs.is = (regs.is & ~(value & r.IS_CLEARABLE)) >>> 0;
        break;
      case r.PORT_IE:
        regs.ie = (value & r.IE_BITS) >>> 0;
        break;
      case r.PORT_CMD:
        this.#writeCommand(value);
        break;
      case r.PORT_SCTL:
        this.#writeControl(value);
        break;
      case r.PORT_SERR:
        regs.serr = (regs.serr & ~value) >>> 0;
        break;
      case r.PORT_SACT:
        if ((regs.cmd & r.CMD_START) !== 0) regs.sact = (regs.sact | value) >>> 0;
        return;
      case r.PORT_CI:
        if ((regs.cmd & r.CMD_START) === 0) return;
        regs.ci = (regs.ci | value) >>> 0;
        this.startCommands();
        break;
      default:
        return;
    }
    this.interruptChanged();
  }

  /** Goes on with the command list, as far as it may. */
  startCommands(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    const regs = this.#regs;
    // Slots are asked in a circle, so that none waits for ever; a command that ends at once frees its own.
    for (let n = 0; n < 32 && this.#mayStart; n++) {
      const slot = (this.#slot + 1 + n) & 31;
      if (((regs.ci >>> slot) & 1) === 0) continue;
      this.#slot = slot;
      this.#start(slot);
      n = -1;
      if (!this.#mayStart) break;
      if (((regs.ci >>> slot) & 1) !== 0) break; // set again by its own data: the next write starts it
    }
    this.#isStarting = false;
  }

  save(): AhciPortState {
    const drive = this.#drive;
    return {
      regs: { ...this.#regs },
      slot: this.#slot,
      isHalted: this.#isHalted,
      isResetting: this.#isResetting,
      owesSignature: this.#owesSignature,
      errorLog: (this.#queue?.errorLog ?? new Uint8Array(SECTOR)).slice(),
      drive:
        drive === undefined
          ? null
          : drive instanceof AtaDisk
            ? { kind: 'disk', state: drive.saveState() }
            : { kind: 'cdrom', state: drive.saveState() },
    };
  }

  restore(part: string, state: AhciPortState): void {
    const drive = this.#drive;
    const saved = state.drive;
    if (drive instanceof AtaDisk && saved?.kind === 'disk') drive.restoreState(part, saved.state);
    else if (drive instanceof AtapiCdrom && saved?.kind === 'cdrom') drive.restoreState(saved.state);
    else if (drive !== undefined || saved !== null) throw new SnapshotError(part, 'is for another kind of drive');
    this.#forgetCommands();
    this.#regs = {
      ...state.regs,
      clb: (state.regs.clb & ~0x3ff) >>> 0,
      fb: (state.regs.fb & ~0xff) >>> 0,
      is: (state.regs.is & r.IS_CLEARABLE) >>> 0,
      ie: (state.regs.ie & r.IE_BITS) >>> 0,
      cmd: (state.regs.cmd & r.CMD_WRITABLE) | r.CMD_SPIN_UP | r.CMD_POWER_ON,
      sctl: state.regs.sctl & 0xfff,
    };
    this.#slot = state.slot;
    this.#isHalted = state.isHalted;
    this.#isResetting = state.isResetting;
    this.#owesSignature = state.owesSignature;
    if (this.#queue !== undefined) this.#queue.errorLog = state.errorLog.slice();
  }

  // Registers with side effects.

  /** Two bits follow those of PxSERR that software has not cleared. */
  get #is(): number {
    const { is, serr } = this.#regs;
    return (
      (is |
        ((serr & r.SERR_EXCHANGED) !== 0 ? r.IS_CONNECT : 0) |
        ((serr & r.SERR_PHY_READY) !== 0 ? r.IS_PHY_READY : 0)) >>>
      0
    );
  }

  get #isDetecting(): boolean {
    return (this.#regs.sctl & r.SCTL_DETECTION) !== 0;
  }

  get #mayStart(): boolean {
    const { cmd, ci } = this.#regs;
    return (
      ci !== 0 &&
      (cmd & r.CMD_START) !== 0 &&
      this.#drive !== undefined &&
      this.#running === undefined &&
      !this.#isHalted &&
      !this.#isDetecting &&
      this.isMaster()
    );
  }

  #writeCommand(value: number): void {
    const regs = this.#regs;
    const wasStarted = (regs.cmd & r.CMD_START) !== 0;
    if ((value & r.CMD_LIST_OVERRIDE) !== 0 && !wasStarted) regs.tfd &= ~(STATUS_BSY | STATUS_DRQ);
    regs.cmd = (value & r.CMD_WRITABLE) | r.CMD_SPIN_UP | r.CMD_POWER_ON;
    if ((regs.cmd & r.CMD_RECEIVE) !== 0 && this.#owesSignature) this.#sendRegisters(0);
    if ((regs.cmd & r.CMD_START) !== 0) {
      if (!wasStarted) this.startCommands();
      return;
    }
    if (!wasStarted) return;
    regs.ci = 0;
    regs.sact = 0;
    this.#isHalted = false;
    if (this.#running !== undefined) {
      // The drive is still at it; its task file stays busy until it is reset.
      this.#running = undefined;
      this.#drive?.beginSoftReset();
      this.#drive?.endSoftReset();
    }
    this.#queue?.abort();
  }

  /** DET = 1 holds the link in reset (COMRESET); back to 0 brings it up. */
  #writeControl(value: number): void {
    const regs = this.#regs;
    const was = this.#isDetecting;
    regs.sctl = value & 0xfff;
    if (this.#isDetecting && !was) {
      this.#forgetCommands();
      regs.tfd = NO_DRIVE_STATUS;
      regs.sig = r.SIGNATURE_NONE;
      this.#drive?.beginSoftReset();
    } else if (was && !this.#isDetecting) {
      this.#drive?.endSoftReset();
      this.#linkUp();
      if (this.#drive !== undefined) regs.serr = (regs.serr | r.SERR_EXCHANGED | r.SERR_PHY_READY) >>> 0;
    }
  }

  /** The drive sends its signature. */
  #linkUp(): void {
    const drive = this.#drive;
    if (drive === undefined) return;
    const byte = (register: number): number => drive.readRegister(register, false);
    this.#regs.sig = ((byte(REG_LBA2) << 24) | (byte(REG_LBA1) << 16) | (byte(REG_LBA0) << 8) | byte(REG_COUNT)) >>> 0;
    this.#owesSignature = true;
    this.#sendRegisters(0);
  }

  #forgetCommands(): void {
    this.#running = undefined;
    this.#isResetting = false;
    this.#queue?.abort();
  }

  // Commands.

  #start(slot: number): void {
    const regs = this.#regs;
    const at = address(regs.clb, regs.clbu) + r.HEADER_BYTES * slot;
    const header = this.memory.readU32(at);
    const table = address(this.memory.readU32(at + 8) & ~0x7f, this.memory.readU32(at + 12));
    const fis = new Uint8Array(FIS_BYTES);
    this.memory.read(table, fis);
    const transfer = new AhciTransfer(this.memory, table, header >>> 16);
    const drive = this.#drive;
    if (drive === undefined) return;
    if (fis[0] !== r.FIS_H2D) {
      this.#end(slot); // no drive knows it
      return;
    }
    if (((fis[1] as number) & r.FIS_COMMAND) === 0) {
      this.#writeDeviceControl(slot, header, fis[15] as number);
      return;
    }
    const command = fis[2] as number;
    if (this.#isResetting) return;
    if (this.#queue !== undefined && (command === READ_QUEUED || command === WRITE_QUEUED)) {
      const queued = queuedCommand(fis, transfer);
      // The drive takes it and is free for the next.
      regs.tfd = STATUS_DRDY | STATUS_DSC;
      this.#end(slot);
      this.#queue.start(queued);
      return;
    }
    if (this.#queue?.isEmpty === false) {
      // Queued commands end with an error when another comes between (13.6.3.2).
      this.#queue.abort();
      regs.tfd = STATUS_DRDY | STATUS_DSC | STATUS_ERR | (ERROR_ABRT << 8);
      this.#sendRegisters(r.FIS_INTERRUPT);
      this.#raise(r.IS_TASK_FILE);
      this.#isHalted = true;
      return;
    }
    this.#running = transfer;
    this.#header = at;
    this.#endsWithPioSetup = false;
    regs.tfd = STATUS_BSY | STATUS_DRDY;
    const write = (register: number, previous: number, value: number): void => {
      drive.writeRegister(register, fis[previous] as number);
      drive.writeRegister(register, fis[value] as number);
    };
    write(REG_ERROR, 11, 3);
    write(REG_COUNT, 13, 12);
    write(REG_LBA0, 8, 4);
    write(REG_LBA1, 9, 5);
    write(REG_LBA2, 10, 6);
    drive.writeRegister(REG_DEVICE, (fis[7] as number) & ~0x10);
    this.#isAdvancing = true;
    drive.writeCommand(command);
    this.#isAdvancing = false;
    // A packet follows its command without being asked for.
    if (drive instanceof AtapiCdrom && drive.isWaitingForPacket) {
      const packet = new Uint8Array(PACKET_BYTES);
      this.memory.read(table + r.TABLE_PACKET, packet);
      this.#isAdvancing = true;
      for (let i = 0; i < drive.packetBytes; i += 2) {
        drive.writeData(2, (packet[i] as number) | ((packet[i + 1] as number) << 8));
      }
      this.#isAdvancing = false;
    }
    this.#advance();
  }

  /** SRST is set by one FIS and cleared by the next, upon which the signature comes. */
  #writeDeviceControl(slot: number, _header: number, control: number): void {
    const drive = this.#drive;
    const isReset = (control & CONTROL_SRST) !== 0;
    if (isReset && !this.#isResetting) {
      this.#queue?.abort();
      this.#isResetting = true;
      drive?.beginSoftReset();
      this.#end(slot);
    } else if (!isReset && this.#isResetting) {
      this.#isResetting = false;
      drive?.endSoftReset();
      this.#end(slot);
      this.#linkUp();
    } else {
      this.#end(slot);
    }
  }

  /** Serves what the drive wants to move through its data register, then ends the command if the drive has. */
  #advance(): void {
    const drive = this.#drive;
    const transfer = this.#running;
    if (this.#isAdvancing || drive === undefined || transfer === undefined) return;
    this.#isAdvancing = true;
    for (let mode = drive.openBlockMode; mode !== undefined; mode = drive.openBlockMode) {
      const bytes = new Uint8Array(drive.openBlockBytes);
      this.#sendPioSetup(drive, mode === 'in', bytes.length);
      if (mode === 'in') {
        for (let at = 0; at < bytes.length; at += 2) {
          const word = drive.readData(2);
          bytes[at] = word;
          if (at + 1 < bytes.length) bytes[at + 1] = word >>> 8;
        }
        if (transfer.toGuest(bytes) < bytes.length) this.#raise(r.IS_OVERFLOW);
      } else {
        if (transfer.fromGuest(bytes) < bytes.length) {
          this.#ranOut();
          break;
        }
        for (let at = 0; at < bytes.length; at += 2) {
          drive.writeData(2, (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8));
        }
      }
      this.#endsWithPioSetup = mode === 'in';
      if (this.#running !== transfer) break; // the data were registers: the command is gone
    }
    this.#isAdvancing = false;
    if (this.#running !== transfer || drive.isBusy || (drive.status & STATUS_DRQ) !== 0) return;
    this.#complete(drive.status, drive.readRegister(REG_ERROR, false));
  }

  /** Data by DMA. More than the descriptors hold are dropped, and said to be. */
  #dataIn(data: Uint8Array): number {
    const transfer = this.#running;
    if (transfer !== undefined && transfer.toGuest(data) < data.length) this.#raise(r.IS_OVERFLOW);
    return data.length;
  }

  /** The descriptors end before what the drive is to write: it gets nothing. */
  #ranOut(): void {
    if (this.#running === undefined) return;
    this.#raise(r.IS_OVERFLOW);
    this.#drive?.beginSoftReset();
    this.#drive?.endSoftReset();
    this.#complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR, ERROR_ABRT);
  }

  #complete(status: number, error: number): void {
    const transfer = this.#running;
    if (transfer === undefined) return;
    this.#running = undefined;
    const regs = this.#regs;
    this.memory.writeU32(this.#header + 4, transfer.moved);
    regs.tfd = status | (error << 8);
    const isError = (status & STATUS_ERR) !== 0;
    if (!this.#endsWithPioSetup || isError) this.#sendRegisters(r.FIS_INTERRUPT);
    if (transfer.wantsInterrupt) this.#raise(r.IS_DESCRIPTOR);
    if (isError) {
      this.#isHalted = true;
      this.#raise(r.IS_TASK_FILE);
    } else {
      regs.ci = (regs.ci & ~(1 << this.#slot)) >>> 0;
      this.startCommands();
    }
    this.interruptChanged();
  }

  /** A slot whose FIS has no answer. */
  #end(slot: number): void {
    this.#regs.ci = (this.#regs.ci & ~(1 << slot)) >>> 0;
  }

  #queuedEnded(tag: number, error: number): void {
    const regs = this.#regs;
    const isError = error !== 0;
    const done = isError ? 0 : (1 << tag) >>> 0;
    regs.tfd = STATUS_DRDY | STATUS_DSC | (isError ? STATUS_ERR | (error << 8) : 0);
    const fis = new Uint8Array(8);
    fis.set([r.FIS_SET_BITS, r.FIS_INTERRUPT, regs.tfd & 0x77, error]);
    new DataView(fis.buffer).setUint32(4, done, true);
    this.#receive(r.RECEIVED_SET_BITS, fis);
    regs.sact = (regs.sact & ~done) >>> 0;
    this.#raise(r.IS_SET_BITS);
    if (isError) {
      this.#isHalted = true;
      this.#raise(r.IS_TASK_FILE);
    } else {
      this.startCommands();
    }
    this.interruptChanged();
  }

  // What the drive sends.

  #raise(bits: number): void {
    this.#regs.is = (this.#regs.is | bits) >>> 0;
  }

  #receive(offset: number, fis: Uint8Array): void {
    const { cmd, fb, fbu } = this.#regs;
    if ((cmd & r.CMD_RECEIVE) !== 0 && this.isMaster()) this.memory.write(address(fb, fbu) + offset, fis);
  }

  /** Register FIS, device to host. Without a running command it is the signature. */
  #sendRegisters(flags: number): void {
    const drive = this.#drive;
    if (drive === undefined) return;
    const regs = this.#regs;
    if (this.#owesSignature) {
      regs.tfd = drive.status | (drive.readRegister(REG_ERROR, false) << 8);
      if ((regs.cmd & r.CMD_RECEIVE) === 0) return;
      this.#owesSignature = false;
    }
    const fis = this.#registersFis(drive, r.FIS_D2H, flags);
    this.#receive(r.RECEIVED_D2H, fis);
    if (flags !== 0) this.#raise(r.IS_D2H);
  }

  #sendPioSetup(drive: AtaDisk | AtapiCdrom, isIn: boolean, length: number): void {
    const fis = this.#registersFis(drive, r.FIS_PIO_SETUP, r.FIS_INTERRUPT | (isIn ? 0x20 : 0));
    fis[2] = drive.status;
    fis[15] = STATUS_DRDY | STATUS_DSC; // status after the data
    fis[16] = length & 0xff;
    fis[17] = length >>> 8;
    this.#receive(r.RECEIVED_PIO_SETUP, fis);
    if (isIn) this.#raise(r.IS_PIO_SETUP);
  }

  #registersFis(drive: AtaDisk | AtapiCdrom, type: number, flags: number): Uint8Array {
    const { tfd } = this.#regs;
    const now = (register: number): number => drive.readRegister(register, false);
    const before = (register: number): number => drive.readRegister(register, true);
    const fis = new Uint8Array(FIS_BYTES);
    fis.set([type, flags, tfd & 0xff, tfd >>> 8, now(REG_LBA0), now(REG_LBA1), now(REG_LBA2), now(REG_DEVICE)]);
    fis.set([before(REG_LBA0), before(REG_LBA1), before(REG_LBA2), 0, now(REG_COUNT), before(REG_COUNT)], 8);
    return fis;
  }
}
