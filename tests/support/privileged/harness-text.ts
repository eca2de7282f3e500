import * as p from './places';

/**
 * What every image of privileged cases has besides its cases: the boot sector, handlers of all vectors in 16-, 32- and 64-bit code that
 * record what they were given and go back to flat 32-bit mode, and the printing of it on COM1.
 */

const vectors = [...Array(p.VECTORS).keys()];
const WITH_ERROR = 0x27d00; // #DF #TS #NP #SS #GP #PF #AC

/** Reads sectors from the floppy to START, one by one, and goes there. */
export const bootText = (sectors: number): string => `
bits 16
  cli
  mov ax, 0; mov ds, ax; mov es, ax; mov ss, ax; mov sp, ${p.BOOT}
  mov bx, ${p.START}
  mov si, 1
.next:
  mov ax, si; mov cx, 18; mov dx, 0; div cx       # sector of the track; track
  mov cl, dl; inc cl
  mov dh, al; and dh, 1; shr al, 1; mov ch, al
  mov dl, 0
  mov ax, 0x201
  sti; int 0x13; cli
  jb .next
  add bx, 512
  inc si
  cmp si, ${sectors + 1}
  jb .next
  jmp far 0:${p.START}
`;

const stubs = (bits: number): string =>
  `bits ${bits}\n${vectors.map((v) => `stub${bits}_${v}: push ${v}; jmp common${bits}`).join('\n')}\n`;

const fillTable = (table: number, bytes: number, selector: number, first: string, stub: number): string => `
  mov edi, ${table}; mov ecx, 0; mov ebx, ${first}
.gate${bytes}:
  mov eax, ebx; and eax, 0xffff; or eax, ${selector * 0x10000}; mov [edi], eax
  mov eax, 0x8e00
  cmp ecx, 3; je .user${bytes}; cmp ecx, 4; je .user${bytes}; cmp ecx, 0x20; jb .set${bytes}
.user${bytes}:
  mov eax, 0xee00
.set${bytes}:
  mov [edi + 4], eax
  add ebx, ${stub}; add edi, ${bytes}; inc ecx; cmp ecx, ${p.VECTORS}; jb .gate${bytes}
`;

const words = (at: number, values: Readonly<Record<number, number>>): string =>
  Object.entries(values)
    .map(([offset, value]) => `mov dword [${at + Number(offset)}], ${value}`)
    .join('\n');

const task = (at: number, stack: number): string =>
  words(at, { 4: p.KERNEL_STACK, 8: p.DATA32, 28: p.PD32, 36: 2, 56: stack, 72: p.DATA32, 76: p.CODE32 }) +
  `\n${words(at, { 80: p.DATA32, 84: p.DATA32, 88: p.DATA32, 92: p.DATA32, 96: 0, 100: 0x680000 })}\n`;

const table = (at: number, count: number, first: number, step: number, width: number): string => `
  mov edi, ${at}; mov eax, ${first}; mov ecx, ${count}
.page${at}:
  mov [edi], eax; add eax, ${step}; add edi, ${width}; dec ecx; jne .page${at}
`;

const copy = (from: number, to: number, bytes: number): string =>
  `mov esi, ${from}; mov edi, ${to}; mov ecx, ${bytes / 4}; rep movsd\n`;

