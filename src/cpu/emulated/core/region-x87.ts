/** The functions of core/fpu as regions call them: one import, with nothing but the FPU's state changed (jit/x87-steps.ts). */
import { SEG_SELECTOR, segAt } from './address';
import { SEG_CS } from './control';
import { floatToStore, integerToStore, loadNumber } from './fpu/memory';
import { roundTop } from './fpu/partial';
import { commonArithmetic, commonDouble, commonMantissa, commonOrder, commonSignExponent } from './fpu/common-case';
import { PE, soft } from './fpu/number';
import { FSW_ES, isEmpty, pop, stAt } from './fpu/state';
import {
  arithmetic, arithmeticMemory, changeSign, compareForFlags, compareMemory, compareStack, examineTop, exchange, free, loadConstant,
  loadStack, moveIf, popInto, rotate, squareRoot, storeStack, testTop,
} from './fpu/x87';
import { S_CODE_RIP, S_FCS, S_FCW, S_FDP, S_FDS, S_FIP, S_FSW } from './layout.generated';
import {
  X87_CALL_ARITHMETIC, X87_CALL_ARITHMETIC_MEMORY, X87_CALL_COMPARE, X87_CALL_COMPARE_FLAGS, X87_CALL_COMPARE_MEMORY,
  X87_CALL_CONSTANT, X87_CALL_EXAMINE, X87_CALL_EXCHANGE, X87_CALL_FREE, X87_CALL_LOAD, X87_CALL_LOAD_STACK, X87_CALL_MOVE_IF,
  X87_CALL_POP_INTO, X87_CALL_ROTATE, X87_CALL_ROUND, X87_CALL_SHIFT, X87_CALL_SIGN, X87_CALL_SQUARE_ROOT, X87_CALL_STORE_FLOAT,
  X87_CALL_STORE_INTEGER, X87_CALL_STORE_STACK, X87_CALL_TEST, X87_FIRST_SHIFT, X87_REGISTER_SHIFT,
} from './x87-calls';

/** Only unmasked exceptions need the op, and where one may come the region does not get here. */
const NO_OP: usize = 0;
const MASKS: u32 = 0x3f;

/**
 * `place`: in its low word the instruction's offset from the region's entry, above it the number of the memory operand's segment
 * register and one more, 0 without memory operand, and in its high half that operand's offset. Gives the result of a store or a
 * comparison in the low half, and in the high half 1, or 0 where an exception may be raised or is pending: then nothing was done.
 */
export function regionX87(s: usize, place: v128, value: u64, what: u32): v128 {
  if (<u32>load<u16>(s, S_FSW) & FSW_ES) return i64x2.splat(0);
  if ((<u32>load<u16>(s, S_FCW) & MASKS) != MASKS && !isQuiet(s, value, what)) return i64x2.splat(0);
  store<u64>(s, load<u64>(s, S_CODE_RIP) + <u64><i64>v128.extract_lane<i32>(place, 0), S_FIP);
  store<u16>(s, load<u16>(segAt(s, SEG_CS), SEG_SELECTOR), S_FCS);
  const segment = v128.extract_lane<u32>(place, 1);
  if (segment != 0) {
    store<u64>(s, v128.extract_lane<u64>(place, 1), S_FDP);
    store<u16>(s, load<u16>(segAt(s, segment - 1), SEG_SELECTOR), S_FDS);
  }
  return i64x2.replace_lane(i64x2.splat(1), 0, <i64>run(s, value, what));
}

