/**
 * Scalar SSE arithmetic whose result is exact: no flag is set, whatever MXCSR has, so that it need not be soft while PE is clear.
 * Programs that count in doubles never set PE. Tests of exactness: Knuth's two-sum; products by the widths of their factors; a
 * quotient or root by the product that gives the operand back.
 */
import { SSE_ADD, SSE_DIV, SSE_MUL, SSE_SQRT, SSE_SUB } from './codes';

/** What exactDouble and exactSingle give where they cannot tell: a NaN, which is never exact. */
export const NOT_EXACT: u64 = 0xffffffffffffffff;

const EXP64: u64 = 0x7ff;

// @ts-ignore: decorator
@inline
function exponent64(bits: u64): u64 {
  return (bits >> 52) & EXP64;
}
/** Normal or zero. */
// @ts-ignore: decorator
@inline
function isPlain64(bits: u64): bool {
  const exponent = exponent64(bits);
  return exponent == 0 ? bits << 1 == 0 : exponent != EXP64;
}
/** Zeros at the end of a normal number's 53 bits. */
// @ts-ignore: decorator
@inline
function tail64(bits: u64): u64 {
  return ctz(bits | 0x0010000000000000);
}
/** Has the product of two normal numbers at most 53 bits, and is it far from underflow? */
// @ts-ignore: decorator
@inline
function isShort(x: u64, y: u64, product: u64): bool {
  return tail64(x) + tail64(y) >= 53 && exponent64(product) >= 2 && exponent64(product) != EXP64;
}
// @ts-ignore: decorator
@inline
function sumError(a: f64, b: f64, sum: f64): f64 {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** x op y as bits of a double, or NOT_EXACT. */
export function exactDouble(operation: u32, x: u64, y: u64): u64 {
  if (!isPlain64(x) || !isPlain64(y)) return NOT_EXACT;
  const a = reinterpret<f64>(x);
  const b = reinterpret<f64>(y);
  if (operation == SSE_ADD || operation == SSE_SUB) {
    const addend = operation == SSE_SUB ? -b : b;
    const sum = a + addend;
    return sumError(a, addend, sum) == 0.0 && exponent64(reinterpret<u64>(sum)) != EXP64 ? reinterpret<u64>(sum) : NOT_EXACT;
  }
  if (operation == SSE_MUL) {
    const product = reinterpret<u64>(a * b);
    return a == 0.0 || b == 0.0 || isShort(x, y, product) ? product : NOT_EXACT;
  }
  if (operation == SSE_DIV) {
    if (b == 0.0) return NOT_EXACT;
    const quotient = a / b;
    const bits = reinterpret<u64>(quotient);
    return a == 0.0 || (quotient * b == a && exponent64(bits) >= 2 && isShort(bits, y, x)) ? bits : NOT_EXACT;
  }
  if (operation == SSE_SQRT) {
    const root = sqrt<f64>(b);
    const bits = reinterpret<u64>(root);
    return b == 0.0 || (root * root == b && isShort(bits, bits, y)) ? bits : NOT_EXACT;
  }
  return NOT_EXACT;
}

/** The same for single precision, whose products and two-sums doubles hold. */
export function exactSingle(operation: u32, x: u32, y: u32): u64 {
  const plainX = x << 1 == 0 || ((x >> 23) & 0xff) - 1 < 0xfe;
  const plainY = y << 1 == 0 || ((y >> 23) & 0xff) - 1 < 0xfe;
  if (!plainX || !plainY) return NOT_EXACT;
  const a = <f64>reinterpret<f32>(x);
  const b = <f64>reinterpret<f32>(y);
  let isExact = false;
  let result: f32 = 0;
  if (operation == SSE_ADD || operation == SSE_SUB) {
    const addend = operation == SSE_SUB ? -b : b;
    const sum = a + addend;
    result = <f32>sum;
    isExact = <f64>result == sum && sumError(a, addend, sum) == 0.0;
  } else if (operation == SSE_MUL) {
    const product = a * b;
    result = <f32>product;
    isExact = <f64>result == product;
  } else if (operation == SSE_DIV) {
    result = <f32>(a / b);
    isExact = b != 0.0 && <f64>result * b == a;
  } else if (operation == SSE_SQRT) {
    result = <f32>sqrt<f64>(b);
    isExact = <f64>result * <f64>result == b;
  }
  return isExact ? <u64>reinterpret<u32>(result) : NOT_EXACT;
}
