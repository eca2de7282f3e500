/** Replies of a CD/DVD drive that depend on nothing but the medium's size (MMC-3, T10 1363-D; SPC-2; SFF-8020i). */
import type { DriveIdentity } from './ata-identify';

export const BLOCK = 2048;
export const RAW_BLOCK = 2352;
/** Blocks of the largest CD (80 minutes); anything larger is a DVD. */
export const CD_BLOCKS = 80 * 60 * 75;
const LEAD_OUT = 0xaa;

export const PROFILE_NONE = 0;
export const PROFILE_CD_ROM = 0x08;
export const PROFILE_DVD_ROM = 0x10;

export function profileOf(blocks: number): number {
  return blocks === 0 ? PROFILE_NONE : blocks > CD_BLOCKS ? PROFILE_DVD_ROM : PROFILE_CD_ROM;
}

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, value >>> 16);
  put16(bytes, at + 2, value);
}

export function get16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function get24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | get16(bytes, at + 1);
}

export function get32(bytes: Uint8Array, at: number): number {
  return get16(bytes, at) * 0x10000 + get16(bytes, at + 2);
}

/** Minute, second, frame; 150 frames lie before block 0. */
export function toMsf(block: number): [minute: number, second: number, frame: number] {
  const frames = block + 150;
  return [Math.floor(frames / 4500) & 0xff, Math.floor(frames / 75) % 60, frames % 75];
}

export function fromMsf(minute: number, second: number, frame: number): number {
  return (minute * 60 + second) * 75 + frame - 150;
}

function putAddress(bytes: Uint8Array, at: number, block: number, isMsf: boolean): void {
  if (isMsf) bytes.set([0, ...toMsf(block)], at);
  else put32(bytes, at, block);
}

export function inquiry(identity: DriveIdentity): Uint8Array {
  const bytes = new Uint8Array(36);
  // CD/DVD device, removable, no SCSI version claimed (ATAPI), response format 2 with ATAPI version 2.
  bytes.set([0x05, 0x80, 0x00, 0x21, 31]);
  putText(bytes, 8, 8, 'SUBZERO');
  putText(bytes, 16, 16, identity.model.replace(/^SUBZERO /, ''));
  putText(bytes, 32, 4, identity.firmware);
  return bytes;
}

function putText(bytes: Uint8Array, at: number, length: number, text: string): void {
  for (let i = 0; i < length; i++) bytes[at + i] = i < text.length ? text.charCodeAt(i) & 0x7f : 0x20;
}

/** Fixed format, current error (SPC-2, 7.23.2). */
export function senseData(key: number, asc: number, ascq: number): Uint8Array {
  const bytes = new Uint8Array(18);
  bytes.set([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq]);
  return bytes;
}

/** READ TOC format 0: one data track and the lead-out. undefined: the track does not exist. */
export function tableOfContents(blocks: number, isMsf: boolean, startTrack: number): Uint8Array | undefined {
  if (startTrack > 1 && startTrack !== LEAD_OUT) return undefined;
  const tracks: [track: number, block: number][] = startTrack <= 1 ? [[1, 0]] : [];
  tracks.push([LEAD_OUT, blocks]);
  const bytes = new Uint8Array(4 + 8 * tracks.length);
  put16(bytes, 0, bytes.length - 2);
  bytes[2] = 1;
  bytes[3] = 1;
  tracks.forEach(([track, block], i) => {
    // Control 4: data track; ADR 1: the sub-channel holds positions.
    bytes.set([0, 0x14, track, 0], 4 + 8 * i);
    putAddress(bytes, 8 + 8 * i, block, isMsf);
  });
  return bytes;
}

/** READ TOC format 1: the only session and its first track. */
export function sessionInfo(isMsf: boolean): Uint8Array {
  const bytes = new Uint8Array(12);
  put16(bytes, 0, 10);
  bytes.set([1, 1, 0, 0x14, 1, 0], 2);
  putAddress(bytes, 8, 0, isMsf);
  return bytes;
}

