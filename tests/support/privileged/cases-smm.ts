import type { PrivilegedCase } from './case';
import * as p from './places';

/**
 * System management mode (Intel SDM vol. 3, chapter 32). The local APIC sends the SMI to its own CPU, so no chipset is needed for that;
 * the handler lies at both places where SMBASE may be: after a reset, and where firmware of a 440FX puts it.
 */

const SEEN = p.DATA; // how often the handler ran
const EAX = p.DATA + 4;
const CR0 = p.DATA + 8;
const FLAGS = p.DATA + 12;
const CR4 = p.DATA + 16;
const DR7 = p.DATA + 20;
const FAR = p.DATA + 24;
const REVISION = p.DATA + 28;
const OLD_BASE = p.DATA + 32;
const SECOND = p.DATA + 36;
/** As in AMD64 map, which CPUs with long mode have. */
const SMBASE_SLOT = 0xff00;
const REVISION_SLOT = 0xfefc;
const APIC = 0xfee00000;
const ICR = 0x300;
/** Delivery mode SMI to APIC 0: the shorthand for oneself is not for SMIs (table 12-3). */
const SMI_TO_FIRST = 0x200;
const HANDLERS = [0x38000, 0xa8000];
const MOVED = 0x50000;
/** A low page that no image reaches: the local APIC with paging. */
const APIC_PAGE = 0xe000;

const HANDLER = `
  mov [${EAX}], eax
  mov eax, cr0; mov [${CR0}], eax
  o32 pushf; o32 pop eax; mov [${FLAGS}], eax
  mov eax, cr4; mov [${CR4}], eax
  mov eax, dr7; mov [${DR7}], eax
  mov eax, 0x100000; a32 mov eax, [eax]; mov dword [${FAR}], 1
  mov eax, cs:[${REVISION_SLOT}]; and eax, 0x2ffff; mov [${REVISION}], eax
  mov ebx, 0x99; mov edx, 0x88
  inc byte [${SEEN}]
`;

/** Puts a handler at its places, with SMRAM of the 440FX open meanwhile. */
const install = (handler: string, more: readonly (readonly [label: string, at: number])[] = []): string => `
  jmp .install
  bits 16
  .handler: ${handler}
  rsm
  .handler_end:
  bits 32
  .install:
  mov edx, 0xcf8; mov eax, 0x80000070; out dx, eax
  mov edx, 0xcfe; mov al, 0x4a; out dx, al
  ${HANDLERS.map((at) => `mov esi, .handler; mov edi, ${at}; mov ecx, .handler_end - .handler; rep movsb`).join('\n')}
  mov al, 0x0a; out dx, al
  ${more.map(([label, at]) => `mov esi, ${label}; mov edi, ${at}; mov ecx, ${label}_end - ${label}; rep movsb`).join('\n')}
  mov dword [${APIC + 0xf0}], 0x1ff
  mov dword [${p.PT32 + 4 * (APIC_PAGE >> 12)}], ${APIC + 0x17}
  mov dword [${p.PT64 + 8 * (APIC_PAGE >> 12)}], ${APIC + 0x17}
`;

/** Sends the SMI, and waits for its handler for a while. */
const send = (icr: number, count = 1): string => `
  mov ecx, 10000
  mov dword [${icr + 0x10}], 0; mov dword [${icr}], ${SMI_TO_FIRST}
  .wait${count}: cmp byte [${SEEN}], ${count}; je .seen${count}; dec ecx; jne .wait${count}
  .seen${count}:
`;
const SMI = send(APIC + ICR);
const SMI_PAGED = send(APIC_PAGE + ICR);
const KEPT = 'mov ebx, 0x1234; mov edx, 0x5678';

const moved = `
  jmp .skip
  bits 16
  .second: mov eax, [${OLD_BASE}]; mov cs:[${SMBASE_SLOT}], eax; mov dword [${SECOND}], 7; inc byte [${SEEN}]; rsm
  .second_end:
  bits 32
  .skip:
`;

