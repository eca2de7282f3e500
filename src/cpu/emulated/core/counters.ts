/**
 * Performance counters (Intel SDM volume 3, chapter 20). Here their sums are kept, by ring, and only while a counter runs;
 * which register takes which sum, and when one is full, is ../performance-counters.ts's matter.
 */
import {
  OP_INDEX,
  S_COUNT,
  S_CPL,
  S_LIMIT,
  S_PERF_CYCLES,
  S_PERF_MARK,
  S_PERF_MOVED,
  S_PERF_ON,
  S_PERF_RETIRED,
  S_PERF_SURPLUS,
} from './layout.generated';
import { tscAt } from './system';

/** Values of PERF_ON: nothing counts; changes of ring do not matter; they do; and the counters may be full sooner or later by them. */
const PERF_BY_RING: u32 = 2;
const PERF_STOP_AT_RING: u32 = 3;

/** Adds what happened up to `count` to the sums of the present ring. */
export function noteCounters(s: usize, count: u64): void {
  const mark = load<u64>(s, S_PERF_MARK);
  const sums = s + (load<u32>(s, S_CPL) != 0 ? 8 : 0);
  store<u64>(sums, load<u64>(sums, S_PERF_RETIRED) + count - mark - load<u64>(s, S_PERF_SURPLUS), S_PERF_RETIRED);
  store<u64>(sums, load<u64>(sums, S_PERF_CYCLES) + tscAt(s, count) - tscAt(s, mark), S_PERF_CYCLES);
  store<u64>(s, 0, S_PERF_SURPLUS);
  store<u64>(s, count, S_PERF_MARK);
}

/** The privilege level changes by `op`'s instruction, or (0) by an event. The instruction counts in the ring where it ends. */
export function setCpl(s: usize, op: usize, cpl: u32): void {
  if (load<u32>(s, S_PERF_ON) >= PERF_BY_RING && (cpl != 0) != (load<u32>(s, S_CPL) != 0)) {
    noteCounters(s, load<u64>(s, S_COUNT) + (op == 0 ? 0 : <u64>load<u8>(op, OP_INDEX)));
    if (load<u32>(s, S_PERF_ON) == PERF_STOP_AT_RING) {
      store<u32>(s, 1, S_PERF_MOVED);
      store<u64>(s, 0, S_LIMIT);
    }
  }
  store<u32>(s, cpl, S_CPL);
}

/** COUNT went on by so many that are no instructions that retired: iterations of REP. */
// @ts-ignore: decorator
@inline
export function noteSurplus(s: usize, surplus: u64): void {
  store<u64>(s, load<u64>(s, S_PERF_SURPLUS) + surplus, S_PERF_SURPLUS);
}