/** READ TOC format 2: the lead-in's own entries A0, A1, A2 and track 1 (MMC-3, table 241). */
export function fullToc(blocks: number): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * 11);
  put16(bytes, 0, bytes.length - 2);
  bytes[2] = 1;
  bytes[3] = 1;
  const entries: [point: number, address: [number, number, number]][] = [
    [0xa0, [1, 0, 0]],
    [0xa1, [1, 0, 0]],
    [0xa2, toMsf(blocks)],
    [1, toMsf(0)],
  ];
  entries.forEach(([point, address], i) => {
    bytes.set([1, 0x14, 0, point, 0, 0, 0, 0, ...address], 4 + 11 * i);
  });
  return bytes;
}

const PAGE_ERROR_RECOVERY = 0x01;
const PAGE_AUDIO = 0x0e;
const PAGE_CAPABILITIES = 0x2a;
const PAGE_ALL = 0x3f;

/** MODE SENSE pages (MMC-3, 6.3); undefined: no such page. */
export function modePages(page: number, isLocked: boolean): Uint8Array | undefined {
  const pages: Uint8Array[] = [];
  if (page === PAGE_ERROR_RECOVERY || page === PAGE_ALL) pages.push(Uint8Array.of(0x01, 6, 0, 5, 0, 0, 0, 0));
  if (page === PAGE_AUDIO || page === PAGE_ALL) {
    const audio = new Uint8Array(16);
    audio.set([0x0e, 14, 4, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff]);
    pages.push(audio);
  }
  if (page === PAGE_CAPABILITIES || page === PAGE_ALL) {
    const capabilities = new Uint8Array(22);
    // Reads CD-R, CD-RW and DVD-ROM, mode 2 forms, multisession; tray loader that locks and ejects.
    capabilities.set([0x2a, 20, 0x3b, 0, 0x70, 0x60, 0x29 | (isLocked ? 2 : 0), 0]);
    put16(capabilities, 8, 706 * 4);
    put16(capabilities, 10, 2);
    put16(capabilities, 12, 512);
    put16(capabilities, 14, 706 * 4);
    pages.push(capabilities);
  }
  if (pages.length === 0) return undefined;
  return concat(pages);
}

/** The header before the pages: 8 bytes for the 10-byte command, 4 for the 6-byte one; no block descriptors. */
export function withModeHeader(pages: Uint8Array, blocks: number, isShort: boolean): Uint8Array {
  const mediumType = blocks === 0 ? 0x70 : blocks > CD_BLOCKS ? 0x00 : 0x01;
  const header = new Uint8Array(isShort ? 4 : 8);
  if (isShort) header.set([header.length + pages.length - 1, mediumType]);
  else {
    put16(header, 0, header.length + pages.length - 2);
    header[2] = mediumType;
  }
  return concat([header, pages]);
}

const PROFILES = [PROFILE_DVD_ROM, PROFILE_CD_ROM];

/** GET CONFIGURATION (MMC-3, 6.6). `kind` 0: all features from `first`; 1: the current ones; 2: that one alone. */
export function configuration(blocks: number, first: number, kind: number): Uint8Array {
  const profile = profileOf(blocks);
  const isCd = profile === PROFILE_CD_ROM;
  const features: [code: number, isCurrent: boolean, data: number[], version?: number][] = [
    [0x0000, true, PROFILES.flatMap((code) => [0, code, code === profile ? 1 : 0, 0])],
    [0x0001, true, [0, 0, 0, 2, 1, 0, 0, 0], 1],
    [0x0002, true, [1, 0, 0, 0]],
    [0x0003, true, [0x29, 0, 0, 0]],
    [0x0010, blocks > 0, [0, 0, 8, 0, 0, 1, 0, 0]],
    [0x001e, isCd, [0, 0, 0, 0]],
    [0x001f, profile === PROFILE_DVD_ROM, []],
    [0x0100, true, []],
    [0x0105, true, [0, 0, 0, 0]],
  ];
  const header = new Uint8Array(8);
  put16(header, 6, profile);
  const parts = [header];
  for (const [code, isCurrent, data, version = 0] of features) {
    const isWanted = kind === 2 ? code === first : code >= first && (kind !== 1 || isCurrent);
    if (!isWanted) continue;
    const persistent = code === 0 || code === 1 || code === 2 || code === 3 || code === 0x100 || code === 0x105 ? 2 : 0;
    parts.push(
      Uint8Array.of(code >> 8, code & 0xff, (version << 2) | persistent | (isCurrent ? 1 : 0), data.length, ...data),
    );
  }
  const bytes = concat(parts);
  put32(bytes, 0, bytes.length - 4);
  return bytes;
}

