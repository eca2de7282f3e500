import { operand } from './table';

/** Operand words of the integer families. */
export const rm8 = operand('rm8');
export const rm16 = operand('rm16');
export const rm32 = operand('rm32');
export const rmv = operand('rmv');
export const rmy = operand('rmy');
export const r8 = operand('r8');
export const rv = operand('rv');
export const ry = operand('ry');
export const o8 = operand('o8');
export const ov = operand('ov');
export const vy = operand('vy');
export const m = operand('m');
export const mv = operand('mv');
export const mfar = operand('mfar');
export const imm8 = operand('imm8');
export const imm8s = operand('imm8s');
export const imm16 = operand('imm16');
export const immz = operand('immz');
export const immv = operand('immv');
export const rel8 = operand('rel8');
export const relz = operand('relz');
export const moffs8 = operand('moffs8');
export const moffsv = operand('moffsv');
export const al = operand('al');
export const ax = operand('ax');
/** The accumulator at the operand size. */
export const rax = operand('rax');
export const cl = operand('cl');
export const one = operand('one');
export const sreg = operand('sreg');

/** 'OSZAPC' and its usual part. */
export const ALL_FLAGS = { flags: 'OSZAPC' } as const;

/** Two hexadecimal digits, as in the manual's opcode column. */
export const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
