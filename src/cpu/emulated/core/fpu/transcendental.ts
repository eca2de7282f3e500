/**
 * FSIN, FCOS, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1: computed with some 120 bits and rounded once, so they are within
 * 0.51 ulp. Arguments of the trigonometric functions are reduced with the 66-bit pi of the hardware (Intel SDM vol. 1, 8.3.8);
 * special cases follow the tables of vol. 2.
 */
import { S_FSW } from '../layout.generated';
import { compareNumbers, isNaNClass, multiplyNumbers } from './arithmetic';
import {
  DE, FINITE, IE, INFINITE, N_EXP, N_HI, N_LO, N_SIGN, PE, TOP_BIT, ZE, ZERO, classOf, copyNumber, setDefaultNaN, setNumber,
  signOf, soft, unpackInteger,
} from './number';
import {
  FSW_C1, FSW_C2, STACK_OVERFLOW, STACK_UNDERFLOW, clearConditions, enter, isEmpty, loadRegister, markFull, masksOf, pop, push,
  report, roundFull, setRegisterDefaultNaN, stAt, storeRegister, underflowInto,
} from './state';
import {
  addWide, arcSeries, cosineSeries, divideWide, exponentialSeries, multiplyWide, sineSeries, toQ128,
} from './wide-number';
import { deliverResult, denormalFlag, propagateNaN } from './x87';

const PRECOMPUTED: u32 = IE | DE | ZE;

// slots of the working area used here besides 0, 1 (operands) and 2 (result)
const REDUCED: usize = 3;
const SQUARE: usize = 4;
const SINE: usize = 5;
const COSINE: usize = 6;
const T0: usize = 7;
const T1: usize = 8;
const T2: usize = 9;

/** pi * 2^k, 128 bits. */
function setPi(n: usize, sign: u32, k: i32): void {
  setNumber(n, FINITE, sign, 1 + k, 0xc90fdaa22168c234, 0xc4c6628b80dc1cd1);
}

/** A result that no finite number of bits can give: never exact, never a tie. */
function makeInexact(n: usize): void {
  if (classOf(n) == FINITE) store<u64>(n, load<u64>(n, N_LO) | 1, N_LO);
}

// ---- trigonometric functions ----

/**
 * REDUCED = |a| - n * (pi/2) in -pi/4..pi/4 for |a| < 2^63; gives n mod 4. pi/2 is 0xc90fdaa22168c234c * 2^-67, so that the
 * remainder is exact.
 */
function reduceAngle(s: usize, a: usize): u32 {
  const r = soft(s, REDUCED);
  copyNumber(r, a);
  store<u32>(r, 0, N_SIGN);
  const exp = load<i32>(a, N_EXP);
  const PH: u64 = 0xc;
  const PL: u64 = 0x90fdaa22168c234c;
  if (exp < -1) return 0;
  let h: u64 = 0;
  let l = load<u64>(a, N_HI);
  let n: u32 = 0;
  // |a| = l * 2^(exp + 4) in units of 2^-67
  for (let i = exp + 4; i > 0; i--) {
    h = (h << 1) | (l >> 63);
    l <<= 1;
    n <<= 1;
    if (h > PH || (h == PH && l >= PL)) {
      h -= PH + <u64>(l < PL);
      l -= PL;
      n |= 1;
    }
  }
  // past pi/4: the next multiple is nearer
  const HALF_H: u64 = 0x6;
  const HALF_L: u64 = 0x487ed5110b4611a6;
  let sign: u32 = 0;
  if (h > HALF_H || (h == HALF_H && l > HALF_L)) {
    const low = PL - l;
    h = PH - h - <u64>(PL < l);
    l = low;
    sign = 1;
    n++;
  }
  if ((h | l) == 0) {
    setNumber(r, ZERO, 0, 0, 0, 0);
    return n & 3;
  }
  // h:l * 2^-67 = value / 2^127 * 2^60
  let e = 60;
  if (h == 0) {
    h = l;
    l = 0;
    e -= 64;
  }
  const shift = clz<u64>(h);
  if (shift) {
    h = (h << shift) | (l >> (64 - shift));
    l <<= shift;
    e -= <i32>shift;
  }
  setNumber(r, FINITE, sign, e, h, l);
  return n & 3;
}

