import { useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Field } from '../../components/field';
import { SystemLine } from './system-line';
import type { StepProps } from './wizard';
import { makesDisk, systemOf } from './wizard-state';

export function SummaryStep({ state, info, send, problem }: StepProps) {
  const [isCustom, setCustom] = useState(false);
  const system = systemOf(state);
  const rows = [
    [translate('wizard.summary.name'), state.name],
    [translate('wizard.summary.place'), state.folder?.shown ?? info?.defaultFolder ?? ''],
    [translate('wizard.summary.source'), state.file?.fileName ?? translate(`wizard.source.${state.source}`)],
    [
      translate('wizard.summary.disk'),
      makesDisk(state)
        ? translate('wizard.summary.diskValue', { gib: state.diskGiB })
        : translate('wizard.summary.noDisk'),
    ],
    [translate('device.memory'), translate('device.memoryValue', { mib: state.memoryMiB })],
  ] as const;
  return (
    <>
      <h3>{translate('wizard.summary.title')}</h3>
      {system === undefined ? null : <SystemLine system={system} title={system.name} />}
      <dl className="facts wizard-facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isCustom || problem('memoryMiB') !== undefined ? (
        <Field
          label={translate('wizard.summary.memory')}
          value={state.memoryMiB}
          onChange={(text) => send({ t: 'memoryMiB', text })}
          problem={problem('memoryMiB')}
          isNumber
          hasAutoFocus
        />
      ) : state.path === 'typical' ? (
        <div>
          <Button icon="settings" onPress={() => setCustom(true)}>
            {translate('wizard.summary.customise')}
          </Button>
        </div>
      ) : null}
      <Check isOn={state.powersOn} onChange={(on) => send({ t: 'powersOn', on })}>
        {translate('wizard.summary.powerOn')}
      </Check>
    </>
  );
}
