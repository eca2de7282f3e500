/** VcpuState from and to the state struct. A saved state is untrusted: every value is checked before any is used. */
import { isBytes, isRecord, isUint, SnapshotError } from '../../machine/saved-state';
import type { SegmentState, VcpuState } from '../vcpu-state';
import { isCanonical, isStorable, linearBits, savedMsrs } from './msr';
import { SMBASE_AFTER_RESET } from './smm';
import type { StateView } from './state-view';
import { restoreXsave, saveXsave } from './xsave-area';

const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
const ACTIVITIES = ['running', 'halted', 'waitForSipi', 'shutdown'] as const;
const SHADOWS = ['none', 'sti', 'movSs'] as const;
const MSR_TSC_ADJUST = 0x3b;
const MSR_EFER = 0xc0000080;
const MSR_KERNEL_GS_BASE = 0xc0000102;

const UNUSABLE = 0x10000;
const FLAG_RF = 0x10000n;
const FLAG_VM = 0x20000n;
const FLAGS_KNOWN = 0x3f7fd7n;
const CR0_PE = 1n;
const CR0_ET = 0x10n;
const CR0_NE = 0x20n;
const FSW_ES = 0x80;
const CR0_PG = 0x80000000n;
const CR0_KNOWN = 0xe005003fn;
const CR4_PAE = 0x20n;
const CR4_LA57 = 0x1000n;
const EFER_LME = 0x100n;
const EFER_LMA = 0x400n;
const ACCESS_L = 0x2000;
const PHYSICAL = 0xff_ffff_ffffn;

function saveSegment(state: StateView, index: number): SegmentState {
  const { selector, access, limit, base, isUnusable } = state.segment(index);
  return { selector, access: isUnusable ? access | UNUSABLE : access, limit, base };
}

/** `flags` is the whole image, arithmetic flags included. */
export function saveVcpu(state: StateView, flags: bigint, isInitPending: boolean): VcpuState {
  const msrs: Record<string, bigint> = {};
  for (const [index, { field, element }] of savedMsrs()) msrs[index.toString(16)] = state.u64(field, element);
  msrs[MSR_TSC_ADJUST.toString(16)] = state.u64('TSC_OFFSET');
  msrs[MSR_EFER.toString(16)] = state.u64('EFER');
  msrs[MSR_KERNEL_GS_BASE.toString(16)] = state.u64('KERNEL_GS_BASE');
  const segment = (index: number): SegmentState => saveSegment(state, index);
  const isShadowed = state.count('SHADOW_COUNT') === state.count('COUNT');
  const isResuming = state.count('RESUME_COUNT') === state.count('COUNT');
  return {
    count: state.count('COUNT'),
    gpr: Array.from({ length: 16 }, (_, i) => state.u64('GPR', i)),
    rip: state.u64('RIP'),
    rflags: isResuming ? flags : flags & ~FLAG_RF,
    es: segment(0),
    cs: segment(1),
    ss: segment(2),
    ds: segment(3),
    fs: segment(4),
    gs: segment(5),
    ldtr: segment(6),
    tr: segment(7),
    gdtr: { base: state.u64('GDTR_BASE'), limit: state.u32('GDTR_LIMIT') },
    idtr: { base: state.u64('IDTR_BASE'), limit: state.u32('IDTR_LIMIT') },
    cr0: state.u64('CR0'),
    cr2: state.u64('CR2'),
    cr3: state.u64('CR3'),
    cr4: state.u64('CR4'),
    xcr0: state.u64('XCR0'),
    dr: [0, 1, 2, 3, 6, 7].map((i) => state.u64('DR', i)),
    msrs,
    xsave: saveXsave(state),
    fcs: state.u16('FCS'),
    fds: state.u16('FDS'),
    activity: ACTIVITIES[state.u32('ACTIVITY')] ?? 'running',
    interruptShadow: isShadowed ? (SHADOWS[state.u32('SHADOW')] ?? 'none') : 'none',
    nmiPending: state.u32('NMI_PENDING') !== 0,
    nmiBlocked: state.u32('NMI_BLOCKED') !== 0,
    smm: {
      smbase: state.u32('SMBASE'),
      isActive: state.u32('IN_SMM') !== 0,
      isPending: state.u32('SMI_PENDING') !== 0,
      wasNmiBlocked: state.u32('SMM_NMI_BLOCKED') !== 0,
      isInitPending,
    },
  };
}

const isU64 = (value: unknown): value is bigint => typeof value === 'bigint' && value >= 0n && value < 1n << 64n;

function isTable(value: unknown): value is { base: bigint; limit: number } {
  return isRecord(value) && isU64(value['base']) && isUint(value['limit'], 0xffff);
}

