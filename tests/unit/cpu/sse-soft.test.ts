import { beforeAll, describe, expect, it } from 'vitest';
import * as codes from '../../../src/cpu/emulated/core/sse/codes';
import { DATA, type FpuModule, loadFpuModule, OP, STATE } from '../../support/cpu/fpu-module';
import {
  addSigned,
  DE,
  decodeIeee,
  DOUBLE,
  encodeIeee,
  type Format,
  IE,
  quantize,
  type Ratio,
  rootOf,
  type Rounding,
  ROUNDINGS,
  roundTo,
  SINGLE,
  type Value,
  ZE,
} from '../../support/cpu/reference-float';
import { Random } from '../../support/random';

const A = DATA;
const B = DATA + 16;
const R = DATA + 32;
const DAZ = 0x40;
const FTZ = 0x8000;
const MASKS = 0x1f80;

let module: FpuModule;
beforeAll(async () => {
  module = await loadFpuModule();
}, 60_000);

const random = new Random(31);
const word64 = (): bigint => (BigInt(random.below(0x100000000)) << 32n) | BigInt(random.below(0x100000000));

/** A bit pattern of any class. */
function draw(f: Format): bigint {
  const fractionBits = BigInt(f.precision - 1);
  const all = BigInt(2 * f.emax + 1);
  let fraction = word64() & ((1n << fractionBits) - 1n);
  if (random.chance(0.3)) fraction &= -1n << BigInt(random.below(f.precision));
  const sign = random.chance(0.5) ? (all + 1n) << fractionBits : 0n;
  const biased = [0n, 0n, all, BigInt(1 + random.below(60)), all - 1n - BigInt(random.below(3))];
  const at = random.below(12);
  const exponent = at < 5 ? biased[at]! : BigInt(f.emax - 30 + random.below(60));
  return sign | (exponent << fractionBits) | (at === 0 ? 0n : fraction);
}

/** A number of few bits, so that results are exact or nearly so; now and then at an end of the range. */
function drawShort(f: Format): bigint {
  const fractionBits = f.precision - 1;
  const width = random.chance(0.2) ? random.below(f.precision) : random.below(f.precision / 2 + 2);
  const low = BigInt(fractionBits - width);
  const fraction = ((word64() & ((1n << BigInt(width)) - 1n)) << low) | (width === 0 ? 0n : 1n << low);
  const end = random.below(12);
  const near = BigInt(f.emax - 28 + random.below(56));
  const exponent = end === 0 ? BigInt(1 + random.below(3)) : end === 1 ? BigInt(2 * f.emax - random.below(3)) : near;
  if (end === 2) return random.chance(0.5) ? 0n : BigInt(2 * f.emax + 2) << BigInt(fractionBits);
  return (
    (random.chance(0.5) ? BigInt(2 * f.emax + 2) << BigInt(fractionBits) : 0n) |
    (exponent << BigInt(fractionBits)) |
    fraction
  );
}

interface Expected {
  readonly bits: bigint;
  readonly flags: number;
}
type Operation = 'add' | 'sub' | 'mul' | 'div' | 'sqrt';

const defaultNaN = (f: Format): bigint =>
  ((1n << BigInt(f.precision === 24 ? 10 : 13)) - 1n) << BigInt(f.precision - 2);
const quietBit = (f: Format): bigint => 1n << BigInt(f.precision - 2);
const isDenormal = (v: Value): boolean => v.kind === 'finite' && v.denormal;

