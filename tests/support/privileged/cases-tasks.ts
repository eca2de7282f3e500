import type { PrivilegedCase } from './case';
import { putDescriptor, putVector } from './descriptor-text';
import * as p from './places';

/** Task switches (Intel SDM vol. 3, chapter 8). */

const TYPE_A = `old@${p.GDT + p.TSS_S + 5}:1`;
const TYPE_B = `new@${p.GDT + p.TSS_B_S + 5}:1`;
const START_B = `mov dword [${p.TSS_B + 32}], .task\n`;
const JUMP = `jmp far ${p.TSS_B_S}:0\n.after: nop\n.task:`;
const GATE = p.FREE;
const ODD = p.FREE + 8;

const set = (offset: number, value: number): string => `mov dword [${p.TSS_B + offset}], ${value}\n`;

const switches: PrivilegedCase[] = [
  {
    name: 'jump to a task',
    manual: '8.3',
    world: 'flat32',
    setup: START_B,
    code: JUMP,
    show: `v ip cs fl tr cr0 ${TYPE_A} ${TYPE_B} saved@${p.TSS + 32}:4 link@${p.TSS_B}:2`,
    expect: 'v=3 ip=+{.done} cs=8 fl=2 tr=68 cr0=19 old=89 new=8b saved={=.after} link=0',
  },
  {
    name: 'call of a task',
    manual: '8.4',
    world: 'flat32',
    setup: START_B,
    code: `call far ${p.TSS_B_S}:0\n.after: nop\n.task:`,
    show: `v fl tr ${TYPE_A} ${TYPE_B} saved@${p.TSS + 32}:4 link@${p.TSS_B}:2`,
    expect: 'v=3 fl=4002 tr=68 old=8b new=8b saved={=.after} link=30',
  },
  {
    name: 'interrupt through a task gate',
    manual: '7.12.2',
    world: 'user32',
    setup: START_B + putVector(0x41, p.TSS_B_S, '0', 0xe5),
    code: 'int 0x41\n.after: nop\n.task:',
    show: `v cs fl tr ${TYPE_A} ${TYPE_B} saved@${p.TSS + 32}:4 cs2@${p.TSS + 76}:2 link@${p.TSS_B}:2`,
    expect: 'v=3 cs=8 fl=4002 tr=68 old=8b new=8b saved={=.after} cs2=53 link=30',
  },
  {
    name: 'exception through a task gate',
    manual: '7.12.2',
    world: 'user32',
    setup: `mov dword [${p.TSS_B + 32}], stub32_13\n${putVector(13, p.TSS_B_S, '0', 0x85)}`,
    code: 'nop\n.fault: hlt',
    show: `v e tr esp saved@${p.TSS + 32}:4 flags@${p.TSS + 36}:4`,
    expect: 'v=d e=0 tr=68 esp=5ffc saved={=.fault} flags=10002',
  },
  {
    name: 'return from a nested task',
    manual: '8.4',
    world: 'flat32',
    setup: START_B,
    code: `call far ${p.TSS_B_S}:0\nmov ebx, 7\njmp .end\n.task: mov ebx, 5; iretd\n.again:`,
    show: `v fl tr ebx ${TYPE_A} ${TYPE_B} saved@${p.TSS_B + 32}:4 flags@${p.TSS_B + 36}:4`,
    expect: 'v=3 fl=2 tr=30 ebx=7 old=8b new=89 saved={=.again} flags=2',
  },
  {
    name: 'return to a task that is not busy',
    manual: '8.4',
    world: 'flat32',
    flags: 0x4000,
    setup: `mov dword [${p.TSS}], ${p.TSS_B_S}`,
    code: 'iretd',
    expect: 'v=a e=68 ip=+0',
  },
  {
    name: 'return to no task',
    manual: '8.4',
    world: 'flat32',
    flags: 0x4000,
    code: 'iretd',
    expect: 'v=a e=0 ip=+0',
  },
  {
    name: 'task that is busy',
    manual: '8.3',
    world: 'flat32',
    setup: START_B + putDescriptor(p.TSS_B_S, p.TSS_B, 0x67, 0x8b),
    code: JUMP,
    expect: 'v=d e=68 ip=+0',
  },
  {
    name: 'task that is absent',
    manual: '8.3',
    world: 'flat32',
    setup: START_B + putDescriptor(p.TSS_B_S, p.TSS_B, 0x67, 0x09),
    code: JUMP,
    expect: 'v=b e=68 ip=+0',
  },
  {
    name: 'task whose segment is too short',
    manual: '8.2.2',
    world: 'flat32',
    setup: START_B + putDescriptor(p.TSS_B_S, p.TSS_B, 0x66, 0x89),
    code: JUMP,
    show: 'v e ip tr',
    expect: 'v=a e=68 ip=+0 tr=30',
  },
  {
    name: 'task of a lower DPL',
    manual: '8.3',
    world: 'user32',
    setup: START_B,
    code: JUMP,
    expect: 'v=d e=68 ip=+0',
  },
  {
    name: 'task of ring 3 from ring 3',
    manual: '8.3',
    world: 'user32',
    setup: START_B + putDescriptor(p.TSS_B_S, p.TSS_B, 0x67, 0xe9),
    code: JUMP,
    show: 'v cs tr',
    expect: 'v=3 cs=8 tr=68',
  },
  {
    name: 'task gate of a lower DPL',
    manual: '8.2.5',
    world: 'user32',
    setup: `mov dword [${p.GDT + GATE}], ${p.TSS_B_S * 0x10000}; mov dword [${p.GDT + GATE + 4}], 0x8500\n${START_B}`,
    code: `jmp far ${GATE}:0\n.task:`,
    expect: 'v=d e=88 ip=+0',
  },
  {
    name: 'task gate of ring 3 to a task of ring 0',
    manual: '8.2.5',
    world: 'user32',
    setup: `mov dword [${p.GDT + GATE}], ${p.TSS_B_S * 0x10000}; mov dword [${p.GDT + GATE + 4}], 0xe500\n${START_B}`,
    code: `jmp far ${GATE}:0\n.task:`,
    show: 'v cs tr',
    expect: 'v=3 cs=8 tr=68',
  },
  {
    name: 'task gate to something else',
    manual: '8.2.5',
    world: 'flat32',
    setup: `mov dword [${p.GDT + GATE}], ${p.DATA32 * 0x10000}; mov dword [${p.GDT + GATE + 4}], 0x8500\n`,
    code: `jmp far ${GATE}:0\n.task:`,
    expect: 'v=d e=10 ip=+0',
  },
  {
    name: 'task gate into the LDT',
    manual: '8.2.5',
    world: 'flat32',
    setup: `mov dword [${p.GDT + GATE}], 0x40000; mov dword [${p.GDT + GATE + 4}], 0x8500\n`,
    code: `jmp far ${GATE}:0\n.task:`,
    expect: 'v=d e=4 ip=+0',
  },
  {
    name: 'task state of 16 bits',
    manual: '8.6',
    world: 'flat32',
    setup: [
      [14, '.task'],
      [16, '2'],
      [18, '0x1234'],
      [24, '0x5678'],
      [26, String(p.TASK_STACK)],
      [34, String(p.DATA32)],
      [36, String(p.CODE32)],
      [38, String(p.DATA32)],
      [40, String(p.DATA32)],
      [42, '0'],
    ]
      .map(([offset, value]) => `mov word [${p.TSS16 + Number(offset)}], ${value}`)
      .join('\n'),
    // the upper halves of registers are not defined
    code: `jmp far ${p.TSS16_S}:0\n.after: nop\n.task: movzx esp, sp`,
    show: `v tr ax bx esp es fs saved@${p.TSS + 32}:4 type@${p.GDT + p.TSS16_S + 5}:1`,
    expect: 'v=3 tr=70 ax=1234 bx=5678 esp=5ff4 es=10 fs=0 saved={=.after} type=83',
  },
  {
    name: 'task registers are loaded',
    manual: '8.2.1',
    world: 'flat32',
    setup: START_B + [40, 44, 48, 52, 60, 64, 68].map((offset) => set(offset, 0x11110000 + offset)).join(''),
    code: JUMP,
    show: 'v eax ecx edx ebx ebp esi edi',
    expect: 'v=3 eax=11110028 ecx=1111002c edx=11110030 ebx=11110034 ebp=1111003c esi=11110040 edi=11110044',
  },
  {
    name: 'task brings its page directory',
    manual: '8.2.1',
    world: 'flat32',
    paging: '32',
    setup: `${START_B}mov dword [0x25000], ${p.PT32 + 7}\n${set(28, 0x25000)}`,
    code: `mov eax, [${p.WINDOW}]\n${JUMP}\n.fault: mov eax, [${p.WINDOW}]`,
    show: 'v e ip cr2 tr',
    expect: 'v=e e=0 ip=+{.fault} cr2=400000 tr=68',
  },
  {
    name: 'task in virtual-8086 mode',
    manual: '8.2.1',
    world: 'flat32',
    setup:
      START_B +
      set(36, 0x20002) +
      set(76, 0x100) +
      set(80, 0x200) +
      set(84, 0x300) +
      `sub dword [${p.TSS_B + 32}], 0x1000\n`,
    code: JUMP,
    show: 'v cs fl ss tr f6 f5',
    expect: 'v=3 cs=100 fl=20002 ss=200 tr=68 f6=300 f5=10',
  },
  {
    name: 'task switch drops local breakpoints',
    manual: '18.2.4',
    world: 'flat32',
    setup: START_B,
    code: `mov eax, 0x703; mov dr7, eax\n${JUMP}\nmov eax, dr7`,
    show: 'v eax',
    expect: 'v=3 eax=602',
  },
  {
    name: 'task that asks for a trap',
    manual: '18.3.1.5',
    world: 'flat32',
    setup: START_B + set(100, 0x680001),
    code: JUMP,
    show: 'v ip dr6 tr fl',
    expect: 'v=1 ip=+{.task} dr6=ffff8ff0 tr=68 fl=2',
  },
  {
    // its own trap finds the gate's task busy
    name: 'INT1 to a task that asks for a trap',
    manual: '18.3.1.5 and vol. 2, INT n: #GP with the selector of a TSS that is busy',
    world: 'flat32',
    setup: START_B + set(100, 0x680001) + putVector(1, p.TSS_B_S, '0', 0x85),
    code: 'db 0xf1\n.task: nop',
    show: 'v e ip tr',
    expect: 'v=d e=69 ip=+1 tr=68',
  },
  {
    name: 'task switch in long mode',
    manual: '8.7',
    world: 'long64',
    code: `jmp far dword [.pointer]\n.pointer: dd 0, ${p.TSS_B_S}`,
    expect: 'v=d e=68 ip=+0',
  },
  {
    name: 'task switch in compatibility mode',
    manual: '8.7',
    world: 'compat3',
    setup: putDescriptor(p.TSS_B_S, p.TSS_B, 0x67, 0xe9),
    code: `jmp far ${p.TSS_B_S}:0`,
    expect: 'v=d e=68 ip=+0',
  },
];

