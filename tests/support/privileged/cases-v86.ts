import type { PrivilegedCase } from './case';
import { putDescriptor, putVector } from './descriptor-text';
import * as p from './places';

/** Virtual-8086 mode without and with its extensions (Intel SDM vol. 3, chapter 21). */

const IOPL3 = 0x3000;
const IF = 0x200;
const VIF = 0x80000;
const VIP = 0x100000;
const VME = { world: 'v86', cr4: 1 } as const;
const PVI = { world: 'user32', cr4: 2 } as const;

/** Sensitive to IOPL: fine with 3, #GP(0) below. */
function sensitive(name: string, code: string, length: number): PrivilegedCase[] {
  const base = { manual: '21.2.7', world: 'v86', show: 'v e ip' } as const;
  return [
    { ...base, name: `V86 ${name} below IOPL 3`, code, expect: 'v=d e=0 ip=+0' },
    {
      ...base,
      name: `V86 ${name} with IOPL 3`,
      code,
      flags: IOPL3,
      expect: `v=3 e=- ip=+${(length + 1).toString(16)}`,
    },
  ];
}

const plain: PrivilegedCase[] = [
  ...sensitive('CLI', 'cli', 1),
  ...sensitive('STI', 'sti', 1),
  ...sensitive('PUSHF', 'pushf', 1),
  ...sensitive('POPF', 'popf', 1),
  {
    name: 'V86 IRET with IOPL 3',
    manual: '21.2.7',
    world: 'v86',
    flags: IOPL3,
    code: 'push 0x7202; push 0; push .target; iret\n.target:',
    show: 'v e ip cs fl',
    expect: 'v=3 e=- ip=+{.done} cs=0 fl=27202',
  },
  {
    name: 'V86 IRET below IOPL 3',
    manual: '21.2.7',
    world: 'v86',
    code: 'iret',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 INT below IOPL 3',
    manual: '21.3.3.1',
    world: 'v86',
    code: 'int 0x41',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 INT with IOPL 3 goes to ring 0',
    manual: '21.3.1.1',
    world: 'v86',
    flags: IOPL3 | IF,
    code: 'mov ax, 0x111; mov ds, ax; mov ax, 0x222; mov es, ax; int 0x41\n.after:',
    show: 'v cs fl sp ss f5 f6 f7 f8 ds es hfl esp',
    expect: 'v=41 cs=0 fl=23202 sp=5000 ss=0 f5=222 f6=111 f7=0 f8=0 ds=0 es=0 hfl=3002 esp=47dc',
  },
  {
    name: 'V86 INT3 needs no IOPL',
    manual: '21.3.3',
    world: 'v86',
    code: 'nop',
    show: 'v ip cs fl',
    expect: 'v=3 ip=+2 cs=0 fl=20002',
  },
  {
    name: 'V86 interrupt to code that is not of ring 0',
    manual: 'vol. 2, INT n',
    world: 'v86',
    flags: IOPL3,
    setup: putVector(0x41, p.CODE_RING1 & 0xfff8, '.end'),
    code: 'int 0x41',
    expect: 'v=d e=100 ip=+0',
  },
  {
    name: 'V86 interrupt to conforming code',
    manual: 'vol. 2, INT n',
    world: 'v86',
    flags: IOPL3,
    setup: putVector(0x41, p.CONFORMING, '.end'),
    code: 'int 0x41',
    expect: 'v=d e=80 ip=+0',
  },
  {
    name: 'V86 segments are 16 times their selectors',
    manual: '21.1.1',
    world: 'v86',
    setup: `mov dword [${p.DATA}], 0x1234`,
    code: `mov ax, ${(p.DATA - 0x20) >> 4}; mov ds, ax; mov eax, [0x20]`,
    show: 'v eax',
    expect: 'v=3 eax=1234',
  },
  {
    name: 'V86 offset beyond 64 KiB',
    manual: '21.1.1',
    world: 'v86',
    code: 'mov eax, 0x10000; .read: mov al, [eax]',
    show: 'v e ip',
    expect: 'v=d e=0 ip=+{.read}',
  },
  {
    name: 'V86 stack access over 64 KiB',
    manual: '21.1.1',
    world: 'v86',
    code: 'mov esp, 0xffff; .pop: pop ax',
    show: 'v e ip',
    expect: 'v=c e=0 ip=+{.pop}',
  },
  {
    name: 'V86 HLT',
    manual: '21.2.6',
    world: 'v86',
    flags: IOPL3,
    code: 'hlt',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 LGDT',
    manual: '21.2.6',
    world: 'v86',
    flags: IOPL3,
    code: `lgdt [${p.DATA}]`,
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 STR',
    manual: '21.2.6',
    world: 'v86',
    code: 'db 0x0f, 0x00, 0xc8',
    show: 'v ip',
    expect: 'v=6 ip=+0',
  },
  {
    name: 'V86 port that the map forbids',
    manual: '21.2.8.1',
    world: 'v86',
    flags: IOPL3,
    code: 'in al, 0x80',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 port that the map allows',
    manual: '21.2.8.1',
    world: 'v86',
    setup: `mov byte [${p.PORT_MAP + 0x10}], 0xfe`,
    code: 'in al, 0x80',
    show: 'v ip',
    expect: 'v=3 ip=+3',
  },
  {
    name: 'V86 port of which the map allows half',
    manual: '21.2.8.1',
    world: 'v86',
    setup: `mov byte [${p.PORT_MAP + 0x10}], 0xfe`,
    code: 'in ax, 0x80',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'V86 is left and entered again by IRET',
    manual: '21.2.5',
    world: 'flat32',
    code: `
      push 4; push 3; push 2; push 1; push 0x10; push ${p.USER_STACK}; push 0x20002; push 0; push .target
      iretd
      .target:`,
    show: 'v cs fl sp ss f5 f6 f7 f8',
    expect: 'v=3 cs=0 fl=20002 sp=5000 ss=10 f5=1 f6=2 f7=3 f8=4',
  },
  {
    name: 'IRET at ring 3 cannot set VM',
    manual: 'vol. 2, IRET',
    world: 'user32',
    code: `push 0x20002; push ${p.USER_CODE32}; push .target; iretd\n.target:`,
    show: 'v cs fl',
    expect: 'v=3 cs=53 fl=2',
  },
  {
    name: 'V86 is no part of long mode',
    manual: 'vol. 2, IRET',
    world: 'compat0',
    code: `push 0x20002; push ${p.CODE32}; push .target; iretd\n.target:`,
    show: 'v cs fl',
    expect: 'v=3 cs=8 fl=2',
  },
];

