import { TextAssembler } from './isa/text-assembler';
import { bootText } from './privileged/harness-text';
import { BOOT, START } from './privileged/places';

const SECTOR = 512;
const FLOPPY_BYTES = 1_474_560;
const IDT = 0x20000;
const TSS = 0x21000;
/** Behind the 104 bytes and the interrupt redirection map, which has no bit set; a byte of ones ends the map. */
const IO_MAP = 0x68 + 32;
const TSS_BYTES = IO_MAP + 0x2000 + 1;
const STACK0 = 0x30000;
const GUEST_STACK = 0x7000;
/** IRQs are moved off the exceptions. */
const IRQ_VECTOR = 0x70;
/** VM, IOPL 3. */
const FLAGS = 0x23002;

/** What the program in virtual-8086 mode does; each line is printed on COM1 by itself. */
const GUEST = `
bits 16
guest:
  mov ax, 0; mov ds, ax; mov es, ax
  sti
  mov si, hello; call print
  mov ah, 0x0e; mov al, 0x56; mov bx, 7; int 0x10
  mov ah, 3; mov bh, 0; int 0x10
  mov al, dl; mov si, column; call show
  int 0x12
  mov al, ah; mov si, memory; call show
  mov ah, 2; int 0x1a
  mov al, ch; and al, 0xf0; cmp al, 0x30; mov al, 1; jb .clock; mov al, 0
.clock: mov si, clock; call show
  mov ax, 0xe820; mov ebx, 0; mov ecx, 20; mov edx, 0x534d4150; mov di, 0x6000; int 0x15
  mov al, [0x6010]; mov si, map; call show
  mov ah, 8; mov dl, 0x80; mov di, 0; int 0x13
  mov al, dl; mov si, disks; call show
  mov ax, 0; mov es, ax
  mov ax, 0x201; mov cx, 2; mov dx, 0x80; mov bx, 0x6200; int 0x13
  mov al, [0x6200]; mov si, chs; call show
  mov si, packet; mov ah, 0x42; mov dl, 0x80; int 0x13
  mov al, [0x6400]; mov si, lba; call show
  mov ax, 0x201; mov cx, 1; mov dx, 0; mov bx, 0x6600; int 0x13
  mov al, [0x67fe]; mov si, floppy; call show
  mov cx, [0x46c]
.wait: hlt
  mov ax, [0x46c]; sub ax, cx; cmp ax, 3; jb .wait
  mov si, ticks; call print
  mov ah, 1; int 0x16
  mov si, done; call print
  mov dx, 0xf4; mov al, 0x10; out dx, al
.stop: jmp .stop

# AL in hexadecimal after the text at SI
show:
  push ax; call print; pop ax
  push ax; shr al, 4; call digit; pop ax; and al, 15; call digit
  mov al, 10; jmp send
digit:
  cmp al, 10; jb .small
  add al, 0x27
.small: add al, 0x30
send:
  push dx; push ax
  mov dx, 0x3fd
.busy: in al, dx; test al, 0x20; je .busy
  mov dx, 0x3f8; pop ax; out dx, al
  pop dx
  ret
print:
  mov al, [si]; inc si
  cmp al, 0; je .end
  call send; jmp print
.end: ret
`;

const TEXTS = {
  hello: 'hello from virtual-8086 mode\n',
  column: 'column ',
  memory: 'low memory ',
  clock: 'clock is sane ',
  map: 'memory map type ',
  disks: 'disks ',
  chs: 'sector by CHS ',
  lba: 'sector by LBA ',
  floppy: 'floppy ',
  ticks: 'the timer ticks\n',
  done: 'done\n',
  fault_text: 'fault ',
};

/** The vectors whose handlers get an error code too: the monitor takes them as faults, all others as the guest's interrupts. */
const WITH_ERROR = [8, 10, 11, 12, 13, 14];
const HLT = 0xf4;

/** [esp]: EDI, ESI, EBP, ESP, EBX, EDX, ECX, EAX, vector, then the frame of virtual-8086 mode. */
const FRAME = { vector: 32, ip: 36, cs: 40, flags: 44, sp: 48, ss: 52 };

