import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import type { SnapshotInfo } from '../../../src/protocol/guest';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { report } from '../../state/notices';
import { progressOf, Working } from './working';

interface RestoreDialogProps {
  readonly vm: VmItem;
  readonly snapshot: SnapshotInfo;
  readonly onDone: (hasRestored: boolean) => void;
}

/** Asks before the present state is given up, and offers to keep it. */
export function RestoreDialog({ vm, snapshot, onDone }: RestoreDialogProps) {
  const [isBusy, setBusy] = useState(false);
  // What is saved before, and what is loaded afterwards, can be given up.
  const canCancel = progressOf(vm) !== undefined;
  const cancel = (): void => void call('vm.cancelWork', { vm: vm.id }).catch(report);
  const restore = async (takesFirst: boolean): Promise<void> => {
    setBusy(true);
    try {
      if (takesFirst) {
        const name = translate('snapshot.beforeRestore', { name: snapshot.name });
        await call('snapshot.take', { vm: vm.id, name, description: '' });
      }
      await call('snapshot.restore', { vm: vm.id, id: snapshot.id });
      onDone(true);
    } catch (error) {
      report(error);
      onDone(false);
    }
  };
  return (
    <Dialog
      title={translate('snapshot.restoreTitle', { name: snapshot.name })}
      isAlert
      {...(isBusy ? {} : { onClose: () => onDone(false) })}
      aside={isBusy ? <Working vm={vm} label={translate('snapshot.restoring')} /> : null}
      buttons={
        <>
          <Button isDisabled={isBusy && !canCancel} onPress={isBusy ? cancel : () => onDone(false)}>
            {translate('button.cancel')}
          </Button>
          {isBusy ? null : (
            <>
              <Button onPress={() => void restore(true)}>{translate('snapshot.takeFirst')}</Button>
              <Button look="primary" onPress={() => void restore(false)}>
                {translate('snapshot.restoreNow')}
              </Button>
            </>
          )}
        </>
      }
    >
      <p>{translate('snapshot.restoreText')}</p>
    </Dialog>
  );
}
