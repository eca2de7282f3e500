/**
 * Where a VM lies, as its configuration records it: whoever opens a folder elsewhere is asked whether it was moved or
 * copied. A fingerprint, so that a folder that is given away tells nothing of the computer that it came from.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** systemd's name for this installation (machine-id(5)); elsewhere the folder alone has to do. */
const MACHINE_ID_FILE = '/etc/machine-id';

/** @param folder a real path */
export async function placeOf(folder: string): Promise<string> {
  const computer = await readFile(MACHINE_ID_FILE, 'utf8').catch(() => '');
  return createHash('sha256').update(`Subzero VM\n${computer.trim()}\n${folder}`).digest('hex').slice(0, 32);
}
