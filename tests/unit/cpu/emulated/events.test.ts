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
  HANDLERS_AT,
  IDT_AT,
  ProtectedMachine,
  STACK0,
  TSS,
  TSS2_AT,
  TSS_AT,
  USER_CODE32,
  USER_CODE64,
  USER_DATA32,
  USER_STACK,
  descriptor,
  gate,
} from '../../../support/cpu/tables';

const { GP, NP, TS, DF, UD, DB } = FAULT_VECTORS;
const INT_40 = [0xcd, 0x40];

describe('real mode', () => {
  it('INT pushes FLAGS, CS and IP and clears IF; IRET takes them back', () => {
    const m = new ProtectedMachine();
    m.realMode(0x7c00);
    m.poke(0x40 * 4, [0x00, 0x80, 0x00, 0x00]);
    m.poke(0x8000, [0xcf]); // iret
    m.poke(0x7c00, [0xbc, 0x00, 0x60, 0xfb, 0xcd, 0x40]); // mov sp, 6000h; sti; int 40h
    m.run(3);
    const inside = m.vcpu.save();
    expect(inside.rip).toBe(0x8000n);
    expect(inside.gpr[4]).toBe(0x5ffan);
    expect(inside.rflags & 0x200n).toBe(0n);
    expect([m.word(0x5ffa), m.word(0x5ffc), m.word(0x5ffe)]).toEqual([0x7c06, 0, 0x202]);
    m.run(1);
    const after = m.vcpu.save();
    expect([after.rip, after.gpr[4], after.rflags]).toEqual([0x7c06n, 0x6000n, 0x202n]);
  });

  it('exceptions push no error code', () => {
    const m = new ProtectedMachine();
    m.realMode(0x7c00);
    m.poke(6 * 4, [0x00, 0x80, 0x00, 0x00]);
    m.poke(0x7c00, [0xbc, 0x00, 0x60, 0x0f, 0x0b]); // ud2
    m.poke(0x8000, [0xf4]);
    m.run(10);
    expect(m.vcpu.save().gpr[4]).toBe(0x5ffan);
    expect(m.word(0x5ffa)).toBe(0x7c03);
  });

  it('a limit violation through an IDT that is too short ends in shutdown', () => {
    const m = new ProtectedMachine();
    m.realMode(0x7c00);
    m.vcpu.restore({ ...m.vcpu.save(), idtr: { base: 0n, limit: 0 } });
    m.poke(0x7c00, [0x0f, 0x0b]);
    expect(m.run(10)).toEqual({ kind: 'shutdown', cause: 'tripleFault' });
  });
});

