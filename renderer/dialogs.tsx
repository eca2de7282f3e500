import { DialogErrors } from './components/dialog';
import { AboutDialog } from './features/home/about-dialog';
import { CloseDialog } from './features/home/close-dialog';
import { TypeDialog } from './features/console/type-dialog';
import { PreferencesDialog } from './features/preferences/preferences-dialog';
import { LogDialog } from './features/support/log-dialog';
import { SupportDialog } from './features/support/support-dialog';
import { SettingsDialog } from './features/settings/settings-dialog';
import { RestoreDialog } from './features/snapshots/restore-dialog';
import { SnapshotManager } from './features/snapshots/snapshot-manager';
import { TakeDialog } from './features/snapshots/take-dialog';
import { MovedOrCopiedDialog } from './features/vm/moved-or-copied-dialog';
import { ConsentDialog } from './features/vm/consent-dialog';
import { DiscardStateDialog } from './features/vm/discard-state-dialog';
import { DeleteDialog } from './features/vm/delete-dialog';
import { Wizard } from './features/wizard/wizard';
import { AfterPowerOffDialog } from './features/vm/after-power-off';
import { DialogNotices } from './features/notices/notices';
import { closeDialog, openDialog } from './state/dialogs';
import { library, vmById } from './state/library';
import { useStore } from './state/store';

/** The dialog that is open. Loaded after the window's first picture, which needs none. */
export default function Dialogs() {
  return (
    <DialogErrors.Provider value={<DialogNotices />}>
      <Open />
    </DialogErrors.Provider>
  );
}

function Open() {
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
