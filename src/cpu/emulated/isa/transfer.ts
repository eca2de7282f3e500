import { family, op, operand } from './table';

const imm8 = operand('imm8');
const imm16 = operand('imm16');
const mfar = operand('mfar');
const ptrfar = operand('ptrfar');

const END = { endsBlock: true } as const;

/** Far control transfers and software interrupts. */
export const transfer = family('transfer', [
  op('call', '9A', [ptrfar.r], 'callFarDirect', { ...END, no64: true, sized: true }),
  op('jmp', 'EA', [ptrfar.r], 'jmpFarDirect', { ...END, no64: true, sized: true }),
  op('call', 'FF /3 mod=m', [mfar.r], 'callFarIndirect', { ...END, sized: true }),
  op('jmp', 'FF /5 mod=m', [mfar.r], 'jmpFarIndirect', { ...END, sized: true }),
  op('retf', 'CA iw', [imm16.r], 'retFar', { ...END, sized: true }),
  op('retf', 'CB', [], 'retFarPlain', { ...END, sized: true }),
  op('iret', 'CF', [], 'iret', { ...END, sized: true, flags: 'OSZAPC', intercept: 'iret' }),
  op('int3', 'CC', [], 'int3', END),
  op('int', 'CD ib', [imm8.r], 'intN', { ...END, intercept: 'int' }),
  op('into', 'CE', [], 'intOverflow', { ...END, no64: true, flagsRead: 'O' }),
  op('int1', 'F1', [], 'int1', { ...END, intercept: 'int1' }),
  op('syscall', '0F 05', [], 'syscall', { ...END, feature: 'syscall' }),
  op('sysret', '0F 07', [], 'sysret', { ...END, sized: true, flags: 'OSZAPC', feature: 'syscall' }),
  op('sysenter', '0F 34', [], 'sysenter', { ...END, feature: 'sep' }),
  op('sysexit', '0F 35', [], 'sysexit', { ...END, sized: true, feature: 'sep' }),
]);
