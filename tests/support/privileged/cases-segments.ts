import type { PrivilegedCase } from './case';
import { put, putDescriptor } from './descriptor-text';
import * as p from './places';

/** Segments: limits, types and what may be loaded (Intel SDM vol. 3, 6.3 to 6.6). */

const SEGMENT = p.FREE;
const BASE = p.DATA;

/** An access through FS, which has this descriptor. */
function through(
  name: string,
  access: number,
  flags: number,
  limit: number,
  code: string,
  expect: string,
): PrivilegedCase {
  return {
    name: `segment ${name}`,
    manual: access & 8 ? '6.5' : '6.3',
    world: 'flat32',
    setup: putDescriptor(SEGMENT, BASE, limit, access, flags),
    code: `mov eax, ${SEGMENT}; mov fs, eax\n.access: ${code}`,
    expect,
  };
}

/** All that work have 7 bytes. */
const FINE = 'v=3 e=- ip=+f';
const general = 'v=d e=0 ip=+{.access}';

const accesses: PrivilegedCase[] = [
  through('up to its limit', 0x93, 4, 0xff, 'mov eax, fs:[0xfc]', FINE),
  through('over its limit', 0x93, 4, 0xff, 'mov eax, fs:[0xfd]', general),
  through('with a limit in pages', 0x93, 0xc, 0, 'mov eax, fs:[0xffd]', general),
  through('with a limit in pages, up to it', 0x93, 0xc, 0, 'mov eax, fs:[0xffc]', FINE),
  through('that expands down, above its limit', 0x97, 4, 0xff, 'mov eax, fs:[0x100]', FINE),
  through('that expands down, at its limit', 0x97, 4, 0xff, 'mov eax, fs:[0xff]', general),
  through('of 16 bits that expands down, over 64 KiB', 0x97, 0, 0xff, 'mov eax, fs:[0xfffe]', general),
  through('of 16 bits that expands down, up to 64 KiB', 0x97, 0, 0xff, 'mov eax, fs:[0xfffc]', FINE),
  through('that is read-only, written', 0x91, 4, 0xfff, 'mov dword fs:[0], 5', general),
  through('of code that is readable, read', 0x9b, 4, 0xfff, 'mov eax, fs:[0]', FINE),
  through('of code that is readable, written', 0x9b, 4, 0xfff, 'mov dword fs:[0], 5', general),
  through('over its limit, not touched', 0x93, 4, 0xff, 'lea eax, fs:[0x1000]', FINE),
  {
    name: 'segment CS written',
    manual: '6.5',
    world: 'flat32',
    code: `mov dword cs:[${p.DATA}], 5`,
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'segment CS that is not readable',
    manual: '6.5',
    world: 'flat32',
    setup: putDescriptor(SEGMENT, 0, 0xfffff, 0x99, 0xc),
    code: `jmp far ${SEGMENT}:.target\n.target: mov eax, cs:[${p.DATA}]`,
    expect: 'v=d e=0 ip=+{.target}',
  },
  {
    name: 'segment without descriptor, used',
    manual: '6.4.1',
    world: 'flat32',
    code: `mov eax, 3; mov fs, eax; .access: mov eax, fs:[0]`,
    expect: 'v=d e=0 ip=+{.access}',
  },
  {
    name: 'stack over its limit',
    manual: '6.3',
    world: 'flat32',
    setup: putDescriptor(SEGMENT, 0, 0x4fff, 0x93, 4),
    code: `mov eax, ${SEGMENT}; mov ss, eax; mov eax, [${p.DATA}]; .access: mov eax, [esp + 0x2000]; nop`,
    expect: 'v=c e=0 ip=+{.access}',
  },
  {
    name: 'code runs over its limit',
    manual: '6.3',
    world: 'flat32',
    setup: `mov edx, .last; sub edx, 1
      mov dword [${p.GDT + SEGMENT}], edx; mov dword [${p.GDT + SEGMENT + 4}], 0x409b00`,
    code: `jmp far ${SEGMENT}:.target\n.target: nop\n.last: nop`,
    show: 'v e ip cs',
    expect: 'v=d e=0 ip=+{.last} cs=88',
  },
  {
    name: 'jump over the limit of code',
    manual: 'vol. 2, JMP',
    world: 'flat32',
    setup: `mov dword [${p.GDT + SEGMENT}], .last; mov dword [${p.GDT + SEGMENT + 4}], 0x409b00`,
    code: `jmp far ${SEGMENT}:.target\n.target: jmp .beyond\n.last: nop\n.beyond: nop`,
    show: 'v e ip cs',
    expect: 'v=d e=0 ip=+{.target} cs=88',
  },
];

