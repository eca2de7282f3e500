import type { PrivilegedCase } from './case';
import { DEBUG_CASES } from './cases-debug';
import { FAST_CALL_CASES } from './cases-fast-calls';
import { FAULT_CASES } from './cases-faults';
import { GATE_CASES } from './cases-gates';
import { PAGE_TABLE_CASES, PAGING_CASES } from './cases-paging';
import { PORT_CASES } from './cases-ports';
import { PROTECTION_CASES } from './cases-protection';
import { REAL_CASES } from './cases-real';
import { SEGMENT_CASES } from './cases-segments';
import { SMM_CASES } from './cases-smm';
import { TASK_CASES } from './cases-tasks';
import { TIMER_CASES } from './cases-timers';
import { V86_CASES } from './cases-v86';
import { VGA_CASES } from './cases-vga';

/** Several small ones: a machine that stops in one case still shows the others. */
export const IMAGES: Readonly<Record<string, readonly PrivilegedCase[]>> = {
  gates: GATE_CASES,
  tasks: TASK_CASES,
  faults: FAULT_CASES,
  paging: PAGING_CASES,
  v86: V86_CASES,
  segments: SEGMENT_CASES,
  debug: DEBUG_CASES,
  protection: PROTECTION_CASES,
  smm: SMM_CASES,
  fastCalls: FAST_CALL_CASES,
  tables: PAGE_TABLE_CASES,
  real: REAL_CASES,
  // not privileged, but asked in the same way
  timers: TIMER_CASES,
  ports: PORT_CASES,
  vga: VGA_CASES,
};
