import type { Size } from '../isa/emitter';

/**
 * How the words FLAG_R, FLAG_A and FLAG_B of a region stand for the arithmetic flags, until somebody needs FR and FC
 * (src/README.md, "CPU"). The same numbers as in core/lazy-flags.ts, which makes the two words of them.
 */
export const FLAGS_DONE = 0; // R = FR, A = FC
export const FLAGS_ADD = 1; // R = A + B, cut
export const FLAGS_SUB = 2; // R = A - B, cut
export const FLAGS_LOGIC = 3; // R; CF, OF and AF clear
export const FLAGS_INC = 4; // R; bit 63 of A = CF
export const FLAGS_DEC = 5; // R; bit 63 of A = CF
export const FLAGS_GIVEN = 6; // R; A = FC
export const FLAGS_ADC = 7; // as ADD, with a carry in
export const FLAGS_SBB = 8; // as SUB, with a borrow

export interface FlagState {
  readonly kind: number;
  readonly size: Size;
}

/** The locals' meaning is known at run time only, from the local FLAG_KIND. */
export const DYNAMIC = undefined;
/** The same, but bit 63 of A is CF: what INC and DEC keep costs nothing. */
export const CARRIED = 'carried';
export type KnownFlags = FlagState | typeof DYNAMIC | typeof CARRIED;

const SIZE_LOG: Readonly<Record<Size, number>> = { 8: 0, 16: 1, 32: 2, 64: 3 };

/** Is it known when the region is compiled what they mean? */
export function isStatic(flags: KnownFlags): flags is FlagState {
  return flags !== DYNAMIC && flags !== CARRIED;
}

export function isFlagsDone(flags: KnownFlags): boolean {
  return isStatic(flags) && flags.kind === FLAGS_DONE;
}

/** Is bit 63 of A the carry? */
export function isCarried(flags: KnownFlags): boolean {
  if (!isStatic(flags)) return flags === CARRIED;
  const { kind } = flags;
  return kind === FLAGS_DONE || kind === FLAGS_GIVEN || kind === FLAGS_INC || kind === FLAGS_DEC;
}

/** What FLAG_KIND holds. */
export function flagCode({ kind, size }: FlagState): number {
  return kind === FLAGS_DONE ? 0 : kind * 4 + SIZE_LOG[size];
}

export function isSameFlags(a: KnownFlags, b: KnownFlags): boolean {
  return a === b || (isStatic(a) && isStatic(b) && flagCode(a) === flagCode(b));
}
