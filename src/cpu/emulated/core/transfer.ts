/** Far control transfers: JMP, CALL, RET, IRET through segments and gates, SYSCALL and SYSENTER (Intel SDM vol. 3, 5.8 and 6.12). */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_SELECTOR, SEG_UNUSABLE, linearRead, segAt } from './address';
import {
  CR0_PE,
  EFER_LMA,
  EFER_SCE,
  FLAGS_ALL,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_RF,
  FLAG_VIF,
  FLAG_VIP,
  FLAG_VM,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_SS,
  SEG_TR,
} from './control';
import { setCpl } from './counters';
import { eventsMayBeDue } from './flag-ops';
import { readEflags, writeEflags } from './flags';
import { frameCommit, frameCurrent, frameLong, framePop, framePush, frameSegment, frameSkip } from './frame';
import {
  MODE_LMA,
  MODE_LONG,
  MODE_V86,
  S_CPL,
  S_CR0,
  S_CSTAR,
  S_EFER,
  S_EFLAGS,
  S_FMASK,
  S_GPR,
  S_LSTAR,
  S_MODE,
  S_NMI_BLOCKED,
  S_RIP,
  S_STAR,
  S_SYSENTER_CS,
  S_SYSENTER_EIP,
  S_SYSENTER_ESP,
  S_TLB_BASE,
  S_VENDOR_AMD,
  TLB_CLASS_SIZE,
  CLASS_SUPERVISOR,
} from './layout.generated';
import { readSized, readSizedSystem, readU16, readU16System, readU64System } from './memory';
import { opImm, opImm2, opSize } from './ops';
import { isCanonical } from './paging';
import { VECTOR_GP, VECTOR_NP, VECTOR_SS, VECTOR_TS, followingRip, raiseGP, raiseSelector, raiseTS, raiseUD } from './raise';
import {
  ACCESS_CODE,
  ACCESS_CONFORMING,
  ACCESS_DB,
  ACCESS_L,
  ACCESS_P,
  ACCESS_S,
  accessDpl,
  checkStackDescriptor,
  descriptorAddress,
  dropInnerSegments,
  isRealOrV86,
  markAccessed,
  rawAccess,
  rawBase,
  rawLimit,
  readDescriptor,
  setNullStack,
  setRealSegment,
  setSegment,
  updateMode,
} from './segments';
import { resumeAfter } from './resume-flag';
import { TASK_CALL, TASK_IRET, TASK_JUMP, switchTask } from './task-switch';
import { checkVirtualFlags, checkVirtualImage, setVif } from './v86';

const S_RSP: usize = S_GPR + 4 * 8;
const S_RCX: usize = S_GPR + 1 * 8;
const S_RDX: usize = S_GPR + 2 * 8;
const S_R11: usize = S_GPR + 11 * 8;

export function isLongMode(s: usize): bool {
  return (load<u64>(s, S_EFER) & EFER_LMA) != 0;
}

export function supervisorTlb(s: usize): u32 {
  return load<u32>(s, S_TLB_BASE) + CLASS_SUPERVISOR * <u32>TLB_CLASS_SIZE;
}

/** Code descriptor checks of a jump or call that keeps the privilege level. */
function checkSameLevelCode(s: usize, op: usize, selector: u32, raw: u64): void {
  const access = rawAccess(raw);
  const cpl = load<u32>(s, S_CPL);
  const dpl = accessDpl(access);
  if (!(access & ACCESS_S) || !(access & ACCESS_CODE)) raiseSelector(s, op, VECTOR_GP, selector);
  if (access & ACCESS_CONFORMING) {
    if (dpl > cpl) raiseSelector(s, op, VECTOR_GP, selector);
  } else if ((selector & 3) > cpl || dpl != cpl) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  checkCodeSize(s, op, selector, access);
}

