/** CPUID (Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E), computed from features.ts. */
import { type CpuidRegister, FEATURES } from './features';
import { countersOf, type CpuModel, hasFeature } from './models';
import { COUNTER_WIDTH, FIXED_COUNTERS, GENERAL_COUNTERS } from './performance-counters';

export interface CpuidInput {
  readonly model: CpuModel;
  readonly tscHz: number;
  readonly vcpuCount: number;
  /** Of the vCPU that asks. */
  readonly apicId: number;
  readonly cr4: number;
  readonly isLongMode: boolean;
  readonly xcr0: bigint;
}

export type CpuidResult = Record<CpuidRegister, number>;

const CR4_OSXSAVE = 1 << 18;
const CR4_PKE = 1 << 22;
const PENTIUM3_CACHES = { eax: 0x03020101, ebx: 0, ecx: 0, edx: 0x0c040882 } as const;
const BRAND = 'Subzero vCPU';
export const PHYSICAL_ADDRESS_BITS = 40;

export function linearAddressBits(model: CpuModel): number {
  return hasFeature(model, 'la57') ? 57 : 48;
}

function ascii(text: string, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value |= (text.charCodeAt(at + i) || 0) << (8 * i);
  return value >>> 0;
}

function featureBits(leaf: number, register: CpuidRegister, input: CpuidInput): number {
  let bits = 0;
  for (const feature of FEATURES) {
    if (feature.leaf !== leaf || feature.register !== register || !hasFeature(input.model, feature.name)) continue;
    bits |= 1 << feature.bit;
  }
  return bits >>> 0;
}

/** log2 of the number of APIC ids that the package's vCPUs need. */
function packageShift(vcpuCount: number): number {
  return Math.ceil(Math.log2(Math.max(1, vcpuCount)));
}

/** Deterministic cache parameters: L1 data, L1 code, L2, as subleafs 0 to 2. */
const CACHES = [
  { type: 1, level: 1, ways: 8, sets: 64 },
  { type: 2, level: 1, ways: 8, sets: 64 },
  { type: 3, level: 2, ways: 16, sets: 4096 },
] as const;

function cacheLeaf(subleaf: number, input: CpuidInput): CpuidResult {
  const cache = CACHES[subleaf];
  if (cache === undefined) return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const cores = (1 << packageShift(input.vcpuCount)) - 1;
  return {
    eax: (cache.type | (cache.level << 5) | (1 << 8) | (cores << 26)) >>> 0,
    ebx: (63 | ((cache.ways - 1) << 22)) >>> 0,
    ecx: cache.sets - 1,
    edx: 0,
  };
}

function topologyLeaf(subleaf: number, input: CpuidInput): CpuidResult {
  const edx = input.apicId;
  if (subleaf === 0) return { eax: 0, ebx: 1, ecx: 0x100, edx };
  if (subleaf === 1) return { eax: packageShift(input.vcpuCount), ebx: input.vcpuCount, ecx: 0x201, edx };
  return { eax: 0, ebx: 0, ecx: subleaf & 0xff, edx };
}

/** Components of the XSAVE area beside x87 and SSE: bit, bytes, and where they lie in the standard form. */
const COMPONENTS = [
  { feature: 'avx', bit: 2, bytes: 256, at: 576 },
  { feature: 'pku', bit: 9, bytes: 8, at: 832 },
] as const;
const LEGACY_BYTES = 576;

