import type { Random } from '../random';
import { WINDOW_SIZE } from './case-layout';

/** Operand values: edges of each width mixed with random ones, and floating-point specials. */

const EDGES_64 = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xfffffffffffffffen,
  0xffffffffffffffffn,
  0x5555555555555555n,
  0xaaaaaaaaaaaaaaaan,
  0x0f0f0f0f0f0f0f0fn,
  0xffffffff80000000n,
  0xffffffff7fffffffn,
  0xffffffffffff8000n,
  0xffffffffffffff80n,
];

export function random64(random: Random): bigint {
  return (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
}

export function integer(random: Random): bigint {
  const which = random.below(8);
  if (which < 4) return random.pick(EDGES_64);
  if (which === 4) return random64(random) >> BigInt(random.below(64));
  if (which === 5) return BigInt.asUintN(64, ~(random64(random) >> BigInt(random.below(64))));
  return random64(random);
}

const SINGLES = [
  0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001,
  0xffbfffff, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x33800000, 0x34000000, 0x4b000000,
  0x4f000000, 0xcf000000, 0x4effffff, 0x5f000000, 0xdf000000, 0x3f000000, 0x3fc00000, 0xc0200000, 0x7fc12345,
  0x40490fdb,
] as const;

const DOUBLES = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0xfff8000000000000n,
  0x7ff0000000000001n,
  0xfff7ffffffffffffn,
  0x0000000000000001n,
  0x800fffffffffffffn,
  0x0010000000000000n,
  0x7fefffffffffffffn,
  0xffefffffffffffffn,
  0x3ca0000000000000n,
  0x3cb0000000000000n,
  0x4330000000000000n,
  0x41e0000000000000n,
  0xc1e0000000000000n,
  0x41dfffffffc00000n,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0x3fe0000000000000n,
  0x3ff8000000000000n,
  0xc004000000000000n,
  0x36a0000000000000n,
  0x380fffffe0000000n,
  0x47efffffefffffffn,
  0x7ff8000000abcdefn,
  0x400921fb54442d18n,
];

export function single(random: Random): number {
  const which = random.below(8);
  if (which < 3) return random.pick(SINGLES);
  if (which < 6) {
    // near one, so that sums cancel and products round
    const exponent = 127 + random.below(9) - 4;
    return (random.below(2) * 0x80000000 + exponent * 0x800000 + random.below(0x800000)) >>> 0;
  }
  return random.below(2 ** 32);
}

export function double(random: Random): bigint {
  const which = random.below(8);
  if (which < 3) return random.pick(DOUBLES);
  if (which < 6) {
    const exponent = BigInt(1023 + random.below(9) - 4);
    return (BigInt(random.below(2)) << 63n) | (exponent << 52n) | (random64(random) >> 12n);
  }
  return random64(random);
}

/** [sign and exponent, mantissa] of 80-bit values. */
const EXTENDED: ReadonlyArray<readonly [number, bigint]> = [
  [0, 0n],
  [0x8000, 0n],
  [0x3fff, 1n << 63n],
  [0xbfff, 1n << 63n],
  [0x7fff, 1n << 63n], // infinity
  [0xffff, 1n << 63n],
  [0x7fff, 3n << 62n], // quiet NaN
  [0xffff, 3n << 62n],
  [0x7fff, (1n << 63n) | 1n], // signalling NaN
  [0xffff, (1n << 63n) | 0x1234n],
  [0, 1n], // denormals
  [0x8000, 0x7fffffffffffffffn],
  [0, 1n << 63n], // pseudo-denormal
  [0x0001, 1n << 63n], // smallest normal
  [0x7ffe, 0xffffffffffffffffn],
  [0xfffe, 0xffffffffffffffffn],
  [0x4000, 0xc90fdaa22168c235n], // pi
  [0x3ffe, 1n << 63n],
  [0x3fff, 3n << 62n],
  [0xc000, 0xa000000000000000n],
  [0x403e, 0xffffffffffffffffn],
  [0x403d, 0xffffffffffffffffn],
  [0xc03e, 1n << 63n],
  [0x401e, 1n << 63n],
  [0x400d, 0xfffe000000000000n],
  [0x4000, 0x1234567812345678n], // unnormal
  [0x7fff, 0x0000000000000001n], // pseudo-NaN
  [0x7fff, 0n], // pseudo-infinity
];

