import type { BlockPort, BlockResult, Medium } from '../../src/machine/block-port';

type Operation = 'read' | 'write' | 'flush';

/** A medium in memory. Requests wait until the test completes them, or complete at once with `isImmediate`. */
export class FakeBlockPort implements BlockPort {
  medium: Medium | undefined;
  onMediumChange: (() => void) | undefined;
  bytes: Uint8Array;
  isImmediate = false;
  isLocked = false;
  ejects = 0;
  /** The next request of this kind fails so. */
  failNext: Partial<Record<Operation, 'medium' | 'noMedium' | 'readOnly'>> = {};
  readonly log: { kind: Operation; offset: number; length: number }[] = [];
  readonly #waiting: (() => void)[] = [];
  #generation = 0;

  constructor(bytes: Uint8Array | undefined, isReadOnly = false) {
    this.bytes = bytes ?? new Uint8Array(0);
    if (bytes !== undefined) this.medium = { sizeBytes: bytes.length, isReadOnly, generation: ++this.#generation };
  }

  read(offset: number, length: number, done: (result: BlockResult<Uint8Array>) => void): void {
    this.#enqueue('read', offset, length, () => {
      const error = this.#errorOf('read', offset, length);
      done(error ? { ok: false, error } : { ok: true, value: this.bytes.slice(offset, offset + length) });
    });
  }

  write(offset: number, data: Uint8Array, done: (result: BlockResult<undefined>) => void): void {
    const copy = data.slice();
    this.#enqueue('write', offset, copy.length, () => {
      const error = this.#errorOf('write', offset, copy.length);
      if (!error) this.bytes.set(copy, offset);
      done(error ? { ok: false, error } : { ok: true, value: undefined });
    });
  }

  flush(done: (result: BlockResult<undefined>) => void): void {
    this.#enqueue('flush', 0, 0, () => {
      const error = this.#errorOf('flush', 0, 0);
      done(error ? { ok: false, error } : { ok: true, value: undefined });
    });
  }

  eject(): void {
    this.ejects++;
    this.insert(undefined);
  }

  setLocked(locked: boolean): void {
    this.isLocked = locked;
  }

  insert(bytes: Uint8Array | undefined, isReadOnly = false): void {
    this.bytes = bytes ?? new Uint8Array(0);
    this.medium = bytes && { sizeBytes: bytes.length, isReadOnly, generation: ++this.#generation };
    this.onMediumChange?.();
  }

  get pending(): number {
    return this.#waiting.length;
  }

  /** Completes the oldest request. */
  completeOne(): void {
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error('no request is waiting');
    next();
  }

  /** Completes everything, also what completions ask for. */
  completeAll(limit = 100_000): void {
    for (let i = 0; this.#waiting.length > 0; i++) {
      if (i >= limit) throw new Error('requests never end');
      this.completeOne();
    }
  }

  #enqueue(kind: Operation, offset: number, length: number, run: () => void): void {
    this.log.push({ kind, offset, length });
    if (this.isImmediate) run();
    else this.#waiting.push(run);
  }

  #errorOf(kind: Operation, offset: number, length: number): 'medium' | 'noMedium' | 'readOnly' | undefined {
    const planned = this.failNext[kind];
    delete this.failNext[kind];
    if (planned) return planned;
    if (this.medium === undefined) return 'noMedium';
    if (kind === 'write' && this.medium.isReadOnly) return 'readOnly';
    return offset < 0 || offset + length > this.bytes.length ? 'medium' : undefined;
  }
}
