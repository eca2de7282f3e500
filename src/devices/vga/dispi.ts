/**
 * The Bochs VBE extension ("DISPI", Bochs documentation, vbe_display_api.txt, interface version 5) as SeaVGABIOS and the
 * Linux bochs driver use it: ports 1CE (index) and 1CF/1D0 (data), 16 bits wide. Whatever is written, the visible
 * rectangle lies inside the video memory: values are clamped whenever one of them changes.
 */
import { clamp } from '../../base/bits';
import { allOnes, type AccessSize, type PortHandler } from '../../machine/device';

export const DISPI_ID = 0;
export const DISPI_XRES = 1;
export const DISPI_YRES = 2;
export const DISPI_BPP = 3;
export const DISPI_ENABLE = 4;
export const DISPI_BANK = 5;
export const DISPI_VIRT_WIDTH = 6;
export const DISPI_VIRT_HEIGHT = 7;
export const DISPI_X_OFFSET = 8;
export const DISPI_Y_OFFSET = 9;
export const DISPI_VIDEO_MEMORY_64K = 10;

export const DISPI_ENABLED = 0x01;
export const DISPI_GETCAPS = 0x02;
export const DISPI_BANK_GRANULARITY_32K = 0x10;
export const DISPI_8BIT_DAC = 0x20;
export const DISPI_LFB_ENABLED = 0x40;
export const DISPI_NOCLEARMEM = 0x80;
const ENABLE_BITS = 0xf3;

const ID0 = 0xb0c0;
const ID5 = 0xb0c5;
const BANK_WR = 0x4000;
const BANK_RD = 0x8000;

export const MAX_XRES = 2560;
export const MAX_YRES = 1600;
const MAX_BPP = 32;
const MAX_VIRT_WIDTH = 16384;
const DEPTHS: readonly number[] = [4, 8, 15, 16, 24, 32];

export interface DispiRegisters {
  index: number;
  id: number;
  xres: number;
  yres: number;
  bpp: number;
  enable: number;
  readBank: number;
  writeBank: number;
  virtWidth: number;
  xOffset: number;
  yOffset: number;
}

export function powerOnDispi(): DispiRegisters {
  return {
    index: 0,
    id: ID5,
    xres: 640,
    yres: 480,
    bpp: 8,
    enable: 0,
    readBank: 0,
    writeBank: 0,
    virtWidth: 640,
    xOffset: 0,
    yOffset: 0,
  };
}

export interface DispiWires {
  /** Something that the window or (`isShown`) the picture depends on changed. */
  changed(isShown: boolean): void;
  /** Zero this many bytes from the start of video memory. */
  clear(length: number): void;
}

export class Dispi implements PortHandler {
  regs = powerOnDispi();

  constructor(
    private readonly vramSize: number,
    private readonly wires: DispiWires,
  ) {}

  get isEnabled(): boolean {
    return (this.regs.enable & DISPI_ENABLED) !== 0;
  }

  /** A packed-pixel mode: video memory is linear, in the window too. */
  get isLinear(): boolean {
    return this.isEnabled && this.regs.bpp >= 8;
  }

  get isPlanar(): boolean {
    return this.isEnabled && this.regs.bpp === 4;
  }

  get hasDac8(): boolean {
    return (this.regs.enable & DISPI_8BIT_DAC) !== 0;
  }

  get bytesPerPixel(): number {
    return (this.regs.bpp + 7) >> 3;
  }

  /** Bytes of video memory from one line to the next (all planes of a planar mode together). */
  get pitch(): number {
    return pitchOf(this.regs.bpp, this.regs.virtWidth);
  }

  /** Bytes from the start of video memory (of a plane, in 4 bits per pixel). */
  get readBankOffset(): number {
    return this.regs.readBank * this.#granularity;
  }
  get writeBankOffset(): number {
    return this.regs.writeBank * this.#granularity;
  }

  readPort(offset: number, size: AccessSize): number {
    if (size !== 2) return allOnes(size);
    return offset === 0 ? this.regs.index : this.read(this.regs.index);
  }

  writePort(offset: number, size: AccessSize, value: number): void {
    if (size !== 2) return;
    if (offset === 0) this.regs.index = value & 0xffff;
    else this.write(this.regs.index, value & 0xffff);
  }