/** From real mode to flat 32-bit mode; everything is made and kept for later. */
const startText = (): string => `
bits 16
  cli
  mov al, 0xff; out 0x21, al; out 0xa1, al
  # 8 bits at the highest speed
  mov dx, 0x3fb; mov al, 0x80; out dx, al
  mov dx, 0x3f8; mov al, 1; out dx, al
  mov dx, 0x3f9; mov al, 0; out dx, al
  mov dx, 0x3fb; mov al, 3; out dx, al
  mov ax, 0; mov ds, ax
  lgdt [flat_gdt]
  mov eax, cr0; or al, 1; mov cr0, eax
  o32 jmp far ${p.CODE32}:start32
bits 32
start32:
  mov eax, ${p.DATA32}; mov ds, eax; mov es, eax; mov ss, eax; mov esp, ${p.BOOT}
  mov eax, 0x11; mov cr0, eax
  cld
  mov edi, 0; mov eax, 0; mov ecx, ${p.LOW_END / 4}; rep stosd
  mov edi, ${p.TABLES}; mov ecx, ${(p.TABLES_END - p.TABLES) / 4}; rep stosd
  # real mode's vectors
  mov edi, 0; mov eax, stub16_0; mov ecx, ${p.VECTORS}
.vector:
  mov [edi], eax; add edi, 4; add eax, stub16_1 - stub16_0; dec ecx; jne .vector
  mov esi, descriptors; mov edi, ${p.GDT}; mov ecx, ${(p.FAST + 0x30) / 4}; rep movsd
  ${fillTable(p.IDT32, 8, p.CODE32, 'stub32_0', 7)}
  ${fillTable(p.IDT64, 16, p.CODE64, 'stub64_0', 7)}
  ${task(p.TSS, p.TASK_STACK)}
  ${words(p.TSS, { 12: p.STACK1, 16: p.DATA_RING1, 20: p.STACK2, 24: p.DATA_RING2, 100: 0x880000 })}
  mov edi, ${p.PORT_MAP}; mov eax, -1; mov ecx, 0x21; rep stosd
  ${task(p.TSS_B, p.TASK_STACK)}
  ${task(p.TSS_C, p.TASK_STACK_C)}
  ${words(p.TSS64, { 4: p.KERNEL_STACK, 36: p.IST, 44: p.IST, 100: 0x680000 })}
  ${table(p.PT32, 1024, 3, 4096, 4)}
  ${words(p.PD32, { 0: p.PT32 + 7, 4: p.WINDOW_PT32 + 7 })}
  ${table(p.WINDOW_PT32, 16, p.WINDOW_PAGES + 7, 4096, 4)}
  ${words(p.PDPT, { 0: p.PD_PAE + 1 })}
  ${words(p.PD_PAE, { 0: p.PT64 + 7, 16: p.WINDOW_PT64 + 7 })}
  ${table(p.PT64, 512, 3, 4096, 8)}
  ${table(p.WINDOW_PT64, 16, p.WINDOW_PAGES + 7, 4096, 8)}
  ${words(p.PML5, { 0: p.PML4 + 7 })}
  ${words(p.PML4, { 0: p.PDPT4 + 7 })}
  ${words(p.PDPT4, { 0: p.PD4 + 7 })}
  ${words(p.PD4, { 0: p.PT64 + 7, 16: p.WINDOW_PT64 + 7 })}
  ${copy(0, p.SAVED_LOW, p.LOW_END)}
  ${copy(p.TABLES, p.SAVED_TABLES, p.TABLES_END - p.TABLES)}
  jmp first_case
flat_gdt: dw ${p.GDT_LIMIT}; dd descriptors
kept_gdt: dw ${p.GDT_LIMIT}; dd ${p.GDT}; dd 0
kept_idt: dw ${p.VECTORS * 8 - 1}; dd ${p.IDT32}; dd 0
long_idt: dw ${p.VECTORS * 16 - 1}; dd ${p.IDT64}; dd 0
real_idt: dw 0x3ff; dd 0
descriptors:
`;

/** Everything as it was for the next case. Gone on in a CPU that is in flat 32-bit mode. */
const freshText = (): string => `
bits 32
fresh:
  cld
  ${copy(p.SAVED_LOW, 0, p.LOW_END)}
  ${copy(p.SAVED_TABLES, p.TABLES, p.TABLES_END - p.TABLES)}
  mov edi, ${p.WINDOW_PAGES}; mov eax, 0; mov ecx, 0x4000; rep stosd
  mov edi, ${p.DATA}; mov ecx, 0x100; rep stosd
  mov edi, ${p.STACK0 - 0x200}; mov ecx, 0x900; rep stosd
  lgdt [kept_gdt]; lidt [kept_idt]
  mov eax, 0; lldt ax
  mov eax, ${p.TSS_S}; ltr ax
  ret
# all low pages are the user's too
user_pages:
  mov edi, ${p.PT32}; mov ecx, 1024
.short: or dword [edi], 4; add edi, 4; dec ecx; jne .short
  mov edi, ${p.PT64}; mov ecx, 512
.long: or dword [edi], 4; add edi, 8; dec ecx; jne .long
  ret
`;

