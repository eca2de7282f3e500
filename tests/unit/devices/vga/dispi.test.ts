import { describe, expect, it } from 'vitest';
import { MODE_3, VgaFixture } from '../../../support/vga-fixture';

const LFB = 0xe0000000;

function placed(vramSize = 16 << 20): VgaFixture {
  const vga = new VgaFixture({ vramSize });
  vga.device.config.writeConfig(0x10, 4, LFB);
  vga.device.config.writeConfig(0x18, 4, 0xfebf0000);
  vga.device.config.writeConfig(0x04, 2, 3);
  return vga;
}

describe('VGA on PCI', () => {
  it('is a VGA of Bochs with 16 MiB of prefetchable memory', () => {
    const vga = placed();
    const { config } = vga.device;
    expect(config.readConfig(0x00, 4)).toBe(0x11111234);
    expect(config.readConfig(0x08, 4)).toBe(0x03000002);
    expect(config.readConfig(0x2c, 4)).toBe(0x11001af4);
    expect(config.readConfig(0x3d, 1)).toBe(0);
    expect(vga.mappings.get('vga/bar0')).toEqual({ at: LFB, size: 16 << 20, offset: vga.vram.offset });
    config.writeConfig(0x10, 4, 0xffffffff);
    expect(config.readConfig(0x10, 4)).toBe(0xff000008);
    config.writeConfig(0x18, 4, 0xffffffff);
    expect(config.readConfig(0x18, 4)).toBe(0xfffff000);
  });

  it('serves the video BIOS from the expansion ROM', () => {
    const rom = Uint8Array.from({ length: 39936 }, (_, i) => i * 7);
    const vga = new VgaFixture({ rom });
    vga.device.config.writeConfig(0x30, 4, 0xfffffffe);
    expect(vga.device.config.readConfig(0x30, 4)).toBe(0xffff0000);
    vga.device.config.writeConfig(0x30, 4, 0xfe000001);
    vga.device.config.writeConfig(0x04, 2, 2);
    const { at, handler } = vga.mappings.get('vga/rom')!;
    expect(at).toBe(0xfe000000);
    expect(handler!.readMmio(1000, 4)).toBe(new DataView(rom.buffer).getUint32(1000, true));
  });

  it('repeats ports and DISPI registers in BAR 2, with an EDID', () => {
    const vga = placed();
    const { handler } = vga.mappings.get('vga/bar2')!;
    vga.set(MODE_3);
    expect(handler!.readMmio(0x40c, 1)).toBe(0x67);
    handler!.writeMmio(0x404, 2, 0x0502);
    expect(vga.in(0x3c5)).toBe(5);
    expect(handler!.readMmio(0x500, 2)).toBe(0xb0c5);
    handler!.writeMmio(0x502, 2, 1024);
    expect(vga.readDispi(1)).toBe(1024);
    expect(handler!.readMmio(0x514, 2)).toBe(256);
    expect(handler!.readMmio(0x600, 4)).toBe(8);
    expect(handler!.readMmio(0x604, 4)).toBe(0x1e1e1e1e);
    const edid = Array.from({ length: 128 }, (_, i) => handler!.readMmio(i, 1));
    expect(edid.slice(0, 8)).toEqual([0, 255, 255, 255, 255, 255, 255, 0]);
    expect(edid.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    expect([edid[56]! | ((edid[58]! >> 4) << 8), edid[59]! | ((edid[61]! >> 4) << 8)]).toEqual([1280, 800]);
    expect(edid[54]! | (edid[55]! << 8)).toBe(7111); // 71.11 MHz
  });
});

describe('Bochs VBE', () => {
  it('knows its versions, memory and limits', () => {
    const vga = placed();
    for (let id = 0xb0c0; id <= 0xb0c5; id++) {
      vga.dispi(0, id);
      expect(vga.readDispi(0)).toBe(id);
    }
    vga.dispi(0, 0x1234);
    expect(vga.readDispi(0)).toBe(0xb0c5);
    expect(vga.readDispi(10)).toBe(256);
    vga.dispi(4, 2);
    expect([1, 2, 3].map((index) => vga.readDispi(index))).toEqual([2560, 1600, 32]);
    vga.dispi(4, 0);
    expect([1, 2, 3].map((index) => vga.readDispi(index))).toEqual([640, 480, 8]);
    expect(vga.device.dispiPorts.readPort(0, 1)).toBe(0xff);
  });

  it.each([
    [8, [0x5a], (vga: VgaFixture) => vga.color(0x5a)],
    [15, [0x1f, 0x7c], () => 0xff00ff],
    [15, [0xe0, 0x03], () => 0x00ff00],
    [16, [0xe0, 0x07], () => 0x00ff00],
    [16, [0x10, 0x84], () => 0x848284],
    [24, [0x11, 0x22, 0x33], () => 0x332211],
    [32, [0x11, 0x22, 0x33, 0x44], () => 0x332211],
  ] as const)('shows %i bits per pixel: %j', (bpp, bytes, color) => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(800, 600, bpp);
    expect(vga.device.screen.mode()).toMatchObject({ kind: 'graphics', width: 800, height: 600, columns: 0, rows: 0 });
    vga.frame();
    const pixelBytes = (bpp + 7) >> 3;
    vga.vram.poke((123 * 800 + 456) * pixelBytes, ...bytes);
    expect(vga.frame()).toEqual([{ x: 456, y: 123, width: 1, height: 1 }]);
    expect(vga.pixel(456, 123)).toBe(color(vga));
    expect(vga.frame()).toEqual([]);
  });

  it('shows the planar mode, panned', () => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(800, 600, 4);
    vga.outw(0x3c4, 2, 15);
    vga.outw(0x3c4, 4, 6);
    vga.outw(0x3ce, 5, 0);
    vga.dispi(6, 1600);
    expect(vga.readDispi(6)).toBe(1600);
    vga.frame();
    vga.outw(0x3c4, 2, 0b1000);
    vga.write(0xa0000 + 200 * 10 + 3, 0x80);
    vga.frame();
    expect(vga.pixel(24, 10)).toBe(vga.color(0x38));
    vga.dispi(8, 3);
    vga.dispi(9, 4);
    vga.frame();
    expect(vga.pixel(21, 6)).toBe(vga.color(0x38));
    // Plane memory goes on in the next bank.
    vga.dispi(5, 1);
    vga.write(0xa0000, 0xff);
    expect(vga.vram.bytes[4 * 0x10000 + 3]).toBe(0xff);
  });

  it('scrolls in a larger virtual screen', () => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(640, 480, 32);
    expect(vga.readDispi(7)).toBe(6553);
    vga.dispi(6, 1000);
    expect(vga.readDispi(7)).toBe(4194);
    vga.frame();
    vga.vram.poke((500 * 1000 + 700) * 4, 255, 0, 0, 0);
    expect(vga.frame()).toEqual([]);
    vga.dispi(8, 360);
    vga.dispi(9, 400);
    vga.frame();
    expect(vga.pixel(340, 100)).toBe(0x0000ff);
  });

  it('clears memory when a mode is set, unless told not to', () => {
    const vga = placed();
    vga.vram.poke(1000, 1);
    vga.vbe(640, 480, 8, 0x80);
    expect(vga.vram.bytes[1000]).toBe(1);
    vga.vbe(640, 480, 8, 0);
    expect(vga.vram.bytes[1000]).toBe(0);
    expect(vga.vram.prepared.has(0)).toBe(true);
  });

  it('maps the window by bank and moves it', () => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(1024, 768, 8, 0);
    const { offset } = vga.vram;
    expect(vga.mappings.get('vga-window')).toEqual({ at: 0xa0000, size: 0x10000, offset });
    vga.dispi(5, 3);
    expect(vga.readDispi(5)).toBe(3);
    expect(vga.mappings.get('vga-window')).toEqual({ at: 0xa0000, size: 0x10000, offset: offset + 0x30000 });
    vga.write(0xa0005, 0x99);
    expect(vga.vram.bytes[0x30005]).toBe(0x99);
    // Banks beyond the memory do not stay.
    vga.dispi(5, 256);
    expect(vga.readDispi(5)).toBe(0);
    vga.dispi(4, 0);
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
  });

  it('has separate banks for reading and writing, of 32 KiB too', () => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(1024, 768, 8, 0x10);
    vga.dispi(5, 0x4002);
    vga.dispi(5, 0x8003);
    expect(vga.mappings.get('vga-window')?.at).toBeUndefined();
    vga.write(0xa0000, 0x42);
    expect(vga.vram.bytes[0x10000]).toBe(0x42);
    vga.vram.poke(0x18000, 0x43);
    expect(vga.read(0xa0000)).toBe(0x43);
    // The last bank of 32 KiB leaves half of the window without memory.
    vga.dispi(5, 511);
    expect(vga.read(0xa7fff)).toBe(0);
    expect(vga.read(0xa8000)).toBe(0xff);
    vga.write(0xa8000, 1);
  });

  it('takes an eight-bit DAC', () => {
    const vga = placed();
    vga.set(MODE_3);
    vga.vbe(640, 480, 8, 0x20);
    vga.dac(1, 0x12, 0x34, 0xff);
    vga.vram.poke(0, 1);
    vga.frame();
    expect(vga.pixel(0, 0)).toBe(0x1234ff);
    vga.out(0x3c7, 1);
    expect([vga.in(0x3c9), vga.in(0x3c9), vga.in(0x3c9)]).toEqual([0x12, 0x34, 0xff]);
  });

  it('never shows memory that is not there', () => {
    const vga = placed(1 << 20);
    vga.set(MODE_3);
    vga.vbe(0xffff, 0xffff, 32);
    let { width, height } = vga.device.screen.mode();
    expect([width, height]).toEqual([2560, 102]);
    vga.vbe(1024, 768, 32);
    ({ width, height } = vga.device.screen.mode());
    expect([width, height]).toEqual([1024, 256]);
    vga.dispi(6, 0xffff);
    expect(vga.readDispi(6)).toBe(1024);
    vga.dispi(9, 0xffff);
    expect(vga.readDispi(9)).toBe(0);
    vga.vbe(0, 0, 24);
    expect(vga.device.screen.mode()).toMatchObject({ width: 8, height: 1 });
    vga.vbe(0, 0, 4);
    expect(vga.device.screen.mode()).toMatchObject({ width: 8, height: 1 });
    vga.dispi(3, 7);
    expect(vga.readDispi(3)).toBe(4);
  });
});
