import type { RegionPlan } from '../cpu/emulated/jit/region-plan';

/**
 * The queue of plans from the machine thread to the compiler's: one producer, one consumer, in shared memory, for a message between
 * threads costs the machine thread as much as making the plan.
 *
 * Layout: Int32 header (words written, words read, bell, whether the consumer sleeps), then the ring in words. A record: its words, id, state, mode, isHot, heatAt, the
 * lengths of the three arrays, and the arrays, the last one's bytes padded to a word.
 */
const WRITTEN = 0;
const READ = 1;
const BELL = 2;
const ASLEEP = 3;
const HEADER_WORDS = 16;
const RECORD_HEAD = 9;
/**
 * After a plan others follow: the consumer looks again so often, after so many milliseconds, before it has itself woken. Waking a
 * thread costs the machine thread a quarter of a millisecond, for the woken one may run in its place.
 */
const NAPS = 50;
const NAP_MS = 1;
/** Words; what is not used takes no memory. */
const RING_WORDS = 1 << 21;

export function createPlanRing(): SharedArrayBuffer {
  return new SharedArrayBuffer((HEADER_WORDS + RING_WORDS) * 4);
}

class PlanRingEnd {
  protected readonly header: Int32Array;
  protected readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.header = new Int32Array(buffer, 0, HEADER_WORDS);
    this.words = new Int32Array(buffer, HEADER_WORDS * 4, RING_WORDS);
  }
}

export class PlanProducer extends PlanRingEnd {
  /** false: there is no room. */
  tryPush({ id, state, mode, isHot, heatAt, nodes, targets, code }: RegionPlan): boolean {
    const codeWords = (code.length + 3) >> 2;
    const size = RECORD_HEAD + nodes.length + targets.length + codeWords;
    const written = this.header[WRITTEN]!;
    const used = (written - Atomics.load(this.header, READ)) | 0;
    if (used + size > RING_WORDS) return false;
    const padded = new Int32Array(codeWords);
    new Uint8Array(padded.buffer).set(code);
    let at = this.#put(written, [
      size,
      id,
      state,
      mode,
      isHot ? 1 : 0,
      heatAt,
      nodes.length,
      targets.length,
      code.length,
    ]);
    at = this.#put(at, nodes);
    at = this.#put(at, targets);
    at = this.#put(at, padded);
    Atomics.store(this.header, WRITTEN, at);
    Atomics.add(this.header, BELL, 1);
    if (Atomics.load(this.header, ASLEEP) !== 0) Atomics.notify(this.header, BELL);
    return true;
  }

  #put(at: number, values: ArrayLike<number>): number {
    const { words } = this;
    for (let i = 0; i < values.length; i++) words[(at + i) & (RING_WORDS - 1)] = values[i]!;
    return (at + values.length) | 0;
  }
}

export class PlanConsumer extends PlanRingEnd {
  /** The next plan, undefined: none waits. */
  take(): RegionPlan | undefined {
    const read = this.header[READ]!;
    if (Atomics.load(this.header, WRITTEN) === read) return undefined;
    const [size, id, state, mode, isHot, heatAt, nodes, targets, bytes] = this.#copy(read, RECORD_HEAD) as unknown as [
      size: number,
      id: number,
      state: number,
      mode: number,
      isHot: number,
      heatAt: number,
      nodes: number,
      targets: number,
      bytes: number,
    ];
    const first = read + RECORD_HEAD;
    const code = this.#copy(first + nodes + targets, (bytes + 3) >> 2);
    const plan: RegionPlan = {
      id,
      state: state >>> 0,
      mode,
      isHot: isHot !== 0,
      heatAt: heatAt >>> 0,
      nodes: this.#copy(first, nodes),
      targets: this.#copy(first + nodes, targets),
      code: new Uint8Array(code.buffer, 0, bytes),
    };
    Atomics.store(this.header, READ, (read + size) | 0);
    return plan;
  }

  /** A number that changes with every plan: read it before `take`, then `wait` on it. */
  get bell(): number {
    return Atomics.load(this.header, BELL);
  }

  wait(bell: number, timeoutMs: number): void {
    for (let i = 0; i < NAPS && this.bell === bell; i++) Atomics.wait(this.header, BELL, bell, NAP_MS);
    Atomics.store(this.header, ASLEEP, 1);
    Atomics.wait(this.header, BELL, bell, timeoutMs);
    Atomics.store(this.header, ASLEEP, 0);
  }

  #copy(from: number, count: number): Int32Array {
    const out = new Int32Array(count);
    for (let i = 0; i < count; i++) out[i] = this.words[(from + i) & (RING_WORDS - 1)]!;
    return out;
  }
}
