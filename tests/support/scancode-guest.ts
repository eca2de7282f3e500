import { Assembler, AX, BX, CX, DS, DX, ES, SP, SS } from '../../src/firmware/assembler';
import { multibootElf, MULTIBOOT_START } from './multiboot-kernel';

const COM1 = 0x3f8;
const LINE_STATUS = COM1 + 5;
const KEYBOARD_DATA = 0x60;
const KEYBOARD_STATUS = 0x64;
const STACK = 0x90000;
const BASE = 0x100000;
const CODE = 8;
const DATA = 16;
/** Interrupt 1 is the keyboard's; the controllers are set to vectors from here on (8259A datasheet, "Initialization"). */
const FIRST_VECTOR = 0x20;
const KEYBOARD_VECTOR = FIRST_VECTOR + 1;
const PIC_SETUP = [
  [0x20, 0x11],
  [0x21, FIRST_VECTOR],
  [0x21, 0x04],
  [0x21, 0x01],
  [0x21, 0xfd],
  [0xa1, 0xff],
] as const;
export const SCANCODE_GUEST_READY = 'READY\n';

/**
 * A guest that writes every byte of its keyboard to COM1 as two hex digits and a line end, after READY. The controller
 * is set to: keyboard on, translated to set 1, mouse off. Sleeps until the keyboard interrupts.
 */
export function scancodeKernel(): Uint8Array {
  const asm = new Assembler();
  asm.bits = 32;
  while (asm.position < MULTIBOOT_START) asm.byte(0);
  const call = (label: string): void => void asm.call32(label);
  asm.clearInterrupts().clearDirection().moveImmediate32(SP, STACK);
  asm.byte(0x0f, 0x01, 0x15).dwordOf('gdtr', BASE).byte(0x0f, 0x01, 0x1d).dwordOf('idtr', BASE); // lgdt, lidt
  asm.byte(0xea).dwordOf('flat', BASE).word(CODE).label('flat').moveImmediate32(AX, DATA); // jmp far
  for (const segment of [DS, ES, SS] as const) asm.moveToSegment(segment, AX);
  for (const [port, value] of PIC_SETUP) asm.byte(0xb0, value).outImmediateAl(port);
  // Command byte: translate, mouse off, keyboard on, system flag, interrupt 1; then the keyboard scans.
  for (const [port, value] of [
    [KEYBOARD_STATUS, 0x60],
    [KEYBOARD_DATA, 0x65],
    [KEYBOARD_DATA, 0xf4],
  ] as const) {
    call('ready');
    asm.byte(0xb0, value).outImmediateAl(port);
  }
  asm.label('acknowledge').inImmediateAl(KEYBOARD_DATA).byte(0x3c, 0xfa).jumpIf('notZero', 'acknowledge'); // cmp al, 0xfa
  for (const character of SCANCODE_GUEST_READY) {
    asm.moveImmediate32(AX, character.charCodeAt(0));
    call('put');
  }
  asm
    .label('sleep')
    .byte(0xfb, 0xf4, 0xfa) // sti; hlt; cli
    .label('poll')
    .inImmediateAl(KEYBOARD_STATUS)
    .byte(0x88, 0xc4) // mov ah, al
    .andImmediateAl(0x01)
    .jumpIf('zero', 'sleep')
    .inImmediateAl(KEYBOARD_DATA)
    .byte(0xf6, 0xc4, 0x20) // test ah, 0x20: from the mouse
    .jumpIf('notZero', 'poll')
    .byte(0x0f, 0xb6, 0xd8); // movzx ebx, al
  asm.move32(AX, BX).byte(0xc1, 0xe8, 4); // shr eax, 4
  call('digit');
  asm.move32(AX, BX).andImmediateAl(0x0f);
  call('digit');
  asm.moveImmediate32(AX, 0x0a);
  call('put');
  asm.jump('poll');

  // The controller takes a byte.
  asm.label('ready').inImmediateAl(KEYBOARD_STATUS).andImmediateAl(0x02).jumpIf('notZero', 'ready').byte(0xc3);
  // AL = 0 to 15.
  asm.label('digit').byte(0x3c, 10).jumpIf('carry', 'decimal').byte(0x04, 0x27); // cmp al, 10; add al, 'a' - 10 - '0'
  asm.label('decimal').byte(0x04, 0x30); // add al, '0'
  // AL to the serial port, once it takes it.
  asm.label('put').move32(CX, AX).moveImmediate32(DX, LINE_STATUS);
  asm.label('full').byte(0xec).andImmediateAl(0x20).jumpIf('zero', 'full');
  asm.moveImmediate32(DX, COM1).move32(AX, CX).byte(0xee, 0xc3); // out dx, al; ret
  // Only wakes.
  asm.label('wake').byte(0x50, 0xb0, 0x20).outImmediateAl(0x20).byte(0x58, 0xcf); // push eax; mov al, EOI; pop eax; iretd
  asm.align(8).label('gdt').dword(0).dword(0).dword(0xffff).dword(0xcf9a00).dword(0xffff).dword(0xcf9200);
  asm.label('gdtr').word(23).dwordOf('gdt', BASE).align(8).label('idt');
  for (let vector = 0; vector < KEYBOARD_VECTOR; vector++) asm.dword(0).dword(0);
  asm
    .wordOf('wake')
    .word(CODE)
    .word(0x8e00)
    .word(BASE >> 16);
  asm
    .label('idtr')
    .word(8 * (KEYBOARD_VECTOR + 1) - 1)
    .dwordOf('idt', BASE);
  return multibootElf([...asm.assemble().subarray(MULTIBOOT_START)]);
}
