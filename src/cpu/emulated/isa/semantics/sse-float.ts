import * as codes from '../../core/sse/codes';
import type { Emitter, F32, F64, I32, I64, Semantics, V128, Value } from '../emitter';
import { byteLanes, fromLow64, low64, mergeLow, shuffle, toI32, toI64, v128Constant } from './vector';

/**
 * SSE arithmetic: WebAssembly's own floats where they cannot differ from x86 (inexact results already flagged and masked,
 * round to nearest, no DAZ or FTZ, ordinary operands and results), else the soft functions of core/sse, which set exact
 * MXCSR flags, follow x86's NaN rules and raise #XM.
 */
const MXCSR_PE = 0x20;
const MXCSR_DAZ = 0x40;
const MXCSR_UM = 0x800;
const MXCSR_PM = 0x1000;
const MXCSR_RC_FTZ = 0xe000;

function mxcsrIs(e: Emitter, mask: number, value: number): I32 {
  return e.op('i32.eq', 'i32', [e.op('i32.and', 'i32', [e.state('MXCSR', 'i32'), e.i32(mask)]), e.i32(value)]);
}
/** Inexact results change nothing, and tiny ones neither, which underflow where that is not masked, exact or not (SDM vol. 1, 4.9.1.5). */
const ordinaryRounding = (e: Emitter): I32 =>
  mxcsrIs(e, MXCSR_RC_FTZ | MXCSR_PM | MXCSR_UM | MXCSR_DAZ | MXCSR_PE, MXCSR_PM | MXCSR_UM | MXCSR_PE);
const inexactIsFree = (e: Emitter): I32 => mxcsrIs(e, MXCSR_PM | MXCSR_PE, MXCSR_PM | MXCSR_PE);
const noDaz = (e: Emitter): I32 => mxcsrIs(e, MXCSR_DAZ, 0);

/** One format of packed or scalar floats, as the class tests below need it. */
interface Lanes {
  readonly double: boolean;
  readonly shape: 'f32x4' | 'f64x2';
  readonly scalar: 'f32' | 'f64';
  /** Bits of the smallest normal and the largest finite number, in every lane. */
  readonly least: bigint;
  readonly greatest: bigint;
}
const PS: Lanes = {
  double: false,
  shape: 'f32x4',
  scalar: 'f32',
  least: 0x0080000000800000n,
  greatest: 0x7f7fffff7f7fffffn,
};
const PD: Lanes = {
  double: true,
  shape: 'f64x2',
  scalar: 'f64',
  least: 0x0010000000000000n,
  greatest: 0x7fefffffffffffffn,
};

// ---- whole vectors ----

const and = (e: Emitter, ...v: V128[]): V128 => v.reduce((a, b) => e.op('v128.and', 'v128', [a, b]));
const or = (e: Emitter, a: V128, b: V128): V128 => e.op('v128.or', 'v128', [a, b]);
const lanesOp = (e: Emitter, f: Lanes, name: string, ...v: V128[]): V128 => e.op(`${f.shape}.${name}`, 'v128', v);
const isZeroLanes = (e: Emitter, f: Lanes, v: V128): V128 => lanesOp(e, f, 'eq', v, v128Constant(e, 0n));
const allTrue = (e: Emitter, f: Lanes, v: V128): I32 =>
  e.op(f.double ? 'i64x2.all_true' : 'i32x4.all_true', 'i32', [v]);

/** |v| lies between the smallest normal and the largest finite number. */
function normalLanes(e: Emitter, f: Lanes, v: V128, strict = false): V128 {
  const size = lanesOp(e, f, 'abs', v);
  return and(
    e,
    lanesOp(e, f, strict ? 'gt' : 'ge', size, v128Constant(e, f.least)),
    lanesOp(e, f, 'le', size, v128Constant(e, f.greatest)),
  );
}
const plainLanes = (e: Emitter, f: Lanes, v: V128): V128 => or(e, normalLanes(e, f, v), isZeroLanes(e, f, v));
/** Neither NaN nor denormal. */
function comparableLanes(e: Emitter, f: Lanes, v: V128): V128 {
  const size = lanesOp(e, f, 'abs', v);
  return or(e, lanesOp(e, f, 'ge', size, v128Constant(e, f.least)), isZeroLanes(e, f, v));
}

