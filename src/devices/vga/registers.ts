/**
 * Registers of the IBM VGA ("IBM PS/2 Hardware Interface Technical Reference, Video Subsystem", 1992), named as there.
 * Constants give the bits that this model uses.
 */

// General registers
export const MISC_IOAS = 0x01; // CRTC at 3D4 instead of 3B4
export const MISC_ERAM = 0x02; // the CPU may access display memory
export const IS1_DISPLAY_DISABLED = 0x01;
export const IS1_VRETRACE = 0x08;

// Sequencer
export const SR_CLOCKING_MODE = 1;
export const SR_MAP_MASK = 2;
export const SR_CHARACTER_MAP_SELECT = 3;
export const SR_MEMORY_MODE = 4;
export const CLOCKING_8_DOTS = 0x01;
export const CLOCKING_HALF_DOT_CLOCK = 0x08;
export const CLOCKING_SCREEN_OFF = 0x20;
export const MEMORY_MODE_NO_ODD_EVEN = 0x04;
export const MEMORY_MODE_CHAIN4 = 0x08;

// Graphics controller
export const GR_SET_RESET = 0;
export const GR_ENABLE_SET_RESET = 1;
export const GR_COLOR_COMPARE = 2;
export const GR_DATA_ROTATE = 3;
export const GR_READ_MAP_SELECT = 4;
export const GR_MODE = 5;
export const GR_MISCELLANEOUS = 6;
export const GR_COLOR_DONT_CARE = 7;
export const GR_BIT_MASK = 8;
export const MODE_READ_COMPARE = 0x08;
export const MODE_ODD_EVEN_READ = 0x10;
export const MODE_SHIFT_INTERLEAVED = 0x20;
export const MODE_SHIFT_256 = 0x40;
export const MISCELLANEOUS_GRAPHICS = 0x01;

// CRT controller
export const CR_HORIZONTAL_TOTAL = 0x00;
export const CR_HORIZONTAL_DISPLAY_END = 0x01;
export const CR_VERTICAL_TOTAL = 0x06;
export const CR_OVERFLOW = 0x07;
export const CR_PRESET_ROW_SCAN = 0x08;
export const CR_MAXIMUM_SCAN_LINE = 0x09;
export const CR_CURSOR_START = 0x0a;
export const CR_CURSOR_END = 0x0b;
export const CR_START_ADDRESS_HIGH = 0x0c;
export const CR_START_ADDRESS_LOW = 0x0d;
export const CR_CURSOR_LOCATION_HIGH = 0x0e;
export const CR_CURSOR_LOCATION_LOW = 0x0f;
export const CR_VERTICAL_RETRACE_START = 0x10;
export const CR_VERTICAL_RETRACE_END = 0x11;
export const CR_VERTICAL_DISPLAY_END = 0x12;
export const CR_OFFSET = 0x13;
export const CR_UNDERLINE_LOCATION = 0x14;
export const CR_MODE_CONTROL = 0x17;
export const CR_LINE_COMPARE = 0x18;
/** Not in the manual but in the chips: the CPU latch of the selected plane, and the attribute flip-flop in bit 7. */
export const CR_CPU_LATCH = 0x22;
export const CR_ATTRIBUTE_FLIP_FLOP = 0x24;
export const MAXIMUM_SCAN_LINE_DOUBLE = 0x80;
export const CURSOR_OFF = 0x20;
export const RETRACE_END_PROTECT = 0x80;
export const UNDERLINE_COUNT_BY_4 = 0x20;
export const UNDERLINE_DOUBLEWORD = 0x40;
export const CONTROL_CMS0 = 0x01; // 0: address bit 13 is row scan bit 0
export const CONTROL_SRC = 0x02; // 0: address bit 14 is row scan bit 1
export const CONTROL_HRS2 = 0x04; // vertical values count two lines
export const CONTROL_COUNT_BY_2 = 0x08;
export const CONTROL_ADDRESS_WRAP = 0x20;
export const CONTROL_BYTE_MODE = 0x40;
export const CONTROL_SYNC_ENABLE = 0x80;

