import type { Emitter, I32, I64, Operands, Semantics, Size } from '../emitter';

/** Arithmetic and logic (Intel SDM vol. 2). Every function changes registers and flags only after all that can fault. */

const DE = 0;

function binary(
  compute: (e: Emitter, x: Operands, a: I64, b: I64) => I64,
  flags: (e: Emitter, size: Size, a: I64, b: I64, r: I64) => void,
): Semantics {
  return (e, x) => {
    const a = x.getForUpdate(0);
    const b = x.get(1);
    const r = e.zext(compute(e, x, a, b), x.size);
    x.set(0, r);
    flags(e, x.size, a, b, r);
  };
}

export const add = binary(
  (e, _x, a, b) => e.add(a, b),
  (e, size, a, b, r) => e.flagsAdd(size, a, b, r),
);
export const sub = binary(
  (e, _x, a, b) => e.sub(a, b),
  (e, size, a, b, r) => e.flagsSub(size, a, b, r),
);
export const adc = binary(
  (e, _x, a, b) => e.add(e.add(a, b), e.fromBool(e.cf())),
  (e, size, a, b, r) => e.flagsAdc(size, a, b, r),
);
export const sbb = binary(
  (e, _x, a, b) => e.sub(e.sub(a, b), e.fromBool(e.cf())),
  (e, size, a, b, r) => e.flagsSbb(size, a, b, r),
);
export const and = binary(
  (e, _x, a, b) => e.and(a, b),
  (e, size, _a, _b, r) => e.flagsLogic(size, r),
);
export const or = binary(
  (e, _x, a, b) => e.or(a, b),
  (e, size, _a, _b, r) => e.flagsLogic(size, r),
);
export const xor = binary(
  (e, _x, a, b) => e.xor(a, b),
  (e, size, _a, _b, r) => e.flagsLogic(size, r),
);

export const cmp: Semantics = (e, x) => {
  const a = x.get(0);
  const b = x.get(1);
  e.flagsSub(x.size, a, b, e.zext(e.sub(a, b), x.size));
};

export const test: Semantics = (e, x) => e.flagsLogic(x.size, e.and(x.get(0), x.get(1)));

export const inc: Semantics = (e, x) => {
  const a = x.getForUpdate(0);
  const r = e.zext(e.add(a, e.i64(1)), x.size);
  x.set(0, r);
  e.flagsInc(x.size, a, r);
};

export const dec: Semantics = (e, x) => {
  const a = x.getForUpdate(0);
  const r = e.zext(e.sub(a, e.i64(1)), x.size);
  x.set(0, r);
  e.flagsDec(x.size, a, r);
};

export const neg: Semantics = (e, x) => {
  const a = x.getForUpdate(0);
  const zero = e.i64(0);
  const r = e.zext(e.sub(zero, a), x.size);
  x.set(0, r);
  e.flagsSub(x.size, zero, a, r);
};

export const not: Semantics = (e, x) => x.set(0, e.zext(e.not(x.getForUpdate(0)), x.size));

/** Upper 64 bits of an unsigned 64 by 64 product, from four 32-bit ones. */
function highUnsigned(e: Emitter, a: I64, b: I64): I64 {
  const low = (v: I64): I64 => e.zext(v, 32);
  const high = (v: I64): I64 => e.shrU(v, 32);
  const p00 = e.mul(low(a), low(b));
  const p01 = e.mul(low(a), high(b));
  const p10 = e.mul(high(a), low(b));
  const p11 = e.mul(high(a), high(b));
  const middle = e.add(e.add(high(p00), low(p01)), low(p10));
  return e.add(e.add(p11, high(p01)), e.add(high(p10), high(middle)));
}

function highSigned(e: Emitter, a: I64, b: I64): I64 {
  const correction = (x: I64, y: I64): I64 => e.and(e.shrS(x, 63), y);
  return e.sub(e.sub(highUnsigned(e, a, b), correction(a, b)), correction(b, a));
}

/** RDX:RAX (AX for bytes) = high:low; CF = OF = `overflow`. */
function setProduct(e: Emitter, size: Size, low: I64, high: I64, overflow: I32): void {
  if (size === 8) e.setGpr(0, 16, e.or(e.zext(low, 8), e.shl(e.zext(high, 8), 8)));
  else {
    e.setGpr(0, size, low);
    e.setGpr(2, size, high);
  }
  e.flagsSet(size, e.zext(low, size), overflow, overflow, e.i32(0));
}

