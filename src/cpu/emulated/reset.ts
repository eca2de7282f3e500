import { ACTIVITY_RUNNING, ACTIVITY_WAIT_FOR_SIPI } from './core/layout';
import { GLOBAL_AT_RESET } from './performance-counters';
import { SMBASE_AFTER_RESET } from './smm';
import type { StateView } from './state-view';

export type ResetKind = 'power-on' | 'init';

const CS = 1;
const LDTR = 6;
const TR = 7;

/** Values after RESET# and INIT (Intel SDM vol. 3, table 9-1). The instruction count goes on. EFLAGS and MODE are the caller's. */
export function resetVcpu(
  state: StateView,
  kind: ResetKind,
  { isBootProcessor, signature }: { isBootProcessor: boolean; signature: number },
): void {
  for (let i = 0; i < 16; i++) state.setU64('GPR', i === 2 ? BigInt(signature) : 0n, i);
  state.setU64('RIP', 0xfff0n);
  for (let i = 0; i < 8; i++) {
    const access = i === CS ? 0x9b : i === LDTR ? 0x82 : i === TR ? 0x8b : 0x93;
    const isCode = i === CS;
    state.setSegment(i, {
      selector: isCode ? 0xf000 : 0,
      access,
      limit: 0xffff,
      base: isCode ? 0xffff0000n : 0n,
      isUnusable: false,
    });
  }
  for (const table of ['GDTR', 'IDTR']) {
    state.setU64(`${table}_BASE`, 0n);
    state.setU32(`${table}_LIMIT`, 0xffff);
  }
  // INIT keeps CD and NW.
  state.setU64('CR0', kind === 'init' ? (state.u64('CR0') & 0x60000000n) | 0x10n : 0x60000010n);
  for (const name of ['CR2', 'CR3', 'CR4', 'EFER']) state.setU64(name, 0n);
  for (let i = 0; i < 8; i++) state.setU64('DR', i === 6 ? 0xffff0ff0n : i === 7 ? 0x400n : 0n, i);
  for (const name of [
    'CPL',
    'SHADOW',
    'NMI_PENDING',
    'NMI_BLOCKED',
    'IN_SMM',
    'SMM_NMI_BLOCKED',
    'DELIVERING',
    'PENDING_DB',
    'CUR_OP',
    'EVENT_ENTERED',
  ]) {
    state.setU32(name, 0);
  }
  state.setU32('ACTIVITY', isBootProcessor ? ACTIVITY_RUNNING : ACTIVITY_WAIT_FOR_SIPI);
  if (kind === 'power-on') resetUnits(state);
}

/** What INIT leaves alone: x87, SSE and most MSRs. */
function resetUnits(state: StateView): void {
  for (const name of ['STAR', 'LSTAR', 'CSTAR', 'FMASK', 'KERNEL_GS_BASE', 'TSC_AUX', 'TSC_OFFSET'])
    state.setU64(name, 0n);
  for (const name of [
    'SYSENTER_CS',
    'SYSENTER_ESP',
    'SYSENTER_EIP',
    'DEBUGCTL',
    'SPEC_CTRL',
    'MCG_STATUS',
    'MCG_CTL',
    'MTRR_DEF_TYPE',
  ]) {
    state.setU64(name, 0n);
  }
  for (let i = 0; i < 11; i++) state.setU64('MTRR_FIXED', 0n, i);
  for (let i = 0; i < 16; i++) state.setU64('MTRR_VAR', 0n, i);
  for (let i = 0; i < 10; i++) state.setU64('MC_CTL', 0n, i);
  for (let i = 0; i < 4; i++) state.setU64('PERF_SELECT', 0n, i);
  for (let i = 0; i < 4; i++) state.setU64('PERF_COUNTER', 0n, i);
  for (let i = 0; i < 3; i++) state.setU64('PERF_FIXED', 0n, i);
  state.setU64('PERF_FIXED_CTRL', 0n);
  state.setU64('PERF_GLOBAL_STATUS', 0n);
  state.setU64('PERF_GLOBAL_CTRL', GLOBAL_AT_RESET);
  state.setU64('MISC_ENABLE', 1n);
  state.setU64('PAT', 0x0007040600070406n);
  state.setU64('XCR0', 1n);
  state.setU32('SMBASE', SMBASE_AFTER_RESET);
  state.setU32('SMI_PENDING', 0);
  state.setU32('PKRU', 0);
  for (let i = 0; i < 8; i++) state.bytes('FPR', i, 16).fill(0);
  for (let i = 0; i < 16; i++) state.bytes('XMM', i, 32).fill(0);
  state.setU16('FCW', 0x40);
  state.setU16('FSW', 0);
  state.setU16('FTW', 0x5555);
  state.setU16('FOP', 0);
  state.setU32('FPU_TOP', 0);
  state.setU64('FIP', 0n);
  state.setU64('FDP', 0n);
  state.setU16('FCS', 0);
  state.setU16('FDS', 0);
  state.setU32('FERR', 0);
  state.setU32('MXCSR', 0x1f80);
}
