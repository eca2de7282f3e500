import { bytes, integer, list, object, oneOf, optional, text } from './checks';
import { mostPackedBytes } from './packed-pixels';
import { type KeyStroke, keyStroke, type PointerMove } from './guest';
import type { ArgsCheck } from './rpc';

/**
 * The link between a VM's process and the window that shows it: a message port of its own, without calls. Both ends check
 * what arrives; the window does not trust the guest's process and the other way round.
 */

/** Frames the window may owe an answer to: one being drawn, one on its way. */
export const MAX_UNACKNOWLEDGED = 2;
/** The largest picture that is sent. */
export const MAX_FRAME_PIXELS = 2560 * 1600;
const MAX_RECTS = 64;
const MAX_SERIAL_BYTES = 1 << 20;
const MAX_TEXT_ROWS = 512;
const MAX_SOUND_BYTES = 1 << 17;

export interface ConsoleMode {
  readonly kind: 'text' | 'graphics';
  readonly width: number;
  readonly height: number;
  /** Character cells; 0 in graphics. */
  readonly columns: number;
  readonly rows: number;
  /** Changes with any of the others. */
  readonly generation: number;
}

export interface ConsoleRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a guest cannot go on by itself. */
export const deadEnds = ['none', 'noBootDevice', 'halted', 'tripleFault'] as const;
export type DeadEnd = (typeof deadEnds)[number];

/** To the window. */
export type ConsoleOutput =
  /**
   * Changed parts of the screen. A frame of a mode not seen before covers all of it. `pixels` holds the rectangles' pixels, one
   * rectangle after the other, as `packed-pixels.ts` packs them. Answered by 'ack'.
   */
  | {
      readonly t: 'frame';
      readonly seq: number;
      readonly mode: ConsoleMode;
      readonly rects: readonly ConsoleRect[];
      readonly pixels: Uint8Array;
    }
  /** A text screen, when it changed and 'watchText' asked for it; no lines in graphics. */
  | {
      readonly t: 'text';
      readonly lines: readonly string[];
      readonly cursor: { readonly column: number; readonly row: number } | null;
    }
  /** Bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. */
  | { readonly t: 'leds'; readonly leds: number }
  | { readonly t: 'pointerMode'; readonly absolute: boolean }
  | { readonly t: 'deadEnd'; readonly found: DeadEnd }
  /** What the guest plays, when 'listen' asked for it: signed 16-bit samples, little-endian, `rate` of them a second. */
  | { readonly t: 'sound'; readonly rate: number; readonly samples: Uint8Array }
  | { readonly t: 'serial'; readonly port: number; readonly bytes: Uint8Array };

/** From the window. */
export type ConsoleInput =
  | { readonly t: 'ack'; readonly seq: number }
  /** Whether anybody looks: no frames while not; the first afterwards covers the whole screen. */
  | { readonly t: 'visible'; readonly visible: boolean }
  | { readonly t: 'watchText'; readonly on: boolean }
  | { readonly t: 'listen'; readonly on: boolean }
  | { readonly t: 'keys'; readonly strokes: readonly KeyStroke[] }
  | ({ readonly t: 'pointer' } & PointerMove)
  | { readonly t: 'serial'; readonly port: number; readonly bytes: Uint8Array };

const dimension = integer(1, 8192);
const seq = integer(0, Number.MAX_SAFE_INTEGER);
const port = integer(0, 3);
const boolean = oneOf([true, false]);
const pixel = integer(0, 8192);

const mode = object({
  kind: oneOf(['text', 'graphics']),
  width: dimension,
  height: dimension,
  columns: integer(0, 1024),
  rows: integer(0, 2400),
  generation: seq,
});

