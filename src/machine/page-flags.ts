/**
 * One byte per frame (4 KiB of the shared memory). A plain write needs flags & WRITE_BLOCKERS == 0; a plain read needs
 * flags & READ_BLOCKERS == 0. See src/README.md, "Memory".
 */
/** Decoded code stems from this page: writes must invalidate it. */
export const PAGE_HAS_CODE = 1;
/** Not written since the last epoch (snapshot). */
export const PAGE_CLEAN = 2;
/** A snapshot is still copying it: the old contents must be saved before a write. */
export const PAGE_COPYING = 4;
/** Contents still lie in a snapshot file. */
export const PAGE_NOT_LOADED = 8;
/** Somebody (the screen) wants to know of the next write; cleared by it. */
export const PAGE_WATCHED = 16;
export const PAGE_RAM = 32;
export const PAGE_ROM = 64;
/** A TLB may let plain writes through. Only the CPU sets and clears it. */
export const PAGE_WRITTEN_PLAINLY = 128;

export const WRITE_BLOCKERS = PAGE_HAS_CODE | PAGE_CLEAN | PAGE_COPYING | PAGE_NOT_LOADED | PAGE_WATCHED | PAGE_ROM;
export const READ_BLOCKERS = PAGE_NOT_LOADED;
