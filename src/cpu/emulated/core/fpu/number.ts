/**
 * Unpacked binary floating-point numbers of all formats, 32 bytes each in the state's SOFT area, and rounding to any format.
 * A finite number is hi.lo / 2^63 * 2^exp with bit 63 of hi set; lo holds bits beyond 64, its bit 0 standing for anything
 * lost (sticky). A NaN keeps its significand in hi. x87 and SSE share all of it (Intel SDM vol. 1, 4.8, 4.9).
 */
import { S_SOFT } from '../layout.generated';
import { shiftRightHigh, shiftRightLowSticky } from './wide';

export const N_HI: usize = 0;
export const N_LO: usize = 8;
export const N_EXP: usize = 16; // i32
export const N_SIGN: usize = 20; // u32, 0 or 1
export const N_CLASS: usize = 24; // u32
export const N_DENORMAL: usize = 28; // u32: the operand was a denormal
export const N_SIZE: usize = 32;

export const ZERO: u32 = 0;
export const FINITE: u32 = 1;
export const INFINITE: u32 = 2;
export const QNAN: u32 = 3;
export const SNAN: u32 = 4;
export const UNSUPPORTED: u32 = 5; // x87 pseudo-NaN, pseudo-infinity, unnormal

/** Exception flags, at the same places in FSW, FCW, MXCSR. */
export const IE: u32 = 1;
export const DE: u32 = 2;
export const ZE: u32 = 4;
export const OE: u32 = 8;
export const UE: u32 = 16;
export const PE: u32 = 32;
/** C1 of FSW: the last rounding went up. */
export const C1: u32 = 0x200;

export const RC_NEAREST: u32 = 0;
export const RC_DOWN: u32 = 1;
export const RC_UP: u32 = 2;
export const RC_ZERO: u32 = 3;
/** Added to the rounding control: a masked underflow gives zero (MXCSR.FTZ). */
export const RC_FLUSH: u32 = 4;

export const TOP_BIT: u64 = 0x8000000000000000;
export const QUIET: u64 = 0xc000000000000000;

/** The i-th number of the working area: 0 and 1 operands, 2 result, higher ones for longer computations. */
// @ts-ignore: decorator
@inline
export function soft(s: usize, i: usize): usize {
  return s + S_SOFT + i * N_SIZE;
}

// @ts-ignore: decorator
@inline
export function classOf(n: usize): u32 {
  return load<u32>(n, N_CLASS);
}
// @ts-ignore: decorator
@inline
export function signOf(n: usize): u32 {
  return load<u32>(n, N_SIGN);
}

// @ts-ignore: decorator
@inline
export function setNumber(n: usize, cls: u32, sign: u32, exp: i32, hi: u64, lo: u64): void {
  store<u64>(n, hi, N_HI);
  store<u64>(n, lo, N_LO);
  store<i32>(n, exp, N_EXP);
  store<u32>(n, sign, N_SIGN);
  store<u32>(n, cls, N_CLASS);
  store<u32>(n, 0, N_DENORMAL);
}

export function setDefaultNaN(n: usize): void {
  setNumber(n, QNAN, 1, 0, QUIET, 0);
}

export function copyNumber(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to + 16, v128.load(from + 16));
}

/** A number with `fraction` left-aligned below bit 63, from an IEEE format with `bias`. */
function unpackIeee(n: usize, sign: u32, biased: u32, greatest: u32, fraction: u64, bias: i32): void {
  if (biased == greatest) {
    const cls = fraction == 0 ? INFINITE : fraction >> 62 ? QNAN : SNAN;
    setNumber(n, cls, sign, 0, fraction | TOP_BIT, 0);
  } else if (biased != 0) {
    setNumber(n, FINITE, sign, <i32>biased - bias, fraction | TOP_BIT, 0);
  } else if (fraction == 0) {
    setNumber(n, ZERO, sign, 0, 0, 0);
  } else {
    const shift = clz<u64>(fraction);
    setNumber(n, FINITE, sign, 1 - bias - <i32>shift, fraction << shift, 0);
    store<u32>(n, 1, N_DENORMAL);
  }
}

export function unpack32(n: usize, bits: u32): void {
  unpackIeee(n, bits >> 31, (bits >> 23) & 0xff, 0xff, (<u64>(bits & 0x7fffff)) << 40, 127);
}

export function unpack64(n: usize, bits: u64): void {
  unpackIeee(n, <u32>(bits >> 63), <u32>(bits >> 52) & 0x7ff, 0x7ff, (bits & 0xfffffffffffff) << 11, 1023);
}

