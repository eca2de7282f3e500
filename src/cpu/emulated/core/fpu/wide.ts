/** Arithmetic on 128-bit integers as pairs of u64. No state: results beyond one word come from a second function. */

/** High half of a * b; the low half is a * b itself. */
export function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a0 * b0;
  const mid = a1 * b0 + (low >> 32);
  const mid2 = a0 * b1 + (mid & 0xffffffff);
  return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

/** floor((high:low) / d) for high < d and d with its top bit set (Knuth, TAOCP vol. 2, 4.3.1, algorithm D). */
export function divide128(high: u64, low: u64, d: u64): u64 {
  const d1 = d >> 32;
  const d0 = d & 0xffffffff;
  let q1 = high / d1;
  let r = high - q1 * d1;
  const n1 = low >> 32;
  while (q1 >> 32 || q1 * d0 > ((r << 32) | n1)) {
    q1--;
    r += d1;
    if (r >> 32) break;
  }
  const next = ((high << 32) | n1) - q1 * d;
  const n0 = low & 0xffffffff;
  let q0 = next / d1;
  r = next - q0 * d1;
  while (q0 >> 32 || q0 * d0 > ((r << 32) | n0)) {
    q0--;
    r += d1;
    if (r >> 32) break;
  }
  return (q1 << 32) + q0;
}

/** What follows the last bit of a quotient whose rest by `d` this is, as a word of which the top bit is one half: exact in how it rounds. */
// @ts-ignore: decorator
@inline
export function bitsOfRest(rest: u64, d: u64): u64 {
  if (rest == 0) return 0;
  const twice = rest << 1;
  if (rest >> 63 || twice > d) return 0xc000000000000000;
  return twice == d ? 0x8000000000000000 : 0x4000000000000000;
}

/** High word of (hi:lo) >> n, for any n. */
// @ts-ignore: decorator
@inline
export function shiftRightHigh(hi: u64, n: u32): u64 {
  return n < 64 ? hi >> <u64>n : 0;
}

/** Low word of (hi:lo) >> n with everything lost collected in bit 0, for any n. */
export function shiftRightLowSticky(hi: u64, lo: u64, n: u32): u64 {
  if (n == 0) return lo;
  if (n < 64) {
    const kept = (lo >> <u64>n) | (hi << <u64>(64 - n));
    return kept | <u64>((lo << <u64>(64 - n)) != 0);
  }
  if (n == 64) return hi | <u64>(lo != 0);
  if (n < 128) {
    const kept = hi >> <u64>(n - 64);
    return kept | <u64>(((hi << <u64>(128 - n)) | lo) != 0);
  }
  return <u64>((hi | lo) != 0);
}

/** floor(sqrt(high:low)) for high >= 2^62. */
export function squareRoot128(high: u64, low: u64): u64 {
  // a double gives 52 bits, one Newton step all of them but the last
  let x = <u64>(sqrt<f64>(<f64>high) * 4294967296.0 * 0.9999999999999998);
  if (x >> 63 == 0) x = (<u64>1) << 63;
  if (x > high) {
    const q = divide128(high, low, x);
    x = (x >> 1) + (q >> 1) + (x & q & 1);
  } else x = u64.MAX_VALUE;
  // now within one or two of the root
  for (;;) {
    const h = mulHigh(x, x);
    const l = x * x;
    if (h > high || (h == high && l > low)) {
      x--;
      continue;
    }
    // (x + 1)^2 = x^2 + 2x + 1
    const add = (x << 1) | 1;
    const l2 = l + add;
    const h2 = h + (x >> 63) + <u64>(l2 < l);
    if (x == u64.MAX_VALUE || h2 < h || h2 > high || (h2 == high && l2 > low)) break;
    x++;
  }
  return x;
}
