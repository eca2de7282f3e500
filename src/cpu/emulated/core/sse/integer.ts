/** Integer vector operations that are loops rather than SIMD instructions (Intel SDM vol. 2). */
import { setFlagsImage } from '../flags';
import { S_SOFT } from '../layout.generated';

const SPAN: usize = 16;

// @ts-ignore: decorator
@inline
function spill(s: usize, a: v128, b: v128): usize {
  const at = s + S_SOFT;
  v128.store(at, a);
  v128.store(at, b, SPAN);
  return at;
}

/** MPSADBW: eight sums of four absolute differences. */
export function sseMpsadbw(s: usize, op: usize, control: u32, a: v128, b: v128): v128 {
  const at = spill(s, a, b);
  const first = at + ((control >> 2) & 1) * 4;
  const second = at + SPAN + (control & 3) * 4;
  for (let k: usize = 0; k < 8; k++) {
    let sum: i32 = 0;
    for (let j: usize = 0; j < 4; j++) sum += abs<i32>(<i32>load<u8>(first + k + j) - <i32>load<u8>(second + j));
    store<u16>(at + (k << 1), <u16>sum, 2 * SPAN);
  }
  return v128.load(at, 2 * SPAN);
}

/** PHMINPOSUW: the smallest word and its index. */
export function ssePhminposuw(s: usize, op: usize, a: v128): v128 {
  const at = spill(s, a, a);
  let least: u32 = 0x10000;
  let index: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    const word = <u32>load<u16>(at + (<usize>i << 1));
    if (word < least) {
      least = word;
      index = i;
    }
  }
  return i64x2.replace_lane(i64x2.splat(0), 0, <i64>(least | (index << 16)));
}

export function sseInsertps(s: usize, op: usize, control: u32, a: v128, b: v128): v128 {
  const at = spill(s, a, b);
  const value = load<u32>(at + ((control >> 6) & 3) * 4, SPAN);
  store<u32>(at + ((control >> 4) & 3) * 4, value);
  for (let i: u32 = 0; i < 4; i++) if ((control >> i) & 1) store<u32>(at + i * 4, 0);
  return v128.load(at);
}

/** Carry-less product of two qwords. */
export function sseCarrylessMultiply(s: usize, op: usize, a: u64, b: u64): v128 {
  let low: u64 = 0;
  let high: u64 = 0;
  if (b & 1) low = a;
  for (let i: u64 = 1; i < 64; i++) {
    if ((b >> i) & 1) {
      low ^= a << i;
      high ^= a >> (64 - i);
    }
  }
  return i64x2.replace_lane(i64x2.splat(low), 1, high);
}

/** CRC32 (Castagnoli, reflected 0x82f63b78) over `bits` of data. */
export function crc32c(s: usize, op: usize, crc: u64, data: u64, bits: u32): u64 {
  let value = crc & 0xffffffff;
  for (let done: u32 = 0; done < bits; done += 8) {
    value ^= (data >> <u64>done) & 0xff;
    for (let i = 0; i < 8; i++) value = (value >> 1) ^ (0x82f63b78 & (0 - (value & 1)));
  }
  return value;
}

// ---- PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM ----

function element(at: usize, i: u32, control: u32): i32 {
  const kind = control & 3;
  if (kind == 0) return <i32>load<u8>(at + i);
  if (kind == 1) return <i32>load<u16>(at + i * 2);
  if (kind == 2) return <i32>load<i8>(at + i);
  return <i32>load<i16>(at + i * 2);
}

function implicitLength(at: usize, control: u32, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++) if (element(at, i, control) == 0) return i;
  return count;
}

function explicitLength(length: i64, count: u32): u32 {
  const size = length < 0 ? 0 - <u64>length : <u64>length;
  return size > <u64>count ? count : <u32>size;
}

/** IntRes2 of the manual, and the flags. `lengths`: bit 0 explicit, in `lengthA` and `lengthB`. */
export function sseCompareStrings(s: usize, op: usize, control: u32, isExplicit: u32, a: v128, b: v128, lengthA: u64, lengthB: u64): u32 {
  const atA = spill(s, a, b);
  const atB = atA + SPAN;
  const count: u32 = control & 1 ? 8 : 16;
  const countA = isExplicit ? explicitLength(<i64>lengthA, count) : implicitLength(atA, control, count);
  const countB = isExplicit ? explicitLength(<i64>lengthB, count) : implicitLength(atB, control, count);
  const aggregation = (control >> 2) & 3;
  let result: u32 = 0;
  for (let j: u32 = 0; j < count; j++) {
    let bit = false;
    if (aggregation == 0) {
      if (j < countB) {
        const y = element(atB, j, control);
        for (let i: u32 = 0; i < countA; i++) if (element(atA, i, control) == y) bit = true;
      }
    } else if (aggregation == 1) {
      if (j < countB) {
        const y = element(atB, j, control);
        for (let i: u32 = 0; i + 1 < countA; i += 2) {
          if (element(atA, i, control) <= y && y <= element(atA, i + 1, control)) bit = true;
        }
      }
    } else if (aggregation == 2) {
      if (j < countA && j < countB) bit = element(atA, j, control) == element(atB, j, control);
      else bit = j >= countA && j >= countB;
    } else {
      bit = true;
      for (let i: u32 = 0; i < countA && i + j < count; i++) {
        if (i + j >= countB || element(atA, i, control) != element(atB, i + j, control)) bit = false;
      }
    }
    if (bit) result |= 1 << j;
  }
  const all = (<u32>1 << count) - 1;
  const polarity = (control >> 4) & 3;
  if (polarity == 1) result ^= all;
  else if (polarity == 3) result ^= (<u32>1 << countB) - 1;
  let image: u64 = result ? 1 : 0;
  if (countB < count) image |= 0x40;
  if (countA < count) image |= 0x80;
  if (result & 1) image |= 0x800;
  setFlagsImage(s, image);
  return result;
}

/** The index that PCMPxSTRI leaves in ECX. */
export function sseStringIndex(s: usize, op: usize, control: u32, result: u32): u64 {
  if (result == 0) return control & 1 ? 8 : 16;
  return control & 0x40 ? <u64>(31 - clz<u32>(result)) : <u64>ctz<u32>(result);
}

/** The mask that PCMPxSTRM leaves in XMM0. */
export function sseStringMask(s: usize, op: usize, control: u32, result: u32): v128 {
  if (!(control & 0x40)) return i64x2.replace_lane(i64x2.splat(0), 0, <i64>result);
  const at = s + S_SOFT;
  for (let i: u32 = 0; i < 16; i++) {
    const bit = control & 1 ? i >> 1 : i;
    store<u8>(at + i, (result >> bit) & 1 ? 0xff : 0);
  }
  return v128.load(at);
}
