/** The x87 register stack, status, exceptions and instruction pointers (Intel SDM vol. 1, chapter 8). */
import { SEG_SELECTOR, effectiveAddress, segAt } from '../address';
import {
  S_CR0, S_FCS, S_FCW, S_FDP, S_FDS, S_FERR, S_FIP, S_FOP, S_FPR, S_FPU_TOP, S_FSW, S_FTW, S_LIMIT,
} from '../layout.generated';
import { opIsRegister, opSeg } from '../ops';
import { translateQuiet } from '../paging';
import { currentRip, raiseMF } from '../raise';
import { leaveAfter } from '../run';
import {
  C1, FINITE, IE, QUIET, classOf, pack80Mantissa, pack80SignExponent, roundNumber, unpack80,
} from './number';

export const FSW_SF: u32 = 0x40;
export const FSW_ES: u32 = 0x80;
export const FSW_C0: u32 = 0x100;
export const FSW_C1: u32 = 0x200;
export const FSW_C2: u32 = 0x400;
export const FSW_C3: u32 = 0x4000;
export const FSW_B: u32 = 0x8000;
const FSW_TOP: u32 = 0x3800;
export const FCW_INITIAL: u32 = 0x037f;
const CR0_NE: u64 = 0x20;
const SEG_CS: u32 = 1;

/** Flags that mean "stack overflow" or "stack underflow". */
export const STACK_OVERFLOW: u32 = IE | FSW_SF | C1;
export const STACK_UNDERFLOW: u32 = IE | FSW_SF;

// ---- registers ----

// @ts-ignore: decorator
@inline
export function topOf(s: usize): u32 {
  return load<u32>(s, S_FPU_TOP);
}
// @ts-ignore: decorator
@inline
export function physical(s: usize, i: u32): u32 {
  return (load<u32>(s, S_FPU_TOP) + i) & 7;
}
/** Address of ST(i). */
// @ts-ignore: decorator
@inline
export function stAt(s: usize, i: u32): usize {
  return s + S_FPR + ((<usize>physical(s, i)) << 4);
}
// @ts-ignore: decorator
@inline
export function isEmpty(s: usize, i: u32): bool {
  return ((<u32>load<u16>(s, S_FTW) >> (physical(s, i) << 1)) & 3) == 3;
}
// @ts-ignore: decorator
@inline
export function markEmpty(s: usize, i: u32): void {
  store<u16>(s, <u16>(<u32>load<u16>(s, S_FTW) | (3 << (physical(s, i) << 1))), S_FTW);
}
// @ts-ignore: decorator
@inline
export function markFull(s: usize, i: u32): void {
  store<u16>(s, <u16>(<u32>load<u16>(s, S_FTW) & ~(3 << (physical(s, i) << 1))), S_FTW);
}
// @ts-ignore: decorator
@inline
export function moveTop(s: usize, by: i32): void {
  store<u32>(s, (load<u32>(s, S_FPU_TOP) + <u32>by) & 7, S_FPU_TOP);
}
// @ts-ignore: decorator
@inline
export function pop(s: usize): void {
  markEmpty(s, 0);
  moveTop(s, 1);
}
/** Makes room for a value at the new ST(0). */
// @ts-ignore: decorator
@inline
export function push(s: usize): void {
  moveTop(s, -1);
  markFull(s, 0);
}
// @ts-ignore: decorator
@inline
export function setRegister(at: usize, mantissa: u64, signExponent: u32): void {
  store<u64>(at, mantissa);
  store<u16>(at, <u16>signExponent, 8);
}
// @ts-ignore: decorator
@inline
export function setRegisterDefaultNaN(at: usize): void {
  setRegister(at, QUIET, 0xffff);
}
// @ts-ignore: decorator
@inline
export function loadRegister(n: usize, at: usize): void {
  unpack80(n, load<u64>(at), <u32>load<u16>(at, 8));
}
export function storeRegister(at: usize, n: usize): void {
  setRegister(at, pack80Mantissa(n), pack80SignExponent(n));
}

// ---- control and status ----

