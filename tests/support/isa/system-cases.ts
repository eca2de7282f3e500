import type { Assembler } from './assembler';
import * as m from './system-machine';
import type { Setup, SystemResult } from './system-machine';

/** A case with expected values from the manuals, and the rows (by key) it stands for. */
export interface SystemCase extends Setup {
  readonly name: string;
  readonly rows: readonly string[];
  readonly expected?: Readonly<Record<string, bigint | number>>;
  /** Mask and value. */
  readonly expectedFlags?: readonly [number, number];
  readonly expectedMemory?: ReadonlyArray<readonly [number, readonly number[]]>;
  readonly vector?: number;
  readonly error?: number;
  readonly check?: (result: SystemResult) => boolean;
}

const CF = 1;
const PF = 4;
const AF = 0x10;
const ZF = 0x40;
const SF = 0x80;
const IF = 0x200;
const OF = 0x800;
const AC = 0x40000;

const le = (value: bigint | number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
const at = (displacement: number): { displacement: number } => ({ displacement });
/** One row, as it stands. */
const one =
  (key: string, choice: object = {}) =>
  (a: Assembler): void => {
    a.op(key, choice);
  };

const group1: SystemCase[] = [
  ['add', 0x15, 0],
  ['or', 0x15, PF & 0],
  ['adc', 0x16, 0],
  ['sbb', 0x0a, 0],
  ['and', 0x00, ZF],
  ['sub', 0x0b, 0],
  ['xor', 0x15, 0],
  ['cmp', 0x10, 0],
].map(([name, result, zero], n) => ({
  name: `${name} 82h is 80h`,
  rows: [`${name} 82 /${n} ib`],
  mode: 'flat32' as const,
  code: one(`${name} 82 /${n} ib`, { rm: 0, immediates: [5] }),
  gpr: { rax: 0x77777710 },
  flags: CF,
  expected: { rax: 0x77777700 | (result as number) },
  expectedFlags: [ZF, zero as number] as const,
}));

function decimal(
  name: string,
  row: string,
  before: { rax: number; flags: number; imm?: number },
  after: { rax: number; mask: number; flags: number },
): SystemCase {
  return {
    name,
    rows: [row],
    mode: 'flat32',
    code: one(row, { immediates: [before.imm ?? 10] }),
    gpr: { rax: before.rax },
    flags: before.flags,
    expected: { rax: after.rax },
    expectedFlags: [after.mask, after.flags],
  };
}

const DECIMAL_FLAGS = SF | ZF | AF | PF | CF;
// the manual's own examples where it has them
const decimals: SystemCase[] = [
  decimal(
    '79h + 35h adjusted is 114',
    'daa 27',
    { rax: 0xae, flags: 0 },
    { rax: 0x14, mask: DECIMAL_FLAGS, flags: AF | PF | CF },
  ),
  decimal(
    'a carry adds 60h',
    'daa 27',
    { rax: 0x2e, flags: CF | AF },
    { rax: 0x94, mask: DECIMAL_FLAGS, flags: SF | AF | CF },
  ),
  decimal(
    '35h - 47h adjusted is 88 borrowed',
    'das 2F',
    { rax: 0xee, flags: CF | AF },
    { rax: 0x88, mask: DECIMAL_FLAGS, flags: SF | AF | PF | CF },
  ),
  decimal('AAA carries into AH', 'aaa 37', { rax: 0x0b, flags: 0 }, { rax: 0x101, mask: AF | CF, flags: AF | CF }),
  decimal('AAA clears the high digit', 'aaa 37', { rax: 0x235, flags: 0 }, { rax: 0x205, mask: AF | CF, flags: 0 }),
  decimal('AAS borrows from AH', 'aas 3F', { rax: 0x20f, flags: 0 }, { rax: 0x109, mask: AF | CF, flags: AF | CF }),
  decimal('AAM divides', 'aam D4 ib', { rax: 63, flags: 0 }, { rax: 0x603, mask: SF | ZF | PF, flags: PF }),
  decimal('AAD multiplies', 'aad D5 ib', { rax: 0x603, flags: 0 }, { rax: 63, mask: SF | ZF | PF, flags: PF }),
  {
    name: 'AAM 0 is a divide error',
    rows: ['aam D4 ib'],
    mode: 'flat32',
    code: one('aam D4 ib', { immediates: [0] }),
    gpr: { rax: 0x12 },
    vector: 0,
    expected: { rax: 0x12 },
  },
];

const shortForms: SystemCase[] = (['flat32', 'real'] as const).flatMap((mode): SystemCase[] => [
  {
    name: `INC r wraps at the operand size (${mode})`,
    rows: ['inc 40 +r'],
    mode,
    code: one('inc 40 +r', { rm: 1 }),
    gpr: { rcx: 0xffffffff },
    flags: CF,
    expected: { rcx: mode === 'real' ? 0xffff0000 : 0 },
    expectedFlags: [ZF | CF | OF, ZF | CF] as const,
  },
  {
    name: `DEC r (${mode})`,
    rows: ['dec 48 +r'],
    mode,
    code: one('dec 48 +r', { rm: 5 }),
    gpr: { rbp: 0x80008000 },
    expected: { rbp: 0x80007fff },
    expectedFlags: [OF, mode === 'real' ? OF : 0] as const,
  },
]);

const PUSHES: ReadonlyArray<readonly [string, string, number]> = [
  ['es', '06', 0],
  ['cs', '0E', 1],
  ['ss', '16', 2],
  ['ds', '1E', 3],
];
const POPS: ReadonlyArray<readonly [string, 'es' | 'ss' | 'ds' | 'fs' | 'gs', string]> = [
  ['es', 'es', '07'],
  ['ss', 'ss', '17'],
  ['ds', 'ds', '1F'],
  ['fs', 'fs', '0F A1'],
  ['gs', 'gs', '0F A9'],
];

const segmentStack: SystemCase[] = [
  ...PUSHES.map(
    ([name, code]): SystemCase => ({
      name: `PUSH ${name}`,
      rows: [`push ${code}`],
      mode: 'flat32',
      code: one(`push ${code}`),
      expected: { rsp: m.STACK - 4 },
      expectedMemory: [[m.STACK - 4, le(name === 'cs' ? m.CODE32 : m.DATA32, 2)]],
    }),
  ),
  ...POPS.map(
    ([name, segment, code]): SystemCase => ({
      name: `POP ${name}`,
      rows: [`pop ${code}`],
      mode: 'flat32',
      code: one(`pop ${code}`),
      memory: [[m.STACK, le(m.READ_ONLY, 4)]],
      // a read-only segment is no stack
      ...(name === 'ss'
        ? { vector: 13, error: m.READ_ONLY }
        : { expected: { rsp: m.STACK + 4 }, check: (r: SystemResult) => r.state[segment].selector === m.READ_ONLY }),
    }),
  ),
  ...POPS.map(
    ([name, segment, code]): SystemCase => ({
      name: `POP ${name} in real mode makes the base`,
      rows: [`pop ${code}`],
      mode: 'real',
      code: one(`pop ${code}`),
      memory: [[m.STACK, le(0x1234, 2)]],
      check: (r) => r.state[segment].selector === 0x1234 && r.state[segment].base === 0x12340n,
    }),
  ),
  {
    name: 'POP gs of an absent segment',
    rows: ['pop 0F A9'],
    mode: 'flat32',
    code: one('pop 0F A9'),
    memory: [[m.STACK, le(m.ABSENT, 4)]],
    vector: 11,
    error: m.ABSENT,
  },
  {
    name: 'POP fs takes eight bytes in 64-bit mode',
    rows: ['pop 0F A1'],
    mode: 'long64',
    code: one('pop 0F A1'),
    memory: [[m.STACK, le(0, 8)]],
    expected: { rsp: m.STACK + 8 },
    check: (r) => r.state.fs.selector === 0,
  },
  {
    name: 'MOV ds, r',
    rows: ['mov 8E /r'],
    mode: 'flat32',
    code: one('mov 8E /r', { reg: 3, rm: 0 }),
    gpr: { rax: 0xdead0000 + m.READ_ONLY },
    check: (r) => r.state.ds.selector === m.READ_ONLY && r.state.ds.limit === 0xfff,
  },
  {
    name: 'MOV cs, r is undefined',
    rows: ['mov 8E /r'],
    mode: 'flat32',
    code: one('mov 8E /r', { reg: 1, rm: 0 }),
    vector: 6,
  },
  {
    name: 'MOV ss with a null selector',
    rows: ['mov 8E /r'],
    mode: 'flat32',
    code: one('mov 8E /r', { reg: 2, rm: 0 }),
    gpr: { rax: 0 },
    vector: 13,
    error: 0,
  },
  {
    name: 'MOV es of an execute-only segment',
    rows: ['mov 8E /r'],
    mode: 'flat32',
    code: one('mov 8E /r', { reg: 0, rm: 0 }),
    gpr: { rax: m.EXECUTE_ONLY },
    vector: 13,
    error: m.EXECUTE_ONLY,
  },
  {
    name: 'a selector beyond the GDT',
    rows: ['mov 8E /r'],
    mode: 'flat32',
    code: one('mov 8E /r', { reg: 3, memory: at(m.DATA) }),
    memory: [[m.DATA, le(0x1000, 2)]],
    vector: 13,
    error: 0x1000,
  },
  ...(['les C4', 'lds C5', 'lss 0F B2', 'lfs 0F B4', 'lgs 0F B5'] as const).flatMap((text): SystemCase[] => {
    const row = `${text} /r mod=m`;
    const segment = text.slice(1, 3) as 'es' | 'ds' | 'ss' | 'fs' | 'gs';
    return [
      {
        name: `${text.slice(0, 3)} loads a far pointer`,
        rows: [row],
        mode: 'flat32',
        code: one(row, { reg: 1, memory: at(m.DATA) }),
        memory: [[m.DATA, [...le(0x12345678, 4), ...le(m.DATA16, 2)]]],
        expected: { rcx: 0x12345678 },
        check: (r) => r.state[segment].selector === m.DATA16,
      },
      {
        name: `${text.slice(0, 3)} in real mode`,
        rows: [row],
        mode: 'real',
        code: one(row, { reg: 1, memory: at(m.DATA) }),
        memory: [[m.DATA, [...le(0x5678, 2), ...le(0x2000, 2)]]],
        gpr: { rcx: 0xaaaa0000 },
        expected: { rcx: 0xaaaa5678 },
        check: (r) => r.state[segment].base === 0x20000n,
      },
    ];
  }),
  {
    name: 'LFS with REX.W takes a 64-bit offset',
    rows: ['lfs 0F B4 /r mod=m'],
    mode: 'long64',
    code: one('lfs 0F B4 /r mod=m', { reg: 9, size: 64, memory: at(m.DATA) }),
    memory: [[m.DATA, [...le(0x123456789abcdef0n, 8), ...le(m.DATA32, 2)]]],
    expected: { r9: 0x123456789abcdef0n },
  },
];

const allRegisters: SystemCase[] = [
  {
    name: 'PUSHA stores the old ESP',
    rows: ['pusha 60'],
    mode: 'flat32',
    code: one('pusha 60'),
    gpr: { rax: 1, rcx: 2, rdx: 3, rbx: 4, rbp: 6, rsi: 7, rdi: 8 },
    expected: { rsp: m.STACK - 32 },
    expectedMemory: [[m.STACK - 32, [8, 7, 6, m.STACK, 4, 3, 2, 1].flatMap((value) => le(value, 4))]],
  },
  {
    name: 'PUSHA of 16 bits',
    rows: ['pusha 60'],
    mode: 'real',
    code: one('pusha 60'),
    gpr: { rax: 0x10001, rcx: 2, rdx: 3, rbx: 4, rbp: 6, rsi: 7, rdi: 8 },
    expected: { rsp: m.STACK - 16 },
    expectedMemory: [[m.STACK - 16, [8, 7, 6, m.STACK, 4, 3, 2, 1].flatMap((value) => le(value, 2))]],
  },
  {
    name: 'POPA skips ESP',
    rows: ['popa 61'],
    mode: 'flat32',
    code: one('popa 61'),
    memory: [[m.STACK, [8, 7, 6, 99, 4, 3, 2, 1].flatMap((value) => le(value, 4))]],
    expected: { rax: 1, rcx: 2, rdx: 3, rbx: 4, rbp: 6, rsi: 7, rdi: 8, rsp: m.STACK + 32 },
  },
  {
    name: 'POPA of 16 bits keeps the upper halves',
    rows: ['popa 61'],
    mode: 'real',
    code: one('popa 61'),
    gpr: { rax: 0xaaaa0000 },
    memory: [[m.STACK, [8, 7, 6, 99, 4, 3, 2, 1].flatMap((value) => le(value, 2))]],
    expected: { rax: 0xaaaa0001, rdi: 8, rsp: m.STACK + 16 },
  },
  {
    name: 'SALC with CF',
    rows: ['salc D6'],
    mode: 'flat32',
    code: one('salc D6'),
    flags: CF,
    gpr: { rax: 0x1200 },
    expected: { rax: 0x12ff },
  },
  {
    name: 'SALC without',
    rows: ['salc D6'],
    mode: 'real',
    code: one('salc D6'),
    gpr: { rax: 0x12ab },
    expected: { rax: 0x1200 },
  },
  {
    name: 'BOUND within',
    rows: ['bound 62 /r mod=m'],
    mode: 'flat32',
    code: one('bound 62 /r mod=m', { reg: 0, memory: at(m.DATA) }),
    gpr: { rax: 0xffffffff },
    memory: [[m.DATA, [...le(0xfffffffe, 4), ...le(5, 4)]]],
  },
  {
    name: 'BOUND above',
    rows: ['bound 62 /r mod=m'],
    mode: 'real',
    code: one('bound 62 /r mod=m', { reg: 0, memory: at(m.DATA) }),
    gpr: { rax: 6 },
    memory: [[m.DATA, [...le(0xfffe, 2), ...le(5, 2)]]],
    vector: 5,
  },
  {
    name: 'ARPL raises RPL',
    rows: ['arpl 63 /r'],
    mode: 'flat32',
    code: one('arpl 63 /r', { rm: 0, reg: 1 }),
    gpr: { rax: 0x10, rcx: 3 },
    expected: { rax: 0x13 },
    expectedFlags: [ZF, ZF],
  },
  {
    name: 'ARPL leaves a higher RPL',
    rows: ['arpl 63 /r'],
    mode: 'flat32',
    code: one('arpl 63 /r', { memory: at(m.DATA), reg: 1 }),
    memory: [[m.DATA, le(0x13, 2)]],
    gpr: { rcx: 1 },
    flags: ZF,
    expectedMemory: [[m.DATA, le(0x13, 2)]],
    expectedFlags: [ZF, 0],
  },
  {
    name: 'ARPL in real mode',
    rows: ['arpl 63 /r'],
    mode: 'real',
    code: one('arpl 63 /r', { rm: 0, reg: 1 }),
    vector: 6,
  },
];

const IN_ROWS: ReadonlyArray<readonly [string, number, boolean]> = [
  ['in E4 ib', 8, true],
  ['in E5 ib', 32, true],
  ['in EC', 8, false],
  ['in ED', 32, false],
];
const OUT_ROWS: ReadonlyArray<readonly [string, number, boolean]> = [
  ['out E6 ib', 8, true],
  ['out E7 ib', 32, true],
  ['out EE', 8, false],
  ['out EF', 32, false],
];

const ports: SystemCase[] = [
  ...IN_ROWS.map(
    ([row, size]): SystemCase => ({
      name: `${row} reads ${size} bits`,
      rows: [row],
      mode: 'long64',
      code: one(row, { immediates: [0x60] }),
      gpr: { rax: -1n, rdx: 0x3f8 },
      reads: [size === 8 ? 0x5a : 0x89abcdef],
      expected: { rax: size === 8 ? 0xffffffffffffff5an : 0x89abcdef },
    }),
  ),
  ...OUT_ROWS.map(
    ([row, size, isImmediate]): SystemCase => ({
      name: `${row} writes ${size} bits`,
      rows: [row],
      mode: 'long64',
      code: one(row, { immediates: [0x60] }),
      gpr: { rax: 0x89abcdef, rdx: 0x3f8 },
      check: ({ ports: [write] }) =>
        write !== undefined &&
        write.port === (isImmediate ? 0x60 : 0x3f8) &&
        write.size === size / 8 &&
        write.value === (size === 8 ? 0xef : 0x89abcdef),
    }),
  ),
  ...['in EC', 'out EF', 'in E4 ib', 'out E6 ib', 'in ED', 'out EE', 'in E5 ib', 'out E7 ib'].map(
    (row): SystemCase => ({
      name: `${row} without permission`,
      rows: [row],
      mode: 'user32',
      code: one(row),
      vector: 13,
      error: 0,
    }),
  ),
  {
    name: 'INSB repeated',
    rows: ['ins 6C'],
    mode: 'flat32',
    code: one('ins 6C', { rep: 0xf3 }),
    gpr: { rcx: 3, rdi: m.DATA, rdx: 0x1f0 },
    reads: [1, 2, 3],
    expected: { rcx: 0, rdi: m.DATA + 3 },
    expectedMemory: [[m.DATA, [1, 2, 3, 0]]],
  },
  {
    name: 'INSD downwards',
    rows: ['ins 6D'],
    mode: 'flat32',
    code: (a) => a.op('std FD').op('ins 6D'),
    gpr: { rdi: m.DATA, rdx: 0x1f0 },
    reads: [0x04030201],
    expected: { rdi: m.DATA - 4 },
    expectedMemory: [[m.DATA, [1, 2, 3, 4]]],
  },
  {
    name: 'OUTSB repeated',
    rows: ['outs 6E'],
    mode: 'real',
    code: one('outs 6E', { rep: 0xf3 }),
    gpr: { rcx: 2, rsi: m.DATA, rdx: 0x402 },
    memory: [[m.DATA, [0x41, 0x42]]],
    expected: { rcx: 0, rsi: m.DATA + 2 },
    check: (r) => r.ports.map(({ value }) => value).join() === '65,66',
  },
  {
    name: 'OUTSW',
    rows: ['outs 6F'],
    mode: 'real',
    code: one('outs 6F'),
    gpr: { rsi: m.DATA, rdx: 0x402 },
    memory: [[m.DATA, [0x41, 0x42]]],
    expected: { rsi: m.DATA + 2 },
    check: (r) => r.ports[0]?.value === 0x4241 && r.ports[0]?.size === 2,
  },
];

export const INTEGER_CASES: readonly SystemCase[] = [
  ...group1,
  ...decimals,
  ...shortForms,
  ...segmentStack,
  ...allRegisters,
  ...ports,
];
export { AC, AF, at, CF, IF, le, OF, one, PF, SF, ZF };
