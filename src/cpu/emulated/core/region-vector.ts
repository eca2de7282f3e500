/** The functions of core/sse as regions call them: one import with vectors among its parameters (jit/region-context.ts). */
import { depositBits, extractBits } from './integer-ops';
import {
  aesDecrypt, aesDecryptLast, aesEncrypt, aesEncryptLast, aesInverseMix, aesKeyAssist, sha1Msg1, sha1Msg2, sha1Nexte, sha1Rounds,
  sha256Msg1, sha256Msg2, sha256Rounds,
} from './sse/crypto';
import { sseFma, sseFromHalf, sseToHalf } from './sse/fused';
import { crc32c, sseCarrylessMultiply, sseInsertps, sseMpsadbw, ssePhminposuw } from './sse/integer';
import {
  sseArithmetic, sseCompare, sseCompareFlags, sseConvert, sseDotProduct, sseFinish, sseFromInteger, sseRound, sseToInteger,
} from './sse/soft';
import {
  CALL_AES_DECRYPT, CALL_AES_DECRYPT_LAST, CALL_AES_ENCRYPT, CALL_AES_ENCRYPT_LAST, CALL_AES_INVERSE_MIX, CALL_AES_KEY_ASSIST,
  CALL_ARITHMETIC, CALL_CARRYLESS_MULTIPLY, CALL_COMPARE, CALL_COMPARE_FLAGS, CALL_CONVERT, CALL_CRC32C, CALL_DEPOSIT_BITS,
  CALL_DOT_PRODUCT, CALL_EXTRACT_BITS, CALL_FINISH, CALL_FMA, CALL_FROM_HALF, CALL_FROM_INTEGER, CALL_INSERTPS, CALL_MPSADBW,
  CALL_PHMINPOSUW, CALL_ROUND, CALL_SHA1_MSG1, CALL_SHA1_MSG2, CALL_SHA1_NEXTE, CALL_SHA1_ROUNDS, CALL_SHA256_MSG1,
  CALL_SHA256_MSG2, CALL_SHA256_ROUNDS, CALL_SHIFT, CALL_TO_HALF, CALL_TO_INTEGER,
} from './vector-calls';

/** None of them needs the op: it is for raising, and where an exception is unmasked regions do not call. */
const NO_OP: usize = 0;

// @ts-ignore: decorator
@inline
function low(v: v128): u64 {
  return v128.extract_lane<u64>(v, 0);
}

/**
 * `what`: CALL_* above the function's own code. Vectors come in the function's order, 64-bit integers where it takes two of them as
 * the low halves of vectors; `extra` is its other integer. A result that is no vector lies in the low half.
 */
export function regionVector(s: usize, a: v128, b: v128, c: v128, extra: u64, what: u32): v128 {
  const code = what & ((<u32>1 << CALL_SHIFT) - 1);
  switch (what >> CALL_SHIFT) {
    case CALL_ARITHMETIC: return sseArithmetic(s, NO_OP, code, a, b);
    case CALL_COMPARE: return sseCompare(s, NO_OP, code, <u32>extra, a, b);
    case CALL_COMPARE_FLAGS: return i64x2.splat(<i64>sseCompareFlags(s, NO_OP, code, a, b));
    case CALL_CONVERT: return sseConvert(s, NO_OP, code, a, b);
    case CALL_DOT_PRODUCT: return sseDotProduct(s, NO_OP, code, <u32>extra, a, b);
    case CALL_FINISH: sseFinish(s, NO_OP); return a;
    case CALL_FMA: return sseFma(s, NO_OP, code, a, b, c, a);
    case CALL_FROM_HALF: return sseFromHalf(s, NO_OP, code, a);
    case CALL_FROM_INTEGER: return sseFromInteger(s, NO_OP, code, a, <i64>extra);
    case CALL_ROUND: return sseRound(s, NO_OP, code, <u32>extra, a, b);
    case CALL_TO_HALF: return sseToHalf(s, NO_OP, code, <u32>extra, a);
    case CALL_TO_INTEGER: return i64x2.splat(sseToInteger(s, NO_OP, code, a));
    case CALL_AES_DECRYPT: return aesDecrypt(s, NO_OP, a, b);
    case CALL_AES_DECRYPT_LAST: return aesDecryptLast(s, NO_OP, a, b);
    case CALL_AES_ENCRYPT: return aesEncrypt(s, NO_OP, a, b);
    case CALL_AES_ENCRYPT_LAST: return aesEncryptLast(s, NO_OP, a, b);
    case CALL_AES_INVERSE_MIX: return aesInverseMix(s, NO_OP, a);
    case CALL_AES_KEY_ASSIST: return aesKeyAssist(s, NO_OP, a, code);
    case CALL_CARRYLESS_MULTIPLY: return sseCarrylessMultiply(s, NO_OP, low(a), low(b));
    case CALL_CRC32C: return i64x2.splat(<i64>crc32c(s, NO_OP, low(a), low(b), code));
    case CALL_INSERTPS: return sseInsertps(s, NO_OP, code, a, b);
    case CALL_MPSADBW: return sseMpsadbw(s, NO_OP, code, a, b);
    case CALL_PHMINPOSUW: return ssePhminposuw(s, NO_OP, a);
    case CALL_SHA1_MSG1: return sha1Msg1(s, NO_OP, a, b);
    case CALL_SHA1_MSG2: return sha1Msg2(s, NO_OP, a, b);
    case CALL_SHA1_NEXTE: return sha1Nexte(s, NO_OP, a, b);
    case CALL_SHA1_ROUNDS: return sha1Rounds(s, NO_OP, code, a, b);
    case CALL_SHA256_MSG1: return sha256Msg1(s, NO_OP, a, b);
    case CALL_SHA256_MSG2: return sha256Msg2(s, NO_OP, a, b);
    case CALL_SHA256_ROUNDS: return sha256Rounds(s, NO_OP, a, b, c);
    case CALL_EXTRACT_BITS: return i64x2.splat(<i64>extractBits(s, NO_OP, low(a), low(b)));
    case CALL_DEPOSIT_BITS: return i64x2.splat(<i64>depositBits(s, NO_OP, low(a), low(b)));
    default: return a;
  }
}
