/**
 * Direct boot of Multiboot 1 kernels (Multiboot specification 0.6.96): segments, modules and strings go to their places by
 * fw_cfg DMA; our ROM asks the BIOS for the memory map, enters protected mode and jumps.
 */
import { type Assembler, AX, BX, CX, DI, DS, DX, ES, FS, GS, SI, SP, SS } from './assembler';
import {
  beginRom,
  type BlobLoad,
  emitLoads,
  emitRelocation,
  finishRom,
  type KernelBoot,
  ROM_BASE,
  ROM_LIMIT,
} from './boot-rom';
import type { FirmwareItem } from './firmware-file';
import { invalid, type MultibootImage, readMultiboot } from './multiboot-image';

export { isMultibootKernel } from './multiboot-image';

export interface MultibootModule {
  readonly bytes: Uint8Array;
  /** As the kernel sees it: the module's name and arguments. */
  readonly commandLine: string;
}

export interface MultibootInput {
  readonly kernel: Uint8Array;
  readonly commandLine: string;
  readonly modules: readonly MultibootModule[];
  readonly lowMemoryBytes: number;
}

const SELECTOR_KERNEL = 0x11;
/** Of modules: one item each from here on. */
const SELECTOR_MODULES = 0x8100;
/** No item: reads as zeros. */
const SELECTOR_NOTHING = 0x1f;
/** The device gives that many zeros past an item's end. */
const ZEROS_AT_ONCE = 1 << 20;

const PAGE = 0x1000;
const FIRMWARE_ROOM = 0x10_0000;
const MIB = 0x10_0000;
/** Low memory that segments may use: above our ROM, below the screen and the EBDA. */
const LOW_END = 0x9_0000;
const STRINGS_ROOM = 0x4000;

const BOOT_MAGIC = 0x2bad_b002;
const INFO_MEMORY = 1 << 0;
const INFO_COMMAND_LINE = 1 << 2;
const INFO_MODULES = 1 << 3;
const INFO_MEMORY_MAP = 1 << 6;
const INFO_LOADER_NAME = 1 << 9;
const INFO_FRAMEBUFFER = 1 << 12;
const INFO_LENGTH = 116;
const FRAMEBUFFER_TEXT = 2;

const MAP_ENTRIES = 32;
const MAP_ENTRY = 24;
const E820_MAGIC = 0x534d_4150;

/** Throws VmError 'kernel-invalid' when the kernel cannot be started so. */
export function multiboot(input: MultibootInput): KernelBoot {
  const image = readMultiboot(input.kernel);
  const ramEnd = input.lowMemoryBytes - FIRMWARE_ROOM;
  checkPlaces(image, ramEnd);
  const loads: BlobLoad[] = [];
  const items: FirmwareItem[] = [{ selector: SELECTOR_KERNEL, bytes: input.kernel }];
  for (const { gpa, offset, fileBytes, memoryBytes } of image.segments) {
    loads.push({ selector: SELECTOR_KERNEL, offset, length: fileBytes, gpa });
    for (let done = fileBytes; done < memoryBytes; done += ZEROS_AT_ONCE) {
      const length = Math.min(ZEROS_AT_ONCE, memoryBytes - done);
      loads.push({ selector: SELECTOR_NOTHING, offset: 0, length, gpa: gpa + done });
    }
  }
  const ends = image.segments.map(({ gpa, memoryBytes }) => gpa + memoryBytes);
  const places = placeModules(input.modules, Math.max(MIB, ...ends), ramEnd);
  input.modules.forEach(({ bytes }, i) => {
    items.push({ selector: SELECTOR_MODULES + i, bytes });
    loads.push({ selector: SELECTOR_MODULES + i, offset: 0, length: bytes.length, gpa: places[i]! });
  });
  const rom = startRom(image, loads, input, places);
  return { files: [{ name: 'genroms/subzero-multiboot.bin', bytes: rom }], items };
}

function checkPlaces(image: MultibootImage, ramEnd: number): void {
  for (const { gpa, memoryBytes } of image.segments) {
    const end = gpa + memoryBytes;
    const isLow = gpa >= ROM_LIMIT && end <= LOW_END;
    if (!isLow && gpa < MIB) throw invalid('a segment lies where firmware and loader are');
    if (end > ramEnd) throw invalid('the machine has too little memory for it');
  }
}

/** Each at a page of its own behind the kernel. */
function placeModules(modules: readonly MultibootModule[], from: number, ramEnd: number): number[] {
  let next = from;
  return modules.map(({ bytes }) => {
    const gpa = Math.ceil(next / PAGE) * PAGE;
    next = gpa + bytes.length;
    if (next > ramEnd) throw invalid('the machine has too little memory for its modules');
    return gpa;
  });
}

function startRom(
  image: MultibootImage,
  loads: BlobLoad[],
  input: MultibootInput,
  places: readonly number[],
): Uint8Array {
  const rom = beginRom('Multiboot kernel');
  emitRelocation(rom);
  emitMemoryMap(rom);
  emitLoads(rom, loads);
  emitProtectedMode(rom, image.entry);
  emitInfo(rom, image, input, places);
  return finishRom(rom);
}

