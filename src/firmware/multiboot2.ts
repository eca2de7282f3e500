/** Direct boot of Multiboot 2 kernels (Multiboot2 specification 2.0), on the BIOS side of it. */
import type { Assembler } from './assembler';
import { AX, DI } from './assembler';
import { beginRom, emitLoads, emitRelocation, finishRom, type KernelBoot } from './boot-rom';
import { invalid, isElf64, type KernelSegment, sectionHeaders, viewOf } from './kernel-image';
import { readMultiboot2 } from './multiboot2-image';
import {
  type BootModule,
  emitCopyFromFs,
  emitFindRootPointer,
  emitFramebuffer,
  emitMapRoom,
  emitMemoryMap,
  emitMemorySizes,
  emitProtectedMode,
  emitVideoMode,
  emitVideoRoom,
  encodeStrings,
  endOf,
  MAP_ENTRY,
  LOADER_NAME,
  placeKernel,
  type ProtectedBootInput,
} from './protected-boot';
import { chooseVideoMode, type VideoMode } from './video-mode';

export { isMultiboot2Kernel } from './multiboot2-image';

const BOOT_MAGIC = 0x36d7_6289;
const TAG_COMMAND_LINE = 1;
const TAG_LOADER_NAME = 2;
const TAG_MODULE = 3;
const TAG_MEMORY = 4;
const TAG_MEMORY_MAP = 6;
const TAG_FRAMEBUFFER = 8;
const TAG_ELF_SECTIONS = 9;
const TAG_ACPI_OLD = 14;
const TAG_ACPI_NEW = 15;
const TAG_LOAD_BASE = 21;
const GIVEN = [
  ...[TAG_COMMAND_LINE, TAG_LOADER_NAME, TAG_MODULE, TAG_MEMORY, TAG_MEMORY_MAP, TAG_FRAMEBUFFER, TAG_ELF_SECTIONS],
  ...[TAG_ACPI_OLD, TAG_ACPI_NEW, TAG_LOAD_BASE],
];
const END_BYTES = 8;
const MAP_HEADER = 16;
/** Of the root pointer: what ACPI 1.0 knows of it, and the whole. */
const OLD_POINTER_BYTES = 20;
const NEW_POINTER_BYTES = 36;
const SECTION_ROOM = 0x2000;
const SHT_NULL = 0;
const SHT_NOBITS = 8;

/** Throws VmError 'kernel-invalid' when the kernel cannot be started so. */
export function multiboot2(input: ProtectedBootInput): KernelBoot {
  const image = readMultiboot2(input.kernel, GIVEN);
  const sections = placeSections(input.kernel, image.segments);
  const { loads, items, places } = placeKernel([...image.segments, ...sections.segments], input);
  const mode = image.video === undefined ? undefined : chooseVideoMode(image.video);
  const rom = beginRom('Multiboot 2 kernel');
  emitRelocation(rom);
  emitMemorySizes(rom);
  emitFindRootPointer(rom);
  emitCopyFromFs(rom, 'oldRootPointer', OLD_POINTER_BYTES);
  emitCopyFromFs(rom, 'newRootPointer', NEW_POINTER_BYTES);
  emitMemoryMap(rom, false);
  // The map is the last but one: the end tag goes behind what it came to, and the sizes follow.
  rom.clear32(AX).store32AtDi(0, AX).moveImmediate32(AX, END_BYTES).store32AtDi(4, AX);
  rom.addImmediate16(DI, END_BYTES).subtractLabel16(DI, 'info').zeroExtend16(AX, DI).store32('info', AX);
  rom.load32(AX, 'mapLength').addImmediate32(AX, MAP_HEADER).store32('mapTagSize', AX);
  emitLoads(rom, loads);
  emitVideoMode(rom, mode);
  emitProtectedMode(rom, { address: image.entry, magic: BOOT_MAGIC });
  emitVideoRoom(rom, mode);
  rom.align(4).label('mapLength').dword(0).label('rootPointer').dword(0);
  const loadBase = Math.min(...image.segments.map(({ gpa }) => gpa));
  emitInfo(rom, input, places, mode, sections.tag, loadBase);
  return { files: [{ name: 'genroms/subzero-multiboot2.bin', bytes: finishRom(rom) }], items };
}

