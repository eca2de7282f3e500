/**
 * The speaker that a PC hangs on OUT of the 8254's counter 2, through the data bit of port B: what both make of it as sound
 * samples. A listener only: it follows a copy of the counter, the guest sees nothing of it, and nothing of it is saved.
 */
import { type ChannelState, type OutEdge, PIT_HZ, PitChannel } from './channel';

export const SAMPLE_HZ = 24_000;
/** Clock ticks of the counter in one sample. */
const SAMPLE_TICKS = PIT_HZ / SAMPLE_HZ;
/** Waves with shorter periods are above what is heard (and above half of SAMPLE_HZ): their mean is what the cone does. */
const SHORTEST_PERIOD = 100;
/** The newest samples that are kept for whoever takes them, half a second. */
const MOST_SAMPLES = SAMPLE_HZ / 2;
const LOUDNESS = 0.25 * 0x7fff;
/** The cone goes back to its middle: a level that stays is not heard. This cuts below 20 Hz. */
const RETURN = 0.995;
/** Below this, what is left of a change is silence. */
const SILENCE = 1e-3;

export class Speaker {
  readonly #channel = new PitChannel(false);
  /** Up to where the sound is drawn. */
  #tick = 0;
  #isOn = false;
  /** Level from #tick on: 0, 1, or the mean of a wave that is too fast. */
  #level = 0;
  #edge: OutEdge | undefined;
  /** Area under the level in the part of the current sample that is drawn, and that part's length in ticks. */
  #area = 0;
  #drawn = 0;
  #input = 0;
  #output = 0;
  readonly #samples = new Int16Array(MOST_SAMPLES);
  #count = 0;

  /** The counter or the data bit has changed at `tick`. */
  follow(tick: number, counter: ChannelState, isOn: boolean): void {
    this.#draw(tick);
    this.#isOn = isOn;
    this.#channel.restore(counter);
    this.#look(tick);
  }

  /** Something is to be heard, or soon will be: samples come until this is false. */
  get isSounding(): boolean {
    return this.#edge !== undefined || this.#count > 0 || !this.#isStill;
  }

  /** The samples up to `tick` that were not taken yet, signed 16-bit; empty when there is silence. */
  take(tick: number): Int16Array {
    this.#draw(tick);
    const samples = this.#samples.slice(0, this.#count);
    this.#count = 0;
    return samples;
  }

  /** Starts anew at `tick`, in silence. */
  reset(tick: number, counter: ChannelState, isOn: boolean): void {
    this.#tick = tick;
    this.#isOn = isOn;
    this.#channel.restore(counter);
    this.#look(tick);
    this.#count = this.#area = this.#drawn = this.#output = 0;
    this.#input = this.#level;
  }

  get #isStill(): boolean {
    return Math.abs(this.#output) < SILENCE && this.#input === this.#level;
  }

  /** The level at `tick` and when it changes next. */
  #look(tick: number): void {
    const channel = this.#channel;
    const out = channel.out(tick); // also takes over a new count that is due
    const isWave = channel.mode === 2 || channel.mode === 3;
    this.#edge = undefined;
    if (!this.#isOn) {
      this.#level = 0;
    } else if (isWave && channel.gate && channel.count > 1 && channel.count < SHORTEST_PERIOD) {
      this.#level = channel.mode === 3 ? 0.5 : 1 - 1 / channel.count;
      // The counter takes a new count over at once, as far as anybody hears.
      const { nextCount } = channel.save();
      if (nextCount >= SHORTEST_PERIOD) this.#edge = { tick: tick + channel.count, level: true, isPulse: false };
    } else {
      this.#level = out ? 1 : 0;
      this.#edge = channel.nextEdge(tick);
    }
  }

  #draw(until: number): void {
    if (until - this.#tick > MOST_SAMPLES * SAMPLE_TICKS) this.#skip(Math.floor(until - MOST_SAMPLES * SAMPLE_TICKS));
    while (this.#tick < until) {
      const edge = this.#edge;
      if (edge === undefined && this.#isStill) return this.#skip(until);
      if (edge === undefined || edge.tick > until) return this.#fill(until);
      if (edge.isPulse) {
        this.#fill(edge.tick - 1);
        this.#level = 0;
      }
      this.#fill(edge.tick);
      this.#look(edge.tick);
    }
  }

  /** To `tick` without a sound: nothing was to be heard, or nobody listened. */
  #skip(tick: number): void {
    this.#tick = tick;
    this.#area = this.#drawn = 0;
    this.#look(tick);
  }

  #fill(until: number): void {
    while (this.#tick < until) {
      const step = Math.min(until - this.#tick, SAMPLE_TICKS - this.#drawn);
      this.#area += step * this.#level;
      this.#drawn += step;
      this.#tick += step;
      if (SAMPLE_TICKS - this.#drawn > 1e-6) continue;
      this.#sample(this.#area / this.#drawn);
      this.#area = this.#drawn = 0;
      if (this.#edge === undefined && this.#isStill) this.#tick = until;
    }
  }

  #sample(input: number): void {
    this.#output = input - this.#input + RETURN * this.#output;
    this.#input = input;
    if (this.#count === MOST_SAMPLES) {
      this.#samples.copyWithin(0, MOST_SAMPLES / 2);
      this.#count = MOST_SAMPLES / 2;
    }
    this.#samples[this.#count++] = Math.round(this.#output * LOUDNESS);
  }
}
