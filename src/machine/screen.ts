/** What the screen shows now. `generation` changes whenever any of the other values does. */
export interface ScreenMode {
  readonly kind: 'text' | 'graphics';
  /** Pixels of the picture as a monitor would show it. */
  readonly width: number;
  readonly height: number;
  /** Character cells; 0 in graphics. */
  readonly columns: number;
  readonly rows: number;
  readonly generation: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextCursor {
  readonly column: number;
  readonly row: number;
  /** Shown at all; blinking does not count. */
  readonly isVisible: boolean;
}

/**
 * A display adapter's picture. Called on the machine thread, between instructions, by whoever sends frames; nothing here
 * changes what the guest can see.
 */
export interface ScreenSource {
  mode(): ScreenMode;
  /**
   * Brings `into` (width * height pixels, bytes R, G, B, 255) up to date and says which rectangles changed: none when the
   * picture is the same. There is one stream of such calls: `into` must hold what the last call left there, unless `full`
   * asks for every pixel. A buffer of another size than `mode()` says is left alone.
   */
  renderDirty(into: Uint32Array, full: boolean): Rect[];
  /** The whole picture, beside the stream: for screenshots and thumbnails. */
  renderStill(into: Uint32Array): void;
  /** The text screen, one line a row, spaces at the end removed; empty in graphics modes. */
  readText(): string[];
  /** undefined in graphics modes and when it lies outside the screen. */
  readonly cursor: TextCursor | undefined;
  /** Guest time at which the picture changes without the guest's doing (blinking); undefined: it does not. */
  nextChangeNs(): number | undefined;
}
