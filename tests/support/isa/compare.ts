import type { Outcome } from './case-batch';
import * as at from './case-layout';
import type { RowCase } from './case-maker';

const NAMES = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
];
const PAGE_FAULT = 14;
const ST_AT = 32;
const XMM_AT = 160;

const hex = (value: bigint | number): string => value.toString(16);

function bytesHex(bytes: Uint8Array): string {
  return [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** 80-bit values at most one unit in the last place apart. */
function isWithinUlp(a: Uint8Array, b: Uint8Array): boolean {
  const number = (bytes: Uint8Array): bigint => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const high = BigInt(view.getUint16(8, true));
    const exponent = high & 0x7fffn;
    const mantissa = view.getBigUint64(0, true);
    // ordered as integers; the explicit bit makes exponents count 2^63
    const magnitude = exponent === 0n ? mantissa : (exponent - 1n) * (1n << 63n) + mantissa;
    return high >> 15n === 1n ? -magnitude : magnitude;
  };
  const difference = number(a) - number(b);
  return difference >= -1n && difference <= 1n;
}

/** RCPPS, RSQRTPS: relative error below 1.5 * 2^-12 on either side (SDM vol. 2). */
function isApproximately(a: Uint8Array, b: Uint8Array): boolean {
  const left = new DataView(a.buffer, a.byteOffset, a.length);
  const right = new DataView(b.buffer, b.byteOffset, b.length);
  for (let i = 0; i < 16; i += 4) {
    if (left.getUint32(i, true) === right.getUint32(i, true)) continue;
    const x = left.getFloat32(i, true);
    const y = right.getFloat32(i, true);
    if (!(Math.abs(x - y) <= Math.abs(x) * 3 * 2 ** -12)) return false;
  }
  return true;
}

const C1 = 0x200;
const UE_AND_PE = 0x30;
const SIMD_EXCEPTION = 19;
/** Intel clears C1 (SDM vol. 2, FCOMI), AMD leaves it. */
const LEAVES_C1 = /^f(u?comip?|cmov)/;
/** Conversions between MMX and SSE registers. */
const SWITCHES_TO_MMX = /^cvt(t?p[sd]2pi|pi2p[sd])$/;
/** Several accesses, whose order is the CPU's own: CR2 tells only the page. */
const MANY_ACCESSES = /^(fldenv|fnstenv|frstor|fnsave|fxsave|fxrstor|fxsave64|fxrstor64|enter)$/;

/** A gather that faults on AMD leaves the masks of elements that it has not read as they were; Intel extends them first (SDM vol. 2). */
function isMaskOpen(item: RowCase, host: Outcome, register: number): boolean {
  return !item.isHostIntel && item.compiled.isVsib && host.status === at.STATUS_FAULT && item.vvvv === register;
}

function statusMask(item: RowCase): number {
  const { name } = item.compiled.row;
  // C1 tells the rounding direction, which is the transcendental functions' own; AMD says inexact, and so underflow, for exact
  // results too
  if (item.tolerance === 'ulp') return 0xffff & ~(C1 | UE_AND_PE);
  return LEAVES_C1.test(name) && !item.isHostIntel ? 0xffff & ~C1 : 0xffff;
}

function compareFx(item: RowCase, host: Outcome, ours: Outcome, differences: string[]): void {
  // AMD has switched to MMX when the SSE exception comes, which no manual promises; ours leaves everything as it was.
  const isX87Compared = !(
    host.status === at.STATUS_FAULT &&
    host.vector === SIMD_EXCEPTION &&
    SWITCHES_TO_MMX.test(item.compiled.row.name)
  );
  const field = (name: string, offset: number, bytes: number, mask = 0xffffffff): void => {
    const read = (outcome: Outcome): number => {
      const view = new DataView(outcome.bytes.buffer, outcome.bytes.byteOffset + at.OUT_FX + offset);
      return (bytes === 1 ? view.getUint8(0) : bytes === 2 ? view.getUint16(0, true) : view.getUint32(0, true)) & mask;
    };
    const [a, b] = [read(host), read(ours)];
    if (a !== b) differences.push(`${name} ${hex(a >>> 0)} / ${hex(b >>> 0)}`);
  };
  field('fcw', 0, 2);
  if (isX87Compared) {
    field('fsw', 2, 2, statusMask(item));
    field('ftw', 4, 1);
  }
  field('mxcsr', 24, 4);
  for (let i = isX87Compared ? 0 : 8; i < 24; i++) {
    if (i >= 8 && isMaskOpen(item, host, i - 8)) continue;
    const offset = at.OUT_FX + (i < 8 ? ST_AT + 16 * i : XMM_AT + 16 * (i - 8));
    const size = i < 8 ? 10 : 16;
    const a = host.bytes.subarray(offset, offset + size);
    const b = ours.bytes.subarray(offset, offset + size);
    if (isEqual(a, b)) continue;
    if (i < 8 && item.tolerance === 'ulp' && isWithinUlp(a, b)) continue;
    if (i >= 8 && item.tolerance === 'approximate' && isApproximately(a, b)) continue;
    const before = item.fx.subarray(offset - at.OUT_FX, offset - at.OUT_FX + size);
    differences.push(`${i < 8 ? `st${i}` : `xmm${i - 8}`} ${bytesHex(a)} / ${bytesHex(b)} was ${bytesHex(before)}`);
  }
}

/** What differs, host first; empty: nothing. */
export function compareOutcomes(item: RowCase, host: Outcome, ours: Outcome): string[] {
  const differences: string[] = [];
  const check = (name: string, a: bigint | number, b: bigint | number): void => {
    if (a !== b) differences.push(`${name} ${hex(a)} / ${hex(b)}`);
  };
  check('status', host.status, ours.status);
  const hasFaulted = host.status === at.STATUS_FAULT;
  if (hasFaulted && ours.status === at.STATUS_FAULT) {
    check('vector', host.vector, ours.vector);
    check('error', host.u32(at.OUT_ERROR), ours.u32(at.OUT_ERROR));
    check('rip', host.u64(at.OUT_RIP), ours.u64(at.OUT_RIP));
    if (host.vector === PAGE_FAULT) {
      const shift = MANY_ACCESSES.test(item.compiled.row.name) ? 12n : 0n;
      check('cr2', host.u64(at.OUT_CR2) >> shift, ours.u64(at.OUT_CR2) >> shift);
    }
  }
  if (host.status !== ours.status) {
    const faulted = hasFaulted ? host : ours;
    if (faulted.status === at.STATUS_FAULT)
      differences.push(`vector ${faulted.vector} at ${hex(faulted.u64(at.OUT_RIP))}`);
    return differences;
  }
  NAMES.forEach((name, i) => {
    // compatibility mode promises nothing of the upper halves (SDM vol. 1, 3.4.1.1)
    const mask = item.codeSize === 32 ? 0xffffffffn : 0xffffffffffffffffn;
    const [a, b] = [host.u64(at.OUT_GPR + 8 * i) & mask, ours.u64(at.OUT_GPR + 8 * i) & mask];
    if (a !== b) differences.push(`${name} ${hex(a)} / ${hex(b)} was ${hex(item.gpr[i]!)}`);
  });
  const flagMask = hasFaulted ? 0xcd5 : item.flagMask;
  if ((host.flags & flagMask) !== (ours.flags & flagMask)) {
    differences.push(`flags ${hex(host.flags & flagMask)} / ${hex(ours.flags & flagMask)} were ${hex(item.flags)}`);
  }
  compareFx(item, host, ours, differences);
  for (let i = 0; i < at.WINDOW_SIZE; i++) {
    const [a, b] = [host.bytes[at.OUT_WINDOW + i]!, ours.bytes[at.OUT_WINDOW + i]!];
    if (a !== b && !item.ignored.some(([from, to]) => i >= from && i < to)) {
      differences.push(`window+${i} ${hex(a)} / ${hex(b)} was ${hex(item.window[i]!)}`);
      if (differences.length > 8) break;
    }
  }
  for (let i = 0; item.ymm !== undefined && i < 16; i++) {
    if (isMaskOpen(item, host, i)) continue;
    const offset = at.OUT_YMM + 16 * i;
    const [a, b] = [host, ours].map(({ bytes }) => bytes.subarray(offset, offset + 16)) as [Uint8Array, Uint8Array];
    if (isEqual(a, b) || (item.tolerance === 'approximate' && isApproximately(a, b))) continue;
    const before = item.ymm.subarray(16 * i, 16 * i + 16);
    differences.push(`ymm${i} ${bytesHex(a)} / ${bytesHex(b)} was ${bytesHex(before)}`);
  }
  if (differences.length > 0 && hasFaulted) differences.push(`after vector ${host.vector}`);
  return differences;
}
