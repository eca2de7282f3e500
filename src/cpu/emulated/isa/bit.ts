import type { Semantics } from './emitter';
import { imm8, ov, rmv, rmy, rv, ry, mv, vy } from './integer-words';
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

const LOGIC = { flags: 'OSZAPC', flagsUndefined: 'AP', protectedOnly: true } as const;
const ISOLATE = { ...LOGIC, feature: 'bmi1' } as const;
const FLAGLESS = { feature: 'bmi2', protectedOnly: true } as const;

/** BMI1 and BMI2 in VEX encodings: outside of 64-bit mode VEX.W means nothing. */
export const bmi = family('bmi', [
  op('andn', 'VEX.LZ.NP.0F38.WIG F2 /r', [ry.w, vy.r, rmy.r], s.andn, ISOLATE),
  op('blsr', 'VEX.LZ.NP.0F38.WIG F3 /1', [vy.w, rmy.r], s.blsr, ISOLATE),
  op('blsmsk', 'VEX.LZ.NP.0F38.WIG F3 /2', [vy.w, rmy.r], s.blsmsk, ISOLATE),
  op('blsi', 'VEX.LZ.NP.0F38.WIG F3 /3', [vy.w, rmy.r], s.blsi, ISOLATE),
  op('bextr', 'VEX.LZ.NP.0F38.WIG F7 /r', [ry.w, rmy.r, vy.r], s.bextr, { ...ISOLATE, flagsUndefined: 'SAP' }),
  op('bzhi', 'VEX.LZ.NP.0F38.WIG F5 /r', [ry.w, rmy.r, vy.r], s.bzhi, { ...LOGIC, feature: 'bmi2' }),
  op('pext', 'VEX.LZ.F3.0F38.WIG F5 /r', [ry.w, vy.r, rmy.r], s.pext, FLAGLESS),
  op('pdep', 'VEX.LZ.F2.0F38.WIG F5 /r', [ry.w, vy.r, rmy.r], s.pdep, FLAGLESS),
  op('mulx', 'VEX.LZ.F2.0F38.WIG F6 /r', [ry.w, vy.w, rmy.r], s.mulx, FLAGLESS),
  op('sarx', 'VEX.LZ.F3.0F38.WIG F7 /r', [ry.w, rmy.r, vy.r], s.sarx, FLAGLESS),
  op('shlx', 'VEX.LZ.66.0F38.WIG F7 /r', [ry.w, rmy.r, vy.r], s.shlx, FLAGLESS),
  op('shrx', 'VEX.LZ.F2.0F38.WIG F7 /r', [ry.w, rmy.r, vy.r], s.shrx, FLAGLESS),
  op('rorx', 'VEX.LZ.F2.0F3A.WIG F0 /r ib', [ry.w, rmy.r, imm8.r], s.rorx, FLAGLESS),
]);

/** Additions with a carry of their own. */
export const adx = family('adx', [
  op('adcx', '66 0F 38 F6 /r', [ry.rw, rmy.r], s.adcx, { flags: 'C', flagsRead: 'C', feature: 'adx' }),
  op('adox', 'F3 0F 38 F6 /r', [ry.rw, rmy.r], s.adox, { flags: 'O', flagsRead: 'O', feature: 'adx' }),
]);
