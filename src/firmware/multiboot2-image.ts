/** The kernel file of a Multiboot 2 boot: the header and its tags (Multiboot2 specification 2.0, 3.1). */
import { checkedImage, invalid, type LoadedImage, readElf, viewOf } from './kernel-image';
import { segmentOf } from './load-addresses';
import type { VideoRequest } from './video-mode';

export interface Multiboot2Image extends LoadedImage {
  /** The linear mode the kernel would like; undefined: text. */
  readonly video: VideoRequest | undefined;
}

const SEARCH = 32768;
const MAGIC = 0xe852_50d6;
const ARCHITECTURE_I386 = 0;
const HEADER_BYTES = 16;
const OPTIONAL = 1;

const TAG_END = 0;
const TAG_INFORMATION = 1;
const TAG_ADDRESSES = 2;
const TAG_ENTRY = 3;
const TAG_CONSOLE = 4;
const TAG_FRAMEBUFFER = 5;
const TAG_MODULE_ALIGNMENT = 6;
const TAG_EFI_BOOT_SERVICES = 7;
const TAG_EFI_ENTRY_32 = 8;
const TAG_EFI_ENTRY_64 = 9;
const TAG_RELOCATABLE = 10;
/** Of a kernel that may start elsewhere too, or under UEFI: here it starts as it is linked. */
const IGNORED: readonly number[] = [
  ...[TAG_CONSOLE, TAG_MODULE_ALIGNMENT, TAG_EFI_BOOT_SERVICES, TAG_EFI_ENTRY_32, TAG_EFI_ENTRY_64, TAG_RELOCATABLE],
];

interface Header {
  readonly offset: number;
  readonly length: number;
}

export function isMultiboot2Kernel(kernel: Uint8Array): boolean {
  return findHeader(kernel) !== undefined;
}

/** `given`: types of information that the loader has. Throws VmError 'kernel-invalid'. */
export function readMultiboot2(kernel: Uint8Array, given: readonly number[]): Multiboot2Image {
  const header = findHeader(kernel);
  if (header === undefined) throw invalid('it has no Multiboot 2 header');
  const view = viewOf(kernel);
  const end = header.offset + header.length;
  let video: VideoRequest | undefined;
  let entry: number | undefined;
  let addresses: Parameters<typeof segmentOf>[2] | undefined;
  for (let at = header.offset + HEADER_BYTES; ; ) {
    if (at + 8 > end) throw invalid('its Multiboot 2 header has no end');
    const type = view.getUint16(at, true);
    const isOptional = (view.getUint16(at + 2, true) & OPTIONAL) !== 0;
    const size = view.getUint32(at + 4, true);
    if (type === TAG_END) break;
    if (size < 8 || at + size > end) throw invalid('a tag of its Multiboot 2 header is cut off');
    const field = (index: number): number => {
      if (8 + 4 * index + 4 > size) throw invalid('a tag of its Multiboot 2 header is too short');
      return view.getUint32(at + 8 + 4 * index, true);
    };
    if (type === TAG_INFORMATION) {
      for (let i = 0; 12 + 4 * i <= size; i++) {
        if (!isOptional && !given.includes(field(i))) throw invalid(`it requires Multiboot 2 information ${field(i)}`);
      }
    } else if (type === TAG_ADDRESSES) {
      addresses = { header: field(0), load: field(1), loadEnd: field(2), bssEnd: field(3) };
    } else if (type === TAG_ENTRY) {
      entry = field(0);
    } else if (type === TAG_FRAMEBUFFER) {
      const request = { width: field(0), height: field(1), depth: field(2) };
      // Text has a depth of 0 and a size in characters.
      if (request.depth !== 0 || request.width === 0) video = request;
    } else if (!IGNORED.includes(type) && !isOptional) {
      throw invalid(`it requires the Multiboot 2 feature ${type}`);
    }
    at += Math.ceil(size / 8) * 8;
  }
  if (addresses !== undefined) {
    if (entry === undefined) throw invalid('its Multiboot 2 header has addresses but no entry');
    return { ...checkedImage({ entry, segments: [segmentOf(kernel, header.offset, addresses)] }), video };
  }
  const elf = readElf(kernel);
  return { segments: elf.segments, entry: entry ?? elf.entry, video };
}

/** The header is 8-byte aligned and lies whole within the first 32768 bytes. */
function findHeader(kernel: Uint8Array): Header | undefined {
  const view = viewOf(kernel);
  const end = Math.min(SEARCH, kernel.length);
  for (let offset = 0; offset + HEADER_BYTES <= end; offset += 8) {
    if (view.getUint32(offset, true) !== MAGIC) continue;
    const architecture = view.getUint32(offset + 4, true);
    const length = view.getUint32(offset + 8, true);
    const sum = MAGIC + architecture + length + view.getUint32(offset + 12, true);
    if (sum % 0x1_0000_0000 !== 0) continue;
    if (architecture === ARCHITECTURE_I386 && length >= HEADER_BYTES + 8 && offset + length <= end)
      return { offset, length };
  }
  return undefined;
}
