import {
  type CompiledRow,
  FORM_MEMORY,
  PREFIX_66,
  PREFIX_F2,
  PREFIX_F3,
  compileRows,
  operandBits,
} from '../../../src/cpu/emulated/isa/compile';
import { ROWS } from '../../../src/cpu/emulated/isa/families';
import type { OperandKind } from '../../../src/cpu/emulated/isa/table';

/**
 * From a table row and chosen operands to bytes: the decoder's inverse, written apart from it (Intel SDM vol. 2, chapter 2).
 */
export const COMPILED: readonly CompiledRow[] = compileRows(ROWS);

const byKey = new Map(COMPILED.map((compiled) => [keyOf(compiled), compiled]));

/** 'mov 8B /r': names a row in tests and messages. */
export function keyOf({ row }: CompiledRow): string {
  return `${row.name} ${row.encoding}`;
}

export function rowOf(key: string): CompiledRow {
  const row = byKey.get(key);
  if (row === undefined) throw new Error(`no row '${key}' in the instruction table`);
  return row;
}

export interface MemoryOperand {
  /** GPR numbers (a vector register's where the row says so). Without both: an absolute address. */
  readonly base?: number | undefined;
  readonly index?: number | undefined;
  /** log2 of the factor. */
  readonly scale?: number | undefined;
  readonly displacement?: number | undefined;
  /** RIP-relative: the linear address meant; `at` must be given. */
  readonly ripTarget?: number | undefined;
  /** Segment override by number: ES CS SS DS FS GS. */
  readonly segment?: number | undefined;
}

export interface Choice {
  /** 64 unless said. */
  readonly codeSize?: 16 | 32 | 64 | undefined;
  /** Operand size of rows that have several. */
  readonly size?: number | undefined;
  readonly addressSize?: 16 | 32 | 64 | undefined;
  readonly reg?: number | undefined;
  /** Register in ModRM.rm or in the opcode. */
  readonly rm?: number | undefined;
  /** Register of VEX.vvvv, and the one in the high half of an immediate byte. */
  readonly vvvv?: number | undefined;
  readonly is4?: number | undefined;
  readonly memory?: MemoryOperand | undefined;
  /** 8-bit register numbers 4 to 7 mean AH CH DH BH: no REX. */
  readonly highBytes?: boolean | undefined;
  readonly immediates?: ReadonlyArray<bigint | number> | undefined;
  /** Address of MOV moffs. */
  readonly moffs?: bigint | undefined;
  readonly lock?: boolean | undefined;
  readonly rep?: 0xf2 | 0xf3 | undefined;
  /** Where the instruction will stand. */
  readonly at?: number | undefined;
  /** Legacy prefixes put before everything else. */
  readonly prefixes?: readonly number[] | undefined;
  /** Displacements in their longest form. */
  readonly wide?: boolean | undefined;
}

const SEGMENT_PREFIX = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65] as const;
const BYTE_REGISTERS = new Set<OperandKind>(['rm8', 'r8', 'o8']);
const BP = 5;
const SP = 4;

