/** The monitor: VESA E-EDID 1.3 (release A, revision 1), one block. */

/** Horizontal and vertical reduced blanking of VESA CVT 1.1, section 3.4. */
const HORIZONTAL = { front: 48, sync: 32, blank: 160 };
const VERTICAL_FRONT = 3;
const VERTICAL_SYNC = 6;
const VERTICAL_BLANK_US = 460;
const STANDARD_TIMINGS: readonly [width: number, aspect: number][] = [
  [1920, 3],
  [1680, 0],
  [1600, 3],
  [1440, 0],
  [1280, 2],
  [1152, 1],
];

/** 128 bytes. `width` x `height` is the preferred mode, below 4096 each. */
export function makeEdid(width: number, height: number): Uint8Array {
  const edid = new Uint8Array(128);
  const [widthMm, heightMm] = [Math.round((width * 25.4) / 96), Math.round((height * 25.4) / 96)];
  edid.set([0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]);
  edid.set(manufacturer('SBZ'), 8);
  edid.set([0x01, 0x00, 1, 0, 0, 0], 10); // product 1, serial number 1
  edid.set([0, 33, 1, 3], 16); // 2023, version 1.3
  edid.set([0x80, Math.round(widthMm / 10), Math.round(heightMm / 10), 120, 0x0a], 20); // digital, gamma 2.2, sRGB
  edid.set([0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54], 25); // sRGB primaries
  edid.set([0x21, 0x08, 0x00], 35); // 640 x 480, 800 x 600, 1024 x 768 at 60 Hz
  for (let i = 0; i < 8; i++) {
    const timing = STANDARD_TIMINGS[i];
    edid.set(timing ? [timing[0] / 8 - 31, timing[1] << 6] : [1, 1], 38 + 2 * i);
  }
  edid.set(detailedTiming(width, height, widthMm, heightMm), 54);
  edid.set([0, 0, 0, 0xfd, 0, 50, 125, 30, 160, 60, 0, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20], 72);
  edid.set([0, 0, 0, 0xfc, 0, ...text('Subzero')], 90);
  edid.set([0, 0, 0, 0x10, 0], 108); // unused
  let sum = 0;
  for (const byte of edid) sum += byte;
  edid[127] = -sum & 0xff;
  return edid;
}

function detailedTiming(width: number, height: number, widthMm: number, heightMm: number): number[] {
  const lineUs = (1e6 / 60 - VERTICAL_BLANK_US) / height;
  const verticalBlank = Math.ceil(VERTICAL_BLANK_US / lineUs);
  const clock = Math.round(((width + HORIZONTAL.blank) * (height + verticalBlank) * 60) / 10_000);
  return [
    clock & 0xff,
    clock >> 8,
    width & 0xff,
    HORIZONTAL.blank,
    (width >> 8) << 4,
    height & 0xff,
    verticalBlank & 0xff,
    ((height >> 8) << 4) | (verticalBlank >> 8),
    HORIZONTAL.front,
    HORIZONTAL.sync,
    (VERTICAL_FRONT << 4) | VERTICAL_SYNC,
    0,
    widthMm & 0xff,
    heightMm & 0xff,
    ((widthMm >> 8) << 4) | (heightMm >> 8),
    0,
    0,
    0x1a, // digital separate sync, horizontal positive
  ];
}

/** Three letters of five bits, big-endian. */
function manufacturer(letters: string): number[] {
  let value = 0;
  for (const letter of letters) value = (value << 5) | (letter.charCodeAt(0) - 64);
  return [value >> 8, value & 0xff];
}

/** 13 characters, ended by a line feed. */
function text(name: string): number[] {
  const bytes = Array.from({ length: 13 }, () => 0x20);
  for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
  bytes[name.length] = 0x0a;
  return bytes;
}
