import { type KeyboardEvent, useEffect } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { translate } from '../src/i18n/translate';
import type { VmItem } from '../src/protocol/app';
import { DialogErrors } from './components/dialog';
import { Icon } from './components/icon';
import { AboutDialog } from './features/home/about-dialog';
import { CloseDialog } from './features/home/close-dialog';
import { FullScreenBar } from './features/console/full-screen-bar';
import { TypeDialog } from './features/console/type-dialog';
import { HomeTab } from './features/home/home-tab';
import { LibraryPanel } from './features/library/library-panel';
import { DialogNotices, Notices } from './features/notices/notices';
import { PreferencesDialog } from './features/preferences/preferences-dialog';
import { LogDialog } from './features/support/log-dialog';
import { SupportDialog } from './features/support/support-dialog';
import { SettingsDialog } from './features/settings/settings-dialog';
import { RestoreDialog } from './features/snapshots/restore-dialog';
import { SnapshotManager } from './features/snapshots/snapshot-manager';
import { TakeDialog } from './features/snapshots/take-dialog';
import { AfterPowerOffDialog, startAskingAfterPowerOff } from './features/vm/after-power-off';
import { MovedOrCopiedDialog } from './features/vm/moved-or-copied-dialog';
import { ConsentDialog } from './features/vm/consent-dialog';
import { DiscardStateDialog } from './features/vm/discard-state-dialog';
import { DeleteDialog } from './features/vm/delete-dialog';
import { stateLook } from './features/vm/state-text';
import { StatusBar } from './features/vm/status-bar';
import { Toolbar } from './features/vm/toolbar';
import { VmTab } from './features/vm/vm-tab';
import { DropTarget } from './features/wizard/drop-target';
import { Wizard } from './features/wizard/wizard';
import { startMenuCommands } from './menu-commands';
import { useMenuState } from './menu-state';
import { closeDialog, openDialog } from './state/dialogs';
import { library, vmById } from './state/library';
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
                <VmTab vm={item} />
              </TabPanel>
            ))}
          </Tabs>
        </main>
      </div>
      {full ? null : <StatusBar vm={vm} />}
      <DialogErrors.Provider value={<DialogNotices />}>
        <Dialogs />
      </DialogErrors.Provider>
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

function Dialogs() {
  const dialog = useStore(openDialog);
  useStore(library);
  if (dialog === undefined) return null;
  switch (dialog.kind) {
    case 'newVm':
      return <Wizard key={dialog.file?.token ?? ''} file={dialog.file} />;
    case 'closing':
      return <CloseDialog names={dialog.names} />;
    case 'preferences':
      return <PreferencesDialog />;
    case 'about':
      return <AboutDialog />;
    case 'deleteVms':
      return <DeleteDialog ids={dialog.vms} />;
    default: {
      const vm = vmById(dialog.vm);
      if (vm === undefined) return null;
      if (dialog.kind === 'typeText') return <TypeDialog vm={vm} />;
      if (dialog.kind === 'settings') return <SettingsDialog vm={vm} device={dialog.device} />;
      if (dialog.kind === 'afterPowerOff') return <AfterPowerOffDialog vm={vm} />;
      if (dialog.kind === 'discardState') return <DiscardStateDialog vm={vm} />;
      if (dialog.kind === 'consent') return <ConsentDialog vm={vm} />;
      if (dialog.kind === 'movedOrCopied') return <MovedOrCopiedDialog vm={vm} />;
      if (dialog.kind === 'log') return <LogDialog vm={vm} />;
      if (dialog.kind === 'support') return <SupportDialog vm={vm} />;
      if (dialog.kind === 'takeSnapshot') return <TakeDialog vm={vm} onDone={closeDialog} />;
      if (dialog.kind === 'restoreSnapshot') {
        return <RestoreDialog vm={vm} snapshot={dialog.snapshot} onDone={closeDialog} />;
      }
      return <SnapshotManager vm={vm} />;
    }
  }
}
