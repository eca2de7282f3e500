/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78) as in RFC 3720 appendix B.4; eight bytes a step. */

const POLYNOMIAL = 0x82f63b78;
const tables = makeTables();

function makeTables(): Uint32Array {
  const all = new Uint32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let k = 0; k < 8; k++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    all[n] = crc >>> 0;
  }
  for (let n = 0; n < 256; n++) {
    for (let t = 1; t < 8; t++) {
      const before = all[(t - 1) * 256 + n]!;
      all[t * 256 + n] = (all[before & 0xff]! ^ (before >>> 8)) >>> 0;
    }
  }
  return all;
}

/** The checksum of `bytes`; pass an earlier result as `seed` to go on where it ended. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const t = tables;
  const length = bytes.length;
  let crc = ~seed;
  let i = 0;
  for (const end = length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t[1792 + (crc & 0xff)]! ^
      t[1536 + ((crc >>> 8) & 0xff)]! ^
      t[1280 + ((crc >>> 16) & 0xff)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < length; i++) crc = t[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
