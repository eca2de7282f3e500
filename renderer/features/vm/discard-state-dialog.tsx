import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';

/** Asks before a suspended VM is powered off: what it was saved with does not come back. */
export function DiscardStateDialog({ vm }: { readonly vm: VmItem }) {
  const powerOff = (): void => {
    closeDialog();
    call('vm.powerOff', { vm: vm.id }).catch(report);
  };
  return (
    <Dialog
      title={translate('discard.title', { name: vm.name })}
      isAlert
      onClose={closeDialog}
      buttons={
        <>
          <Button onPress={closeDialog}>{translate('button.cancel')}</Button>
          <Button look="danger" onPress={powerOff}>
            {translate('discard.discard')}
          </Button>
        </>
      }
    >
      <p>{translate('discard.text')}</p>
    </Dialog>
  );
}
