import { describe, expect, it } from 'vitest';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

const GDT = 0x800;
const IDT = 0x1000;
const HANDLER = 0x8800;
const MAIN = 0x9000;
const ROUNDS = 200;
const NP = 11;
const GP = 13;

/** Base and limit (in bytes below 1 MiB, in pages with 0x8000 in `access`), access word as in VcpuState. */
function descriptor(base: number, limit: number, access: number): number[] {
  return [
    ...[limit & 0xff, (limit >> 8) & 0xff, base & 0xff, (base >> 8) & 0xff, (base >> 16) & 0xff, access & 0xff],
    ...[((access >> 8) & 0xf0) | (limit >> 16), base >>> 24],
  ];
}

const FLAT = 0x10;
const BASED = 0x18;
const ABSENT = 0x20;
const FRESH = 0x28;
const USER = 0x33;
const SMALL = 0x38;
const TABLE = [
  ...descriptor(0, 0, 0),
  ...descriptor(0, 0xfffff, 0xc09b),
  ...descriptor(0, 0xfffff, 0xc093),
  ...descriptor(0x12000, 0xfffff, 0xc093),
  ...descriptor(0, 0xfffff, 0xc013),
  ...descriptor(0, 0xfffff, 0xc092), // not accessed yet
  ...descriptor(0x13000, 0xfffff, 0xc0f3),
  ...descriptor(0, 0xff, 0x4093),
];

interface Outcome {
  readonly state: VcpuState;
  /** Regions entered. */
  readonly entries: number;
  readonly table: Uint8Array;
}

/** `body`, ROUNDS times; #NP and #GP count in EDX and go on after an instruction of two bytes. */
function run(jit: 'off' | 'eager' | 'eagerBaseline', mode: 32 | 64, body: readonly number[]): Outcome {
  const machine = new CpuMachine(16, jit);
  const is64 = mode === 64;
  // dec ecx: one byte has it in 32-bit code, two in 64-bit code
  const count = is64 ? [0xff, 0xc9] : [0x49];
  const size = body.length + count.length + 2;
  machine.poke(MAIN, [...body, ...count, 0x75, -size & 0xff, 0xf4]);
  // inc edx; add dword [esp+4],2; add esp,4; iretd
  machine.poke(HANDLER, [0x42, 0x83, 0x44, 0x24, 4, 2, 0x83, 0xc4, 4, 0xcf]);
  machine.poke(GDT, TABLE);
  for (const vector of [NP, GP]) machine.poke(IDT + vector * 8, [0, HANDLER >> 8, 8, 0, 0, 0x8e, 0, 0]);
  machine.poke(0x12010, [0x34, 0x12, 0, 0]);
  machine.poke(0x13010, [0x78, 0x56, 0, 0]);
  if (is64) machine.long64(MAIN);
  else machine.flat32(MAIN);
  const state = machine.vcpu.save();
  state.gpr = state.gpr.map(() => 0n);
  state.gpr[1] = BigInt(ROUNDS);
  state.gpr[4] = 0x7000n;
  state.gdtr = { base: BigInt(GDT), limit: TABLE.length - 1 };
  state.idtr = { base: BigInt(IDT), limit: 0x7ff };
  machine.vcpu.restore(state);
  expect(machine.run(100_000).kind).toBe('halted');
  const table = new Uint8Array(TABLE.length);
  machine.memory.read(GDT, table);
  return { state: machine.vcpu.save(), entries: machine.partition.jitStatistics?.entries ?? 0, table };
}

const pushWord = (selector: number): number[] => [0x6a, selector];

