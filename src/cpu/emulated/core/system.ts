/** HLT, TSC, CPUID, MSRs, SWAPGS, FS and GS bases, TLB and cache control (Intel SDM vol. 2). */
import { SEG_BASE, effectiveAddress, linearRead, segAt } from './address';
import {
  CR4_FSGSBASE,
  EFER_LME,
  CR4_PCE,
  CR4_PCIDE,
  CR4_PKE,
  CR4_TSD,
  SEG_FS,
  SEG_GS,
} from './control';
import { setEfer } from './control-ops';
import { setFlagsImage } from './flags';
import { envCpuid, envRandom, envRdmsr, envWrmsr } from './imports';
import {
  ACTIVITY_HALTED,
  ACTIVITY_LEAVING_SMM,
  MODE_LONG,
  OP_INDEX,
  OP_SEG,
  S_ACTIVITY,
  S_CLOCK_COUNT,
  S_CLOCK_NS,
  S_CLOCK_RATE,
  S_COUNT,
  S_CPL,
  S_CR4,
  S_CUR_OP,
  S_EFER,
  S_EFER_ALLOWED,
  S_GPR,
  S_IN_SMM,
  S_KERNEL_GS_BASE,
  S_MODE,
  S_PKRU,
  S_RES0,
  S_RES1,
  S_TSC_AUX,
  S_TSC_OFFSET,
  S_TSC_SCALE,
  S_VENDOR_AMD,
} from './layout.generated';
import { readU64 } from './memory';
import { opRm, opReg, opSize, readRegister, writeRegister } from './ops';
import { flushAll, flushNonGlobal, flushPage, isCanonicalBase, setPkru } from './paging';
import { raiseGP, raiseUD } from './raise';
import { leaveAfter } from './run';

const S_RAX: usize = S_GPR;
const S_RCX: usize = S_GPR + 8;
const S_RDX: usize = S_GPR + 16;
const S_RBX: usize = S_GPR + 24;

const MSR_EFER: u32 = 0xc0000080;
const MSR_FS_BASE: u32 = 0xc0000100;
const MSR_GS_BASE: u32 = 0xc0000101;
const MSR_KERNEL_GS_BASE: u32 = 0xc0000102;

function setPair(s: usize, value: u64): void {
  store<u64>(s, value & 0xffffffff, S_RAX);
  store<u64>(s, value >> 32, S_RDX);
}

export function hlt(s: usize, op: usize): void {
  store<u32>(s, ACTIVITY_HALTED, S_ACTIVITY);
}

/** RSM ends the run; the rest of it is smm.ts's. */
export function rsm(s: usize, op: usize): void {
  if (load<u32>(s, S_IN_SMM) == 0) raiseUD(s, op);
  store<u32>(s, ACTIVITY_LEAVING_SMM, S_ACTIVITY);
}

export function cpuid(s: usize, op: usize): void {
  store<u32>(s, <u32>op, S_CUR_OP);
  envCpuid(s, load<u32>(s, S_RAX), load<u32>(s, S_RCX));
  store<u32>(s, 0, S_CUR_OP);
  const first = load<u64>(s, S_RES0);
  const second = load<u64>(s, S_RES1);
  store<u64>(s, first & 0xffffffff, S_RAX);
  store<u64>(s, first >> 32, S_RBX);
  store<u64>(s, second & 0xffffffff, S_RCX);
  store<u64>(s, second >> 32, S_RDX);
}

function readTsc(s: usize, op: usize): u64 {
  if (load<u32>(s, S_CPL) != 0 && load<u64>(s, S_CR4) & CR4_TSD) raiseGP(s, op, 0);
  return tscAt(s, load<u64>(s, S_COUNT) + <u64>load<u8>(op, OP_INDEX));
}

/** The TSC at an instruction count: a function of the clock step in force (machine/instruction-clock.ts has the same arithmetic). */
export function tscAt(s: usize, count: u64): u64 {
  const ns = load<f64>(s, S_CLOCK_NS) + floor(<f64>(<i64>(count - load<u64>(s, S_CLOCK_COUNT))) * load<f64>(s, S_CLOCK_RATE));
  return <u64>(<i64>floor(ns * load<f64>(s, S_TSC_SCALE))) + load<u64>(s, S_TSC_OFFSET);
}

export function rdtsc(s: usize, op: usize): void {
  setPair(s, readTsc(s, op));
}

export function rdtscp(s: usize, op: usize): void {
  setPair(s, readTsc(s, op));
  store<u64>(s, load<u64>(s, S_TSC_AUX) & 0xffffffff, S_RCX);
}

