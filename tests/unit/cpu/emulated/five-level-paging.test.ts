import { describe, expect, it } from 'vitest';
import { FAULT_VECTORS, PAGES_AT, ProtectedMachine } from '../../../support/cpu/tables';

/** 5-level paging (Intel SDM vol. 3, 4.5): 57-bit linear addresses. */
const { PF, GP } = FAULT_VECTORS;
const CR4_LA57 = 1n << 12n;
const TOP = 0x12_0000;
/** The next table down from the first entry of the top one is that of `protected64`. */
const FAR = 0x00ab_0000_0000_0000n;
const FAR_NEGATIVE = 0xff00_0000_0000_0000n;
const LOAD = [0x48, 0x8b, 0x03]; // mov rax, [rbx]
const LAST = 0x1122_3344_5566_7788n;

function machine(rbx: bigint, entries: ReadonlyArray<readonly [bigint, bigint]> = []): ProtectedMachine {
  const m = new ProtectedMachine();
  m.protected64((s) => {
    s.gpr[3] = rbx;
    s.cr3 = BigInt(TOP);
    s.cr4 |= CR4_LA57;
  });
  m.setQuad(TOP, BigInt(PAGES_AT) | 7n);
  for (const [linear, entry] of entries) m.setQuad(TOP + 8 * Number((linear >> 48n) & 511n), entry);
  m.setQuad(0x4_0000, LAST);
  return m;
}

describe('5-level paging', () => {
  it.each([
    ['positive', FAR],
    ['negative', FAR_NEGATIVE],
  ])('translates %s addresses of 57 bits, setting accessed bits on every level', (_name, base) => {
    const m = machine(base + 0x4_0000n, [[base, BigInt(PAGES_AT) | 7n]]);
    expect(m.execute(LOAD).gpr[0]).toBe(LAST);
    expect(m.quad(TOP + 8 * Number((base >> 48n) & 511n)) & 0x20n).toBe(0x20n);
  });

  it('an absent entry of the top level is a page fault, a page-size bit in it reserved', () => {
    const m = machine(FAR);
    const s = m.execute(LOAD);
    expect([m.haltedIn(s), s.cr2, m.quad(Number(s.gpr[4]))]).toEqual([PF, FAR, 0n]);
    const bad = machine(FAR, [[FAR, BigInt(PAGES_AT) | 0x87n]]);
    const t = bad.execute(LOAD);
    expect([bad.haltedIn(t), bad.quad(Number(t.gpr[4]))]).toEqual([PF, 9n]);
  });

  it('code runs beyond 48 bits, also in loops', () => {
    const m = machine(FAR + 0x4_1000n, [[FAR, BigInt(PAGES_AT) | 7n]]);
    // mov ecx, 100; add rax, rcx; loop; ret
    m.poke(0x4_1000, [0xb9, 100, 0, 0, 0, 0x48, 0x01, 0xc8, 0xe2, 0xfb, 0xc3]);
    expect(m.execute([0x31, 0xc0, 0xff, 0xd3], 5000).gpr[0]).toBe(5050n);
  });

  it('addresses beyond 57 bits are #GP', () => {
    const m = machine(0x0100_0000_0000_0000n);
    expect(m.haltedIn(m.execute(LOAD))).toBe(GP);
  });

  it('cannot be switched in long mode', () => {
    const m = machine(FAR);
    // mov rax, cr4; btc rax, 12; mov cr4, rax
    expect(m.haltedIn(m.execute([0x0f, 0x20, 0xe0, 0x48, 0x0f, 0xba, 0xf8, 12, 0x0f, 0x22, 0xe0]))).toBe(GP);
  });

  it('with 4 levels addresses keep 48 bits, but bases in MSRs have 57', () => {
    const m = new ProtectedMachine();
    m.protected64((s) => {
      s.gpr[3] = FAR;
      s.gpr[1] = 0xc000_0082n; // LSTAR
      s.gpr[2] = 0x00ab_0000n;
    });
    const s = m.execute([0x0f, 0x30, ...LOAD]);
    expect(m.haltedIn(s)).toBe(GP);
    expect(s.msrs['c0000082']).toBe(FAR);
    // and such a state can be restored
    m.vcpu.restore(s);
    expect(m.vcpu.save().msrs['c0000082']).toBe(FAR);
  });
});
