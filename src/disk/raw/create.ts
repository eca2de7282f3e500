import { VmError } from '../../base/errors';
import type { HostFiles } from '../../base/host-files';

/** Makes an empty raw disk: a file of the disk's size that takes no space until it is written. */
export async function createRaw(files: HostFiles, path: string, sizeBytes: number): Promise<void> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 || sizeBytes % 512 !== 0) {
    throw new VmError('bad-argument', `a disk cannot have ${sizeBytes} bytes`);
  }
  const file = await files.open(path, 'create');
  try {
    try {
      await file.truncate(sizeBytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await files.removeFile(path);
    throw error;
  }
}