// @ts-ignore: decorator
@inline
export function masksOf(s: usize): u32 {
  return <u32>load<u16>(s, S_FCW) & 0x3f;
}
// @ts-ignore: decorator
@inline
export function roundingOf(s: usize): u32 {
  return (<u32>load<u16>(s, S_FCW) >> 10) & 3;
}
export function precisionOf(s: usize): u32 {
  const pc = (<u32>load<u16>(s, S_FCW) >> 8) & 3;
  return pc == 0 ? 24 : pc == 2 ? 53 : 64;
}
/** FSW as software sees it. */
// @ts-ignore: decorator
@inline
export function statusWord(s: usize): u32 {
  return <u32>load<u16>(s, S_FSW) | (load<u32>(s, S_FPU_TOP) << 11);
}
/** ES and B follow from the flags and masks; FERR# from ES where CR0.NE is 0. */
export function updateSummary(s: usize, op: usize): void {
  let status = <u32>load<u16>(s, S_FSW) & ~(FSW_ES | FSW_B | FSW_TOP);
  const unmasked = (status & ~(<u32>load<u16>(s, S_FCW)) & 0x3f) != 0;
  if (unmasked) status |= FSW_ES | FSW_B;
  store<u16>(s, <u16>status, S_FSW);
  setFerr(s, op, unmasked && !(load<u64>(s, S_CR0) & CR0_NE));
}
function setFerr(s: usize, op: usize, level: bool): void {
  if (load<u32>(s, S_FERR) == <u32>level) return;
  store<u32>(s, <u32>level, S_FERR);
  // the board learns of it at the next boundary
  store<u64>(s, 0, S_LIMIT);
  leaveAfter(s, op);
}
export function setStatusWord(s: usize, op: usize, value: u32): void {
  store<u16>(s, <u16>(value & ~FSW_TOP), S_FSW);
  store<u32>(s, (value >> 11) & 7, S_FPU_TOP);
  updateSummary(s, op);
}
export function setControlWord(s: usize, op: usize, value: u32): void {
  store<u16>(s, <u16>((value & 0x1f7f) | 0x40), S_FCW);
  updateSummary(s, op);
}
// @ts-ignore: decorator
@inline
export function clearC1(s: usize): void {
  store<u16>(s, load<u16>(s, S_FSW) & <u16>~FSW_C1, S_FSW);
}
export function clearConditions(s: usize, c: u32): void {
  store<u16>(s, <u16>(<u32>load<u16>(s, S_FSW) & ~c), S_FSW);
}
export function setConditions(s: usize, c: u32): void {
  const all = FSW_C0 | FSW_C1 | FSW_C2 | FSW_C3;
  store<u16>(s, <u16>((<u32>load<u16>(s, S_FSW) & ~all) | c), S_FSW);
}

/** The opcode's low three bits and ModRM, read again from memory when an unmasked exception makes them wanted. */
function fetchOpcode(s: usize, op: usize): u32 {
  let la = load<u64>(segAt(s, SEG_CS), 8) + currentRip(s, op);
  for (let i = 0; i < 15; i++) {
    const at = translateQuiet(s, la);
    if (at == 0 || at == u32.MAX_VALUE) return 0;
    const byte = <u32>load<u8>(<usize>at);
    la++;
    if (byte >= 0xd8 && byte <= 0xdf) {
      const next = translateQuiet(s, la);
      if (next == 0 || next == u32.MAX_VALUE) return 0;
      return ((byte & 7) << 8) | <u32>load<u8>(<usize>next);
    }
  }
  return 0;
}

/** Every x87 instruction that is not a control instruction leaves its pointers. */
export function notePointers(s: usize, op: usize): void {
  store<u64>(s, currentRip(s, op), S_FIP);
  store<u16>(s, load<u16>(segAt(s, SEG_CS), SEG_SELECTOR), S_FCS);
  if (!opIsRegister(op)) {
    store<u64>(s, effectiveAddress(s, op), S_FDP);
    store<u16>(s, load<u16>(segAt(s, opSeg(op)), SEG_SELECTOR), S_FDS);
  }
}

/** Reports `flags` (exceptions, SF, C1) of the instruction; true if one of the exceptions is unmasked. */
export function report(s: usize, op: usize, flags: u32): bool {
  let status = (<u32>load<u16>(s, S_FSW) & ~FSW_C1) | flags;
  store<u16>(s, <u16>status, S_FSW);
  if (!(flags & ~(<u32>load<u16>(s, S_FCW)) & 0x3f)) return false;
  store<u16>(s, <u16>fetchOpcode(s, op), S_FOP);
  updateSummary(s, op);
  return true;
}

/** A waiting instruction with an unmasked exception pending: #MF, or FERR# and no fault where CR0.NE is 0. */
export function x87Pending(s: usize, op: usize): void {
  if (load<u64>(s, S_CR0) & CR0_NE) raiseMF(s, op);
  setFerr(s, op, true);
}
// @ts-ignore: decorator
@inline
export function x87CheckPending(s: usize, op: usize): void {
  if (<u32>load<u16>(s, S_FSW) & FSW_ES) x87Pending(s, op);
}
// @ts-ignore: decorator
@inline
export function enter(s: usize, op: usize): void {
  x87CheckPending(s, op);
  notePointers(s, op);
}

/** ST(i) is missing for an operation whose result goes to `dest`; false when the exception is unmasked. */
export function underflowInto(s: usize, op: usize, dest: u32): bool {
  if (report(s, op, STACK_UNDERFLOW)) return false;
  markFull(s, dest);
  setRegisterDefaultNaN(stAt(s, dest));
  return true;
}

/** Pushes `mantissa:signExponent`, or reports stack overflow. */
export function pushValue(s: usize, op: usize, mantissa: u64, signExponent: u32): void {
  if (!isEmpty(s, 7)) {
    if (report(s, op, STACK_OVERFLOW)) return;
    push(s);
    setRegisterDefaultNaN(stAt(s, 0));
    return;
  }
  clearC1(s);
  push(s);
  setRegister(stAt(s, 0), mantissa, signExponent);
}

/** Rounds a result to the precision in force; gives its flags. */
export function roundResult(s: usize, n: usize): u32 {
  if (classOf(n) != FINITE) return 0;
  return roundNumber(n, precisionOf(s), -16382, 16383, roundingOf(s), masksOf(s), 24576);
}
/** The same with 64 bits whatever FCW.PC says. */
export function roundFull(s: usize, n: usize): u32 {
  if (classOf(n) != FINITE) return 0;
  return roundNumber(n, 64, -16382, 16383, roundingOf(s), masksOf(s), 24576);
}
