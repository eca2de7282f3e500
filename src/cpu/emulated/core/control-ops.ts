/** Control and debug registers, EFER and XCR0 (Intel SDM vol. 3, 2.5, 17.2 and 4.1). Rows end their block. */
import {
  CR0_CD,
  CR0_EM,
  CR0_ET,
  CR0_KNOWN,
  CR0_MP,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR4_DE,
  CR4_LA57,
  CR4_OSXSAVE,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PKE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  CR4_UMIP,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
  PHYSICAL_MASK,
  SEG_CS,
} from './control';
import { SEG_ACCESS, linearRead, linearWrite, segAt } from './address';
import { envReadTaskPriority, envWriteTaskPriority } from './imports';
import {
  MODE_LMA,
  MODE_LONG,
  S_CPL,
  S_CR0,
  S_CR2,
  S_CR3,
  S_CR4,
  S_CR4_ALLOWED,
  S_CUR_OP,
  S_DR,
  S_EFER,
  S_EFER_ALLOWED,
  S_GPR,
  S_HAS_XINUSE,
  S_LIMIT,
  S_MODE,
  S_PDPTE,
  S_XCR0,
  S_XCR0_ALLOWED,
} from './layout.generated';
import { readU16, writeU16 } from './memory';
import { opIsRegister, opReg, opRm, opSize, writeRegister } from './ops';
import { flushAll, flushNonGlobal } from './paging';
import { raiseDB, raiseGP, raiseUD } from './raise';
import { leaveAfter } from './run';
import { ACCESS_L, updateMode } from './segments';
import { componentsInUse } from './fpu/xsave';
import { readPhysical64 } from './slots';

/** The four PDPTE registers of PAE paging; false (and unchanged) if a present one has reserved bits. */
export function loadPdptes(s: usize, cr3: u64): bool {
  const at = cr3 & 0xffffffe0;
  for (let i: u64 = 0; i < 4; i++) {
    const entry = readPhysical64(s, at + i * 8);
    if (entry & 1 && entry & (~PHYSICAL_MASK | 0x1e6)) return false;
  }
  for (let i: u64 = 0; i < 4; i++) store<u64>(s + <usize>(i << 3), readPhysical64(s, at + i * 8), S_PDPTE);
  return true;
}

/** After a restore: the registers are not part of a saved state; they come from the tables that CR3 names. */
export function reloadPdptes(s: usize): void {
  if (usesPdptes(load<u64>(s, S_CR0), load<u64>(s, S_CR4), load<u64>(s, S_EFER))) loadPdptes(s, load<u64>(s, S_CR3));
}

function usesPdptes(cr0: u64, cr4: u64, efer: u64): bool {
  return (cr0 & CR0_PG) != 0 && (cr4 & CR4_PAE) != 0 && (efer & EFER_LMA) == 0;
}

function setCr0(s: usize, op: usize, wanted: u64): void {
  const old = load<u64>(s, S_CR0);
  if (wanted >> 32) raiseGP(s, op, 0);
  const value = (wanted & CR0_KNOWN) | CR0_ET;
  if ((value & CR0_PG && !(value & CR0_PE)) || (value & CR0_NW && !(value & CR0_CD))) raiseGP(s, op, 0);
  let efer = load<u64>(s, S_EFER);
  const cr4 = load<u64>(s, S_CR4);
  if ((old ^ value) & CR0_PG) {
    const isCs64 = (load<u16>(segAt(s, SEG_CS), SEG_ACCESS) & <u16>ACCESS_L) != 0;
    if (value & CR0_PG) {
      if (efer & EFER_LME) {
        if (!(cr4 & CR4_PAE) || isCs64) raiseGP(s, op, 0);
        efer |= EFER_LMA;
      }
    } else {
      if (load<u32>(s, S_MODE) & MODE_LONG || cr4 & CR4_PCIDE) raiseGP(s, op, 0);
      efer &= ~EFER_LMA;
    }
  }
  if (usesPdptes(value, cr4, efer) && (old ^ value) & (CR0_PG | CR0_CD | CR0_NW)) {
    if (!loadPdptes(s, load<u64>(s, S_CR3))) raiseGP(s, op, 0);
  }
  store<u64>(s, efer, S_EFER);
  store<u64>(s, value, S_CR0);
  if (!(value & CR0_PE)) store<u32>(s, 0, S_CPL);
  if ((old ^ value) & (CR0_PG | CR0_WP | CR0_PE)) flushAll(s);
  updateMode(s);
}

