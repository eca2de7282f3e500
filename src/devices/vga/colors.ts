/** Palette registers and DAC as colours ready for the picture: bytes R, G, B, 255 of a signed little-endian word. */
import {
  AR_COLOR_PLANE_ENABLE,
  AR_COLOR_SELECT,
  AR_MODE_CONTROL,
  ATTR_P5P4_SELECT,
  type VgaRegisters,
} from './registers';

export const BLACK = 0xff000000 | 0;

export class Colors {
  /** By four-bit pixel or text attribute. */
  readonly sixteen = new Int32Array(16);
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
    const takesP5P4 = (attr[AR_MODE_CONTROL]! & ATTR_P5P4_SELECT) !== 0;
    for (let i = 0; i < 16; i++) {
      const color = attr[i & attr[AR_COLOR_PLANE_ENABLE]!]!;
      this.sixteen[i] =
        this.all[takesP5P4 ? ((select & 15) << 4) | (color & 15) : ((select & 12) << 4) | (color & 0x3f)]!;
    }
  }
}

/** Six bits of the DAC as eight. */
function six(value: number): number {
  const v = value & 0x3f;
  return (v << 2) | (v >> 4);
}
