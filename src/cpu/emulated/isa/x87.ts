import * as codes from '../core/sse/codes';
import * as x from './semantics/x87';
import { family, op } from './table';
import { m16, m32, m64, m80, st, sti } from './vector-words';

const fpu = { unit: 'fpu', feature: 'fpu' } as const;
const cmov = { unit: 'fpu', feature: 'cmov', flagsRead: 'OSZAPC' } as const;
const comi = { unit: 'fpu', feature: 'cmov', flags: 'OSZAPC' } as const;
const sse3 = { unit: 'fpu', feature: 'sse3' } as const;

/** The arithmetic group: ModRM.reg says the operation in D8, DA, DC and DE alike. */
const GROUP = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsub', 'fsubr', 'fdiv', 'fdivr'];
const isCompare = (operation: number): boolean => operation === codes.X87_COM || operation === codes.X87_COMP;

function groupMemory(opcode: string, operand: typeof m32, format: number, integer: boolean) {
  return GROUP.map((name, operation) =>
    op(
      integer ? `fi${name.slice(1)}` : name,
      `${opcode} /${operation} mod=m`,
      [operand.r],
      isCompare(operation)
        ? x.compareMemory(format, operation === codes.X87_COMP ? 1 : 0)
        : x.arithmeticMemory(operation, format),
      fpu,
    ),
  );
}

/** DC and DE name the reversed operations with their digits exchanged, because the result goes to ST(i). */
const REVERSED: Readonly<Record<string, string>> = { fsub: 'fsubr', fsubr: 'fsub', fdiv: 'fdivr', fdivr: 'fdiv' };

const into = (opcode: string, how: number, suffix: string) =>
  GROUP.flatMap((name, operation) =>
    isCompare(operation)
      ? []
      : [
          op(
            (REVERSED[name] ?? name) + suffix,
            `${opcode} /${operation} mod=3`,
            [sti.rw, st.r],
            x.arithmetic(operation, how),
            fpu,
          ),
        ],
  );

/** [mnemonic, exponent, mantissa rounded down, nearest is up, inexact] of D9 E8..EE. */
const CONSTANTS: ReadonlyArray<readonly [string, number, bigint, boolean, boolean]> = [
  ['fld1', 0x3fff, 0x8000000000000000n, false, false],
  ['fldl2t', 0x4000, 0xd49a784bcd1b8afen, false, true],
  ['fldl2e', 0x3fff, 0xb8aa3b295c17f0bbn, true, true],
  ['fldpi', 0x4000, 0xc90fdaa22168c234n, true, true],
  ['fldlg2', 0x3ffd, 0x9a209a84fbcff798n, true, true],
  ['fldln2', 0x3ffe, 0xb17217f7d1cf79abn, true, true],
  ['fldz', 0, 0n, false, false],
];

const alone = (name: string, encoding: string, slow: string) => op(name, `${encoding}`, [], slow, fpu);

