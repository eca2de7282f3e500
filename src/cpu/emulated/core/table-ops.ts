/** Descriptor tables and selectors: LGDT to STR, LAR, LSL, VERR, VERW, ARPL (Intel SDM vol. 2). */
import { SEG_SELECTOR, linearRead, linearWrite, segAt } from './address';
import { SEG_LDTR, SEG_TR } from './control';
import { checkUmip } from './control-ops';
import { writeEflags } from './flags';
import {
  MODE_LONG,
  S_CPL,
  S_GDTR_BASE,
  S_GDTR_LIMIT,
  S_IDTR_BASE,
  S_IDTR_LIMIT,
  S_MODE,
} from './layout.generated';
import { probeWrite, readU16, readU32, readU64, readU64System, writeU16, writeU32, writeU64 } from './memory';
import { opIsRegister, opReg, opRm, opSize, writeRegister } from './ops';
import { isCanonicalBase } from './paging';
import { VECTOR_GP, raiseGP } from './raise';
import {
  ACCESS_CONFORMING,
  ACCESS_S,
  accessDpl,
  descriptorAddress,
  loadLdt,
  loadTaskRegister,
  rawAccess,
  rawLimit,
} from './segments';
import { isLongMode } from './transfer';

function storeTable(s: usize, op: usize, base: u64, limit: u32): void {
  checkUmip(s, op);
  const is64 = (load<u32>(s, S_MODE) & MODE_LONG) != 0;
  const bytes: u32 = is64 ? 10 : 6;
  const la = linearWrite(s, op, bytes);
  probeWrite(s, op, la, bytes);
  writeU16(s, op, la, <u64>limit);
  if (is64) writeU64(s, op, la + 2, base);
  else writeU32(s, op, la + 2, base & 0xffffffff);
}

export function sgdt(s: usize, op: usize): void {
  storeTable(s, op, load<u64>(s, S_GDTR_BASE), load<u32>(s, S_GDTR_LIMIT));
}
export function sidt(s: usize, op: usize): void {
  storeTable(s, op, load<u64>(s, S_IDTR_BASE), load<u32>(s, S_IDTR_LIMIT));
}

function tableBase(s: usize, op: usize, la: u64): u64 {
  if (load<u32>(s, S_MODE) & MODE_LONG) {
    const base = readU64(s, op, la + 2);
    if (!isCanonicalBase(s, base)) raiseGP(s, op, 0);
    return base;
  }
  return readU32(s, op, la + 2) & (opSize(op) == 2 ? 0xffffff : 0xffffffff);
}

export function lgdt(s: usize, op: usize): void {
  const la = linearRead(s, op, load<u32>(s, S_MODE) & MODE_LONG ? 10 : 6);
  const limit = <u32>readU16(s, op, la);
  const base = tableBase(s, op, la);
  store<u32>(s, limit, S_GDTR_LIMIT);
  store<u64>(s, base, S_GDTR_BASE);
}
export function lidt(s: usize, op: usize): void {
  const la = linearRead(s, op, load<u32>(s, S_MODE) & MODE_LONG ? 10 : 6);
  const limit = <u32>readU16(s, op, la);
  const base = tableBase(s, op, la);
  store<u32>(s, limit, S_IDTR_LIMIT);
  store<u64>(s, base, S_IDTR_BASE);
}

function readSelector(s: usize, op: usize): u32 {
  return opIsRegister(op) ? <u32>load<u16>(s + opRm(op)) : <u32>readU16(s, op, linearRead(s, op, 2));
}

function storeSelector(s: usize, op: usize, seg: u32): void {
  checkUmip(s, op);
  const value = <u64>load<u16>(segAt(s, seg), SEG_SELECTOR);
  if (opIsRegister(op)) writeRegister(s, opRm(op), opSize(op), value);
  else writeU16(s, op, linearWrite(s, op, 2), value);
}

export function sldt(s: usize, op: usize): void {
  storeSelector(s, op, SEG_LDTR);
}
export function str(s: usize, op: usize): void {
  storeSelector(s, op, SEG_TR);
}
export function lldt(s: usize, op: usize): void {
  loadLdt(s, op, readSelector(s, op), VECTOR_GP);
}
export function ltr(s: usize, op: usize): void {
  loadTaskRegister(s, op, readSelector(s, op));
}

function setZf(s: usize, value: bool): void {
  writeEflags(s, value ? 0x40 : 0, 0x40);
}

/** The raw descriptor if the selector may be looked at from here, else 0. `systemTypes`: a bit per system type that counts. */
function visibleDescriptor(s: usize, op: usize, selector: u32, systemTypes: u32): u64 {
  if ((selector & 0xfffc) == 0) return 0;
  const at = descriptorAddress(s, selector, 8);
  if (at == ~0) return 0;
  const raw = readU64System(s, op, at);
  const access = rawAccess(raw);
  if (!(access & ACCESS_S)) {
    if (!((systemTypes >> (access & 15)) & 1)) return 0;
  } else if ((access & 8) != 0 && (access & ACCESS_CONFORMING) != 0) return raw;
  const dpl = accessDpl(access);
  return dpl < load<u32>(s, S_CPL) || dpl < (selector & 3) ? 0 : raw;
}

export function lar(s: usize, op: usize): void {
  const types: u32 = isLongMode(s) ? 0x1a04 : 0x1a3e;
  const raw = visibleDescriptor(s, op, readSelector(s, op), types);
  if (raw != 0) writeRegister(s, opReg(op), opSize(op), (raw >> 32) & 0x00ffff00);
  setZf(s, raw != 0);
}

export function lsl(s: usize, op: usize): void {
  const types: u32 = isLongMode(s) ? 0x0a04 : 0x0a0e;
  const raw = visibleDescriptor(s, op, readSelector(s, op), types);
  if (raw != 0) writeRegister(s, opReg(op), opSize(op), <u64>rawLimit(raw));
  setZf(s, raw != 0);
}

export function verr(s: usize, op: usize): void {
  const raw = visibleDescriptor(s, op, readSelector(s, op), 0);
  const access = rawAccess(raw);
  setZf(s, raw != 0 && (access & 0xa) != 8);
}

export function verw(s: usize, op: usize): void {
  const raw = visibleDescriptor(s, op, readSelector(s, op), 0);
  setZf(s, raw != 0 && (rawAccess(raw) & 0xa) == 2);
}

/** ARPL r/m16, r16. */
export function arpl(s: usize, op: usize): void {
  const source = <u32>load<u16>(s + opReg(op)) & 3;
  if (opIsRegister(op)) {
    const value = <u32>load<u16>(s + opRm(op));
    const isLower = (value & 3) < source;
    if (isLower) store<u16>(s + opRm(op), <u16>((value & ~3) | source));
    setZf(s, isLower);
    return;
  }
  // read first and written only where it changes, as the manual's pseudo-code has it
  const la = linearRead(s, op, 2);
  const value = <u32>readU16(s, op, la);
  const isLower = (value & 3) < source;
  if (isLower) writeU16(s, op, linearWrite(s, op, 2), <u64>((value & ~3) | source));
  setZf(s, isLower);
}
