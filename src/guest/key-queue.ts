import type { KeyStroke } from '../protocol/guest';

/** Guest time between two strokes of typed text: drivers behind the keyboard's own buffer have small ones too. */
const TYPE_INTERVAL_NS = 5_000_000;
/** Strokes of live keys that wait for a guest that does not read; later presses are dropped with their releases. */
const LIVE_LIMIT = 256;
/** A BIOS whose buffer stays full this long is not being asked for keys: it no longer holds typing up. */
const BIOS_PATIENCE_NS = 1_000_000_000;

/** What the queue sees of the machine. */
export interface KeyTaker {
  nowNs(): number;
  /** Whether the keyboard would pass a stroke on whole. */
  canTake(down: boolean): boolean;
  /** What the BIOS's own buffer holds, while the BIOS serves the keyboard. */
  biosBuffer(): { readonly isFull: boolean; readonly head: number } | undefined;
  /** Puts the stroke into the machine, as an input. */
  press(stroke: KeyStroke): void;
}

interface Batch {
  strokes: readonly KeyStroke[];
  next: number;
  readonly isTyped: boolean;
  readonly entered: () => void;
}

/**
 * Keys on their way into the machine. They wait here, outside the machine, while the guest is busy: a keyboard holds
 * 16 bytes and a BIOS 15 keys, and both drop what comes on top. In order, whoever sent them; what enters is an input like
 * any other, so that a recording replays it.
 */
export class KeyQueue {
  #batches: Batch[] = [];
  #liveStrokes = 0;
  /** Keys that are down for whoever looks at the end of the queue. */
  readonly #down = new Set<number>();
  /** The key that repeats when it is held. */
  #lastPressed: number | undefined;
  #nextTypedNs = 0;
  #fullSinceNs: number | undefined;
  /** Head of the BIOS's buffer when patience ended; it holds nothing up until the head moves. */
  #abandonedHead: number | undefined;

  constructor(private readonly machine: KeyTaker) {}

  /** A key that a user presses or releases. */
  press(stroke: KeyStroke): void {
    const { usage, down } = stroke;
    if (stroke.heldMs !== undefined) return this.#hold(stroke);
    if (this.#down.has(usage) === down) return;
    if (down && this.#liveStrokes >= LIVE_LIMIT) return;
    if (down) this.#down.add(usage);
    else this.#down.delete(usage);
    if (down) this.#lastPressed = usage;
    else if (this.#lastPressed === usage) this.#lastPressed = undefined;
    this.#pushLive(stroke);
  }

  /** Behind its press; a later word makes an earlier one that still waits needless. */
  #hold(stroke: KeyStroke): void {
    if (!stroke.down || stroke.usage !== this.#lastPressed) return;
    const last = this.#batches.at(-1);
    if (last?.strokes[0]?.heldMs !== undefined) last.strokes = [stroke];
    else if (this.#liveStrokes < LIVE_LIMIT) this.#pushLive(stroke);
  }

  #pushLive(stroke: KeyStroke): void {
    this.#liveStrokes++;
    this.#batches.push({ strokes: [stroke], next: 0, isTyped: false, entered: () => this.#liveStrokes-- });
  }

  /** Text as strokes; `entered` is called when the last of them is in the machine, or was given up by `clear`. */
  type(strokes: readonly KeyStroke[], entered: () => void): void {
    if (strokes.length === 0) return entered();
    this.#batches.push({ strokes, next: 0, isTyped: true, entered });
  }

  /** The machine was reset: what was typed for what ran before is not meant for what runs now. */
  clear(): void {
    const batches = this.#batches;
    this.#batches = [];
    this.#down.clear();
    this.#lastPressed = undefined;
    this.#fullSinceNs = undefined;
    for (const batch of batches) batch.entered();
  }

  /** Moves what the guest can take now. Call between instructions. */
  pump(): void {
    while (this.#isReady()) {
      const batch = this.#batches[0] as Batch;
      this.machine.press(batch.strokes[batch.next++] as KeyStroke);
      if (batch.isTyped) this.#nextTypedNs = this.machine.nowNs() + TYPE_INTERVAL_NS;
      if (batch.next < batch.strokes.length) continue;
      this.#batches.shift();
      batch.entered();
    }
  }

  /** Guest ns after which `pump` may have something to do though nothing else happens in the machine. */
  get waitNs(): number {
    const batch = this.#batches[0];
    if (batch === undefined) return Number.POSITIVE_INFINITY;
    const { down, heldMs } = batch.strokes[batch.next] as KeyStroke;
    // Without the guest's doing, the keyboard does not empty.
    if (heldMs === undefined && !this.machine.canTake(down)) return Number.POSITIVE_INFINITY;
    if (this.#isReady()) return 0;
    const now = this.machine.nowNs();
    if (this.#fullSinceNs !== undefined) return Math.max(0, this.#fullSinceNs + BIOS_PATIENCE_NS - now);
    return Math.max(0, this.#nextTypedNs - now);
  }

  #isReady(): boolean {
    const batch = this.#batches[0];
    if (batch === undefined) return false;
    const { down, heldMs } = batch.strokes[batch.next] as KeyStroke;
    if (heldMs !== undefined) return true;
    if (!this.machine.canTake(down)) return false;
    if (batch.isTyped && this.machine.nowNs() < this.#nextTypedNs) return false;
    // A release needs no room in the BIOS's buffer.
    return !down || this.#biosHasRoom();
  }

  #biosHasRoom(): boolean {
    const buffer = this.machine.biosBuffer();
    if (buffer === undefined || !buffer.isFull || buffer.head === this.#abandonedHead) {
      this.#fullSinceNs = undefined;
      if (buffer?.isFull !== true) this.#abandonedHead = undefined;
      return true;
    }
    this.#fullSinceNs ??= this.machine.nowNs();
    if (this.machine.nowNs() - this.#fullSinceNs < BIOS_PATIENCE_NS) return false;
    this.#abandonedHead = buffer.head;
    this.#fullSinceNs = undefined;
    return true;
  }
}
