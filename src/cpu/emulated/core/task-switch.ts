/**
 * Task switches through 286 and 386 TSSs (Intel SDM vol. 3, 7.3). Long mode has none. All reads of the new TSS and probes of the old one come
 * first; after the commit point faults belong to the new task.
 */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_SELECTOR, SEG_UNUSABLE, segAt } from './address';
import {
  CR0_PG,
  CR0_TS,
  CR4_PAE,
  FLAGS_ALL,
  FLAG_NT,
  FLAG_RF,
  FLAG_VM,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_LDTR,
  SEG_SS,
  SEG_TR,
} from './control';
import { loadPdptes } from './control-ops';
import { setCpl } from './counters';
import { readEflags, writeEflags } from './flags';
import { frameCommit, frameCurrent, framePush } from './frame';
import {
  OP_INDEX,
  S_COUNT,
  S_CR0,
  S_CR3,
  S_CR4,
  S_DR,
  S_EFLAGS,
  S_GPR,
  S_LIMIT,
  S_PENDING_DB,
  S_RESUME_COUNT,
  S_RIP,
  S_SCRATCH,
} from './layout.generated';
import {
  readSizedSystem,
  readU16System,
  readU8System,
  writeSizedSystem,
  writeU16System,
  writeU8System,
} from './memory';
import { flushNonGlobal } from './paging';
import { VECTOR_NP, VECTOR_TS, raiseGP, raiseSelector } from './raise';
import { dropStaleResume } from './resume-flag';
import {
  ACCESS_CONFORMING,
  ACCESS_P,
  accessDpl,
  checkDataDescriptor,
  checkStackDescriptor,
  descriptorAddress,
  loadLdt,
  markAccessed,
  rawAccess,
  rawBase,
  rawLimit,
  readDescriptor,
  setNullSegment,
  setRealSegment,
  setSegment,
  updateMode,
} from './segments';

export const TASK_JUMP: u32 = 0;
export const TASK_CALL: u32 = 1;
export const TASK_IRET: u32 = 2;
export const TASK_EVENT: u32 = 3;
/** An event that is a fault: the old task's image of EFLAGS carries RF. */
export const TASK_FAULT: u32 = 4;

/** Offset of field n: 0 EIP, 1 EFLAGS, 2..9 GPRs, 10..15 ES CS SS DS FS GS, 16 LDT. */
function fieldOffset(is32: bool, n: u32): u64 {
  if (is32) return n == 16 ? 0x60 : 0x20 + <u64>n * 4;
  return n == 16 ? 0x2a : 0x0e + <u64>n * 2;
}

function readField(s: usize, op: usize, base: u64, is32: bool, n: u32): u32 {
  return <u32>readSizedSystem(s, op, base + fieldOffset(is32, n), is32 && n < 10 ? 4 : 2);
}

/** Read a byte and write it back: faults come now, not later. */
function probe(s: usize, op: usize, la: u64): void {
  writeU8System(s, op, la, readU8System(s, op, la));
}

