import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Field } from '../../components/field';
import { report } from '../../state/notices';
import type { StepProps } from './wizard';

/** Name, place, and the new disk where one makes sense. */
export function NameStep({ state, info, send, problem }: StepProps) {
  const pickFolder = (): void => {
    call('wizard.pickFolder', null).then((folder) => {
      if (folder !== null) send({ t: 'folder', folder });
    }, report);
  };
  return (
    <>
      <h3>{translate('wizard.name.title')}</h3>
      <Field
        label={translate('wizard.name.name')}
        value={state.name}
        onChange={(name) => send({ t: 'name', name })}
        problem={problem('name')}
        hasAutoFocus
      />
      <Field
        label={translate('wizard.name.place')}
        value={state.folder?.shown ?? info?.defaultFolder ?? ''}
        onChange={() => undefined}
        isReadOnly
        beside={<Button onPress={pickFolder}>{translate('button.browse')}</Button>}
      />
      {state.source === 'disk' ? null : (
        <div className="wizard-disk">
          <Check isOn={state.hasDisk} onChange={(on) => send({ t: 'hasDisk', on })}>
            {translate('wizard.disk.add')}
          </Check>
          <Field
            label={translate('wizard.disk.size')}
            value={state.diskGiB}
            onChange={(text) => send({ t: 'diskGiB', text })}
            problem={state.hasDisk ? problem('diskGiB') : undefined}
            hint={translate('wizard.disk.text')}
            isDisabled={!state.hasDisk}
            isNumber
          />
        </div>
      )}
    </>
  );
}
