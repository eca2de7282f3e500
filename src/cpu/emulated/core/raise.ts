/**
 * Exceptions. `raise` makes the state exact for `op`'s instruction (which did not retire), notes the exception and unwinds to
 * vcpu.ts, which calls `deliver`. With op = 0 RIP and COUNT are exact already.
 */
import { envRaise } from './imports';
import {
  OP_INDEX,
  OP_LENGTH,
  OP_NEXT,
  MODE_CS32,
  MODE_LONG,
  S_CODE_RIP,
  S_COUNT,
  S_CR2,
  S_CUR_OP,
  S_DELIVERING,
  S_EXC_CR2,
  S_EXC_ERROR,
  S_EXC_HAS_ERROR,
  S_EXC_VECTOR,
  S_MODE,
  S_RIP,
} from './layout.generated';

export const VECTOR_DE: u32 = 0;
export const VECTOR_DB: u32 = 1;
export const VECTOR_NMI: u32 = 2;
export const VECTOR_BP: u32 = 3;
export const VECTOR_OF: u32 = 4;
export const VECTOR_BR: u32 = 5;
export const VECTOR_UD: u32 = 6;
export const VECTOR_NM: u32 = 7;
export const VECTOR_DF: u32 = 8;
export const VECTOR_TS: u32 = 10;
export const VECTOR_NP: u32 = 11;
export const VECTOR_SS: u32 = 12;
export const VECTOR_GP: u32 = 13;
export const VECTOR_PF: u32 = 14;
export const VECTOR_MF: u32 = 16;
export const VECTOR_AC: u32 = 17;
export const VECTOR_MC: u32 = 18;
export const VECTOR_XM: u32 = 19;

/** Values of DELIVERING: what a further exception meets (Intel SDM vol. 3, table 6-5). */
export const DELIVERING_NOTHING: u32 = 0;
export const DELIVERING_BENIGN: u32 = 1;
export const DELIVERING_CONTRIBUTORY: u32 = 2;
export const DELIVERING_PAGE_FAULT: u32 = 3;
export const DELIVERING_DOUBLE_FAULT: u32 = 4;
/** Beside the class: the event did not come from INT n, so error codes carry EXT. */
export const DELIVERING_EXTERNAL: u32 = 0x100;

/** RIP cut to what the code segment can hold. */
// @ts-ignore: decorator
@inline
export function cutRip(s: usize, rip: u64): u64 {
  const mode = load<u32>(s, S_MODE);
  if (mode & MODE_LONG) return rip;
  return mode & MODE_CS32 ? rip & 0xffffffff : rip & 0xffff;
}

/** RIP of `op`'s instruction. */
// @ts-ignore: decorator
@inline
export function currentRip(s: usize, op: usize): u64 {
  if (op == 0) return load<u64>(s, S_RIP);
  return cutRip(s, load<u64>(s, S_CODE_RIP) + (<u64>load<u16>(op, OP_NEXT) - <u64>load<u8>(op, OP_LENGTH)));
}

/** RIP of the instruction after `op`'s. */
export function followingRip(s: usize, op: usize): u64 {
  if (op == 0) return load<u64>(s, S_RIP);
  return cutRip(s, load<u64>(s, S_CODE_RIP) + <u64>load<u16>(op, OP_NEXT));
}

/** Makes RIP and COUNT those of `op`'s instruction. */
export function makeExact(s: usize, op: usize): void {
  if (op != 0) {
    store<u64>(s, currentRip(s, op), S_RIP);
    store<u64>(s, load<u64>(s, S_COUNT) + <u64>load<u8>(op, OP_INDEX), S_COUNT);
  }
  store<u32>(s, 0, S_CUR_OP);
}

function note(s: usize, vector: u32, hasError: bool, error: u32): void {
  store<u32>(s, vector, S_EXC_VECTOR);
  store<u32>(s, error, S_EXC_ERROR);
  store<u32>(s, hasError ? 1 : 0, S_EXC_HAS_ERROR);
}

export function raise(s: usize, op: usize, vector: u32, hasError: bool, error: u32): void {
  makeExact(s, op);
  const isExternal = vector >= VECTOR_TS && vector <= VECTOR_GP && (load<u32>(s, S_DELIVERING) & DELIVERING_EXTERNAL) != 0;
  note(s, vector, hasError, isExternal ? error | 1 : error);
  envRaise();
  unreachable();
}

export function raiseDE(s: usize, op: usize): void {
  raise(s, op, VECTOR_DE, false, 0);
}
export function raiseBR(s: usize, op: usize): void {
  raise(s, op, VECTOR_BR, false, 0);
}
export function raiseUD(s: usize, op: usize): void {
  raise(s, op, VECTOR_UD, false, 0);
}
export function raiseNM(s: usize, op: usize): void {
  raise(s, op, VECTOR_NM, false, 0);
}
export function raiseTS(s: usize, op: usize, error: u32): void {
  raise(s, op, VECTOR_TS, true, error);
}
export function raiseNP(s: usize, op: usize, error: u32): void {
  raise(s, op, VECTOR_NP, true, error);
}
export function raiseSS(s: usize, op: usize, error: u32): void {
  raise(s, op, VECTOR_SS, true, error);
}
export function raiseGP(s: usize, op: usize, error: u32): void {
  raise(s, op, VECTOR_GP, true, error);
}
export function raiseMF(s: usize, op: usize): void {
  raise(s, op, VECTOR_MF, false, 0);
}
export function raiseAC(s: usize, op: usize): void {
  raise(s, op, VECTOR_AC, true, 0);
}
export function raiseXM(s: usize, op: usize): void {
  raise(s, op, VECTOR_XM, false, 0);
}
/** A #DB of the fault class whose pushed image carries RF: general detect, not an instruction breakpoint (Intel SDM vol. 3, 18.3.1.1). */
export function raiseDB(s: usize, op: usize): void {
  raise(s, op, VECTOR_DB, false, 1);
}
/** Exceptions whose error code names a selector. */
export function raiseSelector(s: usize, op: usize, vector: u32, selector: u32): void {
  raise(s, op, vector, true, selector & 0xfffc);
}
/** A page fault for `deliverException`, RIP and COUNT being exact. */
export function notePF(s: usize, linear: u64, error: u32): void {
  store<u64>(s, linear, S_CR2);
  store<u64>(s, linear, S_EXC_CR2);
  note(s, VECTOR_PF, true, error);
}
export function raisePF(s: usize, op: usize, linear: u64, error: u32): void {
  makeExact(s, op);
  notePF(s, linear, error);
  envRaise();
  unreachable();
}
