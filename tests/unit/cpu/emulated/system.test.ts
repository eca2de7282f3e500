import { describe, expect, it } from 'vitest';
import type { VcpuState } from '../../../../src/cpu/vcpu-state';
import {
  asUser32,
  asUser64,
  CODE32,
  CODE64,
  CODE_AT,
  DATA32,
  FAULT_VECTORS,
  FREE,
  GDT_AT,
  LDT,
  ProtectedMachine,
  STACK0,
  TSS,
  TSS_AT,
  USER_CODE32,
  USER_DATA32,
  descriptor,
} from '../../../support/cpu/tables';

const { GP, NP, SS, UD, DB } = FAULT_VECTORS;
const ZF = 0x40n;

function machine32(change?: (state: VcpuState) => void): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected32(change);
  return m;
}

/** Vector and error code of what `bytes` cause in 32-bit mode at CPL 0. */
function fault32(m: ProtectedMachine, bytes: readonly number[]): [vector: number | undefined, error: number] {
  const s = m.execute(bytes);
  return [m.haltedIn(s), m.dword(Number(s.gpr[4]))];
}

const withAx = (value: number, ...bytes: number[]): number[] => [0x66, 0xb8, value & 0xff, value >> 8, ...bytes];

describe('the way through the modes', () => {
  it('real mode, protected mode, long mode by the guest itself', () => {
    const m = new ProtectedMachine();
    m.protected64(); // leaves tables behind
    m.realMode(0x7c00);
    m.poke(0x600, [0xff, 0, 0, 0x10, 0, 0]); // GDT_AT
    m.poke(0x7c00, [
      0x0f,
      0x01,
      0x16,
      0x00,
      0x06, // lgdt [600h]
      0x0f,
      0x20,
      0xc0,
      0x66,
      0x83,
      0xc8,
      0x01,
      0x0f,
      0x22,
      0xc0, // mov eax, cr0; or eax, 1; mov cr0, eax
      0xea,
      0x00,
      0x7d,
      CODE32,
      0x00, // jmp 8:7d00h
    ]);
    m.poke(0x7d00, [
      0x66,
      0xb8,
      DATA32,
      0,
      0x8e,
      0xd8,
      0x8e,
      0xd0, // ds = ss = data
      0x0f,
      0x20,
      0xe0,
      0x83,
      0xc8,
      0x20,
      0x0f,
      0x22,
      0xe0, // cr4.pae
      0xb8,
      0x00,
      0x00,
      0x10,
      0x00,
      0x0f,
      0x22,
      0xd8, // cr3
      0xb9,
      0x80,
      0x00,
      0x00,
      0xc0,
      0x0f,
      0x32,
      0x0d,
      0x00,
      0x01,
      0x00,
      0x00,
      0x0f,
      0x30, // efer.lme
      0x0f,
      0x20,
      0xc0,
      0x0d,
      0x00,
      0x00,
      0x00,
      0x80,
      0x0f,
      0x22,
      0xc0, // cr0.pg
      0xea,
      0x00,
      0x7e,
      0x00,
      0x00,
      CODE64,
      0x00, // jmp 28h:7e00h
    ]);
    m.poke(0x7e00, [0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0xf4]); // mov rax, -1; hlt
    m.run(100);
    const s = m.vcpu.save();
    expect([s.rip, s.gpr[0], s.cs.selector]).toEqual([0x7e08n, 0xffff_ffff_ffff_ffffn, CODE64]);
    expect(s.msrs['c0000080']! & 0x500n).toBe(0x500n);
  });

  it('big real mode keeps the limit of a protected-mode load', () => {
    const m = new ProtectedMachine();
    m.realMode(0x7c00);
    const s = m.vcpu.save();
    m.vcpu.restore({ ...s, ds: { ...s.ds, limit: 0xffffffff } });
    m.poke(0x80_0000, [0x5a]);
    // xor ax, ax; mov ds, ax; mov ebx, 800000h; mov al, [ebx]
    m.poke(0x7c00, [0x31, 0xc0, 0x8e, 0xd8, 0x66, 0xbb, 0, 0, 0x80, 0, 0x67, 0x8a, 0x03, 0xf4]);
    m.run(10);
    expect(m.vcpu.save().gpr[0]).toBe(0x5an);
  });
});

