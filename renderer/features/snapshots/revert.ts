import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { showDialog } from '../../state/dialogs';
import { notify, report } from '../../state/notices';

/** Asks whether to go back to the snapshot that the VM descends from. */
export async function revertToCurrent(vm: VmItem): Promise<void> {
  try {
    const { snapshots, current } = await call('snapshot.list', { vm: vm.id });
    const snapshot = snapshots.find(({ id }) => id === current);
    if (snapshot === undefined) notify('info', translate('snapshot.noParent'));
    else showDialog({ kind: 'restoreSnapshot', vm: vm.id, snapshot });
  } catch (error) {
    report(error);
  }
}
