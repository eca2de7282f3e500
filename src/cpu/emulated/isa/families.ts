import { avx, avx2, f16c } from './avx';
import { fma } from './fma';
import { arith } from './arith';
import { adx, bits, bmi } from './bit';
import { flags, misc, mov } from './mov';
import { mmx } from './mmx';
import { shifts } from './shift';
import { sse } from './sse';
import { sse2 } from './sse2';
import { io } from './io';
import { fpuState } from './fpu-state';
import { segments, system } from './system';
import { transfer } from './transfer';
import { x87 } from './x87';
import { crypto, sse3, sse41, sse42, sse4a, ssse3 } from './sse4';
import { control, stack } from './stack';
import { string } from './string';
import type { Row } from './table';

/** Every instruction. The order is the order of handler numbers, no more: rows that match the same bytes are ranked by compile.ts. */
export const ROWS: readonly Row[] = [
  ...arith,
  ...mov,
  ...stack,
  ...control,
  ...shifts,
  ...bits,
  ...bmi,
  ...adx,
  ...flags,
  ...string,
  ...misc,
  ...sse,
  ...sse2,
  ...mmx,
  ...sse3,
  ...ssse3,
  ...sse41,
  ...sse42,
  ...sse4a,
  ...crypto,
  ...avx,
  ...avx2,
  ...f16c,
  ...fma,
  ...x87,
  ...fpuState,
  ...io,
  ...system,
  ...segments,
  ...transfer,
];