describe('control registers', () => {
  it.each([
    ['PG without PE', 0x0f, 0x8000_0010n],
    ['NW without CD', 0x0f, 0x2000_0011n],
  ])('%s is #GP', (_name, _op, value) => {
    const m = machine32((s) => (s.gpr[0] = value));
    expect(fault32(m, [0x0f, 0x22, 0xc0])).toEqual([GP, 0]);
  });

  it('reserved bits of CR4 are #GP', () => {
    const m = machine32((s) => (s.gpr[0] = 1n << 23n));
    expect(fault32(m, [0x0f, 0x22, 0xe0])).toEqual([GP, 0]);
  });

  it('CR1 is #UD', () => {
    expect(fault32(machine32(), [0x0f, 0x20, 0xc8])[0]).toBe(UD);
  });

  it('ring 3 may not read them, but SMSW may', () => {
    expect(fault32(machine32(asUser32), [0x0f, 0x20, 0xc0])[0]).toBe(GP);
    const m = machine32(asUser32);
    m.poke(CODE_AT, [0x0f, 0x01, 0xe0]); // smsw eax
    m.run(1);
    expect(m.vcpu.save().gpr[0]! & 1n).toBe(1n);
  });

  it('UMIP closes SMSW and SGDT to ring 3', () => {
    const m = machine32((s) => {
      asUser32(s);
      s.cr4 = 0x800n;
    });
    expect(fault32(m, [0x0f, 0x01, 0xe0])).toEqual([GP, 0]);
  });

  it('LMSW sets PE but does not clear it', () => {
    const s = machine32().execute(withAx(0x0a, 0x0f, 0x01, 0xf0));
    expect(s.cr0 & 0xfn).toBe(0xbn);
  });

  it('general detect is a #DB fault with DR6.BD', () => {
    const m = machine32((s) => (s.dr[5] = 0x2400n));
    const s = m.execute([0x0f, 0x21, 0xc0]);
    expect([m.haltedIn(s), s.dr[4]! & 0x2000n, s.dr[5]]).toEqual([DB, 0x2000n, 0x400n]);
    expect(m.dword(Number(s.gpr[4]))).toBe(CODE_AT);
  });

  it('DR4 is DR6 unless CR4.DE', () => {
    expect(machine32().execute([0x0f, 0x21, 0xe0]).gpr[0]).toBe(0xffff0ff0n);
    const m = machine32((s) => (s.cr4 = 8n));
    expect(fault32(m, [0x0f, 0x21, 0xe0])[0]).toBe(UD);
  });
});

