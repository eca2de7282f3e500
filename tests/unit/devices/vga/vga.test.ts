import { describe, expect, it } from 'vitest';
import type { VgaState } from '../../../../src/devices/vga/state';
import { vgaState } from '../../../../src/devices/vga/state';
import { describeDevice, xorshift } from '../../../support/describe-device';
import { MODE_12, MODE_13, MODE_3, MODE_4, MODE_X, VgaFixture } from '../../../support/vga-fixture';

const good = new VgaFixture().device.save();

describeDevice<VgaState>({
  name: 'vga',
  state: vgaState,
  make: () => {
    const fixture = new VgaFixture();
    return {
      device: fixture.device,
      clock: fixture.clock,
      ports: [
        { handler: fixture.device.ports, count: 0x30 },
        { handler: fixture.device.dispiPorts, count: 4 },
      ],
      mmio: [{ handler: fixture.device.window, size: 0x20000 }],
      pci: [fixture.device.config],
    };
  },
  bad: [
    { ...good, gcIndex: 16 },
    { ...good, dacComponent: 3 },
    { ...good, crtc: new Uint8Array(24) },
    { ...good, dispi: { ...good.dispi, bpp: 7 } },
    { ...good, dispi: { ...good.dispi, xres: -1 } },
  ],
});

describe('VGA saved state', () => {
  it.each([
    ['text', MODE_3],
    ['planar', MODE_12],
    ['mode X', MODE_X],
    ['CGA', MODE_4],
  ])('brings the picture of %s back', (_name, mode) => {
    const first = new VgaFixture();
    first.set(mode);
    const random = xorshift(99);
    for (let i = 0; i < 4000; i++) first.write(0xa0000 + (random() & 0x1ffff), random() & 0xff);
    first.frame();
    const second = new VgaFixture();
    second.vram.bytes.set(first.vram.bytes);
    second.device.restore(structuredClone(first.device.save()));
    expect(second.frame()).toHaveLength(1);
    expect(second.device.screen.mode()).toEqual({ ...first.device.screen.mode(), generation: expect.any(Number) });
    expect(Buffer.compare(Buffer.from(first.picture.buffer), Buffer.from(second.picture.buffer))).toBe(0);
  });

  it('redraws after a restore into a running machine, and maps the window again', () => {
    const vga = new VgaFixture();
    vga.set(MODE_13);
    const state = vga.device.save();
    vga.set(MODE_3);
    vga.frame();
    vga.device.restore(state);
    expect(vga.mappings.get('vga-window')?.at).toBe(0xa0000);
    expect(vga.frame()).toEqual([{ x: 0, y: 0, width: 640, height: 400 }]);
    vga.device.reset();
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
  });

  it('keeps a half-written DAC entry and the flip-flop', () => {
    const first = new VgaFixture();
    first.set(MODE_3);
    first.out(0x3c8, 9);
    first.out(0x3c9, 1);
    first.out(0x3c9, 2);
    first.in(0x3da);
    first.out(0x3c0, 0x30);
    const second = new VgaFixture();
    second.device.restore(first.device.save());
    second.out(0x3c9, 3);
    second.out(0x3c7, 9);
    expect([second.in(0x3c9), second.in(0x3c9), second.in(0x3c9)]).toEqual([1, 2, 3]);
    second.out(0x3c0, 0x04);
    expect(second.in(0x3c1)).toBe(0x04);
  });

  it('asks again before it writes after a pause or a frame', () => {
    const vga = new VgaFixture();
    vga.set(MODE_12);
    vga.write(0xa0000, 1);
    vga.vram.prepared.clear();
    vga.write(0xa0000, 2);
    expect(vga.vram.prepared.size).toBe(0);
    vga.device.pause();
    vga.write(0xa0000, 3);
    expect([...vga.vram.prepared]).toEqual([0]);
    vga.vram.prepared.clear();
    vga.frame();
    vga.write(0xa0000, 4);
    expect([...vga.vram.prepared]).toEqual([0]);
  });
});