describe('32-bit gates', () => {
  it('an interrupt gate at the same level pushes EFLAGS, CS, EIP', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.rflags = 0x202n));
    const s = m.execute(INT_40);
    expect(m.haltedIn(s)).toBe(0x40);
    expect(s.gpr[4]).toBe(BigInt(STACK0 - 12));
    expect([m.dword(STACK0 - 12), m.dword(STACK0 - 8), m.dword(STACK0 - 4)]).toEqual([CODE_AT + 2, CODE32, 0x202]);
    expect(s.rflags & 0x200n).toBe(0n);
  });

  it('from ring 3 the stack comes from the TSS', () => {
    const m = new ProtectedMachine();
    m.protected32(asUser32);
    m.setQuad(IDT_AT + 8 * 0x40, gate(CODE32, HANDLERS_AT + 16 * 0x40, 0xee));
    const s = m.execute(INT_40);
    expect(m.haltedIn(s)).toBe(0x40);
    expect([s.cs.selector, s.ss.selector, s.gpr[4]]).toEqual([CODE32, DATA32, BigInt(STACK0 - 20)]);
    const pushed = [0, 4, 8, 12, 16].map((at) => m.dword(STACK0 - 20 + at));
    expect(pushed).toEqual([CODE_AT + 2, USER_CODE32, 2, USER_STACK, USER_DATA32]);
  });

  it('a gate that ring 3 may not use is #GP of the gate', () => {
    const m = new ProtectedMachine();
    m.protected32(asUser32);
    const s = m.execute(INT_40);
    expect(m.haltedIn(s)).toBe(GP);
    expect(m.dword(STACK0 - 24)).toBe(0x40 * 8 + 2);
    expect(m.dword(STACK0 - 20)).toBe(CODE_AT);
  });

  it('an absent gate is #NP of the gate', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.setQuad(IDT_AT + 8 * 0x40, gate(CODE32, HANDLERS_AT, 0x0e));
    const s = m.execute(INT_40);
    expect([m.haltedIn(s), m.dword(STACK0 - 16)]).toEqual([NP, 0x40 * 8 + 2]);
  });

  it('a stack selector of the TSS that is no stack is #TS with its selector', () => {
    const m = new ProtectedMachine();
    m.protected32(asUser32);
    m.setQuad(IDT_AT + 8 * 0x40, gate(CODE32, HANDLERS_AT + 16 * 0x40, 0xee));
    m.setDword(TSS_AT + 8, CODE32);
    // #TS itself goes through a conforming handler segment, so that it needs no new stack
    m.setDescriptor(FREE, descriptor(0, 0xfffff, 0xc09f));
    m.setQuad(IDT_AT + 8 * TS, gate(FREE, HANDLERS_AT + 16 * TS, 0x8f));
    m.poke(HANDLERS_AT + 16 * TS, [0x90]); // HLT is not for ring 3
    m.poke(CODE_AT, INT_40);
    m.run(1);
    const s = m.vcpu.save();
    expect(s.rip).toBe(BigInt(HANDLERS_AT + 16 * TS + 1));
    expect(m.dword(USER_STACK - 16)).toBe(CODE32);
  });

  it('a fault in delivering a contributory fault is a double fault with error code 0', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.setQuad(IDT_AT + 8 * GP, 0n);
    const s = m.execute([0x66, 0xb8, 0xf8, 0x0f, 0x8e, 0xd8]); // mov ax, ff8h; mov ds, ax
    expect(m.haltedIn(s)).toBe(DF);
    expect(m.dword(STACK0 - 16)).toBe(0);
  });

  it('a fault in delivering a double fault shuts down', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.idtr = { base: 0n, limit: 0 }));
    m.poke(CODE_AT, [0x0f, 0x0b]);
    expect(m.run(10)).toEqual({ kind: 'shutdown', cause: 'tripleFault' });
  });

  it('error codes of faults on the way to an external interrupt carry EXT', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.rflags = 0x202n));
    m.setQuad(IDT_AT + 8 * 0x50, gate(FREE + 0x80, HANDLERS_AT, 0x8e));
    m.setQuad(GDT_AT + FREE + 0x80, 0n);
    m.bus.vector = 0x50;
    m.vcpu.setInterrupt(true);
    m.poke(CODE_AT, [0x90, 0x90]);
    m.run(3);
    expect(m.dword(STACK0 - 16)).toBe((FREE + 0x80) | 1);
  });
});

describe('IRET and RETF in protected mode', () => {
  it('IRET to ring 3 takes SS:ESP too and drops segments of ring 0', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.gpr[4] = BigInt(STACK0 - 20)));
    [0x7100, USER_CODE32, 0x202, USER_STACK, USER_DATA32].forEach((v, i) => m.setDword(STACK0 - 20 + 4 * i, v));
    m.poke(CODE_AT, [0xcf]);
    m.run(1);
    const s = m.vcpu.save();
    expect([s.rip, s.cs.selector, s.ss.selector, s.gpr[4], s.rflags]).toEqual([
      0x7100n,
      USER_CODE32,
      USER_DATA32,
      BigInt(USER_STACK),
      0x202n,
    ]);
    expect([s.ds.selector, s.es.selector]).toEqual([0, 0]);
    expect(s.ds.access & 0x10000).toBe(0x10000);
  });

  it('IRET in ring 3 changes neither IOPL nor IF', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      asUser32(s);
      s.gpr[4] = BigInt(USER_STACK - 12);
    });
    [0x7100, USER_CODE32, 0x3a02].forEach((v, i) => m.setDword(USER_STACK - 12 + 4 * i, v));
    m.poke(CODE_AT, [0xcf]);
    m.run(1);
    const s = m.vcpu.save();
    expect([s.rip, s.rflags]).toEqual([0x7100n, 0x802n]);
  });

  it('RETF n to ring 3 skips the parameters on both stacks', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.gpr[4] = BigInt(STACK0 - 24)));
    [0x7100, USER_CODE32, 1, 2, USER_STACK, USER_DATA32].forEach((v, i) => m.setDword(STACK0 - 24 + 4 * i, v));
    m.poke(CODE_AT, [0xca, 8, 0]);
    m.run(1);
    const s = m.vcpu.save();
    expect([s.rip, s.gpr[4], s.ss.selector]).toEqual([0x7100n, BigInt(USER_STACK + 8), USER_DATA32]);
  });

  it('a return to an inner level is #GP of the selector', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      asUser32(s);
      s.gpr[4] = BigInt(USER_STACK - 8);
    });
    [0x7100, CODE32].forEach((v, i) => m.setDword(USER_STACK - 8 + 4 * i, v));
    const s = m.execute([0xcb]);
    expect([m.haltedIn(s), m.dword(STACK0 - 24)]).toEqual([GP, CODE32]);
  });
});

