import { VmError } from '../base/errors';
import type { VmEntry } from './library';
import type { OwnedVm } from './owned-vm';

/** Throws 'memory-limit' when the memory of the VMs that run and of this one is more than the user allows. */
export function requireMemory(
  entries: readonly VmEntry[],
  vm: Pick<OwnedVm, 'folder' | 'config'>,
  limitMiB: number,
): void {
  let runningMiB = 0;
  for (const entry of entries) {
    // An owner without a socket only changes the VM.
    if (entry.kind !== 'ok' || entry.folder === vm.folder || !entry.owner?.socketPath) continue;
    runningMiB += entry.config.memory.memoryMiB;
  }
  const { name, memory } = vm.config;
  if (runningMiB + memory.memoryMiB <= limitMiB) return;
  throw new VmError(
    'memory-limit',
    `'${name}' needs ${memory.memoryMiB} MiB, and ${runningMiB} of the ${limitMiB} MiB for all VMs are taken; end another VM, give this one less memory, or raise the limit in the preferences`,
    { name, neededMiB: String(memory.memoryMiB), takenMiB: String(runningMiB), limitMiB: String(limitMiB) },
  );
}
