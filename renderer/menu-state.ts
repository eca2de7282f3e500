import type { DisplayScale } from '../src/config/display';
import type { MenuState, VmItem } from '../src/protocol/app';
import { canTakeSnapshot, isPoweredOn, possibleActions } from './state/power';

type Command = MenuState['possible'][number];

export interface MenuCircumstances {
  /** Whose tab is shown. */
  readonly vm: Pick<VmItem, 'kind' | 'status'> | undefined;
  readonly isDialogOpen: boolean;
  readonly hasTabs: boolean;
  readonly isFullScreen: boolean;
  readonly isLibraryShown: boolean;
  /** A console is there to send keys to. */
  readonly canSend: boolean;
  readonly scale: DisplayScale | undefined;
}

const ALWAYS: readonly Command[] = ['newVm', 'openVm', 'preferences', 'about', 'toggleLibrary'];
const STEPS: readonly Command[] = ['nextTab', 'previousTab'];
const OF_SCREEN: readonly Command[] = ['typeText', 'captureToFile', 'captureToClipboard', 'recordScreen'];
const OF_USABLE: readonly Command[] = ['snapshotManager', 'settings', 'screenFit', 'screenPixel', 'screenStretch'];

/** What the native menu's items can do now. Pure. A dialog has the word until it is closed. */
export function menuStateOf(now: MenuCircumstances): MenuState {
  const { vm, scale } = now;
  const isOn = vm !== undefined && isPoweredOn(vm);
  const actions = vm === undefined ? new Set() : possibleActions(vm);
  const power = (['pause', 'suspend', 'shutDown', 'reset', 'powerOff'] as const).filter((one) => actions.has(one));
  const when = (isSo: boolean, ...commands: readonly Command[]): readonly Command[] => (isSo ? commands : []);
  const possible = [
    ...ALWAYS,
    ...when(now.hasTabs, ...STEPS),
    ...when(vm !== undefined, 'closeTab'),
    // It resumes what is paused or suspended.
    ...when(actions.has('powerOn') || actions.has('resume'), 'powerOn'),
    ...power,
    ...when(vm !== undefined && canTakeSnapshot(vm), 'takeSnapshot', 'revertSnapshot'),
    ...when(vm?.kind === 'ok', ...OF_USABLE),
    ...when(isOn, ...OF_SCREEN),
    ...when(isOn || now.isFullScreen, 'fullScreen'),
    ...when(now.canSend, 'grabInput'),
  ];
  return {
    possible: now.isDialogOpen ? [] : possible,
    canSend: now.canSend && !now.isDialogOpen,
    isLibraryShown: now.isLibraryShown,
    scale: vm?.kind === 'ok' ? (scale ?? null) : null,
  };
}
