import * as calls from '../core/vector-calls';

/** A function of core/ that regions call in the middle of an instruction (core/region-vector.ts). */
export interface VectorCall {
  /** CALL_*. */
  readonly which: number;
  /** It sets flags of MXCSR, and raises where one is unmasked: then the instruction is the interpreter's. */
  readonly flags: boolean;
}

const pure = (which: number): VectorCall => ({ which, flags: false });
const flagging = (which: number): VectorCall => ({ which, flags: true });

/** By the name that semantics call. */
export const VECTOR_CALLS: Readonly<Record<string, VectorCall>> = {
  sseArithmetic: flagging(calls.CALL_ARITHMETIC),
  sseCompare: flagging(calls.CALL_COMPARE),
  sseCompareFlags: flagging(calls.CALL_COMPARE_FLAGS),
  sseConvert: flagging(calls.CALL_CONVERT),
  sseDotProduct: flagging(calls.CALL_DOT_PRODUCT),
  sseFinish: flagging(calls.CALL_FINISH),
  sseFma: flagging(calls.CALL_FMA),
  sseFromHalf: flagging(calls.CALL_FROM_HALF),
  sseFromInteger: flagging(calls.CALL_FROM_INTEGER),
  sseRound: flagging(calls.CALL_ROUND),
  sseToHalf: flagging(calls.CALL_TO_HALF),
  sseToInteger: flagging(calls.CALL_TO_INTEGER),
  aesDecrypt: pure(calls.CALL_AES_DECRYPT),
  aesDecryptLast: pure(calls.CALL_AES_DECRYPT_LAST),
  aesEncrypt: pure(calls.CALL_AES_ENCRYPT),
  aesEncryptLast: pure(calls.CALL_AES_ENCRYPT_LAST),
  aesInverseMix: pure(calls.CALL_AES_INVERSE_MIX),
  aesKeyAssist: pure(calls.CALL_AES_KEY_ASSIST),
  sseCarrylessMultiply: pure(calls.CALL_CARRYLESS_MULTIPLY),
  crc32c: pure(calls.CALL_CRC32C),
  sseInsertps: pure(calls.CALL_INSERTPS),
  sseMpsadbw: pure(calls.CALL_MPSADBW),
  ssePhminposuw: pure(calls.CALL_PHMINPOSUW),
  sha1Msg1: pure(calls.CALL_SHA1_MSG1),
  sha1Msg2: pure(calls.CALL_SHA1_MSG2),
  sha1Nexte: pure(calls.CALL_SHA1_NEXTE),
  sha1Rounds: pure(calls.CALL_SHA1_ROUNDS),
  sha256Msg1: pure(calls.CALL_SHA256_MSG1),
  sha256Msg2: pure(calls.CALL_SHA256_MSG2),
  sha256Rounds: pure(calls.CALL_SHA256_ROUNDS),
  extractBits: pure(calls.CALL_EXTRACT_BITS),
  depositBits: pure(calls.CALL_DEPOSIT_BITS),
};
