import { describe, expect, it, test } from 'vitest';
import type { CpuConfig } from '../../../../src/cpu/backend';
import { cpuid } from '../../../../src/cpu/emulated/cpuid';
import { cpuModel } from '../../../../src/cpu/emulated/models';
import type { JitMode } from '../../../../src/cpu/emulated/jit/regions';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import { asUser32, CODE_AT, FAULT_VECTORS, HANDLERS_AT, ProtectedMachine } from '../../../support/cpu/tables';

const le = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const wrmsr = (index: number, low: number, high = 0): number[] => [
  ...[0xb9, ...le(index), 0xb8, ...le(low), 0xba, ...le(high)],
  ...[0x0f, 0x30],
];
const rdmsr = (index: number): number[] => [0xb9, ...le(index), 0x0f, 0x32];
const rdpmc = (index: number): number[] => [0xb9, ...le(index), 0x0f, 0x33];
/** mov ebp, n; l: dec ebp; jnz l: 1 + 2n instructions. */
const loop = (n: number): number[] => [0xbd, ...le(n), 0x4d, 0x75, 0xfd];
const nops = (n: number): number[] => new Array<number>(n).fill(0x90);

const SELECT0 = 0x186;
const PMC0 = 0xc1;
const FIXED0 = 0x309;
const FIXED_CTRL = 0x38d;
const STATUS = 0x38e;
const GLOBAL = 0x38f;
const OVERFLOW = 0x390;

const BOTH = 0x430000;
const USER = 0x410000;
const KERNEL = 0x420000;
const INT = 0x100000;
const RETIRED = 0xc0;
const CYCLES = 0x3c;
const FIXED = 0x40000000;

function machine(jit: JitMode = 'off', cpu: Partial<CpuConfig> = {}, change?: (state: VcpuState) => void) {
  const m = new ProtectedMachine(16, jit, cpu);
  m.protected32(change);
  return m;
}

/** EAX after `bytes`, which must not fault. */
function result(m: ProtectedMachine, bytes: readonly number[]): number {
  const s = m.execute(bytes, 1_000_000);
  expect(m.haltedIn(s)).toBeUndefined();
  return Number(s.gpr[0]);
}

describe.each(['off', 'eager'] as const)('performance counters, compiled code %s', (jit) => {
  it('count instructions that retired, one by one', () => {
    // After the WRMSR that starts it: a loop, and the MOV before RDPMC.
    expect(result(machine(jit), [...wrmsr(SELECT0, BOTH | RETIRED), ...loop(5000), ...rdpmc(0)])).toBe(10_002);
    const fixed = [...wrmsr(FIXED_CTRL, 3), ...wrmsr(GLOBAL, 0, 1), ...loop(5000), ...rdpmc(FIXED)];
    expect(result(machine(jit), fixed)).toBe(10_002);
  });

  it('count a REP once, however often it repeats', () => {
    const stos = (n: number): number[] => [0xbf, ...le(0x20_0000), 0xb9, ...le(n), 0xf3, 0xaa];
    const many = [...stos(100_000), ...stos(0), ...stos(1)];
    expect(result(machine(jit), [...wrmsr(SELECT0, BOTH | RETIRED), ...many, ...rdpmc(0)])).toBe(10);
    // lodsb is not done in bulk, and the end of a run may fall into it
    const m = machine(jit);
    const lods = [0xbe, ...le(0x20_0000), 0xb9, ...le(3000), 0xf3, 0xac];
    m.poke(CODE_AT, [...wrmsr(SELECT0, BOTH | RETIRED), ...lods, ...rdpmc(0), 0xf4]);
    while (m.vcpu.save().activity !== 'halted') m.run(7);
    expect(Number(m.vcpu.save().gpr[0])).toBe(4);
  });

  it('interrupt at the very instruction that fills them', () => {
    const m = machine(jit);
    const start = [...wrmsr(SELECT0, BOTH | INT | RETIRED), ...wrmsr(PMC0, -1001), ...wrmsr(GLOBAL, 1)];
    // dec ebp; jnz: 1 + 2 * 500 instructions, and not one more
    m.poke(CODE_AT, [...wrmsr(GLOBAL, 0), ...start, ...loop(500), ...nops(50), 0xf4]);
    let overflows = 0;
    m.bus.performanceOverflow = () => {
      overflows++;
      m.vcpu.kick();
    };
    expect(m.run(1_000_000)).toEqual({ kind: 'kicked' });
    expect(Number(m.vcpu.save().rip)).toBe(CODE_AT + 68 + 8);
    expect(m.vcpu.save().msrs['38e']).toBe(1n);
    expect(m.vcpu.save().msrs['c1']).toBe(0n);
    expect(m.run(1_000_000)).toEqual({ kind: 'halted' });
    expect(overflows).toBe(1);
  });

  it('tell rings apart', () => {
    const m = machine(jit, {}, (state) => {
      asUser32(state);
      state.msrs['186'] = BigInt(USER | RETIRED);
      state.msrs['187'] = BigInt(KERNEL | RETIRED);
    });
    m.poke(HANDLERS_AT + 16 * FAULT_VECTORS.GP, [...nops(6), 0xf4]);
    // HLT faults, so it does not retire
    m.poke(CODE_AT, [...loop(100), 0xf4]);
    m.run(10_000);
    const { msrs } = m.vcpu.save();
    expect([msrs['c1'], msrs['c2']]).toEqual([201n, 7n]);
  });

  it('of ring 3 interrupt there, though ring 0 runs in between', () => {
    const m = machine(jit, {}, (state) => {
      asUser32(state);
      state.msrs['186'] = BigInt(USER | INT | RETIRED);
      state.msrs['c1'] = (1n << 48n) - 150n;
    });
    // DIV by 0: the handler loops, steps over it and returns
    const divide = [0xf7, 0xf3];
    m.poke(HANDLERS_AT, [0xe9, ...le(0x9000 - HANDLERS_AT - 5)]);
    m.poke(0x9000, [0x55, ...loop(1000), 0x5d, 0x83, 0x04, 0x24, 2, 0xcf]);
    m.poke(CODE_AT, [0x31, 0xdb, ...nops(99), ...divide, ...nops(100), 0xf4]);
    m.bus.performanceOverflow = () => m.vcpu.kick();
    expect(m.run(100_000)).toEqual({ kind: 'kicked' });
    // IRET is ring 3's, where it ends
    expect(Number(m.vcpu.save().rip)).toBe(CODE_AT + 2 + 99 + 2 + 49);
  });

  it('go on from a saved state as without it', () => {
    const bytes = [...wrmsr(SELECT0, BOTH | RETIRED), ...wrmsr(SELECT0 + 1, BOTH | CYCLES), ...loop(3000), 0xf4];
    const whole = machine(jit);
    whole.poke(CODE_AT, bytes);
    whole.run(100_000);
    const half = machine(jit);
    half.poke(CODE_AT, bytes);
    half.run(1234);
    const other = machine(jit);
    other.poke(CODE_AT, bytes);
    other.vcpu.restore(structuredClone(half.vcpu.save()));
    other.run(100_000);
    expect(other.vcpu.save().msrs['c1']).toBe(whole.vcpu.save().msrs['c1']);
  });
});

