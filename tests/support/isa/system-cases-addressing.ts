import { CF, le, one, type SystemCase, ZF } from './system-cases';
import * as m from './system-machine';

/** 16- and 32-bit addressing, segments and stacks, which 64-bit user programs cannot have. */

const BX = 3;
const BP = 5;
const SI = 6;
const DI = 7;
const FORMS: ReadonlyArray<readonly [string, number, number | undefined]> = [
  ['BX+SI', BX, SI],
  ['BX+DI', BX, DI],
  ['BP+SI', BP, SI],
  ['BP+DI', BP, DI],
  ['SI', SI, undefined],
  ['DI', DI, undefined],
  ['BP', BP, undefined],
  ['BX', BX, undefined],
];
const REGISTERS = { rbx: 0xaaaa1000, rbp: 0xaaaa2000, rsi: 0xaaaa0300, rdi: 0xaaaa0040 };
const VALUES: Readonly<Record<number, number>> = { [BX]: 0x1000, [BP]: 0x2000, [SI]: 0x0300, [DI]: 0x0040 };
const LOAD = 'mov 8B /r';
const LEA = 'lea 8D /r mod=m';

/** DS at 10000h, SS at 20000h, ES at 30000h, FS at 40000h, GS at 50000h. */
function spread(state: Parameters<NonNullable<SystemCase['state']>>[0]): void {
  const bases = { ds: 0x10000, ss: 0x20000, es: 0x30000, fs: 0x40000, gs: 0x50000 };
  for (const [name, base] of Object.entries(bases)) {
    state[name as keyof typeof bases] = { selector: base >> 4, access: 0x93, limit: 0xffff, base: BigInt(base) };
  }
}

const forms16: SystemCase[] = FORMS.flatMap(([name, base, index]) =>
  [0, 0x12, -0x20, 0x1234].flatMap((displacement): SystemCase[] => {
    const offset = (VALUES[base]! + (index === undefined ? 0 : VALUES[index]!) + displacement) & 0xffff;
    const segment = base === BP ? 0x20000 : 0x10000;
    const memory = { base, index, displacement };
    return [
      {
        name: `[${name}+${displacement}] is in ${base === BP ? 'SS' : 'DS'}`,
        rows: [],
        mode: 'real',
        code: (a) => a.op(LOAD, { size: 16, reg: 0, memory }).op(LEA, { size: 32, reg: 1, memory }),
        gpr: { ...REGISTERS, rax: 0x99990000 },
        memory: [[segment + offset, le(0x5678, 2)]],
        state: spread,
        expected: { rax: 0x99995678, rcx: offset },
      },
    ];
  }),
);

