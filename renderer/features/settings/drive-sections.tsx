import { driveBuses } from '../../../src/config/drive-bus';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { translate } from '../../../src/i18n/translate';
import type { DeviceLine } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { Field } from '../../components/field';
import { Icon } from '../../components/icon';
import { Select } from '../../components/select';
import { report } from '../../state/notices';
import { DriveActions } from '../vm/drive-actions';
import type { SettingsPart } from './settings-dialog';
import { floppyDrives, attachedDrives, isDiskSize, isGrownSize, MAX_FLOPPIES, maxDrives } from './settings-state';

interface DriveProps extends SettingsPart {
  readonly isRunning: boolean;
}

const GIB = 2 ** 30;

/** Disks, CD/DVD and floppy drives: what is there, what is to come, what is to go. */
export function DriveSections(props: DriveProps) {
  const { vm, details, draft, change, isRunning } = props;
  const { disks, drives } = details.settings;
  const isFull = attachedDrives(draft, details) >= maxDrives(draft);
  const attach = (): void => {
    call('wizard.pickFile', { kind: 'disk' }).then((file) => {
      if (file !== null) change({ attached: [...draft.attached, file] });
    }, report);
  };
  return (
    <>
      <ul className="drives" aria-label={translate('settings.section.drives')}>
        {disks
          .filter(({ id }) => !draft.detached.includes(id))
          .map((disk) => (
            <li key={disk.id} className="drive">
              <Icon name="disk" />
              <span className="drive-name">
                {translate('device.disk')}
                <span className="hint" title={disk.file}>
                  {`${disk.file} (${formatBytes(disk.sizeBytes)})`}
                </span>
              </span>
              {disk.isOwn && !isRunning ? (
                <Field
                  label={translate('settings.newSize')}
                  value={draft.sizes[disk.id] ?? String(Math.ceil(disk.sizeBytes / GIB))}
                  onChange={(gib) => change({ sizes: { ...draft.sizes, [disk.id]: gib } })}
                  problem={
                    isGrownSize(draft.sizes[disk.id], disk.sizeBytes)
                      ? undefined
                      : translate('settings.sizeProblem', { size: formatBytes(disk.sizeBytes) })
                  }
                  isNumber
                />
              ) : null}
              <IconButton
                icon="trash"
                label={translate('settings.detach', { device: disk.file })}
                onPress={() => change({ detached: [...draft.detached, disk.id] })}
              />
            </li>
          ))}
        {draft.newDisks.map((gib, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name yet
          <li key={`new${at}`} className="drive">
            <Icon name="disk" />
            <span className="drive-name">{translate('settings.newDisk')}</span>
            <Field
              label={translate('wizard.disk.size')}
              value={gib}
              onChange={(size) => change({ newDisks: draft.newDisks.map((old, i) => (i === at ? size : old)) })}
              problem={isDiskSize(gib) ? undefined : translate('wizard.disk.range')}
              isNumber
            />
            <IconButton
              icon="close"
              label={translate('settings.notAfterAll', { device: translate('settings.newDisk') })}
              onPress={() => change({ newDisks: draft.newDisks.filter((_old, i) => i !== at) })}
            />
          </li>
        ))}
        {draft.attached.map((file) => (
          <li key={file.token} className="drive">
            <Icon name="disk" />
            <span className="drive-name">
              {translate('settings.attachedDisk')}
              <span className="hint">{`${file.fileName} (${formatBytes(file.sizeBytes)})`}</span>
            </span>
            <IconButton
              icon="close"
              label={translate('settings.notAfterAll', { device: file.fileName })}
              onPress={() => change({ attached: draft.attached.filter((other) => other !== file) })}
            />
          </li>
        ))}
        {drives
          .filter(({ id }) => !draft.removedDrives.includes(id))
          .map(({ id, kind }) => (
            <li key={id} className="drive">
              <Icon name={kind} />
              <Medium vm={vm} kind={kind} line={details.devices.find((line) => line.id === id)} />
              <IconButton
                icon="trash"
                label={translate('settings.removeDrive', { device: translate(`device.${kind}`) })}
                onPress={() => change({ removedDrives: [...draft.removedDrives, id] })}
              />
            </li>
          ))}
        {draft.newDrives.map((kind, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name yet
          <li key={`drive${at}`} className="drive">
            <Icon name={kind} />
            <span className="drive-name">
              {translate('settings.newDrive', { device: translate(`device.${kind}`) })}
            </span>
            <IconButton
              icon="close"
              label={translate('settings.notAfterAll', { device: translate(`device.${kind}`) })}
              onPress={() => change({ newDrives: draft.newDrives.filter((_old, i) => i !== at) })}
            />
          </li>
        ))}
      </ul>
      <div className="drive-buttons">
        <Button icon="plus" isDisabled={isFull} onPress={() => change({ newDisks: [...draft.newDisks, '10'] })}>
          {translate('settings.addDisk')}
        </Button>
        <Button isDisabled={isFull} onPress={attach}>
          {translate('settings.attachDisk')}
        </Button>
        <Button isDisabled={isFull} onPress={() => change({ newDrives: [...draft.newDrives, 'cdrom'] })}>
          {translate('settings.addCdrom')}
        </Button>
        <Button
          isDisabled={floppyDrives(draft, details) >= MAX_FLOPPIES}
          onPress={() => change({ newDrives: [...draft.newDrives, 'floppy'] })}
        >
          {translate('settings.addFloppy')}
        </Button>
      </div>
      <p className="hint">
        {isFull ? translate('settings.drivesFull', { count: maxDrives(draft) }) : translate('settings.drivesText')}
      </p>
      <Select
        label={translate('settings.driveBus')}
        value={draft.driveBus}
        options={[...driveBuses, ...(details.settings.driveBus === 'mixed' ? (['mixed'] as const) : [])].map((id) => ({
          id,
          text: translate(`settings.driveBus.${id}`),
        }))}
        onChange={(driveBus) => change({ driveBus })}
      />
      <p className="hint">{translate('settings.driveBusText')}</p>
    </>
  );
}

interface MediumProps {
  readonly vm: SettingsPart['vm'];
  readonly kind: 'cdrom' | 'floppy';
  readonly line: DeviceLine | undefined;
}

/** Swapped at once, also while the VM runs. */
function Medium({ vm, kind, line }: MediumProps) {
  const name = translate(`device.${kind}`);
  return (
    <>
      <span className="drive-name">
        {name}
        <span className="hint">{line?.value ?? translate('settings.nextStart')}</span>
      </span>
      {line === undefined ? null : <DriveActions vm={vm.id} drive={line} name={name} />}
    </>
  );
}
