import type { Semantics } from './emitter';
import type { InterceptName } from './intercepts';

/**
 * Operand kinds, spelled as in the Intel manual's Op/En tables.
 * rm8 rmv: register or memory, 8 bits or 16/32/64 by prefix; r8 rv: ModRM.reg; o8 ov: register in the opcode's low bits (rex.b);
 * vy, xmmv, ymmv: the register of VEX.vvvv; xmmi, ymmi: the one in an immediate's high half; vm*: memory indexed by a vector (VSIB).
 * m*: memory only; imm8s: sign-extended byte; immz: 16 or 32 bits sign-extended; immv: full size (MOV r64, imm64).
 */
export type OperandKind =
  | 'rm8'
  | 'rm16'
  | 'rm32'
  | 'rm64'
  | 'rmv'
  | 'rmy'
  | 'r8'
  | 'r16'
  | 'r32'
  | 'r64'
  | 'rv'
  | 'ry'
  | 'o8'
  | 'ov'
  | 'm'
  | 'm8'
  | 'm16'
  | 'm32'
  | 'm64'
  | 'm80'
  | 'm128'
  | 'm256'
  | 'mv'
  | 'mfar'
  | 'm512byte'
  | 'imm8'
  | 'imm8s'
  | 'imm16'
  | 'immz'
  | 'immv'
  | 'rel8'
  | 'relz'
  | 'ptrfar'
  | 'moffs8'
  | 'moffsv'
  | 'al'
  | 'ax'
  | 'eax'
  | 'rax'
  | 'cl'
  | 'dx'
  | 'one'
  | 'sreg'
  | 'cr'
  | 'dr'
  | 'xmm'
  | 'xmmm8'
  | 'xmmm16'
  | 'xmmm32'
  | 'xmmm64'
  | 'xmmm128'
  | 'ymm'
  | 'ymmm256'
  | 'xmmv'
  | 'ymmv'
  | 'xmmi'
  | 'ymmi'
  | 'vm'
  | 'vy'
  | 'mm'
  | 'mmm32'
  | 'mmm64'
  | 'st'
  | 'sti'
  | 'rmr32';

export interface Operand {
  readonly kind: OperandKind;
  readonly access: 'r' | 'w' | 'rw' | 'none';
}

/** Which CPUID feature (features.ts name) the encoding needs, or several joined by '+'; without it the encoding is #UD. */
export type FeatureName = string;

export interface RowAttributes {
  /** Arithmetic flags written (undefined ones listed too), for dead-flag analysis and tests: letters of OSZAPC. */
  readonly flags?: string;
  readonly flagsRead?: string;
  /** Flags the manual leaves undefined. */
  readonly flagsUndefined?: string;
  /** LOCK is legal when the destination is memory. */
  readonly lock?: boolean;
  /** The block ends after it (control transfer, mode or mapping change, unmasking of interrupts). */
  readonly endsBlock?: boolean;
  /** Highest CPL allowed; violation is #GP(0) (checked in one place, before operands). */
  readonly cpl?: 0 | 3;
  /** Name of the intercept that a hypervisor may set (VMX/SVM exit); checked in one place. */
  readonly intercept?: InterceptName;
  readonly feature?: FeatureName;
  /** Legal only in / illegal in 64-bit mode. */
  readonly only64?: boolean;
  readonly no64?: boolean;
  /** Operand size is 64 in 64-bit mode without REX.W (push, near branches). 'force': 66h is ignored too. */
  readonly default64?: boolean | 'force';
  /** #UD in real and virtual-8086 mode. */
  readonly protectedOnly?: boolean;
  /** REP prefixes mean repetition. 'repe' tells REPE from REPNE. */
  readonly rep?: 'rep' | 'repe';
  /** Uses x87/MMX ('fpu': #NM by TS or EM; 'mmx': #UD by EM, #NM by TS) SSE ('sse': #UD by EM or !OSFXSR, #NM by TS) or AVX state ('avx': #UD unless CR4.OSXSAVE and XCR0 have it, #NM by TS): checked before it. */
  readonly unit?: 'fpu' | 'mmx' | 'sse' | 'fwait' | 'avx';
  readonly cc?: number;
  /** #GP(0) when a 128- or 256-bit memory operand is not aligned to its size. */
  readonly aligned?: boolean;
  /** The whole instruction is one hand-written AssemblyScript function `name(s: usize, op: usize): void` of core/. */
  readonly slow?: string;
  /** With `slow`: the function returns the op to run next (0: stop) instead of nothing. */
  readonly returnsOp?: boolean;
  /** The operand size is chosen by prefixes though no operand says so (PUSHF, IRET, string instructions). */
  readonly sized?: boolean;
  /** Semantics depend on the address size (LOOP, JCXZ). */
  readonly addressSized?: boolean;
  /** Operation size is fixed whatever the prefixes say. */
  readonly size?: 8 | 16 | 32 | 64;
  /** 66/F3/F2 is part of the opcode, as in the encoding text 'F3 0F 10 /r'; set by the parser. */
  readonly mnemonicSuffix?: string;
}

