import * as s from './semantics/sse';
import * as q from './semantics/sse4';
import * as f from './semantics/sse-float';
import * as v from './semantics/vector';
import { family, op } from './table';
import {
  imm8,
  m8,
  m16,
  mm,
  mmm64,
  mmxAttributes,
  r32,
  rm8,
  rm32,
  rmv,
  rmy,
  vectorAttributes,
  xmm,
  xmmm16,
  xmmm32,
  xmmm64,
  xmmm128,
} from './vector-words';

const three = vectorAttributes('sse3');
const ssse = vectorAttributes('ssse3');
const four1 = vectorAttributes('sse4_1');
const four2 = vectorAttributes('sse4_2');
const clmul = vectorAttributes('pclmulqdq');
const aes = vectorAttributes('aes');
const sha = vectorAttributes('sha');
const mmx = mmxAttributes('ssse3');
const COMPARED = { flags: 'OSZAPC' } as const;

export const sse3 = family('sse3', [
  op('movddup', 'F2 0F 12 /r', [xmm.w, xmmm64.r], q.duplicate([0, 0], 8), three.plain),
  op('movsldup', 'F3 0F 12 /r', [xmm.w, xmmm128.r], q.duplicate([0, 0, 2, 2], 4), three.aligned),
  op('movshdup', 'F3 0F 16 /r', [xmm.w, xmmm128.r], q.duplicate([1, 1, 3, 3], 4), three.aligned),
  op('haddpd', '66 0F 7C /r', [xmm.rw, xmmm128.r], f.horizontal(true, false), three.aligned),
  op('haddps', 'F2 0F 7C /r', [xmm.rw, xmmm128.r], f.horizontal(false, false), three.aligned),
  op('hsubpd', '66 0F 7D /r', [xmm.rw, xmmm128.r], f.horizontal(true, true), three.aligned),
  op('hsubps', 'F2 0F 7D /r', [xmm.rw, xmmm128.r], f.horizontal(false, true), three.aligned),
  op('addsubpd', '66 0F D0 /r', [xmm.rw, xmmm128.r], f.addSubtract(true), three.aligned),
  op('addsubps', 'F2 0F D0 /r', [xmm.rw, xmmm128.r], f.addSubtract(false), three.aligned),
  op('lddqu', 'F2 0F F0 /r mod=m', [xmm.w, xmmm128.r], s.moveVector, three.plain),
]);

export const ssse3 = family('ssse3', [
  op('pshufb', '66 0F 38 00 /r', [xmm.rw, xmmm128.r], q.shuffleBytesXmm, ssse.aligned),
  op('pshufb', 'NP 0F 38 00 /r', [mm.rw, mmm64.r], q.shuffleBytesMmx, mmx),
  ...q.ssse3.flatMap(([name, code, fn, kind]) => [
    op(name, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], v.binaryXmm(fn), ssse.aligned),
    op(name, `NP 0F 38 ${code} /r`, [mm.rw, mmm64.r], kind === 'pairs' ? v.packMmx(fn) : v.binaryMmx(fn), mmx),
  ]),
  op('palignr', '66 0F 3A 0F /r ib', [xmm.rw, xmmm128.r, imm8.r], q.alignRight, ssse.aligned),
  op('palignr', 'NP 0F 3A 0F /r ib', [mm.rw, mmm64.r, imm8.r], q.alignRightMmx, mmx),
]);

const binary = (name: string, code: string, fn: v.VectorFunction) =>
  op(name, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], v.binaryXmm(fn), four1.aligned);

/** PMOVSX and PMOVZX: [lanes, opcode digit, source, steps of widening]. */
const EXTENSIONS = [
  ['bw', '0', xmmm64, ['i16x8.extend_low_i8x16']],
  ['bd', '1', xmmm32, ['i16x8.extend_low_i8x16', 'i32x4.extend_low_i16x8']],
  ['bq', '2', xmmm16, ['i16x8.extend_low_i8x16', 'i32x4.extend_low_i16x8', 'i64x2.extend_low_i32x4']],
  ['wd', '3', xmmm64, ['i32x4.extend_low_i16x8']],
  ['wq', '4', xmmm32, ['i32x4.extend_low_i16x8', 'i64x2.extend_low_i32x4']],
  ['dq', '5', xmmm64, ['i64x2.extend_low_i32x4']],
] as const;