describe('segment loads', () => {
  const MOV_DS_AX = [0x8e, 0xd8];
  const MOV_SS_AX = [0x8e, 0xd0];

  it.each([
    ['DS beyond the table', 0xff8, MOV_DS_AX, GP, 0xff8],
    ['SS null', 0, MOV_SS_AX, GP, 0],
    ['SS with a code segment', CODE32, MOV_SS_AX, GP, CODE32],
    ['SS with another RPL', DATA32 | 3, MOV_SS_AX, GP, DATA32],
    ['DS with a system descriptor', TSS, MOV_DS_AX, GP, TSS],
  ] as const)('%s', (_name, selector, bytes, vector, error) => {
    expect(fault32(machine32(), withAx(selector, ...bytes))).toEqual([vector, error]);
  });

  it('absent segments are #NP, absent stacks #SS', () => {
    const m = machine32();
    m.setDescriptor(FREE, descriptor(0, 0xfffff, 0xc013));
    expect(fault32(m, withAx(FREE, ...MOV_DS_AX))).toEqual([NP, FREE]);
    const n = machine32();
    n.setDescriptor(FREE, descriptor(0, 0xfffff, 0xc013));
    expect(fault32(n, withAx(FREE, ...MOV_SS_AX))).toEqual([SS, FREE]);
  });

  it('sets the accessed bit in the table', () => {
    const m = machine32();
    m.setDescriptor(FREE, descriptor(0x1234, 0x5678, 0x4092));
    const s = m.execute(withAx(FREE, ...MOV_DS_AX));
    expect([s.ds.base, s.ds.limit, s.ds.access]).toEqual([0x1234n, 0x5678, 0x4093]);
    expect(m.memory.readU8(GDT_AT + FREE + 5)).toBe(0x93);
  });

  it('a null DS loads, and faults when used', () => {
    expect(fault32(machine32(), withAx(0, ...MOV_DS_AX, 0xa1, 0, 0, 0, 0))).toEqual([GP, 0]);
  });

  it('limits: expand-up, expand-down, read-only', () => {
    const load = (access: number, limit: number, at: number, isStore = false) => {
      const m = machine32((s) => (s.gpr[3] = BigInt(at)));
      m.setDescriptor(FREE, descriptor(0, limit, access));
      return fault32(m, withAx(FREE, ...MOV_DS_AX, isStore ? 0x89 : 0x8b, 0x0b))[0];
    };
    expect(load(0x4093, 0xfff, 0xffc)).toBe(undefined);
    expect(load(0x4093, 0xfff, 0xffd)).toBe(GP);
    expect(load(0x4097, 0xfff, 0xfff)).toBe(GP);
    expect(load(0x4097, 0xfff, 0x1000)).toBe(undefined);
    expect(load(0x0097, 0xfff, 0xfffd)).toBe(GP);
    expect(load(0x4091, 0xfff, 0, true)).toBe(GP);
    expect(load(0xc09b, 0xfffff, 0)).toBe(undefined);
    expect(load(0xc099, 0xfffff, 0)).toBe(GP);
  });

  it('LES takes offset and selector', () => {
    const m = machine32((s) => (s.gpr[3] = 0x9000n));
    m.poke(0x9000, [0x78, 0x56, 0x34, 0x12, DATA32 | 1, 0]);
    m.setDescriptor(DATA32, descriptor(0, 0xfffff, 0xc0b3)); // DPL 1
    const s = m.execute([0xc4, 0x0b]);
    expect([s.gpr[1], s.es.selector]).toEqual([0x12345678n, DATA32 | 1]);
  });

  it('LLDT and a selector of the LDT', () => {
    const m = machine32();
    m.setDescriptor(LDT, descriptor(0x9000, 0xf, 0x82));
    m.setQuad(0x9008, descriptor(0x100, 0xff, 0x4093));
    const s = m.execute(withAx(LDT, 0x0f, 0x00, 0xd0, 0xb8, 0x0c, 0, 0, 0, 0x8e, 0xd8));
    expect([s.ldtr.selector, s.ldtr.base, s.ds.selector, s.ds.base]).toEqual([LDT, 0x9000n, 0x0c, 0x100n]);
    expect(fault32(machine32(), withAx(DATA32, 0x0f, 0x00, 0xd0))).toEqual([GP, DATA32]);
  });

  it('LTR marks the TSS busy and refuses a busy one', () => {
    const m = machine32();
    m.setDescriptor(FREE, descriptor(0x9000, 0x67, 0x89));
    const s = m.execute(withAx(FREE, 0x0f, 0x00, 0xd8));
    expect([s.tr.selector, s.tr.access & 0xf]).toEqual([FREE, 0xb]);
    expect(m.memory.readU8(GDT_AT + FREE + 5)).toBe(0x8b);
    expect(fault32(machine32(), withAx(TSS, 0x0f, 0x00, 0xd8))).toEqual([GP, TSS]);
  });

  it('long mode reads 16-byte system descriptors', () => {
    const m = new ProtectedMachine();
    m.protected64();
    m.setDescriptor(FREE, descriptor(0x9000, 0x67, 0x89));
    m.setQuad(GDT_AT + FREE + 8, 0x7fn);
    const s = m.execute([0x66, 0xb8, FREE, 0, 0x0f, 0x00, 0xd8]);
    expect(s.tr.base).toBe(0x7f_0000_9000n);
  });
});

