import * as codes from '../../core/sse/codes';
import type { Semantics } from '../emitter';
import * as v from './vector';

// Moves

export const moveVector: Semantics = (_e, x) => x.setXmm(0, x.xmm(1));
/** MOVSS/MOVSD between registers: only the low lane moves. */
export const moveLow =
  (bytes: 4 | 8): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, v.mergeLow(e, x.xmm(0), b, bytes));
  };
export const moveLowFromMemory: Semantics = (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, v.mergeLow(e, x.xmm(0), b, 8));
};
export const moveHighFromMemory: Semantics = (e, x) => {
  const value = v.low64(e, x.xmm(1));
  x.setXmm(0, e.op('i64x2.replace_lane', 'v128', [x.xmm(0), value], [1]));
};
export const storeHigh: Semantics = (e, x) => x.setXmm(0, v.fromLow64(e, v.high64(e, x.xmm(1))));
export const moveHighToLow: Semantics = (e, x) => {
  const a = x.xmm(0);
  x.setXmm(0, v.shuffle(e, a, x.xmm(1), v.byteLanes([3, 1], 8)));
};
export const moveLowToHigh: Semantics = (e, x) => {
  const a = x.xmm(0);
  x.setXmm(0, v.shuffle(e, a, x.xmm(1), v.byteLanes([0, 2], 8)));
};
export const storeLow64: Semantics = (_e, x) => x.setXmm(0, x.xmm(1));
export const moveMask =
  (shape: 'i8x16' | 'i32x4' | 'i64x2'): Semantics =>
  (e, x) =>
    x.set(0, v.toI64(e, e.op(`${shape}.bitmask`, 'i32', [x.xmm(1)])));

/** MOVD, MOVQ: general register or memory to XMM. */
export const fromInteger: Semantics = (e, x) => x.setXmm(0, v.fromLow64(e, x.get(1)));
/** XMM to general register or memory. */
export const toInteger: Semantics = (e, x) => x.set(0, e.zext(v.low64(e, x.xmm(1)), x.sizeOf(0) === 64 ? 64 : 32));
/** MOVNTI. */
export const moveInteger: Semantics = (_e, x) => x.set(0, x.get(1));
/** MOVQ between registers clears the upper half. */
export const moveQuad: Semantics = (e, x) => x.setXmm(0, v.fromLow64(e, v.low64(e, x.xmm(1))));

// MMX parts

export const moveMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const value = x.mmx(1);
  if (x.kind(0) === 'memory') {
    x.setMmx(0, value);
    v.enterMmx(e);
  } else {
    v.enterMmx(e);
    x.setMmx(0, value);
  }
};
export const fromIntegerMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const value = x.get(1);
  v.enterMmx(e);
  x.setMmx(0, value);
};
export const toIntegerMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  x.set(0, e.zext(x.mmx(1), x.sizeOf(0) === 64 ? 64 : 32));
  v.enterMmx(e);
};
export const emms: Semantics = (e) => {
  v.x87Wait(e);
  e.setState('FPU_TOP', e.i32(0));
  e.setState('FTW', e.i32(0xffff));
};
export const shiftMmx =
  (s: v.PackedShift, byImmediate: boolean): Semantics =>
  (e, x) => {
    v.x87Wait(e);
    const count = byImmediate ? e.zext(x.get(1), 8) : x.mmx(1);
    const result = v.low64(e, v.shiftBy(e, v.fromLow64(e, x.mmx(0)), count, s.lanes, s.bits, s.kind));
    v.enterMmx(e);
    x.setMmx(0, result);
  };

export const moveMaskMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const mask = e.op('i8x16.bitmask', 'i32', [v.fromLow64(e, x.mmx(1))]);
  v.enterMmx(e);
  x.set(0, v.toI64(e, mask));
};
export const extractWordMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const shift = e.shl(e.and(x.get(2), e.i64(3)), 4);
  const word = e.and(e.shrU(x.mmx(1), shift), e.i64(0xffff));
  v.enterMmx(e);
  x.set(0, word);
};
export const insertWordMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const word = e.and(x.get(1), e.i64(0xffff));
  const shift = e.shl(e.and(x.get(2), e.i64(3)), 4);
  const kept = e.and(x.mmx(0), e.not(e.shl(e.i64(0xffff), shift)));
  v.enterMmx(e);
  x.setMmx(0, e.or(kept, e.shl(word, shift)));
};
export const shuffleWordsMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const source = v.fromLow64(e, x.mmx(1));
  const result = v.low64(e, v.shuffleLowWords(e, source, x.get(2)));
  v.enterMmx(e);
  x.setMmx(0, result);
};
/** MOVQ2DQ, MOVDQ2Q. */
export const movq2dq: Semantics = (e, x) => {
  v.x87Wait(e);
  const value = x.mmx(1);
  v.enterMmx(e);
  x.setXmm(0, v.fromLow64(e, value));
};
export const movdq2q: Semantics = (e, x) => {
  v.x87Wait(e);
  const value = v.low64(e, x.xmm(1));
  v.enterMmx(e);
  x.setMmx(0, value);
};