function packedIsOrdinary(e: Emitter, f: Lanes, name: string, a: V128, b: V128, r: V128): V128 {
  const finite = (v: V128): V128 => lanesOp(e, f, 'le', lanesOp(e, f, 'abs', v), v128Constant(e, f.greatest));
  const normalResult = normalLanes(e, f, r, true);
  switch (name) {
    case 'add':
    case 'sub':
      return and(e, plainLanes(e, f, a), plainLanes(e, f, b), finite(r));
    case 'mul': {
      const zero = or(e, isZeroLanes(e, f, a), isZeroLanes(e, f, b));
      return and(e, plainLanes(e, f, a), plainLanes(e, f, b), or(e, normalResult, zero));
    }
    case 'div':
      return and(e, normalLanes(e, f, b), or(e, and(e, normalLanes(e, f, a), normalResult), isZeroLanes(e, f, a)));
    case 'sqrt': {
      const positive = lanesOp(e, f, 'gt', b, v128Constant(e, 0n));
      return or(e, and(e, positive, normalLanes(e, f, b)), isZeroLanes(e, f, b));
    }
    default:
      return and(e, comparableLanes(e, f, a), comparableLanes(e, f, b));
  }
}

// ---- scalars ----

type Scalar = Value<'f32' | 'f64'>;

function scalarConstant(e: Emitter, f: Lanes, bits: bigint): Scalar {
  return f.double
    ? e.op('f64.reinterpret_i64', 'f64', [e.i64(bits)])
    : e.op('f32.reinterpret_i32', 'f32', [e.i32(Number(bits & 0xffffffffn))]);
}
const scalarTest = (e: Emitter, f: Lanes, name: string, a: Scalar, b: Scalar): I32 =>
  e.op(`${f.scalar}.${name}`, 'i32', [a, b]);
const scalarAbs = (e: Emitter, f: Lanes, a: Scalar): Scalar => e.op(`${f.scalar}.abs`, f.scalar, [a]);
const isZero = (e: Emitter, f: Lanes, a: Scalar): I32 => scalarTest(e, f, 'eq', a, scalarConstant(e, f, 0n));
const isFinite = (e: Emitter, f: Lanes, a: Scalar): I32 =>
  scalarTest(e, f, 'le', scalarAbs(e, f, a), scalarConstant(e, f, f.greatest));
function isNormal(e: Emitter, f: Lanes, a: Scalar, strict = false): I32 {
  const size = scalarAbs(e, f, a);
  return e.andB(
    scalarTest(e, f, strict ? 'gt' : 'ge', size, scalarConstant(e, f, f.least)),
    scalarTest(e, f, 'le', size, scalarConstant(e, f, f.greatest)),
  );
}
const isPlain = (e: Emitter, f: Lanes, a: Scalar): I32 => e.orB(isNormal(e, f, a), isZero(e, f, a));
const isComparable = (e: Emitter, f: Lanes, a: Scalar): I32 =>
  e.orB(scalarTest(e, f, 'ge', scalarAbs(e, f, a), scalarConstant(e, f, f.least)), isZero(e, f, a));

function scalarIsOrdinary(e: Emitter, f: Lanes, name: string, a: Scalar, b: Scalar, r: Scalar): I32 {
  switch (name) {
    case 'add':
    case 'sub':
      return e.andB(e.andB(isPlain(e, f, a), isPlain(e, f, b)), isFinite(e, f, r));
    case 'mul': {
      const fine = e.orB(isNormal(e, f, r, true), e.orB(isZero(e, f, a), isZero(e, f, b)));
      return e.andB(e.andB(isPlain(e, f, a), isPlain(e, f, b)), fine);
    }
    case 'div': {
      const fine = e.orB(e.andB(isNormal(e, f, a), isNormal(e, f, r, true)), isZero(e, f, a));
      return e.andB(isNormal(e, f, b), fine);
    }
    case 'sqrt':
      return e.orB(e.andB(scalarTest(e, f, 'gt', b, scalarConstant(e, f, 0n)), isNormal(e, f, b)), isZero(e, f, b));
    default:
      return e.andB(isComparable(e, f, a), isComparable(e, f, b));
  }
}

