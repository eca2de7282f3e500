/** Segment registers, descriptors, and the mode that follows from them (Intel SDM vol. 3, chapters 3 and 5). */
import { SEG_ACCESS, SEG_BASE, SEG_LIMIT, SEG_SELECTOR, SEG_UNUSABLE, segAt } from './address';
import {
  CR0_AM,
  CR0_EM,
  CR0_PE,
  CR0_TS,
  CR4_OSFXSR,
  CR4_OSXSAVE,
  CR4_SMAP,
  EFER_LMA,
  FLAG_AC,
  FLAG_VM,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_LDTR,
  SEG_SS,
  SEG_TR,
  XCR0_AVX_STATE,
} from './control';
import {
  MODE_AVX,
  MODE_CPL12,
  MODE_CPL3,
  MODE_CS32,
  MODE_FLAT,
  MODE_PLAIN,
  MODE_FPU_TRAP,
  MODE_INTERCEPTED,
  MODE_LMA,
  MODE_LONG,
  MODE_PROTECTED,
  MODE_SS32,
  MODE_V86,
  S_CPL,
  S_CR0,
  S_CR4,
  S_EFER,
  S_EFLAGS,
  S_GDTR_BASE,
  S_GDTR_LIMIT,
  S_INTERCEPTS,
  S_MODE,
  S_TLB,
  S_TLB_BASE,
  S_VENDOR_AMD,
  S_XCR0,
  TLB_CLASS_SIZE,
  CLASS_SUPERVISOR,
  CLASS_SUPERVISOR_AC,
  CLASS_USER,
  CLASS_USER_ALIGNED,
} from './layout.generated';
import { setUpperFrom } from './code-pages';
import { readU64System, readU8System, writeU8System } from './memory';
import { isCanonicalBase } from './paging';
import { VECTOR_GP, VECTOR_NP, VECTOR_SS, VECTOR_TS, raiseGP, raiseSelector } from './raise';

/** Bits of the access word (descriptor bits 40..55). */
export const ACCESS_TYPE: u32 = 0xf;
export const ACCESS_S: u32 = 0x10;
export const ACCESS_P: u32 = 0x80;
export const ACCESS_L: u32 = 0x2000;
export const ACCESS_DB: u32 = 0x4000;
export const ACCESS_G: u32 = 0x8000;
export const ACCESS_CODE: u32 = 8;
export const ACCESS_CONFORMING: u32 = 4; // of code; expand-down of data
export const ACCESS_WRITABLE: u32 = 2; // of data; readable of code

// fields of a raw 8-byte descriptor
export const RAW_ACCESSED: u64 = 0x10000000000;
// @ts-ignore: decorator
@inline
export function rawAccess(raw: u64): u32 {
  return <u32>(raw >> 40) & 0xf0ff;
}
export function rawBase(raw: u64): u64 {
  return ((raw >> 16) & 0xffffff) | ((raw >> 32) & 0xff000000);
}
export function rawLimit(raw: u64): u32 {
  const limit = <u32>((raw & 0xffff) | ((raw >> 32) & 0xf0000));
  return rawAccess(raw) & ACCESS_G ? (limit << 12) | 0xfff : limit;
}
// @ts-ignore: decorator
@inline
export function accessDpl(access: u32): u32 {
  return (access >> 5) & 3;
}

// @ts-ignore: decorator
@inline
export function isRealOrV86(s: usize): bool {
  return (load<u32>(s, S_MODE) & (MODE_PROTECTED | MODE_V86)) != MODE_PROTECTED;
}

function isFlatData(s: usize, seg: u32): bool {
  const at = segAt(s, seg);
  return (
    load<u64>(at, SEG_BASE) == 0 &&
    load<u32>(at, SEG_LIMIT) == 0xffffffff &&
    (load<u16>(at, SEG_ACCESS) & 0xe) == 2 &&
    load<u8>(at, SEG_UNUSABLE) == 0
  );
}

/** Is all up to its limit open? Only the limit is left to check then (core/address.ts, `checked`). */
function isPlainData(s: usize, seg: u32, isProtected: bool): bool {
  const at = segAt(s, seg);
  const access = <u32>load<u16>(at, SEG_ACCESS);
  return load<u8>(at, SEG_UNUSABLE) == 0 && (isProtected ? (access & 0xe) == 2 : (access & 0xc) != 4);
}

