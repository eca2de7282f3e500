/** A machine's memory as saved states keep it: ROMs, VRAM and RAM, each a region of the store's. */
import type { VmConfig } from '../config/vm-config';
import { VmError } from '../base/errors';
import type { ChunkTable, LoadMemoryOptions, MemoryRegion, SavedState, StateWriter } from '../disk/vm-store';
import { memoryMapOf } from '../machine/memory-map';

type MappedConfig = Pick<VmConfig, 'memory' | 'display'>;

/** Windows draw each step. */
const PROGRESS_MS = 150;

/** `start`: from the first of them. */
function regionsOf(config: MappedConfig): (MemoryRegion & { readonly start: number })[] {
  const { rom, vram, ram } = memoryMapOf(config);
  return Object.entries({ rom, vram, ram }).map(([id, { offset, size }]) => ({
    id,
    sizeBytes: size,
    start: offset - rom.offset,
  }));
}

export async function writeMemory(
  writer: StateWriter,
  config: MappedConfig,
  bytes: Uint8Array,
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<void> {
  const regions = regionsOf(config);
  const startOf = new Map(regions.map(({ id, start }) => [id, start]));
  await writer.writeMemory(
    regions.map(({ id, sizeBytes }) => ({ id, sizeBytes })),
    (region, offset, length) => {
      const start = (startOf.get(region.id) as number) + offset;
      return bytes.subarray(start, start + length);
    },
    { signal: options.signal, onProgress: (done, total) => options.onProgress(done / total) },
  );
}

/** What loads the RAM later: where its chunks lie, into which memory, and where in it. All of it is read and checked. */
export async function tableOf(
  saved: SavedState,
  config: MappedConfig,
  memory: WebAssembly.Memory,
  options: Pick<LoadMemoryOptions, 'signal'> & { readonly onProgress: (done: number) => void },
): Promise<[table: ChunkTable, memory: WebAssembly.Memory, start: number]> {
  const { ram } = memoryMapOf(config);
  let toldMs = performance.now();
  const table = await saved.memory.table('ram', {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: (done, total) => {
      const now = performance.now();
      if (now - toldMs < PROGRESS_MS) return;
      toldMs = now;
      options.onProgress(done / Math.max(1, total));
    },
  });
  if (table.sizeBytes !== ram.size) throw new VmError('snapshot-corrupt', 'the saved memory has another size');
  return [table, memory, ram.offset];
}

/** Fills the regions `ids` of a memory that is all zeros. */
export async function loadMemory(
  saved: SavedState,
  config: MappedConfig,
  memory: WebAssembly.Memory,
  ids: readonly ('rom' | 'vram' | 'ram')[],
  options: Pick<LoadMemoryOptions, 'signal' | 'helper'> & { readonly onProgress: (done: number) => void },
): Promise<void> {
  const { rom } = memoryMapOf(config);
  const { signal, helper, onProgress } = options;
  const regions = regionsOf(config).filter(({ id }) => ids.some((wanted) => wanted === id));
  const totalBytes = regions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let loadedBytes = 0;
  let toldMs = performance.now();
  for (const { id, sizeBytes, start } of regions) {
    await saved.memory.load(id, new Uint8Array(memory.buffer, rom.offset + start, sizeBytes), {
      ...(signal === undefined ? {} : { signal }),
      ...(helper === undefined ? {} : { helper }),
      onProgress: (done, total) => {
        const now = performance.now();
        if (now - toldMs < PROGRESS_MS) return;
        toldMs = now;
        onProgress((loadedBytes + (sizeBytes * done) / Math.max(1, total)) / totalBytes);
      },
    });
    loadedBytes += sizeBytes;
  }
}
