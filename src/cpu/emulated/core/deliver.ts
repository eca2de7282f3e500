/**
 * The one way of exceptions, interrupts and INT instructions into their handlers (Intel SDM vol. 3, chapter 6).
 * Everything that can fault comes before the first change of state, so that a nested fault finds the interrupted instruction intact.
 */
import { SEG_LIMIT, SEG_SELECTOR, segAt } from './address';
import {
  CR0_PE,
  FLAG_AC,
  FLAG_IF,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VM,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_SS,
} from './control';
import { readEflags, writeEflags } from './flags';
import { frameCommit, frameCurrent, frameLong, framePush, frameSegment } from './frame';
import {
  ACTIVITY_SHUTDOWN,
  MODE_LONG,
  MODE_V86,
  S_ACTIVITY,
  S_CPL,
  S_CR0,
  S_DELIVERING,
  S_DR,
  S_EVENT_ENTERED,
  S_EXC_ERROR,
  S_EXC_HAS_ERROR,
  S_EXC_VECTOR,
  S_GPR,
  S_IDTR_BASE,
  S_IDTR_LIMIT,
  S_MODE,
  S_NMI_BLOCKED,
  S_PENDING_DB,
  S_RIP,
  S_SHADOW,
  S_TLB,
} from './layout.generated';
import { readU16System, readU64System } from './memory';
import { opImm } from './ops';
import {
  DELIVERING_BENIGN,
  DELIVERING_CONTRIBUTORY,
  DELIVERING_DOUBLE_FAULT,
  DELIVERING_EXTERNAL,
  DELIVERING_NOTHING,
  DELIVERING_PAGE_FAULT,
  VECTOR_BP,
  VECTOR_DB,
  VECTOR_DE,
  VECTOR_DF,
  VECTOR_GP,
  VECTOR_MC,
  VECTOR_NMI,
  VECTOR_NP,
  VECTOR_OF,
  VECTOR_PF,
  VECTOR_TS,
  followingRip,
  raise,
  raiseGP,
  raiseSelector,
} from './raise';
import {
  ACCESS_CONFORMING,
  ACCESS_DB,
  ACCESS_L,
  ACCESS_P,
  accessDpl,
  markAccessed,
  rawAccess,
  rawBase,
  rawLimit,
  readDescriptor,
  setNullSegment,
  setNullStack,
  setRealSegment,
  setSegment,
  updateMode,
} from './segments';
import { dropStaleResume } from './resume-flag';
import { TASK_EVENT, TASK_FAULT, switchTask } from './task-switch';
import { enterVirtualHandler } from './v86';
import {
  checkTarget,
  innerSp,
  innerStack,
  isLongMode,
  readStackDescriptor,
  setCode,
  stackPointerOfTss,
  supervisorTlb,
} from './transfer';

const S_RSP: usize = S_GPR + 4 * 8;

/** Where an event comes from; software ones are subject to the gate's DPL. */
const FROM_HARDWARE: u32 = 0;
const FROM_INT: u32 = 1; // INT n: IOPL matters in virtual-8086 mode
const FROM_TRAP_OPCODE: u32 = 2; // INT3, INTO

function classOf(vector: u32): u32 {
  if (vector == VECTOR_PF) return DELIVERING_PAGE_FAULT;
  if (vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP)) return DELIVERING_CONTRIBUTORY;
  if (vector == VECTOR_DF) return DELIVERING_DOUBLE_FAULT;
  return DELIVERING_BENIGN;
}

