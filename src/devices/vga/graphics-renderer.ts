/** Draws graphics modes: lines whose memory may have changed are drawn again and compared with the picture. */
import type { Changes } from './changes';
import { BLACK, type Colors } from './colors';
import type { Dispi } from './dispi';
import type { Picture } from './picture';
import { planeBytes } from './planes';
import { AR_COLOR_PLANE_ENABLE, type VgaRegisters } from './registers';

/** One bit a page of video memory; undefined = all of it. */
export type WrittenPages = Uint8Array | undefined;

export class GraphicsRenderer {
  readonly #halfWords: Uint16Array;
  /** One line in pixels as fetched, before panning and doubling. */
  #line = new Int32Array(0);
  #sixteen: Int32Array;
  /** What of the line that was drawn last changed. */
  #first = -1;
  #last = -1;

  constructor(
    private readonly regs: VgaRegisters,
    private readonly dispi: Dispi,
    private readonly bytes: Uint8Array,
    private readonly words: Int32Array,
    private readonly picture: Picture,
    private readonly colors: Colors,
  ) {
    this.#sixteen = colors.sixteen;
    this.#halfWords = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
  }

  /** `isOffPhase`: blinking pixels are in the second half of their period. */
  render(into: Int32Array, written: WrittenPages, isOffPhase: boolean, changes: Changes | undefined): void {
    this.#sixteen = this.colors.graphics(isOffPhase);
    if (this.picture.pixels === 'linear') this.#renderLinear(into, written, changes);
    else this.#renderPlanes(into, written, changes);
  }

  #renderLinear(into: Int32Array, written: WrittenPages, changes: Changes | undefined): void {
    const { dispi } = this;
    const { width, height } = this.picture;
    const { xOffset, yOffset, bpp } = dispi.regs;
    const bytesPerPixel = dispi.bytesPerPixel;
    const pitch = dispi.pitch;
    for (let y = 0; y < height; y++) {
      const from = (yOffset + y) * pitch + xOffset * bytesPerPixel;
      if (!isWritten(written, from, from + width * bytesPerPixel - 1)) continue;
      const to = y * width;
      if (bpp === 32) this.#draw32(into, to, from >>> 2, width);
      else if (bpp === 8) this.#draw8(into, to, from, width);
      else if (bpp === 24) this.#draw24(into, to, from, width);
      else this.#draw16(into, to, from >>> 1, width, bpp === 16);
      if (this.#first >= 0) changes?.add(this.#first, this.#last + 1, y, 1);
    }
  }

  #draw32(into: Int32Array, to: number, from: number, width: number): void {
    const { words } = this;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const v = words[from + x]!;
      const color = BLACK | ((v & 0xff) << 16) | (v & 0xff00) | ((v >>> 16) & 0xff);
      if (into[to + x] === color) continue;
      into[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }

  #draw24(into: Int32Array, to: number, from: number, width: number): void {
    const { bytes } = this;
    let first = -1;
    let last = -1;
    for (let x = 0, at = from; x < width; x++, at += 3) {
      const color = BLACK | (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if (into[to + x] === color) continue;
      into[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }

  #draw16(into: Int32Array, to: number, from: number, width: number, has6Green: boolean): void {
    const halfWords = this.#halfWords;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const v = halfWords[from + x]!;
      const b = v & 31;
      const g = has6Green ? (v >> 5) & 63 : (v >> 5) & 31;
      const r = (has6Green ? v >> 11 : v >> 10) & 31;
      const green = has6Green ? (g << 2) | (g >> 4) : (g << 3) | (g >> 2);
      const color = BLACK | (((b << 3) | (b >> 2)) << 16) | (green << 8) | ((r << 3) | (r >> 2));
      if (into[to + x] === color) continue;
      into[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }

  #draw8(into: Int32Array, to: number, from: number, width: number): void {
    const { bytes } = this;
    const { all } = this.colors;
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      const color = all[bytes[from + x]!]!;
      if (into[to + x] === color) continue;
      into[to + x] = color;
      if (first < 0) first = x;
      last = x;
    }
    this.#first = first;
    this.#last = last;
  }

