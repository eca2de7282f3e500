/** The kernel file of a Multiboot boot: header search, ELF program headers or the a.out kludge (Multiboot 0.6.96, 3.1). */
import { checkedImage, invalid, type LoadedImage, readElf, viewOf } from './kernel-image';
import { segmentOf } from './load-addresses';
import type { VideoRequest } from './video-mode';

export interface MultibootImage extends LoadedImage {
  /** The kernel wants to know of a video mode. */
  readonly wantsVideo: boolean;
  /** The linear mode it would like; undefined: text. */
  readonly video: VideoRequest | undefined;
}

const SEARCH = 8192;
const MAGIC = 0x1bad_b002;
const FLAG_VIDEO = 1 << 2;
/** Page-aligned modules, memory information, video mode. */
const KNOWN_REQUIREMENTS = 0x0007;
const FLAG_ADDRESSES = 1 << 16;
const VIDEO_LINEAR = 0;

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
  const loaded = (header.flags & FLAG_ADDRESSES) !== 0 ? fromAddresses(kernel, header) : readElf(kernel);
  return { ...loaded, wantsVideo, video: wantsVideo ? videoRequest(kernel, header) : undefined };
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

function fieldsOf(kernel: Uint8Array, offset: number, count: number): (index: number) => number {
  if (offset + 4 * count > kernel.length) throw invalid('its Multiboot header is cut off');
  const view = viewOf(kernel);
  return (index) => view.getUint32(offset + 4 * index, true);
}

/** The a.out kludge (3.1.3). */
function fromAddresses(kernel: Uint8Array, { offset }: Header): LoadedImage {
  const field = fieldsOf(kernel, offset, 8);
  const addresses = { header: field(3), load: field(4), loadEnd: field(5), bssEnd: field(6) };
  // Only Multiboot 2 has the value that means "from the start".
  if (addresses.header < addresses.load) throw invalid('the addresses in its Multiboot header do not fit the file');
  return checkedImage({ entry: field(7), segments: [segmentOf(kernel, offset, addresses)] });
}

/** 3.1.4: the fields lie behind the addresses, which are there whether they count or not. */
function videoRequest(kernel: Uint8Array, { offset }: Header): VideoRequest | undefined {
  const field = fieldsOf(kernel, offset, 12);
  return field(8) === VIDEO_LINEAR ? { width: field(9), height: field(10), depth: field(11) } : undefined;
}
