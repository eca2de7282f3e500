import type { Emitter, I32, I64, Operands, Semantics, V128 } from '../emitter';
import * as v from './vector';

/** Semantics of SSE3, SSSE3, SSE4.1 and SSE4.2 integer and move instructions, AES, PCLMULQDQ and SHA. */

const swizzle = (e: Emitter, a: V128, index: V128): V128 => e.op('i8x16.swizzle', 'v128', [a, index]);
const vector = (e: Emitter, name: string, ...args: (V128 | I32)[]): V128 => e.op(name, 'v128', args);
const splatBytes = (value: number): bigint => BigInt(value) * 0x0101010101010101n;

// ---- SSE3 ----

/** MOVDDUP, MOVSLDUP, MOVSHDUP: lanes of the source, by their width. */
export const duplicate =
  (lanes: readonly number[], bytes: number): Semantics =>
  (e, x) => {
    const a = x.xmm(1);
    x.setXmm(0, v.shuffle(e, a, a, v.byteLanes(lanes, bytes)));
  };

// ---- SSSE3: the functions work on 16 bytes; MMX forms use the low half or a doubled vector ----

/** PSHUFB with `bytes` bytes in a register. */
const shuffleBytes =
  (bytes: 8 | 16): v.VectorFunction =>
  (e, a, b) =>
    swizzle(e, a, vector(e, 'v128.and', b, v.v128Constant(e, splatBytes(0x80 | (bytes - 1)))));

const horizontal =
  (name: string, bytes: 2 | 4): v.VectorFunction =>
  (e, a, b) => {
    const count = 16 / bytes;
    const even = v.range(0, count).map((i) => 2 * i);
    return vector(
      e,
      name,
      v.shuffle(e, a, b, v.byteLanes(even, bytes)),
      v.shuffle(
        e,
        a,
        b,
        v.byteLanes(
          even.map((i) => i + 1),
          bytes,
        ),
      ),
    );
  };

/** PMADDUBSW: unsigned bytes of a times signed bytes of b, neighbours added with saturation. */
const multiplyAddBytes: v.VectorFunction = (e, a, b) => {
  const eight = e.i32(8);
  const low = vector(
    e,
    'i16x8.mul',
    vector(e, 'v128.and', a, v.v128Constant(e, 0x00ff00ff00ff00ffn)),
    vector(e, 'i16x8.shr_s', vector(e, 'i16x8.shl', b, eight), eight),
  );
  const high = vector(e, 'i16x8.mul', vector(e, 'i16x8.shr_u', a, eight), vector(e, 'i16x8.shr_s', b, eight));
  return vector(e, 'i16x8.add_sat_s', low, high);
};

const sign =
  (shape: string): v.VectorFunction =>
  (e, a, b) => {
    const negative = vector(e, `${shape}.lt_s`, b, v.zeroVector(e));
    const zero = vector(e, `${shape}.eq`, b, v.zeroVector(e));
    const turned = vector(e, `${shape}.sub`, vector(e, 'v128.xor', a, negative), negative);
    return vector(e, 'v128.andnot', turned, zero);
  };

/** PMULHRSW does not saturate -1 * -1. */
const multiplyRound: v.VectorFunction = (e, a, b) => {
  const least = v.v128Constant(e, 0x8000800080008000n);
  const both = vector(e, 'v128.and', vector(e, 'i16x8.eq', a, least), vector(e, 'i16x8.eq', b, least));
  return vector(e, 'v128.xor', vector(e, 'i16x8.q15mulr_sat_s', a, b), both);
};

const absolute =
  (shape: string): v.VectorFunction =>
  (e, _a, b) =>
    vector(e, `${shape}.abs`, b);

/** [mnemonic, opcode after 0F 38, function, whether MMX takes both operands as one vector]. */
export const ssse3: ReadonlyArray<readonly [string, string, v.VectorFunction, 'lanes' | 'pairs']> = [
  ['phaddw', '01', horizontal('i16x8.add', 2), 'pairs'],
  ['phaddd', '02', horizontal('i32x4.add', 4), 'pairs'],
  ['phaddsw', '03', horizontal('i16x8.add_sat_s', 2), 'pairs'],
  ['pmaddubsw', '04', multiplyAddBytes, 'lanes'],
  ['phsubw', '05', horizontal('i16x8.sub', 2), 'pairs'],
  ['phsubd', '06', horizontal('i32x4.sub', 4), 'pairs'],
  ['phsubsw', '07', horizontal('i16x8.sub_sat_s', 2), 'pairs'],
  ['psignb', '08', sign('i8x16'), 'lanes'],
  ['psignw', '09', sign('i16x8'), 'lanes'],
  ['psignd', '0A', sign('i32x4'), 'lanes'],
  ['pmulhrsw', '0B', multiplyRound, 'lanes'],
  ['pabsb', '1C', absolute('i8x16'), 'lanes'],
  ['pabsw', '1D', absolute('i16x8'), 'lanes'],
  ['pabsd', '1E', absolute('i32x4'), 'lanes'],
];
export const shuffleBytesXmm = v.binaryXmm(shuffleBytes(16));
export const shuffleBytesMmx = v.binaryMmx(shuffleBytes(8));

