import { AC, at, IF, le, one, type SystemCase } from './system-cases';
import * as m from './system-machine';

/** Control and debug registers, MSRs, SYSCALL and SYSENTER, XSAVE, time and identity. */

const CR4_TSD = 4n;
const CR4_FSGSBASE = 0x10000n;
const CR4_OSXSAVE = 0x40000n;
const CR4_PKE = 0x400000n;
const withCr4 = (bits: bigint): Pick<SystemCase, 'state'> => ({
  state: (state) => {
    state.cr4 |= bits;
  },
});
const STAR = (BigInt(m.CODE64) << 32n) | (0x50n << 48n);

const controlRegisters: SystemCase[] = [
  {
    name: 'MOV r, CR0',
    rows: ['mov 0F 20 /r'],
    mode: 'long64',
    code: one('mov 0F 20 /r', { reg: 0, rm: 9, size: 64 }),
    expected: { r9: 0x80000031 },
  },
  {
    name: 'MOV CR3, r and back',
    rows: ['mov 0F 22 /r', 'mov 0F 20 /r'],
    mode: 'flat32',
    code: (a) => a.op('mov 0F 22 /r', { reg: 3, rm: 0 }).op('mov 0F 20 /r', { reg: 3, rm: 1 }),
    gpr: { rax: 0x12345018 },
    expected: { rcx: 0x12345018 },
  },
  {
    name: 'MOV CR0 with PG but not PE',
    rows: ['mov 0F 22 /r'],
    mode: 'real',
    code: one('mov 0F 22 /r', { reg: 0, rm: 0 }),
    gpr: { rax: 0x80000010 },
    vector: 13,
  },
  {
    name: 'CR1 does not exist',
    rows: ['mov 0F 20 /r'],
    mode: 'flat32',
    code: one('mov 0F 20 /r', { reg: 1 }),
    vector: 6,
  },
  {
    name: 'MOV to CR4 of a reserved bit',
    rows: ['mov 0F 22 /r'],
    mode: 'flat32',
    code: one('mov 0F 22 /r', { reg: 4, rm: 0 }),
    gpr: { rax: 0x80000600 },
    vector: 13,
    error: 0,
  },
  {
    name: 'MOV CR8, r',
    rows: ['mov 0F 22 /r', 'mov 0F 20 /r'],
    mode: 'long64',
    code: one('mov 0F 22 /r', { reg: 8, rm: 0, size: 64 }),
    gpr: { rax: 0x10 },
    vector: 13,
    error: 0,
  },
  {
    name: 'MOV DR, r and back',
    rows: ['mov 0F 23 /r', 'mov 0F 21 /r'],
    mode: 'long64',
    code: (a) =>
      a
        .op('mov 0F 23 /r', { reg: 0, rm: 0, size: 64 })
        .op('mov 0F 21 /r', { reg: 0, rm: 1, size: 64 })
        .op('mov 0F 21 /r', { reg: 7, rm: 2, size: 64 }),
    gpr: { rax: 0x123456789abcn },
    expected: { rcx: 0x123456789abcn, rdx: 0x400 },
  },
  {
    name: 'DR access while DR7.GD is set',
    rows: ['mov 0F 21 /r'],
    mode: 'flat32',
    code: one('mov 0F 21 /r', { reg: 0, rm: 0 }),
    state: (state) => {
      state.dr[5] = 0x2400n;
    },
    vector: 1,
    check: ({ state }) => (state.dr[4]! & 0x2000n) !== 0n && (state.dr[5]! & 0x2000n) === 0n,
  },
  {
    name: 'MOV r, DR at CPL 3',
    rows: ['mov 0F 21 /r', 'mov 0F 23 /r'],
    mode: 'user32',
    code: one('mov 0F 21 /r'),
    vector: 13,
    error: 0,
  },
  {
    name: 'SMSW of 32 bits tells CR0',
    rows: ['smsw 0F 01 /4'],
    mode: 'flat32',
    code: (a) => a.op('smsw 0F 01 /4', { rm: 1 }).op('smsw 0F 01 /4', { memory: at(m.DATA) }),
    expected: { rcx: 0x31 },
    expectedMemory: [[m.DATA, [0x31, 0, 0, 0]]],
  },
  {
    name: 'LMSW sets TS and MP and cannot clear PE; CLTS clears TS',
    rows: ['lmsw 0F 01 /6', 'clts 0F 06'],
    mode: 'flat32',
    code: (a) =>
      a
        .op('lmsw 0F 01 /6', { rm: 0 })
        .op('mov 0F 20 /r', { reg: 0, rm: 1 })
        .op('clts 0F 06')
        .op('mov 0F 20 /r', { reg: 0, rm: 2 }),
    gpr: { rax: 0xfffa },
    expected: { rcx: 0x3b, rdx: 0x33 },
  },
  {
    name: 'LMSW enters protected mode',
    rows: ['lmsw 0F 01 /6'],
    mode: 'real',
    code: one('lmsw 0F 01 /6', { memory: at(m.DATA) }),
    memory: [[m.DATA, [1, 0]]],
    check: ({ state }) => (state.cr0 & 1n) === 1n,
  },
  {
    name: 'CLAC and STAC',
    rows: ['clac NP 0F 01 /1 mod=3 rm=2', 'stac NP 0F 01 /1 mod=3 rm=3'],
    mode: 'long64',
    code: (a) =>
      a
        .op('stac NP 0F 01 /1 mod=3 rm=3')
        .op('pushf 9C')
        .op('pop 58 +r', { rm: 0 })
        .op('clac NP 0F 01 /1 mod=3 rm=2')
        .op('pushf 9C')
        .op('pop 58 +r', { rm: 1 }),
    expected: { rax: AC | 2, rcx: 2 },
  },
  {
    name: 'STAC at CPL 3',
    rows: ['stac NP 0F 01 /1 mod=3 rm=3'],
    mode: 'user64',
    code: one('stac NP 0F 01 /1 mod=3 rm=3'),
    vector: 6,
  },
];

