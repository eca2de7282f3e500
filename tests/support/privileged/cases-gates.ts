import type { PrivilegedCase } from './case';
import { put, putCallGate, putDescriptor, putLongVector, putVector } from './descriptor-text';
import * as p from './places';

/** Far transfers between privilege levels. */

const GATE = p.FREE;
const NP_CODE = p.FREE + 0x20;
const CONFORMING3 = p.FREE + 0x28;
const CALL = `call far ${GATE | 3}:0`;
const JMP = `jmp far ${GATE | 3}:0`;
const callGates = '6.8.3';
const conforming = '6.8.1.2';

/** A CALL through a gate that must not work. */
function refused(name: string, setup: string, expect: string, more: Partial<PrivilegedCase> = {}): PrivilegedCase {
  return {
    name,
    manual: callGates,
    world: 'user32',
    setup,
    code: `${CALL}\n.target:`,
    expect,
    show: 'v e ip cs',
    ...more,
  };
}

const calls: PrivilegedCase[] = [
  {
    name: 'call gate to ring 0',
    manual: '6.8.5',
    world: 'user32',
    setup: putCallGate(GATE, p.CODE32, '.target'),
    code: `${CALL}\n.after: nop\n.target:`,
    show: 'v ip cs esp f3 f4 f5 f6 hss',
    expect: 'v=3 ip=+9 cs=8 esp=47e4 f3={=.after} f4=53 f5=5000 f6=5b hss=10',
  },
  {
    name: 'call gate copies parameters',
    manual: '6.8.5',
    world: 'user32',
    setup: putCallGate(GATE, p.CODE32, '.target', 0xec, 2),
    code: `push 0x11; push 0x22\n${CALL}\n.after:\n.target:`,
    show: 'v esp f3 f4 f5 f6 f7 f8',
    expect: 'v=3 esp=47dc f3={=.after} f4=53 f5=22 f6=11 f7=4ff8 f8=5b',
  },
  {
    name: 'call gate of 16 bits',
    manual: '6.8.5',
    world: 'user32',
    setup: putCallGate(GATE, p.CODE32, '.target', 0xe4),
    code: `${CALL}\n.after:\n.target:`,
    show: 'v esp w6 w7 w8 w9',
    expect: 'v=3 esp=47ec w6={=.after} w7=53 w8=5000 w9=5b',
  },
  {
    name: 'call gate to ring 1',
    manual: '6.8.5',
    world: 'user32',
    setup: putCallGate(GATE, p.CODE_RING1 & 0xfff8, '.target'),
    code: `${CALL}\n.target:`,
    show: 'v cs sp ss',
    expect: 'v=3 cs=101 sp=65f0 ss=109',
  },
  refused('call gate of a lower DPL', putCallGate(GATE, p.CODE32, '.target', 0x8c), 'v=d e=88 ip=+0 cs=53'),
  refused('call gate with a higher RPL', putCallGate(GATE, p.CODE32, '.target', 0x8c), 'v=d e=88 ip=+0 cs=8', {
    world: 'flat32',
  }),
  refused('call gate that is absent', putCallGate(GATE, p.CODE32, '.target', 0x6c), 'v=b e=88 ip=+0 cs=53'),
  refused('call gate to nowhere', putCallGate(GATE, 0, '.target'), 'v=d e=0 ip=+0 cs=53'),
  refused('call gate to data', putCallGate(GATE, p.DATA32, '.target'), 'v=d e=10 ip=+0 cs=53'),
  refused('call gate beyond the GDT', putCallGate(GATE, 0x1000, '.target'), 'v=d e=1000 ip=+0 cs=53'),
  refused(
    'call gate to absent code',
    putDescriptor(NP_CODE, 0, 0xfffff, 0x1b, 0xc) + putCallGate(GATE, NP_CODE, '.target'),
    'v=b e=a8 ip=+0 cs=53',
  ),
  refused('call gate outwards', putCallGate(GATE, p.USER_CODE32, '.target'), 'v=d e=50 ip=+0 cs=8', {
    world: 'flat32',
  }),
  refused(
    'call gate beyond the segment',
    putDescriptor(NP_CODE, 0, 0xff, 0x9b, 4) + putCallGate(GATE, NP_CODE, '.target'),
    'v=d e=0 ip=+0 cs=53',
  ),
  refused('jump through a gate to ring 0', putCallGate(GATE, p.CODE32, '.target'), 'v=d e=8 ip=+0 cs=53', {
    code: `${JMP}\n.target:`,
  }),
  {
    name: 'jump through a gate to conforming code',
    manual: conforming,
    world: 'user32',
    setup: putCallGate(GATE, p.CONFORMING, '.target'),
    code: `${JMP}\n.target:`,
    show: 'v cs sp ss',
    expect: 'v=3 cs=83 sp=5000 ss=5b',
  },
  {
    name: 'call through a gate to conforming code',
    manual: conforming,
    world: 'user32',
    setup: putCallGate(GATE, p.CONFORMING, '.target'),
    code: `${CALL}\n.after:\n.target:`,
    show: `v cs sp ss top@${p.USER_STACK - 8}:4 next@${p.USER_STACK - 4}:4`,
    expect: 'v=3 cs=83 sp=4ff8 ss=5b top={=.after} next=53',
  },
  {
    name: 'jump to conforming code of ring 0',
    manual: conforming,
    world: 'user32',
    code: `jmp far ${p.CONFORMING}:.target\n.target:`,
    show: 'v cs ss',
    expect: 'v=3 cs=83 ss=5b',
  },
  {
    name: 'jump to conforming code of ring 3',
    manual: conforming,
    world: 'flat32',
    setup: putDescriptor(CONFORMING3, 0, 0xfffff, 0xff, 0xc),
    code: `jmp far ${CONFORMING3}:.target\n.target:`,
    expect: 'v=d e=b0 ip=+0',
  },
  {
    name: 'jump to code of ring 0',
    manual: '6.8.1.1',
    world: 'user32',
    code: `jmp far ${p.CODE32}:.target\n.target:`,
    expect: 'v=d e=8 ip=+0',
  },
  {
    name: 'jump to code of ring 3 from ring 0',
    manual: '6.8.1.1',
    world: 'flat32',
    code: `jmp far ${p.USER_CODE32}:.target\n.target:`,
    expect: 'v=d e=50 ip=+0',
  },
  {
    name: 'jump to an LDT descriptor',
    manual: 'vol. 2, JMP',
    world: 'flat32',
    code: `jmp far ${p.LDT_S}:.target\n.target:`,
    expect: 'v=d e=48 ip=+0',
  },
  {
    name: 'jump through a selector of an empty LDT',
    manual: 'vol. 2, JMP',
    world: 'flat32',
    code: 'jmp far 0xc:.target\n.target:',
    expect: 'v=d e=c ip=+0',
  },
];

