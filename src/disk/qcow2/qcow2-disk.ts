/**
 * A qcow2 image (specification: QEMU's docs/interop/qcow2.txt) as a disk.
 *
 * Data goes to the file at once; tables are kept in memory and written by `flush`, in this order, so that at any moment
 * the file is a whole image that is at worst too generous with refcounts:
 *   1. data (written before), refcounts, new L2 tables that nothing points to; sync;
 *   2. the refcount table, when it has new blocks; sync;
 *   3. entries of existing L2 tables and of the L1 table; sync;
 *   4. in memory only: clusters that lost their last pointer become free for the next allocation.
 * All calls of one image run one after the other.
 */
import { alignDown, divideUp } from '../../base/bits';
import { isAllZero, viewOf, writeU64BE } from '../../base/bytes';
import { assert, VmError } from '../../base/errors';
import type { HostFile } from '../../base/host-files';
import { Mutex } from '../../base/mutex';
import { checkRange, type Disk } from '../disk';
import { inflateCluster } from './compressed';
import { corrupt, HEADER_AUTOCLEAR_FEATURES, type Qcow2Header, readQcow2Header } from './header';
import {
  type L1Table,
  type Mapping,
  readL1Table,
  readL2Entry,
  writeDataEntry,
  writeEmptyEntry,
  writeZeroEntry,
} from './l2-entry';
import { rebuildRefcounts } from './rebuild';
import { Refcounts } from './refcounts';
import { type Table, TableCache } from './table-cache';

/** Memory for L2 tables; at 64 KiB clusters each covers 512 MiB of disk. */
const L2_CACHE_BYTES = 4 << 20;
/** The largest piece read or written at once. */
const MAX_RUN_BYTES = 2 << 20;

const unallocated: Mapping = { kind: 'unallocated' };

export interface Qcow2Options {
  readonly isReadOnly: boolean;
  /** What shines through where this image holds nothing. Owned: closed with this disk. */
  readonly backing: Disk | undefined;
}

export class Qcow2Disk implements Disk {
  readonly sizeBytes: number;
  readonly #mutex = new Mutex();
  readonly #clusterBytes: number;
  readonly #l1Offsets: Float64Array;
  /** 1 where the L2 table belongs to this L1 table alone. */
  readonly #l1Owned: Uint8Array;
  readonly #dirtyL1 = new Set<number>();
  readonly #l2Clusters = new Set<number>();
  readonly #l2: TableCache;
  /** Clusters whose pointers are gone in memory, not yet in the file. */
  #unpointed: number[] = [];
  #refcounts!: Refcounts;
  #fileBytes: number;
  #isReadOnly: boolean;
  #hasUnsyncedData = false;
  #isClosed = false;
  /** After a failed sync nobody knows what the file holds. */
  #failure: VmError | undefined;
  #backing: Disk | undefined;
  #inflated: { offset: number; bytes: Uint8Array } | undefined;

