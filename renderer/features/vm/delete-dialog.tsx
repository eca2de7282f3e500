import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';

export function DeleteDialog({ vm }: { readonly vm: VmItem }) {
  const [isBusy, setBusy] = useState(false);
  const remove = (): void => {
    setBusy(true);
    call('vm.delete', { vm: vm.id }).catch(report).finally(closeDialog);
  };
  return (
    <Dialog
      title={translate('delete.title', { name: vm.name })}
      isAlert
      onClose={closeDialog}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button look="danger" isDisabled={isBusy} onPress={remove}>
            {translate('button.delete')}
          </Button>
        </>
      }
    >
      <p>{translate('delete.text')}</p>
    </Dialog>
  );
}
