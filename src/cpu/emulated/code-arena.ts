/** A piece of the shared memory, offsets in bytes. */
export interface Piece {
  readonly from: number;
  readonly end: number;
}

/**
 * Memory for decoded blocks: given out in order, and taken back all at once, but for what is kept; then it is given out from the gaps
 * between. A block's size is known once it is decoded: that is done in `scratch`, behind the rest.
 */
export class CodeArena {
  readonly scratch: number;
  #next: number;
  #limit: number;
  /** The last comes next. */
  #gaps: Piece[] = [];

  constructor(
    readonly start: number,
    size: number,
    scratchSize: number,
  ) {
    this.scratch = start + size - scratchSize;
    this.#next = start;
    this.#limit = this.scratch;
  }

  get size(): number {
    return this.scratch - this.start;
  }

  contains(offset: number): boolean {
    return offset >= this.start && offset < this.scratch;
  }

  /** Where `bytes` are free from now on; undefined: nowhere. What is left of a gap that is too small goes unused. */
  take(bytes: number): number | undefined {
    while (this.#next + bytes > this.#limit) {
      const gap = this.#gaps.pop();
      if (gap === undefined) return undefined;
      this.#next = gap.from;
      this.#limit = gap.end;
    }
    const place = this.#next;
    this.#next += bytes;
    return place;
  }

  /** All is free but `kept`, in ascending order. */
  freeAllBut(kept: readonly Piece[]): void {
    const ends = [this.start, ...kept.map(({ end }) => end)];
    const froms = [...kept.map(({ from }) => from), this.scratch];
    this.#gaps = ends.map((from, i) => ({ from, end: froms[i]! })).filter(({ from, end }) => from < end);
    this.#gaps.reverse();
    this.#next = 0;
    this.#limit = 0;
  }
}
