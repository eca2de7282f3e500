/**
 * Page faults of compiled code without a way through the interpreter: it would find the same fault at the same access, unwind to
 * vcpu.ts, and be entered again, which takes longer than all the rest of the fault.
 */
import { FLAG_IF } from './control';
import { deliverException } from './deliver';
import {
  S_COUNT,
  S_DR,
  S_EFLAGS,
  S_INTR,
  S_LAST_EVENT,
  S_LIMIT,
  S_MISS_ACCESS,
  S_MISS_LINEAR,
  S_PENDING_DB,
} from './layout.generated';
import { notesPageFault } from './paging';
import { DR7_ENABLED } from './watch';

/** A region is about to be left for an access (ACCESS_*, above it the bytes) that the TLB does not serve. */
// @ts-ignore: decorator
@inline
export function noteMiss(s: usize, la: u64, access: u32): void {
  store<u64>(s, la, S_MISS_LINEAR);
  store<u32>(s, access, S_MISS_ACCESS);
}

/**
 * After a region was left for the interpreter, RIP and COUNT being those of its instruction: enters the page fault that this is going
 * to meet. false: it is the interpreter's.
 */
// @ts-ignore: decorator
@inline
export function enteredFault(s: usize): bool {
  return load<u32>(s, S_MISS_ACCESS) != 0 && enterFault(s);
}

function enterFault(s: usize): bool {
  const access = load<u32>(s, S_MISS_ACCESS);
  const la = load<u64>(s, S_MISS_LINEAR);
  store<u32>(s, 0, S_MISS_ACCESS);
  if (load<u32>(s, S_DR + 7 * 8) & DR7_ENABLED) return false;
  // vcpu.ts makes time go on for a guest that only faults
  if (load<u64>(s, S_COUNT) == load<u64>(s, S_LAST_EVENT)) return false;
  if (!notesPageFault(s, la, access & 0xff, access >> 8)) return false;
  store<u32>(s, 0, S_PENDING_DB);
  deliverException(s);
  store<u64>(s, load<u64>(s, S_COUNT), S_LAST_EVENT);
  // a task gate may let interrupts in
  if (load<u32>(s, S_INTR) && load<u32>(s, S_EFLAGS) & FLAG_IF) store<u64>(s, 0, S_LIMIT);
  return true;
}