function expected(operation: Operation, x: bigint, y: bigint, f: Format, rounding: Rounding, mxcsr: number): Expected {
  const decode = (bits: bigint): Value => {
    const v = decodeIeee(bits, f);
    return isDenormal(v) && mxcsr & DAZ ? { kind: 'zero', sign: v.sign } : v;
  };
  const b = decode(y);
  const a = operation === 'sqrt' ? b : decode(x);
  const bitsA = operation === 'sqrt' ? y : x;
  if (a.kind === 'nan' || b.kind === 'nan') {
    const signalling = (a.kind === 'nan' && a.signalling) || (b.kind === 'nan' && b.signalling);
    return { bits: (a.kind === 'nan' ? bitsA : y) | quietBit(f), flags: signalling ? IE : 0 };
  }
  const invalid: Expected = { bits: defaultNaN(f), flags: IE };
  const flags = isDenormal(a) || isDenormal(b) ? DE : 0;
  const zero = (sign: boolean): Expected => ({
    bits: encodeIeee({ m: 0n, e: 0, infinite: false, flags: 0 }, sign, f),
    flags,
  });
  const infinite = (sign: boolean, extra = flags): Expected => ({
    bits: encodeIeee({ m: 0n, e: 0, infinite: true, flags: 0 }, sign, f),
    flags: extra,
  });
  const rounded = (size: Ratio, sign: boolean): Expected => {
    const r = roundTo(size, f, rounding, sign, (mxcsr & FTZ) !== 0);
    return { bits: encodeIeee(r, sign, f), flags: flags | (r.flags & 0x3f) };
  };
  if (operation === 'sqrt') {
    if (b.kind === 'zero') return zero(b.sign);
    if (b.sign) return invalid;
    return b.kind === 'finite' ? rounded(rootOf(b.size), false) : infinite(false);
  }
  if (operation === 'mul' || operation === 'div') {
    const sign = a.sign !== b.sign;
    if (operation === 'div') {
      if (a.kind === b.kind && a.kind !== 'finite') return invalid;
      if (a.kind === 'infinite') return infinite(sign);
      if (b.kind === 'zero') return infinite(sign, ZE);
      if (a.kind !== 'finite' || b.kind !== 'finite') return zero(sign);
      return rounded({ n: a.size.n * b.size.d, d: a.size.d * b.size.n }, sign);
    }
    if (a.kind === 'infinite' || b.kind === 'infinite') {
      return a.kind === 'zero' || b.kind === 'zero' ? invalid : infinite(sign);
    }
    if (a.kind !== 'finite' || b.kind !== 'finite') return zero(sign);
    return rounded({ n: a.size.n * b.size.n, d: a.size.d * b.size.d }, sign);
  }
  const c: Value = operation === 'sub' ? { ...b, sign: !b.sign } : b;
  if (a.kind === 'infinite' && c.kind === 'infinite') return a.sign === c.sign ? infinite(a.sign) : invalid;
  if (a.kind === 'infinite') return infinite(a.sign);
  if (c.kind === 'infinite') return infinite(c.sign);
  if (a.kind === 'zero' && c.kind === 'zero') return zero(a.sign === c.sign ? a.sign : rounding === 'down');
  if (a.kind === 'finite' && c.kind === 'finite') {
    const sum = addSigned(a, c);
    return sum === 'zero' ? zero(rounding === 'down') : rounded(sum.size, sum.sign);
  }
  const only = a.kind === 'finite' ? a : c;
  if (only.kind !== 'finite') throw new Error('no number');
  return rounded(only.size, only.sign);
}

function load(at: number, bits: bigint, f: Format): void {
  module.view.setBigUint64(at + 8, 0n, true);
  module.view.setBigUint64(at, f === DOUBLE ? bits : bits | (0x3f800000n << 32n), true);
}
const result = (f: Format): bigint =>
  f === DOUBLE ? module.view.getBigUint64(R, true) : BigInt(module.view.getUint32(R, true));
const setMxcsr = (value: number): void => {
  module.view.setUint32(module.state('MXCSR'), value, true);
  module.view.setBigUint64(module.state('CR4'), 0x600n, true);
};
const mxcsrFlags = (): number => module.view.getUint32(module.state('MXCSR'), true) & 0x3f;

const OPERATIONS: ReadonlyArray<readonly [Operation, number]> = [
  ['add', codes.SSE_ADD],
  ['sub', codes.SSE_SUB],
  ['mul', codes.SSE_MUL],
  ['div', codes.SSE_DIV],
  ['sqrt', codes.SSE_SQRT],
];

