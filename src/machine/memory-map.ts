import type { VmConfig } from '../config/vm-config';

/**
 * The machine's one shared WebAssembly.Memory, in bytes from its start: engine area (laid out by the CPU back end), page
 * flags, slot table, then everything that a snapshot keeps: ROMs, VRAM, RAM. Allocated whole at start; untouched pages
 * cost the host nothing.
 */
export const ENGINE_BYTES = 96 << 20;
/** One flag byte per 4 KiB frame of 4 GiB. */
export const PAGE_FLAGS_OFFSET = ENGINE_BYTES;
export const PAGE_FLAGS_BYTES = 1 << 20;
export const SLOT_TABLE_OFFSET = PAGE_FLAGS_OFFSET + PAGE_FLAGS_BYTES;
export const SLOT_TABLE_BYTES = 1 << 16;
export const ROM_OFFSET = SLOT_TABLE_OFFSET + SLOT_TABLE_BYTES;
/** Room for the BIOS. */
export const ROM_BYTES = 16 << 20;

export const FRAME_BYTES = 4096;
const WASM_PAGE_BYTES = 65536;
const MIB = 1 << 20;

export interface MemoryMap {
  readonly rom: { readonly offset: number; readonly size: number };
  readonly vram: { readonly offset: number; readonly size: number };
  readonly ram: { readonly offset: number; readonly size: number };
  readonly totalBytes: number;
}

export function memoryMapOf(config: Pick<VmConfig, 'memory' | 'display'>): MemoryMap {
  const rom = { offset: ROM_OFFSET, size: ROM_BYTES };
  const vram = { offset: rom.offset + rom.size, size: config.display.vramMiB * MIB };
  const ram = { offset: vram.offset + vram.size, size: config.memory.memoryMiB * MIB };
  return { rom, vram, ram, totalBytes: ram.offset + ram.size };
}

export function createMachineMemory(config: Pick<VmConfig, 'memory' | 'display'>): WebAssembly.Memory {
  const pages = Math.ceil(memoryMapOf(config).totalBytes / WASM_PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** What a snapshot keeps: ROMs, VRAM and RAM, in this order. */
export function guestMemoryBytes(memory: WebAssembly.Memory, config: Pick<VmConfig, 'memory' | 'display'>): Uint8Array {
  const { rom, totalBytes } = memoryMapOf(config);
  return new Uint8Array(memory.buffer, rom.offset, totalBytes - rom.offset);
}
