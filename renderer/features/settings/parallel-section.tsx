import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { report } from '../../state/notices';
import type { SettingsPart } from './settings-dialog';

/** The parallel port: a printer on it writes to a file of this computer. */
export function ParallelSection({ draft, change }: SettingsPart) {
  const { parallel } = draft;
  const pick = (): void => {
    call('settings.pickPortFile', { kind: 'printer' }).then((picked) => {
      if (picked !== null) change({ parallel: { token: picked.token, file: picked.shown } });
    }, report);
  };
  if (parallel === null) {
    return (
      <div className="drive-buttons">
        <Button icon="plus" onPress={pick}>
          {translate('settings.addParallel')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <div className="port-file">
        <span className="path">{parallel.file}</span>
        <Button onPress={pick}>{translate('button.browse')}</Button>
        <IconButton
          icon="trash"
          label={translate('settings.removeParallel')}
          onPress={() => change({ parallel: null })}
        />
      </div>
      <p className="hint">{translate('settings.parallelText')}</p>
    </>
  );
}
