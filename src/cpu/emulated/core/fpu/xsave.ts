/** XSAVE, XSAVEOPT, XSAVEC and XRSTOR for the x87, SSE, AVX and PKRU components (Intel SDM vol. 1, chapter 13). */
import { linearRead, linearWrite } from '../address';
import { CR0_TS, CR4_OSXSAVE } from '../control';
import {
  MODE_LONG, S_CR0, S_CR4, S_FCW, S_FDP, S_FIP, S_FOP, S_FPR, S_FPU_TOP, S_FSW, S_FTW, S_MODE, S_MXCSR, S_PKRU, S_XCR0,
} from '../layout.generated';
import { probeRead, probeWrite, read128, readU32, readU64, write128, writeU64 } from '../memory';
import { gprOffset, xmmAddress } from '../ops';
import { setPkru } from '../paging';
import { raiseGP, raiseNM, raiseUD } from '../raise';
import { MXCSR_MASK } from '../sse/soft';
import { loadLegacyX87, loadLegacyXmm, storeLegacyX87, storeLegacyXmm, x87Initialize } from './env';

const X87: u64 = 1;
const SSE: u64 = 2;
const AVX: u64 = 4;
const PKRU: u64 = 0x200;
const COMPACT: u64 = 0x8000000000000000;
const MXCSR_INITIAL: u32 = 0x1f80;
const HEADER: u64 = 512;
const AVX_AT: u64 = 576;
const AVX_BYTES: u64 = 256;
/** In the standard form: CPUID leaf 0Dh says so. */
const PKRU_AT: u64 = 832;

function check(s: usize, op: usize): void {
  if (!(load<u64>(s, S_CR4) & CR4_OSXSAVE)) raiseUD(s, op);
  if (load<u64>(s, S_CR0) & CR0_TS) raiseNM(s, op);
}

/** Components that EDX:EAX asks for and XCR0 enables. */
function requested(s: usize): u64 {
  const low = <u64>load<u32>(s + gprOffset(0));
  const high = <u64>load<u32>(s + gprOffset(2));
  return load<u64>(s, S_XCR0) & (low | (high << 32));
}

/** Where PKRU lies: in the compacted form after the components that XCOMP_BV names (13.4.3). */
// @ts-ignore: decorator
@inline
function pkruAt(compact: bool, named: u64): u64 {
  return !compact ? PKRU_AT : named & AVX ? AVX_AT + AVX_BYTES : AVX_AT;
}

function areaBytes(components: u64, compact: bool): u32 {
  if (components & PKRU) return <u32>pkruAt(compact, components) + 8;
  return components & AVX ? <u32>(AVX_AT + AVX_BYTES) : <u32>AVX_AT;
}
// @ts-ignore: decorator
@inline
function registers(s: usize): u64 {
  return load<u32>(s, S_MODE) & MODE_LONG ? 16 : 8;
}

/** XINUSE (13.6): the components that are not in their initial configuration. */
export function componentsInUse(s: usize): u64 {
  let used: u64 = 0;
  const isX87Initial =
    load<u16>(s, S_FCW) == 0x37f &&
    load<u16>(s, S_FSW) == 0 &&
    load<u32>(s, S_FPU_TOP) == 0 &&
    load<u16>(s, S_FTW) == 0xffff &&
    load<u16>(s, S_FOP) == 0 &&
    (load<u64>(s, S_FIP) | load<u64>(s, S_FDP)) == 0;
  if (!isX87Initial) used |= X87;
  let low = i64x2.splat(0);
  let high = i64x2.splat(0);
  for (let i: usize = 0; i < 16; i++) {
    low = v128.or(low, v128.load(xmmAddress(s, i)));
    high = v128.or(high, v128.load(xmmAddress(s, i), 16));
  }
  // MXCSR is looked at by XRSTOR even where SSE is initial, but XSAVEC says nothing of it then
  if (v128.any_true(low) || load<u32>(s, S_MXCSR) != MXCSR_INITIAL) used |= SSE;
  if (v128.any_true(high)) used |= AVX;
  if (load<u32>(s, S_PKRU) != 0) used |= PKRU;
  if (isX87Initial) {
    for (let i: usize = 0; i < 8; i++) {
      const at = s + S_FPR + (i << 4);
      if (load<u64>(at) != 0 || load<u16>(at, 8) != 0) used |= X87;
    }
  }
  return used;
}