/** Recomputes MODE and the TLB in use; after any change of CR0, CR4, EFER, CPL, EFLAGS.VM/AC or a segment register. */
export function updateMode(s: usize): void {
  const cr0 = load<u64>(s, S_CR0);
  const cr4 = load<u64>(s, S_CR4);
  const flags = load<u32>(s, S_EFLAGS);
  const cs = <u32>load<u16>(segAt(s, SEG_CS), SEG_ACCESS);
  const cpl = load<u32>(s, S_CPL);
  let mode: u32 = 0;
  if (cr0 & CR0_PE) {
    mode |= MODE_PROTECTED;
    if (flags & FLAG_VM) mode |= MODE_V86;
  }
  const isLong = (load<u64>(s, S_EFER) & EFER_LMA) != 0;
  if (isLong) mode |= MODE_LMA;
  if (isLong && cs & ACCESS_L) mode |= MODE_LONG | MODE_FLAT;
  else {
    if (cs & ACCESS_DB) mode |= MODE_CS32;
    if (load<u16>(segAt(s, SEG_SS), SEG_ACCESS) & <u16>ACCESS_DB) mode |= MODE_SS32;
    const isCodeFlat =
      load<u64>(segAt(s, SEG_CS), SEG_BASE) == 0 && load<u32>(segAt(s, SEG_CS), SEG_LIMIT) == 0xffffffff && (cs & 2) != 0;
    const isProtected = (mode & (MODE_PROTECTED | MODE_V86)) == MODE_PROTECTED;
    if (isCodeFlat && isFlatData(s, SEG_DS) && isFlatData(s, SEG_ES) && isFlatData(s, SEG_SS)) mode |= MODE_FLAT;
    else if (isPlainData(s, SEG_DS, isProtected) && isPlainData(s, SEG_ES, isProtected) && isPlainData(s, SEG_SS, isProtected)) {
      mode |= MODE_PLAIN;
    }
  }
  if (cpl == 3) mode |= MODE_CPL3;
  else if (cpl != 0) mode |= MODE_CPL12;
  if (cr0 & (CR0_EM | CR0_TS) || !(cr4 & CR4_OSFXSR)) mode |= MODE_FPU_TRAP;
  if (cr4 & CR4_OSXSAVE && (load<u64>(s, S_XCR0) & XCR0_AVX_STATE) == XCR0_AVX_STATE) mode |= MODE_AVX;
  if (load<u64>(s, S_INTERCEPTS)) mode |= MODE_INTERCEPTED;
  store<u32>(s, mode, S_MODE);
  setUpperFrom(s, isLong);
  let tlbClass: u32 = CLASS_SUPERVISOR;
  if (cpl == 3) tlbClass = cr0 & CR0_AM && flags & FLAG_AC ? CLASS_USER_ALIGNED : CLASS_USER;
  else if (cr4 & CR4_SMAP && flags & FLAG_AC) tlbClass = CLASS_SUPERVISOR_AC;
  store<u32>(s, load<u32>(s, S_TLB_BASE) + tlbClass * <u32>TLB_CLASS_SIZE, S_TLB);
}

/** Linear address of a selector's descriptor; 0 in the result's place is legal, so ~0 says: outside its table. */
export function descriptorAddress(s: usize, selector: u32, bytes: u32): u64 {
  const index = selector & 0xfff8;
  if (selector & 4) {
    const ldt = segAt(s, SEG_LDTR);
    if (load<u8>(ldt, SEG_UNUSABLE) || index + bytes - 1 > load<u32>(ldt, SEG_LIMIT)) return ~0;
    return load<u64>(ldt, SEG_BASE) + <u64>index;
  }
  if (index + bytes - 1 > load<u32>(s, S_GDTR_LIMIT)) return ~0;
  return load<u64>(s, S_GDTR_BASE) + <u64>index;
}

/** The raw descriptor of a selector; outside its table: `vector`(selector). */
export function readDescriptor(s: usize, op: usize, selector: u32, vector: u32): u64 {
  const at = descriptorAddress(s, selector, 8);
  if (at == ~0) raiseSelector(s, op, vector, selector);
  return readU64System(s, op, at);
}

/** Sets the accessed bit in the table if it is clear; gives the descriptor with it. */
export function markAccessed(s: usize, op: usize, selector: u32, raw: u64): u64 {
  if (raw & RAW_ACCESSED) return raw;
  const at = descriptorAddress(s, selector, 8) + 5;
  writeU8System(s, op, at, readU8System(s, op, at) | 1);
  return raw | RAW_ACCESSED;
}