function setCr3(s: usize, op: usize, wanted: u64): void {
  let value = wanted;
  const cr4 = load<u64>(s, S_CR4);
  if (load<u32>(s, S_MODE) & MODE_LMA) {
    if (cr4 & CR4_PCIDE) value &= 0x7fffffffffffffff;
    if (value & ~PHYSICAL_MASK) raiseGP(s, op, 0);
  } else value &= 0xffffffff;
  if (usesPdptes(load<u64>(s, S_CR0), cr4, load<u64>(s, S_EFER)) && !loadPdptes(s, value)) raiseGP(s, op, 0);
  store<u64>(s, value, S_CR3);
  // Process-context identifiers keep nothing here: without bit 63 the manual asks for this, with it the flush is allowed.
  flushNonGlobal(s);
}

function setCr4(s: usize, op: usize, value: u64): void {
  const old = load<u64>(s, S_CR4);
  const changed = old ^ value;
  const isLong = (load<u64>(s, S_EFER) & EFER_LMA) != 0;
  if (value & ~load<u64>(s, S_CR4_ALLOWED)) raiseGP(s, op, 0);
  if (isLong && (!(value & CR4_PAE) || changed & CR4_LA57)) raiseGP(s, op, 0);
  if (changed & value & CR4_PCIDE && (!isLong || load<u64>(s, S_CR3) & 0xfff)) raiseGP(s, op, 0);
  const isPagingChange = (changed & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PCIDE | CR4_LA57)) != 0;
  if (isPagingChange && usesPdptes(load<u64>(s, S_CR0), value, load<u64>(s, S_EFER))) {
    if (!loadPdptes(s, load<u64>(s, S_CR3))) raiseGP(s, op, 0);
  }
  store<u64>(s, value, S_CR4);
  if (isPagingChange) flushAll(s);
  updateMode(s);
}

/** MOV r, CRn. */
export function movFromCr(s: usize, op: usize): void {
  const size: u32 = load<u32>(s, S_MODE) & MODE_LONG ? 8 : 4;
  let value: u64 = 0;
  switch (<u32>opReg(op)) {
    case 0:
      value = load<u64>(s, S_CR0);
      break;
    case 2:
      value = load<u64>(s, S_CR2);
      break;
    case 3:
      value = load<u64>(s, S_CR3);
      break;
    case 4:
      value = load<u64>(s, S_CR4);
      break;
    case 8:
      store<u32>(s, <u32>op, S_CUR_OP);
      value = <u64>envReadTaskPriority();
      store<u32>(s, 0, S_CUR_OP);
      break;
    default:
      raiseUD(s, op);
  }
  writeRegister(s, opRm(op), size, value);
}

/** MOV CRn, r. */
export function movToCr(s: usize, op: usize): void {
  let value = load<u64>(s + opRm(op));
  if (!(load<u32>(s, S_MODE) & MODE_LONG)) value &= 0xffffffff;
  switch (<u32>opReg(op)) {
    case 0:
      setCr0(s, op, value);
      break;
    case 2:
      store<u64>(s, value, S_CR2);
      break;
    case 3:
      setCr3(s, op, value);
      break;
    case 4:
      setCr4(s, op, value);
      break;
    case 8:
      if (value & ~15) raiseGP(s, op, 0);
      store<u32>(s, <u32>op, S_CUR_OP);
      envWriteTaskPriority(<u32>value);
      store<u32>(s, 0, S_CUR_OP);
      leaveAfter(s, op);
      break;
    default:
      raiseUD(s, op);
  }
}

/** Number of the debug register, after the checks that both directions share. */
function debugRegister(s: usize, op: usize): usize {
  let index = opReg(op);
  if (index > 7) raiseUD(s, op);
  if (index == 4 || index == 5) {
    if (load<u64>(s, S_CR4) & CR4_DE) raiseUD(s, op);
    index += 2;
  }
  if (load<u32>(s, S_CPL) != 0) raiseGP(s, op, 0);
  if (load<u64>(s, S_DR + 7 * 8) & 0x2000) {
    store<u64>(s, load<u64>(s, S_DR + 6 * 8) | 0x2000, S_DR + 6 * 8);
    raiseDB(s, op);
  }
  return index;
}