describe('LAR, LSL, VERR, VERW, ARPL', () => {
  const run = (selector: number, bytes: number[], user = false) => {
    const m = machine32(user ? asUser32 : undefined);
    m.poke(CODE_AT, withAx(selector, ...bytes));
    m.run(2);
    const s = m.vcpu.save();
    return [s.rflags & ZF, s.gpr[1]];
  };
  it('LAR and LSL', () => {
    expect(run(DATA32, [0x0f, 0x02, 0xc8])).toEqual([ZF, 0x00cf9300n]);
    expect(run(DATA32, [0x0f, 0x03, 0xc8])).toEqual([ZF, 0xffffffffn]);
    expect(run(TSS, [0x0f, 0x03, 0xc8])).toEqual([ZF, 0x67n]);
    expect(run(0, [0x0f, 0x02, 0xc8])).toEqual([0n, 0n]);
    expect(run(0xff8, [0x0f, 0x02, 0xc8])).toEqual([0n, 0n]);
    expect(run(DATA32, [0x0f, 0x02, 0xc8], true)).toEqual([0n, 0n]);
  });
  it('VERR and VERW', () => {
    expect(run(CODE32, [0x0f, 0x00, 0xe0])[0]).toBe(ZF);
    expect(run(CODE32, [0x0f, 0x00, 0xe8])[0]).toBe(0n);
    expect(run(USER_DATA32, [0x0f, 0x00, 0xe8], true)[0]).toBe(ZF);
    expect(run(DATA32, [0x0f, 0x00, 0xe8], true)[0]).toBe(0n);
  });
  it('ARPL raises the RPL', () => {
    const m = machine32((s) => {
      s.gpr[0] = 0x10n;
      s.gpr[1] = 3n;
    });
    const s = m.execute([0x63, 0xc8]);
    expect([s.gpr[0], s.rflags & ZF]).toEqual([0x13n, ZF]);
  });
  it('are #UD in real mode', () => {
    const m = new ProtectedMachine();
    m.realMode(0x7c00);
    m.poke(6 * 4, [0, 0x80, 0, 0]);
    m.poke(0x8000, [0xf4]);
    m.poke(0x7c00, [0xbc, 0, 0x60, 0x0f, 0x02, 0xc0]);
    m.run(5);
    expect(m.vcpu.save().rip).toBe(0x8001n);
  });
});

describe('ports', () => {
  it('ring 3 needs IOPL or the bitmap', () => {
    const m = machine32(asUser32);
    expect(fault32(m, [0xe6, 0x80])).toEqual([GP, 0]);
    const withBitmap = machine32((s) => {
      asUser32(s);
      s.tr = { ...s.tr, limit: 0x68 + 32 };
    });
    withBitmap.setDword(TSS_AT + 0x64, 0x0068_0000);
    withBitmap.poke(TSS_AT + 0x68, Array(33).fill(0xff));
    withBitmap.poke(TSS_AT + 0x68 + 0x10, [0xfe]); // port 80h, not 81h
    withBitmap.poke(CODE_AT, [0xe6, 0x80]);
    withBitmap.run(1);
    expect(withBitmap.bus.writes).toEqual([{ port: 0x80, size: 1, value: 0 }]);
    withBitmap.vcpu.restore({ ...withBitmap.vcpu.save(), rip: BigInt(CODE_AT) });
    expect(fault32(withBitmap, [0x66, 0xe7, 0x80])[0]).toBe(GP);
    const iopl = machine32((s) => {
      asUser32(s);
      s.rflags = 0x3002n;
    });
    iopl.poke(CODE_AT, [0xe6, 0x80]);
    iopl.run(1);
    expect(iopl.bus.writes).toHaveLength(1);
  });

  it('the count is exact while a port is accessed', () => {
    const m = machine32();
    let count = -1;
    m.bus.onPortWrite = () => (count = m.vcpu.count);
    const before = m.vcpu.count;
    m.execute([0x40, 0x40, 0x40, 0xe6, 0x80, 0x40]);
    expect(count - before).toBe(3);
  });

  it('an interrupt that a port write raises is taken right after it', () => {
    const m = machine32((s) => (s.rflags = 0x202n));
    m.bus.vector = 0x50;
    m.bus.onPortWrite = () => m.vcpu.setInterrupt(true);
    const s = m.execute([0xe6, 0x80, 0x40, 0x40]);
    expect([m.haltedIn(s), s.gpr[0]]).toEqual([0x50, 0n]);
    expect(m.dword(STACK0 - 12)).toBe(CODE_AT + 2);
  });

  it('breakSoon in a port write makes run return right after it', () => {
    const m = machine32();
    m.bus.onPortWrite = () => m.vcpu.breakSoon();
    m.poke(CODE_AT, [0xe6, 0x80, 0x40, 0x40]);
    expect(m.run(100)).toEqual({ kind: 'kicked' });
    expect(m.vcpu.save().rip).toBe(BigInt(CODE_AT + 2));
  });
});

