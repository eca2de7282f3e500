import { describe, expect, test } from 'vitest';
import type { JitMode } from '../../src/cpu/emulated/jit/regions';
import { CpuMachine } from '../support/cpu/cpu-machine';

/** What comparisons of compiled code with the interpreter have found, a case each. */
const CODE = 0x8000;
const ROUNDS = 40n;

/** A loop of 32-bit code around `body`, which leaves EBX and EBP alone; EAX, EBP, ECX and EDX at its end. */
function loop(jit: JitMode, body: readonly number[], start: Readonly<Record<number, bigint>>): string[] {
  const machine = new CpuMachine(16, jit);
  const back = 256 - (body.length + 5 + 2);
  machine.poke(CODE, [...body, 0x01, 0xc5, 0x83, 0xeb, 1, 0x75, back, 0xf4]); // ADD EBP,EAX; SUB EBX,1; JNZ; HLT
  machine.poke(0x9ffe, [0x11, 0x22, 0x33, 0x44]);
  machine.flat32(CODE);
  const state = machine.vcpu.save();
  state.gpr[3] = ROUNDS;
  state.gpr[4] = 0x7000n;
  for (const [register, value] of Object.entries(start)) state.gpr[Number(register)] = value;
  machine.vcpu.restore(state);
  expect(machine.run(100_000).kind).toBe('halted');
  const { gpr } = machine.vcpu.save();
  return [0, 5, 1, 2].map((register) => gpr[register]!.toString(16));
}

describe.each(['eager', 'eagerBaseline'] as const)('compiled code (%s) does as the interpreter', (jit) => {
  test('an access across pages finds the flags of a shift that a count may have left alone', () => {
    // CMP EAX,EDX; SHRD AX,CX,CL; SBB AX,[9FFF]; ADD ECX,3
    const body = [0x39, 0xd0, 0x66, 0x0f, 0xad, 0xc8, 0x66, 0x1b, 0x05, 0xff, 0x9f, 0, 0, 0x83, 0xc1, 3];
    const start = { 0: 0x1234n, 1: 0xe485n, 2: 0x8000_0000n };
    expect(loop(jit, body, start)).toEqual(loop('off', body, start));
  });
});
