import { openSync, readSync } from 'node:fs';
import { ChunkUnpacker, CODEC_ZERO, damagedMemory } from '../disk/memory-chunk';
import { CHUNK_WORDS, type ChunkTable } from '../disk/vm-store';
import { FRAME_BYTES, PAGE_FLAGS_BYTES, PAGE_FLAGS_OFFSET } from '../machine/memory-map';
import { PAGE_NOT_LOADED } from '../machine/page-flags';

/** Saved RAM that is loaded when it is touched: what two threads share. */
export interface LateMemoryInit {
  readonly table: ChunkTable;
  readonly memory: WebAssembly.Memory;
  /** Where the region begins in it. */
  readonly start: number;
  /** One Int32 for each chunk, at first 0. */
  readonly states: SharedArrayBuffer;
}

const LATE = 0;
const LOADING = 1;
const LOADED = 2;

export function lateMemory(table: ChunkTable, memory: WebAssembly.Memory, start: number): LateMemoryInit {
  return { table, memory, start, states: new SharedArrayBuffer(4 * table.offsets.length) };
}

/**
 * Loads chunks of a saved region into memory that is all zeros, on the machine's thread as the guest touches them and on
 * another one for the rest. Whoever takes a chunk first loads it; the other waits for it. The files are read at once: a guest
 * that waits for its memory has nothing else to do.
 */
export class LateMemory {
  readonly #files: readonly number[];
  readonly #states: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #unpacker = new ChunkUnpacker();

  /** Opens the files: they may be deleted after it. */
  constructor(private readonly init: LateMemoryInit) {
    const { table, memory, start, states } = init;
    this.#files = table.files.map((file) => openSync(file, 'r'));
    this.#states = new Int32Array(states);
    this.#bytes = new Uint8Array(memory.buffer, start, table.sizeBytes);
  }

  get chunkCount(): number {
    return this.#states.length;
  }

  /** Of zeros, which are there from the start. */
  isZero(chunk: number): boolean {
    return this.init.table.chunks[chunk * CHUNK_WORDS] === CODEC_ZERO;
  }

  /** Returns when the chunk is there. Throws when it cannot be read. */
  load(chunk: number): void {
    if (this.isZero(chunk)) return;
    for (;;) {
      const state = Atomics.compareExchange(this.#states, chunk, LATE, LOADING);
      if (state === LOADED) return;
      if (state === LATE) break;
      Atomics.wait(this.#states, chunk, LOADING);
    }
    let next = LATE;
    try {
      this.#unpack(chunk);
      next = LOADED;
    } finally {
      Atomics.store(this.#states, chunk, next);
      Atomics.notify(this.#states, chunk);
    }
  }

  loadAll(): void {
    for (let chunk = 0; chunk < this.chunkCount; chunk++) this.load(chunk);
  }

  #unpack(chunk: number): void {
    const { chunks, offsets, chunkBytes, sizeBytes } = this.init.table;
    const [codec, file, length, checksum] = chunks.subarray(chunk * CHUNK_WORDS) as unknown as [
      ...[codec: number, file: number, length: number, checksum: number],
    ];
    const stored = new Uint8Array(length);
    const got = readSync(this.#files[file] as number, stored, 0, length, offsets[chunk] as number);
    if (got < length) throw damagedMemory('a file is cut off');
    const at = chunk * chunkBytes;
    this.#unpacker.unpack(
      { codec, length, checksum },
      stored,
      this.#bytes.subarray(at, Math.min(at + chunkBytes, sizeBytes)),
    );
  }
}

/** The machine's side: pages whose chunk is late are flagged, so that every access to one asks first. Machine thread only. */
export class LatePages {
  readonly #memory: LateMemory;
  readonly #flags: Uint8Array;
  readonly #firstFrame: number;
  readonly #framesPerChunk: number;
  readonly #endFrame: number;

  /** After the machine is built, before its first instruction. */
  constructor(init: LateMemoryInit) {
    this.#memory = new LateMemory(init);
    this.#flags = new Uint8Array(init.memory.buffer, PAGE_FLAGS_OFFSET, PAGE_FLAGS_BYTES);
    this.#firstFrame = init.start / FRAME_BYTES;
    this.#endFrame = this.#firstFrame + Math.ceil(init.table.sizeBytes / FRAME_BYTES);
    this.#framesPerChunk = init.table.chunkBytes / FRAME_BYTES;
    for (let chunk = 0; chunk < this.#memory.chunkCount; chunk++) {
      if (!this.#memory.isZero(chunk)) this.#mark(chunk, (flags) => flags | PAGE_NOT_LOADED);
    }
  }

  /** A page at this offset of the shared memory is to become plain. */
  touch(offset: number): void {
    const frame = Math.floor(offset / FRAME_BYTES);
    if (((this.#flags[frame] as number) & PAGE_NOT_LOADED) === 0) return;
    const chunk = Math.floor((frame - this.#firstFrame) / this.#framesPerChunk);
    this.#memory.load(chunk);
    this.#mark(chunk, (flags) => flags & ~PAGE_NOT_LOADED);
  }

  #mark(chunk: number, change: (flags: number) => number): void {
    const first = this.#firstFrame + chunk * this.#framesPerChunk;
    const end = Math.min(first + this.#framesPerChunk, this.#endFrame);
    for (let frame = first; frame < end; frame++) this.#flags[frame] = change(this.#flags[frame] as number);
  }
}
