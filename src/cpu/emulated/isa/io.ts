import { family, op, operand } from './table';

const imm8 = operand('imm8');

/** Port I/O; INS and OUTS are string instructions. */
export const io = family('io', [
  op('in', 'E4 ib', [imm8.r], 'inImm8', { intercept: 'io' }),
  op('in', 'E5 ib', [imm8.r], 'inImm', { intercept: 'io', sized: true }),
  op('in', 'EC', [], 'inDx8', { intercept: 'io' }),
  op('in', 'ED', [], 'inDx', { intercept: 'io', sized: true }),
  op('out', 'E6 ib', [imm8.r], 'outImm8', { intercept: 'io' }),
  op('out', 'E7 ib', [imm8.r], 'outImm', { intercept: 'io', sized: true }),
  op('out', 'EE', [], 'outDx8', { intercept: 'io' }),
  op('out', 'EF', [], 'outDx', { intercept: 'io', sized: true }),
]);
