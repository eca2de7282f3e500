import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { nextNumber } from '../snapshots/snapshot-tree';
import { useSnapshots } from './summary';

/** A VM that powered off asks what follows, where its options say so. */
export function AfterPowerOffDialog({ vm }: { readonly vm: VmItem }) {
  const tree = useSnapshots(vm);
  const [isBusy, setBusy] = useState(false);
  const current = tree?.current ?? null;
  const run = (work: Promise<unknown>): void => {
    setBusy(true);
    work.catch(report).finally(closeDialog);
  };
  const take = (): void => {
    if (tree === undefined) return;
    const name = translate('snapshot.defaultName', { number: nextNumber(tree) });
    run(call('snapshot.take', { vm: vm.id, name, description: '' }));
  };
  return (
    <Dialog
      title={translate('afterOff.title', { name: vm.name })}
      size="medium"
      isAlert
      {...(isBusy ? {} : { onClose: closeDialog })}
      aside={isBusy ? <span className="working">{translate('close.working')}</span> : null}
      buttons={
        <>
          <Button
            isDisabled={isBusy || current === null}
            onPress={() => current !== null && run(call('snapshot.restore', { vm: vm.id, id: current }))}
          >
            {translate('settings.powerOff.revert')}
          </Button>
          <Button isDisabled={isBusy || tree === undefined} onPress={take}>
            {translate('settings.powerOff.snapshot')}
          </Button>
          <Button look="primary" isDisabled={isBusy} onPress={closeDialog}>
            {translate('settings.powerOff.powerOff')}
          </Button>
        </>
      }
    >
      <p>{translate('afterOff.text')}</p>
    </Dialog>
  );
}
