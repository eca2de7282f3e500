const SECTOR = 512;
const FLOPPY_BYTES = 1_474_560;

/** A floppy whose first sector holds this code, which the BIOS starts in real mode at 0:7C00. */
export function bootFloppy(code: readonly number[]): Uint8Array {
  if (code.length > SECTOR - 2) throw new Error(`${code.length} bytes of code do not fit a boot sector`);
  const image = new Uint8Array(FLOPPY_BYTES);
  image.set(code);
  image.set([0x55, 0xaa], SECTOR - 2);
  return image;
}

/** MOV AL, byte; MOV DX, port; OUT DX, AL */
export function outByte(port: number, byte: number): number[] {
  return [0xb0, byte, 0xba, port & 0xff, port >> 8, 0xee];
}

/** MOV AX, word; MOV DX, port; OUT DX, AX */
export function outWord(port: number, word: number): number[] {
  return [0xb8, word & 0xff, word >> 8, 0xba, port & 0xff, port >> 8, 0xef];
}

/** MOV DX, from; IN AL, DX; MOV DX, to; OUT DX, AL */
export function copyByte(from: number, to: number): number[] {
  return [0xba, from & 0xff, from >> 8, 0xec, 0xba, to & 0xff, to >> 8, 0xee];
}

/** CLI; HLT */
export const STOP = [0xfa, 0xf4];

/** CLI, then a jump to itself: never a look at an interrupt. */
export const SPIN = [0xfa, 0xeb, 0xfe];