const recorders = (hasEfer: boolean): string => `
bits 16
common16:
  o32 push eax
  push ds
  mov ax, 0; mov ds, ax
  pop word [${p.SEGMENTS}]
  o32 pop dword [${p.REGISTERS}]
  mov dword [${p.VECTOR}], 0
  pop word [${p.VECTOR}]
  mov [${p.REGISTERS + 32}], esp
  o16 pushf; pop word [${p.HANDLER_FLAGS}]
  mov word [${p.HANDLER_FLAGS + 2}], 0
  ${[1, 2, 3, 5, 6, 7].map((r, i) => `mov [${p.REGISTERS + 8 * r}], ${['ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'][i]}`).join('\n')}
  mov [${p.SEGMENTS + 2}], es; mov [${p.SEGMENTS + 8}], ss; mov [${p.HANDLER_CS}], cs
  mov eax, cr2; mov [${p.CR2}], eax
  mov eax, cr0; mov [${p.CR0}], eax
  mov eax, dr6; mov [${p.DR6}], eax
  mov dword [${p.ERROR}], -1
  mov si, sp; mov di, ${p.FRAME}; mov cx, 8
.word:
  mov ax, ss:[si]; mov [di], ax; add si, 2; add di, 2; dec cx; jne .word
  cli
  lgdt [kept_gdt]
  mov eax, cr0; or al, 1; mov cr0, eax
  o32 jmp far ${p.CODE32}:back
bits 32
common32:
  push eax
  push ds
  mov eax, ${p.DATA32}; mov ds, eax
  pop dword [${p.SCRATCH}]
  pop dword [${p.REGISTERS}]
  pop dword [${p.VECTOR}]
  mov [${p.REGISTERS + 32}], esp
  pushfd; pop dword [${p.HANDLER_FLAGS}]
  mov eax, [${p.SCRATCH}]; mov [${p.SEGMENTS}], ax
  ${[1, 2, 3, 5, 6, 7].map((r, i) => `mov [${p.REGISTERS + 8 * r}], ${['ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'][i]}`).join('\n')}
  mov [${p.SEGMENTS + 2}], es; mov [${p.SEGMENTS + 4}], fs; mov [${p.SEGMENTS + 6}], gs
  mov [${p.SEGMENTS + 8}], ss; mov [${p.HANDLER_CS}], cs
  str word [${p.TASK}]; sldt word [${p.LDTR}]
  mov eax, cr2; mov [${p.CR2}], eax
  mov eax, cr0; mov [${p.CR0}], eax
  mov eax, dr6; mov [${p.DR6}], eax
  mov dword [${p.ERROR}], -1
  mov ecx, [${p.VECTOR}]; mov esi, esp
  mov eax, ${WITH_ERROR}
  bt eax, ecx
  jae .plain
  mov eax, ss:[esi]; mov [${p.ERROR}], eax; add esi, 4
.plain:
  mov ecx, 0
.dword:
  mov eax, ss:[esi + ecx * 4]; mov [ecx * 4 + ${p.FRAME}], eax; inc ecx; cmp ecx, 10; jb .dword
  jmp back
bits 64
common64:
  pop qword [${p.VECTOR}]
  ${['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'].map((r, i) => `mov [${p.REGISTERS + 8 * i}], ${r}`).join('\n')}
  pushfq; pop qword [${p.HANDLER_FLAGS}]
  mov [${p.SEGMENTS}], ds; mov [${p.SEGMENTS + 2}], es; mov [${p.SEGMENTS + 4}], fs; mov [${p.SEGMENTS + 6}], gs
  mov [${p.SEGMENTS + 8}], ss; mov [${p.HANDLER_CS}], cs
  str word [${p.TASK}]; sldt word [${p.LDTR}]
  mov rax, cr2; mov [${p.CR2}], rax
  mov rax, cr0; mov [${p.CR0}], eax
  mov rax, dr6; mov [${p.DR6}], eax
  mov dword [${p.ERROR}], -1
  mov rcx, [${p.VECTOR}]; mov rsi, rsp
  mov eax, ${WITH_ERROR}
  bt eax, ecx
  jae .plain64
  mov rax, [rsi]; mov [${p.ERROR}], eax; add rsi, 8
.plain64:
  mov ecx, 0
.qword:
  mov rax, [rsi + rcx * 8]; mov [rcx * 8 + ${p.FRAME}], rax; inc ecx; cmp ecx, 5; jb .qword
  mov rsp, ${p.BOOT}
  push ${p.CODE32}
  mov rax, back
  push rax
  retfq
bits 32
# in 32-bit code at CPL 0, whatever else is left of the case
back:
  lgdt cs:[kept_gdt]
  mov eax, ${p.DATA32}; mov ds, eax; mov es, eax; mov fs, eax; mov gs, eax; mov ss, eax
  mov esp, ${p.BOOT}
  push 2; popfd
  mov eax, cr4; and eax, 0xfffdffff; mov cr4, eax
  mov eax, cr0; and eax, 0x7fffffff; mov cr0, eax
  mov eax, 0x11; mov cr0, eax
  mov eax, 0; mov cr4, eax; mov cr3, eax
  ${hasEfer ? 'mov ecx, 0xc0000080; mov edx, 0; wrmsr' : ''}
  mov eax, 0x400; mov dr7, eax
  mov eax, 0xffff0ff0; mov dr6, eax
  jmp far ${p.CODE32}:.again
.again:
  jmp [${p.RESUME}]
`;