function xsaveLeaf(subleaf: number, input: CpuidInput): CpuidResult {
  const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const { model } = input;
  if (!hasFeature(model, 'xsave')) return none;
  const present = COMPONENTS.filter(({ feature }) => hasFeature(model, feature));
  const enabled = present.filter(({ bit }) => ((input.xcr0 >> BigInt(bit)) & 1n) !== 0n);
  const end = (list: typeof present): number => list.reduce((_, { at, bytes }) => at + bytes, LEGACY_BYTES);
  if (subleaf === 0) {
    const eax = present.reduce((bits, { bit }) => bits | (1 << bit), 3);
    return { eax, ebx: end(enabled), ecx: end(present), edx: 0 };
  }
  if (subleaf === 1) {
    const eax = ['xsaveopt', 'xsavec', 'xgetbv1'].reduce(
      (bits, name, i) => bits | (hasFeature(model, name) ? 1 << i : 0),
      0,
    );
    // of the compacted form
    return { eax, ebx: enabled.reduce((sum, { bytes }) => sum + bytes, LEGACY_BYTES), ecx: 0, edx: 0 };
  }
  const component = present.find(({ bit }) => bit === subleaf);
  return component === undefined ? none : { eax: component.bytes, ebx: component.at, ecx: 0, edx: 0 };
}

function basicFeatures(input: CpuidInput): CpuidResult {
  const logical = 1 << packageShift(input.vcpuCount);
  let ecx = featureBits(1, 'ecx', input);
  let edx = featureBits(1, 'edx', input);
  if ((input.cr4 & CR4_OSXSAVE) !== 0) ecx = (ecx | (1 << 27)) >>> 0;
  if (input.vcpuCount > 1) edx = (edx | (1 << 28)) >>> 0;
  // the line size of CLFLUSH in units of 8 bytes
  const line = hasFeature(input.model, 'clfsh') ? 8 : 0;
  const ebx = hasFeature(input.model, 'apic') ? (input.apicId << 24) | (logical << 16) | (line << 8) : 0;
  return { eax: input.model.signature[input.model.vendor], ebx: ebx >>> 0, ecx, edx };
}

function extendedFeatures(input: CpuidInput): CpuidResult {
  let edx = featureBits(0x80000001, 'edx', input);
  const isIntel = input.model.vendor === 'GenuineIntel';
  // Intel: SYSCALL is there in 64-bit mode only. AMD repeats leaf 1's bits here.
  if (isIntel && !input.isLongMode) edx = (edx & ~(1 << 11)) >>> 0;
  if (!isIntel) edx = (edx | (featureBits(1, 'edx', input) & 0x0183f3ff)) >>> 0;
  return {
    eax: isIntel ? 0 : input.model.signature.AuthenticAMD,
    ebx: 0,
    ecx: featureBits(0x80000001, 'ecx', input),
    edx,
  };
}

/** Architectural performance counters, version 2: of the seven events, cycles, instructions and reference cycles. */
function countersLeaf(input: CpuidInput): CpuidResult {
  if (countersOf(input.model) !== 'architectural') return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const width = Number(COUNTER_WIDTH);
  const [events, missing] = [7, 0b1111000];
  const eax = (2 | (GENERAL_COUNTERS << 8) | (width << 16) | (events << 24)) >>> 0;
  return { eax, ebx: missing, ecx: 0, edx: FIXED_COUNTERS | (width << 5) };
}

function brandLeaf(leaf: number): CpuidResult {
  const at = (leaf - 0x80000002) * 16;
  return { eax: ascii(BRAND, at), ebx: ascii(BRAND, at + 4), ecx: ascii(BRAND, at + 8), edx: ascii(BRAND, at + 12) };
}

/**
 * Leafs 0x40000000 and up are left to hypervisors; guests ask when leaf 1 says 'hypervisor'. We show VMware's (its "Mechanisms to
 * determine if software is running in a VMware virtual machine"), because its backdoor is here: Linux looks for the absolute pointer
 * and asks for the clocks only then.
 */
const HYPERVISOR = 0x40000000;
const HYPERVISOR_TIMING = 0x40000010;
const HYPERVISOR_LAST = 0x400000ff;

