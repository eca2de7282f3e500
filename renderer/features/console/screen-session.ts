/** One console link as the window sees it: frames are drawn and answered here, the rest is told. */
import {
  asConsoleOutput,
  type ConsoleInput,
  type ConsoleMode,
  type ConsoleOutput,
} from '../../../src/protocol/console';
import { unpackPixels } from '../../../src/protocol/packed-pixels';

/** A canvas of the guest's size. */
export interface PaintSurface {
  /** Also clears it. Returns its pixels, RGBA, of which `show` shows some. */
  resize(width: number, height: number): Int32Array;
  show(x: number, y: number, width: number, height: number): void;
}

/** What the view hears. */
export type ScreenNews = { readonly t: 'mode'; readonly mode: ConsoleMode } | Exclude<ConsoleOutput, { t: 'frame' }>;

export class ScreenSession {
  #mode: ConsoleMode | undefined;
  #picture: Int32Array = new Int32Array(0);

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

  #paint({ mode, rects, pixels }: ConsoleOutput & { t: 'frame' }): void {
    if (this.#mode === undefined || !isSameMode(this.#mode, mode)) {
      this.#mode = mode;
      this.#picture = this.surface.resize(mode.width, mode.height);
      this.tell({ t: 'mode', mode });
    }
    if (!unpackPixels(pixels, this.#picture, mode.width, rects)) return;
    for (const { x, y, width, height } of rects) this.surface.show(x, y, width, height);
  }
}

function isSameMode(a: ConsoleMode, b: ConsoleMode): boolean {
  return a.generation === b.generation && a.width === b.width && a.height === b.height;
}
