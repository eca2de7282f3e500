/**
 * The soft half of SSE float instructions: exact MXCSR flags, rounding control, DAZ and FTZ, x86's NaN rules, unmasked
 * exceptions (Intel SDM vol. 1, 11.5, and the exception tables of vol. 2). Generated handlers call these when the fast path of
 * isa/semantics/sse-float.ts does not apply. Nothing of the destination changes here, so #XM leaves the state before it.
 */
import {
  addNumbers, compareNumbers, divideNumbers, isInvalidClass, isNaNClass, multiplyNumbers, squareRootNumber,
} from '../fpu/arithmetic';
import {
  DE, FINITE, IE, INFINITE, N_DENORMAL, N_EXP, N_HI, N_SIZE, PE, QUIET, RC_FLUSH, RC_ZERO, ZE, ZERO, classOf,
  copyNumber, normalize, pack32, pack64, round32, round64, roundToInteger, setNumber, signOf, soft, unpack32, unpack64, unpackInteger,
} from '../fpu/number';
import { S_CR4, S_MXCSR, S_SOFT, S_SSE_DEFERRED } from '../layout.generated';
import { raiseGP, raiseUD, raiseXM } from '../raise';
import { NOT_EXACT, exactDouble, exactSingle } from './exact';
import {
  CVT_DQ_PS, CVT_PD_DQ, CVT_PD_DQ_TRUNCATE, CVT_PD_PS, CVT_PI_PS, CVT_PS_DQ, CVT_PS_DQ_TRUNCATE, CVT_PS_PD, CVT_SD_SS,
  CVT_SS_SD, FROM_DOUBLE, SSE_ADD, SSE_ADDSUB, SSE_DEFER, SSE_DIV, SSE_DOUBLE, SSE_HADD, SSE_HSUB, SSE_MAX, SSE_MIN, SSE_MUL, SSE_RCP,
  SSE_RSQRT, SSE_SCALAR, SSE_SQRT, SSE_SUB, TO_64, TRUNCATE,
} from './codes';

export const MXCSR_DAZ: u32 = 0x40;
export const MXCSR_FTZ: u32 = 0x8000;
/** MXCSR_MASK: all 16 low bits exist. */
export const MXCSR_MASK: u32 = 0xffff;
const CR4_OSXMMEXCPT: u64 = 0x400;

// working vectors and the flags of the instruction, behind the first eight numbers
export const VECTOR_A: usize = N_SIZE * 8;
export const VECTOR_B: usize = N_SIZE * 8 + 16;
export const VECTOR_R: usize = N_SIZE * 8 + 32;
const FLAGS: usize = N_SIZE * 8 + 48;

// @ts-ignore: decorator
@inline
export function work(s: usize): usize {
  return s + S_SOFT;
}

// @ts-ignore: decorator
@inline
export function masksOf(s: usize): u32 {
  return (load<u32>(s, S_MXCSR) >> 7) & 0x3f;
}
// @ts-ignore: decorator
@inline
export function roundingOf(s: usize): u32 {
  const mxcsr = load<u32>(s, S_MXCSR);
  return ((mxcsr >> 13) & 3) | (mxcsr & MXCSR_FTZ ? RC_FLUSH : 0);
}
// @ts-ignore: decorator
@inline
export function note(s: usize, flags: u32): void {
  store<u32>(work(s), load<u32>(work(s), FLAGS) | flags, FLAGS);
}

export function begin(s: usize, a: v128, b: v128): void {
  v128.store(work(s), a, VECTOR_A);
  v128.store(work(s), b, VECTOR_B);
  v128.store(work(s), a, VECTOR_R);
  store<u32>(work(s), 0, FLAGS);
}

