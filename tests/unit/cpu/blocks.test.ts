import { beforeEach, describe, expect, test } from 'vitest';
import { CpuMachine } from '../../support/cpu/cpu-machine';

let m: CpuMachine;
beforeEach(() => {
  m = new CpuMachine();
});

const EAX = 0;
const ECX = 1;
const gpr = (index: number): number => Number(BigInt.asUintN(32, m.vcpu.save().gpr[index]!));
const rip = (): number => Number(m.vcpu.save().rip);
const HLT = 0xf4;

/** Runs from `at` to HLT. */
function runToHalt(at: number, limit = 100_000): void {
  m.vcpu.restore({ ...m.vcpu.save(), rip: BigInt(at), activity: 'running' });
  const reason = m.run(limit);
  expect(reason.kind).toBe('halted');
}

describe('exact stops', () => {
  test('every count of a loop is reached exactly, with the state of that instruction', () => {
    // l: inc eax; inc ecx; jmp l
    m.flat32(0x1000);
    m.poke(0x1000, [0x40, 0x41, 0xeb, 0xfc]);
    const start = m.vcpu.count;
    for (let i = 1; i <= 40; i++) {
      expect(m.run(1).kind).toBe('budgetSpent');
      expect(m.vcpu.count - start).toBe(i);
      expect(gpr(EAX)).toBe(Math.floor((i + 2) / 3));
      expect(gpr(ECX)).toBe(Math.floor((i + 1) / 3));
      expect(rip()).toBe(0x1000 + (i % 3));
    }
  });

  test('slices of any size give the same state', () => {
    m.flat32(0x1000);
    m.poke(0x1000, [0x40, 0x01, 0xc1, 0x75, 0xfb, 0xeb, 0xf9]);
    for (const size of [1, 7, 199, 200, 201, 255, 256, 257, 1000, 4096]) m.run(size);
    const total = m.vcpu.count;
    const once = m.vcpu.save();
    const other = new CpuMachine();
    other.flat32(0x1000);
    other.poke(0x1000, [0x40, 0x01, 0xc1, 0x75, 0xfb, 0xeb, 0xf9]);
    other.run(total - other.vcpu.count);
    expect(other.vcpu.save()).toEqual(once);
  });

  test('a REP instruction stops between iterations', () => {
    m.flat32(0x1000);
    m.poke(0x1000, [0xf3, 0xaa, HLT]);
    const state = m.vcpu.save();
    state.gpr[ECX] = 1000n;
    state.gpr[7] = 0x3000n;
    m.vcpu.restore(state);
    m.run(300);
    expect(gpr(ECX)).toBe(700);
    expect(gpr(7)).toBe(0x3000 + 300);
    expect(rip()).toBe(0x1000);
    m.run(700);
    expect(gpr(ECX)).toBe(0);
    expect(rip()).toBe(0x1002);
  });
});

describe('code that changes', () => {
  test('the instruction after the writing one is the new one', () => {
    m.flat32(0x1000);
    // mov byte [0x1008], 0x41 (inc ecx); nop; inc eax -> inc ecx; hlt
    m.poke(0x1000, [0xc6, 0x05, 0x08, 0x10, 0, 0, 0x41, 0x90, 0x40, HLT]);
    runToHalt(0x1000);
    expect([gpr(EAX), gpr(ECX)]).toEqual([0, 1]);
  });

  test('a loop that rewrites itself runs each version once', () => {
    m.flat32(0x1000);
    // mov ecx, 50; l: add eax, 0; inc dword [l + 1 (imm8 of add)]: the immediate grows; loop l; hlt
    m.poke(0x1000, [0xb9, 50, 0, 0, 0, 0x83, 0xc0, 0, 0xfe, 0x05, 0x07, 0x10, 0, 0, 0xe2, 0xf5, HLT]);
    runToHalt(0x1000);
    expect(gpr(EAX)).toBe((49 * 50) / 2);
  });

  test('data beside code does not drop it', () => {
    m.flat32(0x1000);
    // mov ecx, 1000; l: inc dword [0x1800]; loop l; hlt
    m.poke(0x1000, [0xb9, 0xe8, 3, 0, 0, 0xff, 0x05, 0x00, 0x18, 0, 0, 0xe2, 0xf8, HLT]);
    runToHalt(0x1000);
    expect(m.peek(0x1800, 2)).toEqual(Uint8Array.of(0xe8, 3));
  });

  test('a write by a device is seen', () => {
    m.flat32(0x1000);
    m.poke(0x1000, [0x40, HLT]);
    runToHalt(0x1000);
    m.poke(0x1000, [0x41, HLT]);
    runToHalt(0x1000);
    expect([gpr(EAX), gpr(ECX)]).toEqual([1, 1]);
  });

  test('REP MOVS over code is seen', () => {
    m.flat32(0x1000);
    // esi = 0x2000, edi = 0x1020, ecx = 64: rep movsb; jmp 0x1020
    m.poke(0x1020, [0x40, HLT]);
    runToHalt(0x1020);
    m.poke(0x2000, [0x41, 0x41, HLT]);
    m.poke(0x1000, [0xbe, 0, 0x20, 0, 0, 0xbf, 0x20, 0x10, 0, 0, 0xb9, 64, 0, 0, 0, 0xf3, 0xa4, 0xeb, 0x0d]);
    runToHalt(0x1000);
    expect([gpr(EAX), gpr(ECX)]).toEqual([1, 2]);
  });
});

