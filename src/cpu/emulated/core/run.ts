/**
 * Between blocks: entering them, following branches, leaving them early, stopping at an exact count.
 * A block is a run of ops in shared memory that ends with HANDLER_END; its header lies in the 32 bytes before. Links lead from
 * taken relative branches to blocks of the same page only, so that they hold whatever the page tables say; everything else goes
 * through the jump cache, whose entries hold as long as their key does (code-pages.ts).
 */
import {
  ACTIVITY_RUNNING,
  BLOCK_BYTES,
  BLOCK_ENTRIES_SHIFT,
  BLOCK_ENTRY_HASH,
  BLOCK_ENTRY_MODE,
  BLOCK_ENTRY_OP,
  BLOCK_ENTRY_SIZE,
  BLOCK_ENTRY_START,
  BLOCK_HEAT,
  BLOCK_INSTRUCTIONS,
  BLOCK_INSTRUCTIONS_MAX,
  HANDLER_COMPILED,
  HANDLER_FUSED_END,
  HANDLER_FUSED_FIRST,
  HANDLER_LEAVE,
  HEAT_LIMIT,
  JUMP_ENTRIES,
  JUMP_ENTRY_SIZE,
  JUMP_KEY,
  JUMP_LINEAR,
  JUMP_OP,
  JUMP_PHYSICAL,
  MODE_FLAT,
  MODE_LONG,
  OP_HANDLER,
  OP_IMM,
  OP_INDEX,
  OP_LINK,
  OP_NEXT,
  OP_REG,
  OP_RM,
  OP_SIZE,
  TARGETS_ENTRIES,
  TARGETS_OFFSET,
  S_ACTIVITY,
  S_BLOCK_TABLE,
  S_CODE_MAP,
  S_CODE_RIP,
  S_COUNT,
  S_CR0,
  S_CR4,
  S_JUMP_CACHE,
  S_LIMIT,
  S_MODE,
  S_PATCHED_HANDLER,
  S_PATCHED_OP,
  S_RIP,
  S_TEMPORARY_BLOCK,
  S_UNTIL,
  UNIT_AVX,
  UNIT_FPU,
  UNIT_FWAIT,
  UNIT_SSE,
} from './layout.generated';
import { CR0_EM, CR0_MP, CR0_TS, CR4_OSFXSR, SEG_CS } from './control';
import { codeKey } from './code-pages';
import { envCodeWritten } from './imports';
import { opIndex, opNextRip, opThisRip } from './ops';
import { isCanonical, translateCode } from './paging';
import { SEG_BASE, SEG_LIMIT, segAt } from './address';
import { raise, raiseGP, raiseNM, raiseUD } from './raise';
import { pageFlagsAt } from './slots';

const PAGE_HAS_CODE: u8 = 1;

/** The block at RIP (blocks.ts), whose first byte lies at `at`: its first op. `from`: a branch to link to it, 0 = none. May raise. */
@external('env', 'decode')
declare function envDecode(s: usize, from: usize, at: u32): usize;
/** An uncached block of the one instruction at RIP, with the code segment's limit checked. May raise. */
@external('env', 'decodeAlone')
declare function envDecodeAlone(s: usize): usize;
/** The block at `op` was entered HEAT_LIMIT times (jit/regions.ts). */
@external('env', 'hot')
export declare function envHot(s: usize, op: usize): void;

/** Result of `run`. */
export const RUN_UNTIL: u32 = 0; // COUNT == UNTIL
export const RUN_ACTIVITY: u32 = 1; // not running any more (HLT, shutdown)
export const RUN_BREAK: u32 = 2; // LIMIT was set to 0

const RIP32: u64 = 0xffffffff;

// @ts-ignore: decorator
@inline
function jumpEntry(s: usize, linear: u64): usize {
  const index = <u32>(linear ^ (linear >> 13)) & (JUMP_ENTRIES - 1);
  return <usize>load<u32>(s, S_JUMP_CACHE) + <usize>index * JUMP_ENTRY_SIZE;
}

/** The first op to run at RIP, 0 when it is time to stop. RIP and COUNT are exact. */
export function enter(s: usize): usize {
  return enterFrom(s, 0);
}

/** The same, for the interpreter even where a compiled region starts. */
export function enterPlain(s: usize): usize {
  return enterBlock(s, 0, false);
}

function enterFrom(s: usize, from: usize): usize {
  return enterBlock(s, from, true);
}

