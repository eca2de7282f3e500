/** Loads of DS, ES, FS and GS in protected and 64-bit mode, called by compiled regions. */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_SELECTOR, SEG_UNUSABLE, segAt } from './address';
import { SEG_FS } from './control';
import { MODE_FLAT, MODE_LONG, S_CPL, S_MODE, TLB_ADDEND, TLB_READ_TAG } from './layout.generated';
import { systemTlb } from './memory';
import { tlbEntry } from './paging';
import {
  ACCESS_P,
  RAW_ACCESSED,
  descriptorAddress,
  isDataFor,
  rawAccess,
  rawBase,
  rawLimit,
  setNullSegment,
  setSegment,
  updateMode,
} from './segments';

/**
 * `what`: selector, then SEG_*. Gives 1 where it loaded the register as `loadSegment` of segments.ts does and MODE is what it was, else
 * 0, and nothing happened: the instruction is the interpreter's.
 */
export function regionSegment(s: usize, what: v128): u32 {
  const selector = v128.extract_lane<u32>(what, 0) & 0xffff;
  const seg = v128.extract_lane<u32>(what, 1);
  const mode = load<u32>(s, S_MODE);
  // FS, GS, and all of 64-bit mode: MODE does not depend on them
  const isApart = seg >= SEG_FS || (mode & MODE_LONG) != 0;
  if ((selector & 0xfffc) == 0) {
    if (!isApart) return 0;
    setNullSegment(s, seg, selector);
    return 1;
  }
  const la = descriptorAddress(s, selector, 8);
  if (la == ~0) return 0;
  const entry = tlbEntry(systemTlb(s), la);
  if (la - load<u64>(entry, TLB_READ_TAG) > 4096 - 8) return 0;
  const raw = load<u64>(<usize>load<u32>(entry, TLB_ADDEND) + <usize>la);
  const access = rawAccess(raw);
  if (!(access & ACCESS_P) || !(raw & RAW_ACCESSED) || !isDataFor(access, selector, load<u32>(s, S_CPL))) return 0;
  if (isApart) {
    setSegment(s, seg, selector, raw);
    return 1;
  }
  const isFlat = (access & 0xe) == 2 && rawBase(raw) == 0 && rawLimit(raw) == 0xffffffff;
  if ((mode & MODE_FLAT) != 0) {
    if (!isFlat) return 0;
    setSegment(s, seg, selector, raw);
    return 1;
  }
  return loadChecked(s, seg, selector, raw, mode);
}

/** ES or DS where not all segments are flat: MODE says what comes of it. */
function loadChecked(s: usize, seg: u32, selector: u32, raw: u64, mode: u32): u32 {
  const at = segAt(s, seg);
  const oldSelector = load<u16>(at, SEG_SELECTOR);
  const oldAccess = load<u16>(at, SEG_ACCESS);
  const oldLimit = load<u32>(at, SEG_LIMIT);
  const oldBase = load<u64>(at, SEG_BASE);
  const oldUnusable = load<u8>(at, SEG_UNUSABLE);
  setSegment(s, seg, selector, raw);
  updateMode(s);
  if (load<u32>(s, S_MODE) == mode) return 1;
  store<u16>(at, oldSelector, SEG_SELECTOR);
  store<u16>(at, oldAccess, SEG_ACCESS);
  store<u32>(at, oldLimit, SEG_LIMIT);
  store<u64>(at, oldBase, SEG_BASE);
  store<u8>(at, oldUnusable, SEG_UNUSABLE);
  updateMode(s);
  return 0;
}
