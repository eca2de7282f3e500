import { describe, expect, it } from 'vitest';
import {
  PAGE_CLEAN,
  PAGE_COPYING,
  PAGE_HAS_CODE,
  PAGE_NOT_LOADED,
  PAGE_RAM,
  PAGE_WRITTEN_PLAINLY,
} from '../../../../src/machine/page-flags';
import { CODE_AT, ProtectedMachine } from '../../../support/cpu/tables';

const PAGE = 0x9000;
const LOAD = [0x8b, 0x03]; // mov eax, [ebx]
const STORE = [0x89, 0x03]; // mov [ebx], eax

function machine(): { m: ProtectedMachine; frame: number } {
  const m = new ProtectedMachine();
  m.protected32((s) => {
    s.gpr[3] = BigInt(PAGE);
    s.gpr[0] = 0x5555n;
  });
  return { m, frame: (m.ramOffset + PAGE) / 4096 };
}

function setFlag(m: ProtectedMachine, frame: number, flag: number): void {
  m.memory.flags[frame] = (m.memory.flags[frame] as number) | flag;
  m.partition.writesForbidden(frame, frame + 1);
}

describe('page flags and the CPU', () => {
  it('the first write to a clean page makes it dirty, though its write was cached', () => {
    const { m, frame } = machine();
    m.execute(STORE);
    setFlag(m, frame, PAGE_CLEAN);
    m.vcpu.restore({ ...m.vcpu.save(), rip: BigInt(CODE_AT), activity: 'running' });
    m.run(1);
    expect(m.memory.flags[frame]! & ~PAGE_WRITTEN_PLAINLY).toBe(PAGE_RAM);
  });

  it('a read leaves a clean page clean', () => {
    const { m, frame } = machine();
    setFlag(m, frame, PAGE_CLEAN);
    m.execute(LOAD);
    expect(m.memory.flags[frame]).toBe(PAGE_RAM | PAGE_CLEAN);
  });

  it('a page that a snapshot copies is handed over with its old contents', () => {
    const { m, frame } = machine();
    m.setDword(PAGE, 0x1234);
    setFlag(m, frame, PAGE_COPYING);
    const seen: number[] = [];
    m.memory.listener = {
      ...m.memory.listener,
      pageSlow: (offset) => {
        seen.push(m.dword(PAGE));
        m.memory.flags[offset >>> 12] = (m.memory.flags[offset >>> 12] as number) & ~PAGE_COPYING;
      },
    };
    m.execute([...LOAD, ...STORE, 0x40, ...STORE]);
    expect(seen).toEqual([0x1234]);
    expect(m.dword(PAGE)).toBe(0x1235);
  });

  it('a page that is not loaded is loaded at the first read', () => {
    const { m, frame } = machine();
    setFlag(m, frame, PAGE_NOT_LOADED);
    m.partition.invalidateAll();
    let loads = 0;
    m.memory.listener = {
      ...m.memory.listener,
      pageSlow: (offset) => {
        loads++;
        m.memory.flags[offset >>> 12] = PAGE_RAM;
        m.memory.bytes.set([0x78, 0x56, 0x34, 0x12], m.ramOffset + PAGE);
      },
    };
    const s = m.execute([...LOAD, ...LOAD]);
    expect([s.gpr[0], loads]).toEqual([0x12345678n, 1]);
  });

  it('code that the guest rewrites runs as rewritten, at once', () => {
    const { m } = machine();
    // mov byte [CODE_AT + 8], 43h; nop; inc eax, which becomes inc ebx; hlt
    const s = m.execute([0xc6, 0x05, (CODE_AT & 0xff) + 8, CODE_AT >> 8, 0, 0, 0x43, 0x90, 0x40]);
    expect([s.gpr[0], s.gpr[3]]).toEqual([0x5555n, BigInt(PAGE + 1)]);
  });

  it('code that a device rewrites runs as rewritten', () => {
    const { m } = machine();
    m.poke(CODE_AT, [0x40, 0xeb, 0xfd]); // inc eax; jmp back
    m.run(100);
    expect((m.memory.flags[(m.ramOffset + CODE_AT) / 4096] as number) & PAGE_HAS_CODE).toBe(PAGE_HAS_CODE);
    m.poke(CODE_AT, [0x43, 0xf4]); // inc ebx; hlt
    m.run(100);
    expect([m.vcpu.save().gpr[3], m.vcpu.save().activity]).toEqual([BigInt(PAGE + 1), 'halted']);
  });
});
