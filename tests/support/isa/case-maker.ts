import {
  type CompiledRow,
  FORM_MEMORY,
  FORM_REGISTER,
  PREFIX_NONE,
  operandBits,
} from '../../../src/cpu/emulated/isa/compile';
import type { Size } from '../../../src/cpu/emulated/isa/emitter';
import type { OperandKind } from '../../../src/cpu/emulated/isa/table';
import type { Random } from '../random';
import type { Case } from './case-batch';
import * as at from './case-layout';
import { type Choice, encode, keyOf, type MemoryOperand } from './encode';
import { BRANCHES, ENVIRONMENT_BYTES, prepare, STACK_ROWS, storeInWindow } from './row-setup';
import { DF, flagBits, undefinedFlags } from './user-rows';
import { fillVector, fxImage, integer, random64, type VectorStyle, windowBytes } from './values';

/** What a case is about. */
export type Variant = 'plain' | 'unmapped' | 'crossing' | 'nonCanonical' | 'misaligned' | 'readOnly';

export type Tolerance = 'exact' | 'ulp' | 'approximate';

export interface RowCase extends Case {
  readonly compiled: CompiledRow;
  /** Bits of RFLAGS compared when the instruction goes through. */
  readonly flagMask: number;
  /** Bytes of the window that are not compared: [start, end). */
  readonly ignored: ReadonlyArray<readonly [number, number]>;
  readonly tolerance: Tolerance;
  /** The other CPU follows Intel where manuals differ. */
  readonly isHostIntel: boolean;
  /** Register of VEX.vvvv. */
  readonly vvvv?: number;
}

/** The parts of a case while it is made. */
export interface Draft {
  readonly compiled: CompiledRow;
  readonly random: Random;
  readonly size: number;
  readonly slot: number;
  readonly variant: Variant;
  readonly gpr: BigUint64Array;
  readonly window: Uint8Array;
  /** Registers whose values are fixed. */
  readonly pinned: Set<number>;
  reg: number;
  rm: number;
  vvvv: number;
  is4: number;
  readonly isMemory: boolean;
  /** Linear address of the memory operand. */
  target: bigint;
  immediates: bigint[];
  /** Of shifts. */
  count: number | undefined;
  rep: 0xf2 | 0xf3 | undefined;
  addressSize: 32 | 64;
  /** 8 in 32-bit code. */
  readonly registers: 8 | 16;
}

const RSP = 4;
const ARITHMETIC_FLAGS = 0x8d5;
const COMPARED_FLAGS = ARITHMETIC_FLAGS | DF | 0x200000;
const FCW_UM_AND_PM = 0x30;
const FSW_ES = 0x80;
const TRANSCENDENTAL = new Set(['f2xm1', 'fyl2x', 'fyl2xp1', 'fptan', 'fpatan', 'fsin', 'fcos', 'fsincos']);
const APPROXIMATE = new Set(['rcpps', 'rcpss', 'rsqrtps', 'rsqrtss']);
const IMPLIED_POINTERS = new Set(['xlat', 'maskmovq', 'maskmovdqu', 'vmaskmovdqu']);
const SIZED = new Set<OperandKind>(['rmv', 'rv', 'ov', 'immz', 'immv', 'relz', 'mv', 'moffsv']);
const FLOAT_FAMILIES = new Set(['sse', 'sse2', 'sse3', 'sse41', 'x87', 'fpuState', 'avx', 'f16c', 'fma']);
/** Without the v of VEX-encoded forms. */
const legacyName = (name: string): string => name.replace(/^v(?!er)/, '');
const FLOAT_NAME = /[ps][sd]$|^cvt|^f|^dpp|^round/;

export function isFloatRow({ row }: CompiledRow): boolean {
  const name = legacyName(row.name);
  return FLOAT_FAMILIES.has(row.family) && FLOAT_NAME.test(name) && !/^(mov|maskmov|perm|broadcast|insert)/.test(name);
}

