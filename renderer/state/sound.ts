import type { VmId } from '../../src/protocol/app';
import { Store } from './store';

/** The VMs that are not heard, as long as the window is open. */
export const muted = new Store<ReadonlySet<VmId>>(new Set());

export function toggleMute(vm: VmId): void {
  muted.update((set) => {
    const changed = new Set(set);
    if (!changed.delete(vm)) changed.add(vm);
    return changed;
  });
}
