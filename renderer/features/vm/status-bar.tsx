import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { DeviceLine, VmItem } from '../../../src/protocol/app';
import type { VmStats } from '../../../src/protocol/guest';
import { call } from '../../bridge/bridge';
import { Icon } from '../../components/icon';
import { MenuButton, type MenuEntry } from '../../components/menu-button';
import { activityKey, busyDevices } from '../../state/activity';
import { showDialog } from '../../state/dialogs';
import { guestLeds } from '../../state/leds';
import { report } from '../../state/notices';
import { isPoweredOn } from '../../state/power';
import { useRecent } from '../../state/recent';
import { useStore } from '../../state/store';
import { endRecording, recordings } from '../console/recording';
import { stateLook, stateText } from './state-text';
import { useDetails } from './use-details';

const STATS_MS = 2000;

/** State, engine and device lamps of the VM whose tab is shown. */
export function StatusBar({ vm }: { readonly vm: VmItem | undefined }) {
  return (
    <footer className="status-bar">
      {vm === undefined ? <span className="quiet">{translate('status.noVm')}</span> : <VmStatusLine vm={vm} />}
    </footer>
  );
}

function VmStatusLine({ vm }: { readonly vm: VmItem }) {
  const details = useDetails(vm);
  const stats = useStats(vm);
  const isOn = isPoweredOn(vm);
  const memory = details?.devices.find(({ kind }) => kind === 'memory');
  const drives = details?.devices.filter(({ kind }) => isLampKind(kind)) ?? [];
  return (
    <>
      <span className={`state ${stateLook(vm)}`}>
        <span className="lamp" />
        {stateText(vm)}
      </span>
      <span className="status-space" />
      <FilmLamp vm={vm} />
      {isOn ? (
        <>
          <span title={details && translate(`engine.why.${details.engineReason}`)}>{translate('status.engine')}</span>
          {stats === undefined ? null : (
            <span className="figures" title={regionsText(stats)}>
              {figuresText(stats)}
            </span>
          )}
          {stats === undefined ? null : <span className="figures">{cpuText(stats)}</span>}
          <span className="figures">{memory?.value}</span>
          <Locks vm={vm} />
        </>
      ) : null}
      {drives.map((device) => (
        <Lamp key={device.id} vm={vm} device={device} isOn={isOn} />
      ))}
    </>
  );
}

/** The share is one of instructions. */
function figuresText({ mips, compiled }: VmStats): string {
  return translate('status.mips', { mips: Math.round(mips), compiled: Math.round(100 * compiled) });
}

/** Shares of time: the two parts give the whole. */
function cpuText({ load, devices }: VmStats): string {
  const [percent, inDevices] = [Math.round(100 * load), Math.round(100 * devices)];
  return translate('status.cpu', { percent, devices: inDevices, guest: percent - inDevices });
}

function regionsText({ jit }: VmStats): string | undefined {
  if (jit === undefined) return undefined;
  const { regions, queued, slowExits } = jit;
  return translate('status.regions', { regions, queued, fallbacks: slowExits });
}

const LAMP_ICONS = { disk: 'disk', cdrom: 'cdrom', floppy: 'floppy', serial: 'serial' } as const;

function isLampKind(kind: DeviceLine['kind']): kind is keyof typeof LAMP_ICONS {
  return Object.hasOwn(LAMP_ICONS, kind);
}

/** A device: lit while it is used, with a menu for its medium and its settings. */
function Lamp({ vm, device, isOn }: { readonly vm: VmItem; readonly device: DeviceLine; readonly isOn: boolean }) {
  const busy = useStore(busyDevices).has(activityKey(vm.id, device.id));
  const images = useRecent(device.kind === 'floppy' ? 'floppy' : 'cdrom', device.value);
  if (!isLampKind(device.kind)) return null;
  const name = translate(`device.${device.kind}`);
  const args = { vm: vm.id, device: device.id };
  const isDrive = device.kind === 'cdrom' || device.kind === 'floppy';
  const recent: readonly MenuEntry[] = images.map(({ token, fileName, folder }) => ({
    id: token,
    text: fileName,
    aside: folder,
    onAction: () => void call('vm.insertRecent', { ...args, token }).catch(report),
  }));
  const medium: readonly MenuEntry[] = [
    {
      id: 'insert',
      text: translate('device.connect'),
      onAction: () => void call('vm.insertMedium', args).catch(report),
    },
    {
      id: 'eject',
      text: translate('device.ejectShort'),
      isDisabled: !device.hasMedium,
      onAction: () => void call('vm.ejectMedium', args).catch(report),
    },
  ];
  const settings: MenuEntry = {
    id: 'settings',
    text: translate('menu.settings'),
    onAction: () => showDialog({ kind: 'settings', vm: vm.id, device: device.id }),
  };
  return (
    <MenuButton
      label={translate('status.device', { device: name, value: device.value })}
      className={`device-lamp ${busy ? 'busy' : ''} ${isOn && device.hasMedium ? '' : 'quiet'}`}
      placement="top end"
      groups={[isDrive ? medium : [], isDrive ? recent : [], [settings]]}
    >
      <Icon name={LAMP_ICONS[device.kind]} size={17} />
    </MenuButton>
  );
}

/** The screen is filmed: since when, and the way to end it. */
function FilmLamp({ vm }: { readonly vm: VmItem }) {
  const since = useStore(recordings).get(vm.id);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === undefined) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  if (since === undefined) return null;
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <button
      type="button"
      className="film-lamp"
      aria-label={translate('recording.stop')}
      title={translate('recording.stop')}
      onClick={() => void endRecording(vm.id)}
    >
      <span className="lamp" />
      {translate('recording.running', { time })}
    </button>
  );
}

const LOCKS = [
  ['numLock', 2],
  ['capsLock', 4],
  ['scrollLock', 1],
] as const;

/** The lights of the guest's keyboard that are on. */
function Locks({ vm }: { readonly vm: VmItem }) {
  const leds = useStore(guestLeds).get(vm.id) ?? 0;
  return LOCKS.filter(([, bit]) => (leds & bit) !== 0).map(([lock]) => (
    <span key={lock} className="lock-light" title={translate(`status.${lock}`)}>
      {translate(`status.${lock}Short`)}
    </span>
  ));
}

function useStats({ id, status }: VmItem): VmStats | undefined {
  const [stats, setStats] = useState<VmStats>();
  const isRunning = status.kind === 'running';
  useEffect(() => {
    setStats(undefined);
    if (!isRunning) return undefined;
    let isCurrent = true;
    const read = (): void => {
      call('vm.stats', { vm: id }).then(
        (now) => {
          if (isCurrent) setStats(now);
        },
        // Stopped meanwhile: its state tells.
        () => undefined,
      );
    };
    const timer = setInterval(read, STATS_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [id, isRunning]);
  return stats;
}