/** Where some exceptions are unmasked: is it certain that none of those will come? Compilers of DOS and Windows leave three unmasked. */
function isQuiet(s: usize, value: u64, what: u32): bool {
  if (!(<u32>load<u16>(s, S_FCW) & PE)) return false;
  const i = (what >> X87_REGISTER_SHIFT) & 7;
  const first = (what >> X87_FIRST_SHIFT) & 0xff;
  const second = what & 0xff;
  const call = what >> X87_CALL_SHIFT;
  if (call == X87_CALL_LOAD) return isEmpty(s, 7) && (commonMantissa(first, value) != 0 || value == 0);
  if (call == X87_CALL_LOAD_STACK) return isEmpty(s, 7) && !isEmpty(s, i);
  if (call == X87_CALL_CONSTANT) return isEmpty(s, 7);
  if (isEmpty(s, 0)) return false;
  const at = stAt(s, 0);
  const x = load<u64>(at);
  const xSe = <u32>load<u16>(at, 8);
  if (call == X87_CALL_ARITHMETIC_MEMORY || call == X87_CALL_COMPARE_MEMORY) {
    const format = call == X87_CALL_COMPARE_MEMORY ? first : second;
    const y = commonMantissa(format, value);
    if (y == 0) return false;
    const ySe = commonSignExponent(format, value);
    return call == X87_CALL_COMPARE_MEMORY ? commonOrder(x, xSe, y, ySe) < 2 : commonArithmetic(s, soft(s, 0), first, x, xSe, y, ySe);
  }
  if (call == X87_CALL_STORE_FLOAT) return first != 0 && commonDouble(s, x, xSe) != 0;
  if (call == X87_CALL_SIGN) return true;
  const isPair = call == X87_CALL_COMPARE && second == 2;
  const other = isPair ? 1 : i;
  if (call == X87_CALL_STORE_STACK || call == X87_CALL_POP_INTO) return true;
  if (isEmpty(s, other)) return false;
  if (call == X87_CALL_EXCHANGE || call == X87_CALL_MOVE_IF) return true;
  const y = load<u64>(stAt(s, other));
  const ySe = <u32>load<u16>(stAt(s, other), 8);
  if (call == X87_CALL_ARITHMETIC) return commonArithmetic(s, soft(s, 0), first, x, xSe, y, ySe);
  return (call == X87_CALL_COMPARE || call == X87_CALL_COMPARE_FLAGS) && commonOrder(x, xSe, y, ySe) < 2;
}

function run(s: usize, value: u64, what: u32): u64 {
  const i = (what >> X87_REGISTER_SHIFT) & 7;
  const first = (what >> X87_FIRST_SHIFT) & 0xff;
  const second = what & 0xff;
  switch (what >> X87_CALL_SHIFT) {
    case X87_CALL_ARITHMETIC: arithmetic(s, NO_OP, i, first, second); return 0;
    case X87_CALL_ARITHMETIC_MEMORY: arithmeticMemory(s, NO_OP, first, second, value); return 0;
    case X87_CALL_COMPARE: compareStack(s, NO_OP, i, first, second); return 0;
    case X87_CALL_COMPARE_MEMORY: compareMemory(s, NO_OP, first, value, second); return 0;
    case X87_CALL_COMPARE_FLAGS: return compareForFlags(s, NO_OP, i, first, second);
    case X87_CALL_LOAD: loadNumber(s, NO_OP, first, value); return 0;
    case X87_CALL_LOAD_STACK: loadStack(s, NO_OP, i); return 0;
    case X87_CALL_CONSTANT: loadConstant(s, NO_OP, what & 0xffffff, value); return 0;
    case X87_CALL_STORE_FLOAT: return popped(s, floatToStore(s, NO_OP, first != 0), second);
    case X87_CALL_STORE_INTEGER: return popped(s, integerToStore(s, NO_OP, first, (second & 2) != 0), second & 1);
    case X87_CALL_STORE_STACK: storeStack(s, NO_OP, i, first); return 0;
    case X87_CALL_POP_INTO: popInto(s, NO_OP, i); return 0;
    case X87_CALL_EXCHANGE: exchange(s, NO_OP, i); return 0;
    case X87_CALL_MOVE_IF: moveIf(s, NO_OP, i, <u32>value); return 0;
    case X87_CALL_SIGN: changeSign(s, NO_OP, first); return 0;
    case X87_CALL_FREE: free(s, NO_OP, i, first); return 0;
    case X87_CALL_ROTATE: rotate(s, NO_OP, <i32>(<i8>first)); return 0;
    case X87_CALL_TEST: testTop(s, NO_OP); return 0;
    case X87_CALL_EXAMINE: examineTop(s, NO_OP); return 0;
    case X87_CALL_SQUARE_ROOT: squareRoot(s, NO_OP); return 0;
    case X87_CALL_ROUND: roundTop(s, NO_OP); return 0;
    default: return 0;
  }
}

// @ts-ignore: decorator
@inline
function popped(s: usize, value: u64, pops: u32): u64 {
  if (pops) pop(s);
  return value;
}
