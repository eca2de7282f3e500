import { stateOffset, TLB_ADDEND, TLB_READ_TAG, TLB_WRITE_TAG } from '../core/layout';
import { CodeWriter, Locals, OP_CALL, OP_IF, OP_LOCAL_TEE, OP_RETURN } from './function-writer';
import { IMPORT_MISS, REGION_IMPORTS } from './region-context';
import { pushTlbEntry } from './tlb-entry';
import { buildRegionModule, type FunctionCode, type HelperFunction } from './wasm-module';
import {
  I32_ADD,
  I32_AND,
  I32_LOAD,
  I32_MUL,
  I32_SHR_U,
  I32_SUB,
  I32_WRAP,
  I64_EXTEND_I32_U,
  I64_LE_U,
  I64_LOAD,
  I64_SUB,
  I64X2_SPLAT,
} from './wasm-opcodes';

/**
 * What regions call where the TLB misses, or where one look for several accesses found nothing (FUNCTION_MISS): many short calls, one
 * import.
 */
function missFunction(): HelperFunction {
  const parameters = ['i32', 'i64', 'i32'] as const;
  const [state, linear, access] = [0, 1, 2];
  const locals = new Locals(parameters);
  const entry = locals.add('i32');
  const code = new CodeWriter();
  code.get(linear);
  pushTlbEntry(
    code,
    () => {
      code.get(state);
      code.memory(I32_LOAD, 2, stateOffset('TLB'));
    },
    () => code.get(linear),
  );
  code.local(OP_LOCAL_TEE, entry);
  // the tags lie behind each other: 0 is a read, 1 a write
  code.get(access);
  code.i32(0xff);
  code.byte(I32_AND);
  code.i32(TLB_WRITE_TAG - TLB_READ_TAG);
  code.byte(I32_MUL);
  code.byte(I32_ADD);
  code.memory(I64_LOAD, 3, TLB_READ_TAG);
  code.byte(I64_SUB);
  code.i32(4096);
  code.get(access);
  code.i32(8);
  code.byte(I32_SHR_U);
  code.byte(I32_SUB);
  code.byte(I64_EXTEND_I32_U);
  code.byte(I64_LE_U);
  code.open(OP_IF);
  code.get(entry);
  code.memory(I32_LOAD, 2, TLB_ADDEND);
  code.get(linear);
  code.byte(I32_WRAP);
  code.byte(I32_ADD);
  code.byte(OP_RETURN);
  code.close();
  code.get(state);
  code.get(linear);
  code.byte(0xfd);
  code.u32(I64X2_SPLAT);
  code.get(access);
  code.byte(OP_CALL);
  code.u32(IMPORT_MISS);
  return { parameters, result: 'i32', code: locals.finish([code]).code };
}

const HELPERS = [missFunction()];

/** The module of some regions; `label` and `leastPages` as in wasm-module.ts. */
export function regionModule(codes: readonly FunctionCode[], label = '', leastPages = 0): Uint8Array {
  return buildRegionModule(REGION_IMPORTS, HELPERS, codes, label, leastPages);
}
