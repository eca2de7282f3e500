import * as layout from './core/layout';
import { CODE_16, CODE_32, CODE_64, type CodeSize } from './decoder';
import { ENV_CHECKED, ENV_FLAT, ENV_LONG } from './isa/compile';

/** What the bits of MODE (core/layout.ts) say about code. */

/** How a block addresses stack and code. */
export function environmentOf(mode: number): number {
  if (mode & layout.MODE_LONG) return ENV_LONG;
  const flat = layout.MODE_FLAT | layout.MODE_SS32;
  return (mode & flat) === flat ? ENV_FLAT : ENV_CHECKED;
}

export function codeSizeOf(mode: number): CodeSize {
  return mode & layout.MODE_LONG ? CODE_64 : mode & layout.MODE_CS32 ? CODE_32 : CODE_16;
}
