/**
 * Device and CPU state on disk: magic, format version, entries by device id (each its plain data), CRC-32C over all that
 * stands before it. What the entries mean is for the machine to check.
 */
import { asciiBytes, bytesEqual, concatBytes, viewOf } from '../../base/bytes';
import { crc32c } from '../../base/crc32c';
import { VmError } from '../../base/errors';
import { decodePlain, encodePlain, type PlainData } from '../../base/plain-data';

const MAGIC = asciiBytes('SZDEVST\n');
const VERSION = 1;
const HEADER_BYTES = 16;
const MAX_ENTRIES = 4096;
export const MAX_STATE_FILE_BYTES = 256 << 20;

export function encodeStateFile(entries: ReadonlyMap<string, PlainData>): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  viewOf(header).setUint32(8, VERSION, true);
  viewOf(header).setUint32(12, entries.size, true);
  const parts: Uint8Array[] = [header];
  for (const [id, value] of entries)
    parts.push(...withLength(new TextEncoder().encode(id)), ...withLength(encodePlain(value)));
  const body = concatBytes(parts);
  return concatBytes([body, u32(crc32c(body))]);
}

/** Throws 'snapshot-corrupt'. */
export function decodeStateFile(bytes: Uint8Array): Map<string, PlainData> {
  if (bytes.length < HEADER_BYTES + 4 || !bytesEqual(bytes.subarray(0, 8), MAGIC)) throw damaged('it is no state file');
  const view = viewOf(bytes);
  const end = bytes.length - 4;
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) throw damaged('its checksum is wrong');
  const version = view.getUint32(8, true);
  if (version !== VERSION) throw damaged(`it has version ${version}, this program knows ${VERSION}`);
  const count = view.getUint32(12, true);
  if (count > MAX_ENTRIES) throw damaged(`it has ${count} entries`);
  const entries = new Map<string, PlainData>();
  let at = HEADER_BYTES;
  const next = (): Uint8Array => {
    if (at + 4 > end) throw damaged('it is cut off');
    const length = view.getUint32(at, true);
    at += 4;
    if (length > end - at) throw damaged('it is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  for (let i = 0; i < count; i++) {
    const id = new TextDecoder().decode(next());
    if (entries.has(id)) throw damaged(`it has '${id}' twice`);
    entries.set(id, decodePlain(next()));
  }
  if (at !== end) throw damaged('more follows than was expected');
  return entries;
}

function withLength(bytes: Uint8Array): Uint8Array[] {
  return [u32(bytes.length), bytes];
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}

function damaged(problem: string): VmError {
  return new VmError('snapshot-corrupt', `the saved device state is damaged: ${problem}`);
}
