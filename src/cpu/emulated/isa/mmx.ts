import * as s from './semantics/sse';
import * as v from './semantics/vector';
import { family, op } from './table';
import { imm8, mm, mmm32, mmm64, mmxAttributes, rmy } from './vector-words';

const attributes = mmxAttributes('mmx');
const PACKS = new Set(['packsswb', 'packssdw', 'packuswb']);
const HIGH_UNPACKS = new Map([
  ['punpckhbw', 'punpcklbw'],
  ['punpckhwd', 'punpcklwd'],
  ['punpckhdq', 'punpckldq'],
]);
const LOW_UNPACKS = new Set(HIGH_UNPACKS.values());

function semantics(name: string) {
  if (PACKS.has(name)) return v.packMmx(v.packed[name]!);
  const low = HIGH_UNPACKS.get(name);
  return low === undefined ? v.binaryMmx(v.packed[name]!) : v.unpackHighMmx(v.packed[low]!);
}

export const mmx = family('mmx', [
  op('movd', 'NP 0F 6E /r', [mm.w, rmy.r], s.fromIntegerMmx, attributes),
  op('movq', 'NP 0F 6F /r', [mm.w, mmm64.r], s.moveMmx, attributes),
  op('emms', 'NP 0F 77', [], s.emms, attributes),
  op('movd', 'NP 0F 7E /r', [rmy.w, mm.r], s.toIntegerMmx, attributes),
  op('movq', 'NP 0F 7F /r', [mmm64.w, mm.r], s.moveMmx, attributes),
  ...v.packedMmx.map(([name, code]) =>
    op(name, `NP 0F ${code} /r`, [mm.rw, LOW_UNPACKS.has(name) ? mmm32.r : mmm64.r], semantics(name), attributes),
  ),
  ...v.packedShifts.flatMap((shift) => [
    op(shift.name, `NP 0F ${shift.byRegister} /r`, [mm.rw, mmm64.r], s.shiftMmx(shift, false), attributes),
    op(shift.name, `NP 0F ${shift.byImmediate} ib mod=3`, [mmm64.rw, imm8.r], s.shiftMmx(shift, true), attributes),
  ]),
]);
