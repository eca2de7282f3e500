export interface Disposable {
  dispose(): void;
}

/** A disposable from a function; disposing twice runs it once. */
export function toDisposable(run: () => void): Disposable {
  let done = false;
  return {
    dispose() {
      if (done) return;
      done = true;
      run();
    },
  };
}

/** Owns others and disposes them in reverse order; what is added after disposal is disposed at once. */
export class DisposableStore implements Disposable {
  readonly #owned: Disposable[] = [];
  #isDisposed = false;

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#isDisposed) item.dispose();
    else this.#owned.push(item);
    return item;
  }

  addCallback(run: () => void): Disposable {
    return this.add(toDisposable(run));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const failures: unknown[] = [];
    for (let item = this.#owned.pop(); item !== undefined; item = this.#owned.pop()) {
      try {
        item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