const lane0 = (e: Emitter, f: Lanes, v: V128): Scalar => e.op(`${f.shape}.extract_lane`, f.scalar, [v], [0]);
const setLane0 = (e: Emitter, f: Lanes, v: V128, a: Scalar): V128 =>
  e.op(`${f.shape}.replace_lane`, 'v128', [v, a], [0]);

// ---- instructions ----

const CODES: Readonly<Record<string, number>> = {
  add: codes.SSE_ADD,
  sub: codes.SSE_SUB,
  mul: codes.SSE_MUL,
  div: codes.SSE_DIV,
  min: codes.SSE_MIN,
  max: codes.SSE_MAX,
  sqrt: codes.SSE_SQRT,
};

/** MIN and MAX give the second operand when both are equal zeros: that is what pmin and pmax do with swapped operands. */
function compute<T extends 'v128' | 'f32' | 'f64'>(
  e: Emitter,
  shape: string,
  type: T,
  name: string,
  a: Value<T>,
  b: Value<T>,
): Value<T> {
  if (name === 'sqrt') return e.op(`${shape}.sqrt`, type, [b]);
  if (name === 'min' || name === 'max') {
    if (type === 'v128') return e.op(`${shape}.p${name}`, type, [b, a]);
    return e.select(e.op(`${shape}.${name === 'min' ? 'lt' : 'gt'}`, 'i32', [a, b]), a, b);
  }
  return e.op(`${shape}.${name}`, type, [a, b]);
}

const modeAllows = (e: Emitter, name: string): I32 =>
  name === 'min' || name === 'max' ? noDaz(e) : ordinaryRounding(e);

/** destination = destination op source in every lane (SQRT: of the source). */
export function packedFloat(name: string, double: boolean): Semantics {
  const f = double ? PD : PS;
  const code = CODES[name]! | (double ? codes.SSE_DOUBLE : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const r = compute(e, f.shape, 'v128', name, a, b);
    const result = e.variable('v128', r);
    const fast = e.andB(modeAllows(e, name), allTrue(e, f, packedIsOrdinary(e, f, name, a, b, r)));
    e.if(e.notB(fast), () => e.set(result, e.call('sseArithmetic', 'v128', [e.i32(code), a, b])));
    x.setXmm(0, e.get(result));
  };
}

/** The same in lane 0; the other lanes stay. */
export function scalarFloat(name: string, double: boolean): Semantics {
  const f = double ? PD : PS;
  const code = CODES[name]! | codes.SSE_SCALAR | (double ? codes.SSE_DOUBLE : 0);
  return (e, x) => {
    const vb = x.xmm(1);
    const va = x.xmm(0);
    const a = lane0(e, f, va);
    const b = lane0(e, f, vb);
    const r = compute<'f32' | 'f64'>(e, f.scalar, f.scalar, name, a, b);
    const result = e.variable('v128', setLane0(e, f, va, r));
    const fast = e.andB(modeAllows(e, name), scalarIsOrdinary(e, f, name, a, b, r));
    e.if(e.notB(fast), () => e.set(result, e.call('sseArithmetic', 'v128', [e.i32(code), va, vb])));
    x.setXmm(0, e.get(result));
  };
}