/** Adds the flags to MXCSR and raises #XM (or #UD) if one is unmasked; with SSE_DEFER in `code` it only keeps them. */
export function finish(s: usize, op: usize, code: u32): void {
  let flags = load<u32>(work(s), FLAGS) & 0x3f;
  if (code & SSE_DEFER) {
    store<u32>(s, load<u32>(s, S_SSE_DEFERRED) | flags, S_SSE_DEFERRED);
    return;
  }
  const unmasked = ~masksOf(s);
  // an unmasked invalid, denormal or divide-by-zero exception comes before anything is rounded
  if (flags & unmasked & (IE | DE | ZE)) flags &= IE | DE | ZE;
  store<u32>(s, load<u32>(s, S_MXCSR) | flags, S_MXCSR);
  if (flags & unmasked) {
    if (load<u64>(s, S_CR4) & CR4_OSXMMEXCPT) raiseXM(s, op);
    raiseUD(s, op);
  }
}

/** After the halves of a 256-bit instruction: what they have kept. */
export function sseFinish(s: usize, op: usize): void {
  store<u32>(work(s), load<u32>(s, S_SSE_DEFERRED), FLAGS);
  store<u32>(s, 0, S_SSE_DEFERRED);
  finish(s, op, 0);
}

function applyDaz(s: usize, n: usize): void {
  if (load<u32>(n, N_DENORMAL) && load<u32>(s, S_MXCSR) & MXCSR_DAZ) setNumber(n, ZERO, signOf(n), 0, 0, 0);
}

export function unpackLane(s: usize, n: usize, bits: u64, double: bool): void {
  if (double) unpack64(n, bits);
  else unpack32(n, <u32>bits);
  applyDaz(s, n);
}

/** Bits of the result in `r`, rounded if it is finite. */
export function packLane(s: usize, r: usize, double: bool): u64 {
  if (classOf(r) == FINITE) {
    const rc = roundingOf(s);
    const masks = masksOf(s);
    note(s, double ? round64(r, rc, masks) : round32(r, rc, masks));
  }
  return double ? pack64(r) : <u64>pack32(r);
}

/** The NaN rule of two-operand SSE instructions: the first operand that is one, made quiet. */
function propagate(s: usize, a: usize, b: usize, bitsA: u64, bitsB: u64, double: bool): u64 {
  if (isInvalidClass(classOf(a)) || isInvalidClass(classOf(b))) note(s, IE);
  const bits = isNaNClass(classOf(a)) ? bitsA : bitsB;
  return bits | (double ? 0x0008000000000000 : 0x00400000);
}

/** A value of f32 with 12 significant bits, as RCPSS and RSQRTSS deliver (relative error below 1.5 * 2^-12). */
function approximate(value: f64): u64 {
  const bits = reinterpret<u32>(<f32>value);
  return <u64>((bits + 0x800) & 0xfffff000);
}

/** RCPSS and RSQRTSS raise nothing and take denormals as zero. */
function estimateLane(bits: u32, root: bool): u64 {
  const sign = bits & 0x80000000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return <u64>(bits | 0x00400000);
  if (size < 0x00800000) return <u64>(sign | 0x7f800000);
  if (root && sign) return 0xffc00000;
  if (size == 0x7f800000) return <u64>sign;
  const value = <f64>reinterpret<f32>(bits);
  const result = approximate(root ? 1.0 / sqrt<f64>(value) : 1.0 / value);
  return (result & 0x7fffffff) < 0x00800000 ? <u64>sign : result;
}

function minMaxLane(s: usize, x: u64, y: u64, double: bool, wantMax: bool): u64 {
  const a = soft(s, 0);
  const b = soft(s, 1);
  let first = false;
  if (isNaNClass(classOf(a)) || isNaNClass(classOf(b))) note(s, IE);
  else {
    if (load<u32>(a, N_DENORMAL) | load<u32>(b, N_DENORMAL)) note(s, DE);
    const order = compareNumbers(a, b);
    first = wantMax ? order > 0 : order < 0;
  }
  // a denormal under DAZ is delivered as the zero it counts as
  const n = first ? a : b;
  if (classOf(n) == ZERO) return double ? pack64(n) : <u64>pack32(n);
  return first ? x : y;
}

