import type { Emitter, I32, I64, Semantics } from '../emitter';

/** Bit tests, scans, byte order. */

const bool = (e: Emitter, v: I64): I32 => e.ne(v, e.i64(0));

/** BT, BTS, BTR, BTC on a register, or with an immediate: the offset is taken modulo the operand size. Only CF changes. */
function bitTest(change: ((e: Emitter, value: I64, mask: I64) => I64) | undefined): Semantics {
  return (e, x) => {
    const offset = e.and(x.get(1), e.i64(x.size - 1));
    const value = change === undefined ? x.get(0) : x.getForUpdate(0);
    if (change !== undefined) x.set(0, e.zext(change(e, value, e.shl(e.i64(1), offset)), x.size));
    e.setCf(bool(e, e.and(e.shrU(value, offset), e.i64(1))));
  };
}
export const bt = bitTest(undefined);
export const bts = bitTest((e, value, mask) => e.or(value, mask));
export const btr = bitTest((e, value, mask) => e.and(value, e.not(mask)));
export const btc = bitTest((e, value, mask) => e.xor(value, mask));

/** A source of 0 leaves the destination as it was and sets ZF. */
export const bsf: Semantics = (e, x) => {
  const value = x.get(1);
  e.if(bool(e, value), () => x.set(0, e.op('i64.ctz', 'i64', [value])));
  e.flagsLogic(x.size, value);
};
export const bsr: Semantics = (e, x) => {
  const value = x.get(1);
  e.if(bool(e, value), () => x.set(0, e.sub(e.i64(63), e.op('i64.clz', 'i64', [value]))));
  e.flagsLogic(x.size, value);
};

/** ZF by the result, CF when the source was 0. */
function count(e: Emitter, size: 8 | 16 | 32 | 64, source: I64, result: I64): void {
  e.flagsSet(size, result, e.eqz(source), e.i32(0), e.i32(0));
}
export const tzcnt: Semantics = (e, x) => {
  const value = x.get(1);
  const limited = x.size === 64 ? value : e.or(value, e.shl(e.i64(1), x.size));
  const r = e.op<'i64'>('i64.ctz', 'i64', [limited]);
  x.set(0, r);
  count(e, x.size, value, r);
};
export const lzcnt: Semantics = (e, x) => {
  const value = x.get(1);
  const r = e.sub(e.op<'i64'>('i64.clz', 'i64', [value]), e.i64(64 - x.size));
  x.set(0, r);
  count(e, x.size, value, r);
};
export const popcnt: Semantics = (e, x) => {
  const value = x.get(1);
  const r = e.op<'i64'>('i64.popcnt', 'i64', [value]);
  x.set(0, r);
  // ZF by the source, which is 0 exactly when the count is; the other flags are cleared.
  e.flagsSet(x.size, r, e.i32(0), e.i32(0), e.i32(0));
  const zf = e.and(e.flagsImage(), e.i64(0x40));
  e.setFlagsImage(zf);
};

function swapped(e: Emitter, value: I64, size: 16 | 32 | 64): I64 {
  const byte = (v: I64, from: number, to: number): I64 => {
    const cut = e.and(e.shrU(v, from), e.i64(0xff));
    return to === 0 ? cut : e.shl(cut, to);
  };
  let r = byte(value, 0, size - 8);
  for (let i = 8; i < size; i += 8) r = e.or(r, byte(value, i, size - 8 - i));
  return r;
}

/** A 16-bit BSWAP is undefined; P6 and later clear the register. */
export const bswap: Semantics = (e, x) => {
  if (x.size === 16) x.set(0, e.i64(0));
  else x.set(0, swapped(e, x.get(0), x.size as 32 | 64));
};
export const movbe: Semantics = (e, x) => x.set(0, swapped(e, x.get(1), x.size as 16 | 32 | 64));
