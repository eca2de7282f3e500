/**
 * x87 arithmetic in the one case that nearly all of it is: normal operands and a normal result, rounded to the nearest with an inexact
 * result masked. Each function says, with nothing changed, where it is another one; then arithmetic.ts and number.ts do it. The same
 * results and flags as theirs, but in the host's registers instead of unpacked numbers in memory (`npm run bench -- --only x87`).
 */
import { S_FCW, S_FSW } from '../layout.generated';
import { X87_ADD, X87_DIV, X87_DIVR, X87_I16, X87_I32, X87_I64, X87_M32, X87_MUL, X87_SUB, X87_SUBR } from '../sse/codes';
import { C1, PE, TOP_BIT } from './number';
import { setRegister } from './state';
import { bitsOfRest, divide128, mulHigh, shiftRightHigh, shiftRightLowSticky } from './wide';

/** FCW.RC, and the mask of PE. */
const FCW_COMMON_MASK: u32 = 0x0c20;
const FCW_COMMON: u32 = 0x0020;
const FCW_PC: u32 = 0x0300;
const FCW_PC_64: u32 = 0x0300;
const FCW_PC_53: u32 = 0x0200;
const SIGN: u32 = 0x8000;
const EXPONENT: u32 = 0x7fff;
/** What brings the exponent of a double to that of a register. */
const FROM_DOUBLE: u32 = 16383 - 1023;
const FROM_SINGLE: u32 = 16383 - 127;

// @ts-ignore: decorator
@inline
function isNormal(mantissa: u64, signExponent: u32): bool {
  return ((signExponent + 1) & EXPONENT) > 1 && mantissa >> 63 != 0;
}

// @ts-ignore: decorator
@inline
function isCommonControl(s: usize): bool {
  return (<u32>load<u16>(s, S_FCW) & FCW_COMMON_MASK) == FCW_COMMON;
}

// @ts-ignore: decorator
@inline
function setFlags(s: usize, flags: u32): void {
  store<u16>(s, <u16>((<u32>load<u16>(s, S_FSW) & ~C1) | flags), S_FSW);
}

/** Rounds hi:lo with bit 63 of hi set to FCW's precision and stores it. */
// @ts-ignore: decorator
@inline
function deliver(s: usize, at: usize, sign: u32, exponent: i32, hi: u64, lo: u64): bool {
  const pc = <u32>load<u16>(s, S_FCW) & FCW_PC;
  let rounded = hi;
  let rest = lo;
  let unit: u64 = 1;
  if (pc != FCW_PC_64) {
    const drop: u64 = pc == FCW_PC_53 ? 11 : pc == 0 ? 40 : 0;
    if (drop == 0) return false;
    unit = <u64>1 << drop;
    rest = (hi << (64 - drop)) | <u64>(lo != 0);
    rounded = hi & ~(unit - 1);
  }
  let flags: u32 = rest ? PE : 0;
  let e = exponent;
  if (rest > TOP_BIT || (rest == TOP_BIT && (rounded & unit) != 0)) {
    flags |= C1;
    rounded += unit;
    if (rounded == 0) {
      rounded = TOP_BIT;
      e++;
    }
  }
  // with room on both sides: what overflows or is tiny is not common
  if (e < 2 || e > 0x7ffd) return false;
  setFlags(s, flags);
  setRegister(at, rounded, sign | <u32>e);
  return true;
}

function add(s: usize, at: usize, xHi: u64, xSe: u32, yHi: u64, ySe: u32): bool {
  let aHi = xHi;
  let aSe = xSe;
  let bHi = yHi;
  let bSe = ySe;
  const expX = xSe & EXPONENT;
  const expY = ySe & EXPONENT;
  if (expX < expY || (expX == expY && xHi < yHi)) {
    aHi = yHi;
    aSe = ySe;
    bHi = xHi;
    bSe = xSe;
  }
  const sign = aSe & SIGN;
  let exponent = <i32>(aSe & EXPONENT);
  const distance = <u32>exponent - (bSe & EXPONENT);
  let lo = shiftRightLowSticky(bHi, 0, distance);
  let hi = shiftRightHigh(bHi, distance);
  if (((aSe ^ bSe) & SIGN) == 0) {
    hi += aHi;
    if (hi < aHi) {
      lo = (lo >> 1) | (hi << 63) | (lo & 1);
      hi = (hi >> 1) | TOP_BIT;
      exponent++;
    }
    return deliver(s, at, sign, exponent, hi, lo);
  }
  hi = aHi - hi - <u64>(lo != 0);
  lo = 0 - lo;
  if (hi == 0) return false;
  const shift = clz<u64>(hi);
  if (shift) {
    hi = (hi << shift) | (lo >> (64 - shift));
    lo <<= shift;
    exponent -= <i32>shift;
  }
  return deliver(s, at, sign, exponent, hi, lo);
}

