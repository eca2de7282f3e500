import type { PrivilegedCase } from './case';
import { putDescriptor } from './descriptor-text';
import * as p from './places';

/** SMEP, SMAP, protection keys, UMIP, and the other bits of control registers that take things from programs (Intel SDM vol. 3, 2.5, 5.6, 6.9). */

const PAGE1 = p.WINDOW + 0x1000;
const PHYSICAL1 = p.WINDOW_PAGES + 0x1000;
const PTE1 = p.WINDOW_PT64 + 8;
const UMIP = 0x800;
const SMEP = 0x100000;
const SMAP = 0x200000;
const PKE = 0x400000;
const AC = 0x40000;
const WP = 0x10000;
const READ = `mov eax, [${PAGE1}]`;
const WRITE = `mov dword [${PAGE1}], 5`;
const GO = `mov rax, ${PAGE1}; jmp rax`;
/** Only the window is the user's there. */
const TO_USER = `push ${p.USER_DATA32}; push ${p.USER_STACK}; push 2; push ${p.USER_CODE64}; push ${PAGE1}; iretq`;
const INT3 = `mov byte [${PHYSICAL1}], 0xcc\n`;
const SUPERVISOR = `mov dword [${PTE1}], ${PHYSICAL1 + 3}\n`;
const STAC = 'db 0x0f, 0x01, 0xcb';
const fault = { show: 'v e cr2' } as const;

const smap: PrivilegedCase[] = [
  {
    name: 'SMEP, fetch from a page of the user',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMEP, setup: INT3, code: GO, ...fault },
    expect: 'v=e e=11 cr2=401000',
  },
  {
    name: 'SMEP, fetch from a page of the kernel',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMEP, setup: INT3 + SUPERVISOR, code: GO },
    ...{ show: 'v q0', expect: 'v=3 q0=401001' },
  },
  {
    name: 'SMEP, fetch from a page of the user at ring 3',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMEP, setup: INT3, code: TO_USER },
    ...{ show: 'v q0 cs', expect: 'v=3 q0=401001 cs=63' },
  },
  {
    name: 'SMEP with 32-bit paging',
    ...{ manual: '5.6.1', world: 'flat32', paging: '32', cr4: SMEP, setup: INT3 },
    ...{ code: `mov eax, ${PAGE1}; jmp eax`, ...fault, expect: 'v=e e=11 cr2=401000' },
  },
  {
    name: 'SMAP, read of a page of the user',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMAP, code: READ, ...fault },
    expect: 'v=e e=1 cr2=401000',
  },
  {
    name: 'SMAP, write to a page of the user',
    ...{ manual: '5.6.1', world: 'flat32', paging: '32', cr4: SMAP, code: WRITE, ...fault },
    expect: 'v=e e=3 cr2=401000',
  },
  {
    name: 'SMAP with AC',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMAP, flags: AC, code: READ, show: 'v fl', expect: 'v=3 fl=40002' },
  },
  {
    name: 'SMAP, STAC and CLAC',
    ...{ manual: '5.6.1', world: 'long64', cr4: SMAP, code: `${STAC}\n${READ}\ndb 0x0f, 0x01, 0xca\n.again: ${READ}` },
    ...{ show: 'v e ip fl', expect: 'v=e e=1 ip=+{.again} fl=10002' },
  },
  {
    name: 'SMAP, read at ring 3',
    // 8B 04 25 disp32 reads the page itself; INT3
    ...{ manual: '5.6.1', world: 'long64', cr4: SMAP, code: TO_USER },
    setup: `mov dword [${PHYSICAL1}], 0x25048b; mov dword [${PHYSICAL1 + 4}], ${0xcc000000 + (PAGE1 >> 8)}`,
    ...{ show: 'v q0 eax', expect: 'v=3 q0=401008 eax=25048b' },
  },
  {
    name: "SMAP, the CPU's own access to a descriptor in spite of AC",
    ...{ manual: '5.6.1', world: 'flat32', paging: '32', cr4: SMAP, flags: AC },
    setup: putDescriptor(p.LDT_S, PAGE1, 0x3f, 0x82),
    code: `mov eax, ${p.LDT_S}; lldt ax; mov eax, 0xc; .load: mov fs, eax`,
    ...{ show: 'v e cr2', expect: 'v=e e=1 cr2=401008' },
  },
  { name: 'STAC at ring 3', manual: 'vol. 2, STAC', world: 'user64', code: STAC, show: 'v ip', expect: 'v=6 ip=+0' },
];

