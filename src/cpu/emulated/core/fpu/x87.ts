/** x87 arithmetic, comparisons and register moves (Intel SDM vol. 1, chapter 8; vol. 2 per instruction). */
import { setFlagsImage } from '../flags';

import { opRm } from '../ops';
import { X87_ADD, X87_DIVR, X87_I16, X87_I32, X87_I64, X87_M32, X87_MUL, X87_SUB, X87_SUBR } from '../sse/codes';
import {
  addNumbers, compareNumbers, divideNumbers, isInvalidClass, isNaNClass, multiplyNumbers, squareRootNumber,
} from './arithmetic';
import { commonArithmetic, commonMantissa, commonOrder, commonSignExponent } from './common-case';
import {
  DE, IE, INFINITE, N_CLASS, N_DENORMAL, N_HI, QNAN, QUIET, SNAN, UNSUPPORTED, ZE, ZERO, classOf, copyNumber,
  setDefaultNaN, setNumber, signOf, soft, unpack32, unpack64, unpackInteger,
} from './number';
import {
  FSW_C0, FSW_C1, FSW_C2, FSW_C3, STACK_UNDERFLOW, clearC1, enter, isEmpty, loadRegister, markEmpty, markFull, masksOf,
  moveTop, pop, push, pushValue, report, roundResult, roundingOf, setConditions, setRegister,
  setRegisterDefaultNaN, stAt, storeRegister, underflowInto,
} from './state';

const UNORDERED: u32 = FSW_C0 | FSW_C2 | FSW_C3;
const PRECOMPUTED: u32 = IE | DE | ZE;

/** The NaN that an operation on a and b gives (Intel SDM vol. 1, table 4-7): the larger significand of two. */
export function propagateNaN(r: usize, a: usize, b: usize): u32 {
  const classA = classOf(a);
  const classB = classOf(b);
  if (classA == UNSUPPORTED || classB == UNSUPPORTED) {
    setDefaultNaN(r);
    return IE;
  }
  let first = isNaNClass(classA);
  if (first && isNaNClass(classB)) {
    if (classA != classB) first = classA == QNAN;
    else {
      const x = load<u64>(a, N_HI);
      const y = load<u64>(b, N_HI);
      first = x != y ? x > y : signOf(a) <= signOf(b);
    }
  }
  copyNumber(r, first ? a : b);
  store<u64>(r, load<u64>(r, N_HI) | QUIET, N_HI);
  store<u32>(r, QNAN, N_CLASS);
  return classA == SNAN || classB == SNAN ? IE : 0;
}

// @ts-ignore: decorator
@inline
export function denormalFlag(a: usize, b: usize): u32 {
  return load<u32>(a, N_DENORMAL) | load<u32>(b, N_DENORMAL) ? DE : 0;
}

/** Stores the result (number 2) unless an exception found before computing is unmasked; true if stored. */
export function deliverResult(s: usize, op: usize, at: usize, flags: u32): bool {
  const stopped = flags & PRECOMPUTED & ~masksOf(s);
  report(s, op, flags);
  if (stopped) return false;
  storeRegister(at, soft(s, 2));
  return true;
}

/** Number 2 = number 0 op number 1, rounded. */
function compute(s: usize, operation: u32): u32 {
  let a = soft(s, 0);
  let b = soft(s, 1);
  const r = soft(s, 2);
  if (isNaNClass(classOf(a)) || isNaNClass(classOf(b))) return propagateNaN(r, a, b);
  if (operation == X87_SUBR || operation == X87_DIVR) {
    const t = a;
    a = b;
    b = t;
  }
  let flags: u32;
  if (operation == X87_ADD) flags = addNumbers(r, a, b, 0, roundingOf(s));
  else if (operation == X87_MUL) flags = multiplyNumbers(r, a, b);
  else if (operation == X87_SUB || operation == X87_SUBR) flags = addNumbers(r, a, b, 1, roundingOf(s));
  else flags = divideNumbers(r, a, b);
  if (flags) return flags;
  flags = denormalFlag(a, b);
  if (flags & ~masksOf(s)) return flags;
  return flags | roundResult(s, r);
}

function unpackOperand(n: usize, format: u32, value: u64): void {
  if (format == X87_M32) unpack32(n, <u32>value);
  else if (format == X87_I32) unpackInteger(n, <i64>(<i32>value));
  else if (format == X87_I16) unpackInteger(n, <i64>(<i16>value));
  else if (format == X87_I64) unpackInteger(n, <i64>value);
  else unpack64(n, value);
}

