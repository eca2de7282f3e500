import type { Size } from './emitter';
import type { OperandKind, Row } from './table';

/**
 * From table rows to what decoder, packer and generator need: the parsed encoding, the places of the operands in an op, and the
 * variants (operand size, register or memory form, address size, segment environment) for which handlers are made.
 */

export const PREFIX_ANY = 0;
export const PREFIX_NONE = 1;
export const PREFIX_66 = 2;
export const PREFIX_F3 = 3;
export const PREFIX_F2 = 4;

/** How a block addresses stack and code: part of MODE, fixed when the block is decoded. */
export const ENV_LONG = 0; // 64-bit mode
export const ENV_FLAT = 1; // flat segments, 32-bit stack
export const ENV_CHECKED = 2; // everything else
export const ENVIRONMENTS = 3;

/** Where maps of VEX-encoded rows start in `lookupTable`. */
export const VEX_MAP = 1024;

export const FORM_REGISTER = 0;
export const FORM_MEMORY = 1;

/** Where an operand lies in an op. */
export type Slot =
  | 'reg' // OP_REG
  | 'rm' // OP_RM
  | 'memory' // the OP_EA fields
  | 'moffs' // memory at OP_IMM
  | 'vvvv' // OP_VVVV
  | 'is4' // OP_IS4
  | 'imm'
  | 'imm2'
  | 'fixed'; // needs no field

export type SizeRule =
  | 'v' // 16, 32 or 64 by prefix
  | 'y' // 32 or 64 by REX.W
  | 8
  | 16
  | 32
  | 64;

export interface CompiledRow {
  readonly id: number;
  readonly row: Row;
  readonly map: 0 | 1 | 2 | 3;
  readonly opcode: number;
  readonly hasOpcodeRegister: boolean;
  readonly prefix: number;
  readonly hasModrm: boolean;
  /** -1: any. */
  readonly reg: number;
  readonly rm: number;
  /** undefined: both. */
  readonly isMemory: boolean | undefined;
  readonly rexW: boolean | undefined;
  readonly isVex: boolean;
  /** VEX.L; -1: any. */
  readonly vexL: number;
  /** VEX.vvvv names a register; else it must be 1111b. */
  readonly hasVvvv: boolean;
  /** The memory operand's index is a vector register. */
  readonly isVsib: boolean;
  readonly sizeRule: SizeRule;
  readonly forms: readonly number[];
  /** By form, by operand. */
  readonly slots: ReadonlyArray<readonly Slot[]>;
  /** Immediates in encoding order: operand kind and slot. */
  readonly immediates: ReadonlyArray<{ readonly kind: OperandKind; readonly slot: 'imm' | 'imm2' | 'is4' }>;
  /** In register form OP_RM holds ModRM.reg and OP_REG ModRM.rm, so that both directions of an operation share handlers. */
  readonly isSwapped: boolean;
  /** MOV moffs: the address follows the opcode. */
  readonly hasOffset: boolean;
}

const GENERAL_RM = new Set<OperandKind>(['rm8', 'rm16', 'rm32', 'rm64', 'rmv', 'rmy', 'rmr32']);
const VECTOR_RM = new Set<OperandKind>(['xmmm8', 'xmmm16', 'xmmm32', 'xmmm64', 'xmmm128', 'ymmm256', 'mmm32', 'mmm64']);
const GENERAL_REG = new Set<OperandKind>(['r8', 'r16', 'r32', 'r64', 'rv', 'ry']);
const OTHER_REG = new Set<OperandKind>(['xmm', 'ymm', 'mm', 'sreg', 'cr', 'dr']);
const MEMORY = new Set<OperandKind>([
  'm',
  'm8',
  'm16',
  'm32',
  'm64',
  'm80',
  'm128',
  'm256',
  'mv',
  'mfar',
  'm512byte',
  'vm',
]);
const VVVV = new Set<OperandKind>(['vy', 'xmmv', 'ymmv']);
const IS4 = new Set<OperandKind>(['xmmi', 'ymmi']);
const IMMEDIATE = new Set<OperandKind>(['imm8', 'imm8s', 'imm16', 'immz', 'immv', 'rel8', 'relz', 'ptrfar']);
const ACCUMULATOR = new Set<OperandKind>(['al', 'ax', 'eax', 'rax']);
const SIZED_V = new Set<OperandKind>(['rmv', 'rv', 'ov', 'immz', 'immv', 'relz', 'mv', 'moffsv', 'ptrfar', 'mfar']);
const SIZED_Y = new Set<OperandKind>(['rmy', 'ry', 'vy']);

