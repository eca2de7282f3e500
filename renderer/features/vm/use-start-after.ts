import { useState } from 'react';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { startFailed } from '../../state/power';

/**
 * For a dialog that asks before a VM starts: whether it is at work, and what takes the answer. Once `settle` has done with that, the
 * dialog closes and the VM starts; trouble leaves the dialog open.
 */
export function useStartAfter(
  vm: VmItem,
): readonly [isBusy: boolean, startAfter: (settle: () => Promise<void>) => void] {
  const [isBusy, setBusy] = useState(false);
  const startAfter = async (settle: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await settle();
    } catch (error) {
      setBusy(false);
      report(error);
      return;
    }
    closeDialog();
    await call('vm.start', { vm: vm.id }).catch((error: unknown) => startFailed(vm.id, error));
  };
  return [isBusy, (settle) => void startAfter(settle)];
}
