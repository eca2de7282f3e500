/** Stack accesses by the stack segment's width, and the stack instructions that are written by hand. */
import { effectiveAddress, linearDisplaced, linearSeg } from './address';
import { FLAG_RF, FLAG_VM, SEG_SS } from './control';
import { readEflags } from './flags';
import { MODE_LONG, MODE_SS32, S_GPR, S_MODE } from './layout.generated';
import { probeWrite, readSized, writeSized } from './memory';
import { gprOffset, opImm, opImm2, opSize, readRegister, writeRegister } from './ops';
import { checkVirtualFlags, virtualFlagsImage } from './v86';

const RSP: usize = S_GPR + 32;
const RBP: usize = S_GPR + 40;

/** What of RSP is used: a mask. */
// @ts-ignore: decorator
@inline
function stackMask(s: usize): u64 {
  const mode = load<u32>(s, S_MODE);
  return mode & MODE_LONG ? ~0 : mode & MODE_SS32 ? 0xffffffff : 0xffff;
}

function setSp(s: usize, offset: usize, mask: u64, value: u64): void {
  if (mask == 0xffff) store<u16>(s + offset, <u16>value);
  else store<u64>(s + offset, value & mask);
}

export function pushChecked(s: usize, op: usize, bytes: u32, value: u64): void {
  const mask = stackMask(s);
  const sp = (load<u64>(s, RSP) - <u64>bytes) & mask;
  writeSized(s, op, linearSeg(s, op, SEG_SS, sp, bytes, true), bytes, value);
  setSp(s, RSP, mask, sp);
}

export function peekChecked(s: usize, op: usize, bytes: u32, displacement: i32): u64 {
  const sp = (load<u64>(s, RSP) + <u64><i64>displacement) & stackMask(s);
  return readSized(s, op, linearSeg(s, op, SEG_SS, sp, bytes, false), bytes);
}

export function addSp(s: usize, bytes: u32): void {
  setSp(s, RSP, stackMask(s), load<u64>(s, RSP) + <u64>bytes);
}

/** RET imm16. */
export function releaseStack(s: usize, op: usize, bytes: u64): void {
  setSp(s, RSP, stackMask(s), load<u64>(s, RSP) + bytes);
}

/** What PUSHF stores: VM and RF are clear. In virtual-8086 mode it needs IOPL 3, or VME. */
export function pushfImage(s: usize, op: usize): u64 {
  if (checkVirtualFlags(s, op, opSize(op))) return virtualFlagsImage(s);
  return readEflags(s) & ~<u64>(FLAG_VM | FLAG_RF);
}

/** PUSHA: all eight, or a fault and nothing moves. */
export function pushAll(s: usize, op: usize): void {
  const size = opSize(op);
  const mask = stackMask(s);
  const sp = load<u64>(s, RSP);
  for (let i: u32 = 0; i < 8; i++) {
    const at = (sp - <u64>(size * (i + 1))) & mask;
    probeWrite(s, op, linearSeg(s, op, SEG_SS, at, size, true), size);
  }
  for (let i: u32 = 0; i < 8; i++) {
    const at = (sp - <u64>(size * (i + 1))) & mask;
    const value = i == 4 ? sp : load<u64>(s + gprOffset(i));
    writeSized(s, op, linearSeg(s, op, SEG_SS, at, size, true), size, value);
  }
  setSp(s, RSP, mask, sp - <u64>(size * 8));
}

export function popAll(s: usize, op: usize): void {
  const size = opSize(op);
  const mask = stackMask(s);
  const sp = load<u64>(s, RSP);
  // all reads come first: the last may fault
  for (let i: u32 = 0; i < 8; i++) {
    const at = (sp + <u64>(size * i)) & mask;
    readSized(s, op, linearSeg(s, op, SEG_SS, at, size, false), size);
  }
  for (let i: u32 = 0; i < 8; i++) {
    if (i == 3) continue; // SP is thrown away
    const at = (sp + <u64>(size * i)) & mask;
    writeRegister(s, gprOffset(7 - i), size, readSized(s, op, linearSeg(s, op, SEG_SS, at, size, false), size));
  }
  setSp(s, RSP, mask, sp + <u64>(size * 8));
}

/** POP m: an address that uses rSP sees it after the pop; a fault leaves it before. */
export function popMemory(s: usize, op: usize): void {
  const size = opSize(op);
  const mask = stackMask(s);
  const sp = load<u64>(s, RSP);
  const value = readSized(s, op, linearSeg(s, op, SEG_SS, sp & mask, size, false), size);
  const before = effectiveAddress(s, op);
  setSp(s, RSP, mask, sp + <u64>size);
  const after = effectiveAddress(s, op);
  const popped = load<u64>(s, RSP);
  store<u64>(s, sp, RSP);
  writeSized(s, op, linearDisplaced(s, op, <i64>(after - before), size, true), size, value);
  store<u64>(s, popped, RSP);
}

/** ENTER (Intel SDM vol. 2): nothing is written unless all of it can be. */
export function enterFrame(s: usize, op: usize): void {
  const size = opSize(op);
  const mask = stackMask(s);
  const level = opImm2(op) & 31;
  const bp = load<u64>(s, RBP);
  let sp = (load<u64>(s, RSP) - <u64>size) & mask;
  const frame = sp;
  writeSized(s, op, linearSeg(s, op, SEG_SS, sp, size, true), size, readRegister(s, RBP, size));
  for (let i: u32 = 1; i < level; i++) {
    const from = (bp - <u64>(size * i)) & mask;
    const value = readSized(s, op, linearSeg(s, op, SEG_SS, from, size, false), size);
    sp = (sp - <u64>size) & mask;
    writeSized(s, op, linearSeg(s, op, SEG_SS, sp, size, true), size, value);
  }
  if (level != 0) {
    sp = (sp - <u64>size) & mask;
    writeSized(s, op, linearSeg(s, op, SEG_SS, sp, size, true), size, frame);
  }
  const end = (sp - (opImm(op) & 0xffff)) & mask;
  // the processor touches the new top of the stack before it commits
  probeWrite(s, op, linearSeg(s, op, SEG_SS, end, size, true), size);
  writeRegister(s, RBP, size, (bp & ~mask) | frame);
  setSp(s, RSP, mask, end);
}

export function leaveFrame(s: usize, op: usize): void {
  const size = opSize(op);
  const mask = stackMask(s);
  const bp = load<u64>(s, RBP) & mask;
  const value = readSized(s, op, linearSeg(s, op, SEG_SS, bp, size, false), size);
  setSp(s, RSP, mask, bp + <u64>size);
  writeRegister(s, RBP, size, value);
}
