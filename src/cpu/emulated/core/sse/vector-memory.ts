/** Vector instructions that reach memory element by element: masked moves and gathers (Intel SDM vol. 2). */
import { linearDisplaced } from '../address';
import { MODE_LONG, OP_IS4, OP_REG, OP_SCALE, OP_VVVV, S_MODE, S_SOFT } from '../layout.generated';
import { probeWrite, readSized, writeSized } from '../memory';
import { xmmAddress } from '../ops';
import { raiseUD } from '../raise';

// @ts-ignore: decorator
@inline
function registerAt(s: usize, op: usize, field: usize): usize {
  return xmmAddress(s, <usize>load<u8>(op + field));
}
/** Whether element `i` of a mask has its sign set. */
// @ts-ignore: decorator
@inline
function isWanted(mask: usize, i: u32, bytes: u32): bool {
  return (load<u8>(mask + <usize>((i + 1) * bytes - 1)) & 0x80) != 0;
}
function storeElement(at: usize, i: u32, bytes: u32, value: u64): void {
  if (bytes == 4) store<u32>(at + <usize>(i << 2), <u32>value);
  else store<u64>(at + <usize>(i << 3), value);
}
function loadElement(at: usize, i: u32, bytes: u32): u64 {
  return bytes == 4 ? <u64>load<u32>(at + <usize>(i << 2)) : load<u64>(at + <usize>(i << 3));
}
function clearUpper(at: usize, from: usize): void {
  // for so few bytes a bulk operation is a call out of compiled code
  if (from == 16) v128.store(at, i64x2.splat(0), 16);
  else memory.fill(at + from, 0, 32 - from);
}

/** Elements that are not wanted are not read, whatever lies there, and become 0. */
function maskedLoad(s: usize, op: usize, bytes: u32, width: u32): void {
  const mask = registerAt(s, op, OP_VVVV);
  const to = registerAt(s, op, OP_REG);
  const result = s + S_SOFT;
  memory.fill(result, 0, 32);
  for (let i: u32 = 0; i * bytes < width; i++) {
    if (!isWanted(mask, i, bytes)) continue;
    storeElement(result, i, bytes, readSized(s, op, linearDisplaced(s, op, <i64>(i * bytes), bytes, false), bytes));
  }
  memory.copy(to, result, 32);
}
/** The others stay as they are in memory; nothing is written before everything may be. */
function maskedStore(s: usize, op: usize, bytes: u32, width: u32): void {
  const mask = registerAt(s, op, OP_VVVV);
  const from = registerAt(s, op, OP_REG);
  for (let i: u32 = 0; i * bytes < width; i++) {
    if (isWanted(mask, i, bytes)) probeWrite(s, op, linearDisplaced(s, op, <i64>(i * bytes), bytes, true), bytes);
  }
  for (let i: u32 = 0; i * bytes < width; i++) {
    if (!isWanted(mask, i, bytes)) continue;
    writeSized(s, op, linearDisplaced(s, op, <i64>(i * bytes), bytes, true), bytes, loadElement(from, i, bytes));
  }
}

export function maskedLoad32(s: usize, op: usize): void {
  maskedLoad(s, op, 4, 16);
}
export function maskedLoad64(s: usize, op: usize): void {
  maskedLoad(s, op, 8, 16);
}
export function maskedLoad32Wide(s: usize, op: usize): void {
  maskedLoad(s, op, 4, 32);
}
export function maskedLoad64Wide(s: usize, op: usize): void {
  maskedLoad(s, op, 8, 32);
}
export function maskedStore32(s: usize, op: usize): void {
  maskedStore(s, op, 4, 16);
}
export function maskedStore64(s: usize, op: usize): void {
  maskedStore(s, op, 8, 16);
}
export function maskedStore32Wide(s: usize, op: usize): void {
  maskedStore(s, op, 4, 32);
}
export function maskedStore64Wide(s: usize, op: usize): void {
  maskedStore(s, op, 8, 32);
}

/**
 * `count` elements of `bytes` each, indices of `indexBytes`. An element that is read is done for good: a fault leaves those before it in
 * the destination with their masks cleared, and the instruction goes on from there when it is run again.
 */
function gather(s: usize, op: usize, bytes: u32, indexBytes: u32, count: u32): void {
  const dest = load<u8>(op, OP_REG);
  const index = load<u8>(op, OP_IS4);
  const masks = load<u8>(op, OP_VVVV);
  if (dest == index || dest == masks || index == masks) raiseUD(s, op);
  const to = xmmAddress(s, <usize>dest);
  const from = xmmAddress(s, <usize>index);
  const mask = xmmAddress(s, <usize>masks);
  for (let i: u32 = 0; i < count; i++) storeElement(mask, i, bytes, isWanted(mask, i, bytes) ? u64.MAX_VALUE : 0);
  const scale = <i64>load<u8>(op, OP_SCALE);
  for (let i: u32 = 0; i < count; i++) {
    if (!isWanted(mask, i, bytes)) continue;
    const raw = loadElement(from, i, indexBytes);
    const offset = indexBytes == 4 ? <i64>(<i32>raw) : <i64>raw;
    storeElement(to, i, bytes, readSized(s, op, linearDisplaced(s, op, offset << scale, bytes, false), bytes));
    storeElement(mask, i, bytes, 0);
  }
  clearUpper(to, <usize>(count * bytes));
  clearUpper(mask, 0);
}

export function gatherDD(s: usize, op: usize): void {
  gather(s, op, 4, 4, 4);
}
export function gatherDDWide(s: usize, op: usize): void {
  gather(s, op, 4, 4, 8);
}
export function gatherDQ(s: usize, op: usize): void {
  gather(s, op, 8, 4, 2);
}
export function gatherDQWide(s: usize, op: usize): void {
  gather(s, op, 8, 4, 4);
}
export function gatherQD(s: usize, op: usize): void {
  gather(s, op, 4, 8, 2);
}
export function gatherQDWide(s: usize, op: usize): void {
  gather(s, op, 4, 8, 4);
}
export function gatherQQ(s: usize, op: usize): void {
  gather(s, op, 8, 8, 2);
}
export function gatherQQWide(s: usize, op: usize): void {
  gather(s, op, 8, 8, 4);
}

function clearRegisters(s: usize, from: usize): void {
  const count: usize = load<u32>(s, S_MODE) & MODE_LONG ? 16 : 8;
  for (let i: usize = 0; i < count; i++) {
    const at = xmmAddress(s, i);
    if (from == 0) v128.store(at, i64x2.splat(0));
    v128.store(at, i64x2.splat(0), 16);
  }
}
/** After a write of the low half of a vector register by hand. */
export function clearUpperHalf(s: usize, op: usize, register: u32): void {
  clearUpper(xmmAddress(s, <usize>register), 16);
}
export function vzeroall(s: usize, op: usize): void {
  clearRegisters(s, 0);
}
export function vzeroupper(s: usize, op: usize): void {
  clearRegisters(s, 16);
}