/** The block at `op` is entered once more: its header where there is a compiled region. */
// @ts-ignore: decorator
@inline
function entered(s: usize, op: usize): usize {
  const header = op - OP_SIZE;
  if (load<u16>(header, OP_HANDLER) == HANDLER_COMPILED) return header;
  heat(s, op);
  return op;
}

// @ts-ignore: decorator
@inline
function heat(s: usize, op: usize): void {
  const next = load<u32>(op - OP_SIZE, BLOCK_HEAT) + 1;
  store<u32>(op - OP_SIZE, next, BLOCK_HEAT);
  if (next == HEAT_LIMIT) envHot(s, op);
}

/** The block at `linear`, the RIP: from the table of blocks, else decoded. May raise. */
function findBlock(s: usize, from: usize, linear: u64, mode: u32): usize {
  const at = translateCode(s, linear);
  const index = ((at ^ (mode << 20)) * <u32>BLOCK_ENTRY_HASH) >> <u32>BLOCK_ENTRIES_SHIFT;
  const known = <usize>load<u32>(s, S_BLOCK_TABLE) + <usize>index * BLOCK_ENTRY_SIZE;
  const op = <usize>load<u32>(known, BLOCK_ENTRY_OP);
  const isKnown = op != 0 && load<u32>(known, BLOCK_ENTRY_START) == at && load<u32>(known, BLOCK_ENTRY_MODE) == mode;
  if (!isKnown || load<u16>(op, OP_HANDLER) == HANDLER_LEAVE) return envDecode(s, from, at);
  const entry = jumpEntry(s, linear);
  store<u64>(entry, linear, JUMP_LINEAR);
  store<u64>(entry, codeKey(s, linear), JUMP_KEY);
  store<u32>(entry, <u32>op, JUMP_OP);
  store<u32>(entry, at, JUMP_PHYSICAL);
  if (from != 0 && load<u16>(from, OP_HANDLER) != HANDLER_LEAVE) store<u32>(from, <u32>op, OP_LINK);
  return op;
}

/** May all bytes of the block at RIP be fetched from CS? */
// @ts-ignore: decorator
@inline
function isWithinLimit(s: usize, rip: u64, op: usize): bool {
  return rip + <u64>load<u32>(op - OP_SIZE, BLOCK_BYTES) - 1 <= <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT);
}

/** Linear address of an offset in CS. */
// @ts-ignore: decorator
@inline
export function codeLinear(s: usize, mode: u32, rip: u64): u64 {
  return mode & MODE_LONG ? rip : (rip + load<u64>(segAt(s, SEG_CS), SEG_BASE)) & RIP32;
}

function enterBlock(s: usize, from: usize, mayBeCompiled: bool): usize {
  const count = load<u64>(s, S_COUNT);
  const limit = load<u64>(s, S_LIMIT);
  let isExact = false;
  // LIMIT is at least 1 unless a stop is asked for, so the first instruction of all counts as near the limit too
  if (count + 1 >= limit) {
    if (limit == 0 || count >= load<u64>(s, S_UNTIL)) return 0;
    isExact = true;
  }
  if (load<u32>(s, S_ACTIVITY) != ACTIVITY_RUNNING) return 0;
  const mode = load<u32>(s, S_MODE);
  const rip = load<u64>(s, S_RIP);
  store<u64>(s, rip, S_CODE_RIP);
  const linear = codeLinear(s, mode, rip);
  const entry = jumpEntry(s, linear);
  let op: usize = 0;
  if (from == 0 && load<u64>(entry, JUMP_LINEAR) == linear) {
    const key = codeKey(s, linear);
    const known = load<u64>(entry, JUMP_KEY);
    if (known == key) op = <usize>load<u32>(entry, JUMP_OP);
    else if (<u32>known == <u32>key && translateCode(s, linear) == load<u32>(entry, JUMP_PHYSICAL)) {
      // translations were dropped since, but this one is as it was
      store<u64>(entry, key, JUMP_KEY);
      op = <usize>load<u32>(entry, JUMP_OP);
    }
    if (op != 0 && load<u16>(op, OP_HANDLER) == HANDLER_LEAVE) op = 0;
  }
  if (op == 0) op = findBlock(s, from, linear, mode);
  const isWhole = (mode & MODE_FLAT) != 0 || isWithinLimit(s, rip, op);
  if (!isWhole) op = envDecodeAlone(s);
  if (isExact) {
    const left = load<u64>(s, S_UNTIL) - count;
    if (<u64>load<u32>(op - OP_SIZE, BLOCK_INSTRUCTIONS) > left) op = truncate(s, op, <u32>left);
    return op;
  }
  return mayBeCompiled && isWhole ? entered(s, op) : op;
}

