/** Entering compiled regions (jit/): is there room for one, does its code still lie where it was compiled from, and what comes after it. */
import {
  EXIT_COUNT_MASK,
  EXIT_COUNT_SHIFT,
  EXIT_FAR,
  EXIT_FLAGS_KEEP,
  EXIT_FLAGS_MASK,
  EXIT_INTERPRETED,
  EXIT_OFFSET_SHIFT,
  EXIT_SLOW,
  HANDLER_CROSSING,
  HANDLER_FIRST_COLD,
  HANDLER_INTERCEPT,
  HANDLER_RAISE,
  HANDLER_UNIT,
  MODE_CS32,
  MODE_FLAT,
  MODE_LONG,
  OP_HANDLER,
  OP_INDEX,
  OP_SIZE,
  BLOCK_REGION,
  CACHED_FUNCTION,
  CACHED_HEADER,
  CACHED_KEY,
  CACHED_LONGEST,
  CACHED_RIP,
  CACHED_WORK,
  REFUSALS_MAX,
  REGION_BUDGET,
  REGION_CACHED,
  REGION_CACHED_OFTEN,
  REGION_CACHE_ENTRIES,
  REGION_CACHE_ENTRY_SIZE,
  REGION_CACHE_OFFSET,
  REGION_FIRST_PAGE,
  REGION_FUNCTION,
  REGION_HIGHEST,
  REGION_KEY,
  REGION_LONGEST,
  REGION_LOWEST,
  REGION_PAGES,
  REGION_REFUSED,
  REGION_RIP,
  REGION_STATE,
  REGION_WORK,
  REGION_WORK_PART,
  STEP_ENDS,
  STEP_FLAGS_SHIFT,
  STEP_INDEX_MASK,
  STEP_MORE_SHIFT,
  S_BUDGET,
  S_BUDGET_END,
  S_FC,
  S_FLAG_B,
  S_FLAG_KIND,
  S_FR,
  S_RIP,
  S_TLB,
  S_CODE_RIP,
  S_COUNT,
  S_JIT_COUNT,
  S_JIT_ENTRIES,
  S_JIT_SLOW,
  S_JUMP_CACHE,
  S_LIMIT,
  S_MODE,
  S_NEXT_OP,
  S_UNTIL,
} from './layout.generated';
import { cold } from '../../../../build/out/gen/interpreter';
import { codeKey, haveOneKey } from './code-pages';
import { enteredFault, noteMiss } from './direct-fault';
import { checkIntercept } from './intercept';
import { lazyFc, lazyFr } from './lazy-flags';
import { opIndex, opThisRip } from './ops';
import { missedPlace, settledCode } from './paging';
import { SEG_CS } from './control';
import { SEG_LIMIT, segAt } from './address';
import { checkUnit, codeLinear, enter, enterPlain, envHot, knownRegion, leaveNow, raiseDecoded } from './run';

/** One of so many exits to the interpreter is looked at: for `npm run bench -- --fallbacks`. */
const FALLBACK_SAMPLE: u64 = 64;
/** As good as never, and more can be added. */
const LONGEST_WORK: i64 = i64.MAX_VALUE >> 1;
/** A region was left for the instruction at RIP. */
@external('env', 'fallback')
declare function envFallback(s: usize): void;

/** The region that starts with the block at `op` was refused REFUSALS_MAX times in a row; CODE_RIP is where. */
@external('env', 'refused')
declare function envRefused(s: usize, op: usize): void;