function isSegment(value: unknown): value is SegmentState {
  if (!isRecord(value)) return false;
  return (
    isUint(value['selector'], 0xffff) &&
    isUint(value['access'], 0x1ffff) &&
    isUint(value['limit']) &&
    isU64(value['base'])
  );
}

function isSmmState(value: unknown): boolean {
  if (value === undefined) return true;
  const flags = ['isActive', 'isPending', 'wasNmiBlocked', 'isInitPending'];
  return isRecord(value) && isUint(value['smbase']) && flags.every((name) => typeof value[name] === 'boolean');
}

/** Whether a value has VcpuState's shape; what values may stand beside each other is `restoreVcpu`'s matter. */
export function isVcpuState(value: unknown): value is VcpuState {
  if (!isRecord(value)) return false;
  const words = (list: unknown, length: number): boolean =>
    Array.isArray(list) && list.length === length && list.every((word) => isU64(word));
  return (
    typeof value['count'] === 'number' &&
    Number.isSafeInteger(value['count']) &&
    value['count'] >= 0 &&
    value['count'] < 2 ** 52 &&
    words(value['gpr'], 16) &&
    words(value['dr'], 6) &&
    ['rip', 'rflags', 'cr0', 'cr2', 'cr3', 'cr4', 'xcr0'].every((name) => isU64(value[name])) &&
    SEGMENTS.every((name) => isSegment(value[name])) &&
    isTable(value['gdtr']) &&
    isTable(value['idtr']) &&
    isRecord(value['msrs']) &&
    Object.entries(value['msrs']).every(([index, word]) => /^[0-9a-f]{1,8}$/.test(index) && isU64(word)) &&
    isBytes(value['xsave']) &&
    isUint(value['fcs'], 0xffff) &&
    isUint(value['fds'], 0xffff) &&
    ACTIVITIES.some((name) => name === value['activity']) &&
    SHADOWS.some((name) => name === value['interruptShadow']) &&
    typeof value['nmiPending'] === 'boolean' &&
    typeof value['nmiBlocked'] === 'boolean' &&
    isSmmState(value['smm'])
  );
}

function checkControl(saved: VcpuState, state: StateView, efer: bigint, fail: (what: string) => never): void {
  const { cr0, cr3, cr4, xcr0 } = saved;
  const isPaging = (cr0 & CR0_PG) !== 0n;
  if ((cr0 & ~CR0_KNOWN) !== 0n || (cr0 & CR0_ET) === 0n || (isPaging && (cr0 & CR0_PE) === 0n))
    fail('an impossible CR0');
  if ((cr4 & ~state.u64('CR4_ALLOWED')) !== 0n) fail('CR4 bits that this CPU has not');
  if ((efer & ~(state.u64('EFER_ALLOWED') | EFER_LMA)) !== 0n) fail('EFER bits that this CPU has not');
  const isLong = (efer & EFER_LMA) !== 0n;
  if (isLong !== (isPaging && (efer & EFER_LME) !== 0n)) fail('EFER.LMA that does not fit CR0 and EFER.LME');
  if (isLong && (cr4 & CR4_PAE) === 0n) fail('long mode without PAE');
  if ((cr3 & ~PHYSICAL) !== 0n) fail('CR3 beyond the physical addresses');
  if ((xcr0 & ~state.u64('XCR0_ALLOWED')) !== 0n || (xcr0 & 1n) === 0n || (xcr0 & 6n) === 4n)
    fail('an impossible XCR0');
}

function checkModes(saved: VcpuState, efer: bigint, bits: number, fail: (what: string) => never): void {
  const { rflags, cs } = saved;
  const isLong = (efer & EFER_LMA) !== 0n;
  if ((rflags & ~FLAGS_KNOWN) !== 0n || (rflags & 2n) === 0n) fail('impossible RFLAGS');
  if ((rflags & FLAG_VM) !== 0n && (isLong || (saved.cr0 & CR0_PE) === 0n))
    fail('virtual-8086 mode where there is none');
  const is64 = isLong && (cs.access & ACCESS_L) !== 0;
  if (is64 && !isCanonical(saved.rip, (saved.cr4 & CR4_LA57) === 0n ? 48 : 57)) fail('a RIP that is not canonical');
  if (!is64 && saved.rip >> 32n !== 0n) fail('a RIP beyond 32 bits');
  for (const name of ['gdtr', 'idtr'] as const)
    if (!isCanonical(saved[name].base, bits)) fail(`${name} with a base that is not canonical`);
  for (const name of SEGMENTS) {
    const { base } = saved[name];
    const isWide = name === 'fs' || name === 'gs' || name === 'ldtr' || name === 'tr';
    if (isWide ? !isCanonical(base, bits) : base >> 32n !== 0n) fail(`${name} with an impossible base`);
  }
  if (saved.dr[4]! >> 32n !== 0n || saved.dr[5]! >> 32n !== 0n) fail('impossible debug registers');
}

