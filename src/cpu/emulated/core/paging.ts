/**
 * Address translation: the page walker and the TLBs it fills (Intel SDM vol. 3, chapter 4).
 * A TLB entry's tag is given only where a plain access is allowed: rights, dirty bit and page flags all say so. An invalid tag is the
 * address of the neighbouring page, whose index differs, so that it never matches.
 */
import {
  CR0_PG,
  CR0_WP,
  CR4_LA57,
  CR4_PAE,
  CR4_PGE,
  CR4_PKE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_LMA,
  EFER_NXE,
  PHYSICAL_MASK,
} from './control';
import {
  EA_FLAT64,
  EA_SEG64,
  EA_SEG64_ADDR32,
  MODE_LONG,
  OP_EA,
  OP_SEG,
  S_CR0,
  S_CR3,
  S_CR4,
  S_CR4_ALLOWED,
  S_DR,
  S_EFER,
  S_MODE,
  S_PDPTE,
  S_PKRU,
  S_TLB,
  S_TLB_BASE,
  S_TLB_LOG,
  S_TLB_LOG_COUNT,
  TLBI_EXECUTE,
  TLBI_GLOBAL,
  TLBI_LARGE,
  TLBI_WRITE,
  TLB_CLASSES,
  TLB_CLASS_SIZE,
  TLB_ENTRIES,
  TLB_ENTRY_SIZE,
  TLB_INFO,
  TLB_LOG_ENTRIES,
  TLB_ADDEND,
  TLB_BASE,
  TLB_READ_TAG,
  CLASS_SUPERVISOR,
  CLASS_SUPERVISOR_AC,
  CLASS_USER,
  CLASS_USER_ALIGNED,
  TLB_WRITE_TAG,
} from './layout.generated';
import { forgetCode, forgetCodeAt, forgetLocalCode, noteCode } from './code-pages';
import { notePF, raiseGP, raisePF, raiseSS } from './raise';
import { DR7_ENABLED, isWatchedPage, watch } from './watch';
import {
  ACCESS_EXECUTE,
  ACCESS_READ,
  ACCESS_WRITE,
  PAGE_WRITTEN_PLAINLY,
  PHYSICAL_NOT_PLAIN,
  READ_BLOCKERS,
  WRITE_BLOCKERS,
  guestPhysical,
  isBesideCode,
  pageFlagsAt,
  prepareWrite,
  readPhysical32,
  readPhysical64,
  setPhysicalBits,
} from './slots';

/** With ACCESS_*: no exception and no change of memory; the walk gives WALK_FAULT. */
export const ACCESS_QUIET: u32 = 0x100;
/** With ACCESS_QUIET: entries whose accessed or dirty bit the access would set fault too. */
const ACCESS_SETTLED: u32 = 0x200;
/** A fault is noted (EXC_*) and not raised; the walk gives WALK_FAULT. */
const ACCESS_NOTED: u32 = 0x400;
export const WALK_FAULT: u64 = ~0;
/** In the walk's result, above the 40 bits of the GPA. */
const MAY_READ: u64 = 1 << 48;
const MAY_WRITE: u64 = 1 << 49;
const MAY_EXECUTE: u64 = 1 << 50;
const IS_GLOBAL: u64 = 1 << 51;
const IS_LARGE: u64 = 1 << 52;

const PTE_P: u64 = 1;
const PTE_W: u64 = 2;
const PTE_U: u64 = 4;
const PTE_A: u64 = 0x20;
const PTE_D: u64 = 0x40;
const PTE_PS: u64 = 0x80;
const PTE_G: u64 = 0x100;
const PTE_NX: u64 = 0x8000000000000000;
/** Address bits above MAXPHYADDR. */
const PTE_HIGH: u64 = 0x000fff0000000000;

const ERROR_P: u32 = 1;
const ERROR_W: u32 = 2;
const ERROR_U: u32 = 4;
const ERROR_RSVD: u32 = 8;
const ERROR_I: u32 = 16;
const ERROR_PK: u32 = 32;

export function isCanonical(s: usize, linear: u64): bool {
  const shift: u64 = load<u64>(s, S_CR4) & CR4_LA57 ? 7 : 16;
  return (<u64>(<i64>(linear << shift) >> shift)) == linear;
}