interface Sections {
  /** What is not loaded with the kernel: symbols and names. */
  readonly segments: readonly KernelSegment[];
  /** Contents of the tag; undefined: the file has no section headers. */
  readonly tag: Uint8Array | undefined;
}

/** Sections without an address get one behind the kernel (3.6.7). */
function placeSections(kernel: Uint8Array, loaded: readonly KernelSegment[]): Sections {
  const headers = sectionHeaders(kernel);
  if (headers === undefined || headers.bytes.length > SECTION_ROOM) return { segments: [], tag: undefined };
  const is64 = isElf64(kernel);
  const table = viewOf(headers.bytes);
  const word = (at: number): number =>
    is64 ? table.getUint32(at, true) + table.getUint32(at + 4, true) * 0x1_0000_0000 : table.getUint32(at, true);
  const segments: KernelSegment[] = [];
  let next = endOf(loaded);
  for (let i = 0; i < headers.count; i++) {
    const at = i * headers.entryBytes;
    const type = table.getUint32(at + 4, true);
    const address = at + (is64 ? 16 : 12);
    const offset = word(at + (is64 ? 24 : 16));
    const size = word(at + (is64 ? 32 : 20));
    if (type === SHT_NULL || type === SHT_NOBITS || size === 0 || word(address) !== 0) continue;
    if (offset + size > kernel.length) throw invalid('a section does not fit the file');
    next = Math.ceil(next / 4096) * 4096;
    segments.push({ gpa: next, offset, fileBytes: size, memoryBytes: size });
    table.setUint32(address, next, true);
    next += size;
  }
  const tag = new Uint8Array(12 + headers.bytes.length);
  const view = viewOf(tag);
  view.setUint32(0, headers.count, true);
  view.setUint32(4, headers.entryBytes, true);
  view.setUint32(8, headers.names, true);
  tag.set(headers.bytes, 12);
  return { segments, tag };
}

function emitInfo(
  rom: Assembler,
  { commandLine, modules }: ProtectedBootInput,
  places: readonly number[],
  mode: VideoMode | undefined,
  sections: Uint8Array | undefined,
  loadBase: number,
): void {
  const [line, ...names] = encodeStrings([commandLine, ...modules.map((module: BootModule) => module.commandLine)]);
  rom.align(8).label('info').dword(0).dword(0);
  const tag = (type: number, bytes: number): Assembler => {
    while (rom.position % 8 !== 0) rom.byte(0);
    return rom.dword(type).dword(8 + bytes);
  };
  tag(TAG_COMMAND_LINE, line!.length).data(line!);
  tag(TAG_LOADER_NAME, LOADER_NAME.length + 1).text(`${LOADER_NAME}\0`);
  modules.forEach(({ bytes }, i) => {
    const name = names[i]!;
    tag(TAG_MODULE, 8 + name.length)
      .dword(places[i]!)
      .dword(places[i]! + bytes.length)
      .data(name);
  });
  tag(TAG_MEMORY, 8).label('memoryLower').dword(0).label('memoryUpper').dword(0);
  tag(TAG_LOAD_BASE, 4).dword(loadBase);
  // Two reserved bytes lie before the colours.
  tag(TAG_FRAMEBUFFER, 30);
  emitFramebuffer(rom, mode, 2);
  if (sections !== undefined) tag(TAG_ELF_SECTIONS, sections.length).data(sections);
  tag(TAG_ACPI_OLD, OLD_POINTER_BYTES).label('oldRootPointer').data(new Uint8Array(OLD_POINTER_BYTES));
  tag(TAG_ACPI_NEW, NEW_POINTER_BYTES).label('newRootPointer').data(new Uint8Array(NEW_POINTER_BYTES));
  while (rom.position % 8 !== 0) rom.byte(0);
  rom.dword(TAG_MEMORY_MAP).label('mapTagSize').dword(0).dword(MAP_ENTRY).dword(0);
  emitMapRoom(rom);
}
