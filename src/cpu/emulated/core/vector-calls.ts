// Functions of core/sse that regions call (core/regions.ts, `regionVector`); read by AssemblyScript and by jit/vector-calls.ts alike.

/** In the word that says what is wanted: above the code that the function itself takes. */
export const CALL_SHIFT = 16;
export const CALL_ARITHMETIC = 0;
export const CALL_COMPARE = 1;
export const CALL_COMPARE_FLAGS = 2;
export const CALL_CONVERT = 3;
export const CALL_DOT_PRODUCT = 4;
export const CALL_FINISH = 5;
export const CALL_FMA = 6;
export const CALL_FROM_HALF = 7;
export const CALL_FROM_INTEGER = 8;
export const CALL_ROUND = 9;
export const CALL_TO_HALF = 10;
export const CALL_TO_INTEGER = 11;
export const CALL_AES_DECRYPT = 12;
export const CALL_AES_DECRYPT_LAST = 13;
export const CALL_AES_ENCRYPT = 14;
export const CALL_AES_ENCRYPT_LAST = 15;
export const CALL_AES_INVERSE_MIX = 16;
export const CALL_AES_KEY_ASSIST = 17;
export const CALL_CARRYLESS_MULTIPLY = 18;
export const CALL_CRC32C = 19;
export const CALL_INSERTPS = 20;
export const CALL_MPSADBW = 21;
export const CALL_PHMINPOSUW = 22;
export const CALL_SHA1_MSG1 = 23;
export const CALL_SHA1_MSG2 = 24;
export const CALL_SHA1_NEXTE = 25;
export const CALL_SHA1_ROUNDS = 26;
export const CALL_SHA256_MSG1 = 27;
export const CALL_SHA256_MSG2 = 28;
export const CALL_SHA256_ROUNDS = 29;
export const CALL_EXTRACT_BITS = 30;
export const CALL_DEPOSIT_BITS = 31;