/** Loads a selector, with this descriptor at SEGMENT. */
function load(
  name: string,
  register: string,
  selector: number,
  descriptor: string,
  expect: string,
  more: Partial<PrivilegedCase> = {},
): PrivilegedCase {
  return {
    name: `load ${name}`,
    manual: 'vol. 2, MOV',
    world: 'flat32',
    setup: descriptor,
    code: `mov eax, ${selector}; .load: mov ${register}, eax`,
    expect: `${expect} ip=+{.load}`,
    ...more,
  };
}
const data = (access: number): string => putDescriptor(SEGMENT, 0, 0xfffff, access, 0xc);

const loads: PrivilegedCase[] = [
  load('DS, absent', 'ds', SEGMENT, data(0x13), 'v=b e=88'),
  load('DS, execute-only', 'ds', SEGMENT, data(0x99), 'v=d e=88'),
  load('DS, a system segment', 'ds', p.LDT_S, '', 'v=d e=48'),
  load('DS, beyond the GDT', 'ds', 0x1000, '', 'v=d e=1000'),
  load('DS, from no LDT', 'ds', 0xc, '', 'v=d e=c'),
  load('DS, of ring 0 at ring 3', 'ds', p.DATA32 | 3, '', 'v=d e=10', { world: 'user32' }),
  load('DS, of ring 0 with RPL 3', 'ds', p.DATA32 | 3, '', 'v=d e=10'),
  load('DS, conforming code of ring 0 at ring 3', 'ds', p.CONFORMING | 3, '', '', {
    ...{ world: 'user32', show: 'v ds', expect: 'v=3 ds=83' },
  }),
  load(
    'DS, of a 2-byte short GDT',
    'ds',
    p.FREE,
    `${data(0x93)}mov dword [${p.DATA}], ${p.FREE + 6 + (p.GDT % 0x10000) * 0x10000}; mov dword [${p.DATA + 4}], 0; lgdt [${p.DATA}]`,
    'v=d e=88',
  ),
  load('SS, null', 'ss', 0, '', 'v=d e=0'),
  load('SS, absent', 'ss', SEGMENT, data(0x13), 'v=c e=88'),
  load('SS, read-only', 'ss', SEGMENT, data(0x91), 'v=d e=88'),
  load('SS, code', 'ss', SEGMENT, data(0x9b), 'v=d e=88'),
  load('SS, of another DPL', 'ss', p.USER_DATA32 & 0xfff8, '', 'v=d e=58'),
  load('SS, of another RPL', 'ss', p.DATA32 | 1, '', 'v=d e=10'),
  load('SS, absent and of another RPL', 'ss', SEGMENT | 3, data(0x13), 'v=d e=88'),
  load('SS, null in 64-bit mode at ring 0', 'ss', 0, '', '', { world: 'long64', show: 'v ss', expect: 'v=3 ss=0' }),
  load('SS, null in 64-bit mode at ring 3', 'ss', 3, '', 'v=d e=0', { world: 'user64' }),
  {
    name: 'load CS by MOV',
    manual: 'vol. 2, MOV',
    world: 'flat32',
    code: 'db 0x8e, 0xc8',
    show: 'v ip',
    expect: 'v=6 ip=+0',
  },
  {
    name: 'load marks a segment accessed',
    manual: '3.4.5.1',
    world: 'flat32',
    setup: data(0x92),
    code: `mov eax, ${SEGMENT}; mov fs, eax`,
    show: `v type@${p.GDT + SEGMENT + 5}:1`,
    expect: 'v=3 type=93',
  },
  {
    name: 'load LDT, then from it',
    manual: '2.4.2',
    world: 'flat32',
    setup: put(p.LDT + 8, p.descriptor(0, 0xfffff, 0x93, 0xc)),
    code: `mov eax, ${p.LDT_S}; lldt ax; mov eax, 0xc; mov fs, eax; mov eax, 0x44; .beyond: mov fs, eax`,
    show: 'v e ip fs ldtr',
    expect: 'v=d e=44 ip=+{.beyond} fs=c ldtr=48',
  },
  {
    name: 'load LDT, absent',
    manual: 'vol. 2, LLDT',
    world: 'flat32',
    setup: putDescriptor(p.LDT_S, p.LDT, 0x3f, 0x02),
    code: `mov eax, ${p.LDT_S}; .load: lldt ax`,
    expect: 'v=b e=48 ip=+{.load}',
  },
  {
    name: 'load LDT from the LDT',
    manual: 'vol. 2, LLDT',
    world: 'flat32',
    code: `mov eax, ${p.LDT_S | 4}; .load: lldt ax`,
    expect: 'v=d e=4c ip=+{.load}',
  },
  {
    name: 'load task register, absent',
    manual: 'vol. 2, LTR',
    world: 'flat32',
    setup: putDescriptor(p.TSS_B_S, p.TSS_B, 0x67, 0x09),
    code: `mov eax, ${p.TSS_B_S}; .load: ltr ax`,
    expect: 'v=b e=68 ip=+{.load}',
  },
  {
    name: 'load task register, busy',
    manual: 'vol. 2, LTR',
    world: 'flat32',
    code: `mov eax, ${p.TSS_S}; .load: ltr ax`,
    expect: 'v=d e=30 ip=+{.load}',
  },
  {
    name: 'load task register, 16-bit task in long mode',
    manual: 'vol. 2, LTR',
    world: 'long64',
    code: `mov eax, ${p.TSS16_S}; .load: ltr ax`,
    expect: 'v=d e=70 ip=+{.load}',
  },
];

