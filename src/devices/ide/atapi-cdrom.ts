/**
 * An ATAPI CD/DVD drive (ATA/ATAPI-6, 9.8 and 9.9; MMC-3, T10 1363-D; SFF-8020i): packets by PIO and DMA, data discs of
 * one track. Audio play, writing and region codes are left out.
 */
import type { BlockPort } from '../../machine/block-port';
import { isRecord, isUint } from '../../machine/saved-state';
import { decodeTransferMode } from './ata-disk';
import { type DriveIdentity, identifyCdrom } from './ata-identify';
import {
  BLOCK,
  concat,
  configuration,
  discInformation,
  dvdPhysicalFormat,
  fromMsf,
  fullToc,
  get16,
  get24,
  get32,
  inquiry,
  mediaEvent,
  modePages,
  noEvent,
  PROFILE_DVD_ROM,
  profileOf,
  put32,
  RAW_BLOCK,
  rawBlock,
  senseData,
  sessionInfo,
  tableOfContents,
  trackInformation,
  withModeHeader,
} from './atapi-data';
import { type DriveState, IdeDrive, isDriveState } from './drive';
import { CHUNK, DEVICE_DEV, ERROR_ABRT, REASON_COD, REASON_IO, STATUS_DRDY, STATUS_DSC, STATUS_ERR } from './registers';

const PACKET_LENGTH = 12;
const CHUNK_BLOCKS = CHUNK / BLOCK;
/** The most MODE SELECT data worth taking. */
const PARAMETER_LIMIT = 0x1000;

const CMD_DEVICE_RESET = 0x08;
const CMD_PACKET = 0xa0;

type Sense = readonly [key: number, asc: number, ascq: number];
const NO_SENSE: Sense = [0, 0, 0];
const NO_MEDIUM: Sense = [2, 0x3a, 0];
const READ_ERROR: Sense = [3, 0x11, 0];
const BAD_OPCODE: Sense = [5, 0x20, 0];
const OUT_OF_RANGE: Sense = [5, 0x21, 0];
const BAD_FIELD: Sense = [5, 0x24, 0];
const SAVING_UNSUPPORTED: Sense = [5, 0x39, 0];
const REMOVAL_PREVENTED: Sense = [5, 0x53, 2];
const NO_AUDIO: Sense = [5, 0x64, 0];
const MEDIUM_CHANGED: Sense = [6, 0x28, 0];

const EVENT_EJECT_REQUEST = 1;
const EVENT_NEW_MEDIA = 2;
const EVENT_REMOVAL = 3;

/** Commands that go through though a unit attention waits (SPC-2, 5.6; MMC-3, 6.6 and 6.7). */
const IGNORES_ATTENTION = new Set([0x03, 0x12, 0x46, 0x4a]);
const NEEDS_MEDIUM = new Set([
  0x00, 0x25, 0x28, 0x2b, 0x2f, 0x42, 0x43, 0x44, 0x45, 0x47, 0x51, 0x52, 0xa8, 0xad, 0xb9, 0xbe,
]);

/** What happens after the packet's DRQ block. */
type Phase = 'idle' | 'packet' | 'reply' | 'read' | 'parameters';
const PHASES: readonly string[] = ['idle', 'packet', 'reply', 'read', 'parameters'] satisfies Phase[];

export interface AtapiCdromState {
  readonly drive: DriveState;
  readonly phase: Phase;
  readonly byteLimit: number;
  readonly block: number;
  readonly remaining: number;
  readonly blockSize: number;
  readonly sense: readonly number[];
  readonly attention: boolean;
  readonly events: readonly number[];
  readonly locked: boolean;
  readonly multiword: number;
  readonly ultra: number;
}

