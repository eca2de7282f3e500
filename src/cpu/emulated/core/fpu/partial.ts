/** FRNDINT, FSCALE, FXTRACT, FPREM and FPREM1. */
import { isNaNClass } from './arithmetic';
import {
  DE, FINITE, IE, INFINITE, N_EXP, N_HI, N_SIGN, PE, TOP_BIT, ZE, ZERO, classOf, copyNumber, normalize, roundToInteger,
  setDefaultNaN, setNumber, signOf, soft, unpackInteger,
} from './number';
import {
  FSW_C0, FSW_C1, FSW_C2, FSW_C3, STACK_OVERFLOW, STACK_UNDERFLOW, clearConditions, enter, isEmpty, loadRegister, markFull, masksOf, push, report,
  roundFull, roundingOf, setConditions, setRegisterDefaultNaN, stAt, storeRegister, underflowInto,
} from './state';
import { deliverResult, denormalFlag, propagateNaN } from './x87';

export function roundTop(s: usize, op: usize): void {
  if (isEmpty(s, 0)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const r = soft(s, 2);
  loadRegister(a, at);
  let flags: u32 = 0;
  copyNumber(r, a);
  if (isNaNClass(classOf(a))) flags = propagateNaN(r, a, a);
  else if (classOf(a) == FINITE) {
    flags = denormalFlag(a, a);
    if (!(flags & ~masksOf(s))) {
      flags |= roundToInteger(r, roundingOf(s));
      if (classOf(r) == FINITE) normalize(r);
    }
  }
  deliverResult(s, op, at, flags);
}
export function x87Frndint(s: usize, op: usize): void {
  enter(s, op);
  roundTop(s, op);
}

export function x87Fscale(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0) || isEmpty(s, 1)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const b = soft(s, 1);
  const r = soft(s, 2);
  loadRegister(a, at);
  loadRegister(b, stAt(s, 1));
  const classA = classOf(a);
  const classB = classOf(b);
  let flags: u32 = 0;
  if (isNaNClass(classA) || isNaNClass(classB)) flags = propagateNaN(r, a, b);
  else if (classB == INFINITE && classA == (signOf(b) ? INFINITE : ZERO)) {
    setDefaultNaN(r);
    flags = IE;
  } else {
    flags = denormalFlag(a, b);
    copyNumber(r, a);
    if (classB == INFINITE) {
      if (signOf(b)) setNumber(r, ZERO, signOf(a), 0, 0, 0);
      else setNumber(r, INFINITE, signOf(a), 0, TOP_BIT, 0);
    } else if (classA == FINITE && !(flags & ~masksOf(s))) {
      let by: i32 = 0;
      const exp = load<i32>(b, N_EXP);
      if (classB == FINITE && exp >= 0) {
        by = exp > 16 ? 0x20000 : <i32>(load<u64>(b, N_HI) >> <u64>(63 - exp));
        if (signOf(b)) by = -by;
      }
      store<i32>(r, load<i32>(r, N_EXP) + by, N_EXP);
      flags |= roundFull(s, r);
      // an unmasked result that even the moved exponent does not bring into range
      const e = load<i32>(r, N_EXP);
      if (classOf(r) == FINITE && e > 16383) {
        setNumber(r, INFINITE, signOf(a), 0, TOP_BIT, 0);
        flags |= PE | FSW_C1;
      } else if (classOf(r) == FINITE && e < -16382) {
        setNumber(r, ZERO, signOf(a), 0, 0, 0);
        flags = (flags | PE) & ~FSW_C1;
      }
    }
  }
  deliverResult(s, op, at, flags);
}