/**
 * What bases in segment registers, descriptor-table registers and MSRs, and the addresses of INVLPG and INVPCID are held against: the
 * widest addresses that this CPU has, whatever the paging mode (Intel's "5-Level Paging and 5-Level EPT", 2.4).
 */
export function isCanonicalBase(s: usize, linear: u64): bool {
  const shift: u64 = load<u64>(s, S_CR4_ALLOWED) & CR4_LA57 ? 7 : 16;
  return (<u64>(<i64>(linear << shift) >> shift)) == linear;
}

function fault(s: usize, op: usize, la: u64, access: u32, isUser: bool, error: u32): u64 {
  if (access & ACCESS_QUIET) return WALK_FAULT;
  let code = error;
  if (access & ACCESS_WRITE) code |= ERROR_W;
  if (isUser) code |= ERROR_U;
  if (access & ACCESS_EXECUTE) {
    const cr4 = load<u64>(s, S_CR4);
    if (cr4 & CR4_SMEP || (cr4 & CR4_PAE && load<u64>(s, S_EFER) & EFER_NXE)) code |= ERROR_I;
  }
  if (access & ACCESS_NOTED) notePF(s, la, code);
  else raisePF(s, op, la, code);
  return WALK_FAULT;
}

/** Rights of a leaf entry against the access; sets A and D; gives GPA | MAY_*. `rights` holds W, U and NX as all levels combine them. */
function leaf(s: usize, op: usize, la: u64, access: u32, tlbClass: u32, rights: u64, entry: u64, at: u64, gpa: u64, large: bool): u64 {
  const isUser = tlbClass == CLASS_USER || tlbClass == CLASS_USER_ALIGNED;
  const cr4 = load<u64>(s, S_CR4);
  const isUserPage = (rights & PTE_U) != 0;
  let mayRead = true;
  let mayWrite = (rights & PTE_W) != 0;
  let mayExecute = (rights & PTE_NX) == 0;
  let keyDenied = false;
  const isStrict = isUser || (load<u64>(s, S_CR0) & CR0_WP) != 0;
  if (isUser) {
    if (!isUserPage) {
      mayRead = false;
      mayWrite = false;
      mayExecute = false;
    }
  } else {
    if (!isStrict) mayWrite = true;
    if (isUserPage) {
      if (cr4 & CR4_SMEP) mayExecute = false;
      if (cr4 & CR4_SMAP && tlbClass != CLASS_SUPERVISOR_AC) {
        mayRead = false;
        mayWrite = false;
      }
    }
  }
  if (cr4 & CR4_PKE && isUserPage && load<u64>(s, S_EFER) & EFER_LMA) {
    const key = load<u32>(s, S_PKRU) >> (<u32>(entry >> 59) & 15) * 2;
    // the error code says so of every data access that the key forbids, also where something else forbids it too (SDM vol. 3, 4.7)
    if (key & 1) {
      keyDenied = (access & ACCESS_EXECUTE) == 0;
      mayRead = false;
      mayWrite = false;
    } else if (key & 2 && isStrict) {
      keyDenied = (access & ACCESS_WRITE) != 0;
      mayWrite = false;
    }
  }
  const allowed = access & ACCESS_EXECUTE ? mayExecute : access & ACCESS_WRITE ? mayWrite : mayRead;
  if (!allowed) return fault(s, op, la, access, isUser, keyDenied ? ERROR_P | ERROR_PK : ERROR_P);
  let set = entry & PTE_A ? 0 : <u32>PTE_A;
  if (access & ACCESS_WRITE && (entry & PTE_D) == 0) set |= <u32>PTE_D;
  if (access & ACCESS_SETTLED && set != 0) return WALK_FAULT;
  if (set != 0 && (access & ACCESS_QUIET) == 0) setPhysicalBits(s, at, <u8>set);
  let result = gpa;
  if (mayRead) result |= MAY_READ;
  if (mayWrite && ((entry | <u64>set) & PTE_D) != 0) result |= MAY_WRITE;
  if (mayExecute) result |= MAY_EXECUTE;
  if (entry & PTE_G && cr4 & CR4_PGE) result |= IS_GLOBAL;
  if (large) result |= IS_LARGE;
  return result;
}