function arithmeticLane(s: usize, operation: u32, double: bool, x: u64, y: u64): u64 {
  const a = soft(s, 0);
  const b = soft(s, 1);
  const r = soft(s, 2);
  if (operation == SSE_RCP || operation == SSE_RSQRT) return estimateLane(<u32>y, operation == SSE_RSQRT);
  unpackLane(s, b, y, double);
  if (operation == SSE_SQRT) {
    if (isNaNClass(classOf(b))) return propagate(s, b, b, y, y, double);
    const flags = squareRootNumber(r, b);
    if (!flags && load<u32>(b, N_DENORMAL)) note(s, DE);
    note(s, flags);
    return packLane(s, r, double);
  }
  unpackLane(s, a, x, double);
  if (operation == SSE_MIN || operation == SSE_MAX) return minMaxLane(s, x, y, double, operation == SSE_MAX);
  if (isNaNClass(classOf(a)) || isNaNClass(classOf(b))) return propagate(s, a, b, x, y, double);
  let flags: u32;
  if (operation == SSE_ADD || operation == SSE_SUB) flags = addNumbers(r, a, b, <u32>(operation == SSE_SUB), roundingOf(s));
  else if (operation == SSE_MUL) flags = multiplyNumbers(r, a, b);
  else flags = divideNumbers(r, a, b);
  if (!flags && load<u32>(a, N_DENORMAL) | load<u32>(b, N_DENORMAL)) note(s, DE);
  note(s, flags);
  return packLane(s, r, double);
}

// @ts-ignore: decorator
@inline
export function lane(at: usize, i: u32, double: bool): u64 {
  return double ? load<u64>(at + (<usize>i << 3)) : <u64>load<u32>(at + (<usize>i << 2));
}

/** All exceptions masked, round to nearest, neither DAZ nor FTZ. */
const MXCSR_ORDINARY_MASK: u32 = 0xffc0;
const MXCSR_ORDINARY: u32 = 0x1f80;

// @ts-ignore: decorator
@inline
function isOrdinary(s: usize): bool {
  return (load<u32>(s, S_MXCSR) & MXCSR_ORDINARY_MASK) == MXCSR_ORDINARY;
}

/** One arithmetic instruction; `code` is SSE_* with SSE_DOUBLE and SSE_SCALAR. */
export function sseArithmetic(s: usize, op: usize, code: u32, x: v128, y: v128): v128 {
  if (code & SSE_SCALAR && isOrdinary(s)) {
    if (code & SSE_DOUBLE) {
      const exact = exactDouble(code & 15, v128.extract_lane<u64>(x, 0), v128.extract_lane<u64>(y, 0));
      if (exact != NOT_EXACT) return v128.replace_lane<u64>(x, 0, exact);
    } else {
      const exact = exactSingle(code & 15, v128.extract_lane<u32>(x, 0), v128.extract_lane<u32>(y, 0));
      if (exact != NOT_EXACT) return v128.replace_lane<u32>(x, 0, <u32>exact);
    }
  }
  begin(s, x, y);
  const operation = code & 15;
  const double = (code & SSE_DOUBLE) != 0;
  const all: u32 = double ? 2 : 4;
  const lanes: u32 = code & SSE_SCALAR ? 1 : all;
  const atA = work(s) + VECTOR_A;
  const atB = work(s) + VECTOR_B;
  const atR = work(s) + VECTOR_R;
  for (let i: u32 = 0; i < lanes; i++) {
    let a = lane(atA, i, double);
    let b = lane(atB, i, double);
    let what = operation;
    if (operation == SSE_ADDSUB) what = i & 1 ? SSE_ADD : SSE_SUB;
    else if (operation == SSE_HADD || operation == SSE_HSUB) {
      // neighbours: the low half of the result from the first operand, the high half from the second
      const half = all >> 1;
      const from = i < half ? atA : atB;
      const k = (i < half ? i : i - half) << 1;
      a = lane(from, k, double);
      b = lane(from, k + 1, double);
      what = operation == SSE_HADD ? SSE_ADD : SSE_SUB;
    }
    const r = arithmeticLane(s, what, double, a, b);
    if (double) store<u64>(atR + (<usize>i << 3), r);
    else store<u32>(atR + (<usize>i << 2), <u32>r);
  }
  finish(s, op, code);
  return v128.load(atR);
}

