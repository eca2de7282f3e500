import type { Size } from '../isa/emitter';
import type { LocalId, Locals } from './function-writer';

/** This instruction is left to the interpreter. */
export class NotCompilable extends Error {}

/** Register ids: the 16 GPRs, the 16 XMM registers, and the upper halves of those, which YMM registers add. */
export const FIRST_XMM = 16;
export const FIRST_UPPER = 32;
export const REGISTERS = 48;

/** One constant says all of an exit to the interpreter: FLAG_KIND, instructions done, and above them the offset. */
export const EXIT_FLAGS_KEEP = 0xff; // FLAG_KIND is right already
export const EXIT_COUNT_SHIFT = 8;
export const EXIT_OFFSET_SHIFT = 24;

/** What of the instruction at hand does not depend on its operands. */
export interface InstructionContext {
  readonly env: number;
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
  readonly flagR: LocalId;
  readonly flagA: LocalId;
  readonly flagB: LocalId;
  readonly flagKind: LocalId;
  readonly base: LocalId;
  readonly tlb: LocalId;
  readonly exitRip: LocalId;
  readonly exitCount: LocalId;
  readonly exitHow: LocalId;
  /** EXIT_* of an exit to the interpreter. */
  readonly exitWord: LocalId;
}

export function regionLocals(locals: Locals): RegionLocals {
  return {
    state: 0,
    budget: 1,
    registers: Array.from({ length: REGISTERS }, (_, i) => locals.add(i < FIRST_XMM ? 'i64' : 'v128')),
    flagR: locals.add('i64'),
    flagA: locals.add('i64'),
    flagB: locals.add('i64'),
    flagKind: locals.add('i32'),
    base: locals.add('i64'),
    tlb: locals.add('i32'),
    exitRip: locals.add('i64'),
    exitCount: locals.add('i32'),
    exitHow: locals.add('i32'),
    exitWord: locals.add('i64'),
  };
}

/** Functions of core/ that a region imports, in the order of their indices. */
export const REGION_IMPORTS = [
  { name: 'lazyFr', parameters: ['i32', 'i64'], result: 'i64' },
  { name: 'lazyFc', parameters: ['i32', 'i64', 'i64', 'i64'], result: 'i64' },
  { name: 'fillTlb', parameters: ['i32', 'i64', 'i32', 'i32'], result: 'i32' },
] as const;
export const IMPORT_FR = 0;
export const IMPORT_FC = 1;
export const IMPORT_FILL = 2;

/** How a region was left; its result. */
export const LEFT_BRANCH = 0;
/** The instruction at RIP is the interpreter's. */
export const LEFT_SLOW = 1;
