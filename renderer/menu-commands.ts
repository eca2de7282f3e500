import type { MenuCommand, VmItem } from '../src/protocol/app';
import { specialKeys } from '../src/protocol/special-keys';
import { onEvent } from './bridge/bridge';
import { captureToClipboard, captureToFile } from './features/console/capture';
import { toggleRecording } from './features/console/recording';
import { consoleCommands } from './features/console/console-commands';
import { openVmFolder } from './features/library/open-vm';
import { revertToCurrent } from './features/snapshots/revert';
import { openDialog, showDialog } from './state/dialogs';
import { vmById } from './state/library';
import { canTakeSnapshot, doPower, isPoweredOn, type PowerAction, possibleActions } from './state/power';
import { setScale } from './state/scale';
import { closeTab, openTab, stepTab, tabs } from './state/tabs';
import { isFullScreen, isLibraryShown, setFullScreen } from './state/window';

const POWER: Partial<Record<MenuCommand, PowerAction>> = {
  pause: 'pause',
  suspend: 'suspend',
  shutDown: 'shutDown',
  reset: 'reset',
  powerOff: 'powerOff',
};

/** Does what the native menu and its accelerators ask. Returns what ends it. */
export function startMenuCommands(): () => void {
  const ends = [
    onEvent('menu', (command) => {
      // A dialog has the word until it is closed.
      if (openDialog.get() === undefined) run(command);
    }),
    onEvent('showVm', ({ vm }) => openTab(vm)),
    onEvent('closeAsked', ({ names }) => showDialog({ kind: 'closing', names })),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function run(command: MenuCommand): void {
  const vm = vmById(tabs.get().active);
  switch (command) {
    case 'newVm':
      return showDialog({ kind: 'newVm' });
    case 'openVm':
      return void openVmFolder();
    case 'preferences':
      return showDialog({ kind: 'preferences' });
    case 'about':
      return showDialog({ kind: 'about' });
    case 'nextTab':
      return stepTab(1);
    case 'previousTab':
      return stepTab(-1);
    case 'toggleLibrary':
      return isLibraryShown.set(!isLibraryShown.get());
    case 'fullScreen':
      return setFullScreen(!isFullScreen.get());
    default:
      if (vm !== undefined) runOnVm(command, vm);
  }
}

function runOnVm(command: MenuCommand, vm: VmItem): void {
  const key = specialKeys.find((name) => command === `send.${name}`);
  if (key !== undefined) return consoleCommands.get()?.send(key);
  const power = POWER[command];
  if (power !== undefined) return doPower(vm, power);
  switch (command) {
    case 'powerOn':
      return doPower(vm, possibleActions(vm).has('resume') ? 'resume' : 'powerOn');
    case 'closeTab':
      return closeTab(vm.id);
    case 'takeSnapshot':
      return canTakeSnapshot(vm) ? showDialog({ kind: 'takeSnapshot', vm: vm.id }) : undefined;
    case 'revertSnapshot':
      return void revertToCurrent(vm);
    case 'snapshotManager':
      return vm.kind === 'ok' ? showDialog({ kind: 'snapshots', vm: vm.id }) : undefined;
    case 'settings':
      return vm.kind === 'ok' ? showDialog({ kind: 'settings', vm: vm.id }) : undefined;
    case 'grabInput':
      return consoleCommands.get()?.grab();
    case 'typeText':
      return isPoweredOn(vm) ? showDialog({ kind: 'typeText', vm: vm.id }) : undefined;
    case 'captureToFile':
      return isPoweredOn(vm) ? captureToFile(vm.id) : undefined;
    case 'captureToClipboard':
      return isPoweredOn(vm) ? captureToClipboard(vm.id) : undefined;
    case 'recordScreen':
      return isPoweredOn(vm) ? toggleRecording(vm.id) : undefined;
    case 'screenFit':
      return setScale(vm.id, 'fit');
    case 'screenPixel':
      return setScale(vm.id, 'pixel');
    case 'screenStretch':
      return setScale(vm.id, 'stretch');
    default:
      return undefined;
  }
}
