import * as codes from '../core/sse/codes';
import * as s from './semantics/sse';
import * as f from './semantics/sse-float';
import * as v from './semantics/vector';
import { family, op } from './table';
import {
  imm8, m16, mm, mmm64, mmxAttributes, r32, rm32, rmy, ry, vectorAttributes, xmm, xmmm32, xmmm64, xmmm128,
} from './vector-words';

const { plain, aligned } = vectorAttributes('sse2');
const mmx = mmxAttributes('sse2');
const COMPARED = { flags: 'OSZAPC' } as const;

const ARITHMETIC: ReadonlyArray<readonly [string, string]> = [
  ['sqrt', '51'], ['add', '58'], ['mul', '59'], ['sub', '5C'], ['min', '5D'], ['div', '5E'], ['max', '5F'],
];

export const sse2 = family('sse2', [
  op('movupd', '66 0F 10 /r', [xmm.w, xmmm128.r], s.moveVector, plain),
  op('movupd', '66 0F 11 /r', [xmmm128.w, xmm.r], s.moveVector, plain),
  op('movsd', 'F2 0F 10 /r mod=m', [xmm.w, xmmm64.r], s.moveVector, plain),
  op('movsd', 'F2 0F 10 /r mod=3', [xmm.rw, xmmm64.r], s.moveLow(8), plain),
  op('movsd', 'F2 0F 11 /r mod=m', [xmmm64.w, xmm.r], s.moveVector, plain),
  op('movsd', 'F2 0F 11 /r mod=3', [xmmm64.rw, xmm.r], s.moveLow(8), plain),
  op('movlpd', '66 0F 12 /r mod=m', [xmm.rw, xmmm64.r], s.moveLowFromMemory, plain),
  op('movlpd', '66 0F 13 /r mod=m', [xmmm64.w, xmm.r], s.storeLow64, plain),
  op('unpcklpd', '66 0F 14 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpcklqdq']!), aligned),
  op('unpckhpd', '66 0F 15 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpckhqdq']!), aligned),
  op('movhpd', '66 0F 16 /r mod=m', [xmm.rw, xmmm64.r], s.moveHighFromMemory, plain),
  op('movhpd', '66 0F 17 /r mod=m', [xmmm64.w, xmm.r], s.storeHigh, plain),
  op('movapd', '66 0F 28 /r', [xmm.w, xmmm128.r], s.moveVector, aligned),
  op('movapd', '66 0F 29 /r', [xmmm128.w, xmm.r], s.moveVector, aligned),
  // the memory form reads no MMX register and leaves the x87 state alone
  op('cvtpi2pd', '66 0F 2A /r mod=3', [xmm.w, mmm64.r], s.cvtpi2pd(true), plain),
  op('cvtpi2pd', '66 0F 2A /r mod=m', [xmm.w, xmmm64.r], s.cvtpi2pd(false), plain),
  op('cvtsi2sd', 'F2 0F 2A /r', [xmm.rw, rmy.r], f.integerToFloat(true), plain),
  op('movntpd', '66 0F 2B /r mod=m', [xmmm128.w, xmm.r], s.moveVector, aligned),
  op('cvttpd2pi', '66 0F 2C /r', [mm.w, xmmm128.r], s.toMmx(codes.CVT_PD_DQ_TRUNCATE), aligned),
  op('cvttsd2si', 'F2 0F 2C /r', [ry.w, xmmm64.r], f.floatToInteger(true, true), plain),
  op('cvtpd2pi', '66 0F 2D /r', [mm.w, xmmm128.r], s.toMmx(codes.CVT_PD_DQ), aligned),
  op('cvtsd2si', 'F2 0F 2D /r', [ry.w, xmmm64.r], f.floatToInteger(true, false), plain),
  op('ucomisd', '66 0F 2E /r', [xmm.r, xmmm64.r], f.compareFlags(true, true), { ...plain, ...COMPARED }),
  op('comisd', '66 0F 2F /r', [xmm.r, xmmm64.r], f.compareFlags(true, false), { ...plain, ...COMPARED }),
  op('movmskpd', '66 0F 50 /r mod=3', [r32.w, xmmm128.r], s.moveMask('i64x2'), plain),
  ...ARITHMETIC.flatMap(([name, code]) => [
    op(`${name}pd`, `66 0F ${code} /r`, [xmm.rw, xmmm128.r], f.packedFloat(name, true), aligned),
    op(`${name}sd`, `F2 0F ${code} /r`, [xmm.rw, xmmm64.r], f.scalarFloat(name, true), plain),
  ]),
  op('andpd', '66 0F 54 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pand']!), aligned),
  op('andnpd', '66 0F 55 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pandn']!), aligned),
  op('orpd', '66 0F 56 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['por']!), aligned),
  op('xorpd', '66 0F 57 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pxor']!), aligned),
  op('cvtps2pd', 'NP 0F 5A /r', [xmm.w, xmmm64.r], f.cvtps2pd, plain),
  op('cvtpd2ps', '66 0F 5A /r', [xmm.w, xmmm128.r], f.cvtpd2ps, aligned),
  op('cvtss2sd', 'F3 0F 5A /r', [xmm.rw, xmmm32.r], f.cvtss2sd, plain),
  op('cvtsd2ss', 'F2 0F 5A /r', [xmm.rw, xmmm64.r], f.cvtsd2ss, plain),
  op('cvtdq2ps', 'NP 0F 5B /r', [xmm.w, xmmm128.r], f.cvtdq2ps, aligned),
  op('cvtps2dq', '66 0F 5B /r', [xmm.w, xmmm128.r], f.cvtps2dq, aligned),
  op('cvttps2dq', 'F3 0F 5B /r', [xmm.w, xmmm128.r], f.cvttps2dq, aligned),
  op('punpcklqdq', '66 0F 6C /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpcklqdq']!), aligned),
  op('punpckhqdq', '66 0F 6D /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpckhqdq']!), aligned),
  op('movd', '66 0F 6E /r', [xmm.w, rmy.r], s.fromInteger, plain),
  op('movdqa', '66 0F 6F /r', [xmm.w, xmmm128.r], s.moveVector, aligned),
  op('movdqu', 'F3 0F 6F /r', [xmm.w, xmmm128.r], s.moveVector, plain),
  op('pshufd', '66 0F 70 /r ib', [xmm.w, xmmm128.r, imm8.r], s.shuffleByImmediate(v.shuffleDwords), aligned),
  op('pshufhw', 'F3 0F 70 /r ib', [xmm.w, xmmm128.r, imm8.r], s.shuffleByImmediate(v.shuffleHighWords), aligned),
  op('pshuflw', 'F2 0F 70 /r ib', [xmm.w, xmmm128.r, imm8.r], s.shuffleByImmediate(v.shuffleLowWords), aligned),
  op('psrldq', '66 0F 73 /3 ib mod=3', [xmmm128.rw, imm8.r], s.shiftBytes(false), plain),
  op('pslldq', '66 0F 73 /7 ib mod=3', [xmmm128.rw, imm8.r], s.shiftBytes(true), plain),
  op('movd', '66 0F 7E /r', [rmy.w, xmm.r], s.toInteger, plain),
  op('movq', 'F3 0F 7E /r', [xmm.w, xmmm64.r], s.moveQuad, plain),
  op('movdqa', '66 0F 7F /r', [xmmm128.w, xmm.r], s.moveVector, aligned),
  op('movdqu', 'F3 0F 7F /r', [xmmm128.w, xmm.r], s.moveVector, plain),
  op('cmppd', '66 0F C2 /r ib', [xmm.rw, xmmm128.r, imm8.r], f.compareFloat(true, false), aligned),
  op('cmpsd', 'F2 0F C2 /r ib', [xmm.rw, xmmm64.r, imm8.r], f.compareFloat(true, true), plain),
  op('movnti', 'NP 0F C3 /r mod=m', [rmy.w, ry.r], s.moveInteger, { feature: 'sse2' }),
  op('pinsrw', '66 0F C4 /r ib mod=3', [xmm.rw, rm32.r, imm8.r], s.insertWord, plain),
  op('pinsrw', '66 0F C4 /r ib mod=m', [xmm.rw, m16.r, imm8.r], s.insertWord, plain),
  op('pextrw', '66 0F C5 /r ib mod=3', [r32.w, xmmm128.r, imm8.r], s.extractWord, plain),
  op('shufpd', '66 0F C6 /r ib', [xmm.rw, xmmm128.r, imm8.r], s.shuffleTwo(v.shufflePd), aligned),
  op('movq', '66 0F D6 /r', [xmmm64.w, xmm.r], s.moveQuad, plain),
  op('movq2dq', 'F3 0F D6 /r mod=3', [xmm.w, mmm64.r], s.movq2dq, plain),
  op('movdq2q', 'F2 0F D6 /r mod=3', [mm.w, xmmm128.r], s.movdq2q, plain),
  op('pmovmskb', '66 0F D7 /r mod=3', [r32.w, xmmm128.r], s.moveMask('i8x16'), plain),
  op('cvttpd2dq', '66 0F E6 /r', [xmm.w, xmmm128.r], f.cvttpd2dq, aligned),
  op('cvtdq2pd', 'F3 0F E6 /r', [xmm.w, xmmm64.r], f.cvtdq2pd, plain),
  op('cvtpd2dq', 'F2 0F E6 /r', [xmm.w, xmmm128.r], f.cvtpd2dq, aligned),
  op('movntdq', '66 0F E7 /r mod=m', [xmmm128.w, xmm.r], s.moveVector, aligned),
  op('maskmovdqu', '66 0F F7 /r mod=3', [xmm.r, xmmm128.r], 'sseMaskMove', plain),
  ...[...v.packedMmx, ...v.packedSse, ...v.packedSse2].map(([name, code]) =>
    op(name, `66 0F ${code} /r`, [xmm.rw, xmmm128.r], v.binaryXmm(v.packed[name]!), aligned),
  ),
  ...v.packedShifts.flatMap((shift) => [
    op(shift.name, `66 0F ${shift.byRegister} /r`, [xmm.rw, xmmm128.r], s.shiftByVector(shift), aligned),
    op(shift.name, `66 0F ${shift.byImmediate} ib mod=3`, [xmmm128.rw, imm8.r], s.shiftByImmediate(shift), plain),
  ]),
  ...v.packedSse2.map(([name, code]) =>
    op(name, `NP 0F ${code} /r`, [mm.rw, mmm64.r], v.binaryMmx(v.packed[name]!), mmx),
  ),
]);
