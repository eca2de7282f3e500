import { describe, expect, it } from 'vitest';
import { PAGE_CLEAN, PAGE_COPYING, PAGE_HAS_CODE } from '../../../../src/machine/page-flags';
import { CODE_AT, FAULT_VECTORS, HANDLERS_AT, PAGES_AT, ProtectedMachine, STACK0 } from '../../../support/cpu/tables';

/** In the page of the code, but not in its 64 bytes. */
const BESIDE = CODE_AT + 0x800;
const STACK = CODE_AT + 0xf00;
const ENTRY = PAGES_AT + 0x3000 + 8 * (CODE_AT >> 12);
const ROUNDS = 60;
const [RAX, RCX, RDX, RBX, RSP] = [0, 1, 2, 3, 4];
const NOP = 0x90;

/** `body` ROUNDS times, counted in ECX, then HLT. */
function looped(body: readonly number[]): number[] {
  return [...body, 0x83, 0xe9, 1, 0x75, -(body.length + 5) & 0xff, 0xf4];
}

/** inc dword [rbx]; mov [rbx+8],eax; push rax; add eax,1; pop rdx */
const WRITES = looped([0xff, 0x03, 0x89, 0x43, 8, 0x50, 0x83, 0xc0, 1, 0x5a]);

describe.each(['off', 'eager', 'eagerBaseline'] as const)('writes to the page of the code (%s)', (jit) => {
  function machine(rbx: number, stack = STACK): ProtectedMachine {
    const m = new ProtectedMachine(16, jit);
    m.protected64((s) => {
      s.gpr[RCX] = BigInt(ROUNDS);
      s.gpr[RAX] = 0n;
      s.gpr[RBX] = BigInt(rbx);
      s.gpr[RSP] = BigInt(stack);
      s.cr0 |= 0x1_0000n;
    });
    return m;
  }
  const flagsOf = (m: ProtectedMachine): number => m.memory.flags[(m.ramOffset + CODE_AT) / 4096]!;
  const setFlag = (m: ProtectedMachine, flag: number): void => {
    const frame = (m.ramOffset + CODE_AT) / 4096;
    m.memory.flags[frame] = flagsOf(m) | flag;
    m.partition.writesForbidden(frame, frame + 1);
  };

  it('beside it are as to any other page, and compiled code goes on', () => {
    const m = machine(BESIDE);
    const s = m.execute(WRITES, 10_000);
    expect([m.dword(BESIDE), m.dword(BESIDE + 8), s.gpr[RAX], s.gpr[RDX]]).toEqual([ROUNDS, ROUNDS - 1, 60n, 59n]);
    expect(flagsOf(m) & PAGE_HAS_CODE).toBe(PAGE_HAS_CODE);
    if (jit !== 'off') expect(m.partition.jitStatistics!.slowExits).toBeLessThan(5);
  });

  it.each([
    ['into it', 2],
    ['into its last byte before a border of 64', 63],
    ['that begin before the border', 62],
  ])('%s change what runs', (_name, at) => {
    const m = machine(CODE_AT + at);
    // add eax,1 with its 1 at `at`; inc dword [rbx]
    const s = m.execute(looped([...Array(at - 2).fill(NOP), 0x83, 0xc0, 1, 0xff, 0x03]), 20_000);
    expect(s.gpr[RAX]).toBe(BigInt((ROUNDS * (ROUNDS + 1)) / 2));
  });

  it('that begin beside it and end in it change what runs', () => {
    const m = machine(BESIDE - 1);
    // at BESIDE: add eax,1; ret
    m.poke(BESIDE, [0x83, 0xc0, 1, 0xc3]);
    // call BESIDE; add qword [rbx],1000000h, whose byte 3 is the 1 of add eax,1
    const s = m.execute(looped([0xe8, 0xfb, 7, 0, 0, 0x48, 0x81, 0x03, 0, 0, 0, 1]), 20_000);
    expect(s.gpr[RAX]).toBe(BigInt((ROUNDS * (ROUNDS + 1)) / 2));
  });

  it('make a clean page dirty', () => {
    const m = machine(BESIDE);
    m.execute(WRITES, 10_000);
    setFlag(m, PAGE_CLEAN);
    m.vcpu.restore({ ...m.vcpu.save(), rip: BigInt(CODE_AT), activity: 'running' });
    m.run(200);
    expect(flagsOf(m) & (PAGE_CLEAN | PAGE_HAS_CODE)).toBe(PAGE_HAS_CODE);
  });

  it('hand a page that a snapshot copies over with its old contents', () => {
    const m = machine(BESIDE);
    m.execute(WRITES, 10_000);
    setFlag(m, PAGE_COPYING);
    const seen: number[] = [];
    m.memory.listener = {
      ...m.memory.listener,
      pageSlow: (offset) => {
        seen.push(m.dword(BESIDE));
        m.memory.flags[offset >>> 12] = (m.memory.flags[offset >>> 12] as number) & ~PAGE_COPYING;
      },
    };
    const state = m.vcpu.save();
    state.gpr[RCX] = BigInt(ROUNDS);
    m.vcpu.restore({ ...state, rip: BigInt(CODE_AT), activity: 'running' });
    m.run(1000);
    expect([seen, m.dword(BESIDE)]).toEqual([[ROUNDS], 2 * ROUNDS]);
  });

  it('fault where the page must not be written', () => {
    const m = machine(BESIDE, STACK0);
    m.setQuad(ENTRY, BigInt(CODE_AT) | 0x25n);
    const s = m.execute(WRITES, 10_000);
    expect([s.rip, s.cr2]).toEqual([BigInt(HANDLERS_AT + 16 * FAULT_VECTORS.PF + 1), BigInt(BESIDE)]);
    expect(m.dword(BESIDE)).toBe(0);
  });

  it('fault once the page must not be written any more', () => {
    const m = machine(BESIDE, STACK0);
    m.execute(WRITES, 10_000);
    m.setQuad(ENTRY, BigInt(CODE_AT) | 0x25n);
    m.partition.invalidateAll();
    m.vcpu.restore({ ...m.vcpu.save(), rip: BigInt(CODE_AT), activity: 'running' });
    m.run(1000);
    expect(m.vcpu.save().cr2).toBe(BigInt(BESIDE));
  });

  it('are seen by a data breakpoint', () => {
    const m = machine(BESIDE, STACK0);
    const before = m.vcpu.save();
    before.dr[0] = BigInt(BESIDE + 8);
    before.dr[5] = 0xd0403n; // DR7: 4 bytes, writes
    m.vcpu.restore(before);
    const s = m.execute(WRITES, 10_000);
    expect([s.rip, s.gpr[RCX]]).toEqual([BigInt(HANDLERS_AT + 16 * FAULT_VECTORS.DB + 1), BigInt(ROUNDS)]);
  });
});