export const isGeneralRm = (kind: OperandKind): boolean => GENERAL_RM.has(kind);
export const isRm = (kind: OperandKind): boolean => GENERAL_RM.has(kind) || VECTOR_RM.has(kind);
export const isMemoryOnly = (kind: OperandKind): boolean => MEMORY.has(kind);
export const isImmediate = (kind: OperandKind): boolean => IMMEDIATE.has(kind);
export const isGeneralRegister = (kind: OperandKind): boolean =>
  GENERAL_RM.has(kind) ||
  GENERAL_REG.has(kind) ||
  ACCUMULATOR.has(kind) ||
  kind === 'o8' ||
  kind === 'ov' ||
  kind === 'vy';
export const isAccumulator = (kind: OperandKind): boolean => ACCUMULATOR.has(kind);

/** Bits of an operand; `size` is the operation's. 0: not a number of bits (LEA's m). */
export function operandBits(kind: OperandKind, size: Size): number {
  switch (kind) {
    case 'rm8':
    case 'r8':
    case 'o8':
    case 'al':
    case 'cl':
    case 'm8':
    case 'xmmm8':
    case 'moffs8':
      return 8;
    case 'rm16':
    case 'r16':
    case 'ax':
    case 'dx':
    case 'm16':
    case 'xmmm16':
    case 'sreg':
      return 16;
    case 'rm32':
    case 'r32':
    case 'm32':
    case 'eax':
    case 'xmmm32':
    case 'mmm32':
    case 'rmr32':
      return 32;
    case 'rm64':
    case 'r64':
    case 'm64':
    case 'xmmm64':
    case 'mmm64':
    case 'mm':
      return 64;
    case 'm80':
      return 80;
    case 'm128':
    case 'xmm':
    case 'xmmm128':
    case 'xmmv':
    case 'xmmi':
      return 128;
    case 'ymm':
    case 'ymmm256':
    case 'ymmv':
    case 'ymmi':
    case 'm256':
      return 256;
    case 'm':
    case 'vm':
    case 'm512byte':
      return 0;
    default:
      return size;
  }
}

const hexByte = /^[0-9A-F]{2}$/;

const VEX_LENGTHS: Readonly<Record<string, number>> = { LIG: -1, LZ: 0, 128: 0, 256: 1 };
const VEX_PREFIXES: Readonly<Record<string, number>> = { NP: PREFIX_NONE, 66: PREFIX_66, F3: PREFIX_F3, F2: PREFIX_F2 };
const VEX_MAPS: Readonly<Record<string, 1 | 2 | 3>> = { '0F': 1, '0F38': 2, '0F3A': 3 };
const VEX_WIDTHS: Readonly<Record<string, boolean | undefined>> = { W0: false, W1: true, WIG: undefined };

/** '128', '66', '0F38', 'W0'. */
function readVex(parts: readonly string[], into: Encoding): void {
  const [length = '', prefix = '', map = '', width = ''] = parts;
  if (!(length in VEX_LENGTHS && prefix in VEX_PREFIXES && map in VEX_MAPS && width in VEX_WIDTHS))
    throw new Error(`no VEX prefix: ${parts.join('.')}`);
  into.isVex = true;
  into.vexL = VEX_LENGTHS[length]!;
  into.prefix = VEX_PREFIXES[prefix]!;
  into.map = VEX_MAPS[map]!;
  into.rexW = VEX_WIDTHS[width];
}

interface Encoding {
  map: 0 | 1 | 2 | 3;
  opcode: number;
  hasOpcodeRegister: boolean;
  prefix: number;
  hasModrm: boolean;
  reg: number;
  rm: number;
  isMemory: boolean | undefined;
  rexW: boolean | undefined;
  isVex: boolean;
  vexL: number;
}