describe('MSRs, CPUID, TSC', () => {
  const rdmsr = (m: ProtectedMachine, index: number) => {
    const s = m.execute([0xb9, index & 0xff, (index >> 8) & 0xff, (index >> 16) & 0xff, index >>> 24, 0x0f, 0x32]);
    return [m.haltedIn(s), s.gpr[0], s.gpr[2]];
  };
  it('known ones read, unknown ones are #GP', () => {
    expect(rdmsr(machine32(), 0x277)).toEqual([undefined, 0x00070406n, 0x00070406n]);
    expect(rdmsr(machine32(), 0xfe)).toEqual([undefined, 0x508n, 0n]);
    expect(rdmsr(machine32(), 0x12345)[0]).toBe(GP);
  });

  it('SWAPGS and the base MSRs', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => {
      s.gs = { ...s.gs, base: 0x1111n };
      s.msrs['c0000102'] = 0x2222n;
    });
    const s = m.execute([0x0f, 0x01, 0xf8]);
    expect([s.gs.base, s.msrs['c0000102']]).toEqual([0x2222n, 0x1111n]);
  });

  it('WRMSR refuses what is not canonical', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => {
      s.gpr[1] = 0xc0000100n;
      s.gpr[2] = 0x0100_0000n;
    });
    expect(m.haltedIn(m.execute([0x0f, 0x30]))).toBe(GP);
  });

  describe('machine-check and memory-type MSRs', () => {
    const write = (index: number, low: number, high = 0) => {
      const bytes = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
      const m = machine32();
      const code = [0xb9, ...bytes(index), 0xb8, ...bytes(low), 0xba, ...bytes(high), 0x0f, 0x30];
      // and what is read back
      const s = m.execute([...code, 0x31, 0xc0, 0x31, 0xd2, 0x0f, 0x32]);
      return m.haltedIn(s) === GP ? 'GP' : (s.gpr[2]! << 32n) | s.gpr[0]!;
    };

    it('ten banks, whose controls are kept and in which nothing is ever logged', () => {
      expect(rdmsr(machine32(), 0x179)).toEqual([undefined, 0x10an, 0n]);
      expect(write(0x17b, -1, -1)).toBe(0xffff_ffff_ffff_ffffn);
      for (const bank of [0, 9]) {
        const at = 0x400 + 4 * bank;
        expect(write(at, 0x1234, 0x5678)).toBe(0x5678_0000_1234n);
        for (const register of [at + 1, at + 2, at + 3]) {
          expect(write(register, 0)).toBe(0n);
          expect(write(register, 1)).toBe('GP');
        }
      }
      expect(rdmsr(machine32(), 0x428)[0]).toBe(GP);
      expect(write(0x179, 0)).toBe('GP');
    });

    it('MTRRs hold the memory types that there are, and addresses of 40 bits', () => {
      expect(write(0x2ff, 0xc06)).toBe(0xc06n);
      expect(write(0x2ff, 0xc02)).toBe('GP');
      expect(write(0x200, 0x8000_0001, 0xff)).toBe(0xff_8000_0001n);
      expect(write(0x200, 0x8000_0003)).toBe('GP');
      expect(write(0x200, 0x8000_0106)).toBe('GP');
      expect(write(0x201, 0xfff0_0800, 0xff)).toBe(0xff_fff0_0800n);
      expect(write(0x201, 0xfff0_0800, 0x1ff)).toBe('GP');
      expect(write(0x250, 0x0606_0606, 0x0606_0606)).toBe(0x0606_0606_0606_0606n);
      expect(write(0x250, 0x0606_0607)).toBe('GP');
    });

    it('performance counters stand still until they are told what to count', () => {
      const m = machine32();
      // mov ecx, 1; rdpmc
      const s = m.execute([0xb9, 1, 0, 0, 0, 0x83, 0xc8, 0xff, 0x0f, 0x33]);
      expect([m.haltedIn(s), s.gpr[0], s.gpr[2]]).toEqual([undefined, 0n, 0n]);
    });
  });

  it('MSRs that systems probe for are there, and those of the other vendor are not', () => {
    const read = (index: number): number[] => [
      0xb9,
      ...[0, 8, 16, 24].map((shift) => (index >>> shift) & 0xff),
      0x0f,
      0x32,
    ];
    const zeros = [0x00, 0x01, 0x2a, 0xc1, 0x186, 0x19c, 0x1db].flatMap((index) => [
      ...read(index),
      ...[0x09, 0xc6, 0x09, 0xd6], // or esi, eax; or esi, edx
    ]);
    const s = machine32().execute([0x31, 0xf6, ...zeros, ...read(0xce)]);
    // the ratio of CPUID leaf 16h
    expect([s.gpr[6], s.gpr[0], s.gpr[2]]).toEqual([0n, 0x0a00n, 0n]);
    expect(fault32(machine32(), read(0xc0010000))).toEqual([GP, 0]);
    expect(fault32(machine32(), read(0x428))).toEqual([GP, 0]); // MCG_CAP says: ten banks
  });

  it('the TSC is the clock step at the instruction count', () => {
    const m = machine32();
    const start = m.vcpu.count;
    m.vcpu.setClock({ count: start, ns: 1_000_000, nsPerInstruction: 2.5 });
    const s = m.execute([0x40, 0x40, 0x40, 0x0f, 0x31]);
    expect([s.gpr[0], s.gpr[2]]).toEqual([1_000_007n, 0n]);
  });

  it('TSC_ADJUST moves with the TSC, and the TSC with it', () => {
    const m = machine32();
    m.vcpu.setClock({ count: m.vcpu.count, ns: 1_000_000, nsPerInstruction: 0 });
    const s = m.execute([
      ...[0xb9, 0x3b, 0, 0, 0, 0xb8, 0x10, 0, 0, 0, 0x31, 0xd2, 0x0f, 0x30], // wrmsr 3Bh, 10h
      ...[0x0f, 0x31, 0x89, 0xc6], // rdtsc; mov esi, eax
      ...[0xb9, 0x10, 0, 0, 0, 0xb8, 0, 0, 0, 0x40, 0x31, 0xd2, 0x0f, 0x30], // wrmsr 10h, 40000000h
      ...[0xb9, 0x3b, 0, 0, 0, 0x0f, 0x32], // rdmsr 3Bh
    ]);
    expect(s.gpr[6]).toBe(1_000_016n);
    expect(s.gpr[0]).toBe(0x40000000n - 1_000_000n);
  });

  it('TSD closes RDTSC to ring 3', () => {
    const m = machine32((s) => {
      asUser32(s);
      s.cr4 = 4n;
    });
    expect(fault32(m, [0x0f, 0x31])).toEqual([GP, 0]);
  });

  it('CPUID gives vendor and brand', () => {
    const s = machine32().execute([0x31, 0xc0, 0x0f, 0xa2]);
    expect([s.gpr[3], s.gpr[2], s.gpr[1]]).toEqual([0x756e6547n, 0x49656e69n, 0x6c65746en]);
  });

  it('FSGSBASE instructions follow CR4', () => {
    const run = (cr4: bigint) => {
      const m = new ProtectedMachine();
      m.protected64((s) => {
        asUser64(s);
        s.cr4 |= cr4;
        s.gpr[0] = 0x1234_5678_9abcn;
      });
      m.poke(CODE_AT, [0xf3, 0x48, 0x0f, 0xae, 0xd0]); // wrfsbase rax
      m.run(1);
      return m.vcpu.save();
    };
    expect(run(1n << 16n).fs.base).toBe(0x1234_5678_9abcn);
    const m = new ProtectedMachine();
    m.protected64();
    expect(m.haltedIn(m.execute([0xf3, 0x48, 0x0f, 0xae, 0xd0]))).toBe(UD);
  });
});

