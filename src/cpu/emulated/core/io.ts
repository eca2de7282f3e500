/** IN and OUT with their permission checks (Intel SDM vol. 1, 18.5). */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_UNUSABLE, segAt } from './address';
import { FLAG_IOPL, SEG_TR } from './control';
import { envPortIn, envPortOut } from './imports';
import { MODE_PROTECTED, MODE_V86, S_CPL, S_CUR_OP, S_EFLAGS, S_GPR, S_MODE } from './layout.generated';
import { readU16System, readU8System } from './memory';
import { opImm, opSize, writeRegister } from './ops';
import { raiseGP } from './raise';
import { leaveAfter } from './run';
import { watchPort } from './watch';

const S_RDX: usize = S_GPR + 2 * 8;

/** #GP(0) unless IOPL or the TSS's bitmap allow `size` ports from `port`. */
export function ioPermission(s: usize, op: usize, port: u32, size: u32): void {
  const mode = load<u32>(s, S_MODE);
  if (!(mode & MODE_PROTECTED)) return;
  if (!(mode & MODE_V86) && load<u32>(s, S_CPL) <= (load<u32>(s, S_EFLAGS) & FLAG_IOPL) >> 12) return;
  const tr = segAt(s, SEG_TR);
  const limit = load<u32>(tr, SEG_LIMIT);
  if (load<u8>(tr, SEG_UNUSABLE) || (load<u16>(tr, SEG_ACCESS) & 0xd) != 9 || limit < 0x67) raiseGP(s, op, 0);
  const base = load<u64>(tr, SEG_BASE);
  const at = <u32>readU16System(s, op, base + 0x66) + (port >> 3);
  if (at + 1 > limit) raiseGP(s, op, 0);
  const bits = <u32>readU8System(s, op, base + <u64>at) | (<u32>readU8System(s, op, base + <u64>at + 1) << 8);
  if ((bits >> (port & 7)) & ((1 << size) - 1)) raiseGP(s, op, 0);
}

/** One port read, permission granted already. */
export function portRead(s: usize, op: usize, port: u32, size: u32): u32 {
  store<u32>(s, <u32>op, S_CUR_OP);
  const value = envPortIn(port, size);
  store<u32>(s, 0, S_CUR_OP);
  watchPort(s, op, port, size);
  leaveAfter(s, op);
  return value;
}

export function portWrite(s: usize, op: usize, port: u32, size: u32, value: u32): void {
  store<u32>(s, <u32>op, S_CUR_OP);
  envPortOut(port, size, value);
  store<u32>(s, 0, S_CUR_OP);
  watchPort(s, op, port, size);
  leaveAfter(s, op);
}

function input(s: usize, op: usize, port: u32, size: u32): void {
  ioPermission(s, op, port, size);
  const value = portRead(s, op, port, size);
  writeRegister(s, S_GPR, size, <u64>value);
}

function output(s: usize, op: usize, port: u32, size: u32): void {
  ioPermission(s, op, port, size);
  const value = load<u32>(s, S_GPR);
  portWrite(s, op, port, size, size == 1 ? value & 0xff : size == 2 ? value & 0xffff : value);
}

// @ts-ignore: decorator
@inline
function wide(op: usize): u32 {
  return opSize(op) == 2 ? 2 : 4;
}

export function inImm8(s: usize, op: usize): void {
  input(s, op, <u32>opImm(op) & 0xff, 1);
}
export function inImm(s: usize, op: usize): void {
  input(s, op, <u32>opImm(op) & 0xff, wide(op));
}
export function inDx8(s: usize, op: usize): void {
  input(s, op, <u32>load<u16>(s, S_RDX), 1);
}
export function inDx(s: usize, op: usize): void {
  input(s, op, <u32>load<u16>(s, S_RDX), wide(op));
}
export function outImm8(s: usize, op: usize): void {
  output(s, op, <u32>opImm(op) & 0xff, 1);
}
export function outImm(s: usize, op: usize): void {
  output(s, op, <u32>opImm(op) & 0xff, wide(op));
}
export function outDx8(s: usize, op: usize): void {
  output(s, op, <u32>load<u16>(s, S_RDX), 1);
}
export function outDx(s: usize, op: usize): void {
  output(s, op, <u32>load<u16>(s, S_RDX), wide(op));
}
