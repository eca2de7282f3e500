/** Small integer helpers; numbers are taken as integers below 2^53 unless a name says 32. */

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

export function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment;
}

export function divideUp(value: number, divisor: number): number {
  return Math.ceil(value / divisor);
}

export function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Bit `index` (0-31) of a 32-bit value. */
export function bit32(value: number, index: number): boolean {
  return ((value >>> index) & 1) !== 0;
}

/** Bits `low` to `low + count - 1` (count below 32) of a 32-bit value, unsigned. */
export function field32(value: number, low: number, count: number): number {
  return (value >>> low) & ((1 << count) - 1);
}

/** `value` with its low or high byte replaced, etc.: bits of `mask` from `bits`, the others kept; unsigned. */
export function merge32(value: number, bits: number, mask: number): number {
  return ((value & ~mask) | (bits & mask)) >>> 0;
}

/** Packed BCD of 0-99. */
export function toBcd(value: number): number {
  return (Math.trunc(value / 10) << 4) | (value % 10);
}

export function fromBcd(value: number): number {
  return (value >> 4) * 10 + (value & 15);
}
