import type { Semantics } from '../emitter';

/** Data movement (Intel SDM vol. 2). */

export const mov: Semantics = (_e, x) => x.set(0, x.get(1));

/** `get` zero-extends already. */
export const movzx: Semantics = (_e, x) => x.set(0, x.get(1));

export const movsx: Semantics = (e, x) => {
  const from = x.sizeOf(1);
  const to = x.sizeOf(0);
  if (from > 64 || to > 64) throw new RangeError('movsx takes integer operands');
  x.set(0, e.zext(e.sext(x.get(1), from as 8 | 16 | 32), to as 16 | 32 | 64));
};

export const lea: Semantics = (e, x) => x.set(0, e.zext(x.effectiveAddress(1), x.size));

/** Operand 0 is the memory side where there is one. */
export const xchg: Semantics = (_e, x) => {
  const a = x.getForUpdate(0);
  const b = x.get(1);
  x.set(0, b);
  x.set(1, a);
};

/** With both operands the same register the sum wins. */
export const xadd: Semantics = (e, x) => {
  const a = x.getForUpdate(0);
  const b = x.get(1);
  const r = e.zext(e.add(a, b), x.size);
  if (x.kind(0) === 'memory') {
    x.set(0, r);
    x.set(1, a);
  } else {
    x.set(1, a);
    x.set(0, r);
  }
  e.flagsAdd(x.size, a, b, r);
};

/** The destination is written in either case (SDM vol. 2, CMPXCHG); the accumulator only when they differ. */
export const cmpxchg: Semantics = (e, x) => {
  const { size } = x;
  const old = x.getForUpdate(0);
  const replacement = x.get(1);
  const accumulator = e.gpr(0, size);
  const equal = e.eq(accumulator, old);
  if (x.kind(0) === 'memory') x.set(0, e.select(equal, replacement, old));
  else e.if(equal, () => x.set(0, replacement));
  e.if(e.notB(equal), () => e.setGpr(0, size, old));
  e.flagsSub(size, accumulator, old, e.zext(e.sub(accumulator, old), size));
};

export const setcc: Semantics = (e, x) => x.set(0, e.fromBool(e.condition(x.condition)));

/** A 32-bit destination is zero-extended even when the condition is false. */
export const cmovcc: Semantics = (e, x) => {
  const source = x.get(1);
  x.set(0, e.select(e.condition(x.condition), source, x.get(0)));
};

/** CBW, CWDE, CDQE. */
export const extendAccumulator: Semantics = (e, x) => {
  const half = (x.size / 2) as 8 | 16 | 32;
  e.setGpr(0, x.size, e.zext(e.sext(e.gpr(0, half), half), x.size));
};

/** CWD, CDQ, CQO. */
export const extendIntoData: Semantics = (e, x) => {
  e.setGpr(2, x.size, e.zext(e.shrS(e.sext(e.gpr(0, x.size), x.size), 63), x.size));
};

export const lahf: Semantics = (e) => {
  // Bits 1, 3, 5 are 1, 0, 0. OF is not among them.
  const image = e.or(e.and(e.flagsImage(), e.i64(0xd5)), e.i64(2));
  e.setGpr(0, 16, e.or(e.gpr(0, 8), e.shl(image, 8)));
};

export const sahf: Semantics = (e) => {
  const image = e.and(e.shrU(e.gpr(0, 16), 8), e.i64(0xd5));
  e.setFlagsImage(e.or(image, e.and(e.flagsImage(), e.i64(0x800))));
};

export const clc: Semantics = (e) => e.setCf(e.i32(0));
export const stc: Semantics = (e) => e.setCf(e.i32(1));
export const cmc: Semantics = (e) => e.setCf(e.notB(e.cf()));

const EFLAGS_DF = 0x400;
export const cld: Semantics = (e) => {
  e.setState('EFLAGS', e.op('i32.and', 'i32', [e.state('EFLAGS', 'i32'), e.i32(~EFLAGS_DF)]));
};
export const std: Semantics = (e) => {
  e.setState('EFLAGS', e.op('i32.or', 'i32', [e.state('EFLAGS', 'i32'), e.i32(EFLAGS_DF)]));
};

/** Undocumented, in every x86: AL = CF ? FFh : 0. */
export const salc: Semantics = (e) => e.setGpr(0, 8, e.select(e.cf(), e.i64(0xff), e.i64(0)));

export const nothing: Semantics = () => undefined;

const UD = 6;
export const undefinedInstruction: Semantics = (e) => e.raise(UD);
