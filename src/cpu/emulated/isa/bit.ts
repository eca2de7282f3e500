import type { Semantics } from './emitter';
import { imm8, ov, rmv, rv, mv } from './integer-words';
import * as s from './semantics/bit';
import { family, op } from './table';

const CARRY = { flags: 'C' } as const;
const SCAN = { flags: 'OSZAPC', flagsUndefined: 'OSAPC' } as const;
const COUNT = { flags: 'OSZAPC', flagsUndefined: 'OSAP' } as const;

/** Opcode with a register offset, digit of the immediate form, and the slow path for bit strings in memory. */
const TESTS: ReadonlyArray<readonly [string, string, number, Semantics]> = [
  ['bt', 'A3', 4, s.bt],
  ['bts', 'AB', 5, s.bts],
  ['btr', 'B3', 6, s.btr],
  ['btc', 'BB', 7, s.btc],
];

export const bits = family('bit', [
  ...TESTS.flatMap(([name, code, digit, semantics]) => {
    const target = name === 'bt' ? rmv.r : rmv.rw;
    const locked = name === 'bt' ? CARRY : { ...CARRY, lock: true };
    return [
      op(name, `0F ${code} /r mod=3`, [target, rv.r], semantics, CARRY),
      // the offset is signed and reaches beyond the operand (SDM vol. 2, 3.1.1.9)
      op(name, `0F ${code} /r mod=m`, [target, rv.r], `${name}Memory`, locked),
      op(name, `0F BA /${digit} ib`, [target, imm8.r], semantics, locked),
    ];
  }),
  op('bsf', '0F BC /r', [rv.rw, rmv.r], s.bsf, SCAN),
  op('bsr', '0F BD /r', [rv.rw, rmv.r], s.bsr, SCAN),
  op('tzcnt', 'F3 0F BC /r', [rv.w, rmv.r], s.tzcnt, { ...COUNT, feature: 'bmi1' }),
  op('lzcnt', 'F3 0F BD /r', [rv.w, rmv.r], s.lzcnt, { ...COUNT, feature: 'lzcnt' }),
  op('popcnt', 'F3 0F B8 /r', [rv.w, rmv.r], s.popcnt, { flags: 'OSZAPC', feature: 'popcnt' }),
  op('bswap', '0F C8 +r', [ov.rw], s.bswap),
  op('movbe', '0F 38 F0 /r mod=m', [rv.w, mv.r], s.movbe, { feature: 'movbe' }),
  op('movbe', '0F 38 F1 /r mod=m', [mv.w, rv.r], s.movbe, { feature: 'movbe' }),
]);