describe('call gates', () => {
  it('a gate to an inner level copies its parameters', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      asUser32(s);
      s.gpr[4] = BigInt(USER_STACK - 8);
    });
    m.setDescriptor(FREE, gate(CODE32, 0x7800, 0xec, 2));
    m.setDword(USER_STACK - 8, 0x1111);
    m.setDword(USER_STACK - 4, 0x2222);
    m.poke(0x7800, [0xf4]);
    const s = m.execute([0x9a, 0, 0, 0, 0, FREE | 3, 0]);
    expect([s.rip, s.cs.selector, s.gpr[4]]).toEqual([0x7801n, CODE32, BigInt(STACK0 - 24)]);
    const pushed = [0, 4, 8, 12, 16, 20].map((at) => m.dword(STACK0 - 24 + at));
    expect(pushed).toEqual([CODE_AT + 7, USER_CODE32, 0x1111, 0x2222, USER_STACK - 8, USER_DATA32]);
  });

  it('a gate of ring 0 is #GP for ring 3', () => {
    const m = new ProtectedMachine();
    m.protected32(asUser32);
    m.setDescriptor(FREE, gate(CODE32, 0x7800, 0x8c));
    const s = m.execute([0x9a, 0, 0, 0, 0, FREE | 3, 0]);
    expect([m.haltedIn(s), m.dword(STACK0 - 24)]).toEqual([GP, FREE]);
  });
});

describe('long mode', () => {
  it('an interrupt aligns the stack and always pushes SS:RSP', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.gpr[4] = BigInt(STACK0 - 8)));
    const s = m.execute(INT_40);
    expect(m.haltedIn(s)).toBe(0x40);
    expect(s.gpr[4]).toBe(BigInt(STACK0 - 16 - 40));
    const at = STACK0 - 16 - 40;
    expect([m.quad(at), m.quad(at + 8), m.quad(at + 24), m.quad(at + 32)]).toEqual([
      BigInt(CODE_AT + 2),
      BigInt(CODE64),
      BigInt(STACK0 - 8),
      BigInt(DATA32),
    ]);
  });

  it('from ring 3 SS becomes null; an IST entry takes its own stack', () => {
    const m = new ProtectedMachine();
    m.protected64(asUser64);
    m.setQuad(IDT_AT + 16 * 0x40, gate(CODE64, HANDLERS_AT + 16 * 0x40, 0xee, 3));
    m.setQuad(TSS_AT + 0x24 + 8 * 2, 0x5800n);
    const s = m.execute(INT_40);
    expect([m.haltedIn(s), s.ss.selector, s.gpr[4]]).toEqual([0x40, 0, 0x5800n - 40n]);
    expect(m.quad(0x5800 - 8)).toBe(BigInt(USER_DATA32));
  });

  it('IRETQ returns to ring 3', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.gpr[4] = BigInt(STACK0 - 40)));
    [0x7100, USER_CODE64, 0x202, USER_STACK, USER_DATA32].forEach((v, i) => m.setQuad(STACK0 - 40 + 8 * i, BigInt(v)));
    m.poke(CODE_AT, [0x48, 0xcf]);
    m.run(1);
    const s = m.vcpu.save();
    expect([s.rip, s.cs.selector, s.ss.selector, s.gpr[4]]).toEqual([
      0x7100n,
      USER_CODE64,
      USER_DATA32,
      BigInt(USER_STACK),
    ]);
  });

  it('SYSCALL and SYSRET go through STAR, LSTAR and FMASK', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => {
      asUser64(s);
      s.rflags = 0x246n;
      s.msrs['c0000081'] = (BigInt(USER_CODE32 & ~3) << 48n) | (BigInt(CODE64) << 32n);
      s.msrs['c0000082'] = 0x7800n;
      s.msrs['c0000084'] = 0x200n;
    });
    m.poke(CODE_AT, [0x0f, 0x05]);
    m.run(1);
    const inside = m.vcpu.save();
    expect([inside.rip, inside.cs.selector, inside.ss.selector]).toEqual([0x7800n, CODE64, CODE64 + 8]);
    expect([inside.gpr[1], inside.gpr[11], inside.rflags]).toEqual([BigInt(CODE_AT + 2), 0x246n, 0x46n]);
    m.poke(0x7800, [0x48, 0x0f, 0x07]);
    m.run(1);
    const after = m.vcpu.save();
    expect([after.rip, after.cs.selector, after.ss.selector]).toEqual([
      BigInt(CODE_AT + 2),
      (USER_CODE32 & ~3) + 16 + 3,
      (USER_CODE32 & ~3) + 8 + 3,
    ]);
    expect(after.rflags).toBe(0x246n);
  });

  it('SYSCALL without EFER.SCE is #UD', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.msrs['c0000080'] = 0xd00n));
    expect(m.haltedIn(m.execute([0x0f, 0x05]))).toBe(UD);
  });
});