  read(index: number): number {
    const regs = this.regs;
    const wantsCaps = (regs.enable & DISPI_GETCAPS) !== 0;
    switch (index) {
      case DISPI_ID:
        return regs.id;
      case DISPI_XRES:
        return wantsCaps ? MAX_XRES : regs.xres;
      case DISPI_YRES:
        return wantsCaps ? MAX_YRES : regs.yres;
      case DISPI_BPP:
        return wantsCaps ? MAX_BPP : regs.bpp;
      case DISPI_ENABLE:
        return regs.enable;
      case DISPI_BANK:
        return regs.writeBank;
      case DISPI_VIRT_WIDTH:
        return regs.virtWidth;
      case DISPI_VIRT_HEIGHT:
        return this.#virtHeight;
      case DISPI_X_OFFSET:
        return regs.xOffset;
      case DISPI_Y_OFFSET:
        return regs.yOffset;
      case DISPI_VIDEO_MEMORY_64K:
        return this.vramSize >>> 16;
      default:
        return 0;
    }
  }

  write(index: number, value: number): void {
    const regs = this.regs;
    switch (index) {
      case DISPI_ID:
        if (value >= ID0 && value <= ID5) regs.id = value;
        return;
      case DISPI_XRES:
        regs.xres = Math.min(value, MAX_XRES);
        break;
      case DISPI_YRES:
        regs.yres = Math.min(value, MAX_YRES);
        break;
      case DISPI_BPP:
        if (value === 0) regs.bpp = 8;
        else if (DEPTHS.includes(value)) regs.bpp = value;
        else return;
        break;
      case DISPI_ENABLE:
        this.#writeEnable(value & ENABLE_BITS);
        return;
      case DISPI_BANK:
        this.#writeBank(value);
        break;
      case DISPI_VIRT_WIDTH:
        regs.virtWidth = Math.min(value, MAX_VIRT_WIDTH);
        break;
      case DISPI_X_OFFSET:
        regs.xOffset = value;
        break;
      case DISPI_Y_OFFSET:
        regs.yOffset = value;
        break;
      default:
        return; // the height of the virtual screen follows from its width
    }
    this.#fit();
    this.wires.changed(index !== DISPI_BANK);
  }

  reset(): void {
    this.regs = powerOnDispi();
  }

  restore(regs: DispiRegisters): void {
    this.regs = regs;
    this.#fit();
  }

  #writeEnable(value: number): void {
    const regs = this.regs;
    const wasEnabled = this.isEnabled;
    regs.enable = value;
    if (this.isEnabled !== wasEnabled) {
      regs.readBank = 0;
      regs.writeBank = 0;
    }
    if (this.isEnabled && !wasEnabled) {
      regs.virtWidth = regs.xres;
      regs.xOffset = 0;
      regs.yOffset = 0;
    }
    this.#fit();
    const clears = (value & (DISPI_ENABLED | DISPI_NOCLEARMEM)) === DISPI_ENABLED && !wasEnabled;
    if (clears) this.wires.clear(regs.yres * this.pitch);
    this.wires.changed(true);
  }

  #writeBank(value: number): void {
    const bank = value & 0x1ff;
    const which = value & (BANK_RD | BANK_WR);
    if (which !== BANK_WR) this.regs.readBank = bank;
    if (which !== BANK_RD) this.regs.writeBank = bank;
  }

  get #granularity(): number {
    return (this.regs.enable & DISPI_BANK_GRANULARITY_32K) !== 0 ? 0x8000 : 0x10000;
  }

  get #virtHeight(): number {
    return this.pitch === 0 ? 0 : Math.min(Math.floor(this.vramSize / this.pitch), 0xffff);
  }

  /** Makes banks and, while enabled, the mode consistent. A width that leaves no room for the visible lines is shortened. */
  #fit(): void {
    const regs = this.regs;
    const lastBank = (regs.bpp === 4 ? this.vramSize >>> 2 : this.vramSize) / this.#granularity - 1;
    regs.readBank &= lastBank;
    regs.writeBank &= lastBank;
    if (!this.isEnabled) return;
    const step = regs.bpp === 4 ? 8 : 1;
    const down = (width: number) => width - (width % step);
    regs.xres = down(clamp(regs.xres, 8, MAX_XRES));
    regs.yres = clamp(regs.yres, 1, Math.min(MAX_YRES, Math.floor(this.vramSize / pitchOf(regs.bpp, regs.xres))));
    const widest = Math.floor((Math.floor(this.vramSize / regs.yres) * 8) / bitsOf(regs.bpp));
    regs.virtWidth = down(clamp(regs.virtWidth, regs.xres, Math.max(regs.xres, Math.min(widest, MAX_VIRT_WIDTH))));
    regs.xOffset = clamp(regs.xOffset, 0, regs.virtWidth - regs.xres);
    regs.yOffset = clamp(regs.yOffset, 0, this.#virtHeight - regs.yres);
  }
}

function bitsOf(bpp: number): number {
  return bpp === 15 ? 16 : bpp;
}

function pitchOf(bpp: number, width: number): number {
  return bpp === 4 ? (width >>> 3) * 4 : width * ((bpp + 7) >> 3);
}