describe.each(['off', 'eager', 'eagerBaseline'] as const)('loads of segment registers with descriptors (%s)', (jit) => {
  /** Few entries: the loads are part of the region. */
  const expectCompiled = ({ entries }: Outcome): void => {
    if (jit !== 'off') {
      expect(entries).toBeGreaterThan(0);
      expect(entries).toBeLessThan(ROUNDS / 4);
    }
  };

  it('saves, changes and restores DS, ES, FS and GS as a 32-bit kernel does', () => {
    const outcome = run(jit, 32, [
      ...[0x1e, 0x06, 0x0f, 0xa0], // push ds; push es; push fs
      ...[0xb8, FLAT, 0, 0, 0, 0x8e, 0xd8, 0x8e, 0xc0], // mov eax,FLAT; mov ds,eax; mov es,eax
      ...[0xb8, BASED, 0, 0, 0, 0x8e, 0xe0], // mov eax,BASED; mov fs,eax
      ...[0x64, 0x03, 0x1d, 0x10, 0, 0, 0], // add ebx,fs:[10]
      ...[...pushWord(USER), 0x0f, 0xa9, 0x65, 0x03, 0x1d, 0x10, 0, 0, 0], // push USER; pop gs; add ebx,gs:[10]
      ...[0x0f, 0xa1, 0x07, 0x1f], // pop fs; pop es; pop ds
    ]);
    const { gpr, ds, es, fs, gs } = outcome.state;
    expect(gpr[3]).toBe(BigInt(ROUNDS * (0x1234 + 0x5678)));
    expect(gpr[4]).toBe(0x7000n);
    expect([ds.selector, es.selector, fs.selector, gs.selector]).toEqual([FLAT, FLAT, FLAT, USER]);
    expect(gs).toEqual({ selector: USER, access: 0xc0f3, limit: 0xffffffff, base: 0x13000n });
    expectCompiled(outcome);
  });

  it('loads null selectors into FS and GS', () => {
    const outcome = run(jit, 32, [
      ...[0x31, 0xc0, 0x8e, 0xe0], // xor eax,eax; mov fs,eax
      ...[0xb0, BASED, 0x8e, 0xe0, 0x64, 0x03, 0x1d, 0x10, 0, 0, 0], // mov al,BASED; mov fs,eax; add ebx,fs:[10]
      ...[0x6a, 3, 0x0f, 0xa9], // push 3; pop gs
    ]);
    expect(outcome.state.gpr[3]).toBe(BigInt(ROUNDS * 0x1234));
    expect(outcome.state.gs.selector).toBe(3);
    expectCompiled(outcome);
  });

  it('marks a descriptor as accessed', () => {
    const { state, table } = run(jit, 32, [0xb8, FRESH, 0, 0, 0, 0x8e, 0xe8]); // mov eax,FRESH; mov gs,eax
    expect(table[FRESH + 5]).toBe(0x93);
    expect(state.gs.access).toBe(0xc093);
  });

  it('faults where the segment is absent or outside the table', () => {
    const { state } = run(jit, 32, [
      ...[0xb8, ABSENT, 0, 0, 0, 0x8e, 0xe8], // mov eax,ABSENT; mov gs,eax
      ...[0xb8, 0x40, 0, 0, 0, 0x8e, 0xe8], // mov eax,40h; mov gs,eax
    ]);
    expect(state.gpr[2]).toBe(BigInt(ROUNDS * 2));
    expect(state.gs.selector).toBe(16);
  });

  it('checks the limit of a small segment in DS, and knows when it is gone', () => {
    const { state } = run(jit, 32, [
      ...[0xb8, SMALL, 0, 0, 0, 0x8e, 0xd8], // mov eax,SMALL; mov ds,eax
      ...[0xbf, 0xfc, 0, 0, 0, 0x8b, 0x1f], // mov edi,fch; mov ebx,[edi]
      ...[0x83, 0xc7, 4, 0x8b, 0x1f], // add edi,4; mov ebx,[edi]: #GP
      ...[0xb8, FLAT, 0, 0, 0, 0x8e, 0xd8, 0x8b, 0x1f], // mov eax,FLAT; mov ds,eax; mov ebx,[edi]
    ]);
    expect(state.gpr[2]).toBe(BigInt(ROUNDS));
    expect(state.ds.selector).toBe(FLAT);
  });

  it('loads and pops them in 64-bit mode, null ones too', () => {
    const outcome = run(jit, 64, [
      ...[0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0], // xor eax,eax; mov ds,eax; mov es,eax
      ...[0xb0, BASED, 0x8e, 0xe0], // mov al,BASED; mov fs,eax
      ...[0x64, 0x03, 0x1c, 0x25, 0x10, 0, 0, 0], // add ebx,fs:[10]
      ...[0x6a, USER, 0x0f, 0xa9, 0x65, 0x03, 0x1c, 0x25, 0x10, 0, 0, 0], // push USER; pop gs; add ebx,gs:[10]
    ]);
    const { gpr, ds, fs, gs } = outcome.state;
    expect(gpr[3]).toBe(BigInt(ROUNDS * (0x1234 + 0x5678)));
    expect([ds.selector, fs.selector, fs.base, gs.base]).toEqual([0, BASED, 0x12000n, 0x13000n]);
    expectCompiled(outcome);
  });
});
