/** PNG pictures (W3C PNG, second edition): truecolour, eight bits, not interlaced. Host side only (uses node:zlib). */
import { deflateSync } from 'node:zlib';
import { asciiBytes, concatBytes } from './bytes';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const FILTER_NONE = 0;
const FILTER_SUB = 1;
const FILTER_UP = 2;
const crcTable = makeCrcTable();

/** `rgba` holds width * height pixels of four bytes; the alpha is dropped. */
export function encodePng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  if (!(width > 0) || !(height > 0) || rgba.length !== width * height * 4) {
    throw new RangeError(`${rgba.length} bytes are not a picture of ${width} x ${height}`);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2], 8); // bit depth, colour type RGB
  return concatBytes([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filterLines(rgba, width, height))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Lines with their filter byte; each takes the filter with the smallest sum of differences (PNG, 12.8). */
function filterLines(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const lineBytes = 3 * width;
  const all = new Uint8Array((lineBytes + 1) * height);
  let above = new Uint8Array(lineBytes);
  let line = new Uint8Array(lineBytes);
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = y * width * 4, to = 0; x < width; x++, from += 4, to += 3) {
      line[to] = rgba[from]!;
      line[to + 1] = rgba[from + 1]!;
      line[to + 2] = rgba[from + 2]!;
    }
    let [none, sub, up] = [0, 0, 0];
    for (let i = 0; i < lineBytes; i++) {
      const value = line[i]!;
      none += magnitude(value);
      sub += magnitude(value - (i < 3 ? 0 : line[i - 3]!));
      up += magnitude(value - above[i]!);
    }
    const at = y * (lineBytes + 1);
    const filter = up <= sub && up <= none ? FILTER_UP : sub <= none ? FILTER_SUB : FILTER_NONE;
    all[at] = filter;
    for (let i = 0; i < lineBytes; i++) {
      const left = i < 3 ? 0 : line[i - 3]!;
      all[at + 1 + i] = line[i]! - (filter === FILTER_UP ? above[i]! : filter === FILTER_SUB ? left : 0);
    }
    [above, line] = [line, above];
  }
  return all;
}

/** Size of a difference taken modulo 256. */
function magnitude(difference: number): number {
  const byte = difference & 0xff;
  return byte < 128 ? byte : 256 - byte;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = concatBytes([asciiBytes(type), data]);
  const bytes = new Uint8Array(typed.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(typed, 4);
  view.setUint32(bytes.length - 4, crc32(typed));
  return bytes;
}

function makeCrcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let k = 0; k < 8; k++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[n] = crc >>> 0;
  }
  return table;
}

/** CRC-32 of PNG, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