describe('hostile guests', () => {
  /** Random registers, with memory accesses, VBE modes and frames in between. */
  it.each([1, 2, 3, 4, 5, 6])('finds no way outside video memory (seed %i)', (seed) => {
    const random = xorshift(seed * 7919);
    const vga = new VgaFixture({ vramSize: 1 << 18 });
    const modes = [MODE_3, MODE_4, MODE_12, MODE_13, MODE_X];
    for (let round = 0; round < 60; round++) {
      if (random() % 3 === 0) vga.set(modes[random() % modes.length]!);
      for (let i = 0; i < 30; i++) {
        const kind = random() % 8;
        if (kind < 2) vga.outw(0x3d4, random() % 0x1a, random() & 0xff);
        else if (kind === 2) vga.outw(0x3ce, random() % 9, random() & 0xff);
        else if (kind === 3) vga.outw(0x3c4, random() % 5, random() & 0xff);
        else if (kind === 4) vga.attr(random() % 0x15, random() & 0xff);
        else if (kind === 5 && random() % 4 === 0) vga.dispi(random() % 12, random() & 0xffff);
        else if (kind === 6) vga.device.ports.writePort(random() % 0x2d, 4, random());
        else vga.out(0x3c2, random() & 0xff);
        const at = random() % 0x1fffd;
        vga.device.window.writeMmio(at, 4, random());
        vga.device.window.readMmio(at, 2);
        vga.device.window.readMmio(0x1ffff, 1);
      }
      const mapped = vga.mappings.get('vga-window');
      if (mapped?.at !== undefined) {
        expect(mapped.offset! - vga.vram.offset + mapped.size).toBeLessThanOrEqual(vga.vram.size);
      }
      vga.clock.advance(random() % 1_000_000_000);
      const { width, height } = vga.device.screen.mode();
      expect(width * height).toBeLessThan(10_000_000);
      for (const rect of vga.frame(random() % 5 === 0)) {
        expect(rect.width).toBeGreaterThan(0);
        expect(rect.height).toBeGreaterThan(0);
        expect(rect.x >= 0 && rect.x + rect.width <= width && rect.y >= 0 && rect.y + rect.height <= height).toBe(true);
      }
      vga.device.screen.readText();
      vga.device.screen.nextChangeNs();
      expect(vgaState.check(vga.device.save())).toBe(true);
    }
  });

  /** Frames by changes must equal a whole drawing. */
  it.each([11, 12, 13, 14])('draws changes exactly (seed %i)', (seed) => {
    const random = xorshift(seed * 104729);
    const vga = new VgaFixture({ vramSize: 1 << 18 });
    const modes = [MODE_3, MODE_4, MODE_12, MODE_13, MODE_X];
    let copy = new Uint32Array(0);
    for (let round = 0; round < 80; round++) {
      if (round % 8 === 0) vga.set(modes[random() % modes.length]!);
      const change = random() % 6;
      if (change === 0)
        vga.outw(0x3d4, [8, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x13, 0x18][random() % 9]!, random() & 0xff);
      else if (change === 1) vga.attr([0x10, 0x13, 0x14, 3][random() % 4]!, random() & 0x6f);
      else if (change === 2) vga.dac(random() & 63, random() & 63, random() & 63, random() & 63);
      else if (change === 3) vga.outw(0x3c4, 3, random() & 0x3f);
      for (let i = 0; i < 20; i++) {
        if (random() & 1) vga.vram.poke(random() & 0x3ffff, random() & 0xff);
        else vga.device.window.writeMmio(random() % 0x1fffd, 4, random());
      }
      vga.clock.advance(random() % 400_000_000);
      const rects = vga.frame();
      const { width } = vga.device.screen.mode();
      if (copy.length !== vga.picture.length) copy = new Uint32Array(vga.picture.length);
      for (const rect of rects) {
        for (let y = rect.y; y < rect.y + rect.height; y++) {
          const from = y * width + rect.x;
          copy.set(vga.picture.subarray(from, from + rect.width), from);
        }
      }
      const still = new Uint32Array(vga.picture.length);
      vga.device.screen.renderStill(still);
      const [whole, changed, copied] = [still, vga.picture, copy].map((pixels) => Buffer.from(pixels.buffer));
      if (!whole!.equals(changed!))
        throw new Error(`round ${round}: the picture by changes differs from the whole one`);
      if (!whole!.equals(copied!)) throw new Error(`round ${round}: the rectangles miss changes`);
    }
  });
});
