/**
 * Numbers with all 128 bits of hi:lo in use (relative error some 2^-124), and fixed-point series, for the transcendental
 * functions. Q128 is a fraction below 1, Q127 a number below 2; both are kept in the hi and lo of a number's slot.
 */
import { addNumbers } from './arithmetic';
import { FINITE, N_CLASS, N_EXP, N_HI, N_LO, N_SIGN, TOP_BIT, ZERO, classOf, setNumber, signOf } from './number';
import { divide128, mulHigh, shiftRightHigh, shiftRightLowSticky } from './wide';

/** hi:lo of r = top half of a's hi:lo times b's. */
export function multiplyFixed(r: usize, a: usize, b: usize): void {
  const ah = load<u64>(a, N_HI);
  const al = load<u64>(a, N_LO);
  const bh = load<u64>(b, N_HI);
  const bl = load<u64>(b, N_LO);
  let lo = ah * bh;
  let hi = mulHigh(ah, bh);
  let add = mulHigh(ah, bl);
  lo += add;
  hi += <u64>(lo < add);
  add = mulHigh(al, bh);
  lo += add;
  hi += <u64>(lo < add);
  store<u64>(r, hi, N_HI);
  store<u64>(r, lo, N_LO);
}

/** Divides hi:lo of r by a small number. */
function divideFixed(r: usize, d: u64): void {
  const hi = load<u64>(r, N_HI);
  const lo = load<u64>(r, N_LO);
  const q = hi / d;
  let rest = ((hi - q * d) << 32) | (lo >> 32);
  const q1 = rest / d;
  rest = ((rest - q1 * d) << 32) | (lo & 0xffffffff);
  store<u64>(r, q, N_HI);
  store<u64>(r, (q1 << 32) | (rest / d), N_LO);
}

/** r = 1 + hi:lo of r or 1 - it, in Q127; a difference of 1 stays just below 1. */
function oneWith(r: usize, minus: bool): void {
  const hi = load<u64>(r, N_HI);
  const lo = load<u64>(r, N_LO);
  if (!minus) {
    store<u64>(r, hi + TOP_BIT, N_HI);
  } else if ((hi | lo) == 0) {
    store<u64>(r, TOP_BIT - 1, N_HI);
    store<u64>(r, u64.MAX_VALUE, N_LO);
  } else {
    store<u64>(r, 0 - lo, N_LO);
    store<u64>(r, TOP_BIT - hi - <u64>(lo != 0), N_HI);
  }
}

function normalizeWide(r: usize): void {
  let hi = load<u64>(r, N_HI);
  let lo = load<u64>(r, N_LO);
  let exp = load<i32>(r, N_EXP);
  if (hi == 0) {
    hi = lo;
    lo = 0;
    exp -= 64;
  }
  if (hi == 0) {
    store<u32>(r, ZERO, N_CLASS);
    return;
  }
  const shift = clz<u64>(hi);
  if (shift) {
    hi = (hi << shift) | (lo >> (64 - shift));
    lo <<= shift;
    exp -= <i32>shift;
  }
  store<u64>(r, hi, N_HI);
  store<u64>(r, lo, N_LO);
  store<i32>(r, exp, N_EXP);
}

/** The Q127 in r as a number. */
function fromQ127(r: usize): void {
  store<i32>(r, 0, N_EXP);
  store<u32>(r, 0, N_SIGN);
  store<u32>(r, FINITE, N_CLASS);
  normalizeWide(r);
}

/** |a| < 1 as Q128. */
export function toQ128(r: usize, a: usize): void {
  if (classOf(a) == ZERO) {
    store<u64>(r, 0, N_HI);
    store<u64>(r, 0, N_LO);
    return;
  }
  const hi = load<u64>(a, N_HI);
  const lo = load<u64>(a, N_LO);
  const shift = <u32>min<i32>(-(load<i32>(a, N_EXP) + 1), 200);
  store<u64>(r, shiftRightHigh(hi, shift), N_HI);
  store<u64>(r, shift >= 128 ? 0 : shiftRightLowSticky(hi, lo, shift), N_LO);
}

export function multiplyWide(r: usize, a: usize, b: usize): void {
  const exp = load<i32>(a, N_EXP) + load<i32>(b, N_EXP) + 1;
  const sign = signOf(a) ^ signOf(b);
  if (classOf(a) == ZERO || classOf(b) == ZERO) {
    setNumber(r, ZERO, sign, 0, 0, 0);
    return;
  }
  multiplyFixed(r, a, b);
  store<i32>(r, exp, N_EXP);
  store<u32>(r, sign, N_SIGN);
  store<u32>(r, FINITE, N_CLASS);
  normalizeWide(r);
}