export function isAtapiCdromState(value: unknown): value is AtapiCdromState {
  const isMode = (mode: unknown): boolean =>
    typeof mode === 'number' && Number.isInteger(mode) && mode >= -1 && mode <= 7;
  return (
    isRecord(value) &&
    isDriveState(value.drive) &&
    typeof value.phase === 'string' &&
    PHASES.includes(value.phase) &&
    isUint(value.byteLimit, 0x10000) &&
    isUint(value.block) &&
    isUint(value.remaining) &&
    (value.blockSize === BLOCK || value.blockSize === RAW_BLOCK) &&
    Array.isArray(value.sense) &&
    value.sense.length === 3 &&
    value.sense.every((byte) => isUint(byte, 0xff)) &&
    typeof value.attention === 'boolean' &&
    Array.isArray(value.events) &&
    value.events.length <= 4 &&
    value.events.every((event) => isUint(event, 15)) &&
    typeof value.locked === 'boolean' &&
    isMode(value.multiword) &&
    isMode(value.ultra)
  );
}

export class AtapiCdrom extends IdeDrive {
  #phase: Phase = 'idle';
  /** The guest's byte count limit for a DRQ block. */
  #byteLimit = 0;
  #block = 0;
  /** Blocks that the host has not yet read. */
  #remaining = 0;
  #blockSize = BLOCK;
  /** The medium that the current command reads. */
  #generation = 0;
  #sense: Sense = NO_SENSE;
  #attention = false;
  #events: number[] = [];
  #locked = false;
  #multiword = -1;
  #ultra = 5;
  #hadMedium: boolean;

  constructor(
    port: BlockPort,
    private readonly identity: DriveIdentity,
    private readonly isSerial = false,
  ) {
    super(port);
    this.#hadMedium = port.medium !== undefined;
    port.onMediumChange = () => this.#mediumChanged();
    this.powerOn();
  }

  /** After PACKET: the command packet is to be written to the data register. */
  get isWaitingForPacket(): boolean {
    return this.#phase === 'packet' && this.mode === 'pioOut';
  }

  get packetBytes(): number {
    return PACKET_LENGTH;
  }

  saveState(): AtapiCdromState {
    return {
      drive: this.saveDrive(),
      phase: this.#phase,
      byteLimit: this.#byteLimit,
      block: this.#block,
      remaining: this.#remaining,
      blockSize: this.#blockSize,
      sense: [...this.#sense],
      attention: this.#attention,
      events: [...this.#events],
      locked: this.#locked,
      multiword: this.#multiword,
      ultra: this.#ultra,
    };
  }

  restoreState(state: AtapiCdromState): void {
    this.restoreDrive(state.drive);
    this.#phase = state.phase;
    this.#byteLimit = state.byteLimit;
    this.#block = state.block;
    this.#remaining = state.remaining;
    this.#blockSize = state.blockSize;
    // Generations count within one process; the restored machine has the medium that its configuration names.
    this.#generation = this.port.medium?.generation ?? 0;
    const [key = 0, asc = 0, ascq = 0] = state.sense;
    this.#sense = [key, asc, ascq];
    this.#attention = state.attention;
    this.#events = [...state.events];
    this.#multiword = state.multiword;
    this.#ultra = state.ultra;
    this.#hadMedium = this.port.medium !== undefined;
    this.#setLocked(state.locked);
  }

  /** The user wants the medium while the guest holds the tray: the guest's event polling hears of it. */
  requestEject(): void {
    this.#addEvent(EVENT_EJECT_REQUEST);
  }

  protected setSignature(): void {
    this.#phase = 'idle';
    this.#putSignature();
    this.regs.status = 0;
  }

  protected resetSettings(isPowerOn: boolean): void {
    if (!isPowerOn) return;
    this.#sense = NO_SENSE;
    this.#attention = false;
    this.#events = [];
    this.#multiword = -1;
    this.#ultra = 5;
    this.#setLocked(false);
  }

  protected interrupts(command: number): boolean {
    return command === CMD_DEVICE_RESET;
  }

  protected run(command: number): void {
    const regs = this.regs;
    this.#phase = 'idle';
    switch (command) {
      case CMD_PACKET:
        this.#startPacket();
        break;
      case CMD_DEVICE_RESET:
        regs.device &= DEVICE_DEV;
        regs.error = 1;
        this.setSignature();
        break;
      case 0xa1: // IDENTIFY PACKET DEVICE
        this.#sendIdentity();
        break;
      case 0xec: // IDENTIFY DEVICE and READ SECTORS: the aborted command leaves the signature (9.2, 8.27)
      case 0x20:
        this.#putSignature();
        this.fail();
        break;
      case 0xef:
        this.#setFeatures();
        break;
      case 0xe5:
      case 0x98:
        regs.count = 0xff;
        this.complete();
        break;
      case 0xe0:
      case 0xe1:
      case 0xe2:
      case 0xe3:
      case 0xe6:
      case 0x94:
      case 0x95:
      case 0x96:
      case 0x97:
      case 0x99:
      case 0xe7:
        this.complete();
        break;
      default:
        this.fail();
        break;
    }
  }

  #putSignature(): void {
    Object.assign(this.regs, { count: 1, lba0: 1, lba1: 0x14, lba2: 0xeb });
  }

  #sendIdentity(): void {
    const modes = { multiword: this.#multiword, ultra: this.#ultra };
    const isSlave = (this.regs.device & DEVICE_DEV) !== 0;
    this.setBuffer(identifyCdrom(this.identity, modes, isSlave, this.isSerial));
    this.openBlock('pioIn', this.buffer.length);
    this.raise();
  }

  #setFeatures(): void {
    if (this.regs.feature !== 0x03) {
      this.complete();
      return;
    }
    const modes = decodeTransferMode(this.regs.count);
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

  /** Feature bit 1 (overlap) is refused. No interrupt before the packet, as word 0 of the identity says. */
  #startPacket(): void {
    const regs = this.regs;
    if ((regs.feature & 2) !== 0) {
      this.fail();
      return;
    }
    this.isDma = (regs.feature & 1) !== 0;
    this.#byteLimit = regs.lba1 | (regs.lba2 << 8);
    this.#phase = 'packet';
    regs.count = REASON_COD;
    this.setBuffer(new Uint8Array(PACKET_LENGTH));
    this.openBlock('pioOut', PACKET_LENGTH);
  }