// Words of a vector, by an immediate that the interpreter knows only at run time

export const extractWord: Semantics = (e, x) => {
  const at = e.shl(e.and(x.get(2), e.i64(7)), 1);
  x.set(0, e.and(v.low64(e, v.byteShift(e, x.xmm(1), at, false)), e.i64(0xffff)));
};
export const insertWord: Semantics = (e, x) => {
  const at = e.shl(e.and(x.get(2), e.i64(7)), 1);
  const word = v.byteShift(e, v.fromLow64(e, e.and(x.get(1), e.i64(0xffff))), at, true);
  const hole = v.byteShift(e, v.fromLow64(e, e.i64(0xffff)), at, true);
  const kept = e.op('v128.andnot', 'v128', [x.xmm(0), hole]);
  x.setXmm(0, e.op('v128.or', 'v128', [kept, word]));
};

export const shuffleByImmediate =
  (f: typeof v.shuffleDwords): Semantics =>
  (e, x) =>
    x.setXmm(0, f(e, x.xmm(1), x.get(2)));
export const shuffleTwo =
  (f: typeof v.shufflePs): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, f(e, x.xmm(0), b, x.get(2)));
  };

/** PSLLDQ, PSRLDQ. */
export const shiftBytes =
  (left: boolean): Semantics =>
  (e, x) =>
    x.setXmm(0, v.byteShift(e, x.xmm(0), x.get(1), left));

export const shiftByVector =
  (s: v.PackedShift): Semantics =>
  (e, x) => {
    const count = v.low64(e, x.xmm(1));
    x.setXmm(0, v.shiftBy(e, x.xmm(0), count, s.lanes, s.bits, s.kind));
  };
export const shiftByImmediate =
  (s: v.PackedShift): Semantics =>
  (e, x) =>
    x.setXmm(0, v.shiftBy(e, x.xmm(0), e.zext(x.get(1), 8), s.lanes, s.bits, s.kind));

// Control and status

export const ldmxcsr: Semantics = (e, x) => {
  const value = v.toI32(e, x.get(0));
  e.call('sseLoadMxcsr', 'void', [value]);
};
export const stmxcsr: Semantics = (e, x) => x.set(0, v.toI64(e, e.state('MXCSR', 'i32')));

/** Memory operands leave the x87 state alone, for CVTPI2PS too (on processors; Intel SDM vol. 2 says so of CVTPI2PD only). */
export const cvtpi2ps =
  (fromMmx: boolean): Semantics =>
  (e, x) => {
    if (fromMmx) v.x87Wait(e);
    const source = fromMmx ? v.fromLow64(e, x.mmx(1)) : x.xmm(1);
    const result = e.call('sseConvert', 'v128', [e.i32(codes.CVT_PI_PS), x.xmm(0), source]);
    if (fromMmx) v.enterMmx(e);
    x.setXmm(0, result);
  };
export const cvtpi2pd =
  (fromMmx: boolean): Semantics =>
  (e, x) => {
    if (fromMmx) v.x87Wait(e);
    const source = fromMmx ? v.fromLow64(e, x.mmx(1)) : x.xmm(1);
    if (fromMmx) v.enterMmx(e);
    x.setXmm(0, e.op('f64x2.convert_low_i32x4_s', 'v128', [source]));
  };
/** CVT[T]PS2PI, CVT[T]PD2PI: two dwords to an MMX register. */
export const toMmx =
  (code: number): Semantics =>
  (e, x) => {
    v.x87Wait(e);
    let source = x.xmm(1);
    if (code === codes.CVT_PS_DQ || code === codes.CVT_PS_DQ_TRUNCATE) source = v.fromLow64(e, v.low64(e, source));
    const result = v.low64(e, e.call('sseConvert', 'v128', [e.i32(code), source, source]));
    v.enterMmx(e);
    x.setMmx(0, result);
  };
