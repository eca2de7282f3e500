import { VmError } from '../../src/base/errors';
import { errorText } from '../../src/i18n/error-text';
import { translate } from '../../src/i18n/translate';
import { call, onEvent } from '../bridge/bridge';
import { type OpenDialog, openDialog } from './dialogs';
import { vmById } from './library';
import { Store } from './store';

export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'info';
  readonly text: string;
  /** What the user can do about it. */
  readonly action?: NoticeAction;
  /** That was open when it came. */
  readonly dialog?: OpenDialog;
}

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export const notices = new Store<readonly Notice[]>([]);
let nextId = 1;

const MAX_NOTICES = 4;
/** News go by themselves; errors stay until they are dismissed. */
const NEWS_MS = 10_000;
const ACTION_MS = 30_000;

export function notify(kind: Notice['kind'], text: string, action?: NoticeAction): void {
  const dialog = openDialog.get();
  const notice: Notice = {
    ...{ id: nextId++, kind, text },
    ...(action === undefined ? {} : { action }),
    ...(dialog === undefined ? {} : { dialog }),
  };
  notices.update((list) => [...list, notice].slice(-MAX_NOTICES));
  if (kind === 'info') setTimeout(() => dismiss(notice.id), action === undefined ? NEWS_MS : ACTION_MS);
}

/** An error that came while this dialog, which is open now, was: it is for whoever works in it. */
export function isAboutDialog({ kind, dialog }: Notice, open: OpenDialog | undefined): boolean {
  return kind === 'error' && dialog !== undefined && dialog === open;
}

export function dismiss(id: number): void {
  notices.update((list) => list.filter((notice) => notice.id !== id));
}

/** What went wrong, said to the user; the user's own cancelling is no news. */
export function report(error: unknown): void {
  const trouble = VmError.from(error);
  if (trouble.code !== 'cancelled') notify('error', sentence(errorText(trouble)));
}

export function sentence(message: string): string {
  const text = message.trim();
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

onEvent('failed', ({ error }) => notify('error', sentence(errorText(error))));
onEvent('log', ({ level, message }) => {
  if (level === 'error') notify('error', sentence(message));
});
onEvent('installed', ({ vm, device }) =>
  notify('info', translate('installed.text', { name: vmById(vm)?.name ?? '' }), {
    label: translate('installed.eject'),
    run: () => void call('vm.ejectMedium', { vm, device }).catch(report),
  }),
);
onEvent('ended', ({ vm, end }) => {
  const name = vmById(vm)?.name ?? '';
  if (end.kind === 'tripleFault') notify('error', translate('ended.tripleFault', { name }));
  if (end.kind === 'debugExit') notify('info', translate('ended.debugExit', { name, status: end.status }));
  if (end.kind === 'noReboot') notify('info', translate('ended.noReboot', { name }));
});
