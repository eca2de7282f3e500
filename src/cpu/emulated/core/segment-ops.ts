/** MOV, PUSH and POP of segment registers, LDS to LGS. */
import { SEG_SELECTOR, linearRead, segAt } from './address';
import { SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_SS } from './control';
import { frameCommit, frameCurrent, framePop } from './frame';
import { OP_INDEX, S_COUNT, S_SHADOW, S_SHADOW_COUNT } from './layout.generated';
import { readSized, readU16 } from './memory';
import { opIsRegister, opReg, opRm, opSize, writeRegister } from './ops';
import { raiseUD } from './raise';
import { loadSegment } from './segments';

export const SHADOW_STI: u32 = 1;
export const SHADOW_MOV_SS: u32 = 2;

/** Holds events off until the next instruction is done. */
export function holdEvents(s: usize, op: usize, kind: u32): void {
  store<u32>(s, kind, S_SHADOW);
  store<u64>(s, load<u64>(s, S_COUNT) + <u64>load<u8>(op, OP_INDEX) + 1, S_SHADOW_COUNT);
}

/** MOV Sreg, r/m16. */
export function moveToSegment(s: usize, op: usize): void {
  const seg = <u32>opReg(op);
  if (seg == SEG_CS || seg > SEG_GS) raiseUD(s, op);
  const selector = opIsRegister(op) ? <u32>load<u16>(s + opRm(op)) : <u32>readU16(s, op, linearRead(s, op, 2));
  loadSegment(s, op, seg, selector);
  if (seg == SEG_SS) holdEvents(s, op, SHADOW_MOV_SS);
}

function popSegment(s: usize, op: usize, seg: u32): void {
  frameCurrent(s);
  const selector = <u32>framePop(s, op, opSize(op)) & 0xffff;
  loadSegment(s, op, seg, selector);
  frameCommit(s);
  if (seg == SEG_SS) holdEvents(s, op, SHADOW_MOV_SS);
}

export function popEs(s: usize, op: usize): void {
  popSegment(s, op, SEG_ES);
}
export function popSs(s: usize, op: usize): void {
  popSegment(s, op, SEG_SS);
}
export function popDs(s: usize, op: usize): void {
  popSegment(s, op, SEG_DS);
}
export function popFs(s: usize, op: usize): void {
  popSegment(s, op, SEG_FS);
}
export function popGs(s: usize, op: usize): void {
  popSegment(s, op, SEG_GS);
}

function loadFarPointer(s: usize, op: usize, seg: u32): void {
  const size = opSize(op);
  const la = linearRead(s, op, size + 2);
  const offset = readSized(s, op, la, size);
  loadSegment(s, op, seg, <u32>readU16(s, op, la + <u64>size));
  writeRegister(s, opReg(op), size, offset);
}

export function les(s: usize, op: usize): void {
  loadFarPointer(s, op, SEG_ES);
}
export function lds(s: usize, op: usize): void {
  loadFarPointer(s, op, SEG_DS);
}
export function lss(s: usize, op: usize): void {
  loadFarPointer(s, op, SEG_SS);
}
export function lfs(s: usize, op: usize): void {
  loadFarPointer(s, op, SEG_FS);
}
export function lgs(s: usize, op: usize): void {
  loadFarPointer(s, op, SEG_GS);
}