const segments: SystemCase[] = [
  ...[0, 1, 2, 3, 4, 5].map((segment): SystemCase => {
    const base = [0x30000, 0, 0x20000, 0x10000, 0x40000, 0x50000][segment]!;
    return {
      name: `segment override ${segment}`,
      rows: [],
      mode: 'real',
      code: one(LOAD, { size: 32, reg: 0, memory: { displacement: 0x9100, segment } }),
      memory: [[base + 0x9100, le(0x12345678, 4)]],
      state: spread,
      expected: { rax: 0x12345678 },
    };
  }),
  {
    name: 'a 16-bit address wraps at 64 KiB',
    rows: [],
    mode: 'real',
    code: one(LOAD, { size: 16, reg: 0, memory: { base: BX, index: SI } }),
    gpr: { rbx: 0xf000, rsi: 0x1100 },
    memory: [[0x10100, le(0x4242, 2)]],
    state: spread,
    expected: { rax: 0x4242 },
  },
  {
    name: 'a word at FFFFh is beyond the limit',
    rows: [],
    mode: 'real',
    code: one(LOAD, { size: 16, reg: 0, memory: { base: BX } }),
    gpr: { rbx: 0xffff },
    state: spread,
    vector: 13,
  },
  {
    name: 'a word at FFFFh of the stack segment is a stack fault',
    rows: [],
    mode: 'real',
    code: one(LOAD, { size: 16, reg: 0, memory: { base: BP, displacement: 0 } }),
    gpr: { rbp: 0xffff },
    vector: 12,
  },
  {
    name: 'a 32-bit address above FFFFh is beyond the limit of real mode',
    rows: [],
    mode: 'real',
    code: one(LOAD, { size: 16, addressSize: 32, reg: 0, memory: { base: BX } }),
    gpr: { rbx: 0x10000 },
    vector: 13,
  },
  {
    name: '[EBX+ESI*4] in 16-bit code',
    rows: [],
    mode: 'real',
    code: one(LOAD, { size: 16, addressSize: 32, reg: 0, memory: { base: BX, index: SI, scale: 2, displacement: 4 } }),
    gpr: { rbx: 0x9000, rsi: 0x10 },
    memory: [[0x9044, le(0x7777, 2)]],
    expected: { rax: 0x7777 },
  },
  {
    name: '[BX+SI] in 32-bit code',
    rows: [],
    mode: 'flat32',
    code: one(LOAD, { size: 32, addressSize: 16, reg: 0, memory: { base: BX, index: SI, displacement: 2 } }),
    gpr: { rbx: 0x12349000, rsi: 0xffff0010 },
    memory: [[0x9012, le(0x87654321, 4)]],
    expected: { rax: 0x87654321 },
  },
  {
    name: 'a write through CS is refused',
    rows: [],
    mode: 'flat32',
    code: one('mov 89 /r', { reg: 0, memory: { displacement: m.DATA, segment: 1 } }),
    vector: 13,
    error: 0,
  },
  {
    name: 'a write to a read-only segment is refused',
    rows: [],
    mode: 'flat32',
    code: (a) =>
      a.op('mov 8E /r', { reg: 0, rm: 0 }).op('mov 89 /r', { reg: 0, memory: { displacement: 4, segment: 0 } }),
    gpr: { rax: m.READ_ONLY },
    vector: 13,
    error: 0,
  },
  {
    name: 'a null segment cannot be used',
    rows: [],
    mode: 'flat32',
    code: (a) =>
      a.op('mov 8E /r', { reg: 5, rm: 0 }).op(LOAD, { reg: 0, memory: { displacement: m.DATA, segment: 5 } }),
    vector: 13,
    error: 0,
  },
  {
    name: 'a dword across the limit of a segment',
    rows: [],
    mode: 'flat32',
    code: (a) => a.op('mov 8E /r', { reg: 4, rm: 0 }).op(LOAD, { reg: 0, memory: { displacement: 0xffd, segment: 4 } }),
    gpr: { rax: m.READ_ONLY },
    vector: 13,
    error: 0,
  },
];

const stacks: SystemCase[] = [
  {
    name: 'PUSH at SP = 0 wraps',
    rows: [],
    mode: 'real',
    code: one('push 50 +r', { rm: 0 }),
    gpr: { rax: 0x1234, rsp: 0x55550000 },
    state: spread,
    expected: { rsp: 0x5555fffe },
    expectedMemory: [[0x2fffe, le(0x1234, 2)]],
  },
  {
    name: 'PUSH of a dword in 16-bit code',
    rows: [],
    mode: 'real',
    code: one('push 68 iz', { size: 32, immediates: [0x12345678] }),
    expected: { rsp: m.STACK - 4 },
    expectedMemory: [[m.STACK - 4, le(0x12345678, 4)]],
  },
  {
    name: 'PUSH of a word in 32-bit code',
    rows: [],
    mode: 'flat32',
    code: one('push 6A ib', { size: 16, immediates: [-2] }),
    expected: { rsp: m.STACK - 2 },
    expectedMemory: [[m.STACK - 2, le(0xfffe, 2)]],
  },
  {
    name: 'near CALL and RET of 16 bits',
    rows: [],
    mode: 'real',
    code: (a) =>
      a
        .call('there')
        .op('mov B8 +r iv', { size: 16, rm: 1, immediates: [7] })
        .op('hlt F4')
        .label('there')
        .op('ret C3'),
    expected: { rcx: 7, rsp: m.STACK },
  },
  {
    name: 'ENTER and LEAVE of 16 bits',
    rows: [],
    mode: 'real',
    code: (a) =>
      a
        .op('enter C8 iw ib', { immediates: [0x10, 0] })
        .op('mov 8B /r', { size: 16, reg: 1, rm: 4 })
        .op('leave C9'),
    gpr: { rbp: 0x1111 },
    expected: { rcx: m.STACK - 2 - 0x10, rsp: m.STACK, rbp: 0x1111 },
  },
];

