import type { Node } from './expression';

/** Constant folding and what is known of a value's width, for the few operations of which compiled code is full. */

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

const BINARY: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  'i64.add': (a, b) => wrap(a + b),
  'i64.sub': (a, b) => wrap(a - b),
  'i64.and': (a, b) => wrap(a & b),
  'i64.or': (a, b) => wrap(a | b),
  'i64.xor': (a, b) => wrap(a ^ b),
  'i64.shl': (a, b) => wrap(a << (b & 63n)),
  'i64.shr_u': (a, b) => wrap(unsigned(a) >> (b & 63n)),
  'i64.mul': (a, b) => wrap(a * b),
  'i64.eq': (a, b) => (a === b ? 1n : 0n),
  'i64.ne': (a, b) => (a !== b ? 1n : 0n),
  'i64.lt_u': (a, b) => (unsigned(a) < unsigned(b) ? 1n : 0n),
};

/** Bits from bit 0 to the highest that is set. */
export function widthOf(value: bigint): number {
  if (value < 0n) return 64;
  if (value <= 0xffffffffn) return Math.max(1, 32 - Math.clz32(Number(value)));
  return value.toString(2).length;
}

/** A constant, one of the operands, or nothing. */
export function foldBinary(name: string, a: Node, b: Node): bigint | Node | undefined {
  if (a.isConstant && b.isConstant) return BINARY[name]?.(a.constant, b.constant);
  if (!b.isConstant) return undefined;
  const k = b.constant;
  switch (name) {
    case 'i64.and': {
      // a mask of low ones that cuts nothing
      if (k === 0n) return 0n;
      const isLowOnes = (k & (k + 1n)) === 0n;
      return isLowOnes && a.bits <= widthOf(k) ? a : undefined;
    }
    case 'i64.add':
    case 'i64.sub':
    case 'i64.or':
    case 'i64.xor':
    case 'i64.shl':
    case 'i64.shr_u':
    case 'i64.shr_s':
      return k === 0n ? a : undefined;
    default:
      return undefined;
  }
}

export function foldUnary(name: string, a: Node): bigint | undefined {
  if (!a.isConstant) return undefined;
  const value = a.constant;
  switch (name) {
    case 'i64.eqz':
    case 'i32.eqz':
      return value === 0n ? 1n : 0n;
    case 'i64.extend_i32_u':
      return value & 0xffffffffn;
    case 'i32.wrap_i64':
      return BigInt.asIntN(32, value);
    case 'i64.extend8_s':
      return BigInt.asIntN(8, value);
    case 'i64.extend16_s':
      return BigInt.asIntN(16, value);
    case 'i64.extend32_s':
      return BigInt.asIntN(32, value);
    default:
      return undefined;
  }
}

/** Bits that the result may have set, from bit 0. */
export function resultBits(name: string, args: readonly Node[]): number {
  const [a, b] = args;
  switch (name) {
    case 'i64.and':
      return Math.min(a!.bits, b!.bits);
    case 'i64.or':
    case 'i64.xor':
      return Math.max(a!.bits, b!.bits);
    case 'i64.shr_u':
      return b!.isConstant ? Math.max(1, a!.bits - Number(b!.constant & 63n)) : a!.bits;
    case 'i64.shl':
      return b!.isConstant ? Math.min(64, a!.bits + Number(b!.constant & 63n)) : 64;
    case 'i64.extend_i32_u':
      return Math.min(32, a!.bits);
    case 'i64.popcnt':
    case 'i64.clz':
    case 'i64.ctz':
      return 7;
    case 'i64.rem_u':
      return b!.bits;
    case 'i64.div_u':
      return a!.bits;
    default:
      return /\.(eqz?|ne|[lg][te](_[su])?)$/.test(name) ? 1 : 64;
  }
}
