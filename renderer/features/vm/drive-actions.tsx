import { translate } from '../../../src/i18n/translate';
import type { DeviceLine, VmId } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { report } from '../../state/notices';

interface DriveActionsProps {
  readonly vm: VmId;
  readonly drive: DeviceLine;
  /** What the drive is called. */
  readonly name: string;
}

/** Inserts and ejects at once, also while the VM runs. */
export function DriveActions({ vm, drive, name }: DriveActionsProps) {
  const args = { vm, device: drive.id };
  return (
    <span className="device-actions">
      <button
        type="button"
        className="link"
        aria-label={translate('device.insert', { device: name })}
        onClick={() => void call('vm.insertMedium', args).catch(report)}
      >
        {translate('device.connect')}
      </button>
      {drive.hasMedium ? (
        <button
          type="button"
          className="link"
          aria-label={translate('device.eject', { device: name })}
          onClick={() => void call('vm.ejectMedium', args).catch(report)}
        >
          {translate('device.ejectShort')}
        </button>
      ) : null}
    </span>
  );
}
