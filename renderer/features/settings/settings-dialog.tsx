import { useState } from 'react';
import { VmError } from '../../../src/base/errors';
import { nameTrouble } from '../../../src/config/vm-name';
import { translate } from '../../../src/i18n/translate';
import type { BootDevice, VmChanges, VmDetails, VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Icon } from '../../components/icon';
import { closeDialog } from '../../state/dialogs';
import { report, sentence } from '../../state/notices';
import { useDetails } from '../vm/use-details';
import './settings.css';

const MAX_MEMORY_MIB = 3072;

export function SettingsDialog({ vm }: { readonly vm: VmItem }) {
  const details = useDetails(vm);
  return details === undefined ? null : <Settings vm={vm} details={details} />;
}

function Settings({ vm, details }: { readonly vm: VmItem; readonly details: VmDetails }) {
  const isFixed = !['stopped', 'crashed'].includes(vm.status.kind);
  const [name, setName] = useState(vm.name);
  const [nameRefused, setNameRefused] = useState<string>();
  const [description, setDescription] = useState(details.description);
  const [memory, setMemory] = useState(String(details.settings.memoryMiB));
  const [order, setOrder] = useState<readonly BootDevice[]>(details.settings.bootOrder);

  const trouble = nameTrouble(name);
  const nameProblem = trouble === undefined ? nameRefused : translate('wizard.nameInvalid', { trouble });
  const isMemoryFine = /^\d{1,5}$/.test(memory) && Number(memory) >= 1 && Number(memory) <= MAX_MEMORY_MIB;
  const memoryProblem = isMemoryFine
    ? undefined
    : translate('wizard.summary.memoryRange', { min: 1, max: MAX_MEMORY_MIB });

  const save = async (): Promise<void> => {
    if (trouble !== undefined || memoryProblem !== undefined) return;
    const changes: VmChanges = {
      ...(name === vm.name ? {} : { name }),
      ...(description === details.description ? {} : { description }),
      ...(Number(memory) === details.settings.memoryMiB ? {} : { memoryMiB: Number(memory) }),
      ...(order === details.settings.bootOrder ? {} : { bootOrder: order }),
    };
    try {
      if (Object.keys(changes).length > 0) await call('vm.change', { vm: vm.id, changes });
      closeDialog();
    } catch (error) {
      const { code, message } = VmError.from(error);
      if (code === 'vm-exists' || code === 'name-invalid') setNameRefused(sentence(message));
      else report(error);
    }
  };
  const moveUp = (index: number): void => {
    const moved = [...order];
    const [device] = moved.splice(index, 1);
    moved.splice(index - 1, 0, device as BootDevice);
    setOrder(moved);
  };

  return (
    <Dialog
      title={translate('settings.title', { name: vm.name })}
      size="medium"
      onClose={closeDialog}
      buttons={
        <>
          <Button onPress={closeDialog}>{translate('button.cancel')}</Button>
          <Button look="primary" isDisabled={isFixed} onPress={() => void save()}>
            {translate('button.save')}
          </Button>
        </>
      }
    >
      <div className="settings">
        {isFixed ? (
          <p className="note">
            <Icon name="info" size={18} />
            {translate('settings.running')}
          </p>
        ) : null}
        <Field
          label={translate('settings.name')}
          value={name}
          onChange={(value) => {
            setName(value);
            setNameRefused(undefined);
          }}
          problem={nameProblem}
          isDisabled={isFixed}
        />
        <Field
          label={translate('settings.description')}
          value={description}
          onChange={setDescription}
          isDisabled={isFixed}
          isLong
        />
        <Field
          label={translate('settings.memory')}
          value={memory}
          onChange={setMemory}
          problem={memoryProblem}
          isDisabled={isFixed}
          isNumber
        />
        {details.bootsKernel ? null : (
          <div className="field">
            <span className="label">{translate('settings.bootOrder')}</span>
            <ol className="boot-order">
              {order.map((device, index) => (
                <li key={device}>
                  <Icon name={device} size={18} />
                  {translate(`device.${device}`)}
                  <IconButton
                    icon="chevronUp"
                    label={translate('settings.moveUp', { device: translate(`device.${device}`) })}
                    isDisabled={index === 0 || isFixed}
                    onPress={() => moveUp(index)}
                  />
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
    </Dialog>
  );
}