/** An addition in every lane of what `prepare` makes of the operands; the soft function prepares them itself. */
function preparedAdd(
  code: number,
  double: boolean,
  prepare: (e: Emitter, a: V128, b: V128) => [V128, V128],
): Semantics {
  const f = double ? PD : PS;
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const [p, q] = prepare(e, a, b);
    const r = lanesOp(e, f, 'add', p, q);
    const result = e.variable('v128', r);
    const fast = e.andB(ordinaryRounding(e), allTrue(e, f, packedIsOrdinary(e, f, 'add', p, q, r)));
    const soft = code | (double ? codes.SSE_DOUBLE : 0);
    e.if(e.notB(fast), () => e.set(result, e.call('sseArithmetic', 'v128', [e.i32(soft), a, b])));
    x.setXmm(0, e.get(result));
  };
}

/** ADDSUBPS, ADDSUBPD: the even lanes are subtracted. */
export function addSubtract(double: boolean): Semantics {
  const signs = double ? [1n << 63n, 0n] : [0x80000000n, 0x80000000n];
  return preparedAdd(codes.SSE_ADDSUB, double, (e, a, b) => [
    a,
    e.op('v128.xor', 'v128', [b, v128Constant(e, signs[0]!, signs[1]!)]),
  ]);
}

/** HADDPS, HSUBPS and the double forms. */
export function horizontal(double: boolean, subtract: boolean): Semantics {
  const bytes = double ? 8 : 4;
  const even = byteLanes(double ? [0, 2] : [0, 2, 4, 6], bytes);
  const odd = byteLanes(double ? [1, 3] : [1, 3, 5, 7], bytes);
  const sign = double ? 1n << 63n : 0x8000000080000000n;
  return preparedAdd(subtract ? codes.SSE_HSUB : codes.SSE_HADD, double, (e, a, b) => {
    const second = shuffle(e, a, b, odd);
    return [shuffle(e, a, b, even), subtract ? e.op('v128.xor', 'v128', [second, v128Constant(e, sign)]) : second];
  });
}

/** ROUNDPS and the like. */
export function roundFloat(double: boolean, scalar: boolean): Semantics {
  const f = double ? PD : PS;
  const code = (double ? codes.SSE_DOUBLE : 0) | (scalar ? codes.SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = scalar ? x.xmm(0) : b;
    const control = toI32(e, x.get(2));
    const masked = (value: I32, mask: number): I32 => e.op('i32.and', 'i32', [value, e.i32(mask)]);
    const current = e.op('i32.shr_u', 'i32', [e.state('MXCSR', 'i32'), e.i32(13)]);
    const mode = e.select(masked(control, 4), current, control);
    const down = masked(mode, 1);
    const up = masked(mode, 2);
    const rounded = e.select(
      up,
      e.select(down, lanesOp(e, f, 'trunc', b), lanesOp(e, f, 'ceil', b)),
      e.select(down, lanesOp(e, f, 'floor', b), lanesOp(e, f, 'nearest', b)),
    );
    const result = e.variable('v128', scalar ? mergeLow(e, a, rounded, double ? 8 : 4) : rounded);
    const quiet = e.orB(e.op('i32.ne', 'i32', [masked(control, 8), e.i32(0)]), inexactIsFree(e));
    const ordinary = scalar ? isComparable(e, f, lane0(e, f, b)) : allTrue(e, f, comparableLanes(e, f, b));
    e.if(e.notB(e.andB(quiet, ordinary)), () =>
      e.set(result, e.call('sseRound', 'v128', [e.i32(code), control, a, b])),
    );
    x.setXmm(0, e.get(result));
  };
}

export function dotProduct(double: boolean): Semantics {
  return (e, x) => {
    const b = x.xmm(1);
    const control = toI32(e, x.get(2));
    x.setXmm(0, e.call('sseDotProduct', 'v128', [e.i32(double ? codes.SSE_DOUBLE : 0), control, x.xmm(0), b]));
  };
}

/** Instructions that always take the soft function: `code` names it. */
export function softArithmetic(code: number): Semantics {
  return (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, e.call('sseArithmetic', 'v128', [e.i32(code), x.xmm(0), b]));
  };
}

