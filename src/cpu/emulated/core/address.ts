/** Memory operands: from an op's fields to linear addresses, with segment checks (Intel SDM vol. 3, 5.3 to 5.5). */
import { SEG_CS, SEG_FS, SEG_SS } from './control';
import {
  EA_CHECKED16,
  EA_CHECKED32,
  EA_FLAT32,
  EA_FLAT64,
  EA_SEG64,
  EA_SEG64_ADDR32,
  MODE_LMA,
  MODE_LONG,
  MODE_PROTECTED,
  MODE_V86,
  OP_BASE,
  OP_DISP,
  OP_EA,
  OP_INDEX_REG,
  OP_SCALE,
  OP_SEG,
  SEG_STRIDE,
  S_MODE,
  S_SEG,
} from './layout.generated';
import { isCanonical } from './paging';
import { raiseGP, raiseSS } from './raise';

/** Fields of a segment register. */
export const SEG_SELECTOR: usize = 0;
export const SEG_ACCESS: usize = 2;
export const SEG_LIMIT: usize = 4;
export const SEG_BASE: usize = 8;
export const SEG_UNUSABLE: usize = 16;

// @ts-ignore: decorator
@inline
export function segAt(s: usize, seg: u32): usize {
  return s + S_SEG + <usize>seg * SEG_STRIDE;
}

/** Offset part of the memory operand, cut to the address size. */
// @ts-ignore: decorator
@inline
export function effectiveAddress(s: usize, op: usize): u64 {
  const sum =
    load<u64>(s + <usize>load<u8>(op, OP_BASE)) +
    (load<u64>(s + <usize>load<u8>(op, OP_INDEX_REG)) << <u64>load<u8>(op, OP_SCALE)) +
    <u64>(<i64>load<i32>(op, OP_DISP));
  const kind = <u32>load<u8>(op, OP_EA);
  if (kind == EA_FLAT64 || kind == EA_SEG64) return sum;
  return kind == EA_CHECKED16 ? sum & 0xffff : sum & 0xffffffff;
}

function segmentFault(s: usize, op: usize, seg: u32): void {
  if (seg == SEG_SS) raiseSS(s, op, 0);
  raiseGP(s, op, 0);
}

/** Linear address of `seg:offset` in a segment with limits. */
function checked(s: usize, op: usize, seg: u32, offset: u64, bytes: u32, write: bool): u64 {
  const at = segAt(s, seg);
  if (load<u8>(at, SEG_UNUSABLE)) segmentFault(s, op, seg);
  const access = <u32>load<u16>(at, SEG_ACCESS);
  const mode = load<u32>(s, S_MODE);
  if ((mode & MODE_PROTECTED) && !(mode & MODE_V86)) {
    // code: readable bit 1; data: writable bit 1
    if (access & 8) {
      if (write || !(access & 2)) segmentFault(s, op, seg);
    } else if (write && !(access & 2)) segmentFault(s, op, seg);
  }
  const limit = <u64>load<u32>(at, SEG_LIMIT);
  const last = offset + <u64>bytes - 1;
  if ((access & 0xc) == 4) {
    const top: u64 = access & 0x4000 ? 0xffffffff : 0xffff;
    if (offset <= limit || last > top) segmentFault(s, op, seg);
  } else if (last > limit) segmentFault(s, op, seg);
  return (load<u64>(at, SEG_BASE) + offset) & 0xffffffff;
}

function linearSlow(s: usize, op: usize, bytes: u32, write: bool, kind: u32, offset: u64): u64 {
  const seg = <u32>load<u8>(op, OP_SEG);
  if (kind == EA_SEG64) return offset + load<u64>(segAt(s, seg), SEG_BASE);
  if (kind == EA_SEG64_ADDR32) return seg >= SEG_FS ? offset + load<u64>(segAt(s, seg), SEG_BASE) : offset;
  return checked(s, op, seg, offset, bytes, write);
}

// @ts-ignore: decorator
@inline
function operandSum(s: usize, op: usize): u64 {
  return (
    load<u64>(s + <usize>load<u8>(op, OP_BASE)) +
    (load<u64>(s + <usize>load<u8>(op, OP_INDEX_REG)) << <u64>load<u8>(op, OP_SCALE)) +
    <u64>(<i64>load<i32>(op, OP_DISP))
  );
}

/** The kinds beyond EA_FLAT64, out of line but for the wrap of EA_FLAT32. */
function linearOther(s: usize, op: usize, bytes: u32, write: bool, kind: u32, sum: u64): u64 {
  const offset = kind == EA_SEG64 ? sum : kind == EA_CHECKED16 ? sum & 0xffff : sum & 0xffffffff;
  return linearSlow(s, op, bytes, write, kind, offset);
}

/** Linear address of the memory operand for a read of `bytes`. Canonical form is checked where the TLB misses. */
// @ts-ignore: decorator
@inline
export function linearRead(s: usize, op: usize, bytes: u32): u64 {
  const sum = operandSum(s, op);
  const kind = <u32>load<u8>(op, OP_EA);
  if (kind == EA_FLAT64) return sum;
  if (kind == EA_FLAT32) return sum & 0xffffffff;
  return linearOther(s, op, bytes, false, kind, sum);
}

// @ts-ignore: decorator
@inline
export function linearWrite(s: usize, op: usize, bytes: u32): u64 {
  const sum = operandSum(s, op);
  const kind = <u32>load<u8>(op, OP_EA);
  if (kind == EA_FLAT64) return sum;
  if (kind == EA_FLAT32) return sum & 0xffffffff;
  return linearOther(s, op, bytes, true, kind, sum);
}

/** Linear address of the operand moved by `delta` bytes (bit-string operands), wrapped as the address size says. */
export function linearDisplaced(s: usize, op: usize, delta: i64, bytes: u32, write: bool): u64 {
  const kind = <u32>load<u8>(op, OP_EA);
  let offset = effectiveAddress(s, op) + <u64>delta;
  if (kind == EA_CHECKED16) offset &= 0xffff;
  else if (kind != EA_FLAT64 && kind != EA_SEG64) offset &= 0xffffffff;
  if (kind <= EA_FLAT32) return offset;
  return linearSlow(s, op, bytes, write, kind, offset);
}

/** Linear address of `seg:offset` (string and stack accesses); the offset is already cut to the address size. */
export function linearSeg(s: usize, op: usize, seg: u32, offset: u64, bytes: u32, write: bool): u64 {
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    const linear = seg >= SEG_FS ? offset + load<u64>(segAt(s, seg), SEG_BASE) : offset;
    if (!isCanonical(s, linear)) segmentFault(s, op, seg);
    return linear;
  }
  return checked(s, op, seg, offset, bytes, write);
}