  #renderPlanes(into: Int32Array, written: WrittenPages, changes: Changes | undefined): void {
    const { picture } = this;
    const { addresses, scans, height } = picture;
    const pixelsPerClock = picture.pixels === 'packed' ? 4 : 8;
    const clocks = picture.columns + 1; // one more for panning
    if (this.#line.length < clocks * 8) this.#line = new Int32Array(clocks * 8);
    let isLineFresh = false;
    for (let y = 0; y < height; y++) {
      const repeats = picture.repeatsLineAbove(y);
      if (!repeats) isLineFresh = false;
      const address = addresses[y]!;
      const scan = scans[y]!;
      const start = picture.fetchAddress(address, 0, scan);
      const end = picture.fetchAddress(address, clocks - 1, scan);
      if (end >= start && !isWritten(written, start * 4, end * 4 + 3)) continue;
      if (!isLineFresh) {
        this.#fetchLine(address, clocks, scan);
        isLineFresh = true;
      }
      this.#commit(into, y, picture.panOf(y), pixelsPerClock);
      if (this.#first >= 0) changes?.add(this.#first, this.#last + 1, y, 1);
    }
  }

  #fetchLine(address: number, clocks: number, scan: number): void {
    const { picture, words } = this;
    const line = this.#line;
    const { all } = this.colors;
    const sixteen = this.#sixteen;
    if (picture.pixels === 'packed') {
      for (let c = 0, x = 0; c < clocks; c++, x += 4) {
        const v = words[picture.fetchAddress(address, c, scan)]!;
        line[x] = all[v & 0xff]!;
        line[x + 1] = all[(v >>> 8) & 0xff]!;
        line[x + 2] = all[(v >>> 16) & 0xff]!;
        line[x + 3] = all[v >>> 24]!;
      }
      return;
    }
    if (picture.pixels === 'interleaved') {
      // CGA pixels of two bits: planes 0 (first half) and 1 (second half); planes 2 and 3 give the two upper bits.
      for (let c = 0, x = 0; c < clocks; c++, x += 8) {
        const v = words[picture.fetchAddress(address, c, scan)]!;
        for (let i = 0; i < 4; i++) {
          const shift = 6 - 2 * i;
          line[x + i] = sixteen[((v >>> shift) & 3) | (((v >>> (16 + shift)) & 3) << 2)]!;
          line[x + 4 + i] = sixteen[((v >>> (8 + shift)) & 3) | (((v >>> (24 + shift)) & 3) << 2)]!;
        }
      }
      return;
    }
    const enabled = planeBytes(this.regs.attr[AR_COLOR_PLANE_ENABLE]!);
    for (let c = 0, x = 0; c < clocks; c++, x += 8) {
      const v = words[picture.fetchAddress(address, c, scan)]! & enabled;
      for (let i = 0; i < 8; i++) {
        const s = 7 - i;
        line[x + i] =
          sixteen[((v >>> s) & 1) | ((v >>> (s + 7)) & 2) | ((v >>> (s + 14)) & 4) | ((v >>> (s + 21)) & 8)]!;
      }
    }
  }

  /** Puts the fetched line into line `y` of the picture. */
  #commit(into: Int32Array, y: number, pan: number, pixelsPerClock: number): void {
    const { width, scale } = this.picture;
    const line = this.#line;
    const repeat = pixelsPerClock === 4 ? 2 * scale : scale;
    const to = y * width;
    let first = -1;
    let last = -1;
    if (repeat === 1) {
      for (let x = 0; x < width; x++) {
        const color = line[pan + x]!;
        if (into[to + x] === color) continue;
        into[to + x] = color;
        if (first < 0) first = x;
        last = x;
      }
    } else {
      // Every output pixel is compared: another mode of the same size may have left them unequal.
      for (let x = 0, pixel = pan; x < width; pixel++) {
        const color = line[pixel]!;
        for (const end = x + repeat; x < end; x++) {
          if (into[to + x] === color) continue;
          into[to + x] = color;
          if (first < 0) first = x;
          last = x;
        }
      }
    }
    this.#first = first;
    this.#last = last;
  }
}

/** Whether a page holding one of the bytes first..last was written. */
function isWritten(written: WrittenPages, first: number, last: number): boolean {
  if (written === undefined) return true;
  for (let page = first >>> 12; page <= last >>> 12; page++) {
    if ((written[page >> 3]! & (1 << (page & 7))) !== 0) return true;
  }
  return false;
}
