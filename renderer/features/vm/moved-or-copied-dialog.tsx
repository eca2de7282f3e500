import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { useStartAfter } from './use-start-after';

/** A VM's folder lies elsewhere than it did: the user says why, and the VM starts. */
export function MovedOrCopiedDialog({ vm }: { readonly vm: VmItem }) {
  const [isBusy, startAfter] = useStartAfter(vm);
  const settle = (answer: 'moved' | 'copied'): void =>
    startAfter(() => call('vm.settleIdentity', { vm: vm.id, answer }));
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
          <Button isDisabled={isBusy} onPress={() => settle('moved')}>
            {translate('moved.moved')}
          </Button>
          <Button look="primary" isDisabled={isBusy} onPress={() => settle('copied')}>
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
