import { describe, expect, it } from 'vitest';
import { alignDown, alignUp, clamp, field32, fromBcd, isPowerOfTwo, merge32, toBcd } from '../../../src/base/bits';
import {
  bytesEqual,
  concatBytes,
  hasAscii,
  isAllZero,
  readAscii,
  readSafeU64BE,
  readSafeU64LE,
  viewOf,
  writeU64BE,
  writeU64LE,
} from '../../../src/base/bytes';
import { crc32c } from '../../../src/base/crc32c';

describe('bits', () => {
  it('aligns beyond 32 bits', () => {
    expect(alignUp(2 ** 40 + 1, 65536)).toBe(2 ** 40 + 65536);
    expect(alignUp(65536, 65536)).toBe(65536);
    expect(alignDown(2 ** 40 + 65535, 65536)).toBe(2 ** 40);
  });

  it('takes fields apart and puts them together unsigned', () => {
    expect(field32(0xdeadbeef, 8, 8)).toBe(0xbe);
    expect(merge32(0xffffffff, 0, 0x7fffffff)).toBe(0x80000000);
    expect(clamp(5, 0, 3)).toBe(3);
    expect(clamp(-5, 0, 3)).toBe(0);
    expect([1, 2, 3, 0, -2, 2 ** 50].map(isPowerOfTwo)).toEqual([true, true, false, false, false, true]);
    for (let n = 0; n < 100; n++) expect(fromBcd(toBcd(n))).toBe(n);
  });
});

describe('bytes', () => {
  it('finds the one byte that is not zero, wherever it is', () => {
    for (const offset of [0, 1, 3]) {
      for (const length of [0, 1, 7, 8, 9, 64, 67]) {
        const all = new Uint8Array(offset + length);
        const bytes = all.subarray(offset);
        expect(isAllZero(bytes)).toBe(true);
        for (let i = 0; i < length; i++) {
          for (const value of [1, 0x80]) {
            bytes[i] = value;
            expect(isAllZero(bytes), `${offset} ${length} ${i}`).toBe(false);
            bytes[i] = 0;
          }
        }
      }
    }
  });

  it('reads back 64-bit values up to 2^53 and refuses more', () => {
    const view = new DataView(new ArrayBuffer(8));
    for (const value of [0, 1, 0xffffffff, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      writeU64BE(view, 0, value);
      expect(readSafeU64BE(view, 0)).toBe(value);
      writeU64LE(view, 0, value);
      expect(readSafeU64LE(view, 0)).toBe(value);
    }
    view.setBigUint64(0, 2n ** 53n);
    expect(readSafeU64BE(view, 0)).toBeUndefined();
  });

  it('compares, joins and reads text', () => {
    const bytes = concatBytes([new Uint8Array([65, 66]), new Uint8Array(0), new Uint8Array([67, 0, 68])]);
    expect(bytesEqual(bytes, new Uint8Array([65, 66, 67, 0, 68]))).toBe(true);
    expect(hasAscii(bytes, 1, 'BC')).toBe(true);
    expect(hasAscii(bytes, 4, 'DE')).toBe(false);
    expect(readAscii(bytes, 0, 99)).toBe('ABC');
    expect(viewOf(bytes.subarray(1)).getUint8(0)).toBe(66);
  });
});

describe('crc32c', () => {
  it('gives the check values of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('goes on where an earlier part ended', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * 7);
    for (const cut of [0, 1, 8, 13, 99, 100]) {
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
    }
  });
});
