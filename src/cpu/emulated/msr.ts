/** Model-specific registers that the core does not handle itself (Intel SDM vol. 4). What is not here is #GP. */
import type { GuestBus, InstructionCount } from '../backend';
import {
  COUNTER_MASK,
  FIXED_CTRL_WRITABLE,
  GLOBAL_WRITABLE,
  type PerformanceCounters,
  SELECT_WRITABLE,
} from './performance-counters';
import type { StateView } from './state-view';

export interface MsrContext {
  readonly state: StateView;
  readonly bus: GuestBus;
  readonly vcpu: number;
  readonly isIntel: boolean;
  /** Of the CPU model. */
  readonly hasFeature: (name: string) => boolean;
  readonly machineCheckBanks: number;
  readonly counters: PerformanceCounters;
  /** Of instructions before the current one. */
  readonly count: InstructionCount;
  /** TSC at the current instruction. */
  readonly tsc: bigint;
}

const MSR_TSC = 0x10;
const MSR_TSC_ADJUST = 0x3b;
const MSR_TSC_DEADLINE = 0x6e0;
const MSR_PAT = 0x277;
const MSR_MISC_ENABLE = 0x1a0;
const MSR_MCG_CAP = 0x179;
const MSR_MTRR_DEF_TYPE = 0x2ff;

/** Registers that are one field of the state: index, field, element, writable bits. */
interface Stored {
  readonly field: string;
  readonly element: number;
  readonly mask: bigint;
  readonly isAddress?: boolean;
  readonly vendor?: 'GenuineIntel' | 'AuthenticAMD';
}

const ALL = 0xffff_ffff_ffff_ffffn;
const LOW32 = 0xffff_ffffn;
const PHYSICAL = 0xff_ffff_ffffn;
const CR4_LA57 = 0x1000n;
const FIXED_MTRRS = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f];

const MSR_MC0_CTL = 0x400;
/** Of machine-check registers: control, status, address, miscellaneous. */
const BANKS = [...Array(10).keys()];
const UC_WC_WT_WP_WB = 0x73;

const STORED: ReadonlyMap<number, Stored> = new Map<number, Stored>([
  [0x48, { field: 'SPEC_CTRL', element: 0, mask: 7n, vendor: 'GenuineIntel' }],
  [0x174, { field: 'SYSENTER_CS', element: 0, mask: LOW32 }],
  [0x175, { field: 'SYSENTER_ESP', element: 0, mask: ALL, isAddress: true }],
  [0x176, { field: 'SYSENTER_EIP', element: 0, mask: ALL, isAddress: true }],
  [0x17a, { field: 'MCG_STATUS', element: 0, mask: 7n }],
  [0x17b, { field: 'MCG_CTL', element: 0, mask: ALL }],
  ...BANKS.map((i): [number, Stored] => [MSR_MC0_CTL + 4 * i, { field: 'MC_CTL', element: i, mask: ALL }]),
  [MSR_MISC_ENABLE, { field: 'MISC_ENABLE', element: 0, mask: 0x4_0040_0001n, vendor: 'GenuineIntel' }],
  [0x1d9, { field: 'DEBUGCTL', element: 0, mask: 0x1803n }], // BTF, LBR and the freezing on counters' interrupts
  [MSR_MTRR_DEF_TYPE, { field: 'MTRR_DEF_TYPE', element: 0, mask: 0xcffn }],
  [0xc0000081, { field: 'STAR', element: 0, mask: ALL }],
  [0xc0000082, { field: 'LSTAR', element: 0, mask: ALL, isAddress: true }],
  [0xc0000083, { field: 'CSTAR', element: 0, mask: ALL, isAddress: true }],
  [0xc0000084, { field: 'FMASK', element: 0, mask: LOW32 }],
  [0xc0000103, { field: 'TSC_AUX', element: 0, mask: LOW32 }],
  ...FIXED_MTRRS.map((index, element): [number, Stored] => [index, { field: 'MTRR_FIXED', element, mask: ALL }]),
  ...[...Array(8).keys()].flatMap((i): [number, Stored][] => [
    [0x200 + 2 * i, { field: 'MTRR_VAR', element: 2 * i, mask: (PHYSICAL & ~0xfffn) | 0xffn }],
    [0x201 + 2 * i, { field: 'MTRR_VAR', element: 2 * i + 1, mask: (PHYSICAL & ~0xfffn) | 0x800n }],
  ]),
]);

