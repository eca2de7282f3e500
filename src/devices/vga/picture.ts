/**
 * What the registers say about the picture: its kind and size, and for the VGA's own modes the memory address and row scan
 * of every line (IBM VGA manual, CRT controller). Dots of half-speed modes are drawn twice, so the size is what a monitor
 * would show: mode 13h is 640 x 400.
 */
import type { Dispi } from './dispi';
import {
  AR_HORIZONTAL_PEL_PANNING,
  AR_MODE_CONTROL,
  ATTR_PANNING_COMPATIBILITY,
  CLOCKING_8_DOTS,
  CLOCKING_HALF_DOT_CLOCK,
  CONTROL_ADDRESS_WRAP,
  CONTROL_BYTE_MODE,
  CONTROL_CMS0,
  CONTROL_COUNT_BY_2,
  CONTROL_HRS2,
  CONTROL_SRC,
  CR_HORIZONTAL_DISPLAY_END,
  CR_MAXIMUM_SCAN_LINE,
  CR_MODE_CONTROL,
  CR_OFFSET,
  CR_PRESET_ROW_SCAN,
  CR_START_ADDRESS_HIGH,
  CR_START_ADDRESS_LOW,
  CR_UNDERLINE_LOCATION,
  GR_MISCELLANEOUS,
  GR_MODE,
  lineCompare,
  MAXIMUM_SCAN_LINE_DOUBLE,
  MEMORY_MODE_CHAIN4,
  MISCELLANEOUS_GRAPHICS,
  MODE_SHIFT_256,
  MODE_SHIFT_INTERLEAVED,
  SR_CLOCKING_MODE,
  SR_MEMORY_MODE,
  UNDERLINE_COUNT_BY_4,
  UNDERLINE_DOUBLEWORD,
  verticalDisplayEnd,
  type VgaRegisters,
} from './registers';

/** How fetched bytes become pixels. 'linear' is packed pixels in linear memory, the others fetch from the planes. */
export type Pixels = 'text' | 'planar' | 'interleaved' | 'packed' | 'linear';

/** Lines of one row of characters, all with the same address. */
export interface TextRow {
  readonly y: number;
  readonly height: number;
  /** Value of the address counter at its left end. */
  readonly address: number;
  readonly pan: number;
}

/** Nothing is programmed yet: the size of a text screen. */
const UNPROGRAMMED = { columns: 80, lines: 400, cellHeight: 16 };

export class Picture {
  pixels: Pixels = 'text';
  width = 0;
  height = 0;
  /** Character clocks a line. */
  columns = 0;
  /** Dots a character clock. */
  cellWidth = 0;
  cellHeight = 0;
  /** Output pixels a dot. */
  scale = 1;
  /** Address counter at the left end and row scan, by line. */
  addresses = new Int32Array(0);
  scans = new Uint8Array(0);
  /** Pixels that the left end is shifted by, on lines up to `splitLine` and after it. */
  pan = 0;
  panAfterSplit = 0;
  splitLine = 0;
  textRows: readonly TextRow[] = [];
  #addressMask = 0xffff;
  #control = 0;
  #isDoubleword = false;
  #isChain4 = false;
  /** The address counter advances every 1, 2 or 4 character clocks. */
  #countShift = 0;

  update(regs: VgaRegisters, dispi: Dispi, vramSize: number): void {
    if (dispi.isLinear) this.#updateLinear(dispi);
    else if (dispi.isPlanar) this.#updatePlanarVbe(dispi, vramSize);
    else this.#updateVga(regs);
  }

