import { describe, expect, test } from 'vitest';
import type { JitMode } from '../../src/cpu/emulated/jit/regions';
import { CpuMachine } from '../support/cpu/cpu-machine';

/** What comparisons of compiled code with the interpreter have found, a case each. */
const CODE = 0x8000;
const ROUNDS = 40n;

/** A loop of 32-bit code around `body`, which leaves EBX and EBP alone, `data` at 9930h; EAX, EBP, ECX and EDX at its end. */
function loop(
  jit: JitMode,
  body: readonly number[],
  start: Readonly<Record<number, bigint>>,
  data: readonly number[] = [],
): string[] {
  const machine = new CpuMachine(16, jit);
  const back = 256 - (body.length + 5 + 2);
  machine.poke(CODE, [...body, 0x01, 0xc5, 0x83, 0xeb, 1, 0x75, back, 0xf4]); // ADD EBP,EAX; SUB EBX,1; JNZ; HLT
  machine.poke(0x9ffe, [0x11, 0x22, 0x33, 0x44]);
  machine.poke(0x9930, data);
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

  test('instructions that the interpreter runs in its middle find and leave the registers as they are', () => {
    // FLD1; ADD EDX,3; FLD1; FSCALE; FSTP ST(1); FISTP [9900]; MOV EAX,[9900]; ADD EAX,EBX; PUSHF; POP ECX
    const before = [0xd9, 0xe8, 0x83, 0xc2, 3, 0xd9, 0xe8, 0xd9, 0xfd, 0xdd, 0xd9, 0xdb, 0x1d, 0, 0x99, 0, 0];
    const body = [...before, 0xa1, 0, 0x99, 0, 0, 0x01, 0xd8, 0x9c, 0x59];
    expect(loop(jit, body, { 2: 5n })).toEqual(loop('off', body, { 2: 5n }));
  });

  test('x87 instructions leave pointers, status and memory as they should, some exceptions unmasked or not', () => {
    for (const control of [0x37f, 0x1332, 0x37e]) {
      // FNINIT; FLDCW [9930]; FILD [9934]; FADD [9938]; FDIV ST,ST(0); FLDZ; FCOMIP; SETC DL; FCOM [9938]; FNSTSW AX; FST [9940];
      // FISTP [9948]; FNSTENV [9950]; ADD EAX,[995C]; ADD EAX,[9964]; ADD EAX,[9940]; ADD EAX,[9954]
      const body = [
        ...[
          0xdb, 0xe3, 0xd9, 0x2d, 0x30, 0x99, 0, 0, 0xdb, 0x05, 0x34, 0x99, 0, 0, 0xdc, 0x05, 0x38, 0x99, 0, 0, 0xd8,
          0xf0,
        ],
        ...[
          0xd9, 0xee, 0xdf, 0xf1, 0x0f, 0x92, 0xc2, 0xdc, 0x15, 0x38, 0x99, 0, 0, 0xdf, 0xe0, 0xdd, 0x15, 0x40, 0x99, 0,
          0,
        ],
        ...[
          0xdb, 0x1d, 0x48, 0x99, 0, 0, 0xd9, 0x35, 0x50, 0x99, 0, 0, 0x03, 0x05, 0x5c, 0x99, 0, 0, 0x03, 0x05, 0x64,
          0x99, 0, 0,
        ],
        ...[0x03, 0x05, 0x40, 0x99, 0, 0, 0x03, 0x05, 0x54, 0x99, 0, 0],
      ];
      const data = [control & 0xff, control >> 8, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x40];
      expect(loop(jit, body, { 2: 5n }, data)).toEqual(loop('off', body, { 2: 5n }, data));
    }
  });

  test('a store with an x87 exception pending does not mark its page as written to', () => {
    const machine = new CpuMachine(16, jit);
    const tables = 0x10_0000;
    // FNINIT; FLD1; FLDZ; FDIVP; inner: FST [RSI]; SUB EBX,1; JNZ inner; FLDCW [RDI]; MOV ESI,600000h; MOV EBX,1; JMP inner
    machine.poke(CODE, [
      ...[0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0xdd, 0x16, 0x83, 0xeb, 1, 0x75, 0xf9, 0xd9, 0x2f],
      ...[0xbe, 0, 0, 0x60, 0, 0xbb, 1, 0, 0, 0, 0xeb, 0xeb],
    ]);
    machine.poke(0x9930, [0x7b, 3]);
    machine.long64(CODE, tables);
    const state = machine.vcpu.save();
    state.gpr[3] = ROUNDS;
    state.gpr[6] = 0x9900n;
    state.gpr[7] = 0x9930n;
    state.cr0 |= 0x20n;
    machine.vcpu.restore(state);
    // there is no table of handlers for #MF
    expect(machine.run(100_000).kind).toBe('shutdown');
    const isWritten = (page: number): boolean => (machine.peek(tables + 0x2000 + 8 * page, 1)[0]! & 0x40) !== 0;
    expect([isWritten(0), isWritten(3)]).toEqual([true, false]);
  });

  test('REP MOVS into the code that follows it is seen at once', () => {
    // MOV [9800],BL; MOV ESI,9800; MOV EDI,8018; MOV ECX,1; REP MOVSB; MOV EAX,0, with EDI pointing to that number
    const copy = [0x88, 0x1d, 0, 0x98, 0, 0, 0xbe, 0, 0x98, 0, 0, 0xbf, 0x18, 0x80, 0, 0, 0xb9, 1, 0, 0, 0, 0xf3, 0xa4];
    const body = [...copy, 0xb8, 0, 0, 0, 0];
    const result = loop(jit, body, {});
    expect(result).toEqual(loop('off', body, {}));
    expect(BigInt(`0x${result[1]}`)).toBe((ROUNDS * (ROUNDS + 1n)) / 2n);
  });

  test('CF goes through loops of INC and DEC, whatever set it', () => {
    // MOV ECX,5; STC; inner: ADC EAX,EDX; DEC ECX; JNZ inner; PUSHF; POP ECX
    const carried = [0xb9, 5, 0, 0, 0, 0xf9, 0x11, 0xd0, 0x49, 0x75, 0xfb, 0x9c, 0x59];
    expect(loop(jit, carried, { 2: 0xf000_0001n })).toEqual(loop('off', carried, { 2: 0xf000_0001n }));
    // CMP EAX,EDX; JB +2; TEST EDX,EDX; merge: INC ECX; SETC AL; PUSHF; POP EDX; AND EDX,FFFF; ROL EAX,7
    const merged = [
      ...[0x39, 0xd0, 0x72, 2, 0x85, 0xd2, 0x41, 0x0f, 0x92, 0xc0, 0x9c, 0x5a],
      ...[0x81, 0xe2, 0xff, 0xff, 0, 0, 0xc1, 0xc0, 7],
    ];
    expect(loop(jit, merged, { 0: 0x8765_4321n, 2: 0x4000n })).toEqual(
      loop('off', merged, { 0: 0x8765_4321n, 2: 0x4000n }),
    );
    // CMP EAX,EDX; SHL EDX,CL, of which the count may be 0; DEC ECX; ADC EAX,1
    const shifted = [0x39, 0xd0, 0xd3, 0xe2, 0x49, 0x83, 0xd0, 1];
    expect(loop(jit, shifted, { 0: 5n, 1: 40n, 2: 3n })).toEqual(loop('off', shifted, { 0: 5n, 1: 40n, 2: 3n }));
  });
});