export function rdpid(s: usize, op: usize): void {
  store<u64>(s + opRm(op), load<u64>(s, S_TSC_AUX) & 0xffffffff);
}

function random32(s: usize, op: usize): u64 {
  store<u32>(s, <u32>op, S_CUR_OP);
  const value = <u64>envRandom();
  store<u32>(s, 0, S_CUR_OP);
  return value;
}

/** RDRAND and RDSEED: there is always a number, so CF is set; the other flags are cleared. */
export function rdrand(s: usize, op: usize): void {
  const size = opSize(op);
  let value = random32(s, op);
  if (size == 8) value |= random32(s, op) << 32;
  writeRegister(s, opRm(op), size, value);
  setFlagsImage(s, 1);
}

export function rdrand16(s: usize, op: usize): void {
  writeRegister(s, opRm(op), 2, random32(s, op));
  setFlagsImage(s, 1);
}

function readMsr(s: usize, op: usize, index: u32): void {
  store<u32>(s, <u32>op, S_CUR_OP);
  const isKnown = envRdmsr(s, index);
  store<u32>(s, 0, S_CUR_OP);
  if (!isKnown) raiseGP(s, op, 0);
  setPair(s, load<u64>(s, S_RES0));
}

/** First registers of the counters that RDPMC reads: IA32_PMC0, IA32_FIXED_CTR0, and those of a K7. */
const MSR_PMC0: u32 = 0xc1;
const MSR_FIXED_CTR0: u32 = 0x309;
const MSR_K7_PERFCTR0: u32 = 0xc0010004;
const RDPMC_FIXED: u32 = 0x40000000;
const COUNTERS_MAX: u32 = 4;

export function rdpmc(s: usize, op: usize): void {
  if (load<u32>(s, S_CPL) != 0 && !(load<u64>(s, S_CR4) & CR4_PCE)) raiseGP(s, op, 0);
  const index = load<u32>(s, S_RCX);
  const isAmd = load<u32>(s, S_VENDOR_AMD) != 0;
  const counter = isAmd ? index : index & ~RDPMC_FIXED;
  if (counter >= COUNTERS_MAX) raiseGP(s, op, 0);
  const first = isAmd ? MSR_K7_PERFCTR0 : index & RDPMC_FIXED ? MSR_FIXED_CTR0 : MSR_PMC0;
  readMsr(s, op, first + counter);
}

/** EFER is there where it has a bit, the bases where there is long mode; of the others msr.ts knows. */
function hasMsr(s: usize, index: u32): bool {
  const efer = load<u64>(s, S_EFER_ALLOWED);
  if (index == MSR_EFER) return efer != 0;
  if (index >= MSR_FS_BASE && index <= MSR_KERNEL_GS_BASE) return (efer & EFER_LME) != 0;
  return true;
}

export function rdmsr(s: usize, op: usize): void {
  const index = load<u32>(s, S_RCX);
  if (!hasMsr(s, index)) raiseGP(s, op, 0);
  if (index == MSR_FS_BASE) setPair(s, load<u64>(segAt(s, SEG_FS), SEG_BASE));
  else if (index == MSR_GS_BASE) setPair(s, load<u64>(segAt(s, SEG_GS), SEG_BASE));
  else if (index == MSR_KERNEL_GS_BASE) setPair(s, load<u64>(s, S_KERNEL_GS_BASE));
  else if (index == MSR_EFER) setPair(s, load<u64>(s, S_EFER));
  else readMsr(s, op, index);
}

export function wrmsr(s: usize, op: usize): void {
  const index = load<u32>(s, S_RCX);
  const value = <u64>load<u32>(s, S_RAX) | (<u64>load<u32>(s, S_RDX) << 32);
  if (!hasMsr(s, index)) raiseGP(s, op, 0);
  if (index == MSR_FS_BASE || index == MSR_GS_BASE || index == MSR_KERNEL_GS_BASE) {
    if (!isCanonicalBase(s, value)) raiseGP(s, op, 0);
    if (index == MSR_KERNEL_GS_BASE) store<u64>(s, value, S_KERNEL_GS_BASE);
    else store<u64>(segAt(s, index == MSR_FS_BASE ? SEG_FS : SEG_GS), value, SEG_BASE);
  } else if (index == MSR_EFER) {
    if (!setEfer(s, value)) raiseGP(s, op, 0);
  } else {
    store<u64>(s, value, S_RES0);
    store<u32>(s, <u32>op, S_CUR_OP);
    const isTaken = envWrmsr(s, index);
    store<u32>(s, 0, S_CUR_OP);
    if (!isTaken) raiseGP(s, op, 0);
    leaveAfter(s, op);
  }
}

