import { Vga } from '../../src/devices/vga/vga';
import type { MmioHandler } from '../../src/machine/device';
import type { MemoryBlock } from '../../src/machine/guest-memory';
import type { Rect } from '../../src/machine/screen';
import { ManualClock } from './manual-clock';

/** Video memory in which writes by the device without `prepareWrite` are caught by `expectHonest`. */
export class FakeVram implements MemoryBlock {
  readonly offset = 0x200000;
  readonly bytes: Uint8Array;
  readonly prepared = new Set<number>();
  readonly #written = new Set<number>();

  constructor(readonly size: number) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(size));
  }

  prepareWrite(page: number): void {
    if (!(page >= 0 && page < this.size / 4096)) throw new Error(`page ${page}`);
    this.prepared.add(page);
    this.#written.add(page);
  }

  collectWritten(): Uint8Array {
    const bits = new Uint8Array(Math.ceil(this.size / 4096 / 8));
    for (const page of this.#written) bits[page >> 3]! |= 1 << (page & 7);
    this.#written.clear();
    return bits;
  }

  /** The CPU writes mapped memory. */
  poke(at: number, ...values: number[]): void {
    for (const [i, value] of values.entries()) {
      this.bytes[at + i] = value;
      this.#written.add((at + i) >> 12);
    }
  }
}

export interface Mapping {
  readonly at: number | undefined;
  readonly size: number;
  readonly offset?: number;
  readonly handler?: MmioHandler;
}

export class VgaFixture {
  readonly clock = new ManualClock();
  readonly vram: FakeVram;
  readonly mappings = new Map<string, Mapping>();
  readonly device: Vga;
  picture = new Uint32Array(0);

  constructor({ vramSize = 1 << 20, rom }: { vramSize?: number; rom?: Uint8Array } = {}) {
    this.vram = new FakeVram(vramSize);
    this.device = new Vga('vga', {
      vram: this.vram,
      clock: this.clock,
      rom,
      pci: {
        intx: { set: () => {} },
        bars: {
          mapPorts: () => {},
          mapMmio: (name, at, size, handler) => this.mappings.set(name, { at, size, handler }),
          mapMemory: (name, at, size, offset) => this.mappings.set(name, { at, size, offset }),
        },
      },
    });
  }

  out(port: number, value: number): void {
    this.device.ports.writePort(port - 0x3b0, 1, value);
  }

  in(port: number): number {
    return this.device.ports.readPort(port - 0x3b0, 1);
  }

  /** Index and data in one 16-bit write. */
  outw(port: number, index: number, value: number): void {
    this.device.ports.writePort(port - 0x3b0, 2, index | (value << 8));
  }

  attr(index: number, value: number): void {
    this.in(0x3da);
    this.out(0x3c0, index);
    this.out(0x3c0, value);
    this.out(0x3c0, 0x20);
  }

  dac(index: number, r: number, g: number, b: number): void {
    this.out(0x3c8, index);
    for (const value of [r, g, b]) this.out(0x3c9, value);
  }

  dispi(index: number, value: number): void {
    this.device.dispiPorts.writePort(0, 2, index);
    this.device.dispiPorts.writePort(1, 2, value);
  }

  readDispi(index: number): number {
    this.device.dispiPorts.writePort(0, 2, index);
    return this.device.dispiPorts.readPort(1, 2);
  }

  vbe(width: number, height: number, bpp: number, flags = 0x40): void {
    this.dispi(4, 0);
    this.dispi(1, width);
    this.dispi(2, height);
    this.dispi(3, bpp);
    this.dispi(4, 1 | flags);
    this.in(0x3da);
    this.out(0x3c0, 0x20);
  }

  /** A CPU write at a guest-physical address of the window. */
  write(gpa: number, ...values: number[]): void {
    for (const [i, value] of values.entries()) this.device.window.writeMmio(gpa - 0xa0000 + i, 1, value);
  }

  read(gpa: number): number {
    return this.device.window.readMmio(gpa - 0xa0000, 1);
  }

  set(mode: Mode): void {
    this.out(0x3c2, mode.misc);
    for (const [i, value] of mode.seq.entries()) this.outw(0x3c4, i + 1, value);
    this.outw(0x3d4, 0x11, 0);
    for (const [i, value] of mode.crtc.entries()) this.outw(0x3d4, i, value);
    for (const [i, value] of mode.gc.entries()) this.outw(0x3ce, i, value);
    for (const [i, value] of mode.attr.entries()) this.attr(i, value);
    // A grey ramp by default: DAC entry i is i & 0x3f in all components, with entry 0 black.
    for (let i = 0; i < 256; i++) this.dac(i, i & 0x3f, (i + 1) & 0x3f, i >> 2);
  }

