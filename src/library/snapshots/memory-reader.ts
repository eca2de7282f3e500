import { throwIfCancelled } from '../../base/abort';
import { crc32c } from '../../base/crc32c';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { lz4Decompress } from '../../base/lz4';
import type { MemoryReader } from '../../disk/vm-store';
import { type ChunkPlace, CODEC_LZ4, CODEC_ZERO, type IndexedRegion, type MemoryIndex } from './memory-index';

/** Chunks that lie side by side are read together, up to this. */
const MAX_READ_BYTES = 1 << 20;

/** Reads saved memory. The index and the chunk files are untrusted: every chunk's place, checksum and length are checked. */
export class StoredMemory implements MemoryReader {
  readonly regions: readonly IndexedRegion[];
  readonly chunkBytes: number;

  private constructor(
    index: MemoryIndex,
    private readonly files: ReadonlyMap<string, HostFile>,
  ) {
    this.regions = index.regions;
    this.chunkBytes = index.chunkBytes;
  }

  /** `open` opens a chunk file by its id. */
  static async open(
    index: MemoryIndex,
    fileIds: readonly string[],
    open: (id: string) => Promise<HostFile>,
  ): Promise<StoredMemory> {
    const files = new Map<string, HostFile>();
    const memory = new StoredMemory(index, files);
    try {
      for (const id of fileIds) files.set(id, await open(id));
    } catch (error) {
      await memory.close();
      throw error;
    }
    return memory;
  }

  async load(
    regionId: string,
    into: Uint8Array,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
  ): Promise<void> {
    const region = this.#region(regionId);
    if (into.length !== region.sizeBytes) throw new VmError('bad-argument', `region '${regionId}' has another size`);
    const { chunks } = region;
    for (let i = 0; i < chunks.length; ) {
      throwIfCancelled(options.signal);
      const first = chunks[i]!;
      if (first.codec === CODEC_ZERO) {
        i++;
        continue;
      }
      let length = first.length;
      let count = 1;
      for (; i + count < chunks.length; count++) {
        const next = chunks[i + count]!;
        const follows = next.codec !== CODEC_ZERO && next.file === first.file && next.offset === first.offset + length;
        if (!follows || length + next.length > MAX_READ_BYTES) break;
        length += next.length;
      }
      const stored = await this.#readStored(first.file, first.offset, length);
      for (let n = i; n < i + count; n++) {
        const chunk = chunks[n]!;
        const start = chunk.offset - first.offset;
        const target = into.subarray(n * this.chunkBytes, Math.min((n + 1) * this.chunkBytes, into.length));
        unpack(chunk, stored.subarray(start, start + chunk.length), target);
      }
      i += count;
      options.onProgress?.(i, chunks.length);
    }
    options.onProgress?.(chunks.length, chunks.length);
  }

  async readChunk(regionId: string, chunk: number, into: Uint8Array): Promise<void> {
    const region = this.#region(regionId);
    const place = region.chunks[chunk];
    if (place === undefined || into.length !== Math.min(this.chunkBytes, region.sizeBytes - chunk * this.chunkBytes)) {
      throw new VmError('bad-argument', `region '${regionId}' has no such chunk ${chunk}`);
    }
    if (place.codec === CODEC_ZERO) into.fill(0);
    else unpack(place, await this.#readStored(place.file, place.offset, place.length), into);
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await file.close();
  }

  #region(id: string): IndexedRegion {
    const region = this.regions.find((candidate) => candidate.id === id);
    if (region === undefined) throw new VmError('snapshot-corrupt', `the saved memory has no region '${id}'`);
    return region;
  }

  async #readStored(fileId: string, offset: number, length: number): Promise<Uint8Array> {
    const file = this.files.get(fileId);
    if (file === undefined) throw damaged('a chunk lies in a file that does not belong to it');
    const stored = new Uint8Array(length);
    if ((await file.read(offset, stored)) < length) throw damaged(`${file.path} is cut off`);
    return stored;
  }
}

function unpack(place: ChunkPlace, stored: Uint8Array, into: Uint8Array): void {
  if (crc32c(stored) !== place.checksum) throw damaged('a checksum is wrong');
  if (place.codec === CODEC_LZ4) {
    if (lz4Decompress(stored, into) !== into.length) throw damaged('a chunk cannot be unpacked');
  } else if (stored.length === into.length) {
    into.set(stored);
  } else {
    throw damaged('a chunk has the wrong length');
  }
}

function damaged(problem: string): VmError {
  return new VmError('snapshot-corrupt', `the saved memory is damaged: ${problem}`);
}