/** 32-bit paging (SDM vol. 3, 4.3), with 4 MiB pages of 40-bit addresses where CR4.PSE is set. */
function walk32(s: usize, op: usize, la: u64, access: u32, tlbClass: u32): u64 {
  const isUser = tlbClass == CLASS_USER || tlbClass == CLASS_USER_ALIGNED;
  const pdeAt = (load<u64>(s, S_CR3) & 0xfffff000) | ((la >> 20) & 0xffc);
  const pde = <u64>readPhysical32(s, pdeAt);
  if ((pde & PTE_P) == 0) return fault(s, op, la, access, isUser, 0);
  if (pde & PTE_PS && load<u64>(s, S_CR4) & CR4_PSE) {
    if (pde & 0x200000) return fault(s, op, la, access, isUser, ERROR_P | ERROR_RSVD);
    const gpa = (pde & 0xffc00000) | ((pde & 0x1fe000) << 19) | (la & 0x3fffff);
    return leaf(s, op, la, access, tlbClass, pde & (PTE_W | PTE_U), pde, pdeAt, gpa, true);
  }
  if ((pde & PTE_A) == 0) {
    if (access & ACCESS_SETTLED) return WALK_FAULT;
    if ((access & ACCESS_QUIET) == 0) setPhysicalBits(s, pdeAt, <u8>PTE_A);
  }
  const pteAt = (pde & 0xfffff000) | ((la >> 10) & 0xffc);
  const pte = <u64>readPhysical32(s, pteAt);
  if ((pte & PTE_P) == 0) return fault(s, op, la, access, isUser, 0);
  return leaf(s, op, la, access, tlbClass, pde & pte & (PTE_W | PTE_U), pte, pteAt, (pte & 0xfffff000) | (la & 0xfff), false);
}

/** PAE (4.4), 4-level and 5-level paging (4.5): 64-bit entries. */
function walk64(s: usize, op: usize, la: u64, access: u32, tlbClass: u32): u64 {
  const isUser = tlbClass == CLASS_USER || tlbClass == CLASS_USER_ALIGNED;
  const efer = load<u64>(s, S_EFER);
  const isLong = (efer & EFER_LMA) != 0;
  const reserved: u64 = efer & EFER_NXE ? PTE_HIGH : PTE_HIGH | PTE_NX;
  // PAE entries have no ignored bits above the address: 62:52 are reserved too.
  const reservedHere: u64 = isLong ? reserved : reserved | 0x7ff0000000000000;
  let rights: u64 = PTE_W | PTE_U;
  let table: u64;
  let shift: u32;
  if (isLong) {
    table = load<u64>(s, S_CR3) & (PHYSICAL_MASK & ~0xfff);
    shift = load<u64>(s, S_CR4) & CR4_LA57 ? 48 : 39;
  } else {
    const pdpte = load<u64>(s + (<usize>((la >> 30) & 3) << 3), S_PDPTE);
    if ((pdpte & PTE_P) == 0) return fault(s, op, la, access, isUser, 0);
    table = pdpte & (PHYSICAL_MASK & ~0xfff);
    shift = 21;
  }
  while (shift >= 12) {
    const at = table | (((la >> <u64>shift) & 0x1ff) << 3);
    const entry = readPhysical64(s, at);
    if ((entry & PTE_P) == 0) return fault(s, op, la, access, isUser, 0);
    const isLast = shift == 12 || (shift <= 30 && (entry & PTE_PS) != 0);
    let bad = entry & reservedHere;
    if (shift >= 39) bad |= entry & PTE_PS;
    else if (isLast && shift > 12) bad |= entry & (((<u64>1 << <u64>shift) - 1) & ~0x1fff);
    if (bad != 0) return fault(s, op, la, access, isUser, ERROR_P | ERROR_RSVD);
    rights = (rights & entry & (PTE_W | PTE_U)) | ((rights | entry) & PTE_NX);
    if (isLast) {
      const inside = (<u64>1 << <u64>shift) - 1;
      const gpa = (entry & (PHYSICAL_MASK & ~0xfff) & ~inside) | (la & inside);
      return leaf(s, op, la, access, tlbClass, rights, entry, at, gpa, shift > 12);
    }
    if ((entry & PTE_A) == 0) {
      if (access & ACCESS_SETTLED) return WALK_FAULT;
      if ((access & ACCESS_QUIET) == 0) setPhysicalBits(s, at, <u8>PTE_A);
    }
    table = entry & (PHYSICAL_MASK & ~0xfff);
    shift -= 9;
  }
  return WALK_FAULT;
}

