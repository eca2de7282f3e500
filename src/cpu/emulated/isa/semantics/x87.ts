import type { Semantics } from '../emitter';
import { toI32, toI64, x87Wait } from './vector';

export const fnstcw: Semantics = (e, x) => x.set(0, toI64(e, e.state('FCW', 'i32')));
/** FNSTSW: TOP is kept apart from the other bits. */
export const fnstsw: Semantics = (e, x) => {
  const top = e.op('i32.shl', 'i32', [e.state('FPU_TOP', 'i32'), e.i32(11)]);
  x.set(0, toI64(e, e.op('i32.or', 'i32', [e.state('FSW', 'i32'), top])));
};
export const fldcw: Semantics = (e, x) => {
  x87Wait(e);
  e.call('x87Fldcw', 'void', [toI32(e, x.get(0))]);
};
/** FNOP, FENI, FDISI, FSETPM. */
export const fnop: Semantics = (e) => x87Wait(e);
export const fwait: Semantics = (e) => x87Wait(e);