/** A copy of the block that leaves after `count` instructions. */
function truncate(s: usize, op: usize, count: u32): usize {
  const copy = <usize>load<u32>(s, S_TEMPORARY_BLOCK) + OP_SIZE;
  let end = op;
  while (<u32>load<u8>(end, OP_INDEX) < count) end += OP_SIZE;
  const size = end - op;
  memory.copy(copy - OP_SIZE, op - OP_SIZE, size + OP_SIZE * 2);
  store<u16>(copy + size, <u16>HANDLER_LEAVE, OP_HANDLER);
  // an instruction that was joined with the jump cut off stands alone
  const last = copy + size - OP_SIZE;
  const handler = <u32>load<u16>(last, OP_HANDLER);
  if (handler >= HANDLER_FUSED_FIRST && handler < HANDLER_FUSED_END) store<u16>(last, <u16>load<u32>(last, OP_LINK), OP_HANDLER);
  return copy;
}

/** After an instruction that ends its block and has stored RIP. */
export function endBlock(s: usize, op: usize): usize {
  store<u64>(s, load<u64>(s, S_COUNT) + opIndex(op) + 1, S_COUNT);
  return enterFrom(s, 0);
}

/** Leaves before `op`: it has not run, or must run again (a REP instruction that is not finished). */
export function leaveHere(s: usize, op: usize): usize {
  if (<u32>op == load<u32>(s, S_PATCHED_OP)) unpatch(s);
  const rip = opThisRip(s, op);
  store<u64>(s, load<u32>(s, S_MODE) & MODE_LONG ? rip : rip & RIP32, S_RIP);
  store<u64>(s, load<u64>(s, S_COUNT) + opIndex(op), S_COUNT);
  return enterFrom(s, 0);
}

/** Leaves after `op`, which does not end its block by itself. */
export function leaveNow(s: usize, op: usize): usize {
  const rip = opNextRip(s, op);
  store<u64>(s, load<u32>(s, S_MODE) & MODE_LONG ? rip : rip & RIP32, S_RIP);
  return endBlock(s, op);
}

function unpatch(s: usize): void {
  const op = <usize>load<u32>(s, S_PATCHED_OP);
  if (op == 0) return;
  store<u16>(op, <u16>load<u32>(s, S_PATCHED_HANDLER), OP_HANDLER);
  store<u32>(s, 0, S_PATCHED_OP);
}

/** If somebody asked for a stop (LIMIT = 0), the block is left after `op`: for slow paths that reached a device. */
export function leaveAfter(s: usize, op: usize): void {
  if (op == 0 || load<u64>(s, S_LIMIT) != 0) return;
  const next = op + OP_SIZE;
  if (load<u16>(next, OP_HANDLER) == HANDLER_LEAVE) return;
  unpatch(s);
  store<u32>(s, <u32>next, S_PATCHED_OP);
  store<u32>(s, <u32>load<u16>(next, OP_HANDLER), S_PATCHED_HANDLER);
  store<u16>(next, <u16>HANDLER_LEAVE, OP_HANDLER);
}

/** The taken relative branch `op` where segments are flat. `retired`: 1, or 0 for HANDLER_END. */
// @ts-ignore: decorator
@inline
export function branchFlat(s: usize, op: usize, retired: u64): usize {
  const link = <usize>load<u32>(op, OP_LINK);
  // a block that was dropped is still linked to
  if (link == 0 || load<u16>(link, OP_HANDLER) == HANDLER_LEAVE) return branchSlow(s, op, retired);
  const count = load<u64>(s, S_COUNT) + opIndex(op) + retired;
  store<u64>(s, count, S_COUNT);
  store<u64>(s, load<u64>(s, S_CODE_RIP) + load<u64>(op, OP_IMM), S_CODE_RIP);
  if (count >= load<u64>(s, S_LIMIT)) return atLimit(s);
  return entered(s, link);
}

function atLimit(s: usize): usize {
  store<u64>(s, load<u64>(s, S_CODE_RIP), S_RIP);
  return enterFrom(s, 0);
}

/** Enters the block at `rip` if the jump cache knows it, else gives 0. Flat segments: RIP is the linear address. */
// @ts-ignore: decorator
@inline
function cachedBlock(s: usize, rip: u64): usize {
  const entry = jumpEntry(s, rip);
  if (load<u64>(entry, JUMP_LINEAR) != rip || load<u64>(entry, JUMP_KEY) != codeKey(s, rip)) return 0;
  const target = <usize>load<u32>(entry, JUMP_OP);
  if (load<u16>(target, OP_HANDLER) == HANDLER_LEAVE) return 0;
  store<u64>(s, rip, S_CODE_RIP);
  return entered(s, target);
}

