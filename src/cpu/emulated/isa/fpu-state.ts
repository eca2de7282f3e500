import { nothing } from './semantics/mov';
import * as x from './semantics/x87';
import { family, op } from './table';
import { ax, m, m16 } from './vector-words';

const fpu = { unit: 'fpu', feature: 'fpu' } as const;
const xsave = { feature: 'xsave' } as const;
const fxsr = { unit: 'fpu', feature: 'fxsr' } as const;

/** Control, status and whole-state instructions of x87 and SSE. */
export const fpuState = family('fpuState', [
  op('fwait', '9B', [], x.fwait, { unit: 'fwait', feature: 'fpu' }),
  op('fldenv', 'D9 /4 mod=m', [m.r], 'x87Fldenv', fpu),
  op('fldcw', 'D9 /5 mod=m', [m16.r], x.fldcw, fpu),
  op('fnstenv', 'D9 /6 mod=m', [m.w], 'x87Fnstenv', fpu),
  op('fnstcw', 'D9 /7 mod=m', [m16.w], x.fnstcw, fpu),
  op('frstor', 'DD /4 mod=m', [m.r], 'x87Frstor', fpu),
  op('fnsave', 'DD /6 mod=m', [m.w], 'x87Fnsave', fpu),
  op('fnstsw', 'DD /7 mod=m', [m16.w], x.fnstsw, fpu),
  op('fnstsw', 'DF /4 mod=3 rm=0', [ax.w], x.fnstsw, fpu),
  op('fnop', 'D9 /2 mod=3 rm=0', [], x.fnop, fpu),
  // relics of the 8087 and 80287: they do nothing and wait for nothing (SDM vol. 3, 22.18.9)
  op('feni', 'DB /4 mod=3 rm=0', [], nothing, fpu),
  op('fdisi', 'DB /4 mod=3 rm=1', [], nothing, fpu),
  op('fnclex', 'DB /4 mod=3 rm=2', [], 'x87Fnclex', fpu),
  op('fninit', 'DB /4 mod=3 rm=3', [], 'x87Fninit', fpu),
  op('fsetpm', 'DB /4 mod=3 rm=4', [], nothing, fpu),
  op('fxsave', 'NP 0F AE /0 mod=m rex.w0', [m.w], 'x87Fxsave', fxsr),
  op('fxsave64', 'NP 0F AE /0 mod=m rex.w', [m.w], 'x87Fxsave64', fxsr),
  op('fxrstor', 'NP 0F AE /1 mod=m rex.w0', [m.r], 'x87Fxrstor', fxsr),
  op('fxrstor64', 'NP 0F AE /1 mod=m rex.w', [m.r], 'x87Fxrstor64', fxsr),
  // the XSAVE family looks at CR4.OSXSAVE and CR0.TS itself
  op('xsave', 'NP 0F AE /4 mod=m rex.w0', [m.rw], 'x87Xsave', xsave),
  op('xsave64', 'NP 0F AE /4 mod=m rex.w', [m.rw], 'x87Xsave64', xsave),
  op('xrstor', 'NP 0F AE /5 mod=m rex.w0', [m.r], 'x87Xrstor', xsave),
  op('xrstor64', 'NP 0F AE /5 mod=m rex.w', [m.r], 'x87Xrstor64', xsave),
  op('xsaveopt', 'NP 0F AE /6 mod=m rex.w0', [m.rw], 'x87Xsave', { feature: 'xsaveopt' }),
  op('xsaveopt64', 'NP 0F AE /6 mod=m rex.w', [m.rw], 'x87Xsave64', { feature: 'xsaveopt' }),
  op('xsavec', 'NP 0F C7 /4 mod=m rex.w0', [m.w], 'x87Xsavec', { feature: 'xsavec' }),
  op('xsavec64', 'NP 0F C7 /4 mod=m rex.w', [m.w], 'x87Xsavec64', { feature: 'xsavec' }),
]);
