/** Draws text screens: cells are compared with a shadow of what stands in the picture, changed ones drawn. */
import { CURSOR_BLINK_NS, isOffPhase, nextPhase, TEXT_BLINK_NS } from './blinking';
import type { Changes } from './changes';
import { CODE_PAGE_437 } from './code-page';
import type { Colors } from './colors';
import type { Picture, TextRow } from './picture';
import {
  AR_MODE_CONTROL,
  ATTR_BLINK,
  ATTR_LINE_GRAPHICS,
  CR_CURSOR_END,
  CR_CURSOR_LOCATION_HIGH,
  CR_CURSOR_LOCATION_LOW,
  CR_CURSOR_START,
  CR_UNDERLINE_LOCATION,
  CURSOR_OFF,
  SR_CHARACTER_MAP_SELECT,
  type VgaRegisters,
} from './registers';

const FONT_BYTES = 8192;
/** Shadow cells: character, attribute, then these. */
const CELL_CURSOR = 0x10000;
const CELL_CURSOR_START = 17;
const CELL_CURSOR_END = 22;
const CELL_HIDDEN = 0x8000000;
const NO_CELL = 0xffffffff;

export class TextRenderer {
  /** Characters with attribute bit 3 set come from A. */
  readonly #fontA = new Uint8Array(FONT_BYTES);
  readonly #fontB = new Uint8Array(FONT_BYTES);
  #shadow = new Uint32Array(0);
  #hasBlinkingCells = false;
  #showsCursor = false;
  /** The stream's last picture has it in its lit half. */
  #isCursorLit = false;

  constructor(
    private readonly regs: VgaRegisters,
    private readonly words: Int32Array,
    private readonly picture: Picture,
    private readonly colors: Colors,
  ) {}

  /** Everything will be drawn anew. */
  forget(): void {
    this.#shadow.fill(NO_CELL);
  }

  /** Reads the fonts again, from plane 2; true if one changed. */
  loadFonts(): boolean {
    const select = this.regs.seq[SR_CHARACTER_MAP_SELECT]!;
    const a = fontAddress(((select >> 2) & 3) | ((select >> 3) & 4));
    const b = fontAddress((select & 3) | ((select >> 2) & 4));
    const hasNewA = this.#loadFont(this.#fontA, a);
    const hasNewB = this.#loadFont(this.#fontB, b);
    return hasNewA || hasNewB;
  }

  /** Draws the changed cells (all, without a shadow: `changes` undefined). */
  render(into: Int32Array, nowNs: number, isCursorAtRest: boolean, changes: Changes | undefined): void {
    const { picture } = this;
    const stride = picture.columns + 1;
    const cells = picture.textRows.length * stride;
    if (changes !== undefined && this.#shadow.length !== cells) this.#shadow = new Uint32Array(cells).fill(NO_CELL);
    const shadow = changes === undefined ? undefined : this.#shadow;
    const cursorCell = isCursorAtRest || !isOffPhase(nowNs, CURSOR_BLINK_NS) ? this.#cursorCell : 0;
    const hidesBlinking = this.#blinks && isOffPhase(nowNs, TEXT_BLINK_NS);
    const cursorAt = this.#cursorLocation;
    let hasBlinkingCells = false;
    let showsCursor = false;
    for (let r = 0; r < picture.textRows.length; r++) {
      const row = picture.textRows[r]!;
      const count = picture.columns + (row.pan > 0 ? 1 : 0);
      let first = -1;
      let last = -1;
      for (let c = 0; c < count; c++) {
        let cell = this.#wordAt(row, c) & 0xffff;
        if ((cell & 0x8000) !== 0) {
          hasBlinkingCells = true;
          if (hidesBlinking) cell |= CELL_HIDDEN;
        }
        if (((row.address + c) & 0xffff) === cursorAt) {
          showsCursor = true;
          cell |= cursorCell;
        }
        if (shadow !== undefined) {
          const at = r * stride + c;
          if (shadow[at] === cell) continue;
          shadow[at] = cell;
        }
        this.#drawCell(into, row, c, cell);
        if (first < 0) first = c;
        last = c;
      }
      if (first >= 0 && changes !== undefined) {
        const width = picture.cellWidth * picture.scale;
        const x0 = Math.max(0, first * width - row.pan * picture.scale);
        const x1 = Math.min(picture.width, (last + 1) * width - row.pan * picture.scale);
        if (x1 > x0) changes.add(x0, x1, row.y, row.height);
      }
    }
    this.#hasBlinkingCells = hasBlinkingCells;
    this.#showsCursor = showsCursor;
    if (changes !== undefined) this.#isCursorLit = cursorCell !== 0;
  }

  readText(): string[] {
    return this.picture.textRows.map((row) => {
      let text = '';
      for (let c = 0; c < this.picture.columns; c++) text += CODE_PAGE_437[this.#wordAt(row, c) & 0xff]!;
      return text.trimEnd();
    });
  }

  /** Column and row of the cursor; undefined outside the screen. */
  cursorPosition(): { column: number; row: number } | undefined {
    const location = this.#cursorLocation;
    for (let r = 0; r < this.picture.textRows.length; r++) {
      const column = (location - this.picture.textRows[r]!.address) & 0xffff;
      if (column < this.picture.columns) return { column, row: r };
    }
    return undefined;
  }

  get isCursorOn(): boolean {
    const { crtc } = this.regs;
    const start = crtc[CR_CURSOR_START]!;
    return (start & CURSOR_OFF) === 0 && (start & 31) <= (crtc[CR_CURSOR_END]! & 31);
  }

  /** The next time a blink changes what was drawn last. */
  nextChangeNs(nowNs: number, isCursorAtRest: boolean): number | undefined {
    if (this.#showsCursor && this.isCursorOn) {
      if (!isCursorAtRest) return nextPhase(nowNs, CURSOR_BLINK_NS);
      if (!this.#isCursorLit) return nowNs;
    }
    return this.#hasBlinkingCells && this.#blinks ? nextPhase(nowNs, TEXT_BLINK_NS) : undefined;
  }

  get #blinks(): boolean {
    return (this.regs.attr[AR_MODE_CONTROL]! & ATTR_BLINK) !== 0;
  }

  /** The cell that the cursor's skew delays it to. */
  get #cursorLocation(): number {
    const { crtc } = this.regs;
    const location = (crtc[CR_CURSOR_LOCATION_HIGH]! << 8) | crtc[CR_CURSOR_LOCATION_LOW]!;
    return (location + ((crtc[CR_CURSOR_END]! >> 5) & 3)) & 0xffff;
  }

  /** What the cursor, lit, adds to the cell under it. */
  get #cursorCell(): number {
    if (!this.isCursorOn) return 0;
    const { crtc } = this.regs;
    const start = crtc[CR_CURSOR_START]! & 31;
    return CELL_CURSOR | (start << CELL_CURSOR_START) | ((crtc[CR_CURSOR_END]! & 31) << CELL_CURSOR_END);
  }

