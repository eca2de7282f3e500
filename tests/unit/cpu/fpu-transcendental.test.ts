import { beforeAll, describe, expect, it } from 'vitest';
import { loadFpuModule } from '../../support/cpu/fpu-module';
import {
  decodeExtended,
  DEFAULT_NAN,
  type Extended,
  exponentOf,
  IE,
  PE,
  power,
  type Ratio,
  ZE,
} from '../../support/cpu/reference-float';
import { controlWord, X87Stack } from '../../support/cpu/x87-stack';
import { Random } from '../../support/random';

/** Reference values by power series on integers scaled by 2^BITS. */
const BITS = 320n;
const UNIT = 1n << BITS;
const TOP = 1n << 63n;

const fixed = (r: Ratio): bigint => (r.n << BITS) / r.d;
const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const divide = (a: bigint, b: bigint): bigint => (a << BITS) / b;

function series(first: bigint, next: (term: bigint, k: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = next(term, k);
  }
  return sum;
}
const sine = (x: bigint): bigint => series(x, (t, k) => -multiply(t, multiply(x, x)) / (2n * k * (2n * k + 1n)));
const cosine = (x: bigint): bigint => series(UNIT, (t, k) => -multiply(t, multiply(x, x)) / ((2n * k - 1n) * (2n * k)));
const exponentialMinusOne = (x: bigint): bigint => series(x, (t, k) => multiply(t, x) / (k + 1n));
function oddSeries(t: bigint, alternating: boolean): bigint {
  const z = multiply(t, t);
  let sum = 0n;
  let p = t;
  for (let k = 0n; p !== 0n && p !== -1n; k++) {
    sum += (alternating && k & 1n ? -p : p) / (2n * k + 1n);
    p = multiply(p, z);
  }
  return sum;
}
const logarithm = (x: bigint): bigint => {
  // ln x = ln(x / 2^k) + k ln 2
  let k = 0n;
  let m = x;
  while (m > (UNIT * 3n) / 2n) {
    m >>= 1n;
    k++;
  }
  while (m < (UNIT * 3n) / 4n) {
    m <<= 1n;
    k--;
  }
  return 2n * oddSeries(divide(m - UNIT, m + UNIT), false) + k * LN2;
};
const LN2 = 2n * oddSeries(UNIT / 3n, false);
const PI = 16n * oddSeries(UNIT / 5n, true) - 4n * oddSeries(UNIT / 239n, true);
/** pi as the x87 reduces with: 66 bits (Intel SDM vol. 1, 8.3.8). */
const PI66 = 0xc90fdaa22168c234cn << (BITS - 66n);

let stack: X87Stack;
beforeAll(async () => {
  stack = new X87Stack(await loadFpuModule());
}, 60_000);

const register = (mantissa: bigint, exponent: number): Extended => ({ mantissa, exponent });
const ONE = register(TOP, 0x3fff);
const ZERO = register(0n, 0);
const INFINITY = register(TOP, 0x7fff);

function valueOf(r: Extended): bigint {
  const v = decodeExtended(r);
  if (v.kind === 'zero') return 0n;
  if (v.kind !== 'finite') throw new Error(`${r.exponent.toString(16)}:${r.mantissa.toString(16)} is no number`);
  const size = fixed(v.size);
  return v.sign ? -size : size;
}

/** Distance from `want` in units of the last place of `got`. */
function error(got: Extended, want: bigint): number {
  const v = decodeExtended(got);
  if (v.kind !== 'finite') return want === 0n ? 0 : Number.POSITIVE_INFINITY;
  const ulp = fixed(power(exponentOf(v.size) - 63));
  const difference = valueOf(got) - want;
  return Number(((difference < 0n ? -difference : difference) * 1000n) / ulp) / 1000;
}

const random = new Random(77);
function randomNumber(least: number, greatest: number): Extended {
  const mantissa = TOP | (BigInt(Math.floor(random.next() * 0x80000000)) << 32n) | BigInt(random.below(0x100000000));
  const exponent = 0x3fff + least + random.below(greatest - least + 1);
  return register(mantissa, exponent | (random.chance(0.5) ? 0x8000 : 0));
}