const real: PrivilegedCase[] = [
  {
    name: 'real mode, word over 64 KiB',
    manual: '21.1.1',
    world: 'real',
    code: 'mov ax, [0xffff]',
    show: 'v ip cs',
    expect: 'v=d ip=+0 cs=0',
  },
  {
    name: 'real mode, stack over 64 KiB',
    manual: '21.1.1',
    world: 'real',
    code: 'mov bp, 0xffff; .read: mov ax, [bp]',
    show: 'v ip',
    expect: 'v=c ip=+{.read}',
  },
  {
    name: 'real mode, far jump of 32 bits beyond 64 KiB',
    manual: 'vol. 2, JMP',
    world: 'real',
    code: 'o32 jmp far 0:0x10000',
    show: 'v ip',
    expect: 'v=d ip=+0',
  },
  {
    name: 'real mode, LLDT',
    manual: '21.1.3',
    world: 'real',
    code: 'db 0x0f, 0x00, 0xd0',
    show: 'v ip',
    expect: 'v=6 ip=+0',
  },
  {
    name: 'real mode, SYSENTER',
    manual: 'vol. 2, SYSENTER',
    world: 'real',
    code: 'sysenter',
    show: 'v ip',
    expect: 'v=d ip=+0',
  },
  {
    name: 'real mode, INT clears IF and TF',
    manual: '21.1.4',
    world: 'real',
    flags: 0x200,
    code: 'int 0x41',
    show: 'v ip cs fl esp hfl',
    expect: 'v=41 ip=+2 cs=0 fl=202 esp=3ffa hfl=2',
  },
];

export const SEGMENT_CASES: readonly PrivilegedCase[] = [...accesses, ...loads, ...real];
