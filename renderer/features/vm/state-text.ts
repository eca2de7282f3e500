import { type MessageKey, translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';

/** The state of a VM in words. */
export function stateText({ kind, status, runs }: Pick<VmItem, 'kind' | 'status' | 'runs'>): string {
  if (kind !== 'ok') return translate(`state.${kind}`);
  const text = statusText(status);
  return runs === 'elsewhere' ? `${text} (${translate('state.elsewhere')})` : text;
}

function statusText(status: VmItem['status']): string {
  if (status.kind === 'paused' && status.reason !== 'user') {
    return translate(status.reason === 'diskFull' ? 'state.pausedDiskFull' : 'state.pausedIoError');
  }
  if (status.kind === 'saving') return translate('state.savingDone', { percent: Math.floor(status.done * 100) });
  return translate(`state.${status.kind}` satisfies MessageKey);
}

/** The class of its lamp. */
export function stateLook({ kind, status }: Pick<VmItem, 'kind' | 'status'>): string {
  if (kind !== 'ok' || status.kind === 'crashed') return 'bad';
  if (status.kind === 'running') return 'on';
  if (status.kind === 'paused' || status.kind === 'suspended') return 'held';
  return status.kind === 'stopped' ? 'off' : 'busy';
}
