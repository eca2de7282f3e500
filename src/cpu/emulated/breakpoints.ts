import type { StateView } from './state-view';

const DR7_ENABLED = 0xff;
const CS = 1;
const MODE_LONG = 2;

/** Whether DR7 enables a breakpoint on instructions: each one must then be looked at before it runs. */
export function hasInstructionBreakpoints(state: StateView): boolean {
  const dr7 = state.u32('DR', 7);
  if ((dr7 & DR7_ENABLED) === 0) return false;
  for (let i = 0; i < 4; i++) if (isOnInstruction(dr7, i)) return true;
  return false;
}

/** Bits for DR6: breakpoints on the instruction at RIP (Intel SDM vol. 3, 17.3.1.1). */
export function instructionBreakpoints(state: StateView): number {
  const dr7 = state.u32('DR', 7);
  const rip = state.u64('RIP');
  const isLong = (state.u32('MODE') & MODE_LONG) !== 0;
  const linear = isLong ? rip : (rip + state.segment(CS).base) & 0xffffffffn;
  let bits = 0;
  for (let i = 0; i < 4; i++) if (isOnInstruction(dr7, i) && state.u64('DR', i) === linear) bits |= 1 << i;
  return bits;
}

function isOnInstruction(dr7: number, i: number): boolean {
  return ((dr7 >>> (2 * i)) & 3) !== 0 && ((dr7 >>> (16 + 4 * i)) & 3) === 0;
}
