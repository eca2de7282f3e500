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
function counted(e: Emitter, size: 8 | 16 | 32 | 64, source: I64, result: I64): void {
  e.flagsSet(size, result, e.eqz(source), e.i32(0), e.i32(0));
}
export const tzcnt: Semantics = (e, x) => {
  const value = x.get(1);
  const limited = x.size === 64 ? value : e.or(value, e.shl(e.i64(1), x.size));
  const r = e.op<'i64'>('i64.ctz', 'i64', [limited]);
  x.set(0, r);
  counted(e, x.size, value, r);
};
export const lzcnt: Semantics = (e, x) => {
  const value = x.get(1);
  const r = e.sub(e.op<'i64'>('i64.clz', 'i64', [value]), e.i64(64 - x.size));
  x.set(0, r);
  counted(e, x.size, value, r);
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

// BMI

export const andn: Semantics = (e, x) => {
  const r = e.and(e.zext(e.not(x.get(1)), x.size), x.get(2));
  x.set(0, r);
  e.flagsLogic(x.size, r);
};
/** Sets or resets the lowest set bit; CF tells whether there was one. */
function lowest(of: (e: Emitter, value: I64, less: I64) => I64, carryWhenZero: boolean): Semantics {
  return (e, x) => {
    const value = x.get(1);
    const r = e.zext(of(e, value, e.sub(value, e.i64(1))), x.size);
    x.set(0, r);
    e.flagsSet(x.size, r, carryWhenZero ? e.eqz(value) : bool(e, value), e.i32(0), e.i32(0));
  };
}
export const blsr = lowest((e, value, less) => e.and(value, less), true);
export const blsmsk = lowest((e, value, less) => e.xor(value, less), true);
export const blsi = lowest((e, value) => e.and(value, e.sub(e.i64(0), value)), false);

/** The low `count` bits; all of them for 64 and more. */
function lowBits(e: Emitter, value: I64, count: I64): I64 {
  const mask = e.sub(e.shl(e.i64(1), count), e.i64(1));
  return e.select(e.ltU(count, e.i64(64)), e.and(value, mask), value);
}
export const bextr: Semantics = (e, x) => {
  const value = x.get(1);
  const control = x.get(2);
  const start = e.and(control, e.i64(0xff));
  const shifted = e.select(e.ltU(start, e.i64(64)), e.shrU(value, start), e.i64(0));
  const r = lowBits(e, shifted, e.and(e.shrU(control, 8), e.i64(0xff)));
  x.set(0, r);
  e.flagsSet(x.size, r, e.i32(0), e.i32(0), e.i32(0));
};
export const bzhi: Semantics = (e, x) => {
  const value = x.get(1);
  const count = e.and(x.get(2), e.i64(0xff));
  const r = lowBits(e, value, count);
  x.set(0, r);
  e.flagsSet(x.size, r, e.ltU(e.i64(x.size - 1), count), e.i32(0), e.i32(0));
};
export const pext: Semantics = (e, x) => {
  const mask = x.get(2);
  x.set(0, e.call('extractBits', 'i64', [x.get(1), mask]));
};
export const pdep: Semantics = (e, x) => {
  const mask = x.get(2);
  x.set(0, e.call('depositBits', 'i64', [x.get(1), mask]));
};

/** rDX * source: the low half is written first, so that the high one stays where both go to one register. */
export const mulx: Semantics = (e, x) => {
  const a = x.get(2);
  const b = e.gpr(2, x.size);
  const low = e.mul(a, b);
  if (x.size === 32) {
    x.set(1, e.zext(low, 32));
    x.set(0, e.shrU(low, 32));
    return;
  }
  const half = (v: I64, high: boolean): I64 => (high ? e.shrU(v, 32) : e.and(v, e.i64(0xffffffff)));
  const middle = e.add(e.mul(half(a, true), half(b, false)), e.shrU(e.mul(half(a, false), half(b, false)), 32));
  const other = e.add(e.mul(half(a, false), half(b, true)), half(middle, false));
  const high = e.add(e.mul(half(a, true), half(b, true)), e.add(half(middle, true), half(other, true)));
  x.set(1, low);
  x.set(0, high);
};

const count = (e: Emitter, by: I64, size: number): I64 => e.and(by, e.i64(size - 1));
export const sarx: Semantics = (e, x) =>
  x.set(0, e.zext(e.shrS(e.sext(x.get(1), x.size), count(e, x.get(2), x.size)), x.size));
export const shlx: Semantics = (e, x) => x.set(0, e.zext(e.shl(x.get(1), count(e, x.get(2), x.size)), x.size));
export const shrx: Semantics = (e, x) => x.set(0, e.shrU(x.get(1), count(e, x.get(2), x.size)));
export const rorx: Semantics = (e, x) => {
  const value = x.get(1);
  const by = count(e, x.get(2), x.size);
  if (x.size === 64) x.set(0, e.op('i64.rotr', 'i64', [value, by]));
  else x.set(0, e.zext(e.or(e.shrU(value, by), e.shl(value, e.sub(e.i64(32), by))), 32));
};

// ADX

/** Sum and carry out of an addition with `carry` in. */
function addWithCarry(e: Emitter, a: I64, b: I64, carry: I32, size: number): { sum: I64; out: I32 } {
  const sum = e.add(e.add(a, b), e.fromBool(carry));
  if (size === 32) return { sum: e.zext(sum, 32), out: bool(e, e.shrU(sum, 32)) };
  const out = e.shrU(e.or(e.and(a, b), e.and(e.or(a, b), e.not(sum))), 63);
  return { sum, out: bool(e, out) };
}
export const adcx: Semantics = (e, x) => {
  const { sum, out } = addWithCarry(e, x.get(0), x.get(1), e.cf(), x.size);
  x.set(0, sum);
  e.setCf(out);
};
const OVERFLOW = 0;
export const adox: Semantics = (e, x) => {
  const { sum, out } = addWithCarry(e, x.get(0), x.get(1), e.condition(OVERFLOW), x.size);
  x.set(0, sum);
  e.setCfOf(e.cf(), out);
};