/** Through a ring-1 stack that must not work: the fault itself takes ring 0's. */
function badStack(name: string, setup: string, expect: string): PrivilegedCase[] {
  return [
    {
      name: `call gate with ${name}`,
      manual: '6.8.5',
      world: 'user32',
      setup: setup + putCallGate(GATE, p.CODE_RING1 & 0xfff8, '.target'),
      code: `${CALL}\n.target:`,
      show: 'v e ip cs ss',
      expect: `${expect} ip=+0 cs=53 ss=5b`,
    },
    {
      name: `interrupt with ${name}`,
      manual: '7.12.1',
      world: 'user32',
      setup: setup + putVector(0x41, p.CODE_RING1 & 0xfff8, '.target'),
      code: 'int 0x41\n.target:',
      show: 'v e ip cs ss',
      expect: `${expect} ip=+0 cs=53 ss=5b`,
    },
  ];
}

const SS1 = p.TSS + 16;
const ODD = p.FREE + 0x10;
const stacks: PrivilegedCase[] = [
  ...badStack('no stack segment', `mov dword [${SS1}], 0\n`, 'v=a e=0'),
  ...badStack('a stack segment of another RPL', `mov dword [${SS1}], ${p.DATA_RING1 & 0xfff8}\n`, 'v=a e=108'),
  ...badStack('a stack segment of another DPL', `mov dword [${SS1}], ${p.DATA32 | 1}\n`, 'v=a e=10'),
  ...badStack('a stack segment beyond the GDT', `mov dword [${SS1}], 0x1001\n`, 'v=a e=1000'),
  ...badStack(
    'an absent stack segment',
    putDescriptor(ODD, 0, 0xfffff, 0x33, 0xc) + `mov dword [${SS1}], ${ODD | 1}\n`,
    'v=c e=98',
  ),
  ...badStack(
    'a stack segment that cannot be written',
    putDescriptor(ODD, 0, 0xfffff, 0xb1, 0xc) + `mov dword [${SS1}], ${ODD | 1}\n`,
    'v=a e=98',
  ),
  ...badStack(
    'too small a stack segment',
    putDescriptor(ODD, 0, 7, 0xb3, 4) + `mov dword [${SS1}], ${ODD | 1}; mov dword [${SS1 - 4}], 8\n`,
    'v=c e=98',
  ),
  ...badStack(
    'a short task-state segment',
    `${putDescriptor(p.TSS_S, p.TSS, 0x10, 0x89)}mov eax, ${p.TSS_S}; ltr ax\n`,
    'v=a e=30',
  ),
];

