import { describe, expect, it } from 'vitest';
import { FAULT_VECTORS, HANDLERS_AT, PAGES_AT, ProtectedMachine } from '../../../support/cpu/tables';

/** Two pages that lie beside each other, and their table's entries. */
const PAGE = 0x5_0000;
const NEXT = PAGE + 0x1000;
const entryOf = (at: number): number => PAGES_AT + 0x3000 + 8 * (at >> 12);
const ROUNDS = 60;
const [RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI] = [0, 1, 2, 3, 4, 5, 6, 7];
const HALTED_IN_PF = BigInt(HANDLERS_AT + 16 * FAULT_VECTORS.PF + 1);

type Jit = 'off' | 'eager' | 'eagerBaseline';

/** `body` ROUNDS times, counted in ECX, then HLT. */
function looped(body: readonly number[]): number[] {
  return [...body, 0x83, 0xe9, 1, 0x75, -(body.length + 5) & 0xff, 0xf4];
}

function machine(jit: Jit, gpr: Readonly<Record<number, number>>, is64 = true): ProtectedMachine {
  const m = new ProtectedMachine(16, jit);
  const enter = is64 ? m.protected64.bind(m) : m.protected32.bind(m);
  enter((s) => {
    s.gpr[RCX] = BigInt(ROUNDS);
    for (const [register, value] of Object.entries(gpr)) s.gpr[Number(register)] = BigInt(value);
    s.cr0 |= 0x1_0000n;
  });
  return m;
}

