import { beforeAll, describe, expect, it } from 'vitest';
import { DATA, loadFpuModule } from '../../support/cpu/fpu-module';
import {
  decodeExtended,
  decodeIeee,
  DOUBLE,
  encodeExtended,
  encodeIeee,
  type Extended,
  type Format,
  OE,
  quantize,
  ROUNDINGS,
  roundTo,
  SINGLE,
  UE,
} from '../../support/cpu/reference-float';
import { controlWord, X87Stack } from '../../support/cpu/x87-stack';
import { Random } from '../../support/random';

const TOP = 1n << 63n;
const M32 = 0;
const M64 = 1;
const I32 = 2;
const I16 = 3;
const I64 = 4;

let stack: X87Stack;
beforeAll(async () => {
  stack = new X87Stack(await loadFpuModule());
}, 60_000);

const register = (mantissa: bigint, exponent: number): Extended => ({ mantissa, exponent });
const ONE = register(TOP, 0x3fff);
const text = ({ mantissa, exponent }: Extended): string => `${exponent.toString(16)}:${mantissa.toString(16)}`;
const random = new Random(5);
const word64 = (): bigint => (BigInt(random.below(0x100000000)) << 32n) | BigInt(random.below(0x100000000));

function memory(size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(stack.module.view.getUint8(DATA + i));
  return value;
}
function setMemory(size: number, value: bigint): void {
  for (let i = 0; i < size; i++) stack.module.view.setUint8(DATA + i, Number((value >> BigInt(8 * i)) & 0xffn));
}

describe('FLD and FILD', () => {
  it.each([
    ['m32', M32, SINGLE, 32],
    ['m64', M64, DOUBLE, 64],
  ] as const)('%s loads every number exactly', (_name, format, description, bits) => {
    for (let i = 0; i < 1000; i++) {
      const mask = i % 3 ? -1n : (1n << BigInt(bits - 1)) | ((1n << BigInt(random.below(bits))) - 1n);
      const drawn = BigInt.asUintN(bits, word64() & mask);
      const value = decodeIeee(drawn, description);
      stack.load(controlWord('nearest'));
      stack.run('x87Load', [format, drawn]);
      const got = decodeExtended(stack.st(0));
      if (value.kind === 'nan') {
        expect(got.kind).toBe('nan');
        expect(stack.flags).toBe(value.signalling ? 1 : 0);
      } else if (value.kind === 'finite') {
        const exact = roundTo(value.size, { precision: 64, emin: -16382, emax: 16383 }, 'zero', value.sign);
        expect(text(stack.st(0))).toBe(text(encodeExtended(exact, value.sign)));
        expect(stack.flags).toBe(value.denormal ? 2 : 0);
      } else expect(got).toEqual(value);
    }
  });

  it('integers of all sizes', () => {
    const cases: [number, bigint, bigint][] = [
      [I16, 0x8000n, -32768n],
      [I16, 0x7fffn, 32767n],
      [I32, 0xffffffffn, -1n],
      [I32, 0x80000000n, -0x80000000n],
      [I64, 1n << 63n, -(1n << 63n)],
      [I64, (1n << 63n) - 1n, (1n << 63n) - 1n],
      [I64, 0n, 0n],
    ];
    for (const [format, bits, want] of cases) {
      stack.load(controlWord('nearest'));
      stack.run('x87Load', [format, bits]);
      stack.run('x87FistpM64');
      expect(BigInt.asIntN(64, memory(8))).toBe(want);
    }
  });
});

describe('FST and FSTP', () => {
  it.each([
    ['x87FstpM32', SINGLE, 4],
    ['x87FstpM64', DOUBLE, 8],
  ] as const)('%s rounds like the exact model', (name, format: Format, size) => {
    for (let i = 0; i < 2000; i++) {
      const near = [format.emin - 30 + random.below(60), format.emax - 2 + random.below(4), random.below(60) - 30];
      const mantissa = TOP | (i % 2 ? word64() : word64() & (-1n << BigInt(30 + random.below(34))));
      const sign = random.chance(0.5);
      const x = register(BigInt.asUintN(64, mantissa), (0x3fff + near[i % 3]!) | (sign ? 0x8000 : 0));
      const rounding = ROUNDINGS[i & 3]!;
      const value = decodeExtended(x);
      if (value.kind !== 'finite') throw new Error('no number');
      const want = roundTo(value.size, format, rounding, sign);
      stack.load(controlWord(rounding), x);
      stack.run(name);
      expect([memory(size).toString(16), stack.flags]).toEqual([
        encodeIeee(want, sign, format).toString(16),
        want.flags,
      ]);
      expect(stack.isEmpty(7)).toBe(true);
    }
  });

  it('an unmasked overflow or underflow stores nothing and does not pop', () => {
    for (const [exponent, flag] of [
      [0x3fff + 200, OE],
      [0x3fff - 200, UE],
    ] as const) {
      setMemory(8, 0x1122334455667788n);
      stack.load(controlWord('nearest', 64, 0x3f & ~(OE | UE)), register(TOP | 1n, exponent));
      stack.run('x87FstpM32');
      expect(memory(8)).toBe(0x1122334455667788n);
      expect([stack.isEmpty(0), stack.flags]).toEqual([false, flag]);
    }
  });

  it('80-bit values pass through unchanged, signalling NaNs too', () => {
    const x = register(TOP | 3n, 0x7fff);
    stack.load(controlWord('nearest'), x);
    stack.run('x87FstpM80');
    expect(memory(10)).toBe((0x7fffn << 64n) | x.mantissa);
    stack.run('x87FldM80');
    expect([stack.st(0), stack.flags]).toEqual([x, 0]);
  });
});

