import { imm16, imm8, imm8s, immz, ov, rel8, relz, rmv } from './integer-words';
import { CONDITION_FLAGS, conditionName } from './mov';
import { nothing } from './semantics/mov';
import * as s from './semantics/stack';
import { family, op } from './table';

const sized64 = { sized: true, default64: true } as const;
const hex = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

export const stack = family('stack', [
  op('push', '50 +r', [ov.r], s.push, { default64: true }),
  op('pop', '58 +r', [ov.w], s.pop, { default64: true }),
  op('push', 'FF /6', [rmv.r], s.push, { default64: true }),
  op('pop', '8F /0 mod=3', [rmv.w], s.pop, { default64: true }),
  op('pop', '8F /0 mod=m', [rmv.w], 'popMemory', { default64: true }),
  op('push', '68 iz', [immz.r], s.push, { default64: true }),
  op('push', '6A ib', [imm8s.r], s.push, { default64: true }),
  ...[0, 1, 2, 3].map((i) => op('push', hex(i * 8 + 6), [], s.pushSegment(i), { sized: true, no64: true })),
  op('push', '0F A0', [], s.pushSegment(4), sized64),
  op('push', '0F A8', [], s.pushSegment(5), sized64),
  op('pusha', '60', [], 'pushAll', { sized: true, no64: true }),
  op('popa', '61', [], 'popAll', { sized: true, no64: true }),
  op('pushf', '9C', [], s.pushf, { ...sized64, flagsRead: 'OSZAPC', intercept: 'pushf' }),
  op('enter', 'C8 iw ib', [imm16.r, imm8.r], 'enterFrame', sized64),
  op('leave', 'C9', [], s.leave, sized64),
]);

const near = { sized: true, default64: 'force', endsBlock: true } as const;
const conditions = [...Array(16).keys()];

/** Jcc does not end the block: the path that is not taken goes on in it. */
export const control = family('control', [
  ...conditions.map((cc) =>
    op(`j${conditionName(cc)}`, `${hex(0x70 + cc)} cb`, [rel8.r], s.jcc, {
      sized: true,
      default64: 'force',
      cc,
      flagsRead: CONDITION_FLAGS[cc]!,
    }),
  ),
  ...conditions.map((cc) =>
    op(`j${conditionName(cc)}`, `0F ${hex(0x80 + cc)} cz`, [relz.r], s.jcc, {
      default64: 'force',
      cc,
      flagsRead: CONDITION_FLAGS[cc]!,
    }),
  ),
  op('jmp', 'EB cb', [rel8.r], s.jmpRelative, near),
  op('jmp', 'E9 cz', [relz.r], s.jmpRelative, near),
  op('call', 'E8 cz', [relz.r], s.callRelative, near),
  op('call', 'FF /2', [rmv.r], s.callIndirect, near),
  op('jmp', 'FF /4', [rmv.r], s.jmpIndirect, near),
  op('ret', 'C2 iw', [imm16.r], s.retImmediate, near),
  op('ret', 'C3', [], s.ret, near),
  op('loopne', 'E0 cb', [rel8.r], s.loopne, { sized: true, default64: 'force', addressSized: true, flagsRead: 'Z' }),
  op('loope', 'E1 cb', [rel8.r], s.loope, { sized: true, default64: 'force', addressSized: true, flagsRead: 'Z' }),
  op('loop', 'E2 cb', [rel8.r], s.loop, { sized: true, default64: 'force', addressSized: true }),
  op('jcxz', 'E3 cb', [rel8.r], s.jcxz, { sized: true, default64: 'force', addressSized: true }),
  op('nop', '90', [], nothing),
]);
