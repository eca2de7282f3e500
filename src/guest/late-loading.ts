import type { MemoryLoader } from './machine-threads';

/** A guest that has just gone on needs the computer itself. */
const SOON_MS = 3000;

/** The RAM that a guest has not touched yet is loaded a moment after it went on, or as soon as somebody needs all of it. */
export class LateLoading {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #loading: Promise<void> | undefined;
  #isClosed = false;

  constructor(private readonly loader: Pick<MemoryLoader, 'loadLate' | 'close'>) {}

  /** `onTrouble` hears of a failure; the next `loadAll` tries again. */
  loadSoon(onTrouble: (error: unknown) => void): void {
    this.#timer = setTimeout(() => {
      this.loadAll().catch((error: unknown) => {
        // The VM ended meanwhile: nobody needs the rest.
        if (!this.#isClosed) onTrouble(error);
      });
    }, SOON_MS);
  }

  loadAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#loading ??= this.loader.loadLate().then(
      () => this.loader.close(),
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.loader.close();
  }
}
