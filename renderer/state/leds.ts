import type { VmId } from '../../src/protocol/app';
import { Store } from './store';

/** The lights of the guests' keyboards: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. */
export const guestLeds = new Store<ReadonlyMap<VmId, number>>(new Map());

export function setGuestLeds(vm: VmId, leds: number): void {
  guestLeds.update((map) => new Map(map).set(vm, leds));
}
