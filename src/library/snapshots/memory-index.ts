/**
 * The index of saved guest memory: where each chunk of each region lies, packed how, with what checksum. Chunks lie in
 * files of their own and may belong to an earlier saved state, so that states share what did not change and a later
 * version can load chunks when they are first touched.
 *
 * Little-endian: magic, version, chunk size, number of regions and of files; per file 8 bytes of id; per region a length
 * byte, its id, its size (64 bits); then 24 bytes per chunk: offset (64), stored length (32), CRC-32C of the stored bytes
 * (32), file (16), codec (8), zeros; last the CRC-32C of all before.
 */
import { divideUp, isPowerOfTwo } from '../../base/bits';
import { asciiBytes, bytesEqual, hexOf, readAscii, readSafeU64LE, viewOf, writeU64LE } from '../../base/bytes';
import { crc32c } from '../../base/crc32c';
import { VmError } from '../../base/errors';
import { CODEC_LZ4, CODEC_ZERO, type StoredChunk } from '../../disk/memory-chunk';
import type { MemoryRegion } from '../../disk/vm-store';

const MAGIC = asciiBytes('SZRAMIX\n');
const VERSION = 1;
const HEADER_BYTES = 24;
const CHUNK_ENTRY_BYTES = 24;
const MIN_CHUNK_BYTES = 64 << 10;
const MAX_CHUNK_BYTES = 256 << 10;
const MAX_REGIONS = 64;
const MAX_FILES = 0xffff;
const MAX_REGION_BYTES = 2 ** 40;
const MAX_CHUNKS = 1 << 24;
export const MAX_INDEX_BYTES = 512 << 20;

export const CHUNK_BYTES = 128 << 10;

export interface ChunkPlace extends StoredChunk {
  /** Id of the chunk file. */
  readonly file: string;
  readonly offset: number;
}

export const zeroChunk: ChunkPlace = { codec: CODEC_ZERO, file: '', offset: 0, length: 0, checksum: 0 };

export interface IndexedRegion extends MemoryRegion {
  readonly chunks: readonly ChunkPlace[];
}

export interface MemoryIndex {
  readonly chunkBytes: number;
  readonly regions: readonly IndexedRegion[];
}

export function filesOf(index: MemoryIndex): string[] {
  const files = new Set<string>();
  for (const region of index.regions)
    for (const chunk of region.chunks) if (chunk.codec !== CODEC_ZERO) files.add(chunk.file);
  return [...files];
}

export function encodeMemoryIndex(index: MemoryIndex): Uint8Array {
  const files = filesOf(index);
  const numbers = new Map(files.map((id, number) => [id, number]));
  let length = HEADER_BYTES + files.length * 8 + 4;
  for (const region of index.regions) length += 1 + region.id.length + 8 + region.chunks.length * CHUNK_ENTRY_BYTES;
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, index.chunkBytes, true);
  view.setUint32(16, index.regions.length, true);
  view.setUint32(20, files.length, true);
  let at = HEADER_BYTES;
  for (const id of files) {
    for (let i = 0; i < 8; i++) bytes[at++] = Number.parseInt(id.slice(i * 2, i * 2 + 2), 16);
  }
  for (const region of index.regions) {
    bytes[at++] = region.id.length;
    bytes.set(asciiBytes(region.id), at);
    at += region.id.length;
    writeU64LE(view, at, region.sizeBytes);
    at += 8;
    for (const chunk of region.chunks) {
      writeU64LE(view, at, chunk.offset);
      view.setUint32(at + 8, chunk.length, true);
      view.setUint32(at + 12, chunk.checksum, true);
      view.setUint16(at + 16, chunk.codec === CODEC_ZERO ? 0 : numbers.get(chunk.file)!, true);
      bytes[at + 18] = chunk.codec;
      at += CHUNK_ENTRY_BYTES;
    }
  }
  view.setUint32(at, crc32c(bytes.subarray(0, at)), true);
  return bytes;
}

/** Throws 'snapshot-corrupt'. */
export function decodeMemoryIndex(bytes: Uint8Array): MemoryIndex {
  if (bytes.length < HEADER_BYTES + 4 || !bytesEqual(bytes.subarray(0, 8), MAGIC))
    throw damaged('it is no memory index');
  const view = viewOf(bytes);
  const end = bytes.length - 4;
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) throw damaged('its checksum is wrong');
  const version = view.getUint32(8, true);
  if (version !== VERSION) throw damaged(`it has version ${version}, this program knows ${VERSION}`);
  const chunkBytes = view.getUint32(12, true);
  if (!isPowerOfTwo(chunkBytes) || chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
    throw damaged(`its chunks have ${chunkBytes} bytes`);
  }
  const regionCount = view.getUint32(16, true);
  const fileCount = view.getUint32(20, true);
  if (regionCount > MAX_REGIONS || fileCount > MAX_FILES) throw damaged('it has too many regions or files');
  let at = HEADER_BYTES;
  const take = (count: number): number => {
    if (count > end - at) throw damaged('it is cut off');
    at += count;
    return at - count;
  };
  const files: string[] = [];
  for (let i = 0; i < fileCount; i++) {
    const start = take(8);
    files.push(hexOf(bytes.subarray(start, start + 8)));
  }
  const regions: IndexedRegion[] = [];
  for (let i = 0; i < regionCount; i++) {
    const idLength = bytes[take(1)]!;
    const id = readAscii(bytes, take(idLength), idLength);
    const sizeBytes = readSafeU64LE(view, take(8)) ?? Number.POSITIVE_INFINITY;
    if (sizeBytes > MAX_REGION_BYTES || regions.some((other) => other.id === id))
      throw damaged(`region '${id}' is bad`);
    const count = divideUp(sizeBytes, chunkBytes);
    if (count > MAX_CHUNKS) throw damaged(`region '${id}' is too large`);
    const start = take(count * CHUNK_ENTRY_BYTES);
    const chunks: ChunkPlace[] = [];
    for (let c = 0; c < count; c++) chunks.push(readChunk(view, start + c * CHUNK_ENTRY_BYTES, files, chunkBytes));
    regions.push({ id, sizeBytes, chunks });
  }
  if (at !== end) throw damaged('more follows than was expected');
  return { chunkBytes, regions };
}

function readChunk(view: DataView, at: number, files: readonly string[], chunkBytes: number): ChunkPlace {
  const codec = view.getUint8(at + 18);
  if (codec === CODEC_ZERO) return zeroChunk;
  const file = files[view.getUint16(at + 16, true)];
  const offset = readSafeU64LE(view, at);
  const length = view.getUint32(at + 8, true);
  if (file === undefined || offset === undefined || length === 0 || length > chunkBytes || codec > CODEC_LZ4) {
    throw damaged('a chunk has bad values');
  }
  return { codec, file, offset, length, checksum: view.getUint32(at + 12, true) };
}

function damaged(problem: string): VmError {
  return new VmError('snapshot-corrupt', `the index of the saved memory is damaged: ${problem}`);
}
