import { isVmError, VmError } from '../base/errors';
import type { KernelBoot } from '../firmware/boot-rom';
import { kernelBoot } from '../firmware/kernel-boot';

interface KernelFiles {
  readonly kernel?: {
    readonly image: Uint8Array;
    readonly initrd?: Uint8Array;
    readonly append: string;
    readonly modules: readonly { readonly bytes: Uint8Array; readonly args: string }[];
  };
}

/** What a direct boot puts into fw_cfg; undefined without a kernel. Throws VmError for a file that is no kernel or does not fit. */
export function prepareKernel({ kernel }: KernelFiles, file: string, memoryMiB: number): KernelBoot | undefined {
  if (kernel === undefined) return undefined;
  try {
    return kernelBoot({
      kernel: kernel.image,
      ...(kernel.initrd === undefined ? {} : { initrd: kernel.initrd }),
      commandLine: kernel.append,
      modules: kernel.modules.map(({ bytes, args }) => ({ bytes, commandLine: args })),
      lowMemoryBytes: memoryMiB * 2 ** 20,
    });
  } catch (error) {
    if (!isVmError(error, 'kernel-invalid')) throw error;
    throw new VmError(error.code, `'${file}': ${error.message}`, { file }, error);
  }
}
