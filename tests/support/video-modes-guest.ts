import { Assembler, AX, BX, CX, DI, DS, DX, ES, SI, SP, SS } from '../../src/firmware/assembler';

/** BIOS modes (IBM VGA manual) and VBE modes (VBE 3.0 and SeaVGABIOS's own) that the guest shows, in this order. */
export const VIDEO_MODES = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13],
  ...[0x100, 0x101, 0x102, 0x103, 0x105, 0x110, 0x111, 0x112, 0x115],
  // Last, and after a text mode: SeaVGABIOS programs the CRTC before it moves its port, so that mode 7 keeps the timing of the
  // mode before it, and a mode after it would keep mode 7's (so does QEMU).
  0x03,
  0x07,
] as const;
/** What the guest writes to COM1 when a mode's picture stands; it then waits for a key. */
export const VIDEO_READY = 'R';
const COM1 = 0x3f8;
const CRTC_MONO = 0x3b4;
const ORIGIN = 0x7c00;
const END = 0xffff;

/**
 * A boot floppy that goes through the video BIOS's modes. Text modes show all 256 attributes, 16 a row, as "##"; graphics
 * modes sixteen bars of 16 x 32 pixels in colours 0 to 15, drawn by INT 10h function 0Ch, and, but for VBE's, "Mode" at row 6.
 */
export function videoModesFloppy(): Uint8Array {
  const asm = new Assembler();
  while (asm.position < ORIGIN) asm.byte(0);
  asm.clearInterrupts().clear16(AX);
  for (const segment of [DS, ES, SS] as const) asm.moveToSegment(segment, AX);
  asm.moveImmediate16(SP, ORIGIN).setInterrupts().clearDirection().moveLabel16(SI, 'modes');
  asm.label('next').byte(0xad).byte(0x3d).word(END).jumpIf('notZero', 'show').label('end').halt().jump('end'); // lodsw
  asm.label('show').byte(0x56).move16(BX, AX); // push si
  asm.byte(0x3d).word(0x100).jumpIf('carry', 'legacy');
  asm.moveImmediate16(AX, 0x4f02).interrupt(0x10).jump('pixels');
  asm.label('legacy').byte(0x50).interrupt(0x10).byte(0x58); // AH = 0 sets mode AL
  asm.byte(0x3c, 4).jumpIf('carry', 'text').byte(0x3c, 7).jumpIf('zero', 'text');

  asm.label('pixels').clear16(DX); // DX = y, CX = x
  asm.label('line').clear16(CX);
  asm
    .label('pixel')
    .move16(AX, CX)
    .byte(0xc1, 0xe8, 4)
    .byte(0xb4, 0x0c)
    .clear16(BX)
    .byte(0x60)
    .interrupt(0x10)
    .byte(0x61);
  asm.addImmediate16(CX, 1).byte(0x81, 0xf9).word(256).jumpIf('notZero', 'pixel');
  asm.addImmediate16(DX, 1).byte(0x83, 0xfa, 32).jumpIf('notZero', 'line');
  // SeaVGABIOS writes text past the first 64 KiB of a VBE mode over its first lines: none there (mov ax, [si - 2])
  asm
    .byte(0x5e)
    .byte(0x56)
    .byte(0x8b, 0x44, 0xfe)
    .byte(0x3d)
    .word(0x100)
    .jumpIf('carry', 'caption')
    .jumpNear('shown')
    .label('caption');
  asm.moveImmediate16(AX, 0x0200).clear16(BX).moveImmediate16(DX, 0x0600).interrupt(0x10);
  asm.moveLabel16(SI, 'name');
  asm.label('letter').loadByteFromSi().testAl().jumpIf('zero', 'shown');
  asm.byte(0xb4, 0x0e).moveImmediate16(BX, 15).byte(0x56).interrupt(0x10).byte(0x5e).jump('letter');

  asm.label('text').clear16(DI); // DI = attribute
  asm.label('cell').move16(DX, DI).byte(0x83, 0xe2, 15).byte(0xd1, 0xe2); // and dx, 15; shl dx, 1
  asm.move16(AX, DI).byte(0xc1, 0xe8, 4).byte(0x88, 0xc6); // shr ax, 4; mov dh, al
  asm.moveImmediate16(AX, 0x0200).clear16(BX).interrupt(0x10);
  asm.move16(BX, DI).byte(0xb7, 0).moveImmediate16(AX, 0x0923).moveImmediate16(CX, 2).interrupt(0x10); // '#'
  asm.addImmediate16(DI, 1).byte(0x81, 0xff).word(256).jumpIf('notZero', 'cell');

  // for the same reason mode 7's underline location, 0Dh, is set here; in other modes nothing is at this port
  asm.label('shown').moveImmediate16(DX, CRTC_MONO).moveImmediate16(AX, 0x0d14).byte(0xef); // out dx, ax
  asm.moveImmediate16(DX, COM1).byte(0xb0, VIDEO_READY.charCodeAt(0), 0xee); // out dx, al
  asm.byte(0xb4, 0).interrupt(0x16).byte(0x5e).jumpNear('next'); // pop si
  asm.label('name').text('Mode').byte(0).label('modes');
  for (const mode of VIDEO_MODES) asm.word(mode);
  asm.word(END);
  while (asm.position < ORIGIN + 510) asm.byte(0);
  asm.word(0xaa55);
  const image = new Uint8Array(1_474_560);
  image.set(asm.assemble().subarray(ORIGIN));
  return image;
}