export function setSegment(s: usize, seg: u32, selector: u32, raw: u64): void {
  const at = segAt(s, seg);
  store<u16>(at, <u16>selector, SEG_SELECTOR);
  store<u16>(at, <u16>rawAccess(raw), SEG_ACCESS);
  store<u32>(at, rawLimit(raw), SEG_LIMIT);
  store<u64>(at, rawBase(raw), SEG_BASE);
  store<u8>(at, 0, SEG_UNUSABLE);
}

/** A null selector: the register cannot be used (outside 64-bit mode). AMD keeps base and limit. */
export function setNullSegment(s: usize, seg: u32, selector: u32): void {
  const at = segAt(s, seg);
  store<u16>(at, <u16>selector, SEG_SELECTOR);
  store<u8>(at, 1, SEG_UNUSABLE);
  if (!load<u32>(s, S_VENDOR_AMD)) {
    store<u64>(at, 0, SEG_BASE);
    store<u32>(at, 0, SEG_LIMIT);
    store<u16>(at, 0, SEG_ACCESS);
  }
}

/** Real mode leaves limit and attributes as they are ("big real mode"); virtual-8086 mode fixes them. */
export function setRealSegment(s: usize, seg: u32, selector: u32): void {
  const at = segAt(s, seg);
  store<u16>(at, <u16>selector, SEG_SELECTOR);
  store<u64>(at, <u64>selector << 4, SEG_BASE);
  if (load<u32>(s, S_EFLAGS) & FLAG_VM) {
    store<u32>(at, 0xffff, SEG_LIMIT);
    store<u16>(at, 0xf3, SEG_ACCESS);
  } else if (load<u8>(at, SEG_UNUSABLE)) {
    store<u32>(at, 0xffff, SEG_LIMIT);
    store<u16>(at, 0x93, SEG_ACCESS);
  } else if (seg != SEG_CS && (load<u16>(at, SEG_ACCESS) & 0x1a) != 0x12) {
    store<u16>(at, (load<u16>(at, SEG_ACCESS) & 0xff00) | 0x93, SEG_ACCESS);
  }
  store<u8>(at, 0, SEG_UNUSABLE);
}

/** SS descriptor checks for a stack at privilege `cpl`: wrong: `vector`(selector), absent: #SS(selector). */
export function checkStackDescriptor(s: usize, op: usize, selector: u32, raw: u64, cpl: u32, vector: u32): void {
  const access = rawAccess(raw);
  if ((selector & 3) != cpl || (access & 0x1a) != 0x12 || accessDpl(access) != cpl) raiseSelector(s, op, vector, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_SS, selector);
}

/** MOV to, POP and LxS of ES, SS, DS, FS, GS, with all checks; MODE is up to date afterwards. */
export function loadSegment(s: usize, op: usize, seg: u32, value: u32): void {
  const selector = value & 0xffff;
  if (isRealOrV86(s)) setRealSegment(s, seg, selector);
  else {
    const cpl = load<u32>(s, S_CPL);
    if (seg == SEG_SS) {
      if ((selector & 0xfffc) == 0) {
        if (!(load<u32>(s, S_MODE) & MODE_LONG) || cpl == 3 || (selector & 3) != cpl) raiseGP(s, op, 0);
        setNullStack(s, selector);
      } else {
        let raw = readDescriptor(s, op, selector, VECTOR_GP);
        checkStackDescriptor(s, op, selector, raw, cpl, VECTOR_GP);
        raw = markAccessed(s, op, selector, raw);
        setSegment(s, SEG_SS, selector, raw);
      }
    } else if ((selector & 0xfffc) == 0) setNullSegment(s, seg, selector);
    else {
      let raw = readDescriptor(s, op, selector, VECTOR_GP);
      checkDataDescriptor(s, op, selector, raw, cpl, VECTOR_GP);
      raw = markAccessed(s, op, selector, raw);
      setSegment(s, seg, selector, raw);
    }
  }
  updateMode(s);
}

/** Null SS of 64-bit mode: DPL as the RPL says, so that a saved state shows the privilege. */
export function setNullStack(s: usize, selector: u32): void {
  const at = segAt(s, SEG_SS);
  store<u16>(at, <u16>selector, SEG_SELECTOR);
  store<u16>(at, <u16>((selector & 3) << 5), SEG_ACCESS);
  store<u32>(at, 0, SEG_LIMIT);
  store<u64>(at, 0, SEG_BASE);
  store<u8>(at, 1, SEG_UNUSABLE);
}

