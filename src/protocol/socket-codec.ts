/**
 * Frames on a byte stream: u32 length (little endian), u32 JSON length, JSON, then the bytes of every Uint8Array in it, in
 * order; the JSON stands `{"$bytes": length}` in their place.
 */
const MAX_FRAME_BYTES = 64 << 20;

export function encodeFrame(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  const json = new TextEncoder().encode(
    // `this[key]`, not the second argument: a Buffer has a toJSON that ran already.
    JSON.stringify(value, function (this: Record<string, unknown>, key: string, item: unknown) {
      const original = this[key];
      if (!(original instanceof Uint8Array)) return item;
      parts.push(original);
      return { $bytes: original.length };
    }),
  );
  const length = 4 + json.length + parts.reduce((sum, part) => sum + part.length, 0);
  const out = new Uint8Array(4 + length);
  const view = new DataView(out.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, json.length, true);
  out.set(json, 8);
  let at = 8 + json.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Collects a stream's bytes and gives whole frames. Throws on a stream that is none of ours. */
export class FrameReader {
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  push(chunk: Uint8Array): unknown[] {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    const frames: unknown[] = [];
    for (;;) {
      const all = this.#joined();
      if (all.length < 4) return frames;
      const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
      const length = view.getUint32(0, true);
      if (length < 4 || length > MAX_FRAME_BYTES) throw new RangeError('frame length out of range');
      if (all.length < 4 + length) return frames;
      frames.push(decode(all.subarray(4, 4 + length)));
      this.#held = [all.subarray(4 + length)];
      this.#heldBytes = all.length - 4 - length;
    }
  }

  #joined(): Uint8Array {
    if (this.#held.length === 1) return this.#held[0] as Uint8Array;
    // Nothing is joined before the first frame can be complete: a slow sender of a large frame costs no copies.
    const first = this.#held[0];
    if (first !== undefined && first.length >= 4) {
      const length = new DataView(first.buffer, first.byteOffset, 4).getUint32(0, true);
      if (length <= MAX_FRAME_BYTES && this.#heldBytes < 4 + length) return first;
    }
    const all = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const part of this.#held) {
      all.set(part, at);
      at += part.length;
    }
    this.#held = [all];
    return all;
  }
}

function decode(frame: Uint8Array): unknown {
  const jsonLength = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0, true);
  if (4 + jsonLength > frame.length) throw new RangeError('frame is torn');
  const json = new TextDecoder().decode(frame.subarray(4, 4 + jsonLength));
  const places: { holder: Record<string, unknown>; key: string; length: number }[] = [];
  const value = JSON.parse(json, function (this: Record<string, unknown>, key: string, item: unknown) {
    if (typeof item === 'object' && item !== null && '$bytes' in item && Object.keys(item).length === 1) {
      const length = (item as { $bytes: unknown }).$bytes;
      if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) throw new RangeError('frame is torn');
      places.push({ holder: this, key, length });
    }
    return item;
  }) as unknown;
  let at = 4 + jsonLength;
  const root = { '': value };
  for (const { holder, key, length } of places) {
    if (at + length > frame.length) throw new RangeError('frame is torn');
    const target = key === '' && holder[''] === value ? (root as Record<string, unknown>) : holder;
    target[key] = frame.slice(at, at + length);
    at += length;
  }
  return root[''];
}
