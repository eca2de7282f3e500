/**
 * The LZ4 block format (lz4_Block_format.md): sequences of a token, literals, a 16-bit offset and a match length. Fast
 * both ways, which is what memory of a VM needs; deflate is three times as slow.
 */

const MIN_MATCH = 4;
/** The last five bytes are literals, and no match begins in the last twelve. */
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
const MAX_OFFSET = 0xffff;
const HASH_BITS = 14;

/** Compresses blocks one after the other; keeps its hash table, so use one per thread. */
export class Lz4Compressor {
  readonly #table = new Int32Array(1 << HASH_BITS);

  /**
   * Compresses `source` into `target`; returns the length, or 0 when it does not fit. `source` may lie in shared memory
   * but must not change meanwhile.
   */
  compress(source: Uint8Array, target: Uint8Array): number {
    const table = this.#table;
    table.fill(-1);
    const view = new DataView(source.buffer, source.byteOffset, source.length);
    const end = source.length;
    const matchEnd = end - LAST_LITERALS;
    const lastStart = end - MATCH_LIMIT;
    const room = target.length;
    let at = 0;
    let anchor = 0;
    let out = 0;
    let misses = 0;
    while (at <= lastStart) {
      const word = view.getInt32(at, true);
      const slot = Math.imul(word, -1640531535) >>> (32 - HASH_BITS);
      const candidate = table[slot]!;
      table[slot] = at;
      if (candidate < 0 || at - candidate > MAX_OFFSET || view.getInt32(candidate, true) !== word) {
        // Data that does not compress is passed over in growing steps.
        at += 1 + (misses++ >> 6);
        continue;
      }
      misses = 0;
      let start = at;
      let from = candidate;
      while (start > anchor && from > 0 && source[start - 1] === source[from - 1]) {
        start--;
        from--;
      }
      let length = at - start + MIN_MATCH;
      while (
        start + length + 4 <= matchEnd &&
        view.getInt32(from + length, true) === view.getInt32(start + length, true)
      ) {
        length += 4;
      }
      while (start + length < matchEnd && source[from + length] === source[start + length]) length++;

      const literals = start - anchor;
      if (out + literals + (literals >> 7) + (length >> 7) + 12 > room) return 0;
      out = writeLiterals(source, anchor, literals, Math.min(length - MIN_MATCH, 15), target, out);
      const offset = start - from;
      target[out++] = offset & 0xff;
      target[out++] = offset >> 8;
      if (length - MIN_MATCH >= 15) out = writeLength(length - MIN_MATCH - 15, target, out);
      at = start + length;
      anchor = at;
      if (at <= lastStart) {
        const back = view.getInt32(at - 2, true);
        table[Math.imul(back, -1640531535) >>> (32 - HASH_BITS)] = at - 2;
      }
    }
    const literals = end - anchor;
    if (out + literals + (literals >> 7) + 4 > room) return 0;
    return writeLiterals(source, anchor, literals, 0, target, out);
  }
}

function writeLiterals(
  source: Uint8Array,
  anchor: number,
  count: number,
  matchCode: number,
  target: Uint8Array,
  start: number,
): number {
  let out = start;
  target[out++] = (Math.min(count, 15) << 4) | matchCode;
  if (count >= 15) out = writeLength(count - 15, target, out);
  if (count > 32) target.set(source.subarray(anchor, anchor + count), out);
  else for (let i = 0; i < count; i++) target[out + i] = source[anchor + i]!;
  return out + count;
}

function writeLength(value: number, target: Uint8Array, start: number): number {
  let out = start;
  let rest = value;
  for (; rest >= 255; rest -= 255) target[out++] = 255;
  target[out++] = rest;
  return out;
}

/**
 * Unpacks a block. Returns how many bytes it gave; -1 when the block is damaged or does not fit into `target`. Nothing is
 * written outside `target`, whatever the block says.
 */
export function lz4Decompress(source: Uint8Array, target: Uint8Array): number {
  const end = source.length;
  const room = target.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const token = source[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = source[at++]!;
        literals += more;
      }
    }
    if (literals > end - at || literals > room - out) return -1;
    if (literals > 32) target.set(source.subarray(at, at + literals), out);
    else for (let i = 0; i < literals; i++) target[out + i] = source[at + i]!;
    at += literals;
    out += literals;
    // The last sequence has no match.
    if (at === end) return out;
    if (end - at < 2) return -1;
    const offset = source[at]! | (source[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + MIN_MATCH;
    if (length === 15 + MIN_MATCH) {
      let more = 255;
      while (more === 255) {
        if (at >= end) return -1;
        more = source[at++]!;
        length += more;
      }
    }
    if (offset === 0 || offset > out || length > room - out) return -1;
    const from = out - offset;
    if (offset >= length && length > 32) target.copyWithin(out, from, from + length);
    else if (offset === 1 && length > 32) target.fill(target[from]!, out, out + length);
    else for (let i = 0; i < length; i++) target[out + i] = target[from + i]!;
    out += length;
  }
  return -1;
}
