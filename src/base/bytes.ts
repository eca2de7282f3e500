/** Reading, writing, comparing and searching bytes. Offsets outside the array throw RangeError (as DataView does). */

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Big-endian 64-bit value as a number; undefined when it does not fit a double exactly. */
export function readSafeU64BE(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

export function readSafeU64LE(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

export function writeU64BE(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
  view.setUint32(offset + 4, value >>> 0);
}

export function writeU64LE(view: DataView, offset: number, value: number): void {
  view.setUint32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
  view.setUint32(offset, value >>> 0, true);
}

/** Whether every byte is zero. Aligned arrays are compared by 64-bit words. */
export function isAllZero(bytes: Uint8Array): boolean {
  let i = 0;
  const length = bytes.length;
  if (bytes.byteOffset % 8 === 0) {
    const words = new Float64Array(bytes.buffer, bytes.byteOffset, length >>> 3);
    // -0 equals 0 as a double, so its bit pattern is looked for among the bytes afterwards.
    for (; i < words.length; i++) if (words[i] !== 0) return false;
    const high = new Uint32Array(bytes.buffer, bytes.byteOffset, words.length * 2);
    for (let w = 1; w < high.length; w += 2) if (high[w] !== 0) return false;
    i *= 8;
  }
  for (; i < length; i++) if (bytes[i] !== 0) return false;
  return true;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether `bytes` holds the ASCII characters of `text` at `offset`. */
export function hasAscii(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset < 0 || offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Characters of an ASCII (or Latin-1) field; stops at a NUL. */
export function readAscii(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  const end = Math.min(offset + length, bytes.length);
  for (let i = Math.max(offset, 0); i < end && bytes[i] !== 0; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
