/**
 * The CPU's way to the four planes (IBM VGA manual, graphics controller and sequencer): write modes 0-3, read modes 0 and
 * 1, latches, map mask, odd/even and chain-4. A plane address p is the 32-bit word p of video memory, plane 0 in its low
 * byte.
 *
 * Chain-4 stores CPU address A in plane A & 3 at A >> 2, where the chip leaves gaps (A & ~3): so a 256-colour screen is
 * linear in video memory and can be mapped as plain memory. The CRTC's doubleword mode undoes the gaps, so pictures are the
 * same; only software that reads chain-4 pixels through planar modes would notice.
 */
import {
  GR_BIT_MASK,
  GR_COLOR_COMPARE,
  GR_COLOR_DONT_CARE,
  GR_DATA_ROTATE,
  GR_ENABLE_SET_RESET,
  GR_MODE,
  GR_READ_MAP_SELECT,
  GR_SET_RESET,
  MEMORY_MODE_CHAIN4,
  MEMORY_MODE_NO_ODD_EVEN,
  MODE_ODD_EVEN_READ,
  MODE_READ_COMPARE,
  SR_MAP_MASK,
  SR_MEMORY_MODE,
  type VgaRegisters,
} from './registers';

/** Four plane bits to four bytes of ones. */
const PLANES = new Int32Array(16);
for (let i = 0; i < 16; i++) {
  PLANES[i] = (i & 1 ? 0xff : 0) | (i & 2 ? 0xff00 : 0) | (i & 4 ? 0xff0000 : 0) | (i & 8 ? 0xff000000 : 0);
}

export function planeBytes(mask: number): number {
  return PLANES[mask & 15]!;
}

export class Planes {
  /** Plane addresses wrap here: 64 Ki in the VGA's own modes, more in the planar VBE mode. */
  addressMask = 0xffff;
  #chain4 = false;
  #oddEvenWrite = false;
  #oddEvenRead = false;
  #comparesOnRead = false;
  #writeMode = 0;
  #rotate = 0;
  #operation = 0;
  #bits = 0;
  #setReset = 0;
  #setResetMask = 0;
  #mapMask = 0;
  /** Nothing but the map mask stands between the CPU's byte and the planes. */
  #isPlain = false;

  constructor(
    private readonly regs: VgaRegisters,
    private readonly words: Int32Array,
    /** Called before word `p` is written. */
    private readonly beforeWrite: (p: number) => void,
  ) {}

  /** Takes over the registers; call after they changed. */
  update(): void {
    const { gc, seq } = this.regs;
    const memory = seq[SR_MEMORY_MODE]!;
    const mode = gc[GR_MODE]!;
    this.#chain4 = (memory & MEMORY_MODE_CHAIN4) !== 0;
    this.#oddEvenWrite = !this.#chain4 && (memory & MEMORY_MODE_NO_ODD_EVEN) === 0;
    this.#oddEvenRead = !this.#chain4 && (mode & MODE_ODD_EVEN_READ) !== 0;
    this.#comparesOnRead = (mode & MODE_READ_COMPARE) !== 0;
    this.#writeMode = mode & 3;
    this.#rotate = gc[GR_DATA_ROTATE]! & 7;
    this.#operation = gc[GR_DATA_ROTATE]! >> 3;
    this.#bits = gc[GR_BIT_MASK]! * 0x01010101;
    this.#setReset = PLANES[gc[GR_SET_RESET]!]!;
    this.#setResetMask = PLANES[gc[GR_ENABLE_SET_RESET]!]!;
    this.#mapMask = seq[SR_MAP_MASK]!;
    this.#isPlain =
      this.#writeMode === 0 &&
      this.#rotate === 0 &&
      this.#operation === 0 &&
      gc[GR_BIT_MASK] === 0xff &&
      gc[GR_ENABLE_SET_RESET] === 0;
  }

  /** Whether the window is the same as plain memory (but for the latches that a read would load). */
  get isChain4Linear(): boolean {
    return this.#chain4 && this.#isPlain && this.#mapMask === 15 && !this.#comparesOnRead;
  }

  read(address: number): number {
    let p: number;
    let plane: number;
    if (this.#chain4) {
      p = address >>> 2;
      plane = address & 3;
    } else if (this.#oddEvenRead) {
      p = address & ~1;
      plane = (this.regs.gc[GR_READ_MAP_SELECT]! & 2) | (address & 1);
    } else {
      p = address;
      plane = this.regs.gc[GR_READ_MAP_SELECT]!;
    }
    const latch = this.words[p & this.addressMask]!;
    this.regs.latch = latch;
    if (!this.#comparesOnRead) return (latch >>> (8 * plane)) & 0xff;
    const { gc } = this.regs;
    let differs = (latch ^ PLANES[gc[GR_COLOR_COMPARE]!]!) & PLANES[gc[GR_COLOR_DONT_CARE]!]!;
    differs |= differs >>> 16;
    differs |= differs >>> 8;
    return ~differs & 0xff;
  }

  write(address: number, value: number): void {
    let p: number;
    let planes = this.#mapMask;
    if (this.#chain4) {
      p = address >>> 2;
      planes &= 1 << (address & 3);
    } else if (this.#oddEvenWrite) {
      p = address & ~1;
      planes &= (address & 1) !== 0 ? 10 : 5;
    } else {
      p = address;
    }
    if (planes === 0) return;
    p &= this.addressMask;
    const mask = PLANES[planes]!;
    const data = this.#isPlain ? value * 0x01010101 : this.#combine(value);
    this.beforeWrite(p);
    this.words[p] = (this.words[p]! & ~mask) | (data & mask);
  }

  /** What the graphics controller makes of the CPU's byte, for all planes at once. */
  #combine(value: number): number {
    const latch = this.regs.latch;
    let bits = this.#bits;
    let data: number;
    switch (this.#writeMode) {
      case 0:
        data = (this.#rotated(value) * 0x01010101) | 0;
        data = (data & ~this.#setResetMask) | (this.#setReset & this.#setResetMask);
        break;
      case 1:
        return latch;
      case 2:
        data = PLANES[value & 15]!;
        break;
      default:
        bits &= this.#rotated(value) * 0x01010101;
        data = this.#setReset;
        break;
    }
    if (this.#operation === 1) data &= latch;
    else if (this.#operation === 2) data |= latch;
    else if (this.#operation === 3) data ^= latch;
    return (data & bits) | (latch & ~bits);
  }

  #rotated(value: number): number {
    return ((value >>> this.#rotate) | (value << (8 - this.#rotate))) & 0xff;
  }
}
