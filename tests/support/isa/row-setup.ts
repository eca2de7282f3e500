import type { Draft } from './case-maker';
import * as at from './case-layout';
import { fxImage, integer, random64 } from './values';

/** Values that rows need to do something of interest: pointers in implied registers, counts, targets, images in memory. */

export const STACK_ROWS = new Set(['push', 'pop', 'pushf', 'popf', 'call', 'ret', 'enter', 'leave']);
export const BRANCHES = /^(j[a-z]+|call|loop|loope|loopne)$/;
/** Bytes of x87 environments and states in the 16- and 32-bit formats. */
export const ENVIRONMENT_BYTES: Readonly<Record<string, readonly [number, number]>> = {
  fldenv: [14, 28],
  fnstenv: [14, 28],
  frstor: [94, 108],
  fnsave: [94, 108],
};

const RAX = 0;
const RCX = 1;
const RDX = 2;
const RBX = 3;
const RSP = 4;
const RBP = 5;
const RSI = 6;
const RDI = 7;

function pin(draft: Draft, register: number, value: bigint): void {
  draft.gpr[register] = BigInt.asUintN(64, value);
  draft.pinned.add(register);
}

/** Writes into the window at a linear address; what lies outside is left out. */
export function storeInWindow(draft: Draft, linear: bigint, bytes: Uint8Array): void {
  const offset = Number(linear) - at.WINDOW;
  for (let i = 0; i < bytes.length; i++) {
    if (offset + i >= 0 && offset + i < at.WINDOW_SIZE) draft.window[offset + i] = bytes[i]!;
  }
}

function storeInteger(draft: Draft, linear: bigint, value: bigint, size: number): void {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  storeInWindow(draft, linear, bytes.subarray(0, size / 8));
}

function loadInteger(draft: Draft, linear: bigint, size: number): bigint {
  const offset = Number(linear) - at.WINDOW;
  let value = 0n;
  for (let i = 0; i < size / 8; i++) value |= BigInt(draft.window[offset + i] ?? 0) << BigInt(8 * i);
  return value;
}

const mask = (size: number): bigint => (1n << BigInt(size)) - 1n;

/** `low` in the low `size` bits, garbage above. */
function withGarbage(draft: Draft, low: bigint, size: number): bigint {
  return (random64(draft.random) & ~mask(size)) | (BigInt.asUintN(64, low) & mask(size));
}

function shiftCount(draft: Draft): void {
  const { random, compiled, size } = draft;
  const { operands, name } = compiled.row;
  const kind = operands.at(-1)?.kind;
  let count = random.chance(0.6)
    ? random.pick([0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, size - 1, size, size + 1, 63, 64, 65, 0x81, 0xff])
    : random.below(256);
  // The result is undefined where a 16-bit double shift goes beyond 16 (SDM vol. 2, SHLD).
  if ((name === 'shld' || name === 'shrd') && size === 16 && (count & 31) > 16) count &= 15;
  if (kind === 'one') draft.count = 1;
  else if (kind === 'cl') {
    pin(draft, RCX, withGarbage(draft, BigInt(count), 8));
    draft.count = count;
    if ((name === 'shld' || name === 'shrd') && !draft.isMemory && draft.rm === RCX) draft.rm = RDX;
  } else {
    draft.immediates = [BigInt(count)];
    draft.count = count;
  }
}

function bitString(draft: Draft): void {
  const { random, size, isMemory } = draft;
  if (!isMemory || draft.immediates.length > 0) return;
  const center = at.WINDOW + at.WINDOW_SIZE / 2;
  if (draft.variant === 'plain') draft.target = BigInt(center - 16 + random.below(32));
  const reach = draft.variant === 'plain' ? 2000 : 8;
  pin(draft, draft.reg, withGarbage(draft, BigInt(random.below(2 * reach) - reach), size));
}

function divide(draft: Draft): void {
  const { random, size, compiled } = draft;
  const isSigned = compiled.row.name === 'idiv';
  const low = integer(random);
  if (random.chance(0.15)) {
    pin(draft, RAX, low);
    pin(draft, RDX, integer(random));
    return;
  }
  if (size === 8) {
    pin(draft, RAX, withGarbage(draft, BigInt(isSigned ? random.below(400) - 200 : random.below(400)), 16));
    draft.pinned.add(RDX);
    return;
  }
  const isNegative = isSigned && ((low >> BigInt(size - 1)) & 1n) === 1n;
  const high = isNegative ? -1n - BigInt(random.below(3)) : BigInt(random.below(3));
  pin(draft, RAX, low);
  pin(draft, RDX, withGarbage(draft, random.chance(0.6) ? (isNegative ? -1n : 0n) : high, size));
}

