/** So much sound waits before it is played: what comes late by less leaves no gap. */
const LEAD_SECONDS = 0.06;
/** More waits only when this computer's clock and the guest's differ: then what comes is left out. */
const MOST_SECONDS = 0.4;

/** Plays signed 16-bit samples as they come. The sound device is opened at the first of them. */
export class SoundOutput {
  #context: AudioContext | undefined;
  /** Where on the context's clock the next part begins. */
  #end = 0;

  play(rate: number, bytes: Uint8Array): void {
    this.#context ??= new AudioContext({ latencyHint: 'interactive' });
    const context = this.#context;
    const now = context.currentTime;
    if (this.#end < now) this.#end = now + LEAD_SECONDS;
    if (this.#end > now + MOST_SECONDS) return;
    const count = bytes.length >> 1;
    const buffer = context.createBuffer(1, count, rate);
    const channel = buffer.getChannelData(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < count; i++) channel[i] = view.getInt16(2 * i, true) / 0x8000;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(this.#end);
    this.#end += buffer.duration;
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}