describe('newer instructions', () => {
  it('RDRAND takes random inputs and sets CF alone', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.rflags = 0x8d6n));
    const s = m.execute([0x48, 0x0f, 0xc7, 0xf0, 0x0f, 0xc7, 0xf9]); // rdrand rax; rdseed ecx
    expect([s.gpr[0], s.gpr[1], s.rflags]).toEqual([0x4_0000_0004n, 4n, 3n]);
  });

  it('RDPID and RDTSCP give TSC_AUX', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.msrs['c0000103'] = 7n));
    expect(m.execute([0xf3, 0x0f, 0xc7, 0xf8]).gpr[0]).toBe(7n);
    const n = new ProtectedMachine();
    n.protected64((s) => (s.msrs['c0000103'] = 7n));
    expect(n.execute([0x0f, 0x01, 0xf9]).gpr[1]).toBe(7n);
  });

  it('PCIDE needs long mode and PCID 0', () => {
    const m = machine32((s) => (s.gpr[0] = 1n << 17n));
    expect(fault32(m, [0x0f, 0x22, 0xe0])).toEqual([GP, 0]);
    const n = new ProtectedMachine();
    n.protected64((s) => (s.gpr[0] = 0x20020n));
    const on = n.execute([
      0x0f, 0x22, 0xe0, 0x0f, 0x20, 0xd9, 0x48, 0x0f, 0xba, 0xe9, 63, 0x80, 0xc9, 5, 0x0f, 0x22, 0xd9,
    ]);
    expect([on.cr4 & 0x20000n, on.cr3 & 0x8000_0000_0000_0fffn]).toEqual([0x20000n, 5n]);
  });

  it('INVPCID checks its descriptor', () => {
    const run = (type: bigint, low: bigint, high: bigint) => {
      const m = new ProtectedMachine();
      m.protected64((s) => {
        s.gpr[0] = type;
        s.gpr[3] = 0x9000n;
      });
      m.setQuad(0x9000, low);
      m.setQuad(0x9008, high);
      return m.haltedIn(m.execute([0x66, 0x0f, 0x38, 0x82, 0x03]));
    };
    expect([run(0n, 0n, 0x1000n), run(2n, 0n, 0n), run(3n, 0n, 0n)]).toEqual([undefined, undefined, undefined]);
    expect([run(4n, 0n, 0n), run(0n, 1n << 12n, 0n), run(0n, 0n, 1n << 60n), run(1n, 5n, 0n)]).toEqual([
      GP,
      GP,
      GP,
      GP,
    ]);
  });
});

describe('far transfers', () => {
  it('a jump with a selector of the wrong privilege is #GP of it', () => {
    expect(fault32(machine32(), [0xea, 0, 0, 0, 0, USER_CODE32, 0])).toEqual([GP, USER_CODE32 & ~3]);
  });
  it('a jump beyond the limit is #GP(0)', () => {
    const m = machine32();
    m.setDescriptor(FREE, descriptor(0, 0xfff, 0x409b));
    expect(fault32(m, [0xea, 0, 0x20, 0, 0, FREE, 0])).toEqual([GP, 0]);
  });
  it('compatibility mode and back', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.gpr[3] = 0x9000n));
    m.poke(0x9000, [0x00, 0x78, 0, 0, CODE32, 0]);
    m.poke(0x7800, [0x40, 0xea, 0x00, 0x79, 0, 0, CODE64, 0]); // inc eax (a REX prefix in 64-bit mode)
    m.poke(0x7900, [0x48, 0xff, 0xc1, 0xf4]);
    m.poke(CODE_AT, [0xff, 0x2b]); // jmp far [rbx]
    m.run(20);
    const s = m.vcpu.save();
    expect([s.gpr[0], s.gpr[1], s.rip]).toEqual([1n, 1n, 0x7904n]);
  });
});