function little(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** REX.W or 66h, for this operand size. */
function sizePrefixes(row: CompiledRow, size: number, codeSize: number): { has66: boolean; rexW: boolean } {
  const { default64 } = row.row.attributes;
  if (row.rexW !== undefined) return { has66: false, rexW: row.rexW };
  if (row.sizeRule === 'y') return { has66: false, rexW: size === 64 };
  if (row.sizeRule !== 'v') return { has66: false, rexW: false };
  if (codeSize !== 64) return { has66: size !== codeSize, rexW: false };
  if (size === 16) return { has66: true, rexW: false };
  return { has66: false, rexW: size === 64 && !default64 };
}

interface Addressing {
  readonly modrm: number;
  readonly rex: number;
  readonly tail: readonly number[];
  /** The last four bytes of `tail` are RIP-relative. */
  readonly isRip?: boolean;
}

function addressing16(memory: MemoryOperand): Addressing {
  const { base, index, displacement = 0 } = memory;
  const pairs: ReadonlyArray<readonly [number | undefined, number | undefined]> = [
    [3, 6],
    [3, 7],
    [5, 6],
    [5, 7],
    [6, undefined],
    [7, undefined],
    [5, undefined],
    [3, undefined],
  ];
  const disp16 = little(BigInt.asUintN(16, BigInt(displacement)), 2);
  if (base === undefined) return { modrm: 6, rex: 0, tail: disp16 };
  const rm = pairs.findIndex(([b, i]) => b === base && i === index);
  if (rm < 0) throw new Error('no such 16-bit address');
  if (displacement === 0 && rm !== 6) return { modrm: rm, rex: 0, tail: [] };
  if (displacement >= -128 && displacement < 128) return { modrm: 0x40 | rm, rex: 0, tail: [displacement & 0xff] };
  return { modrm: 0x80 | rm, rex: 0, tail: disp16 };
}

function addressing(
  memory: MemoryOperand,
  codeSize: number,
  addressSize: number,
  wide: boolean,
  isVsib = false,
): Addressing {
  if (addressSize === 16) return addressing16(memory);
  const { base, index, scale = 0, displacement = 0, ripTarget } = memory;
  const disp32 = little(BigInt.asUintN(32, BigInt(displacement)), 4);
  if (ripTarget !== undefined) return { modrm: 5, rex: 0, tail: [0, 0, 0, 0], isRip: true };
  if (index === SP && !isVsib) throw new Error('RSP cannot be an index');
  const rex = ((base ?? 0) >> 3) | (((index ?? 0) >> 3) << 1);
  if (base === undefined) {
    if (index === undefined && codeSize !== 64) return { modrm: 5, rex: 0, tail: disp32 };
    return { modrm: 4, rex, tail: [(scale << 6) | (((index ?? SP) & 7) << 3) | 5, ...disp32] };
  }
  const needsSib = index !== undefined || (base & 7) === SP;
  const sib = needsSib ? [(scale << 6) | (((index ?? SP) & 7) << 3) | (base & 7)] : [];
  const rm = needsSib ? 4 : base & 7;
  if (!wide && displacement === 0 && (base & 7) !== BP) return { modrm: rm, rex, tail: sib };
  if (!wide && displacement >= -128 && displacement < 128) {
    return { modrm: 0x40 | rm, rex, tail: [...sib, displacement & 0xff] };
  }
  return { modrm: 0x80 | rm, rex, tail: [...sib, ...disp32] };
}

function immediateBytes(kind: OperandKind, value: bigint, second: bigint, size: number): number[] {
  switch (kind) {
    case 'imm8':
    case 'imm8s':
    case 'rel8':
      return little(BigInt.asUintN(8, value), 1);
    case 'imm16':
      return little(BigInt.asUintN(16, value), 2);
    case 'immz':
    case 'relz':
      return size === 16 ? little(BigInt.asUintN(16, value), 2) : little(BigInt.asUintN(32, value), 4);
    case 'immv':
      return little(BigInt.asUintN(64, value), size / 8);
    case 'ptrfar':
      return [...little(BigInt.asUintN(32, value), size === 16 ? 2 : 4), ...little(BigInt.asUintN(16, second), 2)];
    default:
      throw new Error(`'${kind}' is no immediate`);
  }
}

/** Whether the operand is a register encoded in ModRM.rm or in the opcode. */
function isRmKind(kind: OperandKind): boolean {
  return (
    kind.startsWith('rm') ||
    kind.startsWith('xmmm') ||
    kind.startsWith('mmm') ||
    kind.startsWith('ymmm') ||
    kind === 'o8' ||
    kind === 'ov'
  );
}

function needsRexForBytes(row: CompiledRow, choice: Choice): boolean {
  if (choice.highBytes) return false;
  return row.row.operands.some(({ kind }) => {
    if (!BYTE_REGISTERS.has(kind)) return false;
    if (kind === 'rm8' && choice.memory !== undefined) return false;
    const number = kind === 'r8' ? (choice.reg ?? 0) : (choice.rm ?? 0);
    return number >= 4 && number < 8;
  });
}

/** The VEX prefix in its shorter form where it has one. */
function vexPrefix(row: CompiledRow, choice: Choice, rex: number): number[] {
  const pp = row.prefix === PREFIX_66 ? 1 : row.prefix === PREFIX_F3 ? 2 : row.prefix === PREFIX_F2 ? 3 : 0;
  const vvvv = row.hasVvvv ? (choice.vvvv ?? 0) : 0;
  const low = ((~vvvv & 15) << 3) | (row.vexL === 1 ? 4 : 0) | pp;
  const inverted = ~rex;
  if (row.map === 1 && (rex & 0xb) === 0 && choice.wide !== true) return [0xc5, ((inverted & 4) << 5) | low];
  return [0xc4, ((inverted & 7) << 5) | row.map, ((rex & 8) << 4) | low];
}

export function encode(row: CompiledRow, choice: Choice = {}): number[] {
  const codeSize = choice.codeSize ?? 64;
  const { default64 } = row.row.attributes;
  const natural = codeSize !== 64 ? codeSize : default64 ? 64 : 32;
  const size = choice.size ?? (typeof row.sizeRule === 'number' ? row.sizeRule : row.sizeRule === 'y' ? 32 : natural);
  const addressSize = choice.addressSize ?? codeSize;
  const { has66, rexW } = sizePrefixes(row, size, codeSize);
  const bytes: number[] = [...(choice.prefixes ?? [])];
  if (choice.lock) bytes.push(0xf0);
  if (choice.memory?.segment !== undefined) bytes.push(SEGMENT_PREFIX[choice.memory.segment]!);
  if (addressSize !== codeSize) bytes.push(0x67);
  if (has66) bytes.push(0x66);
  if (choice.rep !== undefined) bytes.push(choice.rep);
  if (row.isVex) return [...bytes, ...encodeVex(row, choice, rexW, bytes.length)];
  if (row.prefix === PREFIX_66) bytes.push(0x66);
  else if (row.prefix === PREFIX_F3) bytes.push(0xf3);
  else if (row.prefix === PREFIX_F2) bytes.push(0xf2);

  const isMemory = choice.memory !== undefined;
  const kinds = row.row.operands.map(({ kind }) => kind);
  const digitOrReg = row.reg >= 0 ? row.reg : (choice.reg ?? 0);
  const rm = row.rm >= 0 ? row.rm : (choice.rm ?? 0);
  const address = isMemory
    ? addressing(choice.memory!, codeSize, addressSize, choice.wide ?? false)
    : { modrm: 0xc0 | (rm & 7), rex: 0, tail: [] };
  let rex = rexW ? 8 : 0;
  if (row.hasModrm) {
    rex |= (digitOrReg >> 3) << 2;
    rex |= isMemory ? address.rex : rm >> 3;
  } else if (row.hasOpcodeRegister) rex |= rm >> 3;
  if (rex !== 0 || needsRexForBytes(row, choice)) {
    if (codeSize !== 64) throw new Error('REX needs 64-bit code');
    if (choice.highBytes) throw new Error('AH to BH cannot be had with REX');
    bytes.push(0x40 | rex);
  }
  if (row.map > 0) bytes.push(0x0f);
  if (row.map === 2) bytes.push(0x38);
  if (row.map === 3) bytes.push(0x3a);
  bytes.push(row.hasOpcodeRegister ? row.opcode + (rm & 7) : row.opcode);
  let ripAt = -1;
  if (row.hasModrm) {
    bytes.push(address.modrm | ((digitOrReg & 7) << 3), ...address.tail);
    if ('isRip' in address && address.isRip === true) ripAt = bytes.length - 4;
  }
  if (kinds.some((kind) => kind.startsWith('moffs'))) bytes.push(...little(choice.moffs ?? 0n, addressSize / 8));
  const values = choice.immediates ?? [];
  row.immediates.forEach(({ kind }, i) => {
    bytes.push(...immediateBytes(kind, BigInt(values[i] ?? 0), BigInt(values[i + 1] ?? 0), size));
  });
  if (ripAt >= 0) {
    const displacement = choice.memory!.ripTarget! - (choice.at! + bytes.length);
    little(BigInt.asUintN(32, BigInt(displacement)), 4).forEach((byte, i) => {
      bytes[ripAt + i] = byte;
    });
  }
  return bytes;
}

/** From the VEX prefix on; `before`: bytes of prefixes. */
function encodeVex(row: CompiledRow, choice: Choice, rexW: boolean, before: number): number[] {
  const codeSize = choice.codeSize ?? 64;
  const addressSize = choice.addressSize ?? codeSize;
  const isMemory = choice.memory !== undefined;
  const digitOrReg = row.reg >= 0 ? row.reg : (choice.reg ?? 0);
  const rm = choice.rm ?? 0;
  const address = isMemory
    ? addressing(choice.memory!, codeSize, addressSize, choice.wide ?? false, row.isVsib)
    : { modrm: 0xc0 | (rm & 7), rex: rm >> 3, tail: [] };
  const rex = (rexW ? 8 : 0) | ((digitOrReg >> 3) << 2) | (row.hasModrm ? address.rex : 0);
  const bytes = [...vexPrefix(row, choice, rex), row.opcode];
  let ripAt = -1;
  if (row.hasModrm) {
    bytes.push(address.modrm | ((digitOrReg & 7) << 3), ...address.tail);
    if ('isRip' in address && address.isRip === true) ripAt = bytes.length - 4;
  }
  row.immediates.forEach(({ kind }, i) => {
    if (kind === 'xmmi' || kind === 'ymmi') bytes.push((choice.is4 ?? 0) << 4);
    else bytes.push(...immediateBytes(kind, BigInt(choice.immediates?.[i] ?? 0), 0n, 32));
  });
  if (ripAt >= 0) {
    const displacement = choice.memory!.ripTarget! - (choice.at! + before + bytes.length);
    bytes.splice(ripAt, 4, ...little(BigInt.asUintN(32, BigInt(displacement)), 4));
  }
  return bytes;
}

export { FORM_MEMORY, isRmKind, operandBits };
