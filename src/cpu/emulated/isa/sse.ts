import * as codes from '../core/sse/codes';
import * as s from './semantics/sse';
import * as f from './semantics/sse-float';
import * as v from './semantics/vector';
import { family, op } from './table';
import {
  imm8,
  m16,
  m32,
  mm,
  mmm64,
  mmxAttributes,
  r32,
  ry,
  rm32,
  rmy,
  vectorAttributes,
  xmm,
  xmmm32,
  xmmm64,
  xmmm128,
} from './vector-words';

const { plain, aligned } = vectorAttributes('sse');
const mmx = mmxAttributes('sse');
const COMPARED = { flags: 'OSZAPC' } as const;

/** [mnemonic, opcode, operation] of the float operations with packed and scalar forms. */
const ARITHMETIC: ReadonlyArray<readonly [string, string, string]> = [
  ['sqrt', '51', 'sqrt'],
  ['add', '58', 'add'],
  ['mul', '59', 'mul'],
  ['sub', '5C', 'sub'],
  ['min', '5D', 'min'],
  ['div', '5E', 'div'],
  ['max', '5F', 'max'],
];

export const sse = family('sse', [
  op('movups', 'NP 0F 10 /r', [xmm.w, xmmm128.r], s.moveVector, plain),
  op('movups', 'NP 0F 11 /r', [xmmm128.w, xmm.r], s.moveVector, plain),
  op('movss', 'F3 0F 10 /r mod=m', [xmm.w, xmmm32.r], s.moveVector, plain),
  op('movss', 'F3 0F 10 /r mod=3', [xmm.rw, xmmm32.r], s.moveLow(4), plain),
  op('movss', 'F3 0F 11 /r mod=m', [xmmm32.w, xmm.r], s.moveVector, plain),
  op('movss', 'F3 0F 11 /r mod=3', [xmmm32.rw, xmm.r], s.moveLow(4), plain),
  op('movlps', 'NP 0F 12 /r mod=m', [xmm.rw, xmmm64.r], s.moveLowFromMemory, plain),
  op('movhlps', 'NP 0F 12 /r mod=3', [xmm.rw, xmmm128.r], s.moveHighToLow, plain),
  op('movlps', 'NP 0F 13 /r mod=m', [xmmm64.w, xmm.r], s.storeLow64, plain),
  op('unpcklps', 'NP 0F 14 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpckldq']!), aligned),
  op('unpckhps', 'NP 0F 15 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['punpckhdq']!), aligned),
  op('movhps', 'NP 0F 16 /r mod=m', [xmm.rw, xmmm64.r], s.moveHighFromMemory, plain),
  op('movlhps', 'NP 0F 16 /r mod=3', [xmm.rw, xmmm128.r], s.moveLowToHigh, plain),
  op('movhps', 'NP 0F 17 /r mod=m', [xmmm64.w, xmm.r], s.storeHigh, plain),
  op('movaps', 'NP 0F 28 /r', [xmm.w, xmmm128.r], s.moveVector, aligned),
  op('movaps', 'NP 0F 29 /r', [xmmm128.w, xmm.r], s.moveVector, aligned),
  op('cvtpi2ps', 'NP 0F 2A /r mod=3', [xmm.rw, mmm64.r], s.cvtpi2ps(true), plain),
  op('cvtpi2ps', 'NP 0F 2A /r mod=m', [xmm.rw, xmmm64.r], s.cvtpi2ps(false), plain),
  op('cvtsi2ss', 'F3 0F 2A /r', [xmm.rw, rmy.r], f.integerToFloat(false), plain),
  op('movntps', 'NP 0F 2B /r mod=m', [xmmm128.w, xmm.r], s.moveVector, aligned),
  op('cvttps2pi', 'NP 0F 2C /r', [mm.w, xmmm64.r], s.toMmx(codes.CVT_PS_DQ_TRUNCATE), plain),
  op('cvttss2si', 'F3 0F 2C /r', [ry.w, xmmm32.r], f.floatToInteger(false, true), plain),
  op('cvtps2pi', 'NP 0F 2D /r', [mm.w, xmmm64.r], s.toMmx(codes.CVT_PS_DQ), plain),
  op('cvtss2si', 'F3 0F 2D /r', [ry.w, xmmm32.r], f.floatToInteger(false, false), plain),
  op('ucomiss', 'NP 0F 2E /r', [xmm.r, xmmm32.r], f.compareFlags(false, true), { ...plain, ...COMPARED }),
  op('comiss', 'NP 0F 2F /r', [xmm.r, xmmm32.r], f.compareFlags(false, false), { ...plain, ...COMPARED }),
  op('movmskps', 'NP 0F 50 /r mod=3', [r32.w, xmmm128.r], s.moveMask('i32x4'), plain),
  ...ARITHMETIC.flatMap(([name, code, operation]) => [
    op(`${name}ps`, `NP 0F ${code} /r`, [xmm.rw, xmmm128.r], f.packedFloat(operation, false), aligned),
    op(`${name}ss`, `F3 0F ${code} /r`, [xmm.rw, xmmm32.r], f.scalarFloat(operation, false), plain),
  ]),
  op('rsqrtps', 'NP 0F 52 /r', [xmm.w, xmmm128.r], f.softArithmetic(codes.SSE_RSQRT), aligned),
  op('rsqrtss', 'F3 0F 52 /r', [xmm.rw, xmmm32.r], f.softArithmetic(codes.SSE_RSQRT | codes.SSE_SCALAR), plain),
  op('rcpps', 'NP 0F 53 /r', [xmm.w, xmmm128.r], f.softArithmetic(codes.SSE_RCP), aligned),
  op('rcpss', 'F3 0F 53 /r', [xmm.rw, xmmm32.r], f.softArithmetic(codes.SSE_RCP | codes.SSE_SCALAR), plain),
  op('andps', 'NP 0F 54 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pand']!), aligned),
  op('andnps', 'NP 0F 55 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pandn']!), aligned),
  op('orps', 'NP 0F 56 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['por']!), aligned),
  op('xorps', 'NP 0F 57 /r', [xmm.rw, xmmm128.r], v.binaryXmm(v.packed['pxor']!), aligned),
  op('cmpps', 'NP 0F C2 /r ib', [xmm.rw, xmmm128.r, imm8.r], f.compareFloat(false, false), aligned),
  op('cmpss', 'F3 0F C2 /r ib', [xmm.rw, xmmm32.r, imm8.r], f.compareFloat(false, true), plain),
  op('shufps', 'NP 0F C6 /r ib', [xmm.rw, xmmm128.r, imm8.r], s.shuffleTwo(v.shufflePs), aligned),
  op('ldmxcsr', 'NP 0F AE /2 mod=m', [m32.r], s.ldmxcsr, plain),
  op('stmxcsr', 'NP 0F AE /3 mod=m', [m32.w], s.stmxcsr, plain),
  // the parts on MMX registers
  ...v.packedSse.map(([name, code]) =>
    op(name, `NP 0F ${code} /r`, [mm.rw, mmm64.r], v.binaryMmx(v.packed[name]!), mmx),
  ),
  op('pshufw', 'NP 0F 70 /r ib', [mm.w, mmm64.r, imm8.r], s.shuffleWordsMmx, mmx),
  op('pinsrw', 'NP 0F C4 /r ib mod=3', [mm.rw, rm32.r, imm8.r], s.insertWordMmx, mmx),
  op('pinsrw', 'NP 0F C4 /r ib mod=m', [mm.rw, m16.r, imm8.r], s.insertWordMmx, mmx),
  op('pextrw', 'NP 0F C5 /r ib mod=3', [r32.w, mmm64.r, imm8.r], s.extractWordMmx, mmx),
  op('pmovmskb', 'NP 0F D7 /r mod=3', [r32.w, mmm64.r], s.moveMaskMmx, mmx),
  op('movntq', 'NP 0F E7 /r mod=m', [mmm64.w, mm.r], s.moveMmx, mmx),
  op('maskmovq', 'NP 0F F7 /r mod=3', [mm.r, mmm64.r], 'sseMaskMoveMmx', mmx),
]);