/** Registers of performance counters that a saved state holds; which of them there are, `counters` knows. */
const COUNTERS: ReadonlyMap<number, Stored> = new Map<number, Stored>([
  ...[0, 1, 2, 3].flatMap((element): [number, Stored][] => [
    [0x186 + element, { field: 'PERF_SELECT', element, mask: SELECT_WRITABLE }],
    [0xc1 + element, { field: 'PERF_COUNTER', element, mask: COUNTER_MASK }],
  ]),
  ...[0, 1, 2].map((element): [number, Stored] => [
    0x309 + element,
    { field: 'PERF_FIXED', element, mask: COUNTER_MASK },
  ]),
  [0x38d, { field: 'PERF_FIXED_CTRL', element: 0, mask: FIXED_CTRL_WRITABLE }],
  [0x38e, { field: 'PERF_GLOBAL_STATUS', element: 0, mask: GLOBAL_WRITABLE }],
  [0x38f, { field: 'PERF_GLOBAL_CTRL', element: 0, mask: GLOBAL_WRITABLE }],
]);

interface Constant {
  readonly value: bigint;
  readonly isWriteIgnored?: boolean;
  /** 0 may be written. */
  readonly isClearable?: boolean;
  readonly vendor?: Stored['vendor'];
}

/**
 * Constants; writes are refused unless `isWriteIgnored`. IA32_ARCH_CAPABILITIES: immune to everything it knows of, because nothing runs
 * speculatively here.
 */
