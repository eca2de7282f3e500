import type { Size } from '../isa/emitter';
import type { LocalId, Locals } from './function-writer';

/** This instruction is left to the interpreter. */
export class NotCompilable extends Error {}

/**
 * Register ids: the 16 GPRs, the 16 XMM registers, the upper halves of those, which YMM registers add, and the three words that
 * stand for the arithmetic flags.
 */
export const FIRST_XMM = 16;
export const FIRST_UPPER = 32;
export const FLAG_R = 48;
export const FLAG_A = 49;
export const FLAG_B = 50;
export const REGISTERS = 51;

/**
 * Where compiled code has the guest's registers. 'locals': they are loaded at the entry and stored at the exits, for code that the
 * optimising compiler makes. 'state': each use goes to the vCPU's state, for the baseline compiler. That one moves or spills every
 * local at every branch and call, which doubles the code, and a kernel's paths are too wide for the host's caches as it is.
 */
export type RegisterForm = 'locals' | 'state';

/** What of the instruction at hand does not depend on its operands. */
export interface InstructionContext {
  readonly env: number;
  /** MODE_*. */
  readonly mode: number;
  readonly size: Size;
  /** Offsets from the region's entry RIP. */
  readonly start: number;
  readonly next: number;
  readonly target: number;
  /** Instructions of its node before it. */
  readonly index: number;
  /** Nobody looks at the flags that it sets. */
  readonly areFlagsDead: boolean;
}

/** What the region does where the instruction leaves the straight line. */
export interface Branches {
  /** To the relative target, `count` instructions of the node done. Written inside an `if` or at the end. */
  toTarget(context: InstructionContext): void;
  /** To a computed RIP, which is in local `rip`. */
  toRip(rip: LocalId, context: InstructionContext): void;
}

/** Locals that every region has. */
export interface RegionLocals {
  readonly state: LocalId;
  readonly budget: LocalId;
  readonly registers: readonly LocalId[];
  readonly flagKind: LocalId;
  readonly base: LocalId;
  readonly tlb: LocalId;
  /** EXIT_*. */
  readonly exit: LocalId;
}

export function regionLocals(locals: Locals): RegionLocals {
  return {
    state: 0,
    budget: 1,
    registers: Array.from({ length: REGISTERS }, (_, i) => locals.add(i < FIRST_XMM || i >= FLAG_R ? 'i64' : 'v128')),
    flagKind: locals.add('i32'),
    base: locals.add('i64'),
    tlb: locals.add('i32'),
    exit: locals.add('i64'),
  };
}

/**
 * Functions of core/ that a region imports, in the order of their indices. A vector among the parameters keeps V8 from compiling, for
 * each module, a bridge to JavaScript for each signature: that took as long as the module itself.
 */
export const REGION_IMPORTS = [
  { name: 'regionFr', parameters: ['i32', 'v128'], result: 'i64' },
  { name: 'regionFc', parameters: ['i32', 'v128', 'i64', 'i64'], result: 'i64' },
  { name: 'regionMiss', parameters: ['i32', 'v128', 'i32'], result: 'i32' },
  { name: 'regionInterpret', parameters: ['i32', 'v128', 'i32'], result: 'i32' },
  { name: 'regionVector', parameters: ['i32', 'v128', 'v128', 'v128', 'i64', 'i32'], result: 'v128' },
  { name: 'regionX87', parameters: ['i32', 'v128', 'i64', 'i32'], result: 'v128' },
  { name: 'regionSegment', parameters: ['i32', 'v128'], result: 'i32' },
] as const;
export const IMPORT_FR = 0;
export const IMPORT_FC = 1;
export const IMPORT_MISS = 2;
export const IMPORT_INTERPRET = 3;
export const IMPORT_VECTOR = 4;
export const IMPORT_X87 = 5;
export const IMPORT_SEGMENT = 6;
/** The module's own function: state, linear address and ACCESS_* with the bytes above it, to where that lies, 0: nowhere. */
export const FUNCTION_MISS = 7;
