/**
 * Binary floating point by exact rational arithmetic on BigInts, written from IEEE 754 and the Intel SDM (vol. 1, 4.8 and 4.9),
 * to check the soft float against. Slow and plain on purpose.
 */
export interface Format {
  readonly precision: number;
  readonly emin: number;
  readonly emax: number;
}
export const SINGLE: Format = { precision: 24, emin: -126, emax: 127 };
export const DOUBLE: Format = { precision: 53, emin: -1022, emax: 1023 };
/** x87 registers under precision control: the exponent keeps its 15 bits. */
export const extended = (precision: number): Format => ({ precision, emin: -16382, emax: 16383 });

export const IE = 1;
export const DE = 2;
export const ZE = 4;
export const OE = 8;
export const UE = 16;
export const PE = 32;
export const C1 = 0x200;

export type Rounding = 'nearest' | 'down' | 'up' | 'zero';
export const ROUNDINGS: readonly Rounding[] = ['nearest', 'down', 'up', 'zero'];

/** A magnitude: numerator / denominator. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}
export type Value =
  | { kind: 'zero' | 'infinite'; sign: boolean }
  | { kind: 'finite'; sign: boolean; size: Ratio; denormal: boolean }
  | { kind: 'nan'; sign: boolean; mantissa: bigint; signalling: boolean; unsupported?: boolean };

export function power(e: number): Ratio {
  return e >= 0 ? { n: 1n << BigInt(e), d: 1n } : { n: 1n, d: 1n << BigInt(-e) };
}
export const scaled = (m: bigint, e: number): Ratio => {
  const p = power(e);
  return { n: m * p.n, d: p.d };
};
const compare = (a: Ratio, b: Ratio): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
export const compareRatios = compare;

/** floor(log2(r)). */
export function exponentOf(r: Ratio): number {
  let e = r.n.toString(2).length - r.d.toString(2).length;
  while (compare(r, power(e)) < 0) e--;
  while (compare(r, power(e + 1)) >= 0) e++;
  return e;
}

/** r as a multiple of 2^quantum, rounded. */
export function quantize(
  r: Ratio,
  quantum: number,
  rounding: Rounding,
  sign: boolean,
): { m: bigint; inexact: boolean; up: boolean } {
  const q = power(quantum);
  const n = r.n * q.d;
  const d = r.d * q.n;
  let m = n / d;
  const rest = n % d;
  if (rest === 0n) return { m, inexact: false, up: false };
  const half = 2n * rest - d;
  const up =
    rounding === 'nearest'
      ? half > 0n || (half === 0n && (m & 1n) === 1n)
      : rounding === 'up'
        ? !sign
        : rounding === 'down' && sign;
  if (up) m++;
  return { m, inexact: true, up };
}

export interface Rounded {
  /** The result is m * 2^e; or infinite. */
  readonly m: bigint;
  readonly e: number;
  readonly infinite: boolean;
  readonly flags: number;
}

/** Rounds a magnitude with all exceptions masked. `flush`: tiny results become zero (MXCSR.FTZ). */
export function roundTo(r: Ratio, format: Format, rounding: Rounding, sign: boolean, flush = false): Rounded {
  const { precision, emin, emax } = format;
  const e = exponentOf(r);
  const free = quantize(r, e - precision + 1, rounding, sign);
  const carried = free.m === 1n << BigInt(precision);
  const unboundedExponent = carried ? e + 1 : e;
  if (unboundedExponent < emin) {
    if (flush) return { m: 0n, e: 0, infinite: false, flags: UE | PE };
    const fixed = quantize(r, emin - precision + 1, rounding, sign);
    const flags = (fixed.inexact ? UE | PE : 0) | (fixed.up ? C1 : 0);
    return { m: fixed.m, e: emin - precision + 1, infinite: false, flags };
  }
  if (unboundedExponent > emax) {
    const infinite = rounding === 'nearest' || (rounding === 'up' && !sign) || (rounding === 'down' && sign);
    if (infinite) return { m: 0n, e: 0, infinite, flags: OE | PE | C1 };
    return { m: (1n << BigInt(precision)) - 1n, e: emax - precision + 1, infinite, flags: OE | PE };
  }
  return { m: free.m, e: e - precision + 1, infinite: false, flags: (free.inexact ? PE : 0) | (free.up ? C1 : 0) };
}

// ---- double extended ----

