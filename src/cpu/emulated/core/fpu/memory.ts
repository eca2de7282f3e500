/** x87 loads and stores of all memory formats. */
import { linearRead, linearWrite } from '../address';
import { probeWrite, readU16, readU64, writeSized, writeU16, writeU32, writeU64 } from '../memory';
import { S_RES0 } from '../layout.generated';
import { X87_I16, X87_I32, X87_I64, X87_M32 } from '../sse/codes';
import { isInvalidClass, isNaNClass } from './arithmetic';
import { commonDouble, commonMantissa, commonSignExponent } from './common-case';
import {
  DE, FINITE, IE, N_DENORMAL, N_EXP, N_HI, OE, QNAN, QUIET, RC_ZERO, UE, UNSUPPORTED, ZERO, classOf, pack32, pack64,
  pack80Mantissa, pack80SignExponent, round32, round64, roundToInteger, setDefaultNaN, signOf, soft, unpack32, unpack64,
  unpackInteger,
} from './number';
import {
  STACK_OVERFLOW, STACK_UNDERFLOW, clearC1, enter, isEmpty, loadRegister, masksOf, notePointers, pop, push, pushValue, report,
  roundingOf, setRegister, setRegisterDefaultNaN, stAt, storeRegister, x87CheckPending,
} from './state';

/** FLD m32/m64, FILD. */
export function loadNumber(s: usize, op: usize, format: u32, value: u64): void {
  if (!isEmpty(s, 7)) {
    if (report(s, op, STACK_OVERFLOW)) return;
    push(s);
    setRegisterDefaultNaN(stAt(s, 0));
    return;
  }
  const mantissa = commonMantissa(format, value);
  if (mantissa != 0) {
    clearC1(s);
    push(s);
    setRegister(stAt(s, 0), mantissa, commonSignExponent(format, value));
    return;
  }
  const n = soft(s, 0);
  let flags: u32 = 0;
  if (format == X87_M32) unpack32(n, <u32>value);
  else if (format == X87_I16) unpackInteger(n, <i64>(<i16>value));
  else if (format == X87_I32) unpackInteger(n, <i64>(<i32>value));
  else if (format == X87_I64) unpackInteger(n, <i64>value);
  else unpack64(n, value);
  if (isInvalidClass(classOf(n))) flags = IE;
  else if (load<u32>(n, N_DENORMAL)) flags = DE;
  // an unmasked denormal operand is loaded nevertheless
  if (report(s, op, flags) && flags & IE) return;
  push(s);
  if (classOf(n) >= QNAN) store<u64>(n, load<u64>(n, N_HI) | QUIET, N_HI);
  storeRegister(stAt(s, 0), n);
}
export function x87Load(s: usize, op: usize, format: u32, value: u64): void {
  enter(s, op);
  loadNumber(s, op, format, value);
}

/** FLD m80. */
export function x87FldM80(s: usize, op: usize): void {
  x87CheckPending(s, op);
  const la = linearRead(s, op, 10);
  const mantissa = readU64(s, op, la);
  const signExponent = <u32>readU16(s, op, la + 8);
  notePointers(s, op);
  pushValue(s, op, mantissa, signExponent);
}

function storeAddress(s: usize, op: usize, bytes: u32): u64 {
  x87CheckPending(s, op);
  const la = linearWrite(s, op, bytes);
  probeWrite(s, op, la, bytes);
  notePointers(s, op);
  return la;
}

export function x87FstpM80(s: usize, op: usize): void {
  const la = storeAddress(s, op, 10);
  if (isEmpty(s, 0)) {
    if (report(s, op, STACK_UNDERFLOW)) return;
    writeU64(s, op, la, QUIET);
    writeU16(s, op, la + 8, 0xffff);
  } else {
    clearC1(s);
    const at = stAt(s, 0);
    writeU64(s, op, la, load<u64>(at));
    writeU16(s, op, la + 8, <u64>load<u16>(at, 8));
  }
  pop(s);
}

/** What FST stores, with its flags. RES0 becomes 1 where an unmasked exception keeps it from storing and popping, else 0. */
export function floatToStore(s: usize, op: usize, wide: bool): u64 {
  const n = soft(s, 0);
  let flags: u32 = 0;
  store<u64>(s, 0, S_RES0);
  if (wide && !isEmpty(s, 0)) {
    const at = stAt(s, 0);
    const common = commonDouble(s, load<u64>(at), <u32>load<u16>(at, 8));
    if (common != 0) return common;
  }
  if (isEmpty(s, 0)) {
    flags = STACK_UNDERFLOW;
    setDefaultNaN(n);
  } else {
    loadRegister(n, stAt(s, 0));
    const cls = classOf(n);
    if (cls == FINITE) {
      const masks = masksOf(s);
      flags = wide ? round64(n, roundingOf(s), masks) : round32(n, roundingOf(s), masks);
      if (flags & ~masks & (OE | UE)) {
        // nothing is rounded to the destination: neither PE nor C1
        report(s, op, flags & (OE | UE));
        store<u64>(s, 1, S_RES0);
        return 0;
      }
    } else if (isNaNClass(cls)) {
      if (isInvalidClass(cls)) flags = IE;
      if (cls == UNSUPPORTED) setDefaultNaN(n);
      else store<u64>(n, load<u64>(n, N_HI) | QUIET, N_HI);
    }
  }
  if (report(s, op, flags) && flags & IE) store<u64>(s, 1, S_RES0);
  return wide ? pack64(n) : <u64>pack32(n);
}

