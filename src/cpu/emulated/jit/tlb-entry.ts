import { TLB_ENTRIES, TLB_ENTRY_SIZE } from '../core/layout';
import type { CodeWriter } from './function-writer';
import { I32_ADD, I32_AND, I32_SHR_U, I32_WRAP } from './wasm-opcodes';

const PAGE_SHIFT = 12;

/** Leaves the address of the TLB entry of a linear address (i64) on the stack (core/paging.ts, `tlbEntry`). */
export function pushTlbEntry(code: CodeWriter, pushTlb: () => void, pushLinear: () => void): void {
  pushTlb();
  pushLinear();
  code.byte(I32_WRAP);
  code.i32(PAGE_SHIFT - Math.log2(TLB_ENTRY_SIZE));
  code.byte(I32_SHR_U);
  code.i32((TLB_ENTRIES - 1) * TLB_ENTRY_SIZE);
  code.byte(I32_AND);
  code.byte(I32_ADD);
}
