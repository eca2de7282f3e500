import { Store } from './store';

/** A list of words that this window still knows at its next start. What was kept and is no such list counts as nothing. */
export function rememberedList(key: string): Store<readonly string[]> {
  const store = new Store(readList(localStorage.getItem(key)));
  store.subscribe(() => localStorage.setItem(key, JSON.stringify(store.get())));
  return store;
}

export function rememberedFlag(key: string, initial: boolean): Store<boolean> {
  const kept = localStorage.getItem(key);
  const store = new Store(kept === null ? initial : kept === 'true');
  store.subscribe(() => localStorage.setItem(key, String(store.get())));
  return store;
}

export function readList(kept: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(kept ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
