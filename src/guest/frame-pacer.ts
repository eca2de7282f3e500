/** Time between two frames, at most 60 a second on average, and between two looks at a screen of which nothing is expected. */
export const FRAME_MS = 16;
/** So soon a user should see the answer to a key or a move of the mouse. */
export const ANSWER_MS = 2;
/** So long after it a change of the screen may be the answer. */
const ANSWERED_MS = 100;

/** When the screen of a machine is looked at, to send what changed there. Times are the host's, in ms. */
export class FramePacer {
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #lastInputMs = Number.NEGATIVE_INFINITY;
  /** When the next frame would come at an even pace. */
  #evenMs = Number.NEGATIVE_INFINITY;

  /** A key, or a move of the mouse, came. */
  input(nowMs: number): void {
    this.#lastInputMs = nowMs;
  }

  looked(nowMs: number): void {
    this.#lastLookMs = nowMs;
  }

  /** There was something to send. */
  sent(nowMs: number): void {
    this.#evenMs = Math.max(this.#evenMs, nowMs) + FRAME_MS;
  }

  /** How long the screen need not be looked at: not above 0 when that is due. */
  waitMs(nowMs: number): number {
    if (nowMs - this.#lastInputMs >= ANSWERED_MS) return Math.max(this.#evenMs, this.#lastLookMs + FRAME_MS) - nowMs;
    // One frame too early, so that a blinking cursor just before the key does not hold the answer up; the next ones wait for it.
    return Math.max(this.#evenMs - FRAME_MS, this.#lastLookMs + ANSWER_MS) - nowMs;
  }
}
