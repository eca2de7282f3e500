import type { RowAttributes } from './table';
import { operand } from './table';

/** Operand words of the vector and floating-point families. */
export const xmm = operand('xmm');
export const xmmm8 = operand('xmmm8');
export const xmmm16 = operand('xmmm16');
export const xmmm32 = operand('xmmm32');
export const xmmm64 = operand('xmmm64');
export const xmmm128 = operand('xmmm128');
export const ymm = operand('ymm');
export const ymmm256 = operand('ymmm256');
export const xmmv = operand('xmmv');
export const ymmv = operand('ymmv');
export const xmmi = operand('xmmi');
export const ymmi = operand('ymmi');
export const vm = operand('vm');
export const mm = operand('mm');
export const mmm32 = operand('mmm32');
export const mmm64 = operand('mmm64');
export const m = operand('m');
export const m8 = operand('m8');
export const m16 = operand('m16');
export const m32 = operand('m32');
export const m64 = operand('m64');
export const m80 = operand('m80');
export const m128 = operand('m128');
export const m256 = operand('m256');
export const rm8 = operand('rm8');
export const rmv = operand('rmv');
export const rm32 = operand('rm32');
export const rm64 = operand('rm64');
export const rmy = operand('rmy');
export const r32 = operand('r32');
export const r64 = operand('r64');
export const ry = operand('ry');
export const imm8 = operand('imm8');
export const ax = operand('ax');
export const st = operand('st');
export const sti = operand('sti');

type VectorAttributes = Omit<RowAttributes, 'slow'>;

/** Attributes of the rows of one instruction-set extension. `aligned`: 128-bit memory operands must be. */
export function vectorAttributes(feature: string): { plain: VectorAttributes; aligned: VectorAttributes } {
  return { plain: { unit: 'sse', feature }, aligned: { unit: 'sse', feature, aligned: true } };
}
export const mmxAttributes = (feature: string): VectorAttributes => ({ unit: 'mmx', feature });