/** CMPccPS and the like: bits 0 and 1 of the immediate choose EQ, LT, LE, UNORD, bit 2 inverts. */
export function compareFloat(double: boolean, scalar: boolean): Semantics {
  const f = double ? PD : PS;
  const code = (double ? codes.SSE_DOUBLE : 0) | (scalar ? codes.SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const predicate = e.op('i32.and', 'i32', [toI32(e, x.get(2)), e.i32(7)]);
    const bit = (mask: number): I32 => e.op('i32.and', 'i32', [predicate, e.i32(mask)]);
    const eq = lanesOp(e, f, 'eq', a, b);
    const lt = lanesOp(e, f, 'lt', a, b);
    const le = lanesOp(e, f, 'le', a, b);
    // no NaN comes here, so UNORD is never true
    const plain = e.select(bit(2), e.select(bit(1), v128Constant(e, 0n), le), e.select(bit(1), lt, eq));
    const inverted = e.op('v128.not', 'v128', [plain]);
    const all = e.select(bit(4), inverted, plain);
    const result = e.variable('v128', scalar ? mergeLow(e, a, all, double ? 8 : 4) : all);
    const test = scalar
      ? scalarIsOrdinary(e, f, 'cmp', lane0(e, f, a), lane0(e, f, b), lane0(e, f, a))
      : allTrue(e, f, packedIsOrdinary(e, f, 'cmp', a, b, a));
    const fast = e.andB(noDaz(e), test);
    e.if(e.notB(fast), () => e.set(result, e.call('sseCompare', 'v128', [e.i32(code), predicate, a, b])));
    x.setXmm(0, e.get(result));
  };
}

/** Bit p: predicate p holds for less, equal, greater operands (SDM vol. 2, table 3-1); no NaN is looked at here. */
const LESS_HOLDS = 0x9696;
const EQUAL_HOLDS = 0xa5a5;
const GREATER_HOLDS = 0xf0f0;

/** VCMPccPS and the like, with all 32 predicates: 16 to 31 differ from 0 to 15 in what NaNs raise. */
export function compareFloatVex(double: boolean, scalar: boolean): Semantics {
  const f = double ? PD : PS;
  const code = (double ? codes.SSE_DOUBLE : 0) | (scalar ? codes.SSE_SCALAR : 0);
  return (e, x) => {
    const b = x.xmm(1);
    const a = x.xmm(0);
    const predicate = e.op('i32.and', 'i32', [toI32(e, x.get(2)), e.i32(31)]);
    const which = e.op('i32.and', 'i32', [predicate, e.i32(15)]);
    const part = (name: string, holds: number): V128 => {
      const chosen = e.op('i32.and', 'i32', [e.op('i32.shr_u', 'i32', [e.i32(holds), which]), e.i32(1)]);
      return e.select(chosen, lanesOp(e, f, name, a, b), v128Constant(e, 0n));
    };
    const either = or(e, part('lt', LESS_HOLDS), part('gt', GREATER_HOLDS));
    const all = or(e, either, part('eq', EQUAL_HOLDS));
    const result = e.variable('v128', scalar ? mergeLow(e, a, all, double ? 8 : 4) : all);
    const test = scalar
      ? scalarIsOrdinary(e, f, 'cmp', lane0(e, f, a), lane0(e, f, b), lane0(e, f, a))
      : allTrue(e, f, packedIsOrdinary(e, f, 'cmp', a, b, a));
    e.if(e.notB(e.andB(noDaz(e), test)), () =>
      e.set(result, e.call('sseCompare', 'v128', [e.i32(code), predicate, a, b])),
    );
    x.setXmm(0, e.get(result));
  };
}

