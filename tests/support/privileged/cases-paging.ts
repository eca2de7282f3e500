import type { Paging, PrivilegedCase, World } from './case';
import * as p from './places';

/** Address translation (Intel SDM vol. 3, chapter 5). */

type Tables = Exclude<Paging, 'none'>;

/** Where an entry of the window lies, and whether it has 8 bytes. */
const PTE: Readonly<Record<Tables, number>> = {
  '32': p.WINDOW_PT32,
  pae: p.WINDOW_PT64,
  '4': p.WINDOW_PT64,
  '5': p.WINDOW_PT64,
};
const PDE: Readonly<Record<Tables, number>> = {
  '32': p.PD32 + 4,
  pae: p.PD_PAE + 16,
  '4': p.PD4 + 16,
  '5': p.PD4 + 16,
};
const widthOf = (tables: Tables): number => (tables === '32' ? 4 : 8);
const pteOf = (tables: Tables, page: number): number => PTE[tables] + widthOf(tables) * page;

const PAGE1 = p.WINDOW + 0x1000;
const PHYSICAL1 = p.WINDOW_PAGES + 0x1000;
const PAGE2M = p.WINDOW + PHYSICAL1;
const CR0_WP = 0x10000;
const EFER_NXE = 0x800;
const MODES: ReadonlyArray<readonly [tables: Tables, kernel: World, user: World]> = [
  ['32', 'flat32', 'user32'],
  ['pae', 'flat32', 'user32'],
  ['4', 'long64', 'user64'],
  ['5', 'long64', 'user64'],
];
const title = (tables: Tables): string => ({ '32': '32-bit', pae: 'PAE', '4': '4-level', '5': '5-level' })[tables];

/** What is the same in all modes. `A` is bit 5, `D` bit 6. */
function common([tables, kernel, user]: (typeof MODES)[number]): PrivilegedCase[] {
  const set = (page: number, low: number, high = 0): string =>
    `mov dword [${pteOf(tables, page)}], ${low}\n${widthOf(tables) === 8 ? `mov dword [${pteOf(tables, page) + 4}], ${high}\n` : ''}`;
  const pte = `pte@${pteOf(tables, 1)}:4`;
  const pde = `pde@${PDE[tables]}:1`;
  const base = { manual: '5.7', paging: tables } as const;
  const one = (
    name: string,
    more: Partial<PrivilegedCase> & Pick<PrivilegedCase, 'world' | 'code' | 'expect'>,
  ): PrivilegedCase => ({
    ...{ name: `${title(tables)} paging, ${name}`, ...base },
    ...more,
  });
  const read = `mov eax, [${PAGE1}]`;
  const write = `mov dword [${PAGE1}], 5`;
  const fault = `v e ip cr2 ${pte}`;
  return [
    one('a read sets A', {
      ...{ manual: '5.8', world: kernel, code: read, show: `v ${pte} ${pde}`, expect: 'v=3 pte=61027 pde=27' },
    }),
    one('a write sets A and D', {
      ...{ manual: '5.8', world: kernel, code: write, show: `v ${pte} ${pde}`, expect: 'v=3 pte=61067 pde=27' },
    }),
    one('a page that is absent', {
      ...{ world: kernel, setup: set(1, PHYSICAL1 + 6), code: read, show: fault },
      expect: 'v=e e=0 ip=+0 cr2=401000 pte=61006',
    }),
    one('a table that is absent', {
      ...{ world: user, setup: `and dword [${PDE[tables]}], 0xfffffffe`, code: write, show: `v e cr2 ${pde}` },
      expect: 'v=e e=6 cr2=401000 pde=6',
    }),
    one("a supervisor's page at ring 3", {
      ...{ world: user, setup: set(1, PHYSICAL1 + 3), code: read, show: fault },
      expect: 'v=e e=5 ip=+0 cr2=401000 pte=61003',
    }),
    one("a supervisor's table at ring 3", {
      ...{ world: user, setup: `and dword [${PDE[tables]}], 0xfffffffb`, code: write, show: `v e cr2 ${pte}` },
      expect: 'v=e e=7 cr2=401000 pte=61007',
    }),
    one('a read-only page at ring 3', {
      ...{ world: user, setup: set(1, PHYSICAL1 + 5), code: `${read}\n.write: ${write}`, show: fault },
      expect: 'v=e e=7 ip=+{.write} cr2=401000 pte=61025',
    }),
    one('a read-only page at ring 0 without WP', {
      ...{ world: kernel, setup: set(1, PHYSICAL1 + 1), code: write, show: `v ${pte}`, expect: 'v=3 pte=61061' },
    }),
    one('a read-only page at ring 0 with WP', {
      ...{ world: kernel, cr0: CR0_WP, setup: set(1, PHYSICAL1 + 1), code: write, show: fault },
      expect: 'v=e e=3 ip=+0 cr2=401000 pte=61001',
    }),
    one('a read-only table at ring 0 with WP', {
      ...{ world: kernel, cr0: CR0_WP, setup: `and dword [${PDE[tables]}], 0xfffffffd`, code: write, show: fault },
      expect: 'v=e e=3 ip=+0 cr2=401000 pte=61007',
    }),
    one('a fetch from an absent page', {
      ...{
        world: kernel,
        setup: set(1, 0),
        code: `mov eax, ${PAGE1}; jmp eax`.replace(/eax/g, kernel === 'long64' ? 'rax' : 'eax'),
      },
      // The fetch bit needs NX or SMEP.
      ...{ show: 'v e cr2', expect: 'v=e e=0 cr2=401000' },
    }),
    one('an access over the end of a page', {
      ...{ world: user, setup: set(2, 0), code: `mov eax, [${PAGE1 + 0xffd}]`, show: `v e cr2 ${pte}` },
      expect: 'v=e e=4 cr2=402000 pte=61027',
    }),
    one('a page that INVLPG makes known', {
      world: kernel,
      code: `${read}\nmov dword [${pteOf(tables, 1)}], 0\ninvlpg [${PAGE1}]\n.again: ${read}`,
      ...{ show: 'v e ip', expect: 'v=e e=0 ip=+{.again}' },
    }),
    ...(tables === '32'
      ? []
      : [
          one('a reserved bit of a page', {
            ...{ world: kernel, setup: set(1, PHYSICAL1 + 7, 0x80000), code: read, show: fault },
            expect: 'v=e e=9 ip=+0 cr2=401000 pte=61007',
          }),
          one('a reserved bit of a page without NXE', {
            ...{ world: user, setup: set(1, PHYSICAL1 + 7, 0x80000000), code: write, show: fault },
            expect: 'v=e e=f ip=+0 cr2=401000 pte=61007',
          }),
          one('no execution of a page', {
            ...{ world: kernel, efer: EFER_NXE, setup: set(1, PHYSICAL1 + 7, 0x80000000) },
            code: `mov eax, [${PAGE1}]\n${kernel === 'long64' ? `mov rax, ${PAGE1}; jmp rax` : `mov eax, ${PAGE1}; jmp eax`}`,
            ...{ show: 'v e cr2', expect: 'v=e e=11 cr2=401000' },
          }),
          one('a fetch from an absent page with NXE', {
            ...{ world: user, efer: EFER_NXE, setup: set(1, 0) },
            code: kernel === 'long64' ? `mov rax, ${PAGE1}; jmp rax` : `mov eax, ${PAGE1}; jmp eax`,
            ...{ show: 'v e cr2', expect: 'v=e e=14 cr2=401000' },
          }),
          one('a page of 2 MiB', {
            ...{ manual: 'tables 5-9, 5-18', world: kernel, code: `mov eax, [${PAGE2M}]; mov [${PAGE2M + 4}], eax` },
            setup: `mov dword [${PDE[tables]}], 0x83; mov dword [${PHYSICAL1}], 0x1234`,
            ...{ show: `v eax pde@${PDE[tables]}:4`, expect: 'v=3 eax=1234 pde=e3' },
          }),
        ]),
  ];
}

