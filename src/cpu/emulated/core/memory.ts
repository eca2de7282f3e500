/**
 * Guest memory by linear address. The fast path is one compare against the TLB's tag; `d <= 4096 - size` also refuses accesses that
 * cross a page. Everything else (walks, page flags, device space, page crossing, alignment checks) is in the slow functions.
 * Page-crossing accesses check both pages before they touch either.
 */
import { envMmioRead, envMmioWrite } from './imports';
import {
  MODE_LONG,
  S_CUR_OP,
  S_MODE,
  S_RES0,
  S_RES1,
  S_TLB,
  S_TLB_BASE,
  TLB_ADDEND,
  TLB_CLASS_SIZE,
  TLB_READ_TAG,
  CLASS_SUPERVISOR,
  CLASS_USER_ALIGNED,
  TLB_WRITE_TAG,
} from './layout.generated';
import { placeBesideCode, tlbEntry, translate } from './paging';
import { raiseAC } from './raise';
import { leaveAfter } from './run';
import { ACCESS_READ, ACCESS_WRITE, PHYSICAL_DROP, PHYSICAL_MMIO, PHYSICAL_NOT_PLAIN } from './slots';

// @ts-ignore: decorator
@inline
function currentTlb(s: usize): usize {
  return <usize>load<u32>(s, S_TLB);
}

/** The TLB of implicit supervisor accesses: descriptor tables, TSS, IDT. */
// @ts-ignore: decorator
@inline
export function systemTlb(s: usize): usize {
  return <usize>load<u32>(s, S_TLB_BASE) + <usize>CLASS_SUPERVISOR * TLB_CLASS_SIZE;
}

function nextPage(s: usize, la: u64): u64 {
  const next = (la & ~0xfff) + 0x1000;
  return next == 0x100000000 && !(load<u32>(s, S_MODE) & MODE_LONG) ? 0 : next;
}

/** Device reads in pieces of 1, 2 or 4 bytes. */
function readMmio(s: usize, op: usize, gpa: u64, size: u32): u64 {
  let value: u64 = 0;
  let done: u32 = 0;
  store<u32>(s, <u32>op, S_CUR_OP);
  while (done < size) {
    const at = gpa + <u64>done;
    const left = size - done;
    const step: u32 = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    value |= <u64>envMmioRead(<u32>at, <u32>(at >> 32), step) << <u64>(done << 3);
    done += step;
  }
  store<u32>(s, 0, S_CUR_OP);
  leaveAfter(s, op);
  return value;
}

function writeMmio(s: usize, op: usize, gpa: u64, size: u32, value: u64): void {
  let done: u32 = 0;
  store<u32>(s, <u32>op, S_CUR_OP);
  while (done < size) {
    const at = gpa + <u64>done;
    const left = size - done;
    const step: u32 = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const part = <u32>(value >> <u64>(done << 3));
    envMmioWrite(<u32>at, <u32>(at >> 32), step, step == 4 ? part : step == 2 ? part & 0xffff : part & 0xff);
    done += step;
  }
  store<u32>(s, 0, S_CUR_OP);
  leaveAfter(s, op);
}

/** Up to 8 bytes at a translated place within one page. */
function readAt(s: usize, op: usize, host: u64, size: u32): u64 {
  if (host & PHYSICAL_NOT_PLAIN) return host & PHYSICAL_MMIO ? readMmio(s, op, host & ~PHYSICAL_NOT_PLAIN, size) : ~0;
  const at = <usize>host;
  switch (size) {
    case 1:
      return <u64>load<u8>(at);
    case 2:
      return <u64>load<u16>(at);
    case 4:
      return <u64>load<u32>(at);
    case 8:
      return load<u64>(at);
    default: {
      let value: u64 = 0;
      for (let i: u32 = 0; i < size; i++) value |= <u64>load<u8>(at + <usize>i) << <u64>(i << 3);
      return value;
    }
  }
}

function writeAt(s: usize, op: usize, host: u64, size: u32, value: u64): void {
  if (host & PHYSICAL_NOT_PLAIN) {
    if (host & PHYSICAL_MMIO) writeMmio(s, op, host & ~PHYSICAL_NOT_PLAIN, size, value);
    return;
  }
  const at = <usize>host;
  switch (size) {
    case 1:
      store<u8>(at, <u8>value);
      break;
    case 2:
      store<u16>(at, <u16>value);
      break;
    case 4:
      store<u32>(at, <u32>value);
      break;
    case 8:
      store<u64>(at, value);
      break;
    default:
      for (let i: u32 = 0; i < size; i++) store<u8>(at + <usize>i, <u8>(value >> <u64>(i << 3)));
  }
}

