import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';
import { readPicture, type Picture } from '../../support/picture';
import { VIDEO_MODES, videoModesFloppy } from '../../support/video-modes-guest';

const cli = new Cli();
afterAll(() => cli.close());

/** The colours of the IBM EGA and VGA BIOS, 0xRRGGBB. */
const SIXTEEN = [
  ...[0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa],
  ...[0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff],
];
/** CGA palette 1 in high intensity. */
const FOUR = [0x000000, 0x55ffff, 0xff55ff, 0xffffff];
const bars = (color: (bar: number) => number): number[] => SIXTEEN.map((_, bar) => color(bar));
const MONO = bars((bar) => (bar & 1 ? 0xffffff : 0));

/** Size as a monitor shows it, the bars' colours, and how wide and high a bar's pixel is. */
const GRAPHICS: Readonly<Record<number, [string, readonly number[], number, number]>> = {
  4: ['640x400', bars((bar) => FOUR[bar & 3] as number), 2, 2],
  5: ['640x400', bars((bar) => FOUR[bar & 3] as number), 2, 2],
  6: ['640x400', MONO, 1, 2],
  13: ['640x400', SIXTEEN, 2, 2],
  14: ['640x400', SIXTEEN, 1, 2],
  15: ['640x350', bars((bar) => (bar & 1 ? 0xaaaaaa : 0)), 1, 1],
  16: ['640x350', SIXTEEN, 1, 1],
  17: ['640x480', MONO, 1, 1],
  18: ['640x480', SIXTEEN, 1, 1],
  19: ['640x400', SIXTEEN, 2, 2],
  256: ['640x400', SIXTEEN, 1, 1],
  257: ['640x480', SIXTEEN, 1, 1],
  258: ['800x600', SIXTEEN, 1, 1],
  259: ['800x600', SIXTEEN, 1, 1],
  261: ['1024x768', SIXTEEN, 1, 1],
  272: ['640x480', SIXTEEN, 1, 1],
  273: ['640x480', SIXTEEN, 1, 1],
  274: ['640x480', SIXTEEN, 1, 1],
  277: ['800x600', SIXTEEN, 1, 1],
};

const colorAt = ({ width, rgba }: Picture, x: number, y: number): number => {
  const at = 4 * (y * width + x);
  return ((rgba[at] as number) << 16) | ((rgba[at + 1] as number) << 8) | (rgba[at + 2] as number);
};
/** Fifteen-bit colours come near. */
const isNear = (a: number, b: number): boolean =>
  [0, 8, 16].every((shift) => Math.abs(((a >> shift) & 0xff) - ((b >> shift) & 0xff)) <= 8);

function expectBars(mode: number, picture: Picture): void {
  const [size, colors, width, height] = GRAPHICS[mode] as (typeof GRAPHICS)[number];
  expect(`${picture.width}x${picture.height}`).toBe(size);
  for (const [bar, color] of colors.entries()) {
    for (const [x, y] of [
      [0, 0],
      [15, 0],
      [8, 16],
      [0, 31],
      [15, 31],
    ] as const) {
      const seen = colorAt(picture, (bar * 16 + x) * width + width - 1, y * height + height - 1);
      expect(isNear(seen, color), `bar ${bar} at ${x},${y}: ${seen.toString(16)}, not ${color.toString(16)}`).toBe(
        true,
      );
    }
  }
  expect(colorAt(picture, 255 * width, 33 * height)).toBe(0);
}

/** The top left dot of a cell is its background: row = background, two columns an attribute. */
function expectAttributes(mode: number, picture: Picture): void {
  expect(`${picture.width}x${picture.height}`).toBe('720x400');
  const cell = mode < 2 ? 18 : 9;
  for (let background = 0; background < 8; background++) {
    for (let foreground = 0; foreground < 16; foreground += 5) {
      const seen = colorAt(picture, 2 * foreground * cell, background * 16);
      expect(seen, `attribute ${(background << 4) | foreground}`).toBe(SIXTEEN[background]);
    }
  }
  // '#' has dots of the foreground, and only of it.
  const inFirstCell = (attribute: number): Set<number> => {
    const colors = new Set<number>();
    const [left, top] = [2 * (attribute & 15) * cell, (attribute >> 4) * 16];
    for (let y = 0; y < 16; y++) for (let x = 0; x < cell; x++) colors.add(colorAt(picture, left + x, top + y));
    return colors;
  };
  expect(inFirstCell(0x1e)).toEqual(new Set([SIXTEEN[1], SIXTEEN[14]]));
  expect(inFirstCell(0x47)).toEqual(new Set([SIXTEEN[4], SIXTEEN[7]]));
}

/** Underlined where the attribute's low three bits are 1 and the background is black (IBM VGA manual, mode 7). */
function expectUnderlines(picture: Picture): void {
  expect(`${picture.width}x${picture.height}`).toBe('720x400');
  const underlined = (attribute: number): boolean => {
    const [left, top] = [2 * (attribute & 15) * 9, (attribute >> 4) * 16];
    return Array.from({ length: 18 }, (_, x) => colorAt(picture, left + x, top + 13)).every((color) => color !== 0);
  };
  expect([0x01, 0x09, 0x02, 0x07, 0x0f].map(underlined)).toEqual([true, true, false, false, false]);
}

describe('the modes of the video BIOS', () => {
  test('show what is drawn in them', async () => {
    const floppy = join(cli.home, 'modes.img');
    const serial = join(cli.home, 'serial');
    writeFileSync(floppy, videoModesFloppy());
    await cli.ok('create', 'modes', '--memory', '32', '--floppy', floppy);
    const run = cli.run(['run', 'modes', '--serial', serial, '--until', 'never seen']);
    for (const [index, mode] of VIDEO_MODES.entries()) {
      await expect
        .poll(() => (existsSync(serial) ? statSync(serial).size : 0), {
          timeout: 1_800_000,
          message: mode.toString(16),
        })
        .toBeGreaterThan(index);
      const file = join(cli.home, 'screen.png');
      await cli.ok('screenshot', 'modes', file);
      const picture = readPicture(file);
      if (mode === 7) expectUnderlines(picture);
      else if (mode < 4) expectAttributes(mode, picture);
      else expectBars(mode, picture);
      await cli.ok('send-keys', 'modes', ' ');
    }
    await cli.ok('stop', 'modes', '--force');
    await run;
  });
});
