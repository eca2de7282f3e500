/** One chunk of saved guest memory: how its bytes are stored, and how they are put back. Untrusted: every value is checked. */
import { crc32c } from '../base/crc32c';
import { VmError } from '../base/errors';
import { lz4Decompress } from '../base/lz4';

export const CODEC_ZERO = 0;
export const CODEC_RAW = 1;
export const CODEC_LZ4 = 2;

export interface StoredChunk {
  readonly codec: number;
  readonly length: number;
  readonly checksum: number;
}

/** Chunks that were read together: the bytes of each follow one another in `stored`, and go to `at` in the target. */
export interface ChunkGroup {
  readonly stored: Uint8Array;
  readonly chunks: readonly (StoredChunk & { readonly at: number; readonly sizeBytes: number })[];
}

const PAGE_BYTES = 4096;
const WORD_BYTES = 4;

/** Unpacks chunks into memory that is all zeros. Pages of zeros are left alone: the host gives no memory for them. */
export class ChunkUnpacker {
  #page = new Uint8Array(0);
  #words = new Int32Array(0);

  /** Throws 'snapshot-corrupt'. */
  unpackGroup({ stored, chunks }: ChunkGroup, into: Uint8Array): void {
    let from = 0;
    for (const chunk of chunks) {
      const target = into.subarray(chunk.at, chunk.at + chunk.sizeBytes);
      this.unpack(chunk, stored.subarray(from, from + chunk.length), target);
      from += chunk.length;
    }
  }

  /** `into` is all zeros. Throws 'snapshot-corrupt'. */
  unpack(chunk: StoredChunk, stored: Uint8Array, into: Uint8Array): void {
    if (crc32c(stored) !== chunk.checksum) throw damagedMemory('a checksum is wrong');
    if (chunk.codec === CODEC_LZ4) {
      const plain = this.#scratch(into.length);
      if (lz4Decompress(stored, plain) !== into.length) throw damagedMemory('a chunk cannot be unpacked');
      this.#copyUsed(plain, into);
    } else if (stored.length === into.length) {
      into.set(stored);
    } else {
      throw damagedMemory('a chunk has the wrong length');
    }
  }

  #scratch(sizeBytes: number): Uint8Array {
    if (this.#page.length < sizeBytes) {
      this.#words = new Int32Array(Math.ceil(sizeBytes / WORD_BYTES));
      this.#page = new Uint8Array(this.#words.buffer);
    }
    return this.#page.subarray(0, sizeBytes);
  }

  #copyUsed(plain: Uint8Array, into: Uint8Array): void {
    for (let at = 0; at < plain.length; at += PAGE_BYTES) {
      const end = Math.min(at + PAGE_BYTES, plain.length);
      if (this.#isUsed(at, end)) into.set(plain.subarray(at, end), at);
    }
  }

  #isUsed(start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      if (at % WORD_BYTES === 0 && at + WORD_BYTES <= end) {
        if (this.#words[at / WORD_BYTES] !== 0) return true;
        at += WORD_BYTES - 1;
      } else if (this.#page[at] !== 0) return true;
    }
    return false;
  }
}

/** Throws 'snapshot-corrupt'. */
export function checkGroup({ stored, chunks }: ChunkGroup): void {
  let from = 0;
  for (const { length, checksum } of chunks) {
    if (crc32c(stored.subarray(from, from + length)) !== checksum) throw damagedMemory('a checksum is wrong');
    from += length;
  }
}

export function damagedMemory(problem: string): VmError {
  return new VmError('snapshot-corrupt', `the saved memory is damaged: ${problem}`);
}