function compareExchange(draft: Draft): void {
  const { random, size, isMemory, target, gpr } = draft;
  draft.pinned.add(RAX);
  if (!random.chance(0.5)) return;
  const value = isMemory ? loadInteger(draft, target, size) : gpr[draft.rm]!;
  if (isMemory || draft.rm !== RAX) pin(draft, RAX, withGarbage(draft, value, size));
}

function compareExchangePair(draft: Draft, half: number): void {
  for (const register of [RAX, RBX, RCX, RDX]) draft.pinned.add(register);
  if (!draft.random.chance(0.6)) return;
  pin(draft, RAX, withGarbage(draft, loadInteger(draft, draft.target, half), half));
  pin(draft, RDX, withGarbage(draft, loadInteger(draft, draft.target + BigInt(half / 8), half), half));
}

/** An address for an implied register. */
function pointer(draft: Draft, bytes: number): bigint {
  const { random, variant } = draft;
  const linear =
    variant === 'unmapped' || variant === 'crossing'
      ? at.DATA_END - bytes * random.below(3) - (variant === 'crossing' ? 1 : 0)
      : variant === 'readOnly'
        ? at.READ_ONLY + 64
        : at.WINDOW + 128 + random.below(at.WINDOW_SIZE - 256);
  if (variant === 'nonCanonical') return 0x0000900000000000n;
  return draft.addressSize === 32 ? withGarbage(draft, BigInt(linear), 32) : BigInt(linear);
}

function stringRow(draft: Draft): void {
  const { random, compiled, size } = draft;
  const isCompare = compiled.row.attributes.rep === 'repe';
  draft.rep = random.pick([undefined, 0xf3, 0xf2]);
  if (isCompare) {
    // long equal and long unequal stretches
    draft.window.fill(0);
    for (let i = 0; i < 30; i++) draft.window[random.below(at.WINDOW_SIZE)] = 1;
    pin(draft, RAX, withGarbage(draft, BigInt(random.below(2)), size));
  }
  const safe = BigInt(at.WINDOW + 200);
  const name = compiled.row.name;
  pin(draft, RSI, name === 'movs' && random.chance(0.5) ? safe : pointer(draft, size / 8));
  pin(draft, RDI, pointer(draft, size / 8));
  const count = BigInt(random.pick([0, 1, 2, 3, 5, 8]));
  pin(draft, RCX, draft.addressSize === 32 ? withGarbage(draft, count, 32) : count);
}

function stackPointer(draft: Draft): void {
  const { random, variant } = draft;
  let rsp = at.WINDOW + 160 + 8 * random.below(40);
  if (random.chance(0.2)) rsp += random.below(8);
  if (!draft.isMemory && variant === 'unmapped') rsp = random.chance(0.5) ? at.DATA_PAGES : at.DATA_END;
  if (!draft.isMemory && variant === 'crossing') rsp = random.chance(0.5) ? at.DATA_PAGES + 1 : at.DATA_END - 1;
  if (!draft.isMemory && variant === 'readOnly') rsp = at.READ_ONLY + 64;
  pin(draft, RSP, BigInt(rsp));
}

function branchTarget(draft: Draft): void {
  const to = BigInt(draft.slot + at.TAKEN);
  if (draft.isMemory) {
    storeInteger(draft, draft.target, to, 64);
    return;
  }
  if (draft.compiled.row.operands[0]?.kind !== 'rmv') return;
  if (draft.rm === RSP) draft.rm = RBP;
  pin(draft, draft.rm, to);
}

/** Control word with the bits that exist. */
function controlWord(draft: Draft): number {
  const { random } = draft;
  return (
    0x40 | random.pick([0x3f, 0x3f, 0x3f, random.below(64)]) | (random.pick([0, 2, 3]) << 8) | (random.below(4) << 10)
  );
}

function environment(draft: Draft): void {
  const view = new DataView(draft.window.buffer);
  const offset = Number(draft.target) - at.WINDOW;
  if (offset < 0 || offset + 108 > at.WINDOW_SIZE) return;
  const step = draft.size === 16 ? 2 : 4;
  const { random } = draft;
  const control = controlWord(draft);
  view.setUint16(offset, control, true);
  // no pending exceptions beyond those of the control word: ES follows from both
  view.setUint16(offset + step, (random.below(0x10000) & 0x7f00) | (random.below(64) & control & 0x3f), true);
}

