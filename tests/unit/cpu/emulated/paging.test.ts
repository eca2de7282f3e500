import { describe, expect, it } from 'vitest';
import {
  asUser32,
  asUser64,
  CODE_AT,
  FAULT_VECTORS,
  PAGES_AT,
  ProtectedMachine,
  STACK0,
} from '../../../support/cpu/tables';

const { PF, GP, SS } = FAULT_VECTORS;
const PRESENT = 1;
const WRITE = 2;
const USER = 4;
const RSVD = 8;
const FETCH = 16;
const TEST_PAGE = 0x4_0000;

const LOAD = [0x8b, 0x03]; // mov eax, [rbx]
const STORE = [0x89, 0x03]; // mov [rbx], eax
const LOAD64 = [0x48, 0x8b, 0x03];
const STORE64 = [0x48, 0x89, 0x03];
const CALL = [0xff, 0xd3]; // call rbx

/** 64-bit mode; RBX points at TEST_PAGE whose entry is `entry`. */
function machine64(
  entry: bigint,
  options: { user?: boolean; cr0?: bigint; cr4?: bigint; rbx?: number } = {},
): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected64((s) => {
    if (options.user === true) asUser64(s);
    s.gpr[3] = BigInt(options.rbx ?? TEST_PAGE);
    s.gpr[0] = 0x1122_3344_5566_7788n;
    s.cr0 = options.cr0 ?? s.cr0;
    s.cr4 |= options.cr4 ?? 0n;
  });
  m.setQuad(m.pte(TEST_PAGE), entry);
  // with SMEP and SMAP the handlers and tables belong to the supervisor
  if (options.cr4 !== undefined) {
    for (const page of [0x1000, 0x2000, 0x3000, 0x5000, 0x7000, 0x8000]) m.setQuad(m.pte(page), BigInt(page) | 3n);
  }
  return m;
}

/** The error code of the #PF that `bytes` cause; undefined if there is none. */
function faultOf(m: ProtectedMachine, bytes: readonly number[]): number | undefined {
  const s = m.execute(bytes);
  if (m.haltedIn(s) !== PF) return undefined;
  expect(s.cr2).toBe(s.gpr[3]);
  return Number(m.quad(Number(s.gpr[4])));
}

