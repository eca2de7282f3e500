import { describe, expect, it } from 'vitest';
import { Lz4Compressor, lz4Decompress } from '../../../src/base/lz4';
import { Random } from '../../support/random';

function sample(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const kind = random.below(4);
  const alphabet = 1 + random.below(kind === 0 ? 256 : 4);
  for (let i = 0; i < length; i++) {
    if (kind === 1 && i > 40 && random.chance(0.9)) bytes[i] = bytes[i - 1 - random.below(40)]!;
    else bytes[i] = random.below(alphabet);
  }
  return bytes;
}

describe('LZ4', () => {
  it('gives back what was packed, for every short length and many long ones', () => {
    const random = new Random(1);
    const compressor = new Lz4Compressor();
    for (let round = 0; round < 1200; round++) {
      const bytes = sample(random, round < 300 ? round : random.below(140_000 >> random.below(8)));
      const packed = new Uint8Array(bytes.length + (bytes.length >> 7) + 64);
      const length = compressor.compress(bytes, packed);
      expect(length).toBeGreaterThan(0);
      const back = new Uint8Array(bytes.length);
      expect(lz4Decompress(packed.subarray(0, length), back)).toBe(bytes.length);
      expect(Buffer.compare(back, bytes)).toBe(0);
    }
  });

  it('says so when the result does not fit, and never writes behind its end', () => {
    const random = new Random(2);
    const compressor = new Lz4Compressor();
    for (let round = 0; round < 500; round++) {
      const bytes = sample(random, random.below(5000));
      const area = new Uint8Array(bytes.length + 16).fill(0xee);
      const room = area.subarray(0, random.below(bytes.length + 1));
      const length = compressor.compress(bytes, room);
      expect(length).toBeLessThanOrEqual(room.length);
      expect(area.subarray(room.length).every((byte) => byte === 0xee)).toBe(true);
    }
  });

  it('works on shared memory and makes repeated bytes small', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(128 << 10)).fill(7);
    const packed = new Uint8Array(4096);
    const length = new Lz4Compressor().compress(shared, packed);
    expect(length).toBeLessThan(600);
    const back = new Uint8Array(new SharedArrayBuffer(128 << 10));
    expect(lz4Decompress(packed.subarray(0, length), back)).toBe(back.length);
    expect(back.every((byte) => byte === 7)).toBe(true);
  });

  it('unpacks a block written by hand after the format description', () => {
    // Three literals, a match of 4+5 from offset 3, then two literals.
    const block = new Uint8Array([0x35, 97, 98, 99, 3, 0, 0x20, 120, 121]);
    const out = new Uint8Array(14);
    expect(lz4Decompress(block, out)).toBe(14);
    expect(new TextDecoder().decode(out)).toBe('abcabcabcabcxy');
  });

  it('refuses damaged blocks without writing outside', () => {
    const random = new Random(3);
    const compressor = new Lz4Compressor();
    for (let round = 0; round < 3000; round++) {
      const bytes = sample(random, 1 + random.below(600));
      const packed = new Uint8Array(1000);
      const block = packed.slice(0, compressor.compress(bytes, packed));
      for (let i = random.below(4); i >= 0; i--) block[random.below(block.length)] = random.below(256);
      const area = new Uint8Array(bytes.length + 32).fill(0xee);
      const result = lz4Decompress(block.subarray(0, random.below(block.length + 1)), area.subarray(0, bytes.length));
      expect(result).toBeLessThanOrEqual(bytes.length);
      expect(area.subarray(bytes.length).every((byte) => byte === 0xee)).toBe(true);
    }
    expect(lz4Decompress(new Uint8Array(0), new Uint8Array(0))).toBe(-1);
  });
});
