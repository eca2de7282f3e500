import {
  al,
  hex,
  imm8,
  immv,
  immz,
  m,
  moffs8,
  moffsv,
  o8,
  ov,
  r8,
  rax,
  rm8,
  rm16,
  rm32,
  rmv,
  rv,
  sreg,
  mv,
} from './integer-words';
import { operand } from './table';
import * as s from './semantics/mov';
import { family, op } from './table';

const m64 = operand('m64');
const m128 = operand('m128');
const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'] as const;
/** Flags that each pair of conditions reads. */
const READS = ['O', 'C', 'Z', 'ZC', 'S', 'P', 'SO', 'ZSO'] as const;
/** By condition code. */
export const CONDITION_FLAGS: readonly string[] = CONDITIONS.map((_name, cc) => READS[cc >> 1] as string);
const readsOf = (cc: number): string => CONDITION_FLAGS[cc] as string;
export const conditionName = (cc: number): string => CONDITIONS[cc] as string;

export const mov = family('mov', [
  op('mov', '88 /r', [rm8.w, r8.r], s.mov),
  op('mov', '89 /r', [rmv.w, rv.r], s.mov),
  op('mov', '8A /r', [r8.w, rm8.r], s.mov),
  op('mov', '8B /r', [rv.w, rmv.r], s.mov),
  op('mov', '8C /r mod=3', [rmv.w, sreg.r], 'moveFromSegment'),
  op('mov', '8C /r mod=m', [operand('m16').w, sreg.r], 'moveFromSegment'),
  op('mov', 'A0 mo', [al.w, moffs8.r], s.mov),
  op('mov', 'A1 mo', [rax.w, moffsv.r], s.mov),
  op('mov', 'A2 mo', [moffs8.w, al.r], s.mov),
  op('mov', 'A3 mo', [moffsv.w, rax.r], s.mov),
  op('mov', 'B0 +r ib', [o8.w, imm8.r], s.mov),
  op('mov', 'B8 +r iv', [ov.w, immv.r], s.mov),
  op('mov', 'C6 /0 ib', [rm8.w, imm8.r], s.mov),
  op('mov', 'C7 /0 iz', [rmv.w, immz.r], s.mov),
  op('movzx', '0F B6 /r', [rv.w, rm8.r], s.movzx),
  op('movzx', '0F B7 /r', [rv.w, rm16.r], s.movzx),
  op('movsx', '0F BE /r', [rv.w, rm8.r], s.movsx),
  op('movsx', '0F BF /r', [rv.w, rm16.r], s.movsx),
  op('movsxd', '63 /r', [rv.w, rm32.r], s.movsx, { only64: true }),
  op('lea', '8D /r mod=m', [rv.w, m.none], s.lea),
  op('xchg', '86 /r', [rm8.rw, r8.rw], s.xchg, { lock: true }),
  op('xchg', '87 /r', [rmv.rw, rv.rw], s.xchg, { lock: true }),
  op('xchg', '90 +r', [ov.rw, rax.rw], s.xchg),
  op('xadd', '0F C0 /r', [rm8.rw, r8.rw], s.xadd, { flags: 'OSZAPC', lock: true }),
  op('xadd', '0F C1 /r', [rmv.rw, rv.rw], s.xadd, { flags: 'OSZAPC', lock: true }),
  op('cmpxchg', '0F B0 /r', [rm8.rw, r8.r], s.cmpxchg, { flags: 'OSZAPC', lock: true }),
  op('cmpxchg', '0F B1 /r', [rmv.rw, rv.r], s.cmpxchg, { flags: 'OSZAPC', lock: true }),
  op('cmpxchg8b', '0F C7 /1 mod=m rex.w0', [m64.rw], 'compareExchange8', { flags: 'Z', lock: true, feature: 'cx8' }),
  op('cmpxchg16b', '0F C7 /1 mod=m rex.w', [m128.rw], 'compareExchange16', { flags: 'Z', lock: true, feature: 'cx16' }),
  ...CONDITIONS.flatMap((name, cc) => [
    op(`set${name}`, `0F ${hex(0x90 + cc)} /r`, [rm8.w], s.setcc, { cc, flagsRead: readsOf(cc) }),
    op(`cmov${name}`, `0F ${hex(0x40 + cc)} /r`, [rv.rw, rmv.r], s.cmovcc, {
      cc,
      flagsRead: readsOf(cc),
      feature: 'cmov',
    }),
  ]),
  op('cbw', '98', [], s.extendAccumulator, { sized: true }),
  op('cwd', '99', [], s.extendIntoData, { sized: true }),
]);

export const flags = family('flags', [
  op('lahf', '9F', [], s.lahf, { flagsRead: 'SZAPC', size: 8 }),
  op('sahf', '9E', [], s.sahf, { flags: 'SZAPC', flagsRead: 'O', size: 8 }),
  op('clc', 'F8', [], s.clc, { flags: 'C' }),
  op('stc', 'F9', [], s.stc, { flags: 'C' }),
  op('cmc', 'F5', [], s.cmc, { flags: 'C', flagsRead: 'C' }),
  op('cld', 'FC', [], s.cld),
  op('std', 'FD', [], s.std),
  op('salc', 'D6', [], s.salc, { flagsRead: 'C', no64: true, size: 8 }),
]);

export const misc = family('misc', [
  op('xlat', 'D7', [], 'xlat'),
  op('bound', '62 /r mod=m', [rv.r, mv.r], 'bound', { no64: true }),

  op('pause', 'F3 90', [], s.nothing, { intercept: 'pause' }),
  ...[0x0d, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f].map((code) =>
    op('nop', `0F ${hex(code)} /r`, [rmv.none], s.nothing),
  ),
  op('lfence', 'NP 0F AE /5 mod=3', [], s.nothing, { feature: 'sse2' }),
  op('mfence', 'NP 0F AE /6 mod=3', [], s.nothing, { feature: 'sse2' }),
  op('sfence', 'NP 0F AE /7 mod=3', [], s.nothing, { feature: 'sse' }),
  op('clflush', 'NP 0F AE /7 mod=m', [operand('m8').r], 'touchLine', { feature: 'clfsh' }),
  op('ud2', '0F 0B', [], s.undefinedInstruction),
  op('ud1', '0F B9 /r', [], s.undefinedInstruction),
  op('ud0', '0F FF /r', [], s.undefinedInstruction),
]);
