import { crc32c } from '../base/crc32c';
import { encodePng } from '../base/png';
import type { MachineHost } from './machine-host';

const WIDTH = 320;

/** A small PNG of a screen; undefined where there is no picture. */
export function thumbnailOf({
  width,
  height,
  rgba,
}: {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}): Uint8Array | undefined {
  if (width === 0 || height === 0) return undefined;
  const scale = Math.max(1, width / WIDTH);
  const w = Math.floor(width / scale);
  const h = Math.max(1, Math.floor(height / scale));
  const small = new Uint8Array(w * h * 4);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) averageInto(small, (y * w + x) * 4, rgba, width, height, x * scale, y * scale, scale);
  return encodePng(small, w, h);
}

/** The mean of a square of pixels: text stays legible as grey. */
function averageInto(
  out: Uint8Array,
  at: number,
  from: Uint8Array,
  width: number,
  height: number,
  x0: number,
  y0: number,
  side: number,
): void {
  let r = 0;
  let g = 0;
  let b = 0;
  let n = 0;
  for (let y = Math.floor(y0); y < Math.min(height, Math.ceil(y0 + side)); y++) {
    for (let x = Math.floor(x0); x < Math.min(width, Math.ceil(x0 + side)); x++) {
      const i = (y * width + x) * 4;
      r += from[i] as number;
      g += from[i + 1] as number;
      b += from[i + 2] as number;
      n++;
    }
  }
  out.set([r / n, g / n, b / n, 255], at);
}

/** Thumbnails of a screen for those who have seen one: none is made while it stands still. */
export class Thumbnails {
  /** What the last one was made of. */
  #last: { readonly machine: MachineHost; readonly version: number; readonly stamp: number } | undefined;

  /** null: it looks as in the one with the stamp `known`, or there is no picture. */
  async of(machine: MachineHost, known: number): Promise<{ stamp: number; png: Uint8Array } | null> {
    const version = machine.screenVersion();
    const last = this.#last;
    if (last?.machine === machine && last.version === version && last.stamp === known) return null;
    const picture = await machine.screenPicture();
    const stamp = crc32c(picture.rgba);
    this.#last = { machine, version, stamp };
    const png = stamp === known ? undefined : thumbnailOf(picture);
    return png === undefined ? null : { stamp, png };
  }
}
