import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/base/png';

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

function chunksOf(png: Uint8Array): Chunk[] {
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    expect(view.getUint32(at + 8 + length)).toBe(slowCrc(png.subarray(at + 4, at + 8 + length)));
    chunks.push({ type, data: png.slice(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Undoes the filters the encoder uses. */
function pixelsOf(png: Uint8Array): { width: number; height: number; rgb: Uint8Array } {
  const chunks = chunksOf(png);
  const header = new DataView(chunks[0]!.data.buffer);
  const width = header.getUint32(0);
  const height = header.getUint32(4);
  const raw = inflateSync(chunks[1]!.data);
  const bytes = width * 3;
  const rgb = new Uint8Array(bytes * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (bytes + 1)];
    for (let i = 0; i < bytes; i++) {
      const left = i < 3 ? 0 : rgb[y * bytes + i - 3]!;
      const above = y === 0 ? 0 : rgb[(y - 1) * bytes + i]!;
      rgb[y * bytes + i] = raw[y * (bytes + 1) + 1 + i]! + (filter === 1 ? left : filter === 2 ? above : 0);
    }
  }
  return { width, height, rgb };
}

describe('PNG encoder', () => {
  it('writes signature, header, data and end', () => {
    const png = encodePng(new Uint8Array(4 * 6), 3, 2);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const chunks = chunksOf(png);
    expect(chunks.map((chunk) => chunk.type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks[0]!.data]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
  });

  it('keeps every pixel, whatever filter a line takes', () => {
    const [width, height] = [37, 23];
    const rgba = new Uint8Array(width * height * 4);
    let seed = 1;
    for (let i = 0; i < rgba.length; i++) {
      seed = (seed * 1103515245 + 12345) >>> 0;
      const line = Math.floor(i / 4 / width);
      // Noise, gradients and equal lines by turns.
      rgba[i] = line % 3 === 0 ? seed >>> 24 : line % 3 === 1 ? (i * 3) & 0xff : rgba[i - 4 * width]!;
    }
    const decoded = pixelsOf(encodePng(rgba, width, height));
    const rgb = rgba.filter((_, i) => i % 4 !== 3);
    expect(decoded).toEqual({ width, height, rgb });
  });

  it('refuses sizes that do not fit the bytes', () => {
    expect(() => encodePng(new Uint8Array(4), 2, 1)).toThrow(RangeError);
    expect(() => encodePng(new Uint8Array(0), 0, 0)).toThrow(RangeError);
  });
});