export const x87 = family('x87', [
  ...groupMemory('D8', m32, codes.X87_M32, false),
  ...groupMemory('DC', m64, codes.X87_M64, false),
  ...groupMemory('DA', m32, codes.X87_I32, true),
  ...groupMemory('DE', m16, codes.X87_I16, true),
  ...GROUP.map((name, operation) =>
    op(
      name,
      `D8 /${operation} mod=3`,
      [st.rw, sti.r],
      isCompare(operation) ? x.compare(false, operation - codes.X87_COM) : x.arithmetic(operation, 0),
      fpu,
    ),
  ),
  ...into('DC', 1, ''),
  ...into('DE', 3, 'p'),
  // D9
  op('fld', 'D9 /0 mod=m', [m32.r], x.load(codes.X87_M32), fpu),
  op('fst', 'D9 /2 mod=m', [m32.w], 'x87FstM32', fpu),
  op('fstp', 'D9 /3 mod=m', [m32.w], 'x87FstpM32', fpu),
  op('fld', 'D9 /0 mod=3', [sti.r], 'x87FldSti', fpu),
  op('fxch', 'D9 /1 mod=3', [sti.rw], 'x87Fxch', fpu),
  op('fstp', 'D9 /3 mod=3', [sti.w], 'x87Fstp1', fpu),
  op('fchs', 'D9 /4 mod=3 rm=0', [], x.callWith('x87Sign', 1), fpu),
  op('fabs', 'D9 /4 mod=3 rm=1', [], x.callWith('x87Sign', 0), fpu),
  alone('ftst', 'D9 /4 mod=3 rm=4', 'x87Ftst'),
  alone('fxam', 'D9 /4 mod=3 rm=5', 'x87Fxam'),
  ...CONSTANTS.map(([name, exponent, mantissa, nearestIsUp, inexact], rm) =>
    op(
      name,
      `D9 /5 mod=3 rm=${rm}`,
      [],
      x.constant(exponent | (nearestIsUp ? 0x10000 : 0) | (inexact ? 0x20000 : 0), mantissa),
      fpu,
    ),
  ),
  alone('f2xm1', 'D9 /6 mod=3 rm=0', 'x87F2xm1'),
  alone('fyl2x', 'D9 /6 mod=3 rm=1', 'x87Fyl2x'),
  alone('fptan', 'D9 /6 mod=3 rm=2', 'x87Fptan'),
  alone('fpatan', 'D9 /6 mod=3 rm=3', 'x87Fpatan'),
  alone('fxtract', 'D9 /6 mod=3 rm=4', 'x87Fxtract'),
  alone('fprem1', 'D9 /6 mod=3 rm=5', 'x87Fprem1'),
  op('fdecstp', 'D9 /6 mod=3 rm=6', [], x.callWith('x87MoveTop', -1), fpu),
  op('fincstp', 'D9 /6 mod=3 rm=7', [], x.callWith('x87MoveTop', 1), fpu),
  alone('fprem', 'D9 /7 mod=3 rm=0', 'x87Fprem'),
  alone('fyl2xp1', 'D9 /7 mod=3 rm=1', 'x87Fyl2xp1'),
  alone('fsqrt', 'D9 /7 mod=3 rm=2', 'x87Fsqrt'),
  alone('fsincos', 'D9 /7 mod=3 rm=3', 'x87Fsincos'),
  alone('frndint', 'D9 /7 mod=3 rm=4', 'x87Frndint'),
  alone('fscale', 'D9 /7 mod=3 rm=5', 'x87Fscale'),
  alone('fsin', 'D9 /7 mod=3 rm=6', 'x87Fsin'),
  alone('fcos', 'D9 /7 mod=3 rm=7', 'x87Fcos'),
  // DA
  op('fcmovb', 'DA /0 mod=3', [st.rw, sti.r], x.fcmov(2), cmov),
  op('fcmove', 'DA /1 mod=3', [st.rw, sti.r], x.fcmov(4), cmov),
  op('fcmovbe', 'DA /2 mod=3', [st.rw, sti.r], x.fcmov(6), cmov),
  op('fcmovu', 'DA /3 mod=3', [st.rw, sti.r], x.fcmov(10), cmov),
  op('fucompp', 'DA /5 mod=3 rm=1', [], x.compare(true, 2), fpu),
  // DB
  op('fild', 'DB /0 mod=m', [m32.r], x.load(codes.X87_I32), fpu),
  op('fisttp', 'DB /1 mod=m', [m32.w], 'x87FisttpM32', sse3),
  op('fist', 'DB /2 mod=m', [m32.w], 'x87FistM32', fpu),
  op('fistp', 'DB /3 mod=m', [m32.w], 'x87FistpM32', fpu),
  op('fld', 'DB /5 mod=m', [m80.r], 'x87FldM80', fpu),
  op('fstp', 'DB /7 mod=m', [m80.w], 'x87FstpM80', fpu),
  op('fcmovnb', 'DB /0 mod=3', [st.rw, sti.r], x.fcmov(3), cmov),
  op('fcmovne', 'DB /1 mod=3', [st.rw, sti.r], x.fcmov(5), cmov),
  op('fcmovnbe', 'DB /2 mod=3', [st.rw, sti.r], x.fcmov(7), cmov),
  op('fcmovnu', 'DB /3 mod=3', [st.rw, sti.r], x.fcmov(11), cmov),
  op('fucomi', 'DB /5 mod=3', [st.r, sti.r], x.compareFlags(true, 0), comi),
  op('fcomi', 'DB /6 mod=3', [st.r, sti.r], x.compareFlags(false, 0), comi),
  // DC: aliases that every part since the 387 decodes
  op('fcom', 'DC /2 mod=3', [st.r, sti.r], x.compare(false, 0), fpu),
  op('fcomp', 'DC /3 mod=3', [st.r, sti.r], x.compare(false, 1), fpu),
  // DD
  op('fld', 'DD /0 mod=m', [m64.r], x.load(codes.X87_M64), fpu),
  op('fisttp', 'DD /1 mod=m', [m64.w], 'x87FisttpM64', sse3),
  op('fst', 'DD /2 mod=m', [m64.w], 'x87FstM64', fpu),
  op('fstp', 'DD /3 mod=m', [m64.w], 'x87FstpM64', fpu),
  op('ffree', 'DD /0 mod=3', [sti.w], x.callWith('x87Ffree', 0), fpu),
  op('fxch', 'DD /1 mod=3', [sti.rw], 'x87Fxch', fpu),
  op('fst', 'DD /2 mod=3', [sti.w], x.callWith('x87FstSti', 0), fpu),
  op('fstp', 'DD /3 mod=3', [sti.w], x.callWith('x87FstSti', 1), fpu),
  op('fucom', 'DD /4 mod=3', [sti.r], x.compare(true, 0), fpu),
  op('fucomp', 'DD /5 mod=3', [sti.r], x.compare(true, 1), fpu),
  // DE
  op('fcomp', 'DE /2 mod=3', [st.r, sti.r], x.compare(false, 1), fpu),
  op('fcompp', 'DE /3 mod=3 rm=1', [], x.compare(false, 2), fpu),
  // DF
  op('fild', 'DF /0 mod=m', [m16.r], x.load(codes.X87_I16), fpu),
  op('fisttp', 'DF /1 mod=m', [m16.w], 'x87FisttpM16', sse3),
  op('fist', 'DF /2 mod=m', [m16.w], 'x87FistM16', fpu),
  op('fistp', 'DF /3 mod=m', [m16.w], 'x87FistpM16', fpu),
  op('fbld', 'DF /4 mod=m', [m80.r], 'x87Fbld', fpu),
  op('fild', 'DF /5 mod=m', [m64.r], x.load(codes.X87_I64), fpu),
  op('fbstp', 'DF /6 mod=m', [m80.w], 'x87Fbstp', fpu),
  op('fistp', 'DF /7 mod=m', [m64.w], 'x87FistpM64', fpu),
  op('ffreep', 'DF /0 mod=3', [sti.w], x.callWith('x87Ffree', 1), fpu),
  op('fxch', 'DF /1 mod=3', [sti.rw], 'x87Fxch', fpu),
  op('fstp', 'DF /2 mod=3', [sti.w], x.callWith('x87FstSti', 1), fpu),
  op('fstp', 'DF /3 mod=3', [sti.w], x.callWith('x87FstSti', 1), fpu),
  op('fucomip', 'DF /5 mod=3', [st.r, sti.r], x.compareFlags(true, 1), comi),
  op('fcomip', 'DF /6 mod=3', [st.r, sti.r], x.compareFlags(false, 1), comi),
]);
