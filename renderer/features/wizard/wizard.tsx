import { useEffect, useReducer, useState } from 'react';
import { Form } from 'react-aria-components';
import { VmError } from '../../../src/base/errors';
import { errorText } from '../../../src/i18n/error-text';
import { translate } from '../../../src/i18n/translate';
import type { PickedFile, WizardInfo } from '../../../src/protocol/app';
import { call, onEvent } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { closeDialog } from '../../state/dialogs';
import { library } from '../../state/library';
import { report, sentence } from '../../state/notices';
import { openTab } from '../../state/tabs';
import { HardwareStep } from './hardware-step';
import { NameStep } from './name-step';
import { SourceStep } from './source-step';
import { SummaryStep } from './summary-step';
import { SystemStep } from './system-step';
import {
  type FieldId,
  problemsOf,
  requestOf,
  stepsOf,
  type WizardEvent,
  type WizardState,
  wizardFor,
  wizardStep,
} from './wizard-state';

const takenNames = (): readonly string[] => (library.get() ?? []).map(({ name }) => name);

/** What each step of the wizard gets. */
export interface StepProps {
  readonly state: WizardState;
  readonly info: WizardInfo | undefined;
  readonly send: (event: WizardEvent) => void;
  readonly problem: (field: FieldId) => string | undefined;
}

/** New Virtual Machine: three steps, or five on the custom path. `file` was dropped on the window. */
export function Wizard({ file }: { readonly file?: PickedFile | undefined }) {
  const [state, send] = useReducer(
    (before: WizardState, event: WizardEvent) => wizardStep(before, event, takenNames()),
    file,
    (dropped) => wizardFor(dropped, takenNames()),
  );
  const [info, setInfo] = useState<WizardInfo>();
  const [creating, setCreating] = useState<AbortController>();
  const isCreating = creating !== undefined;
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
    const work = new AbortController();
    setCreating(work);
    try {
      const id = await call('wizard.create', requestOf(state), work.signal);
      closeDialog();
      openTab(id);
      if (state.powersOn) await call('vm.start', { vm: id });
    } catch (error) {
      const trouble = VmError.from(error);
      const { code } = trouble;
      setCreating(undefined);
      if (code === 'vm-exists' || code === 'name-invalid')
        send({ t: 'refused', field: 'name', text: sentence(errorText(trouble)) });
      else report(error);
    }
  };
  const cancel = (): void => {
    if (creating === undefined) closeDialog();
    else creating.abort();
  };
  const goOn = (): void => {
    if (isCreating) return;
    if (isLast) void create();
    else send({ t: 'next' });
  };

  const step = { state, info, send, problem };
  return (
    <Dialog
      title={translate('wizard.title')}
      size="medium"
      onClose={cancel}
      aside={
        isCreating ? (
          <Creating />
        ) : (
          <span className="wizard-step">{translate('wizard.step', { step: at + 1, count: steps.length })}</span>
        )
      }
      buttons={
        <>
          <Button onPress={cancel}>{translate('button.cancel')}</Button>
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
        {state.step === 'system' ? <SystemStep {...step} /> : null}
        {state.step === 'name' ? <NameStep {...step} /> : null}
        {state.step === 'hardware' ? <HardwareStep {...step} /> : null}
        {state.step === 'summary' ? <SummaryStep {...step} /> : null}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </Dialog>
  );
}

/** How far the copying of disks is. */
function Creating() {
  const [done, setDone] = useState<number>();
  useEffect(() => onEvent('creating', (event) => setDone(event.done)), []);
  const label = translate('wizard.creating');
  return (
    <span className="working" role="status">
      {label}
      {done === undefined ? null : <progress value={done} aria-label={label} />}
    </span>
  );
}
