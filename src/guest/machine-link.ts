import { RingConsumer, RingProducer } from '../machine/ring';
import type { MachineInput } from '../machine/inputs';
import type { KeyStroke } from '../protocol/guest';
import type { ToHost, ToMachine } from './machine-messages';

/** Bytes of output collected before they are sent on without waiting for the end of the slice. */
const OUTPUT_CHUNK = 16 * 1024;
const RING_WAIT_MS = 50;

/**
 * The machine thread's end of the two rings. Sending blocks only while the host side is behind by a whole ring; it never
 * waits for an answer.
 */
export class MachineLink {
  readonly #out: RingProducer;
  readonly #in: RingConsumer;
  readonly #collected = new Map<string, { message: ToHost; bytes: Uint8Array; used: number }>();

  /** @param ring tells the host's event loop that there is something in the ring */
  constructor(
    rings: { toMachine: SharedArrayBuffer; toHost: SharedArrayBuffer },
    private readonly ring: () => void,
  ) {
    this.#out = new RingProducer(rings.toHost);
    this.#in = new RingConsumer(rings.toMachine);
  }

  send(message: ToHost, bytes?: Uint8Array): void {
    while (!this.#out.tryPush(message, bytes)) {
      this.ring();
      this.#out.waitForRoom(RING_WAIT_MS);
    }
    this.ring();
  }

  /** Largest byte part of one message. */
  get maxBytes(): number {
    return this.#out.maxBytes;
  }

  /** Collects output bytes; `flush` sends them. */
  collect(key: string, message: ToHost, byte: number): void {
    let entry = this.#collected.get(key);
    if (entry === undefined) {
      entry = { message, bytes: new Uint8Array(OUTPUT_CHUNK), used: 0 };
      this.#collected.set(key, entry);
    }
    entry.bytes[entry.used++] = byte;
    if (entry.used === OUTPUT_CHUNK) this.#flushEntry(entry);
  }

  flush(): void {
    for (const entry of this.#collected.values()) if (entry.used > 0) this.#flushEntry(entry);
  }

  receive(): { message: ToMachine; bytes: Uint8Array } | undefined {
    if (this.#in.isEmpty) return undefined;
    const record = this.#in.pop();
    return record === undefined ? undefined : { message: record.value as ToMachine, bytes: record.bytes };
  }

  sleep(timeoutMs: number): void {
    const bell = this.#in.bell;
    if (!this.#in.isEmpty) return;
    this.#in.wait(bell, timeoutMs);
  }

  #flushEntry(entry: { message: ToHost; bytes: Uint8Array; used: number }): void {
    this.send(entry.message, entry.bytes.subarray(0, entry.used));
    entry.used = 0;
  }
}

/** Puts the byte part of a ring record back into its input. */
export function withBytes(input: MachineInput, bytes: Uint8Array): MachineInput {
  if (input.kind === 'serial') return { ...input, bytes };
  if (input.kind === 'disk' && bytes.length > 0) return { ...input, data: bytes };
  return input;
}

/** The counterpart: what goes into the JSON and what travels as bytes. */
export function withoutBytes(input: MachineInput): { input: MachineInput; bytes: Uint8Array | undefined } {
  if (input.kind === 'serial') return { input: { ...input, bytes: new Uint8Array(0) }, bytes: input.bytes };
  if (input.kind === 'disk' && input.data !== undefined) {
    const { data, ...rest } = input;
    return { input: rest, bytes: data };
  }
  return { input, bytes: undefined };
}

const STROKE_DOWN = 0x8000;

/** Two bytes a stroke: a pasted text may have hundreds of thousands. */
export function packStrokes(strokes: readonly KeyStroke[]): Uint8Array {
  const words = Uint16Array.from(strokes, ({ usage, down }) => usage | (down ? STROKE_DOWN : 0));
  return new Uint8Array(words.buffer);
}

export function unpackStrokes(bytes: Uint8Array): KeyStroke[] {
  const words = new Uint16Array(bytes.slice().buffer);
  return Array.from(words, (word) => ({ usage: word & ~STROKE_DOWN, down: (word & STROKE_DOWN) !== 0 }));
}