/** READ DISC INFORMATION: a complete disc of one session and one track. */
export function discInformation(): Uint8Array {
  const bytes = new Uint8Array(34);
  put16(bytes, 0, 32);
  bytes.set([0x0e, 1, 1, 1, 1, 0x20, 0x00], 2);
  bytes.fill(0xff, 16, 24);
  return bytes;
}

/** READ TRACK INFORMATION for the only track. */
export function trackInformation(blocks: number): Uint8Array {
  const bytes = new Uint8Array(36);
  put16(bytes, 0, 34);
  bytes.set([1, 1, 0, 4, 1], 2);
  put32(bytes, 24, blocks);
  return bytes;
}

/** READ DVD STRUCTURE, format 0: physical format of a single-layer DVD-ROM. */
export function dvdPhysicalFormat(blocks: number): Uint8Array {
  const bytes = new Uint8Array(4 + 2048);
  put16(bytes, 0, bytes.length - 2);
  bytes.set([0x01, 0x02, 0x01, 0x00], 4);
  put32(bytes, 8, 0x30000);
  put32(bytes, 12, 0x30000 + blocks - 1);
  return bytes;
}

/** GET EVENT STATUS NOTIFICATION, class 4 (media): an event code and whether there is a medium. */
export function mediaEvent(code: number, isPresent: boolean): Uint8Array {
  return Uint8Array.of(0, 6, 0x04, 0x10, code, isPresent ? 2 : 0, 0, 0);
}

/** The same without any event; supported classes: media. */
export function noEvent(): Uint8Array {
  return Uint8Array.of(0, 2, 0x80, 0x10);
}

/** A mode 1 block as it lies on the disc: sync, header, data, EDC and ECC (ECMA-130, 14). */
export function rawBlock(block: number, data: Uint8Array): Uint8Array {
  const raw = new Uint8Array(RAW_BLOCK);
  raw.fill(0xff, 1, 11);
  raw.set(toMsf(block).map(toBcd), 12);
  raw[15] = 1;
  raw.set(data, 16);
  putEdc(raw);
  putParity(raw, 2076, 86, 24, 2, 86);
  putParity(raw, 2248, 52, 43, 86, 88);
  return raw;
}

function toBcd(value: number): number {
  return (Math.floor(value / 10) << 4) | (value % 10);
}

/** CRC over bytes 0-2063 with (x^16+x^15+x^2+1)(x^16+x^2+x+1), least significant bit first (14.3). */
function putEdc(raw: Uint8Array): void {
  let edc = 0;
  for (let i = 0; i < 2064; i++) {
    edc ^= raw[i]!;
    for (let bit = 0; bit < 8; bit++) edc = (edc >>> 1) ^ (edc & 1 ? 0xd8018001 : 0);
  }
  for (let i = 0; i < 4; i++) raw[2064 + i] = (edc >>> (8 * i)) & 0xff;
}

/**
 * The P or Q parity of the Reed-Solomon product code over bytes 12 on (annex A): `count` code words of `length` bytes.
 * P: columns 86 bytes apart, starting side by side. Q: diagonals 88 bytes apart, starting every second row, modulo 2236.
 */
function putParity(raw: Uint8Array, at: number, count: number, length: number, start: number, step: number): void {
  const isQ = step === 88;
  for (let word = 0; word < count; word++) {
    let index = isQ ? (word >> 1) * start + (word & 1) : word;
    let a = 0;
    let b = 0;
    for (let i = 0; i < length; i++) {
      const value = raw[12 + index]!;
      index += step;
      if (isQ && index >= 2236) index -= 2236;
      a = timesTwo(a ^ value);
      b ^= value;
    }
    a = divideByThree(timesTwo(a) ^ b);
    raw[at + word] = a;
    raw[at + count + word] = a ^ b;
  }
}

/** In GF(256) with x^8+x^4+x^3+x^2+1. */
function timesTwo(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11d : 0)) & 0xff;
}

/** value / (x + 1): 3 * 0xf4 = 1 in this field, so dividing is multiplying by 0xf4. */
function divideByThree(value: number): number {
  let result = 0;
  let factor = value;
  for (let bits = 0xf4; bits !== 0; bits >>= 1) {
    if (bits & 1) result ^= factor;
    factor = timesTwo(factor);
  }
  return result;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
