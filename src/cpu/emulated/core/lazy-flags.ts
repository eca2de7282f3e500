/** FR and FC from what compiled code keeps of the last instruction that set flags (../jit/lazy-flags.ts, FLAGS_*). */

const FLAGS_ADD: u32 = 1;
const FLAGS_SUB: u32 = 2;
const FLAGS_LOGIC: u32 = 3;
const FLAGS_INC: u32 = 4;
const FLAGS_DEC: u32 = 5;
const FLAGS_ADC: u32 = 7;
const FLAGS_SBB: u32 = 8;
const CARRY_BITS: u64 = 0xc000000000000000;

/** `code`: four times the kind, plus the log2 of the operand's bytes; 0: R and A are FR and FC already. */
export function lazyFr(code: u32, r: u64): u64 {
  if (code < 4) return r;
  const up: u64 = 64 - (<u64>8 << <u64>(code & 3));
  return <u64>(<i64>(r << up) >> <i64>up);
}

export function lazyFc(code: u32, r: u64, a: u64, b: u64): u64 {
  const bits: u64 = <u64>8 << <u64>(code & 3);
  let c: u64;
  switch (code >> 2) {
    case FLAGS_ADD:
    case FLAGS_ADC:
      c = (a & b) | ((a | b) & ~r);
      break;
    case FLAGS_SUB:
    case FLAGS_SBB:
      c = (~a & b) | ((~a | b) & r);
      break;
    case FLAGS_LOGIC:
      return 0;
    case FLAGS_INC:
    case FLAGS_DEC: {
      const top: u64 = <u64>1 << (bits - 1);
      const isDec = code >> 2 == FLAGS_DEC;
      const ov = <u64>(r == (isDec ? top - 1 : top));
      const af = <u64>((r & 15) == (isDec ? 15 : 0)) << 3;
      const cf = a >> 63;
      return (cf << 63) | ((cf ^ ov) << 62) | af;
    }
    default:
      return a;
  }
  return ((c << (64 - bits)) & CARRY_BITS) | (c & 8);
}
