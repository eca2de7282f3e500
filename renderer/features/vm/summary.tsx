import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { DeviceLine, VmDetails, VmItem } from '../../../src/protocol/app';
import type { SnapshotTree } from '../../../src/protocol/guest';
import { call, onEvent } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon, type IconName, systemIcon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { doPower, isPoweredOn } from '../../state/power';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { stateLook, stateText } from './state-text';
import { useDetails } from './use-details';

/** What a VM is: preview, state, devices, description. */
export function Summary({ vm }: { readonly vm: VmItem }) {
  const details = useDetails(vm);
  const tree = useSnapshots(vm);
  const isOff = !isPoweredOn(vm);
  const isSuspended = vm.status.kind === 'suspended';
  return (
    <div className="summary">
      <header className="summary-head">
        <span className="system-badge">
          <Icon name={systemIcon(vm.osIcon)} size={30} />
        </span>
        <div>
          <h2>{vm.name}</h2>
          <p className={`state ${stateLook(vm)}`}>
            <span className="lamp" />
            {stateText(vm)}
          </p>
        </div>
        <div className="summary-actions">
          <Button
            icon="settings"
            isDisabled={details === undefined}
            onPress={() => showDialog({ kind: 'settings', vm: vm.id })}
          >
            {translate('summary.settings')}
          </Button>
          <Button icon="trash" isDisabled={!isOff} onPress={() => showDialog({ kind: 'deleteVm', vm: vm.id })}>
            {translate('summary.delete')}
          </Button>
        </div>
      </header>
      <div className="summary-grid">
        <section className="panel" aria-label={translate('summary.devices')}>
          <h3>{translate('summary.devices')}</h3>
          <ul className="device-list">
            {details?.devices.map((device) => (
              <Device key={device.id} vm={vm} device={device} />
            ))}
          </ul>
        </section>
        <div className="summary-side">
          <Preview vm={vm} tree={tree} isOff={isOff} isSuspended={isSuspended} />
          <section className="panel" aria-label={translate('summary.details')}>
            <h3>{translate('summary.details')}</h3>
            <Facts vm={vm} details={details} tree={tree} />
          </section>
          <section className="panel" aria-label={translate('summary.description')}>
            <h3>{translate('summary.description')}</h3>
            <p className={details?.description ? 'description' : 'description none'}>
              {details?.description || translate('summary.noDescription')}
            </p>
          </section>
        </div>
      </div>
    </div>
  );
}

function Facts({
  vm,
  details,
  tree,
}: {
  readonly vm: VmItem;
  readonly details: VmDetails | undefined;
  readonly tree: SnapshotTree | undefined;
}) {
  return (
    <dl className="facts">
      <dt>{translate('summary.system')}</dt>
      <dd>{vm.osName}</dd>
      <dt>{translate('summary.engine')}</dt>
      <dd>
        {translate('summary.engineEmulated')}
        {details?.engineReason ? `: ${details.engineReason}` : ''}
      </dd>
      <dt>{translate('summary.snapshots')}</dt>
      <dd>{translate('summary.snapshotCount', { count: tree?.snapshots.length ?? 0 })}</dd>
      <dt>{translate('summary.used')}</dt>
      <dd>{details === undefined ? '' : formatBytes(details.usedBytes)}</dd>
      <dt>{translate('summary.location')}</dt>
      <dd className="path">{vm.folder}</dd>
    </dl>
  );
}

const DEVICE_ICONS = {
  memory: 'memory',
  cpu: 'cpu',
  disk: 'disk',
  cdrom: 'cdrom',
  floppy: 'floppy',
  serial: 'serial',
  display: 'display',
  kernel: 'kernel',
} as const satisfies Record<DeviceLine['kind'], IconName>;

function Device({ vm, device }: { readonly vm: VmItem; readonly device: DeviceLine }) {
  const name = translate(`device.${device.kind}`);
  const isDrive = device.kind === 'cdrom' || device.kind === 'floppy';
  const args = { vm: vm.id, device: device.id };
  return (
    <li className="device">
      <Icon name={DEVICE_ICONS[device.kind]} />
      <span className="device-name">{name}</span>
      <span className="device-value" title={device.value}>
        {device.value}
      </span>
      {isDrive ? (
        <span className="device-actions">
          <button
            type="button"
            className="link"
            aria-label={translate('device.insert', { device: name })}
            onClick={() => void call('vm.insertMedium', args).catch(report)}
          >
            {translate('device.connect')}
          </button>
          {device.hasMedium ? (
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
      ) : null}
    </li>
  );
}

interface PreviewProps {
  readonly vm: VmItem;
  readonly tree: SnapshotTree | undefined;
  readonly isOff: boolean;
  readonly isSuspended: boolean;
}

/** The last known picture. For the mouse only: the toolbar has the same as a button. */
function Preview({ vm, isOff, isSuspended }: PreviewProps) {
  return (
    <div className={`preview ${stateLook(vm)}`} aria-hidden="true">
      <div className="preview-screen">
        {isOff ? (
          <button
            type="button"
            tabIndex={-1}
            className="preview-play"
            onClick={() => doPower(vm, isSuspended ? 'resume' : 'powerOn')}
          >
            <Icon name="play" size={34} />
          </button>
        ) : (
          <Icon name="display" size={40} />
        )}
      </div>
      <span className="preview-text">
        {isOff ? translate(isSuspended ? 'summary.goOn' : 'summary.start') : stateText(vm)}
      </span>
    </div>
  );
}

export function useSnapshots(vm: VmItem): SnapshotTree | undefined {
  const [tree, setTree] = useState<SnapshotTree>();
  const { id, status, kind } = vm;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of state may come with a change of snapshots
  useEffect(() => {
    if (kind !== 'ok') return undefined;
    let isCurrent = true;
    const take = (read: SnapshotTree): void => {
      if (isCurrent) setTree(read);
    };
    // Between two owners nobody answers: the next state asks again.
    call('snapshot.list', { vm: id }).then(take, () => undefined);
    const end = onEvent('snapshots', (changed) => {
      if (changed.vm === id) take(changed.tree);
    });
    return () => {
      isCurrent = false;
      end();
    };
  }, [id, kind, status.kind]);
  return tree;
}
