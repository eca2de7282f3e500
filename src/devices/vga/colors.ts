/** Palette registers and DAC as colours ready for the picture: bytes R, G, B, 255 of a signed little-endian word. */
import {
  AR_COLOR_PLANE_ENABLE,
  AR_COLOR_SELECT,
  AR_MODE_CONTROL,
  ATTR_BLINK,
  ATTR_P5P4_SELECT,
  type VgaRegisters,
} from './registers';

export const BLACK = 0xff000000 | 0;

export class Colors {
  /** By four-bit pixel or text attribute. */
  readonly sixteen = new Int32Array(16);
  /** By four-bit pixel of a graphics mode, in either half of the blinking period. */
  readonly #graphics = [new Int32Array(16), new Int32Array(16)] as const;
  /** Pixels of four bits blink. */
  blinksGraphics = false;
  /** By eight-bit pixel. */
  readonly all = new Int32Array(256);

  update(regs: VgaRegisters, hasDac8: boolean): void {
    const { attr, dac } = regs;
    for (let i = 0; i < 256; i++) {
      const at = 3 * (i & regs.pelMask);
      const [r, g, b] = [dac[at]!, dac[at + 1]!, dac[at + 2]!];
      this.all[i] = hasDac8 ? BLACK | (b << 16) | (g << 8) | r : BLACK | (six(b) << 16) | (six(g) << 8) | six(r);
    }
    const select = attr[AR_COLOR_SELECT]!;
    const mode = attr[AR_MODE_CONTROL]!;
    const takesP5P4 = (mode & ATTR_P5P4_SELECT) !== 0;
    const enabled = attr[AR_COLOR_PLANE_ENABLE]!;
    const paletteColor = (register: number) => {
      const color = attr[register]!;
      return this.all[takesP5P4 ? ((select & 15) << 4) | (color & 15) : ((select & 12) << 4) | (color & 0x3f)]!;
    };
    this.blinksGraphics = (mode & ATTR_BLINK) !== 0;
    for (let i = 0; i < 16; i++) {
      const register = i & enabled;
      this.sixteen[i] = paletteColor(register);
      for (const phase of [0, 1] as const) {
        this.#graphics[phase][i] = this.blinksGraphics
          ? paletteColor(blinkingRegister(register, (enabled & 8) !== 0, phase === 1))
          : this.sixteen[i]!;
      }
    }
  }

  /** By four-bit pixel of a graphics mode. */
  graphics(isOffPhase: boolean): Int32Array {
    return this.#graphics[isOffPhase ? 1 : 0];
  }
}

/**
 * The palette register of a graphics pixel while blinking is on: plane 3 makes pixels blink between two registers, or, where
 * it is disabled (mode 0Fh), all do, and the palette decides which are seen to: 4 and 0Ch differ there, 1 and 9 do not.
 */
function blinkingRegister(pixel: number, hasPlane3: boolean, isOff: boolean): number {
  const steady = hasPlane3 && (pixel & 8) === 0;
  return steady || !isOff ? pixel | 8 : pixel & 7;
}

/** Six bits of the DAC as eight. */
function six(value: number): number {
  const v = value & 0x3f;
  return (v << 2) | (v >> 4);
}
