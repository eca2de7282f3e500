import { Assembler, AX, BX, CX, DX, DI, DS, ES, SI, SP, SS, type Register } from '../../src/firmware/assembler';
import { multibootElf, MULTIBOOT_START } from './multiboot-kernel';

const BP = 5;
/** Values that stay behind in RAM and on the disk: the newest of each remainder. */
const SLOTS = 8;
/** One per page of a different chunk of a snapshot, one per cluster of a disk. */
const RING = 0x400000;
const RING_SHIFT = 17;
const COUNTER = 0x200000;
const BUFFER = 0x1f2000;
const STACK = 0x1f0000;
const COM1 = 0x3f8;
const SCRATCH = 0x3ff;
const PCI_ADDRESS = 0xcf8;
const IDE = 0x1f0;
const BASE = 0x100000;
const VECTORS = 0x30;
const CODE = 8;
const DATA = 16;

/** Where the disk keeps the values whose remainder is `slot`. */
export const counterSector = (slot: number): number => (slot + 8) * 256;
export const counterSlots = SLOTS;
export const COUNTER_DISK_BYTES = 4 << 20;
export const COUNTER_MEMORY_MIB = 16;

/**
 * A guest that counts, a hundred times a second: in a CPU register, in RAM, in device registers (UART scratch, PCI
 * address) and on the disk (by PIO, flushed). RAM and disk keep the last 8 values, and each turn looks at the oldest and
 * the newest of them before the oldest is overwritten, so that a mixture of two instants cannot heal unseen. Each turn
 * ends with the count in hex on COM1; what does not agree ends the guest with a line that begins with MISMATCH.
 *
 * At power-on it finds the count on the disk ("boot COUNT"), as after a power failure.
 */
export function counterKernel(): Uint8Array {
  const asm = new CounterAssembler();
  asm.bits = 32;
  while (asm.position < MULTIBOOT_START) asm.byte(0);
  start(asm);
  readDiskAtBoot(asm);
  turn(asm);
  subroutines(asm);
  tables(asm);
  return multibootElf([...asm.assemble().subarray(MULTIBOOT_START)]);
}

/** The handful of 32-bit instructions that the ROMs' assembler has no need of. */
class CounterAssembler extends Assembler {
  #nextLabel = 0;

  newLabel(): string {
    return `.${this.#nextLabel++}`;
  }

  /** Through EDI. */
  call(label: string): this {
    return this.moveLabel32(DI, label, BASE).byte(0xff, 0xd7);
  }

  /** Through EDI; any distance. */
  go(label: string): this {
    return this.moveLabel32(DI, label, BASE).jumpRegister32(DI);
  }

  ret(): this {
    return this.byte(0xc3);
  }

  load(to: Register, address: number): this {
    return this.byte(0x8b, (to << 3) | 5).dword(address);
  }

  store(address: number, from: Register): this {
    return this.byte(0x89, (from << 3) | 5).dword(address);
  }

  /** EAX = the RAM value of slot ECX; leaves its offset in ESI. */
  loadSlot(): this {
    return this.move32(SI, CX).shiftLeft32(SI, RING_SHIFT).byte(0x8b, 0x86).dword(RING);
  }

  /** [ESI + RING] = from */
  storeSlot(from: Register): this {
    return this.byte(0x89, 0x80 | (from << 3) | 6).dword(RING);
  }

  out8(port: number, value: number): this {
    return this.moveImmediate32(DX, port).byte(0xb0, value, 0xee);
  }

  /** AL to a port. */
  outAl(port: number): this {
    return this.moveImmediate32(DX, port).byte(0xee);
  }

  inAl(port: number): this {
    return this.moveImmediate32(DX, port).byte(0xec);
  }

  and(register: Register, value: number): this {
    return this.byte(0x81, 0xe0 | register).dword(value);
  }

  push(register: Register): this {
    return this.byte(0x50 | register);
  }

  pop(register: Register): this {
    return this.byte(0x58 | register);
  }

  /** The register = EBP - 8, or 0 while there is none: what the slot held before this turn. */
  oldestInto(register: Register): this {
    const done = this.newLabel();
    return this.move32(register, BP)
      .addImmediate32(register, -SLOTS)
      .jumpIf('carry', done)
      .clear32(register)
      .label(done);
  }

  /** EAX must be ECX. */
  mustAgree(kind: string): this {
    const fine = this.newLabel();
    return this.byte(0x39, 0xc8)
      .jumpIf('zero', fine)
      .moveImmediate32(BX, kind.charCodeAt(0))
      .go('mismatch')
      .label(fine);
  }
}

