import type { KernelBoot } from './boot-rom';
import { invalid } from './kernel-image';
import { isLinuxKernel, linuxBoot } from './linux-boot';
import { isMultibootKernel, multiboot } from './multiboot';
import { isMultiboot2Kernel, multiboot2 } from './multiboot2';
import { isPvhKernel, pvhBoot } from './pvh';

export interface KernelInput {
  readonly kernel: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  readonly modules: readonly { readonly bytes: Uint8Array; readonly commandLine: string }[];
  readonly lowMemoryBytes: number;
}

/** A kernel of any kind, told apart by content. Throws VmError 'kernel-invalid'. */
export function kernelBoot(input: KernelInput): KernelBoot {
  const { kernel } = input;
  if (isLinuxKernel(kernel)) {
    if (input.modules.length > 0) throw invalid('it is a Linux kernel, which takes an initrd but no modules');
    return linuxBoot(input);
  }
  const boot = isMultiboot2Kernel(kernel)
    ? multiboot2
    : isMultibootKernel(kernel)
      ? multiboot
      : isPvhKernel(kernel)
        ? pvhBoot
        : undefined;
  if (boot === undefined)
    throw invalid('it must be a Linux bzImage, a Multiboot kernel or an ELF file with a PVH entry point');
  const initrd = input.initrd === undefined ? [] : [{ bytes: input.initrd, commandLine: 'initrd' }];
  return boot({ ...input, modules: [...initrd, ...input.modules] });
}
