import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmId } from '../../../src/protocol/app';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { useStore } from '../../state/store';
import { trashVms } from '../library/library-actions';

/** Asks before VMs go to the trash, from where they can come back. */
export function DeleteDialog({ ids }: { readonly ids: readonly VmId[] }) {
  const vms = (useStore(library) ?? []).filter(({ id }) => ids.includes(id));
  const [isBusy, setBusy] = useState(false);
  const remove = (): void => {
    setBusy(true);
    void trashVms(vms).finally(closeDialog);
  };
  const name = vms[0]?.name ?? '';
  return (
    <Dialog
      title={translate(ids.length === 1 ? 'delete.title' : 'delete.titleMany', { name, count: ids.length })}
      isAlert
      onClose={closeDialog}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button look="danger" isDisabled={isBusy} hasAutoFocus onPress={remove}>
            {translate('button.delete')}
          </Button>
        </>
      }
    >
      <p>{translate('delete.text', { count: ids.length })}</p>
      {ids.length > 1 ? (
        <ul className="closing-names">
          {vms.map((vm) => (
            <li key={vm.id}>{vm.name}</li>
          ))}
        </ul>
      ) : null}
    </Dialog>
  );
}