/** GPA | MAY_* of a linear address; faults raise. */
function walk(s: usize, op: usize, la: u64, access: u32, tlbClass: u32): u64 {
  if ((load<u64>(s, S_CR0) & CR0_PG) == 0) return (la & 0xffffffff) | MAY_READ | MAY_WRITE | MAY_EXECUTE;
  return load<u64>(s, S_CR4) & CR4_PAE ? walk64(s, op, la, access, tlbClass) : walk32(s, op, la, access, tlbClass);
}

// @ts-ignore: decorator
@inline
export function tlbEntry(tlb: usize, la: u64): usize {
  // entries are 32 bytes: one shift and one mask
  return tlb + (<usize>(la >> 7) & (<usize>(TLB_ENTRIES - 1) << 5));
}

// @ts-ignore: decorator
@inline
function classOfTlb(s: usize, tlb: usize): u32 {
  return (<u32>tlb - load<u32>(s, S_TLB_BASE)) / <u32>TLB_CLASS_SIZE;
}

function fill(s: usize, tlb: usize, tlbClass: u32, la: u64, walked: u64): void {
  const page = la & ~0xfff;
  const gpa = walked & (PHYSICAL_MASK & ~0xfff);
  const never = page ^ 0x1000;
  const entry = tlbEntry(tlb, la);
  const host = guestPhysical(s, gpa, ACCESS_READ);
  if (host & PHYSICAL_NOT_PLAIN || (walked & MAY_READ) == 0 || load<u8>(pageFlagsAt(s, <u32>host)) & READ_BLOCKERS) return;
  let info = gpa;
  let writeTag = never;
  if (walked & MAY_EXECUTE) info |= TLBI_EXECUTE;
  if (load<u32>(s, S_DR + 7 * 8) & DR7_ENABLED && isWatchedPage(s, page)) return;
  // where reads and writes go to different places, as with shadowed ROM, writes are not plain
  if (walked & MAY_WRITE && guestPhysical(s, gpa, ACCESS_WRITE) == host) {
    info |= TLBI_WRITE;
    const at = pageFlagsAt(s, <u32>host);
    const flags = <u32>load<u8>(at);
    if ((flags & WRITE_BLOCKERS) == 0) {
      writeTag = page;
      store<u8>(at, <u8>(flags | PAGE_WRITTEN_PLAINLY));
    }
  }
  if (walked & IS_GLOBAL) info |= TLBI_GLOBAL;
  else {
    const count = load<u32>(s, S_TLB_LOG_COUNT);
    if (count < TLB_LOG_ENTRIES) {
      store<u16>(<usize>load<u32>(s, S_TLB_LOG) + <usize>(count << 1), <u16>(tlbClass * TLB_ENTRIES + (<u32>(la >> 12) & (TLB_ENTRIES - 1))));
    }
    store<u32>(s, count + 1, S_TLB_LOG_COUNT);
  }
  if (walked & IS_LARGE) {
    info |= TLBI_LARGE;
    noteLarge(s, la);
  }
  store<u32>(entry, <u32>host, TLB_BASE);
  store<u32>(entry, <u32>host - <u32>page, TLB_ADDEND);
  store<u64>(entry, page, TLB_READ_TAG);
  store<u64>(entry, writeTag, TLB_WRITE_TAG);
  store<u64>(entry, info, TLB_INFO);
}

/** There is an entry, or code was found, by a large page around `la`. */
function noteLarge(s: usize, la: u64): void {
  const map = <usize>load<u32>(s, S_TLB_LOG) + <usize>TLB_LOG_ENTRIES * 2;
  store<u8>(map + (<usize>(la >> 21) & 1023), 1);
  store<u8>(map + 1024 + (<usize>(la >> 30) & 1023), 1);
}

