import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { VmError } from '../base/errors';
import { createRing, RingConsumer, RingProducer } from '../machine/ring';
import type { DeadEnd } from '../protocol/console';
import type { MachineInput } from '../machine/inputs';
import type { Rect, ScreenMode } from '../machine/screen';
import { FRAME_BUFFER_BYTES, type MachineThreadInit } from './machine-thread-init';
import { packStrokes, withoutBytes } from './machine-link';
import { type MachineThreads, startThreads } from './machine-threads';
import { LAST_PICTURE, type ToHost, type ToMachine } from './machine-messages';
import type { KeyStroke } from '../protocol/guest';
import type { StopCause } from './machine-loop';
import type { MediaRequest } from './media-server';
import { createPlanRing } from './plan-ring';

const RING_BYTES = 8 << 20;
/** The machine thread counts no more. */
const MOST_FRAMES_ASKED = 2;

export interface MachineEvents {
  ready(): void;
  running(): void;
  disk(request: MediaRequest, bytes: Uint8Array): void;
  eject(port: string): void;
  locked(port: string, locked: boolean): void;
  serial(port: number, bytes: Uint8Array): void;
  parallel(bytes: Uint8Array): void;
  tap(port: number, bytes: Uint8Array): void;
  /** Pixels are in `frame` (RGBA, rows of mode.width) until `wantFrame` is called again. */
  frame(mode: ScreenMode, rects: readonly Rect[]): void;
  nvram(bytes: Uint8Array): void;
  leds(leds: number): void;
  sound(rate: number, samples: Uint8Array): void;
  pointerMode(absolute: boolean): void;
  deadEnd(found: DeadEnd): void;
  restarted?(): void;
  /** The guest waits for the files of its kernel, which are still to be read. */
  kernelWanted?(): void;
  /** State hash at a checkpoint of a recorded or replayed run. */
  hash?(count: number, hash: string): void;
  stopped(cause: StopCause): void;
  /** The thread that compiles died: the VM goes on, slowly. */
  compilerFailed?(error: Error): void;
  /** The machine thread itself died: a bug of ours. */
  failed(error: Error): void;
}

/** The guest's screen as RGBA. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

type Waiting = {
  parts: Uint8Array[];
  resolve: (value: { value: unknown; bytes: Uint8Array }) => void;
  reject: (error: Error) => void;
};

/** The host side of a machine thread: starts it, talks to it through the rings, ends it. */
export class MachineHost {
  readonly frame = new Uint8Array(new SharedArrayBuffer(FRAME_BUFFER_BYTES));
  readonly #toMachine: RingProducer;
  readonly #fromMachine: RingConsumer;
  readonly #worker: Worker;
  readonly #compiler: Worker | undefined;
  readonly #unsent: { message: ToMachine; bytes: Uint8Array | undefined }[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #pausedWaiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;
  #lastPicture: Picture | undefined;
  #framesAsked = 0;
  #framesSent = 0;