/** SINE and COSINE of the finite, non-zero number `a`. */
function sineAndCosine(s: usize, a: usize): void {
  const n = reduceAngle(s, a);
  const r = soft(s, REDUCED);
  const z = soft(s, SQUARE);
  const t = soft(s, T0);
  let sine = soft(s, SINE);
  let cosine = soft(s, COSINE);
  multiplyWide(t, r, r);
  toQ128(z, t);
  cosineSeries(t, z);
  copyNumber(cosine, t);
  sineSeries(t, z);
  multiplyWide(sine, t, r);
  makeInexact(sine);
  makeInexact(cosine);
  const negative = signOf(a);
  if (n & 1) {
    // sin(pi/2 + r) = cos r, cos(pi/2 + r) = -sin r
    copyNumber(t, sine);
    copyNumber(sine, cosine);
    copyNumber(cosine, t);
    store<u32>(cosine, signOf(cosine) ^ 1, N_SIGN);
  }
  if (n & 2) {
    store<u32>(sine, signOf(sine) ^ 1, N_SIGN);
    store<u32>(cosine, signOf(cosine) ^ 1, N_SIGN);
  }
  store<u32>(sine, signOf(sine) ^ negative, N_SIGN);
}

// what the common beginning of the trigonometric instructions found
const DONE: u32 = 0;
const COMPUTE: u32 = 1;
const SPECIAL: u32 = 2;

/** Loads ST(0) into number 0. COMPUTE: it is finite and below 2^63; SPECIAL: zero, infinite or NaN; DONE: nothing is left to do. */
function beginTrigonometric(s: usize, op: usize, pushes: bool): u32 {
  enter(s, op);
  clearConditions(s, FSW_C2);
  const a = soft(s, 0);
  loadRegister(a, stAt(s, 0));
  const isHuge = classOf(a) == FINITE && load<i32>(a, N_EXP) >= 63;
  if (isEmpty(s, 0) || (pushes && !isEmpty(s, 7))) {
    const flags = isEmpty(s, 0) ? STACK_UNDERFLOW : STACK_OVERFLOW;
    if (!report(s, op, flags)) {
      markFull(s, 0);
      setRegisterDefaultNaN(stAt(s, 0));
      if (pushes) {
        push(s);
        setRegisterDefaultNaN(stAt(s, 0));
      }
    }
    return DONE;
  }
  if (classOf(a) != FINITE) return SPECIAL;
  if (isHuge) {
    clearConditions(s, FSW_C1);
    store<u16>(s, <u16>(<u32>load<u16>(s, S_FSW) | FSW_C2), S_FSW);
    return DONE;
  }
  return COMPUTE;
}

/** Delivers number `first` to ST(0) and, for the pushing forms, then `second` on top. Both are rounded; flags come along. */
function deliverTwo(s: usize, op: usize, flags: u32, first: usize, second: usize, pushes: bool): void {
  if (flags & PRECOMPUTED & ~masksOf(s)) {
    report(s, op, flags & PRECOMPUTED);
    return;
  }
  report(s, op, flags);
  storeRegister(stAt(s, 0), first);
  if (pushes) {
    push(s);
    storeRegister(stAt(s, 0), second);
  }
}

/** Number 2 for an infinity or NaN; gives the flags. */
function trigonometricNaN(s: usize): u32 {
  const a = soft(s, 0);
  const r = soft(s, 2);
  if (isNaNClass(classOf(a))) return propagateNaN(r, a, a);
  setDefaultNaN(r);
  return IE;
}

// ZERO arguments give exact results
function isZeroArgument(s: usize): bool {
  return classOf(soft(s, 0)) == ZERO;
}