/** COMISS, UCOMISS and the like: ZF PF CF; OF SF AF become 0. */
export function compareFlags(double: boolean, quiet: boolean): Semantics {
  const f = double ? PD : PS;
  const code = (double ? codes.SSE_DOUBLE : 0) | (quiet ? 1 : 0);
  return (e, x) => {
    const vb = x.xmm(1);
    const va = x.xmm(0);
    const a = lane0(e, f, va);
    const b = lane0(e, f, vb);
    const less = e.fromBool(scalarTest(e, f, 'lt', a, b));
    const equal = e.shl(e.fromBool(scalarTest(e, f, 'eq', a, b)), 6);
    const image = e.variable('i64', e.or(less, equal));
    const fast = e.andB(noDaz(e), scalarIsOrdinary(e, f, 'cmp', a, b, a));
    e.if(e.notB(fast), () => e.set(image, toI64(e, e.call('sseCompareFlags', 'i32', [e.i32(code), va, vb]))));
    e.setFlagsImage(e.get(image));
  };
}

// ---- conversions ----

/** CVT[T]SS2SI, CVT[T]SD2SI: `x.size` is 32 or 64. */
export function floatToInteger(double: boolean, truncate: boolean): Semantics {
  const f = double ? PD : PS;
  return (e, x) => {
    const v = x.xmm(1);
    const a = lane0(e, f, v);
    const wide = x.sizeOf(0) === 64;
    const rounded = truncate ? a : e.op(`${f.scalar}.nearest`, f.scalar, [a]);
    const integer: I64 = wide
      ? e.op(`i64.trunc_sat_${f.scalar}_s`, 'i64', [rounded])
      : toI64(e, e.op(`i32.trunc_sat_${f.scalar}_s`, 'i32', [rounded]));
    const bound = (negative: boolean): Scalar =>
      e.op(`${f.scalar}.convert_i64_s`, f.scalar, [
        e.i64(wide ? (negative ? -(1n << 63n) : 1n << 62n) : negative ? -(1n << 31n) : 1n << 31n),
      ]);
    // 2^63 as a float is twice 2^62
    const upper = wide ? e.op(`${f.scalar}.add`, f.scalar, [bound(false), bound(false)]) : bound(false);
    const inRange = e.andB(scalarTest(e, f, 'ge', rounded, bound(true)), scalarTest(e, f, 'lt', rounded, upper));
    const fast = e.andB(truncate ? inexactIsFree(e) : ordinaryRounding(e), inRange);
    const result = e.variable('i64', integer);
    const code = (wide ? codes.TO_64 : 0) | (double ? codes.FROM_DOUBLE : 0) | (truncate ? codes.TRUNCATE : 0);
    e.if(e.notB(fast), () => e.set(result, e.call('sseToInteger', 'i64', [e.i32(code), v])));
    x.set(0, e.get(result));
  };
}

/** CVTSI2SS, CVTSI2SD from a 32- or 64-bit register or memory. */
export function integerToFloat(double: boolean): Semantics {
  const f = double ? PD : PS;
  return (e, x) => {
    const wide = x.sizeOf(1) === 64;
    const value = wide ? x.get(1) : e.sext(x.get(1), 32);
    const a = x.xmm(0);
    const fast = e.op(`${f.scalar}.convert_i64_s`, f.scalar, [value]);
    const result = e.variable('v128', setLane0(e, f, a, fast));
    if (wide || !double) {
      e.if(e.notB(ordinaryRounding(e)), () => {
        e.set(result, e.call('sseFromInteger', 'v128', [e.i32(double ? codes.FROM_DOUBLE : 0), a, value]));
      });
    }
    x.setXmm(0, e.get(result));
  };
}

/** A conversion between vectors: `fast` is used when `test` holds, else sseConvert(code). */
function convert(
  code: number,
  fast: (e: Emitter, b: V128, a: V128) => V128,
  test: (e: Emitter, b: V128) => I32,
  keepsDestination = false,
): Semantics {
  return (e, x) => {
    const b = x.xmm(1);
    const a = keepsDestination ? x.xmm(0) : b;
    const result = e.variable('v128', fast(e, b, a));
    e.if(e.notB(test(e, b)), () => e.set(result, e.call('sseConvert', 'v128', [e.i32(code), a, b])));
    x.setXmm(0, e.get(result));
  };
}

const lowFloats = (e: Emitter, v: V128): V128 => fromLow64(e, low64(e, v));

