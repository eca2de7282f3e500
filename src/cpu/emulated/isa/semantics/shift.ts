import type { Emitter, I32, I64, Operands, Semantics, Size } from '../emitter';

/**
 * Shifts and rotates. A masked count of 0 changes no flag; a 32-bit destination register is still zero-extended. OF is defined for
 * counts of 1 only; other counts compute the same expression, as the P6 family does.
 */

const bool = (e: Emitter, v: I64): I32 => e.ne(v, e.i64(0));
const bit = (e: Emitter, v: I64, n: number): I64 => e.and(e.shrU(v, n), e.i64(1));

function maskedCount(e: Emitter, x: Operands, size: Size): I64 {
  return e.and(x.get(x.count - 1), e.i64(size === 64 ? 63 : 31));
}

function shift(
  compute: (e: Emitter, size: Size, a: I64, c: I64) => { r: I64; cf: I64; of: (r: I64) => I64 },
): Semantics {
  return (e, x) => {
    const { size } = x;
    const c = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const { r, cf, of } = compute(e, size, a, c);
    x.set(0, r);
    e.if(bool(e, c), () => {
      const carry = e.and(cf, e.i64(1));
      e.flagsSet(size, r, bool(e, carry), bool(e, of(r)), e.i32(0));
    });
  };
}

export const shl = shift((e, size, a, c) => {
  const wide = e.shl(a, c);
  const cf = size === 64 ? e.shrU(a, e.sub(e.i64(64), c)) : e.shrU(wide, size);
  return { r: e.zext(wide, size), cf, of: (r) => e.xor(bit(e, r, size - 1), e.and(cf, e.i64(1))) };
});

export const shr = shift((e, size, a, c) => ({
  r: e.shrU(a, c),
  cf: e.shrU(a, e.sub(c, e.i64(1))),
  of: () => bit(e, a, size - 1),
}));

export const sar = shift((e, size, a, c) => {
  const signed = e.sext(a, size);
  return { r: e.zext(e.shrS(signed, c), size), cf: e.shrS(signed, e.sub(c, e.i64(1))), of: () => e.i64(0) };
});

/** `value` rotated left by `c` (already below `size`). */
function rotatedLeft(e: Emitter, size: Size, a: I64, c: I64): I64 {
  if (size === 64) return e.op('i64.rotl', 'i64', [a, c]);
  return e.zext(e.or(e.shl(a, c), e.shrU(a, e.sub(e.i64(size), c))), size);
}

function rotate(left: boolean): Semantics {
  return (e, x) => {
    const { size } = x;
    const masked = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const c = size < 32 ? e.and(masked, e.i64(size - 1)) : masked;
    const r = left
      ? rotatedLeft(e, size, a, c)
      : rotatedLeft(e, size, a, e.and(e.sub(e.i64(size), c), e.i64(size - 1)));
    x.set(0, r);
    e.if(bool(e, masked), () => {
      const top = bit(e, r, size - 1);
      const cf = left ? e.and(r, e.i64(1)) : top;
      e.setCfOf(bool(e, cf), bool(e, e.xor(top, left ? cf : bit(e, r, size - 2))));
    });
  };
}
export const rol = rotate(true);
export const ror = rotate(false);

/** Rotates through CF: size + 1 bits. */
function rotateThroughCarry(left: boolean): Semantics {
  return (e, x) => {
    const { size } = x;
    const masked = maskedCount(e, x, size);
    const c = size < 32 ? e.op<'i64'>('i64.rem_u', 'i64', [masked, e.i64(size + 1)]) : masked;
    const a = x.getForUpdate(0);
    const carry = e.fromBool(e.cf());
    const r = e.variable('i64', a);
    const cf = e.variable('i64', carry);
    e.if(bool(e, c), () => {
      const before = e.sub(c, e.i64(1));
      const rest = e.sub(e.i64(size), c);
      // The part that comes round the other side is shifted in two steps, as one by `size + 1 - c` may be 64.
      if (left) {
        const around = e.shrU(e.shrU(a, 1), rest);
        e.set(r, e.zext(e.or(e.or(e.shl(a, c), e.shl(carry, before)), around), size));
        e.set(cf, e.and(e.shrU(a, rest), e.i64(1)));
      } else {
        const around = e.shl(e.shl(a, 1), rest);
        e.set(r, e.zext(e.or(e.or(e.shrU(a, c), e.shl(carry, rest)), around), size));
        e.set(cf, e.and(e.shrU(a, before), e.i64(1)));
      }
    });
    const result = e.get(r);
    x.set(0, result);
    e.if(bool(e, masked), () => {
      const top = bit(e, result, size - 1);
      const newCf = e.get(cf);
      e.setCfOf(bool(e, newCf), bool(e, e.xor(top, left ? newCf : bit(e, result, size - 2))));
    });
  };
}
export const rcl = rotateThroughCarry(true);
export const rcr = rotateThroughCarry(false);

/** SHLD, SHRD. 16-bit operands with counts above 16 take their bits from destination:source:destination, as P6 parts do. */
function doubleShift(left: boolean): Semantics {
  return (e, x) => {
    const { size } = x;
    const c = maskedCount(e, x, size);
    const a = x.getForUpdate(0);
    const b = x.get(1);
    const r = e.variable('i64', a);
    const before = e.sub(c, e.i64(1));
    e.if(bool(e, c), () => {
      const rest = e.sub(e.i64(64), c);
      if (size === 64) {
        e.set(r, left ? e.or(e.shl(a, c), e.shrU(b, rest)) : e.or(e.shrU(a, c), e.shl(b, rest)));
      } else if (size === 32) {
        e.set(r, left ? e.zext(e.shrU(e.shl(join(e, a, b, 32), c), 32), 32) : e.zext(e.shrU(join(e, b, a, 32), c), 32));
      } else {
        const wide = around16(e, a, b);
        e.set(r, e.zext(left ? e.shrU(e.shl(wide, c), 32) : e.shrU(wide, c), 16));
      }
    });
    const result = e.get(r);
    x.set(0, result);
    e.if(bool(e, c), () => {
      let cf: I64;
      if (left && size === 16) cf = e.shrU(e.shl(around16(e, a, b), before), 47);
      else if (left) cf = e.shrU(a, e.sub(e.i64(size), c));
      else if (size === 16) cf = e.shrU(around16(e, a, b), before);
      else cf = e.shrU(a, before);
      const of = e.xor(bit(e, result, size - 1), bit(e, a, size - 1));
      e.flagsSet(size, result, bool(e, e.and(cf, e.i64(1))), bool(e, of), e.i32(0));
    });
  };
}

/** high:low, `bits` wide each. */
function join(e: Emitter, high: I64, low: I64, bits: number): I64 {
  return e.or(e.shl(high, bits), low);
}

/** 48 bits: destination, source, destination. */
function around16(e: Emitter, a: I64, b: I64): I64 {
  return e.or(e.or(e.shl(a, 32), e.shl(b, 16)), a);
}
export const shld = doubleShift(true);
export const shrd = doubleShift(false);