describe.each(['off', 'eager', 'eagerBaseline'] as const)('accesses at known distances (%s)', (jit) => {
  it.each([
    ['in one page', true, NEXT - 0x800],
    ['on both sides of a page border', true, NEXT + 8],
    ['just below a page border', true, NEXT],
    ['just above a page border', true, NEXT + 32],
    ['on both sides of a page border, 32-bit', false, NEXT + 8],
  ])('push and pop %s', (_name, is64, stack) => {
    const m = machine(jit, { [RAX]: 1, [RBX]: 2, [RSI]: 3, [RDI]: 4, [RSP]: stack }, is64);
    // push rax; push rbx; push rsi; push rdi; pop rax; pop rbx; pop rsi; pop rdi; add eax,1
    const s = m.execute(looped([0x50, 0x53, 0x56, 0x57, 0x58, 0x5b, 0x5e, 0x5f, 0x83, 0xc0, 1]), 10_000);
    expect([s.gpr[RAX], s.gpr[RBX], s.gpr[RSI], s.gpr[RDI], s.gpr[RSP]]).toEqual([31n, 2n, 3n, 34n, BigInt(stack)]);
    const size = is64 ? 8 : 4;
    expect([1, 2, 3, 4].map((i) => m.dword(stack - i * size))).toEqual([34, 3, 2, 30]);
  });

  it('fault at the one that lies in the page that is not there, and no sooner', () => {
    const m = machine(jit, { [RBX]: NEXT - 4 - 8 * 40, [RDX]: 0, [RBP]: 0 });
    for (let at = PAGE; at < NEXT; at += 4) m.setDword(at, 1);
    m.setQuad(entryOf(NEXT), 0n);
    // add edx,[rbx]; add ebp,[rbx+4]; add rbx,8
    const s = m.execute(looped([0x03, 0x13, 0x03, 0x6b, 4, 0x48, 0x83, 0xc3, 8]), 10_000);
    expect([s.rip, s.cr2]).toEqual([HALTED_IN_PF, BigInt(NEXT)]);
    expect([s.gpr[RDX], s.gpr[RBP], s.gpr[RBX]]).toEqual([41n, 40n, BigInt(NEXT - 4)]);
  });

  it('fault at the write to the page that must not be written, with the one before it done', () => {
    const m = machine(jit, { [RAX]: 7, [RBX]: NEXT - 4 - 8 * 40 });
    m.setQuad(entryOf(NEXT), BigInt(NEXT) | 5n);
    // mov [rbx],eax; mov [rbx+4],eax; mov edx,[rbx+4]; add rbx,8
    const s = m.execute(looped([0x89, 0x03, 0x89, 0x43, 4, 0x8b, 0x53, 4, 0x48, 0x83, 0xc3, 8]), 10_000);
    expect([s.rip, s.cr2, s.gpr[RBX]]).toEqual([HALTED_IN_PF, BigInt(NEXT), BigInt(NEXT - 4)]);
    expect([m.dword(NEXT - 8), m.dword(NEXT - 4), m.dword(NEXT)]).toEqual([7, 7, 0]);
  });

  it.each([
    ['in one page', PAGE],
    ['on both sides of a page border', NEXT - 16],
    ['in the other page, on one of the ways', NEXT - 8],
  ])('lie on both ways after a branch: %s', (_name, at) => {
    const m = machine(jit, { [RBX]: at, [RDX]: 0, [RBP]: 0, [RDI]: 0 });
    [1, 10, 100, 1000].forEach((value, i) => m.setDword(at + 8 * i, value));
    // add edx,[rbx]; test cl,1; jz L; add ebp,[rbx+8]; add edi,[rbx+16]; jmp M; L: add edi,[rbx+24]; add ebp,[rbx+16]; M:
    const body = [
      ...[0x03, 0x13, 0xf6, 0xc1, 1, 0x74, 8, 0x03, 0x6b, 8, 0x03, 0x7b, 16, 0xeb, 6],
      ...[0x03, 0x7b, 24, 0x03, 0x6b, 16],
    ];
    const s = m.execute(looped(body), 10_000);
    expect([s.gpr[RDX], s.gpr[RBP], s.gpr[RDI]]).toEqual([60n, 3300n, 33_000n]);
  });

  it('are at other places where a register changed on one of two ways', () => {
    const m = machine(jit, { [RBX]: PAGE, [RSI]: NEXT, [RDX]: 0, [RBP]: 0, [RAX]: PAGE });
    m.setDword(PAGE, 3);
    m.setDword(NEXT, 7);
    // add edx,[rbx]; test cl,1; jz L; mov rbx,rsi; L: add ebp,[rbx]; mov rbx,rax
    const body = [0x03, 0x13, 0xf6, 0xc1, 1, 0x74, 3, 0x48, 0x89, 0xf3, 0x03, 0x2b, 0x48, 0x89, 0xc3];
    const s = m.execute(looped(body), 10_000);
    expect([s.gpr[RDX], s.gpr[RBP]]).toEqual([180n, 300n]);
  });

  it('are at other places once the register has another value', () => {
    const m = machine(jit, { [RBX]: PAGE, [RSI]: NEXT, [RDX]: 0, [RBP]: 0, [RDI]: 0 });
    m.setDword(PAGE + 8, 5);
    m.setDword(NEXT + 8, 11);
    // add edx,[rbx+8]; xchg rbx,rsi; add ebp,[rbx+8]; xchg rbx,rsi; lea rax,[rbx+8]; add edi,[rax]; mov rax,[rsi+8]; add edi,[rbx+8]
    const body = [
      ...[0x03, 0x53, 8, 0x48, 0x87, 0xf3, 0x03, 0x6b, 8, 0x48, 0x87, 0xf3, 0x48, 0x8d, 0x43, 8, 0x03, 0x38],
      ...[0x48, 0x8b, 0x46, 8, 0x03, 0x7b, 8],
    ];
    const s = m.execute(looped(body), 10_000);
    expect([s.gpr[RDX], s.gpr[RBP], s.gpr[RDI], s.gpr[RAX]]).toEqual([300n, 660n, 600n, 11n]);
  });

  it('are at other places once a part of the register, or its low half, has another value', () => {
    const m = machine(jit, { [RBX]: PAGE + 0x10, [RDX]: 0, [RBP]: 0 });
    m.setDword(PAGE + 0x10, 3);
    m.setDword(PAGE + 0x40, 9);
    // add edx,[rbx]; mov bl,40h; add ebp,[rbx]; mov ebx,ebx; add ebp,[rbx]; mov bl,10h
    const s = m.execute(looped([0x03, 0x13, 0xb3, 0x40, 0x03, 0x2b, 0x89, 0xdb, 0x03, 0x2b, 0xb3, 0x10]), 10_000);
    expect([s.gpr[RDX], s.gpr[RBP], s.gpr[RBX]]).toEqual([180n, 1080n, BigInt(PAGE + 0x10)]);
  });

  it('are at other places once the page was mapped to another frame between them', () => {
    const m = machine(jit, { [RBX]: PAGE, [RSI]: entryOf(PAGE), [RDX]: NEXT | 7, [RBP]: 0, [RDI]: 0 });
    m.setDword(PAGE, 5);
    m.setDword(NEXT, 11);
    // add ebp,[rbx]; xchg [rsi],rdx; invlpg [rbx]; add edi,[rbx]
    const s = m.execute(looped([0x03, 0x2b, 0x48, 0x87, 0x16, 0x0f, 0x01, 0x3b, 0x03, 0x3b]), 10_000);
    expect([s.gpr[RBP], s.gpr[RDI]]).toEqual([480n, 480n]);
  });

  it('see code that they change themselves', () => {
    const m = machine(jit, { [RBX]: PAGE, [RDI]: 0, [RDX]: 0x10 });
    // mov eax,N; ret
    m.poke(PAGE, [0xb8, 0, 0, 0, 0, 0xc3]);
    // call rbx; add edi,eax; mov [rbx+1],edx; mov byte [rbx+2],0; call rbx; add edi,eax; mov dword [rbx+1],1
    const body = [
      ...[0xff, 0xd3, 0x01, 0xc7, 0x89, 0x53, 1, 0xc6, 0x43, 2, 0, 0xff, 0xd3, 0x01, 0xc7],
      ...[0xc7, 0x43, 1, 1, 0, 0, 0],
    ];
    const s = m.execute(looped(body), 10_000);
    expect(s.gpr[RDI]).toBe(BigInt(16 * ROUNDS + ROUNDS - 1));
  });
});