export function x87Fsin(s: usize, op: usize): void {
  const found = beginTrigonometric(s, op, false);
  if (found == DONE) return;
  const r = soft(s, 2);
  let flags: u32 = 0;
  if (found == SPECIAL) {
    if (isZeroArgument(s)) copyNumber(r, soft(s, 0));
    else flags = trigonometricNaN(s);
  } else {
    flags = denormalFlag(soft(s, 0), soft(s, 0));
    sineAndCosine(s, soft(s, 0));
    copyNumber(r, soft(s, SINE));
    flags |= roundFull(s, r);
  }
  deliverTwo(s, op, flags, r, r, false);
}

export function x87Fcos(s: usize, op: usize): void {
  const found = beginTrigonometric(s, op, false);
  if (found == DONE) return;
  const r = soft(s, 2);
  let flags: u32 = 0;
  if (found == SPECIAL) {
    if (isZeroArgument(s)) unpackInteger(r, 1);
    else flags = trigonometricNaN(s);
  } else {
    flags = denormalFlag(soft(s, 0), soft(s, 0));
    sineAndCosine(s, soft(s, 0));
    copyNumber(r, soft(s, COSINE));
    flags |= roundFull(s, r);
  }
  deliverTwo(s, op, flags, r, r, false);
}

export function x87Fsincos(s: usize, op: usize): void {
  const found = beginTrigonometric(s, op, true);
  if (found == DONE) return;
  const r = soft(s, 2);
  const c = soft(s, COSINE);
  let flags: u32 = 0;
  if (found == SPECIAL) {
    if (isZeroArgument(s)) {
      copyNumber(r, soft(s, 0));
      unpackInteger(c, 1);
    } else {
      flags = trigonometricNaN(s);
      copyNumber(c, r);
    }
  } else {
    flags = denormalFlag(soft(s, 0), soft(s, 0));
    sineAndCosine(s, soft(s, 0));
    copyNumber(r, soft(s, SINE));
    flags |= roundFull(s, r) & ~0x200;
    flags |= roundFull(s, c);
  }
  deliverTwo(s, op, flags, r, c, true);
}

export function x87Fptan(s: usize, op: usize): void {
  const found = beginTrigonometric(s, op, true);
  if (found == DONE) return;
  const r = soft(s, 2);
  const one = soft(s, T1);
  unpackInteger(one, 1);
  let flags: u32 = 0;
  if (found == SPECIAL) {
    if (isZeroArgument(s)) copyNumber(r, soft(s, 0));
    else {
      flags = trigonometricNaN(s);
      copyNumber(one, r);
    }
  } else {
    const a = soft(s, 0);
    flags = denormalFlag(a, a);
    if (load<i32>(a, N_EXP) < -40) {
      // x + x^3/3: a little more than x
      copyNumber(r, a);
    } else {
      sineAndCosine(s, a);
      divideWide(r, soft(s, SINE), soft(s, COSINE));
    }
    makeInexact(r);
    flags |= roundFull(s, r);
  }
  deliverTwo(s, op, flags, r, one, true);
}

// ---- arctangent ----

/** atan(k/8), k = 1..8. */
function setArctangentOfEighths(n: usize, k: u32): void {
  let hi: u64 = 0xc90fdaa22168c234;
  let lo: u64 = 0xc4c6628b80dc1cd1;
  let exp = -1;
  switch (k) {
    case 1:
      hi = 0xfeadd4d5617b6e32;
      lo = 0xc897989f3e888ef7;
      exp = -4;
      break;
    case 2:
      hi = 0xfadbafc96406eb15;
      lo = 0x6dc79ef5f7a217e5;
      exp = -3;
      break;
    case 3:
      hi = 0xb7b0ca0f26f78473;
      lo = 0x8aa32122dcfe4483;
      exp = -2;
      break;
    case 4:
      hi = 0xed63382b0dda7b45;
      lo = 0x6fe445ecbc3a8d03;
      exp = -2;
      break;
    case 5:
      hi = 0x8f005d5ef7f59f9b;
      lo = 0x5c835e1665c43747;
      break;
    case 6:
      hi = 0xa4bc7d1934f70924;
      lo = 0x19a87f2a457dac9e;
      break;
    case 7:
      hi = 0xb8053e2bc2319e73;
      lo = 0xcb2da55210a4443d;
      break;
    default:
      break;
  }
  setNumber(n, FINITE, 0, exp, hi, lo);
}

