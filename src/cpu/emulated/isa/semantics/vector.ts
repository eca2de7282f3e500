import type { Emitter, I32, I64, Semantics, V128 } from '../emitter';

/** Small pieces that the vector families share. */

export function v128FromHalves(e: Emitter, low: I64, high: I64): V128 {
  return e.op('i64x2.replace_lane', 'v128', [e.op('i64x2.splat', 'v128', [low]), high], [1]);
}

export function v128Constant(e: Emitter, low: bigint, high: bigint = low): V128 {
  const splat = e.op('i64x2.splat', 'v128', [e.i64(low)]);
  return low === high ? splat : e.op('i64x2.replace_lane', 'v128', [splat, e.i64(high)], [1]);
}

export const zeroVector = (e: Emitter): V128 => v128Constant(e, 0n);

/** A vector with `value` in its low 64 bits and zeros above. */
export function fromLow64(e: Emitter, value: I64): V128 {
  return e.op('i64x2.replace_lane', 'v128', [zeroVector(e), value], [0]);
}

export const low64 = (e: Emitter, v: V128): I64 => e.op('i64x2.extract_lane', 'i64', [v], [0]);
export const high64 = (e: Emitter, v: V128): I64 => e.op('i64x2.extract_lane', 'i64', [v], [1]);

export function shuffle(e: Emitter, a: V128, b: V128, lanes: readonly number[]): V128 {
  return e.op('i8x16.shuffle', 'v128', [a, b], lanes);
}

export const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Byte lanes for a shuffle of wider lanes. */
export function byteLanes(lanes: readonly number[], bytes: number): number[] {
  return lanes.flatMap((lane) => range(lane * bytes, bytes));
}

export const toI32 = (e: Emitter, a: I64): I32 => e.op('i32.wrap_i64', 'i32', [a]);
export const toI64 = (e: Emitter, a: I32): I64 => e.op('i64.extend_i32_u', 'i64', [a]);

/** The low `bytes` of b over a. */
export function mergeLow(e: Emitter, a: V128, b: V128, bytes: 4 | 8): V128 {
  return shuffle(e, a, b, [...range(16, bytes), ...range(bytes, 16 - bytes)]);
}

export type VectorFunction = (e: Emitter, a: V128, b: V128) => V128;

/** destination = f(destination, source) on whole registers. */
export function binaryXmm(f: VectorFunction): Semantics {
  return (e, x) => x.setXmm(0, f(e, x.xmm(0), x.xmm(1)));
}

/** destination = f(source). */
export function unaryXmm(f: (e: Emitter, a: V128) => V128): Semantics {
  return (e, x) => x.setXmm(0, f(e, x.xmm(1)));
}

/** A pending x87 error is reported before any waiting x87 or MMX instruction does anything. */
export function x87Wait(e: Emitter): void {
  const pending = e.op('i32.and', 'i32', [e.state('FSW', 'i32'), e.i32(0x80)]);
  e.if(pending, () => e.call('x87Pending', 'void', []));
}

/** What every MMX instruction but EMMS does to the x87 state: all registers valid, TOP 0 (Intel SDM vol. 1, 9.6.2). */
export function enterMmx(e: Emitter): void {
  e.setState('FPU_TOP', e.i32(0));
  e.setState('FTW', e.i32(0));
}

/** destination = f(destination, source) on MMX registers, computed in the low half of a vector. */
export function binaryMmx(f: VectorFunction): Semantics {
  return (e, x) => {
    x87Wait(e);
    const b = fromLow64(e, x.mmx(1));
    const result = low64(e, f(e, fromLow64(e, x.mmx(0)), b));
    enterMmx(e);
    x.setMmx(0, result);
  };
}

export const lanewise =
  (name: string): VectorFunction =>
  (e, a, b) =>
    e.op(name, 'v128', [a, b]);

/** A vector shift by a count that is not a constant of the code: counts past the lane give zero or the sign. */
export function shiftBy(
  e: Emitter,
  a: V128,
  count: I64,
  lanes: string,
  bits: number,
  kind: 'shl' | 'shr_u' | 'shr_s',
): V128 {
  if (kind === 'shr_s') {
    const inRange = e.select(e.ltU(count, e.i64(bits)), count, e.i64(bits - 1));
    return e.op(`${lanes}.shr_s`, 'v128', [a, toI32(e, inRange)]);
  }
  const shifted = e.op(`${lanes}.${kind}`, 'v128', [a, toI32(e, count)]);
  return e.select(e.ltU(count, e.i64(bits)), shifted, zeroVector(e));
}

