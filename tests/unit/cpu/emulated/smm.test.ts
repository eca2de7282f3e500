import { describe, expect, it } from 'vitest';
import type { CpuModelName } from '../../../../src/cpu/backend';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import { asUser64, CODE_AT, FAULT_VECTORS, HANDLERS_AT, ProtectedMachine } from '../../../support/cpu/tables';

/** System management mode (Intel SDM vol. 3, chapter 31; AMD APM vol. 2, chapter 10). */
const SMBASE = 0x3_0000;
const ENTRY = SMBASE + 0x8000;
const MAP = SMBASE + 0xfe00;
const RSM = [0x0f, 0xaa];
const NOPS = Array.from({ length: 20 }, () => 0x90);

function machine64(handler: readonly number[], change: (s: VcpuState) => void = () => undefined): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected64((s) => {
    s.gpr.forEach((_, i) => {
      if (i !== 4) s.gpr[i] = 0x1111_1111_0000_0000n * BigInt(i) + BigInt(i);
    });
    s.fs = { ...s.fs, base: 0xffff_8000_0000_1000n };
    s.ldtr = { ...s.ldtr, access: 0x10002 };
    change(s);
  });
  m.poke(ENTRY, handler);
  return m;
}

/** `count` of them aside, and what SMM keeps apart, two states must be alike. */
function withoutCount(state: VcpuState): Partial<VcpuState> {
  const { count: _count, smm: _smm, ...rest } = state;
  return rest;
}

