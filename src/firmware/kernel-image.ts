/** Kernel files that are ELF: what is loaded where, sections and notes (System V ABI, chapters 4 and 5). */
import { VmError } from '../base/errors';

export interface KernelSegment {
  readonly gpa: number;
  /** In the file. */
  readonly offset: number;
  readonly fileBytes: number;
  /** At least `fileBytes`; the rest is zeros. */
  readonly memoryBytes: number;
}

export interface LoadedImage {
  readonly entry: number;
  readonly segments: readonly KernelSegment[];
}

const ELF_MAGIC = 0x7f454c46;
const PT_LOAD = 1;
const PT_NOTE = 4;
const MAX_PROGRAM_HEADERS = 64;
const MAX_NOTES = 1000;

interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly virtual: number;
  readonly gpa: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

export function isElf(kernel: Uint8Array): boolean {
  return kernel.length >= 64 && viewOf(kernel).getUint32(0) === ELF_MAGIC && kernel[5] === 1;
}

export function isElf64(kernel: Uint8Array): boolean {
  return kernel[4] === 2;
}

/** ELF of 32 or 64 bits; the entry is virtual and translated by the segment it lies in. Throws VmError 'kernel-invalid'. */
export function readElf(kernel: Uint8Array): LoadedImage {
  const entry = wordsOf(kernel)(24);
  const segments: KernelSegment[] = [];
  let physicalEntry = entry;
  for (const { type, offset, virtual, gpa, fileBytes, memoryBytes } of programHeaders(kernel)) {
    if (type !== PT_LOAD || memoryBytes === 0) continue;
    segments.push({ gpa, offset, fileBytes, memoryBytes });
    if (entry >= virtual && entry < virtual + memoryBytes) physicalEntry = entry - virtual + gpa;
  }
  if (physicalEntry > 0xffff_ffff) throw invalid('its entry point lies above 4 GiB');
  return checkedImage({ entry: physicalEntry, segments });
}

export function checkedImage(image: LoadedImage): LoadedImage {
  if (image.segments.length === 0) throw invalid('it has nothing to load');
  for (const { gpa, memoryBytes } of image.segments) {
    if (gpa + memoryBytes > 0xffff_ffff) throw invalid('a segment lies above 4 GiB');
  }
  return image;
}

/** What a note of that owner and type holds; undefined: there is none. */
export function elfNote(kernel: Uint8Array, owner: string, wanted: number): Uint8Array | undefined {
  const view = viewOf(kernel);
  for (const { type, offset, fileBytes } of programHeaders(kernel)) {
    if (type !== PT_NOTE) continue;
    const end = offset + fileBytes;
    let at = offset;
    for (let i = 0; i < MAX_NOTES && at + 12 <= end; i++) {
      const nameBytes = view.getUint32(at, true);
      const dataBytes = view.getUint32(at + 4, true);
      const name = at + 12;
      const data = name + Math.ceil(nameBytes / 4) * 4;
      const next = data + Math.ceil(dataBytes / 4) * 4;
      if (next > end) break;
      const isOwner = new TextDecoder().decode(kernel.subarray(name, name + nameBytes)) === `${owner}\0`;
      if (isOwner && view.getUint32(at + 8, true) === wanted) return kernel.subarray(data, data + dataBytes);
      at = next;
    }
  }
  return undefined;
}

/** The section headers as they lie in the file; undefined: there are none, or they do not fit it. */
export interface SectionHeaders {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly entryBytes: number;
  /** Index of the section with their names. */
  readonly names: number;
}

export function sectionHeaders(kernel: Uint8Array): SectionHeaders | undefined {
  if (!isElf(kernel)) return undefined;
  const view = viewOf(kernel);
  const is64 = isElf64(kernel);
  const offset = wordsOf(kernel)(is64 ? 40 : 32);
  const entryBytes = view.getUint16(is64 ? 58 : 46, true);
  const count = view.getUint16(is64 ? 60 : 48, true);
  const names = view.getUint16(is64 ? 62 : 50, true);
  const end = offset + count * entryBytes;
  if (count === 0 || entryBytes < (is64 ? 64 : 40) || end > kernel.length) return undefined;
  return { bytes: kernel.slice(offset, end), count, entryBytes, names };
}

function programHeaders(kernel: Uint8Array): ProgramHeader[] {
  if (!isElf(kernel)) throw invalid('it is not an ELF file');
  const view = viewOf(kernel);
  const is64 = isElf64(kernel);
  const word = wordsOf(kernel);
  const tableOffset = word(is64 ? 32 : 28);
  const entrySize = view.getUint16(is64 ? 54 : 42, true);
  const count = Math.min(MAX_PROGRAM_HEADERS, view.getUint16(is64 ? 56 : 44, true));
  if (entrySize < (is64 ? 56 : 32) || tableOffset + count * entrySize > kernel.length) {
    throw invalid('its program headers do not fit the file');
  }
  return Array.from({ length: count }, (_, i) => {
    const at = tableOffset + i * entrySize;
    const header = {
      type: view.getUint32(at, true),
      offset: word(is64 ? at + 8 : at + 4),
      virtual: word(is64 ? at + 16 : at + 8),
      gpa: word(is64 ? at + 24 : at + 12),
      fileBytes: word(is64 ? at + 32 : at + 16),
    };
    if ((header.type === PT_LOAD || header.type === PT_NOTE) && header.offset + header.fileBytes > kernel.length)
      throw invalid('a segment does not fit the file');
    return { ...header, memoryBytes: Math.max(header.fileBytes, word(is64 ? at + 40 : at + 20)) };
  });
}

/** Reads a word of the file's class. Beyond 2^53 an address is wrong anyway. */
export function wordsOf(kernel: Uint8Array): (at: number) => number {
  const view = viewOf(kernel);
  return isElf64(kernel)
    ? (at) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000
    : (at) => view.getUint32(at, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function invalid(reason: string): VmError {
  return new VmError('kernel-invalid', `the kernel cannot be started: ${reason}`);
}
