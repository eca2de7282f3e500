import type { PrivilegedCase } from './case';
import * as p from './places';

/** SYSCALL, SYSRET, SYSENTER and SYSEXIT (Intel SDM vol. 3, 6.8.7 and 6.8.8). */

const SCE = 1;
const msr = (index: number, low: number | string, high = 0): string =>
  `mov ecx, ${index}; mov eax, ${low}; mov edx, ${high}; wrmsr\n`;
const STAR = msr(0xc0000081, 0, (p.FAST + 0x10 + 3) * 0x10000 + p.FAST);
const SYSCALL = STAR + msr(0xc0000082, '.target') + msr(0xc0000084, 0x601);
const SYSENTER = msr(0x174, p.FAST) + msr(0x175, p.STACK0) + msr(0x176, '.target');
/** User code at a low address, started by ring 0. */
const OPEN = 'call user_pages\n';
const long = { manual: '6.8.8', efer: SCE } as const;

export const FAST_CALL_CASES: readonly PrivilegedCase[] = [
  {
    name: 'SYSCALL',
    ...{ ...long, world: 'user64', flags: 0x203, setup: SYSCALL, code: 'syscall\n.after: nop\n.target: mov rbx, r11' },
    ...{ show: 'v cs fl sp ss rcx rbx', expect: 'v=3 cs=140 fl=2 sp=5000 ss=148 rcx={=.after} rbx=203' },
  },
  {
    name: 'SYSCALL without SCE',
    ...{ manual: 'vol. 2, SYSCALL', world: 'user64', code: 'syscall', show: 'v ip', expect: 'v=6 ip=+0' },
  },
  {
    name: 'SYSCALL in compatibility mode',
    ...{ ...long, world: 'compat3', setup: SYSCALL, code: 'syscall\n.target:', show: 'v ip', expect: 'v=6 ip=+0' },
  },
  {
    name: 'SYSRET to 64-bit code',
    ...{
      ...long,
      world: 'long64',
      setup: OPEN + STAR,
      code: 'mov rcx, .target; mov r11, 0x3202; o64 sysret\n.target:',
    },
    ...{ show: 'v cs fl sp ss', expect: 'v=3 cs=163 fl=3202 sp=4000 ss=15b' },
  },
  {
    name: 'SYSRET to 32-bit code',
    ...{ ...long, world: 'long64', setup: OPEN + STAR },
    code: 'mov rcx, .target; mov r11, 2; o32 sysret; bits 32\n.target: db 0x40, 0xcc',
    ...{ show: 'v cs sp ss eax', expect: 'v=3 cs=153 sp=4000 ss=15b eax=1' },
  },
  {
    name: 'SYSRET to no canonical address',
    ...{ ...long, world: 'long64', setup: OPEN + STAR, code: 'mov rcx, 0x800000000000; .ret: o64 sysret' },
    ...{ show: 'v e ip cs', expect: 'v=d e=0 ip=+{.ret} cs=28' },
  },
  {
    name: 'SYSRET at ring 3',
    ...{ ...long, world: 'user64', code: 'o64 sysret', expect: 'v=d e=0 ip=+0' },
  },
  {
    name: 'SYSRET drops RF and VM',
    ...{
      ...long,
      world: 'long64',
      setup: OPEN + STAR,
      code: 'mov rcx, .target; mov r11, 0x30003; o64 sysret\n.target:',
    },
    ...{ show: 'v fl', expect: 'v=3 fl=3' },
  },
  {
    name: 'SYSENTER from 32-bit code',
    ...{ manual: '6.8.7', world: 'user32', flags: 0x203, setup: SYSENTER, code: 'sysenter\n.target:' },
    ...{ show: 'v cs fl esp hss', expect: 'v=3 cs=140 fl=3 esp=3ff4 hss=148' },
  },
  {
    name: 'SYSENTER from 64-bit code',
    ...{ manual: '6.8.7', world: 'user64', flags: 0x203, setup: SYSENTER, code: 'sysenter\n.target:' },
    ...{ show: 'v cs fl sp ss', expect: 'v=3 cs=140 fl=3 sp=4000 ss=148' },
  },
  {
    name: 'SYSENTER from V86',
    ...{
      manual: '6.8.7',
      world: 'v86',
      setup: SYSENTER,
      code: 'sysenter\n.after: nop\nbits 32\n.target: db 0x40, 0xcc',
    },
    ...{ show: 'v cs fl eax', expect: 'v=3 cs=140 fl=2 eax=1' },
  },
  {
    name: 'SYSENTER without a code segment',
    ...{ manual: 'vol. 2, SYSENTER', world: 'user32', setup: msr(0x174, 3), code: 'sysenter', expect: 'v=d e=0 ip=+0' },
  },
  {
    name: 'SYSEXIT to 32-bit code',
    ...{ manual: '6.8.7', world: 'flat32', setup: SYSENTER },
    code: `mov ecx, ${p.USER_STACK}; mov edx, .target; sysexit\n.target:`,
    ...{ show: 'v cs sp ss', expect: 'v=3 cs=153 sp=5000 ss=15b' },
  },
  {
    name: 'SYSEXIT to 64-bit code',
    ...{ manual: '6.8.7', world: 'long64', setup: OPEN + SYSENTER },
    code: `mov ecx, ${p.USER_STACK}; mov edx, .target; o64 sysexit\n.target:`,
    ...{ show: 'v cs sp ss', expect: 'v=3 cs=163 sp=5000 ss=16b' },
  },
  {
    name: 'SYSEXIT at ring 3',
    ...{
      manual: 'vol. 2, SYSEXIT',
      world: 'user32',
      setup: SYSENTER,
      code: 'sysexit\n.target:',
      expect: 'v=d e=0 ip=+0',
    },
  },
];
