import type { VmId } from '../../src/protocol/app';
import { library } from './library';
import { rememberedList } from './remembered';
import { Store } from './store';

export const HOME = 'home';

export interface Tabs {
  readonly open: readonly VmId[];
  /** HOME or one of `open`. */
  readonly active: string;
}

const kept = rememberedList('layout.tabs');

/** Those that were open last are open again, behind Home. */
export const tabs = new Store<Tabs>({ open: [...new Set(kept.get())], active: HOME });
tabs.subscribe(() => kept.set(tabs.get().open));

export function openTab(id: VmId): void {
  tabs.update(({ open }) => ({ open: open.includes(id) ? open : [...open, id], active: id }));
}

export function activateTab(id: string): void {
  tabs.update((now) => ({ ...now, active: id }));
}

export function closeTab(id: VmId): void {
  tabs.update((now) => withoutTab(now, id));
}

/** Towards the end, and round. */
export function stepTab(step: 1 | -1): void {
  tabs.update((now) => {
    const all = [HOME, ...now.open];
    const at = all.indexOf(now.active);
    return { ...now, active: all[(at + step + all.length) % all.length] as string };
  });
}

/** The neighbour takes over from a closed tab. */
export function withoutTab({ open, active }: Tabs, id: VmId): Tabs {
  const at = open.indexOf(id);
  const left = open.filter((other) => other !== id);
  return { open: left, active: active === id ? (left[Math.min(at, left.length - 1)] ?? HOME) : active };
}

// A VM that left the library has no tab.
library.subscribe(() => {
  const known = new Set(library.get()?.map(({ id }) => id));
  for (const id of tabs.get().open) if (!known.has(id)) closeTab(id);
});
