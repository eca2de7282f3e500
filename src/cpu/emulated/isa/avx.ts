import * as a from './semantics/avx';
import type { Semantics } from './emitter';
import * as f from './semantics/sse-float';
import * as v from './semantics/vector';
import { clearingXmm0, narrowing256, probing, vex128, vex256, widening256 } from './semantics/vex';
import { sse } from './sse';
import { sse2 } from './sse2';
import { crypto, sse3, sse41, sse42, ssse3 } from './sse4';
import { type Operand, type Row, type RowAttributes, type RowWithoutFamily, family, op } from './table';
import {
  imm8,
  m128,
  m256,
  r32,
  vm,
  xmm,
  xmmi,
  xmmm128,
  xmmm16,
  xmmm32,
  xmmm64,
  xmmm8,
  xmmv,
  ymm,
  ymmi,
  ymmm256,
  ymmv,
} from './vector-words';

/**
 * AVX, AVX2, F16C and FMA. Most rows are made of the legacy SSE rows: the same semantics with a VEX prefix, a source of its own and,
 * in the 256-bit form, in both halves (semantics/vex.ts).
 */

type Attributes = Omit<RowAttributes, 'slow'>;
const unitOf = (feature: string): Attributes => ({ unit: 'avx', protectedOnly: true, feature });
const AVX = unitOf('avx');
const AVX2 = unitOf('avx2');

const LEGACY: readonly Row[] = [...sse, ...sse2, ...sse3, ...ssse3, ...sse41, ...sse42, ...crypto];

/** Those that VEX does not encode, or encodes with operands of its own (below). */
const APART =
  /^(cmp[ps][sd]|p?blendvp?[bsd]?|sha\d.*|crc32|movnti|cvtt?p[sd]2pi|cvtpi2p[sd]|movq2dq|movdq2q|pshufw|maskmovq)$/;
const ALIGNED = /^mov(ap[sd]|dqa|nt.*)$/;
const SCALAR =
  /^((mov|add|sub|mul|div|min|max|sqrt|rcp|rsqrt|round)s[sd]|u?comis[sd]|cvtt?s[sd]2si|cvtsi2s[sd]|cvts[sd]2s[sd])$/;
/** Legacy rows give these a destination that is read, for they share semantics with ADDPS and the like. */
const ONE_SOURCE = /^(sqrtp[sd]|pabs[bwd])$/;
const TO_XMM0 = /^pcmp[ei]strm$/;
const CRYPTO_FEATURES = new Set(['aes', 'pclmulqdq']);

function isDerived(row: Row): boolean {
  return !APART.test(row.name) && !row.operands.some(({ kind }) => kind.startsWith('mm'));
}

/** '66 0F 38 00 /r ib' as '66', '0F38' and the rest. */
function partsOf(encoding: string): { prefix: string; map: string; rest: string } {
  const match = /^(NP|66|F3|F2) 0F (38 |3A )?(.*)$/.exec(encoding);
  if (match === null) throw new Error(`no SSE encoding: ${encoding}`);
  return { prefix: match[1]!, map: `0F${(match[2] ?? '').trim()}`, rest: match[3]! };
}

function encodingOf(row: Row, length: string): string {
  const { prefix, map, rest } = partsOf(row.encoding);
  const width = / rex\.w$/.test(rest) ? 'W1' : 'WIG';
  return `VEX.${length}.${prefix}.${map}.${width} ${rest.replace(/ rex\.w0?$/, '')}`;
}

/** Whether the VEX form takes its first source from VEX.vvvv, or, of immediate shifts, puts its result there. */
const isNonDestructive = (row: Row): boolean => row.operands[0]?.access === 'rw' && !ONE_SOURCE.test(row.name);

/** The operands, with vector registers of one width. */
function operandsOf(row: Row, wide: boolean): Operand[] {
  const [source, destination] = wide ? [ymmv.r, ymmv.w] : [xmmv.r, xmmv.w];
  const resized = row.operands.map((operand): Operand => {
    if (operand.kind === 'xmm') return { ...operand, kind: wide ? 'ymm' : 'xmm' };
    if (operand.kind === 'xmmm128' || (wide && operand.kind === 'xmmm64')) {
      return { ...operand, kind: wide ? 'ymmm256' : 'xmmm128' };
    }
    return operand;
  });
  if (!isNonDestructive(row)) {
    const [first, ...others] = resized;
    return first?.access === 'rw' ? [{ ...first, access: 'w' }, ...others] : resized;
  }
  const [first, ...others] = resized;
  const isShiftByImmediate = others[0]?.kind === 'imm8';
  if (isShiftByImmediate) return [destination, { ...first!, access: 'r' }, ...others];
  return [{ ...first!, access: 'w' }, source, ...others];
}

