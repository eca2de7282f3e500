import { type KeyboardEvent, lazy, Suspense, useEffect } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { translate } from '../src/i18n/translate';
import type { VmItem } from '../src/protocol/app';
import { Icon } from './components/icon';
import { FullScreenBar } from './features/console/full-screen-bar';
import { HomeTab } from './features/home/home-tab';
import { LibraryPanel } from './features/library/library-panel';
import { Notices } from './features/notices/notices';
import { startAskingAfterPowerOff } from './state/after-power-off';
import { stateLook } from './features/vm/state-text';
import { StatusBar } from './features/vm/status-bar';
import { Toolbar } from './features/vm/toolbar';
import { DropTarget } from './features/wizard/drop-target';
import { startMenuCommands } from './menu-commands';
import { useMenuState } from './use-menu-state';
import { openDialog } from './state/dialogs';
import { library } from './state/library';
import { useStore } from './state/store';
import { activateTab, closeTab, HOME, tabs } from './state/tabs';
import { isFullScreen, isLibraryShown } from './state/window';

export function App() {
  const { active, open } = useStore(tabs);
  const items = useStore(library);
  const isOpen = useStore(isLibraryShown);
  const full = useStore(isFullScreen);
  const vm = items?.find(({ id }) => id === active);
  const shown = open.flatMap((id) => items?.find((item) => item.id === id) ?? []);
  useMenuState(vm);
  useEffect(startMenuCommands, []);
  useEffect(startAskingAfterPowerOff, []);
  const title = vm?.name ?? '';
  useEffect(() => {
    document.title = title === '' ? translate('app.name') : `${title} - ${translate('app.name')}`;
  }, [title]);
  return (
    <div className={`app ${full ? 'is-full-screen' : ''}`}>
      <header>{full ? <FullScreenBar vm={vm} /> : <Toolbar vm={vm} />}</header>
      <div className="middle">
        {isOpen && !full ? <LibraryPanel /> : null}
        <main
          className="content"
          onKeyDown={({ key, target }: KeyboardEvent) => {
            const isTab = target instanceof HTMLElement && target.classList.contains('tab');
            if (key === 'Delete' && isTab && active !== HOME) closeTab(active);
          }}
        >
          <Tabs className="content" selectedKey={active} onSelectionChange={(key) => activateTab(String(key))}>
            <TabList className="tab-strip" aria-label={translate('tabs.label')}>
              <Tab id={HOME} className="tab">
                <Icon name="home" size={17} />
                {translate('tabs.home')}
              </Tab>
              {shown.map((item) => (
                <VmTabHandle key={item.id} vm={item} />
              ))}
            </TabList>
            <TabPanel id={HOME} className="tab-panel">
              <HomeTab />
            </TabPanel>
            {shown.map((item) => (
              <TabPanel key={item.id} id={item.id} className="tab-panel">
                <Suspense fallback={null}>
                  <VmTab vm={item} />
                </Suspense>
              </TabPanel>
            ))}
          </Tabs>
        </main>
      </div>
      {full ? null : <StatusBar vm={vm} />}
      <OpenDialogView />
      <DropTarget />
      <Notices />
    </div>
  );
}

/** The cross is for the mouse; the keyboard has Ctrl+W and Delete. */
function VmTabHandle({ vm }: { readonly vm: VmItem }) {
  return (
    <Tab id={vm.id} className={`tab ${stateLook(vm)}`} aria-label={vm.name}>
      <span className="lamp" />
      <span className="row-name">{vm.name}</span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse only */}
      <span
        className="tab-close"
        aria-hidden="true"
        title={translate('tabs.close')}
        onPointerDown={(event) => event.stopPropagation()}
        onMouseDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation();
          closeTab(vm.id);
        }}
      >
        <Icon name="close" size={14} />
      </span>
    </Tab>
  );
}

// A window's first picture has neither.
const Dialogs = lazy(() => import('./dialogs'));
const VmTab = lazy(() => import('./features/vm/vm-tab'));

function OpenDialogView() {
  if (useStore(openDialog) === undefined) return null;
  return (
    <Suspense fallback={null}>
      <Dialogs />
    </Suspense>
  );
}