const counts: SystemCase[] = [
  {
    name: 'LOOP counts CX in 16-bit code',
    rows: [],
    mode: 'real',
    code: (a) =>
      a
        .label('top')
        .op('inc 40 +r', { rm: 0 })
        .op('loop E2 cb', { immediates: [-3] }),
    gpr: { rcx: 0xabcd0003 },
    expected: { rax: 3, rcx: 0xabcd0000 },
  },
  {
    name: 'LOOP counts ECX by the address size',
    rows: [],
    mode: 'real',
    code: (a) => a.op('inc 40 +r', { rm: 0 }).op('loop E2 cb', { addressSize: 32, immediates: [-4] }),
    gpr: { rcx: 2 },
    expected: { rax: 2, rcx: 0 },
  },
  {
    name: 'JCXZ looks at CX only',
    rows: [],
    mode: 'real',
    code: (a) => a.op('jcxz E3 cb', { immediates: [1] }).op('inc 40 +r', { rm: 0 }),
    gpr: { rcx: 0x10000 },
    expected: { rax: 0 },
  },
  {
    name: 'REP MOVSW wraps SI and DI',
    rows: [],
    mode: 'real',
    code: one('movs A5', { size: 16, rep: 0xf3 }),
    gpr: { rcx: 2, rsi: 0xfffe, rdi: 0xabcd0100 },
    memory: [
      [0x1fffe, [1, 2]],
      [0x10000, [3, 4]],
    ],
    state: spread,
    expected: { rcx: 0, rsi: 2, rdi: 0xabcd0104 },
    expectedMemory: [[0x30100, [1, 2, 3, 4]]],
  },
  {
    name: 'string source takes an override, destination does not',
    rows: [],
    mode: 'real',
    code: one('movs A4', { prefixes: [0x64] }),
    gpr: { rsi: 0x10, rdi: 0x20 },
    memory: [[0x40010, [0x77]]],
    state: spread,
    expectedMemory: [[0x30020, [0x77]]],
  },
  {
    name: 'REPNE SCASB stops at the match',
    rows: [],
    mode: 'flat32',
    code: one('scas AE', { rep: 0xf2 }),
    gpr: { rax: 3, rcx: 10, rdi: m.DATA },
    memory: [[m.DATA, [1, 2, 3, 4]]],
    flags: CF,
    expected: { rcx: 7, rdi: m.DATA + 3 },
    expectedFlags: [ZF | CF, ZF],
  },
  {
    name: 'XLAT with BX',
    rows: [],
    mode: 'real',
    code: one('xlat D7'),
    gpr: { rax: 0x05, rbx: 0xfffe },
    memory: [[0x10003, [0x5a]]],
    state: spread,
    expected: { rax: 0x5a },
  },
  {
    name: 'MOV from an absolute address of 16 bits',
    rows: [],
    mode: 'real',
    code: one('mov A1 mo', { size: 32, moffs: 0x9234n }),
    memory: [[0x9234, le(0xcafebabe, 4)]],
    expected: { rax: 0xcafebabe },
  },
];

export const ADDRESSING_CASES: readonly SystemCase[] = [...forms16, ...segments, ...stacks, ...counts];
