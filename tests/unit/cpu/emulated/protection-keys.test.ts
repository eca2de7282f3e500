import { describe, expect, it } from 'vitest';
import { type CpuidInput, cpuid } from '../../../../src/cpu/emulated/cpuid';
import { cpuModel } from '../../../../src/cpu/emulated/models';
import { asUser64, FAULT_VECTORS, ProtectedMachine } from '../../../support/cpu/tables';

/** Protection keys for user pages (Intel SDM vol. 3, 4.6.2) and PKRU as a component of the XSAVE area (vol. 1, 13.5.7). */
const { PF } = FAULT_VECTORS;
const PRESENT = 1;
const WRITE = 2;
const USER = 4;
const KEY = 32;
const TEST_PAGE = 0x4_0000;
const AREA = 0x5_0000;
const CR4_OSXSAVE = 1n << 18n;
const CR4_PKE = 1n << 22n;
const XCR0 = 0x207n;
const LOAD = [0x8b, 0x03]; // mov eax, [rbx]
const STORE = [0x89, 0x03]; // mov [rbx], eax
const CALL = [0xff, 0xd3]; // call rbx
const WRPKRU = [0x31, 0xc9, 0x31, 0xd2, 0x0f, 0x01, 0xef]; // xor ecx, ecx; xor edx, edx; wrpkru
const setPkru = (value: number): number[] => [
  0xb8,
  ...[0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff),
  ...WRPKRU,
];
/** Access-disable and write-disable bits of a key. */
const denyAll = (key: number): number => (1 << (2 * key)) >>> 0;
const denyWrites = (key: number): number => (2 << (2 * key)) >>> 0;
const keyOf = (key: number): bigint => BigInt(key) << 59n;

function machine(entry: bigint, options: { user?: boolean; cr0?: bigint; pke?: boolean } = {}): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected64((s) => {
    if (options.user === true) asUser64(s);
    s.gpr[3] = BigInt(TEST_PAGE);
    s.gpr[6] = BigInt(AREA);
    s.cr0 = options.cr0 ?? s.cr0;
    s.cr4 |= CR4_OSXSAVE | 0x600n | (options.pke === false ? 0n : CR4_PKE);
    s.xcr0 = XCR0;
  });
  m.setQuad(m.pte(TEST_PAGE), entry);
  return m;
}

function faultOf(m: ProtectedMachine, bytes: readonly number[]): number | undefined {
  const s = m.execute(bytes);
  return m.haltedIn(s) === PF ? Number(m.quad(Number(s.gpr[4]))) : undefined;
}

describe('protection keys', () => {
  it.each([
    ['access disabled, read by user', 3, denyAll(3), { user: true }, LOAD, PRESENT | USER | KEY],
    ['access disabled, written by user', 3, denyAll(3), { user: true }, STORE, PRESENT | USER | WRITE | KEY],
    ['writes disabled, read by user', 15, denyWrites(15), { user: true }, LOAD, undefined],
    ['writes disabled, written by user', 15, denyWrites(15), { user: true }, STORE, PRESENT | USER | WRITE | KEY],
    ['access disabled, read by supervisor', 1, denyAll(1), {}, LOAD, PRESENT | KEY],
    ['writes disabled, written by supervisor, WP', 1, denyWrites(1), {}, STORE, PRESENT | WRITE | KEY],
    ['writes disabled, written by supervisor, no WP', 1, denyWrites(1), { cr0: 0x8000_0011n }, STORE, undefined],
    ['access disabled for another key', 2, denyAll(3), { user: true }, LOAD, undefined],
  ] as const)('%s', (_name, key, pkru, options, access, expected) => {
    expect(faultOf(machine(BigInt(TEST_PAGE) | 7n | keyOf(key), options), [...setPkru(pkru), ...access])).toBe(
      expected,
    );
  });

  it('say nothing of instruction fetches and of supervisor pages, and nothing without CR4.PKE', () => {
    const entry = BigInt(TEST_PAGE) | 7n | keyOf(4);
    const m = machine(entry, { user: true });
    m.poke(TEST_PAGE, [0xc3]);
    expect(faultOf(m, [...setPkru(denyAll(4)), ...CALL])).toBeUndefined();
    expect(faultOf(machine(BigInt(TEST_PAGE) | 3n | keyOf(4)), [...setPkru(denyAll(4)), ...LOAD])).toBeUndefined();
    const state = machine(entry, { pke: false });
    state.vcpu.state.setU32('PKRU', denyAll(4));
    expect(faultOf(state, LOAD)).toBeUndefined();
  });

  it('the error code names the key also where the page itself is read-only', () => {
    const m = machine(BigInt(TEST_PAGE) | 5n | keyOf(2), { user: true });
    expect(faultOf(m, [...setPkru(denyWrites(2)), ...STORE])).toBe(PRESENT | USER | WRITE | KEY);
  });

  it('a change of PKRU holds for translations that are known already', () => {
    const m = machine(BigInt(TEST_PAGE) | 7n | keyOf(5), { user: true });
    expect(faultOf(m, [...LOAD, ...STORE, ...setPkru(denyAll(5)), ...LOAD])).toBe(PRESENT | USER | KEY);
  });
});