/** HANDLER_COMPILED: CODE_RIP and COUNT are those of the block's start. Gives the op to go on with, 0 to stop. */
export function enterRegion(s: usize, first: usize): usize {
  let header = first;
  while (true) {
    let rip = load<u64>(s, S_CODE_RIP);
    let cached = cacheEntry(s, rip);
    if (!isCached(s, cached, rip)) {
      const region = <usize>load<u32>(header, BLOCK_REGION);
      if (region == 0 || !isUsable(s, region, header, rip)) return header + OP_SIZE;
      remember(s, cached, region, header, rip);
    }
    // a region looks at its budget where it loops only, so it may overrun it by its longest path
    const before = load<u64>(s, S_COUNT);
    const until = load<u64>(s, S_UNTIL);
    const left = <i64>(until - before) - <i64>load<u32>(cached, CACHED_LONGEST);
    if (left <= 0) return <usize>load<u32>(cached, CACHED_HEADER) + OP_SIZE;
    let budget = left < <i64>REGION_BUDGET ? <i32>left : <i32>REGION_BUDGET;
    const end = before + <u64><i64>budget;
    const spare = until - end;
    store<u32>(s, 0, S_FLAG_KIND);
    store<u64>(s, end, S_BUDGET_END);
    let how: u32;
    // one after the other, and all share one budget
    while (true) {
      const exit = call_indirect<i64>(load<u32>(cached, CACHED_FUNCTION), s, budget);
      how = <u32>exit;
      if (how & EXIT_INTERPRETED) {
        ran(s, cached, load<u64>(s, S_COUNT) + <u64><i64>budget - end);
        return <usize>load<u32>(s, S_NEXT_OP);
      }
      const rest = load<i32>(s, S_BUDGET) - <i32>((how >> EXIT_COUNT_SHIFT) & EXIT_COUNT_MASK);
      ran(s, cached, <u64><i64>(budget - rest));
      budget = rest;
      rip = how & EXIT_FAR ? load<u64>(s, S_RIP) : rip + <u64>(exit >> EXIT_OFFSET_SHIFT);
      if ((how & EXIT_FLAGS_MASK) != EXIT_FLAGS_KEEP) store<u32>(s, how & EXIT_FLAGS_MASK, S_FLAG_KIND);
      if ((how & EXIT_SLOW) != 0 || budget <= 0) break;
      cached = cacheEntry(s, rip);
      if (!isCached(s, cached, rip) || <u64>load<u32>(cached, CACHED_LONGEST) > spare) break;
      store<u64>(s, rip, S_CODE_RIP);
    }
    const count = end - <u64><i64>budget;
    store<u64>(s, count, S_COUNT);
    store<u64>(s, rip, S_RIP);
    finishFlags(s);
    if (how & EXIT_SLOW) {
      const slow = load<u64>(s, S_JIT_SLOW) + 1;
      store<u64>(s, slow, S_JIT_SLOW);
      if ((slow & (FALLBACK_SAMPLE - 1)) == 0) envFallback(s);
      return enteredFault(s) ? enter(s) : enterPlain(s);
    }
    header = knownRegion(s);
    if (header == 0) return enter(s);
  }
}

/** A region was left after so many instructions. */
// @ts-ignore: decorator
@inline
function ran(s: usize, cached: usize, instructions: u64): void {
  store<u64>(s, load<u64>(s, S_JIT_ENTRIES) + 1, S_JIT_ENTRIES);
  store<u64>(s, load<u64>(s, S_JIT_COUNT) + instructions, S_JIT_COUNT);
  const work = <i64>load<i32>(cached, CACHED_WORK) - <i64>instructions;
  store<i32>(cached, <i32>work, CACHED_WORK);
  if (work < 0) worked(s, cached, work);
}

/** Where the region cache has what is entered at `rip`, if it has it. */
// @ts-ignore: decorator
@inline
function cacheEntry(s: usize, rip: u64): usize {
  const index = (<u32>rip ^ <u32>(rip >> 12)) & (REGION_CACHE_ENTRIES - 1);
  return <usize>load<u32>(s, S_JUMP_CACHE) + <usize>REGION_CACHE_OFFSET + <usize>index * REGION_CACHE_ENTRY_SIZE;
}

// @ts-ignore: decorator
@inline
function isCached(s: usize, cached: usize, rip: u64): bool {
  if (load<u32>(s, S_MODE) & MODE_FLAT) {
    return load<u64>(cached, CACHED_RIP) == rip && load<u64>(cached, CACHED_KEY) == codeKey(s, rip);
  }
  return isCachedInSegment(s, cached, rip);
}

function isCachedInSegment(s: usize, cached: usize, rip: u64): bool {
  const linear = codeLinear(s, 0, rip);
  if (load<u64>(cached, CACHED_RIP) != placeInSegment(rip, linear) || load<u64>(cached, CACHED_KEY) != codeKey(s, linear)) return false;
  // the limit may be another one
  const region = <usize>load<u32>(<usize>load<u32>(cached, CACHED_HEADER), BLOCK_REGION);
  return region != 0 && rip + <u64><i64>load<i32>(region, REGION_HIGHEST) <= lastOffset(s);
}

/** What stands for RIP where CS has a base: the same code may lie at several offsets. */
// @ts-ignore: decorator
@inline
function placeInSegment(rip: u64, linear: u64): u64 {
  return (rip << 32) | linear;
}

/** The last offset of CS that a region may reach: within its limit, and where no IP wraps. */
function lastOffset(s: usize): u64 {
  const limit = <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT);
  return load<u32>(s, S_MODE) & MODE_CS32 || limit < 0xffff ? limit : 0xffff;
}

