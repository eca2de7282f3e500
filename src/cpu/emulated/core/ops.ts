/** Fields of a decoded op (layout.ts, OP_*), and the registers they name. */
import {
  OP_FLAGS,
  OP_IMM,
  OP_IMM2,
  OP_INDEX,
  OP_LENGTH,
  OP_NEXT,
  OP_REG,
  OP_RM,
  OP_SEG,
  OPF_ADDRESS_SHIFT,
  OPF_LOCK,
  OPF_MOD3,
  OPF_REP,
  OPF_REPNE,
  OPF_SIZE_SHIFT,
  S_CODE_RIP,
  S_FPR,
  S_GPR,
  S_XMM,
} from './layout.generated';

/** Byte offset from `s` of the ModRM.reg register; an index for xmm, segment, control, debug and st registers. */
// @ts-ignore: decorator
@inline
export function opReg(op: usize): usize {
  return <usize>load<u8>(op, OP_REG);
}
// @ts-ignore: decorator
@inline
export function opRm(op: usize): usize {
  return <usize>load<u8>(op, OP_RM);
}
// @ts-ignore: decorator
@inline
export function opSeg(op: usize): u32 {
  return <u32>load<u8>(op, OP_SEG);
}
// @ts-ignore: decorator
@inline
export function opFlags(op: usize): u32 {
  return <u32>load<u8>(op, OP_FLAGS);
}
/** ModRM.rm is a register. */
// @ts-ignore: decorator
@inline
export function opIsRegister(op: usize): bool {
  return (opFlags(op) & OPF_MOD3) != 0;
}
// @ts-ignore: decorator
@inline
export function opHasLock(op: usize): bool {
  return (opFlags(op) & OPF_LOCK) != 0;
}
// @ts-ignore: decorator
@inline
export function opHasRep(op: usize): bool {
  return (opFlags(op) & (OPF_REP | OPF_REPNE)) != 0;
}
/** Operand size in bytes: 1, 2, 4 or 8. */
// @ts-ignore: decorator
@inline
export function opSize(op: usize): u32 {
  return <u32>1 << ((opFlags(op) >> OPF_SIZE_SHIFT) & 3);
}
/** Address size in bytes: 2, 4 or 8. */
// @ts-ignore: decorator
@inline
export function opAddressSize(op: usize): u32 {
  return <u32>1 << ((opFlags(op) >> OPF_ADDRESS_SHIFT) & 3);
}
// @ts-ignore: decorator
@inline
export function opImm(op: usize): u64 {
  return load<u64>(op, OP_IMM);
}
// @ts-ignore: decorator
@inline
export function opImm2(op: usize): u32 {
  return <u32>load<u16>(op, OP_IMM2);
}
/** Instructions of its block before it. */
// @ts-ignore: decorator
@inline
export function opIndex(op: usize): u64 {
  return <u64>load<u8>(op, OP_INDEX);
}
/** RIP of the next instruction, not cut to the code size. */
// @ts-ignore: decorator
@inline
export function opNextRip(s: usize, op: usize): u64 {
  return load<u64>(s, S_CODE_RIP) + <u64>load<u16>(op, OP_NEXT);
}
/** RIP of this instruction, not cut to the code size. */
// @ts-ignore: decorator
@inline
export function opThisRip(s: usize, op: usize): u64 {
  return load<u64>(s, S_CODE_RIP) + <u64>load<u16>(op, OP_NEXT) - <u64>load<u8>(op, OP_LENGTH);
}

/** Byte offset from `s` of a GPR by number. */
// @ts-ignore: decorator
@inline
export function gprOffset(index: u32): usize {
  return S_GPR + (<usize>index << 3);
}

/** A register operand named by its byte offset, zero-extended from `bytes`. */
export function readRegister(s: usize, offset: usize, bytes: u32): u64 {
  if (bytes == 8) return load<u64>(s + offset);
  if (bytes == 4) return <u64>load<u32>(s + offset);
  if (bytes == 2) return <u64>load<u16>(s + offset);
  return <u64>load<u8>(s + offset);
}

/** 32-bit writes clear the upper half, 8- and 16-bit writes keep the rest. */
export function writeRegister(s: usize, offset: usize, bytes: u32, value: u64): void {
  if (bytes == 8) store<u64>(s + offset, value);
  else if (bytes == 4) store<u64>(s + offset, value & 0xffffffff);
  else if (bytes == 2) store<u16>(s + offset, <u16>value);
  else store<u8>(s + offset, <u8>value);
}

/** Address of an XMM register by number. */
// @ts-ignore: decorator
@inline
export function xmmAddress(s: usize, index: usize): usize {
  return s + S_XMM + (index << 5);
}
/** Address of an MMX register by number (the mantissa of a physical FPU register). */
// @ts-ignore: decorator
@inline
export function mmxAddress(s: usize, index: usize): usize {
  return s + S_FPR + (index << 4);
}
