/**
 * The stack that a far transfer or an event works on: the current one, or an inner one that is not loaded yet. Pushes and pops move
 * FRAME_SP only; the caller commits it to RSP when nothing can fault any more.
 */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_UNUSABLE, segAt } from './address';
import { SEG_SS } from './control';
import {
  MODE_LONG,
  S_FRAME_ACCESS,
  S_FRAME_BASE,
  S_FRAME_ERROR,
  S_FRAME_LIMIT,
  S_FRAME_MASK,
  S_FRAME_SP,
  S_FRAME_TLB,
  S_GPR,
  S_MODE,
  S_TLB,
} from './layout.generated';
import { readWith, writeWith } from './memory';
import { isCanonical } from './paging';
import { raiseSS } from './raise';

const S_RSP: usize = S_GPR + 4 * 8;
/** FRAME_ACCESS of a 64-bit stack: no limit, canonical addresses. */
const FRAME_FLAT64: u32 = 0x80000000;
const FRAME_UNUSABLE: u32 = 0x40000000;

/** The current stack. */
export function frameCurrent(s: usize): void {
  store<u32>(s, 0, S_FRAME_ERROR);
  store<u32>(s, load<u32>(s, S_TLB), S_FRAME_TLB);
  store<u64>(s, load<u64>(s, S_RSP), S_FRAME_SP);
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    store<u64>(s, ~0, S_FRAME_MASK);
    store<u32>(s, FRAME_FLAT64, S_FRAME_ACCESS);
    return;
  }
  const at = segAt(s, SEG_SS);
  const access = <u32>load<u16>(at, SEG_ACCESS);
  store<u64>(s, access & 0x4000 ? 0xffffffff : 0xffff, S_FRAME_MASK);
  store<u64>(s, load<u64>(at, SEG_BASE), S_FRAME_BASE);
  store<u32>(s, load<u32>(at, SEG_LIMIT), S_FRAME_LIMIT);
  store<u32>(s, load<u8>(at, SEG_UNUSABLE) ? access | FRAME_UNUSABLE : access, S_FRAME_ACCESS);
}

/** A stack in another segment, given by its raw descriptor; faults are #SS(selector). */
export function frameSegment(s: usize, base: u64, limit: u32, access: u32, sp: u64, selector: u32, tlb: u32): void {
  store<u64>(s, base, S_FRAME_BASE);
  store<u32>(s, limit, S_FRAME_LIMIT);
  store<u32>(s, access, S_FRAME_ACCESS);
  store<u64>(s, access & 0x4000 ? 0xffffffff : 0xffff, S_FRAME_MASK);
  store<u64>(s, sp, S_FRAME_SP);
  store<u32>(s, selector & 0xfffc, S_FRAME_ERROR);
  store<u32>(s, tlb, S_FRAME_TLB);
}

export function frameLong(s: usize, sp: u64, tlb: u32): void {
  store<u32>(s, FRAME_FLAT64, S_FRAME_ACCESS);
  store<u64>(s, ~0, S_FRAME_MASK);
  store<u64>(s, sp, S_FRAME_SP);
  store<u32>(s, 0, S_FRAME_ERROR);
  store<u32>(s, tlb, S_FRAME_TLB);
}

function frameLinear(s: usize, op: usize, sp: u64, bytes: u32): u64 {
  const access = load<u32>(s, S_FRAME_ACCESS);
  if (access & FRAME_FLAT64) {
    if (!isCanonical(s, sp) || !isCanonical(s, sp + <u64>bytes - 1)) raiseSS(s, op, load<u32>(s, S_FRAME_ERROR));
    return sp;
  }
  const limit = <u64>load<u32>(s, S_FRAME_LIMIT);
  const last = sp + <u64>bytes - 1;
  let bad = (access & FRAME_UNUSABLE) != 0;
  if ((access & 0xc) == 4) {
    if (sp <= limit || last > load<u64>(s, S_FRAME_MASK)) bad = true;
  } else if (last > limit) bad = true;
  if (bad) raiseSS(s, op, load<u32>(s, S_FRAME_ERROR));
  return (load<u64>(s, S_FRAME_BASE) + sp) & 0xffffffff;
}

export function framePush(s: usize, op: usize, size: u32, value: u64): void {
  const mask = load<u64>(s, S_FRAME_MASK);
  const sp = (load<u64>(s, S_FRAME_SP) - <u64>size) & mask;
  writeWith(s, op, frameLinear(s, op, sp, size), size, value, <usize>load<u32>(s, S_FRAME_TLB));
  store<u64>(s, (load<u64>(s, S_FRAME_SP) & ~mask) | sp, S_FRAME_SP);
}

export function framePop(s: usize, op: usize, size: u32): u64 {
  const mask = load<u64>(s, S_FRAME_MASK);
  const sp = load<u64>(s, S_FRAME_SP) & mask;
  const value = readWith(s, op, frameLinear(s, op, sp, size), size, <usize>load<u32>(s, S_FRAME_TLB));
  store<u64>(s, (load<u64>(s, S_FRAME_SP) & ~mask) | ((sp + <u64>size) & mask), S_FRAME_SP);
  return value;
}

export function frameSkip(s: usize, bytes: u64): void {
  const mask = load<u64>(s, S_FRAME_MASK);
  const sp = load<u64>(s, S_FRAME_SP);
  store<u64>(s, (sp & ~mask) | ((sp + bytes) & mask), S_FRAME_SP);
}

/** RSP takes what the frame's stack width covers. */
export function frameCommit(s: usize): void {
  const mask = load<u64>(s, S_FRAME_MASK);
  const sp = load<u64>(s, S_FRAME_SP);
  if (mask == 0xffff) store<u16>(s, <u16>sp, S_RSP);
  else store<u64>(s, sp & mask, S_RSP);
}
