/**
 * Guest-physical memory: the slot table that machine/slots.ts keeps in shared memory, and the page flags.
 * Table: u32 count at 0, u32 A20 enabled at 4, from SLOT_PLAIN first page, end page (exclusive) and first frame of the range that most
 * addresses lie in (both reads and writes go there), from SLOT_FIRST entries of SLOT_ENTRY_SIZE bytes: first GPA page, end page
 * (exclusive), frame of the first page for reads, the same for writes; SLOT_ABSENT: device space; SLOT_DROP: writes are ignored.
 */
import { envPageSlow } from './imports';
import { S_PAGE_FLAGS, S_SLOT_TABLE } from './layout.generated';
import { codeMap, codeWritten, piecesOf } from './run';

const SLOT_PLAIN: usize = 8;
const SLOT_FIRST: usize = 32;
const SLOT_ENTRY_SIZE: usize = 16;
const SLOT_ABSENT: u32 = 0xffffffff;
const SLOT_DROP: u32 = 0xfffffffe;

const PAGE_HAS_CODE: u32 = 1;
const PAGE_CLEAN: u32 = 2;
const PAGE_COPYING: u32 = 4;
const PAGE_NOT_LOADED: u32 = 8;
const PAGE_WATCHED: u32 = 16;
const PAGE_ROM: u32 = 64;
export const PAGE_WRITTEN_PLAINLY: u32 = 128;
export const WRITE_BLOCKERS: u32 =
  PAGE_HAS_CODE | PAGE_CLEAN | PAGE_COPYING | PAGE_NOT_LOADED | PAGE_WATCHED | PAGE_ROM;
export const READ_BLOCKERS: u32 = PAGE_NOT_LOADED;

/** Results of guestPhysical that are not offsets. */
export const PHYSICAL_MMIO: u64 = 0x8000000000000000;
export const PHYSICAL_DROP: u64 = 0x4000000000000000;
export const PHYSICAL_NOT_PLAIN: u64 = 0xc000000000000000;

export const ACCESS_READ: u32 = 0;
export const ACCESS_WRITE: u32 = 1;
export const ACCESS_EXECUTE: u32 = 2;

// @ts-ignore: decorator
@inline
export function maskA20(s: usize, gpa: u64): u64 {
  return load<u32>(<usize>load<u32>(s, S_SLOT_TABLE), 4) ? gpa : gpa & ~0x100000;
}

// @ts-ignore: decorator
@inline
export function pageFlagsAt(s: usize, offset: u32): usize {
  return <usize>load<u32>(s, S_PAGE_FLAGS) + <usize>(offset >> 12);
}

/**
 * Offset in shared memory of a guest-physical address, or PHYSICAL_MMIO | gpa, or PHYSICAL_DROP | gpa. The one way from
 * GPAs to memory: nested paging goes in here. The frame is made plain for the access.
 */
export function guestPhysical(s: usize, address: u64, access: u32): u64 {
  const gpa = maskA20(s, address);
  const page = <u32>(gpa >> 12);
  const table = <usize>load<u32>(s, S_SLOT_TABLE);
  const inPlain = page - load<u32>(table + SLOT_PLAIN);
  if (inPlain < load<u32>(table + SLOT_PLAIN, 4) - load<u32>(table + SLOT_PLAIN)) {
    return inFrame(s, load<u32>(table + SLOT_PLAIN, 8) + inPlain, gpa, access);
  }
  let at = table + SLOT_FIRST;
  const end = at + <usize>load<u32>(table) * SLOT_ENTRY_SIZE;
  for (; at < end; at += SLOT_ENTRY_SIZE) {
    const first = load<u32>(at);
    if (page >= first && page < load<u32>(at, 4)) {
      const frame = access == ACCESS_WRITE ? load<u32>(at, 12) : load<u32>(at, 8);
      if (frame == SLOT_ABSENT) break;
      if (frame == SLOT_DROP) return PHYSICAL_DROP | gpa;
      return inFrame(s, frame + (page - first), gpa, access);
    }
  }
  return PHYSICAL_MMIO | gpa;
}

// @ts-ignore: decorator
@inline
function inFrame(s: usize, frame: u32, gpa: u64, access: u32): u64 {
  const offset = (frame << 12) | (<u32>gpa & 0xfff);
  const flags = <u32>load<u8>(pageFlagsAt(s, offset));
  if (access == ACCESS_WRITE) {
    if (flags & PAGE_ROM) return PHYSICAL_DROP | gpa;
  } else if (flags & READ_BLOCKERS) envPageSlow(offset);
  return <u64>offset;
}

/** Before [offset, offset + size) of one frame is written. */
export function prepareWrite(s: usize, offset: u32, size: u32): void {
  const at = pageFlagsAt(s, offset);
  let flags = <u32>load<u8>(at);
  if ((flags & WRITE_BLOCKERS) == 0) return;
  if (flags & (PAGE_COPYING | PAGE_NOT_LOADED)) envPageSlow(offset);
  if (flags & PAGE_HAS_CODE) codeWritten(s, offset, size);
  flags = <u32>load<u8>(at);
  store<u8>(at, <u8>(flags & ~(PAGE_CLEAN | PAGE_WATCHED)));
}

/** May [offset, offset + size) of one frame be written as if it held no code, which only lies elsewhere in it? */
export function isBesideCode(s: usize, offset: u32, size: u32): bool {
  if (((<u32>load<u8>(pageFlagsAt(s, offset))) & WRITE_BLOCKERS) != PAGE_HAS_CODE) return false;
  const map = codeMap(s, offset);
  return map != 0 && (map & piecesOf(offset, size)) == 0;
}

/** Reads a table entry; all ones where there is no memory. */
export function readPhysical64(s: usize, gpa: u64): u64 {
  const offset = guestPhysical(s, gpa, ACCESS_READ);
  return offset & PHYSICAL_NOT_PLAIN ? ~0 : load<u64>(<usize>offset);
}

export function readPhysical32(s: usize, gpa: u64): u32 {
  const offset = guestPhysical(s, gpa, ACCESS_READ);
  return offset & PHYSICAL_NOT_PLAIN ? ~0 : load<u32>(<usize>offset);
}

/** Sets bits in a table entry (accessed and dirty bits lie in its low byte). */
export function setPhysicalBits(s: usize, gpa: u64, bits: u8): void {
  const offset = guestPhysical(s, gpa, ACCESS_WRITE);
  if (offset & PHYSICAL_NOT_PLAIN) return;
  prepareWrite(s, <u32>offset, 1);
  store<u8>(<usize>offset, load<u8>(<usize>offset) | bits);
}
