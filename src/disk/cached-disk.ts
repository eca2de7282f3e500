/**
 * A write-back cache in front of a disk. Writes resolve once they are in memory; `flush` writes everything and flushes
 * the disk below, so a guest's flush means what it says. Memory is bounded: past `maxDirtyBytes` a write waits until older
 * ones are out. What no guest flushes is flushed after a while without writes (DOS never asks). A failed write-back loses
 * nothing: the data stays dirty, the next `flush` (or a write that must wait) fails, and can be tried again.
 *
 * Because everything is copied, buffers handed to `read` and `write` may lie in shared memory.
 */
import { VmError } from '../base/errors';
import { Emitter, type EventSource } from '../base/events';
import { Mutex } from '../base/mutex';
import { checkRange, type Disk, sectorBytes, writeZeros } from './disk';

export interface CacheOptions {
  readonly maxBytes?: number;
  readonly maxDirtyBytes?: number;
  /** Quiet time after which dirty data is flushed unasked; 0: never. */
  readonly idleMs?: number;
}

const BLOCK_BYTES = 64 << 10;
const SECTORS = BLOCK_BYTES / sectorBytes;
/** Neighbouring blocks go out in one write up to this. */
const MAX_RUN_BYTES = 1 << 20;
/** Dirty data is flushed unasked after this many quiet periods at the latest, even if writes go on. */
const MAX_IDLE_POSTPONES = 5;

class Block {
  readonly data = new Uint8Array(BLOCK_BYTES);
  /** 1 per sector whose content is known. */
  readonly valid = new Uint8Array(SECTORS);
  /** 1 per sector that the disk below does not have yet. */
  readonly dirty = new Uint8Array(SECTORS);
  dirtyCount = 0;
  /** Not thrown out while above 0. */
  pins = 0;

  constructor(
    readonly index: number,
    readonly sectorCount: number,
  ) {}

  get start(): number {
    return this.index * BLOCK_BYTES;
  }

  hasSectors(first: number, end: number): boolean {
    for (let i = first; i < end; i++) if (this.valid[i] === 0) return false;
    return true;
  }

  markValid(first: number, end: number): void {
    this.valid.fill(1, first, end);
  }

  /** Returns how many sectors became dirty. */
  markDirty(first: number, end: number): number {
    let more = 0;
    for (let i = first; i < end; i++) {
      if (this.dirty[i] === 0) more++;
      this.dirty[i] = 1;
    }
    this.dirtyCount += more;
    return more;
  }

  /** Returns how many sectors became clean. */
  markClean(first: number, end: number): number {
    let fewer = 0;
    for (let i = first; i < end; i++) {
      if (this.dirty[i] === 1) fewer++;
      this.dirty[i] = 0;
    }
    this.dirtyCount -= fewer;
    return fewer;
  }
}

export class CachedDisk<Inner extends Disk = Disk> implements Disk {
  readonly #blocks = new Map<number, Block>();
  readonly #maxBlocks: number;
  readonly #maxDirtySectors: number;
  readonly #idleMs: number;
  readonly #writeBack = new Mutex();
  readonly #backgroundError = new Emitter<VmError>();
  #dirtySectors = 0;
  /** Changes when content below changes past the cache; loads under way start again. */
  #epoch = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #postpones = 0;
  #hasUnflushed = false;
  #isClosed = false;