/** A vector of the 8086 program at .handler, and its bit in the redirection map. */
const REDIRECT = `mov dword [${4 * 0x41}], .handler\n`;
const KEEP = `or dword [${p.REDIRECTION + 8}], 2\n`;

const vme: PrivilegedCase[] = [
  {
    name: 'VME INT to the 8086 handler',
    manual: '21.3.3.4',
    ...VME,
    flags: VIF,
    setup: REDIRECT,
    code: 'int 0x41\n.after: nop\n.handler:',
    show: `v cs fl sp ip0@${p.USER_STACK - 6}:2 cs0@${p.USER_STACK - 4}:2 fl0@${p.USER_STACK - 2}:2`,
    expect: 'v=3 cs=0 fl=20002 sp=4ffa ip0={=.after} cs0=0 fl0=3202',
  },
  {
    name: 'VME INT to the 8086 handler with IOPL 3',
    manual: '21.3.3.4',
    ...VME,
    flags: IOPL3 | IF,
    setup: REDIRECT,
    code: 'int 0x41\n.after: nop\n.handler:',
    show: `v fl sp fl0@${p.USER_STACK - 2}:2`,
    expect: 'v=3 fl=23002 sp=4ffa fl0=3202',
  },
  {
    name: "VME INT that is the monitor's",
    manual: '21.3.3.5',
    ...VME,
    setup: REDIRECT + KEEP,
    code: 'int 0x41\n.handler:',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: "VME INT that is ring 0's with IOPL 3",
    manual: '21.3.3.3',
    ...VME,
    flags: IOPL3,
    setup: REDIRECT + KEEP,
    code: 'int 0x41\n.handler:',
    show: 'v ip fl',
    expect: 'v=41 ip=+2 fl=23002',
  },
  {
    name: 'VME INT whose map is beyond the task-state segment',
    manual: '21.3.3',
    ...VME,
    setup: REDIRECT + putDescriptor(p.TSS_S, p.TSS, 0x67, 0x89) + `mov eax, ${p.TSS_S}; ltr ax\n`,
    code: 'int 0x41\n.handler:',
    expect: 'v=d e=0 ip=+0',
  },
  { name: 'VME CLI', manual: '21.3.2', ...VME, flags: IF | VIF, code: 'cli', show: 'v fl', expect: 'v=3 fl=20202' },
  { name: 'VME STI', manual: '21.3.2', ...VME, flags: IF, code: 'sti', show: 'v fl', expect: 'v=3 fl=a0202' },
  { name: 'VME STI with VIP', manual: '21.3.2', ...VME, flags: VIP, code: 'sti', expect: 'v=d e=0 ip=+0' },
  {
    name: 'VME PUSHF',
    manual: '21.3.2',
    ...VME,
    flags: VIF,
    code: 'pushf; pop ax',
    show: 'v ax fl',
    expect: 'v=3 ax=3202 fl=a0002',
  },
  { name: 'VME PUSHF of 32 bits', manual: 'vol. 2, PUSHF', ...VME, code: 'o32 pushf', expect: 'v=d e=0 ip=+0' },
  { name: 'VME POPF of 32 bits', manual: 'vol. 2, POPF', ...VME, code: 'o32 popf', expect: 'v=d e=0 ip=+0' },
  {
    name: 'VME POPF sets VIF',
    manual: '21.3.2',
    ...VME,
    code: 'push 0x201; popf',
    show: 'v fl',
    expect: 'v=3 fl=a0003',
  },
  {
    name: 'VME POPF of TF',
    manual: 'vol. 2, POPF',
    ...VME,
    code: 'push 0x100; .pop: popf',
    expect: 'v=d e=0 ip=+{.pop}',
  },
  {
    name: 'VME POPF of IF with VIP',
    manual: 'vol. 2, POPF',
    ...VME,
    flags: VIP,
    code: 'push 0x200; .pop: popf',
    expect: 'v=d e=0 ip=+{.pop}',
  },
  {
    name: 'VME IRET of 16 bits',
    manual: 'vol. 2, IRET',
    ...VME,
    code: 'push 0x201; push 0; push .target; iret\n.target:',
    show: 'v fl',
    expect: 'v=3 fl=a0003',
  },
  {
    name: 'PVI CLI',
    manual: '21.4',
    ...PVI,
    flags: IF | VIF,
    code: 'cli',
    show: 'v fl',
    expect: 'v=3 fl=202',
  },
  { name: 'PVI STI', manual: '21.4', ...PVI, flags: IF, code: 'sti', show: 'v fl', expect: 'v=3 fl=80202' },
  { name: 'PVI STI with VIP', manual: '21.4', ...PVI, flags: VIP, code: 'sti', expect: 'v=d e=0 ip=+0' },
  {
    name: 'PVI PUSHF shows IF itself',
    manual: '21.4',
    ...PVI,
    flags: VIF,
    code: 'pushfd; pop eax',
    show: 'v eax',
    expect: 'v=3 eax=80002',
  },
  {
    name: 'PVI POPF leaves IF and VIF',
    manual: '21.4',
    ...PVI,
    flags: IF,
    code: 'push 1; popfd',
    show: 'v fl',
    expect: 'v=3 fl=203',
  },
];

export const V86_CASES: readonly PrivilegedCase[] = [...plain, ...vme];