describe('system management mode', () => {
  it.each([
    ['64-bit mode', () => undefined],
    ['64-bit user mode', asUser64],
    [
      'with another CR4, flags and debug registers',
      (s: VcpuState) => {
        s.cr4 |= 0x10_0600n;
        s.rflags |= 0xcd5n;
        s.dr[5] = 0x0000_0400n;
        s.dr[4] = 0xffff_0ff1n;
      },
    ],
  ] as const)('RSM gives back everything: %s', (_name, change) => {
    // the handler destroys what it can: mov eax, 5; mov ebx, eax; mov ds, bx; lgdt [0]; mov cr4, eax without PAE...
    const handler = [0x66, 0xb8, 5, 0, 0, 0, 0x66, 0x89, 0xc3, 0x8e, 0xdb, 0x31, 0xe4, 0xf9, 0xfd, ...RSM];
    const m = machine64(handler, change);
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    m.run(3);
    const before = m.vcpu.save();
    m.vcpu.smi();
    m.run(4);
    expect(m.vcpu.save().smm?.isActive).toBe(true);
    for (let i = 0; i < 50 && m.vcpu.isInSmm; i++) m.run(1);
    expect(withoutCount(m.vcpu.save())).toEqual(withoutCount(before));
  });

  it('starts in its own kind of real mode at SMBASE', () => {
    const m = machine64([0xf4]);
    m.execute([]);
    m.vcpu.restore({ ...m.vcpu.save(), rip: BigInt(CODE_AT), activity: 'running' });
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    m.vcpu.smi();
    m.run(1);
    const s = m.vcpu.save();
    expect(s).toMatchObject({ rip: 0x8001n, rflags: 2n, cr4: 0n, activity: 'halted', nmiBlocked: true });
    expect(s.cs).toMatchObject({ selector: 0x3000, base: BigInt(SMBASE), limit: 0xffffffff });
    expect(s.ds).toMatchObject({ selector: 0, base: 0n, limit: 0xffffffff });
    expect([s.cr0 & 0x8000_000dn, s.dr[5], s.msrs['c0000080']]).toEqual([0n, 0x400n, 0n]);
  });

  it("AMD64's map is where firmware looks for it", () => {
    const m = machine64([0xf4]);
    m.poke(CODE_AT, NOPS);
    const before = m.vcpu.save();
    m.vcpu.smi();
    m.run(1);
    expect(m.dword(MAP + 0xfc)).toBe(0x20064);
    expect(m.dword(MAP + 0x100)).toBe(SMBASE);
    expect(m.quad(MAP + 0xd0)).toBe(0xd01n);
    expect(m.quad(MAP + 0x158)).toBe(before.cr0);
    expect(m.quad(MAP + 0x178)).toBe(before.rip);
    expect(m.quad(MAP + 0x1f8)).toBe(before.gpr[0]);
    expect(m.quad(MAP + 0x180)).toBe(before.gpr[15]);
    expect(m.quad(MAP + 0x48)).toBe(before.fs.base);
    expect([m.word(MAP + 0x10), m.word(MAP + 0x12)]).toEqual([before.cs.selector, before.cs.access]);
  });

  it("CPUs without long mode have the P6's map", () => {
    const m = new ProtectedMachine(16, 'off', { model: 'pentium3' as CpuModelName });
    m.protected32((s) => {
      s.gpr[0] = 0x1234_5678n;
      s.gpr[7] = 0x9abc_def0n;
      s.fs = { ...s.fs, base: 0x5000n };
      s.ldtr = { ...s.ldtr, access: 0x10002 };
    });
    // the handler changes EAX in the map: mov dword [cs:ffd0h], 42; rsm
    m.poke(ENTRY, [0x2e, 0x66, 0xc7, 0x06, 0xd0, 0xff, 42, 0, 0, 0, ...RSM]);
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    const before = m.vcpu.save();
    m.vcpu.smi();
    m.run(1);
    expect(m.dword(MAP + 0xfc)).toBe(0x20000);
    expect(m.dword(MAP + 0xf8)).toBe(SMBASE);
    expect([m.dword(MAP + 0x1ec), m.dword(MAP + 0x1f0), m.dword(MAP + 0x1fc)]).toEqual([
      0x9abc_def0,
      CODE_AT,
      Number(before.cr0),
    ]);
    expect([m.dword(MAP + 0x138 + 8), m.word(MAP + 0x1ac)]).toEqual([0x5000, before.cs.selector]);
    m.run(1);
    expect(m.vcpu.isInSmm).toBe(false);
    const gpr = before.gpr.map((value, i) => (i === 0 ? 42n : value));
    expect(withoutCount(m.vcpu.save())).toEqual({ ...withoutCount(before), gpr });
  });

  it('SMBASE moves with what RSM finds in the map', () => {
    // mov dword [cs:ff00h], 50000h; rsm
    const m = machine64([0x2e, 0x66, 0xc7, 0x06, 0x00, 0xff, 0, 0, 5, 0, ...RSM]);
    m.poke(0x5_8000, [0xf4]);
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    m.vcpu.smi();
    m.run(4);
    expect(m.vcpu.save().smm).toMatchObject({ smbase: 0x5_0000, isActive: false });
    m.vcpu.smi();
    m.run(1);
    expect(m.vcpu.save()).toMatchObject({ rip: 0x8001n, cs: { base: 0x5_0000n, selector: 0x5000 } });
  });

  it('a halted vCPU halts again after RSM, unless the handler clears the restart field', () => {
    for (const [clear, activity] of [
      [[], 'halted'],
      [[0x2e, 0xc6, 0x06, 0xc9, 0xfe, 0], 'halted-later'],
    ] as const) {
      const m = machine64([...clear, ...RSM]);
      m.poke(CODE_AT, [0xf4, 0x41, 0xff, 0xc0, 0xf4]); // hlt; inc r8d; hlt
      m.run(5);
      expect(m.vcpu.save()).toMatchObject({ activity: 'halted', rip: BigInt(CODE_AT + 1) });
      m.vcpu.smi();
      m.run(10);
      const after = m.vcpu.save();
      expect(after.activity).toBe('halted');
      expect(after.rip).toBe(BigInt(CODE_AT + (activity === 'halted' ? 1 : 5)));
    }
  });

  it('holds back SMIs, NMIs and INIT until RSM', () => {
    const m = machine64([0x90, 0x90, 0x90, ...RSM]);
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    m.vcpu.smi();
    m.run(1);
    m.vcpu.nmi();
    m.vcpu.smi();
    m.run(1);
    expect(m.vcpu.save()).toMatchObject({ rip: 0x8002n, nmiPending: true, smm: { isActive: true, isPending: true } });
    // RSM, and at once the second SMI; then the NMI
    for (let i = 0; i < 3; i++) m.run(1);
    expect(m.vcpu.save().smm).toMatchObject({ isActive: true, isPending: false });
    for (let i = 0; i < 6; i++) m.run(1);
    expect(m.vcpu.isInSmm).toBe(false);
    expect(m.vcpu.save().rip).toBe(BigInt(HANDLERS_AT + 16 * FAULT_VECTORS.NMI + 1));
    const other = machine64([0x90, ...RSM]);
    other.poke(CODE_AT, NOPS);
    other.vcpu.smi();
    other.run(1);
    other.vcpu.init();
    expect(other.vcpu.isInSmm).toBe(true);
    const saved = other.vcpu.save();
    other.vcpu.restore(saved);
    expect(other.vcpu.save().smm?.isInitPending).toBe(true);
    other.run(1);
    expect(other.vcpu.save()).toMatchObject({ rip: 0xfff0n, smm: { isActive: false, smbase: SMBASE } });
  });

  it('what RSM cannot load shuts the vCPU down', () => {
    // mov dword [cs:ff58h], 80000000h (CR0 with PG alone); rsm
    const m = machine64([0x2e, 0x66, 0xc7, 0x06, 0x58, 0xff, 0, 0, 0, 0x80, ...RSM]);
    m.poke(CODE_AT, NOPS);
    m.vcpu.smi();
    m.run(2);
    expect(m.vcpu.save().activity).toBe('shutdown');
  });

  it('a state saved in SMM goes on from there', () => {
    const m = machine64([0x90, 0x90, ...RSM]);
    m.poke(CODE_AT, [...NOPS, 0xf4]);
    m.vcpu.smi();
    m.run(1);
    const other = machine64([0x90, 0x90, ...RSM]);
    other.poke(CODE_AT, [...NOPS, 0xf4]);
    other.memory.write(MAP, m.peek(MAP, 0x200));
    other.vcpu.restore(m.vcpu.save());
    other.run(40);
    m.run(40);
    expect(other.vcpu.save()).toEqual(m.vcpu.save());
    expect(other.vcpu.isInSmm).toBe(false);
    const { smm: _smm, ...older } = m.vcpu.save();
    other.vcpu.restore(older);
    expect(other.vcpu.save().smm).toMatchObject({ smbase: SMBASE, isActive: false });
  });
});
