/**
 * Tells what an image file is from its content. For files that a user names (wizard, command line); a VM's own disks
 * carry their format in the configuration and are never guessed, since a guest decides what its disk begins with.
 */
import { hasAscii, viewOf } from '../base/bytes';
import { VmError } from '../base/errors';
import type { HostFile, HostFiles } from '../base/host-files';
import { type OpticalVolume, readOpticalVolume } from './optical/optical-volume';
import { QCOW2_MAGIC } from './qcow2/header';

export type SniffedImage =
  | { readonly kind: 'disk'; readonly format: 'raw' | 'qcow2'; readonly sizeBytes: number }
  | { readonly kind: 'cdrom'; readonly format: 'raw'; readonly sizeBytes: number; readonly volume: OpticalVolume }
  | { readonly kind: 'floppy'; readonly format: 'raw'; readonly sizeBytes: number };

/** What the first bytes tell. */
export type ImageClass = Exclude<SniffedImage, { kind: 'cdrom' }> | Omit<SniffedImage & { kind: 'cdrom' }, 'volume'>;

const KIB = 1024;
/** 160K to 2.88M; 1680K is Microsoft's DMF, 1722K is mdformat's. */
const floppySizesKiB = [160, 180, 320, 360, 640, 720, 1200, 1440, 1680, 1722, 2880];

/** Formats of 80 tracks, of which images have up to 83 (devices/floppy/formats.ts tells them the same way). */
const longFloppiesKiB = [720, 1200, 1440, 2880];

function isFloppySize(sizeBytes: number): boolean {
  const sizeKiB = sizeBytes / KIB;
  return (
    floppySizesKiB.includes(sizeKiB) ||
    longFloppiesKiB.some((format) => sizeKiB > format && sizeKiB <= (format * 83) / 80 && sizeBytes % 512 === 0)
  );
}

const ISO_DESCRIPTORS = 16 * 2048;
const HEAD_BYTES = ISO_DESCRIPTORS + 4 * 2048;

/** Throws 'image-unsupported' with the format's name in `detail.format` for what cannot be used yet. */
export async function sniffImage(files: HostFiles, path: string): Promise<SniffedImage> {
  const info = await files.stat(path);
  if (info === undefined) throw new VmError('file-not-found', `${path} does not exist`, { path });
  if (info.kind !== 'file') throw new VmError('image-unsupported', `${path} is not a file`, { path });
  const file = await files.open(path, 'read');
  try {
    return await sniff(file, info.sizeBytes);
  } finally {
    await file.close();
  }
}

async function sniff(file: HostFile, sizeBytes: number): Promise<SniffedImage> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, sizeBytes));
  const got = await file.read(0, head);
  const tail = new Uint8Array(Math.min(512, sizeBytes));
  await file.read(sizeBytes - tail.length, tail);
  const found = classify(file.path, head.subarray(0, got), tail, sizeBytes);
  return found.kind === 'cdrom' ? { ...found, volume: await readOpticalVolume(file) } : found;
}

/** `head`: the first 40 KiB, `tail`: the last 512 bytes, each less when the file is smaller. */
export function classify(path: string, head: Uint8Array, tail: Uint8Array, sizeBytes: number): ImageClass {
  if (sizeBytes === 0) throw new VmError('image-unsupported', `${path} is empty`, { path });
  if (head.length >= 8 && viewOf(head).getUint32(0) === QCOW2_MAGIC) {
    const version = viewOf(head).getUint32(4);
    if (version === 1) throw foreign(path, 'qcow (version 1)');
    return { kind: 'disk', format: 'qcow2', sizeBytes: virtualSize(head) };
  }
  const other = foreignFormat(head, tail);
  if (other !== undefined) throw foreign(path, other);
  if (hasAscii(head, ISO_DESCRIPTORS + 1, 'CD001') || hasAscii(head, ISO_DESCRIPTORS + 1, 'BEA01')) {
    return { kind: 'cdrom', format: 'raw', sizeBytes };
  }
  if (isFloppySize(sizeBytes)) return { kind: 'floppy', format: 'raw', sizeBytes };
  const archive = archiveFormat(head);
  if (archive !== undefined) {
    throw new VmError('image-unsupported', `${path} is a ${archive} archive; unpack it first`, {
      path,
      format: archive,
    });
  }
  if (sizeBytes < 512) throw new VmError('image-unsupported', `${path} is too small for a disk`, { path });
  return { kind: 'disk', format: 'raw', sizeBytes };
}

function foreign(path: string, format: string): VmError {
  const remedy = `convert it with 'qemu-img convert -O qcow2'`;
  return new VmError('image-unsupported', `${path} is a ${format} image, which is not supported yet; ${remedy}`, {
    path,
    format,
  });
}

function virtualSize(head: Uint8Array): number {
  return head.length < 32 ? 0 : Number(viewOf(head).getBigUint64(24));
}

function foreignFormat(head: Uint8Array, tail: Uint8Array): string | undefined {
  if (hasAscii(head, 0, 'KDMV') || hasAscii(head, 0, 'COWD') || hasAscii(head, 0, '# Disk DescriptorFile'))
    return 'VMDK';
  if (hasAscii(head, 0, 'vhdxfile')) return 'VHDX';
  // Dynamic disks begin with a copy of the footer; fixed ones have it at the end alone.
  if (hasAscii(head, 0, 'conectix') || hasAscii(tail, 0, 'conectix')) return 'VHD';
  if (head.length >= 0x44 && viewOf(head).getUint32(0x40, true) === 0xbeda107f) return 'VDI';
  if (hasAscii(head, 0, 'WithoutFreeSpace') || hasAscii(head, 0, 'WithouFreSpacExt')) return 'Parallels';
  if (hasAscii(head, 0, 'QED\0')) return 'QED';
  if (hasAscii(tail, 0, 'koly')) return 'Apple DMG';
  return undefined;
}

function archiveFormat(head: Uint8Array): string | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (hasAscii(head, 0, '\xfd7zXZ\0')) return 'xz';
  if (hasAscii(head, 0, 'BZh')) return 'bzip2';
  if (hasAscii(head, 0, '\x28\xb5\x2f\xfd')) return 'zstd';
  if (hasAscii(head, 0, 'PK\x03\x04')) return 'zip';
  if (hasAscii(head, 0, "7z\xbc\xaf'\x1c")) return '7z';
  if (hasAscii(head, 257, 'ustar')) return 'tar (or OVA)';
  return undefined;
}
