import { beforeAll, describe, expect, test } from 'vitest';
import { vcpuOffset } from '../../../src/cpu/emulated/engine-layout';
import { CODE_32, CODE_64, type CodeSize, DECODE_OK, Decoder } from '../../../src/cpu/emulated/decoder';
import { ENV_FLAT, ENV_LONG } from '../../../src/cpu/emulated/isa/compile';
import { CoreImports, LEFT_JUMPED, WasmEmitter } from '../../../src/cpu/emulated/jit/wasm-emitter';
import { buildModule } from '../../../src/cpu/emulated/jit/wasm-module';
import { InstructionOperands } from '../../../src/cpu/emulated/jit/wasm-operands';
import type { VcpuState } from '../../../src/cpu/vcpu-state';
import { CpuMachine } from '../../support/cpu/cpu-machine';

/**
 * One semantic function, two back ends: each instruction runs in the interpreter on one machine and as WebAssembly made at run
 * time on another, from the same state; registers, flags, vectors and memory must agree.
 */
const CODE = 0x1000;
const DATA = 0x3000;
const DATA_SIZE = 256;

const decoder = new Decoder();
let interpreted: CpuMachine;
let compiled: CpuMachine;
beforeAll(() => {
  interpreted = new CpuMachine();
  compiled = new CpuMachine();
});

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').map((word) => Number.parseInt(word, 16)));
}

/** The instruction as a function (s, op). */
function compile(code: Uint8Array, codeSize: CodeSize): (s: number, op: number) => number {
  expect(decoder.decode(code, 0, code.length, codeSize)).toBe(DECODE_OK);
  const x = decoder.instruction;
  const next = BigInt(CODE + x.length);
  const imports = new CoreImports();
  const env = codeSize === CODE_64 ? ENV_LONG : ENV_FLAT;
  const e = new WasmEmitter(imports, { env, size: x.size, nextRip: next, target: next + BigInt(x.immLow) });
  x.compiled.row.semantics!(e, new InstructionOperands(e, x));
  const binary = buildModule(imports.functions, [e.finish('f')]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {
    env: { memory: compiled.memory.memory },
    core: compiled.partition.core as WebAssembly.ModuleImports,
  });
  return instance.exports['f'] as (s: number, op: number) => number;
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
];

function agree(text: string, codeSize: CodeSize): void {
  const code = bytesOf(text);
  const f = compile(code, codeSize);
  const s = vcpuOffset(0);
  for (let round = 0; round < 6; round++) {
    const registers = Array.from({ length: 16 }, random64);
    registers[4] = BigInt(DATA + 0x80);
    registers[6] = BigInt(DATA);
    const flags = 2n | (random64() & 0x8d5n);
    const data = new Uint8Array(DATA_SIZE);
    for (let i = 0; i < DATA_SIZE; i++) data[i] = Number(random64() & 0xffn);
    // what RET and CALL take as a target lies in memory that is there
    data.set([0x00, 0x20, 0, 0, 0, 0, 0, 0], 0x80);
    const vectors = Uint8Array.from({ length: 256 }, () => Number(random64() & 0xffn));
    const prepare = (state: VcpuState): void => {
      state.gpr = codeSize === CODE_64 ? registers : registers.map((value, i) => (i < 8 ? value & 0xffffffffn : 0n));
      state.rflags = flags;
      state.xsave.set(vectors, 160);
    };
    for (const machine of [interpreted, compiled]) {
      machine.poke(CODE, code);
      start(machine, codeSize, prepare, data);
    }
    interpreted.run(1);
    let faulted = false;
    let left = 0;
    try {
      left = f(s, 0);
    } catch {
      faulted = true;
    }
    if (faulted) {
      // the state before the instruction is whole
      expect(compiled.vcpu.save().gpr, `${text} after a fault`).toEqual(
        registers.map((value, i) => (codeSize === CODE_64 ? value : i < 8 ? value & 0xffffffffn : 0n)),
      );
      continue;
    }
    const result = compiled.vcpu.save();
    if (left !== LEFT_JUMPED) result.rip = BigInt(CODE + code.length);
    expect({ ...result, count: 1 }, `${text} round ${round}`).toEqual(interpreted.vcpu.save());
    expect(compiled.peek(DATA, DATA_SIZE), `${text} memory`).toEqual(interpreted.peek(DATA, DATA_SIZE));
  }
}

describe('interpreter and WebAssembly emitter agree', () => {
  for (const [name, text, modes] of CASES) {
    test(name, () => {
      if (modes !== '32') agree(text, CODE_64);
      if (modes !== '64') agree(text, CODE_32);
    });
  }
});

test('every semantic function of the integer and vector families emits a valid module', () => {
  let count = 0;
  for (const row of decoder.rows) {
    if (row.row.semantics === undefined) continue;
    for (const form of row.forms) {
      const imports = new CoreImports();
      const e = new WasmEmitter(imports, { env: ENV_LONG, size: 64, nextRip: 0x1000n, target: 0x1010n });
      const x = {
        compiled: row,
        length: 4,
        size: row.sizeRule === 'v' || row.sizeRule === 'y' ? 64 : row.sizeRule,
        addressSize: 64 as const,
        form,
        hasLock: false,
        rep: 0,
        segment: 3,
        hasRex: true,
        rexW: true,
        reg: 1,
        rm: 2,
        base: 6,
        index: -1,
        scale: 0,
        displacement: 8,
        immLow: 1,
        immHigh: 0,
        imm2: 0,
      };
      row.row.semantics(e, new InstructionOperands(e, x as never));
      const binary = buildModule(imports.functions, [e.finish('f')]);
      // the constructor says what is wrong
      if (!WebAssembly.validate(binary)) new WebAssembly.Module(binary);
      count++;
    }
  }
  expect(count).toBeGreaterThan(400);
});
