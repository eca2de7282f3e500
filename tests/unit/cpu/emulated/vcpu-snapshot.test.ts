import { describe, expect, it } from 'vitest';
import { SnapshotError } from '../../../../src/machine/saved-state';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import { CODE_AT, ProtectedMachine } from '../../../support/cpu/tables';

function machine(): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected64((s) => {
    s.gpr = s.gpr.map((_, i) => BigInt(i) * 0x1111_1111_1111n);
    s.gpr[4] = 0x6000n;
  });
  return m;
}

describe('saved vCPU state', () => {
  it('comes back the same in another machine', () => {
    const m = machine();
    // finit; fldpi; fld1; movaps xmm1, xmm0...; cmp eax, eax
    m.execute([0x9b, 0xdb, 0xe3, 0xd9, 0xeb, 0xd9, 0xe8, 0x39, 0xc0]);
    const saved = m.vcpu.save();
    const other = new ProtectedMachine();
    other.vcpu.restore(structuredClone(saved));
    expect(other.vcpu.save()).toEqual(saved);
  });

  it('saving changes nothing', () => {
    const m = machine();
    m.execute([0x39, 0xc0]);
    expect(m.vcpu.save()).toEqual(m.vcpu.save());
  });

  it('a run goes on from it as without it', () => {
    const bytes = [0x48, 0x01, 0xc3, 0x48, 0xd1, 0xc3, 0x48, 0x11, 0xd9, 0xeb, 0xf5];
    const a = machine();
    a.poke(CODE_AT, bytes);
    a.run(1000);
    const b = machine();
    b.poke(CODE_AT, bytes);
    b.run(333);
    const c = machine();
    c.poke(CODE_AT, bytes);
    c.vcpu.restore(b.vcpu.save());
    c.run(667);
    expect(c.vcpu.save()).toEqual(a.vcpu.save());
  });

  const hostile: ReadonlyArray<readonly [string, (s: VcpuState) => void]> = [
    ['PG without PE', (s) => (s.cr0 = 0x8000_0010n)],
    ['CR4 bits of nobody', (s) => (s.cr4 |= 1n << 40n)],
    ['LMA without paging', (s) => (s.cr0 = 0x11n)],
    ['long mode without PAE', (s) => (s.cr4 = 0n)],
    ['a wide CR3', (s) => (s.cr3 = 1n << 50n)],
    ['a RIP that is not canonical', (s) => (s.rip = 1n << 60n)],
    ['a base that is not canonical', (s) => (s.fs = { ...s.fs, base: 1n << 58n })],
    ['a wide base of DS', (s) => (s.ds = { ...s.ds, base: 1n << 33n })],
    ['virtual-8086 mode in long mode', (s) => (s.rflags |= 0x20000n)],
    ['reserved flags', (s) => (s.rflags |= 1n << 30n)],
    ['an unknown MSR', (s) => (s.msrs['12345'] = 1n)],
    ['an LSTAR that is not canonical', (s) => (s.msrs['c0000082'] = 1n << 60n)],
    ['an impossible PAT', (s) => (s.msrs['277'] = 2n)],
    ['a short XSAVE area', (s) => (s.xsave = new Uint8Array(100))],
    ['reserved bits of MXCSR', (s) => new DataView(s.xsave.buffer).setUint32(24, 0x10000, true)],
    ['a negative count', (s) => (s.count = -1)],
    ['fifteen registers', (s) => s.gpr.pop()],
    ['a register that is a number', (s) => (s.gpr[3] = 3 as unknown as bigint)],
    ['a wide selector', (s) => (s.ss = { ...s.ss, selector: 0x10000 })],
    ['an unknown activity', (s) => (s.activity = 'asleep' as VcpuState['activity'])],
    ['no XCR0', (s) => (s.xcr0 = 0n)],
  ];
  it.each(hostile)('%s is refused and changes nothing', (_name, spoil) => {
    const m = machine();
    const before = m.vcpu.save();
    const spoilt = structuredClone(before);
    spoilt.gpr[0] = 0x9999n;
    spoil(spoilt);
    expect(() => m.vcpu.restore(spoilt)).toThrow(SnapshotError);
    expect(m.vcpu.save()).toEqual(before);
  });

  it.each([undefined, null, 3, [], {}])('%s is refused', (value) => {
    expect(() => machine().vcpu.restore(value as unknown as VcpuState)).toThrow(SnapshotError);
  });
});