  private constructor(
    private readonly file: HostFile,
    private readonly header: Qcow2Header,
    backing: Disk | undefined,
    fileBytes: number,
    isReadOnly: boolean,
    l1: L1Table,
  ) {
    this.sizeBytes = header.sizeBytes;
    this.#clusterBytes = header.clusterBytes;
    this.#backing = backing;
    this.#fileBytes = fileBytes;
    this.#isReadOnly = isReadOnly;
    this.#l1Offsets = l1.offsets;
    this.#l1Owned = l1.owned;
    for (const offset of l1.offsets) if (offset !== 0) this.#l2Clusters.add(offset / header.clusterBytes);
    this.#l2 = new TableCache(
      Math.max(4, Math.floor(L2_CACHE_BYTES / header.clusterBytes)),
      (offset) => this.#loadL2(offset),
      () => this.#sync(),
    );
  }

  /** Takes the file over: it is closed with the disk, and when opening fails. */
  static async open(file: HostFile, options: Qcow2Options): Promise<Qcow2Disk> {
    try {
      return await Qcow2Disk.#open(file, options);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  static async #open(file: HostFile, options: Qcow2Options): Promise<Qcow2Disk> {
    let header = await readQcow2Header(file);
    if (header.isDirty && !options.isReadOnly) {
      // Lazy refcounts and an unclean end: the counts mean nothing, the tables are right.
      await rebuildRefcounts(file, header);
      header = await readQcow2Header(file);
    }
    const fileBytes = await file.size();
    const l1 = await readActiveL1(file, header, fileBytes);
    const disk = new Qcow2Disk(file, header, options.backing, fileBytes, options.isReadOnly, l1);
    if (options.isReadOnly) return disk;
    disk.#refcounts = await Refcounts.open(
      file,
      header,
      fileBytes,
      (cluster) => disk.#isReserved(cluster),
      () => disk.#syncFile(),
    );
    // Extensions that we do not keep up to date (bitmaps) declare themselves void by these bits.
    if (header.hasAutoclearBits) await file.write(HEADER_AUTOCLEAR_FEATURES, new Uint8Array(8));
    return disk;
  }

  get isReadOnly(): boolean {
    return this.#isReadOnly;
  }

  get path(): string {
    return this.file.path;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.#mutex.run(async () => {
      this.#checkUse(offset, into.length);
      await this.#read(offset, into);
    });
  }

  write(offset: number, data: Uint8Array): Promise<void> {
    return this.#mutex.run(async () => {
      this.#checkUse(offset, data.length);
      this.#checkWritable();
      for (let done = 0; done < data.length; ) {
        done += await this.#writeRun(offset + done, data.subarray(done, done + MAX_RUN_BYTES));
      }
    });
  }

  discard(offset: number, length: number): Promise<void> {
    return this.#mutex.run(async () => {
      this.#checkUse(offset, length);
      this.#checkWritable();
      const end = offset + length;
      for (let at = offset; at < end; ) {
        const start = alignDown(at, this.#clusterBytes);
        const stop = Math.min(start + this.#clusterBytes, end);
        const isWhole = at === start && (stop === start + this.#clusterBytes || stop === this.sizeBytes);
        if (!isWhole || !(await this.#discardCluster(start))) await this.#writeRun(at, new Uint8Array(stop - at));
        at = stop;
      }
    });
  }

  flush(): Promise<void> {
    return this.#mutex.run(async () => {
      this.#checkOpen();
      if (!this.#isReadOnly) await this.#sync();
    });
  }

  /** Flushes, and from now on refuses to write: another layer lies on top. */
  freeze(): Promise<void> {
    return this.#mutex.run(async () => {
      this.#checkOpen();
      if (this.#isReadOnly) return;
      await this.#syncAll();
      this.#isReadOnly = true;
    });
  }

  /** Undoes `freeze`, for a layer that was open for writing before and that nothing was put on after all. */
  thaw(): void {
    this.#isReadOnly = false;
  }

  /** Puts an image that was opened without its backing on `below`, which becomes part of it. */
  placeOver(below: Disk): void {
    assert(this.#backing === undefined, 'an image has one backing');
    this.#backing = below;
  }

  close(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      try {
        if (!this.#isReadOnly && this.#failure === undefined) await this.#syncAll();
      } finally {
        try {
          await this.file.close();
        } finally {
          await this.#backing?.close();
        }
      }
    });
  }

  // Reading

  async #read(offset: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const at = offset + done;
      const first = await this.#lookup(at);
      let length = Math.min(this.#clusterBytes - (at % this.#clusterBytes), into.length - done);
      // Clusters that continue the same run are read together.
      while (done + length < into.length && length < MAX_RUN_BYTES && first.kind !== 'compressed') {
        const next = await this.#lookup(at + length);
        if (next.kind !== first.kind) break;
        const inFirst = at % this.#clusterBytes;
        if (next.kind === 'data' && first.kind === 'data' && next.hostOffset !== first.hostOffset + inFirst + length)
          break;
        length += Math.min(this.#clusterBytes, into.length - done - length);
      }
      await this.#readMapped(first, at, into.subarray(done, done + length));
      done += length;
    }
  }

  async #readMapped(mapping: Mapping, offset: number, into: Uint8Array): Promise<void> {
    switch (mapping.kind) {
      case 'data':
        await this.#readHost(mapping.hostOffset + (offset % this.#clusterBytes), into);
        break;
      case 'compressed': {
        const cluster = await this.#inflate(mapping.hostOffset, mapping.length);
        const start = offset % this.#clusterBytes;
        into.set(cluster.subarray(start, start + into.length));
        break;
      }
      case 'unallocated':
        await this.#readBacking(offset, into);
        break;
      default:
        into.fill(0);
    }
  }

  async #readBacking(offset: number, into: Uint8Array): Promise<void> {
    // A backing image may be smaller; behind its end are zeros.
    const inside =
      this.#backing === undefined ? 0 : Math.max(0, Math.min(into.length, this.#backing.sizeBytes - offset));
    if (inside > 0) await this.#backing!.read(offset, into.subarray(0, inside));
    into.fill(0, inside);
  }

  async #readHost(offset: number, into: Uint8Array): Promise<void> {
    // The last cluster of a file may be cut short.
    const got = await this.file.read(offset, into);
    into.fill(0, got);
  }

  async #inflate(offset: number, length: number): Promise<Uint8Array> {
    if (this.#inflated?.offset === offset) return this.#inflated.bytes;
    const packed = new Uint8Array(length);
    const got = await this.file.read(offset, packed);
    const bytes = await inflateCluster(packed.subarray(0, got), this.#clusterBytes);
    if (bytes === undefined) throw corrupt(this.path, `the compressed cluster at ${offset}`, 'cannot be unpacked');
    this.#inflated = { offset, bytes };
    return bytes;
  }

  async #lookup(offset: number): Promise<Mapping> {
    const cluster = Math.floor(offset / this.#clusterBytes);
    const perTable = this.#clusterBytes / 8;
    const l2Offset = this.#l1Offsets[Math.floor(cluster / perTable)]!;
    if (l2Offset === 0) return unallocated;
    return this.#mappingIn(await this.#l2.get(l2Offset), cluster % perTable);
  }

  #mappingIn(table: Table, index: number): Mapping {
    const mapping = readL2Entry(table.view, index, this.header.clusterBits, this.header.version);
    const isOutside = 'hostOffset' in mapping && mapping.hostOffset >= this.#fileBytes;
    if (mapping.kind === 'bad' || isOutside) {
      throw corrupt(this.path, `the L2 table at ${table.offset}`, `has a bad entry ${index}`);
    }
    return mapping;
  }

  async #loadL2(offset: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.#clusterBytes);
    const got = await this.file.read(offset, bytes);
    if (got < bytes.length) throw corrupt(this.path, `the L2 table at ${offset}`, 'is cut off');
    return bytes;
  }

  // Writing

  /** Writes one run of clusters that are treated alike, from the start of `data`; returns how many bytes that were. */
  async #writeRun(offset: number, data: Uint8Array): Promise<number> {
    const perTable = this.#clusterBytes / 8;
    const cluster = Math.floor(offset / this.#clusterBytes);
    const start = offset % this.#clusterBytes;
    const table = await this.#l2ForWriting(Math.floor(cluster / perTable));
    const index = cluster % perTable;
    const room = Math.min(data.length, (perTable - index) * this.#clusterBytes - start);
    const first = this.#mappingIn(table, index);

    if (first.kind === 'data' && first.isOwned) {
      let length = Math.min(room, this.#clusterBytes - start);
      for (let i = 1; length < room; i++) {
        const next = this.#mappingIn(table, index + i);
        const follows =
          next.kind === 'data' && next.isOwned && next.hostOffset === first.hostOffset + i * this.#clusterBytes;
        if (!follows) break;
        length = Math.min(room, length + this.#clusterBytes);
      }
      await this.#writeData(first.hostOffset + start, data.subarray(0, length));
      return length;
    }

    // As many whole clusters as need a new place go to neighbouring ones; a cluster written in part stands alone.
    const isWhole = (length: number) => length === this.#clusterBytes;
    const firstLength = Math.min(room, this.#clusterBytes - start);
    if (!isWhole(firstLength)) {
      await this.#writePart(table, index, first, offset, data.subarray(0, firstLength));
      return firstLength;
    }
    const old: Mapping[] = [first];
    while ((old.length + 1) * this.#clusterBytes <= room) {
      const next = this.#mappingIn(table, index + old.length);
      if (next.kind === 'data' && next.isOwned) break;
      old.push(next);
    }
    await this.#writeNew(table, index, old, data.subarray(0, old.length * this.#clusterBytes));
    return old.length * this.#clusterBytes;
  }

  async #writePart(table: Table, index: number, old: Mapping, offset: number, data: Uint8Array): Promise<void> {
    const start = offset % this.#clusterBytes;
    const whole = new Uint8Array(this.#clusterBytes);
    const clusterStart = offset - start;
    await this.#readMapped(old, clusterStart, whole.subarray(0, Math.min(whole.length, this.sizeBytes - clusterStart)));
    whole.set(data, start);
    await this.#writeNew(table, index, [old], whole);
  }

  /** Gives the clusters of `data`, which replace `old`, a place of their own; zeros need none. */
  async #writeNew(table: Table, index: number, old: readonly Mapping[], data: Uint8Array): Promise<void> {
    for (let i = 0; i < old.length; ) {
      const cluster = (n: number) => data.subarray(n * this.#clusterBytes, (n + 1) * this.#clusterBytes);
      if (isAllZero(cluster(i)) && this.#mapZero(table, index + i, old[i]!)) {
        i++;
        continue;
      }
      let count = 1;
      while (i + count < old.length && !isAllZero(cluster(i + count))) count++;
      await this.#writeAllocated(
        table,
        index + i,
        old.slice(i, i + count),
        data.subarray(i * this.#clusterBytes, (i + count) * this.#clusterBytes),
      );
      i += count;
    }
  }

  async #writeAllocated(table: Table, index: number, old: readonly Mapping[], data: Uint8Array): Promise<void> {
    const first = await this.#allocate(old.length);
    try {
      await this.#writeData(first * this.#clusterBytes, data);
    } catch (error) {
      for (let i = 0; i < old.length; i++) await this.#refcounts.release(first + i);
      throw error;
    }
    old.forEach((mapping, i) => {
      writeDataEntry(table.view, index + i, (first + i) * this.#clusterBytes);
      this.#unpoint(mapping);
    });
    table.isDirty = true;
  }

  /** Lets a cluster read as zeros without a place; false when this version of the format cannot say so. */
  #mapZero(table: Table, index: number, old: Mapping): boolean {
    if (old.kind === 'zero' && old.hostOffset === 0) return true;
    if (this.#backing === undefined) {
      if (old.kind === 'unallocated') return true;
      writeEmptyEntry(table.view, index);
    } else {
      if (this.header.version === 2) return false;
      writeZeroEntry(table.view, index);
    }
    table.isDirty = true;
    this.#unpoint(old);
    return true;
  }

  async #discardCluster(offset: number): Promise<boolean> {
    if ((await this.#lookup(offset)).kind === 'unallocated' && this.#backing === undefined) return true;
    const cluster = offset / this.#clusterBytes;
    const perTable = this.#clusterBytes / 8;
    const table = await this.#l2ForWriting(Math.floor(cluster / perTable));
    return this.#mapZero(table, cluster % perTable, this.#mappingIn(table, cluster % perTable));
  }

  /** Notes that the file will no longer point to a mapping's clusters. */
  #unpoint(mapping: Mapping): void {
    if (mapping.kind === 'compressed') {
      const first = Math.floor(mapping.hostOffset / this.#clusterBytes);
      const last = Math.floor((mapping.hostOffset + mapping.length - 1) / this.#clusterBytes);
      for (let cluster = first; cluster <= last; cluster++) this.#unpointed.push(cluster);
      if (this.#inflated?.offset === mapping.hostOffset) this.#inflated = undefined;
    } else if ((mapping.kind === 'data' || mapping.kind === 'zero') && mapping.hostOffset !== 0) {
      this.#unpointed.push(mapping.hostOffset / this.#clusterBytes);
    }
  }

  async #l2ForWriting(l1Index: number): Promise<Table> {
    const offset = this.#l1Offsets[l1Index]!;
    if (offset !== 0 && this.#l1Owned[l1Index] === 1) return this.#l2.get(offset);
    const bytes = offset === 0 ? new Uint8Array(this.#clusterBytes) : (await this.#l2.get(offset)).bytes.slice();
    const cluster = await this.#allocate(1);
    const table = await this.#l2.add(cluster * this.#clusterBytes, bytes);
    this.#l1Offsets[l1Index] = table.offset;
    this.#l1Owned[l1Index] = 1;
    this.#dirtyL1.add(l1Index);
    this.#l2Clusters.add(cluster);
    // The old table belongs to an internal snapshot as well; one reference less.
    if (offset !== 0) this.#unpointed.push(offset / this.#clusterBytes);
    return table;
  }

  async #allocate(count: number): Promise<number> {
    const first = await this.#refcounts.allocate(count, this.#fileBytes);
    // Offsets in L2 entries end at bit 55; doubles end before.
    if ((first + count) * this.#clusterBytes > Number.MAX_SAFE_INTEGER) {
      throw new VmError('disk-full', `${this.path} cannot grow any further`, { path: this.path });
    }
    this.#fileBytes = Math.max(this.#fileBytes, (first + count) * this.#clusterBytes);
    return first;
  }

  async #writeData(hostOffset: number, data: Uint8Array): Promise<void> {
    const last = Math.floor((hostOffset + data.length - 1) / this.#clusterBytes);
    for (let cluster = Math.floor(hostOffset / this.#clusterBytes); cluster <= last; cluster++) {
      if (this.#isReserved(cluster) || this.#refcounts.isOwnCluster(cluster)) {
        throw corrupt(this.path, 'an L2 table', `takes cluster ${cluster} of the image's own tables for data`);
      }
    }
    this.#hasUnsyncedData = true;
    await this.file.write(hostOffset, data);
  }

  /** The header, the L1 table and L2 tables. */
  #isReserved(cluster: number): boolean {
    if (cluster === 0 || this.#l2Clusters.has(cluster)) return true;
    const first = this.header.l1Offset / this.#clusterBytes;
    return cluster >= first && cluster < first + divideUp(this.#l1Offsets.length * 8, this.#clusterBytes);
  }

  // Flushing

  async #sync(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const tables = [...this.#l2.dirty()];
    if (tables.length === 0 && this.#dirtyL1.size === 0 && !this.#refcounts.needsWrite) {
      if (this.#hasUnsyncedData) await this.#syncFile();
      return;
    }
    await this.#refcounts.writeBlocks();
    for (const table of tables) if (table.isNew) await this.#writeTable(table);
    await this.#syncFile();
    if (this.#refcounts.hasDirtyTable) {
      await this.#refcounts.writeTable();
      await this.#syncFile();
    }
    const pointers = tables.filter((table) => !table.isNew);
    if (pointers.length > 0 || this.#dirtyL1.size > 0) {
      for (const table of pointers) await this.#writeTable(table);
      await this.#writeL1();
      await this.#syncFile();
      this.#dirtyL1.clear();
      for (const table of this.#l2.all()) table.isNew = false;
    }
    const freed = this.#unpointed;
    this.#unpointed = [];
    for (const cluster of freed) {
      await this.#refcounts.release(cluster);
      if (this.#l2Clusters.has(cluster)) this.#forgetL2(cluster);
    }
  }

  /** Also writes the decrements that a first pass allowed. */
  async #syncAll(): Promise<void> {
    await this.#sync();
    if (this.#refcounts.needsWrite) await this.#sync();
  }

  #forgetL2(cluster: number): void {
    this.#l2Clusters.delete(cluster);
    this.#l2.drop(cluster * this.#clusterBytes);
  }

  async #writeTable(table: Table): Promise<void> {
    await this.file.write(table.offset, table.bytes);
    table.isDirty = false;
  }

  async #writeL1(): Promise<void> {
    const entry = new Uint8Array(8);
    for (const index of this.#dirtyL1) {
      writeU64BE(viewOf(entry), 0, this.#l1Offsets[index]!);
      entry[0]! |= 0x80;
      await this.file.write(this.header.l1Offset + index * 8, entry);
    }
  }

  async #syncFile(): Promise<void> {
    try {
      await this.file.sync();
      this.#hasUnsyncedData = false;
    } catch (error) {
      this.#failure = VmError.from(error, 'io-error');
      throw this.#failure;
    }
  }

  // Checks

  #checkOpen(): void {
    if (this.#isClosed) throw new VmError('image-closed', `${this.path} is closed`, { path: this.path });
  }

  #checkUse(offset: number, length: number): void {
    this.#checkOpen();
    checkRange(this, offset, length);
  }

  #checkWritable(): void {
    if (this.#isReadOnly) throw new VmError('image-readonly', `${this.path} is read-only`, { path: this.path });
    if (this.#failure !== undefined) throw this.#failure;
  }
}

async function readActiveL1(file: HostFile, header: Qcow2Header, fileBytes: number): Promise<L1Table> {
  const length = header.l1Entries * 8;
  if (header.l1Offset + length > fileBytes) throw corrupt(file.path, 'the L1 table', 'lies behind the end of the file');
  const bytes = new Uint8Array(length);
  await file.read(header.l1Offset, bytes);
  const fail = (index: number): never => {
    throw corrupt(file.path, 'the L1 table', `has a bad entry ${index}`);
  };
  const table = readL1Table(viewOf(bytes), header.clusterBytes, fail);
  for (let i = 0; i < table.offsets.length; i++) if (table.offsets[i]! >= fileBytes) fail(i);
  return table;
}