/** r = atan(n / d) for finite positive n <= d. */
function arctangent(s: usize, r: usize, n: usize, d: usize): void {
  const q = soft(s, T0);
  const t = soft(s, T1);
  const u = soft(s, T2);
  const z = soft(s, SQUARE);
  const series = soft(s, SINE);
  divideWide(q, n, d);
  const exp = load<i32>(q, N_EXP);
  // nearest eighth: floor(8q + 1/2)
  let k: u32 = 0;
  if (exp >= -4) k = <u32>(((load<u64>(q, N_HI) >> <u64>(-exp)) >> 59) + 1) >> 1;
  if (k == 0) copyNumber(u, q);
  else {
    // (n - c d) / (d + c n), c = k / 8; both exact
    const c = soft(s, COSINE);
    unpackInteger(c, k);
    store<i32>(c, load<i32>(c, N_EXP) - 3, N_EXP);
    multiplyWide(t, c, d);
    addWide(u, n, t, 1);
    multiplyWide(t, c, n);
    addWide(q, d, t, 0);
    if (classOf(u) == FINITE) {
      divideWide(t, u, q);
      copyNumber(u, t);
    }
  }
  if (classOf(u) == FINITE) {
    multiplyWide(t, u, u);
    toQ128(z, t);
    arcSeries(series, z, true, 12);
    multiplyWide(t, series, u);
    copyNumber(u, t);
  }
  if (k == 0) copyNumber(r, u);
  else {
    setArctangentOfEighths(t, k);
    addWide(r, t, u, 0);
  }
}

export function x87Fpatan(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0) || isEmpty(s, 1)) {
    if (underflowInto(s, op, 1)) pop(s);
    return;
  }
  const x = soft(s, 0);
  const y = soft(s, 1);
  const r = soft(s, 2);
  loadRegister(x, stAt(s, 0));
  loadRegister(y, stAt(s, 1));
  const classX = classOf(x);
  const classY = classOf(y);
  const sign = signOf(y);
  const negativeX = signOf(x) != 0;
  let flags: u32;
  if (isNaNClass(classX) || isNaNClass(classY)) flags = propagateNaN(r, y, x);
  else {
    flags = denormalFlag(x, y);
    if (!(flags & ~masksOf(s))) {
      if (classY == ZERO || (classX == INFINITE && classY != INFINITE)) {
        if (negativeX) setPi(r, sign, 0);
        else setNumber(r, ZERO, sign, 0, 0, 0);
      } else if (classX == ZERO || (classY == INFINITE && classX != INFINITE)) setPi(r, sign, -1);
      else if (classY == INFINITE) {
        if (negativeX) {
          // 3 pi / 4
          setNumber(r, FINITE, sign, 1, 0x96cbe3f9990e91a7, 0x9394c9e8a0a5159c);
        } else setPi(r, sign, -2);
      } else {
        store<u32>(x, 0, N_SIGN);
        store<u32>(y, 0, N_SIGN);
        const steep = compareNumbers(y, x) > 0;
        if (steep) arctangent(s, r, x, y);
        else arctangent(s, r, y, x);
        const t = soft(s, T1);
        const pi = soft(s, T0);
        // steep: pi/2 -+ r; else for negative x: pi - r
        if (steep) {
          setPi(pi, 0, -1);
          addWide(t, pi, r, negativeX ? 0 : 1);
          copyNumber(r, t);
        } else if (negativeX) {
          setPi(pi, 0, 0);
          addWide(t, pi, r, 1);
          copyNumber(r, t);
        }
        store<u32>(r, sign, N_SIGN);
      }
      makeInexact(r);
      flags |= roundFull(s, r);
    }
  }
  if (deliverResult(s, op, stAt(s, 1), flags)) pop(s);
}

// ---- exponential and logarithms ----

