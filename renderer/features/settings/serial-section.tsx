import { translate } from '../../../src/i18n/translate';
import type { SerialPort } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { Select } from '../../components/select';
import { report } from '../../state/notices';
import type { SettingsPart } from './settings-dialog';
import { MAX_SERIAL_PORTS, type SerialDraft, type SettingsProblem } from './settings-state';

const KINDS = ['terminal', 'file', 'socket', 'none'] as const;

/** Where each serial port leads. */
export function SerialSection({
  draft,
  change,
  problems,
}: SettingsPart & { readonly problems: ReadonlySet<SettingsProblem> }) {
  const put = (at: number, port: Partial<SerialDraft>): void =>
    change({ serial: draft.serial.map((old, i) => (i === at ? { ...old, ...port } : old)) });
  const pick = (at: number, kind: SerialPort['kind']): void => {
    if (kind !== 'file' && kind !== 'socket') return;
    call('settings.pickPortFile', { kind }).then((picked) => {
      if (picked !== null) put(at, { token: picked.token, file: picked.shown });
    }, report);
  };
  return (
    <>
      {draft.serial.map((port, at) => {
        const needsFile = port.kind === 'file' || port.kind === 'socket';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a port is its number
          <div key={at} className="serial-port">
            <Select
              label={translate('settings.serialPort', { port: at + 1 })}
              value={port.kind}
              options={KINDS.map((id) => ({ id, text: translate(`settings.serial.${id}`) }))}
              onChange={(kind) => put(at, { kind, ...(kind === port.kind ? {} : { file: '', token: null }) })}
            />
            {needsFile ? (
              <span className="port-file">
                <span className="path">{port.file || translate('wizard.source.noFile')}</span>
                <Button onPress={() => pick(at, port.kind)}>{translate('button.browse')}</Button>
              </span>
            ) : null}
            {at === draft.serial.length - 1 ? (
              <IconButton
                icon="trash"
                label={translate('settings.removeSerial', { port: at + 1 })}
                onPress={() => change({ serial: draft.serial.slice(0, -1) })}
              />
            ) : null}
          </div>
        );
      })}
      {problems.has('serial') ? <p className="field-error">{translate('settings.serialNeedsFile')}</p> : null}
      <div className="drive-buttons">
        <Button
          icon="plus"
          isDisabled={draft.serial.length >= MAX_SERIAL_PORTS}
          onPress={() => change({ serial: [...draft.serial, { kind: 'terminal', file: '', was: -1, token: null }] })}
        >
          {translate('settings.addSerial')}
        </Button>
      </div>
    </>
  );
}