/** L and D together are reserved in long mode. */
export function checkCodeSize(s: usize, op: usize, selector: u32, access: u32): void {
  if (isLongMode(s) && (access & (ACCESS_L | ACCESS_DB)) == (ACCESS_L | ACCESS_DB)) raiseSelector(s, op, VECTOR_GP, selector);
}

/** The target offset: within the limit, or canonical in 64-bit code. #GP(0). */
export function checkTarget(s: usize, op: usize, raw: u64, rip: u64): void {
  if (isLongMode(s) && rawAccess(raw) & ACCESS_L) {
    if (!isCanonical(s, rip)) raiseGP(s, op, 0);
  } else if (rip > <u64>rawLimit(raw)) raiseGP(s, op, 0);
}

/** CS takes a checked descriptor at privilege `cpl`. */
export function setCode(s: usize, op: usize, selector: u32, raw: u64, cpl: u32): void {
  const marked = markAccessed(s, op, selector, raw);
  setSegment(s, SEG_CS, (selector & 0xfffc) | cpl, marked);
  setCpl(s, op, cpl);
}

function realTransfer(s: usize, op: usize, selector: u32, offset: u64): void {
  if (offset > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
  setRealSegment(s, SEG_CS, selector);
  store<u64>(s, offset, S_RIP);
  updateMode(s);
}

/** The outcome of looking at a system descriptor as a transfer's target: gate fields. */
function gateCheck(s: usize, op: usize, selector: u32, access: u32): void {
  const dpl = accessDpl(access);
  if (dpl < load<u32>(s, S_CPL) || dpl < (selector & 3)) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
}

/** Offset in a call gate; long mode's is 64 bits wide. Checks its upper half's type. */
function gateOffset(s: usize, op: usize, selector: u32, raw: u64): u64 {
  let offset = (raw & 0xffff) | ((raw >> 32) & 0xffff0000);
  if ((rawAccess(raw) & 0x1f) == 4) offset &= 0xffff;
  if (isLongMode(s)) {
    const at = descriptorAddress(s, selector, 16);
    if (at == ~0) raiseSelector(s, op, VECTOR_GP, selector);
    const upper = readU64System(s, op, at + 8);
    if (upper & 0x1f0000000000) raiseSelector(s, op, VECTOR_GP, selector);
    offset |= upper << 32;
  }
  return offset;
}

function farJump(s: usize, op: usize, selector: u32, offset: u64): void {
  if (isRealOrV86(s)) {
    realTransfer(s, op, selector, offset);
    return;
  }
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  const raw = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(raw);
  const cpl = load<u32>(s, S_CPL);
  if (access & ACCESS_S) {
    checkSameLevelCode(s, op, selector, raw);
    checkTarget(s, op, raw, offset);
    setCode(s, op, selector, raw, cpl);
    store<u64>(s, offset, S_RIP);
    updateMode(s);
    return;
  }
  const type = access & 0xf;
  const isLong = isLongMode(s);
  if (isLong ? type != 12 : type != 1 && type != 9 && type != 4 && type != 12 && type != 5) {
    raiseSelector(s, op, VECTOR_GP, selector);
  }
  gateCheck(s, op, selector, access);
  if (type == 1 || type == 9) {
    switchTask(s, op, selector, raw, TASK_JUMP, followingRip(s, op), false, 0);
    return;
  }
  if (type == 5) {
    taskGate(s, op, raw, TASK_JUMP);
    return;
  }
  const target = <u32>(raw >> 16) & 0xffff;
  const entry = gateOffset(s, op, selector, raw);
  if ((target & 0xfffc) == 0) raiseGP(s, op, 0);
  const code = readDescriptor(s, op, target, VECTOR_GP);
  const codeAccess = rawAccess(code);
  const dpl = accessDpl(codeAccess);
  if ((codeAccess & 0x18) != 0x18) raiseSelector(s, op, VECTOR_GP, target);
  if (codeAccess & ACCESS_CONFORMING ? dpl > cpl : dpl != cpl) raiseSelector(s, op, VECTOR_GP, target);
  checkGateCode(s, op, target, codeAccess);
  checkTarget(s, op, code, entry);
  setCode(s, op, target, code, cpl);
  store<u64>(s, entry, S_RIP);
  updateMode(s);
}

function checkGateCode(s: usize, op: usize, target: u32, access: u32): void {
  if (isLongMode(s) && (access & (ACCESS_L | ACCESS_DB)) != ACCESS_L) raiseSelector(s, op, VECTOR_GP, target);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, target);
}