/** #GP(0), or #SS(0) where the operand lies in the stack segment. */
function raiseNotCanonical(s: usize, op: usize): void {
  if (op != 0) {
    const kind = <u32>load<u8>(op, OP_EA);
    if ((kind == EA_FLAT64 || kind == EA_SEG64 || kind == EA_SEG64_ADDR32) && load<u8>(op, OP_SEG) == 2) raiseSS(s, op, 0);
  }
  raiseGP(s, op, 0);
}

/**
 * The slow path of every data access within one page: offset in shared memory, or PHYSICAL_MMIO | gpa, or PHYSICAL_DROP | gpa.
 * For writes of `size` > 0 bytes the frame is made ready; 0 only checks that a write is allowed.
 */
export function translate(s: usize, op: usize, la: u64, access: u32, tlb: usize, size: u32): u64 {
  if (load<u32>(s, S_MODE) & MODE_LONG && !isCanonical(s, la)) raiseNotCanonical(s, op);
  const tlbClass = classOfTlb(s, tlb);
  const walked = walk(s, op, la, access, tlbClass);
  const host = guestPhysical(s, walked & PHYSICAL_MASK, access);
  if (size != 0 && load<u32>(s, S_DR + 7 * 8) & DR7_ENABLED) watch(s, op, la, access, size);
  if (host & PHYSICAL_NOT_PLAIN) return host;
  if (access == ACCESS_WRITE && size != 0) prepareWrite(s, <u32>host, size);
  if (tlbClass != CLASS_USER_ALIGNED) fill(s, tlb, tlbClass, la, walked);
  return host;
}

/** The class of an access of compiled code; CLASS_USER_ALIGNED, which it does not serve, also where it is on two pages or not canonical. */
function classOfAccess(s: usize, la: u64, bytes: u32): u32 {
  if ((la & 0xfff) + <u64>bytes > 4096) return CLASS_USER_ALIGNED;
  if (load<u32>(s, S_MODE) & MODE_LONG && !isCanonical(s, la)) return CLASS_USER_ALIGNED;
  return classOfTlb(s, <usize>load<u32>(s, S_TLB));
}

/**
 * Where a write of `bytes` within one page goes that has no effect but the write itself, although code lies elsewhere in the page; 0:
 * not known. Small systems, DOS among them, have their stacks and variables beside their code.
 */
export function placeBesideCode(s: usize, la: u64, bytes: u32, tlb: usize): u32 {
  const entry = tlbEntry(tlb, la);
  if (load<u64>(entry, TLB_READ_TAG) != (la & ~0xfff) || (load<u64>(entry, TLB_INFO) & TLBI_WRITE) == 0) return 0;
  const place = load<u32>(entry, TLB_ADDEND) + <u32>la;
  return isBesideCode(s, place, bytes) ? place : 0;
}

/**
 * Where an access of compiled code goes that missed the TLB; 0: the interpreter must do it.
 * @param access ACCESS_READ or ACCESS_WRITE
 */
export function missedPlace(s: usize, la: u64, access: u32, bytes: u32): u32 {
  const tlb = <usize>load<u32>(s, S_TLB);
  const isWithinPage = (la & 0xfff) + <u64>bytes <= 4096;
  if (access == ACCESS_WRITE && isWithinPage) {
    const place = placeBesideCode(s, la, bytes, tlb);
    if (place != 0) return place;
  }
  if (fillTlb(s, la, access, bytes)) return load<u32>(tlbEntry(tlb, la), TLB_ADDEND) + <u32>la;
  return access == ACCESS_WRITE && isWithinPage ? placeBesideCode(s, la, bytes, tlb) : 0;
}

/**
 * For compiled code that missed the TLB: makes the entry if the access has no other effect (no fault, no accessed or dirty bit to
 * set, no device, no page flag, no breakpoint, no page border).
 * @param access ACCESS_READ or ACCESS_WRITE
 * @returns whether there is one now; else the interpreter must do this access
 */