describe('PKRU in the XSAVE area', () => {
  const all = [0xb8, 0x07, 0x02, 0, 0, 0x31, 0xd2]; // mov eax, 207h; xor edx, edx
  const xsave = [...all, 0x0f, 0xae, 0x26]; // xsave [rsi]
  const xsavec = [...all, 0x0f, 0xc7, 0x26]; // xsavec [rsi]
  const xrstor = [...all, 0x0f, 0xae, 0x2e]; // xrstor [rsi]
  const rdpkru = [0x31, 0xc9, 0x0f, 0x01, 0xee]; // xor ecx, ecx; rdpkru

  it('CPUID says where it lies', () => {
    const input: CpuidInput = {
      model: cpuModel('max'),
      tscHz: 1e9,
      vcpuCount: 1,
      apicId: 0,
      cr4: 0,
      isLongMode: true,
      xcr0: XCR0,
    };
    expect(cpuid(0xd, 0, input)).toEqual({ eax: 0x207, ebx: 840, ecx: 840, edx: 0 });
    expect(cpuid(0xd, 9, input)).toEqual({ eax: 8, ebx: 832, ecx: 0, edx: 0 });
    expect(cpuid(0xd, 1, { ...input, xcr0: 0x203n }).ebx).toBe(584);
    expect(cpuid(0xd, 0, { ...input, xcr0: 3n }).ebx).toBe(576);
    expect((cpuid(7, 0, { ...input, cr4: Number(CR4_PKE) }).ecx >>> 3) & 3).toBe(3);
    expect((cpuid(7, 0, input).ecx >>> 3) & 3).toBe(1);
  });

  it('standard form: at 832, and back', () => {
    const m = machine(BigInt(TEST_PAGE) | 7n);
    const s = m.execute([...setPkru(0x1234_5670), ...xsave, ...setPkru(0), ...xrstor, ...rdpkru]);
    expect(m.haltedIn(s)).toBeUndefined();
    expect(m.dword(AREA + 832)).toBe(0x1234_5670);
    expect(m.quad(AREA + 512) & 0x200n).toBe(0x200n);
    expect(s.gpr[0]).toBe(0x1234_5670n);
  });

  it('compacted form: after AVX where that is named, else at 576', () => {
    const m = machine(BigInt(TEST_PAGE) | 7n);
    m.execute([...setPkru(0x1234_5670), ...xsavec]);
    expect(m.dword(AREA + 832)).toBe(0x1234_5670);
    expect(m.quad(AREA + 520)).toBe((1n << 63n) | XCR0);
    const without = machine(BigInt(TEST_PAGE) | 7n);
    const some = [0xb8, 0x03, 0x02, 0, 0, 0x31, 0xd2];
    const s = without.execute([
      ...setPkru(0x1234_5670),
      ...[...some, 0x0f, 0xc7, 0x26],
      ...setPkru(0),
      ...[...some, 0x0f, 0xae, 0x2e],
      ...rdpkru,
    ]);
    expect(without.dword(AREA + 576)).toBe(0x1234_5670);
    expect(s.gpr[0]).toBe(0x1234_5670n);
  });

  it('XRSTOR of an area without it makes it 0; XINUSE tells whether it is', () => {
    const m = machine(BigInt(TEST_PAGE) | 7n);
    const xgetbv1 = [0xb9, 1, 0, 0, 0, 0x0f, 0x01, 0xd0];
    const s = m.execute([...xsavec, ...setPkru(0xffff_fffc), ...xgetbv1, 0x89, 0xc7, ...xrstor, ...rdpkru]);
    expect(Number(s.gpr[7]) & 0x200).toBe(0x200);
    expect(s.gpr[0]).toBe(0n);
    expect(m.quad(AREA + 512) & 0x200n).toBe(0n);
  });

  it('is part of a saved state', () => {
    const m = machine(BigInt(TEST_PAGE) | 7n | keyOf(6), { user: true });
    const saved = m.execute(setPkru(denyAll(6)));
    const other = machine(BigInt(TEST_PAGE) | 7n | keyOf(6), { user: true });
    other.vcpu.restore(saved);
    expect(other.vcpu.state.u32('PKRU')).toBe(denyAll(6));
    // of a CPU that has no PKRU
    other.vcpu.restore({ ...saved, xcr0: 7n, xsave: saved.xsave.slice(0, 832) });
    expect(other.vcpu.state.u32('PKRU')).toBe(0);
    expect(() => other.vcpu.restore({ ...saved, xsave: saved.xsave.slice(0, 832) })).toThrow('XSAVE area');
  });
});