const caches: SystemCase[] = [
  ...['invd 0F 08', 'wbinvd 0F 09'].map(
    (row): SystemCase => ({ name: row, rows: [row], mode: 'flat32', code: one(row) }),
  ),
  {
    name: 'INVLPG drops a translation',
    rows: ['invlpg 0F 01 /7 mod=m'],
    mode: 'long64',
    // the page 200000h is read, moved to 400000h in the tables, read again
    code: (a) =>
      a
        .op('mov 8B /r', { reg: 1, memory: at(0x200000) })
        .op('mov C7 /0 iz', { memory: at(0x102008), immediates: [0x400087] })
        .op('invlpg 0F 01 /7 mod=m', { memory: at(0x200123) })
        .op('mov 8B /r', { reg: 2, memory: at(0x200000) }),
    memory: [
      [0x200000, le(0x11111111, 4)],
      [0x400000, le(0x22222222, 4)],
    ],
    expected: { rcx: 0x11111111, rdx: 0x22222222 },
  },
  {
    name: 'INVPCID of everything',
    rows: ['invpcid 66 0F 38 82 /r mod=m'],
    mode: 'long64',
    code: one('invpcid 66 0F 38 82 /r mod=m', { reg: 0, memory: at(m.DATA) }),
    gpr: { rax: 2 },
  },
  {
    name: 'INVPCID of an unknown type',
    rows: ['invpcid 66 0F 38 82 /r mod=m'],
    mode: 'long64',
    code: one('invpcid 66 0F 38 82 /r mod=m', { reg: 0, memory: at(m.DATA) }),
    gpr: { rax: 4 },
    vector: 13,
    error: 0,
  },
];

