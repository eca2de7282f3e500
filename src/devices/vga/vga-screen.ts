/** The picture of the adapter, for whoever sends frames. Looks at registers and memory, changes neither. */
import type { GuestClock } from '../../machine/clock';
import type { MemoryBlock } from '../../machine/guest-memory';
import type { Rect, ScreenMode, ScreenSource, TextCursor } from '../../machine/screen';
import { CURSOR_RESTS_NS, isOffPhase, nextPhase, TEXT_BLINK_NS } from './blinking';
import { Changes } from './changes';
import { BLACK, Colors } from './colors';
import type { Dispi } from './dispi';
import { GraphicsRenderer } from './graphics-renderer';
import { Picture } from './picture';
import { ATTR_INDEX_PAS, CLOCKING_SCREEN_OFF, SR_CLOCKING_MODE, type VgaRegisters } from './registers';
import { TextRenderer } from './text-renderer';

/** What a register write may have changed; each includes those before it. */
export const CHANGE_POSITION = 1;
export const CHANGE_ALL = 2;

export class VgaScreen implements ScreenSource {
  readonly #picture = new Picture();
  readonly #colors = new Colors();
  readonly #text: TextRenderer;
  readonly #graphics: GraphicsRenderer;
  #mode: ScreenMode = { kind: 'text', width: 0, height: 0, columns: 0, rows: 0, generation: 0 };
  /** Registers changed since the picture's description was made. */
  #isStale = true;
  /** What changed since the last frame. */
  #pending = CHANGE_ALL;
  #wasBlank = false;
  #wasGraphicsOff = false;
  #drawnGeneration = -1;
  /** When the guest last changed what is seen, as far as frames told. */
  #changedNs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly regs: VgaRegisters,
    private readonly dispi: Dispi,
    private readonly vram: MemoryBlock,
    words: Int32Array,
    private readonly clock: GuestClock,
    /** Called when the pages written so far have been collected. */
    private readonly collected: () => void,
  ) {
    this.#text = new TextRenderer(regs, words, this.#picture, this.#colors);
    this.#graphics = new GraphicsRenderer(regs, dispi, vram.bytes, words, this.#picture, this.#colors);
  }

  noteChange(change: number): void {
    this.#isStale = true;
    if (change > this.#pending) this.#pending = change;
  }

  mode(): ScreenMode {
    this.#refresh();
    return this.#mode;
  }

  renderDirty(into: Uint32Array, full: boolean): Rect[] {
    const { width, height, generation } = this.mode();
    if (into.length !== width * height) return [];
    const pixels = signed(into);
    const isBlank = this.#isBlank;
    const needsAll = full || isBlank !== this.#wasBlank || generation !== this.#drawnGeneration;
    const pending = this.#pending;
    this.#pending = 0;
    this.#wasBlank = isBlank;
    this.#drawnGeneration = generation;
    const written = this.vram.collectWritten();
    this.collected();
    const isWritten = hasBit(written);
    const nowNs = this.clock.nowNs();
    if (isWritten || needsAll || pending !== 0) this.#changedNs = nowNs;

    if (isBlank) {
      if (!needsAll) return [];
      pixels.fill(BLACK);
      return [{ x: 0, y: 0, width, height }];
    }
    const changes = new Changes();
    if (this.#mode.kind === 'text') {
      const hasNewFont = (isWritten || needsAll || pending === CHANGE_ALL) && this.#text.loadFonts();
      if (needsAll || hasNewFont || pending === CHANGE_ALL) this.#text.forget();
      this.#text.render(pixels, nowNs, this.#isCursorAtRest(nowNs), changes);
    } else {
      const isOff = this.#isGraphicsOff;
      const isStale = needsAll || pending !== 0 || isOff !== this.#wasGraphicsOff;
      this.#wasGraphicsOff = isOff;
      if (isStale || isWritten) this.#graphics.render(pixels, isStale ? undefined : written, isOff, changes);
    }
    return needsAll ? [{ x: 0, y: 0, width, height }] : changes.take();
  }

  renderStill(into: Uint32Array): void {
    const { width, height, kind } = this.mode();
    if (into.length !== width * height) return;
    const pixels = signed(into);
    if (this.#isBlank) {
      pixels.fill(BLACK);
    } else if (kind === 'text') {
      // New fonts must not go unnoticed by the stream of frames.
      if (this.#text.loadFonts()) this.#text.forget();
      const nowNs = this.clock.nowNs();
      this.#text.render(pixels, nowNs, this.#isCursorAtRest(nowNs), undefined);
    } else {
      this.#graphics.render(pixels, undefined, this.#isGraphicsOff, undefined);
    }
  }

  readText(): string[] {
    return this.mode().kind === 'text' ? this.#text.readText() : [];
  }

  get cursor(): TextCursor | undefined {
    if (this.mode().kind !== 'text') return undefined;
    const position = this.#text.cursorPosition();
    return position && { ...position, isVisible: this.#text.isCursorOn && !this.#isBlank };
  }

  nextChangeNs(): number | undefined {
    const { kind } = this.mode();
    if (this.#isBlank) return undefined;
    if (kind === 'graphics') {
      return this.#blinksGraphics ? nextPhase(this.clock.nowNs(), TEXT_BLINK_NS) : undefined;
    }
    const nowNs = this.clock.nowNs();
    return this.#text.nextChangeNs(nowNs, this.#isCursorAtRest(nowNs));
  }

  #isCursorAtRest(nowNs: number): boolean {
    return nowNs - this.#changedNs >= CURSOR_RESTS_NS;
  }

  get #blinksGraphics(): boolean {
    const { pixels } = this.#picture;
    return this.#colors.blinksGraphics && (pixels === 'planar' || pixels === 'interleaved');
  }

  get #isGraphicsOff(): boolean {
    return this.#blinksGraphics && isOffPhase(this.clock.nowNs(), TEXT_BLINK_NS);
  }

  get #isBlank(): boolean {
    return (
      (this.regs.attrIndex & ATTR_INDEX_PAS) === 0 || (this.regs.seq[SR_CLOCKING_MODE]! & CLOCKING_SCREEN_OFF) !== 0
    );
  }

  #refresh(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const picture = this.#picture;
    picture.update(this.regs, this.dispi, this.vram.size);
    this.#colors.update(this.regs, this.dispi.hasDac8);
    const isText = picture.pixels === 'text';
    const { width, height } = picture;
    const kind = isText ? 'text' : 'graphics';
    const columns = isText ? picture.columns : 0;
    const rows = isText ? Math.max(1, Math.floor(height / picture.cellHeight)) : 0;
    const old = this.#mode;
    const isSame =
      old.kind === kind && old.width === width && old.height === height && old.columns === columns && old.rows === rows;
    if (!isSame) this.#mode = { kind, width, height, columns, rows, generation: old.generation + 1 };
  }
}

function signed(into: Uint32Array): Int32Array {
  return new Int32Array(into.buffer, into.byteOffset, into.length);
}

function hasBit(bits: Uint8Array): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return true;
  return false;
}
