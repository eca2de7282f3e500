import { describe, expect, it } from 'vitest';
import { mostPackedBytes, PixelPacker, unpackPixels } from '../../../src/protocol/packed-pixels';

const WIDTH = 64;
const HEIGHT = 32;
const COUNT = WIDTH * HEIGHT;
const whole = [{ x: 0, y: 0, width: WIDTH, height: HEIGHT }];

function pictureOf(pixelAt: (i: number) => number): Uint8Array {
  const words = new Uint32Array(new SharedArrayBuffer(4 * COUNT));
  for (let i = 0; i < COUNT; i++) words[i] = pixelAt(i);
  return new Uint8Array(words.buffer);
}

/** The same numbers each time, without a pattern. */
function scattered(i: number): number {
  let x = Math.imul(i + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}

const packer = new PixelPacker();

/** The picture with what `packed` puts into it; undefined when that is refused. */
function unpacked(packed: Uint8Array, rects = whole, stride = WIDTH): Int32Array | undefined {
  const picture = new Int32Array(stride * HEIGHT);
  return unpackPixels(packed, picture, stride, rects) ? picture : undefined;
}

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

describe('packed pixels', () => {
  it.each([
    ['one colour', () => 0xff000000, 8],
    ['two colours', (i: number) => (scattered(i) % 2 === 0 ? 0xff000000 : 0xffffffff), COUNT / 8 + 12],
    ['three colours', (i: number) => scattered(i) % 3, COUNT / 4 + 16],
    ['16 colours', (i: number) => 7 * (scattered(i) % 16), COUNT / 2 + 68],
    ['256 colours', (i: number) => 0x01010101 * (scattered(i) % 256), COUNT + 1028],
    ['257 colours, one after the other', (i: number) => i % 257, mostPackedBytes(COUNT)],
    ['a colour for each pixel', scattered, 4 * COUNT + 8],
    ['areas with more colours', (i: number) => (i % WIDTH < 48 ? 5 : i), 4 * (1 + 19 * HEIGHT)],
    ['short runs', (i: number) => (i % 4 === 3 ? i : (i >> 2) << 12), mostPackedBytes(COUNT)],
  ])('come back: %s', (_name, pixelAt, mostBytes) => {
    const picture = pictureOf(pixelAt);
    const packed = packer.pack(picture, WIDTH, whole);
    expect(packed.buffer).toBeInstanceOf(ArrayBuffer);
    expect(packed.length).toBeLessThanOrEqual(mostBytes);
    expect(Buffer.from(unpacked(packed)?.buffer as ArrayBuffer).equals(Buffer.from(picture))).toBe(true);
  });

  it('are those of the rectangles, one after the other', () => {
    const picture = pictureOf((i) => i);
    const rects = [
      { x: 1, y: 1, width: 2, height: 2 },
      { x: 63, y: 31, width: 1, height: 1 },
    ];
    const copy = unpacked(packer.pack(picture, WIDTH, rects), rects) as Int32Array;
    const drawn = [...copy.entries()].filter(([, pixel]) => pixel !== 0);
    expect(drawn).toEqual([65, 66, 129, 130, COUNT - 1].map((i) => [i, i]));
  });

  it.each([1, 2, 3, 4, 5, 16, 17, 256, 300])('come back in rectangles and runs of any length: %i colours', (colors) => {
    for (let seed = 0; seed < 60; seed++) {
      let at = 1000 * seed;
      const random = (below: number): number => scattered(at++) % below;
      let left = 0;
      let pixel = 0;
      const picture = pictureOf(() => {
        if (left-- <= 0) {
          left = random(random(4) === 0 ? 200 : 10);
          pixel = scattered(random(colors)) | 0xff000000;
        }
        return pixel;
      });
      const rects = Array.from({ length: 1 + random(4) }, () => {
        const [x, y] = [random(WIDTH), random(HEIGHT)];
        return { x, y, width: 1 + random(WIDTH - x), height: 1 + random(HEIGHT - y) };
      });
      const copy = unpacked(packer.pack(picture, WIDTH, rects), rects);
      const wanted = new Int32Array(COUNT);
      const pixels = new Int32Array(picture.buffer);
      for (const { x, y, width, height } of rects) {
        for (let row = y; row < y + height; row++) {
          const start = row * WIDTH + x;
          wanted.set(pixels.subarray(start, start + width), start);
        }
      }
      expect(copy).toEqual(wanted);
    }
  });

  it('may begin anywhere in a message', () => {
    const packed = packer.pack(
      pictureOf((i) => i % 5),
      WIDTH,
      whole,
    );
    const message = new Uint8Array(packed.length + 3);
    message.set(packed, 3);
    expect(unpacked(message.subarray(3))).toEqual(unpacked(packed));
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a torn word', new Uint8Array(7)],
    ['too many colours', words(257, ...Array(400).fill(1))],
    ['too few indices', words(2, 1, 2)],
    ['too many indices', words(2, 1, 2, 0, 0)],
    ['no runs', words(0)],
    ['a run of too few', words(0, 0x80000003, 9)],
    ['a run of too many', words(0, 0xffffffff, 9)],
    ['a run without its pixel', words(0, 0x80000004)],
    ['fewer pixels than said', words(0, 4, 1, 2, 3)],
    ['more pixels than there is room', words(0, 5, 1, 2, 3, 4, 5)],
  ])('are refused: %s', (_name, packed) => {
    expect(unpacked(packed, [{ x: 1, y: 1, width: 2, height: 2 }])).toBeUndefined();
  });

  it('stay within their rectangles, whatever stands there', () => {
    const rects = [{ x: 2, y: 1, width: 4, height: 3 }];
    for (let round = 0; round < 10_000; round++) {
      const length = 1 + (scattered(round) % 9);
      const packed = words(...Array.from({ length }, (_, i) => scattered(round * 16 + i) % 6));
      const picture = new Int32Array(8 * 5).fill(-1);
      unpackPixels(packed, picture, 8, rects);
      const outside = picture.findIndex((pixel, i) => pixel !== -1 && !(i % 8 >= 2 && i % 8 < 6 && i >= 8 && i < 32));
      if (outside >= 0) throw new Error(`round ${round} drew at ${outside}`);
    }
  });
});
