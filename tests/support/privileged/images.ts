import type { PrivilegedCase } from './case';
import { GATE_CASES } from './cases-gates';

/** Several small ones: a machine that stops in one case still shows the others. */
export const IMAGES: Readonly<Record<string, readonly PrivilegedCase[]>> = {
  gates: GATE_CASES,
};
