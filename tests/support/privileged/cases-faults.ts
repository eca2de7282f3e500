import type { PrivilegedCase } from './case';
import { putDescriptor, putLongVector, putVector } from './descriptor-text';
import * as p from './places';

/** Faults while a fault is delivered (Intel SDM vol. 3, table 7-5), and what faults leave. */

const absentPage = (page: number): string => `mov dword [${p.WINDOW_PT32 + 4 * page}], 0\n`;
/** Ring 1's stack lies on a page that is not there. */
const BAD_STACK1 = `${absentPage(1)}mov dword [${p.TSS + 12}], ${p.WINDOW + 0x1800}\n`;
const NO_STACK1 = `mov dword [${p.TSS + 16}], 0\n`;
const RING1 = p.CODE_RING1 & 0xfff8;

const doubles: PrivilegedCase[] = [
  {
    name: 'double fault by #NP after #GP',
    manual: '7.15, table 7-5',
    world: 'user32',
    setup: putVector(13, p.CODE32, '.end', 0x0e),
    code: 'nop; hlt',
    show: 'v e ip cs sp ss',
    expect: 'v=8 e=0 ip=+1 cs=53 sp=5000 ss=5b',
  },
  {
    name: 'double fault by #NP after #DE',
    manual: '7.15, table 7-5',
    world: 'flat32',
    setup: putVector(0, p.CODE32, '.end', 0x0e),
    code: '.divide: div ecx',
    show: 'v e ip cs',
    expect: 'v=8 e=0 ip=+{.divide} cs=8',
  },
  {
    name: 'double fault by #TS after #GP',
    manual: '7.15, table 7-5',
    world: 'user32',
    setup: NO_STACK1 + putVector(13, RING1, '.end'),
    code: 'hlt',
    expect: 'v=8 e=0 ip=+0',
  },
  {
    name: 'double fault by #GP after #PF',
    manual: '7.15, table 7-5',
    world: 'user32',
    paging: '32',
    setup: absentPage(2) + putVector(14, p.DATA32, '.end'),
    code: `mov eax, [${p.WINDOW + 0x2004}]`,
    show: 'v e ip cr2',
    expect: 'v=8 e=0 ip=+0 cr2=402004',
  },
  {
    name: 'double fault by #PF after #PF',
    manual: '7.15, table 7-5',
    world: 'user32',
    paging: '32',
    setup: BAD_STACK1 + absentPage(2) + putVector(14, RING1, '.end'),
    code: `mov eax, [${p.WINDOW + 0x2004}]`,
    show: 'v e ip cr2',
    expect: 'v=8 e=0 ip=+0 cr2=4017fc',
  },
  {
    name: 'serial faults, #PF after #GP',
    manual: '7.15, table 7-5',
    world: 'user32',
    paging: '32',
    setup: BAD_STACK1 + putVector(13, RING1, '.end'),
    code: 'hlt',
    show: 'v e ip cs cr2',
    expect: 'v=e e=2 ip=+0 cs=53 cr2=4017fc',
  },
  {
    name: 'serial faults, #NP after #UD',
    manual: '7.15, table 7-5',
    world: 'flat32',
    setup: putVector(6, p.CODE32, '.end', 0x0e),
    code: 'db 0x0f, 0x0b',
    expect: 'v=b e=33 ip=+0',
  },
  {
    name: 'serial faults, #TS after an interrupt',
    manual: '7.15, table 7-5',
    world: 'user32',
    setup: NO_STACK1 + putVector(0x41, RING1, '.end'),
    code: 'int 0x41',
    expect: 'v=a e=0 ip=+0',
  },
  {
    name: 'serial faults, #PF after #NP',
    manual: '7.15, table 7-5',
    world: 'user32',
    paging: '32',
    setup: BAD_STACK1 + putDescriptor(p.FREE, 0, 0xfffff, 0x73, 0xc) + putVector(11, RING1, '.end'),
    code: `mov eax, ${p.FREE | 3}\n.load: mov ds, eax`,
    show: 'v e ip cr2',
    expect: 'v=e e=2 ip=+{.load} cr2=4017fc',
  },
  {
    name: 'double fault through a task gate',
    manual: '7.15',
    world: 'user32',
    setup: `
      mov dword [${p.TSS_B + 32}], stub32_8
      ${putVector(8, p.TSS_B_S, '0', 0x85)}
      ${putVector(13, p.CODE32, '.end', 0x0e)}
      mov dword [${p.TSS + 8}], 0`,
    code: 'hlt',
    show: `v e tr esp saved@${p.TSS + 32}:4`,
    expect: 'v=8 e=0 tr=68 esp=5ffc saved={=.code}',
  },
  {
    name: 'double fault in 64-bit mode on a stack of its own',
    manual: '7.14.5',
    world: 'user64',
    setup: putLongVector(13, p.CODE64, '.end', 0x0e) + putLongVector(8, p.CODE64, 'stub64_8', 0x8e, 1),
    code: 'hlt',
    show: 'v e ip cs sp rsp',
    expect: 'v=8 e=0 ip=+0 cs=63 sp=5000 rsp=57d0',
  },
  {
    name: 'stack fault while #GP is delivered in 64-bit mode',
    manual: '7.15, table 7-5',
    world: 'long64',
    setup: putLongVector(8, p.CODE64, 'stub64_8', 0x8e, 1),
    code: 'mov rsp, 0x800000001000\n.fault: mov eax, [rsp]',
    show: 'v e ip sp rsp',
    expect: 'v=8 e=0 ip=+{.fault} sp=800000001000 rsp=57d0',
  },
];