/** ST(0) = ST(0) op memory; `value` has the operand's bits. */
export function arithmeticMemory(s: usize, op: usize, operation: u32, format: u32, value: u64): void {
  if (isEmpty(s, 0)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const mantissa = commonMantissa(format, value);
  const y = mantissa == 0 ? 0 : commonSignExponent(format, value);
  if (commonArithmetic(s, at, operation, load<u64>(at), <u32>load<u16>(at, 8), mantissa, y)) return;
  loadRegister(soft(s, 0), at);
  unpackOperand(soft(s, 1), format, value);
  deliverResult(s, op, at, compute(s, operation));
}
export function x87ArithmeticMemory(s: usize, op: usize, operation: u32, format: u32, value: u64): void {
  enter(s, op);
  arithmeticMemory(s, op, operation, format, value);
}

/** ST(0) op ST(i) into ST(0), or into ST(i) if bit 0 of `how` is set; bit 1 pops. */
export function arithmetic(s: usize, op: usize, i: u32, operation: u32, how: u32): void {
  const dest: u32 = how & 1 ? i : 0;
  let done: bool;
  if (isEmpty(s, 0) || isEmpty(s, i)) done = underflowInto(s, op, dest);
  else {
    const a = stAt(s, 0);
    const b = stAt(s, i);
    const to = how & 1 ? b : a;
    done = commonArithmetic(s, to, operation, load<u64>(a), <u32>load<u16>(a, 8), load<u64>(b), <u32>load<u16>(b, 8));
    if (!done) {
      loadRegister(soft(s, 0), a);
      loadRegister(soft(s, 1), b);
      done = deliverResult(s, op, to, compute(s, operation));
    }
  }
  if (done && how & 2) pop(s);
}
export function x87Arithmetic(s: usize, op: usize, operation: u32, how: u32): void {
  enter(s, op);
  arithmetic(s, op, <u32>opRm(op), operation, how);
}

// ---- comparisons ----

/** Joined to the conditions when an unmasked exception keeps the instruction from popping. */
const STOPPED: u32 = 0x80000000;
/** Compares numbers 0 and 1: condition bits as FCOM sets them, even if an exception is unmasked. */
function compare(s: usize, op: usize, quiet: bool): u32 {
  const a = soft(s, 0);
  const b = soft(s, 1);
  const classA = classOf(a);
  const classB = classOf(b);
  let flags: u32 = 0;
  let conditions = UNORDERED;
  if (isNaNClass(classA) || isNaNClass(classB)) {
    if (!quiet || isInvalidClass(classA) || isInvalidClass(classB)) flags = IE;
  } else {
    flags = denormalFlag(a, b);
    const order = compareNumbers(a, b);
    conditions = order < 0 ? FSW_C0 : order == 0 ? FSW_C3 : 0;
  }
  return report(s, op, flags) ? conditions | STOPPED : conditions;
}

function finishCompare(s: usize, conditions: u32, pops: u32): void {
  setConditions(s, conditions & ~STOPPED);
  if (conditions & STOPPED) return;
  if (pops) pop(s);
  if (pops == 2) pop(s);
}

/** Conditions of two normal numbers. */
// @ts-ignore: decorator
@inline
function ordered(s: usize, order: i32): u32 {
  clearC1(s);
  return order < 0 ? FSW_C0 : order == 0 ? FSW_C3 : 0;
}

function emptyCompare(s: usize, op: usize): u32 {
  return report(s, op, STACK_UNDERFLOW) ? UNORDERED | STOPPED : UNORDERED;
}

export function compareMemory(s: usize, op: usize, format: u32, value: u64, pops: u32): void {
  let conditions: u32;
  if (isEmpty(s, 0)) conditions = emptyCompare(s, op);
  else {
    const at = stAt(s, 0);
    const mantissa = commonMantissa(format, value);
    const y = mantissa == 0 ? 0 : commonSignExponent(format, value);
    const order = commonOrder(load<u64>(at), <u32>load<u16>(at, 8), mantissa, y);
    if (order < 2) conditions = ordered(s, order);
    else {
      loadRegister(soft(s, 0), at);
      unpackOperand(soft(s, 1), format, value);
      conditions = compare(s, op, false);
    }
  }
  finishCompare(s, conditions, pops);
}
export function x87CompareMemory(s: usize, op: usize, format: u32, value: u64, pops: u32): void {
  enter(s, op);
  compareMemory(s, op, format, value, pops);
}

/** ST(0) with ST(i); `quiet`: FUCOM. */
function compareRegisters(s: usize, op: usize, i: u32, quiet: bool): u32 {
  if (isEmpty(s, 0) || isEmpty(s, i)) return emptyCompare(s, op);
  const a = stAt(s, 0);
  const b = stAt(s, i);
  const order = commonOrder(load<u64>(a), <u32>load<u16>(a, 8), load<u64>(b), <u32>load<u16>(b, 8));
  if (order < 2) return ordered(s, order);
  loadRegister(soft(s, 0), stAt(s, 0));
  loadRegister(soft(s, 1), stAt(s, i));
  return compare(s, op, quiet);
}

export function compareStack(s: usize, op: usize, i: u32, quiet: u32, pops: u32): void {
  finishCompare(s, compareRegisters(s, op, pops == 2 ? 1 : i, quiet != 0), pops);
}
export function x87Compare(s: usize, op: usize, quiet: u32, pops: u32): void {
  enter(s, op);
  compareStack(s, op, <u32>opRm(op), quiet, pops);
}

/** FCOMI and the like: ZF PF CF instead of C3 C2 C0, as a FLAGS image. */
export function compareForFlags(s: usize, op: usize, i: u32, quiet: u32, pops: u32): u64 {
  const compared = compareRegisters(s, op, i, quiet != 0);
  const conditions = compared & ~STOPPED;
  clearC1(s);
  if (pops && !(compared & STOPPED)) pop(s);
  return conditions == UNORDERED ? 0x45 : conditions == FSW_C0 ? 1 : conditions == FSW_C3 ? 0x40 : 0;
}
export function x87CompareFlags(s: usize, op: usize, quiet: u32, pops: u32): void {
  enter(s, op);
  setFlagsImage(s, compareForFlags(s, op, <u32>opRm(op), quiet, pops));
}

export function testTop(s: usize, op: usize): void {
  let conditions: u32;
  if (isEmpty(s, 0)) conditions = emptyCompare(s, op);
  else {
    loadRegister(soft(s, 0), stAt(s, 0));
    setNumber(soft(s, 1), ZERO, 0, 0, 0, 0);
    conditions = compare(s, op, false);
  }
  finishCompare(s, conditions, 0);
}
export function x87Ftst(s: usize, op: usize): void {
  enter(s, op);
  testTop(s, op);
}

export function examineTop(s: usize, op: usize): void {
  const at = stAt(s, 0);
  const sign = load<u8>(at, 9) & 0x80 ? FSW_C1 : 0;
  let conditions: u32 = FSW_C3 | FSW_C0;
  if (!isEmpty(s, 0)) {
    const n = soft(s, 0);
    loadRegister(n, at);
    const cls = classOf(n);
    if (cls == UNSUPPORTED) conditions = 0;
    else if (isNaNClass(cls)) conditions = FSW_C0;
    else if (cls == INFINITE) conditions = FSW_C2 | FSW_C0;
    else if (cls == ZERO) conditions = FSW_C3;
    else conditions = load<u32>(n, N_DENORMAL) ? FSW_C3 | FSW_C2 : FSW_C2;
  }
  setConditions(s, conditions | sign);
}
export function x87Fxam(s: usize, op: usize): void {
  enter(s, op);
  examineTop(s, op);
}

// ---- registers ----

/** FLD ST(i). */
export function loadStack(s: usize, op: usize, i: u32): void {
  if (isEmpty(s, i)) {
    // underflow comes before overflow; the masked response is a NaN on the stack
    if (report(s, op, STACK_UNDERFLOW)) return;
    push(s);
    setRegisterDefaultNaN(stAt(s, 0));
    return;
  }
  const at = stAt(s, i);
  pushValue(s, op, load<u64>(at), <u32>load<u16>(at, 8));
}
export function x87FldSti(s: usize, op: usize): void {
  enter(s, op);
  loadStack(s, op, <u32>opRm(op));
}

/** D9 D8+i: FSTP without the stack fault; an empty ST(0) is popped only. */
export function popInto(s: usize, op: usize, i: u32): void {
  clearC1(s);
  if (!isEmpty(s, 0)) {
    const from = stAt(s, 0);
    setRegister(stAt(s, i), load<u64>(from), <u32>load<u16>(from, 8));
    markFull(s, i);
  }
  pop(s);
}
export function x87Fstp1(s: usize, op: usize): void {
  enter(s, op);
  popInto(s, op, <u32>opRm(op));
}

/** FST ST(i), FSTP ST(i). */
export function storeStack(s: usize, op: usize, i: u32, pops: u32): void {
  if (isEmpty(s, 0)) {
    if (!underflowInto(s, op, i)) return;
  } else {
    clearC1(s);
    const from = stAt(s, 0);
    const to = stAt(s, i);
    setRegister(to, load<u64>(from), <u32>load<u16>(from, 8));
    markFull(s, i);
  }
  if (pops) pop(s);
}
export function x87FstSti(s: usize, op: usize, pops: u32): void {
  enter(s, op);
  storeStack(s, op, <u32>opRm(op), pops);
}

export function exchange(s: usize, op: usize, i: u32): void {
  const a = stAt(s, 0);
  const b = stAt(s, i);
  if (isEmpty(s, 0) || isEmpty(s, i)) {
    if (report(s, op, STACK_UNDERFLOW)) return;
    if (isEmpty(s, 0)) setRegisterDefaultNaN(a);
    if (isEmpty(s, i)) setRegisterDefaultNaN(b);
    markFull(s, 0);
    markFull(s, i);
  } else clearC1(s);
  const t = v128.load(a);
  v128.store(a, v128.load(b));
  v128.store(b, t);
}
export function x87Fxch(s: usize, op: usize): void {
  enter(s, op);
  exchange(s, op, <u32>opRm(op));
}

/** FCMOVcc; `take` is the condition. */
export function moveIf(s: usize, op: usize, i: u32, take: u32): void {
  if (isEmpty(s, 0) || isEmpty(s, i)) {
    underflowInto(s, op, 0);
    return;
  }
  clearC1(s);
  const from = stAt(s, i);
  if (take) setRegister(stAt(s, 0), load<u64>(from), <u32>load<u16>(from, 8));
}
export function x87Fcmov(s: usize, op: usize, take: u32): void {
  enter(s, op);
  moveIf(s, op, <u32>opRm(op), take);
}

/** FCHS (1), FABS (0). */
export function changeSign(s: usize, op: usize, change: u32): void {
  if (isEmpty(s, 0)) {
    underflowInto(s, op, 0);
    return;
  }
  clearC1(s);
  const at = stAt(s, 0);
  const old = <u32>load<u16>(at, 8);
  store<u16>(at, <u16>(change ? old ^ 0x8000 : old & 0x7fff), 8);
}
export function x87Sign(s: usize, op: usize, change: u32): void {
  enter(s, op);
  changeSign(s, op, change);
}

export function free(s: usize, op: usize, i: u32, pops: u32): void {
  clearC1(s);
  markEmpty(s, i);
  if (pops) pop(s);
}
export function x87Ffree(s: usize, op: usize, pops: u32): void {
  enter(s, op);
  free(s, op, <u32>opRm(op), pops);
}
/** FINCSTP, FDECSTP. */
export function rotate(s: usize, op: usize, by: i32): void {
  clearC1(s);
  moveTop(s, by);
}
export function x87MoveTop(s: usize, op: usize, by: i32): void {
  enter(s, op);
  rotate(s, op, by);
}

/**
 * FLD1 and the other constants: `mantissa` is rounded towards zero, bit 16 of `signExponent` says that nearest is one more,
 * bit 17 that the constant is inexact.
 */
export function loadConstant(s: usize, op: usize, signExponent: u32, mantissa: u64): void {
  const rc = roundingOf(s);
  const up = signExponent & 0x20000 ? (rc == 0 ? (signExponent & 0x10000) != 0 : rc == 2) : false;
  pushValue(s, op, mantissa + <u64>up, signExponent & 0xffff);
}
export function x87Constant(s: usize, op: usize, signExponent: u32, mantissa: u64): void {
  enter(s, op);
  loadConstant(s, op, signExponent, mantissa);
}

export function squareRoot(s: usize, op: usize): void {
  if (isEmpty(s, 0)) {
    underflowInto(s, op, 0);
    return;
  }
  const at = stAt(s, 0);
  const a = soft(s, 0);
  const r = soft(s, 2);
  loadRegister(a, at);
  let flags: u32;
  if (isNaNClass(classOf(a))) flags = propagateNaN(r, a, a);
  else {
    flags = squareRootNumber(r, a);
    if (!flags) {
      flags = denormalFlag(a, a);
      if (!(flags & ~masksOf(s))) flags |= roundResult(s, r);
    }
  }
  deliverResult(s, op, at, flags);
}
export function x87Fsqrt(s: usize, op: usize): void {
  enter(s, op);
  squareRoot(s, op);
}