/** Sine and cosine from |x| less the nearest multiple of the hardware's pi/2. */
function sineAndCosine(x: bigint): [bigint, bigint] {
  const size = x < 0n ? -x : x;
  const half = PI66 / 2n;
  const n = (size + half / 2n) / half;
  const r = size - n * half;
  const [s, c] = [sine(r), cosine(r)];
  const quadrant = Number(n & 3n);
  const sines = [s, c, -s, -c];
  const cosines = [c, -s, -c, s];
  return [x < 0n ? -sines[quadrant]! : sines[quadrant]!, cosines[quadrant]!];
}

describe('trigonometric functions', () => {
  it('FSIN, FCOS and FSINCOS are within 0.51 ulp up to large arguments', () => {
    for (let i = 0; i < 150; i++) {
      const x = randomNumber(-20, i < 100 ? 3 : 60);
      const [s, c] = sineAndCosine(valueOf(x));
      stack.load(controlWord('nearest'), x);
      stack.run('x87Fsin', [], 0);
      expect(error(stack.st(0), s)).toBeLessThan(0.51);
      stack.load(controlWord('nearest'), x);
      stack.run('x87Fcos', [], 0);
      expect(error(stack.st(0), c)).toBeLessThan(0.51);
      expect(stack.status & 0x400).toBe(0);
      stack.load(controlWord('nearest'), x);
      stack.run('x87Fsincos', [], 0);
      expect(error(stack.st(1), s)).toBeLessThan(0.51);
      expect(error(stack.st(0), c)).toBeLessThan(0.51);
    }
  });

  it('FPTAN gives the tangent and pushes 1', () => {
    for (let i = 0; i < 100; i++) {
      const x = randomNumber(-60, 20);
      const [s, c] = sineAndCosine(valueOf(x));
      stack.load(controlWord('nearest'), x);
      stack.run('x87Fptan', [], 0);
      expect(stack.st(0)).toEqual(ONE);
      expect(error(stack.st(1), divide(s, c))).toBeLessThan(0.51);
    }
  });

  it('arguments of 2^63 and more are left with C2 set', () => {
    for (const name of ['x87Fsin', 'x87Fcos', 'x87Fsincos', 'x87Fptan']) {
      const x = register(TOP | 12345n, 0x3fff + 63);
      stack.load(controlWord('nearest'), x);
      stack.run(name, [], 0);
      expect([stack.st(0), stack.status & 0x43f, stack.top]).toEqual([x, 0x400, 0]);
    }
  });

  it('zeros are exact and infinities invalid', () => {
    stack.load(controlWord('nearest'), register(0n, 0x8000));
    stack.run('x87Fsin', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([register(0n, 0x8000), 0]);
    stack.load(controlWord('nearest'), ZERO);
    stack.run('x87Fcos', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([ONE, 0]);
    stack.load(controlWord('nearest'), INFINITY);
    stack.run('x87Fsin', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([DEFAULT_NAN, IE]);
  });

  it('tiny arguments round in the direction of the true value', () => {
    const x = register(TOP, 0x3fff - 100);
    stack.load(controlWord('down'), x);
    stack.run('x87Fsin', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([register((1n << 64n) - 1n, 0x3fff - 101), PE]);
    stack.load(controlWord('up'), x);
    stack.run('x87Fptan', [], 0);
    expect(stack.st(1)).toEqual(register(TOP | 1n, 0x3fff - 100));
  });
});

describe('FPATAN', () => {
  it('is within 0.51 ulp in every quadrant', () => {
    for (let i = 0; i < 120; i++) {
      const x = randomNumber(-6, 6);
      const y = randomNumber(-6, 6);
      let [n, d] = [valueOf(y), valueOf(x)];
      const [signY, signX] = [n < 0n, d < 0n];
      n = signY ? -n : n;
      d = signX ? -d : d;
      const steep = n > d;
      let q = steep ? divide(d, n) : divide(n, d);
      // atan q = 2 atan(q / (1 + sqrt(1 + q^2))), three times
      let doublings = 0n;
      while (doublings < 3n) {
        let root = UNIT + q / 2n;
        const square = UNIT * UNIT + q * q;
        for (let k = 0; k < 12; k++) root = (root + square / root) / 2n;
        q = divide(q, UNIT + root);
        doublings++;
      }
      q = oddSeries(q, true) << doublings;
      if (steep) q = PI / 2n - q;
      if (signX) q = PI - q;
      stack.load(controlWord('nearest'), x, y);
      stack.run('x87Fpatan', [], 0);
      expect(error(stack.st(0), signY ? -q : q)).toBeLessThan(0.51);
    }
  });

  it('knows its special operands', () => {
    const cases: [Extended, Extended, bigint][] = [
      [ZERO, ONE, PI / 2n],
      [INFINITY, INFINITY, PI / 4n],
      [register(TOP, 0xffff), INFINITY, (PI * 3n) / 4n],
      [register(TOP, 0xbfff), ZERO, PI],
    ];
    for (const [x, y, want] of cases) {
      stack.load(controlWord('nearest'), x, y);
      stack.run('x87Fpatan', [], 0);
      expect(error(stack.st(0), want)).toBeLessThan(0.51);
      expect(stack.flags & ~0x200).toBe(PE);
    }
    stack.load(controlWord('nearest'), ONE, register(0n, 0x8000));
    stack.run('x87Fpatan', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([register(0n, 0x8000), 0]);
  });
});

describe('F2XM1, FYL2X and FYL2XP1', () => {
  it('F2XM1 is within 0.51 ulp between -1 and 1 and exact at the ends', () => {
    for (let i = 0; i < 120; i++) {
      const x = randomNumber(-60, -1);
      stack.load(controlWord('nearest'), x);
      stack.run('x87F2xm1', [], 0);
      expect(error(stack.st(0), exponentialMinusOne(multiply(valueOf(x), LN2)))).toBeLessThan(0.51);
    }
    stack.load(controlWord('nearest'), register(TOP, 0xbfff));
    stack.run('x87F2xm1', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([register(TOP, 0xbffe), 0]);
  });

  it('FYL2X is within 0.51 ulp and exact for powers of two', () => {
    for (let i = 0; i < 120; i++) {
      const drawn = randomNumber(i < 60 ? -1 : -40, i < 60 ? 0 : 40);
      const x = register(drawn.mantissa, drawn.exponent & 0x7fff);
      const y = randomNumber(-4, 4);
      stack.load(controlWord('nearest'), x, y);
      stack.run('x87Fyl2x', [], 0);
      expect(error(stack.st(0), multiply(valueOf(y), divide(logarithm(valueOf(x)), LN2)))).toBeLessThan(0.51);
    }
    stack.load(controlWord('nearest'), register(TOP, 0x3fff + 10), ONE);
    stack.run('x87Fyl2x', [], 0);
    expect([valueOf(stack.st(0)), stack.flags]).toEqual([10n * UNIT, 0]);
  });

  it('FYL2X of zero divides by zero, of negative numbers is invalid', () => {
    stack.load(controlWord('nearest'), ZERO, ONE);
    stack.run('x87Fyl2x', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([register(TOP, 0xffff), ZE]);
    stack.load(controlWord('nearest'), register(TOP, 0xbfff), ONE);
    stack.run('x87Fyl2x', [], 0);
    expect([stack.st(0), stack.flags]).toEqual([DEFAULT_NAN, IE]);
  });

  it('FYL2XP1 keeps its precision near zero', () => {
    for (let i = 0; i < 120; i++) {
      const x = randomNumber(-50, -3);
      const y = randomNumber(-4, 4);
      stack.load(controlWord('nearest'), x, y);
      stack.run('x87Fyl2xp1', [], 0);
      const t = divide(valueOf(x), 2n * UNIT + valueOf(x));
      const want = multiply(valueOf(y), divide(2n * oddSeries(t, false), LN2));
      expect(error(stack.st(0), want)).toBeLessThan(0.51);
    }
  });
});
