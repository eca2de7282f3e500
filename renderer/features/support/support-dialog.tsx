import { useEffect, useState } from 'react';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { translate } from '../../../src/i18n/translate';
import type { SupportData, VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Icon } from '../../components/icon';
import { closeDialog } from '../../state/dialogs';
import { notify, report } from '../../state/notices';
import { LogText } from './log-dialog';

/** Shows all that would be in the archive before it is saved. */
export function SupportDialog({ vm }: { readonly vm: VmItem }) {
  const [data, setData] = useState<SupportData>();
  const [shown, setShown] = useState(0);
  useEffect(() => {
    call('support.collect', { vm: vm.id }).then(setData, report);
  }, [vm.id]);
  const save = async (): Promise<void> => {
    if (data === undefined) return;
    try {
      if (!(await call('support.save', { token: data.token }))) return;
      closeDialog();
      notify('info', translate('support.saved'));
    } catch (error) {
      report(error);
    }
  };
  const file = data?.files[shown];
  return (
    <Dialog
      title={translate('support.dialogTitle', { name: vm.name })}
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          <Button onPress={closeDialog}>{translate('button.cancel')}</Button>
          <Button look="primary" isDisabled={data === undefined} onPress={() => void save()}>
            {translate('support.save')}
          </Button>
        </>
      }
    >
      <p>{translate('support.text')}</p>
      <div className="support">
        <ul className="support-files" aria-label={translate('support.files')}>
          {data?.files.map(({ name, text }, at) => (
            <li key={name}>
              <button type="button" aria-pressed={at === shown} onClick={() => setShown(at)}>
                <Icon name="log" size={17} />
                <span className="row-name">{name}</span>
                <span className="quiet">{formatBytes(new TextEncoder().encode(text).length)}</span>
              </button>
            </li>
          ))}
        </ul>
        {file === undefined ? null : (
          <LogText key={file.name} label={file.name} text={file.text} empty={translate('support.emptyFile')} />
        )}
      </div>
    </Dialog>
  );
}