function styleOf(compiled: CompiledRow, random: Random): VectorStyle {
  const name = legacyName(compiled.row.name);
  if (random.chance(0.15) || !isFloatRow(compiled)) return random.pick(['integer', 'integer', 'single', 'double']);
  if (/^cvt(t?)(pi|si|dq|ph)2/.test(name)) return 'integer';
  const source = /^cvtt?(ps|ss|pd|sd)2/.exec(name)?.[1] ?? name.slice(-2);
  if (source === 'ps' || source === 'ss') return 'single';
  if (source === 'pd' || source === 'sd') return 'double';
  return random.pick(['integer', 'single', 'double']);
}

/** Operand sizes that exist in 64-bit mode. */
export function sizesIn64(compiled: CompiledRow): readonly number[] {
  const { sizeRule, row, prefix, rexW } = compiled;
  if (sizeRule === 'y') return rexW === undefined ? [32, 64] : [rexW ? 64 : 32];
  if (sizeRule !== 'v') return [sizeRule];
  const { attributes, operands, name } = row;
  if (attributes.default64 === 'force') return [64];
  if (attributes.default64) return [16, 64];
  if (ENVIRONMENT_BYTES[name] !== undefined) return [16, 32];
  if (!attributes.sized && !operands.some(({ kind }) => SIZED.has(kind))) return [32];
  if (prefix === PREFIX_NONE && name !== 'movbe') return [32, 64];
  return [16, 32, 64];
}

/** Operand sizes that exist in 32-bit code. */
export function sizesIn32(compiled: CompiledRow): readonly number[] {
  const { sizeRule, row } = compiled;
  if (sizeRule === 'y') return [32];
  if (sizeRule !== 'v') return [sizeRule];
  // near branches with 16-bit operands cut EIP
  if (row.attributes.default64 === 'force') return [32];
  const sizes = sizesIn64(compiled).filter((size) => size !== 64);
  return row.attributes.default64 ? [16, 32] : sizes;
}

/** Whether the instruction has a memory operand in ModRM or moffs form. */
export function formsOf(compiled: CompiledRow): readonly number[] {
  return compiled.forms;
}

function memoryBytes(draft: Draft): number {
  const { row } = draft.compiled;
  const environment = ENVIRONMENT_BYTES[row.name];
  if (environment !== undefined) return draft.size === 16 ? environment[0] : environment[1];
  if (row.name.startsWith('fxsave') || row.name.startsWith('fxrstor')) return 512;
  const operand = row.operands.find(({ kind }) => /^(rm|m|xmmm|ymmm|mmm|moffs)/.test(kind) && kind !== 'mm');
  return operand === undefined ? 0 : operandBits(operand.kind, draft.size as Size) / 8;
}

function chooseTarget(draft: Draft, bytes: number): bigint {
  const { random, compiled, variant } = draft;
  const { name, attributes } = compiled.row;
  const isAligned = attributes.aligned === true || bytes === 512 || name === 'cmpxchg16b';
  const step = isAligned ? Math.max(16, bytes === 512 ? 16 : bytes) : 1;
  switch (variant) {
    case 'unmapped':
      return BigInt(
        random.chance(0.5) ? at.DATA_END + 16 * random.below(8) : at.DATA_PAGES - 512 - 16 * random.below(9),
      );
    case 'crossing':
      return BigInt(at.DATA_END - 1 - random.below(Math.max(1, bytes - 1)));
    case 'nonCanonical':
      return random.pick([0x0000900000000000n, 0xffff700000000000n, 0x4000000000000000n]);
    case 'misaligned':
      return BigInt(at.WINDOW + 64 + 1 + random.below(15));
    case 'readOnly':
      return BigInt(at.READ_ONLY + 16 * random.below(4));
    default:
  }
  const room = at.WINDOW_SIZE - bytes;
  if (!isAligned && bytes > 1 && random.chance(0.3)) {
    return BigInt(at.WINDOW + at.WINDOW_SIZE / 2 - 1 - random.below(bytes - 1));
  }
  const first = Math.ceil(at.WINDOW / step) * step;
  return BigInt(
    isAligned
      ? first + Math.floor(random.below(room + 1 - (first - at.WINDOW)) / step) * step
      : at.WINDOW + random.below(room + 1),
  );
}