/** r = a / b for finite numbers (Knuth's algorithm D with 64-bit digits). */
export function divideWide(r: usize, a: usize, b: usize): void {
  const sign = signOf(a) ^ signOf(b);
  const bh = load<u64>(b, N_HI);
  const bl = load<u64>(b, N_LO);
  let exp = load<i32>(a, N_EXP) - load<i32>(b, N_EXP) - 1;
  let r2: u64 = 0;
  let r1 = load<u64>(a, N_HI);
  let r0 = load<u64>(a, N_LO);
  let low: u64 = 0;
  if (r1 > bh || (r1 == bh && r0 >= bl)) {
    // halve a, so that the quotient is a fraction
    low = r0 << 63;
    r0 = (r0 >> 1) | (r1 << 63);
    r1 >>= 1;
    exp++;
  }
  let hiDigit: u64 = 0;
  let loDigit: u64 = 0;
  for (let digit = 0; digit < 2; digit++) {
    let q = r1 >= bh ? u64.MAX_VALUE : divide128(r1, r0, bh);
    // (r1:r0:low) - q * (bh:bl)
    const p0 = q * bl;
    const carry = mulHigh(q, bl);
    const m = q * bh;
    const p1 = m + carry;
    const p2 = mulHigh(q, bh) + <u64>(p1 < m);
    let x0 = low - p0;
    let borrow: u64 = low < p0 ? 1 : 0;
    let x1 = r0 - p1 - borrow;
    borrow = r0 < p1 || (r0 == p1 && borrow) ? 1 : 0;
    r2 = r1 - p2 - borrow;
    while (<i64>r2 < 0) {
      q--;
      x0 += bl;
      const c: u64 = x0 < bl ? 1 : 0;
      const y = x1 + bh;
      const c1: u64 = y < bh ? 1 : 0;
      x1 = y + c;
      r2 += c1 + <u64>(c && x1 == 0);
    }
    if (digit == 0) hiDigit = q;
    else loDigit = q;
    r1 = x1;
    r0 = x0;
    low = 0;
  }
  setNumber(r, FINITE, sign, exp, hiDigit, loDigit);
  store<i32>(r, exp, N_EXP);
  normalizeWide(r);
}

/** r = a + b with 128 bits. */
export function addWide(r: usize, a: usize, b: usize, negate: u32): void {
  addNumbers(r, a, b, negate, 0);
}

// ---- series; z is Q128, the result a number in r (distinct from z) ----

/** sin(x) / x with z = x^2 < 0.62: 1 - z/(2*3) (1 - z/(4*5) (...)). */
export function sineSeries(r: usize, z: usize): void {
  store<u64>(r, TOP_BIT, N_HI);
  store<u64>(r, 0, N_LO);
  for (let k: u64 = 28; k >= 2; k -= 2) {
    multiplyFixed(r, r, z);
    divideFixed(r, k * (k + 1));
    oneWith(r, true);
  }
  fromQ127(r);
}

/** cos(x) with z = x^2 < 0.62. */
export function cosineSeries(r: usize, z: usize): void {
  store<u64>(r, TOP_BIT, N_HI);
  store<u64>(r, 0, N_LO);
  for (let k: u64 = 28; k >= 2; k -= 2) {
    multiplyFixed(r, r, z);
    divideFixed(r, k * (k - 1));
    oneWith(r, true);
  }
  fromQ127(r);
}

/** (e^y - 1) / y for y = z or -z, z < 0.7. */
export function exponentialSeries(r: usize, z: usize, negative: bool): void {
  store<u64>(r, TOP_BIT, N_HI);
  store<u64>(r, 0, N_LO);
  for (let k: u64 = 25; k >= 2; k--) {
    multiplyFixed(r, r, z);
    divideFixed(r, k);
    oneWith(r, negative);
  }
  fromQ127(r);
}

/** atan(t) / t (alternating) or atanh(t) / t with z = t^2 <= 1/32; `terms` as z demands. */
export function arcSeries(r: usize, z: usize, alternating: bool, terms: u64): void {
  store<u64>(r, 0, N_HI);
  store<u64>(r, 0, N_LO);
  for (let k = 2 * terms + 1; ; k -= 2) {
    multiplyFixed(r, r, z);
    const hi = load<u64>(r, N_HI);
    const lo = load<u64>(r, N_LO);
    store<u64>(r, TOP_BIT, N_HI);
    store<u64>(r, 0, N_LO);
    if (k != 1) divideFixed(r, k);
    const h = load<u64>(r, N_HI);
    const l = load<u64>(r, N_LO);
    if (alternating) {
      const nonZero = k == 1 && (hi | lo) == 0;
      const lo2: u64 = nonZero ? 1 : lo;
      store<u64>(r, l - lo2, N_LO);
      store<u64>(r, h - hi - <u64>(l < lo2), N_HI);
    } else {
      store<u64>(r, l + lo, N_LO);
      store<u64>(r, h + hi + <u64>(l + lo < l), N_HI);
    }
    if (k == 1) break;
  }
  fromQ127(r);
}