const inputChecks: Readonly<Record<ConsoleInput['t'], ArgsCheck>> = {
  ack: object({ t: oneOf(['ack']), seq }),
  visible: object({ t: oneOf(['visible']), visible: boolean }),
  watchText: object({ t: oneOf(['watchText']), on: boolean }),
  listen: object({ t: oneOf(['listen']), on: boolean }),
  keys: object({ t: oneOf(['keys']), strokes: list(keyStroke, 1000) }),
  pointer: object({
    t: oneOf(['pointer']),
    x: optional(integer(0, 65535)),
    y: optional(integer(0, 65535)),
    dx: integer(-32768, 32767),
    dy: integer(-32768, 32767),
    wheel: integer(-128, 127),
    buttons: integer(0, 31),
  }),
  serial: object({ t: oneOf(['serial']), port, bytes: bytes(MAX_SERIAL_BYTES) }),
};

const outputChecks: Readonly<Record<ConsoleOutput['t'], ArgsCheck>> = {
  frame: object({
    t: oneOf(['frame']),
    seq,
    mode,
    rects: list(object({ x: pixel, y: pixel, width: dimension, height: dimension }), MAX_RECTS),
    pixels: bytes(mostPackedBytes(MAX_FRAME_PIXELS)),
  }),
  text: object({
    t: oneOf(['text']),
    lines: list(text({ maxLength: 1024 }), MAX_TEXT_ROWS),
    cursor: optional(object({ column: integer(0, 1023), row: integer(0, 2399) })),
  }),
  leds: object({ t: oneOf(['leds']), leds: integer(0, 7) }),
  pointerMode: object({ t: oneOf(['pointerMode']), absolute: boolean }),
  deadEnd: object({ t: oneOf(['deadEnd']), found: oneOf(deadEnds) }),
  sound: object({ t: oneOf(['sound']), rate: integer(8000, 96_000), samples: bytes(MAX_SOUND_BYTES) }),
  serial: object({ t: oneOf(['serial']), port, bytes: bytes(MAX_SERIAL_BYTES) }),
};

/** The message if it is one, else undefined. For the VM's process. */
export function asConsoleInput(message: unknown): ConsoleInput | undefined {
  return problemIn(inputChecks, message) === undefined ? (message as ConsoleInput) : undefined;
}

/** The message if it is one, else undefined. For the window. */
export function asConsoleOutput(message: unknown): ConsoleOutput | undefined {
  if (problemIn(outputChecks, message) !== undefined) return undefined;
  const output = message as ConsoleOutput;
  if (output.t === 'sound' && output.samples.length % 2 !== 0) return undefined;
  return output.t === 'frame' && !isFrameWhole(output) ? undefined : output;
}

/** Counts frames on their way, for the side that sends them. */
export class FrameWindow {
  #sent = 0;
  #acknowledged = 0;

  get hasRoom(): boolean {
    return this.#sent - this.#acknowledged < MAX_UNACKNOWLEDGED;
  }

  /** The number of the frame to be sent now. */
  next(): number {
    return ++this.#sent;
  }

  /** Answers for frames that were never sent, or answered before, count for nothing. */
  acknowledge(frameSeq: number): void {
    if (frameSeq > this.#acknowledged && frameSeq <= this.#sent) this.#acknowledged = frameSeq;
  }
}

function problemIn(checks: Readonly<Record<string, ArgsCheck>>, message: unknown): string | undefined {
  const t = typeof message === 'object' && message !== null ? (message as { t?: unknown }).t : undefined;
  if (typeof t !== 'string' || !Object.hasOwn(checks, t)) return 'is no console message';
  return checks[t]?.(message);
}

/** Every rectangle lies on the screen, and none of it is drawn twice over; whether the pixels are there, unpacking finds out. */
function isFrameWhole({ mode: { width, height }, rects, pixels }: ConsoleOutput & { t: 'frame' }): boolean {
  if (width * height > MAX_FRAME_PIXELS) return false;
  let count = 0;
  for (const rect of rects) {
    if (rect.x + rect.width > width || rect.y + rect.height > height) return false;
    count += rect.width * rect.height;
  }
  return count <= width * height && pixels.length <= mostPackedBytes(count);
}
