import { beforeAll, describe, expect, test } from 'vitest';
import { CODE_32, CODE_64, type CodeSize } from '../../../src/cpu/emulated/decoder';
import type { VcpuState } from '../../../src/cpu/vcpu-state';
import { CpuMachine } from '../../support/cpu/cpu-machine';

/**
 * One semantic function, two tiers: each instruction runs in a loop, on one machine in the interpreter and on another in compiled
 * code, from the same state; at every stop registers, flags, vectors, count and memory must agree.
 */
const CODE = 0x2000;
const CODE_END = 0x2180;
const CODE_START = 0x1f40;
const STACK = 0x8000;
const DATA = 0x3000;
const DATA_SIZE = 256;

let interpreted: CpuMachine;
let compiled: CpuMachine;

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').map((word) => Number.parseInt(word, 16)));
}

let seed = 7;
function random64(): bigint {
  let value = 0n;
  for (let i = 0; i < 4; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    value = (value << 16n) | BigInt(seed >>> 16);
  }
  // small and extreme values are where flags differ
  const kind = seed % 5;
  if (kind === 0) return value & 0xffn;
  if (kind === 1) return BigInt.asUintN(64, -(value & 0xffn));
  if (kind === 2) return 1n << (value & 63n);
  return value;
}

function start(machine: CpuMachine, codeSize: CodeSize, prepare: (state: VcpuState) => void, data: Uint8Array): void {
  if (codeSize === CODE_64) machine.long64(CODE);
  else machine.flat32(CODE);
  machine.poke(DATA, data);
  const state = machine.vcpu.save();
  prepare(state);
  machine.vcpu.restore({ ...state, rip: BigInt(CODE), count: 0 });
}

/** No-operations around the instruction, and at their end the way back to it. */
function looped(code: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CODE_END + 5 - CODE_START).fill(0x90);
  bytes.set(code, CODE - CODE_START);
  bytes[CODE_END - CODE_START] = 0xe9;
  new DataView(bytes.buffer).setInt32(CODE_END + 1 - CODE_START, CODE - (CODE_END + 5), true);
  return bytes;
}

/** 64-bit mode, 32-bit mode or both; RSI points to data. */
const CASES: ReadonlyArray<readonly [string, string, '32' | '64' | 'both']> = [
  ['add eax, ecx', '01 c8', 'both'],
  ['adc ah, bl', '10 dc', 'both'],
  ['sbb rdx, [rsi+8]', '48 1b 56 08', '64'],
  ['xor [esi+4], cx', '66 31 4e 04', '32'],
  ['cmp byte [rsi], -1', '80 3e ff', 'both'],
  ['inc dword [rsi+ecx*1]', 'ff 06', 'both'],
  ['neg r9', '49 f7 d9', '64'],
  ['imul eax, ecx', '0f af c1', 'both'],
  ['mul rcx', '48 f7 e1', '64'],
  ['idiv cl', 'f6 f9', 'both'],
  ['shl ecx, 5', 'c1 e1 05', 'both'],
  ['sar qword [rsi], cl', '48 d3 3e', '64'],
  ['rcr bx, cl', '66 d3 db', 'both'],
  ['shld eax, edx, cl', '0f a5 d0', 'both'],
  ['bts dword [rsi], 3', '0f ba 2e 03', 'both'],
  ['bsf eax, ecx', '0f bc c1', 'both'],
  ['movzx eax, byte [rsi+1]', '0f b6 46 01', 'both'],
  ['movsxd rax, ecx', '48 63 c1', '64'],
  ['lea rax, [rip+0x10]', '48 8d 05 10 00 00 00', '64'],
  ['lea ax, [esi+ecx*8-4]', '66 8d 44 ce fc', '32'],
  ['xchg [rsi], eax', '87 06', 'both'],
  ['cmpxchg [rsi], ecx', '0f b1 0e', 'both'],
  ['bswap rdx', '48 0f ca', '64'],
  ['setle [rsi]', '0f 9e 06', 'both'],
  ['cmovb eax, ecx', '0f 42 c1', 'both'],
  ['cdq', '99', 'both'],
  ['lahf', '9f', 'both'],
  ['sahf', '9e', 'both'],
  ['cmc', 'f5', 'both'],
  ['push rcx', '51', 'both'],
  ['pop [register] rbx', '5b', 'both'],
  ['jg +0x20', '7f 20', 'both'],
  ['jmp -0x40', 'eb c0', 'both'],
  ['call +0x100', 'e8 00 01 00 00', 'both'],
  ['call [rsi+16]', 'ff 56 10', '32'],
  ['ret', 'c3', '32'],
  ['loopne +4', 'e0 04', 'both'],
  ['movdqu xmm1, [rsi]', 'f3 0f 6f 0e', 'both'],
  ['movups [rsi], xmm2', '0f 11 16', 'both'],
  ['paddw xmm1, xmm2', '66 0f fd ca', 'both'],
  ['pshufd xmm3, xmm1, 0x1b', '66 0f 70 d9 1b', 'both'],
  ['pmovmskb eax, xmm1', '66 0f d7 c1', 'both'],
  ['punpcklbw xmm1, xmm2', '66 0f 60 ca', 'both'],
  ['andn eax, ecx, edx', 'c4 e2 70 f2 c2', 'both'],
  ['mulx eax, ebx, ecx', 'c4 e2 63 f6 c1', 'both'],
  ['rorx eax, ecx, 7', 'c4 e3 7b f0 c1 07', 'both'],
  ['pext eax, ecx, edx', 'c4 e2 72 f5 c2', 'both'],
  ['vxorps xmm1, xmm2, xmm3', 'c5 e8 57 cb', 'both'],
  ['vpaddd ymm1, ymm2, ymm3', 'c5 ed fe cb', 'both'],
  ['vmovdqu ymm1, [rsi+3]', 'c5 fe 6f 4e 03', 'both'],
  ['vmovdqu [rsi+5], ymm2', 'c5 fe 7f 56 05', 'both'],
  ['vaddps ymm1, ymm2, ymm3', 'c5 ec 58 cb', 'both'],
  ['vaddsd xmm1, xmm2, [rsi]', 'c5 eb 58 0e', 'both'],
  ['vfmadd231pd ymm1, ymm2, ymm3', 'c4 e2 ed b8 cb', 'both'],
  ['vpermq ymm1, ymm2, 0x1b', 'c4 e3 fd 00 ca 1b', 'both'],
  ['vblendvps ymm1, ymm2, ymm3, ymm4', 'c4 e3 6d 4a cb 40', 'both'],
  ['vzeroupper', 'c5 f8 77', 'both'],
];