export function extended(random: Random): readonly [number, bigint] {
  const which = random.below(8);
  if (which < 3) return random.pick(EXTENDED);
  if (which < 6) {
    const exponent = 0x3fff + random.below(21) - 10;
    return [random.below(2) * 0x8000 + exponent, random64(random) | (1n << 63n)];
  }
  if (which === 6) return [random.below(2) * 0x8000 + random.below(0x7fff), random64(random) | (1n << 63n)];
  return [random.below(0x10000), random64(random)];
}

export type VectorStyle = 'integer' | 'single' | 'double';

export function fillVector(view: DataView, offset: number, bytes: number, style: VectorStyle, random: Random): void {
  if (style === 'single') {
    for (let i = 0; i + 4 <= bytes; i += 4) view.setUint32(offset + i, single(random), true);
  } else {
    for (let i = 0; i + 8 <= bytes; i += 8) {
      view.setBigUint64(offset + i, style === 'double' ? double(random) : integer(random), true);
    }
  }
}

/** Bits of MXCSR. */
const MXCSR_DEFAULT = 0x1f80;
const MXCSR_DAZ = 0x40;
const MXCSR_FTZ = 0x8000;
const MXCSR_MASKS = 0x1f80;
const FSW_ES_AND_BUSY = 0x8080;

export interface FxOptions {
  readonly style: VectorStyle;
  /** Rounding modes, precision, masks and so on vary. */
  readonly isFloat: boolean;
  /** Registers of the x87 stack hold values. */
  readonly isStackFull: boolean;
  readonly isMmx: boolean;
}

/** An FXSAVE image in the 64-bit form (Intel SDM vol. 1, 10.5.1). */
export function fxImage(random: Random, options: FxOptions): Uint8Array {
  const image = new Uint8Array(512);
  const view = new DataView(image.buffer);
  let control = 0x037f;
  let mxcsr = MXCSR_DEFAULT;
  if (options.isFloat) {
    if (random.chance(0.5)) control = (control & ~0xc00) | (random.below(4) << 10);
    if (random.chance(0.3)) control = (control & ~0x300) | (random.pick([0, 2, 3]) << 8);
    if (random.chance(0.1)) control = (control & ~0x3f) | random.below(64);
    if (random.chance(0.5)) mxcsr |= random.below(4) << 13;
    if (random.chance(0.2)) mxcsr |= MXCSR_DAZ;
    if (random.chance(0.2)) mxcsr |= MXCSR_FTZ;
    if (random.chance(0.3)) mxcsr |= random.below(64);
    if (random.chance(0.1)) mxcsr = (mxcsr & ~(MXCSR_MASKS | 0x3f)) | (random.below(64) << 7);
  }
  view.setUint16(0, control, true);
  // no exception is pending; condition codes and sticky flags of masked exceptions may stand
  let status = (random.below(8) << 11) | (random.below(8) << 8) | (random.below(2) << 14);
  if (options.isFloat && random.chance(0.2)) status |= random.below(64) & control & 0x3f;
  if (random.chance(options.isStackFull || options.isMmx ? 0.08 : 0.02)) {
    // an unmasked exception is pending: the next waiting instruction is #MF
    const exception = 1 << random.below(6);
    control &= ~exception;
    status |= exception | FSW_ES_AND_BUSY;
    view.setUint16(0, control, true);
  }
  view.setUint16(2, status, true);
  image[4] = options.isStackFull ? (random.chance(0.85) ? 0xff : random.below(256)) : random.pick([0, 0, 0xff]);
  view.setUint32(24, mxcsr, true);
  for (let i = 0; i < 8; i++) {
    if (options.isMmx) {
      fillVector(view, 32 + 16 * i, 8, options.style, random);
      view.setUint16(40 + 16 * i, 0xffff, true);
    } else {
      const [high, mantissa] = extended(random);
      view.setBigUint64(32 + 16 * i, mantissa, true);
      view.setUint16(40 + 16 * i, high, true);
    }
  }
  for (let i = 0; i < 16; i++) fillVector(view, 160 + 16 * i, 16, options.style, random);
  return image;
}

export function windowBytes(random: Random, style: VectorStyle): Uint8Array {
  const window = new Uint8Array(WINDOW_SIZE);
  fillVector(new DataView(window.buffer), 0, WINDOW_SIZE, style, random);
  return window;
}
