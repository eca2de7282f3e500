import { describe, expect, test } from 'vitest';
import { cpuModels } from '../../../../src/config/cpu';
import type { CpuModelName, CpuVendorName } from '../../../../src/cpu/backend';
import { type CpuidInput, cpuid } from '../../../../src/cpu/emulated/cpuid';
import { countersOf, cpuModel, hasFeature } from '../../../../src/cpu/emulated/models';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

function input(name: CpuModelName, vendor: CpuVendorName = 'GenuineIntel'): CpuidInput {
  return {
    model: cpuModel(name, vendor),
    tscHz: 1e9,
    vcpuCount: 1,
    apicId: 0,
    cr4: 1 << 18,
    isLongMode: true,
    xcr0: 7n,
  };
}

/** What the psABI asks of its levels (System V ABI for x86-64, table 3.1), as [leaf, subleaf, register, bits]. */
type Bits = readonly [leaf: number, register: 'ebx' | 'ecx' | 'edx', ...bits: number[]];
const LEVEL1: readonly Bits[] = [
  // FPU CX8 CMOV MMX FXSR SSE SSE2; SYSCALL LM
  [1, 'edx', 0, 8, 15, 23, 24, 25, 26],
  [0x80000001, 'edx', 11, 29],
];
const LEVEL2: readonly Bits[] = [
  ...LEVEL1,
  // SSE3 SSSE3 CMPXCHG16B SSE4.1 SSE4.2 POPCNT; LAHF
  [1, 'ecx', 0, 9, 13, 19, 20, 23],
  [0x80000001, 'ecx', 0],
];
const LEVEL3: readonly Bits[] = [
  ...LEVEL2,
  // FMA MOVBE OSXSAVE AVX F16C; BMI1 AVX2 BMI2; LZCNT
  [1, 'ecx', 12, 22, 27, 28, 29],
  [7, 'ebx', 3, 5, 8],
  [0x80000001, 'ecx', 5],
];

function missing(name: CpuModelName, level: readonly Bits[]): string[] {
  return level.flatMap(([leaf, register, ...bits]) => {
    const value = cpuid(leaf, 0, input(name))[register];
    return bits.filter((bit) => ((value >>> bit) & 1) === 0).map((bit) => `${leaf.toString(16)} ${register}.${bit}`);
  });
}

describe('CPU models', () => {
  test('the configuration offers those that the engine knows', () => {
    for (const name of cpuModels) expect(cpuModel(name).name).toBe(name);
  });

  test('have what their psABI level asks for', () => {
    expect(missing('max', LEVEL3)).toEqual([]);
    expect(missing('x86-64-v3', LEVEL3)).toEqual([]);
    expect(missing('x86-64-v2', LEVEL2)).toEqual([]);
    expect(missing('qemu64', LEVEL1)).toEqual([]);
  });

  test('have nothing of the next level for user programs', () => {
    for (const name of ['avx', 'bmi1', 'fma', 'movbe', 'xsave', 'aes', 'rdrand', 'sha']) {
      expect(hasFeature(cpuModel('x86-64-v2'), name), name).toBe(false);
    }
    for (const name of ['ssse3', 'sse4_1', 'popcnt']) expect(hasFeature(cpuModel('qemu64'), name), name).toBe(false);
    for (const name of ['sse2', 'lm', 'nx', 'syscall'])
      expect(hasFeature(cpuModel('pentium3'), name), name).toBe(false);
    for (const name of ['tsc', 'cx8', 'mmx', 'cmov', 'pae'])
      expect(hasFeature(cpuModel('486'), name), name).toBe(false);
  });

  test('every feature that a model names is implemented', () => {
    for (const name of cpuModels) {
      const model = cpuModel(name);
      const absent = [...(model.features ?? [])].filter((feature) => !hasFeature(model, feature));
      expect(absent, name).toEqual([]);
    }
  });

  test('old ones have old CPUID leafs', () => {
    expect(cpuid(0, 0, input('486')).eax).toBe(1);
    expect(cpuid(1, 0, input('486')).eax).toBe(0x480);
    expect(cpuid(0x80000000, 0, input('486')).eax).toBeLessThan(0x80000000);
    expect(cpuid(0, 0, input('pentium3')).eax).toBe(2);
    expect(cpuid(1, 0, input('pentium3')).eax).toBe(0x683);
    expect(cpuid(2, 0, input('pentium3')).eax & 0xff).toBe(1);
  });
});