describe('interrupts', () => {
  const WITH_IF = 0x202n;

  it('STI holds them off for one instruction', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.bus.vector = 0x50;
    m.vcpu.setInterrupt(true);
    m.execute([0xfb, 0x40, 0x40]); // sti; inc eax; inc eax
    expect(m.vcpu.save().gpr[0]).toBe(1n);
    expect(m.dword(STACK0 - 12)).toBe(CODE_AT + 2);
  });

  it('MOV SS holds them off for one instruction', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      s.rflags = WITH_IF;
      s.gpr[1] = BigInt(DATA32);
    });
    m.poke(CODE_AT, [0x8e, 0xd1, 0x40, 0x40]);
    m.run(1);
    m.bus.vector = 0x50;
    m.vcpu.setInterrupt(true);
    m.run(5);
    expect(m.dword(STACK0 - 12)).toBe(CODE_AT + 3);
  });

  it('HLT wakes by an interrupt and by an NMI, which IRET unblocks', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.poke(CODE_AT, [0xf4, 0x90]);
    expect(m.run(5)).toEqual({ kind: 'halted' });
    m.vcpu.nmi();
    m.poke(HANDLERS_AT + 16 * 2, [0xcf]);
    m.run(1);
    const s = m.vcpu.save();
    expect([s.rip, s.nmiBlocked]).toEqual([BigInt(CODE_AT + 1), false]);
  });

  it('a second NMI waits for IRET', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.poke(CODE_AT, [0x90, 0x90]);
    m.poke(HANDLERS_AT + 16 * 2, [0x90, 0x90, 0xcf]);
    m.vcpu.nmi();
    m.run(1);
    m.vcpu.nmi();
    m.run(1);
    expect(m.vcpu.save().nmiPending).toBe(true);
    expect(m.vcpu.save().gpr[4]).toBe(BigInt(STACK0 - 12));
  });

  it('a spurious acknowledge leaves the guest alone', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.rflags = WITH_IF));
    m.vcpu.setInterrupt(true);
    expect(m.execute([0x40]).gpr[0]).toBe(1n);
  });

  it('a task with T set traps before its first instruction', () => {
    const m = new ProtectedMachine();
    m.protected32();
    const tss = new Map([
      ...[
        [0x20, 0x7800],
        [0x24, 2],
        [0x38, 0x6800],
        [0x48, DATA32],
        [0x4c, CODE32],
      ],
      ...[
        [0x50, DATA32],
        [0x54, DATA32],
        [0x58, DATA32],
        [0x5c, DATA32],
        [0x64, 0x0068_0001],
      ],
    ] as [number, number][]);
    for (const [offset, value] of tss) m.setDword(TSS2_AT + offset, value);
    m.setDescriptor(FREE, descriptor(TSS2_AT, 0x67, 0x89));
    m.poke(0x7800, [0x40, 0x40, 0xf4]);
    const s = m.execute([0xea, 0, 0, 0, 0, FREE, 0]);
    expect([m.haltedIn(s), m.dword(Number(s.gpr[4])), s.dr[4]! & 0xe00fn]).toEqual([1, 0x7800, 0x8000n]);
  });

  it('TF traps after the next instruction with DR6.BS', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.rflags = 0x102n));
    const s = m.execute([0x40, 0x40]);
    expect([m.haltedIn(s), s.gpr[0]]).toEqual([DB, 1n]);
    expect(s.dr[4]! & 0x4000n).toBe(0x4000n);
    expect(m.dword(STACK0 - 12)).toBe(CODE_AT + 1);
    expect(s.rflags & 0x100n).toBe(0n);
  });

  it('run stops at the exact count', () => {
    const m = new ProtectedMachine();
    m.protected32();
    m.poke(CODE_AT, [...Array(50).fill(0x40), 0xeb, 0xcc]); // inc eax 50 times; jmp back
    for (const step of [1, 7, 13, 100, 1000, 49]) {
      const before = m.vcpu.count;
      expect(m.run(step)).toEqual({ kind: 'budgetSpent' });
      expect(m.vcpu.count).toBe(before + step);
    }
  });

  it('a guest that faults for ever still comes to its limit', () => {
    const m = new ProtectedMachine();
    m.protected32();
    // the #UD handler is another UD2
    m.poke(HANDLERS_AT + 16 * UD, [0x0f, 0x0b]);
    m.poke(CODE_AT, [0x0f, 0x0b]);
    m.vcpu.restore({ ...m.vcpu.save(), gpr: m.vcpu.save().gpr.map((v, i) => (i === 4 ? 0x80_0000n : v)) });
    expect(m.run(1000)).toEqual({ kind: 'budgetSpent' });
  });
});

