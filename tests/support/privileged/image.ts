import { TextAssembler } from '../isa/text-assembler';
import { frameBits, isLong, isUser, pagingOf, type PrivilegedCase, type World } from './case';
import { bootText, harnessText } from './harness-text';
import * as p from './places';
import { formatText, textBytes } from './show';

const SECTOR = 512;
const FLOPPY_BYTES = 1_474_560;
const CR0_PG = 0x80000000;
const EFER_LME = 0x100;

const PAGING: Readonly<Record<string, { cr3: number; cr4: number }>> = {
  '32': { cr3: p.PD32, cr4: 0 },
  pae: { cr3: p.PDPT, cr4: 0x20 },
  '4': { cr3: p.PML4, cr4: 0x20 },
  '5': { cr3: p.PML5, cr4: 0x1020 },
};

const loadSegments = (selector: number): string =>
  `mov eax, ${selector}; mov ds, eax; mov es, eax; mov fs, eax; mov gs, eax`;
const CLEAR = 'mov ecx, 0; mov edx, 0; mov ebx, 0; mov ebp, 0; mov esi, 0; mov edi, 0; mov eax, 0';

const outer = (code: number, data: number, flags: number): string => `
  ${loadSegments(data)}
  push ${data}; push ${p.USER_STACK}; push ${flags | 2}; push ${code}; push .code
  ${CLEAR}
  iretd
`;
const inner = (code: number, flags: number): string => `
  mov esp, ${p.STACK0}
  push ${flags | 2}; push ${code}; push .code
  ${CLEAR}
  iretd
`;

/** From flat 32-bit code to `.code`, with paging on where the case wants it. */
function enter(world: World, flags: number): string {
  switch (world) {
    case 'flat32':
    case 'compat0':
      return inner(p.CODE32, flags);
    case 'long64':
      return inner(p.CODE64, flags);
    case 'user32':
    case 'compat3':
      return outer(p.USER_CODE32, p.USER_DATA32, flags);
    case 'user64':
      return outer(p.USER_CODE64, p.USER_DATA32, flags);
    case 'user16':
      return outer(p.USER_CODE16, p.USER_DATA16, flags);
    case 'flat16':
      return `${loadSegments(p.DATA16)}; mov ss, eax; ${inner(p.CODE16, flags)}`;
    case 'v86':
      return `
        push 0; push 0; push 0; push 0; push 0; push ${p.USER_STACK}; push ${flags | 0x20002}; push 0; push .code
        ${CLEAR}
        iretd
      `;
    case 'real':
      return `
        ${loadSegments(p.DATA16)}; mov ss, eax
        ${CLEAR}
        jmp far ${p.CODE16}:.small
        bits 16
        .small:
        mov eax, cr0; and al, 0xfe; mov cr0, eax
        jmp far 0:.real
        .real:
        mov ax, 0; mov ds, ax; mov es, ax; mov fs, ax; mov gs, ax; mov ss, ax; mov esp, ${p.STACK0}
        push ${flags | 2}; push 0; push .code
        mov eax, 0
        iretw
      `;
  }
}

const codeBits = (world: World): number =>
  world.endsWith('64') ? 64 : world === 'real' || world === 'v86' || world.endsWith('16') ? 16 : 32;

function controls(item: PrivilegedCase): string {
  const paging = PAGING[pagingOf(item)];
  const cr4 = (paging?.cr4 ?? 0) | (item.cr4 ?? 0);
  const efer = (isLong(item) ? EFER_LME : 0) | (item.efer ?? 0);
  const cr0 = 0x11 + (paging === undefined ? 0 : CR0_PG) + (item.cr0 ?? 0);
  return [
    cr4 === 0 ? '' : `mov eax, ${cr4}; mov cr4, eax`,
    paging === undefined ? '' : `mov eax, ${paging.cr3}; mov cr3, eax`,
    efer === 0 ? '' : `mov ecx, 0xc0000080; mov eax, ${efer}; mov edx, 0; wrmsr`,
    cr0 === 0x11 ? '' : `mov eax, ${cr0}; mov cr0, eax`,
    isLong(item) ? `mov eax, ${p.TSS64_S}; ltr ax` : '',
  ].join('\n');
}