/** The window's page 1 has key 1. */
const KEY1 = `mov dword [${PTE1 + 4}], 0x8000000\n`;
const rights = (value: number): string => `mov ecx, 0; mov edx, 0; mov eax, ${value}; db 0x0f, 0x01, 0xef\n`;
const PKU = { manual: '5.6.2', cr4: PKE, setup: KEY1 } as const;
const keys: PrivilegedCase[] = [
  {
    name: 'protection key forbids access',
    ...{ ...PKU, world: 'user64', code: `${rights(4)}${READ}`, ...fault, expect: 'v=e e=25 cr2=401000' },
  },
  {
    name: 'protection key forbids writes',
    ...{ ...PKU, world: 'user64', code: `${rights(8)}${READ}\n.write: ${WRITE}` },
    ...{ show: 'v e ip', expect: 'v=e e=27 ip=+{.write}' },
  },
  {
    name: "protection key forbids access to the user's page at ring 0",
    ...{ ...PKU, world: 'long64', code: `${rights(4)}${READ}`, ...fault, expect: 'v=e e=21 cr2=401000' },
  },
  {
    name: 'protection key forbids writes at ring 0 with WP alone',
    ...{ ...PKU, world: 'long64', code: `${rights(8)}${WRITE}`, show: 'v', expect: 'v=3' },
  },
  {
    name: 'protection key forbids writes at ring 0',
    ...{ ...PKU, world: 'long64', cr0: WP, code: `${rights(8)}${WRITE}`, ...fault, expect: 'v=e e=23 cr2=401000' },
  },
  {
    name: "protection key is not for the kernel's pages",
    ...{ ...PKU, world: 'long64', setup: SUPERVISOR + KEY1, code: `${rights(4)}${READ}`, show: 'v', expect: 'v=3' },
  },
  {
    name: 'protection key is not for fetches',
    ...{
      ...PKU,
      world: 'user64',
      setup: INT3 + KEY1,
      code: `${rights(4)}${GO}`,
      show: 'v q0',
      expect: 'v=3 q0=401001',
    },
  },
  {
    name: 'protection key on a page that is not writable',
    ...{ ...PKU, world: 'user64', setup: `mov dword [${PTE1}], ${PHYSICAL1 + 5}\n${KEY1}` },
    ...{ code: `${rights(8)}${WRITE}`, ...fault, expect: 'v=e e=27 cr2=401000' },
  },
  {
    name: 'protection key on a page that is absent',
    ...{ ...PKU, world: 'user64', setup: `mov dword [${PTE1}], 0\n${KEY1}` },
    ...{ code: `${rights(4)}${READ}`, ...fault, expect: 'v=e e=4 cr2=401000' },
  },
  {
    name: 'RDPKRU without PKE',
    ...{ manual: 'vol. 2, RDPKRU', world: 'user64', code: 'mov ecx, 0; db 0x0f, 0x01, 0xee' },
    ...{ show: 'v ip', expect: 'v=6 ip=+5' },
  },
  {
    name: 'RDPKRU with ECX',
    ...{ manual: 'vol. 2, RDPKRU', world: 'user64', cr4: PKE, code: 'mov ecx, 1; db 0x0f, 0x01, 0xee' },
    expect: 'v=d e=0 ip=+5',
  },
];

