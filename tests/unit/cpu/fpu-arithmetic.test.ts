import { beforeAll, describe, expect, it } from 'vitest';
import { loadFpuModule } from '../../support/cpu/fpu-module';
import {
  addSigned,
  compareRatios,
  DE,
  DEFAULT_NAN,
  decodeExtended,
  encodeExtended,
  type Extended,
  extended,
  IE,
  quantize,
  type Ratio,
  rootOf,
  type Rounding,
  ROUNDINGS,
  roundTo,
  type Value,
  ZE,
} from '../../support/cpu/reference-float';
import { controlWord, X87Stack } from '../../support/cpu/x87-stack';
import { Random } from '../../support/random';

const ADD = 0;
const MUL = 1;
const SUB = 4;
const DIV = 6;
const PRECISIONS = [24, 53, 64];
const TOP = 1n << 63n;

let stack: X87Stack;
beforeAll(async () => {
  stack = new X87Stack(await loadFpuModule());
}, 60_000);

const register = (mantissa: bigint, exponent: number): Extended => ({ mantissa, exponent });
const ONE = register(TOP, 0x3fff);
const INFINITY = register(TOP, 0x7fff);
const ZERO = register(0n, 0);

/** Numbers of every class, many of them near the borders of rounding and range. */
const EDGES: readonly Extended[] = [
  ZERO,
  register(0n, 0x8000),
  ONE,
  register(TOP, 0xbfff),
  register(TOP | 1n, 0x3fff),
  register((1n << 64n) - 1n, 0x3ffe),
  INFINITY,
  register(TOP, 0xffff),
  register(1n, 0),
  register(TOP - 1n, 0x8000),
  register(TOP, 0),
  register(TOP, 1),
  register((1n << 64n) - 1n, 0x7ffe),
  register((1n << 64n) - 1n, 0xfffe),
  register(TOP | (1n << 39n), 0x3fff),
  register(TOP | (1n << 10n), 0x3fff),
  register(TOP | (1n << 40n) | (1n << 39n), 0x3fff),
  register(0xc000000000000000n, 0x7fff),
  register(0xc000000000000001n, 0xffff),
  register(TOP | 1n, 0x7fff),
  register(TOP | 5n, 0xffff),
  register(TOP >> 1n, 0x3fff),
];

function randomRegister(next: () => number): Extended {
  const word = (): bigint => BigInt(Math.floor(next() * 0x100000000));
  let mantissa = (word() << 32n) | word();
  const pick = next();
  if (pick < 0.3) mantissa = (mantissa >> BigInt(Math.floor(next() * 64))) << BigInt(Math.floor(next() * 40));
  mantissa = (mantissa & (TOP - 1n)) | TOP;
  const sign = next() < 0.5 ? 0x8000 : 0;
  if (pick < 0.7) return register(mantissa, sign | (0x3fff + Math.floor(next() * 140) - 70));
  if (pick < 0.8) return register(mantissa, sign | (1 + Math.floor(next() * 70)));
  if (pick < 0.9) return register(mantissa, sign | (0x7ffe - Math.floor(next() * 70)));
  if (pick < 0.95) return register(mantissa & (TOP - 1n), sign);
  return register(mantissa, sign | (1 + Math.floor(next() * 0x7ffd)));
}

interface Expected {
  readonly value: Extended;
  readonly flags: number;
}

/** Intel SDM vol. 1, table 4-7. */
function nanResult(a: Value, b: Value): Expected | undefined {
  if (a.kind !== 'nan' && b.kind !== 'nan') return undefined;
  const invalid = (v: Value): boolean => v.kind === 'nan' && v.signalling;
  const flags = invalid(a) || invalid(b) ? IE : 0;
  if ((a.kind === 'nan' && a.unsupported) || (b.kind === 'nan' && b.unsupported))
    return { value: DEFAULT_NAN, flags: IE };
  let chosen = a.kind === 'nan' ? a : b;
  if (a.kind === 'nan' && b.kind === 'nan') {
    if (a.signalling !== b.signalling) chosen = a.signalling ? b : a;
    else if (a.mantissa !== b.mantissa) chosen = a.mantissa > b.mantissa ? a : b;
    else chosen = a.sign ? b : a;
  }
  if (chosen.kind !== 'nan') throw new Error('no NaN');
  return { value: register(chosen.mantissa | (1n << 62n), chosen.sign ? 0xffff : 0x7fff), flags };
}

