/** IDENTIFY DEVICE and IDENTIFY PACKET DEVICE data (ATA/ATAPI-6, 8.15 and 8.16). */
import type { Geometry } from '../../machine/disk-geometry';

export interface DriveIdentity {
  /** 40 characters at most. */
  readonly model: string;
  /** 20 characters at most. */
  readonly serial: string;
  /** 8 characters at most. */
  readonly firmware: string;
}

export interface DiskSettings {
  readonly sectorCount: number;
  readonly geometry: Geometry;
  /** Set by INITIALIZE DEVICE PARAMETERS. */
  readonly heads: number;
  readonly sectors: number;
  /** 0: READ MULTIPLE is off. */
  readonly multiple: number;
  readonly dma: DmaModes;
  readonly writeCache: boolean;
  readonly isSlave: boolean;
  readonly isSerial: boolean;
}

/** The transfer mode chosen by SET FEATURES; -1 none. */
export interface DmaModes {
  readonly multiword: number;
  readonly ultra: number;
}

export const MAX_MULTIPLE = 16;

export function identifyDisk(identity: DriveIdentity, disk: DiskSettings): Uint8Array {
  const words = new Uint16Array(256);
  const { geometry, heads, sectors, sectorCount } = disk;
  const cylinders = Math.min(65535, Math.floor(sectorCount / (heads * sectors)));
  const chsSectors = Math.min(sectorCount, cylinders * heads * sectors);
  words[0] = 0x0040;
  words[1] = geometry.cylinders;
  words[3] = geometry.heads;
  words[4] = 512 * geometry.sectors;
  words[5] = 512;
  words[6] = geometry.sectors;
  words[20] = 3;
  words[21] = 512;
  words[22] = 4;
  putString(words, 10, 10, identity.serial);
  putString(words, 23, 4, identity.firmware);
  putString(words, 27, 20, identity.model);
  words[47] = 0x8000 | MAX_MULTIPLE;
  words[48] = 1;
  words[49] = 0x0f00;
  words[50] = 0x4000;
  words[51] = 0x0200;
  words[52] = 0x0200;
  words[53] = 7;
  words[54] = cylinders;
  words[55] = heads;
  words[56] = sectors;
  put32(words, 57, chsSectors);
  if (disk.multiple > 0) words[59] = 0x0100 | disk.multiple;
  put32(words, 60, Math.min(sectorCount, 0x0fff_ffff));
  putModes(words, disk.dma);
  words[80] = 0x00f0;
  words[81] = 0x0016;
  // 82-84: write cache, NOP, READ and WRITE BUFFER, power management; FLUSH CACHE (EXT), 48-bit addresses.
  words[82] = 0x7028;
  words[83] = 0x7400;
  words[84] = 0x4000;
  words[85] = 0x7008 | (disk.writeCache ? 0x20 : 0);
  words[86] = 0x3400;
  words[87] = 0x4000;
  if (disk.isSerial) putSerialAta(words, true);
  else words[93] = disk.isSlave ? 0x4a01 : 0x600b;
  put32(words, 100, sectorCount % 0x1_0000_0000);
  put32(words, 102, Math.floor(sectorCount / 0x1_0000_0000));
  return withChecksum(words);
}

export function identifyCdrom(identity: DriveIdentity, dma: DmaModes, isSlave: boolean, isSerial: boolean): Uint8Array {
  const words = new Uint16Array(256);
  // ATAPI, CD-ROM, removable, DRQ within 50 us of PACKET, 12-byte packets.
  words[0] = 0x85c0;
  putString(words, 10, 10, identity.serial);
  words[20] = 3;
  words[21] = 512;
  words[22] = 4;
  putString(words, 23, 4, identity.firmware);
  putString(words, 27, 20, identity.model);
  words[48] = 1;
  words[49] = 0x0f00;
  words[50] = 0x4000;
  words[53] = 7;
  putModes(words, dma);
  words[71] = 30;
  words[72] = 30;
  words[80] = 0x007e;
  words[81] = 0x0018;
  // 82-84: NOP, DEVICE RESET, PACKET, power management.
  words[82] = 0x4218;
  words[83] = 0x4000;
  words[84] = 0x4000;
  words[85] = 0x4218;
  words[87] = 0x4000;
  if (isSerial) putSerialAta(words, false);
  else words[93] = isSlave ? 0x4a01 : 0x600b;
  return withChecksum(words);
}

/** Multiword DMA 0-2, PIO 3-4, Ultra DMA 0-5; the high bytes say which mode is chosen. */
function putModes(words: Uint16Array, dma: DmaModes): void {
  words[62] = 0;
  words[63] = 0x0007 | (dma.multiword >= 0 ? 0x100 << dma.multiword : 0);
  words[64] = 0x0003;
  for (let i = 65; i <= 68; i++) words[i] = 120;
  words[88] = 0x003f | (dma.ultra >= 0 ? 0x100 << dma.ultra : 0);
}

/** Serial ATA 3.0, 13.2.1: generations 1 and 2, and queued commands; no cable to test (word 93 stays 0). */
function putSerialAta(words: Uint16Array, hasQueue: boolean): void {
  words[76] = 0x0006 | (hasQueue ? 0x0100 : 0);
  words[80]! |= 0x0020;
  if (!hasQueue) return;
  words[75] = 31;
  // General purpose logging: the queued error log is read by READ LOG EXT.
  words[84]! |= 0x0020;
  words[87]! |= 0x0020;
}

function put32(words: Uint16Array, at: number, value: number): void {
  words[at] = value & 0xffff;
  words[at + 1] = (value >>> 16) & 0xffff;
}

/** ASCII, padded with blanks, the first character in the high byte. */
function putString(words: Uint16Array, at: number, length: number, text: string): void {
  const padded = text.slice(0, 2 * length).padEnd(2 * length, ' ');
  const code = (i: number): number => {
    const value = padded.charCodeAt(i);
    return value >= 0x20 && value < 0x7f ? value : 0x3f;
  };
  for (let i = 0; i < length; i++) words[at + i] = (code(2 * i) << 8) | code(2 * i + 1);
}

/** Word 255: signature A5 and the byte that makes the sum of all 512 zero. */
function withChecksum(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(512);
  for (let i = 0; i < 256; i++) {
    bytes[2 * i] = words[i]! & 0xff;
    bytes[2 * i + 1] = words[i]! >>> 8;
  }
  bytes[510] = 0xa5;
  let sum = 0;
  for (let i = 0; i < 511; i++) sum += bytes[i]!;
  bytes[511] = -sum & 0xff;
  return bytes;
}
