import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/base/crc32c';
import { Lz4Compressor } from '../../../src/base/lz4';
import { ChunkUnpacker, CODEC_LZ4, CODEC_RAW } from '../../../src/disk/memory-chunk';

const CHUNK = 128 << 10;

function packed(plain: Uint8Array): { codec: number; stored: Uint8Array; length: number; checksum: number } {
  const room = new Uint8Array(plain.length);
  const length = new Lz4Compressor().compress(plain, room);
  const stored = length === 0 ? plain.slice() : room.slice(0, length);
  return { codec: length === 0 ? CODEC_RAW : CODEC_LZ4, stored, length: stored.length, checksum: crc32c(stored) };
}

function someUsed(): Uint8Array {
  const plain = new Uint8Array(CHUNK);
  plain[4096 + 4095] = 1;
  plain.fill(7, 5 * 4096, 6 * 4096);
  plain[CHUNK - 1] = 0x80;
  return plain;
}

describe('chunks of saved memory', () => {
  test('give what was saved, also one after the other', () => {
    const unpacker = new ChunkUnpacker();
    for (const plain of [someUsed(), new Uint8Array(CHUNK).fill(3), someUsed().subarray(0, 5000)]) {
      const chunk = packed(plain);
      const into = new Uint8Array(plain.length);
      unpacker.unpack(chunk, chunk.stored, into);
      expect(into).toEqual(plain.slice());
    }
  });

  test('leave pages of zeros alone', () => {
    const chunk = packed(someUsed());
    const into = new Uint8Array(CHUNK).fill(9);
    new ChunkUnpacker().unpack(chunk, chunk.stored, into);
    const isLeft = (page: number): boolean => into.subarray(page * 4096, (page + 1) * 4096).every((byte) => byte === 9);
    expect(Array.from({ length: CHUNK / 4096 }, (_, page) => page).filter((page) => !isLeft(page))).toEqual([1, 5, 31]);
  });

  test('that were read together go to their places', () => {
    const [first, second] = [packed(someUsed()), packed(new Uint8Array(CHUNK).fill(3))] as const;
    const stored = Uint8Array.from([...first.stored, ...second.stored]);
    const into = new Uint8Array(3 * CHUNK);
    const chunks = [
      { ...first, at: 0, sizeBytes: CHUNK },
      { ...second, at: 2 * CHUNK, sizeBytes: CHUNK },
    ];
    new ChunkUnpacker().unpackGroup({ stored, chunks }, into);
    expect(into.subarray(0, CHUNK)).toEqual(someUsed());
    expect(into.subarray(CHUNK, 2 * CHUNK).every((byte) => byte === 0)).toBe(true);
    expect(into.subarray(2 * CHUNK).every((byte) => byte === 3)).toBe(true);
  });

  test('are refused when they are damaged or have another length', () => {
    const chunk = packed(someUsed());
    const unpacker = new ChunkUnpacker();
    const refused = { code: 'snapshot-corrupt' };
    expect(() => unpacker.unpack({ ...chunk, checksum: 1 }, chunk.stored, new Uint8Array(CHUNK))).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => unpacker.unpack(chunk, chunk.stored, new Uint8Array(CHUNK - 1))).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => unpacker.unpack({ ...chunk, codec: CODEC_RAW }, chunk.stored, new Uint8Array(CHUNK))).toThrow(
      expect.objectContaining(refused),
    );
  });
});