/** Double extended: explicit integer bit, pseudo-denormals are numbers, other odd encodings are UNSUPPORTED. */
export function unpack80(n: usize, mantissa: u64, signExponent: u32): void {
  const sign = (signExponent >> 15) & 1;
  const biased = signExponent & 0x7fff;
  if (biased == 0) {
    if (mantissa == 0) setNumber(n, ZERO, sign, 0, 0, 0);
    else {
      const shift = clz<u64>(mantissa);
      setNumber(n, FINITE, sign, -16382 - <i32>shift, mantissa << shift, 0);
      store<u32>(n, 1, N_DENORMAL);
    }
  } else if (!(mantissa >> 63)) {
    setNumber(n, UNSUPPORTED, sign, 0, mantissa, 0);
  } else if (biased == 0x7fff) {
    const fraction = mantissa << 1;
    const cls = fraction == 0 ? INFINITE : fraction >> 63 ? QNAN : SNAN;
    setNumber(n, cls, sign, 0, mantissa, 0);
  } else {
    setNumber(n, FINITE, sign, <i32>biased - 16383, mantissa, 0);
  }
}

export function unpackInteger(n: usize, value: i64): void {
  if (value == 0) {
    setNumber(n, ZERO, 0, 0, 0, 0);
    return;
  }
  const sign: u32 = value < 0 ? 1 : 0;
  const size = sign ? 0 - <u64>value : <u64>value;
  const shift = clz<u64>(size);
  setNumber(n, FINITE, sign, 63 - <i32>shift, size << shift, 0);
}

/** Whether rounding hi:lo at `drop` low bits of hi goes up in magnitude. */
function goesUp(hi: u64, lo: u64, drop: u32, rc: u32, sign: u32): bool {
  let below: u64; // the dropped bits, left-aligned
  let odd: u64;
  if (drop == 0) {
    below = lo;
    odd = hi & 1;
  } else if (drop < 64) {
    below = (hi << <u64>(64 - drop)) | <u64>(lo != 0);
    odd = (hi >> <u64>drop) & 1;
  } else {
    below = hi | <u64>(lo != 0);
    odd = 0;
  }
  if (below == 0) return false;
  rc &= 3;
  if (rc == RC_NEAREST) return below > TOP_BIT || (below == TOP_BIT && odd != 0);
  if (rc == RC_DOWN) return sign != 0;
  if (rc == RC_UP) return sign == 0;
  return false;
}

/**
 * Rounds a FINITE number to `precision` bits and the exponent range emin..emax and gives the flags raised (OE UE PE, C1 if
 * rounded up). `masks` has the mask bits. When an overflow or underflow is unmasked the exponent is moved by `bias`
 * (24576 for x87 registers; 0 where no result is delivered). A denormal result has bit 63 of hi clear and exp = emin.
 */
export function roundNumber(n: usize, precision: u32, emin: i32, emax: i32, rc: u32, masks: u32, bias: i32): u32 {
  const hi = load<u64>(n, N_HI);
  const lo = load<u64>(n, N_LO);
  const exp = load<i32>(n, N_EXP);
  const sign = load<u32>(n, N_SIGN);
  const drop = 64 - precision;
  const unit = (<u64>1) << <u64>drop;
  let flags: u32 = (hi & (unit - 1)) | lo ? PE : 0;
  let rounded = hi & ~(unit - 1);
  let e = exp;
  if (goesUp(hi, lo, drop, rc, sign)) {
    rounded += unit;
    if (rounded == 0) {
      rounded = TOP_BIT;
      e++;
    }
    flags |= C1;
  }
  store<u64>(n, 0, N_LO);
  if (e < emin) {
    if (!(masks & UE)) {
      store<u64>(n, rounded, N_HI);
      store<i32>(n, e + bias, N_EXP);
      return flags | UE;
    }
    if (rc & RC_FLUSH) {
      setNumber(n, ZERO, sign, 0, 0, 0);
      return UE | PE;
    }
    const shift = <u32>min<i32>(emin - exp, 200);
    const h = shiftRightHigh(hi, shift);
    const l = shiftRightLowSticky(hi, lo, shift);
    flags = (h & (unit - 1)) | l ? PE | UE : 0;
    let r = h & ~(unit - 1);
    if (goesUp(h, l, drop, rc, sign)) {
      r += unit;
      flags |= C1;
    }
    store<u64>(n, r, N_HI);
    store<i32>(n, emin, N_EXP);
    if (r == 0) store<u32>(n, ZERO, N_CLASS);
    return flags;
  }
  if (e > emax) {
    if (!(masks & OE)) {
      store<u64>(n, rounded, N_HI);
      store<i32>(n, e - bias, N_EXP);
      return flags | OE;
    }
    rc &= 3;
    const toInfinity = rc == RC_NEAREST || (rc == RC_UP && !sign) || (rc == RC_DOWN && sign);
    if (toInfinity) {
      setNumber(n, INFINITE, sign, 0, TOP_BIT, 0);
      return OE | PE | C1;
    }
    store<u64>(n, ~(unit - 1), N_HI);
    store<i32>(n, emax, N_EXP);
    return OE | PE;
  }
  store<u64>(n, rounded, N_HI);
  store<i32>(n, e, N_EXP);
  return flags;
}

