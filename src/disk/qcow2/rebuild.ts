/**
 * Counts what an image's tables point to: to check it, and to make its refcounts anew when they mean nothing (dirty bit,
 * specification "Lazy refcounts") or are too high after a crash. The new refcounts are written behind everything in use
 * and one write of the header switches over, so a crash leaves the old or the new ones.
 */
import { divideUp } from '../../base/bits';
import { readSafeU64BE, viewOf, writeU64BE } from '../../base/bytes';
import { isVmError } from '../../base/errors';
import type { HostFile, HostFiles } from '../../base/host-files';
import { corrupt, HEADER_REFCOUNT_TABLE_OFFSET, type Qcow2Header, readQcow2Header, unsupported } from './header';
import { readL1Table, readL2Entry } from './l2-entry';
import { readRefcount, readRefcountTable, writeRefcount } from './refcounts';

/** Bounds memory (two bytes each) and work: 4 TiB at 64 KiB clusters. */
const MAX_CLUSTERS = 1 << 26;
/** Bounds the L2 tables that are read; all snapshots of an image together. */
const MAX_TABLES = 1 << 20;
const MAX_COUNT = 0xffff;

interface References {
  readonly counts: Uint16Array;
  /** Clusters up to the last one in use. */
  readonly usedClusters: number;
}

export interface Qcow2Check {
  /** Clusters counted too high: space lost, nothing else. */
  readonly leaks: number;
  /** Clusters counted too low: they might be given out a second time. */
  readonly undercounted: number;
}

/** Reads a whole image's tables. Throws 'image-corrupt' when they cannot be followed. */
export async function checkQcow2(file: HostFile): Promise<Qcow2Check> {
  const header = await readQcow2Header(file);
  const fileBytes = await file.size();
  const { counts } = await countReferences(file, header, true);
  const table = await readRefcountTable(file, header, fileBytes);
  const perBlock = (header.clusterBytes * 8) / (1 << header.refcountOrder);
  let leaks = 0;
  let undercounted = 0;
  const block = new Uint8Array(header.clusterBytes);
  for (let first = 0; first < counts.length; first += perBlock) {
    const offset = table[first / perBlock] ?? 0;
    if (offset === 0) block.fill(0);
    else block.fill(0, await file.read(offset, block));
    const view = viewOf(block);
    for (let i = 0; i < perBlock && first + i < counts.length; i++) {
      const counted = readRefcount(view, header.refcountOrder, i);
      const real = counts[first + i]!;
      if (counted > real) leaks++;
      else if (counted < real) undercounted++;
    }
  }
  return { leaks, undercounted };
}

/**
 * Gives back what a crash left counted too high. Only for an image that nobody has open. One that cannot be checked is
 * left alone: whoever opens it hears why.
 */
export async function repairRefcounts(files: HostFiles, path: string): Promise<void> {
  const file = await files.open(path, 'update');
  try {
    const { leaks, undercounted } = await checkQcow2(file);
    if (leaks + undercounted > 0) await rebuildRefcounts(file, await readQcow2Header(file));
  } catch (error) {
    if (!isVmError(error, 'image-corrupt') && !isVmError(error, 'image-unsupported')) throw error;
  } finally {
    await file.close();
  }
}

export async function rebuildRefcounts(file: HostFile, header: Qcow2Header): Promise<void> {
  const { counts, usedClusters } = await countReferences(file, header, false);
  const { clusterBytes, refcountOrder } = header;
  const perBlock = (clusterBytes * 8) / (1 << refcountOrder);
  const highest = refcountOrder >= 4 ? MAX_COUNT : (1 << (1 << refcountOrder)) - 1;

  // The new blocks and table count themselves, so their number depends on itself.
  let blocks = 0;
  let tableClusters = 0;
  for (;;) {
    const needed = divideUp(usedClusters + blocks + tableClusters, perBlock);
    const neededTable = divideUp(needed * 8, clusterBytes);
    if (needed === blocks && neededTable === tableClusters) break;
    blocks = needed;
    tableClusters = neededTable;
  }
  const tableFirst = usedClusters + blocks;
  const end = tableFirst + tableClusters;
  const table = new Uint8Array(tableClusters * clusterBytes);
  for (let b = 0; b < blocks; b++) {
    const block = new Uint8Array(clusterBytes);
    const view = viewOf(block);
    for (let i = 0; i < perBlock; i++) {
      const cluster = b * perBlock + i;
      const count = cluster >= usedClusters && cluster < end ? 1 : (counts[cluster] ?? 0);
      if (count > highest) throw unsupported(file.path, `refcounts of ${1 << refcountOrder} bits beyond their range`);
      if (count !== 0) writeRefcount(view, refcountOrder, i, count);
    }
    await file.write((usedClusters + b) * clusterBytes, block);
    writeU64BE(viewOf(table), b * 8, (usedClusters + b) * clusterBytes);
  }
  await file.write(tableFirst * clusterBytes, table);
  await file.sync();

  // Refcount table (bytes 48 to 59) and the dirty bit (byte 79) lie in one sector and change together.
  const length = header.version === 2 ? 12 : 32;
  const fields = new Uint8Array(length);
  await file.read(HEADER_REFCOUNT_TABLE_OFFSET, fields);
  writeU64BE(viewOf(fields), 0, tableFirst * clusterBytes);
  viewOf(fields).setUint32(8, tableClusters);
  if (header.version === 3) fields[31]! &= 0xfe;
  await file.write(HEADER_REFCOUNT_TABLE_OFFSET, fields);
  await file.sync();
}