export const sse41 = family('sse41', [
  op('pblendvb', '66 0F 38 10 /r', [xmm.rw, xmmm128.r], q.blendByXmm0('i8x16', 8), four1.aligned),
  op('blendvps', '66 0F 38 14 /r', [xmm.rw, xmmm128.r], q.blendByXmm0('i32x4', 32), four1.aligned),
  op('blendvpd', '66 0F 38 15 /r', [xmm.rw, xmmm128.r], q.blendByXmm0('i64x2', 64), four1.aligned),
  op('ptest', '66 0F 38 17 /r', [xmm.r, xmmm128.r], q.ptest, { ...four1.aligned, ...COMPARED }),
  ...EXTENSIONS.flatMap(([lanes, digit, source, steps]) => [
    op(
      `pmovsx${lanes}`,
      `66 0F 38 2${digit} /r`,
      [xmm.w, source.r],
      q.extend(...steps.map((n) => `${n}_s`)),
      four1.plain,
    ),
    op(
      `pmovzx${lanes}`,
      `66 0F 38 3${digit} /r`,
      [xmm.w, source.r],
      q.extend(...steps.map((n) => `${n}_u`)),
      four1.plain,
    ),
  ]),
  op('pmuldq', '66 0F 38 28 /r', [xmm.rw, xmmm128.r], q.multiplyDwords, four1.aligned),
  binary('pcmpeqq', '29', v.lanewise('i64x2.eq')),
  op('movntdqa', '66 0F 38 2A /r mod=m', [xmm.w, xmmm128.r], s.moveVector, four1.aligned),
  binary('packusdw', '2B', v.lanewise('i16x8.narrow_i32x4_u')),
  binary('pminsb', '38', v.lanewise('i8x16.min_s')),
  binary('pminsd', '39', v.lanewise('i32x4.min_s')),
  binary('pminuw', '3A', v.lanewise('i16x8.min_u')),
  binary('pminud', '3B', v.lanewise('i32x4.min_u')),
  binary('pmaxsb', '3C', v.lanewise('i8x16.max_s')),
  binary('pmaxsd', '3D', v.lanewise('i32x4.max_s')),
  binary('pmaxuw', '3E', v.lanewise('i16x8.max_u')),
  binary('pmaxud', '3F', v.lanewise('i32x4.max_u')),
  binary('pmulld', '40', v.lanewise('i32x4.mul')),
  op('phminposuw', '66 0F 38 41 /r', [xmm.w, xmmm128.r], q.ofSource('ssePhminposuw'), four1.aligned),
  op('roundps', '66 0F 3A 08 /r ib', [xmm.w, xmmm128.r, imm8.r], f.roundFloat(false, false), four1.aligned),
  op('roundpd', '66 0F 3A 09 /r ib', [xmm.w, xmmm128.r, imm8.r], f.roundFloat(true, false), four1.aligned),
  op('roundss', '66 0F 3A 0A /r ib', [xmm.rw, xmmm32.r, imm8.r], f.roundFloat(false, true), four1.plain),
  op('roundsd', '66 0F 3A 0B /r ib', [xmm.rw, xmmm64.r, imm8.r], f.roundFloat(true, true), four1.plain),
  op(
    'blendps',
    '66 0F 3A 0C /r ib',
    [xmm.rw, xmmm128.r, imm8.r],
    q.blendByImmediate('i32x4', 0x0000000200000001n, 0x0000000800000004n),
    four1.aligned,
  ),
  op('blendpd', '66 0F 3A 0D /r ib', [xmm.rw, xmmm128.r, imm8.r], q.blendByImmediate('i64x2', 1n, 2n), four1.aligned),
  op(
    'pblendw',
    '66 0F 3A 0E /r ib',
    [xmm.rw, xmmm128.r, imm8.r],
    q.blendByImmediate('i16x8', 0x0008000400020001n, 0x0080004000200010n),
    four1.aligned,
  ),
  op('pextrb', '66 0F 3A 14 /r ib mod=3', [rm32.w, xmm.r, imm8.r], q.extract(1), four1.plain),
  op('pextrb', '66 0F 3A 14 /r ib mod=m', [m8.w, xmm.r, imm8.r], q.extract(1), four1.plain),
  op('pextrw', '66 0F 3A 15 /r ib mod=3', [rm32.w, xmm.r, imm8.r], q.extract(2), four1.plain),
  op('pextrw', '66 0F 3A 15 /r ib mod=m', [m16.w, xmm.r, imm8.r], q.extract(2), four1.plain),
  op('pextrd', '66 0F 3A 16 /r ib', [rmy.w, xmm.r, imm8.r], q.extract(0), four1.plain),
  op('extractps', '66 0F 3A 17 /r ib', [rm32.w, xmm.r, imm8.r], q.extract(4), four1.plain),
  op('pinsrb', '66 0F 3A 20 /r ib mod=3', [xmm.rw, rm32.r, imm8.r], q.insert(1), four1.plain),
  op('pinsrb', '66 0F 3A 20 /r ib mod=m', [xmm.rw, m8.r, imm8.r], q.insert(1), four1.plain),
  op('insertps', '66 0F 3A 21 /r ib', [xmm.rw, xmmm32.r, imm8.r], q.insertps, four1.plain),
  op('pinsrd', '66 0F 3A 22 /r ib', [xmm.rw, rmy.r, imm8.r], q.insert(0), four1.plain),
  op('dpps', '66 0F 3A 40 /r ib', [xmm.rw, xmmm128.r, imm8.r], f.dotProduct(false), four1.aligned),
  op('dppd', '66 0F 3A 41 /r ib', [xmm.rw, xmmm128.r, imm8.r], f.dotProduct(true), four1.aligned),
  op('mpsadbw', '66 0F 3A 42 /r ib', [xmm.rw, xmmm128.r, imm8.r], q.byControl('sseMpsadbw'), four1.aligned),
]);

