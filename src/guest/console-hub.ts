import {
  asConsoleInput,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRect,
  type DeadEnd,
  FrameWindow,
} from '../protocol/console';
import { PixelPacker } from '../protocol/packed-pixels';
import type { ScreenText } from '../protocol/guest';
import type { Rect, ScreenMode } from '../machine/screen';
import type { SessionEvents } from './vm-session';

/** The link to one window that shows the VM. */
export interface ConsolePort {
  send(message: ConsoleOutput): void;
  /** What arrives is not trusted. */
  onMessage: ((message: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
}

/** What the hub needs of a session. */
export interface ConsoleSession {
  wantFrame(full: boolean): void;
  screenText(): Promise<ScreenText>;
  sendKeys(strokes: (ConsoleInput & { t: 'keys' })['strokes']): void;
  movePointer(move: Omit<ConsoleInput & { t: 'pointer' }, 't'>): void;
  writeSerial(port: number, bytes: Uint8Array): void;
  serialHistory(port: number): Uint8Array;
}

/** As many as the protocol lets through in one frame. */
const MAX_PENDING_RECTS = 32;
/** Of one frame: a window draws them in one go, and should answer to its user in between. */
const MOST_PIXELS = 1 << 19;
const TEXT_INTERVAL_MS = 200;
const SERIAL_PORTS = 4;

interface Viewer {
  readonly port: ConsolePort;
  readonly frames: FrameWindow;
  isVisible: boolean;
  watchesText: boolean;
  /** Sound goes to it. */
  listens: boolean;
  lastText: string | undefined;
  /** What changed since the last frame it got; 'all' before the first. */
  pending: ConsoleRect[] | 'all';
  /** Keys and buttons that it holds down: a window that goes leaves none behind. */
  readonly held: Set<number>;
  buttons: number;
}

/**
 * Serves protocol/console.ts for one VM to any number of windows. One frame at a time is asked of the machine, and none
 * while nobody can take one; a window that lags gets what it missed from the picture as it then is.
 */
export class ConsoleHub {
  readonly #viewers = new Set<Viewer>();
  readonly #packer = new PixelPacker();
  #mode: ScreenMode | undefined;
  #pixels: Uint8Array = new Uint8Array(0);
  #isAsked = false;
  #leds = 0;
  #isAbsolute = false;
  #deadEnd: DeadEnd = 'none';
  #textTimer: ReturnType<typeof setTimeout> | undefined;
  #lastTextMs = Number.NEGATIVE_INFINITY;
  #isRunning = false;

  constructor(private readonly session: ConsoleSession) {}

  /** Give these to the service. */
  readonly events: Partial<SessionEvents> = {
    status: ({ kind }) => this.#statusChanged(kind),
    frame: (mode, rects, pixels) => this.#frame(mode, rects, pixels),
    leds: (leds) => {
      this.#leds = leds;
      this.#toAll({ t: 'leds', leds });
    },
    sound: (rate, samples) => {
      for (const { port, listens } of this.#viewers)
        if (listens) port.send({ t: 'sound', rate, samples: samples.slice() });
    },
    pointerMode: (absolute) => {
      this.#isAbsolute = absolute;
      this.#toAll({ t: 'pointerMode', absolute });
    },
    deadEnd: (found) => {
      this.#deadEnd = found;
      this.#toAll({ t: 'deadEnd', found });
    },
    serial: (port, bytes) => {
      if (this.#viewers.size > 0) this.#toAll({ t: 'serial', port, bytes: bytes.slice() });
    },
  };

  connect(port: ConsolePort): void {
    const viewer: Viewer = {
      port,
      frames: new FrameWindow(),
      isVisible: false,
      watchesText: false,
      listens: false,
      lastText: undefined,
      pending: 'all',
      held: new Set(),
      buttons: 0,
    };
    this.#viewers.add(viewer);
    port.onClose = () => {
      this.#viewers.delete(viewer);
      this.#letGo(viewer);
    };
    port.onMessage = (message) => {
      const input = asConsoleInput(message);
      if (input !== undefined) this.#input(viewer, input);
    };
    port.send({ t: 'leds', leds: this.#leds });
    port.send({ t: 'pointerMode', absolute: this.#isAbsolute });
    if (this.#deadEnd !== 'none') port.send({ t: 'deadEnd', found: this.#deadEnd });
    for (let serial = 0; serial < SERIAL_PORTS; serial++) {
      const bytes = this.session.serialHistory(serial);
      if (bytes.length > 0) port.send({ t: 'serial', port: serial, bytes: bytes.slice() });
    }
  }

  #input(viewer: Viewer, input: ConsoleInput): void {
    switch (input.t) {
      case 'ack':
        viewer.frames.acknowledge(input.seq);
        this.#serve(viewer);
        return this.#ask();
      case 'visible':
        viewer.isVisible = input.visible;
        viewer.pending = 'all';
        this.#serve(viewer);
        return this.#ask();
      case 'watchText':
        viewer.watchesText = input.on;
        viewer.lastText = undefined;
        return this.#textSoon();
      case 'listen':
        viewer.listens = input.on;
        return;
      case 'keys':
        for (const { usage, down } of input.strokes) {
          if (down) viewer.held.add(usage);
          else viewer.held.delete(usage);
        }
        return this.session.sendKeys(input.strokes);
      case 'pointer': {
        const { t: _, ...move } = input;
        viewer.buttons = move.buttons;
        return this.session.movePointer(move);
      }
      case 'serial':
        return this.session.writeSerial(input.port, input.bytes);
    }
  }

  #letGo({ held, buttons }: Viewer): void {
    if (held.size > 0) this.session.sendKeys([...held].reverse().map((usage) => ({ usage, down: false })));
    held.clear();
    if (buttons !== 0) this.session.movePointer({ dx: 0, dy: 0, wheel: 0, buttons: 0 });
  }

  /** A new machine (start, restore) has a new picture and knows of no question. */
  #statusChanged(kind: string): void {
    const isRunning = kind !== 'starting' && kind !== 'stopped' && kind !== 'suspended' && kind !== 'crashed';
    if (isRunning === this.#isRunning) return;
    this.#isRunning = isRunning;
    this.#isAsked = false;
    this.#mode = undefined;
    this.events.deadEnd?.('none');
    for (const viewer of this.#viewers) viewer.pending = 'all';
    if (isRunning) this.#ask();
  }

  #frame(mode: ScreenMode, rects: readonly Rect[], pixels: Uint8Array): void {
    this.#isAsked = false;
    const isNewMode = this.#mode === undefined || this.#mode.generation !== mode.generation;
    this.#mode = mode;
    this.#pixels = pixels;
    for (const viewer of this.#viewers) {
      viewer.pending = isNewMode ? 'all' : together(viewer.pending, rects, mode);
      this.#serve(viewer);
    }
    this.#ask();
    this.#textSoon();
  }

  /** Sends what the viewer has not got, as far as it can take it: the rest goes when it has answered. */
  #serve(viewer: Viewer): void {
    const mode = this.#mode;
    if (mode === undefined || !viewer.isVisible) return;
    while (viewer.frames.hasRoom && viewer.pending.length > 0) {
      const whole = { x: 0, y: 0, width: mode.width, height: mode.height };
      const { now: rects, later } = firstPixels(viewer.pending === 'all' ? [whole] : viewer.pending, MOST_PIXELS);
      viewer.pending = later;
      const pixels = this.#packer.pack(this.#pixels, mode.width, rects);
      viewer.port.send({ t: 'frame', seq: viewer.frames.next(), mode, rects, pixels });
    }
  }

  #ask(): void {
    if (this.#isAsked || !this.#isRunning) return;
    if (![...this.#viewers].some(({ isVisible, frames }) => isVisible && frames.hasRoom)) return;
    this.#isAsked = true;
    this.session.wantFrame(this.#mode === undefined);
  }

  /** At a bearable rate, and only where it changed. */
  #textSoon(): void {
    if (this.#textTimer !== undefined || !this.#wantsText()) return;
    const waitMs = Math.max(0, this.#lastTextMs + TEXT_INTERVAL_MS - performance.now());
    this.#textTimer = setTimeout(() => {
      this.#textTimer = undefined;
      this.#lastTextMs = performance.now();
      void this.#sendText();
    }, waitMs);
  }

  async #sendText(): Promise<void> {
    if (!this.#isRunning) return;
    let screen: ScreenText;
    try {
      screen = await this.session.screenText();
    } catch {
      // The machine ended meanwhile: its status says so.
      return;
    }
    const text = screen.lines.join('\n');
    for (const viewer of this.#viewers) {
      if (!viewer.watchesText || viewer.lastText === text) continue;
      viewer.lastText = text;
      viewer.port.send({ t: 'text', lines: screen.lines, cursor: null });
    }
  }

  #wantsText(): boolean {
    return [...this.#viewers].some((viewer) => viewer.watchesText);
  }

  #toAll(message: ConsoleOutput): void {
    for (const { port } of this.#viewers) port.send(message);
  }
}

/** Rectangles of together no more than `most` pixels, by whole rows but at least one, and those that are left. */
function firstPixels(rects: readonly ConsoleRect[], most: number): { now: ConsoleRect[]; later: ConsoleRect[] } {
  const now: ConsoleRect[] = [];
  let room = most;
  for (const [index, rect] of rects.entries()) {
    const { x, y, width, height } = rect;
    const rows = Math.min(height, Math.max(now.length === 0 ? 1 : 0, Math.floor(room / width)));
    if (rows > 0) now.push({ x, y, width, height: rows });
    room -= rows * width;
    if (rows < height)
      return { now, later: [{ x, y: y + rows, width, height: height - rows }, ...rects.slice(index + 1)] };
  }
  return { now, later: [] };
}

/** Many or overlapping rectangles cost more than the whole picture, which then begins with what has waited longest. */
function together(pending: ConsoleRect[] | 'all', rects: readonly Rect[], mode: ScreenMode): ConsoleRect[] | 'all' {
  if (pending === 'all') return 'all';
  const both = [...pending, ...rects];
  const area = both.reduce((sum, { width, height }) => sum + width * height, 0);
  if (both.length <= MAX_PENDING_RECTS && area <= mode.width * mode.height) return both;
  const y = pending[0]?.y ?? 0;
  const { width, height } = mode;
  const below = { x: 0, y, width, height: height - y };
  return y === 0 ? [below] : [below, { x: 0, y: 0, width, height: y }];
}
