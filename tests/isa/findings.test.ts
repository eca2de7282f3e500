import { describe, test, vi } from 'vitest';
import type { VcpuState } from '../../src/cpu/vcpu-state';
import { checkCase } from '../support/isa/check-case';
import { at, le, one, type SystemCase } from '../support/isa/system-cases';
import { DATA, SystemMachine } from '../support/isa/system-machine';

/** What comparisons with hardware have found, one case each. */
vi.mock('../../src/cpu/emulated/features', async (original) => ({
  ...(await original<object>()),
  isImplemented: () => true,
  isOfVendor: () => true,
}));

const FSW_IE_SF = 0x41;

/** An x87 state: control and status words, tags, and ST(0) as sign and exponent with a mantissa. */
function x87(control: number, status: number, tags: number, st0: readonly [number, bigint] = [0, 0n]) {
  return (state: VcpuState): void => {
    const view = new DataView(state.xsave.buffer, state.xsave.byteOffset);
    view.setUint16(0, control, true);
    view.setUint16(2, status, true);
    state.xsave[4] = tags;
    view.setBigUint64(32, st0[1], true);
    view.setUint16(40, st0[0], true);
  };
}
const statusOf = (state: VcpuState): number =>
  new DataView(state.xsave.buffer, state.xsave.byteOffset).getUint16(2, true);

/** Zero divide unmasked and pending. */
const PENDING = x87(0x37b, 0x8084, 0xff);

const CASES: readonly SystemCase[] = [
  {
    name: 'MOVBE takes an operand-size prefix',
    rows: [],
    mode: 'long64',
    code: one('movbe 0F 38 F0 /r mod=m', { size: 16, reg: 0, memory: at(DATA) }),
    gpr: { rax: 0x11112222 },
    memory: [[DATA, le(0x3412, 2)]],
    expected: { rax: 0x11111234 },
  },
  ...['fptan D9 /6 mod=3 rm=2', 'fsincos D9 /7 mod=3 rm=3'].map(
    (row): SystemCase => ({
      name: `${row.split(' ')[0]} of 2^64 with a full stack is a stack overflow`,
      rows: [],
      mode: 'long64',
      code: one(row),
      state: x87(0x37f, 0, 0xff, [0x403f, 1n << 63n]),
      check: ({ state }) => (statusOf(state) & (0x400 | FSW_IE_SF)) === FSW_IE_SF,
    }),
  ),
  ...['feni DB /4 mod=3 rm=0', 'fdisi DB /4 mod=3 rm=1', 'fsetpm DB /4 mod=3 rm=4'].map(
    (row): SystemCase => ({
      name: `${row.split(' ')[0]} does not raise a pending exception`,
      rows: [],
      mode: 'long64',
      code: one(row),
      state: PENDING,
    }),
  ),
  {
    name: 'FNOP raises a pending exception',
    rows: [],
    mode: 'long64',
    code: one('fnop D9 /2 mod=3 rm=0'),
    state: PENDING,
    vector: 16,
  },
  ...['rdpkru NP 0F 01 /5 mod=3 rm=6', 'wrpkru NP 0F 01 /5 mod=3 rm=7'].map(
    (row): SystemCase => ({
      name: `${row.slice(0, 6)} without CR4.PKE`,
      rows: [],
      mode: 'long64',
      code: one(row),
      vector: 6,
    }),
  ),
];

describe('findings', () => {
  const machine = new SystemMachine();
  test.each(CASES.map((item) => [item.name, item] as const))('%s', (_name, item) => checkCase(machine, item));
});