describe('cycles', () => {
  test('are those of the TSC while the vCPU is not halted', () => {
    const m = machine();
    const at = m.vcpu.count;
    m.vcpu.setClock({ count: at, ns: 1000, nsPerInstruction: 3 });
    const program = [...wrmsr(FIXED_CTRL, 0x330), ...wrmsr(SELECT0, BOTH | 0x100 | CYCLES), ...wrmsr(GLOBAL, 1, 6)];
    m.poke(CODE_AT, [...program, ...nops(10), 0xf4, ...nops(4), 0xf4]);
    m.run(100);
    expect(m.vcpu.save().activity).toBe('halted');
    // A second passes in HLT, and then the clock runs faster.
    m.vcpu.setClock({ count: m.vcpu.count, ns: 1e9, nsPerInstruction: 5 });
    m.vcpu.nmi();
    m.poke(HANDLERS_AT + 16 * FAULT_VECTORS.DB, [0xf4]);
    m.poke(HANDLERS_AT + 32, [0xcf]);
    m.run(100);
    const { msrs } = m.vcpu.save();
    // Ten NOPs and HLT at 3 ns; IRET, four NOPs and HLT at 5; the first one also has the four that start the others
    expect([msrs['c1'], msrs['30a'], msrs['30b']]).toEqual([75n, 63n, 63n]);
  });

  test('every one is counted where fewer than so many events happen in it', () => {
    const m = machine();
    m.vcpu.setClock({ count: m.vcpu.count, ns: 0, nsPerInstruction: 2 });
    const inverted = 0x10800000;
    expect(result(m, [...wrmsr(SELECT0, BOTH | inverted | RETIRED), ...nops(9), ...rdpmc(0)])).toBe(20);
  });
});