/** Compares two lanes: bit 0 less, bit 1 equal, bit 2 unordered, bit 3 greater; notes IE and DE. */
function compareLane(s: usize, x: u64, y: u64, double: bool, quiet: bool): u32 {
  const a = soft(s, 0);
  const b = soft(s, 1);
  unpackLane(s, a, x, double);
  unpackLane(s, b, y, double);
  if (isNaNClass(classOf(a)) || isNaNClass(classOf(b))) {
    if (!quiet || isInvalidClass(classOf(a)) || isInvalidClass(classOf(b))) note(s, IE);
    return 4;
  }
  if (load<u32>(a, N_DENORMAL) | load<u32>(b, N_DENORMAL)) note(s, DE);
  const order = compareNumbers(a, b);
  return order < 0 ? 1 : order == 0 ? 2 : 8;
}

/** For the predicates 0 to 15 the results of compareLane that satisfy them (SDM vol. 2, table 3-1), four bits each. */
const SATISFYING: u64 = 0xf8a90756bced4312;

/** Those of them that only signalling NaNs make invalid. */
const QUIET_PREDICATES: u32 = 0x9999;

/** CMPPS and the like; `predicate` is the immediate: 32 of them in VEX encodings. */
export function sseCompare(s: usize, op: usize, code: u32, predicate: u32, x: v128, y: v128): v128 {
  begin(s, x, y);
  const double = (code & SSE_DOUBLE) != 0;
  const lanes: u32 = code & SSE_SCALAR ? 1 : double ? 2 : 4;
  // 16 to 31 are the same comparisons with the other answer to quiet NaNs
  const quiet = (((QUIET_PREDICATES >> (predicate & 15)) ^ (predicate >> 4)) & 1) != 0;
  const wanted = <u32>(SATISFYING >> <u64>((predicate & 15) << 2)) & 15;
  const atR = work(s) + VECTOR_R;
  for (let i: u32 = 0; i < lanes; i++) {
    const found = compareLane(s, lane(work(s) + VECTOR_A, i, double), lane(work(s) + VECTOR_B, i, double), double, quiet);
    const holds = (found & wanted) != 0;
    if (double) store<u64>(atR + (<usize>i << 3), holds ? u64.MAX_VALUE : 0);
    else store<u32>(atR + (<usize>i << 2), holds ? u32.MAX_VALUE : 0);
  }
  finish(s, op, code);
  return v128.load(atR);
}

/** COMISS (bit 0 of code: UCOMISS) and the double forms: ZF PF CF as a FLAGS image. */
export function sseCompareFlags(s: usize, op: usize, code: u32, x: v128, y: v128): u32 {
  begin(s, x, y);
  const double = (code & SSE_DOUBLE) != 0;
  const found = compareLane(s, lane(work(s) + VECTOR_A, 0, double), lane(work(s) + VECTOR_B, 0, double), double, (code & 1) != 0);
  finish(s, op, code);
  if (found == 4) return 0x45;
  return found == 1 ? 1 : found == 2 ? 0x40 : 0;
}

/** A lane as an integer of 32 or 64 bits; out of range and NaN give the integer indefinite and IE. */
function integerLane(s: usize, bits: u64, double: bool, wide: bool, truncate: bool): i64 {
  const n = soft(s, 0);
  unpackLane(s, n, bits, double);
  const indefinite: i64 = wide ? i64.MIN_VALUE : 0x80000000;
  const cls = classOf(n);
  if (cls == ZERO) return 0;
  if (cls != FINITE || load<i32>(n, N_EXP) > 63) {
    note(s, IE);
    return indefinite;
  }
  const sign = signOf(n);
  const flags = roundToInteger(n, truncate ? RC_ZERO : roundingOf(s));
  const size = load<u64>(n, N_HI);
  const limit: u64 = (wide ? <u64>1 << 63 : <u64>1 << 31) - 1 + <u64>sign;
  if (size > limit) {
    note(s, IE);
    return indefinite;
  }
  note(s, flags);
  const value = sign ? 0 - size : size;
  return <i64>(wide ? value : value & 0xffffffff);
}

/** Below these all integers fit. */
const INTEGER_BOUND64: f64 = 9223372036854775808.0;
const INTEGER_BOUND32: f64 = 2147483648.0;

