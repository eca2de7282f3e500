import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import type { DeviceLine, VmItem } from '../../../src/protocol/app';
import type { VmStats } from '../../../src/protocol/guest';
import { call } from '../../bridge/bridge';
import { Icon } from '../../components/icon';
import { activityKey, busyDevices } from '../../state/activity';
import { isPoweredOn } from '../../state/power';
import { useStore } from '../../state/store';
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
  const drives = details?.devices.filter(({ kind }) => ['disk', 'cdrom', 'floppy'].includes(kind)) ?? [];
  return (
    <>
      <span className={`state ${stateLook(vm)}`}>
        <span className="lamp" />
        {stateText(vm)}
      </span>
      <span className="status-space" />
      {isOn ? (
        <>
          <span title={details?.engineReason}>{translate('status.engine')}</span>
          {stats === undefined ? null : (
            <span className="figures" title={regionsText(stats)}>
              {figuresText(stats)}
            </span>
          )}
        </>
      ) : null}
      {drives.map((device) => (
        <Lamp key={device.id} vm={vm} device={device} isOn={isOn} />
      ))}
    </>
  );
}

function figuresText({ mips, compiled, devices, load }: VmStats): string {
  const percent = (share: number): number => Math.round(share * 100);
  return translate('status.mips', {
    mips: Math.round(mips),
    compiled: percent(compiled),
    devices: percent(devices),
    idle: percent(1 - load),
  });
}

function regionsText({ jit }: VmStats): string | undefined {
  if (jit === undefined) return undefined;
  const { regions, queued, slowExits } = jit;
  return translate('status.regions', { regions, queued, fallbacks: slowExits });
}

const LAMP_ICONS = { disk: 'disk', cdrom: 'cdrom', floppy: 'floppy' } as const;

function Lamp({ vm, device, isOn }: { readonly vm: VmItem; readonly device: DeviceLine; readonly isOn: boolean }) {
  const busy = useStore(busyDevices).has(activityKey(vm.id, device.id));
  const name = translate(`device.${device.kind}`);
  return (
    <span
      className={`device-lamp ${busy ? 'busy' : ''} ${isOn && device.hasMedium ? '' : 'quiet'}`}
      title={`${name}: ${device.value}`}
      role="img"
      aria-label={translate('status.activity', { device: name })}
    >
      <Icon name={LAMP_ICONS[device.kind as keyof typeof LAMP_ICONS]} size={17} />
    </span>
  );
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
