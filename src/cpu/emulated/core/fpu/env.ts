/** Saving and loading the x87 and SSE state as a whole: FSTENV, FSAVE (Intel SDM vol. 1, 8.1.10), FXSAVE (10.5). */
import { linearRead, linearWrite } from '../address';
import {
  MODE_LONG, MODE_PROTECTED, MODE_V86, S_FCS, S_FCW, S_FDP, S_FDS, S_FIP, S_FOP, S_FPR, S_FPU_TOP, S_FSW, S_FTW, S_MODE,
  S_MXCSR,
} from '../layout.generated';
import {
  probeRead, probeWrite, read128, readU16, readU32, readU64, write128, writeU16, writeU32, writeU64,
} from '../memory';
import { opSize, xmmAddress } from '../ops';
import { raiseGP } from '../raise';
import { MXCSR_MASK } from '../sse/soft';
import {
  FCW_INITIAL, setControlWord, setRegister, setStatusWord, stAt, statusWord, updateSummary, x87CheckPending,
} from './state';

export function x87Initialize(s: usize, op: usize): void {
  store<u16>(s, 0, S_FSW);
  store<u32>(s, 0, S_FPU_TOP);
  store<u16>(s, 0xffff, S_FTW);
  store<u16>(s, 0, S_FOP);
  store<u64>(s, 0, S_FIP);
  store<u64>(s, 0, S_FDP);
  store<u16>(s, 0, S_FCS);
  store<u16>(s, 0, S_FDS);
  setControlWord(s, op, FCW_INITIAL);
}
export function x87Fninit(s: usize, op: usize): void {
  x87Initialize(s, op);
}

export function x87Fnclex(s: usize, op: usize): void {
  store<u16>(s, load<u16>(s, S_FSW) & 0x7f00, S_FSW);
  updateSummary(s, op);
}

export function x87Fldcw(s: usize, op: usize, value: u32): void {
  setControlWord(s, op, value);
}

// ---- tag word ----

/** The full tag word with valid, zero and special told apart, as FSTENV stores it. */
export function fullTagWord(s: usize): u32 {
  const tags = <u32>load<u16>(s, S_FTW);
  let full: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    let tag: u32 = 3;
    if (((tags >> (i << 1)) & 3) != 3) {
      const at = s + S_FPR + (<usize>i << 4);
      const mantissa = load<u64>(at);
      const exponent = <u32>load<u16>(at, 8) & 0x7fff;
      if (exponent == 0 && mantissa == 0) tag = 1;
      else if (exponent == 0 || exponent == 0x7fff || !(mantissa >> 63)) tag = 2;
      else tag = 0;
    }
    full |= tag << (i << 1);
  }
  return full;
}

/** Only "empty" of a tag word is believed. */
function setTagWord(s: usize, value: u32): void {
  let tags: u32 = 0;
  for (let i: u32 = 0; i < 16; i += 2) if (((value >> i) & 3) == 3) tags |= 3 << i;
  store<u16>(s, <u16>tags, S_FTW);
}

/** One bit per physical register, set where it is not empty. */
export function abridgedTagWord(s: usize): u32 {
  const tags = <u32>load<u16>(s, S_FTW);
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) if (((tags >> (i << 1)) & 3) != 3) bits |= 1 << i;
  return bits;
}
export function setAbridgedTagWord(s: usize, bits: u32): void {
  let tags: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) if (!((bits >> i) & 1)) tags |= 3 << (i << 1);
  store<u16>(s, <u16>tags, S_FTW);
}

// ---- environment ----

// @ts-ignore: decorator
@inline
function isRealFormat(s: usize): bool {
  const mode = load<u32>(s, S_MODE);
  return !(mode & MODE_PROTECTED) || (mode & MODE_V86) != 0;
}

// @ts-ignore: decorator
@inline
function environmentBytes(op: usize): u32 {
  return opSize(op) == 2 ? 14 : 28;
}

