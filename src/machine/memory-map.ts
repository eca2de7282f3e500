/**
 * Where everything lies in the one shared memory (src/README.md, "Memory"). Offsets in bytes.
 *
 *     0              static data of the AssemblyScript core (its --memoryBase is above 0)
 *     PAGE_FLAGS     one byte per frame of the whole 4 GiB
 *     SLOT_TABLE     guest-physical address space, see slots.ts
 *     ENGINE         the CPU engine's: vCPU states, TLBs, decoded code (cpu/emulated/engine-layout.ts)
 *     BLOCKS         RAM, ROMs, VRAM: as many as the board asks for
 */
export const FRAME_SIZE = 4096;
export const FRAME_SHIFT = 12;

export const PAGE_FLAGS_OFFSET = 0x0010_0000;
export const PAGE_FLAGS_SIZE = 0x0010_0000;
export const SLOT_TABLE_OFFSET = 0x0020_0000;
export const SLOT_TABLE_SIZE = 0x0001_0000;
export const ENGINE_OFFSET = 0x0030_0000;
export const ENGINE_END = 0x0800_0000;
export const BLOCKS_OFFSET = ENGINE_END;
export const MEMORY_END = 0x1_0000_0000;

/** 'ram' and 'vram' are saved in snapshots; 'rom' comes from a file each time and refuses writes through slots. */
export type BlockKind = 'ram' | 'vram' | 'rom';

export interface BlockRequest {
  /** Unique, stable across snapshots: 'ram', 'vram', 'bios'. */
  readonly name: string;
  readonly kind: BlockKind;
  /** Rounded up to whole frames. */
  readonly size: number;
}

export interface PlacedBlock extends BlockRequest {
  readonly offset: number;
}

export interface MemoryMap {
  readonly blocks: readonly PlacedBlock[];
  /** Size of the shared memory in WebAssembly pages of 64 KiB. */
  readonly wasmPages: number;
}

/** Lays the blocks out one after another. Throws RangeError if they do not fit into 4 GiB. */
export function layMemory(requests: readonly BlockRequest[]): MemoryMap {
  let at = BLOCKS_OFFSET;
  const blocks = requests.map((request) => {
    const size = Math.ceil(request.size / FRAME_SIZE) * FRAME_SIZE;
    const block = { ...request, size, offset: at };
    at += size;
    return block;
  });
  if (at > MEMORY_END) throw new RangeError(`guest memory of ${at - BLOCKS_OFFSET} bytes does not fit`);
  return { blocks, wasmPages: Math.ceil(at / 0x10000) };
}