  constructor(
    readonly inner: Inner,
    options: CacheOptions = {},
  ) {
    this.#maxBlocks = Math.max(4, Math.floor((options.maxBytes ?? 32 << 20) / BLOCK_BYTES));
    const maxDirtyBytes = Math.min(options.maxDirtyBytes ?? 16 << 20, (this.#maxBlocks * BLOCK_BYTES) / 2);
    this.#maxDirtySectors = maxDirtyBytes / sectorBytes;
    this.#idleMs = options.idleMs ?? 1000;
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes;
  }

  get isReadOnly(): boolean {
    return this.inner.isReadOnly;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A flush that nobody asked for failed, e.g. 'disk-full'. The data is still here; the owner may pause the VM. */
  get onBackgroundError(): EventSource<VmError> {
    return this.#backgroundError;
  }

  get dirtyBytes(): number {
    return this.#dirtySectors * sectorBytes;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    this.#check(offset, into.length);
    for (let done = 0; done < into.length; ) {
      const at = offset + done;
      const inBlock = at % BLOCK_BYTES;
      const length = Math.min(BLOCK_BYTES - inBlock, into.length - done);
      const block = await this.#take((at - inBlock) / BLOCK_BYTES);
      try {
        const end = inBlock + length;
        if (!block.hasSectors(Math.floor(inBlock / sectorBytes), Math.ceil(end / sectorBytes))) await this.#load(block);
        into.set(block.data.subarray(inBlock, end), done);
      } finally {
        block.pins--;
      }
      done += length;
    }
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    this.#check(offset, data.length);
    if (this.isReadOnly) throw new VmError('image-readonly', 'the disk is read-only');
    for (let done = 0; done < data.length; ) {
      const at = offset + done;
      const inBlock = at % BLOCK_BYTES;
      const length = Math.min(BLOCK_BYTES - inBlock, data.length - done);
      const block = await this.#take((at - inBlock) / BLOCK_BYTES);
      try {
        const end = inBlock + length;
        const first = Math.floor(inBlock / sectorBytes);
        const last = Math.ceil(end / sectorBytes);
        const isAligned =
          inBlock % sectorBytes === 0 && (end % sectorBytes === 0 || block.start + end === this.sizeBytes);
        if (!isAligned && !block.hasSectors(first, last)) await this.#load(block);
        block.data.set(data.subarray(done, done + length), inBlock);
        block.markValid(first, last);
        this.#dirtySectors += block.markDirty(first, last);
      } finally {
        block.pins--;
      }
      this.#hasUnflushed = true;
      done += length;
      if (this.#dirtySectors > this.#maxDirtySectors) await this.#makeClean(this.#maxDirtySectors / 2);
    }
    this.#startIdleTimer();
  }

  async discard(offset: number, length: number): Promise<void> {
    this.#check(offset, length);
    if (this.isReadOnly) throw new VmError('image-readonly', 'the disk is read-only');
    await this.#writeBack.run(async () => {
      // What was written before must not come back after.
      for (const [block, first, end] of this.#wholeSectors(offset, length)) {
        this.#dirtySectors -= block.markClean(first, end);
        block.valid.fill(0, first, end);
      }
      const from = Math.ceil(offset / sectorBytes) * sectorBytes;
      const to = Math.floor((offset + length) / sectorBytes) * sectorBytes;
      this.#epoch++;
      this.#hasUnflushed = true;
      if (to > from) {
        if (this.inner.discard !== undefined) await this.inner.discard(from, to - from);
        else await writeZeros(this.inner, from, to - from);
      }
      this.#epoch++;
      // A block below may have been loaded meanwhile; what is dirty was written later than the discard.
      for (const [block, first, end] of this.#wholeSectors(offset, length)) {
        for (let i = first; i < end; i++) {
          if (block.dirty[i] === 0) block.data.fill(0, i * sectorBytes, (i + 1) * sectorBytes);
        }
        block.markValid(first, end);
      }
    });
    const head = Math.min(length, (sectorBytes - (offset % sectorBytes)) % sectorBytes);
    if (head > 0) await this.write(offset, new Uint8Array(head));
    const tail = (offset + length) % sectorBytes;
    if (tail > 0 && length - head >= tail) await this.write(offset + length - tail, new Uint8Array(tail));
    this.#startIdleTimer();
  }

  async flush(): Promise<void> {
    this.#check(0, 0);
    await this.#flush();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    clearTimeout(this.#idleTimer);
    try {
      if (!this.isReadOnly) await this.#flush();
    } finally {
      this.#isClosed = true;
      clearTimeout(this.#idleTimer);
      this.#blocks.clear();
      await this.inner.close();
    }
  }

  async #flush(): Promise<void> {
    await this.#makeClean(0);
    // Behind the write-backs, so that it covers them.
    await this.#writeBack.run(async () => {
      this.#hasUnflushed = this.#dirtySectors > 0;
      try {
        await this.inner.flush();
      } catch (error) {
        this.#hasUnflushed = true;
        throw error;
      }
    });
  }

