import { CodeWriter, Locals, OP_CALL } from './function-writer';
import { IMPORT_MISS, REGION_IMPORTS } from './region-context';
import { buildRegionModule, type FunctionCode, type HelperFunction } from './wasm-module';
import { I64X2_SPLAT } from './wasm-opcodes';

/** What regions call where the TLB misses (FUNCTION_MISS): many short calls, one import. */
function missFunction(): HelperFunction {
  const parameters = ['i32', 'i64', 'i32'] as const;
  const code = new CodeWriter();
  code.get(0);
  code.get(1);
  code.byte(0xfd);
  code.u32(I64X2_SPLAT);
  code.get(2);
  code.byte(OP_CALL);
  code.u32(IMPORT_MISS);
  return { parameters, result: 'i32', code: new Locals(parameters).finish([code]).code };
}

const HELPERS = [missFunction()];

/** The module of some regions; `label` and `leastPages` as in wasm-module.ts. */
export function regionModule(codes: readonly FunctionCode[], label = '', leastPages = 0): Uint8Array {
  return buildRegionModule(REGION_IMPORTS, HELPERS, codes, label, leastPages);
}
