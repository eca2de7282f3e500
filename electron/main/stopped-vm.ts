import type { Library } from '../../src/library/library';
import type { OwnedVm } from '../../src/library/owned-vm';

/** Takes a VM that does not run over for one change. Throws 'vm-in-use' when somebody else has it. */
export async function changeStopped<T>(
  library: Library,
  folder: string,
  work: (vm: OwnedVm) => Promise<T>,
): Promise<T> {
  const vm = await library.open(folder, '');
  try {
    return await work(vm);
  } finally {
    await vm.close();
  }
}