describe('registers of performance counters', () => {
  const { GP } = FAULT_VECTORS;
  const faults = (bytes: number[], cpu: Partial<CpuConfig> = {}, change?: (state: VcpuState) => void) => {
    const m = machine('off', cpu, change);
    return m.haltedIn(m.execute(bytes));
  };

  test('are written as the manual has it: the low half with its sign, fixed ones whole', () => {
    const m = machine();
    m.execute([...wrmsr(PMC0, -2, 0x7777), ...wrmsr(FIXED0, -2, 0x7777)]);
    expect(m.vcpu.save().msrs['c1']).toBe(0xffff_ffff_fffen);
    expect(m.vcpu.save().msrs['309']).toBe(0x7777_ffff_fffen);
  });

  test('refuse reserved bits and what is not there', () => {
    expect(faults(wrmsr(SELECT0, 1 << 21))).toBe(GP);
    expect(faults(wrmsr(SELECT0, 0, 1))).toBe(GP);
    expect(faults(wrmsr(FIXED0, 0, 0x10000))).toBe(GP);
    expect(faults(wrmsr(FIXED_CTRL, 4))).toBe(GP);
    expect(faults(wrmsr(GLOBAL, 0x10))).toBe(GP);
    expect(faults(wrmsr(STATUS, 0))).toBe(GP);
    expect(faults(rdmsr(SELECT0 + 4))).toBe(GP);
    for (const index of [4, FIXED | 3, 0x80000000]) expect(faults(rdpmc(index))).toBe(GP);
    for (const index of [SELECT0, PMC0, FIXED0, GLOBAL]) expect(faults(rdmsr(index), { model: 'qemu64' })).toBe(GP);
    expect(faults(rdpmc(0), { model: 'qemu64' })).toBe(GP);
    expect(faults(rdmsr(GLOBAL), { model: 'pentium3' })).toBe(GP);
    expect(faults(rdpmc(2), { model: 'pentium3' })).toBe(GP);
  });

  test('are open to ring 3 with CR4.PCE', () => {
    expect(faults(rdpmc(0), {}, asUser32)).toBe(GP);
    const open = (state: VcpuState): void => {
      asUser32(state);
      state.cr4 = 0x100n;
    };
    const m = machine('off', {}, open);
    // Then HLT faults.
    const s = m.execute(rdpmc(0));
    expect(m.dword(Number(s.gpr[4]) + 4)).toBe(CODE_AT + rdpmc(0).length);
  });

  test('say what is full until that is cleared, and freeze if they should', () => {
    const m = machine();
    const full = [...wrmsr(PMC0, -1), ...wrmsr(SELECT0, BOTH | INT | RETIRED)];
    const freeze = wrmsr(0x1d9, 0x1000);
    let overflows = 0;
    m.bus.performanceOverflow = () => overflows++;
    expect(result(m, [...freeze, ...full, ...nops(5), ...rdmsr(STATUS)])).toBe(1);
    expect([overflows, m.vcpu.save().msrs['38f'], m.vcpu.save().msrs['c1']]).toEqual([1, 0n, 0n]);
    const other = machine();
    expect(result(other, [...full, ...nops(5), ...wrmsr(OVERFLOW, 1), ...rdmsr(STATUS)])).toBe(0);
  });

  test("of a Pentium III share the first one's enable bit and are 40 bits wide", () => {
    const m = machine('off', { model: 'pentium3' });
    const program = [...wrmsr(SELECT0 + 1, (BOTH & ~0x400000) | RETIRED), ...nops(5), ...wrmsr(SELECT0, 0x400000)];
    expect(result(m, [...program, ...nops(7), ...rdpmc(1)])).toBe(8);
    m.protected32();
    m.execute(wrmsr(PMC0, -1));
    expect(m.vcpu.save().msrs['c1']).toBe(0xff_ffff_ffffn);
  });

  test("of a K7 are AMD's", () => {
    const m = machine('off', { vendor: 'AuthenticAMD' });
    expect(result(m, [...wrmsr(0xc0010000, BOTH | RETIRED), ...nops(7), ...rdpmc(0)])).toBe(8);
    expect(faults(rdmsr(SELECT0), { vendor: 'AuthenticAMD' })).toBe(GP);
  });

  test('are told by CPUID: version 2, four general and three fixed ones of 48 bits', () => {
    const input = { tscHz: 1e9, vcpuCount: 1, apicId: 0, cr4: 0, isLongMode: false, xcr0: 1n };
    const leaf = cpuid(0xa, 0, { ...input, model: cpuModel('max') });
    expect(leaf).toEqual({ eax: 0x07300402, ebx: 0x78, ecx: 0, edx: 0x603 });
    const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    expect(cpuid(0xa, 0, { ...input, model: cpuModel('qemu64') })).toEqual(none);
    expect(cpuid(0xa, 0, { ...input, model: cpuModel('max', 'AuthenticAMD') })).toEqual(none);
    expect(machine().execute(rdmsr(0x1a0)).gpr[0]! & 0x80n).toBe(0x80n);
    expect(machine('off', { model: 'qemu64' }).execute(rdmsr(0x1a0)).gpr[0]! & 0x80n).toBe(0n);
  });
});

describe('with several vCPUs', () => {
  test('what the others did does not count', () => {
    const m = new ProtectedMachine(16, 'off', { vcpuCount: 2 });
    m.protected32();
    m.poke(CODE_AT, [...wrmsr(SELECT0, BOTH | RETIRED), ...wrmsr(SELECT0 + 1, BOTH | CYCLES), ...nops(30), 0xf4]);
    m.vcpu.setClock({ count: m.vcpu.count, ns: 0, nsPerInstruction: 1 });
    m.run(18);
    m.vcpu.continueAt(m.vcpu.count + 1_000_000);
    m.run(100);
    // the second WRMSR's four, then 31; of cycles 31
    const { msrs } = m.vcpu.save();
    expect([msrs['c1'], msrs['c2']]).toEqual([35n, 31n]);
  });
});