describe('page borders', () => {
  test('an instruction on two pages follows changes of either', () => {
    m.flat32(0x1000);
    // mov eax, imm32 at 0x1ffd: its immediate lies on both pages
    m.poke(0x1ffd, [0xb8, 1, 2, 3, 4, HLT]);
    runToHalt(0x1ffd);
    expect(gpr(EAX)).toBe(0x04030201);
    m.poke(0x2001, [9]);
    runToHalt(0x1ffd);
    expect(gpr(EAX)).toBe(0x09030201);
    m.poke(0x1ffe, [8]);
    runToHalt(0x1ffd);
    expect(gpr(EAX)).toBe(0x09030208);
  });

  test('the second page is looked up again after a change of mapping', () => {
    m.long64(0x1000);
    // 4 KiB tables for the first 2 MiB at 0x110000, so that one page can be moved
    const table = new DataView(new ArrayBuffer(4096));
    for (let i = 0; i < 512; i++) table.setBigUint64(i * 8, BigInt(i * 4096 + 3), true);
    m.memory.write(0x110000, new Uint8Array(table.buffer));
    m.memory.write(0x102000, Uint8Array.of(0x03, 0x00, 0x11, 0, 0, 0, 0, 0));
    m.poke(0x1ffd, [0xb8, 1, 2, 3, 4, HLT]);
    m.poke(0x9000, [7, 7, HLT]);
    m.partition.memoryChanged();
    runToHalt(0x1ffd);
    expect(gpr(EAX)).toBe(0x04030201);
    m.memory.write(0x110000 + 2 * 8, Uint8Array.of(0x03, 0x90));
    m.partition.memoryChanged();
    runToHalt(0x1ffd);
    expect(gpr(EAX)).toBe(0x07070201);
  });

  test('a straight run over pages counts every instruction once', () => {
    m.flat32(0x1000);
    m.poke(0x1000, new Uint8Array(3 * 4096).fill(0x40));
    m.poke(0x4000, [HLT]);
    const before = m.vcpu.count;
    runToHalt(0x1000);
    expect(gpr(EAX)).toBe(3 * 4096);
    expect(m.vcpu.count - before).toBe(3 * 4096 + 1);
  });
});

describe('segments with limits', () => {
  test('running past the limit of CS raises #GP at the first byte beyond it', () => {
    m.realMode(0x1000);
    // IVT entry 13 -> 0:0x2000; there HLT
    m.poke(13 * 4, [0, 0x20, 0, 0]);
    m.poke(0x2000, [HLT]);
    m.poke(0xfff0, new Uint8Array(16).fill(0x40));
    const state = m.vcpu.save();
    state.gpr[4] = 0x8000n;
    m.vcpu.restore(state);
    runToHalt(0xfff0);
    expect(gpr(EAX) & 0xffff).toBe(16);
    // the pushed IP is that of the instruction that could not be fetched
    expect(m.peek(gpr(4) & 0xffff, 2)).toEqual(Uint8Array.of(0, 0));
  });

  test('16-bit jumps wrap within 64 KiB', () => {
    m.realMode(0x1000);
    m.poke(0x0010, [HLT]);
    // at 0xfff0: jmp +0x1e -> 0x10010, cut to 0x0010
    m.poke(0xfff0, [0xeb, 0x1e]);
    runToHalt(0xfff0);
    expect(rip()).toBe(0x11);
  });
});

test('dropping all blocks loses nothing', () => {
  m.flat32(0x100000);
  for (let page = 0; page < 2000; page++) m.poke(0x100000 + page * 4096, [0x40, 0xe9, 0xfa, 0x0f, 0, 0]);
  m.poke(0x100000 + 2000 * 4096, [HLT]);
  runToHalt(0x100000);
  expect(gpr(EAX)).toBe(2000);
  m.partition.invalidateAll();
  runToHalt(0x100000);
  expect(gpr(EAX)).toBe(4000);
});

describe('RIP-relative addresses', () => {
  const DISPLACEMENTS = [0x7fffffff, 0x7ffffff0, 0x7fffffef, 0x7ffff000, -0x80000000];
  const NOPS = [0, 1, 20];

  test.each(DISPLACEMENTS.flatMap((displacement) => NOPS.map((nops) => [displacement, nops] as const)))(
    'with a displacement of %i after %i instructions of the block',
    (displacement, nops) => {
      // nops; lea rax, [rip + displacement]; hlt
      const bytes = [...new Uint8Array(Int32Array.of(displacement).buffer)];
      m.long64(0x1000);
      m.poke(0x1000, [...Array<number>(nops).fill(0x90), 0x48, 0x8d, 0x05, ...bytes, HLT]);
      runToHalt(0x1000);
      const next = 0x1000 + nops + 7;
      expect(m.vcpu.save().gpr[EAX]).toBe(BigInt.asUintN(64, BigInt(next + displacement)));
    },
  );

  test('load and store nearly 2 GiB away from the first instruction of a block', () => {
    const tables = 0x100000;
    m.long64(0x1000, tables);
    // The third GiB begins with the second 2 MiB of RAM.
    m.poke(tables + 4096 + 16, [0x03, 0x00, 0x11, 0, 0, 0, 0, 0]);
    m.poke(0x110000, [0x83, 0x00, 0x20, 0, 0, 0, 0, 0]);
    // mov [rip + 0x7ffffffc], ecx; jmp $+2; mov eax, [rip + 0x7ffffff4]; hlt
    m.poke(0x1000, [0x89, 0x0d, 0xfc, 0xff, 0xff, 0x7f, 0xeb, 0x00, 0x8b, 0x05, 0xf4, 0xff, 0xff, 0x7f, HLT]);
    const state = m.vcpu.save();
    state.gpr[ECX] = 0x12345678n;
    m.vcpu.restore(state);
    runToHalt(0x1000);
    expect([...m.peek(0x201002, 4)]).toEqual([0x78, 0x56, 0x34, 0x12]);
    expect(gpr(EAX)).toBe(0x12345678);
  });
});