  /** Puts a font byte at `row` of `character` into plane 2. */
  glyph(character: number, row: number, bits: number, map = 0): void {
    this.vram.bytes[4 * (map + character * 32 + row) + 2] = bits;
    this.vram.poke(4 * (map + character * 32 + row) + 2, bits);
  }

  frame(full = false): Rect[] {
    const { width, height } = this.device.screen.mode();
    let isNew = full;
    if (this.picture.length !== width * height) {
      this.picture = new Uint32Array(width * height);
      isNew = true;
    }
    return this.device.screen.renderDirty(this.picture, isNew);
  }

  /** Colour as 0xRRGGBB. */
  pixel(x: number, y: number): number {
    const { width } = this.device.screen.mode();
    const value = this.picture[y * width + x]!;
    if (value >>> 24 !== 255) throw new Error('a pixel is not opaque');
    return ((value & 0xff) << 16) | (value & 0xff00) | ((value >>> 16) & 0xff);
  }

  /** What the fixture's DAC shows for an entry. */
  color(entry: number): number {
    const eight = (v: number) => (v << 2) | (v >> 4);
    return (eight(entry & 0x3f) << 16) | (eight((entry + 1) & 0x3f) << 8) | eight(entry >> 2);
  }
}

export interface Mode {
  readonly misc: number;
  /** From index 1. */
  readonly seq: readonly number[];
  readonly crtc: readonly number[];
  readonly gc: readonly number[];
  readonly attr: readonly number[];
}

export const hex = (text: string) => text.split(' ').map((digits) => Number.parseInt(digits, 16));

/** The BIOS's parameter tables (IBM VGA manual, "VGA programming considerations"). */
export const MODE_3: Mode = {
  misc: 0x67,
  seq: hex('00 03 00 02'),
  crtc: hex('5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 1f 96 b9 a3 ff'),
  gc: hex('00 00 00 00 00 10 0e 00 ff'),
  attr: hex('00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f 0c 00 0f 08 00'),
};
export const MODE_1: Mode = {
  ...MODE_3,
  seq: hex('08 03 00 02'),
  crtc: hex('2d 27 28 90 2b a0 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 14 1f 96 b9 a3 ff'),
};
export const MODE_4: Mode = {
  misc: 0x63,
  seq: hex('09 03 00 02'),
  crtc: hex('2d 27 28 90 2b 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 a2 ff'),
  gc: hex('00 00 00 00 00 30 0f 00 ff'),
  attr: hex('00 13 15 17 02 04 06 07 10 11 12 13 14 15 16 17 01 00 03 00 00'),
};
export const MODE_6: Mode = {
  misc: 0x63,
  seq: hex('01 01 00 06'),
  crtc: hex('5f 4f 50 82 54 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 28 00 96 b9 c2 ff'),
  gc: hex('00 00 00 00 00 00 0d 00 ff'),
  attr: hex('00 17 17 17 17 17 17 17 17 17 17 17 17 17 17 17 01 00 01 00 00'),
};
export const MODE_12: Mode = {
  misc: 0xe3,
  seq: hex('01 0f 00 06'),
  crtc: hex('5f 4f 50 82 54 80 0b 3e 00 40 00 00 00 00 00 00 ea 8c df 28 00 e7 04 e3 ff'),
  gc: hex('00 00 00 00 00 00 05 0f ff'),
  attr: hex('00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f 01 00 0f 00 00'),
};
export const MODE_13: Mode = {
  misc: 0x63,
  seq: hex('01 0f 00 0e'),
  crtc: hex('5f 4f 50 82 54 80 bf 1f 00 41 00 00 00 00 00 00 9c 8e 8f 28 40 96 b9 a3 ff'),
  gc: hex('00 00 00 00 00 40 05 0f ff'),
  attr: hex('00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 41 00 0f 00 00'),
};
/** 320 x 240 in four planes, "mode X": unchained, byte mode, 480 lines. */
export const MODE_X: Mode = {
  ...MODE_13,
  misc: 0xe3,
  seq: hex('01 0f 00 06'),
  crtc: hex('5f 4f 50 82 54 80 0d 3e 00 41 00 00 00 00 00 00 ea ac df 28 00 e7 06 e3 ff'),
};