function storeEnvironment(s: usize, op: usize, la: u64): void {
  const fcw = <u64>load<u16>(s, S_FCW);
  const fsw = <u64>statusWord(s);
  const ftw = <u64>fullTagWord(s);
  const fop = <u64>load<u16>(s, S_FOP) & 0x7ff;
  let fip = load<u64>(s, S_FIP);
  let fdp = load<u64>(s, S_FDP);
  const fcs = <u64>load<u16>(s, S_FCS);
  const fds = <u64>load<u16>(s, S_FDS);
  const real = isRealFormat(s);
  if (real) {
    fip = (fip + (fcs << 4)) & 0xffffffff;
    fdp = (fdp + (fds << 4)) & 0xffffffff;
  }
  if (opSize(op) == 2) {
    writeU16(s, op, la, fcw);
    writeU16(s, op, la + 2, fsw);
    writeU16(s, op, la + 4, ftw);
    writeU16(s, op, la + 6, fip & 0xffff);
    writeU16(s, op, la + 8, real ? ((fip >> 4) & 0xf000) | fop : fcs);
    writeU16(s, op, la + 10, fdp & 0xffff);
    writeU16(s, op, la + 12, real ? (fdp >> 4) & 0xf000 : fds);
    return;
  }
  writeU32(s, op, la, 0xffff0000 | fcw);
  writeU32(s, op, la + 4, 0xffff0000 | fsw);
  writeU32(s, op, la + 8, 0xffff0000 | ftw);
  if (real) {
    writeU32(s, op, la + 12, 0xffff0000 | (fip & 0xffff));
    writeU32(s, op, la + 16, ((fip >> 4) & 0x0ffff000) | fop);
    writeU32(s, op, la + 20, 0xffff0000 | (fdp & 0xffff));
    writeU32(s, op, la + 24, (fdp >> 4) & 0x0ffff000);
  } else {
    writeU32(s, op, la + 12, fip & 0xffffffff);
    writeU32(s, op, la + 16, fcs | (fop << 16));
    writeU32(s, op, la + 20, fdp & 0xffffffff);
    writeU32(s, op, la + 24, 0xffff0000 | fds);
  }
}

function loadEnvironment(s: usize, op: usize, la: u64): void {
  const real = isRealFormat(s);
  let fcw: u32, fsw: u32, ftw: u32, fop: u32, fcs: u32, fds: u32;
  let fip: u64, fdp: u64;
  if (opSize(op) == 2) {
    fcw = <u32>readU16(s, op, la);
    fsw = <u32>readU16(s, op, la + 2);
    ftw = <u32>readU16(s, op, la + 4);
    fip = readU16(s, op, la + 6);
    fcs = <u32>readU16(s, op, la + 8);
    fdp = readU16(s, op, la + 10);
    fds = <u32>readU16(s, op, la + 12);
    fop = real ? fcs & 0x7ff : <u32>load<u16>(s, S_FOP);
    if (real) {
      fip |= <u64>(fcs & 0xf000) << 4;
      fdp |= <u64>(fds & 0xf000) << 4;
    }
  } else {
    fcw = <u32>readU32(s, op, la);
    fsw = <u32>readU32(s, op, la + 4);
    ftw = <u32>readU32(s, op, la + 8);
    fip = readU32(s, op, la + 12);
    fcs = <u32>readU32(s, op, la + 16);
    fdp = readU32(s, op, la + 20);
    fds = <u32>readU32(s, op, la + 24);
    if (real) {
      fop = fcs & 0x7ff;
      fip = (fip & 0xffff) | (<u64>(fcs & 0x0ffff000) << 4);
      fdp = (fdp & 0xffff) | (<u64>(fds & 0x0ffff000) << 4);
    } else fop = (fcs >> 16) & 0x7ff;
  }
  store<u64>(s, fip, S_FIP);
  store<u64>(s, fdp, S_FDP);
  store<u16>(s, real ? 0 : <u16>fcs, S_FCS);
  store<u16>(s, real ? 0 : <u16>fds, S_FDS);
  store<u16>(s, <u16>fop, S_FOP);
  setTagWord(s, ftw);
  store<u16>(s, <u16>((fcw & 0x1f7f) | 0x40), S_FCW);
  setStatusWord(s, op, fsw);
}

export function x87Fnstenv(s: usize, op: usize): void {
  const bytes = environmentBytes(op);
  const la = linearWrite(s, op, bytes);
  probeWrite(s, op, la, bytes);
  storeEnvironment(s, op, la);
  setControlWord(s, op, <u32>load<u16>(s, S_FCW) | 0x3f);
}

export function x87Fldenv(s: usize, op: usize): void {
  x87CheckPending(s, op);
  const bytes = environmentBytes(op);
  const la = linearRead(s, op, bytes);
  probeRead(s, op, la, bytes);
  loadEnvironment(s, op, la);
}

export function x87Fnsave(s: usize, op: usize): void {
  const bytes = environmentBytes(op);
  const la = linearWrite(s, op, bytes + 80);
  probeWrite(s, op, la, bytes + 80);
  storeEnvironment(s, op, la);
  for (let i: u32 = 0; i < 8; i++) {
    const at = stAt(s, i);
    const to = la + <u64>(bytes + i * 10);
    writeU64(s, op, to, load<u64>(at));
    writeU16(s, op, to + 8, <u64>load<u16>(at, 8));
  }
  x87Initialize(s, op);
}

export function x87Frstor(s: usize, op: usize): void {
  x87CheckPending(s, op);
  const bytes = environmentBytes(op);
  const la = linearRead(s, op, bytes + 80);
  probeRead(s, op, la, bytes + 80);
  loadEnvironment(s, op, la);
  for (let i: u32 = 0; i < 8; i++) {
    const from = la + <u64>(bytes + i * 10);
    const mantissa = readU64(s, op, from);
    setRegister(stAt(s, i), mantissa, <u32>readU16(s, op, from + 8));
  }
}