function isDisplacement(value: bigint): boolean {
  return value >= -0x80000000n && value <= 0x7fffffffn;
}

/** Registers and displacement that make the target, with the registers' values set. */
function chooseAddress(draft: Draft): MemoryOperand {
  const { random, pinned, gpr, target, addressSize } = draft;
  const free = [...gpr.keys()].filter((register) => !pinned.has(register) && register < draft.registers);
  const which = random.below(10);
  if (draft.registers === 8 && which === 0) return { displacement: Number(target) };
  const inReach = isDisplacement(target);
  if (addressSize === 64 && inReach && which === 0) return { displacement: Number(target) };
  if (addressSize === 64 && inReach && which === 1) return { ripTarget: Number(target) };
  const displacement = random.pick([0, 0, 1, -1, 127, -128, 128, 0x12345, -0x7fffffff, random.below(2 ** 31)]);
  const mask = addressSize === 32 ? 0xffffffffn : 0xffffffffffffffffn;
  const garbage = addressSize === 32 ? random64(random) & ~mask : 0n;
  let rest = target - BigInt(displacement);
  let index: number | undefined;
  let scale: number | undefined;
  const indices = free.filter((register) => register !== RSP);
  if (which >= 5 && indices.length > 1) {
    index = random.pick(indices);
    scale = random.below(4);
    gpr[index] = random.chance(0.5) ? BigInt(random.below(64)) : integer(random);
    rest -= gpr[index]! << BigInt(scale);
  }
  const bases = free.filter((register) => register !== index);
  const base = random.pick(bases);
  gpr[base] = (BigInt.asUintN(64, rest) & mask) | garbage;
  return { base, index, scale, displacement };
}

function immediateOf(kind: OperandKind, random: Random): bigint {
  if (kind === 'immv') return integer(random);
  if (kind === 'imm16') return BigInt(random.below(65536));
  if (kind === 'immz') return BigInt.asIntN(32, integer(random));
  return BigInt(random.chance(0.5) ? random.pick([0, 1, 0x7f, 0x80, 0xff]) : random.below(256));
}

function chooseRegisters(draft: Draft): { highBytes: boolean } {
  const { random, compiled, isMemory } = draft;
  const kinds = compiled.row.operands.map(({ kind }) => kind);
  draft.reg = random.below(draft.registers);
  draft.rm = random.chance(0.15) ? draft.reg : random.below(draft.registers);
  draft.vvvv = random.chance(0.15) ? draft.reg : random.below(draft.registers);
  draft.is4 = random.below(draft.registers);
  if (kinds.includes('sti')) draft.rm &= 7;
  // REX.R and REX.B mean nothing to MMX registers
  if (kinds.includes('mm') && random.chance(0.9)) draft.reg &= 7;
  if (kinds.some((kind) => kind.startsWith('mmm')) && !isMemory && random.chance(0.9)) draft.rm &= 7;
  if (kinds.includes('sreg')) draft.reg = random.below(6);
  if (draft.registers === 8) return { highBytes: true };
  const bytes = kinds.filter((kind) => kind === 'r8' || kind === 'rm8' || kind === 'o8');
  const highBytes = bytes.length > 0 && draft.size === 8 && random.chance(0.35);
  if (highBytes) {
    draft.reg &= 7;
    draft.rm &= 7;
  }
  return { highBytes };
}

/** Without REX: AH to BH are there. */
function fitsLegacy(memory: MemoryOperand | undefined): boolean {
  return (memory?.base ?? 0) < 8 && (memory?.index ?? 0) < 8;
}