describe.each([
  ['single', SINGLE, 0],
  ['double', DOUBLE, codes.SSE_DOUBLE],
] as const)('%s arithmetic', (_name, f, wide) => {
  it.each(OPERATIONS)('%s has exact results and flags in every rounding direction, DAZ and FTZ', (operation, code) => {
    for (let i = 0; i < 1500; i++) {
      const x = draw(f);
      const y = random.chance(0.1) ? x : draw(f);
      const rounding = ROUNDINGS[i & 3]!;
      const mxcsr = MASKS | ((i & 3) << 13) | (random.chance(0.3) ? DAZ : 0) | (random.chance(0.3) ? FTZ : 0);
      setMxcsr(mxcsr);
      load(A, x, f);
      load(B, y, f);
      module.call['sseArithmetic']!(STATE, OP, code | wide | codes.SSE_SCALAR, A, B, R);
      const want = expected(operation, x, y, f, rounding, mxcsr);
      const input = `${x.toString(16)} ${y.toString(16)} ${mxcsr.toString(16)}`;
      expect([input, result(f).toString(16), mxcsrFlags()]).toEqual([input, want.bits.toString(16), want.flags]);
    }
  });

  it.each(OPERATIONS)('%s tells exact results from those that are nearly exact', (operation, code) => {
    let exact = 0;
    const rounds = 3000;
    for (let i = 0; i < rounds; i++) {
      const x = drawShort(f);
      let y = drawShort(f);
      if (operation === 'sqrt') y &= ~(BigInt(2 * f.emax + 2) << BigInt(f.precision - 1));
      setMxcsr(MASKS);
      load(A, x, f);
      load(B, y, f);
      module.call['sseArithmetic']!(STATE, OP, code | wide | codes.SSE_SCALAR, A, B, R);
      const want = expected(operation, x, y, f, 'nearest', MASKS);
      const input = `${x.toString(16)} ${y.toString(16)}`;
      expect([input, result(f).toString(16), mxcsrFlags()]).toEqual([input, want.bits.toString(16), want.flags]);
      if (want.flags === 0) exact++;
    }
    expect(exact).toBeGreaterThan(rounds / 10);
    expect(exact).toBeLessThan(rounds * 0.9);
  });

  it('conversion to integers rounds or gives the integer indefinite', () => {
    for (let i = 0; i < 1500; i++) {
      const x = draw(f);
      const v = decodeIeee(x, f);
      const is64 = random.chance(0.5);
      const truncate = random.chance(0.5);
      const rounding = truncate ? 'zero' : ROUNDINGS[i & 3]!;
      setMxcsr(MASKS | ((i & 3) << 13));
      load(A, x, f);
      const code = (is64 ? codes.TO_64 : 0) | (f === DOUBLE ? codes.FROM_DOUBLE : 0) | (truncate ? codes.TRUNCATE : 0);
      const got = module.call['sseToInteger']!(STATE, OP, code, A) as bigint;
      const bits = is64 ? 64 : 32;
      let want = 1n << BigInt(bits - 1);
      let flags = IE;
      if (v.kind === 'zero') [want, flags] = [0n, 0];
      if (v.kind === 'finite') {
        const q = quantize(v.size, 0, rounding, v.sign);
        const value = v.sign ? -q.m : q.m;
        if (BigInt.asIntN(bits, value) === value) [want, flags] = [BigInt.asUintN(bits, value), q.inexact ? 0x20 : 0];
      }
      expect([BigInt.asUintN(64, got), mxcsrFlags()]).toEqual([want, flags]);
    }
  });
});

describe('NaN rules', () => {
  it('MIN and MAX give the second operand for NaN and for equal zeros', () => {
    const nan = 0x7fc00001n;
    for (const code of [codes.SSE_MIN, codes.SSE_MAX]) {
      for (const [x, y, flags] of [
        [nan, 0x3f800000n, IE],
        [0x3f800000n, nan, IE],
        [0x80000000n, 0n, 0],
        [0n, 0x80000000n, 0],
      ] as const) {
        setMxcsr(MASKS);
        load(A, x, SINGLE);
        load(B, y, SINGLE);
        module.call['sseArithmetic']!(STATE, OP, code | codes.SSE_SCALAR, A, B, R);
        expect([result(SINGLE), mxcsrFlags()]).toEqual([y, flags]);
      }
    }
  });

  it('unordered comparisons are invalid for COMISD but not for UCOMISD', () => {
    load(A, 0x7ff8000000000000n, DOUBLE);
    load(B, 0n, DOUBLE);
    setMxcsr(MASKS);
    expect(module.call['sseCompareFlags']!(STATE, OP, codes.SSE_DOUBLE, A, B)).toBe(0x45);
    expect(mxcsrFlags()).toBe(IE);
    setMxcsr(MASKS);
    expect(module.call['sseCompareFlags']!(STATE, OP, codes.SSE_DOUBLE | 1, A, B)).toBe(0x45);
    expect(mxcsrFlags()).toBe(0);
  });
});

describe('unmasked exceptions', () => {
  it('raise #XM, or #UD without CR4.OSXMMEXCPT, with the flags set', () => {
    load(A, 0x3ff0000000000000n, DOUBLE);
    load(B, 0n, DOUBLE);
    const divide = (): unknown =>
      module.call['sseArithmetic']!(STATE, OP, codes.SSE_DIV | codes.SSE_DOUBLE | codes.SSE_SCALAR, A, B, R);
    setMxcsr(MASKS & ~0x200);
    expect(divide).toThrow('exception 19');
    expect(mxcsrFlags()).toBe(ZE);
    setMxcsr(MASKS & ~0x200);
    module.view.setBigUint64(module.state('CR4'), 0x200n, true);
    expect(divide).toThrow('exception 6');
  });

  it('packed lanes report together', () => {
    setMxcsr(MASKS);
    module.view.setFloat32(A, 1, true);
    module.view.setFloat32(A + 4, 0, true);
    module.view.setFloat32(A + 8, 3e38, true);
    module.view.setFloat32(A + 12, 1, true);
    module.view.setFloat32(B, 0, true);
    module.view.setFloat32(B + 4, 0, true);
    module.view.setFloat32(B + 8, 1e-5, true);
    module.view.setFloat32(B + 12, 3, true);
    module.call['sseArithmetic']!(STATE, OP, codes.SSE_DIV, A, B, R);
    expect(mxcsrFlags()).toBe(IE | ZE | 8 | 0x20);
    expect(module.view.getFloat32(R + 12, true)).toBe(Math.fround(1 / 3));
  });
});