const returns: PrivilegedCase[] = [
  {
    name: 'far return to ring 3 drops segments of ring 0',
    manual: '6.8.6',
    world: 'flat32',
    setup: `mov eax, ${p.CONFORMING}`,
    code: `
      mov eax, ${p.CONFORMING}; mov es, eax; mov eax, ${p.USER_DATA32}; mov fs, eax; mov eax, ${p.DATA_RING2}; mov gs, eax
      push ${p.USER_DATA32}; push ${p.USER_STACK}; push 0x77; push ${p.USER_CODE32}; push .target
      retf 4
      .target:`,
    show: 'v cs sp ss ds es fs gs',
    expect: 'v=3 cs=53 sp=5004 ss=5b ds=0 es=80 fs=5b gs=0',
  },
  {
    name: 'far return inwards',
    manual: '6.8.6',
    world: 'user32',
    code: `push ${p.CODE32}; push .target\n.ret: retf\n.target:`,
    expect: 'v=d e=8 ip=+{.ret}',
  },
  {
    name: 'far return to no segment',
    manual: 'vol. 2, RET',
    world: 'user32',
    code: 'push 3; push .target\n.ret: retf\n.target:',
    expect: 'v=d e=0 ip=+{.ret}',
  },
  {
    name: 'far return to ring 3 without a stack segment',
    manual: 'vol. 2, RET',
    world: 'flat32',
    code: `push 0; push ${p.USER_STACK}; push ${p.USER_CODE32}; push .target\n.ret: retf\n.target:`,
    expect: 'v=d e=0 ip=+{.ret}',
  },
  {
    name: 'far return to ring 3 with a stack of ring 0',
    manual: 'vol. 2, RET',
    world: 'flat32',
    code: `push ${p.DATA32}; push ${p.USER_STACK}; push ${p.USER_CODE32}; push .target\n.ret: retf\n.target:`,
    expect: 'v=d e=10 ip=+{.ret}',
  },
  {
    name: 'far return to ring 3 with an absent stack',
    manual: 'vol. 2, RET',
    world: 'flat32',
    setup: putDescriptor(ODD, 0, 0xfffff, 0x73, 0xc),
    code: `push ${ODD | 3}; push ${p.USER_STACK}; push ${p.USER_CODE32}; push .target\n.ret: retf\n.target:`,
    expect: 'v=c e=98 ip=+{.ret}',
  },
  {
    name: 'interrupt return to ring 3 drops segments of ring 0',
    manual: 'vol. 2, IRET',
    world: 'flat32',
    code: `push ${p.USER_DATA32}; push ${p.USER_STACK}; push 0x3202; push ${p.USER_CODE32}; push .target\niretd\n.target:`,
    show: 'v cs fl sp ss ds es',
    expect: 'v=3 cs=53 fl=3202 sp=5000 ss=5b ds=0 es=0',
  },
  {
    name: 'interrupt return inwards',
    manual: 'vol. 2, IRET',
    world: 'user32',
    code: `push 2; push ${p.CODE32}; push .target\n.ret: iretd\n.target:`,
    expect: 'v=d e=8 ip=+{.ret}',
  },
  {
    name: 'interrupt return at ring 3 leaves IOPL and IF',
    manual: 'vol. 2, IRET',
    world: 'user32',
    flags: 0x200,
    code: `push 0x3003; push ${p.USER_CODE32}; push .target\niretd\n.target:`,
    show: 'v cs fl',
    expect: 'v=3 cs=53 fl=203',
  },
];