export function x87Fxtract(s: usize, op: usize): void {
  enter(s, op);
  if (isEmpty(s, 0) || !isEmpty(s, 7)) {
    const flags = isEmpty(s, 0) ? STACK_UNDERFLOW : STACK_OVERFLOW;
    if (report(s, op, flags)) return;
    setRegisterDefaultNaN(stAt(s, 0));
    push(s);
    setRegisterDefaultNaN(stAt(s, 0));
    markFull(s, 1);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const significand = soft(s, 2);
  const exponent = soft(s, 3);
  loadRegister(a, at);
  const cls = classOf(a);
  let flags: u32 = 0;
  copyNumber(significand, a);
  if (isNaNClass(cls)) {
    flags = propagateNaN(significand, a, a);
    copyNumber(exponent, significand);
  } else if (cls == INFINITE) {
    setNumber(exponent, INFINITE, 0, 0, TOP_BIT, 0);
  } else if (cls == ZERO) {
    flags = ZE;
    setNumber(exponent, INFINITE, 1, 0, TOP_BIT, 0);
  } else {
    flags = denormalFlag(a, a);
    unpackInteger(exponent, <i64>load<i32>(a, N_EXP));
    store<i32>(significand, 0, N_EXP);
  }
  const stopped = flags & (IE | DE | ZE) & ~masksOf(s);
  report(s, op, flags);
  if (stopped) return;
  storeRegister(at, exponent);
  push(s);
  storeRegister(stAt(s, 0), significand);
}

/** C0 C3 C1 from the three low bits of the quotient. */
function quotientBits(q: u64): u32 {
  return (q & 4 ? FSW_C0 : 0) | (q & 2 ? FSW_C3 : 0) | (q & 1 ? FSW_C1 : 0);
}

function remainder(s: usize, op: usize, nearest: bool): void {
  enter(s, op);
  // whatever happens, C2 will not say "incomplete" by accident
  clearConditions(s, FSW_C2);
  if (isEmpty(s, 0) || isEmpty(s, 1)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const b = soft(s, 1);
  const r = soft(s, 2);
  loadRegister(a, at);
  loadRegister(b, stAt(s, 1));
  const classA = classOf(a);
  const classB = classOf(b);
  let flags: u32;
  let conditions: u32 = 0;
  if (isNaNClass(classA) || isNaNClass(classB)) flags = propagateNaN(r, a, b);
  else if (classA == INFINITE || classB == ZERO) {
    setDefaultNaN(r);
    flags = IE;
  } else {
    flags = denormalFlag(a, b);
    copyNumber(r, a);
    if (!(flags & ~masksOf(s)) && classA == FINITE) {
      if (classB == FINITE) conditions = reduce(r, a, b, nearest);
      flags |= roundFull(s, r);
    }
  }
  if (deliverResult(s, op, at, flags) && !isNaNClass(classOf(r))) setConditions(s, conditions);
}

/** r = a rem b for finite numbers, or one step of it (C2). */
function reduce(r: usize, a: usize, b: usize, nearest: bool): u32 {
  const expB = load<i32>(b, N_EXP);
  const distance = load<i32>(a, N_EXP) - expB;
  const divisor = load<u64>(b, N_HI);
  let rest = load<u64>(a, N_HI);
  if (distance < 0) {
    if (!nearest || distance < -1 || rest <= divisor) return 0;
    // between half of b and b: the nearest multiple is b itself
    store<u64>(r, (divisor << 1) - rest, N_HI);
    store<u32>(r, signOf(a) ^ 1, N_SIGN);
    normalize(r);
    return FSW_C1;
  }
  const whole = distance < 64;
  const steps = whole ? distance : (distance & 31) | 32;
  let q: u64 = 0;
  if (rest >= divisor) {
    rest -= divisor;
    q = 1;
  }
  for (let i = 0; i < steps; i++) {
    const carry = rest >> 63;
    rest <<= 1;
    q <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      q |= 1;
    }
  }
  let sign = signOf(a);
  if (whole && nearest && (rest > divisor - rest || (rest == divisor - rest && q & 1))) {
    rest = divisor - rest;
    sign ^= 1;
    q++;
  }
  store<u64>(r, rest, N_HI);
  store<i32>(r, expB + distance - steps, N_EXP);
  store<u32>(r, sign, N_SIGN);
  if (rest == 0) setNumber(r, ZERO, signOf(a), 0, 0, 0);
  else normalize(r);
  return whole ? quotientBits(q) : FSW_C2;
}

export function x87Fprem(s: usize, op: usize): void {
  remainder(s, op, false);
}
export function x87Fprem1(s: usize, op: usize): void {
  remainder(s, op, true);
}