export const alignRight: Semantics = (e, x) => {
  const low = x.xmm(1);
  const control = e.zext(x.get(2), 8);
  const count = e.select(e.ltU(control, e.i64(32)), control, e.i64(32));
  const iota = v.v128Constant(e, 0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
  const index = vector(e, 'i8x16.add', iota, e.op('i8x16.splat', 'v128', [v.toI32(e, count)]));
  const high = vector(e, 'i8x16.sub', index, v.v128Constant(e, splatBytes(16)));
  x.setXmm(0, vector(e, 'v128.or', swizzle(e, low, index), swizzle(e, x.xmm(0), high)));
};
export const alignRightMmx: Semantics = (e, x) => {
  v.x87Wait(e);
  const both = v.v128FromHalves(e, x.mmx(1), x.mmx(0));
  const result = v.low64(e, v.byteShift(e, both, e.zext(x.get(2), 8), false));
  v.enterMmx(e);
  x.setMmx(0, result);
};

// ---- SSE4.1 ----

export const multiplyDwords = v.binaryXmm((e, a, b) => {
  const even = (q: V128): V128 => v.shuffle(e, q, q, v.byteLanes([0, 2, 0, 2], 4));
  return vector(e, 'i64x2.extmul_low_i32x4_s', even(a), even(b));
});

/** PMOVSX, PMOVZX: widens the low lanes step by step. */
export const extend =
  (...names: string[]): Semantics =>
  (e, x) =>
    x.setXmm(
      0,
      names.reduce((a, name) => vector(e, name, a), x.xmm(1)),
    );

/** Lanes of b where the mask is set, else of a. */
const choose = (e: Emitter, a: V128, b: V128, mask: V128): V128 => vector(e, 'v128.bitselect', b, a, mask);

/** PBLENDW, BLENDPS, BLENDPD: bit i of the immediate chooses lane i. */
export const blendByImmediate =
  (shape: string, low: bigint, high: bigint): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    const control = x.get(2);
    const value = shape === 'i64x2' ? control : v.toI32(e, control);
    const bits = v.v128Constant(e, low, high);
    const chosen = vector(e, 'v128.and', e.op(`${shape}.splat`, 'v128', [value]), bits);
    x.setXmm(0, choose(e, x.xmm(0), b, vector(e, `${shape}.eq`, chosen, bits)));
  };

/** PBLENDVB, BLENDVPS, BLENDVPD: the sign of XMM0's lanes chooses. */
export const blendByXmm0 =
  (shape: string, bits: number): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    const mask = vector(e, `${shape}.shr_s`, e.state('XMM', 'v128', 0), e.i32(bits - 1));
    x.setXmm(0, choose(e, x.xmm(0), b, mask));
  };

export const ptest: Semantics = (e, x) => {
  const b = x.xmm(1);
  const a = x.xmm(0);
  const none = (q: V128): I64 => e.fromBool(e.notB(e.op('v128.any_true', 'i32', [q])));
  const zf = none(vector(e, 'v128.and', b, a));
  const cf = none(vector(e, 'v128.andnot', b, a));
  e.setFlagsImage(e.or(e.shl(zf, 6), cf));
};

/** PEXTRB, PEXTRW, PEXTRD, PEXTRQ, EXTRACTPS. */
export const extract =
  (bytes: 0 | 1 | 2 | 4): Semantics =>
  (e, x) => {
    const width = bytes === 0 ? x.sizeOf(0) / 8 : bytes;
    const at = e.mul(e.and(x.get(2), e.i64(16 / width - 1)), e.i64(width));
    const value = v.low64(e, v.byteShift(e, x.xmm(1), at, false));
    x.set(0, e.zext(value, (width * 8) as 8 | 16 | 32 | 64));
  };

/** PINSRB, PINSRD, PINSRQ. */
export const insert =
  (bytes: 0 | 1): Semantics =>
  (e, x) => {
    const width = bytes === 0 ? x.sizeOf(1) / 8 : bytes;
    const ones = (1n << BigInt(width * 8)) - 1n;
    const source = e.and(x.get(1), e.i64(ones));
    const at = e.mul(e.and(x.get(2), e.i64(16 / width - 1)), e.i64(width));
    const value = v.byteShift(e, v.fromLow64(e, source), at, true);
    const hole = v.byteShift(e, v.fromLow64(e, e.i64(ones)), at, true);
    x.setXmm(0, vector(e, 'v128.or', vector(e, 'v128.andnot', x.xmm(0), hole), value));
  };

/** INSERTPS; from memory there is only lane 0 to choose. */
export const insertps: Semantics = (e, x) => {
  const b = x.xmm(1);
  const control = e.and(x.get(2), e.i64(x.kind(1) === 'memory' ? 0x3f : 0xff));
  x.setXmm(0, e.call('sseInsertps', 'v128', [v.toI32(e, control), x.xmm(0), b]));
};