function fillTlb(s: usize, la: u64, access: u32, bytes: u32): bool {
  const tlbClass = classOfAccess(s, la, bytes);
  if (tlbClass == CLASS_USER_ALIGNED) return false;
  const walked = walk(s, 0, la, access | ACCESS_QUIET | ACCESS_SETTLED, tlbClass);
  if (walked == WALK_FAULT) return false;
  const tlb = <usize>load<u32>(s, S_TLB);
  fill(s, tlb, tlbClass, la, walked);
  const entry = tlbEntry(tlb, la);
  const tag = access == ACCESS_WRITE ? load<u64>(entry, TLB_WRITE_TAG) : load<u64>(entry, TLB_READ_TAG);
  return tag == (la & ~0xfff);
}

/** Notes the page fault of such an access, if there is one; what the walk did to accessed and dirty bits stays. */
export function notesPageFault(s: usize, la: u64, access: u32, bytes: u32): bool {
  const tlbClass = classOfAccess(s, la, bytes);
  return tlbClass != CLASS_USER_ALIGNED && walk(s, 0, la, access | ACCESS_NOTED, tlbClass) == WALK_FAULT;
}

/** Where the code byte at a linear address lies in shared memory; 0xffffffff: no memory there. Raises #PF, #GP (op = 0). */
export function translateCode(s: usize, la: u64): u32 {
  return findCode(s, la, ACCESS_EXECUTE);
}

/**
 * The same with no effect that a guest could see: 0xffffffff where a fetch would fault, set an accessed bit, or find no memory. What a
 * region crosses into is as if it had been fetched.
 */
export function settledCode(s: usize, la: u64): u32 {
  return findCode(s, la, ACCESS_EXECUTE | ACCESS_QUIET | ACCESS_SETTLED);
}

// @ts-ignore: decorator
@inline
function findCode(s: usize, la: u64, access: u32): u32 {
  const tlb = <usize>load<u32>(s, S_TLB);
  const entry = tlbEntry(tlb, la);
  const info = load<u64>(entry, TLB_INFO);
  if (load<u64>(entry, TLB_READ_TAG) == (la & ~0xfff) && info & TLBI_EXECUTE) {
    noteCode(s, la, (info & TLBI_GLOBAL) != 0);
    return load<u32>(entry, TLB_BASE) + (<u32>la & 0xfff);
  }
  return walkForCode(s, tlb, la, access);
}

function walkForCode(s: usize, tlb: usize, la: u64, access: u32): u32 {
  if (load<u32>(s, S_MODE) & MODE_LONG && !isCanonical(s, la)) {
    if (access & ACCESS_QUIET) return 0xffffffff;
    raiseNotCanonical(s, 0);
  }
  const tlbClass = classOfTlb(s, tlb);
  const walked = walk(s, 0, la, access, tlbClass);
  if (walked == WALK_FAULT) return 0xffffffff;
  if (walked & IS_LARGE) noteLarge(s, la);
  noteCode(s, la, (walked & IS_GLOBAL) != 0);
  const host = guestPhysical(s, walked & PHYSICAL_MASK, ACCESS_EXECUTE);
  if (host & PHYSICAL_NOT_PLAIN) return 0xffffffff;
  if (tlbClass != CLASS_USER_ALIGNED) fill(s, tlb, tlbClass, la, walked);
  return <u32>host;
}

/** For debuggers and tests: offset in shared memory as the supervisor would read it, 0xffffffff if it is not mapped memory. */
export function translateQuiet(s: usize, la: u64): u32 {
  const walked = walk(s, 0, la, ACCESS_READ | ACCESS_QUIET, CLASS_SUPERVISOR_AC);
  if (walked == WALK_FAULT) return 0xffffffff;
  const host = guestPhysical(s, walked & PHYSICAL_MASK, ACCESS_READ);
  return host & PHYSICAL_NOT_PLAIN ? 0xffffffff : <u32>host;
}

function clearEntry(s: usize, index: u32): void {
  const entry = <usize>load<u32>(s, S_TLB_BASE) + <usize>index * TLB_ENTRY_SIZE;
  const never: u64 = index & (TLB_ENTRIES - 1) ? 0 : 0x1000;
  store<u64>(entry, never, TLB_READ_TAG);
  store<u64>(entry, never, TLB_WRITE_TAG);
  store<u64>(entry, 0, TLB_INFO);
}

/** Drops every translation. */
export function flushAll(s: usize): void {
  flushData(s);
  forgetCode(s);
}

