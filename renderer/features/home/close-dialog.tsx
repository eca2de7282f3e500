import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { CloseAnswer } from '../../../src/protocol/app';
import { call, onEvent } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';

/** The window is to close while VMs run. */
export function CloseDialog({ names }: { readonly names: readonly string[] }) {
  const [isBusy, setBusy] = useState(false);
  const answer = (how: CloseAnswer): void => {
    if (how === 'cancel') closeDialog();
    else {
      setBusy(true);
      // It did not work: main says why, and the window stays.
      const end = onEvent('failed', () => {
        end();
        closeDialog();
      });
    }
    call('app.closeAnswer', { answer: how }).catch(report);
  };
  return (
    <Dialog
      title={translate('close.title')}
      size="medium"
      isAlert
      {...(isBusy ? {} : { onClose: () => answer('cancel') })}
      aside={isBusy ? <span className="working">{translate('close.working')}</span> : null}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={() => answer('cancel')}>
            {translate('button.cancel')}
          </Button>
          <Button isDisabled={isBusy} onPress={() => answer('powerOff')}>
            {translate('close.powerOff')}
          </Button>
          <Button isDisabled={isBusy} onPress={() => answer('suspend')}>
            {translate('close.suspend')}
          </Button>
          <Button look="primary" isDisabled={isBusy} onPress={() => answer('background')}>
            {translate('close.background')}
          </Button>
        </>
      }
    >
      <p>{translate('close.text')}</p>
      <ul className="closing-names">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </Dialog>
  );
}