export function movFromDr(s: usize, op: usize): void {
  const index = debugRegister(s, op);
  writeRegister(s, opRm(op), load<u32>(s, S_MODE) & MODE_LONG ? 8 : 4, load<u64>(s + (index << 3), S_DR));
}

export function movToDr(s: usize, op: usize): void {
  const index = debugRegister(s, op);
  let value = load<u64>(s + opRm(op));
  if (!(load<u32>(s, S_MODE) & MODE_LONG)) value &= 0xffffffff;
  if (index >= 6) {
    if (value >> 32) raiseGP(s, op, 0);
    value = index == 6 ? (value & 0xe00f) | 0xffff0ff0 : (value & 0xffff2bff) | 0x400;
  }
  store<u64>(s + (index << 3), value, S_DR);
  // pages with watched addresses have no tags
  flushAll(s);
  store<u64>(s, 0, S_LIMIT);
}

/** LMSW: PE can be set but not cleared. */
export function lmsw(s: usize, op: usize): void {
  const value = opIsRegister(op) ? <u64>load<u16>(s + opRm(op)) : readU16(s, op, linearRead(s, op, 2));
  const old = load<u64>(s, S_CR0);
  setCr0(s, op, (old & ~(CR0_MP | CR0_EM | CR0_TS)) | (value & (CR0_PE | CR0_MP | CR0_EM | CR0_TS)));
}

export function smsw(s: usize, op: usize): void {
  checkUmip(s, op);
  const value = load<u64>(s, S_CR0);
  if (opIsRegister(op)) writeRegister(s, opRm(op), opSize(op), value);
  else writeU16(s, op, linearWrite(s, op, 2), value & 0xffff);
}

/** User-mode instruction prevention of SGDT, SIDT, SLDT, SMSW, STR. */
export function checkUmip(s: usize, op: usize): void {
  if (load<u32>(s, S_CPL) != 0 && load<u64>(s, S_CR4) & CR4_UMIP) raiseGP(s, op, 0);
}

export function clts(s: usize, op: usize): void {
  store<u64>(s, load<u64>(s, S_CR0) & ~CR0_TS, S_CR0);
  updateMode(s);
}

/** WRMSR of EFER; false: #GP. */
export function setEfer(s: usize, value: u64): bool {
  const old = load<u64>(s, S_EFER);
  if (value & ~(load<u64>(s, S_EFER_ALLOWED) | EFER_LMA)) return false;
  const next = (value & ~EFER_LMA) | (old & EFER_LMA);
  if ((old ^ next) & EFER_LME && load<u64>(s, S_CR0) & CR0_PG) return false;
  store<u64>(s, next, S_EFER);
  if ((old ^ next) & EFER_NXE) flushAll(s);
  updateMode(s);
  return true;
}

export function xgetbv(s: usize, op: usize): void {
  if (!(load<u64>(s, S_CR4) & CR4_OSXSAVE)) raiseUD(s, op);
  const index = load<u32>(s, S_GPR + 8);
  // 1: XCR0 and XINUSE, where XSAVEC comes with it
  if (index > 1 || (index == 1 && !load<u32>(s, S_HAS_XINUSE))) raiseGP(s, op, 0);
  const value = load<u64>(s, S_XCR0) & (index == 1 ? componentsInUse(s) : u64.MAX_VALUE);
  store<u64>(s, value & 0xffffffff, S_GPR);
  store<u64>(s, value >> 32, S_GPR + 16);
}

export function xsetbv(s: usize, op: usize): void {
  if (!(load<u64>(s, S_CR4) & CR4_OSXSAVE)) raiseUD(s, op);
  const value = <u64>load<u32>(s, S_GPR) | (<u64>load<u32>(s, S_GPR + 16) << 32);
  const isAvxWithoutSse = (value & 6) == 4;
  if (load<u32>(s, S_CPL) != 0 || load<u32>(s, S_GPR + 8) != 0) raiseGP(s, op, 0);
  if (!(value & 1) || isAvxWithoutSse || value & ~load<u64>(s, S_XCR0_ALLOWED)) raiseGP(s, op, 0);
  store<u64>(s, value, S_XCR0);
  updateMode(s);
}