const strings = { ...four2.plain, ...COMPARED };
const STRING_OPERANDS = [xmm.r, xmmm128.r, imm8.r];

export const sse42 = family('sse42', [
  op('pcmpgtq', '66 0F 38 37 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.lanewise('i64x2.gt_s')), four2.aligned),
  op('pcmpestrm', '66 0F 3A 60 /r ib rex.w0', STRING_OPERANDS, q.stringMask(true), strings),
  op('pcmpestrm', '66 0F 3A 60 /r ib rex.w', STRING_OPERANDS, q.stringMask(true, true), strings),
  op('pcmpestri', '66 0F 3A 61 /r ib rex.w0', STRING_OPERANDS, q.stringIndex(true), strings),
  op('pcmpestri', '66 0F 3A 61 /r ib rex.w', STRING_OPERANDS, q.stringIndex(true, true), strings),
  op('pcmpistrm', '66 0F 3A 62 /r ib', STRING_OPERANDS, q.stringMask(false), strings),
  op('pcmpistri', '66 0F 3A 63 /r ib', STRING_OPERANDS, q.stringIndex(false), strings),
  op('crc32', 'F2 0F 38 F0 /r', [r32.rw, rm8.r], q.crc32, { feature: 'sse4_2' }),
  op('crc32', 'F2 0F 38 F1 /r', [r32.rw, rmv.r], q.crc32, { feature: 'sse4_2' }),
]);

const four4 = vectorAttributes('sse4a');

export const sse4a = family('sse4a', [
  op('extrq', '66 0F 78 /0 ib ib mod=3', [xmmm128.rw, imm8.r, imm8.r], q.extrqImmediate, four4.plain),
  op('extrq', '66 0F 79 /r mod=3', [xmm.rw, xmmm128.r], q.extrq, four4.plain),
  op('insertq', 'F2 0F 78 /r ib ib mod=3', [xmm.rw, xmmm128.r, imm8.r, imm8.r], q.insertqImmediate, four4.plain),
  op('insertq', 'F2 0F 79 /r mod=3', [xmm.rw, xmmm128.r], q.insertq, four4.plain),
  op('movntss', 'F3 0F 2B /r mod=m', [xmmm32.w, xmm.r], s.moveVector, four4.plain),
  op('movntsd', 'F2 0F 2B /r mod=m', [xmmm64.w, xmm.r], s.moveVector, four4.plain),
]);

const round = (name: string, code: string, fn: string) =>
  op(name, `66 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], q.byFunction(fn), aes.aligned);
const shaRow = (name: string, code: string, fn: string) =>
  op(name, `NP 0F 38 ${code} /r`, [xmm.rw, xmmm128.r], q.byFunction(fn), sha.aligned);

export const crypto = family('crypto', [
  op('pclmulqdq', '66 0F 3A 44 /r ib', [xmm.rw, xmmm128.r, imm8.r], q.carrylessMultiply, clmul.aligned),
  op('aesimc', '66 0F 38 DB /r', [xmm.w, xmmm128.r], q.ofSource('aesInverseMix'), aes.aligned),
  round('aesenc', 'DC', 'aesEncrypt'),
  round('aesenclast', 'DD', 'aesEncryptLast'),
  round('aesdec', 'DE', 'aesDecrypt'),
  round('aesdeclast', 'DF', 'aesDecryptLast'),
  op('aeskeygenassist', '66 0F 3A DF /r ib', [xmm.w, xmmm128.r, imm8.r], q.aesKeyAssist, aes.aligned),
  op('sha1rnds4', 'NP 0F 3A CC /r ib', [xmm.rw, xmmm128.r, imm8.r], q.byControl('sha1Rounds'), sha.aligned),
  shaRow('sha1nexte', 'C8', 'sha1Nexte'),
  shaRow('sha1msg1', 'C9', 'sha1Msg1'),
  shaRow('sha1msg2', 'CA', 'sha1Msg2'),
  op('sha256rnds2', 'NP 0F 38 CB /r', [xmm.rw, xmmm128.r], q.sha256Rounds, sha.aligned),
  shaRow('sha256msg1', 'CC', 'sha256Msg1'),
  shaRow('sha256msg2', 'CD', 'sha256Msg2'),
]);