/** INT 41h through an entry of the IDT that must not work. */
function badVector(name: string, setup: string, expect: string, more: Partial<PrivilegedCase> = {}): PrivilegedCase {
  return {
    ...{ name: `interrupt ${name}`, manual: '7.12.1', world: 'user32', setup, code: 'int 0x41\n.target:' },
    ...{ show: 'v e ip cs', expect: `${expect} ip=+0 cs=53` },
    ...more,
  };
}

const interrupts: PrivilegedCase[] = [
  {
    name: 'interrupt gate to ring 0 clears IF',
    manual: '7.12.1.3',
    world: 'user32',
    flags: 0x200,
    code: 'int 0x41',
    show: 'v ip cs fl sp ss esp hfl hcs hss',
    expect: 'v=41 ip=+2 cs=53 fl=202 sp=5000 ss=5b esp=47ec hfl=2 hcs=8 hss=10',
  },
  {
    name: 'trap gate keeps IF and clears TF and NT',
    manual: '7.12.1.3',
    world: 'user32',
    flags: 0x4200,
    setup: putVector(0x41, p.CODE32, 'stub32_65', 0xef),
    code: 'int 0x41',
    show: 'v fl hfl',
    expect: 'v=41 fl=4202 hfl=202',
  },
  {
    name: 'interrupt gate of 16 bits',
    manual: '7.12.1',
    world: 'user32',
    setup: putVector(0x41, p.CODE32, 'stub32_65', 0xe6),
    code: 'int 0x41\n.after:',
    show: 'v esp w0 w1 w2 w3 w4',
    expect: 'v=41 esp=47f6 w0={=.after} w1=53 w2=2 w3=5000 w4=5b',
  },
  {
    name: 'interrupt to conforming code stays at ring 3',
    manual: '7.12.1.1',
    world: 'user32',
    setup: putVector(0x41, p.CONFORMING, '.target'),
    code: 'int 0x41\n.target:',
    show: `v cs sp ss cs2@${p.USER_STACK - 8}:2`,
    expect: 'v=3 cs=83 sp=4ff4 ss=5b cs2=53',
  },
  badVector('through a gate of a lower DPL', putVector(0x41, p.CODE32, '.target', 0x8e), 'v=d e=20a'),
  badVector('beyond the IDT', '', 'v=d e=402', { code: 'int 0x80' }),
  badVector('through an absent gate', putVector(0x41, p.CODE32, '.target', 0x6e), 'v=b e=20a'),
  badVector('through a call gate', putVector(0x41, p.CODE32, '.target', 0xec), 'v=d e=20a'),
  badVector('to no segment', putVector(0x41, 0, '.target'), 'v=d e=0'),
  badVector('to data', putVector(0x41, p.DATA32, '.target'), 'v=d e=10'),
  badVector('outwards', putVector(0x41, p.USER_CODE32, '.target'), '', {
    ...{ world: 'flat32', expect: 'v=d e=50 ip=+0 cs=8' },
  }),
  badVector(
    'to absent code',
    putDescriptor(NP_CODE, 0, 0xfffff, 0x1b, 0xc) + putVector(0x41, NP_CODE, '.target'),
    'v=b e=a8',
  ),
  badVector(
    'beyond the segment',
    putDescriptor(NP_CODE, 0, 0xff, 0x9b, 4) + putVector(0x41, NP_CODE, '.target'),
    'v=d e=0',
  ),
  {
    name: 'exception whose gate is absent says EXT',
    manual: '7.13',
    world: 'user32',
    setup: putVector(6, p.CODE32, '.end', 0x0e),
    code: 'db 0x0f, 0x0b',
    show: 'v e ip fl',
    expect: 'v=b e=33 ip=+0 fl=10002',
  },
  {
    name: 'INT3 whose gate is of a lower DPL',
    manual: '7.12.1.2',
    world: 'user32',
    setup: putVector(3, p.CODE32, 'stub32_3', 0x8e),
    code: 'db 0xcc',
    show: 'v e ip fl',
    expect: 'v=d e=1a ip=+0 fl=10002',
  },
  {
    name: 'INT1 needs no DPL',
    manual: 'vol. 2, INT1',
    world: 'user32',
    code: 'db 0xf1',
    show: 'v e ip fl',
    expect: 'v=1 e=- ip=+1 fl=2',
  },
  {
    name: 'INTO',
    manual: 'vol. 2, INTO',
    world: 'user32',
    flags: 0x800,
    code: 'into',
    show: 'v e ip fl',
    expect: 'v=4 e=- ip=+1 fl=802',
  },
];

