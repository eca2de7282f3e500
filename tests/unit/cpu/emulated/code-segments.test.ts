import { describe, expect, it } from 'vitest';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

const CODE = 0x8000;
const MAIN = 0x9000;
const HANDLER = 0x8800;
const STACK = 0x7000n;
const ROUNDS = 60;
const GP = 13;
const BX = 3;

type Pieces = Readonly<Record<number, readonly number[]>>;

/** Starts at MAIN in real mode, CX = ROUNDS, and gives the state where the code halts. */
function run(
  jit: 'off' | 'eager' | 'eagerBaseline',
  pieces: Pieces,
  change: (state: VcpuState) => void = () => undefined,
): VcpuState {
  const machine = new CpuMachine(16, jit);
  for (const [at, bytes] of Object.entries(pieces)) machine.poke(Number(at), bytes);
  machine.realMode(MAIN);
  const state = machine.vcpu.save();
  state.gpr = state.gpr.map(() => 0n);
  state.gpr[1] = BigInt(ROUNDS);
  state.gpr[4] = STACK;
  change(state);
  machine.vcpu.restore(state);
  expect(machine.run(100_000).kind).toBe('halted');
  return machine.vcpu.save();
}

describe.each(['off', 'eager', 'eagerBaseline'] as const)('code in segments with base and limit (%s)', (jit) => {
  it('knows its IP where CS has another base', () => {
    const { gpr } = run(jit, {
      [CODE]: [0xe8, 0, 0, 0x58, 0x01, 0xc5, 0xcb], // call +0; pop ax; add bp,ax; retf
      // call far 0000:8000, 0800:0000, 07FF:0010, which are one; loop
      [MAIN]: [0x9a, 0, 0x80, 0, 0, 0x9a, 0, 0, 0, 8, 0x9a, 0x10, 0, 0xff, 7, 0x49, 0x75, 0xee, 0xf4],
    });
    expect(gpr[5]).toBe(BigInt((ROUNDS * (0x8003 + 3 + 0x13)) & 0xffff));
  });

  it('faults behind the limit that CS has this time', () => {
    const descriptor = (limit: number, access: number): number[] => [limit & 0xff, limit >> 8, 0, 0, 0, access, 0, 0];
    const { gpr } = run(
      jit,
      {
        2048: [
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          ...descriptor(0xffff, 0x9b),
          ...descriptor(0xffff, 0x93),
          ...descriptor(CODE + 4, 0x9b),
        ],
        [0x1000 + GP * 8]: [0, HANDLER >> 8, 8, 0, 0, 0x86, 0, 0],
        [CODE]: [0x40, 0x40, 0xeb, 0, 0x40, 0x40, 0x40, 0x40, 0xcb], // twice inc ax; jmp +0; four times inc ax; retf
        [HANDLER]: [0x43, 0x83, 0xc4, 8, 0xcb], // inc bx; past error code, IP, CS and FLAGS; retf, for the function
        [MAIN]: [0x9a, 0, 0x80, 8, 0, 0x9a, 0, 0x80, 0x18, 0, 0x49, 0x75, 0xf3, 0xf4], // call far 8:8000 and 18:8000; loop
      },
      (state) => {
        state.cr0 |= 1n;
        state.gdtr = { base: 0x800n, limit: 31 };
        state.idtr = { base: 0x1000n, limit: 0x7ff };
        state.cs = { ...state.cs, selector: 8 };
        for (const name of ['ds', 'es', 'ss'] as const) state[name] = { ...state[name], selector: 0x10 };
      },
    );
    expect([gpr[0], gpr[BX]]).toEqual([BigInt(ROUNDS * (6 + 3)), BigInt(ROUNDS)]);
  });

  it('wraps at the end of 64 KiB', () => {
    const { gpr } = run(jit, {
      [MAIN]: [0xe9, 0xed, 0x6f], // jmp FFF0
      65520: [0x40, 0xeb, 0x10], // inc ax; jmp 0003
      3: [0x49, 0x74, 3, 0xe9, 0xe7, 0xff, 0xf4], // dec cx; jz to hlt; jmp FFF0
    });
    expect(gpr[0]).toBe(BigInt(ROUNDS));
  });

  it('leaves the state of the instruction that goes past the limit of DS', () => {
    const { gpr } = run(
      jit,
      {
        [GP * 4]: [0, HANDLER >> 8, 0, 0],
        [HANDLER]: [0x43, 0x5a, 0x83, 0xc2, 2, 0x52, 0xcf], // inc bx; pop dx; add dx,2; push dx; iret
        // inc ax; mov [si],ax; xor si,1; loop; mov di,[fffe]
        [MAIN]: [0x40, 0x89, 0x04, 0x83, 0xf6, 1, 0x49, 0x75, 0xf7, 0x8b, 0x3e, 0xfe, 0xff, 0xf4],
      },
      (state) => {
        state.gpr[6] = 0xfffen;
      },
    );
    expect([gpr[0], gpr[BX], gpr[7]]).toEqual([BigInt(ROUNDS), BigInt(ROUNDS / 2), BigInt(ROUNDS - 1)]);
  });

  it('reads beyond 1 MiB in a segment of real mode whose limit was made larger, loaded again and again', () => {
    const { gpr } = run(
      jit,
      {
        1179648: [0x78, 0x56, 0x34, 0x12],
        // mov ds,di; mov eax,[ebx]; add edx,eax; loop
        [MAIN]: [0x8e, 0xdf, 0x66, 0x67, 0x8b, 0x03, 0x66, 0x01, 0xc2, 0x49, 0x75, 0xf4, 0xf4],
      },
      (state) => {
        state.gpr[BX] = 0x12_0000n;
        state.ds = { ...state.ds, limit: 0xffffffff };
      },
    );
    expect(gpr[2]).toBe(BigInt.asUintN(32, BigInt(ROUNDS) * 0x1234_5678n));
  });

  it('moves strings up and down through segments that it loads', () => {
    const { gpr } = run(jit, {
      131072: [1, 2, 3, 4],
      // push 2000; pop es; push es; pop ds; xor si,si; mov di,8; cld; movsb; movsw; lodsb; add bp,ax; std; mov di,9; mov al,7;
      // scasb; jne +1; inc bx; stosw; mov ah,0; loop
      [MAIN]: [
        ...[0x68, 0, 0x20, 0x07, 0x06, 0x1f, 0x31, 0xf6, 0xbf, 8, 0, 0xfc, 0xa4, 0xa5, 0xac, 0x01, 0xc5],
        ...[0xfd, 0xbf, 9, 0, 0xb0, 7, 0xae, 0x75, 1, 0x43, 0xab, 0xb4, 0, 0x49, 0x75, 0xdf, 0xf4],
      ],
    });
    expect([gpr[5], gpr[6], gpr[7], gpr[BX]]).toEqual([BigInt(ROUNDS * 4), 4n, 6n, 0n]);
  });
});
