/** Entering compiled regions (jit/): is there room for one, does its code still lie where it was compiled from, and what comes after it. */
import {
  EXIT_COUNT_MASK,
  EXIT_COUNT_SHIFT,
  EXIT_FAR,
  EXIT_FLAGS_KEEP,
  EXIT_FLAGS_MASK,
  EXIT_OFFSET_SHIFT,
  EXIT_SLOW,
  MODE_LONG,
  OP_SIZE,
  BLOCK_REGION,
  REGION_BUDGET,
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
  S_BUDGET,
  S_FC,
  S_FLAG_B,
  S_FLAG_KIND,
  S_FR,
  S_RIP,
  S_TLB,
  TLB_ADDEND,
  S_CODE_KEY,
  S_CODE_RIP,
  S_COUNT,
  S_JIT_COUNT,
  S_JIT_ENTRIES,
  S_JIT_SLOW,
  S_MODE,
  S_UNTIL,
} from './layout.generated';
import { lazyFc, lazyFr } from './lazy-flags';
import { fillTlb, settledCode, tlbEntry } from './paging';
import { enter, enterPlain, envHot, knownRegion } from './run';

/** One of so many exits to the interpreter is looked at: for `npm run bench -- --fallbacks`. */
const FALLBACK_SAMPLE: u64 = 64;
/** A region was left for the instruction at RIP. */
@external('env', 'fallback')
declare function envFallback(s: usize): void;

/** HANDLER_COMPILED: CODE_RIP and COUNT are those of the block's start. Gives the op to go on with, 0 to stop. */
export function enterRegion(s: usize, first: usize): usize {
  let header = first;
  while (true) {
    const region = <usize>load<u32>(header, BLOCK_REGION);
    const plain = header + OP_SIZE;
    if (region == 0) return plain;
    // a region looks at its budget where it loops only, so it may overrun it by its longest path
    const before = load<u64>(s, S_COUNT);
    const left = <i64>(load<u64>(s, S_UNTIL) - before) - <i64>load<u32>(region, REGION_LONGEST);
    if (left <= 0) return plain;
    const rip = load<u64>(s, S_CODE_RIP);
    if (
      load<u64>(region, REGION_KEY) != load<u64>(s, S_CODE_KEY) ||
      load<u64>(region, REGION_RIP) != rip ||
      load<u32>(region, REGION_STATE) != <u32>s
    ) {
      if (!isInPlace(s, region, rip)) {
        store<u32>(region, load<u32>(region, REGION_REFUSED) + 1, REGION_REFUSED);
        return plain;
      }
      store<u64>(region, load<u64>(s, S_CODE_KEY), REGION_KEY);
      store<u64>(region, rip, REGION_RIP);
      store<u32>(region, <u32>s, REGION_STATE);
    }
    const budget = left < <i64>REGION_BUDGET ? <u32>left : <u32>REGION_BUDGET;
    store<u32>(s, 0, S_FLAG_KIND);
    const exit = call_indirect<i64>(load<u32>(region, REGION_FUNCTION), s, budget);
    const how = <u32>exit;
    const spent = <i64>(<i32>budget - load<i32>(s, S_BUDGET));
    const done = <u64>spent + <u64>((how >> EXIT_COUNT_SHIFT) & EXIT_COUNT_MASK);
    store<u64>(s, before + done, S_COUNT);
    if (!(how & EXIT_FAR)) store<u64>(s, rip + <u64>(exit >> EXIT_OFFSET_SHIFT), S_RIP);
    finishFlags(s, how & EXIT_FLAGS_MASK);
    store<u64>(s, load<u64>(s, S_JIT_ENTRIES) + 1, S_JIT_ENTRIES);
    store<u64>(s, load<u64>(s, S_JIT_COUNT) + done, S_JIT_COUNT);
    const work = load<i64>(region, REGION_WORK) - <i64>done;
    store<i64>(region, work, REGION_WORK);
    if (work < 0) {
      store<i64>(region, i64.MAX_VALUE, REGION_WORK);
      envHot(s, plain);
    }
    if (how & EXIT_SLOW) {
      const slow = load<u64>(s, S_JIT_SLOW) + 1;
      store<u64>(s, slow, S_JIT_SLOW);
      if ((slow & (FALLBACK_SAMPLE - 1)) == 0) envFallback(s);
      return enterPlain(s);
    }
    header = knownRegion(s);
    if (header == 0) return enter(s);
  }
}

/** FR and FC are what the region left in them and in FLAG_B, as `kind` says. */
// @ts-ignore: decorator
@inline
function finishFlags(s: usize, kind: u32): void {
  let code = kind;
  if (kind == EXIT_FLAGS_KEEP) code = load<u32>(s, S_FLAG_KIND);
  if (code == 0) return;
  const r = load<u64>(s, S_FR);
  store<u64>(s, lazyFc(code, r, load<u64>(s, S_FC), load<u64>(s, S_FLAG_B)), S_FC);
  store<u64>(s, lazyFr(code, r), S_FR);
}

/** `lazyFr`, `lazyFc` and `fillTlb` as regions import them (jit/region-context.ts, REGION_IMPORTS). */
export function regionFr(code: u32, r: v128): u64 {
  return lazyFr(code, v128.extract_lane<u64>(r, 0));
}
export function regionFc(code: u32, r: v128, a: u64, b: u64): u64 {
  return lazyFc(code, v128.extract_lane<u64>(r, 0), a, b);
}
/** Where an access (ACCESS_*, above it the bytes) to a linear address goes, 0: it is the interpreter's. */
export function regionMiss(s: usize, linear: v128, access: u32): u32 {
  const la = v128.extract_lane<u64>(linear, 0);
  return fillTlb(s, la, access & 0xff, access >> 8) ? load<u32>(tlbEntry(<usize>load<u32>(s, S_TLB), la), TLB_ADDEND) + <u32>la : 0;
}

/** No address of its code wraps, and each of its further pages is mapped to the frame it was compiled from. */
function isInPlace(s: usize, region: usize, rip: u64): bool {
  const low = rip + <u64><i64>load<i32>(region, REGION_LOWEST);
  const high = rip + <u64><i64>load<i32>(region, REGION_HIGHEST);
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    if ((low + 0x800000000000) >> 48 != 0 || (high + 0x800000000000) >> 48 != 0) return false;
    if ((low ^ high) >> 47 != 0) return false;
  } else if (low > 0xffffffff || high > 0xffffffff) return false;
  const count = load<u32>(region, REGION_PAGES);
  let at = region + REGION_FIRST_PAGE;
  for (let i: u32 = 0; i < count; i++) {
    const linear = (rip & ~0xfff) + <u64><i64>load<i32>(at);
    if (settledCode(s, linear) != load<u32>(at, 4)) return false;
    at += 8;
  }
  return true;
}