  /** The plane address of character clock `column` of a line. */
  fetchAddress(counterAtLeft: number, column: number, scan: number): number {
    const counter = counterAtLeft + (column >> this.#countShift);
    let p: number;
    if (this.#isDoubleword) p = this.#isChain4 ? counter : (counter << 2) | ((counter >> 14) & 3);
    else if ((this.#control & CONTROL_BYTE_MODE) !== 0) p = counter;
    else p = (counter << 1) | ((counter >> ((this.#control & CONTROL_ADDRESS_WRAP) !== 0 ? 15 : 13)) & 1);
    if ((this.#control & CONTROL_CMS0) === 0) p = (p & ~0x2000) | ((scan & 1) << 13);
    if ((this.#control & CONTROL_SRC) === 0) p = (p & ~0x4000) | ((scan & 2) << 13);
    return p & this.#addressMask;
  }

  /** Whether line `y` shows the same as the line above it. */
  repeatsLineAbove(y: number): boolean {
    if (y === 0 || this.addresses[y] !== this.addresses[y - 1]) return false;
    if (y === this.splitLine + 1 && this.pan !== this.panAfterSplit) return false;
    const used = ((this.#control & CONTROL_CMS0) === 0 ? 1 : 0) | ((this.#control & CONTROL_SRC) === 0 ? 2 : 0);
    return ((this.scans[y]! ^ this.scans[y - 1]!) & used) === 0;
  }

  panOf(y: number): number {
    return y > this.splitLine ? this.panAfterSplit : this.pan;
  }

  #updateLinear(dispi: Dispi): void {
    this.pixels = 'linear';
    this.width = dispi.regs.xres;
    this.height = dispi.regs.yres;
    this.columns = 0;
    this.textRows = [];
    this.scale = 1;
  }

  #updatePlanarVbe(dispi: Dispi, vramSize: number): void {
    const { xres, yres, virtWidth, xOffset, yOffset } = dispi.regs;
    this.pixels = 'planar';
    this.width = xres;
    this.height = yres;
    this.columns = xres >>> 3;
    this.cellWidth = 8;
    this.cellHeight = 1;
    this.scale = 1;
    this.textRows = [];
    this.pan = xOffset & 7;
    this.panAfterSplit = this.pan;
    this.splitLine = yres;
    this.#setMapping(CONTROL_BYTE_MODE | CONTROL_CMS0 | CONTROL_SRC, 0, 0, vramSize / 4 - 1);
    this.#allocateLines();
    for (let y = 0; y < yres; y++) {
      this.addresses[y] = (yOffset + y) * (virtWidth >>> 3) + (xOffset >>> 3);
      this.scans[y] = 0;
    }
  }

  #updateVga(regs: VgaRegisters): void {
    const { crtc, seq, gc, attr } = regs;
    const clocking = seq[SR_CLOCKING_MODE]!;
    const control = crtc[CR_MODE_CONTROL]!;
    const maximum = crtc[CR_MAXIMUM_SCAN_LINE]!;
    const isText = (gc[GR_MISCELLANEOUS]! & MISCELLANEOUS_GRAPHICS) === 0;
    const end = verticalDisplayEnd(crtc);
    const isProgrammed = crtc[CR_HORIZONTAL_DISPLAY_END] !== 0 && end !== 0;
    const lineRepeat = (control & CONTROL_HRS2) !== 0 ? 2 : 1;
    const scanRepeat = ((maximum & MAXIMUM_SCAN_LINE_DOUBLE) !== 0 ? 2 : 1) * lineRepeat;
    const is9Dots = isText && (clocking & CLOCKING_8_DOTS) === 0;

    if (isText) this.pixels = 'text';
    else if ((gc[GR_MODE]! & MODE_SHIFT_256) !== 0) this.pixels = 'packed';
    else this.pixels = (gc[GR_MODE]! & MODE_SHIFT_INTERLEAVED) !== 0 ? 'interleaved' : 'planar';
    this.columns = isProgrammed ? crtc[CR_HORIZONTAL_DISPLAY_END]! + 1 : UNPROGRAMMED.columns;
    this.cellWidth = is9Dots ? 9 : 8;
    this.cellHeight = isProgrammed ? ((maximum & 31) + 1) * scanRepeat : UNPROGRAMMED.cellHeight;
    this.scale = (clocking & CLOCKING_HALF_DOT_CLOCK) !== 0 ? 2 : 1;
    this.width = this.columns * this.cellWidth * this.scale;
    this.height = isProgrammed ? (end + 1) * lineRepeat : UNPROGRAMMED.lines;
    // Panning: nine-dot text counts 8, 0, 1 .. 7; 256-colour pixels are two dots wide.
    const panning = attr[AR_HORIZONTAL_PEL_PANNING]!;
    if (is9Dots) this.pan = panning >= 8 ? 0 : panning + 1;
    else this.pan = this.pixels === 'packed' ? (panning & 7) >> 1 : panning & 7;
    const stopsPanning = (attr[AR_MODE_CONTROL]! & ATTR_PANNING_COMPATIBILITY) !== 0;
    this.panAfterSplit = stopsPanning ? 0 : this.pan;
    const countShift =
      (crtc[CR_UNDERLINE_LOCATION]! & UNDERLINE_COUNT_BY_4) !== 0 ? 2 : (control & CONTROL_COUNT_BY_2) !== 0 ? 1 : 0;
    this.#setMapping(control, crtc[CR_UNDERLINE_LOCATION]!, seq[SR_MEMORY_MODE]!, 0xffff);
    this.#countShift = countShift;
    this.#fillLines(crtc, maximum & 31, scanRepeat, lineRepeat, stopsPanning);
    this.textRows = isText ? this.#makeTextRows() : [];
  }

  #setMapping(control: number, underline: number, memoryMode: number, addressMask: number): void {
    this.#control = control;
    this.#isDoubleword = (underline & UNDERLINE_DOUBLEWORD) !== 0;
    this.#isChain4 = (memoryMode & MEMORY_MODE_CHAIN4) !== 0;
    this.#addressMask = addressMask;
    this.#countShift = 0;
  }

  #allocateLines(): void {
    if (this.addresses.length >= this.height && this.addresses.length <= 4096) return;
    this.addresses = new Int32Array(Math.max(this.height, 1024));
    this.scans = new Uint8Array(this.addresses.length);
  }

  /** Runs the CRT controller's counters over a frame. */
  #fillLines(
    crtc: Uint8Array,
    maximumScan: number,
    scanRepeat: number,
    lineRepeat: number,
    stopsPanning: boolean,
  ): void {
    this.#allocateLines();
    const preset = crtc[CR_PRESET_ROW_SCAN]!;
    const pitch = crtc[CR_OFFSET]! * 2;
    const split = lineCompare(crtc) * lineRepeat + lineRepeat - 1;
    const bytePan = (preset >> 5) & 3;
    let address = (crtc[CR_START_ADDRESS_HIGH]! << 8) + crtc[CR_START_ADDRESS_LOW]! + bytePan;
    let scan = preset & 31;
    let repeated = 0;
    this.splitLine = split;
    for (let y = 0; y < this.height; y++) {
      this.addresses[y] = address & 0xffff;
      this.scans[y] = scan;
      if (y === split) {
        address = stopsPanning ? 0 : bytePan;
        scan = 0;
        repeated = 0;
        continue;
      }
      if (++repeated < scanRepeat) continue;
      repeated = 0;
      if (scan === maximumScan) {
        scan = 0;
        address += pitch;
      } else {
        scan = (scan + 1) & 31;
      }
    }
  }

  #makeTextRows(): TextRow[] {
    const rows: TextRow[] = [];
    let start = 0;
    for (let y = 1; y <= this.height; y++) {
      const goesOn =
        y < this.height &&
        y !== this.splitLine + 1 &&
        this.scans[y]! >= this.scans[y - 1]! &&
        this.addresses[y] === this.addresses[y - 1];
      if (goesOn) continue;
      rows.push({ y: start, height: y - start, address: this.addresses[start]!, pan: this.panOf(start) });
      start = y;
    }
    return rows;
  }
}
