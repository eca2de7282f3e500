import * as path from 'node:path';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { LOG_FILE } from './vm-folder';

/** The last part of a VM's log, from the beginning of a line; '' when there is none. The text is untrusted: guests write to it. */
export async function readVmLog(files: HostFiles, vmFolder: string, maxBytes: number): Promise<string> {
  const parts: string[] = [];
  let left = maxBytes;
  for (const name of [LOG_FILE, `${LOG_FILE}.1`]) {
    if (left <= 0) break;
    const bytes = await readEnd(files, vmFolder, name, left);
    left -= bytes.length;
    parts.unshift(new TextDecoder().decode(bytes));
  }
  const text = parts.join('');
  return left > 0 ? text : text.slice(text.indexOf('\n') + 1);
}

async function readEnd(files: HostFiles, vmFolder: string, name: string, maxBytes: number): Promise<Uint8Array> {
  const file = path.join(vmFolder, name);
  const info = await files.stat(file);
  if (info?.kind !== 'file') return new Uint8Array(0);
  // A VM's folder may come from elsewhere: a link in it must not show another file of this computer.
  if (path.dirname(await files.realPath(file)) !== (await files.realPath(vmFolder))) {
    throw new VmError('path-outside', `${file} leads out of the VM's folder`, { path: file });
  }
  const handle = await files.open(file, 'read');
  try {
    const length = Math.min(info.sizeBytes, maxBytes);
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, await handle.read(info.sizeBytes - length, bytes));
  } finally {
    await handle.close();
  }
}