describe('FIST, FISTTP', () => {
  it.each([
    ['x87FistpM16', 2, false],
    ['x87FistpM32', 4, false],
    ['x87FistpM64', 8, false],
    ['x87FisttpM16', 2, true],
    ['x87FisttpM32', 4, true],
    ['x87FisttpM64', 8, true],
  ] as const)('%s rounds, and gives the integer indefinite out of range', (name, size, truncates) => {
    const bits = BigInt(8 * size);
    for (let i = 0; i < 600; i++) {
      const sign = random.chance(0.5);
      const exponent = 0x3fff + random.below(8 * size + 6) - 4;
      const mantissa = BigInt.asUintN(64, TOP | (word64() & (-1n << BigInt(random.below(64)))));
      const x = register(mantissa, exponent | (sign ? 0x8000 : 0));
      const value = decodeExtended(x);
      if (value.kind !== 'finite') throw new Error('no number');
      const rounding = ROUNDINGS[i & 3]!;
      const q = quantize(value.size, 0, truncates ? 'zero' : rounding, sign);
      const want = sign ? -q.m : q.m;
      const fits = BigInt.asIntN(Number(bits), want) === want;
      stack.load(controlWord(rounding), x);
      stack.run(name);
      const flags = fits ? (q.inexact ? 0x20 : 0) | (q.up ? 0x200 : 0) : 1;
      const stored = fits ? BigInt.asUintN(Number(bits), want) : 1n << (bits - 1n);
      expect([text(x), memory(size).toString(16), stack.flags]).toEqual([text(x), stored.toString(16), flags]);
    }
  });
});

describe('packed decimal', () => {
  it('FBLD and FBSTP keep 18 digits and the sign', () => {
    for (let i = 0; i < 300; i++) {
      let digits = 0n;
      for (let k = 0; k < 18; k++) digits = (digits << 4n) | BigInt(random.below(10));
      const image = digits | (random.chance(0.5) ? 1n << 79n : 0n);
      setMemory(10, image);
      stack.load(controlWord('nearest'));
      stack.run('x87Fbld');
      const decimal = BigInt(digits.toString(16));
      const value = decodeExtended(stack.st(0));
      if (value.kind === 'finite') expect(value.size.n / value.size.d).toBe(decimal);
      setMemory(10, 0n);
      stack.run('x87Fbstp');
      expect(memory(10)).toBe(image);
    }
  });

  it('FBSTP of 10^18 is invalid', () => {
    stack.load(controlWord('nearest'));
    stack.run('x87Load', [I64, 10n ** 18n]);
    stack.run('x87Fbstp');
    expect([memory(10), stack.flags]).toEqual([0xffffc000000000000000n, 1]);
  });
});

describe('comparisons', () => {
  it('FCOM sets C3 C2 C0, FUCOM is quiet about quiet NaNs', () => {
    const two = register(TOP, 0x4000);
    const nan = register(0xc000000000000000n, 0x7fff);
    const cases: [Extended, Extended, number, number, number][] = [
      [ONE, two, 0x100, 0, 0],
      [two, ONE, 0, 0, 0],
      [ONE, ONE, 0x4000, 0, 0],
      [ONE, nan, 0x4500, 1, 0],
      [register(0n, 0), register(0n, 0x8000), 0x4000, 0, 0],
    ];
    for (const [a, b, conditions, ordered, quiet] of cases) {
      stack.load(controlWord('nearest'), a, b);
      stack.run('x87Compare', [0, 0], 1);
      expect([stack.status & 0x4700, stack.flags & 0x3f]).toEqual([conditions, ordered]);
      stack.load(controlWord('nearest'), a, b);
      stack.run('x87Compare', [1, 0], 1);
      expect([stack.status & 0x4700, stack.flags & 0x3f]).toEqual([conditions, quiet]);
    }
  });

  it('FXAM tells every class', () => {
    const cases: [Extended, number][] = [
      [register(TOP >> 1n, 0x3fff), 0],
      [register(TOP | 1n, 0x7fff), 0x100],
      [ONE, 0x400],
      [register(TOP, 0xffff), 0x700],
      [register(0n, 0), 0x4000],
      [register(1n, 0x8000), 0x4600],
    ];
    for (const [x, conditions] of cases) {
      stack.load(controlWord('nearest'), x);
      stack.run('x87Fxam', [], 0);
      expect(stack.status & 0x4700).toBe(conditions);
    }
    stack.load(controlWord('nearest'));
    stack.run('x87Fxam', [], 0);
    expect(stack.status & 0x4500).toBe(0x4100);
  });
});