function parseEncoding(text: string): Encoding {
  const tokens = text
    .replace(/\+r|\+i/g, ' +r')
    .split(/\s+/)
    .filter((token) => token !== '');
  const bytes = tokens.filter((token) => hexByte.test(token)).map((token) => Number.parseInt(token, 16));
  const result: Encoding = {
    map: 0,
    opcode: 0,
    hasOpcodeRegister: tokens.includes('+r'),
    prefix: PREFIX_ANY,
    hasModrm: false,
    reg: -1,
    rm: -1,
    isMemory: undefined,
    rexW: undefined,
    isVex: false,
    vexL: -1,
  };
  const vex = tokens.find((token) => token.startsWith('VEX.'));
  if (vex !== undefined) readVex(vex.split('.').slice(1), result);
  if (tokens[0] === 'NP') result.prefix = PREFIX_NONE;
  const mandatory: Record<number, number> = { 102: PREFIX_66, 243: PREFIX_F3, 242: PREFIX_F2 };
  if (bytes.length > 1 && mandatory[bytes[0]!] !== undefined) result.prefix = mandatory[bytes.shift()!]!;
  if (bytes[0] === 0x0f && bytes.length > 1) {
    bytes.shift();
    result.map = 1;
    const escape: number | undefined = bytes.length > 1 ? bytes.at(0) : undefined;
    if (escape === 0x38 || escape === 0x3a) {
      bytes.shift();
      result.map = escape === 0x38 ? 2 : 3;
    }
  }
  result.opcode = bytes.shift()!;
  if (bytes.length > 0) {
    // a fixed ModRM byte; with +r its rm is a register
    const modrm = bytes.shift()!;
    result.hasModrm = true;
    result.isMemory = false;
    result.reg = (modrm >> 3) & 7;
    if (!result.hasOpcodeRegister) result.rm = modrm & 7;
    result.hasOpcodeRegister = false;
  }
  for (const token of tokens) {
    if (token === '/r') result.hasModrm = true;
    else if (/^\/[0-7]$/.test(token)) {
      result.hasModrm = true;
      result.reg = Number(token[1]);
    } else if (token === 'mod=3' || token === 'mod=m') {
      result.hasModrm = true;
      result.isMemory = token === 'mod=m';
    } else if (/^rm=[0-7]$/.test(token)) {
      result.hasModrm = true;
      result.rm = Number(token[3]);
    } else if (token === 'rex.w') result.rexW = true;
    else if (token === 'rex.w0') result.rexW = false;
  }
  return result;
}

function sizeRuleOf(row: Row): SizeRule {
  const { attributes } = row;
  if (attributes.size !== undefined) return attributes.size;
  const kinds = row.operands.map((operand) => operand.kind);
  if (attributes.sized || attributes.default64 || kinds.some((kind) => SIZED_V.has(kind))) return 'v';
  if (kinds.some((kind) => SIZED_Y.has(kind))) return 'y';
  const general = kinds.find((kind) => isGeneralRegister(kind) && kind !== 'rax');
  if (general !== undefined) return operandBits(general, 32) as Size;
  // nothing tells: semantics do not care, slow functions see what the prefixes say
  return row.semantics === undefined ? 'v' : 32;
}

function slotsOf(row: Row, form: number, isSwapped: boolean): Slot[] {
  const kinds = row.operands.map((operand) => operand.kind);
  const hasRm = kinds.some((kind) => isRm(kind) || isMemoryOnly(kind) || kind === 'o8' || kind === 'ov');
  let immediates = 0;
  return kinds.map((kind): Slot => {
    if (isRm(kind)) return form === FORM_MEMORY ? 'memory' : isSwapped ? 'reg' : 'rm';
    if (isMemoryOnly(kind)) return 'memory';
    if (kind === 'moffs8' || kind === 'moffsv') return 'moffs';
    if (VVVV.has(kind)) return 'vvvv';
    if (IS4.has(kind)) return 'is4';
    if (isImmediate(kind)) return immediates++ === 0 ? 'imm' : 'imm2';
    if (kind === 'o8' || kind === 'ov' || kind === 'sti') return 'rm';
    if (GENERAL_REG.has(kind)) return isSwapped && form === FORM_REGISTER ? 'rm' : 'reg';
    if (OTHER_REG.has(kind)) return 'reg';
    if (isAccumulator(kind)) return hasRm || kinds.some((k) => k.startsWith('moffs')) ? 'reg' : 'rm';
    return 'fixed';
  });
}

