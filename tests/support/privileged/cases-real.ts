import type { PrivilegedCase } from './case';
import { putDescriptor } from './descriptor-text';
import * as p from './places';

/** Real mode with segments of protected mode ("unreal"), segments of 16 bits, and what LAR, LSL, VERR and VERW say of each type. */

/** To protected mode and back, as memory managers do it: `selectors` by segment register. */
const visit = (segments: Readonly<Record<string, number>>, back: string): string => `
  lgdt [kept_gdt]
  mov eax, cr0; or al, 1; mov cr0, eax
  ${Object.entries(segments)
    .map(([segment, selector]) => `mov ax, ${selector}; mov ${segment}, ax`)
    .join('\n')}
  mov eax, cr0; and al, 0xfe; mov cr0, eax
  ${back}
`;
const HIGH = 0x200000;

const unreal: PrivilegedCase[] = [
  {
    name: 'unreal mode, a limit of 4 GiB stays',
    manual: '11.9.2: the hidden part of a segment register stays until it is loaded',
    world: 'real',
    code: `
      ${visit({ ds: p.DATA32, es: p.DATA32 }, 'mov ax, 0; mov ds, ax; mov es, ax')}
      mov esi, ${HIGH}; mov dword [esi], 0x12345678
      mov ebx, es:[esi]`,
    show: 'v ebx',
    expect: 'v=3 ebx=12345678',
  },
  {
    name: 'unreal mode, a string over 64 KiB',
    manual: '11.9.2',
    world: 'real',
    code: `
      ${visit({ ds: p.DATA32, es: p.DATA32 }, 'mov ax, 0; mov ds, ax; mov es, ax')}
      mov eax, 0xa5a5a5a5; mov edi, ${HIGH - 8}; mov ecx, 4; a32 rep stosd
      mov ebx, [edi - 4]`,
    show: 'v ebx edi ecx',
    expect: 'v=3 ebx=a5a5a5a5 edi=200008 ecx=0',
  },
  {
    name: 'unreal mode, interrupts leave data segments',
    manual: '21.1.4',
    world: 'real',
    setup: `mov dword [${0x60 * 4}], .handler`,
    code: `
      jmp .begin
      .handler: push ds; mov ax, 0x40; mov ds, ax; pop ds; iretw
      .begin:
      ${visit({ ds: p.DATA32 }, 'mov ax, 0; mov ds, ax')}
      int 0x60
      mov esi, ${HIGH}; mov dword [esi], 0x89abcdef; mov ebx, [esi]`,
    show: 'v ebx',
    expect: 'v=3 ebx=89abcdef',
  },
  {
    name: 'unreal mode, a small limit stays too',
    manual: '11.9.2',
    world: 'real',
    setup: putDescriptor(p.FREE, 0, 0xfff, 0x93),
    code: `
      ${visit({ fs: p.FREE }, 'mov ax, 0; mov fs, ax')}
      .read: mov al, fs:[0x1000]`,
    show: 'v ip',
    expect: 'v=d ip=+{.read}',
  },
  {
    name: 'unreal mode, a base beyond 1 MiB stays until the segment is loaded',
    manual: '11.9.2',
    world: 'real',
    setup: `${putDescriptor(p.FREE, HIGH, 0xffff, 0x93)}\nmov dword [${HIGH}], 0x76543210; mov dword [0x100], 0x1111`,
    code: `
      ${visit({ fs: p.FREE }, '')}
      mov ebx, fs:[0]
      mov ax, 0x10; mov fs, ax
      mov ecx, fs:[0]`,
    show: 'v ebx ecx',
    expect: 'v=3 ebx=76543210 ecx=1111',
  },
  {
    name: 'unreal mode, code is written by CS',
    manual: '21.1.1: in real mode segments have no types',
    world: 'real',
    code: 'mov word cs:[.word], 0x1234; mov bx, [.word]; jmp .over\n.word: dw 0\n.over:',
    show: 'v bx',
    expect: 'v=3 bx=1234',
  },
  {
    name: 'unreal mode ends in V86',
    manual: '21.2.1',
    world: 'v86',
    setup: `mov eax, ${p.DATA32}; mov fs, eax`,
    code: `mov esi, ${HIGH}; .read: mov al, fs:[esi]`,
    show: 'v e ip',
    expect: 'v=d e=0 ip=+{.read}',
  },
];

