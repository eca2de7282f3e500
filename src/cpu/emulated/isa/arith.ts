import { ALL_FLAGS, al, hex, imm8, imm8s, immz, ov, r8, rax, rm8, rmv, rmy, rv, ry } from './integer-words';
import * as s from './semantics/arith';
import type { Semantics } from './emitter';
import { family, op, type RowWithoutFamily } from './table';

/** The eight operations of opcodes 00-3F and group 1 (SDM vol. 2, table A-6). */
const GROUP1: ReadonlyArray<readonly [string, Semantics]> = [
  ['add', s.add],
  ['or', s.or],
  ['adc', s.adc],
  ['sbb', s.sbb],
  ['and', s.and],
  ['sub', s.sub],
  ['xor', s.xor],
  ['cmp', s.cmp],
];

function group1([name, semantics]: readonly [string, Semantics], n: number): RowWithoutFamily[] {
  const isCompare = name === 'cmp';
  const carries = name === 'adc' || name === 'sbb' ? { flagsRead: 'C' } : {};
  const undefinedFlags = name === 'and' || name === 'or' || name === 'xor' ? { flagsUndefined: 'A' } : {};
  const plain = { ...ALL_FLAGS, ...carries, ...undefinedFlags };
  const locked = isCompare ? plain : { ...plain, lock: true };
  const to = <T extends { r: unknown; rw: unknown }>(word: T): T['r'] | T['rw'] => (isCompare ? word.r : word.rw);
  const code = (offset: number): string => hex(n * 8 + offset);
  return [
    op(name, `${code(0)} /r`, [to(rm8), r8.r], semantics, locked),
    op(name, `${code(1)} /r`, [to(rmv), rv.r], semantics, locked),
    op(name, `${code(2)} /r`, [to(r8), rm8.r], semantics, plain),
    op(name, `${code(3)} /r`, [to(rv), rmv.r], semantics, plain),
    op(name, `${code(4)} ib`, [to(al), imm8.r], semantics, plain),
    op(name, `${code(5)} iz`, [to(rax), immz.r], semantics, plain),
    op(name, `80 /${n} ib`, [to(rm8), imm8.r], semantics, locked),
    op(name, `81 /${n} iz`, [to(rmv), immz.r], semantics, locked),
    op(name, `82 /${n} ib`, [to(rm8), imm8.r], semantics, { ...locked, no64: true }),
    op(name, `83 /${n} ib`, [to(rmv), imm8s.r], semantics, locked),
  ];
}

const INC_FLAGS = { flags: 'OSZAP' } as const;
const MUL_FLAGS = { flags: 'OSZAPC', flagsUndefined: 'SZAP' } as const;
const DIV_FLAGS = { flags: 'OSZAPC', flagsUndefined: 'OSZAPC' } as const;

export const arith = family('arith', [
  ...GROUP1.flatMap(group1),
  op('test', '84 /r', [rm8.r, r8.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
  op('test', '85 /r', [rmv.r, rv.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
  op('test', 'A8 ib', [al.r, imm8.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
  op('test', 'A9 iz', [rax.r, immz.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
  // /1 is an alias that compilers do not use and hardware has
  ...[0, 1].flatMap((n) => [
    op('test', `F6 /${n} ib`, [rm8.r, imm8.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
    op('test', `F7 /${n} iz`, [rmv.r, immz.r], s.test, { ...ALL_FLAGS, flagsUndefined: 'A' }),
  ]),
  op('not', 'F6 /2', [rm8.rw], s.not, { lock: true }),
  op('not', 'F7 /2', [rmv.rw], s.not, { lock: true }),
  op('neg', 'F6 /3', [rm8.rw], s.neg, { ...ALL_FLAGS, lock: true }),
  op('neg', 'F7 /3', [rmv.rw], s.neg, { ...ALL_FLAGS, lock: true }),
  op('mul', 'F6 /4', [rm8.r], s.mul, MUL_FLAGS),
  op('mul', 'F7 /4', [rmv.r], s.mul, MUL_FLAGS),
  op('imul', 'F6 /5', [rm8.r], s.imul1, MUL_FLAGS),
  op('imul', 'F7 /5', [rmv.r], s.imul1, MUL_FLAGS),
  op('imul', '0F AF /r', [rv.rw, rmv.r], s.imul2, MUL_FLAGS),
  op('imul', '69 /r iz', [rv.w, rmv.r, immz.r], s.imul3, MUL_FLAGS),
  op('imul', '6B /r ib', [rv.w, rmv.r, imm8s.r], s.imul3, MUL_FLAGS),
  op('div', 'F6 /6', [rm8.r], s.div, DIV_FLAGS),
  op('div', 'F7 /6', [rmv.r], s.div, DIV_FLAGS),
  op('idiv', 'F6 /7', [rm8.r], s.idiv, DIV_FLAGS),
  op('idiv', 'F7 /7', [rmv.r], s.idiv, DIV_FLAGS),
  op('inc', 'FE /0', [rm8.rw], s.inc, { ...INC_FLAGS, lock: true }),
  op('inc', 'FF /0', [rmv.rw], s.inc, { ...INC_FLAGS, lock: true }),
  op('inc', '40 +r', [ov.rw], s.inc, { ...INC_FLAGS, no64: true }),
  op('dec', 'FE /1', [rm8.rw], s.dec, { ...INC_FLAGS, lock: true }),
  op('dec', 'FF /1', [rmv.rw], s.dec, { ...INC_FLAGS, lock: true }),
  op('dec', '48 +r', [ov.rw], s.dec, { ...INC_FLAGS, no64: true }),
  op('daa', '27', [], s.daa, { ...ALL_FLAGS, flagsRead: 'AC', flagsUndefined: 'O', no64: true, size: 8 }),
  op('das', '2F', [], s.das, { ...ALL_FLAGS, flagsRead: 'AC', flagsUndefined: 'O', no64: true, size: 8 }),
  op('aaa', '37', [], s.aaa, { ...ALL_FLAGS, flagsRead: 'A', flagsUndefined: 'OSZP', no64: true, size: 16 }),
  op('aas', '3F', [], s.aas, { ...ALL_FLAGS, flagsRead: 'A', flagsUndefined: 'OSZP', no64: true, size: 16 }),
  op('aam', 'D4 ib', [imm8.r], s.aam, { ...ALL_FLAGS, flagsUndefined: 'OAC', no64: true, size: 8 }),
  op('aad', 'D5 ib', [imm8.r], s.aad, { ...ALL_FLAGS, flagsUndefined: 'OAC', no64: true, size: 8 }),
  op('adcx', '66 0F 38 F6 /r', [ry.rw, rmy.r], s.adcx, { flags: 'C', flagsRead: 'C', feature: 'adx' }),
  op('adox', 'F3 0F 38 F6 /r', [ry.rw, rmy.r], s.adox, { flags: 'O', flagsRead: 'O', feature: 'adx' }),
]);
