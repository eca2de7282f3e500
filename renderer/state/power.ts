import { VmError } from '../../src/base/errors';
import type { VmId, VmItem } from '../../src/protocol/app';
import { call } from '../bridge/bridge';
import { showDialog } from './dialogs';
import { report } from './notices';

export type PowerAction = 'powerOn' | 'resume' | 'pause' | 'suspend' | 'shutDown' | 'reset' | 'powerOff';

/** What can be asked of a VM as it is. */
export function possibleActions({ kind, status }: Pick<VmItem, 'kind' | 'status'>): ReadonlySet<PowerAction> {
  if (kind !== 'ok') return new Set();
  switch (status.kind) {
    case 'stopped':
    case 'crashed':
      return new Set(['powerOn']);
    case 'suspended':
      return new Set(['resume', 'powerOff']);
    case 'running':
      return new Set(['pause', 'suspend', 'shutDown', 'reset', 'powerOff']);
    case 'paused':
      return new Set(['resume', 'suspend', 'reset', 'powerOff']);
    case 'starting':
    case 'saving':
      return new Set(['powerOff']);
    case 'stopping':
      return new Set();
  }
}

/** Whether there is a machine to show. */
export function isPoweredOn({ status }: Pick<VmItem, 'status'>): boolean {
  return !['stopped', 'suspended', 'crashed'].includes(status.kind);
}

export function canTakeSnapshot({ kind, status }: Pick<VmItem, 'kind' | 'status'>): boolean {
  return kind === 'ok' && ['stopped', 'suspended', 'running', 'paused'].includes(status.kind);
}

export function doPower(vm: VmItem, action: PowerAction): void {
  if (!possibleActions(vm).has(action)) return;
  if (action === 'powerOff' && vm.status.kind === 'suspended') return showDialog({ kind: 'discardState', vm: vm.id });
  void ask(vm, action).catch((error: unknown) => startFailed(vm.id, error));
}

/** A VM that reaches outside its folder, or lies elsewhere than it did, asks first; other trouble is told. */
export function startFailed(vm: VmId, error: unknown): void {
  const { code } = VmError.from(error);
  if (code === 'consent-needed') showDialog({ kind: 'consent', vm });
  else if (code === 'moved-or-copied') showDialog({ kind: 'movedOrCopied', vm });
  else report(error);
}

async function ask({ id, status }: VmItem, action: PowerAction): Promise<void> {
  const args = { vm: id };
  switch (action) {
    case 'powerOn':
      return call('vm.start', args);
    case 'resume':
      return status.kind === 'suspended' ? call('vm.start', args) : call('vm.resume', args);
    case 'pause':
      return call('vm.pause', args);
    case 'suspend':
      return call('vm.suspend', args);
    case 'shutDown':
      return call('vm.shutDown', args);
    case 'reset':
      return call('vm.reset', args);
    case 'powerOff':
      return call('vm.powerOff', args);
  }
}
