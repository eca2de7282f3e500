import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { VmItem, VmReach } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { useStartAfter } from './use-start-after';

const KINDS = ['disk', 'cdrom', 'floppy', 'kernel'] as const;

function deviceName(id: string): string {
  if (id === 'firmware' || id === 'folder') return translate(`consent.${id}`);
  const port = /^com\d$/.test(id) ? 'serial' : /^lpt\d$/.test(id) ? 'parallel' : undefined;
  if (port !== undefined)
    return translate('consent.device', { device: translate(`device.${port}`), id: id.toUpperCase() });
  const kind = KINDS.find((one) => id.startsWith(one));
  return kind === undefined ? id : translate('consent.device', { device: translate(`device.${kind}`), id });
}

/** A VM from elsewhere names files of this computer: each is asked about before it runs. */
export function ConsentDialog({ vm }: { readonly vm: VmItem }) {
  const [reaches, setReaches] = useState<readonly VmReach[]>();
  const [agreed, setAgreed] = useState<ReadonlySet<number>>(new Set());
  const [isBusy, startAfter] = useStartAfter(vm);
  useEffect(() => {
    call('vm.unagreed', { vm: vm.id }).then(setReaches, (error: unknown) => {
      closeDialog();
      report(error);
    });
  }, [vm.id]);
  if (reaches === undefined) return null;

  const toggle = (index: number, isOn: boolean): void => {
    const next = new Set(agreed);
    if (isOn) next.add(index);
    else next.delete(index);
    setAgreed(next);
  };
  const start = (): void => startAfter(() => call('vm.agree', { vm: vm.id, reaches }));
  return (
    <Dialog
      title={translate('consent.title', { name: vm.name })}
      size="medium"
      isAlert
      {...(isBusy ? {} : { onClose: closeDialog })}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button look="primary" isDisabled={isBusy || agreed.size < reaches.length} onPress={start}>
            {translate('consent.start')}
          </Button>
        </>
      }
    >
      <p>{translate('consent.text')}</p>
      <ul className="consent">
        {reaches.map((reach, index) => (
          <li key={`${reach.access} ${reach.path}`}>
            <Check isOn={agreed.has(index)} onChange={(isOn) => toggle(index, isOn)}>
              {translate(`consent.${reach.access}`, { device: deviceName(reach.device), path: reach.path })}
            </Check>
          </li>
        ))}
      </ul>
      <p className="hint">{translate('consent.hint')}</p>
    </Dialog>
  );
}
