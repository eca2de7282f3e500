import type { RowAttributes, RowWithoutFamily } from './table';
import { family, op } from './table';

/** The string instructions; each iteration of a REP form counts as one instruction. The whole work is in core/string.ts. */
function pair(name: string, code: number, slow: string, attributes: Omit<RowAttributes, 'slow'>): RowWithoutFamily[] {
  const hex = (value: number): string => value.toString(16).toUpperCase();
  return [
    op(name, hex(code), [], slow, { ...attributes, size: 8, returnsOp: true }),
    op(name, hex(code + 1), [], slow, { ...attributes, sized: true, returnsOp: true }),
  ];
}

const compare = { rep: 'repe', flags: 'OSZAPC' } as const;

export const string = family('string', [
  ...pair('movs', 0xa4, 'stringMovs', { rep: 'rep' }),
  ...pair('cmps', 0xa6, 'stringCmps', compare),
  ...pair('stos', 0xaa, 'stringStos', { rep: 'rep' }),
  ...pair('lods', 0xac, 'stringLods', { rep: 'rep' }),
  ...pair('scas', 0xae, 'stringScas', compare),
  ...pair('ins', 0x6c, 'stringIns', { rep: 'rep', intercept: 'io' }),
  ...pair('outs', 0x6e, 'stringOuts', { rep: 'rep', intercept: 'io' }),
]);
