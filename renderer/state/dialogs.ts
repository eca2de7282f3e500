import type { PickedFile, VmId } from '../../src/protocol/app';
import type { SnapshotInfo } from '../../src/protocol/guest';
import { Store } from './store';

/** The one dialog that is open. */
export type OpenDialog =
  | { readonly kind: 'newVm'; readonly file?: PickedFile }
  | { readonly kind: 'typeText'; readonly vm: VmId }
  /** `device`: whose settings are shown first; 'boot': the boot order. */
  | { readonly kind: 'settings'; readonly vm: VmId; readonly device?: string }
  | { readonly kind: 'deleteVms'; readonly vms: readonly VmId[] }
  | { readonly kind: 'afterPowerOff'; readonly vm: VmId }
  | { readonly kind: 'consent'; readonly vm: VmId }
  | { readonly kind: 'discardState'; readonly vm: VmId }
  | { readonly kind: 'movedOrCopied'; readonly vm: VmId }
  | { readonly kind: 'log'; readonly vm: VmId }
  | { readonly kind: 'support'; readonly vm: VmId }
  | { readonly kind: 'takeSnapshot'; readonly vm: VmId }
  | { readonly kind: 'restoreSnapshot'; readonly vm: VmId; readonly snapshot: SnapshotInfo }
  | { readonly kind: 'snapshots'; readonly vm: VmId }
  | { readonly kind: 'closing'; readonly names: readonly string[] }
  | { readonly kind: 'preferences' }
  | { readonly kind: 'about' };

export const openDialog = new Store<OpenDialog | undefined>(undefined);

export function showDialog(dialog: OpenDialog): void {
  openDialog.set(dialog);
}

export function closeDialog(): void {
  openDialog.set(undefined);
}
