import type { Size } from '../isa/emitter';

/** WebAssembly's numeric and vector instructions by their names in the text format (core specification 2.0, 5.4). */

function run(first: number, names: string): Array<readonly [string, number]> {
  return names
    .trim()
    .split(/\s+/)
    .map((name, i) => [name, first + i] as const)
    .filter(([name]) => name !== '-');
}
const prefixed = (prefix: string, names: string): string =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => (name === '-' ? name : `${prefix}.${name}`))
    .join(' ');

const INTEGER_COMPARE = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const FLOAT_COMPARE = 'eq ne lt gt le ge';
const INTEGER = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const FLOAT = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';

/** One byte each. */
export const SCALAR_OPCODES: ReadonlyMap<string, number> = new Map([
  ...run(0x45, prefixed('i32', `eqz ${INTEGER_COMPARE}`)),
  ...run(0x50, prefixed('i64', `eqz ${INTEGER_COMPARE}`)),
  ...run(0x5b, prefixed('f32', FLOAT_COMPARE)),
  ...run(0x61, prefixed('f64', FLOAT_COMPARE)),
  ...run(0x67, prefixed('i32', INTEGER)),
  ...run(0x79, prefixed('i64', INTEGER)),
  ...run(0x8b, prefixed('f32', FLOAT)),
  ...run(0x99, prefixed('f64', FLOAT)),
  ...run(
    0xa7,
    `i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u
     i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s
     f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
     f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s
     i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`,
  ),
]);

/** After the prefix FC. */
export const SATURATING_OPCODES: ReadonlyMap<string, number> = new Map(
  run(
    0,
    `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s
     i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`,
  ),
);

const extensions = (from: string): string =>
  `extend_low_${from}_s extend_high_${from}_s extend_low_${from}_u extend_high_${from}_u`;
const products = (from: string): string =>
  `extmul_low_${from}_s extmul_high_${from}_s extmul_low_${from}_u extmul_high_${from}_u`;
const SATURATING = 'add add_sat_s add_sat_u sub sub_sat_s sub_sat_u';
const MIN_MAX = 'min_s min_u max_s max_u';

/** After the prefix FD. */
export const VECTOR_OPCODES: ReadonlyMap<string, number> = new Map([
  ...run(0x0d, 'i8x16.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat'),
  ...run(
    0x15,
    `i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u
     i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane
     f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane`,
  ),
  ...run(0x23, prefixed('i8x16', INTEGER_COMPARE)),
  ...run(0x2d, prefixed('i16x8', INTEGER_COMPARE)),
  ...run(0x37, prefixed('i32x4', INTEGER_COMPARE)),
  ...run(0x41, prefixed('f32x4', FLOAT_COMPARE)),
  ...run(0x47, prefixed('f64x2', FLOAT_COMPARE)),
  ...run(0x4d, prefixed('v128', 'not and andnot or xor bitselect any_true')),
  ...run(0x5e, 'f32x4.demote_f64x2_zero f64x2.promote_low_f32x4'),
  ...run(0x60, prefixed('i8x16', 'abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u')),
  ...run(0x67, prefixed('f32x4', 'ceil floor trunc nearest')),
  ...run(0x6b, prefixed('i8x16', `shl shr_s shr_u ${SATURATING}`)),
  ...run(0x74, 'f64x2.ceil f64x2.floor'),
  ...run(0x76, prefixed('i8x16', MIN_MAX)),
  ...run(0x7a, 'f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u'),
  ...run(0x7e, 'i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u'),
  ...run(
    0x80,
    prefixed(
      'i16x8',
      `abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u ${extensions('i8x16')} shl shr_s shr_u ${SATURATING}`,
    ),
  ),
  ...run(0x94, 'f64x2.nearest'),
  ...run(0x95, prefixed('i16x8', `mul ${MIN_MAX} - avgr_u ${products('i8x16')}`)),
  ...run(
    0xa0,
    prefixed(
      'i32x4',
      `abs neg - all_true bitmask - - ${extensions('i16x8')} shl shr_s shr_u add - - sub - - - mul ${MIN_MAX}`,
    ),
  ),
  ...run(0xba, prefixed('i32x4', `dot_i16x8_s - ${products('i16x8')}`)),
  ...run(
    0xc0,
    prefixed('i64x2', `abs neg - all_true bitmask - - ${extensions('i32x4')} shl shr_s shr_u add - - sub - - - mul`),
  ),
  ...run(0xd6, prefixed('i64x2', `eq ne lt_s gt_s le_s ge_s ${products('i32x4')}`)),
  ...run(0xe0, prefixed('f32x4', 'abs neg - sqrt add sub mul div min max pmin pmax')),
  ...run(0xec, prefixed('f64x2', 'abs neg - sqrt add sub mul div min max pmin pmax')),
  ...run(
    0xf8,
    `i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
     i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u`,
  ),
]);

/** Instructions that compiled code writes by itself. */
export const I32_LOAD = 0x28;
export const I32_STORE = 0x36;
export const I64_LOAD = 0x29;
export const V128_LOAD = 0x00;
export const I64X2_SPLAT = 0x12;
export const I64X2_REPLACE_LANE = 0x1e;
export const V128_CONST = 0x0c;
export const V128_STORE = 0x0b;
export const I32_WRAP = 0xa7;
export const I32_ADD = 0x6a;
export const I32_AND = 0x71;
export const I32_OR = 0x72;
export const I32_NE = 0x47;
export const I64_LT_S = 0x53;
export const I64_LT_U = 0x54;
export const I32_EQZ = 0x45;
export const I64_LE_U = 0x58;
export const I64_NE = 0x52;
export const I64_SUB = 0x7d;
export const I64_ADD = 0x7c;
export const I64_SHR_U = 0x88;
export const I32_SUB = 0x6b;
export const I32_MUL = 0x6c;
export const I32_EQ = 0x46;
export const I32_LT_S = 0x48;
export const I32_SHR_U = 0x76;
export const I64_EQ = 0x51;
export const I64_SHR_S = 0x87;
export const I64_STORE = 0x37;
export const I64_EXTEND_I32_S = 0xac;
export const I64_EXTEND_I32_U = 0xad;
export const UNREACHABLE = 0x00;

/** Opcode of a load or store, and log2 of its alignment. */
export type Access = readonly [opcode: number, align: number];
export const LOADS: Readonly<Record<'u8' | 'u16' | 'u32' | 'u64' | 'f64', Access>> = {
  u8: [0x2d, 0],
  u16: [0x2f, 1],
  u32: [0x28, 2],
  u64: [0x29, 3],
  f64: [0x2b, 3],
};
export const STORES: typeof LOADS = { u8: [0x3a, 0], u16: [0x3b, 1], u32: [0x36, 2], u64: [0x37, 3], f64: [0x39, 3] };
/** i64 loads and stores by bits. */
export const LOADS_64: Readonly<Record<Size, Access>> = { 8: [0x31, 0], 16: [0x33, 1], 32: [0x35, 2], 64: [0x29, 3] };
export const STORES_64: Readonly<Record<Size, Access>> = { 8: [0x3c, 0], 16: [0x3d, 1], 32: [0x3e, 2], 64: [0x37, 3] };