function remember(s: usize, cached: usize, region: usize, header: usize, rip: u64): void {
  giveBack(cached);
  const mode = load<u32>(s, S_MODE);
  const linear = codeLinear(s, mode, rip);
  store<u64>(cached, mode & MODE_FLAT ? rip : placeInSegment(rip, linear), CACHED_RIP);
  store<u64>(cached, codeKey(s, linear), CACHED_KEY);
  store<u32>(cached, load<u32>(region, REGION_FUNCTION), CACHED_FUNCTION);
  store<u32>(cached, load<u32>(region, REGION_LONGEST), CACHED_LONGEST);
  store<u32>(cached, <u32>header, CACHED_HEADER);
  store<i32>(cached, workFor(region), CACHED_WORK);
  const before = load<u32>(region, REGION_CACHED);
  store<u32>(region, before == 0 || before == <u32>cached ? <u32>cached : REGION_CACHED_OFTEN, REGION_CACHED);
}

/** What is left of the entry's part belongs to the region that it was made of. */
function giveBack(cached: usize): void {
  const header = <usize>load<u32>(cached, CACHED_HEADER);
  if (header == 0) return;
  const region = <usize>load<u32>(header, BLOCK_REGION);
  const left = load<i32>(cached, CACHED_WORK);
  if (region != 0 && left > 0) store<i64>(region, load<i64>(region, REGION_WORK) + <i64>left, REGION_WORK);
}

/** Takes some of the instructions after which the region is hot. */
function workFor(region: usize): i32 {
  const left = load<i64>(region, REGION_WORK);
  const part = left < <i64>REGION_WORK_PART ? left : <i64>REGION_WORK_PART;
  store<i64>(region, left - part, REGION_WORK);
  return <i32>part;
}

/** A cache entry's part is used up, and `-rest` instructions more. */
function worked(s: usize, cached: usize, rest: i64): void {
  const header = <usize>load<u32>(cached, CACHED_HEADER);
  // all code may have gone while the interpreter ran the region's last instruction
  if (header == 0) return;
  let region = <usize>load<u32>(header, BLOCK_REGION);
  if (region == 0) return;
  const left = load<i64>(region, REGION_WORK) + rest;
  if (left > 0) store<i64>(region, left, REGION_WORK);
  else {
    store<i64>(region, LONGEST_WORK, REGION_WORK);
    envHot(s, header + OP_SIZE);
    region = <usize>load<u32>(header, BLOCK_REGION);
    if (region == 0) return;
  }
  store<i32>(cached, workFor(region), CACHED_WORK);
}

/** Are the region's pages where it was compiled from? */
function isUsable(s: usize, region: usize, header: usize, rip: u64): bool {
  const mode = load<u32>(s, S_MODE);
  const linear = codeLinear(s, mode, rip);
  if (!(mode & MODE_FLAT) && !isInSegment(s, region, rip)) return false;
  const key = codeKey(s, linear);
  const isKnown =
    load<u64>(region, REGION_KEY) == key && load<u64>(region, REGION_RIP) == linear && load<u32>(region, REGION_STATE) == <u32>s;
  if (isKnown) return true;
  if (!isInPlace(s, region, linear)) {
    const refused = load<u32>(region, REGION_REFUSED) + 1;
    store<u32>(region, refused, REGION_REFUSED);
    if (refused == REFUSALS_MAX) envRefused(s, header + OP_SIZE);
    return false;
  }
  store<u32>(region, 0, REGION_REFUSED);
  store<u64>(region, key, REGION_KEY);
  store<u64>(region, linear, REGION_RIP);
  store<u32>(region, <u32>s, REGION_STATE);
  return true;
}

/** FR and FC are made of what regions left in them and in FLAG_B, as FLAG_KIND says. */
function finishFlags(s: usize): void {
  const code = load<u32>(s, S_FLAG_KIND);
  if (code == 0) return;
  store<u32>(s, 0, S_FLAG_KIND);
  const r = load<u64>(s, S_FR);
  store<u64>(s, lazyFc(code, r, load<u64>(s, S_FC), load<u64>(s, S_FLAG_B)), S_FC);
  store<u64>(s, lazyFr(code, r), S_FR);
}

/** `lazyFr`, `lazyFc` and `missedPlace` as regions import them, like `regionInterpret` below (jit/region-context.ts, REGION_IMPORTS). */
export function regionFr(code: u32, r: v128): u64 {
  return lazyFr(code, v128.extract_lane<u64>(r, 0));
}
export function regionFc(code: u32, r: v128, a: u64, b: u64): u64 {
  return lazyFc(code, v128.extract_lane<u64>(r, 0), a, b);
}
/** Where an access (ACCESS_*, above it the bytes) to a linear address goes, 0: it is the interpreter's. */
export function regionMiss(s: usize, linear: v128, access: u32): u32 {
  const la = v128.extract_lane<u64>(linear, 0);
  const place = missedPlace(s, la, access & 0xff, access >> 8);
  if (place == 0) noteMiss(s, la, access);
  return place;
}

const INTERPRETED: i32 = i32.MIN_VALUE;

