import * as codes from '../../core/sse/codes';
import type { Emitter, I32, I64, Operands, Semantics, V128 } from '../emitter';
import * as v from './vector';
import { setVex } from './vex';

/** Semantics of AVX, AVX2 and F16C instructions that no SSE instruction has. */

const vector = (e: Emitter, name: string, ...args: (V128 | I32 | I64)[]): V128 => e.op(name, 'v128', args);
const swizzle = (e: Emitter, a: V128, index: V128): V128 => vector(e, 'i8x16.swizzle', a, index);
const bit = (e: Emitter, value: I64, n: number): I32 => v.toI32(e, e.and(e.shrU(value, n), e.i64(1)));
const is256 = (x: Operands, i: number): boolean => x.sizeOf(i) === 256;

/** A function of both halves, or of the low one alone where the row is 128 bits wide. */
function unary(f: (e: Emitter, a: V128, half: 0 | 1) => V128): Semantics {
  return (e, x) => {
    if (!is256(x, 0)) return setVex(e, x, f(e, x.xmm(1), 0));
    const [low, high] = x.ymm(1);
    x.setYmm(0, f(e, low, 0), f(e, high, 1));
  };
}
function binary(f: (e: Emitter, a: V128, b: V128, half: 0 | 1) => V128): Semantics {
  return (e, x) => {
    if (!is256(x, 0)) {
      const b = x.xmm(2);
      return setVex(e, x, f(e, x.xmm(1), b, 0));
    }
    const b = x.ymm(2);
    const a = x.ymm(1);
    x.setYmm(0, f(e, a[0], b[0], 0), f(e, a[1], b[1], 1));
  };
}

// Moves

export const move256: Semantics = (_e, x) => x.setYmm(0, ...x.ymm(1));

/** VBROADCASTx, VPBROADCASTx: the lowest element everywhere. */
export const broadcast =
  (shape: string): Semantics =>
  (e, x) => {
    const a = x.xmm(1);
    const lanes = shape === 'i64x2' ? [0, 0] : shape === 'i32x4' ? [0, 0, 0, 0] : [];
    const bytes = shape === 'i64x2' ? 8 : 4;
    const all =
      lanes.length > 0
        ? v.shuffle(e, a, a, v.byteLanes(lanes, bytes))
        : vector(e, `${shape}.splat`, e.op(`${shape}.extract_lane_u`, 'i32', [a], [0]));
    if (is256(x, 0)) x.setYmm(0, all, all);
    else setVex(e, x, all);
  };
export const broadcast128: Semantics = (_e, x) => {
  const a = x.xmm(1);
  x.setYmm(0, a, a);
};

/** VINSERTF128, VINSERTI128. */
export const insert128: Semantics = (e, x) => {
  const part = x.xmm(2);
  const [low, high] = x.ymm(1);
  const isHigh = bit(e, x.get(3), 0);
  x.setYmm(0, e.select(isHigh, low, part), e.select(isHigh, part, high));
};
export const extract128: Semantics = (e, x) => {
  const [low, high] = x.ymm(1);
  setVex(e, x, e.select(bit(e, x.get(2), 0), high, low));
};
/** VPERM2F128, VPERM2I128: each half of the result is one of four, or zero. */
export const permute128: Semantics = (e, x) => {
  const b = x.ymm(2);
  const a = x.ymm(1);
  const control = x.get(3);
  const half = (at: number): V128 => {
    const chosen = e.select(
      bit(e, control, at + 1),
      e.select(bit(e, control, at), b[1], b[0]),
      e.select(bit(e, control, at), a[1], a[0]),
    );
    return e.select(bit(e, control, at + 3), v.zeroVector(e), chosen);
  };
  x.setYmm(0, half(0), half(4));
};

/** Bytes of 32, chosen by indices 0 to 31. */
function swizzle256(e: Emitter, [low, high]: readonly [V128, V128], index: V128): V128 {
  const upper = vector(e, 'i8x16.sub', index, v.v128Constant(e, 0x1010101010101010n));
  return vector(e, 'v128.or', swizzle(e, low, index), swizzle(e, high, upper));
}
const DWORD_BYTES = 0x0302010003020100n;
const QWORD_BYTES = 0x0706050403020100n;