const logText = (vectorsLogged: readonly number[]): string => `
bits 32
${vectorsLogged.map((v) => `log32_${v}: push ${v}; jmp log32`).join('\n')}
log32:
  pushad; push ds
  mov eax, ${p.DATA32}; mov ds, eax
  mov ebx, [${p.LOG_COUNT}]
  cmp ebx, ${p.LOG_ENTRIES}; jb .room
  int 0x47
.room:
  shl ebx, 4
  mov eax, ss:[esp + 36]; mov [ebx + ${p.LOG}], eax
  mov eax, ss:[esp + 40]; mov [ebx + ${p.LOG + 4}], eax
  mov eax, dr6; xor eax, 0xffff0ff0; mov [ebx + ${p.LOG + 8}], eax
  mov eax, ss:[esp + 48]; mov [ebx + ${p.LOG + 12}], eax
  mov eax, 0xffff0ff0; mov dr6, eax
  inc dword [${p.LOG_COUNT}]
  pop ds; popad
  add esp, 4
  iretd
bits 64
${vectorsLogged.map((v) => `log64_${v}: push ${v}; jmp log64`).join('\n')}
log64:
  push rax; push rbx
  mov ebx, [${p.LOG_COUNT}]
  cmp ebx, ${p.LOG_ENTRIES}; jb .room64
  int 0x47
.room64:
  shl ebx, 4
  mov eax, [rsp + 16]; mov [rbx + ${p.LOG}], eax
  mov eax, [rsp + 24]; mov [rbx + ${p.LOG + 4}], eax
  mov rax, dr6; xor eax, 0xffff0ff0; mov [rbx + ${p.LOG + 8}], eax
  mov eax, [rsp + 40]; mov [rbx + ${p.LOG + 12}], eax
  mov eax, 0xffff0ff0; mov dr6, rax
  inc dword [${p.LOG_COUNT}]
  pop rbx; pop rax
  add rsp, 8
  iretq
`;