export function swapgs(s: usize, op: usize): void {
  const at = segAt(s, SEG_GS);
  const base = load<u64>(at, SEG_BASE);
  store<u64>(at, load<u64>(s, S_KERNEL_GS_BASE), SEG_BASE);
  store<u64>(s, base, S_KERNEL_GS_BASE);
}

function baseRegister(s: usize, op: usize, seg: u32): usize {
  if (!(load<u32>(s, S_MODE) & MODE_LONG) || !(load<u64>(s, S_CR4) & CR4_FSGSBASE)) raiseUD(s, op);
  return segAt(s, seg) + SEG_BASE;
}
export function rdfsbase(s: usize, op: usize): void {
  writeRegister(s, opRm(op), opSize(op), load<u64>(baseRegister(s, op, SEG_FS)));
}
export function rdgsbase(s: usize, op: usize): void {
  writeRegister(s, opRm(op), opSize(op), load<u64>(baseRegister(s, op, SEG_GS)));
}
function writeBase(s: usize, op: usize, seg: u32): void {
  const at = baseRegister(s, op, seg);
  const value = readRegister(s, opRm(op), opSize(op));
  if (!isCanonicalBase(s, value)) raiseGP(s, op, 0);
  store<u64>(at, value);
}
export function wrfsbase(s: usize, op: usize): void {
  writeBase(s, op, SEG_FS);
}
export function wrgsbase(s: usize, op: usize): void {
  writeBase(s, op, SEG_GS);
}

/** INVLPG: segment limits are not checked, only the linear address counts. */
export function invlpg(s: usize, op: usize): void {
  const offset = effectiveAddress(s, op);
  const seg = <u32>load<u8>(op, OP_SEG);
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    const la = seg >= SEG_FS ? offset + load<u64>(segAt(s, seg), SEG_BASE) : offset;
    if (isCanonicalBase(s, la)) flushPage(s, la);
  } else flushPage(s, (offset + load<u64>(segAt(s, seg), SEG_BASE)) & 0xffffffff);
}

/** INVPCID r, m128. Nothing is kept under other identifiers, so types 0 to 3 drop what is there. */
export function invpcid(s: usize, op: usize): void {
  const la = linearRead(s, op, 16);
  const pcid = readU64(s, op, la);
  const address = readU64(s, op, la + 8);
  const type = load<u32>(s, S_MODE) & MODE_LONG ? load<u64>(s + opReg(op)) : <u64>load<u32>(s + opReg(op));
  const isEnabled = (load<u64>(s, S_CR4) & CR4_PCIDE) != 0;
  if (type > 3 || pcid >> 12 || (type < 2 && !isEnabled && pcid != 0) || (type == 0 && !isCanonicalBase(s, address))) {
    raiseGP(s, op, 0);
  }
  if (type == 0) flushPage(s, address);
  else if (type == 2) flushAll(s);
  else flushNonGlobal(s);
}

/** INVD, WBINVD: memory is always coherent here. */
export function cacheControl(s: usize, op: usize): void {}

/** MONITOR: the address is looked at as by a read; any event wakes MWAIT. */
export function monitor(s: usize, op: usize): void {
  if (load<u32>(s, S_RCX) != 0) raiseGP(s, op, 0);
}

/** MWAIT may wake at any time, so it does at once. */
export function mwait(s: usize, op: usize): void {
  if (load<u32>(s, S_RCX) & ~1) raiseGP(s, op, 0);
}

/** RDPKRU and WRPKRU are there only where CR4.PKE says so (SDM vol. 2). */
function checkProtectionKeys(s: usize, op: usize): void {
  if (!(load<u64>(s, S_CR4) & CR4_PKE)) raiseUD(s, op);
}

export function rdpkru(s: usize, op: usize): void {
  checkProtectionKeys(s, op);
  if (load<u32>(s, S_RCX) != 0) raiseGP(s, op, 0);
  setPair(s, <u64>load<u32>(s, S_PKRU));
}

export function wrpkru(s: usize, op: usize): void {
  checkProtectionKeys(s, op);
  if (load<u32>(s, S_RCX) != 0 || load<u32>(s, S_RDX) != 0) raiseGP(s, op, 0);
  setPkru(s, load<u32>(s, S_RAX));
}
