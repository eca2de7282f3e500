import { useEffect, useState } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { formatDate, translate } from '../../../src/i18n/translate';
import type { DeviceLine, VmDetails, VmItem } from '../../../src/protocol/app';
import type { SnapshotTree } from '../../../src/protocol/guest';
import { call, onEvent } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Icon, type IconName, systemIcon } from '../../components/icon';
import { showDialog } from '../../state/dialogs';
import { doPower, isPoweredOn } from '../../state/power';
import { useThumbnail } from '../../state/thumbnails';
import { DriveActions } from './drive-actions';
import { stateLook, stateText } from './state-text';
import { useDetails } from './use-details';

/** What a VM is: preview, state, devices, snapshots, description. */
export function Summary({ vm }: { readonly vm: VmItem }) {
  const details = useDetails(vm);
  const tree = useSnapshots(vm);
  const isOff = !isPoweredOn(vm);
  return (
    <div className="summary">
      <header className="summary-head">
        <span className="system-badge">
          <Icon name={systemIcon(vm.osIcon)} size={30} />
        </span>
        <div className="summary-title">
          <h1>{vm.name}</h1>
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
          <Button icon="trash" isDisabled={!isOff} onPress={() => showDialog({ kind: 'deleteVms', vms: [vm.id] })}>
            {translate('summary.delete')}
          </Button>
        </div>
      </header>
      <div className="summary-grid">
        <div className="summary-side">
          <section className="panel" aria-label={translate('summary.devices')}>
            <h2>{translate('summary.devices')}</h2>
            <DeviceList vm={vm} devices={details?.devices ?? []} />
          </section>
          <section className="panel" aria-label={translate('summary.description')}>
            <h2>{translate('summary.description')}</h2>
            <p className={details?.description ? 'description' : 'description none'}>
              {details?.description || translate('summary.noDescription')}
            </p>
            <div className="panel-links">
              <button type="button" className="link" onClick={() => showDialog({ kind: 'settings', vm: vm.id })}>
                {translate('summary.editDescription')}
              </button>
            </div>
          </section>
        </div>
        <div className="summary-side">
          <Preview vm={vm} isOff={isOff} />
          <section className="panel" aria-label={translate('summary.details')}>
            <h2>{translate('summary.details')}</h2>
            <Facts vm={vm} details={details} />
          </section>
          <SnapshotsAtAGlance vm={vm} tree={tree} />
        </div>
      </div>
    </div>
  );
}

function Facts({ vm, details }: { readonly vm: VmItem; readonly details: VmDetails | undefined }) {
  return (
    <>
      <dl className="facts">
        <dt>{translate('summary.system')}</dt>
        <dd>{vm.osName}</dd>
        <dt>{translate('summary.engine')}</dt>
        <dd>
          {translate('summary.engineEmulated')}
          {details === undefined ? null : (
            <span className="engine-reason">{translate(`engine.why.${details.engineReason}`)}</span>
          )}
        </dd>
        <dt>{translate('summary.used')}</dt>
        <dd>{details === undefined ? '' : formatBytes(details.usedBytes)}</dd>
        <dt>{translate('summary.location')}</dt>
        <dd className="path">{vm.folder}</dd>
      </dl>
      <div className="panel-links">
        <button type="button" className="link" onClick={() => showDialog({ kind: 'log', vm: vm.id })}>
          {translate('library.showLog')}
        </button>
        <button type="button" className="link" onClick={() => showDialog({ kind: 'support', vm: vm.id })}>
          {translate('library.support')}
        </button>
      </div>
    </>
  );
}

/** How many there are, the one that the VM descends from, and the way to all of them. */
function SnapshotsAtAGlance({ vm, tree }: { readonly vm: VmItem; readonly tree: SnapshotTree | undefined }) {
  const current = tree?.snapshots.find(({ id }) => id === tree.current);
  return (
    <section className="panel" aria-label={translate('summary.snapshots')}>
      <h2>{translate('summary.snapshots')}</h2>
      <dl className="facts">
        <dt>{translate('summary.taken')}</dt>
        <dd>{translate('summary.snapshotCount', { count: tree?.snapshots.length ?? 0 })}</dd>
        {current === undefined ? null : (
          <>
            <dt>{translate('summary.basedOn')}</dt>
            <dd>
              {current.name}
              <span className="engine-reason">{formatDate(current.createdMs)}</span>
            </dd>
          </>
        )}
      </dl>
      <div className="panel-links">
        <button type="button" className="link" onClick={() => showDialog({ kind: 'snapshots', vm: vm.id })}>
          {translate('summary.allSnapshots')}
        </button>
      </div>
    </section>
  );
}

const DEVICE_ICONS = {
  memory: 'memory',
  cpu: 'cpu',
  disk: 'disk',
  cdrom: 'cdrom',
  floppy: 'floppy',
  serial: 'serial',
  parallel: 'printer',
  display: 'display',
  kernel: 'kernel',
} as const satisfies Record<DeviceLine['kind'], IconName>;

/** A double click or Enter opens a device's settings. */
function DeviceList({ vm, devices }: { readonly vm: VmItem; readonly devices: readonly DeviceLine[] }) {
  return (
    <GridList
      className="device-list"
      aria-label={translate('summary.devices')}
      selectionMode="single"
      selectionBehavior="replace"
      items={devices}
      dependencies={[vm]}
      onAction={(device) => showDialog({ kind: 'settings', vm: vm.id, device: String(device) })}
    >
      {(device) => <Device vm={vm} device={device} />}
    </GridList>
  );
}

function Device({ vm, device }: { readonly vm: VmItem; readonly device: DeviceLine }) {
  const name = translate(`device.${device.kind}`);
  const isDrive = device.kind === 'cdrom' || device.kind === 'floppy';
  return (
    <GridListItem id={device.id} textValue={`${name}: ${device.value}`} className="device">
      <Icon name={DEVICE_ICONS[device.kind]} />
      <span className="device-name">{name}</span>
      <span className="device-value" title={device.value}>
        {device.value}
      </span>
      {isDrive ? <DriveActions vm={vm.id} drive={device} name={name} /> : null}
    </GridListItem>
  );
}

/** The screen as it is now, or as it was when the VM was suspended. The play button is for the mouse only: the toolbar has the same. */
function Preview({ vm, isOff }: { readonly vm: VmItem; readonly isOff: boolean }) {
  const picture = useThumbnail(vm);
  const isSuspended = vm.status.kind === 'suspended';
  return (
    <figure className={`preview ${stateLook(vm)}`}>
      <div className="preview-screen">
        {picture !== undefined ? (
          <img src={picture} alt={translate('summary.preview', { name: vm.name })} />
        ) : isOff ? null : (
          <Icon name="display" size={40} />
        )}
        {isOff ? (
          <button
            type="button"
            tabIndex={-1}
            aria-hidden="true"
            className={picture === undefined ? 'preview-play' : 'preview-play over-picture'}
            onClick={() => doPower(vm, isSuspended ? 'resume' : 'powerOn')}
          >
            <Icon name="play" size={34} />
          </button>
        ) : null}
      </div>
      <figcaption className="preview-text">
        {isOff ? translate(isSuspended ? 'summary.goOn' : 'summary.start') : stateText(vm)}
      </figcaption>
    </figure>
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