function save(s: usize, op: usize, wide: bool, compact: bool): void {
  check(s, op);
  let components = requested(s);
  const bytes = areaBytes(components, compact);
  const la = linearWrite(s, op, bytes);
  if (la & 63) raiseGP(s, op, 0);
  probeWrite(s, op, la, bytes);
  const old = compact ? 0 : readU64(s, op, la + HEADER);
  const asked = components;
  // XSAVEC writes only what is in use; the plain form writes everything, which is as good
  if (compact) components &= componentsInUse(s);
  if (components & X87) storeLegacyX87(s, op, la, wide);
  if (components & (SSE | AVX) && (!compact || components & SSE)) {
    writeU64(s, op, la + 24, <u64>load<u32>(s, S_MXCSR) | (<u64>MXCSR_MASK << 32));
  }
  if (components & SSE) storeLegacyXmm(s, op, la);
  if (components & AVX) {
    const count = registers(s);
    for (let i: u64 = 0; i < count; i++) {
      write128(s, op, la + AVX_AT + (i << 4), v128.load(xmmAddress(s, <usize>i), 16));
    }
  }
  if (components & PKRU) writeU64(s, op, la + pkruAt(compact, asked), <u64>load<u32>(s, S_PKRU));
  writeU64(s, op, la + HEADER, (old & ~components) | components);
  if (compact) writeU64(s, op, la + HEADER + 8, asked | COMPACT);
}

export function x87Xsave(s: usize, op: usize): void {
  save(s, op, false, false);
}
export function x87Xsave64(s: usize, op: usize): void {
  save(s, op, true, false);
}
export function x87Xsavec(s: usize, op: usize): void {
  save(s, op, false, true);
}
export function x87Xsavec64(s: usize, op: usize): void {
  save(s, op, true, true);
}

function restore(s: usize, op: usize, wide: bool): void {
  check(s, op);
  const components = requested(s);
  const la = linearRead(s, op, 576);
  if (la & 63) raiseGP(s, op, 0);
  probeRead(s, op, la, 576);
  const present = readU64(s, op, la + HEADER);
  const layout = readU64(s, op, la + HEADER + 8);
  const enabled = load<u64>(s, S_XCR0);
  const compact = (layout & COMPACT) != 0;
  let reserved = present & ~enabled;
  if (compact) {
    reserved |= (layout & ~COMPACT & ~enabled) | (present & ~layout);
    for (let at: u64 = 16; at < 64; at += 8) reserved |= readU64(s, op, la + HEADER + at);
  } else reserved |= layout | readU64(s, op, la + HEADER + 16);
  if (reserved) raiseGP(s, op, 0);
  const loaded = components & present;
  const named = compact ? layout : present;
  if (loaded & (AVX | PKRU)) {
    const bytes = areaBytes(loaded & PKRU ? loaded | (named & AVX) : loaded, compact);
    linearRead(s, op, bytes);
    probeRead(s, op, la, bytes);
  }
  let mxcsr = load<u32>(s, S_MXCSR);
  if (compact) {
    if (components & SSE) mxcsr = loaded & SSE ? <u32>readU32(s, op, la + 24) : MXCSR_INITIAL;
  } else if (components & (SSE | AVX)) mxcsr = <u32>readU32(s, op, la + 24);
  if (mxcsr & ~MXCSR_MASK) raiseGP(s, op, 0);
  const pkru = loaded & PKRU ? <u32>readU32(s, op, la + pkruAt(compact, named)) : 0;
  store<u32>(s, mxcsr, S_MXCSR);
  if (loaded & X87) loadLegacyX87(s, op, la, wide);
  else if (components & X87) {
    x87Initialize(s, op);
    memory.fill(s + S_FPR, 0, 8 * 16);
  }
  const count = registers(s);
  if (loaded & SSE) loadLegacyXmm(s, op, la);
  else if (components & SSE) {
    for (let i: u64 = 0; i < count; i++) v128.store(xmmAddress(s, <usize>i), i64x2.splat(0));
  }
  if (components & AVX) {
    for (let i: u64 = 0; i < count; i++) {
      const value = loaded & AVX ? read128(s, op, la + AVX_AT + (i << 4)) : i64x2.splat(0);
      v128.store(xmmAddress(s, <usize>i), value, 16);
    }
  }
  // last: it decides what the reads above may do
  if (components & PKRU) setPkru(s, pkru);
}

export function x87Xrstor(s: usize, op: usize): void {
  restore(s, op, false);
}
export function x87Xrstor64(s: usize, op: usize): void {
  restore(s, op, true);
}