function gates(item: PrivilegedCase): string {
  const logged = (item.log ?? []).map(
    (vector) => `
      mov eax, log32_${vector}; mov [${p.IDT32 + 8 * vector}], ax
      mov eax, log64_${vector}; mov [${p.IDT64 + 16 * vector}], ax`,
  );
  const table = frameBits(item) === 16 && item.world === 'real' ? 'real_idt' : isLong(item) ? 'long_idt' : undefined;
  return `${logged.join('\n')}\n${table === undefined ? '' : `lidt [${table}]`}`;
}

function caseText(item: PrivilegedCase): string {
  return `
    bits 32
    mov esi, .name; call show
    call fresh
    mov dword [${p.RESUME}], .print
    mov dword [${p.CODE_BASE}], .code
    ${isUser(item) && pagingOf(item) !== 'none' ? 'call user_pages' : ''}
    ${gates(item)}
    ${item.setup ?? ''}
    ${controls(item)}
    ${enter(item.world, item.flags ?? 0)}
    bits ${codeBits(item.world)}
    .code:
    ${item.code}
    .end:
    int3
    .done:
    bits 32
    .print:
    mov esi, .format; call show
    jmp .next
    .name: ${textBytes(`${item.name}:`)}
    .format: ${formatText(item)}
    .next:
  `;
}

export interface PrivilegedImage {
  /** A floppy's. */
  readonly bytes: Uint8Array;
  /** What the image must print for each case, by name. */
  readonly expected: ReadonlyMap<string, string>;
}

const scopeOf = (item: PrivilegedCase): string => item.name.replace(/\W+/g, '_');

/** A floppy that runs these cases one after the other. */
export function privilegedImage(cases: readonly PrivilegedCase[]): PrivilegedImage {
  const a = new TextAssembler(p.START);
  a.text('bits 16\njmp start', 'harness');
  a.text(
    harnessText(
      [...new Set(cases.flatMap(({ log }) => log ?? []))],
      cases.some((item) => isLong(item) || item.efer !== undefined),
    ).replace('bits 16', 'bits 16\nstart:'),
    'harness',
  );
  a.text('first_case:', 'harness');
  for (const item of cases) a.text(caseText(item), scopeOf(item));
  a.text('jmp finish', 'harness');
  const code = a.finish();
  if (p.START + code.length > p.CODE_END)
    throw new Error(`the image is ${p.START + code.length - p.CODE_END} bytes too long`);
  const bytes = new Uint8Array(FLOPPY_BYTES);
  bytes.set(new TextAssembler(p.BOOT).text(bootText(Math.ceil(code.length / SECTOR)), 'boot').finish());
  bytes.set([0x55, 0xaa], SECTOR - 2);
  bytes.set(code, SECTOR);
  const expected = cases.map((item) => {
    const start = a.addressOf('.code', scopeOf(item));
    const label = (_all: string, isAbsolute: string, name: string): string =>
      (a.addressOf(name, scopeOf(item)) - (isAbsolute === '' ? start : 0)).toString(16);
    return [item.name, item.expect.replace(/\{(=?)([^}]+)\}/g, label)] as const;
  });
  if (new Set(cases.map(({ name }) => name)).size !== cases.length) throw new Error('two cases of one name');
  return { bytes, expected: new Map(expected) };
}

/** From what an image printed: the results by name, and the case that it did not finish. */
export function readResults(text: string): {
  readonly results: ReadonlyMap<string, string>;
  readonly unfinished: string | undefined;
  readonly isComplete: boolean;
} {
  const results = new Map<string, string>();
  let unfinished: string | undefined;
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const parts = /^([^:]+):(?: (.*))?$/.exec(line);
    if (parts === null) return;
    if (parts[2] !== undefined && i < lines.length - 1) results.set(parts[1]!, parts[2]);
    else unfinished = parts[1];
  });
  return { results, unfinished, isComplete: lines.includes('END') };
}
