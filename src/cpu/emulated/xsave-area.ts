/** The XSAVE area of a saved state (Intel SDM vol. 1, 13.4) from and to the state struct. */
import { SnapshotError } from '../../machine/saved-state';
import type { StateView } from './state-view';

const LEGACY_SIZE = 512;
const HEADER_SIZE = 64;
const AVX_SIZE = 256;
const AVX_AT = LEGACY_SIZE + HEADER_SIZE;
const PKRU_AT = AVX_AT + AVX_SIZE;
const PKRU_SIZE = 8;
const ST_AT = 32;
const XMM_AT = 160;
const MXCSR_MASK = 0xffff;
const AVX_BIT = 4n;
const PKRU_BIT = 0x200n;
/** Components that this CPU knows of (x87, SSE, AVX, PKRU). */
const COMPONENTS = 0x207n;

/**
 * Bytes of the area: with the upper halves of the YMM registers and with PKRU wherever the CPU has them, for they keep their values
 * while XCR0 excludes them.
 */
function areaSize(state: StateView): number {
  const allowed = state.u64('XCR0_ALLOWED');
  if ((allowed & PKRU_BIT) !== 0n) return PKRU_AT + PKRU_SIZE;
  return (allowed & AVX_BIT) !== 0n ? AVX_AT + AVX_SIZE : AVX_AT;
}

/** Bytes that an area must have at least for the components that XCR0 has. */
function leastSize(xcr0: bigint): number {
  if ((xcr0 & PKRU_BIT) !== 0n) return PKRU_AT + PKRU_SIZE;
  return (xcr0 & AVX_BIT) !== 0n ? AVX_AT + AVX_SIZE : AVX_AT;
}

export function saveXsave(state: StateView): Uint8Array {
  const xcr0 = state.u64('XCR0');
  const area = new Uint8Array(areaSize(state));
  const view = new DataView(area.buffer);
  const top = state.u32('FPU_TOP');
  const tags = state.u16('FTW');
  view.setUint16(0, state.u16('FCW'), true);
  view.setUint16(2, (state.u16('FSW') & ~0x3800) | (top << 11), true);
  let abridged = 0;
  for (let i = 0; i < 8; i++) if (((tags >> (2 * i)) & 3) !== 3) abridged |= 1 << i;
  area[4] = abridged;
  view.setUint16(6, state.u16('FOP'), true);
  view.setBigUint64(8, state.u64('FIP'), true);
  view.setBigUint64(16, state.u64('FDP'), true);
  view.setUint32(24, state.u32('MXCSR'), true);
  view.setUint32(28, MXCSR_MASK, true);
  // Registers are in stack order here, by physical number in the state.
  for (let i = 0; i < 8; i++) area.set(state.bytes('FPR', (top + i) & 7, 10), ST_AT + 16 * i);
  for (let i = 0; i < 16; i++) area.set(state.bytes('XMM', i, 16), XMM_AT + 16 * i);
  view.setBigUint64(LEGACY_SIZE, xcr0 & COMPONENTS, true);
  if (area.length > AVX_AT) {
    for (let i = 0; i < 16; i++) area.set(state.bytes('XMM', i, 32).subarray(16), AVX_AT + 16 * i);
  }
  if (area.length > PKRU_AT) view.setUint32(PKRU_AT, state.u32('PKRU'), true);
  return area;
}

function tagOf(mantissa: bigint, exponent: number): number {
  if (exponent === 0 && mantissa === 0n) return 1;
  const isNormal = exponent !== 0 && exponent !== 0x7fff && mantissa >> 63n === 1n;
  return isNormal ? 0 : 2;
}

/** `xcr0` is checked already. */
export function restoreXsave(state: StateView, area: Uint8Array, xcr0: bigint, part: string): void {
  // states of CPUs without AVX or PKRU, and older ones, end before what then is 0
  const sizes = [AVX_AT, AVX_AT + AVX_SIZE, PKRU_AT + PKRU_SIZE];
  const isKnown = sizes.includes(area.length) && area.length >= leastSize(xcr0) && area.length <= areaSize(state);
  if (!isKnown) throw new SnapshotError(part, `has an XSAVE area of ${area.length} bytes`);
  const view = new DataView(area.buffer, area.byteOffset, area.length);
  const mxcsr = view.getUint32(24, true);
  if ((mxcsr & ~MXCSR_MASK) !== 0) throw new SnapshotError(part, 'has reserved bits in MXCSR');
  const status = view.getUint16(2, true);
  const top = (status >> 11) & 7;
  state.setU16('FCW', view.getUint16(0, true));
  state.setU16('FSW', status & ~0x3800);
  state.setU32('FPU_TOP', top);
  const abridged = area[4] as number;
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    const physical = (top + i) & 7;
    const at = ST_AT + 16 * i;
    state.bytes('FPR', physical, 10).set(area.subarray(at, at + 10));
    const isEmpty = ((abridged >> physical) & 1) === 0;
    const tag = isEmpty ? 3 : tagOf(view.getBigUint64(at, true), view.getUint16(at + 8, true) & 0x7fff);
    tags |= tag << (2 * physical);
  }
  state.setU16('FTW', tags);
  state.setU16('FOP', view.getUint16(6, true) & 0x7ff);
  state.setU64('FIP', view.getBigUint64(8, true));
  state.setU64('FDP', view.getBigUint64(16, true));
  state.setU32('MXCSR', mxcsr);
  for (let i = 0; i < 16; i++) {
    const register = state.bytes('XMM', i, 32);
    register.set(area.subarray(XMM_AT + 16 * i, XMM_AT + 16 * i + 16));
    if (area.length > AVX_AT) register.set(area.subarray(AVX_AT + 16 * i, AVX_AT + 16 * i + 16), 16);
    else register.fill(0, 16);
  }
  state.setU32('PKRU', area.length > PKRU_AT ? view.getUint32(PKRU_AT, true) : 0);
}