describe('debug registers', () => {
  const withBreakpoint = (dr0: number, dr7: bigint, more: (s: VcpuState) => void = () => undefined) => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      s.dr[0] = BigInt(dr0);
      s.dr[5] = 0x400n | dr7;
      s.gpr[3] = 0x9000n;
      more(s);
    });
    return m;
  };
  const ON_WRITE_4 = 0xd_0001n;
  const ON_ACCESS_4 = 0xf_0001n;

  it('a breakpoint on an instruction faults before it, without RF', () => {
    const m = withBreakpoint(CODE_AT + 1, 1n);
    const s = m.execute([0x40, 0x41, 0x42]);
    expect([m.haltedIn(s), s.gpr[0], s.gpr[1]]).toEqual([DB, 1n, 0n]);
    expect(m.dword(STACK0 - 4) & 0x10000).toBe(0);
  });

  it('RF that its handler sets lets the instruction pass', () => {
    const m = withBreakpoint(CODE_AT + 1, 1n);
    m.poke(HANDLERS_AT + 16, [0x80, 0x4c, 0x24, 0x0a, 0x01, 0xcf]); // or byte [esp + 10], 1; iret
    const s = m.execute([0x40, 0x41, 0x42]);
    expect([s.gpr[0], s.gpr[1], s.dr[4]! & 0xfn]).toEqual([1n, 1n, 1n]);
    expect([m.dword(STACK0 - 12), m.dword(STACK0 - 4) & 0x10000]).toEqual([CODE_AT + 1, 0x10000]);
    expect(s.rip).toBe(BigInt(CODE_AT + 4));
  });

  it('a watched write traps after the instruction', () => {
    const m = withBreakpoint(0x9000, ON_WRITE_4);
    const s = m.execute([0x8b, 0x03, 0x89, 0x43, 0x04, 0x89, 0x43, 0x03, 0x40]); // read; write beside; write across; inc eax
    expect([m.haltedIn(s), s.gpr[0], s.dr[4]! & 0xfn]).toEqual([DB, 0n, 1n]);
    expect(m.dword(STACK0 - 12)).toBe(CODE_AT + 8);
  });

  it('a watched read traps where reads count', () => {
    const m = withBreakpoint(0x9000, ON_ACCESS_4);
    const s = m.execute([0x8b, 0x0b, 0x40]);
    expect([m.haltedIn(s), s.gpr[0]]).toEqual([DB, 0n]);
  });

  it('a watched port traps with CR4.DE', () => {
    const m = withBreakpoint(0x80, 0x2_0001n, (s) => (s.cr4 = 8n));
    const s = m.execute([0xe6, 0x80, 0x40]);
    expect([m.haltedIn(s), s.gpr[0]]).toEqual([DB, 0n]);
  });

  it('the guest sets one itself', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      s.gpr[3] = 0x9000n;
      s.gpr[1] = 0xd0401n;
    });
    // mov [ebx], eax (cached); mov dr0, ebx; mov dr7, ecx; mov [ebx], eax; inc eax
    const s = m.execute([0x89, 0x03, 0x0f, 0x23, 0xc3, 0x0f, 0x23, 0xf9, 0x89, 0x03, 0x40]);
    expect([m.haltedIn(s), s.gpr[0]]).toEqual([DB, 0n]);
  });

  it('a faulting access leaves no trap behind', () => {
    const m = withBreakpoint(0x9000, ON_ACCESS_4);
    m.setDword(0x9000, 0);
    // div dword [ebx]: #DE after the read
    const s = m.execute([0xf7, 0x33]);
    expect([m.haltedIn(s), s.dr[4]! & 0xfn]).toEqual([0, 0n]);
  });
});

