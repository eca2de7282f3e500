/**
 * What the boot protocols that enter kernels in 32-bit protected mode share (Multiboot 1 and 2, PVH): segments and modules go to
 * their places by fw_cfg DMA; our ROM asks the BIOS for the memory map, finds the ACPI root pointer, sets a video mode, enters
 * protected mode and jumps.
 */
import { type Assembler, AX, BX, CX, DI, DS, DX, ES, FS, GS, SI, SP, SS } from './assembler';
import { type BlobLoad, ROM_BASE, ROM_LIMIT } from './boot-rom';
import type { FirmwareItem } from './firmware-file';
import { invalid, type KernelSegment } from './kernel-image';
import type { VideoMode } from './video-mode';

/**
 * Kernels and modules are given their arguments alone, without the name of their file, as GRUB 2 does; older loaders put the name first,
 * and Xen drops the first word unless the loader's name has "GRUB " in it with anything but a 0 behind.
 */
export const LOADER_NAME = 'Subzero (arguments as from GRUB 2)';

export interface BootModule {
  readonly bytes: Uint8Array;
  /** As the kernel sees it: the module's name and arguments. */
  readonly commandLine: string;
}

export interface ProtectedBootInput {
  readonly kernel: Uint8Array;
  readonly commandLine: string;
  readonly modules: readonly BootModule[];
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

export interface Placed {
  readonly loads: BlobLoad[];
  readonly items: FirmwareItem[];
  /** Address of each module. */
  readonly places: readonly number[];
}

/** Where everything goes. `extra`: parts of the file that lie behind the kernel, at addresses already chosen. */
export function placeKernel(
  segments: readonly KernelSegment[],
  { kernel, modules, lowMemoryBytes }: ProtectedBootInput,
): Placed {
  const ramEnd = lowMemoryBytes - FIRMWARE_ROOM;
  checkPlaces(segments, ramEnd);
  const loads: BlobLoad[] = [];
  const items: FirmwareItem[] = [{ selector: SELECTOR_KERNEL, bytes: kernel }];
  for (const { gpa, offset, fileBytes, memoryBytes } of segments) {
    loads.push({ selector: SELECTOR_KERNEL, offset, length: fileBytes, gpa });
    for (let done = fileBytes; done < memoryBytes; done += ZEROS_AT_ONCE) {
      const length = Math.min(ZEROS_AT_ONCE, memoryBytes - done);
      loads.push({ selector: SELECTOR_NOTHING, offset: 0, length, gpa: gpa + done });
    }
  }
  const places = placeModules(modules, endOf(segments), ramEnd);
  modules.forEach(({ bytes }, i) => {
    items.push({ selector: SELECTOR_MODULES + i, bytes });
    loads.push({ selector: SELECTOR_MODULES + i, offset: 0, length: bytes.length, gpa: places[i]! });
  });
  return { loads, items, places };
}

/** The first address behind the kernel, 1 MiB at least. */
export function endOf(segments: readonly KernelSegment[]): number {
  return Math.max(MIB, ...segments.map(({ gpa, memoryBytes }) => gpa + memoryBytes));
}

function checkPlaces(segments: readonly KernelSegment[], ramEnd: number): void {
  for (const { gpa, memoryBytes } of segments) {
    const end = gpa + memoryBytes;
    const isLow = gpa >= ROM_LIMIT && end <= LOW_END;
    if (!isLow && gpa < MIB) throw invalid('a segment lies where firmware and loader are');
    if (end > ramEnd) throw invalid('the machine has too little memory for it');
  }
}

/** Each at a page of its own behind the kernel. */
function placeModules(modules: readonly BootModule[], from: number, ramEnd: number): number[] {
  let next = from;
  return modules.map(({ bytes }) => {
    const gpa = Math.ceil(next / PAGE) * PAGE;
    next = gpa + bytes.length;
    if (next > ramEnd) throw invalid('the machine has too little memory for its modules');
    return gpa;
  });
}

/** Command lines with their NUL. */
export function encodeStrings(texts: readonly string[]): Uint8Array[] {
  const encoded = texts.map((text) => new TextEncoder().encode(`${text}\0`));
  if (encoded.reduce((sum, bytes) => sum + bytes.length, 0) > STRINGS_ROOM)
    throw invalid('its command lines are too long');
  return encoded;
}

export const MAP_ENTRY = 24;
const MAP_ENTRIES = 32;
const E820_MAGIC = 0x534d_4150;
const E820_LENGTH = 20;

/** Room for the map that `emitMemoryMap` fills. */
export function emitMapRoom(rom: Assembler): void {
  rom.align(8).label('map');
  for (let i = 0; i < MAP_ENTRIES * MAP_ENTRY; i++) rom.byte(0);
  rom.label('mapEnd');
  // Room for the entry that the loop's last round may begin, and for what follows the map.
  for (let i = 0; i < MAP_ENTRY + 16; i++) rom.byte(0);
}

/**
 * INT 15h E820 entries at 'map', each of 24 bytes: preceded by its size (Multiboot 1) or followed by zeros. DI is their end;
 * 'mapLength' gets their bytes.
 */
export function emitMemoryMap(rom: Assembler, hasSizes: boolean): void {
  const before = hasSizes ? 4 : 0;
  rom.clear32(BX).moveLabel16(DI, 'map');
  rom.label('mapNext').moveImmediate32(AX, 0xe820).moveImmediate32(DX, E820_MAGIC).moveImmediate32(CX, E820_LENGTH);
  // The entry goes behind its size field; the field is written when the entry counts.
  rom.addImmediate16(DI, before).interrupt(0x15).jumpIf('carry', 'mapDone');
  rom.compareImmediate32(AX, E820_MAGIC).jumpIf('notZero', 'mapDone');
  if (hasSizes) rom.moveImmediate32(AX, E820_LENGTH).store32AtDi(-4, AX);
  rom.addImmediate16(DI, MAP_ENTRY - before);
  rom
    .test32(BX)
    .jumpIf('zero', 'mapLast')
    .compareLabel16(DI, 'mapEnd')
    .jumpIf('aboveOrEqual', 'mapLast')
    .jump('mapNext');
  rom.label('mapDone').addImmediate16(DI, -before & 0xffff);
  rom.label('mapLast').move16(AX, DI).subtractLabel16(AX, 'map').zeroExtend16(AX, AX).store32('mapLength', AX);
}

/** KiB below 1 MiB and from there on, to 'memoryLower' and 'memoryUpper'. */
export function emitMemorySizes(rom: Assembler): void {
  rom.interrupt(0x12).zeroExtend16(AX, AX).store32('memoryLower', AX);
  rom.moveImmediate16(AX, 0xe801).clear32(CX).clear32(DX).interrupt(0x15);
  // CX: KiB up to 16 MiB; DX: 64 KiB blocks above.
  rom.zeroExtend16(CX, CX).zeroExtend16(DX, DX).shiftLeft32(DX, 6).add32(CX, DX).store32('memoryUpper', CX);
}

/** EAX and 'rootPointer': where the BIOS has put the ACPI root pointer (ACPI 6.4, 5.2.5.1), 0: nowhere. FS is its segment. */
export function emitFindRootPointer(rom: Assembler): void {
  rom.moveImmediate16(AX, 0xe000).label('rsdpTry').moveToSegment(FS, AX);
  rom.byte(0x64, 0x66, 0x81, 0x3e, 0, 0).text('RSD ').jumpIf('notZero', 'rsdpNext'); // cmp dword fs:[0], imm32
  rom.byte(0x64, 0x66, 0x81, 0x3e, 4, 0).text('PTR ').jumpIf('zero', 'rsdpFound');
  rom.label('rsdpNext').addImmediate16(AX, 1).jumpIf('notZero', 'rsdpTry');
  rom.label('rsdpFound').zeroExtend16(AX, AX).shiftLeft32(AX, 4).store32('rootPointer', AX);
}

/** `count` bytes from FS:0 to a label, if EAX is not 0. */
export function emitCopyFromFs(rom: Assembler, to: string, count: number): void {
  rom.test32(AX).jumpIf('zero', `${to}Copied`);
  rom.clear16(SI).moveLabel16(DI, to).moveImmediate16(CX, count);
  rom.label(`${to}Next`).byte(0x64, 0x8a, 0x04, 0xaa).addImmediate16(SI, 1).loop(`${to}Next`); // mov al, fs:[si]; stosb
  rom.label(`${to}Copied`);
}

const VBE_DONE = 0x004f;
const MODE_INFO_BYTES = 256;
const CONTROLLER_INFO_BYTES = 512;
const TEXT = { gpa: 0xb8000, pitch: 160, columns: 80, rows: 25 } as const;
const FRAMEBUFFER_DIRECT = 1;
const FRAMEBUFFER_TEXT = 2;

/**
 * Sets a linear VBE mode and tells what `emitFramebuffer` describes where it is; where the video BIOS refuses, the screen stays in
 * text and is described so.
 */
export function emitVideoMode(rom: Assembler, mode: VideoMode | undefined): void {
  if (mode === undefined) return;
  const call = (ax: number): void => {
    rom.moveImmediate16(AX, ax).interrupt(0x10).byte(0x3d).word(VBE_DONE).jumpIf('notZero', 'videoRefused');
  };
  rom.moveLabel16(DI, 'controllerInfo');
  call(0x4f00);
  rom.moveLabel16(DI, 'modeInfo').moveImmediate16(CX, mode.number);
  call(0x4f01);
  rom.moveImmediate16(BX, mode.number | 0x4000);
  call(0x4f02);
  rom.load32(AX, 'modeBase').store32('framebufferBase', AX);
  rom.load32(AX, 'modePitch').zeroExtend16(AX, AX).store32('framebufferPitch', AX).jumpNear('videoSet');
  rom.label('videoRefused');
  const { gpa, pitch, columns, rows } = TEXT;
  for (const [label, value] of [
    ['framebufferBase', gpa],
    ['framebufferPitch', pitch],
    ['framebufferWidth', columns],
    ['framebufferHeight', rows],
    ['framebufferKind', 16 | (FRAMEBUFFER_TEXT << 8)],
  ] as const) {
    rom.moveImmediate32(AX, value).store32(label, AX);
  }
  rom.label('videoSet');
}

/** Address, pitch, width, height, depth and type; `pad` bytes; the colours' places. The same in Multiboot 1 and 2. */
export function emitFramebuffer(rom: Assembler, mode: VideoMode | undefined, pad: number): void {
  rom
    .label('framebufferBase')
    .dword(mode === undefined ? TEXT.gpa : 0)
    .dword(0);
  rom.label('framebufferPitch').dword(TEXT.pitch);
  rom.label('framebufferWidth').dword(mode?.width ?? TEXT.columns);
  rom.label('framebufferHeight').dword(mode?.height ?? TEXT.rows);
  rom.label('framebufferKind').byte(mode?.depth ?? 16, mode === undefined ? FRAMEBUFFER_TEXT : FRAMEBUFFER_DIRECT);
  for (let i = 0; i < pad; i++) rom.byte(0);
  rom.byte(...(mode?.colors ?? [0, 0, 0, 0, 0, 0]));
}

/** What the video BIOS says of itself and of the mode. */
export function emitVideoRoom(rom: Assembler, mode: VideoMode | undefined): void {
  if (mode === undefined) return;
  rom.align(4).label('controllerInfo').text('VBE2');
  for (let i = 4; i < CONTROLLER_INFO_BYTES; i++) rom.byte(0);
  rom.label('modeInfo');
  for (let i = 0; i < MODE_INFO_BYTES; i++) {
    if (i === 0x10) rom.label('modePitch');
    if (i === 0x28) rom.label('modeBase');
    rom.byte(0);
  }
}

const GDT_CODE = 0x08;
const GDT_DATA = 0x10;
const GDT_TASK = 0x18;

export interface Entry {
  readonly address: number;
  /** EAX. */
  readonly magic: number;
  /** EBX is the address of label 'info'. PVH also wants a task register. */
  readonly hasTask?: boolean;
}

/** Flat segments, paging and interrupts off, A20 on. */
export function emitProtectedMode(rom: Assembler, { address, magic, hasTask = false }: Entry): void {
  rom.clearInterrupts().inImmediateAl(0x92).orImmediateAl(2).andImmediateAl(0xfe).outImmediateAl(0x92);
  rom.loadGdt('gdtPointer').enterProtectedMode().jumpFar32(GDT_CODE, 'flat', ROM_BASE);
  rom.label('flat');
  rom.bits = 32;
  if (hasTask) rom.moveImmediate32(AX, GDT_TASK).byte(0x0f, 0x00, 0xd8); // ltr ax
  rom.moveImmediate32(AX, GDT_DATA);
  for (const register of [DS, ES, FS, GS, SS] as const) rom.moveToSegment(register, AX);
  rom.moveImmediate32(SP, ROM_LIMIT - 16);
  rom.moveImmediate32(CX, address).moveLabel32(BX, 'info', ROM_BASE).moveImmediate32(AX, magic);
  for (const register of [DX, SI, DI] as const) rom.clear32(register);
  rom.jumpRegister32(CX);
  rom.bits = 16;
  rom.align(8).label('gdt').dword(0).dword(0);
  rom.dword(0x0000_ffff).dword(0x00cf_9a00).dword(0x0000_ffff).dword(0x00cf_9200).dword(0x0000_0067).dword(0x0000_8900);
  rom.label('gdtPointer').word(31).dwordOf('gdt', ROM_BASE);
}
