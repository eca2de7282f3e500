import { describe, expect, it } from 'vitest';
import { CODE64, gate, IDT_AT, PAGES_AT, ProtectedMachine } from '../../../support/cpu/tables';

const UPPER = 0xffff_8000_0000_0000n;
const FIRST = 0x5_0000;
const SECOND = 0x5_1000;
const OTHER_TABLES = PAGES_AT + 0x7000;
const ROUNDS = 60;
/** MOV EAX,n; RET. */
const giving = (n: number): number[] => [0xb8, n, 0, 0, 0, 0xc3];

/** 64-bit mode; FIRST and SECOND hold functions that give 1 and 2. */
function machine(jit: 'off' | 'eager' | 'eagerBaseline', gpr: Readonly<Record<number, bigint>>): ProtectedMachine {
  const m = new ProtectedMachine(16, jit);
  m.protected64((s) => {
    for (const [register, value] of Object.entries(gpr)) s.gpr[Number(register)] = value;
    s.cr4 |= 0x80n;
  });
  m.poke(FIRST, giving(1));
  m.poke(SECOND, giving(2));
  return m;
}

/** Maps the page at UPPER by tables at `at`, from the top-level table at `top`. */
function mapUpper(m: ProtectedMachine, top: number, at: number, frame: number): void {
  m.setQuad(top + 256 * 8, BigInt(at) | 3n);
  m.setQuad(at, BigInt(at + 0x1000) | 3n);
  m.setQuad(at + 0x1000, BigInt(at + 0x2000) | 3n);
  m.setQuad(at + 0x2000, BigInt(frame) | 3n);
}

describe.each(['off', 'eager', 'eagerBaseline'] as const)('code whose page moves (%s)', (jit) => {
  // CALL RBX; ADD EBP,EAX; XCHG [RSI],RDX; INVLPG [RBX]; SUB ECX,1; JNZ
  const remapping = [0xff, 0xd3, 0x01, 0xc5, 0x48, 0x87, 0x16, 0x0f, 0x01, 0x3b, 0x83, 0xe9, 1, 0x75, 0xf1];

  it.each([
    ['below', BigInt(FIRST)],
    ['in the upper half', UPPER],
  ])('is found by INVLPG: %s', (_name, at) => {
    const table = PAGES_AT + 0xa000;
    const entry = at === UPPER ? table + 0x2000 : PAGES_AT + 0x3000 + 8 * (FIRST >> 12);
    const m = machine(jit, { 1: BigInt(ROUNDS), 2: BigInt(SECOND) | 3n, 3: at, 5: 0n, 6: BigInt(entry) });
    mapUpper(m, PAGES_AT, table, FIRST);
    expect(m.execute(remapping, 10_000).gpr[5]).toBe(BigInt((ROUNDS / 2) * 3));
  });

  it('is found by INVLPG of another address in its large page', () => {
    const large = 0x60_0000;
    const entry = PAGES_AT + 0x2000 + 8 * (large >> 21);
    // INVLPG [RDI] in place of [RBX]
    const code = remapping.map((byte, i) => (i === 9 ? 0x3f : byte));
    const back = {
      1: BigInt(ROUNDS),
      2: 0x80_0083n,
      3: BigInt(large),
      5: 0n,
      6: BigInt(entry),
      7: BigInt(large + 0x9000),
    };
    const m = machine(jit, back);
    m.poke(large, giving(1));
    m.poke(0x80_0000, giving(2));
    expect(m.execute(code, 10_000).gpr[5]).toBe(BigInt((ROUNDS / 2) * 3));
  });

  it.each([
    ['below', BigInt(FIRST)],
    ['in the upper half', UPPER],
  ])('is found by MOV CR3, as it is not global: %s', (_name, at) => {
    const m = machine(jit, { 1: BigInt(ROUNDS), 3: at, 5: 0n, 6: BigInt(OTHER_TABLES), 7: BigInt(PAGES_AT) });
    mapUpper(m, PAGES_AT, PAGES_AT + 0xa000, FIRST);
    // the other address space: the first 2 MiB by tables of its own
    for (let i = 0; i < 512; i++) m.setQuad(PAGES_AT + 0x1_0000 + 8 * i, BigInt(i * 0x1000) | 3n);
    m.setQuad(PAGES_AT + 0x1_0000 + 8 * (FIRST >> 12), BigInt(SECOND) | 3n);
    m.setQuad(OTHER_TABLES + 0x2000, BigInt(PAGES_AT + 0x1_0000) | 3n);
    m.setQuad(OTHER_TABLES + 0x1000, BigInt(OTHER_TABLES + 0x2000) | 3n);
    m.setQuad(OTHER_TABLES, BigInt(OTHER_TABLES + 0x1000) | 3n);
    mapUpper(m, OTHER_TABLES, PAGES_AT + 0xd000, SECOND);
    // CALL RBX; ADD EBP,EAX; MOV CR3,RSI; XCHG RSI,RDI; SUB ECX,1; JNZ
    const code = [0xff, 0xd3, 0x01, 0xc5, 0x0f, 0x22, 0xde, 0x48, 0x87, 0xf7, 0x83, 0xe9, 1, 0x75, 0xf1];
    expect(m.execute(code, 10_000).gpr[5]).toBe(BigInt((ROUNDS / 2) * 3));
  });
});

