import type { VmId } from '../../src/protocol/app';
import type { SnapshotInfo } from '../../src/protocol/guest';
import { Store } from './store';

/** The one dialog that is open. */
export type OpenDialog =
  | { readonly kind: 'newVm' }
  | { readonly kind: 'settings'; readonly vm: VmId }
  | { readonly kind: 'typeText'; readonly vm: VmId }
  | { readonly kind: 'deleteVm'; readonly vm: VmId }
  | { readonly kind: 'takeSnapshot'; readonly vm: VmId }
  | { readonly kind: 'restoreSnapshot'; readonly vm: VmId; readonly snapshot: SnapshotInfo }
  | { readonly kind: 'snapshots'; readonly vm: VmId }
  | { readonly kind: 'closing'; readonly names: readonly string[] }
  | { readonly kind: 'about' };

export const openDialog = new Store<OpenDialog | undefined>(undefined);

export function showDialog(dialog: OpenDialog): void {
  openDialog.set(dialog);
}

export function closeDialog(): void {
  openDialog.set(undefined);
}
