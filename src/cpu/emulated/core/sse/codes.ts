// What the soft SSE functions are asked to do; read by AssemblyScript (core/sse) and TypeScript (isa/semantics) alike.

// sseArithmetic: operation in bits 0..3
export const SSE_ADD = 0;
export const SSE_SUB = 1;
export const SSE_MUL = 2;
export const SSE_DIV = 3;
export const SSE_MIN = 4;
export const SSE_MAX = 5;
export const SSE_SQRT = 6;
export const SSE_ADDSUB = 7;
export const SSE_HADD = 8;
export const SSE_HSUB = 9;
export const SSE_RSQRT = 10;
export const SSE_RCP = 11;
/** Operands are doubles. */
export const SSE_DOUBLE = 16;
/** Only lane 0; the others come from the first operand. */
export const SSE_SCALAR = 32;

/** With any code: this is one half of a 256-bit instruction; flags and exceptions wait for `sseFinish`. */
export const SSE_DEFER = 0x100;

// sseFma, beside SSE_DOUBLE and SSE_SCALAR
export const FMA_NEGATE_PRODUCT = 1;
export const FMA_NEGATE_ADDEND = 2;
/** The addend's sign turns in even lanes (FMADDSUB) or in odd ones (FMSUBADD). */
export const FMA_EVEN = 4;
export const FMA_ODD = 8;

// sseConvert
export const CVT_PS_PD = 0;
export const CVT_PD_PS = 1;
export const CVT_SS_SD = 2;
export const CVT_SD_SS = 3;
export const CVT_DQ_PS = 4;
export const CVT_PS_DQ = 5;
export const CVT_PS_DQ_TRUNCATE = 6;
export const CVT_PD_DQ = 7;
export const CVT_PD_DQ_TRUNCATE = 8;
export const CVT_PI_PS = 9;

// sseToInteger: bit 0 the result has 64 bits, bit 1 the source is a double, bit 2 truncate
export const TO_64 = 1;
export const FROM_DOUBLE = 2;
export const TRUNCATE = 4;

// x87Arithmetic
export const X87_ADD = 0;
export const X87_MUL = 1;
export const X87_COM = 2;
export const X87_COMP = 3;
export const X87_SUB = 4;
export const X87_SUBR = 5;
export const X87_DIV = 6;
export const X87_DIVR = 7;

// format of an x87 memory operand
export const X87_M32 = 0;
export const X87_M64 = 1;
export const X87_I32 = 2;
export const X87_I16 = 3;
export const X87_I64 = 4;
