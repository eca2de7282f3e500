import { beforeAll, describe, expect, test } from 'vitest';
import { CpuMachine } from '../../support/cpu/cpu-machine';

/**
 * Every 8-bit operation on every pair of operands and both carries, against a model that works on single bits. The guest runs the
 * operation and stores result and flags in a table.
 */

const CF = 1;
const PF = 4;
const AF = 16;
const ZF = 64;
const SF = 128;
const OF = 0x800;
const TABLE = 0x100000;

interface Result {
  value: number;
  flags: number;
}
type Model = (a: number, b: number, cf: number) => Result;

function parity(value: number): number {
  let ones = 0;
  for (let i = 0; i < 8; i++) ones += (value >> i) & 1;
  return ones % 2 === 0 ? PF : 0;
}
const szp = (value: number): number => (value === 0 ? ZF : 0) | (value & 0x80 ? SF : 0) | parity(value);

/** Adds bit by bit. */
function addBits(a: number, b: number, carryIn: number): Result {
  let carry = carryIn;
  let value = 0;
  let flags = 0;
  let into7 = 0;
  for (let i = 0; i < 8; i++) {
    if (i === 4 && carry) flags |= AF;
    if (i === 7) into7 = carry;
    const sum = ((a >> i) & 1) + ((b >> i) & 1) + carry;
    value |= (sum & 1) << i;
    carry = sum >> 1;
  }
  if (carry) flags |= CF;
  if (carry !== into7) flags |= OF;
  return { value, flags: flags | szp(value) };
}
/** a - b - borrow is a + ~b + !borrow with CF and AF inverted. */
function subtractBits(a: number, b: number, borrow: number): Result {
  const { value, flags } = addBits(a, ~b & 0xff, borrow ^ 1);
  return { value, flags: flags ^ CF ^ AF };
}
const logic =
  (f: (a: number, b: number) => number): Model =>
  (a, b) => ({ value: f(a, b), flags: szp(f(a, b)) });
const keepCarry =
  (model: Model): Model =>
  (a, b, cf) => {
    const { value, flags } = model(a, b, cf);
    return { value, flags: (flags & ~CF) | cf };
  };

const m = { machine: undefined as unknown as CpuMachine };
beforeAll(() => {
  m.machine = new CpuMachine(8);
});

const A_MEMORY = [0x00, 0x30, 0, 0];

/**
 * esi runs over all pairs: al = low byte, bl = next byte, CF = bit 16. Then the operation, then al, ah = low flags, dl = OF to the table.
 */
function runTable(operation: readonly number[], count: number): Uint8Array {
  const { machine } = m;
  machine.flat32(0x1000);
  const body = [
    ...[0x89, 0xf0], // mov eax, esi
    ...[0x89, 0xf3, 0xc1, 0xeb, 0x08], // mov ebx, esi; shr ebx, 8
    ...[0x88, 0xd9], // mov cl, bl
    ...[0x0f, 0xba, 0xe6, 0x10], // bt esi, 16
    ...operation,
    ...[0x0f, 0x90, 0xc2], // seto dl
    0x9f, // lahf
    ...[0x66, 0x89, 0x04, 0xb5, TABLE & 0xff, (TABLE >> 8) & 0xff, TABLE >> 16, 0], // mov [TABLE + esi * 4], ax
    ...[0x88, 0x14, 0xb5, (TABLE + 2) & 0xff, (TABLE >> 8) & 0xff, TABLE >> 16, 0], // mov [TABLE + 2 + esi * 4], dl
    0x46, // inc esi
    ...[0x81, 0xfe, count & 0xff, (count >> 8) & 0xff, (count >> 16) & 0xff, 0], // cmp esi, count
  ];
  const back = -(body.length + 6);
  machine.poke(0x1000, [0x31, 0xf6, ...body, 0x0f, 0x85, back & 0xff, (back >> 8) & 0xff, 0xff, 0xff, 0xf4]);
  const reason = machine.run(count * 20 + 10);
  expect(reason.kind).toBe('halted');
  return machine.peek(TABLE, count * 4);
}

function compare(
  name: string,
  table: Uint8Array,
  count: number,
  model: Model,
  mask: (a: number, b: number) => number,
): void {
  for (let i = 0; i < count; i++) {
    const [a, b, cf] = [i & 0xff, (i >> 8) & 0xff, i >> 16];
    const expected = model(a, b, cf);
    const flags = (table[i * 4 + 1]! & (CF | PF | AF | ZF | SF)) | (table[i * 4 + 2]! ? OF : 0);
    const bits = mask(a, b);
    if (table[i * 4] !== expected.value || (flags & bits) !== (expected.flags & bits)) {
      throw new Error(
        `${name} ${a}, ${b}, CF ${cf}: ${table[i * 4]} flags ${flags.toString(16)}, expected ${expected.value} ${expected.flags.toString(16)}`,
      );
    }
  }
}

const ALL = CF | PF | AF | ZF | SF | OF;
const PAIRS = 1 << 17;