/** A new task with something wrong: the exception comes in the new task, and needs one of its own (7.15, #TS). */
function wrong(name: string, setup: string, expect: string): PrivilegedCase {
  const vector = Number.parseInt(expect.slice(2), 16);
  const handler = `mov dword [${p.TSS_C + 32}], stub32_${vector}\n${putVector(vector, p.TSS_C_S, '0', 0x85)}`;
  return {
    ...{ name: `task with ${name}`, manual: '8.3, table 8-1', world: 'flat32', code: JUMP },
    ...{ setup: START_B + setup + handler, show: `v e tr link@${p.TSS_C}:2`, expect: `${expect} tr=78 link=68` },
  };
}

const states: PrivilegedCase[] = [
  wrong('no code segment', set(76, 0), 'v=a e=0'),
  wrong('data as code', set(76, p.DATA32), 'v=a e=10'),
  wrong('absent code', putDescriptor(ODD, 0, 0xfffff, 0x1b, 0xc) + set(76, ODD), 'v=b e=90'),
  wrong('no stack segment', set(80, 0), 'v=a e=0'),
  wrong('a stack segment of another DPL', set(80, p.USER_DATA32 & 0xfff8), 'v=a e=58'),
  wrong('an absent stack segment', putDescriptor(ODD, 0, 0xfffff, 0x13, 0xc) + set(80, ODD), 'v=c e=90'),
  wrong('code that cannot be read as data', putDescriptor(ODD, 0, 0xfffff, 0x99, 0xc) + set(84, ODD), 'v=a e=90'),
  wrong('an absent data segment', putDescriptor(ODD, 0, 0xfffff, 0x13, 0xc) + set(72, ODD), 'v=b e=90'),
  wrong('something else as LDT', set(96, p.DATA32), 'v=a e=10'),
  wrong('an absent LDT', putDescriptor(ODD, p.LDT, 0x3f, 0x02) + set(96, ODD), 'v=a e=90'),
];

export const TASK_CASES: readonly PrivilegedCase[] = [...switches, ...states];