  #wordAt(row: TextRow, column: number): number {
    return this.words[this.picture.fetchAddress(row.address, column, 0)]!;
  }

  #loadFont(font: Uint8Array, from: number): boolean {
    const { words } = this;
    let isNew = false;
    for (let i = 0; i < FONT_BYTES; i++) {
      const byte = (words[from + i]! >>> 16) & 0xff;
      if (font[i] === byte) continue;
      font[i] = byte;
      isNew = true;
    }
    return isNew;
  }

  #drawCell(into: Int32Array, row: TextRow, column: number, cell: number): void {
    const { picture, regs } = this;
    const { sixteen } = this.colors;
    const { cellWidth, scale, scans } = picture;
    const character = cell & 0xff;
    const attribute = (cell >>> 8) & 0xff;
    const mode = regs.attr[AR_MODE_CONTROL]!;
    const background = sixteen[(mode & ATTR_BLINK) !== 0 ? (attribute >> 4) & 7 : attribute >> 4]!;
    const foreground = sixteen[attribute & 15]!;
    const ink = (cell & CELL_HIDDEN) !== 0 ? background : foreground;
    const font = (attribute & 8) !== 0 ? this.#fontA : this.#fontB;
    const underline = (attribute & 0x77) === 1 ? regs.crtc[CR_UNDERLINE_LOCATION]! & 31 : -1;
    const repeatsEighth = (mode & ATTR_LINE_GRAPHICS) !== 0 && (character & 0xe0) === 0xc0;
    const cursorStart = (cell & CELL_CURSOR) !== 0 ? (cell >>> CELL_CURSOR_START) & 31 : 32;
    const cursorEnd = (cell >>> CELL_CURSOR_END) & 31;
    const left = (column * cellWidth - row.pan) * scale;
    const skipped = left < 0 ? -left : 0;
    const end = Math.min(cellWidth * scale, picture.width - left);
    for (let y = row.y; y < row.y + row.height; y++) {
      const scan = scans[y]!;
      let bits = font[character * 32 + scan]! << 1;
      if (repeatsEighth) bits |= (bits >> 1) & 1;
      let color = ink;
      if (scan === underline) bits = 0x1ff;
      if (scan >= cursorStart && scan <= cursorEnd) {
        bits = 0x1ff;
        color = foreground;
      }
      const at = y * picture.width + left;
      if (scale === 1) {
        for (let x = skipped; x < end; x++) into[at + x] = ((bits << x) & 0x100) !== 0 ? color : background;
      } else {
        for (let x = skipped; x < end; x++) into[at + x] = ((bits << (x >> 1)) & 0x100) !== 0 ? color : background;
      }
    }
  }
}

/** Map 0-7 of the character map select register: bits 0 and 1 count 16 KiB, bit 2 adds 8 KiB. */
function fontAddress(map: number): number {
  return (map & 3) * 0x4000 + (map >> 2) * 0x2000;
}
