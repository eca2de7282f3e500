import type { DisplayScale } from '../../src/config/display';
import type { VmId } from '../../src/protocol/app';
import { call } from '../bridge/bridge';
import { report } from './notices';
import { Store } from './store';

/** How screens are shown where the user changed it in this window; else the VM's configuration says it. */
export const scales = new Store<ReadonlyMap<VmId, DisplayScale>>(new Map());

/** Shown at once, and kept with the VM. */
export function setScale(vm: VmId, scale: DisplayScale): void {
  scales.update((map) => new Map(map).set(vm, scale));
  void call('console.setScale', { vm, scale }).catch(report);
}
