import { describe, expect, it } from 'vitest';
import { cpuid } from '../../../../src/cpu/emulated/cpuid';
import { cpuModel } from '../../../../src/cpu/emulated/models';
import type { CpuVendorName } from '../../../../src/cpu/backend';
import type { JitMode } from '../../../../src/cpu/emulated/jit/regions';
import { FAULT_VECTORS, ProtectedMachine } from '../../../support/cpu/tables';

/** SSE4a (AMD APM vol. 4): of that vendor's CPUs only, which clear the upper half that the manual leaves undefined. */
const DATA = 0x4_0000;
const LOW = 0x1122_3344_5566_7788n;
const HIGH = 0x99aa_bbcc_ddee_ff00n;

function run(
  bytes: readonly number[],
  xmm2: readonly [bigint, bigint],
  { vendor = 'AuthenticAMD', jit = 'off' }: { vendor?: CpuVendorName; jit?: JitMode } = {},
) {
  const m = new ProtectedMachine(16, jit, { vendor });
  m.protected64((s) => {
    s.cr4 |= 0x600n;
    s.gpr[3] = BigInt(DATA);
    const view = new DataView(s.xsave.buffer, s.xsave.byteOffset);
    [LOW, HIGH, ...xmm2].forEach((value, i) => view.setBigUint64(160 + 16 + 8 * i, value, true));
  });
  m.setQuad(DATA, 0n);
  const state = m.execute(bytes);
  const view = new DataView(state.xsave.buffer, state.xsave.byteOffset);
  return { m, state, xmm1: [view.getBigUint64(176, true), view.getBigUint64(184, true)] };
}

describe.each(['off', 'eager'] as const)('SSE4a (compiled code: %s)', (jit) => {
  it.each([
    ['EXTRQ xmm1, 12, 20', [0x66, 0x0f, 0x78, 0xc1, 12, 20], [0n, 0n], (LOW >> 20n) & 0xfffn],
    ['EXTRQ of length 0 is 64', [0x66, 0x0f, 0x78, 0xc1, 0, 0], [0n, 0n], LOW],
    ['EXTRQ looks at six bits of each', [0x66, 0x0f, 0x78, 0xc1, 0xc8, 0xc4], [0n, 0n], (LOW >> 4n) & 0xffn],
    ['EXTRQ xmm1, xmm2', [0x66, 0x0f, 0x79, 0xca], [0xffff_0814n, 0n], (LOW >> 8n) & 0xfffffn],
    ['INSERTQ xmm1, xmm2, 16, 24', [0xf2, 0x0f, 0x78, 0xca, 16, 24], [0xabcdn, 0n], 0x1122_33ab_cd66_7788n],
    ['INSERTQ xmm1, xmm2', [0xf2, 0x0f, 0x79, 0xca], [0xabcdn, 0x1810n], 0x1122_33ab_cd66_7788n],
  ] as const)('%s', (_name, bytes, xmm2, low) => {
    const { m, state, xmm1 } = run(bytes, xmm2, { jit });
    expect(m.haltedIn(state)).toBeUndefined();
    expect(xmm1).toEqual([low, 0n]);
  });

  it('MOVNTSS and MOVNTSD store', () => {
    expect(run([0xf3, 0x0f, 0x2b, 0x0b], [0n, 0n], { jit }).m.quad(DATA)).toBe(LOW & 0xffff_ffffn);
    expect(run([0xf2, 0x0f, 0x2b, 0x0b], [0n, 0n], { jit }).m.quad(DATA)).toBe(LOW);
  });
});

describe('SSE4a', () => {
  it('exists where CPUID says so', () => {
    for (const vendor of ['AuthenticAMD', 'GenuineIntel'] as const) {
      const { m, state } = run([0x66, 0x0f, 0x79, 0xca], [0n, 0n], { vendor });
      const input = { tscHz: 1e9, vcpuCount: 1, apicId: 0, cr4: 0, isLongMode: true, xcr0: 1n };
      const isThere = (cpuid(0x80000001, 0, { ...input, model: cpuModel('max', vendor) }).ecx & 0x40) !== 0;
      expect(isThere).toBe(vendor === 'AuthenticAMD');
      expect(m.haltedIn(state)).toBe(isThere ? undefined : FAULT_VECTORS.UD);
    }
  });

  it('has no memory forms of EXTRQ and INSERTQ', () => {
    const { m, state } = run([0x66, 0x0f, 0x79, 0x0b], [0n, 0n]);
    expect(m.haltedIn(state)).toBe(FAULT_VECTORS.UD);
  });
});