function attributesOf(row: Row, base: Attributes): Attributes {
  const { flags, feature = '' } = row.attributes;
  return {
    ...base,
    ...(flags === undefined ? {} : { flags }),
    ...(ALIGNED.test(row.name) ? { aligned: true } : {}),
    ...(CRYPTO_FEATURES.has(feature) ? { feature: `avx+${feature}` } : {}),
    ...(/ rex\.w$/.test(row.encoding) ? { only64: true } : {}),
  };
}

function narrowForm(row: Row): RowWithoutFamily {
  const length = SCALAR.test(row.name) ? 'LIG' : /^(ld|st)mxcsr$/.test(row.name) ? 'LZ' : '128';
  const { attributes } = row;
  const semantics = TO_XMM0.test(row.name) ? clearingXmm0(row.semantics!) : row.semantics;
  return op(
    `v${row.name}`,
    encodingOf(row, length),
    operandsOf(row, false),
    semantics === undefined ? attributes.slow! : vex128(semantics, isNonDestructive(row)),
    attributesOf(row, AVX),
  );
}

const WIDE_FLOAT =
  /^(mov([au]p[sd]|dq[au]|nt(p[sd]|dq)|ddup|s[lh]dup)|lddqu|unpck[lh]p[sd]|(add|sub|mul|div|min|max|sqrt|and|andn|or|xor|hadd|hsub|addsub|round)p[sd]|rsqrtps|rcpps|shufps|cvtdq2ps|cvtt?ps2dq|dpps)$/;
/** Integer instructions that stay 128 bits wide, or whose 256-bit form is told below. */
const NARROW_INTEGER =
  /^p(extr|insr|movmskb|mov[sz]x|hminposuw|cmp[ei]str|clmulqdq|test)|^(aes|mpsadbw|mask|movd|movq|insertps|extractps)/;

function isWideInteger(row: Row): boolean {
  if (NARROW_INTEGER.test(row.name) || !(row.name.startsWith('p') || row.name === 'movntdqa')) return false;
  return !(/^ps(ll|rl|ra)[wdq]$/.test(row.name) && row.operands[1]?.kind !== 'imm8');
}

function wideForm(row: Row, base: Attributes): RowWithoutFamily {
  return op(
    `v${row.name}`,
    encodingOf(row, '256'),
    operandsOf(row, true),
    vex256(row.semantics!, isNonDestructive(row)),
    attributesOf(row, base),
  );
}

const derived = LEGACY.filter(isDerived);

/** [operation, opcode] of rows that exist for both widths. */
function bothWidths(
  name: string,
  encoding: string,
  operands: (wide: boolean) => readonly Operand[],
  semantics: Semantics | ((wide: boolean) => string),
  attributes: Attributes,
  narrowAttributes = attributes,
): RowWithoutFamily[] {
  return [false, true].map((wide) =>
    op(
      name,
      `VEX.${wide ? 256 : 128}.${encoding}`,
      operands(wide),
      // a semantic function takes two arguments
      semantics.length === 2 ? (semantics as Semantics) : (semantics as (wide: boolean) => string)(wide),
      wide ? attributes : narrowAttributes,
    ),
  );
}
const two = (wide: boolean): Operand[] => (wide ? [ymm.w, ymmm256.r] : [xmm.w, xmmm128.r]);
const three = (wide: boolean): Operand[] => (wide ? [ymm.w, ymmv.r, ymmm256.r] : [xmm.w, xmmv.r, xmmm128.r]);
const withImmediate =
  (operands: (wide: boolean) => Operand[]) =>
  (wide: boolean): Operand[] => [...operands(wide), imm8.r];
const blended = (wide: boolean): Operand[] => [...three(wide), wide ? ymmi.r : xmmi.r];

const compare = (name: string, prefix: string, double: boolean): RowWithoutFamily[] => [
  op(
    name,
    `VEX.128.${prefix}.0F.WIG C2 /r ib`,
    withImmediate(three)(false),
    vex128(f.compareFloatVex(double, false), true),
    AVX,
  ),
  op(
    name,
    `VEX.256.${prefix}.0F.WIG C2 /r ib`,
    withImmediate(three)(true),
    vex256(f.compareFloatVex(double, false), true),
    AVX,
  ),
];
const compareScalar = (name: string, prefix: string, double: boolean): RowWithoutFamily =>
  op(
    name,
    `VEX.LIG.${prefix}.0F.WIG C2 /r ib`,
    [xmm.w, xmmv.r, double ? xmmm64.r : xmmm32.r, imm8.r],
    vex128(f.compareFloatVex(double, true), true),
    AVX,
  );