// @ts-ignore: decorator
@inline
function checkAlignment(s: usize, op: usize, la: u64, size: u32, tlb: usize): void {
  if (<u32>tlb - load<u32>(s, S_TLB_BASE) == CLASS_USER_ALIGNED * <u32>TLB_CLASS_SIZE && (<u32>la & (size - 1)) != 0) raiseAC(s, op);
}

export function readSlow(s: usize, op: usize, la: u64, size: u32, tlb: usize): u64 {
  checkAlignment(s, op, la, size, tlb);
  const first: u32 = 4096 - (<u32>la & 0xfff);
  if (first >= size) return readAt(s, op, translate(s, op, la, ACCESS_READ, tlb, size), size);
  const low = translate(s, op, la, ACCESS_READ, tlb, first);
  const high = translate(s, op, nextPage(s, la), ACCESS_READ, tlb, size - first);
  return readAt(s, op, low, first) | (readAt(s, op, high, size - first) << <u64>(first << 3));
}

export function writeSlow(s: usize, op: usize, la: u64, size: u32, value: u64, tlb: usize): void {
  checkAlignment(s, op, la, size, tlb);
  const first: u32 = 4096 - (<u32>la & 0xfff);
  if (first >= size) {
    const place = placeBesideCode(s, la, size, tlb);
    writeAt(s, op, place != 0 ? <u64>place : translate(s, op, la, ACCESS_WRITE, tlb, size), size, value);
    return;
  }
  translate(s, op, la, ACCESS_WRITE, tlb, 0);
  const high = translate(s, op, nextPage(s, la), ACCESS_WRITE, tlb, size - first);
  const low = translate(s, op, la, ACCESS_WRITE, tlb, first);
  writeAt(s, op, low, first, value);
  writeAt(s, op, high, size - first, value >> <u64>(first << 3));
}

function probeSlow(s: usize, op: usize, la: u64, bytes: u32, tlb: usize): void {
  translate(s, op, la, ACCESS_WRITE, tlb, 0);
  if ((<u32>la & 0xfff) + bytes > 4096) translate(s, op, nextPage(s, la), ACCESS_WRITE, tlb, 0);
}

// @ts-ignore: decorator
@inline
function readFrom<T>(s: usize, op: usize, la: u64, tlb: usize): u64 {
  const entry = tlbEntry(tlb, la);
  const d = la - load<u64>(entry, TLB_READ_TAG);
  if (d <= <u64>(4096 - sizeof<T>())) return <u64>load<T>(<usize>load<u32>(entry, TLB_ADDEND) + <usize>la);
  return readSlow(s, op, la, <u32>sizeof<T>(), tlb);
}

// @ts-ignore: decorator
@inline
function writeTo<T>(s: usize, op: usize, la: u64, value: u64, tlb: usize): void {
  const entry = tlbEntry(tlb, la);
  const d = la - load<u64>(entry, TLB_WRITE_TAG);
  if (d <= <u64>(4096 - sizeof<T>())) store<T>(<usize>load<u32>(entry, TLB_ADDEND) + <usize>la, <T>value);
  else writeSlow(s, op, la, <u32>sizeof<T>(), value, tlb);
}

