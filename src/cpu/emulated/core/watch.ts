/**
 * Breakpoints of the debug registers on data and ports (Intel SDM vol. 3, 17.2.4). A page with a watched address never gets TLB tags, so
 * that every access to it comes through `translate`. Instruction breakpoints are vcpu.ts's matter.
 */
import { CR4_DE } from './control';
import { S_CR4, S_DR, S_LIMIT, S_PENDING_DB } from './layout.generated';
import { leaveAfter } from './run';
import { ACCESS_WRITE } from './slots';

/** L0 to G3 of DR7. */
export const DR7_ENABLED: u32 = 0xff;
const ON_WRITE: u32 = 1;
const ON_PORT: u32 = 2;
const ON_ACCESS: u32 = 3;

function isEnabled(dr7: u32, i: u32): bool {
  return ((dr7 >> (i * 2)) & 3) != 0;
}
function kindOf(dr7: u32, i: u32): u32 {
  return (dr7 >> (16 + i * 4)) & 3;
}
/** 1, 2, 8 or 4 bytes. */
function lengthOf(dr7: u32, i: u32): u64 {
  const code = (dr7 >> (18 + i * 4)) & 3;
  return code == 2 ? 8 : <u64>code + 1;
}

export function isWatchedPage(s: usize, page: u64): bool {
  const dr7 = load<u32>(s, S_DR + 7 * 8);
  for (let i: u32 = 0; i < 4; i++) {
    const kind = kindOf(dr7, i);
    if (!isEnabled(dr7, i) || (kind != ON_WRITE && kind != ON_ACCESS)) continue;
    if ((load<u64>(s + <usize>(i << 3), S_DR) ^ page) >> 12 == 0) return true;
  }
  return false;
}

function overlaps(s: usize, dr7: u32, i: u32, first: u64, size: u32): bool {
  const length = lengthOf(dr7, i);
  const start = load<u64>(s + <usize>(i << 3), S_DR) & ~(length - 1);
  return first < start + length && start < first + <u64>size;
}

function hit(s: usize, op: usize, i: u32): void {
  store<u32>(s, load<u32>(s, S_PENDING_DB) | (1 << i), S_PENDING_DB);
  store<u64>(s, 0, S_LIMIT);
  leaveAfter(s, op);
}

/** A data access: notes a trap that is due after the instruction. */
export function watch(s: usize, op: usize, la: u64, access: u32, size: u32): void {
  const dr7 = load<u32>(s, S_DR + 7 * 8);
  for (let i: u32 = 0; i < 4; i++) {
    const kind = kindOf(dr7, i);
    if (!isEnabled(dr7, i) || !(kind == ON_ACCESS || (kind == ON_WRITE && access == ACCESS_WRITE))) continue;
    if (overlaps(s, dr7, i, la, size)) hit(s, op, i);
  }
}

/** A port access, with CR4.DE. */
export function watchPort(s: usize, op: usize, port: u32, size: u32): void {
  const dr7 = load<u32>(s, S_DR + 7 * 8);
  if (!(dr7 & DR7_ENABLED) || !(load<u64>(s, S_CR4) & CR4_DE)) return;
  for (let i: u32 = 0; i < 4; i++) {
    if (isEnabled(dr7, i) && kindOf(dr7, i) == ON_PORT && overlaps(s, dr7, i, <u64>port, size)) hit(s, op, i);
  }
}
