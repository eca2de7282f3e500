/** Direct boot of Multiboot 1 kernels (Multiboot specification 0.6.96). */
import type { Assembler } from './assembler';
import { beginRom, emitLoads, emitRelocation, finishRom, type KernelBoot, ROM_BASE } from './boot-rom';
import { type MultibootImage, readMultiboot } from './multiboot-image';
import {
  emitFramebuffer,
  emitMapRoom,
  emitMemoryMap,
  emitMemorySizes,
  emitProtectedMode,
  emitVideoMode,
  emitVideoRoom,
  encodeStrings,
  LOADER_NAME,
  placeKernel,
  type ProtectedBootInput,
} from './protected-boot';
import { chooseVideoMode, type VideoMode } from './video-mode';

export { isMultibootKernel } from './multiboot-image';

const BOOT_MAGIC = 0x2bad_b002;
const INFO_MEMORY = 1 << 0;
const INFO_COMMAND_LINE = 1 << 2;
const INFO_MODULES = 1 << 3;
const INFO_MEMORY_MAP = 1 << 6;
const INFO_LOADER_NAME = 1 << 9;
const INFO_VBE = 1 << 11;
const INFO_FRAMEBUFFER = 1 << 12;
const INFO_LENGTH = 116;
const INFO_VBE_AT = 72;
const INFO_FRAMEBUFFER_AT = 88;

/** Throws VmError 'kernel-invalid' when the kernel cannot be started so. */
export function multiboot(input: ProtectedBootInput): KernelBoot {
  const image = readMultiboot(input.kernel);
  const { loads, items, places } = placeKernel(image.segments, input);
  const mode = image.video === undefined ? undefined : chooseVideoMode(image.video);
  const rom = beginRom('Multiboot kernel');
  emitRelocation(rom);
  emitMemoryMap(rom, true);
  emitMemorySizes(rom);
  emitLoads(rom, loads);
  emitVideoMode(rom, mode);
  emitProtectedMode(rom, { address: image.entry, magic: BOOT_MAGIC });
  emitInfo(rom, image, mode, input, places);
  return { files: [{ name: 'genroms/subzero-multiboot.bin', bytes: finishRom(rom) }], items };
}

function emitInfo(
  rom: Assembler,
  image: MultibootImage,
  mode: VideoMode | undefined,
  { modules, commandLine }: ProtectedBootInput,
  places: readonly number[],
): void {
  const flags =
    INFO_MEMORY |
    INFO_COMMAND_LINE |
    (modules.length > 0 ? INFO_MODULES : 0) |
    INFO_MEMORY_MAP |
    INFO_LOADER_NAME |
    (mode === undefined ? 0 : INFO_VBE) |
    (image.wantsVideo ? INFO_FRAMEBUFFER : 0);
  rom.align(8).label('info');
  const start = rom.position;
  const fillTo = (offset: number): void => {
    while (rom.position < start + offset) rom.byte(0);
  };
  rom.dword(flags).label('memoryLower').dword(0).label('memoryUpper').dword(0).dword(0xffff_ffff);
  rom.dwordOf('commandLine', ROM_BASE).dword(modules.length).dwordOf('modules', ROM_BASE);
  rom.dword(0).dword(0).dword(0).dword(0);
  rom.label('mapLength').dword(0).dwordOf('map', ROM_BASE);
  rom.dword(0).dword(0).dword(0).dwordOf('loaderName', ROM_BASE);
  if (mode !== undefined) {
    fillTo(INFO_VBE_AT);
    rom
      .dwordOf('controllerInfo', ROM_BASE)
      .dwordOf('modeInfo', ROM_BASE)
      .word(mode.number | 0x4000);
  }
  fillTo(INFO_FRAMEBUFFER_AT);
  emitFramebuffer(rom, mode, 0);
  fillTo(INFO_LENGTH);
  rom.label('modules');
  modules.forEach(({ bytes }, i) => {
    rom
      .dword(places[i]!)
      .dword(places[i]! + bytes.length)
      .dwordOf(`module${i}`, ROM_BASE)
      .dword(0);
  });
  const encoded = encodeStrings([commandLine, ...modules.map((module) => module.commandLine)]);
  rom.label('loaderName').text(LOADER_NAME).byte(0);
  encoded.forEach((bytes, i) => {
    rom.label(i === 0 ? 'commandLine' : `module${i - 1}`).data(bytes);
  });
  emitVideoRoom(rom, mode);
  emitMapRoom(rom);
}
