import { type ErrorCode, VmError, type WireError } from '../base/errors';

/** Both ends must say the same number; a difference ends the link with 'protocol-mismatch'. */
export const PROTOCOL_VERSION = 2;

export type Frame =
  | { readonly t: 'hello'; readonly protocol: number }
  | { readonly t: 'cancel'; readonly id: number }
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly t: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly t: 'err'; readonly id: number; readonly error: WireError }
  | { readonly t: 'event'; readonly name: string; readonly value: unknown };

/** One end of a link between processes: a port, a socket. */
export interface Transport {
  send(frame: Frame): void;
  /** Set once by the endpoint. What arrives is not trusted. */
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  close(): void;
}

/** A map of calls: name → function of one argument object. */
export type CallMap = { readonly [name: string]: (args: never) => unknown };
export type EventMap = { readonly [name: string]: unknown };

export type ArgsOf<C, N extends keyof C> = C[N] extends (args: infer A) => unknown ? A : never;
export type ResultOf<C, N extends keyof C> = C[N] extends (args: never) => infer R ? R : never;

/** Checks the shape of a call's arguments on arrival; undefined = fine, otherwise what is wrong. */
export type ArgsCheck = (args: unknown) => string | undefined;

export type Handlers<C> = {
  readonly [N in keyof C]: (args: ArgsOf<C, N>, signal: AbortSignal) => ResultOf<C, N> | Promise<ResultOf<C, N>>;
};
export type Checks<C> = { readonly [N in keyof C]: ArgsCheck };

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: VmError) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

const MAX_OPEN_CALLS = 256;

/**
 * One end of a typed link: calls the other side's `Theirs`, answers `Ours`, sends and receives events. Messages that do not fit
 * are answered with an error or dropped; they never throw here.
 */
export class Endpoint<Theirs, TheirEvents, Ours, OurEvents> {
  readonly #pending = new Map<number, PendingCall>();
  readonly #running = new Map<number, AbortController>();
  readonly #onAnswered: (() => void)[] = [];
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  #nextId = 1;
  #isClosed = false;
  onClose: (() => void) | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly handlers: Handlers<Ours>,
    private readonly checks: Checks<Ours>,
  ) {
    transport.onFrame = (frame) => this.#receive(frame);
    transport.onClose = () => this.#closed();
    transport.send({ t: 'hello', protocol: PROTOCOL_VERSION });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Rejects with VmError: the other side's, 'timeout', or 'guest-gone' when the link ends first. */
  call<N extends keyof Theirs & string>(
    name: N,
    args: ArgsOf<Theirs, N>,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<ResultOf<Theirs, N>> {
    if (this.#isClosed)
      return Promise.reject(new VmError('guest-gone', `cannot call ${name}: the other process is gone`));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer =
        options.timeoutMs === undefined
          ? undefined
          : setTimeout(
              () => this.#abandon(id, new VmError('timeout', `${name} took longer than ${options.timeoutMs} ms`)),
              options.timeoutMs,
            );
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
      options.signal?.addEventListener(
        'abort',
        () => this.#abandon(id, new VmError('cancelled', `${name} was cancelled`)),
        { once: true },
      );
      this.transport.send({ t: 'call', id, name, args });
    });
  }

  emit<N extends keyof OurEvents & string>(name: N, value: OurEvents[N]): void {
    if (!this.#isClosed) this.transport.send({ t: 'event', name, value });
  }

  /** Returns what removes the listener. */
  on<N extends keyof TheirEvents & string>(name: N, listener: (value: TheirEvents[N]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener as (value: never) => void);
    return () => listeners.delete(listener as (value: never) => void);
  }

  /** Resolves when no call of the other side waits for its answer. */
  answered(): Promise<void> {
    return this.#running.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onAnswered.push(resolve));
  }

  close(): void {
    this.transport.close();
    this.#closed();
  }

  #receive(raw: unknown): void {
    if (this.#isClosed || typeof raw !== 'object' || raw === null) return;
    const frame = raw as Partial<Record<string, unknown>>;
    const id = typeof frame.id === 'number' ? frame.id : -1;
    switch (frame.t) {
      case 'hello':
        if (frame.protocol !== PROTOCOL_VERSION) this.close();
        return;
      case 'call':
        if (typeof frame.name === 'string' && id >= 0) void this.#answer(id, frame.name, frame.args);
        return;
      case 'cancel':
        this.#running.get(id)?.abort();
        return;
      case 'ok':
        this.#settle(id, (pending) => pending.resolve(frame.value));
        return;
      case 'err':
        this.#settle(id, (pending) => pending.reject(wireToError(frame.error)));
        return;
      case 'event':
        if (typeof frame.name === 'string')
          for (const listener of this.#listeners.get(frame.name) ?? []) listener(frame.value as never);
        return;
      default:
        return;
    }
  }

  async #answer(id: number, name: string, args: unknown): Promise<void> {
    const fail = (code: ErrorCode, message: string): void =>
      this.transport.send({ t: 'err', id, error: { code, message } });
    if (!Object.hasOwn(this.handlers as object, name)) return fail('unknown-call', `there is no call '${name}'`);
    if (this.#running.size >= MAX_OPEN_CALLS) return fail('guest-busy', 'too many calls at once');
    const key = name as keyof Ours & string;
    const problem = this.checks[key](args);
    if (problem !== undefined) return fail('bad-message', `${name}: ${problem}`);
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      const value = await this.handlers[key](args as ArgsOf<Ours, typeof key>, abort.signal);
      if (!this.#isClosed) this.transport.send({ t: 'ok', id, value });
    } catch (error) {
      if (!this.#isClosed) this.transport.send({ t: 'err', id, error: VmError.from(error).toWire() });
    } finally {
      this.#running.delete(id);
      if (this.#running.size === 0) for (const resolve of this.#onAnswered.splice(0)) resolve();
    }
  }

  #settle(id: number, how: (pending: PendingCall) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    how(pending);
  }

  #abandon(id: number, error: VmError): void {
    if (!this.#pending.has(id)) return;
    if (!this.#isClosed) this.transport.send({ t: 'cancel', id });
    this.#settle(id, (pending) => pending.reject(error));
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id, (pending) =>
        pending.reject(new VmError('guest-gone', 'the other process ended before it answered')),
      );
    }
    for (const abort of this.#running.values()) abort.abort();
    this.onClose?.();
  }
}

function wireToError(value: unknown): VmError {
  const wire = value as Partial<WireError> | null;
  if (typeof wire === 'object' && wire !== null && typeof wire.code === 'string' && typeof wire.message === 'string') {
    return VmError.fromWire(wire as WireError);
  }
  return new VmError('internal', 'the other process failed without saying why');
}
