/**
 * Direct boot by the PVH entry point (Xen's "x86/HVM direct boot ABI"): an ELF kernel, such as Linux' uncompressed vmlinux, names a
 * 32-bit entry in a note and is given the start information here.
 */
import type { Assembler } from './assembler';
import { beginRom, emitLoads, emitRelocation, finishRom, type KernelBoot, ROM_BASE } from './boot-rom';
import { elfNote, invalid, isElf, readElf, viewOf } from './kernel-image';
import {
  emitFindRootPointer,
  emitMapRoom,
  emitMemoryMap,
  emitProtectedMode,
  encodeStrings,
  MAP_ENTRY,
  placeKernel,
  type ProtectedBootInput,
} from './protected-boot';
import { AX, CX, DX } from './assembler';

const OWNER = 'Xen';
const NOTE_PHYS32_ENTRY = 18;
const START_MAGIC = 0x336e_c578;
const VERSION = 1;

export function isPvhKernel(kernel: Uint8Array): boolean {
  try {
    return isElf(kernel) && elfNote(kernel, OWNER, NOTE_PHYS32_ENTRY) !== undefined;
  } catch {
    return false; // an ELF file with headers that do not fit is told apart by what reads it next
  }
}

/** Throws VmError 'kernel-invalid' when the kernel cannot be started so. */
export function pvhBoot(input: ProtectedBootInput): KernelBoot {
  const note = elfNote(input.kernel, OWNER, NOTE_PHYS32_ENTRY);
  if (note === undefined || note.length < 4) throw invalid('it has no PVH entry point');
  const { segments } = readElf(input.kernel);
  const { loads, items, places } = placeKernel(segments, input);
  const rom = beginRom('PVH kernel');
  emitRelocation(rom);
  emitFindRootPointer(rom);
  emitMemoryMap(rom, false);
  // div ecx: how many entries the map has
  rom
    .load32(AX, 'mapLength')
    .clear32(DX)
    .moveImmediate32(CX, MAP_ENTRY)
    .byte(0x66, 0xf7, 0xf1)
    .store32('mapEntries', AX);
  emitLoads(rom, loads);
  emitProtectedMode(rom, { address: viewOf(note).getUint32(0, true), magic: 0, hasTask: true });
  emitStartInfo(rom, input, places);
  return { files: [{ name: 'genroms/subzero-pvh.bin', bytes: finishRom(rom) }], items };
}

/** All addresses are of 64 bits. */
function emitStartInfo(rom: Assembler, { commandLine, modules }: ProtectedBootInput, places: readonly number[]): void {
  rom.align(8).label('info').dword(START_MAGIC).dword(VERSION).dword(0).dword(modules.length);
  rom.dwordOf('modules', ROM_BASE).dword(0).dwordOf('commandLine', ROM_BASE).dword(0);
  rom.label('rootPointer').dword(0).dword(0);
  rom.dwordOf('map', ROM_BASE).dword(0).label('mapEntries').dword(0).dword(0);
  rom.label('modules');
  modules.forEach(({ bytes }, i) => {
    rom.dword(places[i]!).dword(0).dword(bytes.length).dword(0);
    rom.dwordOf(`module${i}`, ROM_BASE).dword(0).dword(0).dword(0);
  });
  encodeStrings([commandLine, ...modules.map((module) => module.commandLine)]).forEach((bytes, i) => {
    rom.label(i === 0 ? 'commandLine' : `module${i - 1}`).data(bytes);
  });
  rom.align(4).label('mapLength').dword(0);
  emitMapRoom(rom);
}
