/**
 * Our option ROM. SeaBIOS loads it from fw_cfg ('genroms/'), finds the boot entry vector in its PnP header (Plug and Play
 * BIOS 1.0A, 3.2; BIOS Boot Specification 1.01, appendix B) and starts it first, as 'bootorder' says. It copies itself to low
 * memory, has fw_cfg's DMA load everything to its place, and jumps to the kernel. What goes where is computed beforehand
 * and lies in the ROM as the DMA's own access structures.
 */
import { Assembler, AX, BX, CS, CX, DI, DS, DX, ES, SI, SP, SS } from './assembler';
import type { FirmwareFile, FirmwareItem } from './firmware-file';

/** What a direct boot adds to the machine's fw_cfg. */
export interface KernelBoot {
  readonly files: readonly FirmwareFile[];
  readonly items: readonly FirmwareItem[];
}

/** Bytes of an fw_cfg item, from `offset` on, that go to an address; past the item's end they are zeros. */
export interface BlobLoad {
  readonly selector: number;
  readonly offset: number;
  readonly length: number;
  readonly gpa: number;
}

/** Where the ROM runs: after the interrupt vectors, BIOS data and the boot sector's place. */
export const ROM_BASE = 0x8000;
const ROM_SEGMENT = ROM_BASE >> 4;
/** ROM copy, memory map and stack lie below this. */
export const ROM_LIMIT = 0x10000;
const STACK = ROM_LIMIT - ROM_BASE - 16;

const BLOCK = 512;
const PORT_DMA_HIGH = 0x514;
const PORT_DMA_LOW = 0x518;
const DMA_READ = 0x02;
const DMA_SKIP = 0x04;
const DMA_SELECT = 0x08;
/** DMA_CTL_ERROR as it lies in the big-endian control field. */
const DMA_ERROR_SWAPPED = 0x0100_0000;

/** Header up to and including the PnP structure; the boot entry is at label 'entry', which the caller's code follows. */
export function beginRom(product: string): Assembler {
  const rom = new Assembler();
  // Signature, length in blocks (patched by `finishRom`), initialisation: nothing to do.
  rom.byte(0x55, 0xaa, 0).returnFar().byte(0, 0, 0);
  while (rom.position < 0x1a) rom.byte(0);
  rom.wordOf('pnp');
  rom.align(16).label('pnp').text('$PnP');
  rom.byte(1, 2).word(0).byte(0, 0);
  rom.dword(0).wordOf('manufacturer').wordOf('product');
  // A bootable, read-cacheable device of unknown class; no BCV, no disconnect vector; the boot entry vector.
  rom.byte(0, 0, 0, 0x14).word(0).word(0).wordOf('entry').word(0).word(0);
  rom.label('manufacturer').text('Subzero').byte(0);
  rom.label('product').text(product).byte(0);
  return rom;
}

/** Moves the code to ROM_BASE and gives it segments and a stack. */
export function emitRelocation(rom: Assembler): void {
  rom.label('entry').clearInterrupts().clearDirection();
  rom.clear16(AX).moveToSegment(ES, AX).moveFromSegment(AX, CS).moveToSegment(DS, AX);
  rom.clear16(SI).moveImmediate16(DI, ROM_BASE).moveLabel16(CX, 'end').repeatMoveBytes();
  rom.jumpFar16(ROM_SEGMENT, 'relocated');
  rom.label('relocated').moveFromSegment(AX, CS);
  rom.moveToSegment(DS, AX).moveToSegment(ES, AX).moveToSegment(SS, AX).moveImmediate16(SP, STACK);
  rom.setInterrupts();
}

/** Runs each access structure; the device writes 0 to its control field when done. */
export function emitLoads(rom: Assembler, loads: readonly BlobLoad[]): void {
  const accesses = loads.flatMap(accessesOf);
  if (accesses.length === 0) return;
  rom.moveLabel16(SI, 'accesses').moveImmediate16(CX, accesses.length);
  rom.label('next').clear32(AX).moveImmediate16(DX, PORT_DMA_HIGH).out32();
  rom.zeroExtend16(AX, SI).addImmediate32(AX, ROM_BASE).byteSwap32(AX).moveImmediate16(DX, PORT_DMA_LOW).out32();
  rom.label('wait').load32FromSi(AX).test32(AX).jumpIf('zero', 'loaded');
  rom.testImmediate32(AX, DMA_ERROR_SWAPPED).jumpIf('zero', 'wait').jump('failed');
  rom.label('loaded').addImmediate16(SI, 16).loop('next').jumpNear('allLoaded');
  emitFailure(rom);
  rom.align(8).label('accesses');
  for (const access of accesses) rom.data(access);
  rom.label('allLoaded');
}

function emitFailure(rom: Assembler): void {
  rom.label('failed').moveLabel16(SI, 'message');
  rom.label('print').loadByteFromSi().testAl().jumpIf('zero', 'stop');
  rom.byte(0xb4, 0x0e).moveImmediate16(BX, 7).interrupt(0x10).jump('print');
  rom.label('stop').setInterrupts().halt().jump('stop');
  rom.label('message').text('Subzero: the kernel cannot be loaded.\r\n').byte(0);
}

function accessesOf({ selector, offset, length, gpa }: BlobLoad): Uint8Array[] {
  if (length === 0) return [];
  if (offset === 0) return [access((selector << 16) | DMA_SELECT | DMA_READ, length, gpa)];
  return [access((selector << 16) | DMA_SELECT | DMA_SKIP, offset, 0), access(DMA_READ, length, gpa)];
}

/** FWCfgDmaAccess: control, length, address, all big-endian. */
function access(control: number, length: number, gpa: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, control);
  view.setUint32(4, length);
  view.setUint32(12, gpa);
  return bytes;
}

/** Pads to whole blocks, sets the length and the checksum. `room`: bytes that must stay free behind the code for data. */
export function finishRom(rom: Assembler, room = 0): Uint8Array {
  rom.label('end');
  const bytes = rom.assemble(BLOCK);
  const limit = Math.min(255 * BLOCK, STACK - 0x400 - room);
  if (bytes.length > limit) throw new RangeError('boot ROM too large');
  bytes[2] = bytes.length / BLOCK;
  // PnP structure, then the whole.
  const pnp = rom.offsetOf('pnp');
  bytes[pnp + 9] = sumToZero(bytes.subarray(pnp, pnp + 32));
  bytes[6] = sumToZero(bytes);
  return bytes;
}

function sumToZero(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}