function start(asm: CounterAssembler): void {
  asm.clearInterrupts().clearDirection().moveImmediate32(SP, STACK);
  asm.byte(0x0f, 0x01, 0x15).dwordOf('gdtr', BASE); // lgdt
  asm.byte(0x0f, 0x01, 0x1d).dwordOf('idtr', BASE); // lidt
  asm.byte(0xea).dwordOf('flat', BASE).word(CODE); // jmp far
  asm.label('flat').moveImmediate32(AX, DATA);
  for (const segment of [DS, ES, SS] as const) asm.moveToSegment(segment, AX);
  // 8259: vectors from 0x20, only timer and disk unmasked (datasheet, "Initialization Command Words").
  for (const [port, value] of [
    [0x20, 0x11],
    [0x21, 0x20],
    [0x21, 0x04],
    [0x21, 0x01],
    [0xa0, 0x11],
    [0xa1, 0x28],
    [0xa1, 0x02],
    [0xa1, 0x01],
    [0x21, 0xfa],
    [0xa1, 0xbf],
    // 8254: 100 Hz, rate generator.
    [0x43, 0x34],
    [0x40, 11932 & 0xff],
    [0x40, 11932 >> 8],
    [0x3f6, 0x00],
  ] as const) {
    asm.out8(port, value);
  }
}

/** The greatest value on the disk is the count; every slot must hold what belongs to it. RAM and devices follow. */
function readDiskAtBoot(asm: CounterAssembler): void {
  asm.clear32(BP).clear32(CX);
  asm.label('find').push(CX).call('readSlot').pop(CX);
  asm.byte(0x39, 0xc5).jumpIf('aboveOrEqual', 'older').move32(BP, AX).label('older'); // cmp ebp, eax
  asm.addImmediate32(CX, 1).compareImmediate32(CX, SLOTS).jumpIf('notZero', 'find');
  asm.clear32(CX);
  asm.label('fill').push(CX).call('readSlot').pop(CX);
  // EDX = EBP - ((EBP - ECX) & 7), at least 0
  asm
    .move32(BX, BP)
    .byte(0x29, 0xcb)
    .and(BX, SLOTS - 1)
    .move32(DX, BP)
    .byte(0x29, 0xda);
  asm.jumpIf('carry', 'never').jump('known').label('never').clear32(DX).label('known');
  asm.push(CX).move32(CX, DX).mustAgree('B').pop(CX);
  asm.move32(SI, CX).shiftLeft32(SI, RING_SHIFT).storeSlot(AX);
  asm.addImmediate32(CX, 1).compareImmediate32(CX, SLOTS).jumpIf('notZero', 'fill');
  asm.store(COUNTER, BP).call('setDevices');
  asm.moveLabel32(SI, 'bootText', BASE).call('print').move32(AX, BP).call('printHex');
}

function turn(asm: CounterAssembler): void {
  asm.label('turn').setInterrupts().halt().clearInterrupts();
  asm.load(AX, COUNTER).move32(CX, BP).mustAgree('C');
  asm.moveImmediate32(DX, PCI_ADDRESS).byte(0xed).and(AX, 0xfffffc); // in eax, dx
  asm.move32(CX, BP).shiftLeft32(CX, 2).and(CX, 0xfffffc).mustAgree('P');
  asm.clear32(AX).inAl(SCRATCH).move32(CX, BP).and(CX, 0xff).mustAgree('U');
  // The newest values, then the oldest ones, which this turn replaces.
  asm
    .move32(CX, BP)
    .and(CX, SLOTS - 1)
    .loadSlot()
    .move32(CX, BP)
    .mustAgree('r');
  asm
    .move32(CX, BP)
    .and(CX, SLOTS - 1)
    .call('readSlot')
    .move32(CX, BP)
    .mustAgree('d');
  asm.addImmediate32(BP, 1);
  asm
    .move32(CX, BP)
    .and(CX, SLOTS - 1)
    .loadSlot()
    .oldestInto(CX)
    .mustAgree('R');
  asm
    .move32(CX, BP)
    .and(CX, SLOTS - 1)
    .call('readSlot')
    .oldestInto(CX)
    .mustAgree('D');
  asm
    .move32(SI, BP)
    .and(SI, SLOTS - 1)
    .shiftLeft32(SI, RING_SHIFT)
    .storeSlot(BP)
    .store(COUNTER, BP);
  asm.call('setDevices').call('writeSlot').move32(AX, BP).call('printHex').go('turn');
}

