import type { Emitter, I64, Semantics } from '../emitter';

/** PUSH, POP and near transfers of control. */

export const push: Semantics = (e, x) => e.push(x.size, x.get(0));

/** POP rSP leaves the popped value in rSP: the register is written last. */
export const pop: Semantics = (e, x) => {
  const value = e.peek(x.size, 0);
  e.addSp(x.size / 8);
  x.set(0, value);
};

export const pushSegment =
  (index: number): Semantics =>
  (e, x) =>
    e.push(x.size, e.and(e.state('SEG', 'i64', index), e.i64(0xffff)));

export const pushf: Semantics = (e, x) => e.push(x.size, e.zext(e.call('pushfImage', 'i64', []), x.size));

export const leave: Semantics = (e, x) => e.leaveFrame(x.size);

export const jcc: Semantics = (e, x) => e.branch(e.condition(x.condition));
export const jmpRelative: Semantics = (e) => e.jumpRelative();

export const callRelative: Semantics = (e, x) => {
  e.checkRelative();
  e.push(x.size, e.zext(e.nextRip(), x.size));
  e.jumpRelative();
};

export const jmpIndirect: Semantics = (e, x) => {
  const target = x.get(0);
  e.checkTarget(target);
  e.jump(target);
};

export const callIndirect: Semantics = (e, x) => {
  const target = x.get(0);
  e.checkTarget(target);
  e.push(x.size, e.zext(e.nextRip(), x.size));
  e.jump(target);
};

export const ret: Semantics = (e, x) => {
  const target = e.peek(x.size, 0);
  e.checkTarget(target);
  e.addSp(x.size / 8);
  e.jump(target);
};

/** RET imm16: the immediate is a run-time value of the op. */
export const retImmediate: Semantics = (e, x) => {
  const target = e.peek(x.size, 0);
  e.checkTarget(target);
  e.addSp(x.size / 8);
  e.addSpBy(e.and(x.get(0), e.i64(0xffff)));
  e.jump(target);
};

/** LOOP, LOOPE, LOOPNE: the counter has the address size. */
const loopWhile =
  (also: (e: Emitter) => I64): Semantics =>
  (e, x) => {
    const size = x.addressSize;
    const count = e.zext(e.sub(e.gpr(1, size), e.i64(1)), size);
    const taken = e.ne(e.and(e.fromBool(e.ne(count, e.i64(0))), also(e)), e.i64(0));
    e.setGpr(1, size, count);
    e.branch(taken);
  };
const ZF = 4;
export const loop = loopWhile((e) => e.i64(1));
export const loope = loopWhile((e) => e.fromBool(e.condition(ZF)));
export const loopne = loopWhile((e) => e.fromBool(e.condition(ZF + 1)));
export const jcxz: Semantics = (e, x) => e.branch(e.eqz(e.gpr(1, x.addressSize)));
