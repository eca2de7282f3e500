/**
 * Reference counts of host clusters (specification, "Host cluster management") and the allocator on top of them.
 *
 * Order of writes: an increment reaches the file before any pointer to its cluster (`writeBlocks`, sync, then the caller
 * writes pointers); a decrement is made only after the pointer is durably gone. So a crash can leave a count too high (a
 * leak), never too low. A new block is written and synced before the table points to it.
 */
import { divideUp } from '../../base/bits';
import { readSafeU64BE, viewOf, writeU64BE } from '../../base/bytes';
import { VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { corrupt, HEADER_REFCOUNT_TABLE_OFFSET, MAX_REFCOUNT_TABLE_BYTES, type Qcow2Header } from './header';
import { type Table, TableCache } from './table-cache';

/** How far one allocation looks for a hole before it goes to the end of the file. */
const MAX_SCAN = 1 << 20;
const CACHED_BLOCKS = 16;

/** Reads and writes counts of any width within a block. */
export function readRefcount(block: DataView, order: number, index: number): number {
  switch (order) {
    case 3:
      return block.getUint8(index);
    case 4:
      return block.getUint16(index * 2);
    case 5:
      return block.getUint32(index * 4);
    case 6:
      // Counts beyond 2^53 do not occur; what matters is that they are not zero or one.
      return block.getUint32(index * 8) * 0x1_0000_0000 + block.getUint32(index * 8 + 4);
    default: {
      // Below 8 bits the low-order bits of a byte hold the lower index.
      const bits = 1 << order;
      const perByte = 8 >> order;
      return (block.getUint8(Math.floor(index / perByte)) >> ((index % perByte) * bits)) & ((1 << bits) - 1);
    }
  }
}

export function writeRefcount(block: DataView, order: number, index: number, value: number): void {
  switch (order) {
    case 3:
      block.setUint8(index, value);
      break;
    case 4:
      block.setUint16(index * 2, value);
      break;
    case 5:
      block.setUint32(index * 4, value);
      break;
    case 6:
      writeU64BE(block, index * 8, value);
      break;
    default: {
      const bits = 1 << order;
      const perByte = 8 >> order;
      const at = Math.floor(index / perByte);
      const shift = (index % perByte) * bits;
      const mask = ((1 << bits) - 1) << shift;
      block.setUint8(at, (block.getUint8(at) & ~mask) | ((value << shift) & mask));
    }
  }
}

export class Refcounts {
  readonly #blocks: TableCache;
  readonly #clusterBytes: number;
  readonly #order: number;
  /** Counts per block. */
  readonly #perBlock: number;
  /** Offset of each block; 0: none, all its counts are zero. */
  #table: Float64Array;
  #tableOffset: number;
  readonly #dirtyEntries = new Set<number>();
  /** Clusters of blocks, so that nothing else is put there whatever the counts say. */
  readonly #blockClusters = new Set<number>();
  /** No free cluster is known below. */
  #cursor = 1;

  private constructor(
    private readonly file: HostFile,
    header: Qcow2Header,
    table: Float64Array,
    /** Clusters of the header, the L1 table and L2 tables. */
    private readonly isReserved: (cluster: number) => boolean,
    private readonly sync: () => Promise<void>,
  ) {
    this.#clusterBytes = header.clusterBytes;
    this.#order = header.refcountOrder;
    this.#perBlock = (header.clusterBytes * 8) / (1 << header.refcountOrder);
    this.#table = table;
    this.#tableOffset = header.refcountTableOffset;
    for (const offset of table) if (offset !== 0) this.#blockClusters.add(offset / header.clusterBytes);
    this.#blocks = new TableCache(
      CACHED_BLOCKS,
      (offset) => this.#load(offset),
      (block) => this.#writeBlock(block),
    );
  }

  static async open(
    file: HostFile,
    header: Qcow2Header,
    fileBytes: number,
    isReserved: (cluster: number) => boolean,
    sync: () => Promise<void>,
  ): Promise<Refcounts> {
    return new Refcounts(file, header, await readRefcountTable(file, header, fileBytes), isReserved, sync);
  }

  get needsWrite(): boolean {
    if (this.#dirtyEntries.size > 0) return true;
    for (const _ of this.#blocks.dirty()) return true;
    return false;
  }

  get hasDirtyTable(): boolean {
    return this.#dirtyEntries.size > 0;
  }

  async read(cluster: number): Promise<number> {
    const block = await this.#blockOf(cluster);
    return block === undefined ? 0 : readRefcount(block.view, this.#order, cluster % this.#perBlock);
  }

  isOwnCluster(cluster: number): boolean {
    if (this.#blockClusters.has(cluster)) return true;
    const first = this.#tableOffset / this.#clusterBytes;
    return cluster >= first && cluster < first + this.#tableClusters;
  }

  get #tableClusters(): number {
    return divideUp(this.#table.length * 8, this.#clusterBytes);
  }

  /** Finds `count` free clusters in a row, counts them once and returns the first one's index. */
  async allocate(count: number, fileBytes: number): Promise<number> {
    const first = await this.#findFree(count, Math.max(1, divideUp(fileBytes, this.#clusterBytes)));
    for (let i = 0; i < count; i++) await this.#write(first + i, 1);
    this.#cursor = first + count;
    return first;
  }

  async #findFree(count: number, endOfFile: number): Promise<number> {
    let run = 0;
    let scanned = 0;
    let cluster = this.#cursor;
    while (scanned < 2 * MAX_SCAN) {
      // One refcount block's worth at a time, without awaiting in between.
      const block = await this.#blockOf(cluster);
      const end = (Math.floor(cluster / this.#perBlock) + 1) * this.#perBlock;
      let found = -1;
      for (; cluster < end && found < 0; cluster++, scanned++) {
        const counted = block !== undefined && readRefcount(block.view, this.#order, cluster % this.#perBlock) !== 0;
        if (counted || this.isReserved(cluster) || this.isOwnCluster(cluster)) run = 0;
        else if (++run === count) found = cluster - count + 1;
      }
      if (found >= 0) {
        if (await this.#ensureBlocks(found, count)) return found;
        // A new refcount block took one of them.
        run = 0;
        cluster = found;
      } else if (scanned >= MAX_SCAN && cluster < endOfFile) {
        run = 0;
        cluster = endOfFile;
      }
    }
    throw corrupt(this.file.path, 'the refcounts', 'show no free cluster');
  }

  /** One reference less. Only for clusters that nothing on the disk points to any more. */
  async release(cluster: number): Promise<void> {
    const count = await this.read(cluster);
    // Already zero: the counts were wrong before; freeing again would change nothing.
    if (count === 0) return;
    await this.#write(cluster, count - 1);
    if (count === 1 && cluster < this.#cursor) this.#cursor = cluster;
  }

  async #write(cluster: number, value: number): Promise<void> {
    const block = await this.#blockOf(cluster);
    if (block === undefined) throw corrupt(this.file.path, 'the refcounts', `do not cover cluster ${cluster}`);
    writeRefcount(block.view, this.#order, cluster % this.#perBlock, value);
    block.isDirty = true;
  }

  async #blockOf(cluster: number): Promise<Table | undefined> {
    const index = Math.floor(cluster / this.#perBlock);
    const offset = index < this.#table.length ? this.#table[index]! : 0;
    return offset === 0 ? undefined : this.#blocks.get(offset);
  }

  /** Makes the blocks that count these clusters; false when one of the clusters went to a block. */
  async #ensureBlocks(first: number, count: number): Promise<boolean> {
    let stillFree = true;
    const last = Math.floor((first + count - 1) / this.#perBlock);
    for (let index = Math.floor(first / this.#perBlock); index <= last; index++) {
      if (index < this.#table.length && this.#table[index] !== 0) continue;
      if (index >= this.#table.length) await this.#growTable(index);
      if (this.#table[index] !== 0) {
        stillFree = false;
        continue;
      }
      // A block without counts yet: all its clusters are free; it takes one of them for itself.
      let place = index * this.#perBlock;
      while (this.isReserved(place) || this.isOwnCluster(place)) place++;
      if (place >= (index + 1) * this.#perBlock) {
        throw corrupt(this.file.path, 'the refcounts', `leave no room for block ${index}`);
      }
      await this.#addBlock(index, place);
      await this.#write(place, 1);
      if (place >= first && place < first + count) stillFree = false;
    }
    return stillFree;
  }

  async #addBlock(index: number, cluster: number): Promise<void> {
    const offset = cluster * this.#clusterBytes;
    await this.#blocks.add(offset, new Uint8Array(this.#clusterBytes));
    this.#table[index] = offset;
    this.#blockClusters.add(cluster);
    this.#dirtyEntries.add(index);
  }

  /**
   * Moves the table to a larger place that lies, with the blocks counting it, in the range that the old one did not
   * cover. One write of the header switches over.
   */
  async #growTable(neededIndex: number): Promise<void> {
    await this.writeBlocks();
    if (this.hasDirtyTable) {
      await this.sync();
      await this.writeTable();
    }
    const oldFirst = this.#tableOffset / this.#clusterBytes;
    const oldClusters = this.#tableClusters;
    const oldLength = this.#table.length;
    const wanted = Math.ceil((Math.max(neededIndex, oldLength) + 2) * 1.5);
    const tableClusters = divideUp(wanted * 8, this.#clusterBytes);
    if (tableClusters * this.#clusterBytes > MAX_REFCOUNT_TABLE_BYTES) {
      throw new VmError(
        'disk-full',
        `${this.file.path} cannot grow: its clusters are too small for a file this large`,
        {
          path: this.file.path,
        },
      );
    }
    let start = oldLength * this.#perBlock;
    let blocks = 1;
    for (let cluster = start; cluster < start + blocks + tableClusters; cluster++) {
      if (this.isReserved(cluster)) start = cluster + 1;
      while (start + blocks + tableClusters > (oldLength + blocks) * this.#perBlock) blocks++;
    }
    const table = new Float64Array((tableClusters * this.#clusterBytes) / 8);
    table.set(this.#table);
    this.#table = table;
    for (let i = 0; i < blocks; i++) await this.#addBlock(oldLength + i, start + i);
    const tableStart = start + blocks;
    for (let i = 0; i < blocks + tableClusters; i++) await this.#write(start + i, 1);
    await this.writeBlocks();
    const bytes = new Uint8Array(tableClusters * this.#clusterBytes);
    const view = viewOf(bytes);
    table.forEach((offset, index) => {
      writeU64BE(view, index * 8, offset);
    });
    await this.file.write(tableStart * this.#clusterBytes, bytes);
    await this.sync();
    const pointer = new Uint8Array(12);
    writeU64BE(viewOf(pointer), 0, tableStart * this.#clusterBytes);
    viewOf(pointer).setUint32(8, tableClusters);
    await this.file.write(HEADER_REFCOUNT_TABLE_OFFSET, pointer);
    await this.sync();
    this.#tableOffset = tableStart * this.#clusterBytes;
    this.#dirtyEntries.clear();
    for (let i = 0; i < oldClusters; i++) await this.release(oldFirst + i);
  }

  /** Writes changed blocks. Harmless at any time; see the top of this file. */
  async writeBlocks(): Promise<void> {
    for (const block of this.#blocks.dirty()) await this.#writeBlock(block);
  }

  /** Points the table to new blocks, which must be written and synced. */
  async writeTable(): Promise<void> {
    const entry = new Uint8Array(8);
    for (const index of [...this.#dirtyEntries]) {
      writeU64BE(viewOf(entry), 0, this.#table[index]!);
      await this.file.write(this.#tableOffset + index * 8, entry);
      this.#dirtyEntries.delete(index);
    }
  }

  async #writeBlock(block: Table): Promise<void> {
    await this.file.write(block.offset, block.bytes);
    block.isDirty = false;
  }

  async #load(offset: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.#clusterBytes);
    await this.file.read(offset, bytes);
    return bytes;
  }
}

/** The offsets of all refcount blocks; checked. */
export async function readRefcountTable(file: HostFile, header: Qcow2Header, fileBytes: number): Promise<Float64Array> {
  const length = header.refcountTableClusters * header.clusterBytes;
  if (header.refcountTableOffset + length > fileBytes) {
    throw corrupt(file.path, 'the refcount table', 'lies behind the end of the file');
  }
  const bytes = new Uint8Array(length);
  await file.read(header.refcountTableOffset, bytes);
  const view = viewOf(bytes);
  const table = new Float64Array(length / 8);
  for (let i = 0; i < table.length; i++) {
    if (view.getUint32(i * 8) === 0 && view.getUint32(i * 8 + 4) === 0) continue;
    const offset = readSafeU64BE(view, i * 8);
    if (offset === undefined || offset % header.clusterBytes !== 0 || offset >= fileBytes) {
      throw corrupt(file.path, 'the refcount table', `has a bad entry ${i}`);
    }
    table[i] = offset;
  }
  return table;
}
