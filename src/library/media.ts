/** What an image file that the user named is, and which system it most likely installs or runs. */
import type { HostFiles } from '../base/host-files';
import { virtualSizeOf } from '../disk/layers';
import { type SniffedImage, sniffImage } from '../disk/sniff';
import { type GuestSystem, recogniseSystem } from './systems/recognise';
import type { TableSystem } from './systems/system-table';

export interface Medium {
  readonly image: SniffedImage;
  readonly system: GuestSystem;
}

/** Throws as `sniffImage`. Without `table` only Subzero's own list of systems counts. */
export async function readMedium(files: HostFiles, path: string, table: readonly TableSystem[] = []): Promise<Medium> {
  const image = await sniffImage(files, path);
  const fileName = path.split(/[\\/]/).at(-1) ?? '';
  const volume = image.kind === 'cdrom' ? image.volume : undefined;
  return { image, system: recogniseSystem({ fileName, volume }, table) };
}

const MAX_FLOPPY_BYTES = 2880 * 1024;

/** What an image can be put into. Of a small raw image only the user knows: GRUB's floppy is an ISO image as well. */
export function usesOf(image: SniffedImage): readonly ('cdrom' | 'disk' | 'floppy')[] {
  const isSmall = image.format === 'raw' && image.sizeBytes <= MAX_FLOPPY_BYTES;
  const small = isSmall ? (['floppy', 'disk'] as const) : [];
  return image.kind === 'cdrom' ? ['cdrom', ...small] : isSmall ? small : ['disk'];
}

/** The size of a disk's image as a guest sees it. */
export function diskSize(files: HostFiles, file: string, format: 'raw' | 'qcow2'): Promise<number> {
  return virtualSizeOf(files, file, format);
}