function storeFloat(s: usize, op: usize, wide: bool, pops: bool): void {
  const la = storeAddress(s, op, wide ? 8 : 4);
  const value = floatToStore(s, op, wide);
  if (load<u64>(s, S_RES0)) return;
  if (wide) writeU64(s, op, la, value);
  else writeU32(s, op, la, value);
  if (pops) pop(s);
}
export function x87FstM32(s: usize, op: usize): void {
  storeFloat(s, op, false, false);
}
export function x87FstpM32(s: usize, op: usize): void {
  storeFloat(s, op, false, true);
}
export function x87FstM64(s: usize, op: usize): void {
  storeFloat(s, op, true, false);
}
export function x87FstpM64(s: usize, op: usize): void {
  storeFloat(s, op, true, true);
}

/** What FIST, FISTP and FISTTP store: out of range, NaN and empty give the integer indefinite. RES0 as with `floatToStore`. */
export function integerToStore(s: usize, op: usize, bytes: u32, truncate: bool): u64 {
  const top: u64 = <u64>1 << <u64>((bytes << 3) - 1);
  let value = top;
  let flags: u32 = IE;
  if (isEmpty(s, 0)) flags = STACK_UNDERFLOW;
  else {
    const n = soft(s, 0);
    loadRegister(n, stAt(s, 0));
    const cls = classOf(n);
    if (cls == ZERO) {
      value = 0;
      flags = 0;
    } else if (cls == FINITE && load<i32>(n, N_EXP) < 64) {
      const sign = signOf(n);
      const rounded = roundToInteger(n, truncate ? RC_ZERO : roundingOf(s));
      const size = load<u64>(n, N_HI);
      if (size <= top - 1 + <u64>sign) {
        value = sign ? 0 - size : size;
        flags = rounded;
      }
    }
  }
  store<u64>(s, report(s, op, flags) && (flags & IE) != 0 ? 1 : 0, S_RES0);
  return value;
}

function storeInteger(s: usize, op: usize, bytes: u32, truncate: bool, pops: bool): void {
  const la = storeAddress(s, op, bytes);
  const value = integerToStore(s, op, bytes, truncate);
  if (load<u64>(s, S_RES0)) return;
  writeSized(s, op, la, bytes, value);
  if (pops) pop(s);
}
export function x87FistM16(s: usize, op: usize): void {
  storeInteger(s, op, 2, false, false);
}
export function x87FistM32(s: usize, op: usize): void {
  storeInteger(s, op, 4, false, false);
}
export function x87FistpM16(s: usize, op: usize): void {
  storeInteger(s, op, 2, false, true);
}
export function x87FistpM32(s: usize, op: usize): void {
  storeInteger(s, op, 4, false, true);
}
export function x87FistpM64(s: usize, op: usize): void {
  storeInteger(s, op, 8, false, true);
}
export function x87FisttpM16(s: usize, op: usize): void {
  storeInteger(s, op, 2, true, true);
}
export function x87FisttpM32(s: usize, op: usize): void {
  storeInteger(s, op, 4, true, true);
}
export function x87FisttpM64(s: usize, op: usize): void {
  storeInteger(s, op, 8, true, true);
}

// ---- packed decimal ----

export function x87Fbld(s: usize, op: usize): void {
  x87CheckPending(s, op);
  const la = linearRead(s, op, 10);
  const digits = readU64(s, op, la);
  const high = <u32>readU16(s, op, la + 8);
  notePointers(s, op);
  let value: u64 = (<u64>(high >> 4) & 15) * 10 + <u64>(high & 15);
  for (let i = 60; i >= 0; i -= 4) value = value * 10 + ((digits >> <u64>i) & 15);
  const n = soft(s, 0);
  unpackInteger(n, <i64>value);
  pushValue(s, op, pack80Mantissa(n), pack80SignExponent(n) | (high & 0x8000));
}

export function x87Fbstp(s: usize, op: usize): void {
  const la = storeAddress(s, op, 10);
  let low: u64 = 0xc000000000000000;
  let high: u32 = 0xffff;
  let flags: u32 = IE;
  if (isEmpty(s, 0)) flags = STACK_UNDERFLOW;
  else {
    const n = soft(s, 0);
    loadRegister(n, stAt(s, 0));
    const cls = classOf(n);
    const sign = signOf(n);
    let size: u64 = 0;
    if (cls == ZERO) flags = 0;
    else if (cls == FINITE && load<i32>(n, N_EXP) < 63) {
      flags = roundToInteger(n, roundingOf(s));
      size = load<u64>(n, N_HI);
    } else size = u64.MAX_VALUE;
    if (size < 1000000000000000000) {
      low = 0;
      for (let i: u64 = 0; i < 64; i += 4) {
        const next = size / 10;
        low |= (size - next * 10) << i;
        size = next;
      }
      high = <u32>(size % 10) | (<u32>(size / 10) << 4) | (sign << 15);
    } else flags = IE;
  }
  if (report(s, op, flags) && flags & IE) return;
  writeU64(s, op, la, low);
  writeU16(s, op, la + 8, <u64>high);
  pop(s);
}