const monitorText = (hasVme: boolean): string => `
bits 16
monitor:
  cli
  mov al, 0x11; out 0x20, al; out 0xa0, al
  mov al, ${IRQ_VECTOR}; out 0x21, al; mov al, ${IRQ_VECTOR + 8}; out 0xa1, al
  mov al, 4; out 0x21, al; mov al, 2; out 0xa1, al
  mov al, 1; out 0x21, al; out 0xa1, al
  mov al, 0; out 0x21, al; out 0xa1, al
  in al, 0x92; or al, 2; out 0x92, al
  lgdt [gdtr]
  mov eax, cr0; or al, 1; mov cr0, eax
  jmp far 8:flat
bits 32
flat:
  mov eax, 0x10; mov ds, ax; mov es, ax; mov ss, ax; mov fs, ax; mov gs, ax
  mov esp, ${STACK0}
  mov edi, ${TSS}; mov ecx, ${TSS_BYTES - 1}; mov al, 0; rep stosb
  mov byte [edi], 0xff
  mov dword [${TSS + 4}], ${STACK0}; mov dword [${TSS + 8}], 0x10
  mov dword [${TSS + 100}], ${IO_MAP * 0x10000}
  mov edi, ${IDT}; mov ecx, 0; mov ebx, stub_0
gate:
  mov eax, ebx; and eax, 0xffff; or eax, 0x80000; mov [edi], eax
  mov dword [edi + 4], 0xee00
  add ebx, stub_1 - stub_0; add edi, 8; inc ecx; cmp ecx, 256; jb gate
  lidt [idtr]
  mov eax, 0x18; ltr ax
  ${hasVme ? 'mov eax, 1; mov cr4, eax' : ''}
  push 0; push 0; push 0; push 0; push 0; push ${GUEST_STACK}; push ${FLAGS}; push 0; push guest
  iretd

${[...Array(256).keys()].map((vector) => `stub_${vector}: push ${vector + 0x1000}; jmp common`).join('\n')}

# To the guest's own handler, as the CPU would in real mode.
common:
  pushad
  mov eax, 0x10; mov ds, ax
  mov ebx, [esp + ${FRAME.vector}]; sub ebx, 0x1000
  ${WITH_ERROR.map((vector) => `cmp ebx, ${vector}; je fault`).join('\n')}
  inc dword [counts + 4]
  cmp ebx, ${IRQ_VECTOR}; jb vector_found
  cmp ebx, ${IRQ_VECTOR + 8}; jae vector_found
  sub ebx, ${IRQ_VECTOR - 8}
vector_found:
  movzx edx, word [esp + ${FRAME.ss}]; shl edx, 4
  mov ecx, [esp + ${FRAME.sp}]; sub ecx, 6; and ecx, 0xffff; mov [esp + ${FRAME.sp}], ecx; add edx, ecx
  mov eax, [esp + ${FRAME.flags}]; mov [edx + 4], ax
  mov eax, [esp + ${FRAME.cs}]; mov [edx + 2], ax
  mov eax, [esp + ${FRAME.ip}]; mov [edx], ax
  movzx eax, word [ebx * 4]; mov [esp + ${FRAME.ip}], eax
  movzx eax, word [ebx * 4 + 2]; mov [esp + ${FRAME.cs}], eax
  and dword [esp + ${FRAME.flags}], 0xfffffcff
  popad
  add esp, 4
  iretd

# HLT does nothing, any other fault ends the program.
fault:
  movzx edx, word [esp + ${FRAME.cs + 4}]; shl edx, 4; add edx, [esp + ${FRAME.ip + 4}]
  cmp ebx, 13; jne bad
  cmp byte [edx], ${HLT}; jne bad
  inc dword [esp + ${FRAME.ip + 4}]
  inc dword [counts]
  popad
  add esp, 8
  iretd
bad:
  mov esi, fault_text; call say
  mov eax, ebx; call byte_out
  mov ecx, 8
code_byte: mov eax, [edx]; push ecx; push edx; call byte_out; pop edx; pop ecx; inc edx; dec ecx; jne code_byte
  mov al, 10; call char_out
  mov al, 0x11; mov dx, 0xf4; out dx, al
stopped: jmp stopped
say: mov al, [esi]; inc esi; cmp al, 0; je said; call char_out; jmp say
said: ret
byte_out: push eax; shr al, 4; call nibble; pop eax; and al, 15
nibble: cmp al, 10; jb decimal; add al, 0x27
decimal: add al, 0x30
char_out: push eax; mov dx, 0x3fd
not_empty: in al, dx; test al, 0x20; je not_empty
  mov dx, 0x3f8; pop eax; out dx, al; ret

counts: dd 0, 0
gdtr: dw 31; dd gdt
idtr: dw 2047; dd ${IDT}
gdt: dd 0, 0, 0xffff, 0xcf9b00, 0xffff, 0xcf9300
  dw ${TSS_BYTES - 1}, ${TSS & 0xffff}; db ${TSS >> 16}, 0x89, 0, 0
packet: db 16, 0; dw 1, 0x6400, 0; dd 2, 0
${Object.entries(TEXTS)
  .map(([label, value]) => `${label}: db ${[...value].map((c) => c.charCodeAt(0)).join(', ')}, 0`)
  .join('\n')}
`;

/** A floppy whose program runs in virtual-8086 mode under a monitor and calls the BIOS from there, as loaders and DOS extenders do. */
export function v86MonitorFloppy({ hasVme }: { hasVme: boolean }): Uint8Array {
  const code = new TextAssembler(START).text(monitorText(hasVme)).text(GUEST).finish();
  const sectors = Math.ceil(code.length / SECTOR);
  const image = new Uint8Array(FLOPPY_BYTES);
  image.set(new TextAssembler(BOOT).text(bootText(sectors)).finish());
  image.set([0x55, 0xaa], SECTOR - 2);
  image.set(code, SECTOR);
  return image;
}

/** A disk for it: sectors begin with their numbers. */
export function v86MonitorDisk(): Uint8Array {
  const sectors = 16 * 63 * 20;
  const disk = new Uint8Array(sectors * SECTOR);
  for (let i = 0; i < 64; i++) disk[i * SECTOR] = 0xa0 + i;
  return disk;
}
