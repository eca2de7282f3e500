import { describe, expect, it } from 'vitest';
import {
  hex,
  MODE_12,
  MODE_13,
  MODE_3,
  MODE_4,
  MODE_6,
  MODE_X,
  VgaFixture,
  type Mode,
} from '../../../support/vga-fixture';

function graphics(mode: Mode): VgaFixture {
  const vga = new VgaFixture();
  vga.set(mode);
  return vga;
}

describe('VGA graphics', () => {
  it('shows CGA mode 4 with two-bit pixels and odd lines 8 KiB on', () => {
    const vga = graphics(MODE_4);
    expect(vga.device.screen.mode()).toMatchObject({ kind: 'graphics', width: 640, height: 400 });
    vga.write(0xb8000, 0b00011011, 0b11000000);
    vga.write(0xba000, 0b10000000);
    vga.write(0xb8000 + 80, 0b01000000);
    vga.frame();
    const entries = [0x00, 0x13, 0x15, 0x17];
    expect([0, 2, 4, 6, 8, 10].map((x) => vga.pixel(x, 0))).toEqual(
      [0, 1, 2, 3, 3, 0].map((i) => vga.color(entries[i]!)),
    );
    expect(vga.pixel(3, 1)).toBe(vga.color(0x13));
    expect([vga.pixel(0, 2), vga.pixel(1, 3), vga.pixel(2, 2)]).toEqual([0x15, 0x15, 0].map((c) => vga.color(c)));
    expect([vga.pixel(0, 4), vga.pixel(2, 5)]).toEqual([0x13, 0].map((c) => vga.color(c)));
  });

  it('shows CGA mode 6 with one-bit pixels', () => {
    const vga = graphics(MODE_6);
    expect(vga.device.screen.mode()).toMatchObject({ width: 640, height: 400 });
    vga.write(0xb8000, 0b10000001);
    vga.write(0xba000 + 79, 0b00000001);
    vga.frame();
    expect([0, 1, 7, 8].map((x) => vga.pixel(x, 0))).toEqual([0x17, 0, 0x17, 0].map((c) => vga.color(c)));
    expect([638, 639].map((x) => vga.pixel(x, 3))).toEqual([0, 0x17].map((c) => vga.color(c)));
  });

  it('shows planar mode 12h and only the changed spans', () => {
    const vga = graphics(MODE_12);
    expect(vga.device.screen.mode()).toMatchObject({ width: 640, height: 480 });
    vga.frame();
    vga.outw(0x3c4, 2, 0b0101);
    vga.write(0xa0000 + 80 * 100 + 10, 0b10100000);
    expect(vga.frame()).toEqual([{ x: 80, y: 100, width: 3, height: 1 }]);
    expect([80, 81, 82, 83].map((x) => vga.pixel(x, 100))).toEqual([5, 0, 5, 0].map((c) => vga.color(c)));
    expect(vga.frame()).toEqual([]);
  });

  it('writes planes in all four modes', () => {
    const vga = graphics(MODE_12);
    const planes = (at: number) => [0, 1, 2, 3].map((p) => vga.vram.bytes[4 * at + p]);
    // Mode 0: rotation, set/reset and bit mask over latches.
    vga.write(0xa0000, 0xff);
    vga.read(0xa0000);
    vga.outw(0x3ce, 1, 0b0011);
    vga.outw(0x3ce, 0, 0b0001);
    vga.outw(0x3ce, 3, 4);
    vga.outw(0x3ce, 8, 0x0f);
    vga.write(0xa0001, 0x21);
    expect(planes(1)).toEqual([0xff, 0xf0, 0xf2, 0xf2]);
    // Logical functions with the latch.
    vga.outw(0x3ce, 1, 0);
    vga.outw(0x3ce, 8, 0xff);
    vga.vram.poke(8, 0x0f, 0xf0, 0xff, 0x00);
    for (const [select, expected] of [
      [1, [0x0a, 0xa0, 0xaa, 0x00]],
      [2, [0xaf, 0xfa, 0xff, 0xaa]],
      [3, [0xa5, 0x5a, 0x55, 0xaa]],
    ] as const) {
      vga.outw(0x3ce, 3, select << 3);
      vga.read(0xa0002);
      vga.write(0xa0003, 0xaa);
      expect(planes(3)).toEqual(expected);
    }
    // Mode 1 copies latches, under the map mask.
    vga.outw(0x3ce, 3, 0);
    vga.outw(0x3ce, 5, 1);
    vga.outw(0x3c4, 2, 0b1011);
    vga.read(0xa0002);
    vga.write(0xa0004, 0x77);
    expect(planes(4)).toEqual([0x0f, 0xf0, 0x00, 0x00]);
    // Mode 2: a colour under the bit mask.
    vga.outw(0x3c4, 2, 15);
    vga.outw(0x3ce, 5, 2);
    vga.outw(0x3ce, 8, 0x80);
    vga.read(0xa0005);
    vga.write(0xa0005, 0b1001);
    expect(planes(5)).toEqual([0x80, 0, 0, 0x80]);
    // Mode 3: the byte masks set/reset.
    vga.outw(0x3ce, 5, 3);
    vga.outw(0x3ce, 8, 0xf0);
    vga.outw(0x3ce, 0, 0b0110);
    vga.read(0xa0006);
    vga.write(0xa0006, 0x3c);
    expect(planes(6)).toEqual([0, 0x30, 0x30, 0]);
  });

  it('reads planes and compares colours', () => {
    const vga = graphics(MODE_12);
    vga.vram.poke(0, 0x11, 0x22, 0x44, 0x88);
    for (const [plane, value] of [0x11, 0x22, 0x44, 0x88].entries()) {
      vga.outw(0x3ce, 4, plane);
      expect(vga.read(0xa0000)).toBe(value);
      vga.out(0x3d4, 0x22);
      expect(vga.in(0x3d5)).toBe(value);
    }
    vga.outw(0x3ce, 5, 8);
    vga.outw(0x3ce, 2, 0b0100);
    expect(vga.read(0xa0000)).toBe(0x44);
    vga.outw(0x3ce, 7, 0b0011);
    expect(vga.read(0xa0000)).toBe(0xcc);
    vga.outw(0x3ce, 7, 0);
    expect(vga.read(0xa0000)).toBe(0xff);
  });

  it('shows mode 13h doubled and maps its window as memory', () => {
    const vga = graphics(MODE_13);
    expect(vga.device.screen.mode()).toMatchObject({ kind: 'graphics', width: 640, height: 400 });
    expect(vga.mappings.get('vga-window')).toEqual({ at: 0xa0000, size: 0x10000, offset: vga.vram.offset });
    vga.frame();
    vga.vram.poke(320 * 50 + 7, 200);
    expect(vga.frame()).toEqual([{ x: 14, y: 100, width: 2, height: 2 }]);
    expect([vga.pixel(14, 100), vga.pixel(15, 101), vga.pixel(16, 100)]).toEqual([
      vga.color(200),
      vga.color(200),
      vga.color(0),
    ]);
    // The handler and the mapping show the same memory.
    expect(vga.read(0xa0000 + 320 * 50 + 7)).toBe(200);
    vga.write(0xa0000 + 319, 9);
    expect(vga.vram.bytes[319]).toBe(9);
    vga.outw(0x3ce, 8, 0x7f);
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
    vga.outw(0x3ce, 8, 0xff);
    expect(vga.mappings.get('vga-window')?.at).toBe(0xa0000);
    vga.set(MODE_3);
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
  });

  it('shows mode X, its pages and panning', () => {
    const vga = graphics(MODE_X);
    expect(vga.device.screen.mode()).toMatchObject({ width: 640, height: 480 });
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
    vga.frame();
    // Pixel (5, 3): plane 1 at 3 * 80 + 1.
    vga.outw(0x3c4, 2, 1 << 1);
    vga.write(0xa0000 + 3 * 80 + 1, 77);
    expect(vga.frame()).toEqual([{ x: 10, y: 6, width: 2, height: 2 }]);
    expect(vga.pixel(11, 7)).toBe(vga.color(77));
    // The second page, then two pixels to the left.
    vga.outw(0x3d4, 0x0c, 0x4b);
    vga.frame();
    expect(vga.pixel(10, 6)).toBe(vga.color(0));
    vga.write(0xa0000 + 0x4b00, 78);
    vga.frame();
    expect(vga.pixel(2, 0)).toBe(vga.color(78));
    vga.attr(0x13, 2);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(78));
  });

  it('splits the screen and stops panning below when told so', () => {
    const vga = graphics(MODE_X);
    vga.outw(0x3c4, 2, 1);
    vga.write(0xa0000, 50);
    vga.outw(0x3d4, 0x0c, 0x80);
    vga.outw(0x3d4, 0x11, 0x0c);
    vga.outw(0x3d4, 0x18, 0x8f);
    vga.outw(0x3d4, 0x07, 0x3e);
    vga.outw(0x3d4, 0x09, 0x01);
    // Line compare 399 by bit 8 only.
    vga.outw(0x3d4, 0x07, 0x3e);
    vga.frame();
    expect(vga.pixel(0, 399)).toBe(vga.color(0));
    expect(vga.pixel(0, 400)).toBe(vga.color(50));
    vga.attr(0x13, 2);
    vga.frame();
    expect(vga.pixel(0, 400)).toBe(vga.color(0));
    vga.attr(0x10, 0x61);
    vga.frame();
    expect(vga.pixel(0, 400)).toBe(vga.color(50));
  });

  it('blinks pixels of plane 3 when asked, and makes the others bright', () => {
    const f = new VgaFixture();
    f.set(MODE_12);
    f.outw(0x3c4, 2, 0x09); // planes 0 and 3: colour 9
    f.write(0xa0000, 0xf0);
    f.outw(0x3c4, 2, 0x01); // plane 0: colour 1
    f.write(0xa0000, 0xff);
    f.attr(0x10, 0x09);
    f.frame(true);
    const [one, nine] = [f.color(0x01), f.color(0x39)];
    expect([f.pixel(0, 0), f.pixel(7, 0)]).toEqual([nine, nine]);
    expect(f.device.screen.nextChangeNs()).toBe(533_333_334);
    f.clock.advance(533_333_334);
    expect(f.frame()).toEqual([{ x: 0, y: 0, width: 4, height: 1 }]);
    expect([f.pixel(0, 0), f.pixel(7, 0)]).toEqual([one, nine]);
    f.attr(0x10, 0x01);
    f.frame();
    expect([f.pixel(0, 0), f.pixel(7, 0)]).toEqual([nine, one]);
    expect(f.device.screen.nextChangeNs()).toBeUndefined();
  });

  it('lets the palette decide what blinks where plane 3 is disabled, as mode 0Fh does', () => {
    const f = new VgaFixture();
    f.set({ ...MODE_12, attr: hex('00 08 00 00 18 18 00 00 00 08 00 00 00 18 00 00 0b 00 05 00 00') });
    f.outw(0x3c4, 2, 0x01);
    f.write(0xa0000, 0x3c);
    f.outw(0x3c4, 2, 0x04);
    f.write(0xa0000, 0x0f);
    const pixels = () => [0, 2, 4, 6].map((x) => f.pixel(x, 0)); // colours 0, 1, 5, 4
    f.frame(true);
    f.clock.advance(533_333_334);
    f.frame();
    expect(pixels()).toEqual([f.color(0), f.color(8), f.color(0x18), f.color(0x18)]);
    f.clock.advance(533_333_334);
    f.frame();
    expect(pixels()).toEqual([f.color(0), f.color(8), f.color(0x18), f.color(0)]);
  });

  it('keeps panning by bytes below the split unless told not to', () => {
    const f = new VgaFixture();
    f.set(MODE_12);
    f.write(0xa0001, 0xff);
    f.outw(0x3d4, 0x08, 0x20); // one byte
    f.outw(0x3d4, 0x18, 99);
    f.outw(0x3d4, 0x07, 0x2e);
    f.outw(0x3d4, 0x09, 0x00);
    f.frame(true);
    expect([f.pixel(0, 0), f.pixel(0, 100)]).toEqual([f.color(0x3f), f.color(0x3f)]);
    f.attr(0x10, 0x21);
    f.frame();
    expect([f.pixel(0, 100), f.pixel(8, 100)]).toEqual([f.color(0), f.color(0x3f)]);
  });

  it('takes all colours through the pixel mask', () => {
    const vga = graphics(MODE_13);
    vga.vram.poke(0, 0x5a);
    vga.out(0x3c6, 0x0f);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(0x0a));
    expect(vga.in(0x3c6)).toBe(0x0f);
  });

  it('selects colours above 16 and 64', () => {
    const vga = graphics(MODE_12);
    vga.outw(0x3c4, 2, 0b0001);
    vga.write(0xa0000, 0x80);
    vga.attr(0x14, 0x0c);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(0xc1));
    vga.attr(0x10, 0x81);
    vga.attr(0x14, 0x06);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(vga.color(0x61));
  });
});