const CR0_AM = 0x40000;
const AC = 0x40000;
const left: PrivilegedCase[] = [
  {
    name: 'alignment check at ring 3',
    manual: '7.15, #AC',
    world: 'user32',
    cr0: CR0_AM,
    flags: AC,
    code: `mov eax, [${p.DATA}]; .fault: mov eax, [${p.DATA + 2}]`,
    show: 'v e ip fl',
    expect: 'v=11 e=0 ip=+{.fault} fl=50002',
  },
  {
    name: 'alignment check needs CR0.AM',
    manual: '7.15, #AC',
    world: 'user32',
    flags: AC,
    code: `mov eax, [${p.DATA + 2}]`,
    show: 'v fl',
    expect: 'v=3 fl=40002',
  },
  {
    name: 'alignment check is not for ring 0',
    manual: '7.15, #AC',
    world: 'flat32',
    cr0: CR0_AM,
    flags: AC,
    code: `mov eax, [${p.DATA + 2}]`,
    show: 'v fl',
    expect: 'v=3 fl=40002',
  },
  {
    name: 'instruction of 16 bytes',
    manual: '7.15, #GP',
    world: 'flat32',
    code: 'db 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x90',
    expect: 'v=d e=0 ip=+0',
  },
  {
    name: 'device not available',
    manual: '7.15, #NM',
    world: 'flat32',
    cr0: 8,
    code: 'db 0xd9, 0xe8',
    show: 'v e ip fl',
    expect: 'v=7 e=- ip=+0 fl=10002',
  },
  {
    name: 'WAIT with TS alone',
    manual: '2.5, CR0.MP',
    world: 'flat32',
    cr0: 8,
    code: 'db 0x9b',
    show: 'v ip',
    expect: 'v=3 ip=+2',
  },
  {
    name: 'WAIT with TS and MP',
    manual: '2.5, CR0.MP',
    world: 'flat32',
    cr0: 0xa,
    code: 'db 0x9b',
    show: 'v ip',
    expect: 'v=7 ip=+0',
  },
  {
    name: 'EMMS with TS',
    manual: '7.15, #NM',
    world: 'flat32',
    cr0: 8,
    code: 'db 0x0f, 0x77',
    show: 'v ip',
    expect: 'v=7 ip=+0',
  },
  {
    name: 'EMMS with EM',
    manual: '13.1, table 13-1',
    world: 'flat32',
    cr0: 4,
    code: 'db 0x0f, 0x77',
    show: 'v ip',
    expect: 'v=6 ip=+0',
  },
  {
    name: 'SSE without OSFXSR',
    manual: '14.1',
    world: 'flat32',
    code: 'db 0x0f, 0x57, 0xc0',
    show: 'v ip',
    expect: 'v=6 ip=+0',
  },
  {
    name: 'SSE with OSFXSR and TS',
    manual: '14.1',
    world: 'flat32',
    cr4: 0x200,
    cr0: 8,
    code: 'db 0x0f, 0x57, 0xc0',
    show: 'v ip',
    expect: 'v=7 ip=+0',
  },
];

