import { useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { report } from '../../state/notices';
import { nextNumber } from './snapshot-tree';
import { Working } from './working';

export function TakeDialog({ vm, onDone }: { readonly vm: VmItem; readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  useEffect(() => {
    call('snapshot.list', { vm: vm.id }).then((tree) => {
      setName((now) => now || translate('snapshot.defaultName', { number: nextNumber(tree) }));
    }, report);
  }, [vm.id]);

  const take = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === '' || isBusy) return;
    setBusy(true);
    try {
      await call('snapshot.take', { vm: vm.id, name: name.trim(), description });
      onDone();
    } catch (error) {
      setBusy(false);
      report(error);
    }
  };
  const cancel = (): void => void call('vm.cancelWork', { vm: vm.id }).catch(report);
  return (
    <Dialog
      title={translate('snapshot.takeTitle', { name: vm.name })}
      {...(isBusy ? {} : { onClose: onDone })}
      aside={isBusy ? <Working vm={vm} label={translate('snapshot.taking')} /> : null}
      buttons={
        <>
          <Button isDisabled={isBusy && vm.status.kind !== 'saving'} onPress={isBusy ? cancel : onDone}>
            {translate('button.cancel')}
          </Button>
          <Button look="primary" isDisabled={isBusy} onPress={() => void take()}>
            {translate('snapshot.take')}
          </Button>
        </>
      }
    >
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void take();
        }}
      >
        <Field
          label={translate('snapshot.name')}
          value={name}
          onChange={setName}
          problem={isTried && name.trim() === '' ? translate('snapshot.needsName') : undefined}
          hasAutoFocus
        />
        <Field label={translate('snapshot.description')} value={description} onChange={setDescription} isLong />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </Dialog>
  );
}
