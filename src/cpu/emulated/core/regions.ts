/** Entering compiled regions (jit/): is there room for one, does its code still lie where it was compiled from, and what comes after it. */
import {
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
  S_CODE_KEY,
  S_CODE_RIP,
  S_COUNT,
  S_JIT_COUNT,
  S_JIT_ENTRIES,
  S_JIT_SLOW,
  S_MODE,
  S_UNTIL,
} from './layout.generated';
import { settledCode } from './paging';
import { enter, enterPlain, envHot, knownRegion } from './run';

/** One of so many exits to the interpreter is looked at: for `npm run bench -- --fallbacks`. */
const FALLBACK_SAMPLE: u64 = 64;
/** A region was left for the instruction at RIP. */
@external('env', 'fallback')
declare function envFallback(s: usize): void;

/** Result of a region: the interpreter runs the next instruction. */
const LEFT_SLOW: u32 = 1;

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
    store<u32>(s, budget, S_BUDGET);
    const how = call_indirect<u32>(load<u32>(region, REGION_FUNCTION), s, budget);
    store<u64>(s, load<u64>(s, S_JIT_ENTRIES) + 1, S_JIT_ENTRIES);
    const done = load<u64>(s, S_COUNT) - before;
    store<u64>(s, load<u64>(s, S_JIT_COUNT) + done, S_JIT_COUNT);
    const work = load<i64>(region, REGION_WORK) - <i64>done;
    store<i64>(region, work, REGION_WORK);
    if (work < 0) {
      store<i64>(region, i64.MAX_VALUE, REGION_WORK);
      envHot(s, plain);
    }
    if (how == LEFT_SLOW) {
      const slow = load<u64>(s, S_JIT_SLOW) + 1;
      store<u64>(s, slow, S_JIT_SLOW);
      if ((slow & (FALLBACK_SAMPLE - 1)) == 0) envFallback(s);
      return enterPlain(s);
    }
    header = knownRegion(s);
    if (header == 0) return enter(s);
  }
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
