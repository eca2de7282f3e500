/**
 * The pixels of a frame on their way to a window: a message of whole RGBA pixels takes longer to post and to receive than
 * everything else between a key and the picture. For the same reason both ends keep their buffers: memory fresh from the
 * system costs more than the work on it.
 *
 * 32-bit words. The first is the number of colours, up to 256: that many pixels follow, then one index of 0, 1, 2, 4 or 8 bits
 * for each pixel, the lowest bits of a byte first. With 0 colours, runs follow: a word with REPEAT set says how often the next
 * word stands there, one without how many pixels follow.
 *
 * Words are signed: pixels, which are opaque, are small numbers then, and code that is not optimised yet is quick with those.
 */
import type { ConsoleRect } from './console';

const MOST_COLORS = 256;
const REPEAT = 0x8000_0000 | 0;
const LEAST_REPEAT = 3;
/** From so many pixels on, filling them is quicker than writing one by one. */
const LEAST_FILLED = 16;
/** Slots of the table that finds a colour's index: a power of two, never more than half full. */
const SLOTS = 1024;
const HASH = 0x9e3779b1;
const HASH_SHIFT = 22;

/** The most bytes that so many pixels take. */
export const mostPackedBytes = (count: number): number => 4 * (count + 1 + MOST_COLORS + Math.ceil(count / 4));

export class PixelPacker {
  readonly #palette = new Int32Array(MOST_COLORS);
  readonly #slots = new Int16Array(SLOTS);
  #indices = new Uint8Array(0);
  #words = new Int32Array(0);

  /** The rectangles' pixels out of a picture of `stride` pixels a row. A copy: shared memory must not go on a port. */
  pack(picture: Uint8Array, stride: number, rects: readonly ConsoleRect[]): Uint8Array {
    const pixels = new Int32Array(picture.buffer, picture.byteOffset, picture.length >>> 2);
    const count = rects.reduce((sum, { width, height }) => sum + width * height, 0);
    const words = this.#withPalette(pixels, stride, rects, count) ?? this.#inRuns(pixels, stride, rects, count);
    return new Uint8Array(words.buffer);
  }

  /** undefined: there are too many colours. */
  #withPalette(
    pixels: Int32Array,
    stride: number,
    rects: readonly ConsoleRect[],
    count: number,
  ): Int32Array | undefined {
    if (this.#indices.length < count) this.#indices = new Uint8Array(8 * Math.ceil(count / 8));
    const indices = this.#indices;
    const palette = this.#palette;
    const slots = this.#slots.fill(-1);
    const { x: left, y: top } = rects[0] ?? { x: 0, y: 0 };
    // Another one than the first.
    let last = ~(pixels[top * stride + left] as number);
    let colors = 0;
    let index = 0;
    let to = 0;
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) {
        const start = row * stride + x;
        const end = start + width;
        for (let at = start; at < end; ) {
          const pixel = pixels[at] as number;
          if (pixel !== last) {
            last = pixel;
            let slot = Math.imul(pixel, HASH) >>> HASH_SHIFT;
            for (;;) {
              index = slots[slot] as number;
              if (index < 0 || palette[index] === pixel) break;
              slot = (slot + 1) % SLOTS;
            }
            if (index < 0) {
              if (colors === MOST_COLORS) return undefined;
              index = colors++;
              palette[index] = pixel;
              slots[slot] = index;
            }
          }
          const next = runEnd(pixels, at, end, pixel);
          if (next - at < LEAST_FILLED) while (at < next) indices[to + at++ - start] = index;
          else indices.fill(index, to + at - start, to + next - start);
          at = next;
        }
        to += width;
      }
    }
    const bits = bitsFor(colors);
    const words = new Int32Array(1 + colors + indexWords(count, bits));
    words[0] = colors;
    words.set(palette.subarray(0, colors), 1);
    if (bits > 0) intoBits(indices, count, bits, new Uint8Array(words.buffer, 4 * (1 + colors)));
    return words;
  }

  #inRuns(pixels: Int32Array, stride: number, rects: readonly ConsoleRect[], count: number): Int32Array {
    const most = mostPackedBytes(count) / 4;
    if (this.#words.length < most) this.#words = new Int32Array(most);
    const words = this.#words;
    words[0] = 0;
    let to = 1;
    let literals = 0;
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) {
        const start = row * stride + x;
        const end = start + width;
        for (let at = start; at < end; ) {
          const pixel = pixels[at] as number;
          const next = runEnd(pixels, at, end, pixel);
          const repeats = next - at;
          if (repeats >= LEAST_REPEAT) {
            if (literals > 0) words[to - literals - 1] = literals;
            literals = 0;
            words[to++] = REPEAT | repeats;
            words[to++] = pixel;
          } else {
            if (literals === 0) to++;
            for (let k = 0; k < repeats; k++) words[to++] = pixel;
            literals += repeats;
          }
          at = next;
        }
      }
    }
    if (literals > 0) words[to - literals - 1] = literals;
    return words.slice(0, to);
  }
}