function mxcsr(draft: Draft): void {
  const { random } = draft;
  const reserved = random.chance(0.15) ? 0x10000 << random.pick([0, 2, 5, 15]) : 0;
  storeInteger(draft, draft.target, BigInt((random.below(0x10000) | reserved) >>> 0), 32);
}

function decimal(draft: Draft): void {
  const bytes = Uint8Array.from({ length: 10 }, () => draft.random.below(10) * 16 + draft.random.below(10));
  if (draft.random.chance(0.3)) bytes.fill(0, 1 + draft.random.below(8));
  bytes[9] = draft.random.pick([0, 0x80]);
  storeInWindow(draft, draft.target, bytes);
}

export function prepare(draft: Draft): void {
  const { family, operands } = draft.compiled.row;
  // VEX-encoded forms want what their legacy ones do
  const name = draft.compiled.isVex ? draft.compiled.row.name.replace(/^v/, '') : draft.compiled.row.name;
  const { random, variant } = draft;
  if (STACK_ROWS.has(name)) stackPointer(draft);
  if (family === 'shift') shiftCount(draft);
  if (family === 'string') stringRow(draft);
  switch (name) {
    case 'bt':
    case 'bts':
    case 'btr':
    case 'btc':
      bitString(draft);
      break;
    case 'div':
    case 'idiv':
      divide(draft);
      break;
    case 'cmpxchg':
      compareExchange(draft);
      break;
    case 'cmpxchg8b':
      compareExchangePair(draft, 32);
      break;
    case 'cmpxchg16b':
      compareExchangePair(draft, 64);
      break;
    case 'xlat':
      pin(draft, RBX, variant === 'plain' ? BigInt(at.WINDOW + random.below(384)) : pointer(draft, 1));
      break;
    case 'maskmovq':
    case 'maskmovdqu':
      pin(draft, RDI, pointer(draft, 16));
      break;
    case 'enter': {
      draft.immediates = [BigInt(random.below(64)), BigInt(random.pick([0, 1, 2, 3, 31, 32, 33, 0xe4]))];
      pin(draft, RSP, BigInt(at.WINDOW + 560 + random.below(2) * 3));
      pin(draft, RBP, variant === 'plain' ? BigInt(at.WINDOW + 400) : pointer(draft, 8));
      break;
    }
    case 'leave':
      pin(draft, RBP, variant === 'plain' ? BigInt(at.WINDOW + 8 * random.below(60)) : pointer(draft, 8));
      break;
    case 'ret':
      if (operands.length > 0) draft.immediates = [BigInt(random.below(256))];
      storeInteger(draft, draft.gpr[RSP]!, BigInt(draft.slot + at.TAKEN), 64);
      break;
    case 'popf':
      storeInteger(
        draft,
        draft.gpr[RSP]!,
        BigInt((random.below(0x1000) & 0xcd5) | 0x202 | (random.below(2) << 21)),
        64,
      );
      break;
    case 'call':
    case 'jmp':
      branchTarget(draft);
      break;
    case 'loop':
    case 'loope':
    case 'loopne':
    case 'jcxz':
      pin(draft, RCX, random.pick([0n, 1n, 2n, 0x100000000n, 0x100000001n, 0xffffffffn, 0xffffffff00000000n]));
      break;
    case 'pcmpestri':
    case 'pcmpestrm':
      for (const register of [RAX, RDX]) {
        pin(draft, register, withGarbage(draft, BigInt(random.below(41) - 20), random.chance(0.5) ? 32 : 64));
      }
      break;
    case 'ldmxcsr':
      mxcsr(draft);
      break;
    case 'fldcw':
      storeInteger(draft, draft.target, BigInt(controlWord(draft)), 16);
      break;
    case 'fldenv':
    case 'frstor':
      environment(draft);
      break;
    case 'fxrstor':
    case 'fxrstor64':
      storeInWindow(
        draft,
        draft.target,
        fxImage(random, { style: 'integer', isFloat: true, isStackFull: random.chance(0.5), isMmx: false }),
      );
      break;
    case 'fbld':
      decimal(draft);
      break;
    default:
  }
}