/** `raw` is the new TSS's descriptor, checked for type and presence. `returnRip` is what the old task will go on with. */
export function switchTask(
  s: usize,
  op: usize,
  selector: u32,
  raw: u64,
  reason: u32,
  returnRip: u64,
  hasError: bool,
  error: u32,
): void {
  const is32 = (rawAccess(raw) & 8) != 0;
  const newBase = rawBase(raw);
  if (rawLimit(raw) < (is32 ? <u32>0x67 : <u32>0x2b)) raiseSelector(s, op, VECTOR_TS, selector);
  const tr = segAt(s, SEG_TR);
  const oldBase = load<u64>(tr, SEG_BASE);
  const oldIs32 = (load<u16>(tr, SEG_ACCESS) & 8) != 0;
  const oldSelector = <u32>load<u16>(tr, SEG_SELECTOR);
  if (load<u8>(tr, SEG_UNUSABLE) || load<u32>(tr, SEG_LIMIT) < (oldIs32 ? <u32>0x5f : <u32>0x29)) {
    raiseSelector(s, op, VECTOR_TS, oldSelector);
  }
  // 1. the new task's registers, into scratch
  const scratch = s + S_SCRATCH;
  for (let n: u32 = 0; n <= 16; n++) {
    const value: u32 = !is32 && (n == 14 || n == 15) ? 0 : readField(s, op, newBase, is32, n);
    store<u32>(scratch + <usize>(n << 2), value);
  }
  const newCr3 = is32 ? <u32>readSizedSystem(s, op, newBase + 0x1c, 4) : 0;
  const trap = is32 ? <u32>readU16System(s, op, newBase + 0x64) & 1 : 0;
  probe(s, op, oldBase + fieldOffset(oldIs32, 0));
  probe(s, op, oldBase + fieldOffset(oldIs32, oldIs32 ? 15 : 13) + 1);
  const isNested = reason == TASK_CALL || reason == TASK_EVENT || reason == TASK_FAULT;
  if (isNested) probe(s, op, newBase);
  // 2. the old task's registers, into its TSS
  dropStaleResume(s, op);
  let flags = <u32>readEflags(s);
  if (reason == TASK_IRET) flags &= ~FLAG_NT;
  if (reason == TASK_FAULT) flags |= FLAG_RF;
  const size: u32 = oldIs32 ? 4 : 2;
  writeSizedSystem(s, op, oldBase + fieldOffset(oldIs32, 0), size, returnRip);
  writeSizedSystem(s, op, oldBase + fieldOffset(oldIs32, 1), size, <u64>flags);
  for (let i: u32 = 0; i < 8; i++) {
    writeSizedSystem(s, op, oldBase + fieldOffset(oldIs32, 2 + i), size, load<u64>(s + <usize>(i << 3), S_GPR));
  }
  const segments: u32 = oldIs32 ? 6 : 4;
  for (let i: u32 = 0; i < segments; i++) {
    writeU16System(s, op, oldBase + fieldOffset(oldIs32, 10 + i), <u64>load<u16>(segAt(s, i), SEG_SELECTOR));
  }
  if (isNested) writeU16System(s, op, newBase, <u64>oldSelector);
  // 3. busy bits
  if (reason == TASK_JUMP || reason == TASK_IRET) {
    const at = descriptorAddress(s, oldSelector, 8);
    if (at != ~0) writeU8System(s, op, at + 5, readU8System(s, op, at + 5) & ~2);
  }
  if (reason != TASK_IRET) {
    const at = descriptorAddress(s, selector, 8) + 5;
    writeU8System(s, op, at, readU8System(s, op, at) | 2);
  }
  // 4. the new task: from here on faults are its own, so the state is made exact as after the switch
  const index: u64 = op == 0 ? 0 : <u64>load<u8>(op, OP_INDEX);
  store<u64>(s, load<u64>(s, S_COUNT) + index, S_COUNT);
  setSegment(s, SEG_TR, selector, raw | 0x20000000000);
  store<u64>(s, load<u64>(s, S_CR0) | CR0_TS, S_CR0);
  if (is32 && load<u64>(s, S_CR0) & CR0_PG) {
    store<u64>(s, <u64>newCr3, S_CR3);
    if (load<u64>(s, S_CR4) & CR4_PAE && !loadPdptes(s, <u64>newCr3)) raiseGP(s, 0, 0);
    flushNonGlobal(s);
  }
  store<u64>(s, <u64>load<u32>(scratch), S_RIP);
  let newFlags = load<u32>(scratch + 4);
  if (!is32) newFlags &= 0xffff;
  if (isNested) newFlags |= FLAG_NT;
  writeEflags(s, <u64>newFlags, <u64>FLAGS_ALL);
  for (let i: u32 = 0; i < 8; i++) {
    const value = load<u32>(scratch + 8 + <usize>(i << 2));
    store<u64>(s + <usize>(i << 3), <u64>(is32 ? value : value | 0xffff0000), S_GPR);
  }
  store<u64>(s, load<u64>(s, S_COUNT) + (op == 0 ? 0 : 1), S_RESUME_COUNT);
  // local breakpoints end with the task
  store<u64>(s, load<u64>(s, S_DR + 7 * 8) & ~0x155, S_DR + 7 * 8);
  loadNewSegments(s, scratch);
  const eip = load<u64>(s, S_RIP);
  if (hasError) {
    frameCurrent(s);
    framePush(s, 0, is32 ? 4 : 2, <u64>error);
    frameCommit(s);
  }
  if (eip > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, 0, 0);
  if (trap) {
    store<u32>(s, load<u32>(s, S_PENDING_DB) | 0x8000, S_PENDING_DB);
    store<u64>(s, 0, S_LIMIT); // before the first instruction of the new task
  }
  store<u64>(s, load<u64>(s, S_COUNT) - index, S_COUNT);
}

