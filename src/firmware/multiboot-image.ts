/** The kernel file of a Multiboot boot: header search, ELF program headers or the a.out kludge (Multiboot 0.6.96, 3.1). */
import { VmError } from '../base/errors';

export interface MultibootImage {
  readonly entry: number;
  readonly segments: readonly MultibootSegment[];
  /** The kernel wants to know of a video mode. */
  readonly wantsVideo: boolean;
}

export interface MultibootSegment {
  readonly gpa: number;
  /** In the file. */
  readonly offset: number;
  readonly fileBytes: number;
  /** At least `fileBytes`; the rest is zeros. */
  readonly memoryBytes: number;
}

const SEARCH = 8192;
const MAGIC = 0x1bad_b002;
const FLAG_VIDEO = 1 << 2;
/** Page-aligned modules, memory information, video mode. */
const KNOWN_REQUIREMENTS = 0x0007;
const FLAG_ADDRESSES = 1 << 16;
const PT_LOAD = 1;
const MAX_PROGRAM_HEADERS = 64;

interface Header {
  readonly offset: number;
  readonly flags: number;
}

export function isMultibootKernel(kernel: Uint8Array): boolean {
  return findHeader(kernel) !== undefined;
}

/** Throws VmError 'kernel-invalid'. */
export function readMultiboot(kernel: Uint8Array): MultibootImage {
  const header = findHeader(kernel);
  if (header === undefined) throw invalid('it has no Multiboot header');
  const unknown = header.flags & 0xffff & ~KNOWN_REQUIREMENTS;
  if (unknown !== 0) throw invalid(`it requires Multiboot features 0x${unknown.toString(16)}`);
  const wantsVideo = (header.flags & FLAG_VIDEO) !== 0;
  const loaded = (header.flags & FLAG_ADDRESSES) !== 0 ? fromAddresses(kernel, header) : fromElf(kernel);
  const { segments } = loaded;
  if (segments.length === 0) throw invalid('it has nothing to load');
  for (const { gpa, memoryBytes } of segments) {
    if (gpa + memoryBytes > 0xffff_ffff) throw invalid('a segment lies above 4 GiB');
  }
  return { ...loaded, wantsVideo };
}

/** The header is 4-byte aligned and lies whole within the first 8192 bytes. */
function findHeader(kernel: Uint8Array): Header | undefined {
  const view = viewOf(kernel);
  const end = Math.min(SEARCH, kernel.length) - 12;
  for (let offset = 0; offset <= end; offset += 4) {
    if (view.getUint32(offset, true) !== MAGIC) continue;
    const flags = view.getUint32(offset + 4, true);
    if ((MAGIC + flags + view.getUint32(offset + 8, true)) >>> 0 === 0) return { offset, flags };
  }
  return undefined;
}

/** The a.out kludge: addresses in the header, the file loaded in one piece (3.1.3). */
function fromAddresses(kernel: Uint8Array, { offset }: Header): Omit<MultibootImage, 'wantsVideo'> {
  if (offset + 32 > kernel.length) throw invalid('its Multiboot header is cut off');
  const view = viewOf(kernel);
  const field = (index: number): number => view.getUint32(offset + 4 * index, true);
  const headerAddress = field(3);
  const loadAddress = field(4);
  const loadEnd = field(5);
  const bssEnd = field(6);
  const first = offset - (headerAddress - loadAddress);
  const fileBytes = loadEnd === 0 ? kernel.length - first : loadEnd - loadAddress;
  if (headerAddress < loadAddress || first < 0 || fileBytes <= 0 || first + fileBytes > kernel.length) {
    throw invalid('the addresses in its Multiboot header do not fit the file');
  }
  const memoryBytes = Math.max(fileBytes, bssEnd === 0 ? 0 : bssEnd - loadAddress);
  return { entry: field(7), segments: [{ gpa: loadAddress, offset: first, fileBytes, memoryBytes }] };
}

/** ELF of 32 or 64 bits; the entry is virtual and translated by the segment it lies in. */
function fromElf(kernel: Uint8Array): Omit<MultibootImage, 'wantsVideo'> {
  const view = viewOf(kernel);
  if (kernel.length < 64 || view.getUint32(0) !== 0x7f454c46 || kernel[5] !== 1) throw invalid('it is not an ELF file');
  const is64 = kernel[4] === 2;
  const word = (at: number): number => (is64 ? wide(view, at) : view.getUint32(at, true));
  const entry = word(24);
  const tableOffset = word(is64 ? 32 : 28);
  const entrySize = view.getUint16(is64 ? 54 : 42, true);
  const count = Math.min(MAX_PROGRAM_HEADERS, view.getUint16(is64 ? 56 : 44, true));
  if (entrySize < (is64 ? 56 : 32) || tableOffset + count * entrySize > kernel.length) {
    throw invalid('its program headers do not fit the file');
  }
  const segments: MultibootSegment[] = [];
  let physicalEntry = entry;
  for (let i = 0; i < count; i++) {
    const at = tableOffset + i * entrySize;
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const offset = word(is64 ? at + 8 : at + 4);
    const virtual = word(is64 ? at + 16 : at + 8);
    const gpa = word(is64 ? at + 24 : at + 12);
    const fileBytes = word(is64 ? at + 32 : at + 16);
    const memoryBytes = Math.max(fileBytes, word(is64 ? at + 40 : at + 20));
    if (offset + fileBytes > kernel.length) throw invalid('a segment does not fit the file');
    if (memoryBytes === 0) continue;
    segments.push({ gpa, offset, fileBytes, memoryBytes });
    if (entry >= virtual && entry < virtual + memoryBytes) physicalEntry = entry - virtual + gpa;
  }
  if (physicalEntry > 0xffff_ffff) throw invalid('its entry point lies above 4 GiB');
  return { entry: physicalEntry, segments };
}

/** Beyond 2^53 an address is wrong anyway. */
function wide(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function invalid(reason: string): VmError {
  return new VmError('kernel-invalid', `the kernel cannot be started: ${reason}`);
}
