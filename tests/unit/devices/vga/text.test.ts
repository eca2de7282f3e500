import { describe, expect, it } from 'vitest';
import { MODE_1, MODE_3, VgaFixture } from '../../../support/vga-fixture';

function textScreen(mode = MODE_3): VgaFixture {
  const vga = new VgaFixture();
  vga.set(mode);
  vga.outw(0x3d4, 0x0a, 0x20); // no cursor
  for (let row = 0; row < 16; row++) vga.glyph(0x41, row, row === 0 ? 0xff : 0x81);
  return vga;
}

describe('VGA text', () => {
  it('shows mode 3 as 720 x 400 with 80 x 25 cells', () => {
    const vga = textScreen();
    expect(vga.device.screen.mode()).toMatchObject({ kind: 'text', width: 720, height: 400, columns: 80, rows: 25 });
  });

  it('draws a glyph with its attribute, the ninth dot in the background', () => {
    const vga = textScreen();
    vga.write(0xb8000 + 2 * (80 + 2), 0x41, 0x1e);
    vga.frame();
    const [x, y] = [18, 16];
    expect(vga.pixel(x, y)).toBe(vga.color(0x3e));
    expect(vga.pixel(x + 7, y)).toBe(vga.color(0x3e));
    expect(vga.pixel(x + 8, y)).toBe(vga.color(0x01));
    expect(vga.pixel(x + 1, y + 1)).toBe(vga.color(0x01));
    expect(vga.pixel(x, y + 15)).toBe(vga.color(0x3e));
    expect(vga.pixel(x, y + 16)).toBe(vga.color(0));
    expect(vga.pixel(x + 9, y)).toBe(vga.color(0));
  });

  it('repeats the eighth dot of line graphics characters', () => {
    const vga = textScreen();
    vga.glyph(0xc4, 3, 0x01);
    vga.glyph(0xb0, 3, 0x01);
    vga.write(0xb8000, 0xc4, 0x07, 0xb0, 0x07);
    vga.frame();
    expect(vga.pixel(8, 3)).toBe(vga.color(0x07));
    expect(vga.pixel(17, 3)).toBe(vga.color(0));
  });

  it('reports only the changed cells', () => {
    const vga = textScreen();
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 720, height: 400 }]);
    expect(vga.frame()).toEqual([]);
    vga.write(0xb8000 + 2 * (3 * 80 + 5), 0x41, 0x07);
    expect(vga.frame()).toEqual([{ x: 45, y: 48, width: 9, height: 16 }]);
    vga.write(0xb8000 + 2 * (3 * 80 + 5), 0x41, 0x07);
    expect(vga.frame()).toEqual([]);
  });

  it('joins neighbouring rows and separates distant ones', () => {
    const vga = textScreen();
    vga.frame();
    for (const row of [2, 3, 20]) vga.write(0xb8000 + 2 * 80 * row, 0x41, 0x07, 0x41, 0x07);
    expect(vga.frame()).toEqual([
      { x: 0, y: 32, width: 18, height: 32 },
      { x: 0, y: 320, width: 18, height: 16 },
    ]);
  });

  it('reads the screen as text', () => {
    const vga = textScreen();
    const text = 'Gr\x81\xe1e \xc9\xbb';
    for (const [i, char] of [...text].entries()) vga.write(0xb8000 + 160 + 2 * i, char.charCodeAt(0), 7);
    const lines = vga.device.screen.readText();
    expect(lines).toHaveLength(25);
    expect(lines[0]).toBe('');
    expect(lines[1]).toBe('Grüße ╔╗');
  });

  it('blinks the cursor by guest time, in one small rectangle', () => {
    const vga = textScreen();
    vga.outw(0x3d4, 0x0a, 13);
    vga.outw(0x3d4, 0x0b, 14);
    vga.outw(0x3d4, 0x0f, 81);
    vga.write(0xb8000 + 2 * 81, 0x20, 0x07);
    vga.frame();
    expect(vga.pixel(9, 16 + 12)).toBe(vga.color(0));
    expect(vga.pixel(9, 16 + 13)).toBe(vga.color(7));
    expect(vga.pixel(9, 16 + 14)).toBe(vga.color(7));
    expect(vga.pixel(9, 16 + 15)).toBe(vga.color(0));
    expect(vga.device.screen.cursor).toEqual({ column: 1, row: 1, isVisible: true });
    const next = vga.device.screen.nextChangeNs()!;
    vga.clock.advanceTo(next - 1);
    expect(vga.frame()).toEqual([]);
    vga.clock.advanceTo(next);
    expect(vga.frame()).toEqual([{ x: 9, y: 16, width: 9, height: 16 }]);
    expect(vga.pixel(9, 16 + 13)).toBe(vga.color(0));
    vga.outw(0x3d4, 0x0a, 0x20);
    expect(vga.frame()).toEqual([]);
    expect(vga.device.screen.nextChangeNs()).toBeUndefined();
    expect(vga.device.screen.cursor?.isVisible).toBe(false);
  });

  it('lets the cursor of a screen at rest stand still, lit, until the guest changes something', () => {
    const vga = textScreen();
    vga.outw(0x3d4, 0x0a, 13);
    vga.outw(0x3d4, 0x0b, 14);
    vga.write(0xb8000, 0x20, 0x07);
    vga.frame();
    let blinks = 0;
    for (let next = vga.device.screen.nextChangeNs(); next !== undefined; next = vga.device.screen.nextChangeNs()) {
      vga.clock.advanceTo(next);
      expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 9, height: 16 }]);
      blinks++;
    }
    expect(blinks).toBeGreaterThan(30);
    expect(blinks).toBeLessThan(42);
    expect(vga.pixel(0, 13)).toBe(vga.color(7));
    vga.clock.advanceTo(vga.clock.nowNs() + 3_700_000_000);
    expect(vga.frame()).toEqual([]);
    vga.write(0xb8000 + 160, 0x41, 0x07);
    vga.frame();
    expect(vga.device.screen.nextChangeNs()).toBeGreaterThan(vga.clock.nowNs());
  });

  it('moves the cursor and follows its shape', () => {
    const vga = textScreen();
    vga.outw(0x3d4, 0x0a, 0);
    vga.outw(0x3d4, 0x0b, 15);
    vga.write(0xb8000, 0x20, 0x07, 0x20, 0x07);
    vga.frame();
    vga.outw(0x3d4, 0x0f, 1);
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 18, height: 16 }]);
    expect(vga.pixel(0, 0)).toBe(vga.color(0));
    expect(vga.pixel(9, 0)).toBe(vga.color(7));
    vga.outw(0x3d4, 0x0a, 8);
    expect(vga.frame()).toEqual([{ x: 9, y: 0, width: 9, height: 16 }]);
    expect(vga.pixel(9, 7)).toBe(vga.color(0));
  });

  it('blinks characters when asked, else gives sixteen backgrounds', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x41, 0x97);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(7));
    expect(vga.pixel(1, 1)).toBe(vga.color(1));
    vga.clock.advanceTo(vga.device.screen.nextChangeNs()!);
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 9, height: 16 }]);
    expect(vga.pixel(0, 0)).toBe(vga.color(1));
    vga.attr(0x10, 0x04);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(7));
    expect(vga.pixel(1, 1)).toBe(vga.color(0x39));
    expect(vga.device.screen.nextChangeNs()).toBeUndefined();
  });

  it('takes characters with attribute bit 3 from the second font map', () => {
    const vga = textScreen();
    vga.outw(0x3c4, 3, 0x04); // map A is 1 (at 16 KiB), map B is 0
    vga.glyph(0x41, 1, 0x7e, 0x4000);
    vga.write(0xb8000, 0x41, 0x07, 0x41, 0x0f);
    vga.frame();
    expect([vga.pixel(0, 1), vga.pixel(1, 1)]).toEqual([vga.color(7), vga.color(0)]);
    expect([vga.pixel(9, 1), vga.pixel(10, 1)]).toEqual([vga.color(0), vga.color(0x3f)]);
  });

  it('shows a font that is loaded later, as the BIOS does it', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x42, 0x07);
    vga.frame();
    expect(vga.pixel(0, 2)).toBe(vga.color(0));
    vga.outw(0x3c4, 2, 4);
    vga.outw(0x3c4, 4, 7);
    vga.outw(0x3ce, 4, 2);
    vga.outw(0x3ce, 5, 0);
    vga.outw(0x3ce, 6, 4);
    vga.write(0xa0000 + 0x42 * 32 + 2, 0x80);
    expect(vga.read(0xa0000 + 0x42 * 32 + 2)).toBe(0x80);
    vga.outw(0x3c4, 2, 3);
    vga.outw(0x3c4, 4, 2);
    vga.outw(0x3ce, 4, 0);
    vga.outw(0x3ce, 5, 0x10);
    vga.outw(0x3ce, 6, 0x0e);
    vga.frame();
    expect(vga.pixel(0, 2)).toBe(vga.color(7));
    expect(vga.read(0xb8000)).toBe(0x42);
  });

  it('underlines attribute 1 at the underline location', () => {
    const vga = textScreen();
    vga.outw(0x3d4, 0x14, 12);
    vga.write(0xb8000, 0x20, 0x01, 0x20, 0x02);
    vga.frame();
    expect(vga.pixel(8, 12)).toBe(vga.color(1));
    expect(vga.pixel(9, 12)).toBe(vga.color(0));
  });

  it('scrolls by the start address and splits at line compare', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x41, 0x02);
    vga.write(0xb8000 + 160, 0x41, 0x07);
    vga.frame();
    vga.outw(0x3d4, 0x0d, 80);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(7));
    // Lines from 200 on show memory from its start.
    vga.outw(0x3d4, 0x18, 199);
    vga.outw(0x3d4, 0x07, 0x0f);
    vga.outw(0x3d4, 0x11, 0x0e);
    vga.outw(0x3d4, 0x07, 0x0f);
    vga.outw(0x3d4, 0x09, 0x0f);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(7));
    expect(vga.pixel(0, 199)).toBe(vga.color(0));
    expect(vga.pixel(0, 200)).toBe(vga.color(2));
    expect(vga.device.screen.readText()[13]).toBe('A');
  });

  it('pans smoothly by dots and scan lines', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x41, 0x07, 0x41, 0x07);
    vga.attr(0x13, 2); // three dots in nine-dot text
    vga.frame();
    expect(vga.pixel(0, 1)).toBe(vga.color(0));
    expect(vga.pixel(4, 1)).toBe(vga.color(7));
    expect(vga.pixel(6, 1)).toBe(vga.color(7));
    vga.attr(0x13, 8);
    vga.outw(0x3d4, 0x08, 1);
    vga.frame();
    expect(vga.pixel(1, 0)).toBe(vga.color(0));
    expect(vga.pixel(0, 14)).toBe(vga.color(7));
    expect(vga.pixel(0, 15)).toBe(vga.color(0));
  });

  it('shows 40 columns in doubled dots', () => {
    const vga = textScreen(MODE_1);
    expect(vga.device.screen.mode()).toMatchObject({ width: 720, height: 400, columns: 40, rows: 25 });
    vga.write(0xb8000 + 2, 0x41, 0x07);
    vga.frame();
    expect([18, 33, 34, 35].map((x) => vga.pixel(x, 0))).toEqual([7, 7, 0, 0].map((c) => vga.color(c)));
    expect([18, 19, 20].map((x) => vga.pixel(x, 1))).toEqual([7, 7, 0].map((c) => vga.color(c)));
  });

  it('shows 50 and 43 lines of eight scan lines', () => {
    const vga = textScreen();
    vga.outw(0x3d4, 0x09, 0x47);
    expect(vga.device.screen.mode()).toMatchObject({ height: 400, rows: 50 });
    vga.outw(0x3d4, 0x12, 0x5d);
    expect(vga.device.screen.mode()).toMatchObject({ height: 350, rows: 43 });
  });

  it('redraws everything on a palette change', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x41, 0x07);
    vga.frame();
    vga.dac(7, 63, 0, 0);
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 720, height: 400 }]);
    expect(vga.pixel(0, 0)).toBe(0xff0000);
    vga.dac(7, 63, 0, 0);
    expect(vga.frame()).toEqual([]);
  });

  it('is black while the screen is off', () => {
    const vga = textScreen();
    vga.write(0xb8000, 0x41, 0x17);
    vga.frame();
    vga.outw(0x3c4, 1, 0x20);
    expect(vga.frame()).toHaveLength(1);
    expect(vga.pixel(1, 1)).toBe(0);
    expect(vga.frame()).toEqual([]);
    vga.outw(0x3c4, 1, 0x00);
    vga.frame();
    expect(vga.pixel(1, 1)).toBe(vga.color(1));
    vga.in(0x3da);
    vga.out(0x3c0, 0x00);
    vga.frame();
    expect(vga.pixel(1, 1)).toBe(0);
  });

  it('draws a still picture without disturbing the frames', () => {
    const vga = textScreen();
    vga.frame();
    vga.write(0xb8000, 0x41, 0x07);
    const still = new Uint32Array(720 * 400);
    vga.device.screen.renderStill(still);
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 9, height: 16 }]);
    expect(Buffer.compare(Buffer.from(still.buffer), Buffer.from(vga.picture.buffer))).toBe(0);
  });

  it('leaves a buffer of the wrong size alone', () => {
    const vga = textScreen();
    const small = new Uint32Array(10);
    expect(vga.device.screen.renderDirty(small, true)).toEqual([]);
    expect(small.every((value) => value === 0)).toBe(true);
  });
});
