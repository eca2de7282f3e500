/**
 * How long what was found about code holds. Entries of the jump cache, of the region cache and the records of regions carry a key: the
 * mode, and a generation that changes whenever a translation that one of them may rest on is dropped. There are two generations, for
 * the addresses below UPPER_FROM and from there on: kernels map their part of every address space alike, by global pages, which MOV CR3
 * does not drop (SDM vol. 3, 4.10.2.4), and INVLPG mostly names pages that hold no code.
 */
import {
  CODE_PAGES_OFFSET,
  CODE_PAGES_SIZE,
  S_CODE_GEN,
  S_MODE,
  S_TLB_LOG,
  S_UPPER_FROM,
  S_UPPER_IS_LOCAL,
} from './layout.generated';

// @ts-ignore: decorator
@inline
function isUpper(s: usize, la: u64): usize {
  return la >= load<u64>(s, S_UPPER_FROM) ? 1 : 0;
}

/** What an entry for code at a linear address must carry to hold. */
// @ts-ignore: decorator
@inline
export function codeKey(s: usize, la: u64): u64 {
  return <u64>load<u32>(s, S_MODE) | (<u64>load<u32>(s + (isUpper(s, la) << 2), S_CODE_GEN) << 32);
}

/** Is the key of one of these addresses that of the other, now and later? */
export function haveOneKey(s: usize, a: u64, b: u64): bool {
  return isUpper(s, a) == isUpper(s, b);
}

/** Where the kernel's part begins: the upper canonical half, or the last GiB, as with most 32-bit systems. */
// @ts-ignore: decorator
@inline
export function setUpperFrom(s: usize, isLong: bool): void {
  store<u64>(s, isLong ? 0x8000_0000_0000_0000 : 0xc000_0000, S_UPPER_FROM);
}

// @ts-ignore: decorator
@inline
function mapOf(s: usize, upper: usize): usize {
  return <usize>load<u32>(s, S_TLB_LOG) + <usize>CODE_PAGES_OFFSET + upper * <usize>CODE_PAGES_SIZE;
}

// @ts-ignore: decorator
@inline
function bitOf(la: u64): u32 {
  return (<u32>(la >> 12) ^ <u32>(la >> 25)) & <u32>(CODE_PAGES_SIZE * 8 - 1);
}

/** Something will rest on the translation of `la`. That it stems from a large page must be in that map already. */
export function noteCode(s: usize, la: u64, isGlobal: bool): void {
  const upper = isUpper(s, la);
  const bit = bitOf(la);
  const at = mapOf(s, upper) + <usize>(bit >> 3);
  store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (bit & 7)));
  if (upper != 0 && !isGlobal) store<u32>(s, 1, S_UPPER_IS_LOCAL);
}

function forget(s: usize, upper: usize): void {
  const at = s + (upper << 2);
  store<u32>(at, load<u32>(at, S_CODE_GEN) + 1, S_CODE_GEN);
  memory.fill(mapOf(s, upper), 0, CODE_PAGES_SIZE);
  if (upper != 0) store<u32>(s, 0, S_UPPER_IS_LOCAL);
}

/** All translations are dropped. */
export function forgetCode(s: usize): void {
  forget(s, 0);
  forget(s, 1);
}

/** All translations that are not global are dropped. */
export function forgetLocalCode(s: usize): void {
  forget(s, 0);
  if (load<u32>(s, S_UPPER_IS_LOCAL)) forget(s, 1);
}

/** The translation of one page is dropped, and of a large page around it if `isLarge`. */
export function forgetCodeAt(s: usize, la: u64, isLarge: bool): void {
  const upper = isUpper(s, la);
  const bit = bitOf(la);
  if (isLarge || (load<u8>(mapOf(s, upper) + <usize>(bit >> 3)) >> <u8>(bit & 7)) & 1) forget(s, upper);
}