export const mul: Semantics = (e, x) => {
  const { size } = x;
  const a = e.gpr(0, size);
  const b = x.get(0);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  const high = size === 64 ? highUnsigned(e, a, b) : e.zext(e.shrU(product, size), size);
  setProduct(e, size, low, high, e.notB(e.eqz(high)));
};

export const imul1: Semantics = (e, x) => {
  const { size } = x;
  const a = e.sext(e.gpr(0, size), size);
  const b = e.sext(x.get(0), size);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  if (size === 64) {
    const high = highSigned(e, a, b);
    setProduct(e, size, low, high, e.ne(high, e.shrS(product, 63)));
  } else {
    setProduct(e, size, low, e.zext(e.shrU(product, size), size), e.ne(e.sext(low, size), product));
  }
};

function imulInto(e: Emitter, x: Operands, left: I64, right: I64): void {
  const { size } = x;
  const a = e.sext(left, size);
  const b = e.sext(right, size);
  const product = e.mul(a, b);
  const low = e.zext(product, size);
  const overflow = size === 64 ? e.ne(highSigned(e, a, b), e.shrS(product, 63)) : e.ne(e.sext(low, size), product);
  x.set(0, low);
  e.flagsSet(size, low, overflow, overflow, e.i32(0));
}

export const imul2: Semantics = (e, x) => imulInto(e, x, x.get(0), x.get(1));
export const imul3: Semantics = (e, x) => imulInto(e, x, x.get(1), x.get(2));

/** The dividend of a division by up to 32 bits: 16, 32 or 64 bits wide. */
function dividend(e: Emitter, size: 8 | 16 | 32): I64 {
  if (size === 8) return e.gpr(0, 16);
  return e.or(e.gpr(0, size), e.shl(e.gpr(2, size), size));
}

function setQuotient(e: Emitter, size: Size, quotient: I64, remainder: I64): void {
  if (size === 8) e.setGpr(0, 16, e.or(e.zext(quotient, 8), e.shl(e.zext(remainder, 8), 8)));
  else {
    e.setGpr(0, size, e.zext(quotient, size));
    e.setGpr(2, size, e.zext(remainder, size));
  }
}

export const div: Semantics = (e, x) => {
  const { size } = x;
  const b = x.get(0);
  e.if(e.eqz(b), () => e.raise(DE));
  if (size === 64) {
    const high = e.gpr(2, 64);
    const low = e.gpr(0, 64);
    e.if(
      e.eqz(high),
      () => setQuotient(e, 64, e.op('i64.div_u', 'i64', [low, b]), e.op('i64.rem_u', 'i64', [low, b])),
      () => {
        e.if(e.notB(e.ltU(high, b)), () => e.raise(DE));
        e.call('divideUnsigned128', 'void', [high, low, b]);
        setQuotient(e, 64, e.state('RES0', 'i64'), e.state('RES1', 'i64'));
      },
    );
    return;
  }
  const a = dividend(e, size);
  const quotient = e.op('i64.div_u', 'i64', [a, b]);
  e.if(e.notB(e.eqz(e.shrU(quotient, size))), () => e.raise(DE));
  setQuotient(e, size, quotient, e.op('i64.rem_u', 'i64', [a, b]));
};

export const idiv: Semantics = (e, x) => {
  const { size } = x;
  const b = e.sext(x.get(0), size);
  e.if(e.eqz(b), () => e.raise(DE));
  const minimum = e.i64(-0x8000000000000000n);
  const overflows = (a: I64): I32 => e.andB(e.eq(a, minimum), e.eq(b, e.i64(-1)));
  if (size === 64) {
    const high = e.gpr(2, 64);
    const low = e.gpr(0, 64);
    e.if(
      e.eq(high, e.shrS(low, 63)),
      () => {
        e.if(overflows(low), () => e.raise(DE));
        setQuotient(e, 64, e.op('i64.div_s', 'i64', [low, b]), e.op('i64.rem_s', 'i64', [low, b]));
      },
      () => {
        e.call('divideSigned128', 'void', [high, low, b]);
        setQuotient(e, 64, e.state('RES0', 'i64'), e.state('RES1', 'i64'));
      },
    );
    return;
  }
  const raw = dividend(e, size);
  const a = size === 8 ? e.sext(raw, 16) : size === 16 ? e.sext(raw, 32) : raw;
  if (size === 32) e.if(overflows(a), () => e.raise(DE));
  const quotient = e.op<'i64'>('i64.div_s', 'i64', [a, b]);
  e.if(e.ne(e.sext(quotient, size), quotient), () => e.raise(DE));
  setQuotient(e, size, quotient, e.op('i64.rem_s', 'i64', [a, b]));
};