const small: PrivilegedCase[] = [
  {
    name: 'stack of 16 bits wraps',
    manual: '6.5 and vol. 1, 6.2.3',
    world: 'flat16',
    code: 'mov esp, 0x12340000; push 0x5678; mov ebx, esp; pop cx; mov edx, esp; mov esp, 0x4000',
    show: 'v ebx cx edx',
    expect: 'v=3 ebx=1234fffe cx=5678 edx=12340000',
  },
  {
    name: 'address of 16 bits wraps within its segment',
    manual: 'vol. 1, 3.3.7',
    world: 'flat16',
    setup: `mov dword [${p.DATA}], 0x11223344`,
    code: `mov bx, 0xfff0; mov si, ${p.DATA + 0x10}; mov eax, [bx + si]`,
    show: 'v eax',
    expect: 'v=3 eax=11223344',
  },
  {
    name: 'near call of 16 bits',
    manual: 'vol. 2, CALL',
    world: 'flat16',
    code: 'mov ecx, esp; call .near\n.back: jmp .over\n.near: sub ecx, esp; mov bx, ss:[esp]; sub bx, .back; ret\n.over:',
    show: 'v ecx bx',
    expect: 'v=3 ecx=2 bx=0',
  },
  {
    name: 'LOOP counts CX in 16-bit code, ECX where the address size says',
    manual: 'vol. 2, LOOP',
    world: 'flat16',
    code: 'mov ecx, 0x10001; loop .never; mov ebx, ecx; mov ecx, 0x10002; a32 loop .taken; jmp .over\n.taken: mov edx, ecx\n.never:\n.over:',
    show: 'v ebx edx',
    expect: 'v=3 ebx=10000 edx=10001',
  },
];

/** Descriptors of all 32 types: a bit for each that says yes, by LAR, LSL, VERR and VERW. */
function verify(bits: 32 | 64, dpl: 0 | 3): { setup: string; code: string } {
  const descriptor = p.FREE;
  return {
    setup: `
      mov dword [${p.GDT + descriptor}], 0xffff; mov dword [${p.GDT + descriptor + 4}], ${0x8000 | (dpl << 13)}
      mov dword [${p.GDT + descriptor + 8}], 0; mov dword [${p.GDT + descriptor + 12}], 0`,
    code: `
      mov ebp, 0
      .type:
      mov eax, ${descriptor | dpl}
      mov ecx, ebp; mov edx, 1; shl edx, cl
      lar ecx, eax; jne .no1; or [${p.DATA}], edx
      .no1: lsl ecx, eax; jne .no2; or [${p.DATA + 4}], edx
      .no2: verr ax; jne .no3; or [${p.DATA + 8}], edx
      .no3: verw ax; jne .no4; or [${p.DATA + 12}], edx
      .no4: inc byte [${p.GDT + descriptor + 5}]
      inc ebp; cmp ebp, 32; jb .type
      ${bits === 64 ? 'nop' : ''}`,
  };
}
const shown = `v lar@${p.DATA}:4 lsl@${p.DATA + 4}:4 verr@${p.DATA + 8}:4 verw@${p.DATA + 12}:4`;
const verifications: PrivilegedCase[] = [
  {
    name: 'every type by LAR, LSL, VERR and VERW',
    manual: 'vol. 2, LAR, table 3-51; LSL, table 3-54',
    world: 'flat32',
    ...verify(32, 0),
    show: shown,
    expect: 'v=3 lar=ffff1a3e lsl=ffff0a0e verr=ccff0000 verw=cc0000',
  },
  {
    name: 'every type of ring 0 by LAR, LSL, VERR and VERW at ring 3',
    manual: 'vol. 2, LAR and LSL: conforming code alone is open to all',
    world: 'user32',
    ...verify(32, 0),
    show: shown,
    expect: 'v=3 lar=f0000000 lsl=f0000000 verr=c0000000 verw=0',
  },
  {
    name: 'every type by LAR, LSL, VERR and VERW in long mode',
    manual: 'vol. 2, LAR, table 3-51; LSL, table 3-54',
    world: 'long64',
    ...verify(64, 0),
    show: shown,
    expect: 'v=3 lar=ffff1a04 lsl=ffff0a04 verr=ccff0000 verw=cc0000',
  },
];

export const REAL_CASES: readonly PrivilegedCase[] = [...unreal, ...small, ...verifications];