const denormal = (...values: Value[]): number => (values.some((v) => v.kind === 'finite' && v.denormal) ? DE : 0);
const signed = (sign: boolean, value: Extended): Extended =>
  register(value.mantissa, value.exponent | (sign ? 0x8000 : 0));
const INVALID: Expected = { value: DEFAULT_NAN, flags: IE };

function finish(size: Ratio, sign: boolean, rounding: Rounding, precision: number, flags: number): Expected {
  const rounded = roundTo(size, extended(precision), rounding, sign);
  return { value: encodeExtended(rounded, sign), flags: flags | rounded.flags };
}

function expectAdd(a: Value, b: Value, rounding: Rounding, precision: number): Expected {
  const flags = denormal(a, b);
  if (a.kind === 'infinite' && b.kind === 'infinite') {
    return a.sign === b.sign ? { value: signed(a.sign, INFINITY), flags } : INVALID;
  }
  if (a.kind === 'infinite') return { value: signed(a.sign, INFINITY), flags };
  if (b.kind === 'infinite') return { value: signed(b.sign, INFINITY), flags };
  if (a.kind === 'zero' && b.kind === 'zero') {
    return { value: signed(a.sign === b.sign ? a.sign : rounding === 'down', ZERO), flags };
  }
  if (a.kind === 'finite' && b.kind === 'finite') {
    const sum = addSigned(a, b);
    if (sum === 'zero') return { value: signed(rounding === 'down', ZERO), flags };
    return finish(sum.size, sum.sign, rounding, precision, flags);
  }
  const only = a.kind === 'finite' ? a : b;
  if (only.kind !== 'finite') throw new Error('no number');
  return finish(only.size, only.sign, rounding, precision, flags);
}

function expectMultiply(a: Value, b: Value, rounding: Rounding, precision: number): Expected {
  const sign = a.sign !== b.sign;
  if (a.kind === 'infinite' || b.kind === 'infinite') {
    if (a.kind === 'zero' || b.kind === 'zero') return INVALID;
    return { value: signed(sign, INFINITY), flags: denormal(a, b) };
  }
  if (a.kind !== 'finite' || b.kind !== 'finite') return { value: signed(sign, ZERO), flags: denormal(a, b) };
  return finish({ n: a.size.n * b.size.n, d: a.size.d * b.size.d }, sign, rounding, precision, denormal(a, b));
}

function expectDivide(a: Value, b: Value, rounding: Rounding, precision: number): Expected {
  const sign = a.sign !== b.sign;
  if (a.kind === b.kind && a.kind !== 'finite') return INVALID;
  if (a.kind === 'infinite') return { value: signed(sign, INFINITY), flags: denormal(b) };
  if (b.kind === 'zero') return { value: signed(sign, INFINITY), flags: ZE };
  if (a.kind !== 'finite' || b.kind !== 'finite') return { value: signed(sign, ZERO), flags: denormal(a, b) };
  return finish({ n: a.size.n * b.size.d, d: a.size.d * b.size.n }, sign, rounding, precision, denormal(a, b));
}

function expected(operation: number, x: Extended, y: Extended, rounding: Rounding, precision: number): Expected {
  const a = decodeExtended(x);
  const b = decodeExtended(y);
  const nan = nanResult(a, b);
  if (nan) return nan;
  if (operation === ADD) return expectAdd(a, b, rounding, precision);
  if (operation === SUB) return expectAdd(a, { ...b, sign: !b.sign }, rounding, precision);
  if (operation === MUL) return expectMultiply(a, b, rounding, precision);
  return expectDivide(a, b, rounding, precision);
}

const show = ({ mantissa, exponent }: Extended): string => `${exponent.toString(16)}:${mantissa.toString(16)}`;

function check(operation: number, x: Extended, y: Extended, rounding: Rounding, precision: number): void {
  stack.load(controlWord(rounding, precision), x, y);
  stack.run('x87Arithmetic', [operation, 0], 1);
  const want = expected(operation, x, y, rounding, precision);
  const got = `${show(stack.st(0))} ${stack.flags.toString(16)}`;
  if (got !== `${show(want.value)} ${want.flags.toString(16)}`) {
    const text = `${operation}: ${show(x)} ${show(y)} ${rounding} ${precision}`;
    expect(`${text} = ${got}`).toBe(`${text} = ${show(want.value)} ${want.flags.toString(16)}`);
  }
}

