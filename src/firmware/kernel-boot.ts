import type { KernelBoot } from './boot-rom';
import { isLinuxKernel, linuxBoot } from './linux-boot';
import { isMultibootKernel, multiboot } from './multiboot';
import { invalid } from './multiboot-image';

export interface KernelInput {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  readonly modules: readonly { readonly bytes: Uint8Array; readonly commandLine: string }[];
  readonly lowMemoryBytes: number;
}

/** A kernel of either kind, told apart by content. Throws VmError 'kernel-invalid'. */
export function kernelBoot(input: KernelInput): KernelBoot {
  if (isLinuxKernel(input.kernel)) {
    if (input.modules.length > 0) throw invalid('it is a Linux kernel, which takes an initrd but no modules');
    return linuxBoot(input);
  }
  if (!isMultibootKernel(input.kernel)) throw invalid('it is neither a Linux bzImage nor a Multiboot kernel');
  const initrd = input.initrd === undefined ? [] : [{ bytes: input.initrd, commandLine: 'initrd' }];
  return multiboot({ ...input, modules: [...initrd, ...input.modules] });
}
