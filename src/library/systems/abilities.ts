import { maxMemoryMiB } from '../../config/memory';
import type { MissingPart } from '../../config/system-verdict';
import type { BootSupport } from '../../disk/optical/el-torito';

/** What the machine has, of that which systems ask for. A test holds it against the CPU's own table of features. */
export const machineHas: Readonly<Record<'uefi' | 'tpm' | 'x86-64-v3' | 'apple', boolean>> = {
  uefi: false,
  tpm: false,
  'x86-64-v3': true,
  apple: false,
};

const PC_ARCHITECTURES = new Set(['x86_64', 'i386', 'i486', 'i586', 'i686', 'all']);

export interface Needs {
  readonly parts: readonly MissingPart[];
  readonly arch: string | undefined;
  readonly minMemoryMiB: number | undefined;
  /** Of a disc; undefined for other images. */
  readonly boot: BootSupport | undefined;
}

/** What is missing for these needs, without repetition. */
export function missingFor({ parts, arch, minMemoryMiB, boot }: Needs): MissingPart[] {
  const missing = new Set<MissingPart>(parts.filter((part) => !(part in machineHas && machineHas[part as 'uefi'])));
  if (arch !== undefined && !PC_ARCHITECTURES.has(arch)) missing.add('architecture');
  if ((minMemoryMiB ?? 0) > maxMemoryMiB) missing.add('memory');
  if (boot !== undefined && !boot.bios && !missing.has('architecture')) {
    if (!boot.efi) missing.add('not-bootable');
    else if (!machineHas.uefi) missing.add('uefi');
  }
  return [...missing];
}