describe.each([
  ['FADD', ADD],
  ['FSUB', SUB],
  ['FMUL', MUL],
  ['FDIV', DIV],
])('%s', (_name, operation) => {
  it('gives the exact result rounded for every pair of edge values', () => {
    for (const x of EDGES) {
      for (const y of EDGES) {
        for (const rounding of ROUNDINGS)
          for (const precision of PRECISIONS) check(operation, x, y, rounding, precision);
      }
    }
  });

  it('gives the exact result rounded for random operands', () => {
    const random = new Random(operation + 1);
    const next = (): number => random.next();
    for (let i = 0; i < 4000; i++) {
      const x = randomRegister(next);
      const y = next() < 0.1 ? register(x.mantissa, x.exponent ^ (next() < 0.5 ? 0x8000 : 0)) : randomRegister(next);
      check(operation, x, y, ROUNDINGS[i & 3]!, PRECISIONS[i % 3]!);
    }
  });
});

describe('FSQRT', () => {
  it('rounds the exact root', () => {
    const random = new Random(9);
    const next = (): number => random.next();
    for (let i = 0; i < 1500; i++) {
      const drawn = i < EDGES.length ? EDGES[i]! : randomRegister(next);
      const x = decodeExtended(drawn);
      const rounding = ROUNDINGS[i & 3]!;
      const precision = PRECISIONS[i % 3]!;
      stack.load(controlWord(rounding, precision), drawn);
      stack.run('x87Fsqrt', [], 0);
      const nan = nanResult(x, x);
      let want: Expected;
      if (nan) want = nan;
      else if (x.kind === 'zero') want = { value: drawn, flags: 0 };
      else if (x.sign) want = INVALID;
      else if (x.kind !== 'finite') want = { value: drawn, flags: 0 };
      else want = finish(rootOf(x.size), false, rounding, precision, denormal(x));
      expect([show(drawn), show(stack.st(0)), stack.flags]).toEqual([show(drawn), show(want.value), want.flags]);
    }
  });
});

describe('FRNDINT, FPREM and FPREM1', () => {
  it('FRNDINT rounds to an integer in each direction', () => {
    const random = new Random(21);
    const next = (): number => random.next();
    for (let i = 0; i < 800; i++) {
      const drawn = randomRegister(next);
      const x = decodeExtended(drawn);
      if (x.kind !== 'finite') continue;
      const rounding = ROUNDINGS[i & 3]!;
      stack.load(controlWord(rounding), drawn);
      stack.run('x87Frndint', [], 0);
      const q = quantize(x.size, 0, rounding, x.sign);
      const value = encodeExtended({ m: q.m, e: 0, infinite: false, flags: 0 }, x.sign);
      const big = compareRatios(x.size, { n: 1n << 63n, d: 1n }) >= 0;
      const flags = denormal(x) | (q.inexact ? 0x20 : 0) | (q.up ? 0x200 : 0);
      expect([show(stack.st(0)), stack.flags]).toEqual([show(big ? drawn : value), big ? 0 : flags]);
    }
  });

  it.each([
    ['x87Fprem', false],
    ['x87Fprem1', true],
  ])('%s reduces exactly and leaves the low bits of the quotient', (name, nearest) => {
    const random = new Random(33);
    const next = (): number => random.next();
    for (let i = 0; i < 800; i++) {
      const drawnX = randomRegister(next);
      const drawnY = randomRegister(next);
      const x = decodeExtended(drawnX);
      const y = decodeExtended(drawnY);
      if (x.kind !== 'finite' || y.kind !== 'finite') continue;
      stack.load(controlWord('nearest'), drawnX, drawnY);
      let steps = 0;
      do {
        stack.run(name, [], 0);
        steps++;
      } while ((stack.status & 0x400) !== 0 && steps < 2000);
      const ratio: Ratio = { n: x.size.n * y.size.d, d: x.size.d * y.size.n };
      const q = quantize(ratio, 0, nearest ? 'nearest' : 'zero', false).m;
      const rest = addSigned({ sign: x.sign, size: x.size }, { sign: !x.sign, size: { n: y.size.n * q, d: y.size.d } });
      const want =
        rest === 'zero'
          ? signed(x.sign, ZERO)
          : encodeExtended(roundTo(rest.size, extended(64), 'nearest', rest.sign), rest.sign);
      expect([show(drawnX), show(drawnY), show(stack.st(0))]).toEqual([show(drawnX), show(drawnY), show(want)]);
      if (steps === 1) {
        const bits = (stack.status & 0x100 ? 4 : 0) | (stack.status & 0x4000 ? 2 : 0) | (stack.status & 0x200 ? 1 : 0);
        expect(bits).toBe(Number(q & 7n));
      }
    }
  });
});