/** After a region, at RIP: the header of the block there if there is time for it and it starts a region, else 0. */
export function knownRegion(s: usize): usize {
  if (load<u64>(s, S_COUNT) + 1 >= load<u64>(s, S_LIMIT)) return 0;
  const rip = load<u64>(s, S_RIP);
  const mode = load<u32>(s, S_MODE);
  const linear = codeLinear(s, mode, rip);
  const entry = jumpEntry(s, linear);
  if (load<u64>(entry, JUMP_LINEAR) != linear || load<u64>(entry, JUMP_KEY) != codeKey(s, linear)) return 0;
  const header = <usize>load<u32>(entry, JUMP_OP) - OP_SIZE;
  if (load<u16>(header, OP_HANDLER) != HANDLER_COMPILED) return 0;
  if (!(mode & MODE_FLAT) && !isWithinLimit(s, rip, header + OP_SIZE)) return 0;
  store<u64>(s, rip, S_CODE_RIP);
  return header;
}

function branchSlow(s: usize, op: usize, retired: u64): usize {
  const from = load<u64>(s, S_CODE_RIP);
  let target = from + load<u64>(op, OP_IMM);
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    // an address of 48 bits is canonical whatever the paging mode
    if ((target + 0x800000000000) >> 48 && retired && !isCanonical(s, target)) raiseGP(s, op, 0);
  } else target &= RIP32;
  const count = load<u64>(s, S_COUNT) + opIndex(op) + retired;
  store<u64>(s, count, S_COUNT);
  const isSamePage = ((from ^ target) & ~0xfff) == 0;
  if (!isSamePage && count < load<u64>(s, S_LIMIT)) {
    const block = cachedBlock(s, target);
    if (block != 0) return block;
  }
  store<u64>(s, target, S_RIP);
  return enterFrom(s, isSamePage ? op : 0);
}

/** For regions (jit/regions.ts): the computed jump `op` went to `rip`. */
// @ts-ignore: decorator
@inline
function noteTarget(s: usize, op: usize, rip: u64): void {
  const hash = (<u32>op >> 5) ^ <u32>rip ^ (<u32>rip >> 7);
  const note = <usize>load<u32>(s, S_JUMP_CACHE) + TARGETS_OFFSET + (<usize>(hash & (TARGETS_ENTRIES - 1)) << 3);
  store<u32>(note, <u32>op);
  store<u32>(note, <u32>rip, 4);
}

/** Jumps to a computed RIP, already checked and cut, where segments are flat. */
export function jumpFlat(s: usize, op: usize, rip: u64): usize {
  noteTarget(s, op, rip);
  const count = load<u64>(s, S_COUNT) + opIndex(op) + 1;
  store<u64>(s, count, S_COUNT);
  if (count < load<u64>(s, S_LIMIT)) {
    const block = cachedBlock(s, rip);
    if (block != 0) return block;
  }
  store<u64>(s, rip, S_RIP);
  return enterFrom(s, 0);
}

/** The taken relative branch `op` in a segment with base and limit; `mask` cuts the target to the operand size. */
export function branchChecked(s: usize, op: usize, mask: u64): usize {
  const from = load<u64>(s, S_CODE_RIP);
  const sum = from + load<u64>(op, OP_IMM);
  const target = sum & mask;
  const code = segAt(s, SEG_CS);
  const limit = <u64>load<u32>(code, SEG_LIMIT);
  if (target > limit) raiseGP(s, op, 0);
  const count = load<u64>(s, S_COUNT) + opIndex(op) + 1;
  store<u64>(s, count, S_COUNT);
  let link = <usize>load<u32>(op, OP_LINK);
  if (link != 0 && load<u16>(link, OP_HANDLER) == HANDLER_LEAVE) link = 0;
  if (
    link != 0 &&
    sum == target &&
    count < load<u64>(s, S_LIMIT) &&
    target + <u64>load<u32>(link - OP_SIZE, BLOCK_BYTES) - 1 <= limit
  ) {
    store<u64>(s, target, S_CODE_RIP);
    return entered(s, link);
  }
  store<u64>(s, target, S_RIP);
  const base = load<u64>(code, SEG_BASE);
  const isSamePage = sum == target && (((from + base) ^ (target + base)) & 0xfffff000) == 0;
  return enterFrom(s, link == 0 && isSamePage ? op : 0);
}