describe('4-level paging', () => {
  it.each([
    ['absent, read', 0n, {}, LOAD, 0],
    ['absent, write', 0n, {}, STORE, WRITE],
    ['absent, user', 0n, { user: true }, LOAD, USER],
    ['supervisor page read by user', 0x40003n, { user: true }, LOAD, USER | PRESENT],
    ['read-only page written by user', 0x40005n, { user: true }, STORE, USER | PRESENT | WRITE],
    ['read-only page written by supervisor, WP', 0x40001n, {}, STORE, PRESENT | WRITE],
    ['read-only page written by supervisor, no WP', 0x40001n, { cr0: 0x8000_0011n }, STORE, undefined],
    ['reserved address bit', 0x40003n | (1n << 40n), {}, LOAD, PRESENT | RSVD],
    ['NX page executed', 0x40007n | (1n << 63n), {}, CALL, PRESENT | FETCH],
    ['NX page read', 0x40007n | (1n << 63n), {}, LOAD, undefined],
    ['user page executed, SMEP', 0x40007n, { cr4: 1n << 20n }, CALL, PRESENT | FETCH],
    ['user page read, SMEP', 0x40007n, { cr4: 1n << 20n }, LOAD, undefined],
  ] as const)('%s', (_name, entry, options, bytes, expected) => {
    expect(faultOf(machine64(entry, options), bytes)).toBe(expected);
  });

  it('SMAP keeps the supervisor from user pages unless AC is set', () => {
    const m = machine64(0x40007n, { cr4: 1n << 21n });
    expect(faultOf(m, LOAD)).toBe(PRESENT);
    m.vcpu.restore({
      ...m.vcpu.save(),
      rip: BigInt(CODE_AT),
      activity: 'running',
      gpr: m.vcpu.save().gpr.map((v, i) => (i === 4 ? BigInt(STACK0) : v)),
    });
    expect(faultOf(m, [0x0f, 0x01, 0xcb, ...LOAD])).toBe(undefined); // stac
  });

  it('accessed and dirty bits are set by read and write', () => {
    const m = machine64(0x40007n);
    m.execute(LOAD);
    expect(m.quad(m.pte(TEST_PAGE))).toBe(0x40027n);
    const w = machine64(0x40007n);
    w.execute(STORE);
    expect(w.quad(w.pte(TEST_PAGE))).toBe(0x40067n);
    expect(w.quad(PAGES_AT) & 0x20n).toBe(0x20n);
  });

  it('a refused write sets no dirty bit', () => {
    const m = machine64(0x40001n);
    m.execute(STORE);
    expect(m.quad(m.pte(TEST_PAGE)) & 0x40n).toBe(0n);
  });

  it('a write after a read finds the dirty bit', () => {
    const m = machine64(0x40007n);
    m.execute([...LOAD, ...STORE]);
    expect(m.quad(m.pte(TEST_PAGE))).toBe(0x40067n);
  });

  it('1 GiB pages map, and their reserved bits fault', () => {
    const m = machine64(0x40007n, { rbx: 0x4004_0000 });
    m.setQuad(PAGES_AT + 0x1000 + 8, 0x83n);
    m.setDword(TEST_PAGE, 0x1234_5678);
    expect(m.execute(LOAD).gpr[0]).toBe(0x1234_5678n);
    const bad = machine64(0x40007n, { rbx: 0x4004_0000 });
    bad.setQuad(PAGES_AT + 0x1000 + 8, 0x83n | (1n << 13n));
    expect(faultOf(bad, LOAD)).toBe(PRESENT | RSVD);
  });

  it('addresses that are not canonical are #GP(0), #SS(0) through the stack', () => {
    const m = machine64(0x40007n);
    m.vcpu.restore({ ...m.vcpu.save(), gpr: m.vcpu.save().gpr.map((v, i) => (i === 3 ? 0x8000_0000_0000n : v)) });
    expect(m.haltedIn(m.execute(LOAD64))).toBe(GP);
    const n = machine64(0x40007n);
    n.vcpu.restore({ ...n.vcpu.save(), gpr: n.vcpu.save().gpr.map((v, i) => (i === 5 ? 0x8000_0000_0000n : v)) });
    // through the IST, because RSP itself stays fine: mov rax, [rbp]
    expect(n.haltedIn(n.execute([0x48, 0x8b, 0x45, 0x00]))).toBe(SS);
  });

  it('a write across two pages changes neither when the second is absent', () => {
    const m = machine64(0n, { rbx: TEST_PAGE - 4 });
    m.setDword(TEST_PAGE - 4, 0xaaaaaaaa);
    const s = m.execute(STORE64);
    expect([m.haltedIn(s), s.cr2]).toEqual([PF, BigInt(TEST_PAGE)]);
    expect(m.dword(TEST_PAGE - 4)).toBe(0xaaaaaaaa);
  });

  it('a write across two pages that are apart in memory reaches both', () => {
    const m = machine64(0x9_0007n, { rbx: TEST_PAGE - 3 });
    m.execute(STORE64);
    expect([...m.peek(TEST_PAGE - 3, 3), ...m.peek(0x9_0000, 5)]).toEqual([
      0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
    ]);
    const r = machine64(0x9_0007n, { rbx: TEST_PAGE - 3 });
    r.poke(TEST_PAGE - 3, [1, 2, 3]);
    r.poke(0x9_0000, [4, 5, 6, 7, 8]);
    expect(r.execute(LOAD64).gpr[0]).toBe(0x0807060504030201n);
  });
});