export interface Extended {
  readonly mantissa: bigint;
  /** Sign in bit 15. */
  readonly exponent: number;
}
const TOP = 1n << 63n;
export const DEFAULT_NAN: Extended = { mantissa: 0xc000000000000000n, exponent: 0xffff };

export function decodeExtended({ mantissa, exponent }: Extended): Value {
  const sign = (exponent & 0x8000) !== 0;
  const biased = exponent & 0x7fff;
  if (biased === 0) {
    if (mantissa === 0n) return { kind: 'zero', sign };
    return { kind: 'finite', sign, size: scaled(mantissa, -16382 - 63), denormal: true };
  }
  if ((mantissa & TOP) === 0n) return { kind: 'nan', sign, mantissa, signalling: true, unsupported: true };
  if (biased === 0x7fff) {
    if (mantissa === TOP) return { kind: 'infinite', sign };
    return { kind: 'nan', sign, mantissa, signalling: (mantissa & (1n << 62n)) === 0n };
  }
  return { kind: 'finite', sign, size: scaled(mantissa, biased - 16383 - 63), denormal: false };
}

/** The register image of a rounded magnitude. */
export function encodeExtended(r: Rounded, sign: boolean): Extended {
  const top = sign ? 0x8000 : 0;
  if (r.infinite) return { mantissa: TOP, exponent: top | 0x7fff };
  if (r.m === 0n) return { mantissa: 0n, exponent: top };
  const length = r.m.toString(2).length;
  const e = r.e + length - 1;
  if (e < -16382) return { mantissa: r.m << BigInt(r.e + 16382 + 63), exponent: top };
  return { mantissa: r.m << BigInt(64 - length), exponent: top | (e + 16383) };
}

// ---- single and double ----

export function decodeIeee(bits: bigint, format: Format): Value {
  const fractionBits = BigInt(format.precision - 1);
  const fraction = bits & ((1n << fractionBits) - 1n);
  const all = BigInt(format.emax * 2 + 1);
  const biased = (bits >> fractionBits) & all;
  const sign = ((bits >> fractionBits) & (all + 1n)) !== 0n;
  if (biased === all) {
    if (fraction === 0n) return { kind: 'infinite', sign };
    return { kind: 'nan', sign, mantissa: fraction, signalling: fraction >> (fractionBits - 1n) === 0n };
  }
  if (biased === 0n && fraction === 0n) return { kind: 'zero', sign };
  const e = biased === 0n ? format.emin : Number(biased) - format.emax;
  const m = biased === 0n ? fraction : fraction | (1n << fractionBits);
  return { kind: 'finite', sign, size: scaled(m, e - format.precision + 1), denormal: biased === 0n };
}

export function encodeIeee(r: Rounded, sign: boolean, format: Format): bigint {
  const fractionBits = BigInt(format.precision - 1);
  const top = sign ? BigInt(format.emax * 2 + 2) << fractionBits : 0n;
  if (r.infinite) return top | (BigInt(format.emax * 2 + 1) << fractionBits);
  if (r.m === 0n) return top;
  let { m, e } = r;
  while (m >= 1n << (fractionBits + 1n)) {
    m >>= 1n;
    e++;
  }
  while (m < 1n << fractionBits && e > format.emin - format.precision + 1) {
    m <<= 1n;
    e--;
  }
  if (m < 1n << fractionBits) return top | m;
  return top | (BigInt(e + format.precision - 1 + format.emax) << fractionBits) | (m & ((1n << fractionBits) - 1n));
}

// ---- operations on magnitudes with signs ----

export interface Signed {
  readonly sign: boolean;
  readonly size: Ratio;
}
export function addSigned(a: Signed, b: Signed): Signed | 'zero' {
  const n = (a.sign ? -a.size.n : a.size.n) * b.size.d + (b.sign ? -b.size.n : b.size.n) * a.size.d;
  if (n === 0n) return 'zero';
  return { sign: n < 0n, size: { n: n < 0n ? -n : n, d: a.size.d * b.size.d } };
}

/** floor(sqrt(n)). */
export function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** sqrt(r) with so many bits that a sticky last one rounds as the true root does. */
export function rootOf(r: Ratio): Ratio {
  const bits = BigInt(Math.max(0, 100 - Math.floor(exponentOf(r) / 2)));
  const n = (r.n << (2n * bits)) / r.d;
  const exact = (r.n << (2n * bits)) % r.d === 0n;
  const root = integerRoot(n);
  const isExact = exact && root * root === n;
  return { n: (root << 1n) | (isExact ? 0n : 1n), d: 1n << (bits + 1n) };
}