/** Throws SnapshotError (part `part`) and changes nothing where a value cannot be. Returns the image of the flags, for the core to set. */
export function restoreVcpu(state: StateView, saved: unknown, part: string): bigint {
  const fail = (what: string): never => {
    throw new SnapshotError(part, `has ${what}`);
  };
  if (!isVcpuState(saved)) return fail('values that a vCPU cannot have');
  const known = savedMsrs();
  const msr = (index: number): bigint => saved.msrs[index.toString(16)] ?? 0n;
  const efer = msr(MSR_EFER);
  checkControl(saved, state, efer, fail);
  const bits = linearBits(state);
  checkModes(saved, efer, bits, fail);
  for (const [name, value] of Object.entries(saved.msrs)) {
    const index = Number.parseInt(name, 16);
    if (index === MSR_EFER || index === MSR_TSC_ADJUST) continue;
    if (
      index === MSR_KERNEL_GS_BASE ? !isCanonical(value, bits) : !known.has(index) || !isStorable(index, value, bits)
    ) {
      fail(`an impossible MSR ${name}`);
    }
  }
  restoreXsave(state, saved.xsave, saved.xcr0, part);
  for (const [index, { field, element }] of known) {
    if (saved.msrs[index.toString(16)] !== undefined) state.setU64(field, msr(index), element);
  }
  state.setU64('TSC_OFFSET', msr(MSR_TSC_ADJUST));
  state.setU64('EFER', efer);
  state.setU64('KERNEL_GS_BASE', msr(MSR_KERNEL_GS_BASE));
  state.setCount('COUNT', saved.count);
  saved.gpr.forEach((value, i) => state.setU64('GPR', value, i));
  state.setU64('RIP', saved.rip);
  SEGMENTS.forEach((name, i) => {
    const { selector, access, limit, base } = saved[name];
    state.setSegment(i, { selector, access: access & 0xffff, limit, base, isUnusable: (access & UNUSABLE) !== 0 });
  });
  state.setU64('GDTR_BASE', saved.gdtr.base);
  state.setU32('GDTR_LIMIT', saved.gdtr.limit);
  state.setU64('IDTR_BASE', saved.idtr.base);
  state.setU32('IDTR_LIMIT', saved.idtr.limit);
  state.setU64('CR0', saved.cr0);
  state.setU64('CR2', saved.cr2);
  state.setU64('CR3', saved.cr3);
  state.setU64('CR4', saved.cr4);
  state.setU64('XCR0', saved.xcr0);
  [0, 1, 2, 3, 6, 7].forEach((register, i) => state.setU64('DR', saved.dr[i]!, register));
  state.setU16('FCS', saved.fcs);
  state.setU32('FERR', (state.u16('FSW') & FSW_ES) !== 0 && (saved.cr0 & CR0_NE) === 0n ? 1 : 0);
  state.setU16('FDS', saved.fds);
  state.setU32('CPL', privilege(saved));
  state.setU32('ACTIVITY', ACTIVITIES.indexOf(saved.activity));
  state.setU32('SHADOW', SHADOWS.indexOf(saved.interruptShadow));
  state.setCount('RESUME_COUNT', saved.count);
  state.setCount('SHADOW_COUNT', saved.interruptShadow === 'none' ? 0 : saved.count);
  state.setU32('NMI_PENDING', saved.nmiPending ? 1 : 0);
  state.setU32('NMI_BLOCKED', saved.nmiBlocked ? 1 : 0);
  state.setU32('SMBASE', saved.smm?.smbase ?? SMBASE_AFTER_RESET);
  state.setU32('IN_SMM', saved.smm?.isActive ? 1 : 0);
  state.setU32('SMI_PENDING', saved.smm?.isPending ? 1 : 0);
  state.setU32('SMM_NMI_BLOCKED', saved.smm?.wasNmiBlocked ? 1 : 0);
  state.setU32('PENDING_DB', 0);
  state.setU32('DELIVERING', 0);
  state.setU32('CUR_OP', 0);
  return saved.rflags;
}

/** CPL is SS.DPL in protected mode (as VMX keeps it). */
function privilege({ cr0, rflags, ss }: VcpuState): number {
  if ((cr0 & CR0_PE) === 0n) return 0;
  return (rflags & FLAG_VM) !== 0n ? 3 : (ss.access >> 5) & 3;
}