describe('translations that are kept', () => {
  const remap = [
    ...LOAD, // fills the TLB
    0x89,
    0xc5, // mov ebp, eax
    0x48,
    0x89,
    0x11, // mov [rcx], rdx: the new entry
  ];
  function machine(entry: bigint): ProtectedMachine {
    const m = machine64(entry, { cr4: 0x80n });
    m.vcpu.restore({
      ...m.vcpu.save(),
      gpr: m.vcpu.save().gpr.map((v, i) => (i === 1 ? BigInt(m.pte(TEST_PAGE)) : i === 2 ? 0x9_0007n : v)),
    });
    m.setDword(TEST_PAGE, 0x1111);
    m.setDword(0x9_0000, 0x2222);
    return m;
  }

  it('hold until INVLPG', () => {
    const s = machine(0x40007n).execute([...remap, ...LOAD, 0x0f, 0x01, 0x3b, 0x8b, 0x33]); // invlpg [rbx]; mov esi, [rbx]
    expect([s.gpr[5], s.gpr[0], s.gpr[6]]).toEqual([0x1111n, 0x1111n, 0x2222n]);
  });

  it('hold until CR3 is loaded', () => {
    const s = machine(0x40007n).execute([...remap, 0x0f, 0x20, 0xdf, 0x0f, 0x22, 0xdf, ...LOAD]); // mov rdi, cr3; mov cr3, rdi
    expect([s.gpr[5], s.gpr[0]]).toEqual([0x1111n, 0x2222n]);
  });

  it('of global pages survive CR3 but not CR4.PGE', () => {
    const reload = [0x0f, 0x20, 0xdf, 0x0f, 0x22, 0xdf];
    expect(machine(0x40107n).execute([...remap, ...reload, ...LOAD]).gpr[0]).toBe(0x1111n);
    // mov rdi, cr4; btr edi, 7; mov cr4, rdi
    const toggle = [0x0f, 0x20, 0xe7, 0x0f, 0xba, 0xf7, 0x07, 0x0f, 0x22, 0xe7];
    expect(machine(0x40107n).execute([...remap, ...toggle, ...LOAD]).gpr[0]).toBe(0x2222n);
  });

  it('of large pages go with any address in them', () => {
    const m = machine64(0x40007n, { rbx: 0x24_0000 });
    m.setDword(0x24_0000, 0x1111);
    m.setDword(0x44_0000, 0x2222);
    m.vcpu.restore({
      ...m.vcpu.save(),
      gpr: m.vcpu
        .save()
        .gpr.map((v, i) => (i === 1 ? BigInt(PAGES_AT + 0x2000 + 8) : i === 2 ? 0x40_0087n : i === 7 ? 0x20_0000n : v)),
    });
    // invlpg [rdi]
    expect(m.execute([...remap, 0x0f, 0x01, 0x3f, ...LOAD]).gpr[0]).toBe(0x2222n);
  });
});

