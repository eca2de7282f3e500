import { lazy, Suspense, useEffect, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { translate } from '../../../src/i18n/translate';
import type { DisplayScale } from '../../../src/config/display';
import type { VmItem } from '../../../src/protocol/app';
import { Icon } from '../../components/icon';
import { report } from '../../state/notices';
import { doPower, isPoweredOn } from '../../state/power';
import { muted } from '../../state/sound';
import { useStore } from '../../state/store';
import { ConsoleConnection } from '../console/console-connection';
import { ConsoleView } from '../console/console-view';
import { useScale } from '../console/console-tools';
import type { Scaling } from '../console/scaling';
import { DeadEndCard } from '../console/dead-end';
import { CrashView } from './crash-view';
import { Summary } from './summary';
import { UnusableView } from './unusable-view';
import { useDetails } from './use-details';

/** What a VM's tab shows: its screens while it is on, else what it is. */
export default function VmTab({ vm }: { readonly vm: VmItem }) {
  if (vm.kind !== 'ok') return <UnusableView vm={vm} />;
  if (vm.status.kind === 'crashed') return <CrashView vm={vm} error={vm.status.error} />;
  if (isPoweredOn(vm) && vm.runs !== 'nowhere') return <RunningVm key={vm.id} vm={vm} />;
  return <Summary vm={vm} />;
}

const SCALINGS = { fit: 'fit', pixel: 'exact', stretch: 'stretch' } as const satisfies Record<DisplayScale, Scaling>;

/** Terminals are large, and a window opens without one. */
const SerialView = lazy(() => import('../console/serial-view'));

type View = 'console' | 'summary' | `serial${number}`;

function RunningVm({ vm }: { readonly vm: VmItem }) {
  const connection = useConnection(vm.id);
  const details = useDetails(vm);
  const [view, setView] = useState<View>('console');
  const scaling = SCALINGS[useScale(vm)];
  const serialPorts = details?.serialPorts ?? [];
  return (
    <div className="running">
      <h1 className="visually-hidden">{vm.name}</h1>
      <Tabs className="view-tabs" selectedKey={view} onSelectionChange={(key) => setView(key as View)}>
        <TabList aria-label={translate('view.label', { name: vm.name })} className="view-list">
          <Tab id="console" className="view-tab">
            {translate('view.console')}
          </Tab>
          {serialPorts.map((port) => (
            <Tab key={port} id={`serial${port}`} className="view-tab">
              {translate('view.serial', { port: port + 1 })}
            </Tab>
          ))}
          <Tab id="summary" className="view-tab">
            {translate('view.summary')}
          </Tab>
        </TabList>
        {/* Screens stay while others are looked at: they keep what came meanwhile. */}
        <TabPanel id="console" className="running-body" shouldForceMount>
          {connection === undefined ? null : (
            <>
              {view === 'console' ? <DeadEndCard vm={vm} details={details} connection={connection} /> : null}
              <ConsoleView vm={vm} connection={connection} scaling={scaling} isShown={view === 'console'} />
            </>
          )}
          <Cover vm={vm} />
        </TabPanel>
        {serialPorts.map((port) => (
          <TabPanel key={port} id={`serial${port}`} className="running-body" shouldForceMount>
            {connection === undefined ? null : (
              <Suspense fallback={null}>
                <SerialView connection={connection} port={port} name={vm.name} isShown={view === `serial${port}`} />
              </Suspense>
            )}
            <Cover vm={vm} />
          </TabPanel>
        ))}
        <TabPanel id="summary" className="running-body">
          <Summary vm={vm} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

/** Over the screen while the guest stands still. */
function Cover({ vm }: { readonly vm: VmItem }) {
  const { status } = vm;
  if (status.kind === 'paused') {
    const key = { user: 'console.paused', diskFull: 'state.pausedDiskFull', ioError: 'state.pausedIoError' } as const;
    return (
      <div className="console-cover">
        {/* For the mouse; the toolbar has the same as a button. */}
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className="preview-play"
          onClick={() => doPower(vm, 'resume')}
        >
          <Icon name="play" size={34} />
        </button>
        {translate(key[status.reason])}
      </div>
    );
  }
  if (status.kind === 'saving' || (status.kind === 'starting' && status.done !== undefined)) {
    const label = translate(status.kind === 'saving' ? 'console.saving' : 'console.loading');
    return (
      <div className="console-cover">
        {label}
        <progress value={status.done} aria-label={label} />
      </div>
    );
  }
  return null;
}

function useConnection(id: string): ConsoleConnection | undefined {
  const [connection, setConnection] = useState<ConsoleConnection>();
  useEffect(() => {
    const made = new ConsoleConnection(id);
    made.connect().catch(report);
    setConnection(made);
    return () => {
      made.close();
      setConnection(undefined);
    };
  }, [id]);
  const isHeard = !useStore(muted).has(id);
  useEffect(() => connection?.listen(isHeard), [connection, isHeard]);
  return connection;
}