/** VPERMD, VPERMPS: operand 1 has the indices. */
export const permuteDwords: Semantics = (e, x) => {
  const source = x.ymm(2);
  const index = (c: V128): V128 =>
    vector(
      e,
      'i32x4.add',
      vector(
        e,
        'i32x4.mul',
        vector(e, 'v128.and', c, v.v128Constant(e, 0x0000000700000007n)),
        v.v128Constant(e, 0x0404040404040404n),
      ),
      v.v128Constant(e, DWORD_BYTES),
    );
  const [low, high] = x.ymm(1);
  x.setYmm(0, swizzle256(e, source, index(low)), swizzle256(e, source, index(high)));
};
/** VPERMQ, VPERMPD. */
export const permuteQwords: Semantics = (e, x) => {
  const source = x.ymm(1);
  const control = x.get(2);
  const qword = (i: number): I64 =>
    e.add(e.mul(e.and(e.shrU(control, 2 * i), e.i64(3)), e.i64(0x0808080808080808n)), e.i64(QWORD_BYTES));
  const half = (i: number): V128 => swizzle256(e, source, v.v128FromHalves(e, qword(i), qword(i + 1)));
  x.setYmm(0, half(0), half(2));
};
/** VPERMILPS, VPERMILPD by a vector: within each half. */
export const permuteLanes = (double: boolean): Semantics =>
  binary((e, a, c) => {
    if (double) {
      const chosen = vector(e, 'v128.and', vector(e, 'i64x2.shr_u', c, e.i32(1)), v.v128Constant(e, 1n));
      const offset = vector(e, 'i64x2.mul', chosen, v.v128Constant(e, 0x0808080808080808n));
      return swizzle(e, a, vector(e, 'i64x2.add', offset, v.v128Constant(e, QWORD_BYTES)));
    }
    const chosen = vector(e, 'v128.and', c, v.v128Constant(e, 0x0000000300000003n));
    const offset = vector(e, 'i32x4.mul', chosen, v.v128Constant(e, 0x0404040404040404n));
    return swizzle(e, a, vector(e, 'i32x4.add', offset, v.v128Constant(e, DWORD_BYTES)));
  });
export const permuteLanesBy =
  (double: boolean): Semantics =>
  (e, x) => {
    const control = x.get(2);
    unary((_, a, half) => {
      if (!double) return v.shuffleDwords(e, a, control);
      return v.shufflePd(e, a, a, half === 0 ? control : e.shrU(control, 2));
    })(e, x);
  };
/** VSHUFPD of 256 bits: two more bits of the immediate for the upper half. */
export const shufflePd256: Semantics = (e, x) => {
  const control = x.get(3);
  binary((_, a, b, half) => v.shufflePd(e, a, b, half === 0 ? control : e.shrU(control, 2)))(e, x);
};

// Blends

const choose = (e: Emitter, a: V128, b: V128, mask: V128): V128 => vector(e, 'v128.bitselect', b, a, mask);

/** VBLENDPS, VBLENDPD, VPBLENDD: bit i of the immediate chooses element i of all. */
export const blendBy =
  (shape: 'i32x4' | 'i64x2'): Semantics =>
  (e, x) => {
    const control = x.get(3);
    const bits = shape === 'i32x4' ? [0x0000000200000001n, 0x0000000800000004n] : [1n, 2n];
    binary((_, a, b, half) => {
      const value = half === 0 ? control : e.shrU(control, shape === 'i32x4' ? 4 : 2);
      const all = v.v128Constant(e, bits[0]!, bits[1]!);
      const splat = vector(e, `${shape}.splat`, shape === 'i64x2' ? value : v.toI32(e, value));
      return choose(e, a, b, vector(e, `${shape}.eq`, vector(e, 'v128.and', splat, all), all));
    })(e, x);
  };
/** VBLENDVPS, VBLENDVPD, VPBLENDVB: the sign of operand 3's elements chooses. */
export const blendByVector =
  (shape: string, bits: number): Semantics =>
  (e, x) => {
    const mask = is256(x, 0) ? x.ymm(3) : ([x.xmm(3), undefined] as const);
    binary((_, a, b, half) => choose(e, a, b, vector(e, `${shape}.shr_s`, mask[half]!, e.i32(bits - 1))))(e, x);
  };

// Tests and masks

const none = (e: Emitter, ...parts: V128[]): I64 => {
  const all = parts.reduce((a, b) => vector(e, 'v128.or', a, b));
  return e.fromBool(e.notB(e.op('v128.any_true', 'i32', [all])));
};
/** VPTEST of 256 bits, VTESTPS, VTESTPD: `signs` cuts to the bits that count. */
export const test =
  (signs: bigint): Semantics =>
  (e, x) => {
    const b = is256(x, 0) ? x.ymm(1) : [x.xmm(1)];
    const a = is256(x, 0) ? x.ymm(0) : [x.xmm(0)];
    const cut = (q: V128): V128 => (signs === ALL_BITS ? q : vector(e, 'v128.and', q, v.v128Constant(e, signs)));
    const zf = none(e, ...b.map((q, i) => cut(vector(e, 'v128.and', q, a[i]!))));
    const cf = none(e, ...b.map((q, i) => cut(vector(e, 'v128.andnot', q, a[i]!))));
    e.setFlagsImage(e.or(e.shl(zf, 6), cf));
  };
