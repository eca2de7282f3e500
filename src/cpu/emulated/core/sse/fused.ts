/** FMA and half-precision conversions on one 128-bit vector (Intel SDM vol. 1, 14.4 and 14.5; vol. 2). */
import { addNumbers, isInvalidClass, isNaNClass, multiplyNumbers } from '../fpu/arithmetic';
import {
  DE, FINITE, IE, INFINITE, N_DENORMAL, N_EXP, N_HI, N_SIGN, QNAN, SNAN, ZERO, classOf, roundNumber, signOf, soft,
} from '../fpu/number';

import { FMA_EVEN, FMA_NEGATE_ADDEND, FMA_NEGATE_PRODUCT, FMA_ODD, SSE_DOUBLE, SSE_SCALAR } from './codes';
import {
  VECTOR_A, VECTOR_B, VECTOR_R, begin, finish, lane, masksOf, note, packLane, roundingOf, unpackLane, work,
} from './soft';

/** One lane of a * b + c, rounded once. */
function fuse(s: usize, code: u32, i: u32, x: u64, y: u64, z: u64): u64 {
  const double = (code & SSE_DOUBLE) != 0;
  const a = soft(s, 0);
  const b = soft(s, 1);
  const product = soft(s, 2);
  const c = soft(s, 3);
  const r = soft(s, 4);
  unpackLane(s, a, x, double);
  unpackLane(s, b, y, double);
  unpackLane(s, c, z, double);
  const classA = classOf(a);
  const classB = classOf(b);
  const classC = classOf(c);
  const isDenormal = (load<u32>(a, N_DENORMAL) | load<u32>(b, N_DENORMAL) | load<u32>(c, N_DENORMAL)) != 0;
  if (isNaNClass(classA) || isNaNClass(classB) || isNaNClass(classC)) {
    // the first operand that is one, made quiet
    if (isInvalidClass(classA) || isInvalidClass(classB) || isInvalidClass(classC)) note(s, IE);
    const bits = isNaNClass(classA) ? x : isNaNClass(classB) ? y : z;
    return bits | (double ? 0x0008000000000000 : 0x00400000);
  }
  let negate: u32 = code & FMA_NEGATE_ADDEND ? 1 : 0;
  if (code & (i & 1 ? FMA_ODD : FMA_EVEN)) negate ^= 1;
  let flags = multiplyNumbers(product, a, b);
  if (!flags) {
    if (code & FMA_NEGATE_PRODUCT) store<u32>(product, signOf(product) ^ 1, N_SIGN);
    flags = addNumbers(r, product, c, negate, roundingOf(s));
    if (!flags) {
      if (isDenormal) note(s, DE);
      return packLane(s, r, double);
    }
  }
  note(s, flags);
  return double ? 0xfff8000000000000 : 0xffc00000;
}

/** a * b + c in every lane, or in lane 0 alone; the other lanes are those of `kept`. */
export function sseFma(s: usize, op: usize, code: u32, a: v128, b: v128, c: v128, kept: v128): v128 {
  begin(s, a, b);
  const at = work(s);
  v128.store(at, c, VECTOR_R + 32);
  v128.store(at, kept, VECTOR_R);
  const double = (code & SSE_DOUBLE) != 0;
  const lanes: u32 = code & SSE_SCALAR ? 1 : double ? 2 : 4;
  for (let i: u32 = 0; i < lanes; i++) {
    const r = fuse(
      s,
      code,
      i,
      lane(at + VECTOR_A, i, double),
      lane(at + VECTOR_B, i, double),
      lane(at + VECTOR_R + 32, i, double),
    );
    if (double) store<u64>(at + VECTOR_R + (<usize>i << 3), r);
    else store<u32>(at + VECTOR_R + (<usize>i << 2), <u32>r);
  }
  finish(s, op, code);
  return v128.load(at, VECTOR_R);
}

/** Four half-precision numbers from the low 64 bits; exact, so only a signalling NaN is of note. */
export function sseFromHalf(s: usize, op: usize, code: u32, x: v128): v128 {
  begin(s, x, x);
  const at = work(s);
  for (let i: usize = 0; i < 4; i++) {
    const half = <u32>load<u16>(at + VECTOR_A + (i << 1));
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    let bits: u32;
    if (exponent == 31) {
      if (fraction != 0 && !(fraction & 0x200)) note(s, IE);
      bits = 0x7f800000 | (fraction << 13) | (fraction ? 0x400000 : 0);
    } else if (exponent != 0) bits = ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction == 0) bits = 0;
    else {
      const shift = clz<u32>(fraction) - 21;
      bits = ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
    }
    store<u32>(at + VECTOR_R + (i << 2), sign | bits);
  }
  finish(s, op, code);
  return v128.load(at, VECTOR_R);
}

/** Four floats to half precision in the low 64 bits; bit 2 of `control`: round as MXCSR says. FTZ means nothing here. */
export function sseToHalf(s: usize, op: usize, code: u32, control: u32, x: v128): v128 {
  begin(s, x, x);
  const at = work(s);
  const n = soft(s, 0);
  const rc = control & 4 ? roundingOf(s) & 3 : control & 3;
  store<u64>(at, 0, VECTOR_R);
  store<u64>(at, 0, VECTOR_R + 8);
  for (let i: usize = 0; i < 4; i++) {
    const source = load<u32>(at + VECTOR_A + (i << 2));
    unpackLane(s, n, <u64>source, false);
    const cls = classOf(n);
    let bits = (source >> 16) & 0x8000;
    if (cls == QNAN || cls == SNAN) {
      if (cls == SNAN) note(s, IE);
      bits |= 0x7e00 | ((source >> 13) & 0x3ff);
    } else if (cls == INFINITE) bits |= 0x7c00;
    else if (cls == FINITE) {
      if (load<u32>(n, N_DENORMAL)) note(s, DE);
      note(s, roundNumber(n, 11, -14, 15, rc, masksOf(s), 0));
      const hi = load<u64>(n, N_HI);
      if (classOf(n) == INFINITE) bits |= 0x7c00;
      else if (classOf(n) != ZERO) {
        bits |= (<u32>(hi >> 53) & 0x3ff) | (hi >> 63 ? <u32>(load<i32>(n, N_EXP) + 15) << 10 : 0);
      }
    }
    store<u16>(at + VECTOR_R + (i << 1), <u16>bits);
  }
  finish(s, op, code);
  return v128.load(at, VECTOR_R);
}
