/**
 * An ATA disk (ATA/ATAPI-6, T13 1410D, and the older CHS commands): PIO, multiple and DMA transfers with 28- and 48-bit
 * addresses. SMART, security, host protected area and queued commands are refused.
 */
import type { BlockPort, BlockResult } from '../../machine/block-port';
import { type Geometry, physicalGeometry } from '../../machine/disk-geometry';
import { isRecord, isUint, SnapshotError } from '../../machine/saved-state';
import { type DriveIdentity, identifyDisk, MAX_MULTIPLE } from './ata-identify';
import { type DriveState, IdeDrive, isDriveState } from './drive';
import {
  CHUNK,
  DEVICE_DEV,
  DEVICE_LBA,
  ERROR_ABRT,
  ERROR_IDNF,
  ERROR_UNC,
  SECTOR,
  STATUS_DRDY,
  STATUS_DSC,
} from './registers';

const CHUNK_SECTORS = CHUNK / SECTOR;

interface Transfer {
  readonly direction: 'read' | 'write';
  readonly how: 'single' | 'multiple' | 'dma';
  readonly isExt?: boolean;
  /** Done only when on stable storage. */
  readonly isFua?: boolean;
}

const TRANSFERS = new Map<number, Transfer>([
  [0x20, { direction: 'read', how: 'single' }],
  [0x21, { direction: 'read', how: 'single' }],
  [0x24, { direction: 'read', how: 'single', isExt: true }],
  [0x25, { direction: 'read', how: 'dma', isExt: true }],
  [0x29, { direction: 'read', how: 'multiple', isExt: true }],
  [0x30, { direction: 'write', how: 'single' }],
  [0x31, { direction: 'write', how: 'single' }],
  [0x34, { direction: 'write', how: 'single', isExt: true }],
  [0x35, { direction: 'write', how: 'dma', isExt: true }],
  [0x39, { direction: 'write', how: 'multiple', isExt: true }],
  [0x3d, { direction: 'write', how: 'dma', isExt: true, isFua: true }],
  [0xc4, { direction: 'read', how: 'multiple' }],
  [0xc5, { direction: 'write', how: 'multiple' }],
  [0xc8, { direction: 'read', how: 'dma' }],
  [0xc9, { direction: 'read', how: 'dma' }],
  [0xca, { direction: 'write', how: 'dma' }],
  [0xcb, { direction: 'write', how: 'dma' }],
  [0xce, { direction: 'write', how: 'multiple', isExt: true, isFua: true }],
]);

const QUEUE_ERROR_LOG = 0x10;
const CMD_READ_BUFFER = 0xe4;
const CMD_WRITE_BUFFER = 0xe8;

export interface AtaDiskState {
  readonly drive: DriveState;
  readonly lba: number;
  readonly remaining: number;
  readonly heads: number;
  readonly sectors: number;
  readonly multiple: number;
  readonly multiword: number;
  readonly ultra: number;
  readonly writeCache: boolean;
  readonly scratch: Uint8Array;
}

export function isAtaDiskState(value: unknown): value is AtaDiskState {
  return (
    isRecord(value) &&
    isDriveState(value.drive) &&
    value.drive.buffer.length % SECTOR === 0 &&
    isUint(value.lba, Number.MAX_SAFE_INTEGER) &&
    isUint(value.remaining, 0x10000) &&
    isUint(value.heads, 16) &&
    value.heads > 0 &&
    isUint(value.sectors, 255) &&
    value.sectors > 0 &&
    isUint(value.multiple, MAX_MULTIPLE) &&
    isMode(value.multiword) &&
    isMode(value.ultra) &&
    typeof value.writeCache === 'boolean' &&
    value.scratch instanceof Uint8Array &&
    value.scratch.length === SECTOR
  );
}

function isMode(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -1 && value <= 7;
}

export class AtaDisk extends IdeDrive {
  readonly #sectorCount: number;
  readonly #geometry: Geometry;
  #heads = 16;
  #sectors = 63;
  #multiple = MAX_MULTIPLE;
  #multiword = -1;
  #ultra = 5;
  #writeCache = true;
  /** The next sector to move between buffer and host. */
  #lba = 0;
  /** Sectors that the host has not yet moved. */
  #remaining = 0;
  readonly #scratch = new Uint8Array(SECTOR);
  /** Queued commands and their error log are the serial port's (ahci-queue.ts); undefined: a parallel drive. */
  readQueueErrorLog: (() => Uint8Array) | undefined;

