import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { startFailed } from '../../state/power';

/** A VM's folder lies elsewhere than it did: the user says why, and the VM starts. */
export function MovedOrCopiedDialog({ vm }: { readonly vm: VmItem }) {
  const [isBusy, setBusy] = useState(false);
  const settle = async (answer: 'moved' | 'copied'): Promise<void> => {
    setBusy(true);
    try {
      await call('vm.settleIdentity', { vm: vm.id, answer });
    } catch (error) {
      setBusy(false);
      report(error);
      return;
    }
    closeDialog();
    await call('vm.start', { vm: vm.id }).catch((error: unknown) => startFailed(vm.id, error));
  };
  return (
    <Dialog
      title={translate('moved.title', { name: vm.name })}
      isAlert
      {...(isBusy ? {} : { onClose: closeDialog })}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button isDisabled={isBusy} onPress={() => void settle('moved')}>
            {translate('moved.moved')}
          </Button>
          <Button look="primary" isDisabled={isBusy} onPress={() => void settle('copied')}>
            {translate('moved.copied')}
          </Button>
        </>
      }
    >
      <p>{translate('moved.text')}</p>
      <p className="hint">{translate('moved.hint')}</p>
    </Dialog>
  );
}
