import { invalid, type KernelSegment } from './kernel-image';

/** Addresses in a Multiboot header instead of an ELF file: the file is loaded in one piece (Multiboot 1, 3.1.3; 2, 3.1.5). */
export interface LoadAddresses {
  readonly header: number;
  readonly load: number;
  /** 0: up to the end of the file. */
  readonly loadEnd: number;
  /** 0: there is no BSS. */
  readonly bssEnd: number;
}

const FROM_THE_START = 0xffff_ffff;

/** `offset`: where the header lies in the file. Multiboot 2 lets a file be loaded from its start (`load` is all ones). */
export function segmentOf(kernel: Uint8Array, offset: number, addresses: LoadAddresses): KernelSegment {
  const { header, loadEnd, bssEnd } = addresses;
  const load = addresses.load === FROM_THE_START ? header - offset : addresses.load;
  const first = offset - (header - load);
  const fileBytes = loadEnd === 0 ? kernel.length - first : loadEnd - load;
  if (load < 0 || header < load || first < 0 || fileBytes <= 0 || first + fileBytes > kernel.length) {
    throw invalid('the addresses in its Multiboot header do not fit the file');
  }
  return { gpa: load, offset: first, fileBytes, memoryBytes: Math.max(fileBytes, bssEnd === 0 ? 0 : bssEnd - load) };
}
