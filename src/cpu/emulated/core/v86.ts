/**
 * Virtual-8086 mode extensions and protected-mode virtual interrupts (Intel SDM vol. 3, 21.2 to 21.4): below IOPL 3, VIF stands for IF,
 * and INT n goes to the 8086 program's own handler where the TSS says so.
 */
import { SEG_BASE, SEG_LIMIT, SEG_SELECTOR, segAt } from './address';
import { CR4_PVI, CR4_VME, FLAG_IF, FLAG_IOPL, FLAG_RF, FLAG_TF, FLAG_VIF, FLAG_VIP, FLAG_VM, SEG_CS, SEG_TR } from './control';
import { readEflags } from './flags';
import { frameCommit, frameCurrent, framePush } from './frame';
import { MODE_PROTECTED, MODE_V86, S_CPL, S_CR4, S_EFLAGS, S_EVENT_ENTERED, S_MODE, S_RIP, S_SHADOW } from './layout.generated';
import { readU16, readU16System, readU8System } from './memory';
import { raiseGP } from './raise';
import { setRealSegment, updateMode } from './segments';

const TSS_IO_BASE: u64 = 0x66;
const REDIRECTION_BYTES: u32 = 32;

function hasFullIopl(s: usize): bool {
  return (load<u32>(s, S_EFLAGS) & FLAG_IOPL) == FLAG_IOPL;
}

/** CLI and STI work on VIF. */
export function usesVirtualIf(s: usize): bool {
  const mode = load<u32>(s, S_MODE);
  if (!(mode & MODE_PROTECTED) || hasFullIopl(s)) return false;
  const cr4 = load<u64>(s, S_CR4);
  if (mode & MODE_V86) return (cr4 & CR4_VME) != 0;
  return load<u32>(s, S_CPL) == 3 && (cr4 & CR4_PVI) != 0;
}

/** PUSHF, POPF and IRET in virtual-8086 mode: #GP(0) unless IOPL is 3 or VIF can stand for IF; true: it does. */
export function checkVirtualFlags(s: usize, op: usize, size: u32): bool {
  if (!(load<u32>(s, S_MODE) & MODE_V86) || hasFullIopl(s)) return false;
  if (!(load<u64>(s, S_CR4) & CR4_VME) || size != 2) raiseGP(s, op, 0);
  return true;
}

/** The low 16 flags with VIF in the place of IF and IOPL 3. */
export function virtualFlagsImage(s: usize): u64 {
  const flags = readEflags(s) & ~<u64>FLAG_IF;
  return flags | <u64>FLAG_IOPL | (load<u32>(s, S_EFLAGS) & FLAG_VIF ? <u64>FLAG_IF : 0);
}

/** Whether 16 flags from the stack may be loaded, before anything changes: a pending virtual interrupt, or single-stepping, is the monitor's. */
export function checkVirtualImage(s: usize, op: usize, image: u64): void {
  if (image & <u64>FLAG_TF || (image & <u64>FLAG_IF && load<u32>(s, S_EFLAGS) & FLAG_VIP)) raiseGP(s, op, 0);
}

export function setVif(s: usize, value: bool): void {
  const flags = load<u32>(s, S_EFLAGS) & ~FLAG_VIF;
  store<u32>(s, value ? flags | FLAG_VIF : flags, S_EFLAGS);
}

/** Whether the TSS's bitmap sends INT `vector` to the 8086 program; #GP(0) where the TSS has none. */
function isRedirected(s: usize, op: usize, vector: u32): bool {
  const tr = segAt(s, SEG_TR);
  const base = load<u64>(tr, SEG_BASE);
  const ioBase = <u32>readU16System(s, op, base + TSS_IO_BASE);
  const at = ioBase - REDIRECTION_BYTES + (vector >> 3);
  if (ioBase < REDIRECTION_BYTES || at > load<u32>(tr, SEG_LIMIT)) raiseGP(s, op, 0);
  return ((<u32>readU8System(s, op, base + <u64>at) >> (vector & 7)) & 1) == 0;
}

/** INT n in virtual-8086 mode (table 21-2). true: the 8086 program's handler was entered; false: it goes the way of protected mode. */
export function enterVirtualHandler(s: usize, op: usize, vector: u32, returnRip: u64): bool {
  const isVme = (load<u64>(s, S_CR4) & CR4_VME) != 0;
  const isRedirection = isVme && isRedirected(s, op, vector);
  if (!isRedirection) {
    if (!hasFullIopl(s)) raiseGP(s, op, 0);
    return false;
  }
  const isFull = hasFullIopl(s);
  const image = (isFull ? readEflags(s) : virtualFlagsImage(s)) & 0xffff;
  const rip = readU16(s, op, <u64>(vector << 2));
  const selector = <u32>readU16(s, op, <u64>(vector << 2) + 2);
  frameCurrent(s);
  framePush(s, op, 2, image);
  framePush(s, op, 2, <u64>load<u16>(segAt(s, SEG_CS), SEG_SELECTOR));
  framePush(s, op, 2, returnRip & 0xffff);
  if (rip > <u64>load<u32>(segAt(s, SEG_CS), SEG_LIMIT)) raiseGP(s, op, 0);
  frameCommit(s);
  const cleared = FLAG_TF | FLAG_RF | (isFull ? FLAG_IF : FLAG_VIF);
  store<u32>(s, (load<u32>(s, S_EFLAGS) & ~cleared) | FLAG_VM, S_EFLAGS);
  setRealSegment(s, SEG_CS, selector);
  store<u64>(s, rip, S_RIP);
  updateMode(s);
  store<u32>(s, 0, S_SHADOW);
  store<u32>(s, 1, S_EVENT_ENTERED);
  return true;
}