// ---- FXSAVE image; also the legacy region of XSAVE ----

function checkAlignment(s: usize, op: usize, la: u64, mask: u64): void {
  if (la & mask) raiseGP(s, op, 0);
}

/** The x87 part: bytes 0..23 and 32..159. */
export function storeLegacyX87(s: usize, op: usize, la: u64, wide: bool): void {
  writeU16(s, op, la, <u64>load<u16>(s, S_FCW));
  writeU16(s, op, la + 2, <u64>statusWord(s));
  writeU16(s, op, la + 4, <u64>abridgedTagWord(s));
  writeU16(s, op, la + 6, <u64>load<u16>(s, S_FOP));
  const fip = load<u64>(s, S_FIP);
  const fdp = load<u64>(s, S_FDP);
  if (wide) {
    writeU64(s, op, la + 8, fip);
    writeU64(s, op, la + 16, fdp);
  } else {
    writeU64(s, op, la + 8, (fip & 0xffffffff) | (<u64>load<u16>(s, S_FCS) << 32));
    writeU64(s, op, la + 16, (fdp & 0xffffffff) | (<u64>load<u16>(s, S_FDS) << 32));
  }
  for (let i: u32 = 0; i < 8; i++) {
    const at = stAt(s, i);
    const to = la + 32 + (<u64>i << 4);
    writeU64(s, op, to, load<u64>(at));
    writeU64(s, op, to + 8, <u64>load<u16>(at, 8));
  }
}

export function loadLegacyX87(s: usize, op: usize, la: u64, wide: bool): void {
  const fcw = <u32>readU16(s, op, la);
  const fsw = <u32>readU16(s, op, la + 2);
  const tags = <u32>readU16(s, op, la + 4);
  const fop = <u16>readU16(s, op, la + 6);
  const fip = readU64(s, op, la + 8);
  const fdp = readU64(s, op, la + 16);
  setAbridgedTagWord(s, tags & 0xff);
  store<u16>(s, fop & 0x7ff, S_FOP);
  store<u64>(s, wide ? fip : fip & 0xffffffff, S_FIP);
  store<u64>(s, wide ? fdp : fdp & 0xffffffff, S_FDP);
  store<u16>(s, wide ? 0 : <u16>(fip >> 32), S_FCS);
  store<u16>(s, wide ? 0 : <u16>(fdp >> 32), S_FDS);
  store<u16>(s, <u16>((fcw & 0x1f7f) | 0x40), S_FCW);
  setStatusWord(s, op, fsw);
  for (let i: u32 = 0; i < 8; i++) {
    const from = la + 32 + (<u64>i << 4);
    const mantissa = readU64(s, op, from);
    setRegister(stAt(s, i), mantissa, <u32>readU16(s, op, from + 8));
  }
}

// @ts-ignore: decorator
@inline
function xmmCount(s: usize): u64 {
  return load<u32>(s, S_MODE) & MODE_LONG ? 16 : 8;
}
export function storeLegacyXmm(s: usize, op: usize, la: u64): void {
  const count = xmmCount(s);
  for (let i: u64 = 0; i < count; i++) write128(s, op, la + 160 + (i << 4), v128.load(xmmAddress(s, <usize>i)));
}
export function loadLegacyXmm(s: usize, op: usize, la: u64): void {
  const count = xmmCount(s);
  for (let i: u64 = 0; i < count; i++) v128.store(xmmAddress(s, <usize>i), read128(s, op, la + 160 + (i << 4)));
}

function fxsave(s: usize, op: usize, wide: bool): void {
  const la = linearWrite(s, op, 512);
  checkAlignment(s, op, la, 15);
  probeWrite(s, op, la, 512);
  storeLegacyX87(s, op, la, wide);
  writeU64(s, op, la + 24, <u64>load<u32>(s, S_MXCSR) | (<u64>MXCSR_MASK << 32));
  storeLegacyXmm(s, op, la);
}
function fxrstor(s: usize, op: usize, wide: bool): void {
  const la = linearRead(s, op, 512);
  checkAlignment(s, op, la, 15);
  probeRead(s, op, la, 512);
  const mxcsr = <u32>readU32(s, op, la + 24);
  if (mxcsr & ~MXCSR_MASK) raiseGP(s, op, 0);
  loadLegacyX87(s, op, la, wide);
  store<u32>(s, mxcsr, S_MXCSR);
  loadLegacyXmm(s, op, la);
}
export function x87Fxsave(s: usize, op: usize): void {
  fxsave(s, op, false);
}
export function x87Fxsave64(s: usize, op: usize): void {
  fxsave(s, op, true);
}
export function x87Fxrstor(s: usize, op: usize): void {
  fxrstor(s, op, false);
}
export function x87Fxrstor64(s: usize, op: usize): void {
  fxrstor(s, op, true);
}