/** The exception noted in EXC_*: called by vcpu.ts after a raise. A third fault shuts the CPU down. */
export function deliverException(s: usize): void {
  let vector = load<u32>(s, S_EXC_VECTOR);
  let error = load<u32>(s, S_EXC_ERROR);
  let hasError = load<u32>(s, S_EXC_HAS_ERROR) != 0;
  const before = load<u32>(s, S_DELIVERING) & 0xff;
  let event = classOf(vector);
  if (before == DELIVERING_DOUBLE_FAULT) {
    store<u32>(s, ACTIVITY_SHUTDOWN, S_ACTIVITY);
    store<u32>(s, DELIVERING_NOTHING, S_DELIVERING);
    return;
  }
  const isSecond =
    (before == DELIVERING_CONTRIBUTORY && event == DELIVERING_CONTRIBUTORY) ||
    (before == DELIVERING_PAGE_FAULT && (event == DELIVERING_CONTRIBUTORY || event == DELIVERING_PAGE_FAULT));
  if (isSecond) {
    vector = VECTOR_DF;
    event = DELIVERING_DOUBLE_FAULT;
    error = 0;
    hasError = true;
  }
  // Faults push RF, so that an instruction breakpoint does not hit again; traps, aborts and that breakpoint itself do not.
  let isFault = vector != VECTOR_BP && vector != VECTOR_OF && vector != VECTOR_DF && vector != VECTOR_MC;
  if (vector == VECTOR_DB) {
    isFault = error != 0;
    store<u64>(s, load<u64>(s, S_DR + 7 * 8) & ~0x2000, S_DR + 7 * 8);
  }
  store<u32>(s, event | DELIVERING_EXTERNAL, S_DELIVERING);
  enterEvent(s, 0, vector, FROM_HARDWARE, hasError, error, load<u64>(s, S_RIP), isFault);
  store<u32>(s, DELIVERING_NOTHING, S_DELIVERING);
}

/** An external interrupt, between instructions. */
export function deliverInterrupt(s: usize, vector: u32): void {
  store<u32>(s, DELIVERING_BENIGN | DELIVERING_EXTERNAL, S_DELIVERING);
  enterEvent(s, 0, vector, FROM_HARDWARE, false, 0, load<u64>(s, S_RIP), false);
  store<u32>(s, DELIVERING_NOTHING, S_DELIVERING);
}

export function deliverNmi(s: usize): void {
  store<u32>(s, 1, S_NMI_BLOCKED);
  deliverInterrupt(s, VECTOR_NMI);
}

/** Bits of PENDING_DB, which is what DR6 is to say, become part of the #DB that is delivered now. */
function report(s: usize, bits: u32): void {
  store<u32>(s, load<u32>(s, S_PENDING_DB) & ~bits, S_PENDING_DB);
  store<u64>(s, load<u64>(s, S_DR + 6 * 8) | <u64>bits, S_DR + 6 * 8);
}

/** A trap #DB after an instruction. */
export function deliverDebugTrap(s: usize): void {
  report(s, load<u32>(s, S_PENDING_DB));
  store<u64>(s, load<u64>(s, S_DR + 7 * 8) & ~0x2000, S_DR + 7 * 8);
  deliverInterrupt(s, VECTOR_DB);
}

/** INT n. */
export function intN(s: usize, op: usize): void {
  const vector = <u32>opImm(op) & 0xff;
  if (load<u32>(s, S_MODE) & MODE_V86 && enterVirtualHandler(s, op, vector, followingRip(s, op))) return;
  enterEvent(s, op, vector, FROM_INT, false, 0, followingRip(s, op), false);
}

export function int3(s: usize, op: usize): void {
  enterEvent(s, op, VECTOR_BP, FROM_TRAP_OPCODE, false, 0, followingRip(s, op), false);
}

/** INTO with OF set. */
export function intOverflow(s: usize, op: usize): void {
  if (readEflags(s) & 0x800) enterEvent(s, op, VECTOR_OF, FROM_TRAP_OPCODE, false, 0, followingRip(s, op), false);
}

/**
 * INT1 (F1): a #DB trap without a cause of its own in DR6, not subject to the gate's DPL. What MOV SS held back is the same exception, and
 * comes with it: a second one would find the handler at its first instruction, on the stack of its own that it may have.
 */
export function int1(s: usize, op: usize): void {
  // not what a task gate adds: a task that asks for a trap has one of its own
  const held = load<u32>(s, S_PENDING_DB);
  enterEvent(s, op, VECTOR_DB, FROM_HARDWARE, false, 0, followingRip(s, op), false);
  report(s, held);
}

function enterEvent(s: usize, op: usize, vector: u32, from: u32, hasError: bool, error: u32, returnRip: u64, isFault: bool): void {
  dropStaleResume(s, op);
  if (!(load<u64>(s, S_CR0) & CR0_PE)) realEvent(s, op, vector, returnRip);
  else if (isLongMode(s)) longEvent(s, op, vector, from, hasError, error, returnRip, isFault);
  else protectedEvent(s, op, vector, from, hasError, error, returnRip, isFault);
  store<u32>(s, 0, S_SHADOW);
  store<u32>(s, 1, S_EVENT_ENTERED);
}

