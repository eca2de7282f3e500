import type { MemoryBlock } from './guest-memory';
import {
  type BlockKind,
  FRAME_SHIFT,
  FRAME_SIZE,
  type MemoryMap,
  PAGE_FLAGS_OFFSET,
  PAGE_FLAGS_SIZE,
} from './memory-map';
import {
  PAGE_CLEAN,
  PAGE_COPYING,
  PAGE_HAS_CODE,
  PAGE_NOT_LOADED,
  PAGE_RAM,
  PAGE_ROM,
  PAGE_WATCHED,
  WRITE_BLOCKERS,
} from './page-flags';

/** Who must hear of changes to pages; set by the machine's builder. All calls come on the machine thread. */
export interface MemoryHooks {
  /** Plain writes to frames [first, end) are forbidden from now on: cached write permissions must go. */
  writesForbidden(firstFrame: number, endFrame: number): void;
  /** [offset, offset + size) of a frame with PAGE_HAS_CODE is about to be written by somebody other than a vCPU. */
  codeWritten(offset: number, size: number): void;
  /** A frame that is COPYING or NOT_LOADED is about to be used: must clear those flags. */
  pageSlow(offset: number): void;
}

const noHooks: MemoryHooks = { writesForbidden: () => {}, codeWritten: () => {}, pageSlow: () => {} };

/** The one shared WebAssembly.Memory of a machine, its blocks and its page flags. */
export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  /** One byte per frame, PAGE_* bits. */
  readonly pageFlags: Uint8Array;
  readonly blocks: readonly FrameBlock[];
  hooks: MemoryHooks = noHooks;

  /** `memory`: the one that another thread made from the same map. */
  constructor(
    readonly map: MemoryMap,
    memory?: WebAssembly.Memory,
  ) {
    this.memory = memory ?? new WebAssembly.Memory({ initial: map.wasmPages, maximum: map.wasmPages, shared: true });
    this.bytes = new Uint8Array(this.memory.buffer);
    this.pageFlags = new Uint8Array(this.memory.buffer, PAGE_FLAGS_OFFSET, PAGE_FLAGS_SIZE);
    this.blocks = map.blocks.map((block) => new FrameBlock(this, block.name, block.kind, block.offset, block.size));
    if (memory === undefined) {
      for (const block of this.blocks) {
        this.pageFlags.fill(block.kind === 'rom' ? PAGE_ROM : PAGE_RAM, block.firstFrame, block.endFrame);
      }
    }
  }

  block(name: string): FrameBlock {
    const block = this.blocks.find((candidate) => candidate.name === name);
    if (block === undefined) throw new RangeError(`no memory block '${name}'`);
    return block;
  }

  /** Makes [offset, offset + size) of one frame ready to be written by a device; false: it must not be written. */
  prepareWrite(offset: number, size: number): boolean {
    const frame = (offset / FRAME_SIZE) >>> 0;
    const flags = this.pageFlags[frame] as number;
    if ((flags & WRITE_BLOCKERS) === 0) return true;
    if ((flags & PAGE_ROM) !== 0) return false;
    if ((flags & (PAGE_COPYING | PAGE_NOT_LOADED)) !== 0) this.hooks.pageSlow(offset);
    if ((flags & PAGE_HAS_CODE) !== 0) this.hooks.codeWritten(offset, size);
    this.pageFlags[frame] = (this.pageFlags[frame] as number) & ~(PAGE_CLEAN | PAGE_WATCHED);
    return true;
  }

  prepareRead(offset: number): void {
    if (((this.pageFlags[(offset / FRAME_SIZE) >>> 0] as number) & PAGE_NOT_LOADED) !== 0) this.hooks.pageSlow(offset);
  }

  /** Sets flag bits on frames [first, end); write blockers take effect at once. */
  setFlags(firstFrame: number, endFrame: number, bits: number): void {
    const { pageFlags } = this;
    for (let frame = firstFrame; frame < endFrame; frame++) pageFlags[frame] = (pageFlags[frame] as number) | bits;
    if ((bits & WRITE_BLOCKERS) !== 0) this.hooks.writesForbidden(firstFrame, endFrame);
  }

  clearFlags(firstFrame: number, endFrame: number, bits: number): void {
    const { pageFlags } = this;
    for (let frame = firstFrame; frame < endFrame; frame++) pageFlags[frame] = (pageFlags[frame] as number) & ~bits;
  }

  /** The blocks that a snapshot holds. */
  savedBlocks(): FrameBlock[] {
    return this.blocks.filter((block) => block.kind !== 'rom');
  }

  /** Starts an epoch: `dirtyFrames` of every saved block begins at none. */
  beginEpoch(): void {
    for (const block of this.savedBlocks()) this.setFlags(block.firstFrame, block.endFrame, PAGE_CLEAN);
  }
}

/** RAM, a ROM or VRAM: a run of frames. */
export class FrameBlock implements MemoryBlock {
  readonly bytes: Uint8Array;
  readonly firstFrame: number;
  readonly endFrame: number;
  readonly #owner: SharedMemory;

  constructor(
    owner: SharedMemory,
    readonly name: string,
    readonly kind: BlockKind,
    readonly offset: number,
    readonly size: number,
  ) {
    this.#owner = owner;
    this.bytes = owner.bytes.subarray(offset, offset + size);
    this.firstFrame = offset / FRAME_SIZE;
    this.endFrame = (offset + size) / FRAME_SIZE;
  }

  /** A bit per frame of the block without `flag`. */
  #framesWithout(flag: number): Uint8Array {
    const { pageFlags } = this.#owner;
    const bits = new Uint8Array(Math.ceil((this.endFrame - this.firstFrame) / 8));
    for (let frame = this.firstFrame, i = 0; frame < this.endFrame; frame++, i++) {
      if (((pageFlags[frame] as number) & flag) === 0) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    }
    return bits;
  }

  prepareWrite(page: number): void {
    this.#owner.prepareWrite(this.offset + page * FRAME_SIZE, FRAME_SIZE);
  }

  collectWritten(): Uint8Array {
    const written = this.#framesWithout(PAGE_WATCHED);
    if (written.some((byte) => byte !== 0)) this.#owner.setFlags(this.firstFrame, this.endFrame, PAGE_WATCHED);
    return written;
  }

  /** Frames written since `SharedMemory.beginEpoch` (bit set); all of them if there was none. */
  dirtyFrames(): Uint8Array {
    return this.#framesWithout(PAGE_CLEAN);
  }

  /** The block in pieces of `chunkSize` bytes (a multiple of a frame), live views. */
  *chunks(chunkSize: number): Generator<{ readonly offset: number; readonly bytes: Uint8Array }> {
    for (let at = 0; at < this.size; at += chunkSize) {
      yield { offset: at, bytes: this.bytes.subarray(at, Math.min(at + chunkSize, this.size)) };
    }
  }

  /** Replaces contents at a restore, while the machine stands still; the CPU's caches are dropped afterwards by the caller. */
  restore(offset: number, contents: Uint8Array): void {
    if (offset < 0 || offset % FRAME_SIZE !== 0 || offset + contents.length > this.size) {
      throw new RangeError(`${contents.length} bytes at ${offset} lie outside '${this.name}'`);
    }
    this.bytes.set(contents, offset);
    const first = this.firstFrame + (offset >>> FRAME_SHIFT);
    const end = first + Math.ceil(contents.length / FRAME_SIZE);
    this.#owner.clearFlags(first, end, PAGE_CLEAN | PAGE_WATCHED | PAGE_NOT_LOADED | PAGE_COPYING | PAGE_HAS_CODE);
  }
}