describe('virtual-8086 mode', () => {
  function enterV86(m: ProtectedMachine, flags: number): void {
    m.protected32((s) => (s.gpr[4] = BigInt(STACK0 - 36)));
    [0, 0x700, 0x20000 | flags, 0x400, 0x500, 0x100, 0x200, 0x300, 0x600].forEach((v, i) =>
      m.setDword(STACK0 - 36 + 4 * i, v),
    );
    m.poke(CODE_AT, [0xcf]);
    m.run(1);
  }

  it('IRET enters it with six selectors from the stack', () => {
    const m = new ProtectedMachine();
    enterV86(m, 2);
    const s = m.vcpu.save();
    expect([s.cs, s.ss].map(({ selector, base, limit, access }) => [selector, base, limit, access])).toEqual([
      [0x700, 0x7000n, 0xffff, 0xf3],
      [0x500, 0x5000n, 0xffff, 0xf3],
    ]);
    expect([s.es.selector, s.ds.selector, s.fs.selector, s.gs.selector]).toEqual([0x100, 0x200, 0x300, 0x600]);
    expect([s.rip, s.gpr[4], s.rflags]).toEqual([0n, 0x400n, 0x20002n]);
  });

  it('an exception pushes all segments and leaves them null', () => {
    const m = new ProtectedMachine();
    enterV86(m, 2);
    m.poke(CODE_AT, [0x0f, 0x0b]);
    m.run(2);
    const s = m.vcpu.save();
    expect(m.haltedIn(s)).toBe(UD);
    expect(s.gpr[4]).toBe(BigInt(STACK0 - 36));
    const pushed = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => m.dword(STACK0 - 36 + 4 * i));
    expect(pushed).toEqual([0, 0x700, 0x30002, 0x400, 0x500, 0x100, 0x200, 0x300, 0x600]);
    expect([s.ds.selector, s.es.selector, s.rflags & 0x20000n]).toEqual([0, 0, 0n]);
  });

  it.each([
    ['INT n', [0xcd, 0x40]],
    ['CLI', [0xfa]],
    ['STI', [0xfb]],
    ['PUSHF', [0x9c]],
    ['POPF', [0x9d]],
    ['IRET', [0xcf]],
  ])('%s needs IOPL 3', (_name, bytes) => {
    const m = new ProtectedMachine();
    enterV86(m, 2);
    m.poke(CODE_AT, bytes);
    m.run(2);
    expect(m.haltedIn(m.vcpu.save())).toBe(GP);
    expect(m.dword(STACK0 - 40)).toBe(0);
  });
});