  protected blockWritten(): void {
    if (this.#phase === 'packet') {
      const packet = this.buffer;
      this.mode = 'none';
      this.#phase = 'idle';
      this.#runPacket(packet);
    } else if (this.position < this.buffer.length) {
      this.#openDataBlock('pioOut');
    } else this.#done();
  }

  protected blockRead(): void {
    if (this.#phase === 'idle') {
      // IDENTIFY PACKET DEVICE: no interrupt after the last block of PIO data-in.
      this.abandon();
      this.regs.status = STATUS_DRDY | STATUS_DSC;
    } else if (this.position < this.buffer.length) this.#openDataBlock('pioIn');
    else if (this.#phase === 'read' && this.#remaining > 0) this.#readChunk();
    else this.#done();
  }

  protected bufferMoved(): void {
    if (this.#phase === 'read' && this.#remaining > 0) this.#readChunk();
    else this.#done();
  }

  /** Offers or asks for a DRQ block no larger than the limit; all but the last are even (9.8.3). */
  #openDataBlock(mode: 'pioIn' | 'pioOut'): void {
    const left = this.buffer.length - this.position;
    const limit = this.#byteLimit === 0xffff ? 0xfffe : this.#byteLimit;
    const length = left <= limit ? left : Math.max(2, limit & ~1);
    const regs = this.regs;
    regs.lba1 = length & 0xff;
    regs.lba2 = length >>> 8;
    regs.count = mode === 'pioIn' ? REASON_IO : 0;
    this.openBlock(mode, length);
    this.raise();
  }

  #done(): void {
    this.#phase = 'idle';
    this.#sense = NO_SENSE;
    this.regs.count = REASON_COD | REASON_IO;
    this.complete();
  }