function compileRow(row: Row, id: number): CompiledRow {
  const encoding = parseEncoding(row.encoding);
  const kinds = row.operands.map((operand) => operand.kind);
  const hasRm = kinds.some(isRm);
  const hasMemory = kinds.some(isMemoryOnly);
  const hasModrm = encoding.hasModrm || hasRm || hasMemory;
  const isMemory = encoding.isMemory ?? (hasMemory && !hasRm ? true : undefined);
  const forms = !hasRm
    ? [hasMemory ? FORM_MEMORY : FORM_REGISTER]
    : isMemory === undefined
      ? [FORM_REGISTER, FORM_MEMORY]
      : [isMemory ? FORM_MEMORY : FORM_REGISTER];
  const isSwapped =
    row.semantics !== undefined && kinds.length >= 2 && GENERAL_REG.has(kinds[0]!) && GENERAL_RM.has(kinds[1]!);
  const slots = [FORM_REGISTER, FORM_MEMORY].map((form) => slotsOf(row, form, isSwapped && form === FORM_REGISTER));
  const immediates = kinds.flatMap((kind, i) =>
    isImmediate(kind) || IS4.has(kind) ? [{ kind, slot: slots[0]![i] as 'imm' | 'imm2' | 'is4' }] : [],
  );
  const hasOffset = kinds.some((kind) => kind === 'moffs8' || kind === 'moffsv');
  const sizeRule = sizeRuleOf(row);
  return {
    ...encoding,
    id,
    row,
    hasModrm,
    isMemory,
    hasVvvv: kinds.some((kind) => VVVV.has(kind)),
    isVsib: kinds.includes('vm'),
    sizeRule,
    forms,
    slots,
    immediates,
    isSwapped,
    hasOffset,
  };
}

export function compileRows(rows: readonly Row[]): CompiledRow[] {
  return rows.map(compileRow);
}

const ADDRESS_SIZES = [16, 32, 64] as const;
export type AddressSize = (typeof ADDRESS_SIZES)[number];

export function sizesOf(rule: SizeRule): readonly Size[] {
  if (rule === 'v') return [16, 32, 64];
  if (rule === 'y') return [32, 64];
  return [rule];
}

export function addressSizesOf(row: Row): readonly AddressSize[] {
  return row.attributes.addressSized ? ADDRESS_SIZES : [64];
}

/** Number of variants of a row, environments apart. */
export function variantCount(compiled: CompiledRow): number {
  return sizesOf(compiled.sizeRule).length * compiled.forms.length * addressSizesOf(compiled.row).length;
}

/** Index of a variant of a row, environments apart. */
export function variantOf(compiled: CompiledRow, size: number, form: number, addressSize: number): number {
  const { sizeRule, forms, row } = compiled;
  const sizeIndex =
    sizeRule === 'v' ? (size === 16 ? 0 : size === 32 ? 1 : 2) : sizeRule === 'y' && size === 64 ? 1 : 0;
  const formIndex = forms.length === 2 ? form : 0;
  let index = sizeIndex * forms.length + formIndex;
  if (row.attributes.addressSized) index = index * 3 + (addressSize === 16 ? 0 : addressSize === 32 ? 1 : 2);
  return index;
}

/** How narrowly a row describes its bytes: the first match in descending order is the instruction. */
function rank(compiled: CompiledRow): number {
  let value = 0;
  if (compiled.prefix >= PREFIX_66) value += 100;
  else if (compiled.prefix === PREFIX_NONE) value += 50;
  if (compiled.rm >= 0) value += 20;
  if (compiled.reg >= 0) value += 10;
  if (compiled.isMemory !== undefined) value += 5;
  if (compiled.rexW !== undefined) value += 3;
  if (!compiled.hasOpcodeRegister) value += 1;
  return value;
}

/** Candidates by `map * 256 + opcode`, best first; VEX maps come after VEX_MAP. */
export function lookupTable(rows: readonly CompiledRow[]): ReadonlyArray<readonly CompiledRow[]> {
  const table: CompiledRow[][] = Array.from({ length: 2048 }, () => []);
  for (const compiled of rows) {
    const last = compiled.hasOpcodeRegister ? 7 : 0;
    for (let i = 0; i <= last; i++)
      table[(compiled.isVex ? VEX_MAP : 0) + compiled.map * 256 + compiled.opcode + i]!.push(compiled);
  }
  for (const candidates of table) candidates.sort((a, b) => rank(b) - rank(a) || a.id - b.id);
  return table;
}