function flushData(s: usize): void {
  const base = <usize>load<u32>(s, S_TLB_BASE);
  memory.fill(base, 0, TLB_CLASS_SIZE * <usize>TLB_CLASSES);
  for (let i: u32 = 0; i < TLB_CLASSES; i++) clearEntry(s, i * TLB_ENTRIES);
  store<u32>(s, 0, S_TLB_LOG_COUNT);
  memory.fill(<usize>load<u32>(s, S_TLB_LOG) + <usize>TLB_LOG_ENTRIES * 2, 0, 2048);
}

/** Rights of the protection keys lie in the translations too. */
export function setPkru(s: usize, value: u32): void {
  if (value == load<u32>(s, S_PKRU)) return;
  store<u32>(s, value, S_PKRU);
  flushAll(s);
}

/** Drops all but global translations. */
export function flushNonGlobal(s: usize): void {
  const base = <usize>load<u32>(s, S_TLB_BASE);
  const count = load<u32>(s, S_TLB_LOG_COUNT);
  if (count > TLB_LOG_ENTRIES) {
    for (let i: u32 = 0; i < TLB_ENTRIES * CLASS_USER_ALIGNED; i++) {
      if ((load<u64>(base + <usize>i * TLB_ENTRY_SIZE, TLB_INFO) & TLBI_GLOBAL) == 0) clearEntry(s, i);
    }
  } else {
    const log = <usize>load<u32>(s, S_TLB_LOG);
    for (let i: u32 = 0; i < count; i++) {
      const index = <u32>load<u16>(log + <usize>(i << 1));
      if ((load<u64>(base + <usize>index * TLB_ENTRY_SIZE, TLB_INFO) & TLBI_GLOBAL) == 0) clearEntry(s, index);
    }
  }
  store<u32>(s, 0, S_TLB_LOG_COUNT);
  forgetLocalCode(s);
}

/** INVLPG: the page at `la` in every class; all entries that stem from large pages if one may cover it. */
export function flushPage(s: usize, la: u64): void {
  const slot = <u32>(la >> 12) & (TLB_ENTRIES - 1);
  for (let i: u32 = 0; i < TLB_CLASSES; i++) clearEntry(s, i * TLB_ENTRIES + slot);
  const map = <usize>load<u32>(s, S_TLB_LOG) + <usize>TLB_LOG_ENTRIES * 2;
  const mayBeLarge = load<u8>(map + (<usize>(la >> 21) & 1023)) != 0 || load<u8>(map + 1024 + (<usize>(la >> 30) & 1023)) != 0;
  if (mayBeLarge) {
    const base = <usize>load<u32>(s, S_TLB_BASE);
    for (let i: u32 = 0; i < TLB_ENTRIES * CLASS_USER_ALIGNED; i++) {
      const entry = base + <usize>i * TLB_ENTRY_SIZE;
      if ((load<u64>(entry, TLB_INFO) & TLBI_LARGE) == 0) continue;
      const never: u64 = i & (TLB_ENTRIES - 1) ? 0 : 0x1000;
      const tag = load<u64>(entry, TLB_READ_TAG);
      // A 1 GiB page is the most that one translation covers.
      if ((tag ^ la) >> 30 == 0 || tag == never) clearEntry(s, i);
    }
  }
  forgetCodeAt(s, la, mayBeLarge);
}

/** Frames [first, end) now refuse plain writes. */
export function forbidWrites(s: usize, firstFrame: u32, endFrame: u32): void {
  const base = <usize>load<u32>(s, S_TLB_BASE);
  for (let i: u32 = 0; i < TLB_ENTRIES * CLASS_USER_ALIGNED; i++) {
    const entry = base + <usize>i * TLB_ENTRY_SIZE;
    const frame = load<u32>(entry, TLB_BASE) >> 12;
    if (frame >= firstFrame && frame < endFrame) {
      const tag = load<u64>(entry, TLB_WRITE_TAG);
      if ((<u32>(tag >> 12) & (TLB_ENTRIES - 1)) == (i & (TLB_ENTRIES - 1))) store<u64>(entry, tag ^ 0x1000, TLB_WRITE_TAG);
    }
  }
}

/** Contents of frames [first, end) are not in memory any more: plain reads are forbidden too. */
export function forbidReads(s: usize): void {
  flushAll(s);
}