function subroutines(asm: CounterAssembler): void {
  asm.label('setDevices').move32(AX, BP).shiftLeft32(AX, 2).and(AX, 0xfffffc);
  asm.moveImmediate32(DX, PCI_ADDRESS).out32().move32(AX, BP).outAl(SCRATCH).ret();

  // EAX = the disk's value of slot ECX; all of the sector must hold it.
  asm.label('readSlot').moveImmediate32(BX, 0x20).call('command').call('waitDisk');
  asm.moveImmediate32(DX, IDE).moveImmediate32(CX, 256).moveImmediate32(DI, BUFFER).byte(0x66, 0xf3, 0x6d); // rep insw
  asm
    .load(AX, BUFFER)
    .load(CX, BUFFER + 508)
    .mustAgree('T')
    .ret();

  // Slot EBP & 7 = EBP, flushed.
  asm.label('writeSlot').move32(AX, BP).moveImmediate32(CX, 128).moveImmediate32(DI, BUFFER).byte(0xf3, 0xab); // rep stosd
  asm
    .move32(CX, BP)
    .and(CX, SLOTS - 1)
    .moveImmediate32(BX, 0x30)
    .call('command')
    .call('waitDisk');
  asm.moveImmediate32(DX, IDE).moveImmediate32(CX, 256).moveImmediate32(SI, BUFFER).byte(0x66, 0xf3, 0x6f); // rep outsw
  asm
    .call('waitDisk')
    .out8(IDE + 7, 0xe7)
    .go('waitDisk');

  // Command BL for one sector, the first of slot ECX (ATA-6, 28-bit addressing).
  asm
    .label('command')
    .call('waitDisk')
    .out8(IDE + 6, 0xe0)
    .out8(IDE + 2, 1)
    .out8(IDE + 3, 0);
  asm
    .move32(AX, CX)
    .addImmediate32(AX, 8)
    .outAl(IDE + 4)
    .out8(IDE + 5, 0)
    .move32(AX, BX)
    .outAl(IDE + 7)
    .ret();

  // Asleep while BSY: a host that is slow to answer shall not be kept from it.
  asm
    .label('waitDisk')
    .inAl(IDE + 7)
    .byte(0xa8, 0x80)
    .jumpIf('zero', 'answered')
    .setInterrupts()
    .halt()
    .clearInterrupts()
    .jump('waitDisk');
  asm.label('answered').byte(0xa8, 0x21).jumpIf('notZero', 'diskError').ret(); // DF or ERR
  asm.label('diskError').moveLabel32(SI, 'errorText', BASE).call('print').jump('stop');

  // BL: what; EAX: found; ECX: expected.
  asm.label('mismatch').push(CX).push(AX).moveLabel32(SI, 'mismatchText', BASE).call('print');
  asm.move32(AX, BX).call('printByte').pop(AX).call('printHex').pop(AX).call('printHex');
  asm.label('stop').clearInterrupts().halt().jump('stop');

  asm.label('print').loadByteFromSi().testAl().jumpIf('zero', 'printed').call('printByte').jump('print');
  asm.label('printed').ret();
  asm.label('printHex').moveImmediate32(CX, 8);
  asm.label('digit').byte(0xc1, 0xc0, 4).push(AX).andImmediateAl(15).byte(0x04, 0x30, 0x3c, 0x3a); // rol; add, cmp al
  asm.jumpIf('carry', 'decimal').byte(0x04, 39).label('decimal').call('printByte').pop(AX).loop('digit');
  asm.byte(0xb0, 10).label('printByte').push(AX); // mov al, '\n'
  asm
    .label('full')
    .inAl(COM1 + 5)
    .byte(0xa8, 0x20)
    .jumpIf('zero', 'full')
    .pop(AX)
    .outAl(COM1)
    .ret(); // THRE

  asm
    .label('disk')
    .push(AX)
    .push(DX)
    .inAl(IDE + 7)
    .byte(0xb0, 0x20)
    .outImmediateAl(0xa0)
    .outImmediateAl(0x20)
    .pop(DX)
    .pop(AX)
    .byte(0xcf);
  asm.label('tick').push(AX).byte(0xb0, 0x20).outImmediateAl(0x20).pop(AX).label('spurious').byte(0xcf); // iret
  asm.label('fault').moveLabel32(SI, 'faultText', BASE).call('print').jump('stop');
}

function tables(asm: CounterAssembler): void {
  asm.label('bootText').text('boot \0').label('errorText').text('DISK ERROR\n\0');
  asm.label('mismatchText').text('MISMATCH \0').label('faultText').text('FAULT\n\0');
  asm.align(8).label('gdt').dword(0).dword(0).dword(0xffff).dword(0xcf9a00).dword(0xffff).dword(0xcf9200);
  asm.label('gdtr').word(23).dwordOf('gdt', BASE).align(8).label('idt');
  const handlers: Readonly<Record<number, string>> = { 32: 'tick', 39: 'spurious', 46: 'disk' };
  for (let vector = 0; vector < VECTORS; vector++) {
    const handler = handlers[vector] ?? 'fault';
    asm
      .wordOf(handler)
      .word(CODE)
      .word(0x8e00)
      .word(BASE >> 16); // interrupt gates
  }
  asm
    .label('idtr')
    .word(VECTORS * 8 - 1)
    .dwordOf('idt', BASE);
}