describe('VGA registers', () => {
  it('cycles the DAC by components and indices', () => {
    const vga = new VgaFixture();
    vga.out(0x3c8, 254);
    for (const value of [1, 2, 3, 0xff, 5, 6, 7, 8, 9]) vga.out(0x3c9, value);
    expect(vga.in(0x3c8)).toBe(1);
    expect(vga.in(0x3c7)).toBe(0);
    vga.out(0x3c7, 254);
    expect(vga.in(0x3c7)).toBe(3);
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => vga.in(0x3c9))).toEqual([1, 2, 3, 0x3f, 5, 6, 7, 8, 9]);
  });

  it('moves the CRTC between 3B4 and 3D4', () => {
    const vga = new VgaFixture();
    vga.out(0x3c2, 0);
    vga.outw(0x3b4, 0x0e, 0x12);
    expect(vga.in(0x3b5)).toBe(0x12);
    expect(vga.in(0x3d5)).toBe(0xff);
    vga.outw(0x3d4, 0x0e, 0x55);
    vga.out(0x3c2, 1);
    expect(vga.in(0x3cc)).toBe(1);
    expect(vga.in(0x3d5)).toBe(0x12);
    expect(vga.in(0x3b5)).toBe(0xff);
  });

  it('protects CRTC registers 0 to 7 but for line compare', () => {
    const vga = new VgaFixture();
    vga.set(MODE_3);
    vga.outw(0x3d4, 0x01, 0x10);
    vga.outw(0x3d4, 0x07, 0x00);
    vga.out(0x3d4, 0x01);
    expect(vga.in(0x3d5)).toBe(0x4f);
    vga.out(0x3d4, 0x07);
    expect(vga.in(0x3d5)).toBe(0x0f);
  });

  it('tells the attribute flip-flop in 3C0', () => {
    const vga = new VgaFixture();
    vga.set(MODE_3);
    vga.in(0x3da);
    vga.out(0x3c0, 0x31);
    vga.out(0x3d4, 0x24);
    expect(vga.in(0x3d5)).toBe(0x80 | 0x31);
    vga.out(0x3c0, 0x5a);
    expect(vga.in(0x3d5)).toBe(0x31);
    expect(vga.in(0x3c1)).toBe(0x5a);
    expect(vga.in(0x3c0)).toBe(0x31);
  });

  it('retraces 70 times a second in mode 3, by guest time', () => {
    const vga = new VgaFixture();
    vga.set(MODE_3);
    let retraces = 0;
    let shown = 0;
    let was = 0;
    const steps = 100_000;
    for (let i = 0; i < steps; i++) {
      vga.clock.advance(10_000);
      const status = vga.in(0x3da);
      if ((status & 8) !== 0 && was === 0) retraces++;
      was = status & 8;
      if ((status & 1) === 0) shown++;
    }
    expect(retraces).toBe(70);
    // 400 of 449 lines, 80 of 100 characters.
    expect(shown / steps).toBeCloseTo((400 / 449) * 0.8, 2);
  });

  it('has a beam whatever the registers say', () => {
    const vga = new VgaFixture();
    vga.out(0x3c2, 1);
    for (const value of [0, 0xff, 0x55, 0x80]) {
      vga.outw(0x3d4, 0x11, 0);
      for (let i = 0; i < 0x19; i++) vga.outw(0x3d4, i, i === 0x11 ? 0 : value);
      const seen = new Set<number>();
      for (let i = 0; i < 40_000; i++) {
        vga.clock.advance(5_000);
        seen.add(vga.in(0x3da) & 8);
      }
      expect([...seen].sort()).toEqual([0, 8]);
    }
  });

  it('answers in the window only where the map says', () => {
    const vga = new VgaFixture();
    vga.set(MODE_12);
    vga.write(0xb8000, 0x12);
    expect(vga.read(0xb8000)).toBe(0xff);
    vga.write(0xaffff, 0x12);
    expect(vga.read(0xaffff)).toBe(0x12);
    vga.outw(0x3ce, 6, 0x09);
    expect(vga.read(0xa0000)).toBe(0xff);
    expect(vga.read(0xb0000)).not.toBe(0xff);
    expect(vga.device.window.readMmio(0x17ffe, 4)).toBe(0xffffffff);
    vga.out(0x3c2, 0x61); // no CPU access
    expect(vga.read(0xb0000)).toBe(0xff);
  });

  it('stores wide accesses byte by byte', () => {
    const vga = new VgaFixture();
    vga.set(MODE_3);
    vga.device.window.writeMmio(0x18000, 4, 0x1f421e41);
    expect(vga.device.window.readMmio(0x18000, 4)).toBe(0x1f421e41);
    expect(vga.device.screen.readText()[0]).toBe('AB');
  });
});