  /** The block, pinned; makes room first. */
  async #take(index: number): Promise<Block> {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      while (this.#blocks.size >= this.#maxBlocks && !this.#dropOne()) await this.#makeClean(0);
      block = this.#blocks.get(index);
    }
    if (block === undefined) {
      const bytes = Math.min(BLOCK_BYTES, this.sizeBytes - index * BLOCK_BYTES);
      block = new Block(index, Math.ceil(bytes / sectorBytes));
    } else {
      this.#blocks.delete(index);
    }
    this.#blocks.set(index, block);
    block.pins++;
    return block;
  }

  /** Forgets the block used longest ago that is clean; false when there is none. */
  #dropOne(): boolean {
    for (const block of this.#blocks.values()) {
      if (block.dirtyCount > 0 || block.pins > 0) continue;
      this.#blocks.delete(block.index);
      return true;
    }
    // Pinned blocks are few; better one too many for a moment than a deadlock.
    return this.#dirtySectors === 0;
  }

  /** Reads what the block does not have. */
  async #load(block: Block): Promise<void> {
    const bytes = new Uint8Array(Math.min(BLOCK_BYTES, this.sizeBytes - block.start));
    for (let epoch = -1; epoch !== this.#epoch; ) {
      epoch = this.#epoch;
      await this.inner.read(block.start, bytes);
    }
    for (let i = 0; i < block.sectorCount; i++) {
      if (block.valid[i] === 1) continue;
      block.data.set(bytes.subarray(i * sectorBytes, Math.min((i + 1) * sectorBytes, bytes.length)), i * sectorBytes);
    }
    block.markValid(0, block.sectorCount);
  }

  /** Writes dirty blocks out, in the order of the disk, until at most `target` sectors are dirty. */
  #makeClean(target: number): Promise<void> {
    return this.#writeBack.run(async () => {
      if (this.#dirtySectors <= target) return;
      const dirty = [...this.#blocks.values()]
        .filter((block) => block.dirtyCount > 0)
        .sort((a, b) => a.index - b.index);
      for (const block of dirty) block.pins++;
      try {
        for (let i = 0; i < dirty.length; ) i += await this.#writeRun(dirty, i);
      } finally {
        for (const block of dirty) block.pins--;
      }
    });
  }

  /** Writes the dirty sectors of the blocks from `from` on that follow each other; returns how many blocks. */
  async #writeRun(dirty: readonly Block[], from: number): Promise<number> {
    const first = dirty[from]!;
    let count = 1;
    const isFull = (block: Block) => block.dirtyCount === block.sectorCount;
    while (
      from + count < dirty.length &&
      (count + 1) * BLOCK_BYTES <= MAX_RUN_BYTES &&
      isFull(dirty[from + count - 1]!) &&
      isFull(dirty[from + count]!) &&
      dirty[from + count]!.index === first.index + count
    ) {
      count++;
    }
    if (count === 1) {
      for (let sector = 0; sector < first.sectorCount; ) {
        if (first.dirty[sector] === 0) {
          sector++;
          continue;
        }
        let end = sector + 1;
        while (end < first.sectorCount && first.dirty[end] === 1) end++;
        await this.#writeSectors([first], sector, end);
        sector = end;
      }
    } else {
      await this.#writeSectors(dirty.slice(from, from + count), 0, SECTORS);
    }
    return count;
  }

  /** Several blocks go whole; a single one from `firstSector` to `endSector`. */
  async #writeSectors(blocks: readonly Block[], firstSector: number, endSector: number): Promise<void> {
    const offset = blocks[0]!.start + firstSector * sectorBytes;
    const last = blocks[blocks.length - 1]!;
    const end = Math.min(last.start + Math.min(endSector, last.sectorCount) * sectorBytes, this.sizeBytes);
    // A copy, since the guest may write the same sectors again while this is on its way.
    const data = new Uint8Array(end - offset);
    for (const block of blocks) {
      const from = Math.max(offset, block.start);
      const to = Math.min(end, block.start + BLOCK_BYTES);
      data.set(block.data.subarray(from - block.start, to - block.start), from - offset);
      this.#dirtySectors -= block.markClean(firstSector, Math.min(endSector, block.sectorCount));
    }
    try {
      await this.inner.write(offset, data);
    } catch (error) {
      for (const block of blocks) {
        this.#dirtySectors += block.markDirty(firstSector, Math.min(endSector, block.sectorCount));
      }
      throw error;
    }
  }

  /** Cached blocks of a range, each with its sectors that lie wholly inside. */
  *#wholeSectors(offset: number, length: number): Iterable<readonly [Block, number, number]> {
    const firstSector = Math.ceil(offset / sectorBytes);
    const endSector = Math.floor((offset + length) / sectorBytes);
    for (const block of this.#blocks.values()) {
      const base = block.index * SECTORS;
      const first = Math.max(0, firstSector - base);
      const end = Math.min(block.sectorCount, endSector - base);
      if (first < end) yield [block, first, end];
    }
  }

  #startIdleTimer(): void {
    if (this.#idleMs === 0 || this.#isClosed) return;
    if (this.#idleTimer !== undefined && this.#postpones >= MAX_IDLE_POSTPONES) return;
    if (this.#idleTimer !== undefined) this.#postpones++;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#onIdle(), this.#idleMs);
    this.#idleTimer.unref?.();
  }

  #onIdle(): void {
    this.#idleTimer = undefined;
    this.#postpones = 0;
    if (this.#isClosed || !this.#hasUnflushed) return;
    this.#flush().catch((error: unknown) => {
      if (this.#isClosed) return;
      this.#startIdleTimer();
      this.#backgroundError.emit(VmError.from(error, 'io-error'));
    });
  }

  #check(offset: number, length: number): void {
    if (this.#isClosed) throw new VmError('image-closed', 'the disk is closed');
    checkRange(this, offset, length);
  }
}
