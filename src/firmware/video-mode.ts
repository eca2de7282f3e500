/** The linear VBE modes of SeaVGABIOS that a kernel may ask for, by size and depth; direct colours only. */
export interface VideoMode {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** Position and size of red, green and blue. */
  readonly colors: readonly number[];
}

/** 0: no preference. */
export interface VideoRequest {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

const COLORS: Readonly<Record<number, readonly number[]>> = {
  15: [10, 5, 5, 5, 0, 5],
  16: [11, 5, 5, 6, 0, 5],
  24: [16, 8, 8, 8, 0, 8],
  32: [16, 8, 8, 8, 0, 8],
};

/** Width, height, then the modes of 15, 16, 24 and 32 bits. */
const MODES = [
  [320, 200, 0x10d, 0x10e, 0x10f, 0x140],
  [640, 480, 0x110, 0x111, 0x112, 0x142],
  [800, 600, 0x113, 0x114, 0x115, 0x143],
  [1024, 768, 0x116, 0x117, 0x118, 0x144],
  [1280, 1024, 0x119, 0x11a, 0x11b, 0x145],
  [1600, 1200, 0x11d, 0x11e, 0x11f, 0x147],
] as const;
const DEPTHS = [15, 16, 24, 32];
const USUAL = { width: 1024, height: 768 };

/** The mode asked for, or the one that comes nearest: the smallest that is as large, else the largest. */
export function chooseVideoMode(request: VideoRequest): VideoMode {
  const width = request.width || USUAL.width;
  const height = request.height || USUAL.height;
  const row = MODES.find(([w, h]) => w >= width && h >= height) ?? MODES[MODES.length - 1]!;
  const depth = DEPTHS.includes(request.depth) ? request.depth : 32;
  const number = row[2 + DEPTHS.indexOf(depth)] as number;
  return { number, width: row[0], height: row[1], depth, colors: COLORS[depth]! };
}
