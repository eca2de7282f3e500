import type { VmId } from '../../src/protocol/app';
import { onEvent } from '../bridge/bridge';
import { Store } from './store';

const SHOWN_MS = 150;

/** Devices whose lamp is lit, as 'vm/device'. */
export const busyDevices = new Store<ReadonlySet<string>>(new Set());
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export function activityKey(vm: VmId, device: string): string {
  return `${vm}/${device}`;
}

onEvent('activity', ({ vm, device }) => {
  const key = activityKey(vm, device);
  clearTimeout(timers.get(key));
  timers.set(
    key,
    setTimeout(() => {
      timers.delete(key);
      busyDevices.update((busy) => new Set([...busy].filter((other) => other !== key)));
    }, SHOWN_MS),
  );
  if (!busyDevices.get().has(key)) busyDevices.update((busy) => new Set([...busy, key]));
});