describe.each(['eager', 'eagerBaseline'] as const)('compiled code (%s)', (jit) => {
  it('enters page faults with the state that the interpreter has', () => {
    // POP R8; ADD R9,R8; MOV R10,CR2; ADD R11,R10; ADD R12,[RSP]; ADD R13,[RSP+16]; OR QWORD [R14],3; ADD R14,8; IRETQ
    const handler = [
      ...[0x41, 0x58, 0x4d, 0x01, 0xc1, 0x41, 0x0f, 0x20, 0xd2, 0x4d, 0x01, 0xd3, 0x4c, 0x03, 0x24, 0x24],
      ...[0x4c, 0x03, 0x6c, 0x24, 0x10, 0x49, 0x83, 0x0e, 0x03, 0x49, 0x83, 0xc6, 0x08, 0x48, 0xcf],
    ];
    // CMP ECX,50; MOV [RBX],EAX; ADC EDX,0; ADD RBX,1000; SUB ECX,1; JNZ
    const touch = [
      0x83, 0xf9, 50, 0x89, 0x03, 0x83, 0xd2, 0, 0x48, 0x81, 0xc3, 0, 0x10, 0, 0, 0x83, 0xe9, 1, 0x75, 0xec,
    ];
    const run = (mode: 'off' | typeof jit) => {
      const m = machine(mode, { 1: 100n, 2: 0n, 3: 0x4_0000n, 14: BigInt(PAGES_AT + 0x3000 + 8 * 0x40) });
      for (let page = 0x40; page < 0x40 + 100; page++) m.setQuad(PAGES_AT + 0x3000 + 8 * page, BigInt(page << 12));
      m.poke(0xa000, handler);
      m.setQuad(IDT_AT + 16 * 14, gate(CODE64, 0xa000, 0x8e));
      const { gpr, count, cr2, rip } = m.execute(touch, 100_000);
      return { gpr, count, cr2, rip };
    };
    const state = run(jit);
    expect(state).toEqual(run('off'));
    // not present, a write
    expect(state.gpr[9]).toBe(200n);
    expect(state.gpr[2]).toBe(49n);
  });

  it('is compiled anew where one of its pages is another one in this address space', () => {
    // at FIRST: TEST EDI,EDI; JZ +5; JMP SECOND; RET
    const entry = BigInt(PAGES_AT + 0x3000 + 8 * (SECOND >> 12));
    const m = machine(jit, { 1: 500n, 2: 0x5_2007n, 3: BigInt(FIRST), 5: 0n, 6: entry, 7: 1n });
    m.poke(FIRST, [0x85, 0xff, 0x74, 5, 0xe9, 0xf7, 0x0f, 0, 0, 0xc3]);
    m.poke(0x5_2000, giving(3));
    const code = [
      ...[0xe8, 38, 0, 0, 0], // CALL LOOP
      ...[0x48, 0x87, 0x16, 0x0f, 0x01, 0xbb, 0, 0x10, 0, 0], // XCHG [RSI],RDX; INVLPG [RBX+1000]
      ...[0x31, 0xff, 0xb9, 0xa0, 0x0f, 0, 0, 0xe8, 16, 0, 0, 0], // XOR EDI,EDI; MOV ECX,4000; CALL LOOP
      ...[0xbf, 1, 0, 0, 0, 0xb9, 100, 0, 0, 0, 0xe8, 1, 0, 0, 0, 0xf4], // MOV EDI,1; MOV ECX,100; CALL LOOP; HLT
      ...[0xff, 0xd3, 0x01, 0xc5, 0x83, 0xe9, 1, 0x75, 0xf7, 0xc3], // LOOP: CALL RBX; ADD EBP,EAX; SUB ECX,1; JNZ LOOP; RET
    ];
    expect(m.execute(code, 100_000).gpr[5]).toBe(1000n + 8000n + 300n);
    // of 4500, 28,000 and 900
    expect(m.partition.jitStatistics!.instructions).toBeGreaterThan(25_000);
  });
});