const identity: SystemCase[] = [
  {
    name: 'CPUID tells the vendor',
    rows: ['cpuid 0F A2'],
    mode: 'real',
    code: one('cpuid 0F A2'),
    gpr: { rax: 0 },
    expected: { rbx: 0x756e6547, rdx: 0x49656e69, rcx: 0x6c65746e },
  },
  {
    name: 'RDTSC goes forward',
    rows: ['rdtsc 0F 31'],
    mode: 'user32',
    code: (a) => a.op('rdtsc 0F 31').op('mov 8B /r', { reg: 3, rm: 0 }).op('rdtsc 0F 31'),
    check: (r) => r.gpr('rax') >= r.gpr('rbx') && r.gpr('rax') >> 32n === 0n,
  },
  {
    name: 'RDTSC with CR4.TSD',
    rows: ['rdtsc 0F 31'],
    mode: 'user32',
    code: one('rdtsc 0F 31'),
    ...withCr4(CR4_TSD),
    vector: 13,
    error: 0,
  },
  {
    name: 'RDTSCP tells TSC_AUX',
    rows: ['rdtscp 0F 01 /7 mod=3 rm=1'],
    mode: 'long64',
    code: one('rdtscp 0F 01 /7 mod=3 rm=1'),
    state: (state) => {
      state.msrs = { ...state.msrs, c0000103: 0x1234n };
    },
    expected: { rcx: 0x1234 },
  },
  {
    name: 'RDPID tells TSC_AUX',
    rows: ['rdpid F3 0F C7 /7 mod=3'],
    mode: 'long64',
    code: one('rdpid F3 0F C7 /7 mod=3', { rm: 10 }),
    state: (state) => {
      state.msrs = { ...state.msrs, c0000103: 0x4321n };
    },
    expected: { r10: 0x4321 },
  },
  {
    name: 'RDPMC of no counter',
    rows: ['rdpmc 0F 33'],
    mode: 'flat32',
    code: one('rdpmc 0F 33'),
    gpr: { rcx: 0xffff },
    vector: 13,
    error: 0,
  },
  {
    name: 'WRMSR, RDMSR',
    rows: ['wrmsr 0F 30', 'rdmsr 0F 32'],
    mode: 'long64',
    code: (a) =>
      a.op('wrmsr 0F 30').op('xor 33 /r', { reg: 0, rm: 0 }).op('xor 33 /r', { reg: 2, rm: 2 }).op('rdmsr 0F 32'),
    gpr: { rcx: 0xc0000102, rax: 0x12345678, rdx: 0x7fff },
    expected: { rax: 0x12345678, rdx: 0x7fff },
  },
  {
    name: 'RDMSR of an unknown MSR',
    rows: ['rdmsr 0F 32'],
    mode: 'flat32',
    code: one('rdmsr 0F 32'),
    gpr: { rcx: 0x12345 },
    vector: 13,
    error: 0,
  },
  {
    name: 'WRMSR of an address that is not canonical',
    rows: ['wrmsr 0F 30'],
    mode: 'long64',
    code: one('wrmsr 0F 30'),
    gpr: { rcx: 0xc0000082, rdx: 0x01000000 },
    vector: 13,
    error: 0,
  },
  {
    name: 'SWAPGS',
    rows: ['swapgs 0F 01 /7 mod=3 rm=0', 'rdgsbase F3 0F AE /1 mod=3'],
    mode: 'long64',
    code: (a) => a.op('swapgs 0F 01 /7 mod=3 rm=0').op('rdgsbase F3 0F AE /1 mod=3', { rm: 0, size: 64 }),
    state: (state) => {
      state.cr4 |= CR4_FSGSBASE;
      state.gs.base = 0x1111n;
      state.msrs = { ...state.msrs, c0000102: 0xffff800000002222n };
    },
    expected: { rax: 0xffff800000002222n },
    check: ({ state }) => state.msrs['c0000102'] === 0x1111n,
  },
  {
    name: 'WRFSBASE, RDFSBASE',
    rows: ['wrfsbase F3 0F AE /2 mod=3', 'rdfsbase F3 0F AE /0 mod=3'],
    mode: 'user64',
    code: (a) =>
      a
        .op('wrfsbase F3 0F AE /2 mod=3', { rm: 8, size: 64 })
        .op('rdfsbase F3 0F AE /0 mod=3', { rm: 0, size: 64 })
        .op('wrfsbase F3 0F AE /2 mod=3', { rm: 9, size: 32 })
        .op('rdfsbase F3 0F AE /0 mod=3', { rm: 1, size: 64 }),
    ...withCr4(CR4_FSGSBASE),
    gpr: { r8: 0x7fff12345678n, r9: 0xffffffff80000000n },
    expected: { rax: 0x7fff12345678n, rcx: 0x80000000 },
  },
  {
    name: 'WRGSBASE of an address that is not canonical',
    rows: ['wrgsbase F3 0F AE /3 mod=3'],
    mode: 'long64',
    code: one('wrgsbase F3 0F AE /3 mod=3', { rm: 0, size: 64 }),
    ...withCr4(CR4_FSGSBASE),
    gpr: { rax: 0x8000000000000000n },
    vector: 13,
    error: 0,
  },
  {
    name: 'WRGSBASE without CR4.FSGSBASE',
    rows: ['wrgsbase F3 0F AE /3 mod=3'],
    mode: 'long64',
    code: one('wrgsbase F3 0F AE /3 mod=3'),
    vector: 6,
  },
  {
    name: 'MONITOR and MWAIT go on',
    rows: ['monitor 0F 01 /1 mod=3 rm=0', 'mwait 0F 01 /1 mod=3 rm=1'],
    mode: 'flat32',
    code: (a) => a.op('monitor 0F 01 /1 mod=3 rm=0').op('mwait 0F 01 /1 mod=3 rm=1'),
    gpr: { rax: m.DATA },
  },
  {
    name: 'MONITOR with extensions',
    rows: ['monitor 0F 01 /1 mod=3 rm=0'],
    mode: 'flat32',
    code: one('monitor 0F 01 /1 mod=3 rm=0'),
    gpr: { rcx: 1 },
    vector: 13,
    error: 0,
  },
  {
    name: 'WRPKRU, RDPKRU',
    rows: ['wrpkru NP 0F 01 /5 mod=3 rm=7', 'rdpkru NP 0F 01 /5 mod=3 rm=6'],
    mode: 'long64',
    code: (a) =>
      a.op('wrpkru NP 0F 01 /5 mod=3 rm=7').op('xor 33 /r', { reg: 0, rm: 0 }).op('rdpkru NP 0F 01 /5 mod=3 rm=6'),
    ...withCr4(CR4_PKE),
    gpr: { rax: 0x12345678 },
    expected: { rax: 0x12345678, rdx: 0 },
  },
  ...(['real', 'flat32', 'long64', 'user64'] as const).map(
    (mode): SystemCase => ({
      name: 'RSM outside system management mode',
      rows: ['rsm 0F AA'],
      mode,
      code: one('rsm 0F AA'),
      vector: 6,
    }),
  ),
  {
    name: 'RDPKRU without CR4.PKE',
    rows: ['rdpkru NP 0F 01 /5 mod=3 rm=6'],
    mode: 'long64',
    code: one('rdpkru NP 0F 01 /5 mod=3 rm=6'),
    vector: 6,
  },
];