export const cvtdq2pd: Semantics = (e, x) => x.setXmm(0, e.op('f64x2.convert_low_i32x4_s', 'v128', [x.xmm(1)]));

export const cvtdq2ps = convert(
  codes.CVT_DQ_PS,
  (e, b) => e.op('f32x4.convert_i32x4_s', 'v128', [b]),
  (e) => ordinaryRounding(e),
);

export const cvtps2pd = convert(
  codes.CVT_PS_PD,
  (e, b) => e.op('f64x2.promote_low_f32x4', 'v128', [b]),
  (e, b) => e.andB(noDaz(e), allTrue(e, PS, plainLanes(e, PS, lowFloats(e, b)))),
);

export const cvtpd2ps = convert(
  codes.CVT_PD_PS,
  (e, b) => e.op('f32x4.demote_f64x2_zero', 'v128', [b]),
  (e, b) => {
    const r = e.op('f32x4.demote_f64x2_zero', 'v128', [b]);
    const normal = normalLanes(e, PS, r, true);
    // a zero in the result is right when the source was zero; the two unused lanes are zero too
    const bothOrdinary = or(e, normal, isZeroLanes(e, PS, r));
    const lostTiny = and(e, isZeroLanesWide(e, r), e.op('v128.not', 'v128', [isZeroLanes(e, PD, b)]));
    const none = e.eqz(e.or(low64(e, lostTiny), e.op('i64x2.extract_lane', 'i64', [lostTiny], [1])));
    return e.andB(ordinaryRounding(e), e.andB(allTrue(e, PS, bothOrdinary), none));
  },
);

/** Which of the two low floats are zero, as masks of 64 bits. */
function isZeroLanesWide(e: Emitter, r: V128): V128 {
  return e.op('i64x2.extend_low_i32x4_s', 'v128', [isZeroLanes(e, PS, r)]);
}

export const cvtss2sd = convert(
  codes.CVT_SS_SD,
  (e, b, a) => setLane0(e, PD, a, e.op('f64.promote_f32', 'f64', [lane0(e, PS, b) as F32])),
  (e, b) => e.andB(noDaz(e), isPlain(e, PS, lane0(e, PS, b))),
  true,
);

export const cvtsd2ss = convert(
  codes.CVT_SD_SS,
  (e, b, a) => setLane0(e, PS, a, e.op('f32.demote_f64', 'f32', [lane0(e, PD, b) as F64])),
  (e, b) => {
    const source = lane0(e, PD, b);
    const r = e.op('f32.demote_f64', 'f32', [source]);
    return e.andB(ordinaryRounding(e), e.orB(isNormal(e, PS, r, true), isZero(e, PD, source)));
  },
  true,
);

function toDwords(double: boolean, truncate: boolean, code: number): Semantics {
  const f = double ? PD : PS;
  const rounded = (e: Emitter, b: V128): V128 => (truncate ? b : lanesOp(e, f, 'nearest', b));
  return convert(
    code,
    (e, b) => e.op(double ? 'i32x4.trunc_sat_f64x2_s_zero' : 'i32x4.trunc_sat_f32x4_s', 'v128', [rounded(e, b)]),
    (e, b) => {
      const limit = double ? v128Constant(e, 0x41e0000000000000n) : v128Constant(e, 0x4f0000004f000000n);
      const inRange = lanesOp(e, f, 'lt', lanesOp(e, f, 'abs', rounded(e, b)), limit);
      return e.andB(truncate ? inexactIsFree(e) : ordinaryRounding(e), allTrue(e, f, inRange));
    },
  );
}
export const cvtps2dq = toDwords(false, false, codes.CVT_PS_DQ);
export const cvttps2dq = toDwords(false, true, codes.CVT_PS_DQ_TRUNCATE);
export const cvtpd2dq = toDwords(true, false, codes.CVT_PD_DQ);
export const cvttpd2dq = toDwords(true, true, codes.CVT_PD_DQ_TRUNCATE);