/** The bytes of `a` moved by `bytes` towards the high (left) or low end, zeros shifted in. */
export function byteShift(e: Emitter, a: V128, count: I64, left: boolean): V128 {
  const bytes = e.select(e.ltU(count, e.i64(16)), count, e.i64(16));
  const iota = v128Constant(e, 0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
  const by = e.op('i8x16.splat', 'v128', [toI32(e, bytes)]);
  const index = e.op(left ? 'i8x16.sub' : 'i8x16.add', 'v128', [iota, by]);
  return e.op('i8x16.swizzle', 'v128', [a, index]);
}

/** Byte indices of two dwords chosen by the two low 2-bit fields of `control`. */
function dwordPair(e: Emitter, control: I64): I64 {
  const fields = e.or(e.and(control, e.i64(3)), e.shl(e.and(e.shrU(control, 2), e.i64(3)), 32));
  return e.add(e.mul(fields, e.i64(0x04040404)), e.i64(0x0302010003020100n));
}

/** Byte indices of four words chosen by the four 2-bit fields of `control`. */
function wordQuad(e: Emitter, control: I64): I64 {
  const field = (i: number): I64 => e.shl(e.and(e.shrU(control, 2 * i), e.i64(3)), 16 * i);
  const fields = e.or(e.or(field(0), field(1)), e.or(field(2), field(3)));
  return e.add(e.mul(fields, e.i64(0x0202)), e.i64(0x0100010001000100n));
}

const swizzle = (e: Emitter, a: V128, index: V128): V128 => e.op('i8x16.swizzle', 'v128', [a, index]);

export function shuffleDwords(e: Emitter, a: V128, control: I64): V128 {
  return swizzle(e, a, v128FromHalves(e, dwordPair(e, control), dwordPair(e, e.shrU(control, 4))));
}

export function shuffleLowWords(e: Emitter, a: V128, control: I64): V128 {
  return swizzle(e, a, v128FromHalves(e, wordQuad(e, control), e.i64(0x0f0e0d0c0b0a0908n)));
}

export function shuffleHighWords(e: Emitter, a: V128, control: I64): V128 {
  const high = e.or(wordQuad(e, control), e.i64(0x0808080808080808n));
  return swizzle(e, a, v128FromHalves(e, e.i64(0x0706050403020100n), high));
}

/** SHUFPS: two dwords of a, then two of b. */
export function shufflePs(e: Emitter, a: V128, b: V128, control: I64): V128 {
  const low = low64(e, swizzle(e, a, fromLow64(e, dwordPair(e, control))));
  const high = low64(e, swizzle(e, b, fromLow64(e, dwordPair(e, e.shrU(control, 4)))));
  return v128FromHalves(e, low, high);
}

/** SHUFPD: one qword of a, then one of b. */
export function shufflePd(e: Emitter, a: V128, b: V128, control: I64): V128 {
  const pick = (v: V128, bit: number): I64 =>
    e.select(toI32(e, e.and(e.shrU(control, bit), e.i64(1))), high64(e, v), low64(e, v));
  return v128FromHalves(e, pick(a, 0), pick(b, 1));
}

/** The two low words of a lane product, or its two high ones. */
function multiplyHigh(e: Emitter, a: V128, b: V128, sign: 's' | 'u'): V128 {
  const low = e.op(`i32x4.extmul_low_i16x8_${sign}`, 'v128', [a, b]);
  const high = e.op(`i32x4.extmul_high_i16x8_${sign}`, 'v128', [a, b]);
  return shuffle(e, low, high, byteLanes([1, 3, 5, 7, 9, 11, 13, 15], 2));
}

const evenDwords = (e: Emitter, a: V128): V128 => shuffle(e, a, a, byteLanes([0, 2, 0, 2], 4));

/** The packed-integer operations that MMX and SSE2 share; those of MMX look at the low half only. */
export const packed: Readonly<Record<string, VectorFunction>> = {
  paddb: lanewise('i8x16.add'),
  paddw: lanewise('i16x8.add'),
  paddd: lanewise('i32x4.add'),
  paddq: lanewise('i64x2.add'),
  psubb: lanewise('i8x16.sub'),
  psubw: lanewise('i16x8.sub'),
  psubd: lanewise('i32x4.sub'),
  psubq: lanewise('i64x2.sub'),
  paddsb: lanewise('i8x16.add_sat_s'),
  paddsw: lanewise('i16x8.add_sat_s'),
  paddusb: lanewise('i8x16.add_sat_u'),
  paddusw: lanewise('i16x8.add_sat_u'),
  psubsb: lanewise('i8x16.sub_sat_s'),
  psubsw: lanewise('i16x8.sub_sat_s'),
  psubusb: lanewise('i8x16.sub_sat_u'),
  psubusw: lanewise('i16x8.sub_sat_u'),
  pmullw: lanewise('i16x8.mul'),
  pmulhw: (e, a, b) => multiplyHigh(e, a, b, 's'),
  pmulhuw: (e, a, b) => multiplyHigh(e, a, b, 'u'),
  pmaddwd: lanewise('i32x4.dot_i16x8_s'),
  pmuludq: (e, a, b) => e.op('i64x2.extmul_low_i32x4_u', 'v128', [evenDwords(e, a), evenDwords(e, b)]),
  psadbw: (e, a, b) => {
    const difference = e.op('i8x16.sub', 'v128', [
      e.op('i8x16.max_u', 'v128', [a, b]),
      e.op('i8x16.min_u', 'v128', [a, b]),
    ]);
    const words = e.op('i16x8.extadd_pairwise_i8x16_u', 'v128', [difference]);
    const dwords = e.op('i32x4.extadd_pairwise_i16x8_u', 'v128', [words]);
    const even = e.op('v128.and', 'v128', [dwords, v128Constant(e, 0xffffffffn)]);
    return e.op('i64x2.add', 'v128', [even, e.op('i64x2.shr_u', 'v128', [dwords, e.i32(32)])]);
  },
  pavgb: lanewise('i8x16.avgr_u'),
  pavgw: lanewise('i16x8.avgr_u'),
  pminub: lanewise('i8x16.min_u'),
  pmaxub: lanewise('i8x16.max_u'),
  pminsw: lanewise('i16x8.min_s'),
  pmaxsw: lanewise('i16x8.max_s'),
  pcmpeqb: lanewise('i8x16.eq'),
  pcmpeqw: lanewise('i16x8.eq'),
  pcmpeqd: lanewise('i32x4.eq'),
  pcmpgtb: lanewise('i8x16.gt_s'),
  pcmpgtw: lanewise('i16x8.gt_s'),
  pcmpgtd: lanewise('i32x4.gt_s'),
  pand: lanewise('v128.and'),
  pandn: (e, a, b) => e.op('v128.andnot', 'v128', [b, a]),
  por: lanewise('v128.or'),
  pxor: lanewise('v128.xor'),
  packsswb: lanewise('i8x16.narrow_i16x8_s'),
  packssdw: lanewise('i16x8.narrow_i32x4_s'),
  packuswb: lanewise('i8x16.narrow_i16x8_u'),
  punpcklbw: (e, a, b) =>
    shuffle(
      e,
      a,
      b,
      range(0, 8).flatMap((i) => [i, 16 + i]),
    ),
  punpcklwd: (e, a, b) => shuffle(e, a, b, byteLanes([0, 8, 1, 9, 2, 10, 3, 11], 2)),
  punpckldq: (e, a, b) => shuffle(e, a, b, byteLanes([0, 4, 1, 5], 4)),
  punpcklqdq: (e, a, b) => shuffle(e, a, b, byteLanes([0, 2], 8)),
  punpckhbw: (e, a, b) =>
    shuffle(
      e,
      a,
      b,
      range(8, 8).flatMap((i) => [i, 16 + i]),
    ),
  punpckhwd: (e, a, b) => shuffle(e, a, b, byteLanes([4, 12, 5, 13, 6, 14, 7, 15], 2)),
  punpckhdq: (e, a, b) => shuffle(e, a, b, byteLanes([2, 6, 3, 7], 4)),
  punpckhqdq: (e, a, b) => shuffle(e, a, b, byteLanes([1, 3], 8)),
};

export interface PackedShift {
  readonly name: string;
  readonly lanes: string;
  readonly bits: number;
  readonly kind: 'shl' | 'shr_u' | 'shr_s';
  /** Opcode of the form with a register or memory count, and opcode and /digit of the immediate form. */
  readonly byRegister: string;
  readonly byImmediate: string;
}

export const packedShifts: readonly PackedShift[] = [
  { name: 'psrlw', lanes: 'i16x8', bits: 16, kind: 'shr_u', byRegister: 'D1', byImmediate: '71 /2' },
  { name: 'psrld', lanes: 'i32x4', bits: 32, kind: 'shr_u', byRegister: 'D2', byImmediate: '72 /2' },
  { name: 'psrlq', lanes: 'i64x2', bits: 64, kind: 'shr_u', byRegister: 'D3', byImmediate: '73 /2' },
  { name: 'psraw', lanes: 'i16x8', bits: 16, kind: 'shr_s', byRegister: 'E1', byImmediate: '71 /4' },
  { name: 'psrad', lanes: 'i32x4', bits: 32, kind: 'shr_s', byRegister: 'E2', byImmediate: '72 /4' },
  { name: 'psllw', lanes: 'i16x8', bits: 16, kind: 'shl', byRegister: 'F1', byImmediate: '71 /6' },
  { name: 'pslld', lanes: 'i32x4', bits: 32, kind: 'shl', byRegister: 'F2', byImmediate: '72 /6' },
  { name: 'psllq', lanes: 'i64x2', bits: 64, kind: 'shl', byRegister: 'F3', byImmediate: '73 /6' },
];

/** [mnemonic, opcode after 0F] of the two-operand forms that exist with MMX (NP) and XMM (66) registers from the start. */
export const packedMmx: ReadonlyArray<readonly [string, string]> = [
  ['punpcklbw', '60'],
  ['punpcklwd', '61'],
  ['punpckldq', '62'],
  ['packsswb', '63'],
  ['pcmpgtb', '64'],
  ['pcmpgtw', '65'],
  ['pcmpgtd', '66'],
  ['packuswb', '67'],
  ['punpckhbw', '68'],
  ['punpckhwd', '69'],
  ['punpckhdq', '6A'],
  ['packssdw', '6B'],
  ['pcmpeqb', '74'],
  ['pcmpeqw', '75'],
  ['pcmpeqd', '76'],
  ['pmullw', 'D5'],
  ['psubusb', 'D8'],
  ['psubusw', 'D9'],
  ['pand', 'DB'],
  ['paddusb', 'DC'],
  ['paddusw', 'DD'],
  ['pandn', 'DF'],
  ['pmulhw', 'E5'],
  ['psubsb', 'E8'],
  ['psubsw', 'E9'],
  ['por', 'EB'],
  ['paddsb', 'EC'],
  ['paddsw', 'ED'],
  ['pxor', 'EF'],
  ['pmaddwd', 'F5'],
  ['psubb', 'F8'],
  ['psubw', 'F9'],
  ['psubd', 'FA'],
  ['paddb', 'FC'],
  ['paddw', 'FD'],
  ['paddd', 'FE'],
];

/** The same for those that SSE brought to MMX registers and SSE2 to XMM registers. */
export const packedSse: ReadonlyArray<readonly [string, string]> = [
  ['pminub', 'DA'],
  ['pmaxub', 'DE'],
  ['pavgb', 'E0'],
  ['pavgw', 'E3'],
  ['pmulhuw', 'E4'],
  ['pminsw', 'EA'],
  ['pmaxsw', 'EE'],
  ['psadbw', 'F6'],
];

/** And those that SSE2 brought to both. */
export const packedSse2: ReadonlyArray<readonly [string, string]> = [
  ['paddq', 'D4'],
  ['pmuludq', 'F4'],
  ['psubq', 'FB'],
];

/** MMX packs take their low half from the destination and their high half from the source. */
export function packMmx(f: VectorFunction): Semantics {
  return (e, x) => {
    x87Wait(e);
    const b = x.mmx(1);
    const both = v128FromHalves(e, x.mmx(0), b);
    const result = low64(e, f(e, both, both));
    enterMmx(e);
    x.setMmx(0, result);
  };
}

/** MMX high unpacks work on bytes 4..7. */
export function unpackHighMmx(f: VectorFunction): Semantics {
  return binaryMmx((e, a, b) => {
    const upper = (v: V128): V128 => fromLow64(e, e.shrU(low64(e, v), 32));
    return f(e, upper(a), upper(b));
  });
}