describe('arithmetic on two operands', () => {
  const models: ReadonlyArray<readonly [string, number, Model, number]> = [
    ['add', 0, (a, b) => addBits(a, b, 0), ALL],
    ['or', 1, logic((a, b) => a | b), ALL & ~AF],
    ['adc', 2, addBits, ALL],
    ['sbb', 3, subtractBits, ALL],
    ['and', 4, logic((a, b) => a & b), ALL & ~AF],
    ['sub', 5, (a, b) => subtractBits(a, b, 0), ALL],
    ['xor', 6, logic((a, b) => a ^ b), ALL & ~AF],
    ['cmp', 7, (a, b) => ({ ...subtractBits(a, b, 0), value: a }), ALL],
  ];
  for (const [name, number, model, mask] of models) {
    test(`${name}, registers`, () => {
      compare(name, runTable([number * 8, 0xd8], PAIRS), PAIRS, model, () => mask);
    });
  }
  test('adc in memory', () => {
    // mov [0x3000], al (CF stays); adc [0x3000], bl; mov al, [0x3000]
    const code = [0x88, 0x05, ...A_MEMORY, 0x10, 0x1d, ...A_MEMORY, 0x8a, 0x05, ...A_MEMORY];
    compare('adc', runTable(code, PAIRS), PAIRS, addBits, () => ALL);
  });
});

describe('arithmetic on one operand', () => {
  const count = 1 << 17;
  test('inc keeps CF', () => {
    compare(
      'inc',
      runTable([0xfe, 0xc0], count),
      count,
      keepCarry((a) => addBits(a, 1, 0)),
      () => ALL,
    );
  });
  test('dec keeps CF', () => {
    compare(
      'dec',
      runTable([0xfe, 0xc8], count),
      count,
      keepCarry((a) => subtractBits(a, 1, 0)),
      () => ALL,
    );
  });
  test('neg', () => {
    compare(
      'neg',
      runTable([0xf6, 0xd8], count),
      count,
      (a) => subtractBits(0, a, 0),
      () => ALL,
    );
  });
  test('mul', () => {
    const model: Model = (a, b) => ({ value: (a * b) & 0xff, flags: a * b > 0xff ? CF | OF : 0 });
    compare('mul', runTable([0xf6, 0xe3], count), count, model, () => CF | OF);
  });
});

describe('shifts and rotates by CL', () => {
  /** One step at a time; OF by its rule for a count of 1. */
  const steps: Record<string, (a: number, cf: number) => { a: number; cf: number }> = {
    rol: (a) => ({ a: ((a << 1) | (a >> 7)) & 0xff, cf: a >> 7 }),
    ror: (a) => ({ a: (a >> 1) | ((a & 1) << 7), cf: a & 1 }),
    rcl: (a, cf) => ({ a: ((a << 1) | cf) & 0xff, cf: a >> 7 }),
    rcr: (a, cf) => ({ a: (a >> 1) | (cf << 7), cf: a & 1 }),
    shl: (a) => ({ a: (a << 1) & 0xff, cf: a >> 7 }),
    shr: (a) => ({ a: a >> 1, cf: a & 1 }),
    sar: (a) => ({ a: (a >> 1) | (a & 0x80), cf: a & 1 }),
  };
  const overflow: Record<string, (before: number, after: number, cf: number) => boolean> = {
    rol: (_b, a, cf) => a >> 7 !== cf,
    ror: (_b, a) => a >> 7 !== ((a >> 6) & 1),
    rcl: (_b, a, cf) => a >> 7 !== cf,
    rcr: (_b, a) => a >> 7 !== ((a >> 6) & 1),
    shl: (_b, a, cf) => a >> 7 !== cf,
    shr: (b) => b >> 7 === 1,
    sar: () => false,
  };
  const names = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', '', 'sar'];
  for (const [number, name] of names.entries()) {
    if (name === '') continue;
    test(name, () => {
      const isShift = number >= 4;
      const model: Model = (a, b, carryIn) => {
        let state = { a, cf: carryIn };
        for (let i = 0; i < (b & 31); i++) state = steps[name]!(state.a, state.cf);
        const of = overflow[name]!(a, state.a, state.cf) ? OF : 0;
        return { value: state.a, flags: (state.cf ? CF : 0) | of | (isShift ? szp(state.a) : 0) };
      };
      const mask = (_a: number, b: number): number => {
        const counted = b & 31;
        if (counted === 0) return CF;
        // CF of a shift by more than the operand's bits is undefined
        const carry = isShift && name !== 'sar' && counted > 8 ? 0 : CF;
        return carry | (counted === 1 ? OF : 0) | (isShift ? SF | ZF | PF : 0);
      };
      const table = runTable([0xd2, 0xc0 | (number << 3)], PAIRS);
      compare(name, table, PAIRS, model, mask);
    });
  }
});

test('PUSHF and POPF keep every combination of the six', () => {
  const { machine } = m;
  // pushf/popf through every image: mov eax, imm; push; popf; pushf; pop ecx
  machine.flat32(0x1000);
  machine.poke(0x1000, [0x50, 0x9d, 0x9c, 0x59, 0xf4]);
  for (let i = 0; i < 64; i++) {
    const image = [CF, PF, AF, ZF, SF, OF].reduce((sum, flag, bit) => sum | ((i >> bit) & 1 ? flag : 0), 2);
    const state = machine.vcpu.save();
    state.gpr[0] = BigInt(image);
    state.gpr[4] = 0x8000n;
    machine.vcpu.restore({ ...state, rip: 0x1000n, activity: 'running' });
    machine.run(100);
    expect(Number(machine.vcpu.save().gpr[1]!)).toBe(image);
    expect(Number(machine.vcpu.save().rflags)).toBe(image);
  }
});