/** An instruction whose vector function takes (immediate, destination, source). */
export const byControl =
  (name: string): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, e.call(name, 'v128', [v.toI32(e, x.get(2)), x.xmm(0), b]));
  };
/** (destination, source). */
export const byFunction =
  (name: string): Semantics =>
  (e, x) => {
    const b = x.xmm(1);
    x.setXmm(0, e.call(name, 'v128', [x.xmm(0), b]));
  };
/** (source). */
export const ofSource =
  (name: string): Semantics =>
  (e, x) =>
    x.setXmm(0, e.call(name, 'v128', [x.xmm(1)]));

// ---- SSE4.2 ----

function compareStrings(e: Emitter, x: Operands, isExplicit: boolean, wide: boolean): { control: I32; result: I32 } {
  const b = x.xmm(1);
  const control = v.toI32(e, x.get(2));
  const length = (index: number): I64 =>
    !isExplicit ? e.i64(0) : wide ? e.gpr(index, 64) : e.sext(e.gpr(index, 32), 32);
  const lengths = [length(0), length(2)];
  const explicit = e.i32(isExplicit ? 1 : 0);
  const result = e.call('sseCompareStrings', 'i32', [control, explicit, x.xmm(0), b, lengths[0]!, lengths[1]!]);
  return { control, result };
}
export const stringIndex =
  (isExplicit: boolean, wide = false): Semantics =>
  (e, x) => {
    const { control, result } = compareStrings(e, x, isExplicit, wide);
    e.setGpr(1, 32, e.call('sseStringIndex', 'i64', [control, result]));
  };
export const stringMask =
  (isExplicit: boolean, wide = false): Semantics =>
  (e, x) => {
    const { control, result } = compareStrings(e, x, isExplicit, wide);
    e.setState('XMM', e.call('sseStringMask', 'v128', [control, result]), 0);
  };

export const crc32: Semantics = (e, x) => {
  const data = x.get(1);
  x.set(0, e.call('crc32c', 'i64', [x.get(0), data, e.i32(x.sizeOf(1))]));
};

// ---- PCLMULQDQ, AES, SHA ----

export const carrylessMultiply: Semantics = (e, x) => {
  const b = x.xmm(1);
  const a = x.xmm(0);
  const control = x.get(2);
  const half = (q: V128, bit: number): I64 =>
    e.select(v.toI32(e, e.and(control, e.i64(bit))), v.high64(e, q), v.low64(e, q));
  x.setXmm(0, e.call('sseCarrylessMultiply', 'v128', [half(a, 1), half(b, 16)]));
};
export const aesKeyAssist: Semantics = (e, x) => {
  const source = x.xmm(1);
  x.setXmm(0, e.call('aesKeyAssist', 'v128', [source, v.toI32(e, x.get(2))]));
};
export const sha256Rounds: Semantics = (e, x) => {
  const b = x.xmm(1);
  x.setXmm(0, e.call('sha256Rounds', 'v128', [x.xmm(0), b, e.state('XMM', 'v128', 0)]));
};

// ---- SSE4a (AMD APM vol. 4); it leaves upper halves undefined, AMD's CPUs make them 0 ----

const lowSix = (e: Emitter, a: I64): I64 => e.and(a, e.i64(63));

/** A field's mask at bit 0; length 0 means 64. */
function fieldMask(e: Emitter, length: I64): I64 {
  const ones = e.sub(e.shl(e.i64(1), length), e.i64(1));
  return e.select(e.eqz(length), e.i64(-1n), ones);
}

function extractField(e: Emitter, x: Operands, length: I64, index: I64): void {
  const field = e.and(e.shrU(v.low64(e, x.xmm(0)), lowSix(e, index)), fieldMask(e, lowSix(e, length)));
  x.setXmm(0, v.fromLow64(e, field));
}

function insertField(e: Emitter, x: Operands, length: I64, index: I64): void {
  const at = lowSix(e, index);
  const mask = fieldMask(e, lowSix(e, length));
  const kept = e.and(v.low64(e, x.xmm(0)), e.not(e.shl(mask, at)));
  x.setXmm(0, v.fromLow64(e, e.or(kept, e.shl(e.and(v.low64(e, x.xmm(1)), mask), at))));
}

export const extrqImmediate: Semantics = (e, x) => extractField(e, x, x.get(1), x.get(2));
export const extrq: Semantics = (e, x) => {
  const control = v.low64(e, x.xmm(1));
  extractField(e, x, control, e.shrU(control, 8));
};
export const insertqImmediate: Semantics = (e, x) => insertField(e, x, x.get(2), x.get(3));
export const insertq: Semantics = (e, x) => {
  const control = v.high64(e, x.xmm(1));
  insertField(e, x, control, e.shrU(control, 8));
};