/** INT 15h E820 entries, each preceded by its size, and E801 for the sizes below and above 1 MiB. */
function emitMemoryMap(rom: Assembler): void {
  rom.clear32(BX).moveLabel16(DI, 'map');
  rom.label('mapNext').moveImmediate32(AX, 0xe820).moveImmediate32(DX, E820_MAGIC).moveImmediate32(CX, 20);
  // The entry goes behind its size field; the field is written when the entry counts.
  rom.addImmediate16(DI, 4).interrupt(0x15).jumpIf('carry', 'mapDone');
  rom.compareImmediate32(AX, E820_MAGIC).jumpIf('notZero', 'mapDone');
  rom.moveImmediate32(AX, 20).store32AtDi(-4, AX).addImmediate16(DI, 20);
  rom
    .test32(BX)
    .jumpIf('zero', 'mapLast')
    .compareLabel16(DI, 'mapEnd')
    .jumpIf('aboveOrEqual', 'mapLast')
    .jump('mapNext');
  rom.label('mapDone').addImmediate16(DI, -4 & 0xffff);
  rom.label('mapLast').subtractLabel16(DI, 'map').zeroExtend16(AX, DI).store32('mapLength', AX);
  rom.interrupt(0x12).zeroExtend16(AX, AX).store32('memoryLower', AX);
  rom.moveImmediate16(AX, 0xe801).clear32(CX).clear32(DX).interrupt(0x15);
  // CX: KiB up to 16 MiB; DX: 64 KiB blocks above.
  rom.zeroExtend16(CX, CX).zeroExtend16(DX, DX).shiftLeft32(DX, 6).add32(CX, DX).store32('memoryUpper', CX);
}

const GDT_CODE = 0x08;
const GDT_DATA = 0x10;

/** The machine state of 3.2: flat segments, paging and interrupts off, A20 on. */
function emitProtectedMode(rom: Assembler, entry: number): void {
  rom.clearInterrupts().inImmediateAl(0x92).orImmediateAl(2).andImmediateAl(0xfe).outImmediateAl(0x92);
  rom.loadGdt('gdtPointer').enterProtectedMode().jumpFar32(GDT_CODE, 'flat', ROM_BASE);
  rom.label('flat');
  rom.bits = 32;
  rom.moveImmediate32(AX, GDT_DATA);
  for (const register of [DS, ES, FS, GS, SS] as const) rom.moveToSegment(register, AX);
  rom.moveImmediate32(SP, ROM_LIMIT - 16);
  rom.moveImmediate32(CX, entry).moveLabel32(BX, 'info', ROM_BASE).moveImmediate32(AX, BOOT_MAGIC);
  for (const register of [DX, SI, DI] as const) rom.clear32(register);
  rom.jumpRegister32(CX);
  rom.bits = 16;
  rom.align(8).label('gdt').dword(0).dword(0);
  rom.dword(0x0000_ffff).dword(0x00cf_9a00).dword(0x0000_ffff).dword(0x00cf_9200);
  rom.label('gdtPointer').word(23).dwordOf('gdt', ROM_BASE);
}

function emitInfo(rom: Assembler, image: MultibootImage, input: MultibootInput, places: readonly number[]): void {
  const { modules } = input;
  const flags =
    INFO_MEMORY |
    INFO_COMMAND_LINE |
    (modules.length > 0 ? INFO_MODULES : 0) |
    INFO_MEMORY_MAP |
    INFO_LOADER_NAME |
    (image.wantsVideo ? INFO_FRAMEBUFFER : 0);
  rom.align(8).label('info');
  const start = rom.position;
  rom.dword(flags).label('memoryLower').dword(0).label('memoryUpper').dword(0).dword(0xffff_ffff);
  rom.dwordOf('commandLine', ROM_BASE).dword(modules.length).dwordOf('modules', ROM_BASE);
  rom.dword(0).dword(0).dword(0).dword(0);
  rom.label('mapLength').dword(0).dwordOf('map', ROM_BASE);
  rom.dword(0).dword(0).dword(0).dwordOf('loaderName', ROM_BASE);
  while (rom.position < start + 88) rom.byte(0);
  // The screen is as the BIOS leaves it: 80x25 text.
  rom.dword(0xb8000).dword(0).dword(160).dword(80).dword(25).byte(16, FRAMEBUFFER_TEXT);
  while (rom.position < start + INFO_LENGTH) rom.byte(0);
  rom.label('modules');
  modules.forEach(({ bytes }, i) => {
    rom
      .dword(places[i]!)
      .dword(places[i]! + bytes.length)
      .dwordOf(`module${i}`, ROM_BASE)
      .dword(0);
  });
  const strings = [input.commandLine, ...modules.map((module) => module.commandLine)];
  const encoded = strings.map((text) => new TextEncoder().encode(text));
  if (encoded.reduce((sum, bytes) => sum + bytes.length + 1, 0) > STRINGS_ROOM)
    throw invalid('its command lines are too long');
  rom.label('loaderName').text('Subzero').byte(0);
  encoded.forEach((bytes, i) => {
    rom
      .label(i === 0 ? 'commandLine' : `module${i - 1}`)
      .data(bytes)
      .byte(0);
  });
  rom.align(4).label('map');
  for (let i = 0; i < MAP_ENTRIES * MAP_ENTRY; i++) rom.byte(0);
  rom.label('mapEnd');
  // Room for the entry that the loop's last round may begin.
  for (let i = 0; i < MAP_ENTRY; i++) rom.byte(0);
}
