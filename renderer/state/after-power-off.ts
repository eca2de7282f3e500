import { call, onEvent } from '../bridge/bridge';
import { openDialog, showDialog } from './dialogs';

/** Asks once a VM with that option has powered off. Returns what ends it. */
export function startAskingAfterPowerOff(): () => void {
  return onEvent('ended', ({ vm, end }) => {
    if (end.kind !== 'poweredOff') return;
    call('vm.details', { vm }).then(
      ({ settings }) => {
        if (settings.options.onPowerOff === 'ask' && openDialog.get() === undefined) {
          showDialog({ kind: 'afterPowerOff', vm });
        }
      },
      // Deleted meanwhile: nothing is left to ask about.
      () => undefined,
    );
  });
}
