import { alignUp, divideUp } from '../../base/bits';
import { viewOf, writeU64BE } from '../../base/bytes';
import { VmError } from '../../base/errors';
import type { HostFiles } from '../../base/host-files';
import { formatQcow2Header, l1EntriesFor } from './header';
import { writeRefcount } from './refcounts';

export interface CreateQcow2 {
  /** Virtual size; a multiple of 512. */
  readonly sizeBytes: number;
  readonly clusterBits?: number;
  /** Shines through wherever the new image holds nothing. `file` is written as given, relative to the new image. */
  readonly backing?: { readonly file: string; readonly format: 'raw' | 'qcow2' };
}

export const DEFAULT_CLUSTER_BITS = 16;
/** What one L1 table may cover at 64 KiB clusters is far more; this is what a guest's disk sensibly has. */
export const MAX_DISK_BYTES = 2 ** 46;

/** Makes a new image file, durable with all but its folder entry. Removes it again when something fails. */
export async function createQcow2(files: HostFiles, path: string, image: CreateQcow2): Promise<void> {
  const { sizeBytes, clusterBits = DEFAULT_CLUSTER_BITS } = image;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes % 512 !== 0 || sizeBytes > MAX_DISK_BYTES) {
    throw new VmError('bad-argument', `a disk cannot have ${sizeBytes} bytes`);
  }
  const clusterBytes = 2 ** clusterBits;
  const l1Entries = Math.max(1, l1EntriesFor(sizeBytes, clusterBytes));
  const l1Clusters = divideUp(l1Entries * 8, clusterBytes);
  // Layout: header, L1 table, refcount table, refcount blocks.
  const perBlock = clusterBytes / 2;
  let blocks = 1;
  while (2 + l1Clusters + blocks > blocks * perBlock) blocks++;
  const l1Offset = clusterBytes;
  const tableOffset = l1Offset + l1Clusters * clusterBytes;
  const blockOffset = tableOffset + clusterBytes;
  const usedClusters = 2 + l1Clusters + blocks;

  const table = new Uint8Array(clusterBytes);
  if (blocks * 8 > clusterBytes) throw new VmError('bad-argument', `clusters of ${clusterBytes} bytes are too small`);
  for (let b = 0; b < blocks; b++) writeU64BE(viewOf(table), b * 8, blockOffset + b * clusterBytes);
  const counts = new Uint8Array(blocks * clusterBytes);
  for (let c = 0; c < usedClusters; c++) writeRefcount(viewOf(counts), 4, c, 1);
  const header = formatQcow2Header({
    sizeBytes,
    clusterBits,
    backing: image.backing,
    l1Offset,
    l1Entries,
    refcountTableOffset: tableOffset,
    refcountTableClusters: 1,
  });

  const file = await files.open(path, 'create');
  try {
    try {
      await file.write(l1Offset, new Uint8Array(alignUp(l1Entries * 8, clusterBytes)));
      await file.write(tableOffset, table);
      await file.write(blockOffset, counts);
      // Last, so that a file cut short by a crash is not taken for an image.
      await file.write(0, header);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await files.removeFile(path);
    throw error;
  }
}