export function sseToInteger(s: usize, op: usize, code: u32, x: v128): i64 {
  const double = (code & FROM_DOUBLE) != 0;
  const value = double ? v128.extract_lane<f64>(x, 0) : <f64>v128.extract_lane<f32>(x, 0);
  // an integer is exact whatever MXCSR has
  if (nearest(value) == value && abs(value) < (code & TO_64 ? INTEGER_BOUND64 : INTEGER_BOUND32)) {
    return code & TO_64 ? <i64>value : <i64>value & 0xffffffff;
  }
  begin(s, x, x);
  const rounded = integerLane(s, lane(work(s) + VECTOR_A, 0, double), double, (code & TO_64) != 0, (code & TRUNCATE) != 0);
  finish(s, op, code);
  return rounded;
}

function integerToLane(s: usize, value: i64, double: bool): u64 {
  const n = soft(s, 2);
  unpackInteger(n, value);
  return packLane(s, n, double);
}

/** CVTSI2SS, CVTSI2SD: lane 0 of `a` replaced. */
export function sseFromInteger(s: usize, op: usize, code: u32, a: v128, value: i64): v128 {
  begin(s, a, a);
  const double = (code & FROM_DOUBLE) != 0;
  const bits = integerToLane(s, value, double);
  if (double) store<u64>(work(s), bits, VECTOR_R);
  else store<u32>(work(s), <u32>bits, VECTOR_R);
  finish(s, op, code);
  return v128.load(work(s), VECTOR_R);
}

/** A lane in the other float format. */
function resizeLane(s: usize, bits: u64, fromDouble: bool): u64 {
  const n = soft(s, 0);
  const r = soft(s, 2);
  unpackLane(s, n, bits, fromDouble);
  if (isInvalidClass(classOf(n))) note(s, IE);
  else if (load<u32>(n, N_DENORMAL)) note(s, DE);
  copyNumber(r, n);
  if (isNaNClass(classOf(r))) store<u64>(r, load<u64>(r, N_HI) | QUIET, N_HI);
  return packLane(s, r, !fromDouble);
}

/** Conversions between vectors; `code` is CVT_*. `a` gives the lanes that stay. */
export function sseConvert(s: usize, op: usize, code: u32, a: v128, b: v128): v128 {
  begin(s, a, b);
  const kind = code & 0xff;
  const from = work(s) + VECTOR_B;
  const to = work(s) + VECTOR_R;
  if (kind == CVT_SS_SD) store<u64>(to, resizeLane(s, <u64>load<u32>(from), false));
  else if (kind == CVT_SD_SS) store<u32>(to, <u32>resizeLane(s, load<u64>(from), true));
  else if (kind == CVT_PI_PS) {
    for (let i: usize = 0; i < 8; i += 4) store<u32>(to + i, <u32>integerToLane(s, <i64>load<i32>(from + i), false));
  } else {
    v128.store(to, i64x2.splat(0));
    if (kind == CVT_PS_PD) {
      for (let i: usize = 0; i < 2; i++) store<u64>(to + (i << 3), resizeLane(s, <u64>load<u32>(from + (i << 2)), false));
    } else if (kind == CVT_PD_PS) {
      for (let i: usize = 0; i < 2; i++) store<u32>(to + (i << 2), <u32>resizeLane(s, load<u64>(from + (i << 3)), true));
    } else if (kind == CVT_DQ_PS) {
      for (let i: usize = 0; i < 16; i += 4) store<u32>(to + i, <u32>integerToLane(s, <i64>load<i32>(from + i), false));
    } else if (kind == CVT_PS_DQ || kind == CVT_PS_DQ_TRUNCATE) {
      const truncate = kind == CVT_PS_DQ_TRUNCATE;
      for (let i: usize = 0; i < 16; i += 4) {
        store<u32>(to + i, <u32>integerLane(s, <u64>load<u32>(from + i), false, false, truncate));
      }
    } else {
      const truncate = kind == CVT_PD_DQ_TRUNCATE;
      for (let i: usize = 0; i < 2; i++) {
        store<u32>(to + (i << 2), <u32>integerLane(s, load<u64>(from + (i << 3)), true, false, truncate));
      }
    }
  }
  finish(s, op, code);
  return v128.load(to);
}

