import type { Rect } from '../../machine/screen';

const MAX_RECTANGLES = 24;
/** Lines that may lie between two changed spans of one rectangle. */
const MAX_GAP = 8;

/** Collects changed spans of lines, from top to bottom, as few rectangles. */
export class Changes {
  readonly #rects: { x0: number; y0: number; x1: number; y1: number; area: number }[] = [];

  /** Pixels x0..x1-1 of `height` lines from y on. */
  add(x0: number, x1: number, y: number, height: number): void {
    const area = (x1 - x0) * height;
    const last = this.#rects[this.#rects.length - 1];
    if (last !== undefined && y <= last.y1 + MAX_GAP) {
      const left = Math.min(last.x0, x0);
      const right = Math.max(last.x1, x1);
      const bottom = Math.max(last.y1, y + height);
      // One rectangle costs about as much to send as a thousand pixels more.
      if ((right - left) * (bottom - last.y0) <= 2 * (last.area + area) + 1024 || this.#isFull) {
        last.x0 = left;
        last.x1 = right;
        last.y1 = bottom;
        last.area += area;
        return;
      }
    } else if (last !== undefined && this.#isFull) {
      last.x0 = Math.min(last.x0, x0);
      last.x1 = Math.max(last.x1, x1);
      last.y1 = y + height;
      return;
    }
    this.#rects.push({ x0, y0: y, x1, y1: y + height, area });
  }

  take(): Rect[] {
    return this.#rects.map(({ x0, y0, x1, y1 }) => ({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 }));
  }

  get #isFull(): boolean {
    return this.#rects.length >= MAX_RECTANGLES;
  }
}