export const ALL_BITS = 0xffffffffffffffffn;
export const SINGLE_SIGNS = 0x8000000080000000n;
export const DOUBLE_SIGNS = 0x8000000000000000n;

/** VMOVMSKPS, VMOVMSKPD, VPMOVMSKB of 256 bits. */
export const moveMask256 =
  (shape: string, lanes: number): Semantics =>
  (e, x) => {
    const [low, high] = x.ymm(1);
    const mask = (q: V128): I64 => v.toI64(e, e.op(`${shape}.bitmask`, 'i32', [q]));
    x.set(0, e.or(mask(low), e.shl(mask(high), lanes)));
  };

// Shifts

/** VPSLLW and the like by the count in an XMM register. */
export const shiftByVector256 =
  (s: v.PackedShift): Semantics =>
  (e, x) => {
    const count = v.low64(e, x.xmm(2));
    unary((_, a) => v.shiftBy(e, a, count, s.lanes, s.bits, s.kind))(e, x);
  };
/** VPSLLVD and the like: a count for each element. */
export const shiftEach = (bits: 32 | 64, kind: 'shl' | 'shr_u' | 'shr_s'): Semantics =>
  binary((e, a, counts) => {
    const shape = bits === 32 ? 'i32x4' : 'i64x2';
    const lane = (q: V128, i: number): I64 => {
      if (bits === 64) return e.op('i64x2.extract_lane', 'i64', [q], [i]);
      return v.toI64(e, e.op('i32x4.extract_lane', 'i32', [q], [i]));
    };
    let r = v.zeroVector(e);
    for (let i = 0; i < 128 / bits; i++) {
      const value = lane(a, i);
      const count = lane(counts, i);
      const inRange = e.ltU(count, e.i64(bits));
      let shifted: I64;
      if (kind === 'shr_s') shifted = e.shrS(e.sext(value, bits), e.select(inRange, count, e.i64(bits - 1)));
      else {
        const plain = kind === 'shl' ? e.shl(value, count) : e.shrU(value, count);
        shifted = e.select(inRange, plain, e.i64(0));
      }
      r = e.op(`${shape}.replace_lane`, 'v128', [r, bits === 64 ? shifted : v.toI32(e, shifted)], [i]);
    }
    return r;
  });

/** VPMOVSX, VPMOVZX to 256 bits: the last step gives both halves. */
export const extend256 =
  (steps: readonly string[]): Semantics =>
  (e, x) => {
    const before = steps.slice(0, -1).reduce((a, name) => vector(e, name, a), x.xmm(1));
    const last = steps.at(-1)!;
    x.setYmm(0, vector(e, last, before), vector(e, last.replace('extend_low', 'extend_high'), before));
  };

/** VMPSADBW of 256 bits: three more bits of the immediate for the upper half. */
export const mpsadbw256: Semantics = (e, x) => {
  const control = x.get(3);
  binary((_, a, b, half) =>
    e.call('sseMpsadbw', 'v128', [v.toI32(e, half === 0 ? control : e.shrU(control, 3)), a, b]),
  )(e, x);
};

// F16C

export const fromHalf: Semantics = (e, x) => x.setXmm(0, e.call('sseFromHalf', 'v128', [e.i32(0), x.xmm(1)]));
export const toHalf: Semantics = (e, x) =>
  x.setXmm(0, e.call('sseToHalf', 'v128', [e.i32(0), v.toI32(e, x.get(2)), x.xmm(1)]));

// FMA

export interface Fused {
  /** Operands of a * b + c: 0 the destination, 1 VEX.vvvv, 2 ModRM.rm. */
  readonly order: readonly [a: number, b: number, c: number];
  readonly double: boolean;
  readonly scalar: boolean;
  /** FMA_* of core/sse/codes.ts. */
  readonly signs: number;
}
/** One half, or lane 0 with the rest of the destination kept. */
export function fuse(e: Emitter, { order, double, scalar, signs }: Fused, sources: readonly V128[]): V128 {
  const code = signs | (double ? codes.SSE_DOUBLE : 0) | (scalar ? codes.SSE_SCALAR : 0);
  const [a, b, c] = order.map((i) => sources[i]!) as [V128, V128, V128];
  return e.call('sseFma', 'v128', [e.i32(code), a, b, c, sources[0]!]);
}
