import { divideUp } from '../../base/bits';
import { throwIfCancelled } from '../../base/abort';
import { isAllZero } from '../../base/bytes';
import { crc32c } from '../../base/crc32c';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { Lz4Compressor } from '../../base/lz4';
import { CODEC_LZ4, CODEC_RAW } from '../../disk/memory-chunk';
import type { ChunkSource, MemoryRegion } from '../../disk/vm-store';
import { CHUNK_BYTES, type ChunkPlace, type IndexedRegion, type MemoryIndex, zeroChunk } from './memory-index';

/** Chunks are gathered into writes of about this size. */
const BUFFER_BYTES = 1 << 20;
/** After so many chunks other work of the thread gets its turn. */
const CHUNKS_PER_TURN = 4;

export type ReadChunk = (region: MemoryRegion, offset: number, length: number) => ChunkSource | Promise<ChunkSource>;

export interface WriteMemoryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Compresses memory into one chunk file. Nothing is synced here. */
export async function writeMemoryChunks(
  file: HostFile,
  fileId: string,
  regions: readonly MemoryRegion[],
  read: ReadChunk,
  earlier: MemoryIndex | undefined,
  options: WriteMemoryOptions = {},
): Promise<MemoryIndex> {
  const appender = new ChunkAppender(file, fileId);
  const total = regions.reduce((sum, region) => sum + divideUp(region.sizeBytes, CHUNK_BYTES), 0);
  let done = 0;
  const indexed: IndexedRegion[] = [];
  for (const region of regions) {
    const chunks: ChunkPlace[] = [];
    for (let offset = 0; offset < region.sizeBytes; offset += CHUNK_BYTES) {
      throwIfCancelled(options.signal);
      const length = Math.min(CHUNK_BYTES, region.sizeBytes - offset);
      const bytes = await read(region, offset, length);
      if (bytes === 'unchanged') {
        chunks.push(reusedChunk(earlier, region, offset));
      } else {
        if (bytes.length !== length) throw new VmError('internal', 'a memory chunk has the wrong length');
        chunks.push(await appender.add(bytes));
      }
      done++;
      if (done % CHUNKS_PER_TURN === 0) {
        options.onProgress?.(done, total);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    indexed.push({ id: region.id, sizeBytes: region.sizeBytes, chunks });
  }
  await appender.end();
  options.onProgress?.(total, total);
  return { chunkBytes: CHUNK_BYTES, regions: indexed };
}

/** Where an earlier state has a chunk that may be shared; undefined when it has none. */
export function findReusable(
  earlier: MemoryIndex | undefined,
  regionId: string,
  offset: number,
): ChunkPlace | undefined {
  if (earlier === undefined || earlier.chunkBytes !== CHUNK_BYTES) return undefined;
  return earlier.regions.find((region) => region.id === regionId)?.chunks[offset / CHUNK_BYTES];
}

function reusedChunk(earlier: MemoryIndex | undefined, region: MemoryRegion, offset: number): ChunkPlace {
  const place = findReusable(earlier, region.id, offset);
  if (place === undefined) throw new VmError('internal', `memory at ${offset} of ${region.id} was never saved`);
  return place;
}

class ChunkAppender {
  readonly #compressor = new Lz4Compressor();
  readonly #buffer = new Uint8Array(BUFFER_BYTES + CHUNK_BYTES);
  #used = 0;
  #written = 0;

  constructor(
    private readonly file: HostFile,
    private readonly fileId: string,
  ) {}

  async add(bytes: Uint8Array): Promise<ChunkPlace> {
    if (isAllZero(bytes)) return zeroChunk;
    // Only worth it when smaller than the chunk itself.
    const room = this.#buffer.subarray(this.#used, this.#used + bytes.length - 1);
    const packed = this.#compressor.compress(bytes, room);
    if (packed === 0) this.#buffer.set(bytes, this.#used);
    const length = packed === 0 ? bytes.length : packed;
    const place: ChunkPlace = {
      codec: packed === 0 ? CODEC_RAW : CODEC_LZ4,
      file: this.fileId,
      offset: this.#written + this.#used,
      length,
      checksum: crc32c(this.#buffer.subarray(this.#used, this.#used + length)),
    };
    this.#used += length;
    if (this.#used >= BUFFER_BYTES) await this.end();
    return place;
  }

  async end(): Promise<void> {
    if (this.#used === 0) return;
    await this.file.write(this.#written, this.#buffer.subarray(0, this.#used));
    this.#written += this.#used;
    this.#used = 0;
  }
}