function realEvent(s: usize, op: usize, vector: u32, returnRip: u64): void {
  if (vector * 4 + 3 > load<u32>(s, S_IDTR_LIMIT)) raise(s, op, VECTOR_GP, false, 0);
  const at = load<u64>(s, S_IDTR_BASE) + <u64>(vector * 4);
  const offset = readU16System(s, op, at);
  const selector = <u32>readU16System(s, op, at + 2);
  frameCurrent(s);
  framePush(s, op, 2, readEflags(s));
  framePush(s, op, 2, <u64>load<u16>(segAt(s, SEG_CS), SEG_SELECTOR));
  framePush(s, op, 2, returnRip);
  if (offset > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raise(s, op, VECTOR_GP, false, 0);
  frameCommit(s);
  writeEflags(s, 0, <u64>(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF));
  setRealSegment(s, SEG_CS, selector);
  store<u64>(s, offset, S_RIP);
  updateMode(s);
}

// @ts-ignore: decorator
@inline
function idtError(vector: u32): u32 {
  return vector * 8 + 2;
}

/** The image of EFLAGS that a handler finds on its stack. */
function pushedFlags(s: usize, isFault: bool): u64 {
  const flags = readEflags(s);
  return isFault ? flags | <u64>FLAG_RF : flags;
}

function longEvent(s: usize, op: usize, vector: u32, from: u32, hasError: bool, error: u32, returnRip: u64, isFault: bool): void {
  if (vector * 16 + 15 > load<u32>(s, S_IDTR_LIMIT)) raiseGP(s, op, idtError(vector));
  const at = load<u64>(s, S_IDTR_BASE) + <u64>(vector * 16);
  const raw = readU64System(s, op, at);
  const upper = readU64System(s, op, at + 8);
  const access = rawAccess(raw);
  const type = access & 0x1f;
  const cpl = load<u32>(s, S_CPL);
  if (type != 0xe && type != 0xf) raiseGP(s, op, idtError(vector));
  if (from != FROM_HARDWARE && accessDpl(access) < cpl) raiseGP(s, op, idtError(vector));
  if (!(access & ACCESS_P)) raise(s, op, VECTOR_NP, true, idtError(vector));
  const selector = <u32>(raw >> 16) & 0xffff;
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  const code = readDescriptor(s, op, selector, VECTOR_GP);
  const codeAccess = rawAccess(code);
  const dpl = accessDpl(codeAccess);
  if ((codeAccess & 0x18) != 0x18 || dpl > cpl) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(codeAccess & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  if ((codeAccess & (ACCESS_L | ACCESS_DB)) != ACCESS_L) raiseSelector(s, op, VECTOR_GP, selector);
  const isInner = !(codeAccess & ACCESS_CONFORMING) && dpl < cpl;
  const newCpl = isInner ? dpl : cpl;
  const rip = (raw & 0xffff) | ((raw >> 32) & 0xffff0000) | (upper << 32);
  const ist = <u32>(raw >> 32) & 7;
  const oldSp = load<u32>(s, S_MODE) & MODE_LONG ? load<u64>(s, S_RSP) : load<u64>(s, S_RSP) & 0xffffffff;
  let sp = oldSp;
  if (ist != 0) sp = stackPointerOfTss(s, op, 0x1c + ist * 8);
  else if (isInner) sp = stackPointerOfTss(s, op, 4 + dpl * 8);
  checkTarget(s, op, code, rip);
  frameLong(s, sp & ~15, newCpl == 3 ? load<u32>(s, S_TLB) : supervisorTlb(s));
  framePush(s, op, 8, <u64>load<u16>(segAt(s, SEG_SS), SEG_SELECTOR));
  framePush(s, op, 8, oldSp);
  framePush(s, op, 8, pushedFlags(s, isFault));
  framePush(s, op, 8, <u64>load<u16>(segAt(s, SEG_CS), SEG_SELECTOR));
  framePush(s, op, 8, returnRip);
  if (hasError) framePush(s, op, 8, <u64>error);
  setCode(s, op, selector, code, newCpl);
  if (isInner) setNullStack(s, newCpl);
  frameCommit(s);
  enterHandler(s, type == 0xe, rip);
}

function enterHandler(s: usize, isInterruptGate: bool, rip: u64): void {
  writeEflags(s, 0, <u64>(FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (isInterruptGate ? FLAG_IF : 0)));
  store<u64>(s, rip, S_RIP);
  updateMode(s);
}

function protectedEvent(s: usize, op: usize, vector: u32, from: u32, hasError: bool, error: u32, returnRip: u64, isFault: bool): void {
  if (vector * 8 + 7 > load<u32>(s, S_IDTR_LIMIT)) raiseGP(s, op, idtError(vector));
  const raw = readU64System(s, op, load<u64>(s, S_IDTR_BASE) + <u64>(vector * 8));
  const access = rawAccess(raw);
  const type = access & 0x1f;
  const cpl = load<u32>(s, S_CPL);
  if (type != 5 && type != 6 && type != 7 && type != 0xe && type != 0xf) raiseGP(s, op, idtError(vector));
  if (from != FROM_HARDWARE && accessDpl(access) < cpl) raiseGP(s, op, idtError(vector));
  if (!(access & ACCESS_P)) raise(s, op, VECTOR_NP, true, idtError(vector));
  const selector = <u32>(raw >> 16) & 0xffff;
  if (type == 5) {
    taskEvent(s, op, selector, returnRip, hasError, error, isFault);
    return;
  }
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  const code = readDescriptor(s, op, selector, VECTOR_GP);
  const codeAccess = rawAccess(code);
  const dpl = accessDpl(codeAccess);
  if ((codeAccess & 0x18) != 0x18 || dpl > cpl) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(codeAccess & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  const isV86 = (load<u32>(s, S_MODE) & MODE_V86) != 0;
  const isInner = !(codeAccess & ACCESS_CONFORMING) && dpl < cpl;
  if (isV86 && (!isInner || dpl != 0)) raiseSelector(s, op, VECTOR_GP, selector);
  const size: u32 = type & 8 ? 4 : 2;
  const rip = type & 8 ? (raw & 0xffff) | ((raw >> 32) & 0xffff0000) : raw & 0xffff;
  const flags = pushedFlags(s, isFault);
  const oldCs = <u64>load<u16>(segAt(s, SEG_CS), SEG_SELECTOR);
  if (!isInner) {
    checkTarget(s, op, code, rip);
    frameCurrent(s);
    framePush(s, op, size, flags);
    framePush(s, op, size, oldCs);
    framePush(s, op, size, returnRip);
    if (hasError) framePush(s, op, size, <u64>error);
    setCode(s, op, selector, code, cpl);
    frameCommit(s);
    enterHandler(s, (type & 1) == 0, rip);
    return;
  }
  const stackSelector = innerStack(s, op, dpl);
  let stack = readStackDescriptor(s, op, stackSelector, dpl);
  const oldSs = <u64>load<u16>(segAt(s, SEG_SS), SEG_SELECTOR);
  const oldSp = load<u64>(s, S_RSP);
  frameSegment(s, rawBase(stack), rawLimit(stack), rawAccess(stack), innerSp(s, op, dpl), stackSelector, supervisorTlb(s));
  checkTarget(s, op, code, rip);
  if (isV86) {
    framePush(s, op, size, <u64>load<u16>(segAt(s, SEG_GS), SEG_SELECTOR));
    framePush(s, op, size, <u64>load<u16>(segAt(s, SEG_FS), SEG_SELECTOR));
    framePush(s, op, size, <u64>load<u16>(segAt(s, SEG_DS), SEG_SELECTOR));
    framePush(s, op, size, <u64>load<u16>(segAt(s, SEG_ES), SEG_SELECTOR));
  }
  framePush(s, op, size, oldSs);
  framePush(s, op, size, oldSp);
  framePush(s, op, size, flags);
  framePush(s, op, size, oldCs);
  framePush(s, op, size, returnRip);
  if (hasError) framePush(s, op, size, <u64>error);
  stack = markAccessed(s, op, stackSelector, stack);
  setCode(s, op, selector, code, dpl);
  setSegment(s, SEG_SS, stackSelector, stack);
  if (isV86) {
    setNullSegment(s, SEG_GS, 0);
    setNullSegment(s, SEG_FS, 0);
    setNullSegment(s, SEG_DS, 0);
    setNullSegment(s, SEG_ES, 0);
  }
  frameCommit(s);
  enterHandler(s, (type & 1) == 0, rip);
}

function taskEvent(s: usize, op: usize, selector: u32, returnRip: u64, hasError: bool, error: u32, isFault: bool): void {
  if (selector & 4) raiseSelector(s, op, VECTOR_GP, selector);
  const tss = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(tss);
  if ((access & 0x17) != 1) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  switchTask(s, op, selector, tss, isFault ? TASK_FAULT : TASK_EVENT, returnRip, hasError, error);
}