/**
 * Runs instructions of a region by the interpreter, with the registers in the state. `where`: the words of layout.ts, STEP_*. Gives
 * the budget that is left, negative where the region is to return EXIT_INTERPRETED. A fault unwinds through the region.
 */
export function regionInterpret(s: usize, where: v128, budget: i32): i32 {
  const word = v128.extract_lane<u32>(where, 1);
  const index = word & STEP_INDEX_MASK;
  const last = index + (word >> STEP_MORE_SHIFT);
  const rip = load<u64>(s, S_CODE_RIP);
  const kind = (word >> STEP_FLAGS_SHIFT) & EXIT_FLAGS_MASK;
  if (kind != EXIT_FLAGS_KEEP) store<u32>(s, kind, S_FLAG_KIND);
  finishFlags(s);
  // what the interpreter counts from is the start of the node, which is a block
  const count = load<u64>(s, S_BUDGET_END) - <u64><i64>budget;
  store<u64>(s, count, S_COUNT);
  store<u64>(s, rip + <u64><i64>v128.extract_lane<i32>(where, 2), S_CODE_RIP);
  let next = <usize>v128.extract_lane<u32>(where, 0);
  while (<u32>load<u8>(next, OP_INDEX) < index) next += OP_SIZE;
  let op: usize = 0;
  while (true) {
    op = next;
    next = op + OP_SIZE;
    const handler = <u32>load<u16>(op, OP_HANDLER);
    if (handler >= HANDLER_FIRST_COLD) {
      next = cold(s, op, handler);
      // it stopped in its middle, or ended its block
      if (next != op + OP_SIZE || ((word & STEP_ENDS) != 0 && <u32>load<u8>(op, OP_INDEX) == last)) return goOnAt(s, next);
    }
    else if (handler == HANDLER_UNIT) checkUnit(s, op);
    else if (handler == HANDLER_INTERCEPT) checkIntercept(s, op);
    else if (handler == HANDLER_RAISE) raiseDecoded(s, op);
    // the region is not entered where the second page is another one
    else if (handler != HANDLER_CROSSING) return interpretPlain(s, op);
    const following = <u32>load<u8>(next, OP_INDEX);
    if (following > last) break;
    if (following != <u32>load<u8>(op, OP_INDEX) && load<u64>(s, S_LIMIT) == 0) return goOnAt(s, leaveNow(s, op));
  }
  // repetitions count as instructions
  const left = budget - <i32>(load<u64>(s, S_COUNT) - count);
  // code that changed, and translations and modes that did, take the region out of the cache
  if (left >= 0 && load<u64>(s, S_LIMIT) != 0 && isCached(s, cacheEntry(s, rip), rip)) {
    store<u64>(s, rip, S_CODE_RIP);
    return left;
  }
  return goOnAt(s, leaveNow(s, op));
}

function goOnAt(s: usize, op: usize): i32 {
  store<u32>(s, <u32>op, S_NEXT_OP);
  return INTERPRETED;
}

/** The instruction of `op` is one for the interpreter's main loop, or its block was dropped. */
function interpretPlain(s: usize, op: usize): i32 {
  store<u64>(s, opThisRip(s, op), S_RIP);
  store<u64>(s, load<u64>(s, S_COUNT) + opIndex(op), S_COUNT);
  return goOnAt(s, enterPlain(s));
}

/** Can all of its code be fetched from CS, and are all its jumps within the limit? */
function isInSegment(s: usize, region: usize, rip: u64): bool {
  const low = <u64><i64>load<i32>(region, REGION_LOWEST);
  const high = <u64><i64>load<i32>(region, REGION_HIGHEST);
  const last = lastOffset(s);
  return rip + low <= last && rip + high <= last;
}

/** No address of its code wraps, and each of its further pages is mapped to the frame it was compiled from. */
function isInPlace(s: usize, region: usize, linear: u64): bool {
  const low = linear + <u64><i64>load<i32>(region, REGION_LOWEST);
  const high = linear + <u64><i64>load<i32>(region, REGION_HIGHEST);
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    if ((low + 0x800000000000) >> 48 != 0 || (high + 0x800000000000) >> 48 != 0) return false;
    if ((low ^ high) >> 47 != 0) return false;
  } else if (low > 0xffffffff || high > 0xffffffff) return false;
  if (!haveOneKey(s, low, high)) return false;
  const count = load<u32>(region, REGION_PAGES);
  let at = region + REGION_FIRST_PAGE;
  for (let i: u32 = 0; i < count; i++) {
    const page = (linear & ~0xfff) + <u64><i64>load<i32>(at);
    if (settledCode(s, page) != load<u32>(at, 4)) return false;
    at += 8;
  }
  return true;
}