export function makeCase(
  compiled: CompiledRow,
  how: { size: number; form: number; variant: Variant; isHostIntel: boolean; codeSize?: 32 | 64 },
  random: Random,
  slot: number,
): RowCase {
  const { row } = compiled;
  const codeSize = how.codeSize ?? 64;
  const style = styleOf(compiled, random);
  const kinds = row.operands.map(({ kind }) => kind);
  const hasMoffs = kinds.some((kind) => kind.startsWith('moffs'));
  const draft: Draft = {
    compiled,
    random,
    size: how.size,
    slot,
    variant: how.variant,
    gpr: BigUint64Array.from({ length: 16 }, () => integer(random)),
    window: windowBytes(random, style),
    pinned: new Set(),
    reg: 0,
    rm: 0,
    vvvv: 0,
    is4: 0,
    isMemory: how.form === FORM_MEMORY,
    target: 0n,
    immediates: compiled.immediates.map(({ kind }) => immediateOf(kind, random)),
    count: undefined,
    rep: undefined,
    addressSize: codeSize === 32 || (random.chance(0.1) && how.variant !== 'nonCanonical') ? 32 : 64,
    registers: codeSize === 32 ? 8 : 16,
  };
  const { highBytes } = chooseRegisters(draft);
  const bytes = memoryBytes(draft);
  const fx = fxImage(random, {
    style,
    isFloat: isFloatRow(compiled),
    isStackFull: row.attributes.unit === 'fpu' || row.attributes.unit === 'fwait',
    isMmx: row.attributes.unit === 'mmx',
  });
  const ymm = upperHalves(random, style);
  if (compiled.isVsib) vectorIndices(draft, fx, ymm);
  // whether transcendental functions are exact is their own: nobody waits for that
  if (TRANSCENDENTAL.has(row.name) && (fx[2]! & FSW_ES) === 0) fx[0]! |= FCW_UM_AND_PM;
  if (STACK_ROWS.has(row.name)) draft.pinned.add(RSP);
  if (draft.isMemory || hasMoffs) draft.target = chooseTarget(draft, bytes);
  if (row.name === 'lea') draft.target = integer(random);
  prepare(draft);
  if (row.name === 'lea' && draft.addressSize === 32) draft.target &= 0xffffffffn;

  let memory: MemoryOperand | undefined = !draft.isMemory
    ? undefined
    : compiled.isVsib
      ? vectorAddress(draft)
      : chooseAddress(draft);
  if (memory !== undefined && STACK_ROWS.has(row.name) && random.chance(0.2)) {
    // relative to RSP, which POP has already moved
    const moved = row.name === 'pop' ? BigInt(draft.size / 8) : 0n;
    const displacement = BigInt.asIntN(64, draft.target - draft.gpr[RSP]! - moved);
    if (isDisplacement(displacement) && draft.addressSize === codeSize) {
      memory = { base: RSP, displacement: Number(displacement) };
    }
  }
  const hasAddress =
    hasMoffs ||
    draft.isMemory ||
    row.attributes.addressSized === true ||
    row.attributes.rep !== undefined ||
    IMPLIED_POINTERS.has(row.name);
  const isLocked = draft.isMemory && row.attributes.lock === true && random.chance(0.2);
  const choice: Choice = {
    size: how.size,
    codeSize,
    addressSize: hasAddress ? draft.addressSize : codeSize,
    reg: draft.reg,
    rm: draft.rm,
    vvvv: draft.vvvv,
    is4: draft.is4,
    memory,
    highBytes: highBytes && fitsLegacy(memory),
    immediates: draft.immediates,
    moffs: draft.target,
    lock: isLocked,
    rep: draft.rep,
    at: slot,
    wide: random.chance(0.1),
  };
  let code = encode(compiled, choice);
  if (BRANCHES.test(row.name) && kinds.some((kind) => kind === 'rel8' || kind === 'relz')) {
    code = encode(compiled, { ...choice, immediates: [at.TAKEN - code.length] });
  }
  const flags = 0x202 | (random.below(0x1000) & ARITHMETIC_FLAGS) | (row.attributes.rep && random.chance(0.4) ? DF : 0);
  if (codeSize === 32) draft.gpr.forEach((value, i) => (draft.gpr[i] = value & 0xffffffffn));
  return {
    compiled,
    codeSize,
    label: `${keyOf(compiled)}, ${how.size} bits, ${how.form === FORM_REGISTER ? 'register' : 'memory'}, ${how.variant}: ${hex(code)}`,
    code,
    gpr: draft.gpr,
    flags,
    fx,
    ymm,
    window: draft.window,
    flagMask: COMPARED_FLAGS & ~undefinedFlags(compiled, how.size, draft.count),
    ignored: ignoredBytes(draft),
    tolerance: TRANSCENDENTAL.has(row.name) ? 'ulp' : APPROXIMATE.has(legacyName(row.name)) ? 'approximate' : 'exact',
    isHostIntel: how.isHostIntel,
    vvvv: draft.vvvv,
  };
}

