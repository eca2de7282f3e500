import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** RGBA rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const SIGNATURE = '89504e470d0a1a0a';
/** Channel difference that an eye would not see. */
const TOLERANCE = 24;

/** A PNG with 8 bits a channel, RGB or RGBA, not interlaced: what screenshots and fixtures are. */
export function readPicture(file: string): Picture {
  const png = readFileSync(file);
  if (png.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error(`${file} is no PNG`);
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, colour, interlace] = [png[24], png[25], png[28]];
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlace !== 0)
    throw new Error(`${file} is another kind of PNG`);
  return { width, height, rgba: unfiltered(inflateSync(Buffer.concat(data)), width, height, colour === 6 ? 4 : 3) };
}

/** The share of a part's pixels that differ from the picture at (x, y); 1 where it does not fit in. */
export function difference(picture: Picture, part: Picture, x: number, y: number): number {
  if (x + part.width > picture.width || y + part.height > picture.height) return 1;
  let different = 0;
  for (let row = 0; row < part.height; row++) {
    for (let column = 0; column < part.width; column++) {
      const a = ((y + row) * picture.width + x + column) * 4;
      const b = (row * part.width + column) * 4;
      const isSame = [0, 1, 2].every(
        (channel) => Math.abs((picture.rgba[a + channel] as number) - (part.rgba[b + channel] as number)) <= TOLERANCE,
      );
      if (!isSame) different++;
    }
  }
  return different / (part.width * part.height);
}

/** PNG specification, clause 9: each row names its filter. */
function unfiltered(data: Uint8Array, width: number, height: number, channels: number): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(stride * height);
  const rgba = new Uint8Array(width * height * 4).fill(0xff);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 ? 0 : (rows[row * stride + column] as number);
  for (let row = 0; row < height; row++) {
    const filter = data[row * (stride + 1)] as number;
    for (let i = 0; i < stride; i++) {
      const left = at(row, i - channels);
      const up = at(row - 1, i);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, i < channels ? 0 : at(row - 1, i - channels))][
        filter
      ];
      if (predicted === undefined) throw new Error(`there is no PNG filter ${filter}`);
      rows[row * stride + i] = (data[row * (stride + 1) + 1 + i] as number) + predicted;
      rgba[row * width * 4 + Math.floor(i / channels) * 4 + (i % channels)] = rows[row * stride + i] as number;
    }
  }
  return rgba;
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
