import type { CompiledRow } from './isa/compile';
import {
  FORM_MEMORY,
  FORM_REGISTER,
  PREFIX_66,
  PREFIX_ANY,
  PREFIX_F2,
  PREFIX_F3,
  PREFIX_NONE,
  VEX_MAP,
  compileRows,
  lookupTable,
} from './isa/compile';
import { ROWS } from './isa/families';
import type { OperandKind } from './isa/table';

/**
 * From bytes to an Instruction (Intel SDM vol. 2, chapter 2). Used by the block cache, the JIT and the disassembler. One object is
 * reused; nothing is allocated while decoding.
 */

/** Results of `decode`. */
export const DECODE_OK = 0;
/** The bytes end within the instruction. */
export const DECODE_MORE = 1;
/** #UD. `length` tells the bytes looked at. */
export const DECODE_UNDEFINED = 2;
/** More than 15 bytes: #GP(0). */
export const DECODE_TOO_LONG = 3;

/** What the decoder needs to know of the mode. */
export const CODE_16 = 16;
export const CODE_32 = 32;
export const CODE_64 = 64;
export type CodeSize = typeof CODE_16 | typeof CODE_32 | typeof CODE_64;

export const NO_REGISTER = -1;
/** `base` of RIP-relative operands. */
export const BASE_RIP = 16;

const LENGTH_MAX = 15;
/** Segment registers by number. */
export const SEG_ES = 0;
export const SEG_CS = 1;
export const SEG_SS = 2;
export const SEG_DS = 3;
export const SEG_FS = 4;
export const SEG_GS = 5;

export class Instruction {
  compiled!: CompiledRow;
  length = 0;
  /** 16, 32, 64 for sized rows by prefix, else the row's own size. */
  size: 8 | 16 | 32 | 64 = 32;
  addressSize: 16 | 32 | 64 = 32;
  form = FORM_REGISTER;
  hasLock = false;
  /** 0, 0xf2 or 0xf3. */
  rep = 0;
  /** Segment of the memory operand, override applied. */
  segment = SEG_DS;
  hasRex = false;
  rexW = false;
  /** ModRM.reg with REX.R. */
  reg = 0;
  /** ModRM.rm with REX.B, or the opcode's register with REX.B. */
  rm = 0;
  /** A memory operand: GPR numbers, NO_REGISTER or BASE_RIP. */
  base = NO_REGISTER;
  index = NO_REGISTER;
  scale = 0;
  displacement = 0;
  /** Immediates in order, sign-extended as their kinds say: low and high half. */
  immLow = 0;
  immHigh = 0;
  imm2 = 0;
  /** Register of VEX.vvvv. */
  vvvv = 0;
  /** Register in the high half of an immediate byte, or the vector index of a memory operand. */
  is4 = 0;

  copy(): Instruction {
    const copy = new Instruction();
    copy.compiled = this.compiled;
    copy.length = this.length;
    copy.size = this.size;
    copy.addressSize = this.addressSize;
    copy.form = this.form;
    copy.hasLock = this.hasLock;
    copy.rep = this.rep;
    copy.segment = this.segment;
    copy.hasRex = this.hasRex;
    copy.rexW = this.rexW;
    copy.reg = this.reg;
    copy.rm = this.rm;
    copy.base = this.base;
    copy.index = this.index;
    copy.scale = this.scale;
    copy.displacement = this.displacement;
    copy.immLow = this.immLow;
    copy.immHigh = this.immHigh;
    copy.imm2 = this.imm2;
    copy.vvvv = this.vvvv;
    copy.is4 = this.is4;
    return copy;
  }
}

const BASES_16 = [3, 3, 5, 5, 6, 7, 5, 3] as const;
const INDICES_16 = [6, 7, 6, 7, NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER] as const;

/** Kinds whose ModRM is always taken as a register, whatever mod says. */
const isControlRegisterMove = (kind: OperandKind): boolean => kind === 'cr' || kind === 'dr';