/** Jumps to a computed RIP, already checked and cut, in a segment with base and limit. */
export function jumpTo(s: usize, op: usize, rip: u64): usize {
  noteTarget(s, op, rip);
  store<u64>(s, rip, S_RIP);
  return endBlock(s, op);
}

/** #GP(0) where control cannot go to `rip`. */
export function checkNearTarget(s: usize, op: usize, rip: u64): void {
  const mode = load<u32>(s, S_MODE);
  if (mode & MODE_LONG) {
    if (!isCanonical(s, rip)) raiseGP(s, op, 0);
  } else if (rip > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
}

/** HANDLER_UNIT: may x87, MMX or SSE be used? (Intel SDM vol. 3, 2.5 and 13.1) */
export function checkUnit(s: usize, op: usize): void {
  const unit = <u32>load<u8>(op, OP_REG);
  const cr0 = load<u64>(s, S_CR0);
  if (unit == UNIT_FWAIT) {
    if ((cr0 & CR0_MP) != 0 && (cr0 & CR0_TS) != 0) raiseNM(s, op);
    return;
  }
  if (unit == UNIT_AVX) {
    if (cr0 & CR0_TS) raiseNM(s, op);
    return;
  }
  if (unit == UNIT_FPU) {
    if (cr0 & (CR0_EM | CR0_TS)) raiseNM(s, op);
    return;
  }
  if (cr0 & CR0_EM) raiseUD(s, op);
  if (unit == UNIT_SSE && !(load<u64>(s, S_CR4) & CR4_OSFXSR)) raiseUD(s, op);
  if (cr0 & CR0_TS) raiseNM(s, op);
}

/** HANDLER_RAISE: the decoder found a fault here. */
export function raiseDecoded(s: usize, op: usize): void {
  raise(s, op, <u32>load<u8>(op, OP_REG), load<u8>(op, OP_RM) != 0, 0);
}

/** HANDLER_CROSSING: the second page of the instruction must still be the one it was decoded from. */
export function checkCrossing(s: usize, op: usize): usize {
  const mode = load<u32>(s, S_MODE);
  const rip = load<u64>(s, S_CODE_RIP);
  store<u64>(s, rip, S_RIP);
  const linear = codeLinear(s, mode, rip);
  let second = (linear | 0xfff) + 1;
  if (!(mode & MODE_LONG)) second &= RIP32;
  if (<u64>translateCode(s, second) == load<u64>(op, OP_IMM)) return op + OP_SIZE;
  return envDecode(s, 0, translateCode(s, linear));
}

/** A bit for each 64 bytes of a frame that blocks stem from. */
// @ts-ignore: decorator
@inline
export function codeMap(s: usize, offset: u32): u64 {
  return load<u64>(<usize>load<u32>(s, S_CODE_MAP) + (<usize>(offset >> 12) << 3));
}

/** The bits of [offset, offset + size), within one frame. */
// @ts-ignore: decorator
@inline
export function piecesOf(offset: u32, size: u32): u64 {
  const first = (offset & 0xfff) >> 6;
  const last = ((offset & 0xfff) + size - 1) >> 6;
  return (~<u64>0 >> <u64>(63 - (last - first))) << <u64>first;
}

/** Before bytes of a frame with PAGE_HAS_CODE are written (at most one frame): only 64-byte pieces with code matter. */
export function codeWritten(s: usize, offset: u32, size: u32): void {
  const map = codeMap(s, offset);
  if (map == 0) {
    // its blocks were dropped and nothing was decoded since: an ordinary page again
    const flags = pageFlagsAt(s, offset);
    store<u8>(flags, load<u8>(flags) & ~PAGE_HAS_CODE);
    return;
  }
  if ((map & piecesOf(offset, size)) != 0) envCodeWritten(offset, size);
}

/** Runs until COUNT == UNTIL or an earlier stop. */
export function prepareRun(s: usize): usize {
  unpatch(s);
  const until = load<u64>(s, S_UNTIL);
  store<u64>(s, until > <u64>BLOCK_INSTRUCTIONS_MAX ? until - <u64>BLOCK_INSTRUCTIONS_MAX : 1, S_LIMIT);
  return enterFrom(s, 0);
}

export function stopCode(s: usize): u32 {
  if (load<u32>(s, S_ACTIVITY) != ACTIVITY_RUNNING) return RUN_ACTIVITY;
  return load<u64>(s, S_LIMIT) == 0 ? RUN_BREAK : RUN_UNTIL;
}