export function x87F2xm1(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const r = soft(s, 2);
  loadRegister(a, at);
  const cls = classOf(a);
  const sign = signOf(a);
  let flags: u32 = 0;
  copyNumber(r, a);
  if (isNaNClass(cls)) flags = propagateNaN(r, a, a);
  else if (cls == INFINITE) {
    if (sign) unpackInteger(r, -1);
  } else if (cls == FINITE) {
    flags = denormalFlag(a, a);
    const exp = load<i32>(a, N_EXP);
    if (exp >= 0) {
      // +1 and -1 are exact; beyond them the result is undefined: the argument stays, as on hardware
      if (exp == 0 && load<u64>(a, N_HI) == TOP_BIT) {
        if (sign) setNumber(r, FINITE, 1, -1, TOP_BIT, 0);
        else unpackInteger(r, 1);
      } else flags |= PE;
    } else if (!(flags & ~masksOf(s))) {
      const y = soft(s, T0);
      const z = soft(s, SQUARE);
      const series = soft(s, T1);
      setNumber(series, FINITE, 0, -1, 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af);
      multiplyWide(y, a, series);
      toQ128(z, y);
      exponentialSeries(series, z, sign != 0);
      multiplyWide(r, y, series);
      makeInexact(r);
      flags |= roundFull(s, r);
    }
  }
  deliverResult(s, op, at, flags);
}

/** r = 2/ln 2 * atanh(n / d), that is log2((d + n) / (d - n)), for |n / d| < 0.18. */
function logarithmOfRatio(s: usize, r: usize, n: usize, d: usize): void {
  const t = soft(s, T0);
  const z = soft(s, SQUARE);
  const series = soft(s, T1);
  const u = soft(s, T2);
  divideWide(t, n, d);
  multiplyWide(u, t, t);
  toQ128(z, u);
  arcSeries(series, z, false, 24);
  multiplyWide(u, t, series);
  setNumber(series, FINITE, 0, 1, 0xb8aa3b295c17f0bb, 0xbe87fed0691d3e88);
  multiplyWide(r, u, series);
}

/** r = log2(a) for a finite positive number; ZERO for 1. */
function logarithm(s: usize, r: usize, a: usize): void {
  let exp = load<i32>(a, N_EXP);
  const m = soft(s, REDUCED);
  copyNumber(m, a);
  // mantissa between sqrt(1/2) and sqrt(2)
  store<i32>(m, 0, N_EXP);
  if (load<u64>(a, N_HI) > 0xb504f333f9de6484) {
    store<i32>(m, -1, N_EXP);
    exp++;
  }
  const one = soft(s, COSINE);
  const n = soft(s, SINE);
  const d = soft(s, T0);
  unpackInteger(one, 1);
  addWide(n, m, one, 1);
  if (classOf(n) == ZERO) {
    unpackInteger(r, <i64>exp);
    return;
  }
  addWide(d, m, one, 0);
  copyNumber(one, d);
  logarithmOfRatio(s, r, n, one);
  if (exp) {
    unpackInteger(one, <i64>exp);
    const t = soft(s, T0);
    addWide(t, one, r, 0);
    copyNumber(r, t);
  }
  makeInexact(r);
}

/** Number 2 = y * logarithm in number `l`, rounded: exact when both are. */
function timesLogarithm(s: usize, y: usize, l: usize): u32 {
  const r = soft(s, 2);
  if (load<u64>(l, N_LO) == 0) multiplyNumbers(r, y, l);
  else {
    multiplyWide(r, y, l);
    makeInexact(r);
  }
  return roundFull(s, r);
}

/** The special operands of FYL2X and FYL2XP1: y times an infinity, zero or sign. */
function timesInfinity(r: usize, y: usize, sign: u32): u32 {
  if (classOf(y) == ZERO) {
    setDefaultNaN(r);
    return IE;
  }
  setNumber(r, INFINITE, signOf(y) ^ sign, 0, TOP_BIT, 0);
  return 0;
}

