// Functions of core/fpu that regions call (core/region-x87.ts); read by AssemblyScript and by jit/x87-steps.ts alike.

/** The word that says what is wanted: X87_CALL_* at bit 24, a stack register at 16, two arguments of a byte at 8 and 0. */
export const X87_CALL_SHIFT = 24;
export const X87_REGISTER_SHIFT = 16;
export const X87_FIRST_SHIFT = 8;
export const X87_CALL_ARITHMETIC = 0;
export const X87_CALL_ARITHMETIC_MEMORY = 1;
export const X87_CALL_COMPARE = 2;
export const X87_CALL_COMPARE_MEMORY = 3;
export const X87_CALL_COMPARE_FLAGS = 4;
export const X87_CALL_LOAD = 5;
export const X87_CALL_LOAD_STACK = 6;
/** Its one argument has 18 bits. */
export const X87_CALL_CONSTANT = 7;
export const X87_CALL_STORE_FLOAT = 8;
export const X87_CALL_STORE_INTEGER = 9;
export const X87_CALL_STORE_STACK = 10;
export const X87_CALL_POP_INTO = 11;
export const X87_CALL_EXCHANGE = 12;
export const X87_CALL_MOVE_IF = 13;
export const X87_CALL_SIGN = 14;
export const X87_CALL_FREE = 15;
export const X87_CALL_ROTATE = 16;
export const X87_CALL_TEST = 17;
export const X87_CALL_EXAMINE = 18;
export const X87_CALL_SQUARE_ROOT = 19;
export const X87_CALL_ROUND = 20;