const COMPARED = { flags: 'OSZAPC' } as const;

const masked = (name: string, load: string, store: string, width: string, bits: 32 | 64, base: Attributes) =>
  [false, true].flatMap((wide) => {
    const [register, mask, memory] = wide ? [ymm, ymmv, m256] : [xmm, xmmv, m128];
    const length = wide ? '256' : '128';
    const suffix = `${bits}${wide ? 'Wide' : ''}`;
    return [
      op(
        name,
        `VEX.${length}.66.0F38.${width} ${load} /r mod=m`,
        [register.w, mask.r, memory.r],
        `maskedLoad${suffix}`,
        base,
      ),
      op(
        name,
        `VEX.${length}.66.0F38.${width} ${store} /r mod=m`,
        [memory.w, mask.r, register.r],
        `maskedStore${suffix}`,
        base,
      ),
    ];
  });

export const avx = family('avx', [
  ...derived.map(narrowForm),
  ...derived.filter((row) => WIDE_FLOAT.test(row.name)).map((row) => wideForm(row, AVX)),
  ...compare('vcmpps', 'NP', false),
  ...compare('vcmppd', '66', true),
  compareScalar('vcmpss', 'F3', false),
  compareScalar('vcmpsd', 'F2', true),
  op('vmovmskps', 'VEX.256.NP.0F.WIG 50 /r mod=3', [r32.w, ymmm256.r], a.moveMask256('i32x4', 4), AVX),
  op('vmovmskpd', 'VEX.256.66.0F.WIG 50 /r mod=3', [r32.w, ymmm256.r], a.moveMask256('i64x2', 2), AVX),
  op('vshufpd', 'VEX.256.66.0F.WIG C6 /r ib', withImmediate(three)(true), a.shufflePd256, AVX),
  op('vblendps', 'VEX.256.66.0F3A.WIG 0C /r ib', withImmediate(three)(true), a.blendBy('i32x4'), AVX),
  op('vblendpd', 'VEX.256.66.0F3A.WIG 0D /r ib', withImmediate(three)(true), a.blendBy('i64x2'), AVX),
  ...bothWidths('vblendvps', '66.0F3A.W0 4A /r is4', blended, a.blendByVector('i32x4', 32), AVX),
  ...bothWidths('vblendvpd', '66.0F3A.W0 4B /r is4', blended, a.blendByVector('i64x2', 64), AVX),
  ...bothWidths('vpblendvb', '66.0F3A.W0 4C /r is4', blended, a.blendByVector('i8x16', 8), AVX2, AVX),
  op('vptest', 'VEX.256.66.0F38.WIG 17 /r', [ymm.r, ymmm256.r], a.test(a.ALL_BITS), { ...AVX, ...COMPARED }),
  ...bothWidths(
    'vtestps',
    '66.0F38.W0 0E /r',
    (wide) => two(wide).map((operand) => ({ ...operand, access: 'r' })),
    a.test(a.SINGLE_SIGNS),
    { ...AVX, ...COMPARED },
  ),
  ...bothWidths(
    'vtestpd',
    '66.0F38.W0 0F /r',
    (wide) => two(wide).map((operand) => ({ ...operand, access: 'r' })),
    a.test(a.DOUBLE_SIGNS),
    { ...AVX, ...COMPARED },
  ),
  op('vcvtdq2pd', 'VEX.256.F3.0F.WIG E6 /r', [ymm.w, xmmm128.r], widening256(f.cvtdq2pd), AVX),
  op('vcvtps2pd', 'VEX.256.NP.0F.WIG 5A /r', [ymm.w, xmmm128.r], widening256(f.cvtps2pd), AVX),
  op('vcvtpd2ps', 'VEX.256.66.0F.WIG 5A /r', [xmm.w, ymmm256.r], narrowing256(f.cvtpd2ps), AVX),
  op('vcvtpd2dq', 'VEX.256.F2.0F.WIG E6 /r', [xmm.w, ymmm256.r], narrowing256(f.cvtpd2dq), AVX),
  op('vcvttpd2dq', 'VEX.256.66.0F.WIG E6 /r', [xmm.w, ymmm256.r], narrowing256(f.cvttpd2dq), AVX),
  ...bothWidths('vpermilps', '66.0F38.W0 0C /r', three, a.permuteLanes(false), AVX),
  ...bothWidths('vpermilpd', '66.0F38.W0 0D /r', three, a.permuteLanes(true), AVX),
  ...bothWidths('vpermilps', '66.0F3A.W0 04 /r ib', withImmediate(two), a.permuteLanesBy(false), AVX),
  ...bothWidths('vpermilpd', '66.0F3A.W0 05 /r ib', withImmediate(two), a.permuteLanesBy(true), AVX),
  op('vperm2f128', 'VEX.256.66.0F3A.W0 06 /r ib', withImmediate(three)(true), a.permute128, AVX),
  op('vinsertf128', 'VEX.256.66.0F3A.W0 18 /r ib', [ymm.w, ymmv.r, xmmm128.r, imm8.r], a.insert128, AVX),
  op('vextractf128', 'VEX.256.66.0F3A.W0 19 /r ib', [xmmm128.w, ymm.r, imm8.r], a.extract128, AVX),
  ...[false, true].flatMap((wide) => [
    op(
      'vbroadcastss',
      `VEX.${wide ? 256 : 128}.66.0F38.W0 18 /r mod=m`,
      [wide ? ymm.w : xmm.w, xmmm32.r],
      a.broadcast('i32x4'),
      AVX,
    ),
    op(
      'vbroadcastss',
      `VEX.${wide ? 256 : 128}.66.0F38.W0 18 /r mod=3`,
      [wide ? ymm.w : xmm.w, xmmm32.r],
      a.broadcast('i32x4'),
      AVX2,
    ),
  ]),
  op('vbroadcastsd', 'VEX.256.66.0F38.W0 19 /r mod=m', [ymm.w, xmmm64.r], a.broadcast('i64x2'), AVX),
  op('vbroadcastsd', 'VEX.256.66.0F38.W0 19 /r mod=3', [ymm.w, xmmm64.r], a.broadcast('i64x2'), AVX2),
  op('vbroadcastf128', 'VEX.256.66.0F38.W0 1A /r mod=m', [ymm.w, xmmm128.r], a.broadcast128, AVX),
  ...masked('vmaskmovps', '2C', '2E', 'W0', 32, AVX),
  ...masked('vmaskmovpd', '2D', '2F', 'W0', 64, AVX),
  op('vzeroupper', 'VEX.128.NP.0F.WIG 77', [], 'vzeroupper', AVX),
  op('vzeroall', 'VEX.256.NP.0F.WIG 77', [], 'vzeroall', AVX),
]);