/** Data or readable code that `cpl` may load by `selector` into ES, DS, FS or GS, if it is present? */
export function isDataFor(access: u32, selector: u32, cpl: u32): bool {
  if (!(access & ACCESS_S) || (access & 0xa) == 8) return false;
  if ((access & 0xc) == 0xc) return true;
  const dpl = accessDpl(access);
  return (selector & 3) <= dpl && cpl <= dpl;
}

export function checkDataDescriptor(s: usize, op: usize, selector: u32, raw: u64, cpl: u32, vector: u32): void {
  const access = rawAccess(raw);
  if (!isDataFor(access, selector, cpl)) raiseSelector(s, op, vector, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
}

/** After a change to an outer privilege level: data segments that it may not use become null. */
export function dropInnerSegments(s: usize, cpl: u32): void {
  dropInner(s, SEG_ES, cpl);
  dropInner(s, SEG_DS, cpl);
  dropInner(s, SEG_FS, cpl);
  dropInner(s, SEG_GS, cpl);
}

function dropInner(s: usize, seg: u32, cpl: u32): void {
  const at = segAt(s, seg);
  const access = <u32>load<u16>(at, SEG_ACCESS);
  if (load<u8>(at, SEG_UNUSABLE)) {
    // A null selector stays null; its RPL is forgotten.
    if ((load<u16>(at, SEG_SELECTOR) & 0xfffc) == 0) store<u16>(at, 0, SEG_SELECTOR);
    return;
  }
  if ((access & 0xc) != 0xc && accessDpl(access) < cpl) setNullSegment(s, seg, 0);
}

/** Upper half of a 16-byte system descriptor's base (long mode), or 0. */
function systemBase(s: usize, op: usize, selector: u32, raw: u64, vector: u32): u64 {
  if (!(load<u32>(s, S_MODE) & MODE_LMA)) return rawBase(raw);
  const at = descriptorAddress(s, selector, 16);
  if (at == ~0) raiseSelector(s, op, vector, selector);
  const upper = readU64System(s, op, at + 8);
  if (upper & 0x1f0000000000) raiseSelector(s, op, vector, selector);
  const base = rawBase(raw) | (upper << 32);
  if (!isCanonicalBase(s, base)) raiseSelector(s, op, vector, selector);
  return base;
}

/** LLDT, and the LDT of a task switch (`vector` #TS). */
export function loadLdt(s: usize, op: usize, value: u32, vector: u32): void {
  const selector = value & 0xffff;
  if ((selector & 0xfffc) == 0) {
    setNullSegment(s, SEG_LDTR, selector);
    return;
  }
  if (selector & 4) raiseSelector(s, op, vector, selector);
  const raw = readDescriptor(s, op, selector, vector);
  const access = rawAccess(raw);
  if ((access & 0x1f) != 2) raiseSelector(s, op, vector, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, vector == VECTOR_TS ? VECTOR_TS : VECTOR_NP, selector);
  const base = systemBase(s, op, selector, raw, vector);
  setSegment(s, SEG_LDTR, selector, raw);
  store<u64>(segAt(s, SEG_LDTR), base, SEG_BASE);
}

/** LTR. */
export function loadTaskRegister(s: usize, op: usize, value: u32): void {
  const selector = value & 0xffff;
  if ((selector & 0xfffc) == 0) raiseGP(s, op, 0);
  if (selector & 4) raiseSelector(s, op, VECTOR_GP, selector);
  const raw = readDescriptor(s, op, selector, VECTOR_GP);
  const access = rawAccess(raw);
  const isLong = (load<u32>(s, S_MODE) & MODE_LMA) != 0;
  const type = access & 0x1f;
  if (!(type == 9 || (type == 1 && !isLong))) raiseSelector(s, op, VECTOR_GP, selector);
  if (!(access & ACCESS_P)) raiseSelector(s, op, VECTOR_NP, selector);
  const base = systemBase(s, op, selector, raw, VECTOR_GP);
  const at = descriptorAddress(s, selector, 8) + 5;
  writeU8System(s, op, at, readU8System(s, op, at) | 2);
  setSegment(s, SEG_TR, selector, raw | 0x20000000000);
  store<u64>(segAt(s, SEG_TR), base, SEG_BASE);
}
