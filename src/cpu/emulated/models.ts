/**
 * The CPUs that can be chosen: which of the implemented features each has, and how CPUID names it. A feature that a model lacks is not
 * there: its instructions are #UD, its control bits reserved, its MSRs #GP.
 */
import type { CpuModelName, CpuVendorName } from '../backend';
import { Decoder } from './decoder';
import { isImplemented, isOfVendor } from './features';
import type { CounterKind } from './performance-counters';

export interface CpuModel {
  readonly name: CpuModelName;
  readonly vendor: CpuVendorName;
  /** undefined: everything that is implemented. */
  readonly features: ReadonlySet<string> | undefined;
  /** Family, model and stepping as EAX of CPUID leaf 1, and EDX after a reset. */
  readonly signature: Readonly<Record<CpuVendorName, number>>;
  /** The highest basic and extended leaf; 0: there are no extended ones. */
  readonly highestLeaf: number;
  readonly highestExtended: number;
  /** Performance counters of an Intel; an AMD has those of a K7, where it has MSRs. */
  readonly intelCounters: CounterKind | undefined;
  /** Banks of machine-check registers, at most 10. */
  readonly machineCheckBanks: number;
}

const words = (text: string): string[] => text.split(' ');

const I486 = words('fpu vme pse');
const PENTIUM3 = [...I486, ...words('de tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 mmx fxsr sse')];
/** Of the first x86-64 (psABI level 1). */
const LEVEL1 = [...PENTIUM3, ...words('clfsh sse2 syscall nx lm')];
const QEMU64 = [...LEVEL1, ...words('sse3 cx16 lahf_lm x2apic tsc_deadline_timer hypervisor')];
/** What no psABI level speaks of: system features that make kernels simpler or faster. */
const SYSTEM = words(
  'hypervisor x2apic tsc_deadline_timer invtsc rdtscp pdpe1gb pcid invpcid smep smap umip erms fsgsbase spec_ctrl arch_capabilities prefetchw',
);
const LEVEL2 = [...LEVEL1, ...words('sse3 ssse3 sse4_1 sse4_2 cx16 popcnt lahf_lm'), ...SYSTEM];
const LEVEL3 = [...LEVEL2, ...words('xsave xsaveopt xsavec xgetbv1 avx avx2 bmi1 bmi2 f16c fma lzcnt movbe')];

/**
 * Intel 6/28/10: an in-order 64-bit core without speculation, which is what this is; kernels then leave out their mitigations of side
 * channels (retpolines, branch history clearing). AMD 15/6/1.
 */
const PLAIN = { GenuineIntel: 0x000106ca, AuthenticAMD: 0x00000f61 } as const;
const alike = (signature: number): CpuModel['signature'] => ({ GenuineIntel: signature, AuthenticAMD: signature });
const MODERN = {
  ...{ signature: PLAIN, highestLeaf: 0x16, highestExtended: 0x80000008 },
  ...{ intelCounters: 'architectural' as const, machineCheckBanks: 10 },
};

const MODELS: Readonly<Record<CpuModelName, Omit<CpuModel, 'vendor'>>> = {
  max: { name: 'max', features: undefined, ...MODERN },
  'x86-64-v3': { name: 'x86-64-v3', features: new Set(LEVEL3), ...MODERN },
  'x86-64-v2': { name: 'x86-64-v2', features: new Set(LEVEL2), ...MODERN },
  // family 15, model 107, stepping 1
  qemu64: {
    name: 'qemu64',
    features: new Set(QEMU64),
    signature: alike(0x00060fb1),
    highestLeaf: 0xd,
    highestExtended: 0x80000008,
    // A family 15's are unlike any other's, and it may have none (IA32_MISC_ENABLE).
    intelCounters: undefined,
    machineCheckBanks: 10,
  },
  // Coppermine: family 6, model 8, stepping 3
  pentium3: {
    name: 'pentium3',
    features: new Set(PENTIUM3),
    signature: alike(0x00000683),
    highestLeaf: 2,
    highestExtended: 0,
    intelCounters: 'p6',
    machineCheckBanks: 5,
  },
  // DX4: family 4, model 8, stepping 0
  '486': {
    name: '486',
    features: new Set(I486),
    signature: alike(0x00000480),
    highestLeaf: 1,
    highestExtended: 0,
    intelCounters: undefined,
    machineCheckBanks: 0,
  },
};

export function cpuModel(name: CpuModelName, vendor: CpuVendorName = 'GenuineIntel'): CpuModel {
  return { ...MODELS[name], vendor };
}

export function hasFeature(model: CpuModel, name: string): boolean {
  if (!isImplemented(name) || !isOfVendor(name, model.vendor)) return false;
  return model.features === undefined || model.features.has(name);
}

export function countersOf(model: CpuModel): CounterKind | undefined {
  if (model.vendor === 'GenuineIntel') return model.intelCounters;
  return hasFeature(model, 'msr') ? 'k7' : undefined;
}

/** A decoder to which instructions of absent features are undefined. */
export function decoderOf(model: CpuModel): Decoder {
  return new Decoder((name) => hasFeature(model, name));
}
