import type { Size } from '../isa/emitter';

/**
 * How the words FLAG_R, FLAG_A and FLAG_B of a region stand for the arithmetic flags, until somebody needs FR and FC
 * (src/README.md, "CPU"). The same numbers as in core/lazy-flags.ts, which makes the two words of them.
 */
export const FLAGS_DONE = 0; // R = FR, A = FC
export const FLAGS_ADD = 1; // R = A + B, cut
export const FLAGS_SUB = 2; // R = A - B, cut
export const FLAGS_LOGIC = 3; // R; CF, OF and AF clear
export const FLAGS_INC = 4; // R; A = CF
export const FLAGS_DEC = 5; // R; A = CF
export const FLAGS_GIVEN = 6; // R; A = FC
export const FLAGS_ADC = 7; // as ADD, with a carry in
export const FLAGS_SBB = 8; // as SUB, with a borrow

export interface FlagState {
  readonly kind: number;
  readonly size: Size;
}

/** The locals' meaning is known at run time only, from the local FLAG_KIND. */
export const DYNAMIC = undefined;
export type KnownFlags = FlagState | typeof DYNAMIC;

const SIZE_LOG: Readonly<Record<Size, number>> = { 8: 0, 16: 1, 32: 2, 64: 3 };

export function isFlagsDone(flags: KnownFlags): boolean {
  return flags !== DYNAMIC && flags.kind === FLAGS_DONE;
}

/** What FLAG_KIND holds. */
export function flagCode({ kind, size }: FlagState): number {
  return kind === FLAGS_DONE ? 0 : kind * 4 + SIZE_LOG[size];
}

export function isSameFlags(a: KnownFlags, b: KnownFlags): boolean {
  return a === b || (a !== DYNAMIC && b !== DYNAMIC && flagCode(a) === flagCode(b));
}