/** [name, code, needs]: run in flat 32-bit mode at CPL 0 with ECX as given. */
const PROBES: ReadonlyArray<readonly [string, readonly number[], string, ecx?: number]> = [
  ['RDTSC', [0x0f, 0x31], 'tsc'],
  ['CMPXCHG8B', [0x0f, 0xc7, 0x0d, 0, 0x20, 0, 0], 'cx8'],
  ['CMOVE', [0x0f, 0x44, 0xc1], 'cmov'],
  ['FCMOVB', [0xda, 0xc1], 'cmov'],
  ['PXOR of MMX', [0x0f, 0xef, 0xc0], 'mmx'],
  ['XORPS', [0x0f, 0x57, 0xc0], 'sse'],
  ['PXOR of XMM', [0x66, 0x0f, 0xef, 0xc0], 'sse2'],
  ['PSHUFB', [0x66, 0x0f, 0x38, 0x00, 0xc0], 'ssse3'],
  ['RDPMC', [0x0f, 0x33], 'msr', 0],
  ['POPCNT', [0xf3, 0x0f, 0xb8, 0xc0], 'popcnt'],
  ['ANDN', [0xc4, 0xe2, 0x70, 0xf2, 0xc2], 'bmi1'],
  ['XGETBV', [0x0f, 0x01, 0xd0], 'xsave', 0],
  ['RDMSR', [0x0f, 0x32], 'msr', 0x10],
];
const UD = 6;
const GP = 13;
const CODE = 0x1000;
const HANDLERS = 0x3000;
const IDT = 0x4000;
const GDT = 0x5000;

/** The vector that the code raises, undefined: none. */
function vectorOf(machine: CpuMachine, code: readonly number[], ecx = 0): number | undefined {
  const gdt = new BigUint64Array([0n, 0x00cf9b000000ffffn, 0x00cf93000000ffffn]);
  const idt = new BigUint64Array(32).map((_, i) => BigInt(HANDLERS + i) | (8n << 16n) | (0x8e00n << 32n));
  machine.poke(GDT, new Uint8Array(gdt.buffer));
  machine.poke(IDT, new Uint8Array(idt.buffer));
  machine.poke(HANDLERS, new Uint8Array(32).fill(0xf4));
  machine.poke(CODE, [...code, 0xf4]);
  machine.vcpu.reset();
  const state = machine.vcpu.save();
  for (const name of ['es', 'ss', 'ds', 'fs', 'gs'] as const) {
    state[name] = { selector: 16, access: 0xc093, limit: 0xffffffff, base: 0n };
  }
  state.gpr[1] = BigInt(ecx);
  state.gpr[4] = 0x8000n;
  machine.vcpu.restore({
    ...state,
    cs: { selector: 8, access: 0xc09b, limit: 0xffffffff, base: 0n },
    gdtr: { base: BigInt(GDT), limit: 23 },
    idtr: { base: BigInt(IDT), limit: 255 },
    cr0: 0x11n,
    // whatever of OSFXSR, OSXMMEXCPT and OSXSAVE this CPU has
    cr4: machine.vcpu.state.u64('CR4_ALLOWED') & 0x40600n,
    rip: BigInt(CODE),
  });
  expect(machine.run(100).kind).toBe('halted');
  const rip = Number(machine.vcpu.save().rip) - 1;
  return rip >= HANDLERS && rip < HANDLERS + 32 ? rip - HANDLERS : undefined;
}

describe.each(cpuModels.map((name) => [name]))('%s', (name) => {
  const machine = new CpuMachine(16, 'off', { model: name });
  const model = cpuModel(name);

  for (const [probe, code, feature, ecx] of PROBES) {
    test(`${probe} is there or undefined as CPUID says`, () => {
      // Without a counter there is nothing to read.
      const there = probe === 'RDPMC' && countersOf(model) === undefined ? GP : undefined;
      expect(vectorOf(machine, code, ecx)).toBe(hasFeature(model, feature) ? there : UD);
    });
  }

  test('control bits of absent features are reserved', () => {
    // MOV CR4, EAX with each bit alone
    for (const [feature, bit] of [
      ['de', 3],
      ['mce', 6],
      ['pge', 7],
      ['fxsr', 9],
      ['xsave', 18],
    ] as const) {
      const code = [0xb8, ...[0, 8, 16, 24].map((shift) => ((1 << bit) >>> shift) & 0xff), 0x0f, 0x22, 0xe0];
      expect(vectorOf(machine, code), feature).toBe(hasFeature(model, feature) ? undefined : GP);
    }
  });

  test('MSRs of absent features are not there', () => {
    if (!hasFeature(model, 'msr')) return;
    for (const [feature, index] of [
      ['sep', 0x174],
      ['mtrr', 0x2ff],
      ['pat', 0x277],
      ['syscall', 0xc0000081],
      ['lm', 0xc0000102],
      ['rdtscp', 0xc0000103],
      ['spec_ctrl', 0x48],
    ] as const) {
      expect(vectorOf(machine, [0x0f, 0x32], index), feature).toBe(hasFeature(model, feature) ? undefined : GP);
    }
  });
});