// the bus gives 4 for every 32 bits of entropy
const entropy: SystemCase[] = ['rdrand %% 0F C7 /6 mod=3', 'rdseed %% 0F C7 /7 mod=3'].flatMap((text) =>
  ([16, 32, 64] as const).map((size): SystemCase => {
    const row = text.replace('%%', size === 16 ? '66' : 'NP');
    return {
      name: `${row.slice(0, 6)} of ${size} bits sets CF and clears the rest`,
      rows: [row],
      mode: 'user64',
      code: one(row, { rm: 11, size }),
      gpr: { r11: -1n },
      flags: 0x8d4,
      expected: { r11: size === 16 ? 0xffffffffffff0004n : size === 32 ? 4n : 0x400000004n },
      expectedFlags: [0x8d5, 1],
    };
  }),
);

const fastCalls: SystemCase[] = [
  {
    name: 'SYSCALL',
    rows: ['syscall 0F 05'],
    mode: 'user64',
    code: one('syscall 0F 05'),
    flags: IF | 1,
    state: (state) => {
      state.msrs = { ...state.msrs, c0000081: STAR, c0000082: BigInt(m.ELSEWHERE), c0000084: BigInt(IF) };
    },
    expected: { rcx: m.CODE + 2, r11: IF | 3 },
    expectedFlags: [IF | 1, 1],
    check: ({ state }) => state.cs.selector === m.CODE64 && state.rip === BigInt(m.ELSEWHERE + 1),
  },
  {
    name: 'SYSRET',
    rows: ['sysret 0F 07'],
    mode: 'long64',
    code: one('sysret 0F 07', { size: 64 }),
    state: (state) => {
      state.msrs = { ...state.msrs, c0000081: STAR };
    },
    gpr: { rcx: m.ELSEWHERE, r11: 0x203 },
    // HLT at CPL 3
    vector: 13,
    error: 0,
    expectedMemory: [[0x6ff0 - 48, [0, m.ELSEWHERE, 0x63, 0x10203, m.STACK, 0x5b].flatMap((value) => le(value, 8))]],
  },
  {
    name: 'SYSCALL without EFER.SCE',
    rows: ['syscall 0F 05', 'sysret 0F 07'],
    mode: 'long64',
    code: one('syscall 0F 05'),
    state: (state) => {
      state.msrs = { ...state.msrs, c0000080: 0xd00n };
    },
    vector: 6,
  },
  {
    name: 'SYSENTER',
    rows: ['sysenter 0F 34'],
    mode: 'user32',
    code: one('sysenter 0F 34'),
    flags: IF,
    state: (state) => {
      state.msrs = { ...state.msrs, 174: BigInt(m.CODE32), 175: 0x6000n, 176: BigInt(m.ELSEWHERE) };
    },
    expected: { rsp: 0x6000 },
    expectedFlags: [IF, 0],
    check: ({ state }) => state.cs.selector === m.CODE32 && state.ss.selector === m.DATA32,
  },
  {
    name: 'SYSENTER with a null CS',
    rows: ['sysenter 0F 34'],
    mode: 'flat32',
    code: one('sysenter 0F 34'),
    vector: 13,
    error: 0,
  },
  {
    name: 'SYSEXIT',
    rows: ['sysexit 0F 35'],
    mode: 'flat32',
    code: one('sysexit 0F 35'),
    state: (state) => {
      state.msrs = { ...state.msrs, 174: 0x40n };
    },
    gpr: { rdx: m.ELSEWHERE, rcx: 0xe000 },
    vector: 13,
    error: 0,
    expectedMemory: [[0x6ff0 - 24, [0, m.ELSEWHERE, 0x53, 0x10002, 0xe000, 0x5b].flatMap((value) => le(value, 4))]],
  },
];