/** `show`: prints the format at ESI, see `show.ts`; `put`: a byte. */
const printText = (): string => `
bits 32
show:
  lodsb
  test al, al; je .done
  cmp al, 1; je .hex
  cmp al, 2; je .relative
  cmp al, 3; je .log
  call put
  jmp show
.done:
  ret
.hex:
  mov ecx, 0; lodsb; mov cl, al; lodsd; mov ebx, eax
  call hex
  jmp show
.relative:
  mov ecx, 0; lodsb; mov cl, al; lodsd; mov ebx, [eax]
  cmp cl, 2; jne .whole
  and ebx, 0xffff
.whole:
  call offset
  jmp show
.log:
  mov edi, 0
.entry:
  cmp edi, [${p.LOG_COUNT}]; jae show
  push esi
  mov esi, edi; shl esi, 4; add esi, ${p.LOG}
  mov al, 0x20; call put
  mov ebx, esi; mov ecx, 1; call hex
  mov al, 0x40; call put
  mov ebx, [esi + 4]; call offset
  mov al, 0x3a; call put
  lea ebx, [esi + 8]; mov ecx, 4; call hex
  test dword [esi + 12], 0x10000; je .noresume
  mov al, 0x52; call put
.noresume:
  pop esi
  inc edi
  jmp .entry
# EBX less the case's first address
offset:
  mov al, 0x2b; call put
  sub ebx, [${p.CODE_BASE}]
  mov [${p.SCRATCH}], ebx
  mov ebx, ${p.SCRATCH}; mov ecx, 4
# ECX bytes at EBX without leading zeros; 4 bytes of ones are a dash
hex:
  cmp ecx, 4; jne .number
  cmp dword [ebx], -1; jne .number
  mov al, 0x2d
  jmp put
.number:
  mov edx, 0
.byte:
  dec ecx
  mov al, [ebx + ecx]
  push eax
  shr al, 4; call digit
  pop eax
  and al, 15
  test ecx, ecx; jne .notlast
  mov edx, 1
.notlast:
  call digit
  test ecx, ecx; jne .byte
  ret
digit:
  test al, al; jne .print
  test edx, edx; jne .print
  ret
.print:
  mov edx, 1
  add al, 0x30
  cmp al, 0x39; jbe put
  add al, 0x27
put:
  push edx; push eax
  mov edx, 0x3fd
.wait:
  in al, dx; test al, 0x20; je .wait
  pop eax
  mov edx, 0x3f8; out dx, al
  pop edx
  ret
# the last line, then every way to end that a machine may know
finish:
  mov esi, .end; call show
  mov edx, 0x3fd
.sending: in al, dx; test al, 0x40; je .sending
  mov al, 0; out 0xf4, al
  mov esi, .shutdown; mov ecx, 8; mov edx, 0x8900
.char: lodsb; out dx, al; dec ecx; jne .char
  cli; hlt
.end: db 0x45, 0x4e, 0x44, 10, 0
.shutdown: db 0x53, 0x68, 0x75, 0x74, 0x64, 0x6f, 0x77, 0x6e
`;

/** Everything before the first case, which begins at `first_case`. Without `hasEfer` also for a CPU that has none. */
export function harnessText(vectorsLogged: readonly number[], hasEfer: boolean): string {
  const gdt: string[] = [];
  const bySelector = new Map(p.DESCRIPTORS.map(([selector, value]) => [selector & 0xfff8, value]));
  for (let selector = 0; selector < p.FAST + 0x30; selector += 8) {
    const value = bySelector.get(selector) ?? 0n;
    gdt.push(`dd ${value & 0xffffffffn}, ${value >> 32n}`);
  }
  const tables = [startText(), ...gdt, stubs(16), stubs(32), stubs(64)];
  return [...tables, freshText(), recorders(hasEfer), logText(vectorsLogged), printText()].join('\n');
}