// @ts-ignore: decorator
@inline
export function readU8(s: usize, op: usize, la: u64): u64 {
  return readFrom<u8>(s, op, la, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function readU16(s: usize, op: usize, la: u64): u64 {
  return readFrom<u16>(s, op, la, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function readU32(s: usize, op: usize, la: u64): u64 {
  return readFrom<u32>(s, op, la, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function readU64(s: usize, op: usize, la: u64): u64 {
  return readFrom<u64>(s, op, la, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function writeU8(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u8>(s, op, la, value, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function writeU16(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u16>(s, op, la, value, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function writeU32(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u32>(s, op, la, value, currentTlb(s));
}
// @ts-ignore: decorator
@inline
export function writeU64(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u64>(s, op, la, value, currentTlb(s));
}

// @ts-ignore: decorator
@inline
export function readU8System(s: usize, op: usize, la: u64): u64 {
  return readFrom<u8>(s, op, la, systemTlb(s));
}
export function readU16System(s: usize, op: usize, la: u64): u64 {
  return readFrom<u16>(s, op, la, systemTlb(s));
}
export function readU32System(s: usize, op: usize, la: u64): u64 {
  return readFrom<u32>(s, op, la, systemTlb(s));
}
export function readU64System(s: usize, op: usize, la: u64): u64 {
  return readFrom<u64>(s, op, la, systemTlb(s));
}
export function writeU8System(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u8>(s, op, la, value, systemTlb(s));
}
export function writeU16System(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u16>(s, op, la, value, systemTlb(s));
}
export function writeU32System(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u32>(s, op, la, value, systemTlb(s));
}
export function writeU64System(s: usize, op: usize, la: u64, value: u64): void {
  writeTo<u64>(s, op, la, value, systemTlb(s));
}

/** By size in bytes, at the current privilege. */
export function readSized(s: usize, op: usize, la: u64, size: u32): u64 {
  if (size == 4) return readU32(s, op, la);
  if (size == 8) return readU64(s, op, la);
  if (size == 2) return readU16(s, op, la);
  return readU8(s, op, la);
}
export function writeSized(s: usize, op: usize, la: u64, size: u32, value: u64): void {
  if (size == 4) writeU32(s, op, la, value);
  else if (size == 8) writeU64(s, op, la, value);
  else if (size == 2) writeU16(s, op, la, value);
  else writeU8(s, op, la, value);
}
export function readSizedSystem(s: usize, op: usize, la: u64, size: u32): u64 {
  if (size == 4) return readU32System(s, op, la);
  if (size == 8) return readU64System(s, op, la);
  return readU16System(s, op, la);
}
export function writeSizedSystem(s: usize, op: usize, la: u64, size: u32, value: u64): void {
  if (size == 4) writeU32System(s, op, la, value);
  else if (size == 8) writeU64System(s, op, la, value);
  else writeU16System(s, op, la, value);
}

/** 16 bytes into RES0 and RES1. */
function read128Slow(s: usize, op: usize, la: u64): void {
  const tlb = currentTlb(s);
  const first: u32 = 4096 - (<u32>la & 0xfff);
  if (first < 16) {
    translate(s, op, la, ACCESS_READ, tlb, first);
    translate(s, op, nextPage(s, la), ACCESS_READ, tlb, 16 - first);
  }
  const low = read128Part(s, op, la, tlb);
  const second = first == 8 ? nextPage(s, la) : la + 8;
  const high = read128Part(s, op, second, tlb);
  store<u64>(s, low, S_RES0);
  store<u64>(s, high, S_RES1);
}

function read128Part(s: usize, op: usize, la: u64, tlb: usize): u64 {
  const first: u32 = 4096 - (<u32>la & 0xfff);
  if (first >= 8) return readAt(s, op, translate(s, op, la, ACCESS_READ, tlb, 8), 8);
  const low = translate(s, op, la, ACCESS_READ, tlb, first);
  const high = translate(s, op, nextPage(s, la), ACCESS_READ, tlb, 8 - first);
  return readAt(s, op, low, first) | (readAt(s, op, high, 8 - first) << <u64>(first << 3));
}

function write128Part(s: usize, op: usize, la: u64, value: u64, tlb: usize): void {
  const first: u32 = 4096 - (<u32>la & 0xfff);
  if (first >= 8) {
    writeAt(s, op, translate(s, op, la, ACCESS_WRITE, tlb, 8), 8, value);
    return;
  }
  const high = translate(s, op, nextPage(s, la), ACCESS_WRITE, tlb, 8 - first);
  const low = translate(s, op, la, ACCESS_WRITE, tlb, first);
  writeAt(s, op, low, first, value);
  writeAt(s, op, high, 8 - first, value >> <u64>(first << 3));
}

function write128Slow(s: usize, op: usize, la: u64, low: u64, high: u64): void {
  const tlb = currentTlb(s);
  probeSlow(s, op, la, 16, tlb);
  const second = (<u32>la & 0xfff) == 0xff8 ? nextPage(s, la) : la + 8;
  write128Part(s, op, la, low, tlb);
  write128Part(s, op, second, high, tlb);
}

// @ts-ignore: decorator
@inline
export function read128(s: usize, op: usize, la: u64): v128 {
  const entry = tlbEntry(currentTlb(s), la);
  const d = la - load<u64>(entry, TLB_READ_TAG);
  if (d > 4096 - 16) {
    read128Slow(s, op, la);
    return v128.load(s, S_RES0);
  }
  return v128.load(<usize>load<u32>(entry, TLB_ADDEND) + <usize>la);
}

// @ts-ignore: decorator
@inline
export function write128(s: usize, op: usize, la: u64, value: v128): void {
  const entry = tlbEntry(currentTlb(s), la);
  const d = la - load<u64>(entry, TLB_WRITE_TAG);
  if (d <= 4096 - 16) v128.store(<usize>load<u32>(entry, TLB_ADDEND) + <usize>la, value);
  else write128Slow(s, op, la, v128.extract_lane<u64>(value, 0), v128.extract_lane<u64>(value, 1));
}

/** Checks that a later write of `bytes` (at most 4096) cannot fault. */
// @ts-ignore: decorator
@inline
export function probeWrite(s: usize, op: usize, la: u64, bytes: u32): void {
  const tlb = currentTlb(s);
  const d = la - load<u64>(tlbEntry(tlb, la), TLB_WRITE_TAG);
  if (d > <u64>(4096 - bytes)) probeSlow(s, op, la, bytes, tlb);
}

function probeUpdate(s: usize, op: usize, la: u64, bytes: u32): usize {
  if ((<u32>la & 0xfff) + bytes <= 4096) {
    const place = placeBesideCode(s, la, bytes, currentTlb(s));
    if (place != 0) return <usize>place;
  }
  probeWrite(s, op, la, bytes);
  return 0;
}

/**
 * For read-modify-write: where the operand lies in shared memory if plain reads and writes go to the same place, else 0, and then
 * a later write is known not to fault.
 */
// @ts-ignore: decorator
@inline
export function updateAddress(s: usize, op: usize, la: u64, bytes: u32): usize {
  const entry = tlbEntry(currentTlb(s), la);
  const d = la - load<u64>(entry, TLB_WRITE_TAG);
  if (d <= <u64>(4096 - bytes)) return <usize>load<u32>(entry, TLB_ADDEND) + <usize>la;
  return probeUpdate(s, op, la, bytes);
}

/** The same for a read. */
export function probeRead(s: usize, op: usize, la: u64, bytes: u32): void {
  const tlb = currentTlb(s);
  translate(s, op, la, ACCESS_READ, tlb, 0);
  if ((<u32>la & 0xfff) + bytes > 4096) translate(s, op, nextPage(s, la), ACCESS_READ, tlb, 0);
}

/** Offset in shared memory where plain reads of the page at `la` go, 0 if the slow path must be taken (for bulk copies). */
export function plainRead(s: usize, op: usize, la: u64): usize {
  const tlb = currentTlb(s);
  const entry = tlbEntry(tlb, la);
  if (la - load<u64>(entry, TLB_READ_TAG) > 4095) translate(s, op, la, ACCESS_READ, tlb, 0);
  const d = la - load<u64>(entry, TLB_READ_TAG);
  return d <= 4095 ? <usize>load<u32>(entry, TLB_ADDEND) + <usize>la : 0;
}

/** The same for writes. Code, clean and watched pages: 0 until a first write went the slow way. */
export function plainWrite(s: usize, op: usize, la: u64): usize {
  const tlb = currentTlb(s);
  const entry = tlbEntry(tlb, la);
  if (la - load<u64>(entry, TLB_WRITE_TAG) > 4095) translate(s, op, la, ACCESS_WRITE, tlb, 0);
  const d = la - load<u64>(entry, TLB_WRITE_TAG);
  return d <= 4095 ? <usize>load<u32>(entry, TLB_ADDEND) + <usize>la : 0;
}

/** By size in bytes, through a given TLB. */
export function readWith(s: usize, op: usize, la: u64, size: u32, tlb: usize): u64 {
  if (size == 8) return readFrom<u64>(s, op, la, tlb);
  if (size == 4) return readFrom<u32>(s, op, la, tlb);
  return readFrom<u16>(s, op, la, tlb);
}
export function writeWith(s: usize, op: usize, la: u64, size: u32, value: u64, tlb: usize): void {
  if (size == 8) writeTo<u64>(s, op, la, value, tlb);
  else if (size == 4) writeTo<u32>(s, op, la, value, tlb);
  else writeTo<u16>(s, op, la, value, tlb);
}