  constructor(
    scripts: { readonly machineThread: string; readonly regionCompiler: string },
    init: Omit<MachineThreadInit, 'rings' | 'frameBuffer' | 'compiler'>,
    private readonly events: MachineEvents,
    threads: MachineThreads = startThreads(scripts),
  ) {
    const rings = { toMachine: createRing(RING_BYTES), toHost: createRing(RING_BYTES) };
    this.#toMachine = new RingProducer(rings.toMachine);
    this.#fromMachine = new RingConsumer(rings.toHost);
    const frameBuffer = this.frame.buffer as SharedArrayBuffer;
    const channel = init.jit === 'background' ? new MessageChannel() : undefined;
    const compiler = channel === undefined ? undefined : { plans: createPlanRing(), answers: channel.port1 };
    const threadInit: MachineThreadInit = { ...init, rings, frameBuffer, compiler };
    const ports = (port: MessagePort | undefined): MessagePort[] => (port === undefined ? [] : [port]);
    this.#worker = threads.machine;
    this.#worker.postMessage(threadInit, ports(channel?.port1));
    this.#compiler = channel === undefined ? undefined : threads.compiler;
    if (channel === undefined) void threads.compiler?.terminate();
    if (channel !== undefined && compiler !== undefined) {
      const { plans } = compiler;
      const { model, vendor } = init.config.cpu;
      const data = { plans, memory: init.memory.buffer, answers: channel.port2, model, vendor };
      this.#compiler?.postMessage(data, [channel.port2]);
      // without it everything is interpreted, which is slow and right
      this.#compiler?.on('error', (error) => this.events.compilerFailed?.(error));
    }
    this.#waiting.set(LAST_PICTURE, {
      parts: [],
      resolve: (answer) => {
        this.#lastPicture = pictureOf(answer);
      },
      reject: () => undefined,
    });
    this.#worker.on('message', () => this.#drain());
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the machine thread ended unexpectedly')));
  }

  input(input: MachineInput): void {
    const { input: bare, bytes } = withoutBytes(input);
    this.#send({ t: 'input', input: bare }, bytes);
  }

  /** Keys of a user; they wait for a guest that is busy. */
  keys(strokes: readonly KeyStroke[]): void {
    this.#send({ t: 'keys', strokes });
  }

  /** Resolves when the last stroke has entered the machine. */
  async type(strokes: readonly KeyStroke[]): Promise<void> {
    await this.#ask((id) => ({ t: 'type', id }), packStrokes(strokes));
  }

  /** Resolves when the vCPUs stand still. */
  pause(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) return reject(gone());
      this.#pausedWaiters.push({ resolve, reject });
      this.#send({ t: 'pause' });
    });
  }

  resume(): void {
    this.#send({ t: 'resume' });
  }

  /** Device and CPU state of a paused machine, after its disk requests have been answered. */
  async save(): Promise<Uint8Array> {
    return (await this.#ask((id) => ({ t: 'save', id }))).bytes;
  }

  async screenText(): Promise<unknown> {
    return (await this.#ask((id) => ({ t: 'screenText', id }))).value;
  }

  /** What the screen shows, or last showed when the guest ended by itself. */
  async screenPicture(): Promise<Picture> {
    return this.#lastPicture ?? pictureOf(await this.#ask((id) => ({ t: 'screenPicture', id })));
  }

  /** The screen of a guest that ended by itself. */
  get lastPicture(): Picture | undefined {
    return this.#lastPicture;
  }

  /** Everything that entered the machine so far, packed. */
  async recording(): Promise<Uint8Array> {
    return (await this.#ask((id) => ({ t: 'recording', id }))).bytes;
  }

  async stats(): Promise<unknown> {
    return (await this.#ask((id) => ({ t: 'stats', id }))).value;
  }

  /**
   * Changes whenever the screen may have changed. Where nobody asked for a frame, none tells of that: then this asks for one.
   */
  screenVersion(): number {
    if (this.#framesAsked === 0) {
      this.wantFrame(false);
      // What happened before is not known.
      this.#framesSent++;
    }
    return this.#framesSent;
  }

  /** Asks for the next frame; one is sent when something changed. */
  wantFrame(full: boolean): void {
    this.#framesAsked = Math.min(MOST_FRAMES_ASKED, this.#framesAsked + 1);
    this.#send({ t: 'frameWanted', full });
  }

  /** Ends the machine: asks first, then does not ask. */
  async terminate(): Promise<void> {
    this.#hasEnded = true;
    this.#send({ t: 'stop' });
    await Promise.all([this.#worker.terminate(), this.#compiler?.terminate()]);
    this.#rejectAll();
  }

  #ask(message: (id: number) => ToMachine, sent?: Uint8Array): Promise<{ value: unknown; bytes: Uint8Array }> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) return reject(gone());
      const id = this.#nextId++;
      this.#waiting.set(id, { parts: [], resolve, reject });
      this.#send(message(id), sent);
    });
  }

  #send(message: ToMachine, bytes?: Uint8Array): void {
    this.#unsent.push({ message, bytes });
    this.#pump();
  }

  /** Order is kept: what finds no room waits here, on the side that may wait. */
  #pump(): void {
    while (this.#unsent.length > 0) {
      const next = this.#unsent[0] as { message: ToMachine; bytes: Uint8Array | undefined };
      if (!this.#toMachine.tryPush(next.message, next.bytes)) {
        if (this.#hasEnded) return;
        this.#retryTimer ??= setTimeout(() => {
          this.#retryTimer = undefined;
          this.#pump();
        }, 2);
        return;
      }
      this.#unsent.shift();
    }
  }

  #drain(): void {
    for (;;) {
      const record = this.#fromMachine.pop();
      if (record === undefined) return;
      this.#handle(record.value as ToHost, record.bytes);
    }
  }

  #handle(message: ToHost, bytes: Uint8Array): void {
    switch (message.t) {
      case 'ready':
        return this.events.ready();
      case 'running':
        return this.events.running();
      case 'disk':
        return this.events.disk(message, bytes);
      case 'eject':
        return this.events.eject(message.port);
      case 'locked':
        return this.events.locked(message.port, message.locked);
      case 'serial':
        return this.events.serial(message.port, bytes);
      case 'parallel':
        return this.events.parallel(bytes);
      case 'tap':
        return this.events.tap(message.port, bytes);
      case 'frame':
        this.#framesAsked--;
        this.#framesSent++;
        return this.events.frame(message.mode, message.rects);
      case 'leds':
        return this.events.leds(message.leds);
      case 'sound':
        return this.events.sound(message.rate, bytes);
      case 'pointerMode':
        return this.events.pointerMode(message.absolute);
      case 'deadEnd':
        return this.events.deadEnd(message.found);
      case 'paused': {
        const waiters = this.#pausedWaiters;
        this.#pausedWaiters = [];
        for (const waiter of waiters) waiter.resolve();
        return;
      }
      case 'saved':
        if (message.error === undefined) return this.#answered(message.id, { value: undefined, bytes });
        this.#waiting.get(message.id)?.reject(new VmError('internal', message.error));
        this.#waiting.delete(message.id);
        return;
      case 'answer':
        return this.#answered(message.id, { value: message.value, bytes });
      case 'part':
        this.#waiting.get(message.id)?.parts.push(bytes);
        return;
      case 'nvram':
        return this.events.nvram(bytes);
      case 'hash':
        return this.events.hash?.(message.count, message.hash);
      case 'restarted':
        return this.events.restarted?.();
      case 'kernelWanted':
        return this.events.kernelWanted?.();
      case 'stopped':
        // The answer to our own `terminate` is no news.
        if (this.#hasEnded) return;
        this.#hasEnded = true;
        this.#rejectAll();
        return this.events.stopped(message.cause);
    }
  }

  #answered(id: number, answer: { value: unknown; bytes: Uint8Array }): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.resolve(waiting.parts.length === 0 ? answer : { ...answer, bytes: Buffer.concat(waiting.parts) });
  }

  #end(error: Error): void {
    this.#drain();
    void this.#compiler?.terminate();
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#rejectAll();
    this.events.failed(error);
  }

  #rejectAll(): void {
    clearTimeout(this.#retryTimer);
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
    for (const { reject } of this.#pausedWaiters) reject(gone());
    this.#pausedWaiters = [];
  }
}

function pictureOf({ value, bytes }: { value: unknown; bytes: Uint8Array }): Picture {
  return { ...(value as { width: number; height: number }), rgba: bytes };
}

function gone(): VmError {
  return new VmError('guest-gone', 'the VM is not running any more');
}
