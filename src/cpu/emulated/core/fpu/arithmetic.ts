/** Exact operations on unpacked numbers that are not NaN; the result is rounded by the caller. Each gives IE or ZE. */
import {
  FINITE, IE, INFINITE, N_EXP, N_HI, N_LO, N_SIGN, QNAN, RC_DOWN, SNAN, TOP_BIT, UNSUPPORTED, ZE, ZERO, classOf, copyNumber,
  setDefaultNaN, setNumber, signOf,
} from './number';
import { bitsOfRest, divide128, mulHigh, shiftRightHigh, shiftRightLowSticky, squareRoot128 } from './wide';

/** r = a + b, b's sign flipped first if `negate`. */
export function addNumbers(r: usize, a: usize, b: usize, negate: u32, rc: u32): u32 {
  const signA = signOf(a);
  const signB = signOf(b) ^ negate;
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA == INFINITE) {
    if (classB == INFINITE && signA != signB) {
      setDefaultNaN(r);
      return IE;
    }
    copyNumber(r, a);
    return 0;
  }
  if (classB == INFINITE) {
    setNumber(r, INFINITE, signB, 0, TOP_BIT, 0);
    return 0;
  }
  if (classB == ZERO) {
    if (classA == ZERO) {
      const sign = signA == signB ? signA : <u32>((rc & 3) == RC_DOWN);
      setNumber(r, ZERO, sign, 0, 0, 0);
    } else copyNumber(r, a);
    return 0;
  }
  if (classA == ZERO) {
    setNumber(r, FINITE, signB, load<i32>(b, N_EXP), load<u64>(b, N_HI), load<u64>(b, N_LO));
    return 0;
  }
  // the larger exponent first
  let expA = load<i32>(a, N_EXP);
  let expB = load<i32>(b, N_EXP);
  let hiA = load<u64>(a, N_HI);
  let hiB = load<u64>(b, N_HI);
  let loA = load<u64>(a, N_LO);
  let loB = load<u64>(b, N_LO);
  let sign = signA;
  if (expA < expB || (expA == expB && (hiA < hiB || (hiA == hiB && loA < loB)))) {
    let e = expA;
    expA = expB;
    expB = e;
    let m = hiA;
    hiA = hiB;
    hiB = m;
    m = loA;
    loA = loB;
    loB = m;
    sign = signB;
  }
  const distance = <u32>min<i32>(expA - expB, 200);
  const low = shiftRightLowSticky(hiB, loB, distance);
  const high = shiftRightHigh(hiB, distance);
  if (signA == signB) {
    let lo = loA + low;
    let carry: u64 = lo < loA ? 1 : 0;
    let hi = hiA + high;
    let carryOut = hi < hiA;
    hi += carry;
    if (carry && hi == 0) carryOut = true;
    if (carryOut) {
      lo = (lo >> 1) | (hi << 63) | (lo & 1);
      hi = (hi >> 1) | TOP_BIT;
      expA++;
    }
    setNumber(r, FINITE, sign, expA, hi, lo);
    return 0;
  }
  let lo = loA - low;
  let hi = hiA - high - <u64>(loA < low);
  if (hi == 0) {
    if (lo == 0) {
      setNumber(r, ZERO, <u32>((rc & 3) == RC_DOWN), 0, 0, 0);
      return 0;
    }
    hi = lo;
    lo = 0;
    expA -= 64;
  }
  const shift = clz<u64>(hi);
  if (shift) {
    hi = (hi << shift) | (lo >> (64 - shift));
    lo <<= shift;
    expA -= <i32>shift;
  }
  setNumber(r, FINITE, sign, expA, hi, lo);
  return 0;
}

export function multiplyNumbers(r: usize, a: usize, b: usize): u32 {
  const sign = signOf(a) ^ signOf(b);
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA == INFINITE || classB == INFINITE) {
    if (classA == ZERO || classB == ZERO) {
      setDefaultNaN(r);
      return IE;
    }
    setNumber(r, INFINITE, sign, 0, TOP_BIT, 0);
    return 0;
  }
  if (classA == ZERO || classB == ZERO) {
    setNumber(r, ZERO, sign, 0, 0, 0);
    return 0;
  }
  const x = load<u64>(a, N_HI);
  const y = load<u64>(b, N_HI);
  let hi = mulHigh(x, y);
  let lo = x * y;
  let exp = load<i32>(a, N_EXP) + load<i32>(b, N_EXP) + 1;
  if (!(hi >> 63)) {
    hi = (hi << 1) | (lo >> 63);
    lo <<= 1;
    exp--;
  }
  setNumber(r, FINITE, sign, exp, hi, lo);
  return 0;
}