// @ts-ignore: decorator
@inline
export function round32(n: usize, rc: u32, masks: u32): u32 {
  return roundNumber(n, 24, -126, 127, rc, masks, 0);
}
// @ts-ignore: decorator
@inline
export function round64(n: usize, rc: u32, masks: u32): u32 {
  return roundNumber(n, 53, -1022, 1023, rc, masks, 0);
}

export function pack32(n: usize): u32 {
  const sign = load<u32>(n, N_SIGN) << 31;
  const hi = load<u64>(n, N_HI);
  const cls = load<u32>(n, N_CLASS);
  if (cls == ZERO) return sign;
  const fraction = <u32>(hi >> 40) & 0x7fffff;
  if (cls == FINITE) return sign | fraction | (hi >> 63 ? <u32>(load<i32>(n, N_EXP) + 127) << 23 : 0);
  if (cls == INFINITE) return sign | 0x7f800000;
  return sign | 0x7fc00000 | fraction;
}

export function pack64(n: usize): u64 {
  const sign = <u64>load<u32>(n, N_SIGN) << 63;
  const hi = load<u64>(n, N_HI);
  const cls = load<u32>(n, N_CLASS);
  if (cls == ZERO) return sign;
  const fraction = (hi >> 11) & 0xfffffffffffff;
  if (cls == FINITE) return sign | fraction | (hi >> 63 ? <u64>(load<i32>(n, N_EXP) + 1023) << 52 : 0);
  if (cls == INFINITE) return sign | 0x7ff0000000000000;
  return sign | 0x7ff8000000000000 | fraction;
}

/** Sign and exponent of the 80-bit form; the mantissa is `pack80Mantissa`. */
export function pack80SignExponent(n: usize): u32 {
  const sign = load<u32>(n, N_SIGN) << 15;
  const cls = load<u32>(n, N_CLASS);
  if (cls == ZERO) return sign;
  if (cls != FINITE) return sign | 0x7fff;
  return load<u64>(n, N_HI) >> 63 ? sign | (<u32>(load<i32>(n, N_EXP) + 16383) & 0x7fff) : sign;
}

export function pack80Mantissa(n: usize): u64 {
  const cls = load<u32>(n, N_CLASS);
  const hi = load<u64>(n, N_HI);
  if (cls == ZERO) return 0;
  if (cls == FINITE) return hi;
  if (cls == INFINITE) return TOP_BIT;
  return hi | QUIET;
}

/** The integer nearest in the rounding direction, into hi, with exp 63 (no upper limit is applied: exp must be < 64). Gives PE and C1. */
export function roundToInteger(n: usize, rc: u32): u32 {
  const exp = load<i32>(n, N_EXP);
  if (exp >= 63) {
    return 0;
  }
  const sign = load<u32>(n, N_SIGN);
  const shift = <u32>min<i32>(63 - exp, 130);
  const hi = load<u64>(n, N_HI);
  let whole = shiftRightHigh(hi, shift);
  const rest = shiftRightLowSticky(hi, load<u64>(n, N_LO), shift);
  let flags: u32 = rest ? PE : 0;
  if (goesUp(whole, rest, 0, rc, sign)) {
    whole++;
    flags |= C1;
  }
  store<u64>(n, 0, N_LO);
  store<u64>(n, whole, N_HI);
  store<i32>(n, 63, N_EXP);
  if (whole == 0) store<u32>(n, ZERO, N_CLASS);
  return flags;
}

/** Brings a FINITE number with leading zeros in hi (lo = 0) back to normal form. */
export function normalize(n: usize): void {
  const hi = load<u64>(n, N_HI);
  if (hi == 0) {
    store<u32>(n, ZERO, N_CLASS);
    return;
  }
  const shift = clz<u64>(hi);
  store<u64>(n, hi << shift, N_HI);
  store<i32>(n, load<i32>(n, N_EXP) - <i32>shift, N_EXP);
}
