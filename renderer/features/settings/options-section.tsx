import { translate } from '../../../src/i18n/translate';
import type { VmOptions } from '../../../src/protocol/app';
import { Check } from '../../components/check';
import { Select } from '../../components/select';
import type { SettingsPart } from './settings-dialog';

const HOST_CLOSE = ['ask', 'background', 'suspend', 'powerOff'] as const;
const POWER_OFF = ['powerOff', 'revert', 'snapshot', 'ask'] as const;
const GUEST_RESET = ['reset', 'powerOff'] as const;

export function OptionsSection({ draft, change }: SettingsPart) {
  const { options } = draft;
  const put = (changes: Partial<VmOptions>): void => change({ options: { ...options, ...changes } });
  return (
    <>
      <Check isOn={options.autoStart} onChange={(autoStart) => put({ autoStart })}>
        {translate('settings.autoStart')}
      </Check>
      <Select
        label={translate('settings.onHostClose')}
        value={options.onHostClose}
        options={HOST_CLOSE.map((id) => ({ id, text: translate(`settings.hostClose.${id}`) }))}
        onChange={(onHostClose) => put({ onHostClose })}
      />
      <Select
        label={translate('settings.onPowerOff')}
        value={options.onPowerOff}
        options={POWER_OFF.map((id) => ({ id, text: translate(`settings.powerOff.${id}`) }))}
        onChange={(onPowerOff) => put({ onPowerOff })}
      />
      <Select
        label={translate('settings.onGuestReset')}
        value={options.onGuestReset}
        options={GUEST_RESET.map((id) => ({ id, text: translate(`settings.guestReset.${id}`) }))}
        onChange={(onGuestReset) => put({ onGuestReset })}
      />
    </>
  );
}
