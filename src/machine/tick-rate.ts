/** A chip's clock of a whole number of hertz against guest nanoseconds, in exact integers: no drift, no lost tick. */
export class TickRate {
  /** hz below 8 MHz keeps every product under 2^53. */
  constructor(readonly hz: number) {}

  /** Whole ticks since time 0. */
  ticksAt(ns: number): number {
    const seconds = Math.floor(ns / 1e9);
    return seconds * this.hz + Math.floor(((ns - seconds * 1e9) * this.hz) / 1e9);
  }

  /** The first nanosecond at which `ticksAt` gives `tick`. */
  nsOf(tick: number): number {
    const seconds = Math.floor(tick / this.hz);
    return seconds * 1e9 + Math.ceil(((tick - seconds * this.hz) * 1e9) / this.hz);
  }
}
