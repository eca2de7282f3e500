import { alignUp } from '../../base/bits';
import { viewOf, writeU64BE } from '../../base/bytes';
import { VmError } from '../../base/errors';
import type { HostFiles } from '../../base/host-files';
import { MAX_DISK_BYTES } from './create';
import { l1EntriesFor, readQcow2Header, unsupported } from './header';
import { repairRefcounts } from './rebuild';

/** Of the header: size, encryption, L1 entries, L1 offset. */
const HEADER_SIZE = 24;

/**
 * Makes a disk larger; the new part reads as zeros. The image must not be open. A larger L1 table is written behind the
 * file's end, then one write of the header switches to it, then the reference counts follow: an image cut off between the
 * two is whole, and `repairRefcounts`, which every owner runs after a crash, counts the new table.
 */
export async function growQcow2(files: HostFiles, path: string, sizeBytes: number): Promise<void> {
  const file = await files.open(path, 'update');
  let hasMoved = false;
  try {
    const header = await readQcow2Header(file);
    requireGrowth(path, header.sizeBytes, sizeBytes);
    if (header.snapshotCount > 0) throw unsupported(path, 'snapshots inside the image, which keep its size');
    const needed = l1EntriesFor(sizeBytes, header.clusterBytes);
    const fields = new Uint8Array(24);
    await file.read(HEADER_SIZE, fields);
    const view = viewOf(fields);
    writeU64BE(view, 0, sizeBytes);
    if (needed > header.l1Entries) {
      const table = new Uint8Array(alignUp(needed * 8, header.clusterBytes));
      await file.read(header.l1Offset, table.subarray(0, header.l1Entries * 8));
      const offset = alignUp(await file.size(), header.clusterBytes);
      await file.write(offset, table);
      await file.sync();
      view.setUint32(12, needed);
      writeU64BE(view, 16, offset);
      hasMoved = true;
    }
    await file.write(HEADER_SIZE, fields);
    await file.sync();
  } finally {
    await file.close();
  }
  if (hasMoved) await repairRefcounts(files, path);
}

export function requireGrowth(path: string, now: number, wanted: number): void {
  if (!Number.isSafeInteger(wanted) || wanted % 512 !== 0 || wanted > MAX_DISK_BYTES) {
    throw new VmError('bad-argument', `a disk cannot have ${wanted} bytes`, { path });
  }
  if (wanted <= now) {
    throw new VmError('bad-argument', `a disk can only grow: it has ${now} bytes already`, { path });
  }
}
