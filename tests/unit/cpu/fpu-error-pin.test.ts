import { describe, expect, it } from 'vitest';
import { CpuMachine } from '../../support/cpu/cpu-machine';

const CODE = 0x1000;
// fninit; fldcw [0x2000]; fld1; fldz; fdivp; nop; fnclex; hlt
const PROGRAM = [0xdb, 0xe3, 0xd9, 0x2e, 0x00, 0x20, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0x90, 0xdb, 0xe2, 0xf4];

function machine(): { m: CpuMachine; levels: { level: boolean; count: number }[] } {
  const m = new CpuMachine();
  const levels: { level: boolean; count: number }[] = [];
  Object.assign(m.bus, {
    coprocessorError: (_vcpu: number, level: boolean) => levels.push({ level, count: m.vcpu.count }),
  });
  m.poke(CODE, PROGRAM);
  m.poke(0x2000, [0x7b, 0x03]); // zero divide unmasked
  m.realMode(CODE);
  return { m, levels };
}

describe('FERR#', () => {
  it('rises at the boundary after the erring instruction and falls when the error is cleared', () => {
    const { m, levels } = machine();
    const start = m.vcpu.count;
    expect(m.run(100).kind).toBe('halted');
    expect(levels.map(({ level, count }) => [level, count - start])).toEqual([
      [true, 5],
      [false, 7],
    ]);
  });

  it('is known again after save and restore', () => {
    const { m } = machine();
    m.run(6);
    const saved = m.vcpu.save();
    const other = machine();
    other.m.vcpu.restore(saved);
    other.m.run(1);
    expect(other.levels.map(({ level }) => level)).toEqual([true, false]);
  });
});