/** A task gate of a jump, call or event. */
export function taskGate(s: usize, op: usize, raw: u64, reason: u32): void {
  const selector = <u32>(raw >> 16) & 0xffff;
  if (selector & 4) raiseSelector(s, op, VECTOR_GP, selector);
  const tss = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(tss);
  if ((access & 0x17) != 1) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  switchTask(s, op, selector, tss, reason, followingRip(s, op), false, 0);
}

function farCall(s: usize, op: usize, selector: u32, offset: u64, size: u32): void {
  const next = followingRip(s, op);
  const oldCs = <u64>load<u16>(segAt(s, SEG_CS), SEG_SELECTOR);
  if (isRealOrV86(s)) {
    if (offset > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
    frameCurrent(s);
    framePush(s, op, size, oldCs);
    framePush(s, op, size, next);
    frameCommit(s);
    realTransfer(s, op, selector, offset);
    return;
  }
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  const raw = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(raw);
  const cpl = load<u32>(s, S_CPL);
  if (access & ACCESS_S) {
    checkSameLevelCode(s, op, selector, raw);
    checkTarget(s, op, raw, offset);
    frameCurrent(s);
    framePush(s, op, size, oldCs);
    framePush(s, op, size, next);
    setCode(s, op, selector, raw, cpl);
    frameCommit(s);
    store<u64>(s, offset, S_RIP);
    updateMode(s);
    return;
  }
  const type = access & 0xf;
  const isLong = isLongMode(s);
  if (isLong ? type != 12 : type != 1 && type != 9 && type != 4 && type != 12 && type != 5) {
    raiseSelector(s, op, VECTOR_GP, selector);
  }
  gateCheck(s, op, selector, access);
  if (type == 1 || type == 9) {
    switchTask(s, op, selector, raw, TASK_CALL, next, false, 0);
    return;
  }
  if (type == 5) {
    taskGate(s, op, raw, TASK_CALL);
    return;
  }
  const target = <u32>(raw >> 16) & 0xffff;
  const entry = gateOffset(s, op, selector, raw);
  if ((target & 0xfffc) == 0) raiseGP(s, op, 0);
  const code = readDescriptor(s, op, target, VECTOR_GP);
  const codeAccess = rawAccess(code);
  const dpl = accessDpl(codeAccess);
  if ((codeAccess & 0x18) != 0x18 || dpl > cpl) raiseSelector(s, op, VECTOR_GP, target);
  checkGateCode(s, op, target, codeAccess);
  const gateSize: u32 = isLong ? 8 : type == 4 ? 2 : 4;
  if (codeAccess & ACCESS_CONFORMING || dpl == cpl) {
    checkTarget(s, op, code, entry);
    frameCurrent(s);
    if (isLong) store64BitFrame(s);
    framePush(s, op, gateSize, oldCs);
    framePush(s, op, gateSize, next);
    setCode(s, op, target, code, cpl);
    frameCommit(s);
    store<u64>(s, entry, S_RIP);
    updateMode(s);
    return;
  }
  const oldSs = <u64>load<u16>(segAt(s, SEG_SS), SEG_SELECTOR);
  const oldSp = load<u64>(s, S_RSP);
  if (isLong) {
    const sp = stackPointerOfTss(s, op, 4 + dpl * 8);
    checkTarget(s, op, code, entry);
    frameLong(s, sp, supervisorTlb(s));
    framePush(s, op, 8, oldSs);
    framePush(s, op, 8, oldSp);
    framePush(s, op, 8, oldCs);
    framePush(s, op, 8, next);
    setCode(s, op, target, code, dpl);
    setNullStack(s, dpl);
    store<u64>(s, oldSp, S_RSP);
    frameCommit(s);
    store<u64>(s, entry, S_RIP);
    updateMode(s);
    return;
  }
  const stackSelector = innerStack(s, op, dpl);
  let stack = readStackDescriptor(s, op, stackSelector, dpl);
  checkTarget(s, op, code, entry);
  // the parameters are read from the old stack, first the deepest
  const count = <u32>(raw >> 32) & 31;
  const oldMask: u64 = load<u16>(segAt(s, SEG_SS), SEG_ACCESS) & <u16>ACCESS_DB ? 0xffffffff : 0xffff;
  const newSp = innerSp(s, op, dpl);
  frameSegment(s, rawBase(stack), rawLimit(stack), rawAccess(stack), newSp, stackSelector, supervisorTlb(s));
  framePush(s, op, gateSize, oldSs);
  framePush(s, op, gateSize, oldSp);
  const oldBase = load<u64>(segAt(s, SEG_SS), SEG_BASE);
  for (let i = count; i > 0; i--) {
    const at = (oldSp + <u64>((i - 1) * gateSize)) & oldMask;
    framePush(s, op, gateSize, readSized(s, op, (oldBase + at) & 0xffffffff, gateSize));
  }
  framePush(s, op, gateSize, oldCs);
  framePush(s, op, gateSize, next);
  stack = markAccessed(s, op, stackSelector, stack);
  setCode(s, op, target, code, dpl);
  setSegment(s, SEG_SS, stackSelector, stack);
  frameCommit(s);
  store<u64>(s, entry, S_RIP);
  updateMode(s);
}

/** A call gate in compatibility mode goes to 64-bit code: its frame is a 64-bit one. */
function store64BitFrame(s: usize): void {
  const sp = load<u64>(s, S_RSP);
  frameLong(s, load<u32>(s, S_MODE) & MODE_LONG ? sp : sp & 0xffffffff, supervisorTlb(s));
}

/** RSPn or ISTn from the 64-bit TSS. */
export function stackPointerOfTss(s: usize, op: usize, offset: u32): u64 {
  const tr = segAt(s, SEG_TR);
  if (load<u8>(tr, SEG_UNUSABLE) || offset + 7 > load<u32>(tr, SEG_LIMIT)) {
    raiseSelector(s, op, VECTOR_TS, <u32>load<u16>(tr, SEG_SELECTOR));
  }
  const sp = readU64System(s, op, load<u64>(tr, SEG_BASE) + <u64>offset);
  if (!isCanonical(s, sp)) raiseSelector(s, op, VECTOR_SS, 0);
  return sp;
}

function innerStackPlace(s: usize, op: usize, cpl: u32): u64 {
  const tr = segAt(s, SEG_TR);
  const is32 = (load<u16>(tr, SEG_ACCESS) & 8) != 0;
  const offset: u32 = is32 ? 4 + cpl * 8 : 2 + cpl * 4;
  if (load<u8>(tr, SEG_UNUSABLE) || offset + (is32 ? <u32>5 : <u32>3) > load<u32>(tr, SEG_LIMIT)) {
    raiseSelector(s, op, VECTOR_TS, <u32>load<u16>(tr, SEG_SELECTOR));
  }
  return load<u64>(tr, SEG_BASE) + <u64>offset;
}

function isTss32(s: usize): bool {
  return (load<u16>(segAt(s, SEG_TR), SEG_ACCESS) & 8) != 0;
}

/** SSn from the TSS. */
export function innerStack(s: usize, op: usize, cpl: u32): u32 {
  const at = innerStackPlace(s, op, cpl);
  return <u32>readU16System(s, op, at + (isTss32(s) ? 4 : 2));
}

/** ESPn from the TSS. */
export function innerSp(s: usize, op: usize, cpl: u32): u64 {
  return readSizedSystem(s, op, innerStackPlace(s, op, cpl), isTss32(s) ? 4 : 2);
}

export function readStackDescriptor(s: usize, op: usize, selector: u32, cpl: u32): u64 {
  if ((selector & 0xfffc) == 0) raiseTS(s, op, 0);
  const raw = readDescriptor(s, op, selector, VECTOR_TS);
  checkStackDescriptor(s, op, selector, raw, cpl, VECTOR_TS);
  return raw;
}

/** RETF and IRET to protected or long mode, after RIP and CS were popped from the frame. `extra`: bytes of RETF imm16. */
function returnProtected(s: usize, op: usize, size: u32, rip: u64, selector: u32, extra: u64, isIret: bool, flags: u64): void {
  const cpl = load<u32>(s, S_CPL);
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  const raw = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(raw);
  const rpl = selector & 3;
  const dpl = accessDpl(access);
  if ((access & 0x18) != 0x18 || rpl < cpl) raiseSelector(s, op, VECTOR_GP, selector);
  if (access & ACCESS_CONFORMING ? dpl > rpl : dpl != rpl) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  checkCodeSize(s, op, selector, access);
  const isTo64 = isLongMode(s) && (access & ACCESS_L) != 0;
  const popsStack = rpl != cpl || (isIret && (load<u32>(s, S_MODE) & MODE_LONG) != 0);
  frameSkip(s, extra);
  if (!popsStack) {
    checkTarget(s, op, raw, rip);
    setCode(s, op, selector, raw, rpl);
    frameCommit(s);
  } else {
    const sp = framePop(s, op, size);
    const stackSelector = <u32>framePop(s, op, size) & 0xffff;
    let stack: u64 = 0;
    const isNull = (stackSelector & 0xfffc) == 0;
    if (isNull) {
      if (!isTo64 || rpl == 3 || (stackSelector & 3) != rpl) raiseGP(s, op, 0);
    } else {
      stack = readDescriptor(s, op, stackSelector, VECTOR_GP);
      checkStackDescriptor(s, op, stackSelector, stack, rpl, VECTOR_GP);
    }
    checkTarget(s, op, raw, rip);
    if (!isNull) stack = markAccessed(s, op, stackSelector, stack);
    setCode(s, op, selector, raw, rpl);
    if (isNull) setNullStack(s, stackSelector);
    else setSegment(s, SEG_SS, stackSelector, stack);
    if (isTo64) store<u64>(s, sp + extra, S_RSP);
    else if (rawAccess(stack) & ACCESS_DB) store<u64>(s, (sp + extra) & 0xffffffff, S_RSP);
    else store<u16>(s, <u16>(sp + extra), S_RSP);
    if (rpl != cpl) dropInnerSegments(s, rpl);
  }
  store<u64>(s, rip, S_RIP);
  if (isIret) setReturnedFlags(s, flags, size, cpl);
  updateMode(s);
}

/** EFLAGS from an IRET at privilege `cpl`; VM, VIF and VIP are changed by nobody but CPL 0. */
function setReturnedFlags(s: usize, flags: u64, size: u32, cpl: u32): void {
  let mask: u64 = <u64>(FLAGS_ALL & ~(FLAG_VM | FLAG_VIF | FLAG_VIP | FLAG_IOPL | FLAG_IF));
  if (cpl == 0) mask |= <u64>(FLAG_IOPL | FLAG_VIF | FLAG_VIP);
  if (cpl <= (load<u32>(s, S_EFLAGS) & FLAG_IOPL) >> 12) mask |= FLAG_IF;
  if (size == 2) mask &= 0xffff;
  writeEflags(s, flags, mask);
}

/** RETF imm16. */
export function retFar(s: usize, op: usize): void {
  returnFar(s, op, opImm(op) & 0xffff);
}

/** RETF. */
export function retFarPlain(s: usize, op: usize): void {
  returnFar(s, op, 0);
}

function returnFar(s: usize, op: usize, extra: u64): void {
  const size = opSize(op);
  frameCurrent(s);
  const rip = framePop(s, op, size);
  const selector = <u32>framePop(s, op, size) & 0xffff;
  if (isRealOrV86(s)) {
    frameSkip(s, extra);
    if (rip > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
    frameCommit(s);
    realTransfer(s, op, selector, rip);
    return;
  }
  returnProtected(s, op, size, rip, selector, extra, false, 0);
}

/** IRET, IRETD, IRETQ. */
export function iret(s: usize, op: usize): void {
  resumeAfter(s, op);
  const size = opSize(op);
  const mode = load<u32>(s, S_MODE);
  if (isRealOrV86(s)) {
    const isVirtual = checkVirtualFlags(s, op, size);
    frameCurrent(s);
    const rip = framePop(s, op, size);
    const selector = <u32>framePop(s, op, size) & 0xffff;
    const flags = framePop(s, op, size);
    if (isVirtual) checkVirtualImage(s, op, flags);
    if (rip > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
    frameCommit(s);
    let mask: u64 = <u64>(FLAGS_ALL & ~(FLAG_VM | FLAG_VIF | FLAG_VIP));
    if (mode & MODE_V86) mask &= ~(<u64>FLAG_IOPL);
    if (size == 2) mask &= 0xffff;
    if (isVirtual) {
      setVif(s, (flags & <u64>FLAG_IF) != 0);
      mask &= ~(<u64>FLAG_IF);
    }
    writeEflags(s, flags, mask);
    store<u32>(s, 0, S_NMI_BLOCKED);
    realTransfer(s, op, selector, rip);
    eventsMayBeDue(s);
    return;
  }
  if (load<u32>(s, S_EFLAGS) & FLAG_NT) {
    if (mode & MODE_LMA) raiseGP(s, op, 0);
    returnFromTask(s, op);
    return;
  }
  frameCurrent(s);
  const rip = framePop(s, op, size);
  const selector = <u32>framePop(s, op, size) & 0xffff;
  const flags = framePop(s, op, size);
  if (flags & <u64>FLAG_VM && load<u32>(s, S_CPL) == 0 && !(mode & MODE_LMA) && size == 4) {
    returnToV86(s, op, rip, selector, flags);
  } else returnProtected(s, op, size, rip, selector, 0, true, flags);
  store<u32>(s, 0, S_NMI_BLOCKED);
  eventsMayBeDue(s);
}

function returnToV86(s: usize, op: usize, rip: u64, selector: u32, flags: u64): void {
  const sp = framePop(s, op, 4);
  const ss = <u32>framePop(s, op, 4) & 0xffff;
  const es = <u32>framePop(s, op, 4) & 0xffff;
  const ds = <u32>framePop(s, op, 4) & 0xffff;
  const fs = <u32>framePop(s, op, 4) & 0xffff;
  const gs = <u32>framePop(s, op, 4) & 0xffff;
  writeEflags(s, flags, <u64>FLAGS_ALL);
  setCpl(s, op, 3);
  setRealSegment(s, SEG_CS, selector);
  setRealSegment(s, SEG_SS, ss);
  setRealSegment(s, SEG_ES, es);
  setRealSegment(s, SEG_DS, ds);
  setRealSegment(s, SEG_FS, fs);
  setRealSegment(s, SEG_GS, gs);
  store<u64>(s, sp & 0xffffffff, S_RSP);
  store<u64>(s, rip & 0xffff, S_RIP);
  updateMode(s);
}

function returnFromTask(s: usize, op: usize): void {
  const tr = segAt(s, SEG_TR);
  const link = <u32>readU16System(s, op, load<u64>(tr, SEG_BASE));
  if (link & 4) raiseSelector(s, op, VECTOR_TS, link);
  const raw = readDescriptor(s, op, link, VECTOR_TS);
  const access = rawAccess(raw);
  // it must be a busy TSS
  if ((access & 0x17) != 3) raiseSelector(s, op, VECTOR_TS, link);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, link);
  switchTask(s, op, link, raw, TASK_IRET, followingRip(s, op), false, 0);
  store<u32>(s, 0, S_NMI_BLOCKED);
  eventsMayBeDue(s);
}

/** JMP ptr16:16/32: selector in IMM2, offset in IMM. */
export function jmpFarDirect(s: usize, op: usize): void {
  farJump(s, op, opImm2(op), opImm(op) & (opSize(op) == 2 ? 0xffff : 0xffffffff));
}

export function callFarDirect(s: usize, op: usize): void {
  farCall(s, op, opImm2(op), opImm(op) & (opSize(op) == 2 ? 0xffff : 0xffffffff), opSize(op));
}

/** JMP m16:16, m16:32, m16:64. */
export function jmpFarIndirect(s: usize, op: usize): void {
  const size = opSize(op);
  const la = linearRead(s, op, size + 2);
  const offset = readSized(s, op, la, size);
  farJump(s, op, <u32>readU16(s, op, la + <u64>size), offset);
}

export function callFarIndirect(s: usize, op: usize): void {
  const size = opSize(op);
  const la = linearRead(s, op, size + 2);
  const offset = readSized(s, op, la, size);
  farCall(s, op, <u32>readU16(s, op, la + <u64>size), offset, size);
}

/** A flat segment that SYSCALL, SYSENTER and their returns load without looking at a table. */
function setFlatSegment(s: usize, seg: u32, selector: u32, access: u32): void {
  const at = segAt(s, seg);
  store<u16>(at, <u16>selector, SEG_SELECTOR);
  store<u16>(at, <u16>access, SEG_ACCESS);
  store<u32>(at, 0xffffffff, SEG_LIMIT);
  store<u64>(at, 0, SEG_BASE);
  store<u8>(at, 0, SEG_UNUSABLE);
}

const FLAT_CODE64: u32 = 0xa09b;
const FLAT_CODE32: u32 = 0xc09b;
const FLAT_DATA: u32 = 0xc093;
const DPL3: u32 = 0x60;

/** SYSCALL. Intel knows it in 64-bit mode only. */
export function syscall(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  const isAmd = load<u32>(s, S_VENDOR_AMD) != 0;
  if (!(load<u64>(s, S_EFER) & EFER_SCE) || (!isAmd && !(mode & MODE_LONG)) || !(load<u64>(s, S_CR0) & CR0_PE)) raiseUD(s, op);
  const next = followingRip(s, op);
  const star = load<u64>(s, S_STAR);
  const selector = <u32>(star >> 32) & 0xfffc;
  if (mode & MODE_LMA) {
    store<u64>(s, next, S_RCX);
    store<u64>(s, readEflags(s) & ~(<u64>FLAG_RF), S_R11);
    writeEflags(s, 0, (load<u64>(s, S_FMASK) & <u64>FLAGS_ALL) | <u64>FLAG_RF);
    store<u64>(s, mode & MODE_LONG ? load<u64>(s, S_LSTAR) : load<u64>(s, S_CSTAR), S_RIP);
    setFlatSegment(s, SEG_CS, selector, FLAT_CODE64);
  } else {
    store<u64>(s, next & 0xffffffff, S_RCX);
    writeEflags(s, 0, <u64>(FLAG_IF | FLAG_VM | FLAG_RF));
    store<u64>(s, star & 0xffffffff, S_RIP);
    setFlatSegment(s, SEG_CS, selector, FLAT_CODE32);
  }
  setFlatSegment(s, SEG_SS, (selector + 8) & 0xffff, FLAT_DATA);
  setCpl(s, op, 0);
  updateMode(s);
}

/** SYSRET. Intel checks the return address before the privilege changes. */
export function sysret(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  const isAmd = load<u32>(s, S_VENDOR_AMD) != 0;
  if (!(load<u64>(s, S_EFER) & EFER_SCE) || (!isAmd && !(mode & MODE_LONG))) raiseUD(s, op);
  if (load<u32>(s, S_CPL) != 0 || !(load<u64>(s, S_CR0) & CR0_PE)) raiseGP(s, op, 0);
  const is64 = opSize(op) == 8;
  const rcx = load<u64>(s, S_RCX);
  const base = <u32>(load<u64>(s, S_STAR) >> 48);
  if (is64 && !isAmd && !isCanonical(s, rcx)) raiseGP(s, op, 0);
  if (mode & MODE_LMA) writeEflags(s, load<u64>(s, S_R11), <u64>(FLAGS_ALL & ~(FLAG_RF | FLAG_VM)));
  else writeEflags(s, <u64>FLAG_IF, <u64>FLAG_IF);
  writeEflags(s, 0, <u64>FLAG_RF);
  setFlatSegment(s, SEG_CS, ((is64 ? base + 16 : base) & 0xffff) | 3, (is64 ? FLAT_CODE64 : FLAT_CODE32) | DPL3);
  store<u64>(s, is64 ? rcx : rcx & 0xffffffff, S_RIP);
  setFlatSegment(s, SEG_SS, ((base + 8) & 0xffff) | (isAmd ? 0 : 3), FLAT_DATA | DPL3);
  setCpl(s, op, 3);
  updateMode(s);
  eventsMayBeDue(s);
}

/** SYSENTER. AMD does not know it in long mode. */
export function sysenter(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  if (mode & MODE_LMA && load<u32>(s, S_VENDOR_AMD)) raiseUD(s, op);
  const selector = <u32>load<u64>(s, S_SYSENTER_CS) & 0xfffc;
  if (!(load<u64>(s, S_CR0) & CR0_PE) || selector == 0) raiseGP(s, op, 0);
  const isLong = (mode & MODE_LMA) != 0;
  writeEflags(s, 0, <u64>(FLAG_VM | FLAG_IF | FLAG_RF));
  setFlatSegment(s, SEG_CS, selector, isLong ? FLAT_CODE64 : FLAT_CODE32);
  setFlatSegment(s, SEG_SS, (selector + 8) & 0xffff, FLAT_DATA);
  const rip = load<u64>(s, S_SYSENTER_EIP);
  const rsp = load<u64>(s, S_SYSENTER_ESP);
  store<u64>(s, isLong ? rip : rip & 0xffffffff, S_RIP);
  store<u64>(s, isLong ? rsp : rsp & 0xffffffff, S_RSP);
  setCpl(s, op, 0);
  updateMode(s);
}

export function sysexit(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  if (mode & MODE_LMA && load<u32>(s, S_VENDOR_AMD)) raiseUD(s, op);
  const selector = <u32>load<u64>(s, S_SYSENTER_CS) & 0xfffc;
  if (!(load<u64>(s, S_CR0) & CR0_PE) || load<u32>(s, S_CPL) != 0 || selector == 0) raiseGP(s, op, 0);
  const is64 = opSize(op) == 8;
  const rip = load<u64>(s, S_RDX);
  const rsp = load<u64>(s, S_RCX);
  if (is64 && (!isCanonical(s, rip) || !isCanonical(s, rsp))) raiseGP(s, op, 0);
  const code = (selector + (is64 ? 32 : 16)) | 3;
  setFlatSegment(s, SEG_CS, code & 0xffff, (is64 ? FLAT_CODE64 : FLAT_CODE32) | DPL3);
  setFlatSegment(s, SEG_SS, (code + 8) & 0xffff, FLAT_DATA | DPL3);
  store<u64>(s, is64 ? rip : rip & 0xffffffff, S_RIP);
  store<u64>(s, is64 ? rsp : rsp & 0xffffffff, S_RSP);
  setCpl(s, op, 3);
  updateMode(s);
}