export function divideNumbers(r: usize, a: usize, b: usize): u32 {
  const sign = signOf(a) ^ signOf(b);
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA == INFINITE) {
    if (classB == INFINITE) {
      setDefaultNaN(r);
      return IE;
    }
    setNumber(r, INFINITE, sign, 0, TOP_BIT, 0);
    return 0;
  }
  if (classB == INFINITE) {
    setNumber(r, ZERO, sign, 0, 0, 0);
    return 0;
  }
  if (classB == ZERO) {
    if (classA == ZERO) {
      setDefaultNaN(r);
      return IE;
    }
    setNumber(r, INFINITE, sign, 0, TOP_BIT, 0);
    return ZE;
  }
  if (classA == ZERO) {
    setNumber(r, ZERO, sign, 0, 0, 0);
    return 0;
  }
  const x = load<u64>(a, N_HI);
  const y = load<u64>(b, N_HI);
  let exp = load<i32>(a, N_EXP) - load<i32>(b, N_EXP);
  let high = x;
  let low: u64 = 0;
  if (x >= y) {
    high = x >> 1;
    low = x << 63;
  } else exp--;
  const q = divide128(high, low, y);
  setNumber(r, FINITE, sign, exp, q, bitsOfRest(low - q * y, y));
  return 0;
}

export function squareRootNumber(r: usize, a: usize): u32 {
  const cls = classOf(a);
  if (cls == ZERO) {
    copyNumber(r, a);
    return 0;
  }
  if (signOf(a)) {
    setDefaultNaN(r);
    return IE;
  }
  if (cls == INFINITE) {
    copyNumber(r, a);
    return 0;
  }
  const exp = load<i32>(a, N_EXP);
  const hi = load<u64>(a, N_HI);
  // mantissa in [1, 4): an even exponent has bit 62 of the radicand as its unit
  const high = exp & 1 ? hi : hi >> 1;
  const low: u64 = exp & 1 ? 0 : hi << 63;
  const root = squareRoot128(high, low);
  const h = mulHigh(root, root);
  const l = root * root;
  let lo: u64 = 0;
  if (h != high || l != low) {
    // remainder > root means the root's next bit is 1; it is never exactly one half
    const restLow = low - l;
    const restHigh = high - h - <u64>(low < l);
    lo = restHigh || restLow > root ? 0xc000000000000000 : 0x4000000000000000;
  }
  setNumber(r, FINITE, 0, exp >> 1, root, lo);
  return 0;
}

/** -1, 0 or 1 for numbers that are not NaN. */
export function compareNumbers(a: usize, b: usize): i32 {
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA == ZERO && classB == ZERO) return 0;
  const signA = signOf(a);
  const signB = signOf(b);
  if (classA == ZERO) return signB ? 1 : -1;
  if (classB == ZERO) return signA ? -1 : 1;
  if (signA != signB) return signA ? -1 : 1;
  let order: i32;
  if (classA == INFINITE || classB == INFINITE) order = <i32>(classA == INFINITE) - <i32>(classB == INFINITE);
  else {
    const expA = load<i32>(a, N_EXP);
    const expB = load<i32>(b, N_EXP);
    const hiA = load<u64>(a, N_HI);
    const hiB = load<u64>(b, N_HI);
    if (expA != expB) order = expA < expB ? -1 : 1;
    else order = hiA == hiB ? 0 : hiA < hiB ? -1 : 1;
  }
  return signA ? -order : order;
}

// @ts-ignore: decorator
@inline
export function isNaNClass(cls: u32): bool {
  return cls >= QNAN;
}
// @ts-ignore: decorator
@inline
export function isInvalidClass(cls: u32): bool {
  return cls == SNAN || cls == UNSUPPORTED;
}
// @ts-ignore: decorator
@inline
export function flipSign(n: usize): void {
  store<u32>(n, signOf(n) ^ 1, N_SIGN);
}