function hypervisorLeaf(leaf: number, input: CpuidInput): CpuidResult {
  const vendor = 'VMwareVMware';
  const kHz = Math.round(input.tscHz / 1e3);
  if (leaf === HYPERVISOR)
    return { eax: HYPERVISOR_TIMING, ebx: ascii(vendor, 0), ecx: ascii(vendor, 4), edx: ascii(vendor, 8) };
  // ECX: no hypercall instructions, so the backdoor's port is used. The local APIC's timer runs as fast as the TSC.
  if (leaf === HYPERVISOR_TIMING) return { eax: kHz, ebx: kHz, ecx: 0, edx: 0 };
  return { eax: 0, ebx: 0, ecx: 0, edx: 0 };
}

/** Leafs beyond the highest answer like the highest basic one (Intel) or with zeros (AMD). */
export function cpuid(wantedLeaf: number, subleaf: number, input: CpuidInput): CpuidResult {
  const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const isIntel = input.model.vendor === 'GenuineIntel';
  const { highestLeaf, highestExtended } = input.model;
  let leaf = wantedLeaf >>> 0;
  if (leaf >= HYPERVISOR && leaf <= HYPERVISOR_LAST && hasFeature(input.model, 'hypervisor'))
    return hypervisorLeaf(leaf, input);
  if (leaf < 0x80000000 ? leaf > highestLeaf : leaf > highestExtended) {
    if (!isIntel) return none;
    leaf = highestLeaf;
  }
  switch (leaf) {
    case 0:
      return {
        eax: highestLeaf,
        ebx: ascii(input.model.vendor, 0),
        ecx: ascii(input.model.vendor, 8),
        edx: ascii(input.model.vendor, 4),
      };
    case 1:
      return basicFeatures(input);
    case 2:
      // without leaf 4 the caches of a Pentium III; else one descriptor: "see leaf 4"
      if (highestLeaf < 4) return isIntel ? PENTIUM3_CACHES : none;
      return isIntel ? { eax: 0x00ff0001, ebx: 0, ecx: 0, edx: 0 } : none;
    case 4:
      return isIntel ? cacheLeaf(subleaf, input) : none;
    case 7: {
      if (subleaf !== 0) return none;
      const ecx = featureBits(7, 'ecx', input);
      const isPkeOn = (input.cr4 & CR4_PKE) !== 0;
      return {
        eax: 0,
        ebx: featureBits(7, 'ebx', input),
        ecx: isPkeOn ? (ecx | (1 << 4)) >>> 0 : ecx,
        edx: featureBits(7, 'edx', input),
      };
    }
    case 0xa:
      return countersLeaf(input);
    case 0xb:
      return isIntel ? topologyLeaf(subleaf, input) : none;
    case 0xd:
      return xsaveLeaf(subleaf, input);
    case 0x15:
      // The crystal runs as fast as the TSC: so does the local APIC's timer.
      return isIntel ? { eax: 1, ebx: 1, ecx: input.tscHz, edx: 0 } : none;
    case 0x16: {
      const mhz = Math.round(input.tscHz / 1e6);
      return isIntel ? { eax: mhz, ebx: mhz, ecx: 100, edx: 0 } : none;
    }
    case 0x80000000:
      return isIntel
        ? { ...none, eax: highestExtended }
        : {
            eax: highestExtended,
            ebx: ascii(input.model.vendor, 0),
            ecx: ascii(input.model.vendor, 8),
            edx: ascii(input.model.vendor, 4),
          };
    case 0x80000001:
      return extendedFeatures(input);
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brandLeaf(leaf);
    case 0x80000005:
      // L1: 32 KiB, 8 ways, 64-byte lines, data and code
      return isIntel ? none : { eax: 0, ebx: 0, ecx: 0x20080140, edx: 0x20080140 };
    case 0x80000006:
      // L2: 4 MiB, 16 ways, 64-byte lines
      return { ...none, ecx: 0x10008040 };
    case 0x80000007:
      return { ...none, edx: featureBits(0x80000007, 'edx', input) };
    case 0x80000008:
      return {
        eax: PHYSICAL_ADDRESS_BITS | (linearAddressBits(input.model) << 8),
        ebx: 0,
        ecx: isIntel ? 0 : input.vcpuCount - 1,
        edx: 0,
      };
    default:
      return none;
  }
}
