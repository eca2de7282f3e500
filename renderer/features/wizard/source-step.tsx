import { Radio, RadioGroup } from 'react-aria-components';
import { VmError } from '../../../src/base/errors';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { errorText } from '../../../src/i18n/error-text';
import { translate } from '../../../src/i18n/translate';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Icon, type IconName } from '../../components/icon';
import { useRecent } from '../../state/recent';
import { MenuButton } from '../../components/menu-button';
import { sentence } from '../../state/notices';
import { SystemLine } from './system-line';
import type { StepProps } from './wizard';
import { needsFile, type SourceKind, sourceKinds, type WizardPath } from './wizard-state';

const SOURCE_ICONS: Record<SourceKind, IconName> = {
  cdrom: 'cdrom',
  disk: 'disk',
  floppy: 'floppy',
  starter: 'snow',
  none: 'computer',
};
const PATHS: readonly WizardPath[] = ['typical', 'custom'];

export function SourceStep(props: StepProps) {
  const { state, info, send } = props;
  return (
    <>
      <RadioGroup
        className="wizard-path"
        aria-label={translate('wizard.path.label')}
        orientation="horizontal"
        value={state.path}
        onChange={(value) => send({ t: 'path', path: value as WizardPath })}
      >
        {PATHS.map((path) => (
          <Radio key={path} value={path} className="path-choice">
            {translate(`wizard.path.${path}`)}
          </Radio>
        ))}
      </RadioGroup>
      <h3>{translate('wizard.source.title')}</h3>
      <RadioGroup
        className="source-list"
        aria-label={translate('wizard.source.title')}
        value={state.source}
        onChange={(value) => send({ t: 'source', source: value as SourceKind })}
      >
        {sourceKinds
          .filter((kind) => kind !== 'starter' || info?.hasStarter === true)
          .map((kind) => (
            <Radio key={kind} value={kind} className="source">
              <Icon name={SOURCE_ICONS[kind]} size={24} />
              <span className="source-name">{translate(`wizard.source.${kind}`)}</span>
              <span className="source-text">{translate(`wizard.source.${kind}Text`)}</span>
            </Radio>
          ))}
      </RadioGroup>
      {needsFile(state.source) ? <PickedImage {...props} use={state.source} /> : null}
    </>
  );
}

function PickedImage({
  state: { source, file, copiesDisk },
  send,
  problem,
  use,
}: StepProps & { readonly use: 'cdrom' | 'disk' | 'floppy' }) {
  const pick = (): void => {
    call('wizard.pickFile', { kind: use }).then(
      (picked) => {
        if (picked !== null) send({ t: 'file', file: picked });
      },
      (error: unknown) => send({ t: 'refused', field: 'file', text: sentence(errorText(VmError.from(error))) }),
    );
  };
  const recent = useRecent(use, file?.token ?? '');
  const take = (token: string): void => {
    call('wizard.takeRecent', { token }).then(
      (picked) => send({ t: 'file', file: picked }),
      (error: unknown) => send({ t: 'refused', field: 'file', text: sentence(errorText(VmError.from(error))) }),
    );
  };
  const trouble = problem('file');
  return (
    <div className="picked">
      <div className="picked-row">
        <span className={file === undefined ? 'picked-name none' : 'picked-name'}>
          {file === undefined ? translate('wizard.source.noFile') : `${file.fileName} (${formatBytes(file.sizeBytes)})`}
        </span>
        {recent.length === 0 ? null : (
          <MenuButton
            label={translate('recent.label')}
            className="button"
            placement="bottom end"
            groups={[
              recent.map(({ token, fileName, folder }) => ({
                id: token,
                text: fileName,
                aside: folder,
                onAction: () => take(token),
              })),
            ]}
          >
            <Icon name="recent" size={17} />
            <Icon name="chevronDown" size={14} />
          </MenuButton>
        )}
        <Button onPress={pick}>{translate('button.browse')}</Button>
      </div>
      {file !== undefined && trouble === undefined ? (
        <SystemLine system={file.system} title={translate('wizard.source.detected', { system: file.system.name })} />
      ) : null}
      {trouble === undefined ? null : (
        <p className="field-error" role="alert">
          <Icon name="warning" size={16} />
          {trouble}
        </p>
      )}
      {source === 'disk' && file !== undefined ? (
        <Check isOn={copiesDisk} onChange={(on) => send({ t: 'copiesDisk', on })}>
          {translate('wizard.source.copy')}
        </Check>
      ) : null}
    </div>
  );
}