async function countReferences(file: HostFile, header: Qcow2Header, withRefcounts: boolean): Promise<References> {
  const fileBytes = await file.size();
  const total = divideUp(fileBytes, header.clusterBytes);
  if (total > MAX_CLUSTERS)
    throw unsupported(file.path, 'so many clusters that its refcounts cannot be made anew here');
  const counter = new Counter(file, header, fileBytes, new Uint16Array(total));
  counter.range(0, header.clusterBytes, 'the header');
  await counter.l1Table(header.l1Offset, header.l1Entries);
  await counter.snapshots();
  if (withRefcounts) {
    counter.range(header.refcountTableOffset, header.refcountTableClusters * header.clusterBytes, 'the refcount table');
    for (const offset of await readRefcountTable(file, header, fileBytes)) {
      if (offset !== 0) counter.range(offset, header.clusterBytes, 'a refcount block');
    }
  }
  let used = total;
  while (used > 0 && counter.counts[used - 1] === 0) used--;
  return { counts: counter.counts, usedClusters: used };
}

class Counter {
  #tables = 0;

  constructor(
    private readonly file: HostFile,
    private readonly header: Qcow2Header,
    private readonly fileBytes: number,
    readonly counts: Uint16Array,
  ) {}

  range(offset: number, length: number, part: string): void {
    if (length === 0) return;
    const last = Math.floor((offset + length - 1) / this.header.clusterBytes);
    for (let cluster = Math.floor(offset / this.header.clusterBytes); cluster <= last; cluster++) {
      const count = this.counts[cluster];
      if (count === undefined) throw corrupt(this.file.path, part, 'lies behind the end of the file');
      if (count === MAX_COUNT) throw corrupt(this.file.path, part, 'shares a cluster too often');
      this.counts[cluster] = count + 1;
    }
  }

  async l1Table(offset: number, entries: number): Promise<void> {
    this.range(offset, entries * 8, 'an L1 table');
    const bytes = new Uint8Array(entries * 8);
    await this.file.read(offset, bytes);
    const l1 = readL1Table(viewOf(bytes), this.header.clusterBytes, (index) => {
      throw corrupt(this.file.path, 'an L1 table', `has a bad entry ${index}`);
    });
    const table = new Uint8Array(this.header.clusterBytes);
    for (const l2Offset of l1.offsets) {
      if (l2Offset === 0) continue;
      this.range(l2Offset, this.header.clusterBytes, 'an L2 table');
      if (++this.#tables > MAX_TABLES) throw unsupported(this.file.path, 'too many L2 tables to be counted');
      table.fill(0, await this.file.read(l2Offset, table));
      this.#l2Table(viewOf(table), l2Offset);
    }
  }

  #l2Table(table: DataView, at: number): void {
    const part = `the L2 table at ${at}`;
    for (let index = 0; index * 8 < table.byteLength; index++) {
      const mapping = readL2Entry(table, index, this.header.clusterBits, this.header.version);
      switch (mapping.kind) {
        case 'bad':
          throw corrupt(this.file.path, part, `has a bad entry ${index}`);
        case 'data':
          this.range(mapping.hostOffset, this.header.clusterBytes, part);
          break;
        case 'zero':
          if (mapping.hostOffset !== 0) this.range(mapping.hostOffset, this.header.clusterBytes, part);
          break;
        case 'compressed':
          // The last sector may be cut at the end of the file.
          this.range(mapping.hostOffset, Math.min(mapping.length, this.fileBytes - mapping.hostOffset), part);
          break;
        default:
          break;
      }
    }
  }

  /** Internal snapshots (specification, "Snapshots"): each has an L1 table of its own. */
  async snapshots(): Promise<void> {
    let at = this.header.snapshotsOffset;
    const fixed = new Uint8Array(40);
    const view = viewOf(fixed);
    for (let i = 0; i < this.header.snapshotCount; i++) {
      const part = `internal snapshot ${i}`;
      if ((await this.file.read(at, fixed)) < fixed.length) throw corrupt(this.file.path, part, 'is cut off');
      const l1Offset = readSafeU64BE(view, 0) ?? Number.MAX_SAFE_INTEGER;
      const l1Entries = view.getUint32(8);
      if (l1Offset % this.header.clusterBytes !== 0 || l1Entries > (32 << 20) / 8 || l1Offset > this.fileBytes) {
        throw corrupt(this.file.path, part, 'has a bad L1 table');
      }
      await this.l1Table(l1Offset, l1Entries);
      at += divideUp(40 + view.getUint16(12) + view.getUint16(14) + view.getUint32(36), 8) * 8;
    }
    this.range(this.header.snapshotsOffset, at - this.header.snapshotsOffset, 'the snapshot table');
  }
}
