import { throwIfCancelled } from '../../base/abort';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { checkGroup, type ChunkGroup, ChunkUnpacker, CODEC_ZERO, damagedMemory } from '../../disk/memory-chunk';
import { CHUNK_WORDS, type ChunkTable, type LoadMemoryOptions, type MemoryReader } from '../../disk/vm-store';
import type { IndexedRegion, MemoryIndex } from './memory-index';

/** Chunks that lie side by side are read together, up to this. */
const MAX_READ_BYTES = 1 << 20;

/** Reads saved memory. The index and the chunk files are untrusted: every chunk's place, checksum and length are checked. */
export class StoredMemory implements MemoryReader {
  readonly regions: readonly IndexedRegion[];
  readonly chunkBytes: number;
  readonly #unpacker = new ChunkUnpacker();

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
    { signal, onProgress, helper }: LoadMemoryOptions = {},
  ): Promise<void> {
    const region = this.#region(regionId);
    if (into.length !== region.sizeBytes) throw new VmError('bad-argument', `region '${regionId}' has another size`);
    const { chunks } = region;
    let helped: Promise<void>[] = [];
    const own = new Uint8Array(MAX_READ_BYTES);
    // A thread reads from shared memory, and what is used again takes no new memory of the host.
    const shared = helper === undefined ? [] : [0, 1].map(() => new Uint8Array(new SharedArrayBuffer(MAX_READ_BYTES)));
    try {
      for (let i = 0; i < chunks.length; ) {
        throwIfCancelled(signal);
        const buffer = shared.pop();
        const { group, count } = await this.#readGroup(region, i, buffer ?? own);
        if (group === undefined) {
          if (buffer !== undefined) shared.push(buffer);
        } else if (buffer !== undefined && helper !== undefined) {
          const done = helper.unpack(group, into).then(() => void shared.push(buffer));
          done.catch(() => undefined);
          helped.push(done);
        } else this.#unpacker.unpackGroup(group, into);
        i += count;
        onProgress?.(i, chunks.length);
      }
    } catch (error) {
      // Nobody writes into the memory of a machine that is given up.
      await Promise.allSettled(helped);
      helped = [];
      throw error;
    }
    await Promise.all(helped);
    onProgress?.(chunks.length, chunks.length);
  }

  async table(
    regionId: string,
    { signal, onProgress }: Pick<LoadMemoryOptions, 'signal' | 'onProgress'> = {},
  ): Promise<ChunkTable> {
    const region = this.#region(regionId);
    const { chunks, sizeBytes } = region;
    const ids = [...this.files.keys()];
    const words = new Uint32Array(chunks.length * CHUNK_WORDS);
    const offsets = new Float64Array(chunks.length);
    for (const [n, { codec, file, offset, length, checksum }] of chunks.entries()) {
      words.set([codec, Math.max(0, ids.indexOf(file)), length, checksum], n * CHUNK_WORDS);
      offsets[n] = offset;
    }
    const own = new Uint8Array(MAX_READ_BYTES);
    for (let i = 0; i < chunks.length; ) {
      throwIfCancelled(signal);
      const { group, count } = await this.#readGroup(region, i, own);
      if (group !== undefined) checkGroup(group);
      i += count;
      onProgress?.(i, chunks.length);
    }
    const files = ids.map((id) => (this.files.get(id) as HostFile).path);
    return { chunkBytes: this.chunkBytes, sizeBytes, files, chunks: words, offsets };
  }

  async readChunk(regionId: string, chunk: number, into: Uint8Array): Promise<void> {
    const region = this.#region(regionId);
    const place = region.chunks[chunk];
    if (place === undefined || into.length !== Math.min(this.chunkBytes, region.sizeBytes - chunk * this.chunkBytes)) {
      throw new VmError('bad-argument', `region '${regionId}' has no such chunk ${chunk}`);
    }
    into.fill(0);
    if (place.codec === CODEC_ZERO) return;
    const stored = new Uint8Array(place.length);
    await this.#readStored(place.file, place.offset, stored);
    this.#unpacker.unpack(place, stored, into);
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await file.close();
  }

  /** Chunks from `first` on that lie side by side, or zeros of which nothing is stored. */
  async #readGroup(
    { chunks, sizeBytes }: IndexedRegion,
    first: number,
    buffer: Uint8Array,
  ): Promise<{ group: ChunkGroup | undefined; count: number }> {
    const { codec, file, offset, length: firstLength } = chunks[first]!;
    let count = 1;
    if (codec === CODEC_ZERO) {
      while (chunks[first + count]?.codec === CODEC_ZERO) count++;
      return { group: undefined, count };
    }
    let length = firstLength;
    for (; first + count < chunks.length; count++) {
      const next = chunks[first + count]!;
      const follows = next.codec !== CODEC_ZERO && next.file === file && next.offset === offset + length;
      if (!follows || length + next.length > MAX_READ_BYTES) break;
      length += next.length;
    }
    const stored = buffer.subarray(0, length);
    await this.#readStored(file, offset, stored);
    const group = chunks.slice(first, first + count).map((chunk, n) => {
      const at = (first + n) * this.chunkBytes;
      const { codec, length, checksum } = chunk;
      return { codec, length, checksum, at, sizeBytes: Math.min(this.chunkBytes, sizeBytes - at) };
    });
    return { group: { stored, chunks: group }, count };
  }

  #region(id: string): IndexedRegion {
    const region = this.regions.find((candidate) => candidate.id === id);
    if (region === undefined) throw new VmError('snapshot-corrupt', `the saved memory has no region '${id}'`);
    return region;
  }

  async #readStored(fileId: string, offset: number, into: Uint8Array): Promise<void> {
    const file = this.files.get(fileId);
    if (file === undefined) throw damagedMemory('a chunk lies in a file that does not belong to it');
    if ((await file.read(offset, into)) < into.length) throw damagedMemory(`${file.path} is cut off`);
  }
}
