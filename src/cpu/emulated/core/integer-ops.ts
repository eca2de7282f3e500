/** Integer instructions that are no expression: long division, bit strings, wide compare-and-exchange, XLAT, BOUND. */
import { SEG_SELECTOR, linearDisplaced, linearRead, linearSeg, linearWrite, segAt } from './address';
import { flagsImage, setFlagsImage } from './flags';
import { S_FC, S_GPR, S_RES0, S_RES1 } from './layout.generated';
import { probeWrite, read128, readSized, readU64, readU8, write128, writeSized, writeU64 } from './memory';
import { opAddressSize, opIsRegister, opReg, opRm, opSeg, opSize, readRegister, writeRegister } from './ops';
import { raiseBR, raiseDE, raiseGP } from './raise';

const RAX: usize = S_GPR;
const RCX: usize = S_GPR + 8;
const RDX: usize = S_GPR + 16;
const RBX: usize = S_GPR + 24;

/** high:low / divisor with high < divisor: quotient in RES0, remainder in RES1. */
export function divideUnsigned128(s: usize, op: usize, high: u64, low: u64, divisor: u64): void {
  let rest = high;
  let quotient = low;
  for (let i = 0; i < 64; i++) {
    const carry = rest >> 63;
    rest = (rest << 1) | (quotient >> 63);
    quotient <<= 1;
    if (carry != 0 || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  store<u64>(s, quotient, S_RES0);
  store<u64>(s, rest, S_RES1);
}

/** Truncating; #DE where the quotient does not fit. */
export function divideSigned128(s: usize, op: usize, high: u64, low: u64, divisor: u64): void {
  const negative = <i64>high < 0;
  const opposite = negative != <i64>divisor < 0;
  let h = high;
  let l = low;
  if (negative) {
    l = 0 - l;
    h = ~h + <u64>(l == 0);
  }
  const d = <i64>divisor < 0 ? 0 - divisor : divisor;
  if (h >= d) raiseDE(s, op);
  divideUnsigned128(s, op, h, l, d);
  const quotient = load<u64>(s, S_RES0);
  const limit: u64 = 0x8000000000000000;
  if (opposite ? quotient > limit : quotient >= limit) raiseDE(s, op);
  if (opposite) store<u64>(s, 0 - quotient, S_RES0);
  if (negative) store<u64>(s, 0 - load<u64>(s, S_RES1), S_RES1);
}

/** The selected bit goes to CF; OF stays. */
function setCarry(s: usize, bit: u64): void {
  const fc = load<u64>(s, S_FC);
  const change = (fc >> 63) ^ bit;
  store<u64>(s, fc ^ (change << 63) ^ (change << 62), S_FC);
}

const BIT_KEEP: u32 = 0;
const BIT_SET: u32 = 1;
const BIT_RESET: u32 = 2;
const BIT_COMPLEMENT: u32 = 3;

/** BT and kin in memory: the signed offset in the register chooses the operand too. */
function bitString(s: usize, op: usize, change: u32): void {
  const bytes = opSize(op);
  const bits = bytes << 3;
  const raw = readRegister(s, opReg(op), bytes);
  const offset = bytes == 8 ? <i64>raw : bytes == 4 ? <i64>(<i32>raw) : <i64>(<i16>raw);
  const log: i64 = bytes == 8 ? 6 : bytes == 4 ? 5 : 4;
  const la = linearDisplaced(s, op, (offset >> log) * <i64>bytes, bytes, change != BIT_KEEP);
  if (change != BIT_KEEP) probeWrite(s, op, la, bytes);
  const value = readSized(s, op, la, bytes);
  const index = raw & <u64>(bits - 1);
  const mask = <u64>1 << index;
  if (change == BIT_SET) writeSized(s, op, la, bytes, value | mask);
  else if (change == BIT_RESET) writeSized(s, op, la, bytes, value & ~mask);
  else if (change == BIT_COMPLEMENT) writeSized(s, op, la, bytes, value ^ mask);
  setCarry(s, (value >> index) & 1);
}

export function btMemory(s: usize, op: usize): void {
  bitString(s, op, BIT_KEEP);
}
export function btsMemory(s: usize, op: usize): void {
  bitString(s, op, BIT_SET);
}
export function btrMemory(s: usize, op: usize): void {
  bitString(s, op, BIT_RESET);
}
export function btcMemory(s: usize, op: usize): void {
  bitString(s, op, BIT_COMPLEMENT);
}

/** Only ZF changes. */
function setZero(s: usize, isZero: bool): void {
  setFlagsImage(s, (flagsImage(s) & ~0x40) | (isZero ? 0x40 : 0));
}

/** CMPXCHG8B. Memory is written in either case. */
export function compareExchange8(s: usize, op: usize): void {
  const la = linearWrite(s, op, 8);
  probeWrite(s, op, la, 8);
  const old = readU64(s, op, la);
  const expected = (<u64>load<u32>(s, RDX) << 32) | <u64>load<u32>(s, RAX);
  if (old == expected) {
    writeU64(s, op, la, (<u64>load<u32>(s, RCX) << 32) | <u64>load<u32>(s, RBX));
    setZero(s, true);
  } else {
    writeU64(s, op, la, old);
    store<u64>(s, old & 0xffffffff, RAX);
    store<u64>(s, old >> 32, RDX);
    setZero(s, false);
  }
}

/** CMPXCHG16B: #GP(0) unless the operand is aligned. */
export function compareExchange16(s: usize, op: usize): void {
  const la = linearWrite(s, op, 16);
  if (la & 15) raiseGP(s, op, 0);
  probeWrite(s, op, la, 16);
  const old = read128(s, op, la);
  const low = i64x2.extract_lane(old, 0);
  const high = i64x2.extract_lane(old, 1);
  if (low == load<i64>(s, RAX) && high == load<i64>(s, RDX)) {
    write128(s, op, la, i64x2.replace_lane(i64x2.splat(load<i64>(s, RBX)), 1, load<i64>(s, RCX)));
    setZero(s, true);
  } else {
    write128(s, op, la, old);
    store<i64>(s, low, RAX);
    store<i64>(s, high, RDX);
    setZero(s, false);
  }
}

/** AL = [seg:rBX + AL]. */
export function xlat(s: usize, op: usize): void {
  const size = opAddressSize(op);
  let offset = load<u64>(s, RBX) + <u64>load<u8>(s, RAX);
  if (size == 2) offset &= 0xffff;
  else if (size == 4) offset &= 0xffffffff;
  const la = linearSeg(s, op, opSeg(op), offset, 1, false);
  store<u8>(s, <u8>readU8(s, op, la), RAX);
}

/** #BR unless lower <= index <= upper, signed. */
export function bound(s: usize, op: usize): void {
  const bytes = opSize(op);
  const la = linearRead(s, op, bytes << 1);
  const shift: u64 = bytes == 2 ? 48 : 32;
  const lower = <i64>(readSized(s, op, la, bytes) << shift);
  const upper = <i64>(readSized(s, op, la + <u64>bytes, bytes) << shift);
  const index = <i64>(readRegister(s, opReg(op), bytes) << shift);
  if (index < lower || index > upper) raiseBR(s, op);
}

/** CLFLUSH and its kin: faults as a read of a byte would, nothing else. */
export function touchLine(s: usize, op: usize): void {
  readU8(s, op, linearRead(s, op, 1));
}

/** MOV r/m, Sreg: memory takes 16 bits, a register is zero-extended to the operand size. */
export function moveFromSegment(s: usize, op: usize): void {
  const selector = <u64>load<u16>(segAt(s, <u32>opReg(op)), SEG_SELECTOR);
  if (opIsRegister(op)) writeRegister(s, opRm(op), opSize(op), selector);
  else writeSized(s, op, linearWrite(s, op, 2), 2, selector);
}

/** PEXT: the bits of `value` that `mask` names, together at the low end. */
export function extractBits(s: usize, op: usize, value: u64, mask: u64): u64 {
  let rest = mask;
  let result: u64 = 0;
  for (let bit: u64 = 1; rest != 0; bit <<= 1) {
    if (value & rest & (0 - rest)) result |= bit;
    rest &= rest - 1;
  }
  return result;
}

/** PDEP: the low bits of `value` where `mask` names places for them. */
export function depositBits(s: usize, op: usize, value: u64, mask: u64): u64 {
  let rest = mask;
  let result: u64 = 0;
  for (let from = value; rest != 0; from >>= 1) {
    if (from & 1) result |= rest & (0 - rest);
    rest &= rest - 1;
  }
  return result;
}
