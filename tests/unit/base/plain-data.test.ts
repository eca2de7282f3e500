import { describe, expect, it } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { decodePlain, encodePlain, type PlainData } from '../../../src/base/plain-data';
import { Random } from '../../support/random';

const values: PlainData[] = [
  null,
  true,
  false,
  0,
  -1,
  0x7fffffff,
  -0x80000000,
  0xffffffff,
  2 ** 40,
  0.1,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  '',
  'Größe 🧊',
  0n,
  -1n,
  2n ** 64n - 1n,
  -(2n ** 80n),
  new Uint8Array(0),
  new Uint8Array([1, 2, 255]),
  [],
  [1, [2, [3]]],
  {},
  { a: 1, b: { c: [new Uint8Array([9]), 5n] }, '': null },
];

describe('plain data', () => {
  it.each(values.map((value) => [value]))('survives: %o', (value) => {
    expect(decodePlain(encodePlain(value))).toEqual(value);
  });

  it('keeps minus zero and leaves undefined fields out', () => {
    expect(Object.is(decodePlain(encodePlain(-0)), -0)).toBe(true);
    expect(decodePlain(encodePlain({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  it('takes a field named __proto__ as any other', () => {
    const json = JSON.parse('{"__proto__": {"x": 1}}') as PlainData;
    const back = decodePlain(encodePlain(json)) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['__proto__']);
  });

  it('refuses what is not plain', () => {
    for (const odd of [() => 1, new Map(), new Date(), Symbol('x'), [undefined]]) {
      expect(() => encodePlain(odd as never)).toThrow(VmError);
    }
    let deep: PlainData = [];
    for (let i = 0; i < 100; i++) deep = [deep];
    expect(() => encodePlain(deep)).toThrow(VmError);
  });

  it('answers damaged bytes with an error, and small ones cost little memory', () => {
    const random = new Random(4);
    const good = encodePlain(values);
    for (let round = 0; round < 5000; round++) {
      const bytes = good.slice(0, random.chance(0.3) ? random.below(good.length) : good.length);
      for (let i = random.below(4); i >= 0 && bytes.length > 0; i--)
        bytes[random.below(bytes.length)] = random.below(256);
      try {
        decodePlain(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'snapshot-corrupt' });
      }
    }
    // A list of 2^40 items in six bytes.
    expect(() => decodePlain(new Uint8Array([8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]))).toThrow('cut off');
    expect(() => decodePlain(new Uint8Array(200).fill(8))).toThrow(VmError);
  });
});
