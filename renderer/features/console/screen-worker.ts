/**
 * The Worker that draws one console. It gets the canvas and the port to the VM's process in its first message; afterwards
 * every message from the view is input for the guest, and every message to the view is `ScreenNews`.
 */
import type { ConsoleInput } from '../../../src/protocol/console';
import { type PaintSurface, type ScreenNews, ScreenSession } from './screen-session';

export interface ScreenWorkerStart {
  readonly canvas: OffscreenCanvas;
  readonly port: MessagePort;
}

class CanvasSurface implements PaintSurface {
  readonly #context: OffscreenCanvasRenderingContext2D;
  #image = new ImageData(1, 1);

  constructor(private readonly canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('the canvas has no 2d context');
    this.#context = context;
  }

  resize(width: number, height: number): Int32Array {
    this.canvas.width = width;
    this.canvas.height = height;
    this.#image = new ImageData(width, height);
    return new Int32Array(this.#image.data.buffer);
  }

  show(x: number, y: number, width: number, height: number): void {
    this.#context.putImageData(this.#image, 0, 0, x, y, width, height);
  }
}

function serve({ canvas, port }: ScreenWorkerStart): void {
  const toGuest = (message: ConsoleInput): void => port.postMessage(message);
  const toView = (news: ScreenNews): void => postMessage(news);
  const session = new ScreenSession(new CanvasSurface(canvas), toGuest, toView);
  port.onmessage = (event) => session.receive(event.data);
  addEventListener('message', (event: MessageEvent<ConsoleInput>) => toGuest(event.data));
  toGuest({ t: 'visible', visible: true });
}

addEventListener('message', (event: MessageEvent<ScreenWorkerStart>) => serve(event.data), { once: true });