// decimal and ASCII adjustments

function carryFlags(e: Emitter): { af: I32; cf: I32 } {
  const image = e.flagsImage();
  return { af: e.ne(e.and(image, e.i64(0x10)), e.i64(0)), cf: e.ne(e.and(image, e.i64(1)), e.i64(0)) };
}

const decimal =
  (subtract: boolean): Semantics =>
  (e) => {
    const al = e.gpr(0, 8);
    const { af, cf } = carryFlags(e);
    const low = e.orB(e.ltU(e.i64(9), e.and(al, e.i64(15))), af);
    const high = e.orB(e.ltU(e.i64(0x99), al), cf);
    const adjust = e.add(e.select(low, e.i64(6), e.i64(0)), e.select(high, e.i64(0x60), e.i64(0)));
    const r = e.zext(subtract ? e.sub(al, adjust) : e.add(al, adjust), 8);
    // DAS: the low step's borrow is a carry too (SDM vol. 2, DAS).
    const carry = subtract ? e.orB(high, e.andB(low, e.ltU(al, e.i64(6)))) : high;
    e.setGpr(0, 8, r);
    e.flagsSet(8, r, carry, e.i32(0), low);
  };
export const daa = decimal(false);
export const das = decimal(true);

const ascii =
  (subtract: boolean): Semantics =>
  (e) => {
    const ax = e.gpr(0, 16);
    const { af } = carryFlags(e);
    const adjusts = e.orB(e.ltU(e.i64(9), e.and(ax, e.i64(15))), af);
    const moved = subtract ? e.sub(ax, e.i64(0x106)) : e.add(ax, e.i64(0x106));
    const r = e.and(e.select(adjusts, moved, ax), e.i64(0xff0f));
    e.setGpr(0, 16, r);
    e.flagsSet(8, e.zext(r, 8), adjusts, e.i32(0), adjusts);
  };
export const aaa = ascii(false);
export const aas = ascii(true);

export const aam: Semantics = (e, x) => {
  const al = e.gpr(0, 8);
  const base = e.zext(x.get(0), 8);
  e.if(e.eqz(base), () => e.raise(DE));
  const rest = e.op<'i64'>('i64.rem_u', 'i64', [al, base]);
  e.setGpr(0, 16, e.or(e.shl(e.op<'i64'>('i64.div_u', 'i64', [al, base]), 8), rest));
  e.flagsLogic(8, rest);
};

export const aad: Semantics = (e, x) => {
  const ax = e.gpr(0, 16);
  const r = e.zext(e.add(e.zext(ax, 8), e.mul(e.shrU(ax, 8), e.zext(x.get(0), 8))), 8);
  e.setGpr(0, 16, r);
  e.flagsLogic(8, r);
};

/** Add with one chosen carry flag, the others kept (ADCX, ADOX). */
const addExtended =
  (flag: 'cf' | 'of'): Semantics =>
  (e, x) => {
    const a = x.get(0);
    const b = x.get(1);
    const image = e.flagsImage();
    const cf = e.and(image, e.i64(1));
    const of = e.and(e.shrU(image, 11), e.i64(1));
    const carry = flag === 'cf' ? cf : of;
    const sum = e.add(e.add(a, b), carry);
    const r = e.zext(sum, x.size);
    const out =
      x.size === 32 ? e.ne(e.shrU(sum, 32), e.i64(0)) : e.orB(e.ltU(r, a), e.andB(e.eq(r, a), e.ne(carry, e.i64(0))));
    x.set(0, r);
    const bool = (v: I64): I32 => e.ne(v, e.i64(0));
    if (flag === 'cf') e.setCfOf(out, bool(of));
    else e.setCfOf(bool(cf), out);
  };
export const adcx = addExtended('cf');
export const adox = addExtended('of');