export function x87Fyl2x(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0) || isEmpty(s, 1)) {
    if (underflowInto(s, op, 1)) pop(s);
    return;
  }
  const x = soft(s, 0);
  const y = soft(s, 1);
  const r = soft(s, 2);
  loadRegister(x, stAt(s, 0));
  loadRegister(y, stAt(s, 1));
  const classX = classOf(x);
  const classY = classOf(y);
  let flags: u32;
  if (isNaNClass(classX) || isNaNClass(classY)) flags = propagateNaN(r, y, x);
  else if (classX != ZERO && signOf(x)) {
    setDefaultNaN(r);
    flags = IE;
  } else if (classX == INFINITE) flags = timesInfinity(r, y, 0) | (classY == ZERO ? 0 : denormalFlag(y, y));
  else if (classX == ZERO) {
    flags = timesInfinity(r, y, 1);
    if (classY == FINITE) flags = ZE;
  } else {
    const l = soft(s, 10);
    logarithm(s, l, x);
    const lZero = classOf(l) == ZERO;
    flags = denormalFlag(x, y);
    if (classY == INFINITE) {
      if (lZero) {
        setDefaultNaN(r);
        flags = IE;
      } else setNumber(r, INFINITE, signOf(y) ^ signOf(l), 0, TOP_BIT, 0);
    } else if (lZero || classY == ZERO) setNumber(r, ZERO, signOf(y) ^ (lZero ? 0 : signOf(l)), 0, 0, 0);
    else if (!(flags & ~masksOf(s))) flags |= timesLogarithm(s, y, l);
  }
  if (deliverResult(s, op, stAt(s, 1), flags)) pop(s);
}

export function x87Fyl2xp1(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0) || isEmpty(s, 1)) {
    if (underflowInto(s, op, 1)) pop(s);
    return;
  }
  const x = soft(s, 0);
  const y = soft(s, 1);
  const r = soft(s, 2);
  loadRegister(x, stAt(s, 0));
  loadRegister(y, stAt(s, 1));
  const classX = classOf(x);
  const classY = classOf(y);
  const signX = signOf(x);
  let flags: u32;
  if (isNaNClass(classX) || isNaNClass(classY)) flags = propagateNaN(r, y, x);
  else if (classX == ZERO) {
    flags = denormalFlag(y, y);
    if (classY == INFINITE) {
      setDefaultNaN(r);
      flags = IE;
    } else setNumber(r, ZERO, signOf(y) ^ signX, 0, 0, 0);
  } else if (classX == INFINITE) {
    if (signX) {
      setDefaultNaN(r);
      flags = IE;
    } else {
      flags = timesInfinity(r, y, 0);
      if (!flags) flags = denormalFlag(y, y);
    }
  } else {
    flags = denormalFlag(x, y);
    if (classY == INFINITE) setNumber(r, INFINITE, signOf(y) ^ signX, 0, TOP_BIT, 0);
    else if (classY == ZERO) setNumber(r, ZERO, signOf(y) ^ signX, 0, 0, 0);
    else if (signX && load<i32>(x, N_EXP) >= 0) {
      // log2(1 + x) has no value from -1 down; hardware gives x back
      copyNumber(r, x);
      if (!(flags & ~masksOf(s))) flags |= PE;
    } else if (!(flags & ~masksOf(s))) {
      const l = soft(s, 10);
      const n = soft(s, SINE);
      const d = soft(s, COSINE);
      if (load<i32>(x, N_EXP) >= -2) {
        unpackInteger(n, 1);
        addWide(soft(s, 11), n, x, 0);
        logarithm(s, l, soft(s, 11));
      } else {
        unpackInteger(n, 2);
        addWide(d, n, x, 0);
        copyNumber(n, x);
        logarithmOfRatio(s, l, n, d);
        makeInexact(l);
      }
      if (classOf(l) == FINITE) flags |= timesLogarithm(s, y, l);
      else setNumber(r, ZERO, signOf(y) ^ signX, 0, 0, 0);
    }
  }
  if (deliverResult(s, op, stAt(s, 1), flags)) pop(s);
}