export const SMM_CASES: readonly PrivilegedCase[] = [
  {
    name: 'SMI from 32-bit code',
    manual: '32.5.1, table 32-4',
    world: 'flat32',
    flags: 0x4001,
    setup: `${install(HANDLER)}\nmov eax, 0x600; mov dr7, eax`,
    code: `${KEPT}\n${SMI}`,
    show: `v ebx edx seen@${SEEN}:1 smmcr0@${CR0}:4 smmfl@${FLAGS}:4 smmcr4@${CR4}:4 smmdr7@${DR7}:4 far@${FAR}:1`,
    expect: 'v=3 ebx=1234 edx=5678 seen=1 smmcr0=10 smmfl=2 smmcr4=0 smmdr7=400 far=1',
  },
  {
    name: 'SMI and debug registers afterwards',
    manual: '32.5.1, 32.4.1',
    world: 'flat32',
    setup: `${install(HANDLER)}\nmov eax, 0x600; mov dr7, eax`,
    code: `${SMI}\nmov eax, dr7`,
    show: `v eax seen@${SEEN}:1`,
    expect: 'v=3 eax=600 seen=1',
  },
  {
    name: 'SMI at ring 3',
    manual: '32.6',
    world: 'user32',
    flags: 0x200,
    setup: install(HANDLER),
    code: `${KEPT}\n${SMI}\nstc`,
    show: `v cs fl sp ss ebx seen@${SEEN}:1`,
    expect: 'v=3 cs=53 fl=247 sp=5000 ss=5b ebx=1234 seen=1',
  },
  {
    name: 'SMI with 32-bit paging',
    manual: '32.6',
    world: 'user32',
    paging: '32',
    cr4: 0x10,
    setup: `${install(HANDLER)}\nmov dword [${p.WINDOW_PAGES}], 0x4321`,
    code: `${SMI_PAGED}\nmov eax, [${p.WINDOW}]`,
    show: `v cs eax cr0 smmcr0@${CR0}:4 smmcr4@${CR4}:4 seen@${SEEN}:1`,
    expect: 'v=3 cs=53 eax=4321 cr0=80000011 smmcr0=10 smmcr4=0 seen=1',
  },
  {
    name: 'SMI in 64-bit mode',
    manual: '32.6',
    world: 'user64',
    setup: `${install(HANDLER)}\nmov dword [${p.WINDOW_PAGES}], 0x4321`,
    code: `mov rbx, 0x1234567890; ${SMI_PAGED}\nmov eax, [${p.WINDOW}]`,
    show: `v cs sp ss eax rbx cr0 smmcr0@${CR0}:4 rev@${REVISION}:4 seen@${SEEN}:1`,
    expect: 'v=3 cs=63 sp=5000 ss=5b eax=4321 rbx=1234567890 cr0=80000011 smmcr0=10 rev=20064 seen=1',
  },
  {
    name: 'SMI in virtual-8086 mode',
    manual: '32.6',
    world: 'v86',
    paging: '32',
    setup: install(HANDLER),
    code: `mov bx, 0x1234; ${SMI_PAGED}`,
    show: `v cs ss sp bx seen@${SEEN}:1 smmcr0@${CR0}:4`,
    expect: 'v=3 cs=0 ss=0 sp=5000 bx=1234 seen=1 smmcr0=10',
  },
  {
    name: 'SMBASE is moved',
    manual: '32.11',
    world: 'flat32',
    setup: `${moved}${install(`${HANDLER}\nmov eax, cs:[${SMBASE_SLOT}]; mov [${OLD_BASE}], eax; mov dword cs:[${SMBASE_SLOT}], ${MOVED}`, [['.second', MOVED + 0x8000]])}`,
    code: `${SMI}\n${send(APIC + ICR, 2)}\n${send(APIC + ICR, 3)}`,
    show: `v seen@${SEEN}:1 second@${SECOND}:1`,
    expect: 'v=3 seen=3 second=7',
  },
  { name: 'RSM outside', manual: 'vol. 2, RSM', world: 'flat32', code: 'rsm', show: 'v ip', expect: 'v=6 ip=+0' },
];