/** Puts the rectangles' pixels into a picture of `stride` pixels a row, in which they lie; false when `packed` is not exactly them. */
export function unpackPixels(
  packed: Uint8Array,
  picture: Int32Array,
  stride: number,
  rects: readonly ConsoleRect[],
): boolean {
  if (packed.length < 4 || packed.length % 4 !== 0) return false;
  const { buffer, byteOffset, length } = packed.byteOffset % 4 === 0 ? packed : packed.slice();
  const words = new Int32Array(buffer, byteOffset, length / 4);
  return words[0] === 0 ? unpackRuns(words, picture, stride, rects) : unpackIndices(words, picture, stride, rects);
}

function unpackIndices(words: Int32Array, picture: Int32Array, stride: number, rects: readonly ConsoleRect[]): boolean {
  const colors = words[0] as number;
  if (colors < 0 || colors > MOST_COLORS) return false;
  const bits = bitsFor(colors);
  const count = rects.reduce((sum, { width, height }) => sum + width * height, 0);
  if (words.length !== 1 + colors + indexWords(count, bits)) return false;
  // An index without a colour gives nothing to be seen.
  const palette = new Int32Array(1 << bits);
  palette.set(words.subarray(1, 1 + colors));
  if (bits === 0) {
    // Without bits there are no bytes.
    for (const { x, y, width, height } of rects)
      for (let row = y; row < y + height; row++)
        picture.fill(palette[0] as number, row * stride + x, row * stride + x + width);
    return true;
  }
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * (1 + colors));
  const mask = (1 << bits) - 1;
  const perByte = 8 / bits;
  let from = 0;
  let byte = 0;
  let shift = 8;
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      const end = row * stride + x + width;
      for (let at = row * stride + x; at < end; ) {
        if (shift === 8) {
          byte = bytes[from++] as number;
          shift = 0;
          const index = byte & mask;
          // All of the byte's pixels alike, and those of the next bytes too.
          if (byte === index * (255 / mask)) {
            const first = from;
            const most = first - 1 + Math.floor((end - at) / perByte);
            while (from < most && bytes[from] === byte) from++;
            if (from > first) {
              const next = at + (from + 1 - first) * perByte;
              picture.fill(palette[index] as number, at, next);
              at = next;
              shift = 8;
              continue;
            }
          }
        }
        picture[at++] = palette[(byte >> shift) & mask] as number;
        shift += bits;
      }
    }
  }
  return true;
}

function unpackRuns(words: Int32Array, picture: Int32Array, stride: number, rects: readonly ConsoleRect[]): boolean {
  let from = 1;
  /** Of the run that goes on. */
  let left = 0;
  let isRepeat = false;
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      const start = row * stride + x;
      for (let at = start; at < start + width; at++) {
        if (left === 0) {
          if (isRepeat) from++;
          const head = words[from++];
          if (head === undefined) return false;
          isRepeat = head < 0;
          left = isRepeat ? head - REPEAT : head;
          if (left === 0 || from + (isRepeat ? 1 : left) > words.length) return false;
        }
        picture[at] = words[from] as number;
        if (!isRepeat) from++;
        left--;
      }
    }
  }
  if (isRepeat) from++;
  return left === 0 && from === words.length;
}

/** Where the pixels from `at` on that are `pixel` end. */
function runEnd(pixels: Int32Array, at: number, end: number, pixel: number): number {
  let next = at + 1;
  while (
    next + 4 <= end &&
    (((pixels[next] as number) ^ pixel) |
      ((pixels[next + 1] as number) ^ pixel) |
      ((pixels[next + 2] as number) ^ pixel) |
      ((pixels[next + 3] as number) ^ pixel)) ===
      0
  ) {
    next += 4;
  }
  while (next < end && pixels[next] === pixel) next++;
  return next;
}

/** Four indices at a time: `indices` is read in whole words, and `out` has room for theirs. */
function intoBits(indices: Uint8Array, count: number, bits: number, out: Uint8Array): void {
  // What lies behind the last one is of an earlier frame.
  indices.fill(0, count, Math.min(indices.length, 8 * Math.ceil(count / 8)));
  if (bits === 8) return out.set(indices.subarray(0, count));
  const words = new Int32Array(indices.buffer, indices.byteOffset, indices.length / 4);
  const end = Math.ceil(count / 4);
  let to = 0;
  for (let at = 0; at < end; ) {
    const word = words[at++] as number;
    if (bits === 4) {
      out[to++] = word | (word >> 4);
      out[to++] = (word >> 16) | (word >> 20);
    } else if (bits === 2) out[to++] = word | (word >> 6) | (word >> 12) | (word >> 18);
    // Moves the lowest bit of each byte into the four bits from 24 on.
    else
      out[to++] =
        ((Math.imul(word, 0x0102_0408) >>> 24) & 15) | ((Math.imul(words[at++] as number, 0x0102_0408) >>> 20) & 0xf0);
  }
}

function bitsFor(colors: number): number {
  if (colors <= 1) return 0;
  if (colors <= 2) return 1;
  if (colors <= 4) return 2;
  return colors <= 16 ? 4 : 8;
}

const indexWords = (count: number, bits: number): number => Math.ceil((count * bits) / 32);