function expectSameMemory(at: number, size: number, message: string): void {
  const same = Buffer.compare(compiled.peek(at, size), interpreted.peek(at, size)) === 0;
  expect(same, message).toBe(true);
}

function agree(text: string, codeSize: CodeSize): void {
  const code = bytesOf(text);
  for (let round = 0; round < 4; round++) {
    const registers = Array.from({ length: 16 }, random64);
    registers[4] = BigInt(STACK);
    registers[6] = BigInt(DATA);
    const flags = 2n | (random64() & 0x8d5n);
    const data = new Uint8Array(DATA_SIZE);
    for (let i = 0; i < DATA_SIZE; i++) data[i] = Number(random64() & 0xffn);
    // what CALL and RET take as a target
    data.set([0x04, 0x20, 0, 0, 0, 0, 0, 0], 16);
    const stack = new Uint8Array(1024);
    for (let i = 0; i < stack.length; i += 4) stack.set([0x04, 0x20, 0, 0], i);
    const vectors = Uint8Array.from({ length: 256 }, () => Number(random64() & 0xffn));
    const prepare = (state: VcpuState): void => {
      state.gpr = codeSize === CODE_64 ? registers : registers.map((value, i) => (i < 8 ? value & 0xffffffffn : 0n));
      state.rflags = flags;
      state.xsave.set(vectors, 160);
      state.xsave.set(vectors.toReversed(), 576);
      state.cr4 |= 0x40000n;
      state.xcr0 = 7n;
    };
    for (const machine of [interpreted, compiled]) {
      machine.poke(CODE_START, looped(code));
      machine.poke(STACK, stack);
      start(machine, codeSize, prepare, data);
    }
    let until = 0;
    for (let stop = 0; stop < 12; stop++) {
      until += stop < 6 ? 397 : Number(random64() & 0x3ffn) + 1;
      for (const machine of [interpreted, compiled]) machine.vcpu.run(machine.bus, until);
      const at = `${text} round ${round}, after ${until}`;
      expect(compiled.vcpu.save(), at).toEqual(interpreted.vcpu.save());
      expectSameMemory(DATA, DATA_SIZE, `${at}: memory`);
      expectSameMemory(STACK - 4096, 8192, `${at}: stack`);
    }
  }
}

describe.each(['eager', 'eagerBaseline'] as const)('interpreter and compiled code (%s) agree', (jit) => {
  beforeAll(() => {
    interpreted = new CpuMachine();
    compiled = new CpuMachine(16, jit);
  }, 120_000);

  for (const [name, text, modes] of CASES) {
    test(name, () => {
      if (modes !== '32') agree(text, CODE_64);
      if (modes !== '64') agree(text, CODE_32);
    });
  }
  test('most of what ran was compiled', () => {
    const { instructions, slowExits, entries } = compiled.partition.jitStatistics!;
    expect(instructions).toBeGreaterThan(100_000);
    expect(slowExits).toBeLessThan(entries);
  });
});
