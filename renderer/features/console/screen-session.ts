/** One console link as the drawing Worker sees it: frames are drawn and answered here, the rest goes on to the view. */
import {
  asConsoleOutput,
  type ConsoleInput,
  type ConsoleMode,
  type ConsoleOutput,
} from '../../../src/protocol/console';

/** A canvas of the guest's size. */
export interface PaintSurface {
  /** Also clears it. */
  resize(width: number, height: number): void;
  /** RGBA bytes, width * height pixels. */
  put(rgba: Uint8ClampedArray, x: number, y: number, width: number, height: number): void;
}

/** What the view hears. */
export type ScreenNews =
  | { readonly t: 'mode'; readonly mode: ConsoleMode }
  /** The first frame after a change of mode was drawn. */
  | { readonly t: 'painted'; readonly seq: number }
  | Exclude<ConsoleOutput, { t: 'frame' }>;

export class ScreenSession {
  #mode: ConsoleMode | undefined;

  constructor(
    private readonly surface: PaintSurface,
    private readonly send: (message: ConsoleInput) => void,
    private readonly tell: (news: ScreenNews) => void,
  ) {}

  /** A message of the VM's process; what is none is dropped. */
  receive(message: unknown): void {
    const output = asConsoleOutput(message);
    if (output === undefined) return;
    if (output.t !== 'frame') {
      this.tell(output);
      return;
    }
    this.#paint(output);
    // Also when it was not drawn: the sender waits for the number only.
    this.send({ t: 'ack', seq: output.seq });
  }

  #paint({ seq, mode, rects, pixels }: ConsoleOutput & { t: 'frame' }): void {
    const isNewMode = this.#mode === undefined || !isSameMode(this.#mode, mode);
    if (isNewMode) {
      this.#mode = mode;
      this.surface.resize(mode.width, mode.height);
      this.tell({ t: 'mode', mode });
    }
    let at = 0;
    for (const { x, y, width, height } of rects) {
      const length = 4 * width * height;
      this.surface.put(
        new Uint8ClampedArray(pixels.buffer as ArrayBuffer, pixels.byteOffset + at, length),
        x,
        y,
        width,
        height,
      );
      at += length;
    }
    if (isNewMode) this.tell({ t: 'painted', seq });
  }
}

function isSameMode(a: ConsoleMode, b: ConsoleMode): boolean {
  return a.generation === b.generation && a.width === b.width && a.height === b.height;
}
