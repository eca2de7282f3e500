import type { VcpuState } from '../../../src/cpu/vcpu-state';
import type { Assembler } from './assembler';
import { le, one, type SystemCase } from './system-cases';
import * as m from './system-machine';

/** Virtual-8086 mode extensions and protected-mode virtual interrupts (Intel SDM vol. 3, 21.3 and 21.4). */

const CR4_VME = 1n;
const CR4_PVI = 2n;
const IF = 0x200;
const TF = 0x100;
const IOPL3 = 0x3000;
const VIF = 0x80000;
const VIP = 0x100000;

/** What the fault that ends each case leaves: error code, EIP, CS, EFLAGS. */
const KERNEL_FRAME = 0x6ff0 - 40;
const VM_RF = 0x30002;

const withCr4 = (bits: bigint): { state: (state: VcpuState) => void } => ({
  state: (state) => void (state.cr4 |= bits),
});
const VME = { mode: 'v86', ...withCr4(CR4_VME) } as const;

const flags: SystemCase[] = [
  {
    name: 'CLI with VME clears VIF',
    rows: [],
    ...VME,
    code: one('cli FA'),
    flags: IF | VIF,
    expectedMemory: [[KERNEL_FRAME + 12, le(VM_RF | IF, 4)]],
  },
  { name: 'STI with VME sets VIF', rows: [], ...VME, code: one('sti FB'), expectedFlags: [IF | VIF, VIF] },
  { name: 'STI with VME and VIP', rows: [], ...VME, code: one('sti FB'), flags: VIP, vector: 13, error: 0 },
  { name: 'CLI without VME', rows: [], mode: 'v86', code: one('cli FA'), vector: 13, error: 0 },
  {
    name: 'CLI with VME and IOPL 3 clears IF',
    rows: [],
    ...VME,
    code: one('cli FA'),
    flags: IF | VIF | IOPL3,
    expectedFlags: [IF | VIF, VIF],
  },
  {
    name: 'PUSHF with VME stores VIF as IF and IOPL 3',
    rows: [],
    ...VME,
    code: (a) => a.op('pushf 9C').op('pop 58 +r', { rm: 0 }),
    flags: VIF,
    expected: { rax: 0x3202 },
  },
  {
    name: 'PUSHF of 32 bits is refused below IOPL 3',
    rows: [],
    ...VME,
    code: one('pushf 9C', { size: 32 }),
    vector: 13,
    error: 0,
  },
  {
    name: 'POPF with VME loads VIF and leaves IF',
    rows: [],
    ...VME,
    code: (a) => a.op('push 68 iz', { immediates: [IF | 1] }).op('popf 9D'),
    expectedFlags: [IF | VIF | IOPL3 | 1, VIF | 1],
  },
  {
    name: 'POPF with VME may not set TF',
    rows: [],
    ...VME,
    code: (a) => a.op('push 68 iz', { immediates: [TF] }).op('popf 9D'),
    vector: 13,
    error: 0,
  },
  {
    name: 'POPF with VME may not set IF while VIP waits',
    rows: [],
    ...VME,
    code: (a) => a.op('push 68 iz', { immediates: [IF] }).op('popf 9D'),
    flags: VIP,
    vector: 13,
    error: 0,
  },
  {
    name: 'IRET with VME loads VIF',
    rows: [],
    ...VME,
    code: (a) => {
      const target = a.here + 3 + 3 + 3 + 1;
      a.op('push 68 iz', { immediates: [IF | 1] }).op('push 68 iz', { immediates: [0] });
      a.op('push 68 iz', { immediates: [target] }).op('iret CF');
    },
    expectedFlags: [IF | VIF | 1, VIF | 1],
  },
  {
    name: 'CLI and STI with PVI at CPL 3',
    rows: [],
    mode: 'user32',
    ...withCr4(CR4_PVI),
    code: one('sti FB'),
    expectedFlags: [IF | VIF, VIF],
  },
  { name: 'CLI without PVI at CPL 3', rows: [], mode: 'user32', code: one('cli FA'), vector: 13, error: 0 },
];

const IO_BASE = 0x88;
const INT = (a: Assembler): void => void a.op('int CD ib', { immediates: [0x21] });

const interrupts: SystemCase[] = [
  {
    name: 'INT n goes to the 8086 handler where its bit is clear',
    rows: [],
    ...VME,
    code: INT,
    flags: VIF | 1,
    memory: [
      [m.TSS + 0x66, le(IO_BASE, 2)],
      [0x21 * 4, le(m.ELSEWHERE, 4)],
    ],
    // HLT of the handler is the monitor's
    vector: 13,
    error: 0,
    expectedMemory: [
      // IP CS FLAGS on the 8086 stack: VIF as IF, IOPL 3
      [m.STACK - 6, [...le(m.CODE + 2, 2), ...le(0, 2), ...le(0x3203, 2)]],
      // error code, EIP, CS, EFLAGS: VIF is clear now
      [KERNEL_FRAME, [...le(0, 4), ...le(m.ELSEWHERE, 4), ...le(0, 4), ...le(0x30003, 4)]],
    ],
  },
  {
    name: "INT n with its bit set is the monitor's below IOPL 3",
    rows: [],
    ...VME,
    code: INT,
    memory: [
      [m.TSS + 0x66, le(IO_BASE, 2)],
      [m.TSS + IO_BASE - 32 + 4, [2]],
    ],
    vector: 13,
    error: 0,
  },
  {
    name: 'INT n without a redirection bitmap',
    rows: [],
    ...VME,
    code: INT,
    vector: 13,
    error: 0,
  },
];

export const V86_CASES: readonly SystemCase[] = [...flags, ...interrupts];
