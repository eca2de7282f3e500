/** CLI, STI, PUSHF, POPF, CLAC, STAC: flags with privilege (Intel SDM vol. 2). */
import { FLAGS_ALL, FLAG_AC, FLAG_IF, FLAG_IOPL, FLAG_RF, FLAG_TF, FLAG_VIF, FLAG_VIP, FLAG_VM } from './control';
import { writeEflags } from './flags';
import { frameCommit, frameCurrent, framePop } from './frame';
import { MODE_PROTECTED, MODE_V86, S_CPL, S_EFLAGS, S_INTR, S_LIMIT, S_MODE, S_NMI_PENDING } from './layout.generated';
import { opSize } from './ops';
import { raiseGP, raiseUD } from './raise';
import { SHADOW_STI, holdEvents } from './segment-ops';
import { updateMode } from './segments';
import { checkVirtualFlags, checkVirtualImage, setVif, usesVirtualIf } from './v86';

/** After an instruction that may have unmasked an event or set TF: vcpu.ts looks at the next boundary. */
export function eventsMayBeDue(s: usize): void {
  const flags = load<u32>(s, S_EFLAGS);
  if (flags & FLAG_TF || (flags & FLAG_IF && load<u32>(s, S_INTR)) || load<u32>(s, S_NMI_PENDING)) store<u64>(s, 0, S_LIMIT);
}

function iopl(s: usize): u32 {
  return (load<u32>(s, S_EFLAGS) & FLAG_IOPL) >> 12;
}

function checkInterruptPrivilege(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  if (mode & MODE_PROTECTED && (mode & MODE_V86 ? 3 : load<u32>(s, S_CPL)) > iopl(s)) raiseGP(s, op, 0);
}

export function cli(s: usize, op: usize): void {
  if (usesVirtualIf(s)) {
    setVif(s, false);
    return;
  }
  checkInterruptPrivilege(s, op);
  store<u32>(s, load<u32>(s, S_EFLAGS) & ~FLAG_IF, S_EFLAGS);
}

export function sti(s: usize, op: usize): void {
  if (usesVirtualIf(s)) {
    // a virtual interrupt waits: the monitor delivers it
    if (load<u32>(s, S_EFLAGS) & FLAG_VIP) raiseGP(s, op, 0);
    setVif(s, true);
    return;
  }
  checkInterruptPrivilege(s, op);
  const flags = load<u32>(s, S_EFLAGS);
  if (flags & FLAG_IF) return;
  store<u32>(s, flags | FLAG_IF, S_EFLAGS);
  holdEvents(s, op, SHADOW_STI);
  eventsMayBeDue(s);
}

export function popf(s: usize, op: usize): void {
  const mode = load<u32>(s, S_MODE);
  const size = opSize(op);
  const isVirtual = checkVirtualFlags(s, op, size);
  frameCurrent(s);
  const value = framePop(s, op, size);
  if (isVirtual) checkVirtualImage(s, op, value);
  frameCommit(s);
  const cpl = mode & MODE_PROTECTED ? load<u32>(s, S_CPL) : 0;
  let mask: u64 = <u64>(FLAGS_ALL & ~(FLAG_VM | FLAG_VIF | FLAG_VIP | FLAG_IOPL | FLAG_IF | FLAG_RF));
  if (cpl == 0) mask |= <u64>FLAG_IOPL;
  if (cpl <= iopl(s)) mask |= <u64>FLAG_IF;
  if (size == 2) mask &= 0xffff;
  else if (cpl == 0) mask |= <u64>(FLAG_VIF | FLAG_VIP);
  // VIF and VIP are cleared, RF too
  const image = value & ~(<u64>(FLAG_VIF | FLAG_VIP));
  if (size != 2) mask |= <u64>FLAG_RF;
  if (isVirtual) setVif(s, (value & <u64>FLAG_IF) != 0);
  const before = load<u32>(s, S_EFLAGS);
  writeEflags(s, image & ~(<u64>FLAG_RF), mask);
  if ((before ^ load<u32>(s, S_EFLAGS)) & FLAG_AC) updateMode(s);
  eventsMayBeDue(s);
}

export function clac(s: usize, op: usize): void {
  setAc(s, op, 0);
}
export function stac(s: usize, op: usize): void {
  setAc(s, op, FLAG_AC);
}
function setAc(s: usize, op: usize, value: u32): void {
  if (load<u32>(s, S_CPL) != 0) raiseUD(s, op);
  store<u32>(s, (load<u32>(s, S_EFLAGS) & ~FLAG_AC) | value, S_EFLAGS);
  updateMode(s);
}