export function upperHalves(random: Random, style: VectorStyle): Uint8Array {
  const ymm = new Uint8Array(at.YMM_SIZE);
  if (random.chance(0.1)) return ymm;
  fillVector(new DataView(ymm.buffer), 0, at.YMM_SIZE, style, random);
  return ymm;
}

const XMM_IN_FX = 160;
const VSIB_SCALE = 1;
/** Gathers: register IS4 has small indices, of 32 or 64 bits, now and then one that leads to memory that is not there. */
function vectorIndices(draft: Draft, fx: Uint8Array, ymm: Uint8Array): void {
  const { random, compiled } = draft;
  const registers = draft.registers - 1;
  // three different ones, but for a few, which are undefined
  if (random.chance(0.95)) {
    draft.vvvv = (draft.reg + 1 + random.below(registers - 1)) % draft.registers;
    do draft.is4 = random.below(draft.registers);
    while (draft.is4 === draft.reg || draft.is4 === draft.vvvv);
  }
  const bytes = /g(?:ather)?q[dqp]/.test(compiled.row.name.replace('vp', 'v')) ? 8 : 4;
  const isFar = draft.variant !== 'plain';
  for (const area of [fx.subarray(XMM_IN_FX + 16 * draft.is4), ymm.subarray(16 * draft.is4)]) {
    const view = new DataView(area.buffer, area.byteOffset, 16);
    for (let i = 0; i < 16; i += bytes) {
      const index = isFar && random.chance(0.4) ? 0x1000 + random.below(0x1000) : random.below(200) - 100;
      if (bytes === 8) view.setBigInt64(i, BigInt(index), true);
      else view.setInt32(i, index, true);
    }
  }
}
function vectorAddress(draft: Draft): MemoryOperand {
  const base = draft.random.below(draft.registers);
  const displacement = draft.random.pick([0, 8, -0x1000]);
  draft.gpr[base] = BigInt(at.WINDOW + at.WINDOW_SIZE / 2 - displacement);
  return { base, index: draft.is4, scale: VSIB_SCALE, displacement };
}

export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** x87 pointers and opcode in stored images: AMD keeps them only while an exception is pending (APM vol. 2, 11.5.2.4). */
function ignoredBytes(draft: Draft): ReadonlyArray<readonly [number, number]> {
  const { name } = draft.compiled.row;
  const start = Number(draft.target) - at.WINDOW;
  const range = (from: number, to: number): readonly [number, number] => [start + from, start + to];
  if (draft.variant !== 'plain') return [];
  if (name === 'fnstenv' || name === 'fnsave') return [draft.size === 16 ? range(6, 14) : range(12, 28)];
  if (name === 'fxsave' || name === 'fxsave64') {
    const registers = [...Array(8).keys()].map((i) => range(42 + 16 * i, 48 + 16 * i));
    return [range(5, 24), range(28, 32), ...registers, range(416, 512)];
  }
  return [];
}

export { flagBits, storeInWindow };
