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
/** FNOP waits, unlike FENI, FDISI and FSETPM. */
export const fnop: Semantics = (e) => x87Wait(e);
export const fwait: Semantics = (e) => x87Wait(e);

/** Two-operand arithmetic with a memory operand in one of the X87_* formats. */
export const arithmeticMemory =
  (operation: number, format: number): Semantics =>
  (e, x) => {
    x87Wait(e);
    const value = x.get(0);
    e.call('x87ArithmeticMemory', 'void', [e.i32(operation), e.i32(format), value]);
  };
export const compareMemory =
  (format: number, pops: number): Semantics =>
  (e, x) => {
    x87Wait(e);
    const value = x.get(0);
    e.call('x87CompareMemory', 'void', [e.i32(format), value, e.i32(pops)]);
  };
/** `how`: bit 0 the result goes to ST(i), bit 1 pop. */
export const arithmetic =
  (operation: number, how: number): Semantics =>
  (e) =>
    e.call('x87Arithmetic', 'void', [e.i32(operation), e.i32(how)]);
export const compare =
  (quiet: boolean, pops: number): Semantics =>
  (e) =>
    e.call('x87Compare', 'void', [e.i32(quiet ? 1 : 0), e.i32(pops)]);
export const compareFlags =
  (quiet: boolean, pops: number): Semantics =>
  (e) =>
    e.call('x87CompareFlags', 'void', [e.i32(quiet ? 1 : 0), e.i32(pops)]);

export const load =
  (format: number): Semantics =>
  (e, x) => {
    x87Wait(e);
    const value = x.get(0);
    e.call('x87Load', 'void', [e.i32(format), value]);
  };
/** A function of core/fpu with one constant argument. */
export const callWith =
  (name: string, argument: number): Semantics =>
  (e) =>
    e.call(name, 'void', [e.i32(argument)]);
/** FCMOVcc under condition `cc` as Jcc encodes it. */
export const fcmov =
  (cc: number): Semantics =>
  (e) =>
    e.call('x87Fcmov', 'void', [e.condition(cc)]);
export const constant =
  (signExponent: number, mantissa: bigint): Semantics =>
  (e) =>
    e.call('x87Constant', 'void', [e.i32(signExponent), e.i64(mantissa)]);