function selectorOf(scratch: usize, seg: u32): u32 {
  return load<u32>(scratch + <usize>((10 + seg) << 2)) & 0xffff;
}

function loadNewSegments(s: usize, scratch: usize): void {
  // All selectors are in place before any descriptor is looked at.
  const ldt = load<u32>(scratch + 16 * 4) & 0xffff;
  const cs = selectorOf(scratch, SEG_CS);
  for (let seg: u32 = 0; seg < 6; seg++) {
    const at = segAt(s, seg);
    store<u16>(at, <u16>selectorOf(scratch, seg), SEG_SELECTOR);
    store<u8>(at, 1, SEG_UNUSABLE);
  }
  store<u16>(segAt(s, SEG_LDTR), <u16>ldt, SEG_SELECTOR);
  store<u8>(segAt(s, SEG_LDTR), 1, SEG_UNUSABLE);
  const isV86 = (load<u32>(s, S_EFLAGS) & FLAG_VM) != 0;
  const cpl: u32 = isV86 ? 3 : cs & 3;
  setCpl(s, 0, cpl);
  updateMode(s);
  loadLdt(s, 0, ldt, VECTOR_TS);
  if (isV86) {
    for (let seg: u32 = 0; seg < 6; seg++) setRealSegment(s, seg, selectorOf(scratch, seg));
    updateMode(s);
    return;
  }
  if ((cs & 0xfffc) == 0) raiseSelector(s, 0, VECTOR_TS, cs);
  let code = readDescriptor(s, 0, cs, VECTOR_TS);
  const access = rawAccess(code);
  const dpl = accessDpl(access);
  if ((access & 0x18) != 0x18) raiseSelector(s, 0, VECTOR_TS, cs);
  if (access & ACCESS_CONFORMING ? dpl > cpl : dpl != cpl) raiseSelector(s, 0, VECTOR_TS, cs);
  if (!(access & ACCESS_P)) raiseSelector(s, 0, VECTOR_NP, cs);
  code = markAccessed(s, 0, cs, code);
  setSegment(s, SEG_CS, cs, code);
  const ss = selectorOf(scratch, SEG_SS);
  if ((ss & 0xfffc) == 0) raiseSelector(s, 0, VECTOR_TS, ss);
  let stack = readDescriptor(s, 0, ss, VECTOR_TS);
  checkStackDescriptor(s, 0, ss, stack, cpl, VECTOR_TS);
  stack = markAccessed(s, 0, ss, stack);
  setSegment(s, SEG_SS, ss, stack);
  updateMode(s);
  loadNewData(s, scratch, SEG_ES, cpl);
  loadNewData(s, scratch, SEG_DS, cpl);
  loadNewData(s, scratch, SEG_FS, cpl);
  loadNewData(s, scratch, SEG_GS, cpl);
  updateMode(s);
}

function loadNewData(s: usize, scratch: usize, seg: u32, cpl: u32): void {
  const selector = selectorOf(scratch, seg);
  if ((selector & 0xfffc) == 0) {
    setNullSegment(s, seg, selector);
    return;
  }
  const raw = readDescriptor(s, 0, selector, VECTOR_TS);
  checkDataDescriptor(s, 0, selector, raw, cpl, VECTOR_TS);
  setSegment(s, seg, selector, markAccessed(s, 0, selector, raw));
}
