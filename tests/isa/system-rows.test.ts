import { describe, expect, test, vi } from 'vitest';
import { checkCase } from '../support/isa/check-case';
import { COMPILED, encode, keyOf } from '../support/isa/encode';
import { INTEGER_CASES, type SystemCase } from '../support/isa/system-cases';
import { ADDRESSING_CASES } from '../support/isa/system-cases-addressing';
import { AVX_CASES } from '../support/isa/system-cases-avx';
import { CONTROL_CASES } from '../support/isa/system-cases-control';
import { REGISTER_CASES } from '../support/isa/system-cases-registers';
import { type Mode, SystemMachine } from '../support/isa/system-machine';
import { V86_CASES } from '../support/isa/system-cases-v86';
import { isUserRow } from '../support/isa/user-rows';

/** Rows of system code and of 16- and 32-bit modes, with expected values from the manuals; and the list of what is covered at all. */

vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const CASES: readonly SystemCase[] = [
  ...INTEGER_CASES,
  ...CONTROL_CASES,
  ...REGISTER_CASES,
  ...ADDRESSING_CASES,
  ...AVX_CASES,
  ...V86_CASES,
];
const machine = new SystemMachine();

describe('system rows', () => {
  test.each(CASES.map((item) => [`${item.name} (${item.mode})`, item] as const))('%s', (_name, item) => {
    checkCase(machine, item);
  });
});

/** The bytes of a row with plain operands, or undefined where the mode cannot say them. */
function plain(compiled: (typeof COMPILED)[number], codeSize: 16 | 32 | 64): number[] {
  const isMemory = compiled.isMemory === true;
  return encode(compiled, {
    codeSize,
    rm: 0,
    reg: 0,
    memory: isMemory ? { displacement: 0x9000 } : undefined,
    highBytes: codeSize !== 64,
  });
}

function vectorOf(mode: Mode, bytes: readonly number[]): { vector: number | undefined; error: number } {
  return machine.run({ mode, code: (a) => a.raw(...bytes) });
}

describe('rows by their attributes', () => {
  const named = (rows: readonly (typeof COMPILED)[number][]): [string, (typeof COMPILED)[number]][] =>
    rows.map((row) => [keyOf(row), row]);

  test.each(named(COMPILED.filter(({ row }) => row.attributes.cpl === 0)))(
    '%s is refused at CPL 3',
    (_key, compiled) => {
      expect(vectorOf('user64', plain(compiled, 64))).toMatchObject({ vector: 13, error: 0 });
      if (!compiled.row.attributes.only64) {
        expect(vectorOf('user32', plain(compiled, 32))).toMatchObject({ vector: 13, error: 0 });
      }
    },
  );

  test.each(named(COMPILED.filter(({ row }) => row.attributes.protectedOnly === true)))(
    '%s does not exist in real mode',
    (_key, compiled) => {
      expect(vectorOf('real', plain(compiled, 16)).vector).toBe(6);
      expect(vectorOf('v86', plain(compiled, 16)).vector).toBe(6);
    },
  );

  // 82h, and prefixes or rows of their own for 40h-4Fh and 63h; VEX and EVEX for C4h, C5h and 62h
  const REUSED = /^(inc 40|dec 48|arpl|les|lds|bound)/;
  test.each(named(COMPILED.filter((item) => item.row.attributes.no64 === true && !REUSED.test(keyOf(item)))))(
    '%s does not exist in 64-bit mode',
    (_key, compiled) => {
      expect(vectorOf('long64', plain(compiled, 32)).vector).toBe(6);
    },
  );

  const LOCKABLE = COMPILED.filter(
    ({ row, rm, isMemory }) =>
      row.attributes.lock !== true && row.attributes.no64 !== true && rm < 0 && isMemory !== false,
  );
  test('LOCK before any other row is undefined', () => {
    const wrong = LOCKABLE.filter((compiled) => {
      if (compiled.row.operands.some(({ kind }) => kind === 'cr' || kind === 'dr')) return false;
      return vectorOf('long64', [0xf0, ...plain(compiled, 64)]).vector !== 6;
    });
    expect(wrong.map(keyOf)).toEqual([]);
  });
});

test('every row of the table has a test', () => {
  const covered = new Set(CASES.flatMap(({ rows }) => rows));
  const known = new Set(COMPILED.map(keyOf));
  const missing = COMPILED.filter((compiled) => !isUserRow(compiled) && !covered.has(keyOf(compiled))).map(keyOf);
  expect(missing, 'rows without a test').toEqual([]);
  expect(
    [...covered].filter((key) => !known.has(key)),
    'tests of rows that are not in the table',
  ).toEqual([]);
});
