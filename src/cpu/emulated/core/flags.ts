/**
 * The lazy arithmetic flags (src/README.md, "CPU"): FR, the result sign-extended from its size, and FC, the carry word.
 * ZF = FR == 0; SF = (FR < 0) ^ FC[0]; PF = even parity of FR's low byte ^ FC[1]; CF = FC[63]; OF = FC[63] ^ FC[62]; AF = FC[3].
 */
import { S_EFLAGS, S_FC, S_FR } from './layout.generated';

const FLAGS_ARITHMETIC: u64 = 0x8d5;

// @ts-ignore: decorator
@inline
export function flagCf(s: usize): u32 {
  return <u32>(load<u64>(s, S_FC) >> 63);
}
// @ts-ignore: decorator
@inline
export function flagZf(s: usize): u32 {
  return <u32>(load<u64>(s, S_FR) == 0);
}
// @ts-ignore: decorator
@inline
export function flagSf(s: usize): u32 {
  return <u32>((load<u64>(s, S_FR) >> 63) ^ (load<u64>(s, S_FC) & 1));
}
// @ts-ignore: decorator
@inline
export function flagOf(s: usize): u32 {
  const fc = load<u64>(s, S_FC);
  return <u32>((fc ^ (fc << 1)) >> 63);
}
// @ts-ignore: decorator
@inline
export function flagPf(s: usize): u32 {
  return ((<u32>popcnt<u64>(load<u64>(s, S_FR) & 0xff) ^ 1) & 1) ^ (<u32>(load<u64>(s, S_FC) >> 1) & 1);
}

/** The six arithmetic flags as bits of FLAGS. */
export function flagsImage(s: usize): u64 {
  const fr = load<u64>(s, S_FR);
  const fc = load<u64>(s, S_FC);
  const pf = ((popcnt<u64>(fr & 0xff) ^ 1) & 1) ^ ((fc >> 1) & 1);
  return (
    (fc >> 63) |
    (pf << 2) |
    (((fc >> 3) & 1) << 4) |
    (<u64>(fr == 0) << 6) |
    (((fr >> 63) ^ (fc & 1)) << 7) |
    (((fc ^ (fc << 1)) >> 63) << 11)
  );
}

/** Sets all six from a FLAGS image. */
export function setFlagsImage(s: usize, image: u64): void {
  const zf = (image >> 6) & 1;
  const sf = (image >> 7) & 1;
  const pf = (image >> 2) & 1;
  const cf = image & 1;
  const ov = (image >> 11) & 1;
  // FR = 0 has even parity, FR = 1 has odd parity and a clear sign
  store<u64>(s, zf ^ 1, S_FR);
  store<u64>(s, (cf << 63) | ((cf ^ ov) << 62) | (((image >> 4) & 1) << 3) | ((pf ^ zf) << 1) | sf, S_FC);
}

/** EFLAGS with everything (bit 1 set). */
// @ts-ignore: decorator
@inline
export function readEflags(s: usize): u64 {
  return <u64>(load<u32>(s, S_EFLAGS) & ~0x8d5) | 2 | flagsImage(s);
}

/** Writes the bits of `mask`, arithmetic flags included. */
export function writeEflags(s: usize, value: u64, mask: u64): void {
  const next = (readEflags(s) & ~mask) | (value & mask) | 2;
  setFlagsImage(s, next);
  store<u32>(s, <u32>(next & ~FLAGS_ARITHMETIC), S_EFLAGS);
}

/** Condition code of Jcc, 0..15. */
export function condition(s: usize, cc: u32): bool {
  let value: u32 = 0;
  switch (cc >> 1) {
    case 0:
      value = flagOf(s);
      break;
    case 1:
      value = flagCf(s);
      break;
    case 2:
      value = flagZf(s);
      break;
    case 3:
      value = flagCf(s) | flagZf(s);
      break;
    case 4:
      value = flagSf(s);
      break;
    case 5:
      value = flagPf(s);
      break;
    case 6:
      value = flagSf(s) ^ flagOf(s);
      break;
    default:
      value = (flagSf(s) ^ flagOf(s)) | flagZf(s);
      break;
  }
  return (value ^ (cc & 1)) != 0;
}

/** After a - b on operands of `bits` bits. */
export function setFlagsSub(s: usize, bits: u32, a: u64, b: u64): void {
  const r = a - b;
  const carries = (~a & b) | ((~a | b) & r);
  const up = <u64>(64 - bits);
  store<u64>(s, <u64>(<i64>(r << up) >> <i64>up), S_FR);
  store<u64>(s, ((carries << up) & 0xc000000000000000) | (carries & 8), S_FC);
}