const XSAVE_ROWS = [
  'xsave NP 0F AE /4 mod=m rex.w0',
  'xsave64 NP 0F AE /4 mod=m rex.w',
  'xsaveopt NP 0F AE /6 mod=m rex.w0',
  'xsaveopt64 NP 0F AE /6 mod=m rex.w',
  'xsavec NP 0F C7 /4 mod=m rex.w0',
  'xsavec64 NP 0F C7 /4 mod=m rex.w',
];
const withXsave = (xcr0: bigint): Pick<SystemCase, 'state'> => ({
  state: (state) => {
    state.cr4 |= CR4_OSXSAVE;
    state.xcr0 = xcr0;
    new DataView(state.xsave.buffer).setBigUint64(160, 0x1122334455667788n, true);
  },
});

const extendedStates: SystemCase[] = [
  {
    name: 'XGETBV',
    rows: ['xgetbv NP 0F 01 /2 mod=3 rm=0'],
    mode: 'long64',
    code: one('xgetbv NP 0F 01 /2 mod=3 rm=0'),
    ...withXsave(3n),
    gpr: { rcx: 0, rdx: 5 },
    expected: { rax: 3, rdx: 0 },
  },
  {
    name: 'XGETBV without CR4.OSXSAVE',
    rows: ['xgetbv NP 0F 01 /2 mod=3 rm=0'],
    mode: 'long64',
    code: one('xgetbv NP 0F 01 /2 mod=3 rm=0'),
    vector: 6,
  },
  {
    name: 'XSETBV',
    rows: ['xsetbv NP 0F 01 /2 mod=3 rm=1'],
    mode: 'long64',
    code: one('xsetbv NP 0F 01 /2 mod=3 rm=1'),
    ...withCr4(CR4_OSXSAVE),
    gpr: { rax: 3 },
    check: ({ state }) => state.xcr0 === 3n,
  },
  {
    name: 'XSETBV without x87',
    rows: ['xsetbv NP 0F 01 /2 mod=3 rm=1'],
    mode: 'long64',
    code: one('xsetbv NP 0F 01 /2 mod=3 rm=1'),
    ...withCr4(CR4_OSXSAVE),
    gpr: { rax: 2 },
    vector: 13,
    error: 0,
  },
  ...XSAVE_ROWS.flatMap((row): SystemCase[] => [
    {
      name: `${row.split(' ')[0]} writes XMM0 where it belongs`,
      rows: [row],
      mode: 'long64',
      code: one(row, { memory: at(m.DATA) }),
      ...withXsave(3n),
      gpr: { rax: 2, rdx: 0 },
      expectedMemory: [
        [m.DATA + 160, le(0x1122334455667788n, 8)],
        [m.DATA + 512, [2]],
        [m.DATA + 520, row.startsWith('xsavec') ? le(0x8000000000000002n, 8) : le(0, 8)],
      ],
    },
    {
      name: `${row.split(' ')[0]} of an unaligned area`,
      rows: [row],
      mode: 'long64',
      code: one(row, { memory: at(m.DATA + 16) }),
      ...withXsave(3n),
      vector: 13,
      error: 0,
    },
  ]),
  ...['xrstor NP 0F AE /5 mod=m rex.w0', 'xrstor64 NP 0F AE /5 mod=m rex.w'].flatMap((row): SystemCase[] => [
    {
      name: `${row.split(' ')[0]} loads what the header has and resets the rest`,
      rows: [row],
      mode: 'long64',
      code: one(row, { memory: at(m.DATA) }),
      ...withXsave(3n),
      gpr: { rax: 3, rdx: 0 },
      memory: [
        [m.DATA + 24, le(0x1f80, 4)],
        [m.DATA + 160, le(0x99aabbccddeeff00n, 8)],
        [m.DATA + 512, le(2, 8)],
      ],
      check: ({ state }) => {
        const view = new DataView(state.xsave.buffer, state.xsave.byteOffset);
        return view.getBigUint64(160, true) === 0x99aabbccddeeff00n && view.getUint16(0, true) === 0x37f;
      },
    },
    {
      name: `${row.split(' ')[0]} of a bad header`,
      rows: [row],
      mode: 'long64',
      code: one(row, { memory: at(m.DATA) }),
      ...withXsave(3n),
      gpr: { rax: 3, rdx: 0 },
      memory: [[m.DATA + 512, le(0x100, 8)]],
      vector: 13,
      error: 0,
    },
  ]),
];

export const REGISTER_CASES: readonly SystemCase[] = [
  ...controlRegisters,
  ...caches,
  ...identity,
  ...entropy,
  ...fastCalls,
  ...extendedStates,
];
