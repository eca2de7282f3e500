import type { KernelBoot } from '../firmware/boot-rom';
import { isLinuxKernel, linuxBoot } from '../firmware/linux-boot';

interface KernelFiles {
  readonly kernel?: {
    readonly image: Uint8Array;
    readonly initrd?: Uint8Array;
    readonly append: string;
    readonly modules: readonly { readonly bytes: Uint8Array; readonly args: string }[];
  };
}

/** What a direct boot puts into fw_cfg; undefined without a kernel. Throws VmError for a file that is no kernel or does not fit. */
export function prepareKernel({ kernel }: KernelFiles, memoryMiB: number): KernelBoot | undefined {
  if (kernel === undefined) return undefined;
  const lowMemoryBytes = memoryMiB * 2 ** 20;
  if (isLinuxKernel(kernel.image)) {
    return linuxBoot({
      kernel: kernel.image,
      ...(kernel.initrd === undefined ? {} : { initrd: kernel.initrd }),
      commandLine: kernel.append,
      lowMemoryBytes,
    });
  }
  return undefined;
}