const CONSTANT: ReadonlyMap<number, Constant> = new Map<number, Constant>([
  [0x00, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // P5_MC_ADDR: no machine check has happened
  [0x01, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // P5_MC_TYPE
  [0x17, { value: 0n, vendor: 'GenuineIntel' }], // PLATFORM_ID
  [0x2a, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // EBL_CR_POWERON: no frontside bus to set up
  [0x3a, { value: 1n, vendor: 'GenuineIntel' }], // FEATURE_CONTROL: locked, no VMX
  [0x8b, { value: 0x1_0000_0000n, isWriteIgnored: true }], // BIOS_SIGN_ID: microcode revision 1
  [0xcd, { value: 5n, vendor: 'GenuineIntel' }], // FSB_FREQ: 100 MHz
  [0xce, { value: 0x0a00n, vendor: 'GenuineIntel' }], // PLATFORM_INFO: ten times 100 MHz, as leaf 16h says
  [0xfe, { value: 0x508n }], // MTRRCAP: 8 variable, fixed, write combining
  [0x10a, { value: 0x0d10_e17bn, vendor: 'GenuineIntel' }], // ARCH_CAPABILITIES
  [0x11e, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // BBL_CR_CTL3: no second-level cache to set up
  // MCi_STATUS, _ADDR and _MISC: no error is ever logged, and software may only clear them
  ...BANKS.flatMap((i) =>
    [1, 2, 3].map((part): [number, Constant] => [MSR_MC0_CTL + 4 * i + part, { value: 0n, isClearable: true }]),
  ),
  [0x198, { value: 0x0a00n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // PERF_STATUS: the one ratio there is
  [0x199, { value: 0x0a00n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // PERF_CTL
  [0x19a, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // CLOCK_MODULATION: off
  [0x19b, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // THERM_INTERRUPT
  [0x19c, { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' }], // THERM_STATUS: never hot
  // The last branch, which DEBUGCTL.LBR has a P6 record: none
  ...[0x1db, 0x1dc, 0x1dd, 0x1de].map((index): [number, Constant] => [
    index,
    { value: 0n, isWriteIgnored: true, vendor: 'GenuineIntel' },
  ]),
  [0xc0010010, { value: 0n, isWriteIgnored: true, vendor: 'AuthenticAMD' }], // SYSCFG
  [0xc0010015, { value: 0x0100_0000n, isWriteIgnored: true, vendor: 'AuthenticAMD' }], // HWCR: TSC at P0 rate
  [0xc001001f, { value: 0n, isWriteIgnored: true, vendor: 'AuthenticAMD' }], // NB_CFG
  [0xc0011029, { value: 2n, isWriteIgnored: true, vendor: 'AuthenticAMD' }], // DE_CFG: LFENCE serialises
]);

/** Write-only commands without effect here. */
const COMMANDS: ReadonlySet<number> = new Set([0x49, 0x79, 0x10b]); // PRED_CMD, BIOS_UPDT_TRIG, FLUSH_CMD

function isOfVendor(vendor: Stored['vendor'], isIntel: boolean): boolean {
  return vendor === undefined || (vendor === 'GenuineIntel') === isIntel;
}

/** MSRs that come with a feature: [feature, first, last]. */
const BY_FEATURE: ReadonlyArray<readonly [feature: string, first: number, last: number]> = [
  ['tsc', MSR_TSC, MSR_TSC],
  ['apic', 0x1b, 0x1b],
  ['spec_ctrl', 0x48, 0x49],
  ['mtrr', 0xfe, 0xfe],
  ['arch_capabilities', 0x10a, 0x10b],
  ['sep', 0x174, 0x176],
  ['mca', MSR_MCG_CAP, 0x17b],
  ['mca', MSR_MC0_CTL, 0x4ff],
  ['mtrr', 0x200, 0x26f],
  ['pat', MSR_PAT, MSR_PAT],
  ['mtrr', MSR_MTRR_DEF_TYPE, MSR_MTRR_DEF_TYPE],
  ['tsc_deadline_timer', MSR_TSC_DEADLINE, MSR_TSC_DEADLINE],
  ['x2apic', 0x800, 0x8ff],
  ['syscall', 0xc0000081, 0xc0000081],
  ['lm', 0xc0000082, 0xc0000084],
  ['rdtscp', 0xc0000103, 0xc0000103],
];

function isOfModel(index: number, { hasFeature, machineCheckBanks }: MsrContext): boolean {
  if (index >= MSR_MC0_CTL && index <= 0x4ff && (index - MSR_MC0_CTL) >> 2 >= machineCheckBanks) return false;
  return BY_FEATURE.every(([feature, first, last]) => index < first || index > last || hasFeature(feature));
}

function isBoardMsr(index: number): boolean {
  return index === 0x1b || index === MSR_TSC_DEADLINE || (index >= 0x800 && index <= 0x8ff);
}

/** Bits of linear addresses that bases and MSRs are held against: as wide as this CPU has them, whatever CR4 says. */
export function linearBits(state: StateView): number {
  return (state.u64('CR4_ALLOWED') & CR4_LA57) === 0n ? 48 : 57;
}

export function isCanonical(value: bigint, bits: number): boolean {
  return BigInt.asUintN(64, BigInt.asIntN(bits, value)) === value;
}

/** Bits of IA32_MISC_ENABLE that software cannot change: BTS and PEBS are not there; whether counters are. */
function miscEnabled({ counters }: MsrContext): bigint {
  return counters.isArchitectural ? 0x1880n : 0x1800n;
}

/** undefined: #GP. */
export function readMsr(index: number, context: MsrContext): bigint | undefined {
  const { state, bus, vcpu, isIntel } = context;
  if (!isOfModel(index, context)) return undefined;
  if (index === MSR_TSC) return context.tsc;
  // Both are 0 at power-on, and every write to one moves the other (SDM volume 3, 18.17.3).
  if (index === MSR_TSC_ADJUST && isIntel) return state.u64('TSC_OFFSET');
  if (index === MSR_PAT) return state.u64('PAT');
  // MCG_CTL, and so many banks
  if (index === MSR_MCG_CAP) return BigInt(0x100 | context.machineCheckBanks);
  if (isBoardMsr(index)) {
    const value = bus.readMsr(vcpu, index);
    // The board's deadline is in units of guest time; the guest's TSC may be shifted.
    if (index === MSR_TSC_DEADLINE && value !== undefined && value !== 0n)
      return BigInt.asUintN(64, value + state.u64('TSC_OFFSET'));
    return value;
  }
  const stored = STORED.get(index);
  if (stored !== undefined && isOfVendor(stored.vendor, isIntel)) {
    const value = state.u64(stored.field, stored.element);
    return index === MSR_MISC_ENABLE ? value | miscEnabled(context) : value;
  }
  const counter = context.counters.read(index, context.count);
  if (counter !== undefined) return counter;
  const constant = CONSTANT.get(index);
  return constant !== undefined && isOfVendor(constant.vendor, isIntel) ? constant.value : undefined;
}

function areMemoryTypes(value: bigint, allowed: number): boolean {
  for (let i = 0n; i < 64n; i += 8n) {
    const type = Number((value >> i) & 0xffn);
    if (type > 7 || ((allowed >> type) & 1) === 0) return false;
  }
  return true;
}

/** PAT: UC, WC, WT, WP, WB, UC-. */
export function isPat(value: bigint): boolean {
  return areMemoryTypes(value, 0xf3);
}

/** Whether `value` may be stored in a register of STORED, on a CPU with linear addresses of so many bits. */
export function isStorable(index: number, value: bigint, bits: number): boolean {
  if (index === MSR_PAT) return isPat(value);
  const stored = STORED.get(index) ?? COUNTERS.get(index);
  if (stored === undefined) return false;
  if (stored.isAddress === true) return isCanonical(value, bits);
  if (stored.field === 'MTRR_FIXED') return areMemoryTypes(value, UC_WC_WT_WP_WB);
  const isTyped = stored.field === 'MTRR_DEF_TYPE' || (stored.field === 'MTRR_VAR' && stored.element % 2 === 0);
  if (isTyped && !areMemoryTypes(value & 0xffn, UC_WC_WT_WP_WB)) return false;
  return (value & ~stored.mask) === 0n;
}

/** Moves the TSC. A deadline stays where it is in terms of the TSC, so the board's moves in time. */
function shiftTsc(by: bigint, { state, bus, vcpu }: MsrContext): void {
  const deadline = bus.readMsr(vcpu, MSR_TSC_DEADLINE) ?? 0n;
  state.setU64('TSC_OFFSET', BigInt.asUintN(64, state.u64('TSC_OFFSET') + by));
  if (deadline !== 0n) bus.writeMsr(vcpu, MSR_TSC_DEADLINE, BigInt.asUintN(64, deadline - by));
}

/** false: #GP. */
export function writeMsr(index: number, value: bigint, context: MsrContext): boolean {
  const { state, bus, vcpu, isIntel } = context;
  if (!isOfModel(index, context)) return false;
  if (index === MSR_TSC) {
    shiftTsc(value - context.tsc, context);
    return true;
  }
  if (index === MSR_TSC_ADJUST && isIntel) {
    shiftTsc(value - state.u64('TSC_OFFSET'), context);
    return true;
  }
  if (isBoardMsr(index)) {
    const isShifted = index === MSR_TSC_DEADLINE && value !== 0n;
    return bus.writeMsr(vcpu, index, isShifted ? BigInt.asUintN(64, value - state.u64('TSC_OFFSET')) : value);
  }
  if (index === MSR_PAT) {
    if (!isPat(value)) return false;
    state.setU64('PAT', value);
    return true;
  }
  const stored = STORED.get(index);
  if (stored !== undefined && isOfVendor(stored.vendor, isIntel)) {
    const wanted = index === MSR_MISC_ENABLE ? value & ~miscEnabled(context) : value;
    if (!isStorable(index, wanted, linearBits(state))) return false;
    state.setU64(stored.field, wanted, stored.element);
    return true;
  }
  if (COMMANDS.has(index)) return true;
  const isCounterTaken = context.counters.write(index, value, context.count);
  if (isCounterTaken !== undefined) return isCounterTaken;
  const constant = CONSTANT.get(index);
  if (constant === undefined || !isOfVendor(constant.vendor, isIntel)) return false;
  return constant.isWriteIgnored === true || (constant.isClearable === true && value === 0n);
}

/** Everything that a saved state holds, by index. */
export function savedMsrs(): ReadonlyMap<number, { readonly field: string; readonly element: number }> {
  const all = new Map<number, { field: string; element: number }>();
  for (const [index, { field, element }] of [...STORED, ...COUNTERS]) all.set(index, { field, element });
  all.set(MSR_PAT, { field: 'PAT', element: 0 });
  return all;
}