describe('unmasked exceptions', () => {
  it('an unmasked invalid operation leaves the operands, sets ES and B, and the next waiting instruction faults', () => {
    stack.load(controlWord('nearest', 64, 0x3e), INFINITY, signed(true, INFINITY));
    stack.run('x87Arithmetic', [ADD, 2], 1);
    expect(stack.status & 0x80ff).toBe(0x8081);
    expect(stack.st(0)).toEqual(INFINITY);
    expect(stack.isEmpty(0)).toBe(false);
    expect(() => stack.run('x87Fsqrt', [], 0)).toThrow('exception 16');
    stack.run('x87Fnclex');
    stack.run('x87Fsqrt', [], 0);
    expect(show(stack.st(0))).toBe(show(INFINITY));
  });

  it('an unmasked overflow delivers the result with its exponent moved by 24576', () => {
    const big = register(TOP, 0x7ffe);
    stack.load(controlWord('nearest', 64, 0x37), big, big);
    stack.run('x87Arithmetic', [MUL, 0], 1);
    expect(stack.status & 0xff).toBe(0x88);
    expect(show(stack.st(0))).toBe(show(register(TOP, 2 * 0x7ffe - 0x3fff - 24576)));
  });

  it('with CR0.NE clear FERR# rises instead of a fault and falls with FNCLEX', () => {
    const { view } = stack.module;
    stack.load(controlWord('nearest', 64, 0x3b), ONE, ZERO);
    view.setBigUint64(stack.module.state('CR0'), 0n, true);
    stack.run('x87Arithmetic', [DIV, 0], 1);
    expect(view.getUint32(stack.module.state('FERR'), true)).toBe(1);
    stack.run('x87Fxam', [], 0);
    stack.run('x87Fnclex');
    expect(view.getUint32(stack.module.state('FERR'), true)).toBe(0);
  });
});

describe('the stack', () => {
  it('reports overflow with C1 set and underflow with C1 clear, giving NaNs', () => {
    stack.load(controlWord('nearest'), ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE);
    stack.run('x87Load', [2, 5n]);
    expect(stack.flags).toBe(0x241);
    expect(show(stack.st(0))).toBe(show(DEFAULT_NAN));
    stack.load(controlWord('nearest'));
    stack.run('x87Arithmetic', [ADD, 0], 1);
    expect(stack.flags).toBe(0x41);
    expect(show(stack.st(0))).toBe(show(DEFAULT_NAN));
    expect(stack.isEmpty(0)).toBe(false);
  });

  it('FXCH, FST, FFREE and the TOP moves work on registers as they are', () => {
    const nan = register(TOP | 7n, 0x7fff);
    stack.load(controlWord('nearest'), ONE, nan);
    stack.run('x87Fxch', [], 1);
    expect([show(stack.st(0)), show(stack.st(1)), stack.flags]).toEqual([show(nan), show(ONE), 0]);
    stack.run('x87FstSti', [0], 5);
    expect([show(stack.st(5)), stack.isEmpty(5)]).toEqual([show(nan), false]);
    stack.run('x87Ffree', [0], 5);
    expect(stack.isEmpty(5)).toBe(true);
    stack.run('x87MoveTop', [-1], 0);
    expect(stack.top).toBe(7);
    expect(stack.isEmpty(0)).toBe(true);
    stack.run('x87MoveTop', [1], 0);
    expect(stack.top).toBe(0);
  });
});