const long: PrivilegedCase[] = [
  {
    name: 'call gate of 64 bits',
    manual: '6.8.3.1',
    world: 'user64',
    setup: putCallGate(GATE, p.CODE64, '.target'),
    code: 'call far dword [.pointer]\n.after:\n.target: int3\n.pointer: dd 0, 0x8b',
    show: `v cs hss rsp ret@${p.KERNEL_STACK - 32}:8 cs2@${p.KERNEL_STACK - 24}:2 rsp2@${p.KERNEL_STACK - 16}:8 ss2@${p.KERNEL_STACK - 8}:2 ss`,
    expect: 'v=3 cs=28 hss=0 rsp=47b8 ret={=.after} cs2=63 rsp2=5000 ss2=5b ss=0',
  },
  {
    name: 'call gate of 64 bits to 32-bit code',
    manual: '6.8.3.1',
    world: 'user64',
    setup: putCallGate(GATE, p.CODE32, '.target'),
    code: 'call far dword [.pointer]\n.target: int3\n.pointer: dd 0, 0x8b',
    expect: 'v=d e=8 ip=+0',
  },
  {
    name: 'call gate of 64 bits with a type in its upper half',
    manual: '6.8.3.1',
    world: 'user64',
    setup: putCallGate(GATE, p.CODE64, '.target') + put(p.GDT + GATE + 8, 0xc00n << 32n),
    code: 'call far dword [.pointer]\n.target: int3\n.pointer: dd 0, 0x8b',
    expect: 'v=d e=88 ip=+0',
  },
  {
    name: 'call gate of 64 bits to no canonical address',
    manual: '6.8.3.1',
    world: 'user64',
    setup: putCallGate(GATE, p.CODE64, '.target') + put(p.GDT + GATE + 8, 0x8000n),
    code: 'call far dword [.pointer]\n.target: int3\n.pointer: dd 0, 0x8b',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'interrupt in 64-bit mode aligns the stack',
    manual: '7.14.2',
    world: 'long64',
    code: 'mov esp, 0x3ff9; int 0x41',
    show: 'v ip cs sp ss rsp',
    expect: 'v=41 ip=+7 cs=28 sp=3ff9 ss=10 rsp=3fc8',
  },
  {
    name: 'interrupt from ring 3 of 64-bit mode',
    manual: '7.14.4',
    world: 'user64',
    flags: 0x200,
    code: 'int 0x41',
    show: 'v ip cs fl sp ss rsp hss hfl',
    expect: 'v=41 ip=+2 cs=63 fl=202 sp=5000 ss=5b rsp=47d8 hss=0 hfl=2',
  },
  {
    name: 'interrupt from compatibility mode',
    manual: '7.14.4',
    world: 'compat3',
    code: 'int 0x41',
    show: 'v ip cs sp ss rsp hcs hss',
    expect: 'v=41 ip=+2 cs=53 sp=5000 ss=5b rsp=47d8 hcs=28 hss=0',
  },
  {
    name: 'interrupt stack table',
    manual: '7.14.5',
    world: 'long64',
    setup: putLongVector(0x41, p.CODE64, 'stub64_65', 0xee, 1),
    code: 'int 0x41',
    show: 'v sp ss rsp hss',
    expect: 'v=41 sp=4000 ss=10 rsp=57d8 hss=10',
  },
  {
    name: 'interrupt stack table at no canonical address',
    manual: '7.14.5',
    world: 'user64',
    setup: putLongVector(0x41, p.CODE64, 'stub64_65', 0xee, 3) + put(p.TSS64 + 52, 0x800000000000n),
    code: 'int 0x41',
    expect: 'v=c e=0 ip=+0',
  },
  {
    name: 'interrupt of 64-bit mode to 32-bit code',
    manual: '7.14.1',
    world: 'user64',
    setup: putLongVector(0x41, p.CODE32, 'stub64_65'),
    code: 'int 0x41',
    expect: 'v=d e=8 ip=+0',
  },
  {
    name: 'interrupt return pops the stack in 64-bit mode',
    manual: '7.14.3',
    world: 'long64',
    code: `push ${p.DATA32}; push 0x3f00; push 2; push ${p.CODE64}; push .target\niretq\n.target:`,
    show: 'v cs sp ss',
    expect: 'v=3 cs=28 sp=3f00 ss=10',
  },
  {
    name: 'interrupt return with NT in 64-bit mode',
    manual: 'vol. 2, IRET',
    world: 'long64',
    flags: 0x4000,
    code: 'iretq',
    show: 'v e ip fl',
    expect: 'v=d e=0 ip=+0 fl=14002',
  },
  {
    name: 'interrupt return to no canonical address',
    manual: 'vol. 2, IRET',
    world: 'long64',
    code: `push ${p.DATA32}; push 0x3f00; push 2; push ${p.CODE64}; mov rax, 0x800000000000; push rax\n.ret: iretq`,
    expect: 'v=d e=0 ip=+{.ret}',
  },
  {
    name: 'interrupt return to 64-bit ring 3 without a stack segment',
    manual: 'vol. 2, IRET',
    world: 'long64',
    code: `push 3; push 0x5000; push 2; push ${p.USER_CODE64}; push .target\n.ret: iretq\n.target:`,
    expect: 'v=d e=0 ip=+{.ret}',
  },
  {
    name: 'interrupt return to 64-bit ring 0 without a stack segment',
    manual: 'vol. 2, IRET',
    world: 'long64',
    code: `push 0; push 0x3f00; push 2; push ${p.CODE64}; push .target\niretq\n.target:`,
    show: 'v cs sp ss',
    expect: 'v=3 cs=28 sp=3f00 ss=0',
  },
  {
    name: 'interrupt return to code that is both 64-bit and 32-bit',
    manual: '6.2.1',
    world: 'long64',
    setup: putDescriptor(ODD, 0, 0xfffff, 0x9b, 0xe),
    code: `push ${p.DATA32}; push 0x3f00; push 2; push ${ODD}; push .target\n.ret: iretq\n.target:`,
    expect: 'v=d e=98 ip=+{.ret}',
  },
];

export const GATE_CASES: readonly PrivilegedCase[] = [...calls, ...stacks, ...returns, ...interrupts, ...long];