describe('32-bit and PAE paging', () => {
  function machine32(user: boolean): ProtectedMachine {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      if (user) asUser32(s);
      s.cr0 = 0x8001_0011n;
      s.cr3 = BigInt(PAGES_AT);
      s.cr4 = 0x10n;
      s.gpr[3] = BigInt(0x80_0000 + 0x123_000);
    });
    return m;
  }

  it('4 MiB pages map with PSE', () => {
    const m = machine32(false);
    m.setDword(PAGES_AT, 0x87);
    m.setDword(PAGES_AT + 4 * 2, 0x0000_0087);
    m.setDword(0x123_000, 0xcafe);
    expect(m.execute(LOAD).gpr[0]).toBe(0xcafen);
  });

  it('4 KiB pages fault with user errors', () => {
    const m = machine32(true);
    m.setDword(PAGES_AT, 0x87);
    m.setDword(PAGES_AT + 8, (PAGES_AT + 0x1000) | 7);
    const s = m.execute(LOAD);
    expect([m.haltedIn(s), m.dword(Number(s.gpr[4])), s.cr2]).toEqual([PF, USER, 0x92_3000n]);
  });

  it('PAE loads its PDPTEs with CR3 and refuses reserved bits', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      s.cr4 = 0x20n;
      s.gpr[0] = BigInt(PAGES_AT);
      s.gpr[3] = 0x40_0000n;
    });
    m.setQuad(PAGES_AT, BigInt(PAGES_AT + 0x1000) | 1n);
    m.setQuad(PAGES_AT + 0x1000, 0x83n);
    m.setQuad(PAGES_AT + 0x1000 + 16, 0x20_0083n);
    m.setDword(0x20_0000, 0xbeef);
    // mov cr3, eax; mov ecx, cr0; bts ecx, 31; mov cr0, ecx; mov eax, [ebx]
    const s = m.execute([0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xc1, 0x0f, 0xba, 0xe9, 31, 0x0f, 0x22, 0xc1, ...LOAD]);
    expect([s.gpr[0], s.cr0 >> 31n]).toEqual([0xbeefn, 1n]);
    const bad = new ProtectedMachine();
    bad.protected32((state) => {
      state.cr4 = 0x20n;
      state.cr3 = BigInt(PAGES_AT);
    });
    bad.setQuad(PAGES_AT, BigInt(PAGES_AT + 0x1000) | 3n);
    expect(bad.haltedIn(bad.execute([0x0f, 0x20, 0xc1, 0x0f, 0xba, 0xe9, 31, 0x0f, 0x22, 0xc1]))).toBe(GP);
  });
});

describe('physical addresses', () => {
  it('A20 clears bit 20', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => (s.gpr[3] = 0x10_0500n));
    m.setDword(0x500, 0x1111);
    m.setDword(0x10_0500, 0x2222);
    expect(m.execute(LOAD).gpr[0]).toBe(0x2222n);
    m.memory.setA20(false);
    m.protected32((s) => (s.gpr[3] = 0x10_0500n));
    expect(m.execute(LOAD).gpr[0]).toBe(0x1111n);
  });

  it('what no slot covers is device space, 8 bytes in two halves', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => (s.gpr[3] = 0x6000_0000n));
    m.setQuad(PAGES_AT + 0x1000 + 8, 0x4000_0083n);
    m.bus.mmio.length = 0;
    const s = m.execute([...STORE64, ...LOAD64]);
    expect(s.gpr[0]).toBe(0xffff_ffff_ffff_ffffn);
    expect(m.bus.mmio).toEqual([
      { gpa: 0x6000_0000, size: 4, value: 0 },
      { gpa: 0x6000_0004, size: 4, value: 0 },
      { gpa: 0x6000_0000, size: 4 },
      { gpa: 0x6000_0004, size: 4 },
    ]);
  });

  it('writes to a ROM slot are dropped', () => {
    const m = new ProtectedMachine();
    m.protected32((s) => {
      s.gpr[3] = 0x2000_0000n;
      s.gpr[0] = 0x55n;
    });
    m.memory.map('rom', { gpa: 0x2000_0000, size: 4096, read: m.ramOffset + 0x9000, write: 'drop' });
    m.setDword(0x9000, 0x1234);
    const s = m.execute([...STORE, ...LOAD]);
    expect([s.gpr[0], m.dword(0x9000)]).toEqual([0x1234n, 0x1234]);
  });

  it('a watched page tells of the first write', () => {
    const m = new ProtectedMachine();
    const block = m.memory.block(m.ramOffset + 0x9000, 0x2000, 0x20);
    block.collectWritten();
    m.protected32((s) => (s.gpr[3] = 0xa000n));
    m.execute([...STORE, ...STORE]);
    expect([...block.collectWritten()]).toEqual([2]);
    m.protected32((s) => (s.gpr[3] = 0x9000n));
    m.execute([...LOAD]);
    expect([...block.collectWritten()]).toEqual([0]);
  });
});
