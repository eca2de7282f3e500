import { useEffect, useReducer, useState } from 'react';
import { Checkbox, Form, Radio, RadioGroup } from 'react-aria-components';
import { VmError } from '../../../src/base/errors';
import { translate } from '../../../src/i18n/translate';
import type { WizardInfo } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Icon, type IconName } from '../../components/icon';
import { closeDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { report, sentence } from '../../state/notices';
import { openTab } from '../../state/tabs';
import { formatBytes } from '../../../src/i18n/format-bytes';
import {
  type FieldId,
  initialWizard,
  needsFile,
  problemsOf,
  requestOf,
  type SourceKind,
  sourceKinds,
  stepsOf,
  type WizardEvent,
  type WizardState,
  wizardStep,
} from './wizard-state';
import './wizard.css';

const takenNames = (): readonly string[] => (library.get() ?? []).map(({ name }) => name);

interface StepProps {
  readonly state: WizardState;
  readonly info: WizardInfo | undefined;
  readonly send: (event: WizardEvent) => void;
  readonly problem: (field: FieldId) => string | undefined;
}

/** New Virtual Machine, in at most four steps. */
export function Wizard() {
  const [state, send] = useReducer(
    (before: WizardState, event: WizardEvent) => wizardStep(before, event, takenNames()),
    initialWizard,
  );
  const [info, setInfo] = useState<WizardInfo>();
  const [isCreating, setCreating] = useState(false);
  useEffect(() => {
    call('wizard.info', null).then(setInfo, report);
  }, []);

  const steps = stepsOf(state);
  const at = steps.indexOf(state.step);
  const isLast = at === steps.length - 1;
  const problems = problemsOf(state, takenNames(), info);
  const problem = (field: FieldId): string | undefined => (state.shown.includes(field) ? problems[field] : undefined);

  const create = async (): Promise<void> => {
    if (problems.memoryMiB !== undefined) {
      send({ t: 'refused', field: 'memoryMiB', text: problems.memoryMiB });
      return;
    }
    setCreating(true);
    try {
      const id = await call('wizard.create', requestOf(state));
      closeDialog();
      openTab(id);
      if (state.powersOn) await call('vm.start', { vm: id });
    } catch (error) {
      const { code, message } = VmError.from(error);
      setCreating(false);
      if (code === 'vm-exists' || code === 'name-invalid')
        send({ t: 'refused', field: 'name', text: sentence(message) });
      else report(error);
    }
  };
  const goOn = (): void => {
    if (isLast) void create();
    else send({ t: 'next' });
  };

  const step = { state, info, send, problem };
  return (
    <Dialog
      title={translate('wizard.title')}
      size="medium"
      onClose={closeDialog}
      aside={<span className="wizard-step">{translate('wizard.step', { step: at + 1, count: steps.length })}</span>}
      buttons={
        <>
          <Button onPress={closeDialog}>{translate('button.cancel')}</Button>
          <Button isDisabled={at === 0 || isCreating} onPress={() => send({ t: 'back' })}>
            {translate('button.back')}
          </Button>
          <Button look="primary" isDisabled={isCreating} onPress={goOn}>
            {translate(isLast ? 'button.finish' : 'button.next')}
          </Button>
        </>
      }
    >
      <Form
        className="wizard"
        onSubmit={(event) => {
          event.preventDefault();
          goOn();
        }}
      >
        {state.step === 'source' ? <SourceStep {...step} /> : null}
        {state.step === 'name' ? <NameStep {...step} /> : null}
        {state.step === 'disk' ? <DiskStep {...step} /> : null}
        {state.step === 'summary' ? <SummaryStep {...step} /> : null}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </Dialog>
  );
}

const SOURCE_ICONS: Record<SourceKind, IconName> = {
  cdrom: 'cdrom',
  disk: 'disk',
  floppy: 'floppy',
  starter: 'snow',
  none: 'computer',
};

function SourceStep({ state, info, send, problem }: StepProps) {
  const { source, file } = state;
  const pick = (kind: 'cdrom' | 'disk' | 'floppy'): void => {
    call('wizard.pickFile', { kind }).then(
      (picked) => {
        if (picked !== null) send({ t: 'file', file: picked });
      },
      (error: unknown) => send({ t: 'refused', field: 'file', text: sentence(VmError.from(error).message) }),
    );
  };
  const trouble = problem('file');
  return (
    <>
      <h3>{translate('wizard.source.title')}</h3>
      <RadioGroup
        className="source-list"
        aria-label={translate('wizard.source.title')}
        value={source}
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
      {needsFile(source) ? (
        <div className="picked">
          <div className="picked-row">
            <span className={file === undefined ? 'picked-name none' : 'picked-name'}>
              {file === undefined
                ? translate('wizard.source.noFile')
                : `${file.fileName} (${formatBytes(file.sizeBytes)})`}
            </span>
            <Button onPress={() => pick(source)}>{translate('button.browse')}</Button>
          </div>
          {file !== undefined && trouble === undefined ? (
            <p className="detected">
              <Icon name="info" size={16} />
              {translate('wizard.source.detected', { system: file.system })}
            </p>
          ) : null}
          {trouble === undefined ? null : (
            <p className="field-error" role="alert">
              <Icon name="warning" size={16} />
              {trouble}
            </p>
          )}
          {source === 'disk' && file !== undefined ? (
            <Check isOn={state.copiesDisk} onChange={(on) => send({ t: 'copiesDisk', on })}>
              {translate('wizard.source.copy')}
            </Check>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function NameStep({ state, info, send, problem }: StepProps) {
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
    </>
  );
}

function DiskStep({ state, send, problem }: StepProps) {
  return (
    <>
      <h3>{translate('wizard.disk.title')}</h3>
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
    </>
  );
}

function SummaryStep({ state, info, send, problem }: StepProps) {
  const [isCustom, setCustom] = useState(false);
  const rows = [
    [translate('wizard.summary.name'), state.name],
    [translate('wizard.summary.place'), state.folder?.shown ?? info?.defaultFolder ?? ''],
    [translate('wizard.summary.source'), state.file?.fileName ?? translate(`wizard.source.${state.source}`)],
    [
      translate('wizard.summary.disk'),
      state.source !== 'disk' && state.hasDisk
        ? translate('wizard.summary.diskValue', { gib: state.diskGiB })
        : translate('wizard.summary.noDisk'),
    ],
    [translate('device.memory'), translate('device.memoryValue', { mib: state.memoryMiB })],
  ] as const;
  return (
    <>
      <h3>{translate('wizard.summary.title')}</h3>
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
      ) : (
        <div>
          <Button icon="settings" onPress={() => setCustom(true)}>
            {translate('wizard.summary.customise')}
          </Button>
        </div>
      )}
      <Check isOn={state.powersOn} onChange={(on) => send({ t: 'powersOn', on })}>
        {translate('wizard.summary.powerOn')}
      </Check>
    </>
  );
}

function Check({
  isOn,
  onChange,
  children,
}: {
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: string;
}) {
  return (
    <Checkbox className="check" isSelected={isOn} onChange={onChange}>
      <span className="check-box">
        <Icon name="check" size={14} />
      </span>
      {children}
    </Checkbox>
  );
}