function multiply(s: usize, at: usize, x: u64, xSe: u32, y: u64, ySe: u32): bool {
  let hi = mulHigh(x, y);
  let lo = x * y;
  let exponent = <i32>(xSe & EXPONENT) + <i32>(ySe & EXPONENT) - 16382;
  if (!(hi >> 63)) {
    hi = (hi << 1) | (lo >> 63);
    lo <<= 1;
    exponent--;
  }
  return deliver(s, at, (xSe ^ ySe) & SIGN, exponent, hi, lo);
}

function divide(s: usize, at: usize, x: u64, xSe: u32, y: u64, ySe: u32): bool {
  let exponent = <i32>(xSe & EXPONENT) - <i32>(ySe & EXPONENT) + 16383;
  let high = x;
  let low: u64 = 0;
  if (x >= y) {
    high = x >> 1;
    low = x << 63;
  } else exponent--;
  const q = divide128(high, low, y);
  return deliver(s, at, (xSe ^ ySe) & SIGN, exponent, q, bitsOfRest(low - q * y, y));
}

/** The register at `at` = x `operation` y (X87_*). */
export function commonArithmetic(s: usize, at: usize, operation: u32, x: u64, xSe: u32, y: u64, ySe: u32): bool {
  if (!isCommonControl(s) || !isNormal(x, xSe) || !isNormal(y, ySe)) return false;
  if (operation == X87_ADD) return add(s, at, x, xSe, y, ySe);
  if (operation == X87_MUL) return multiply(s, at, x, xSe, y, ySe);
  if (operation == X87_SUB) return add(s, at, x, xSe, y, ySe ^ SIGN);
  if (operation == X87_SUBR) return add(s, at, y, ySe, x, xSe ^ SIGN);
  if (operation == X87_DIV) return divide(s, at, x, xSe, y, ySe);
  if (operation == X87_DIVR) return divide(s, at, y, ySe, x, xSe);
  return false;
}

/** A memory operand as a register: its mantissa, 0 where it is not a normal number. Sign and exponent: `commonSignExponent`. */
export function commonMantissa(format: u32, value: u64): u64 {
  if (format == X87_M32) {
    const biased = <u32>(value >> 23) & 0xff;
    return biased - 1 < 0xfe ? ((value & 0x7fffff) << 40) | TOP_BIT : 0;
  }
  if (format == X87_I32 || format == X87_I16 || format == X87_I64) {
    const size = abs64(integerOf(format, value));
    return size << clz<u64>(size);
  }
  const biased = <u32>(value >> 52) & 0x7ff;
  return biased - 1 < 0x7fe ? ((value & 0xfffffffffffff) << 11) | TOP_BIT : 0;
}
export function commonSignExponent(format: u32, value: u64): u32 {
  if (format == X87_M32) return (<u32>(value >> 16) & SIGN) | ((<u32>(value >> 23) & 0xff) + FROM_SINGLE);
  if (format == X87_I32 || format == X87_I16 || format == X87_I64) {
    const number = integerOf(format, value);
    return (number < 0 ? SIGN : 0) | (16383 + 63 - <u32>clz<u64>(abs64(number)));
  }
  return (<u32>(value >> 48) & SIGN) | ((<u32>(value >> 52) & 0x7ff) + FROM_DOUBLE);
}

// @ts-ignore: decorator
@inline
function integerOf(format: u32, value: u64): i64 {
  return format == X87_I32 ? <i64>(<i32>value) : format == X87_I16 ? <i64>(<i16>value) : <i64>value;
}
// @ts-ignore: decorator
@inline
function abs64(value: i64): u64 {
  return value < 0 ? 0 - <u64>value : <u64>value;
}

/** A normal register as a double, 0 where that is not one; the flags of the rounding are set. */
export function commonDouble(s: usize, mantissa: u64, signExponent: u32): u64 {
  if (!isCommonControl(s) || !isNormal(mantissa, signExponent)) return 0;
  const rest = mantissa << 53;
  let flags: u32 = rest ? PE : 0;
  let fraction = mantissa >> 11;
  let biased = (signExponent & EXPONENT) - FROM_DOUBLE;
  if (rest > TOP_BIT || (rest == TOP_BIT && (fraction & 1) != 0)) {
    flags |= C1;
    fraction++;
    if (fraction >> 53) {
      fraction >>= 1;
      biased++;
    }
  }
  // below 2 as a wrapped-around number: too large
  if (biased - 2 > 0x7fc) return 0;
  setFlags(s, flags);
  return (<u64>(signExponent & SIGN) << 48) | (<u64>biased << 52) | (fraction & 0xfffffffffffff);
}

/** -1, 0 or 1 for normal registers, 2 where one is not. */
export function commonOrder(x: u64, xSe: u32, y: u64, ySe: u32): i32 {
  if (!isNormal(x, xSe) || !isNormal(y, ySe)) return 2;
  if ((xSe ^ ySe) & SIGN) return xSe & SIGN ? -1 : 1;
  let order: i32 = x == y ? 0 : x < y ? -1 : 1;
  if (xSe != ySe) order = xSe < ySe ? -1 : 1;
  return xSe & SIGN ? -order : order;
}