  constructor(
    port: BlockPort,
    private readonly identity: DriveIdentity,
  ) {
    super(port);
    this.#sectorCount = Math.ceil((port.medium?.sizeBytes ?? 0) / SECTOR);
    this.#geometry = physicalGeometry(this.#sectorCount, port.medium?.geometry);
    this.powerOn();
  }

  saveState(): AtaDiskState {
    return {
      drive: this.saveDrive(),
      lba: this.#lba,
      remaining: this.#remaining,
      heads: this.#heads,
      sectors: this.#sectors,
      multiple: this.#multiple,
      multiword: this.#multiword,
      ultra: this.#ultra,
      writeCache: this.#writeCache,
      scratch: this.#scratch.slice(),
    };
  }

  restoreState(part: string, state: AtaDiskState): void {
    const end = state.lba + state.remaining;
    if (end > this.#sectorCount) throw new SnapshotError(part, 'addresses sectors that the disk does not have');
    this.restoreDrive(state.drive);
    this.#lba = state.lba;
    this.#remaining = state.remaining;
    this.#heads = state.heads;
    this.#sectors = state.sectors;
    this.#multiple = state.multiple;
    this.#multiword = state.multiword;
    this.#ultra = state.ultra;
    this.#writeCache = state.writeCache;
    this.#scratch.set(state.scratch);
  }

  protected setSignature(): void {
    Object.assign(this.regs, { count: 1, lba0: 1, lba1: 0, lba2: 0, status: STATUS_DRDY | STATUS_DSC });
  }

  protected resetSettings(isPowerOn: boolean): void {
    this.#multiple = MAX_MULTIPLE;
    this.#writeCache = true;
    if (!isPowerOn) return;
    this.#heads = this.#geometry.heads;
    this.#sectors = this.#geometry.sectors;
    this.#multiword = -1;
    this.#ultra = 5;
    this.#scratch.fill(0);
  }

  protected interrupts(): boolean {
    return false;
  }

  protected run(command: number): void {
    const transfer = TRANSFERS.get(command);
    if (transfer !== undefined) this.#startTransfer(transfer);
    else if (command >= 0x10 && command < 0x20)
      this.complete(); // RECALIBRATE
    else if (command >= 0x70 && command < 0x80) this.#check(false);
    else this.#runOther(command);
  }

  #runOther(command: number): void {
    const regs = this.regs;
    switch (command) {
      case 0x40: // READ VERIFY SECTORS
      case 0x41:
        this.#check(false);
        break;
      case 0x42: // READ VERIFY SECTORS EXT
        this.#check(true);
        break;
      case 0x91:
        this.#initializeParameters();
        break;
      case 0xc6:
        this.#setMultiple();
        break;
      case 0x2f:
        this.#readLog();
        break;
      case 0xec:
        this.#sendSector(this.#identify());
        break;
      case CMD_READ_BUFFER:
        this.#sendSector(this.#scratch.slice());
        break;
      case CMD_WRITE_BUFFER:
        this.setBuffer(new Uint8Array(SECTOR));
        this.openBlock('pioOut', SECTOR);
        break;
      case 0xe5: // CHECK POWER MODE: active or idle
      case 0x98:
        regs.count = 0xff;
        this.complete();
        break;
      case 0xe0: // STANDBY IMMEDIATE
      case 0x94:
      case 0xe1: // IDLE IMMEDIATE
      case 0x95:
      case 0xe2: // STANDBY
      case 0x96:
      case 0xe3: // IDLE
      case 0x97:
      case 0xe6: // SLEEP
      case 0x99:
        this.complete();
        break;
      case 0xe7: // FLUSH CACHE
      case 0xea: // FLUSH CACHE EXT
        this.#flush();
        break;
      case 0xef:
        this.#setFeatures();
        break;
      case 0xf8: // READ NATIVE MAX ADDRESS
        this.#putAddress(Math.min(this.#sectorCount, 0x1000_0000) - 1, false);
        this.complete();
        break;
      case 0x27: // READ NATIVE MAX ADDRESS EXT
        this.#putAddress(this.#sectorCount - 1, true);
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }

  #identify(): Uint8Array {
    return identifyDisk(this.identity, {
      sectorCount: this.#sectorCount,
      geometry: this.#geometry,
      heads: this.#heads,
      sectors: this.#sectors,
      multiple: this.#multiple,
      dma: { multiword: this.#multiword, ultra: this.#ultra },
      writeCache: this.#writeCache,
      isSlave: (this.regs.device & DEVICE_DEV) !== 0,
      isSerial: this.readQueueErrorLog !== undefined,
    });
  }

  /** READ LOG EXT: the directory (page 0) and the error of queued commands (page 10h). */
  #readLog(): void {
    const { lba0, count, previousCount } = this.regs;
    const log = this.readQueueErrorLog?.();
    if (log === undefined || count !== 1 || previousCount !== 0 || (lba0 !== 0 && lba0 !== QUEUE_ERROR_LOG)) {
      this.fail();
      return;
    }
    const directory = new Uint8Array(SECTOR);
    directory[0] = 1; // version
    directory[2 * QUEUE_ERROR_LOG] = 1; // pages
    this.#sendSector(lba0 === 0 ? directory : log);
  }