let allRows: readonly CompiledRow[] | undefined;
/** The same for every decoder: reading the encodings of all rows takes a tenth of a second. */
function compiledRows(): readonly CompiledRow[] {
  return (allRows ??= compileRows(ROWS));
}

export class Decoder {
  readonly rows: readonly CompiledRow[];
  readonly instruction = new Instruction();
  readonly #table32: ReadonlyArray<readonly CompiledRow[]>;
  readonly #table64: ReadonlyArray<readonly CompiledRow[]>;
  readonly #ignoresMod: ReadonlySet<CompiledRow>;
  #code: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #is64 = false;
  /** The last SIB byte. */
  #sib = 0;

  /** `hasFeature`: CPUID says so; rows without their feature are #UD. */
  constructor(hasFeature: (name: string) => boolean = () => true) {
    this.rows = compiledRows();
    const usable = this.rows.filter(
      ({ row }) => row.attributes.feature === undefined || row.attributes.feature.split('+').every(hasFeature),
    );
    this.#table32 = lookupTable(usable.filter(({ row }) => row.attributes.only64 !== true));
    this.#table64 = lookupTable(usable.filter(({ row }) => row.attributes.no64 !== true));
    this.#ignoresMod = new Set(
      this.rows.filter(({ row }) => row.operands.some((operand) => isControlRegisterMove(operand.kind))),
    );
  }

  /** Decodes what starts at code[at]; code[end] must not be looked at. The result is in `instruction`. */
  decode(code: Uint8Array, at: number, end: number, codeSize: CodeSize): number {
    const result = this.#decode(code, at, Math.min(end, at + LENGTH_MAX), codeSize);
    this.instruction.length = this.#at - at;
    if (result === DECODE_MORE && end - at >= LENGTH_MAX) return DECODE_TOO_LONG;
    return result;
  }

  #decode(code: Uint8Array, at: number, end: number, codeSize: CodeSize): number {
    const x = this.instruction;
    const is64 = codeSize === CODE_64;
    this.#code = code;
    this.#end = end;
    this.#is64 = is64;
    let has66 = false;
    let has67 = false;
    let override = -1;
    let rex = 0;
    let byte = 0;
    x.hasLock = false;
    x.rep = 0;
    for (;;) {
      if (at >= end) return this.#stop(at);
      byte = code[at++]!;
      if (is64 && (byte & 0xf0) === 0x40) {
        rex = byte;
        continue;
      }
      if (byte === 0x66) has66 = true;
      else if (byte === 0x67) has67 = true;
      else if (byte === 0xf0) x.hasLock = true;
      else if (byte === 0xf2 || byte === 0xf3) x.rep = byte;
      else if (byte === 0x26 || byte === 0x2e || byte === 0x36 || byte === 0x3e) {
        if (!is64) override = (byte >> 3) & 3;
      } else if (byte === 0x64 || byte === 0x65) override = byte & 7;
      else break;
      // a REX that is not the last prefix does not count
      rex = 0;
    }
    if (byte === 0xc4 || byte === 0xc5) {
      // LES and LDS have no register form: outside of 64-bit mode that tells VEX
      if (at >= end) return this.#stop(at);
      if (is64 || code[at]! >= 0xc0) return this.#vex(at, end, byte, codeSize, rex !== 0 || has66, has67, override);
    }
    let map = 0;
    if (byte === 0x0f) {
      if (at >= end) return this.#stop(at);
      byte = code[at++]!;
      map = 1;
      if (byte === 0x38 || byte === 0x3a) {
        map = byte === 0x38 ? 2 : 3;
        if (at >= end) return this.#stop(at);
        byte = code[at++]!;
      }
    }
    x.hasRex = rex !== 0;
    x.rexW = (rex & 8) !== 0;
    x.addressSize = is64 ? (has67 ? 32 : 64) : (codeSize === CODE_32) !== has67 ? 32 : 16;

    return this.#row(at, end, map * 256 + byte, codeSize, has66, x.rep, rex, override, -1);
  }

  /** VEX prefix (SDM vol. 2, 2.3): `first` is C4h or C5h, the byte at `at` the next one. */
  #vex(
    from: number,
    end: number,
    first: number,
    codeSize: CodeSize,
    isRefused: boolean,
    has67: boolean,
    override: number,
  ): number {
    const x = this.instruction;
    const code = this.#code;
    const is64 = codeSize === CODE_64;
    const length = first === 0xc4 ? 3 : 2;
    if (from + length > end) return this.#stop(end);
    const payload = code[from + length - 2]!;
    let rex = (~code[from]! & 0x80) >> 5;
    let map = 1;
    if (length === 3) {
      rex |= ((~code[from]! & 0x60) >> 5) | ((payload & 0x80) >> 4);
      map = code[from]! & 31;
    }
    // outside of 64-bit mode R and X are 0 and B means nothing
    if (!is64) rex &= 8;
    const at = from + length;
    if (isRefused || x.hasLock || x.rep !== 0 || map < 1 || map > 3) {
      this.#at = at;
      return DECODE_UNDEFINED;
    }
    x.vvvv = (~payload >> 3) & (is64 ? 15 : 7);
    x.hasRex = true;
    x.rexW = (rex & 8) !== 0;
    x.addressSize = is64 ? (has67 ? 32 : 64) : (codeSize === CODE_32) !== has67 ? 32 : 16;
    const pp = payload & 3;
    const rep = pp === 2 ? 0xf3 : pp === 3 ? 0xf2 : 0;
    const index = VEX_MAP + map * 256 + code[at - 1]!;
    return this.#row(at, end, index, codeSize, pp === 1, rep, rex, override, (payload >> 2) & 1);
  }

  /** Everything from ModRM on. `vexL`: -1 without VEX. */
  #row(
    from: number,
    end: number,
    opcode: number,
    codeSize: CodeSize,
    has66: boolean,
    rep: number,
    rex: number,
    override: number,
    vexL: number,
  ): number {
    const x = this.instruction;
    const code = this.#code;
    const is64 = codeSize === CODE_64;
    const byte = opcode & 0xff;
    const at = from;
    const candidates = (is64 ? this.#table64 : this.#table32)[opcode]!;
    const count = candidates.length;
    let modrm = -1;
    let found: CompiledRow | undefined;
    for (let i = 0; i < count; i++) {
      const row = candidates[i]!;
      if (row.hasModrm && modrm < 0) {
        if (at >= end) return this.#stop(at);
        modrm = code[at]!;
      }
      if (row.vexL >= 0 && row.vexL !== vexL) continue;
      if (this.#matches(row, modrm, has66, rep, x.rexW)) {
        found = row;
        break;
      }
    }
    if (found === undefined) {
      this.#at = at;
      return DECODE_UNDEFINED;
    }
    // 90h is NOP, with REX.B it is XCHG r8, rAX
    if (opcode === 0x90 && (rex & 1) !== 0 && !found.hasOpcodeRegister) {
      found = candidates.find((row) => row.hasOpcodeRegister) ?? found;
    }
    x.compiled = found;
    const { attributes } = found.row;

    x.size = sizeOf(found, codeSize, has66 && found.prefix !== PREFIX_66, x.rexW);
    x.form = FORM_REGISTER;
    x.base = NO_REGISTER;
    x.index = NO_REGISTER;
    x.scale = 0;
    x.displacement = 0;
    x.segment = override >= 0 ? override : SEG_DS;
    x.immLow = 0;
    x.immHigh = 0;
    x.imm2 = 0;
    x.is4 = 0;
    this.#at = at;
    if (found.hasModrm) {
      this.#at++;
      x.reg = ((modrm >> 3) & 7) | ((rex & 4) << 1);
      x.rm = (modrm & 7) | ((rex & 1) << 3);
      if (modrm < 0xc0 && !this.#ignoresMod.has(found)) {
        x.form = FORM_MEMORY;
        const isEnough =
          x.addressSize === 16 ? this.#address16(modrm, override) : this.#address(modrm, rex, override, is64);
        if (!isEnough) return this.#stop(this.#end);
      }
    } else {
      x.reg = 0;
      x.rm = found.hasOpcodeRegister ? (byte & 7) | ((rex & 1) << 3) : 0;
    }
    const { immediates } = found;
    for (let i = 0; i < immediates.length; i++) {
      if (!this.#immediate(immediates[i]!.kind, immediates[i]!.slot === 'imm2')) return this.#stop(this.#end);
    }
    if (found.hasOffset && !this.#offset()) return this.#stop(this.#end);
    if (x.hasLock && !(attributes.lock === true && x.form === FORM_MEMORY)) return DECODE_UNDEFINED;
    if (found.isMemory === true && x.form !== FORM_MEMORY) return DECODE_UNDEFINED;
    if (found.isVex && !found.hasVvvv && x.vvvv !== 0) return DECODE_UNDEFINED;
    if (found.isVsib && !this.#vectorIndex(modrm, rex)) return DECODE_UNDEFINED;
    return DECODE_OK;
  }

  #stop(at: number): number {
    this.#at = at;
    return DECODE_MORE;
  }

  #matches(row: CompiledRow, modrm: number, has66: boolean, rep: number, rexW: boolean): boolean {
    switch (row.prefix) {
      case PREFIX_ANY:
        break;
      case PREFIX_NONE:
        if (has66 || rep !== 0) return false;
        break;
      case PREFIX_66:
        if (!has66 || rep !== 0) return false;
        break;
      case PREFIX_F3:
        if (rep !== 0xf3) return false;
        break;
      case PREFIX_F2:
        if (rep !== 0xf2) return false;
        break;
    }
    if (row.rexW !== undefined && row.rexW !== rexW) return false;
    if (!row.hasModrm) return true;
    if (row.reg >= 0 && row.reg !== ((modrm >> 3) & 7)) return false;
    if (row.isMemory !== undefined && row.isMemory !== modrm < 0xc0) return false;
    return row.rm < 0 || row.rm === (modrm & 7);
  }

  #address16(modrm: number, override: number): boolean {
    const x = this.instruction;
    const mod = modrm >> 6;
    const rm = modrm & 7;
    x.base = BASES_16[rm]!;
    x.index = INDICES_16[rm]!;
    // the table's entry 6 is BP; 4 and 5 are SI and DI alone
    if (rm === 6) x.base = mod === 0 ? NO_REGISTER : 5;
    if (override < 0 && x.base === 5) x.segment = SEG_SS;
    if (mod === 1) return this.#displacement8();
    if (mod === 2 || (mod === 0 && rm === 6)) {
      if (this.#at + 2 > this.#end) return false;
      const low = this.#code[this.#at]! | (this.#code[this.#at + 1]! << 8);
      x.displacement = (low << 16) >> 16;
      this.#at += 2;
    }
    return true;
  }

  #address(modrm: number, rex: number, override: number, is64: boolean): boolean {
    const x = this.instruction;
    const mod = modrm >> 6;
    let rm = modrm & 7;
    if (rm === 4) {
      if (this.#at >= this.#end) return false;
      const sib = this.#code[this.#at++]!;
      this.#sib = sib;
      x.scale = sib >> 6;
      const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
      if (index !== 4) x.index = index;
      else x.scale = 0;
      rm = sib & 7;
      if (rm === 5 && mod === 0) return this.#displacement32();
      x.base = rm | ((rex & 1) << 3);
    } else if (rm === 5 && mod === 0) {
      if (is64) x.base = BASE_RIP;
      return this.#displacement32();
    } else x.base = rm | ((rex & 1) << 3);
    if (override < 0 && (x.base === 4 || x.base === 5)) x.segment = SEG_SS;
    if (mod === 1) return this.#displacement8();
    return mod === 2 ? this.#displacement32() : true;
  }

  /** VSIB: the index of the SIB byte is a vector register, any of them. */
  #vectorIndex(modrm: number, rex: number): boolean {
    const x = this.instruction;
    if (x.addressSize === 16 || (modrm & 7) !== 4) return false;
    x.is4 = x.index === NO_REGISTER ? 4 | ((rex & 2) << 2) : x.index;
    x.scale = this.#sib >> 6;
    x.index = NO_REGISTER;
    return true;
  }

  #displacement8(): boolean {
    if (this.#at >= this.#end) return false;
    this.instruction.displacement = (this.#code[this.#at++]! << 24) >> 24;
    return true;
  }

  #displacement32(): boolean {
    if (this.#at + 4 > this.#end) return false;
    this.instruction.displacement = this.#read32(this.#at);
    this.#at += 4;
    return true;
  }

  #read32(at: number): number {
    const code = this.#code;
    return code[at]! | (code[at + 1]! << 8) | (code[at + 2]! << 16) | (code[at + 3]! << 24);
  }

  /** Reads `bytes` (1, 2, 4, 8) as an immediate, sign-extended. */
  #read(bytes: number, isSecond: boolean, isSigned: boolean): boolean {
    const x = this.instruction;
    const code = this.#code;
    const at = this.#at;
    if (at + bytes > this.#end) return false;
    this.#at += bytes;
    let low: number;
    let high: number;
    if (bytes === 1) low = isSigned ? (code[at]! << 24) >> 24 : code[at]!;
    else if (bytes === 2) {
      low = code[at]! | (code[at + 1]! << 8);
      if (isSigned) low = (low << 16) >> 16;
    } else low = this.#read32(at);
    if (bytes === 8) high = this.#read32(at + 4);
    else high = isSigned ? low >> 31 : 0;
    if (isSecond) x.imm2 = low & 0xffff;
    else {
      x.immLow = low;
      x.immHigh = high;
    }
    return true;
  }

  /** A register in the high half of a byte. */
  #registerByte(): boolean {
    if (this.#at >= this.#end) return false;
    this.instruction.is4 = (this.#code[this.#at++]! >> 4) & (this.#is64 ? 15 : 7);
    return true;
  }

  #immediate(kind: OperandKind, isSecond: boolean): boolean {
    const { size } = this.instruction;
    switch (kind) {
      case 'imm8':
        return this.#read(1, isSecond, false);
      case 'xmmi':
      case 'ymmi':
        return this.#registerByte();
      case 'imm8s':
      case 'rel8':
        return this.#read(1, isSecond, true);
      case 'imm16':
        return this.#read(2, isSecond, false);
      case 'immz':
      case 'relz':
        return this.#read(size === 16 ? 2 : 4, isSecond, true);
      case 'immv':
        return this.#read(size / 8, isSecond, true);
      case 'ptrfar':
        // offset, then selector
        return this.#read(size === 16 ? 2 : 4, false, false) && this.#read(2, true, false);
      default:
        return true;
    }
  }

  /** The address of MOV moffs, as wide as addresses are. */
  #offset(): boolean {
    const x = this.instruction;
    x.form = FORM_REGISTER;
    return this.#read(x.addressSize / 8, false, false);
  }
}

function sizeOf(compiled: CompiledRow, codeSize: CodeSize, has66: boolean, rexW: boolean): 8 | 16 | 32 | 64 {
  const rule = compiled.sizeRule;
  if (rule === 'y') return rexW && codeSize === CODE_64 ? 64 : 32;
  if (rule !== 'v') return rule;
  const { default64 } = compiled.row.attributes;
  if (codeSize === CODE_64) {
    if (default64 === 'force') return 64;
    if (rexW) return 64;
    if (has66) return 16;
    return default64 ? 64 : 32;
  }
  return (codeSize === CODE_32) !== has66 ? 32 : 16;
}