// Attribute controller
export const AR_MODE_CONTROL = 0x10;
export const AR_OVERSCAN = 0x11;
export const AR_COLOR_PLANE_ENABLE = 0x12;
export const AR_HORIZONTAL_PEL_PANNING = 0x13;
export const AR_COLOR_SELECT = 0x14;
export const ATTR_INDEX_PAS = 0x20; // palette address source: display on
export const ATTR_LINE_GRAPHICS = 0x04;
export const ATTR_BLINK = 0x08;
export const ATTR_PANNING_COMPATIBILITY = 0x20;
export const ATTR_P5P4_SELECT = 0x80;

/** Writable bits by index; the rest reads 0. */
const SEQUENCER_BITS = [0x03, 0x3d, 0x0f, 0x3f, 0x0e];
const GRAPHICS_BITS = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff];
const ATTRIBUTE_BITS = [...new Array<number>(16).fill(0x3f), 0xef, 0xff, 0x3f, 0x0f, 0x0f];

export const SEQUENCER_COUNT = SEQUENCER_BITS.length;
export const GRAPHICS_COUNT = GRAPHICS_BITS.length;
export const ATTRIBUTE_COUNT = ATTRIBUTE_BITS.length;
export const CRTC_COUNT = 0x19;

export function sequencerBits(index: number): number {
  return SEQUENCER_BITS[index] ?? 0;
}
export function graphicsBits(index: number): number {
  return GRAPHICS_BITS[index] ?? 0;
}
export function attributeBits(index: number): number {
  return ATTRIBUTE_BITS[index] ?? 0;
}

export interface VgaRegisters {
  misc: number;
  feature: number;
  subsystemEnable: number;
  seqIndex: number;
  readonly seq: Uint8Array;
  gcIndex: number;
  readonly gc: Uint8Array;
  crtcIndex: number;
  readonly crtc: Uint8Array;
  /** With the palette address source bit. */
  attrIndex: number;
  /** The next write to 3C0 is data. */
  attrIsData: boolean;
  readonly attr: Uint8Array;
  pelMask: number;
  /** What 3C7 reads: 0 after a write index was set, 3 after a read index. */
  dacState: number;
  dacReadIndex: number;
  dacWriteIndex: number;
  /** Colour component the next access to 3C9 means. */
  dacComponent: number;
  /** Components written before the third completes the entry. */
  readonly dacPending: Uint8Array;
  readonly dac: Uint8Array;
  /** The four planes' CPU latches, plane 0 in the low byte; signed. */
  latch: number;
}

export function powerOnRegisters(): VgaRegisters {
  return {
    misc: 0,
    feature: 0,
    subsystemEnable: 1,
    seqIndex: 0,
    seq: new Uint8Array(SEQUENCER_COUNT),
    gcIndex: 0,
    gc: new Uint8Array(GRAPHICS_COUNT),
    crtcIndex: 0,
    crtc: new Uint8Array(CRTC_COUNT),
    attrIndex: 0,
    attrIsData: false,
    attr: new Uint8Array(ATTRIBUTE_COUNT),
    pelMask: 0xff,
    dacState: 0,
    dacReadIndex: 0,
    dacWriteIndex: 0,
    dacComponent: 0,
    dacPending: new Uint8Array(3),
    dac: new Uint8Array(768),
    latch: 0,
  };
}

/** Vertical display end in scan lines, less one (10 bits over three registers). */
export function verticalDisplayEnd(crtc: Uint8Array): number {
  const overflow = crtc[CR_OVERFLOW]!;
  return crtc[CR_VERTICAL_DISPLAY_END]! | ((overflow & 0x02) << 7) | ((overflow & 0x40) << 3);
}

export function verticalTotal(crtc: Uint8Array): number {
  const overflow = crtc[CR_OVERFLOW]!;
  return (crtc[CR_VERTICAL_TOTAL]! | ((overflow & 0x01) << 8) | ((overflow & 0x20) << 4)) + 2;
}

export function verticalRetraceStart(crtc: Uint8Array): number {
  const overflow = crtc[CR_OVERFLOW]!;
  return crtc[CR_VERTICAL_RETRACE_START]! | ((overflow & 0x04) << 6) | ((overflow & 0x80) << 2);
}

export function lineCompare(crtc: Uint8Array): number {
  return crtc[CR_LINE_COMPARE]! | ((crtc[CR_OVERFLOW]! & 0x10) << 4) | ((crtc[CR_MAXIMUM_SCAN_LINE]! & 0x40) << 3);
}