  #check(sense: Sense): void {
    this.#phase = 'idle';
    this.#sense = sense;
    this.regs.count = REASON_COD | REASON_IO;
    this.regs.error = (sense[0] << 4) | (sense[0] === 5 ? ERROR_ABRT : 0);
    this.complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR);
  }

  /** Sends at most `allocation` bytes. */
  #reply(bytes: Uint8Array, allocation = bytes.length): void {
    const data = bytes.subarray(0, Math.min(bytes.length, allocation));
    if (data.length === 0) {
      this.#done();
      return;
    }
    if (!this.#acceptsData()) return;
    this.#phase = 'reply';
    this.setBuffer(data.slice());
    if (this.isDma) this.openDma('dmaIn');
    else this.#openDataBlock('pioIn');
  }

  /** A PIO data command with a limit of 0 is aborted (9.8.3). */
  #acceptsData(): boolean {
    if (this.isDma || this.#byteLimit !== 0) return true;
    this.#check(BAD_FIELD);
    return false;
  }

  get #blocks(): number {
    return Math.min(0xffffffff, Math.ceil((this.port.medium?.sizeBytes ?? 0) / BLOCK));
  }

  #runPacket(packet: Uint8Array): void {
    const opcode = packet[0]!;
    if (this.#attention && !IGNORES_ATTENTION.has(opcode)) {
      this.#attention = false;
      this.#check(MEDIUM_CHANGED);
      return;
    }
    if (NEEDS_MEDIUM.has(opcode) && this.#blocks === 0) {
      this.#check(NO_MEDIUM);
      return;
    }
    switch (opcode) {
      case 0x28: // READ (10)
        this.#startRead(get32(packet, 2), get16(packet, 7), BLOCK);
        break;
      case 0xa8: // READ (12)
        this.#startRead(get32(packet, 2), get32(packet, 6), BLOCK);
        break;
      case 0xbe: // READ CD
        this.#readCd(get32(packet, 2), get24(packet, 6), packet[9]!, packet[10]!);
        break;
      case 0xb9: {
        // READ CD MSF
        const first = fromMsf(packet[3]!, packet[4]!, packet[5]!);
        const end = fromMsf(packet[6]!, packet[7]!, packet[8]!);
        if (first < 0 || end < first) this.#check(BAD_FIELD);
        else this.#readCd(first, end - first, packet[9]!, packet[10]!);
        break;
      }
      case 0x00: // TEST UNIT READY
      case 0x2f: // VERIFY (10)
      case 0x35: // SYNCHRONIZE CACHE
      case 0x4e: // STOP PLAY/SCAN
      case 0xa7: // SET READ AHEAD
      case 0xb6: // SET STREAMING
      case 0xbb: // SET CD SPEED
        this.#done();
        break;
      case 0x2b: // SEEK (10)
        if (get32(packet, 2) >= this.#blocks) this.#check(OUT_OF_RANGE);
        else this.#done();
        break;
      case 0x45: // PLAY AUDIO (10), MSF
      case 0x47:
        this.#check(NO_AUDIO);
        break;
      default:
        this.#runInquiry(opcode, packet);
        break;
    }
  }

  /** The commands that ask or set something. */
  #runInquiry(opcode: number, packet: Uint8Array): void {
    switch (opcode) {
      case 0x03: // REQUEST SENSE
        this.#requestSense(packet[4]!);
        break;
      case 0x12: // INQUIRY
        if ((packet[1]! & 3) !== 0 || packet[2] !== 0) this.#check(BAD_FIELD);
        else this.#reply(inquiry(this.identity), packet[4]!);
        break;
      case 0x15: // MODE SELECT (6), (10)
        this.#takeParameters(packet[4]!);
        break;
      case 0x55:
        this.#takeParameters(get16(packet, 7));
        break;
      case 0x1a: // MODE SENSE (6), (10)
        this.#modeSense(packet[2]!, packet[4]!, true);
        break;
      case 0x5a:
        this.#modeSense(packet[2]!, get16(packet, 7), false);
        break;
      case 0x1b: // START STOP UNIT
        this.#startStop(packet[4]!);
        break;
      case 0x1e: // PREVENT ALLOW MEDIUM REMOVAL
        this.#setLocked((packet[4]! & 1) !== 0);
        this.#done();
        break;
      case 0x23: // READ FORMAT CAPACITIES
        this.#reply(this.#formatCapacities(), get16(packet, 7));
        break;
      case 0x25: {
        // READ CAPACITY
        const capacity = new Uint8Array(8);
        put32(capacity, 0, this.#blocks - 1);
        put32(capacity, 4, BLOCK);
        this.#reply(capacity);
        break;
      }
      case 0x42: // READ SUB-CHANNEL
        this.#readSubChannel(packet);
        break;
      case 0x43: // READ TOC/PMA/ATIP
        this.#readToc(packet);
        break;
      case 0x44: {
        // READ HEADER: mode 1 at the address asked for
        const header = new Uint8Array(8);
        header[0] = 1;
        header.set(packet.subarray(2, 6), 4);
        this.#reply(header, get16(packet, 7));
        break;
      }
      case 0x46: // GET CONFIGURATION
        this.#reply(configuration(this.#blocks, get16(packet, 2), packet[1]! & 3), get16(packet, 7));
        break;
      case 0x4a: // GET EVENT STATUS NOTIFICATION
        this.#eventStatus(packet);
        break;
      case 0x51: // READ DISC INFORMATION
        if ((packet[1]! & 7) !== 0) this.#check(BAD_FIELD);
        else this.#reply(discInformation(), get16(packet, 7));
        break;
      case 0x52: // READ TRACK INFORMATION
        this.#reply(trackInformation(this.#blocks), get16(packet, 7));
        break;
      case 0xad: // READ DVD STRUCTURE
        if (profileOf(this.#blocks) !== PROFILE_DVD_ROM) this.#check([5, 0x30, 2]);
        else if (packet[7] !== 0 || packet[6] !== 0) this.#check(BAD_FIELD);
        else this.#reply(dvdPhysicalFormat(this.#blocks), get16(packet, 8));
        break;
      case 0xbd: // MECHANISM STATUS
        this.#reply(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), get16(packet, 8));
        break;
      default:
        this.#check(BAD_OPCODE);
        break;
    }
  }

  #startRead(block: number, count: number, blockSize: number): void {
    if (block + count > this.#blocks) {
      this.#check(OUT_OF_RANGE);
      return;
    }
    if (count === 0) {
      this.#done();
      return;
    }
    if (!this.#acceptsData()) return;
    this.#block = block;
    this.#remaining = count;
    this.#blockSize = blockSize;
    this.#generation = this.port.medium?.generation ?? 0;
    this.#phase = 'read';
    this.#readChunk();
  }

  #readChunk(): void {
    const { medium } = this.port;
    if (medium === undefined || medium.generation !== this.#generation) {
      this.#attention = false;
      this.#check(medium === undefined ? NO_MEDIUM : MEDIUM_CHANGED);
      return;
    }
    const count = Math.min(this.#remaining, CHUNK_BLOCKS);
    this.requestRead(this.#block * BLOCK, count * BLOCK, (result) => {
      if (!result.ok) {
        this.#check(result.error === 'noMedium' ? NO_MEDIUM : READ_ERROR);
        return;
      }
      this.setBuffer(this.#blockSize === RAW_BLOCK ? toRaw(result.value, this.#block) : result.value);
      this.#block += count;
      this.#remaining -= count;
      if (this.isDma) this.openDma('dmaIn');
      else this.#openDataBlock('pioIn');
    });
  }

  /** Whole raw blocks or their user data; other selections of fields and sub-channels are refused. */
  #readCd(block: number, count: number, fields: number, subChannel: number): void {
    if ((subChannel & 7) !== 0) {
      this.#check(BAD_FIELD);
      return;
    }
    switch (fields & 0xf8) {
      case 0x00:
        this.#done();
        break;
      case 0x10:
        this.#startRead(block, count, BLOCK);
        break;
      case 0xf8:
        this.#startRead(block, count, RAW_BLOCK);
        break;
      default:
        this.#check(BAD_FIELD);
        break;
    }
  }

  #requestSense(allocation: number): void {
    const sense = this.#attention && this.#sense[0] === 0 ? MEDIUM_CHANGED : this.#sense;
    if (sense === MEDIUM_CHANGED) this.#attention = false;
    this.#reply(senseData(...sense), allocation);
  }

  #modeSense(pageByte: number, allocation: number, isShort: boolean): void {
    if (pageByte >> 6 === 3) {
      this.#check(SAVING_UNSUPPORTED);
      return;
    }
    const pages = modePages(pageByte & 0x3f, this.#locked);
    if (pages === undefined) {
      this.#check(BAD_FIELD);
      return;
    }
    // Changeable values: none.
    if (pageByte >> 6 === 1) clearPages(pages);
    this.#reply(withModeHeader(pages, this.#blocks, isShort), allocation);
  }

  /** Parameters are read and, as no page has a changeable field, forgotten. */
  #takeParameters(length: number): void {
    if (length === 0) {
      this.#done();
      return;
    }
    if (length > PARAMETER_LIMIT) {
      this.#check([5, 0x1a, 0]);
      return;
    }
    if (!this.#acceptsData()) return;
    this.#phase = 'parameters';
    this.setBuffer(new Uint8Array(length));
    if (this.isDma) this.openDma('dmaOut');
    else this.#openDataBlock('pioOut');
  }

  #startStop(flags: number): void {
    const isEject = (flags & 3) === 2;
    if (isEject && this.#locked) {
      this.#check(REMOVAL_PREVENTED);
      return;
    }
    this.#done();
    if (isEject && this.port.medium !== undefined) this.port.eject();
  }

  #formatCapacities(): Uint8Array {
    const bytes = new Uint8Array(12);
    bytes[3] = 8;
    put32(bytes, 4, this.#blocks);
    // Formatted medium, or none.
    bytes[8] = this.#blocks > 0 ? 2 : 3;
    bytes[10] = BLOCK >> 8;
    return bytes;
  }

  #readSubChannel(packet: Uint8Array): void {
    const format = packet[3]!;
    const allocation = get16(packet, 7);
    if ((packet[2]! & 0x40) === 0) {
      this.#reply(Uint8Array.of(0, 0x15, 0, 0), allocation);
      return;
    }
    if (format < 1 || format > 3) {
      this.#check(BAD_FIELD);
      return;
    }
    // Audio status 15: nothing to report. Position: start of track 1; no catalogue number or ISRC.
    const length = format === 1 ? 12 : 20;
    const bytes = new Uint8Array(4 + length);
    bytes.set([0, 0x15, 0, length, format, 0x14, 1, 1]);
    if (format === 1 && (packet[1]! & 2) !== 0) bytes.set([0, 0, 2, 0], 8);
    this.#reply(bytes, allocation);
  }

  /** SFF-8020i has the format in the top bits of byte 9, MMC in byte 2. */
  #readToc(packet: Uint8Array): void {
    const isMsf = (packet[1]! & 2) !== 0;
    const format = packet[2]! & 15 || packet[9]! >> 6;
    const allocation = get16(packet, 7);
    const toc =
      format === 0
        ? tableOfContents(this.#blocks, isMsf, packet[6]!)
        : format === 1
          ? sessionInfo(isMsf)
          : format === 2
            ? fullToc(this.#blocks)
            : undefined;
    if (toc === undefined) this.#check(BAD_FIELD);
    else this.#reply(toc, allocation);
  }

  /** Only the polled form exists. */
  #eventStatus(packet: Uint8Array): void {
    if ((packet[1]! & 1) === 0) {
      this.#check(BAD_FIELD);
      return;
    }
    const allocation = get16(packet, 7);
    const wantsMedia = (packet[4]! & 0x10) !== 0;
    if (!wantsMedia) {
      this.#reply(noEvent(), allocation);
      return;
    }
    const event = allocation > 4 ? this.#events.shift() : undefined;
    this.#reply(mediaEvent(event ?? 0, this.port.medium !== undefined), allocation);
  }

  #setLocked(locked: boolean): void {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.port.setLocked(locked);
  }

  #mediumChanged(): void {
    const hasMedium = this.port.medium !== undefined;
    if (this.#hadMedium) this.#addEvent(EVENT_REMOVAL);
    if (hasMedium) {
      this.#addEvent(EVENT_NEW_MEDIA);
      this.#attention = true;
    }
    this.#hadMedium = hasMedium;
  }

  #addEvent(event: number): void {
    this.#events.push(event);
    if (this.#events.length > 4) this.#events.shift();
  }
}

function toRaw(data: Uint8Array, first: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 0; i * BLOCK < data.length; i++) {
    blocks.push(rawBlock(first + i, data.subarray(i * BLOCK, (i + 1) * BLOCK)));
  }
  return concat(blocks);
}

/** Zeroes all but each page's code and length. */
function clearPages(pages: Uint8Array): void {
  for (let at = 0; at < pages.length; at += 2 + pages[at + 1]!) pages.fill(0, at + 2, at + 2 + pages[at + 1]!);
}
