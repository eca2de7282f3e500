import type { ConsoleInput, ConsoleMode, DeadEnd } from '../../../src/protocol/console';
import type { VmId } from '../../../src/protocol/app';
import { attachConsole } from '../../bridge/bridge';
import { setGuestLeds } from '../../state/leds';
import { Store } from '../../state/store';
import { CanvasSurface } from './canvas-surface';
import { type ScreenNews, ScreenSession } from './screen-session';
import { SoundOutput } from './sound-output';

/** Kept for terminals that open later. */
const MAX_SERIAL_BYTES = 1 << 20;

/** One window's link to one running VM: the canvas with its screen, the guest's text, lamps and serial ports. */
export class ConsoleConnection {
  readonly canvas = document.createElement('canvas');
  readonly mode = new Store<ConsoleMode | undefined>(undefined);
  readonly text = new Store<readonly string[]>([]);
  readonly isAbsolute = new Store(false);
  readonly deadEnd = new Store<DeadEnd>('none');
  /** Plays what the guest plays, once `listen` was called. */
  #sound: SoundOutput | undefined;
  #port: MessagePort | undefined;
  readonly #serial = new Map<
    number,
    { held: Uint8Array[]; bytes: number; listener: ((bytes: Uint8Array) => void) | undefined }
  >();
  #isClosed = false;

  constructor(private readonly vm: VmId) {}

  async connect(): Promise<void> {
    const port = await attachConsole(this.vm);
    if (this.#isClosed) {
      port.close();
      return;
    }
    this.#port = port;
    // Drawn here and not in a Worker: a Worker's canvas reaches the window a frame later, and keys wait for a thread more.
    const session = new ScreenSession(
      new CanvasSurface(this.canvas),
      (message) => this.send(message),
      (news) => this.#hear(news),
    );
    port.onmessage = ({ data }) => session.receive(data);
    this.send({ t: 'visible', visible: true });
    this.send({ t: 'watchText', on: true });
    if (this.#sound !== undefined) this.send({ t: 'listen', on: true });
  }

  send(input: ConsoleInput): void {
    this.#port?.postMessage(input);
  }

  /** The one terminal of a serial port; it first gets what came before. Returns what ends it. */
  onSerial(port: number, listener: (bytes: Uint8Array) => void): () => void {
    const line = this.#line(port);
    line.listener = listener;
    for (const bytes of line.held) listener(bytes);
    return () => {
      if (line.listener === listener) line.listener = undefined;
    };
  }

  /** Whether the guest is heard. */
  listen(on: boolean): void {
    this.send({ t: 'listen', on });
    if (on) this.#sound ??= new SoundOutput();
    else {
      this.#sound?.close();
      this.#sound = undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#sound?.close();
    this.#port?.close();
    this.#port = undefined;
  }

  #hear(news: ScreenNews): void {
    switch (news.t) {
      case 'mode':
        return this.mode.set(news.mode);
      case 'text':
        return this.text.set(news.lines);
      case 'leds':
        return setGuestLeds(this.vm, news.leds);
      case 'pointerMode':
        return this.isAbsolute.set(news.absolute);
      case 'deadEnd':
        return this.deadEnd.set(news.found);
      case 'sound':
        return this.#sound?.play(news.rate, news.samples);
      case 'serial': {
        const line = this.#line(news.port);
        line.held.push(news.bytes);
        line.bytes += news.bytes.length;
        while (line.bytes > MAX_SERIAL_BYTES && line.held.length > 1) line.bytes -= line.held.shift()?.length ?? 0;
        line.listener?.(news.bytes);
        return;
      }
    }
  }

  #line(port: number) {
    let line = this.#serial.get(port);
    if (line === undefined) {
      line = { held: [], bytes: 0, listener: undefined };
      this.#serial.set(port, line);
    }
    return line;
  }
}