describe('tasks', () => {
  function secondTask(m: ProtectedMachine, access: number): void {
    const at = 0x3800;
    m.setDescriptor(FREE, descriptor(at, 0x67, access));
    for (let i = 0; i < 0x68; i += 4) m.setDword(at + i, 0);
    m.setDword(at + 0x20, 0x7800); // EIP
    m.setDword(at + 0x24, 2);
    m.setDword(at + 0x28, 0x1234); // EAX
    m.setDword(at + 0x38, 0x5f00); // ESP
    [DATA32, CODE32, DATA32, DATA32, 0, 0].forEach((selector, i) => m.setDword(at + 0x48 + 4 * i, selector));
    m.poke(0x7800, [0xf4]);
  }

  it('a far jump to a TSS saves one task and loads the other', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.gpr[3] = 0x77n));
    secondTask(m, 0x89);
    const s = m.execute([0xea, 0, 0, 0, 0, FREE, 0]);
    expect([s.rip, s.gpr[0], s.gpr[4], s.tr.selector]).toEqual([0x7801n, 0x1234n, 0x5f00n, FREE]);
    expect(s.cr0 & 8n).toBe(8n);
    expect([m.dword(TSS_AT + 0x20), m.dword(TSS_AT + 0x34)]).toEqual([CODE_AT + 7, 0x77]);
    expect(m.memory.readU8(GDT_AT + TSS + 5)).toBe(0x89);
    expect(m.memory.readU8(GDT_AT + FREE + 5)).toBe(0x8b);
  });

  it('a call links the tasks, IRET with NT goes back', () => {
    const m = new ProtectedMachine();
    m.protected32();
    secondTask(m, 0x89);
    m.poke(0x7800, [0xcf]);
    const s = m.execute([0x9a, 0, 0, 0, 0, FREE, 0, 0x40]);
    expect([s.rip, s.tr.selector, s.gpr[0]]).toEqual([BigInt(CODE_AT + 9), TSS, 1n]);
    expect(m.word(0x3800)).toBe(TSS);
    expect(m.memory.readU8(GDT_AT + FREE + 5)).toBe(0x89);
  });

  it('a task gate takes an exception; its error code lies on the new stack', () => {
    const m = new ProtectedMachine();
    m.protected32();
    secondTask(m, 0x89);
    m.setQuad(IDT_AT + 8 * GP, gate(FREE, 0, 0x85));
    const s = m.execute([0x66, 0xb8, 0xf8, 0x0f, 0x8e, 0xd8]);
    expect([s.tr.selector, s.gpr[4], m.dword(0x5efc)]).toEqual([FREE, 0x5efcn, 0xff8]);
    expect(s.rflags & 0x4000n).toBe(0x4000n);
    expect(m.dword(TSS_AT + 0x20)).toBe(CODE_AT + 4);
  });

  it('a busy TSS is #GP', () => {
    const m = new ProtectedMachine();
    m.protected32();
    secondTask(m, 0x8b);
    const s = m.execute([0xea, 0, 0, 0, 0, FREE, 0]);
    expect([m.haltedIn(s), m.dword(STACK0 - 16)]).toEqual([GP, FREE]);
  });

  it('a stack segment that the new task cannot have is #TS in the new task', () => {
    const m = new ProtectedMachine();
    m.protected32();
    secondTask(m, 0x89);
    m.setDword(0x3800 + 0x50, CODE32);
    // the handler is a task of its own: the new one has no stack
    m.setDescriptor(FREE + 8, descriptor(0x3a00, 0x67, 0x89));
    m.memory.write(0x3a00, m.peek(0x3800, 0x68));
    m.setDword(0x3a00 + 0x50, DATA32);
    m.setDword(0x3a00 + 0x20, 0x7900);
    m.poke(0x7900, [0xf4]);
    m.setQuad(IDT_AT + 8 * TS, gate(FREE + 8, 0, 0x85));
    const s = m.execute([0xea, 0, 0, 0, 0, FREE, 0]);
    expect([s.tr.selector, s.rip, m.dword(0x5efc)]).toEqual([FREE + 8, 0x7901n, CODE32]);
    expect(m.dword(0x3800 + 0x20)).toBe(0x7800);
  });
});
