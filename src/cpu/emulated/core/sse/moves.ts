/** Vector instructions with memory operands of their own kind. */
import { linearSeg } from '../address';
import { S_FPU_TOP, S_FTW } from '../layout.generated';
import { probeWrite, writeU8 } from '../memory';
import { gprOffset, mmxAddress, opAddressSize, opReg, opRm, opSeg, xmmAddress } from '../ops';
import { x87CheckPending } from '../fpu/state';

/** Writes the bytes whose mask byte has its top bit set to DS:rDI. */
function maskedStore(s: usize, op: usize, data: usize, mask: usize, count: u32): void {
  const size = opAddressSize(op);
  const rdi = load<u64>(s + gprOffset(7));
  const cut: u64 = size == 8 ? u64.MAX_VALUE : size == 4 ? 0xffffffff : 0xffff;
  const seg = opSeg(op);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(mask + <usize>i) & 0x80) probeWrite(s, op, linearSeg(s, op, seg, (rdi + <u64>i) & cut, 1, true), 1);
  }
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(mask + <usize>i) & 0x80) {
      writeU8(s, op, linearSeg(s, op, seg, (rdi + <u64>i) & cut, 1, true), <u64>load<u8>(data + <usize>i));
    }
  }
}

export function sseMaskMove(s: usize, op: usize): void {
  maskedStore(s, op, xmmAddress(s, opReg(op)), xmmAddress(s, opRm(op)), 16);
}

export function sseMaskMoveMmx(s: usize, op: usize): void {
  x87CheckPending(s, op);
  maskedStore(s, op, mmxAddress(s, opReg(op)), mmxAddress(s, opRm(op)), 8);
  store<u32>(s, 0, S_FPU_TOP);
  store<u16>(s, 0, S_FTW);
}