/** VPMOVSX and VPMOVZX: [lanes, opcode digit, source, steps]. */
const EXTENSIONS = [
  ['bw', '0', xmmm128, ['i16x8.extend_low_i8x16']],
  ['bd', '1', xmmm64, ['i16x8.extend_low_i8x16', 'i32x4.extend_low_i16x8']],
  ['bq', '2', xmmm32, ['i16x8.extend_low_i8x16', 'i32x4.extend_low_i16x8', 'i64x2.extend_low_i32x4']],
  ['wd', '3', xmmm128, ['i32x4.extend_low_i16x8']],
  ['wq', '4', xmmm64, ['i32x4.extend_low_i16x8', 'i64x2.extend_low_i32x4']],
  ['dq', '5', xmmm128, ['i64x2.extend_low_i32x4']],
] as const;
const BROADCASTS = [
  ['vpbroadcastb', '78', xmmm8, 'i8x16'],
  ['vpbroadcastw', '79', xmmm16, 'i16x8'],
  ['vpbroadcastd', '58', xmmm32, 'i32x4'],
  ['vpbroadcastq', '59', xmmm64, 'i64x2'],
] as const;
const VARIABLE_SHIFTS = [
  ['vpsrlvd', 'W0 45', 32, 'shr_u'],
  ['vpsrlvq', 'W1 45', 64, 'shr_u'],
  ['vpsravd', 'W0 46', 32, 'shr_s'],
  ['vpsllvd', 'W0 47', 32, 'shl'],
  ['vpsllvq', 'W1 47', 64, 'shl'],
] as const;
/** [mnemonics of integers and floats, opcodes, W, function, the narrow form's data and mask are wide in the 256-bit form]. */
const GATHERS = [
  ['dd', ['vpgatherdd', 'vgatherdps'], ['90', '92'], 'W0', 'gatherDD', true],
  ['dq', ['vpgatherdq', 'vgatherdpd'], ['90', '92'], 'W1', 'gatherDQ', true],
  ['qd', ['vpgatherqd', 'vgatherqps'], ['91', '93'], 'W0', 'gatherQD', false],
  ['qq', ['vpgatherqq', 'vgatherqpd'], ['91', '93'], 'W1', 'gatherQQ', true],
] as const;

