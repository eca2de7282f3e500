import { cl, imm8, one, rm8, rmv, rv } from './integer-words';
import * as s from './semantics/shift';
import type { Semantics } from './emitter';
import { family, op } from './table';

const ROTATE = { flags: 'OC', flagsRead: 'C' } as const;
const SHIFT = { flags: 'OSZAPC', flagsRead: 'OSZAPC', flagsUndefined: 'OA' } as const;

/** Group 2 (SDM vol. 2, table A-6); /6 is an alias of /4. */
const GROUP2: ReadonlyArray<readonly [string, Semantics, typeof ROTATE | typeof SHIFT]> = [
  ['rol', s.rol, ROTATE],
  ['ror', s.ror, ROTATE],
  ['rcl', s.rcl, ROTATE],
  ['rcr', s.rcr, ROTATE],
  ['shl', s.shl, SHIFT],
  ['shr', s.shr, SHIFT],
  ['shl', s.shl, SHIFT],
  ['sar', s.sar, SHIFT],
];

export const shifts = family('shift', [
  ...GROUP2.flatMap(([name, semantics, flags], n) => [
    op(name, `C0 /${n} ib`, [rm8.rw, imm8.r], semantics, flags),
    op(name, `C1 /${n} ib`, [rmv.rw, imm8.r], semantics, flags),
    op(name, `D0 /${n}`, [rm8.rw, one.r], semantics, flags),
    op(name, `D1 /${n}`, [rmv.rw, one.r], semantics, flags),
    op(name, `D2 /${n}`, [rm8.rw, cl.r], semantics, flags),
    op(name, `D3 /${n}`, [rmv.rw, cl.r], semantics, flags),
  ]),
  op('shld', '0F A4 /r ib', [rmv.rw, rv.r, imm8.r], s.shld, SHIFT),
  op('shld', '0F A5 /r', [rmv.rw, rv.r, cl.r], s.shld, SHIFT),
  op('shrd', '0F AC /r ib', [rmv.rw, rv.r, imm8.r], s.shrd, SHIFT),
  op('shrd', '0F AD /r', [rmv.rw, rv.r, cl.r], s.shrd, SHIFT),
]);