/**
 * One row per encoding. `encoding` is written as in the manual: prefixes that belong to the opcode (66 F2 F3, NP = none of them),
 * opcode bytes, '/r', '/0'..'/7', '+r' (register in the opcode), 'mod=3' or 'mod=m' to split by ModRM.mod, 'rex.w' / 'rex.w0' where it matters,
 * 'rm=0'..'rm=7' for a fixed rm (0F 01 F8 style). 'VEX.256.66.0F38.W0 18 /r' as in the manual: length (128 256 LZ LIG), prefix (NP 66 F3 F2),
 * map, W (W0 W1 WIG).
 */
export interface Row {
  readonly family: string;
  readonly name: string;
  readonly encoding: string;
  readonly operands: readonly Operand[];
  readonly attributes: RowAttributes;
  /** undefined only where `attributes.slow` is set. */
  readonly semantics: Semantics | undefined;
}

export interface OperandWord extends Operand {
  readonly rw: Operand;
  readonly w: Operand;
  readonly r: Operand;
  readonly none: Operand;
}

/** `rm8.rw`, `imm8.r`: an operand word with its access. */
export function operand(kind: OperandKind): OperandWord {
  const as = (access: Operand['access']): Operand => ({ kind, access });
  return { kind, access: 'r', r: as('r'), w: as('w'), rw: as('rw'), none: as('none') };
}

export type RowWithoutFamily = Omit<Row, 'family'>;

/** All attributes of all rows have one shape: the decoder asks for several of them at every instruction. */
const NO_ATTRIBUTES = {
  flags: undefined,
  flagsRead: undefined,
  flagsUndefined: undefined,
  lock: undefined,
  endsBlock: undefined,
  cpl: undefined,
  intercept: undefined,
  feature: undefined,
  only64: undefined,
  no64: undefined,
  default64: undefined,
  protectedOnly: undefined,
  rep: undefined,
  unit: undefined,
  cc: undefined,
  aligned: undefined,
  slow: undefined,
  returnsOp: undefined,
  sized: undefined,
  addressSized: undefined,
  size: undefined,
  mnemonicSuffix: undefined,
} satisfies Record<keyof RowAttributes, undefined>;

export function op(
  name: string,
  encoding: string,
  operands: readonly Operand[],
  semanticsOrSlow: Semantics | string,
  attributes: Omit<RowAttributes, 'slow'> = {},
): RowWithoutFamily {
  const isSlow = typeof semanticsOrSlow === 'string';
  const all: object = { ...NO_ATTRIBUTES, ...attributes, slow: isSlow ? semanticsOrSlow : undefined };
  return { name, encoding, operands, attributes: all, semantics: isSlow ? undefined : semanticsOrSlow };
}

export function family(name: string, rows: readonly RowWithoutFamily[]): readonly Row[] {
  return rows.map((row) => ({ ...row, family: name }));
}