const umip = ['sgdt', 'sidt'].map(
  (name): PrivilegedCase => ({
    name: `UMIP, ${name.toUpperCase()} at ring 3`,
    ...{ manual: '2.5, CR4.UMIP', world: 'user32', cr4: UMIP, code: `${name} [${p.DATA}]`, expect: 'v=d e=0 ip=+0' },
  }),
);
const STORES: ReadonlyArray<readonly [name: string, code: string]> = [
  ['SLDT', 'sldt eax'],
  ['STR', 'str eax'],
  ['SMSW', 'smsw eax'],
];
const taken: PrivilegedCase[] = [
  ...umip,
  ...STORES.map(
    ([name, code]): PrivilegedCase => ({
      name: `UMIP, ${name} at ring 3`,
      ...{ manual: '2.5, CR4.UMIP', world: 'user64', cr4: UMIP, code, expect: 'v=d e=0 ip=+0' },
    }),
  ),
  {
    name: 'UMIP, SMSW at ring 0',
    ...{ manual: '2.5, CR4.UMIP', world: 'flat32', cr4: UMIP, code: 'smsw eax', show: 'v eax', expect: 'v=3 eax=11' },
  },
  {
    name: 'UMIP, SMSW in V86',
    ...{ manual: '2.5, CR4.UMIP', world: 'v86', cr4: UMIP, code: 'smsw ax', expect: 'v=d e=0 ip=+0' },
  },
  {
    name: 'RDTSC with TSD at ring 3',
    ...{ manual: '2.5, CR4.TSD', world: 'user32', cr4: 4, code: 'rdtsc', expect: 'v=d e=0 ip=+0' },
  },
  {
    name: 'RDTSC with TSD at ring 0',
    ...{ manual: '2.5, CR4.TSD', world: 'flat32', cr4: 4, code: 'rdtsc', show: 'v ip', expect: 'v=3 ip=+3' },
  },
  { name: 'RDPMC at ring 3', manual: '2.5, CR4.PCE', world: 'user32', code: 'rdpmc', expect: 'v=d e=0 ip=+0' },
  {
    name: 'RDFSBASE without FSGSBASE',
    ...{ manual: '2.5, CR4.FSGSBASE', world: 'user64', code: 'db 0xf3, 0x0f, 0xae, 0xc0' },
    ...{ show: 'v ip', expect: 'v=6 ip=+0' },
  },
  {
    name: 'XGETBV without OSXSAVE',
    ...{ manual: '2.6', world: 'user64', code: 'db 0x0f, 0x01, 0xd0', show: 'v ip', expect: 'v=6 ip=+0' },
  },
  {
    name: 'XSETBV without x87',
    ...{ manual: '2.6', world: 'long64', cr4: 0x40000, code: 'mov eax, 2; .set: db 0x0f, 0x01, 0xd1' },
    expect: 'v=d e=0 ip=+{.set}',
  },
  {
    name: 'XSETBV of AVX without SSE',
    ...{ manual: '2.6', world: 'long64', cr4: 0x40000, code: 'mov eax, 5; .set: db 0x0f, 0x01, 0xd1' },
    expect: 'v=d e=0 ip=+{.set}',
  },
  {
    name: 'XSETBV at ring 3',
    ...{ manual: '2.6', world: 'user64', cr4: 0x40000, code: 'mov eax, 1; .set: db 0x0f, 0x01, 0xd1' },
    expect: 'v=d e=0 ip=+{.set}',
  },
  {
    name: 'port that the map forbids',
    ...{ manual: 'vol. 1, 19.5.2', world: 'user32', code: 'in al, 0x80', expect: 'v=d e=0 ip=+0' },
  },
  {
    name: 'port that the map allows',
    ...{ manual: 'vol. 1, 19.5.2', world: 'user32', setup: `mov byte [${p.PORT_MAP + 0x10}], 0xfe` },
    ...{ code: 'in al, 0x80', show: 'v ip', expect: 'v=3 ip=+3' },
  },
  {
    name: 'port with IOPL 3',
    ...{ manual: 'vol. 1, 19.5.1', world: 'user32', flags: 0x3000, code: 'in al, 0x80; cli', show: 'v fl' },
    expect: 'v=3 fl=3002',
  },
  {
    name: 'port beyond the map',
    ...{
      manual: 'vol. 1, 19.5.2',
      world: 'user32',
      code: 'mov edx, 0x500; .in: in al, dx',
      expect: 'v=d e=0 ip=+{.in}',
    },
  },
];

export const PROTECTION_CASES: readonly PrivilegedCase[] = [...smap, ...keys, ...taken];
