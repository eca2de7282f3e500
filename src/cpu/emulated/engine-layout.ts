/**
 * The engine's part of the shared memory (the first ENGINE_BYTES of machine/memory-map.ts), offsets in bytes:
 *
 *     0            static data of the AssemblyScript core
 *     VCPUS        per vCPU: state, TLB log, TLBs, jump cache and targets, temporary block
 *     BLOCK_TABLE  where decoded blocks are, by the code they stem from
 *     CODE_MAP     u64 per frame: a bit per 64 bytes that decoded code stems from
 *     CODE_ARENA   decoded blocks
 *     (the rest belongs to compiled code)
 */
import {
  STATE_SIZE,
  TARGETS_OFFSET,
  TARGETS_SIZE,
  TEMPORARY_BLOCK_SIZE,
  TLB_CLASSES,
  TLB_CLASS_SIZE,
  CODE_PAGES_OFFSET,
  CODE_PAGES_SIZE,
} from './core/layout';

const MIB = 1 << 20;
const PAGE = 4096;

export const VCPUS_OFFSET = MIB;
export const VCPU_STRIDE = MIB;
export const VCPU_MAX = 8;

export const BLOCK_TABLE_OFFSET = 12 * MIB;
export const CODE_MAP_OFFSET = 16 * MIB;
export const CODE_MAP_SIZE = 8 * MIB;
export const CODE_ARENA_OFFSET = 24 * MIB;
export const CODE_ARENA_SIZE = 56 * MIB;
export const COMPILED_OFFSET = 80 * MIB;
export const COMPILED_SIZE = 16 * MIB;

/** Where the parts of one vCPU lie, from the start of its MiB. */
export const VCPU_STATE = 0;
export const VCPU_TLB_LOG = alignPage(STATE_SIZE);
export const VCPU_TLB = VCPU_TLB_LOG + alignPage(CODE_PAGES_OFFSET + 2 * CODE_PAGES_SIZE);
export const VCPU_JUMP_CACHE = VCPU_TLB + alignPage(TLB_CLASS_SIZE * TLB_CLASSES);
export const VCPU_TEMPORARY_BLOCK = VCPU_JUMP_CACHE + alignPage(TARGETS_OFFSET + TARGETS_SIZE);
export const VCPU_END = VCPU_TEMPORARY_BLOCK + alignPage(TEMPORARY_BLOCK_SIZE + PAGE);

function alignPage(size: number): number {
  return Math.ceil(size / PAGE) * PAGE;
}

export function vcpuOffset(index: number): number {
  return VCPUS_OFFSET + index * VCPU_STRIDE;
}
