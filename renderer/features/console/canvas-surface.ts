import type { PaintSurface } from './screen-session';

/** A canvas of the page: what is shown of the picture is part of the next frame of the window. */
export class CanvasSurface implements PaintSurface {
  readonly #context: CanvasRenderingContext2D;
  #image = new ImageData(1, 1);

  constructor(private readonly canvas: HTMLCanvasElement) {
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