const special: PrivilegedCase[] = [
  {
    name: 'page of 4 MiB',
    manual: '5.3, table 5-4',
    world: 'flat32',
    paging: '32',
    cr4: 0x10,
    setup: `mov dword [${p.PD32 + 4}], 0x83; mov dword [${PHYSICAL1}], 0x1234`,
    code: `mov eax, [${p.WINDOW + PHYSICAL1}]; mov [${p.WINDOW + PHYSICAL1 + 4}], eax`,
    show: `v eax pde@${p.PD32 + 4}:4`,
    expect: 'v=3 eax=1234 pde=e3',
  },
  {
    name: 'page of 4 MiB without PSE is a table',
    manual: '5.3',
    world: 'flat32',
    paging: '32',
    setup: `or dword [${p.PD32 + 4}], 0x80; mov dword [${PHYSICAL1}], 0x1234`,
    code: `mov eax, [${PAGE1}]`,
    show: `v eax`,
    expect: 'v=3 eax=1234',
  },
  {
    name: 'page of 4 MiB with a reserved bit',
    manual: '5.3, table 5-4',
    world: 'flat32',
    paging: '32',
    cr4: 0x10,
    setup: `mov dword [${p.PD32 + 4}], 0x200083`,
    code: `mov eax, [${p.WINDOW}]`,
    show: 'v e ip cr2',
    expect: 'v=e e=9 ip=+0 cr2=400000',
  },
  ...(['pae', '4'] as const).map(
    (tables): PrivilegedCase => ({
      name: `${title(tables)} page of 2 MiB with a reserved bit`,
      manual: 'tables 5-9, 5-18',
      world: tables === 'pae' ? 'flat32' : 'long64',
      paging: tables,
      setup: `mov dword [${PDE[tables]}], 0x2083`,
      code: `mov eax, [${p.WINDOW}]`,
      show: 'v e ip cr2',
      expect: 'v=e e=9 ip=+0 cr2=400000',
    }),
  ),
  ...[1, 5].map(
    (bit): PrivilegedCase => ({
      name: `PAE pointer with reserved bit ${bit}`,
      manual: '5.4.1',
      world: 'flat32',
      paging: 'pae',
      setup: `mov dword [0x25000], ${p.PD_PAE + 1 + (1 << bit)}`,
      code: `mov eax, 0x25000; .load: mov cr3, eax`,
      show: 'v e ip',
      expect: 'v=d e=0 ip=+{.load}',
    }),
  ),
  {
    name: 'PAE pointers are read when CR3 is loaded',
    manual: '5.4.1',
    world: 'flat32',
    paging: 'pae',
    code: `mov dword [${p.PDPT}], 0; invlpg [${p.WINDOW}]; mov eax, [${p.WINDOW}]; mov eax, 9`,
    show: 'v eax',
    expect: 'v=3 eax=9',
  },
  {
    name: 'PAE pointer that is absent',
    manual: '5.4.1',
    world: 'user32',
    paging: 'pae',
    code: 'mov eax, [0x40000000]',
    show: 'v e ip cr2',
    expect: 'v=e e=4 ip=+0 cr2=40000000',
  },
  {
    name: 'page of 1 GiB',
    manual: 'table 5-16',
    world: 'long64',
    setup: `mov dword [${p.PDPT4 + 8}], 0x83; mov dword [${PHYSICAL1}], 0x1234`,
    code: `mov eax, [${0x40000000 + PHYSICAL1}]; mov [${0x40000000 + PHYSICAL1 + 8}], eax`,
    show: `v eax pdpte@${p.PDPT4 + 8}:4`,
    expect: 'v=3 eax=1234 pdpte=e3',
  },
  {
    name: 'page of 1 GiB with a reserved bit',
    manual: 'table 5-16',
    world: 'long64',
    setup: `mov dword [${p.PDPT4 + 8}], 0x20000083`,
    code: 'mov eax, [0x40000000]',
    show: 'v e ip cr2',
    expect: 'v=e e=9 ip=+0 cr2=40000000',
  },
  {
    name: 'large page of the highest level',
    manual: 'table 5-14',
    world: 'long64',
    setup: `mov dword [${p.PML4 + 8}], ${p.PDPT4 + 0x87}`,
    code: 'mov rax, 0x8000000000; .read: mov eax, [rax]',
    show: 'v e ip cr2',
    expect: 'v=e e=9 ip=+{.read} cr2=8000000000',
  },
  {
    name: 'address that is not canonical',
    manual: '4.5.3',
    world: 'long64',
    code: 'mov rax, 0x800000000000; .read: mov eax, [rax]',
    show: 'v e ip',
    expect: 'v=d e=0 ip=+{.read}',
  },
  {
    name: 'stack address that is not canonical',
    manual: '4.5.3',
    world: 'user64',
    code: 'mov rsp, 0x800000000008; .push: push rax',
    show: 'v e ip',
    expect: 'v=c e=0 ip=+{.push}',
  },
  {
    name: 'jump to no canonical address',
    manual: 'vol. 2, JMP',
    world: 'user64',
    code: 'mov rax, 0x800000000000; .jump: jmp rax',
    show: 'v e ip',
    expect: 'v=d e=0 ip=+{.jump}',
  },
  {
    name: '5-level paging translates bit 47',
    manual: '5.5',
    world: 'long64',
    paging: '5',
    setup: `mov dword [${p.PML4 + 256 * 8}], ${p.PDPT4 + 7}; mov dword [${PHYSICAL1}], 0x1234`,
    code: `mov rax, ${0x800000000000 + PAGE1}; mov eax, [rax]`,
    show: 'v eax',
    expect: 'v=3 eax=1234',
  },
  {
    name: '5-level paging without an entry of its highest level',
    manual: '5.5',
    world: 'long64',
    paging: '5',
    code: 'mov rax, 0x1000000000000; .read: mov eax, [rax]',
    show: 'v e ip cr2',
    expect: 'v=e e=0 ip=+{.read} cr2=1000000000000',
  },
  {
    name: 'global page outlives CR3',
    manual: '5.10.4',
    world: 'flat32',
    paging: '32',
    cr4: 0x80,
    setup: `or dword [${p.WINDOW_PT32 + 4}], 0x100`,
    code: `mov eax, [${PAGE1}]; mov dword [${p.WINDOW_PT32 + 4}], 0; mov eax, cr4; and eax, 0xffffff7f; mov cr4, eax
      .again: mov eax, [${PAGE1}]`,
    show: 'v e ip',
    expect: 'v=e e=0 ip=+{.again}',
  },
];

export const PAGING_CASES: readonly PrivilegedCase[] = special;
export const PAGE_TABLE_CASES: readonly PrivilegedCase[] = MODES.flatMap(common);