export function sseLoadMxcsr(s: usize, op: usize, value: u32): void {
  if (value & ~MXCSR_MASK) raiseGP(s, op, 0);
  store<u32>(s, value, S_MXCSR);
}

/** ROUNDPS and the like: `control` is the immediate (bit 2: use MXCSR.RC, bit 3: no PE). */
export function sseRound(s: usize, op: usize, code: u32, control: u32, x: v128, y: v128): v128 {
  begin(s, x, y);
  const double = (code & SSE_DOUBLE) != 0;
  const lanes: u32 = code & SSE_SCALAR ? 1 : double ? 2 : 4;
  const rc = control & 4 ? roundingOf(s) & 3 : control & 3;
  const kept: u32 = control & 8 ? ~PE : u32.MAX_VALUE;
  const atR = work(s) + VECTOR_R;
  const n = soft(s, 0);
  for (let i: u32 = 0; i < lanes; i++) {
    let bits = lane(work(s) + VECTOR_B, i, double);
    unpackLane(s, n, bits, double);
    const cls = classOf(n);
    if (isNaNClass(cls)) bits = propagate(s, n, n, bits, bits, double);
    else if (cls != INFINITE) {
      if (cls == FINITE) {
        note(s, roundToInteger(n, rc) & kept);
        if (classOf(n) == FINITE) normalize(n);
      }
      bits = double ? pack64(n) : <u64>pack32(n);
    }
    if (double) store<u64>(atR + (<usize>i << 3), bits);
    else store<u32>(atR + (<usize>i << 2), <u32>bits);
  }
  finish(s, op, code);
  return v128.load(atR);
}

/** DPPS, DPPD: products chosen by the high bits of `control`, their sum to the lanes chosen by the low ones. */
export function sseDotProduct(s: usize, op: usize, code: u32, control: u32, x: v128, y: v128): v128 {
  begin(s, x, y);
  const wide = (code & SSE_DOUBLE) != 0;
  const lanes: u32 = wide ? 2 : 4;
  const atA = work(s) + VECTOR_A;
  const atB = work(s) + VECTOR_B;
  const atR = work(s) + VECTOR_R;
  for (let i: u32 = 0; i < lanes; i++) {
    const chosen = (control >> (4 + i)) & 1;
    const product = chosen ? arithmeticLane(s, SSE_MUL, wide, lane(atA, i, wide), lane(atB, i, wide)) : 0;
    if (wide) store<u64>(atA + (<usize>i << 3), product);
    else store<u32>(atA + (<usize>i << 2), <u32>product);
  }
  if (isStopped(s, op, code)) return v128.load(atR);
  let sum = arithmeticLane(s, SSE_ADD, wide, lane(atA, 0, wide), lane(atA, 1, wide));
  if (!wide) {
    const other = arithmeticLane(s, SSE_ADD, false, lane(atA, 2, false), lane(atA, 3, false));
    if (isStopped(s, op, code)) return v128.load(atR);
    sum = arithmeticLane(s, SSE_ADD, false, sum, other);
  }
  for (let i: u32 = 0; i < lanes; i++) {
    const bits = (control >> i) & 1 ? sum : 0;
    if (wide) store<u64>(atR + (<usize>i << 3), bits);
    else store<u32>(atR + (<usize>i << 2), <u32>bits);
  }
  finish(s, op, code);
  return v128.load(atR);
}

/**
 * Between the steps of one instruction: an unmasked exception ends it there, at the end of a 256-bit instruction if this is a
 * half of one. What a step without one has raised stays, even if a later step is stopped before it rounds.
 */
function isStopped(s: usize, op: usize, code: u32): bool {
  const unmasked = ~masksOf(s) & 0x3f;
  const flags = load<u32>(work(s), FLAGS) & 0x3f;
  if (flags & unmasked) {
    finish(s, op, code);
    return true;
  }
  if (!(load<u32>(s, S_SSE_DEFERRED) & unmasked)) store<u32>(s, load<u32>(s, S_MXCSR) | flags, S_MXCSR);
  store<u32>(work(s), 0, FLAGS);
  return false;
}