/** Writes to control registers that #GP refuses. */
function control(name: string, code: string, expect: string, more: Partial<PrivilegedCase> = {}): PrivilegedCase {
  return {
    name: `control register, ${name}`,
    manual: 'vol. 2, MOV (control registers)',
    world: 'flat32',
    code,
    expect,
    ...more,
  };
}

const refusedAt = 'v=d e=0 ip=+{.fault}';
const controls: PrivilegedCase[] = [
  control('PG without PE', 'mov eax, 0x80000010; .fault: mov cr0, eax', refusedAt),
  control('NW without CD', 'mov eax, 0x20000011; .fault: mov cr0, eax', refusedAt),
  control('a reserved bit of CR4', 'mov eax, 0x80000000; .fault: mov cr4, eax', refusedAt),
  control('PCIDE outside long mode', 'mov eax, 0x20000; .fault: mov cr4, eax', refusedAt),
  control('PAE off in long mode', 'mov rax, 0; .fault: mov cr4, rax', refusedAt, { world: 'long64' }),
  control('LA57 on in long mode', 'mov rax, cr4; or rax, 0x1000; .fault: mov cr4, rax', refusedAt, { world: 'long64' }),
  control('paging off in 64-bit mode', 'mov rax, 0x11; .fault: mov cr0, rax', refusedAt, { world: 'long64' }),
  control('the upper half of CR0', 'mov rax, 0x180000011; .fault: mov cr0, rax', refusedAt, { world: 'long64' }),
  control(
    'PCIDE with a PCID',
    `mov rax, ${p.PML4 + 1}; mov cr3, rax; mov rax, 0x20020; .fault: mov cr4, rax`,
    refusedAt,
    {
      world: 'long64',
    },
  ),
  control('long mode without PAE', 'mov eax, 0x80000011; .fault: mov cr0, eax', refusedAt, { efer: 0x100 }),
  control('CR3 above the physical addresses', 'mov rax, 0x8000000000000; .fault: mov cr3, rax', refusedAt, {
    world: 'long64',
  }),
  control('CR8 above 15', 'mov eax, 16; .fault: db 0x44, 0x0f, 0x22, 0xc0', refusedAt, { world: 'long64' }),
  control('CR1', 'db 0x0f, 0x20, 0xc8', 'v=6 e=- ip=+0'),
  control('at ring 3', 'mov eax, cr0', 'v=d e=0 ip=+0', { world: 'user32' }),
  control('a reserved bit of EFER', 'mov ecx, 0xc0000080; mov eax, 0x10000; .fault: wrmsr', refusedAt),
  control('LME while paging', 'mov ecx, 0xc0000080; mov eax, 0; .fault: wrmsr', refusedAt, { world: 'long64' }),
  control('an MSR that is not there', 'mov ecx, 0x12345678; .fault: rdmsr', refusedAt),
  control('FS base that is not canonical', 'mov ecx, 0xc0000100; mov edx, 0x1000000; .fault: wrmsr', refusedAt, {
    world: 'long64',
  }),
];

export const FAULT_CASES: readonly PrivilegedCase[] = [...doubles, ...left, ...controls];