export const avx2 = family('avx2', [
  ...derived.filter(isWideInteger).map((row) => wideForm(row, AVX2)),
  ...v.packedShifts.map((shift) =>
    op(
      `v${shift.name}`,
      `VEX.256.66.0F.WIG ${shift.byRegister} /r`,
      [ymm.w, ymmv.r, xmmm128.r],
      a.shiftByVector256(shift),
      AVX2,
    ),
  ),
  op('vpmovmskb', 'VEX.256.66.0F.WIG D7 /r mod=3', [r32.w, ymmm256.r], a.moveMask256('i8x16', 16), AVX2),
  op('vmpsadbw', 'VEX.256.66.0F3A.WIG 42 /r ib', withImmediate(three)(true), a.mpsadbw256, AVX2),
  ...EXTENSIONS.flatMap(([lanes, digit, source, steps]) =>
    (['s', 'u'] as const).map((sign) =>
      op(
        `vpmov${sign === 's' ? 's' : 'z'}x${lanes}`,
        `VEX.256.66.0F38.WIG ${sign === 's' ? 2 : 3}${digit} /r`,
        [ymm.w, source.r],
        a.extend256(steps.map((step) => `${step}_${sign}`)),
        AVX2,
      ),
    ),
  ),
  ...BROADCASTS.flatMap(([name, code, source, shape]) =>
    bothWidths(name, `66.0F38.W0 ${code} /r`, (wide) => [wide ? ymm.w : xmm.w, source.r], a.broadcast(shape), AVX2),
  ),
  op('vbroadcasti128', 'VEX.256.66.0F38.W0 5A /r mod=m', [ymm.w, xmmm128.r], a.broadcast128, AVX2),
  op('vpermd', 'VEX.256.66.0F38.W0 36 /r', three(true), a.permuteDwords, AVX2),
  op('vpermps', 'VEX.256.66.0F38.W0 16 /r', three(true), a.permuteDwords, AVX2),
  op('vpermq', 'VEX.256.66.0F3A.W1 00 /r ib', withImmediate(two)(true), a.permuteQwords, AVX2),
  op('vpermpd', 'VEX.256.66.0F3A.W1 01 /r ib', withImmediate(two)(true), a.permuteQwords, AVX2),
  op('vperm2i128', 'VEX.256.66.0F3A.W0 46 /r ib', withImmediate(three)(true), a.permute128, AVX2),
  op('vinserti128', 'VEX.256.66.0F3A.W0 38 /r ib', [ymm.w, ymmv.r, xmmm128.r, imm8.r], a.insert128, AVX2),
  op('vextracti128', 'VEX.256.66.0F3A.W0 39 /r ib', [xmmm128.w, ymm.r, imm8.r], a.extract128, AVX2),
  ...bothWidths('vpblendd', '66.0F3A.W0 02 /r ib', withImmediate(three), a.blendBy('i32x4'), AVX2),
  ...VARIABLE_SHIFTS.flatMap(([name, code, bits, kind]) =>
    bothWidths(name, `66.0F38.${code} /r`, three, a.shiftEach(bits, kind), AVX2),
  ),
  ...masked('vpmaskmovd', '8C', '8E', 'W0', 32, AVX2),
  ...masked('vpmaskmovq', '8C', '8E', 'W1', 64, AVX2),
  ...GATHERS.flatMap(([, names, opcodes, width, fn, isWideData]) =>
    names.flatMap((name, i) =>
      bothWidths(
        name,
        `66.0F38.${width} ${opcodes[i]} /r mod=m`,
        (wide) => (wide && isWideData ? [ymm.rw, vm.r, ymmv.rw] : [xmm.rw, vm.r, xmmv.rw]),
        (wide: boolean) => `${fn}${wide ? 'Wide' : ''}`,
        AVX2,
      ),
    ),
  ),
]);

const F16C = unitOf('f16c');
export const f16c = family('f16c', [
  op('vcvtph2ps', 'VEX.128.66.0F38.W0 13 /r', [xmm.w, xmmm64.r], vex128(a.fromHalf, false), F16C),
  op('vcvtph2ps', 'VEX.256.66.0F38.W0 13 /r', [ymm.w, xmmm128.r], widening256(a.fromHalf), F16C),
  op('vcvtps2ph', 'VEX.128.66.0F3A.W0 1D /r ib', [xmmm64.w, xmm.r, imm8.r], probing(vex128(a.toHalf, false)), F16C),
  op('vcvtps2ph', 'VEX.256.66.0F3A.W0 1D /r ib', [xmmm128.w, ymm.r, imm8.r], probing(narrowing256(a.toHalf)), F16C),
]);