  #sendSector(data: Uint8Array): void {
    this.#remaining = 0;
    this.setBuffer(data);
    this.openBlock('pioIn', SECTOR);
    this.raise();
  }

  #startTransfer(transfer: Transfer): void {
    const isExt = transfer.isExt === true;
    const lba = this.#address(isExt);
    const count = this.#count(isExt);
    if (transfer.how === 'multiple' && this.#multiple === 0) {
      this.fail();
      return;
    }
    if (transfer.direction === 'write' && this.port.medium?.isReadOnly === true) {
      this.fail();
      return;
    }
    if (lba === undefined || lba + count > this.#sectorCount) {
      this.fail(ERROR_IDNF);
      return;
    }
    this.#lba = lba;
    this.#remaining = count;
    this.isDma = transfer.how === 'dma';
    if (transfer.direction === 'read') {
      this.#readChunk();
      return;
    }
    this.setBuffer(this.#writeBuffer());
    if (this.isDma) this.openDma('dmaOut');
    else this.openBlock('pioOut', this.#blockBytes());
  }

  #writeBuffer(): Uint8Array {
    return new Uint8Array(Math.min(this.#remaining, CHUNK_SECTORS) * SECTOR);
  }

  #current(): Transfer | undefined {
    return TRANSFERS.get(this.regs.command);
  }

  /** Bytes of a DRQ block. */
  #blockBytes(): number {
    return (this.#current()?.how === 'multiple' ? Math.max(1, this.#multiple) : 1) * SECTOR;
  }

  #readChunk(): void {
    const count = Math.min(this.#remaining, CHUNK_SECTORS);
    this.requestRead(this.#lba * SECTOR, count * SECTOR, (result) => {
      if (!result.ok) {
        this.#failAt(result);
        return;
      }
      this.#lba += count;
      this.#remaining -= count;
      this.setBuffer(result.value);
      if (this.isDma) {
        this.openDma('dmaIn');
        return;
      }
      this.openBlock('pioIn', this.#blockBytes());
      this.raise();
    });
  }

  protected blockRead(): void {
    if (this.position < this.buffer.length) {
      this.openBlock('pioIn', this.#blockBytes());
      this.raise();
    } else if (this.#remaining > 0) this.#readChunk();
    else this.#finish(false);
  }

  protected blockWritten(): void {
    if (this.regs.command === CMD_WRITE_BUFFER) {
      this.#scratch.set(this.buffer);
      this.complete();
    } else if (this.position < this.buffer.length) {
      this.openBlock('pioOut', this.#blockBytes());
      this.raise();
    } else this.#writeChunk();
  }

  protected bufferMoved(): void {
    if (this.mode === 'dmaOut') this.#writeChunk();
    else if (this.#remaining > 0) this.#readChunk();
    else this.#finish(true);
  }

  #writeChunk(): void {
    const count = this.buffer.length / SECTOR;
    this.requestWrite(this.#lba * SECTOR, this.buffer, (result) => {
      if (!result.ok) {
        this.#failAt(result);
        return;
      }
      this.#lba += count;
      this.#remaining -= count;
      if (this.#remaining > 0) {
        this.setBuffer(this.#writeBuffer());
        if (this.isDma) {
          this.openDma('dmaOut');
          return;
        }
        this.openBlock('pioOut', this.#blockBytes());
        this.raise();
      } else if (this.#current()?.isFua || !this.#writeCache) this.#flush();
      else this.#finish(true);
    });
  }

  #flush(): void {
    this.request<undefined>(
      (done) => this.port.flush(done),
      (result) => {
        if (result.ok) this.#finish(true);
        else this.fail();
      },
    );
  }

  /** PIO data-in ends without an interrupt; everything else with one. The registers hold the last sector. */
  #finish(interrupts: boolean): void {
    const transfer = this.#current();
    if (transfer !== undefined) {
      this.#putAddress(this.#lba - 1, transfer.isExt === true);
      this.regs.count = 0;
      this.regs.previousCount = 0;
    }
    if (interrupts) {
      this.complete();
      return;
    }
    this.abandon();
    this.regs.status = STATUS_DRDY | STATUS_DSC;
  }

  #failAt(result: BlockResult<unknown> & { ok: false }): void {
    const transfer = this.#current();
    this.#putAddress(this.#lba, transfer?.isExt === true);
    this.fail(transfer?.direction === 'read' && result.error === 'medium' ? ERROR_UNC : ERROR_ABRT);
  }

  #check(isExt: boolean): void {
    const lba = this.#address(isExt);
    const count = this.regs.command < 0x70 ? this.#count(isExt) : 1;
    if (lba === undefined || lba + count > this.#sectorCount) this.fail(ERROR_IDNF);
    else this.complete();
  }

  #count(isExt: boolean): number {
    const { count, previousCount } = this.regs;
    return isExt ? (previousCount << 8) | count || 0x10000 : count || 0x100;
  }

  /** undefined: no such sector. */
  #address(isExt: boolean): number | undefined {
    const regs = this.regs;
    const low = (regs.lba2 << 16) | (regs.lba1 << 8) | regs.lba0;
    if ((regs.device & DEVICE_LBA) !== 0) {
      if (!isExt) return (regs.device & 15) * 0x100_0000 + low;
      return ((regs.previousLba2 << 16) | (regs.previousLba1 << 8) | regs.previousLba0) * 0x100_0000 + low;
    }
    const head = regs.device & 15;
    const sector = regs.lba0;
    if (isExt || sector === 0 || sector > this.#sectors || head >= this.#heads) return undefined;
    return (((regs.lba2 << 8) | regs.lba1) * this.#heads + head) * this.#sectors + sector - 1;
  }

  #putAddress(lba: number, isExt: boolean): void {
    const regs = this.regs;
    if (isExt) {
      const high = Math.floor(lba / 0x100_0000);
      regs.previousLba0 = high & 0xff;
      regs.previousLba1 = (high >>> 8) & 0xff;
      regs.previousLba2 = (high >>> 16) & 0xff;
    } else if ((regs.device & DEVICE_LBA) !== 0) {
      regs.device = (regs.device & 0xf0) | (Math.floor(lba / 0x100_0000) & 15);
    } else {
      const track = Math.floor(lba / this.#sectors);
      const cylinder = Math.floor(track / this.#heads);
      regs.device = (regs.device & 0xf0) | (track % this.#heads);
      regs.lba0 = (lba % this.#sectors) + 1;
      regs.lba1 = cylinder & 0xff;
      regs.lba2 = (cylinder >>> 8) & 0xff;
      return;
    }
    regs.lba0 = lba % 256;
    regs.lba1 = Math.floor(lba / 0x100) & 0xff;
    regs.lba2 = Math.floor(lba / 0x10000) & 0xff;
  }

  #initializeParameters(): void {
    const sectors = this.regs.count;
    if (sectors === 0) {
      this.fail();
      return;
    }
    this.#sectors = sectors;
    this.#heads = (this.regs.device & 15) + 1;
    this.complete();
  }

  #setMultiple(): void {
    const count = this.regs.count;
    if (count > MAX_MULTIPLE || (count & (count - 1)) !== 0) {
      this.fail();
      return;
    }
    this.#multiple = count;
    this.complete();
  }

  #setFeatures(): void {
    switch (this.regs.feature) {
      case 0x02: // write cache on
        this.#writeCache = true;
        this.complete();
        break;
      case 0x82: // write cache off
        this.#writeCache = false;
        this.#flush();
        break;
      case 0x03:
        this.#setTransferMode(this.regs.count);
        break;
      case 0x05: // advanced power management
      case 0x85:
      case 0x42: // acoustic management
      case 0xc2:
      case 0x55: // read look-ahead
      case 0xaa:
      case 0x66: // keep settings over a soft reset
      case 0xcc:
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }

  #setTransferMode(value: number): void {
    const modes = decodeTransferMode(value);
    if (modes === undefined) {
      this.fail();
      return;
    }
    if (modes !== 'pio') {
      this.#multiword = modes.multiword;
      this.#ultra = modes.ultra;
    }
    this.complete();
  }
}

/** SET FEATURES, subcommand 03 (ATA/ATAPI-6, table 44); undefined for a mode we do not have. */
export function decodeTransferMode(value: number): 'pio' | { multiword: number; ultra: number } | undefined {
  const mode = value & 7;
  if (value < 2) return 'pio';
  if (value >> 3 === 1 && mode <= 4) return 'pio';
  if (value >> 3 === 4 && mode <= 2) return { multiword: mode, ultra: -1 };
  if (value >> 3 === 8 && mode <= 5) return { multiword: -1, ultra: mode };
  return undefined;
}
