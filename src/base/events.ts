import { type Disposable, toDisposable } from './disposables';

export type Listener<T> = (value: T) => void;

/** What a class offers for others to listen to. */
export interface EventSource<T> {
  on(listener: Listener<T>): Disposable;
}

/**
 * Calls its listeners in the order they came. A listener that throws does not keep the others from hearing; the first
 * error is thrown on after all were called. Listeners added or removed during `emit` count from the next one.
 */
export class Emitter<T> implements EventSource<T>, Disposable {
  #listeners: readonly Listener<T>[] = [];

  get hasListeners(): boolean {
    return this.#listeners.length > 0;
  }

  on(listener: Listener<T>): Disposable {
    const entry: Listener<T> = (value) => listener(value);
    this.#listeners = [...this.#listeners, entry];
    return toDisposable(() => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    });
  }

  emit(value: T): void {
    let failure: { error: unknown } | undefined;
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  dispose(): void {
    this.#listeners = [];
  }
}
