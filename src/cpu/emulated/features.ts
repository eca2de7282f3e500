/**
 * CPUID's feature bits, one row each. `isImplemented` says what the engine can do; a row is flipped when its instructions are complete.
 * `vendor`: only CPUs of that vendor say so.
 */
export type CpuidRegister = 'eax' | 'ebx' | 'ecx' | 'edx';

export interface Feature {
  readonly name: string;
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: CpuidRegister;
  readonly bit: number;
  readonly isImplemented: boolean;
  readonly vendor?: 'GenuineIntel' | 'AuthenticAMD';
}

const YES = true;
const NO = false;

function rows(
  leaf: number,
  subleaf: number,
  register: CpuidRegister,
  bits: ReadonlyArray<readonly [bit: number, name: string, isImplemented: boolean, vendor?: Feature['vendor']]>,
): Feature[] {
  return bits.map(([bit, name, isImplemented, vendor]) => ({
    name,
    leaf,
    subleaf,
    register,
    bit,
    isImplemented,
    ...(vendor === undefined ? {} : { vendor }),
  }));
}

const EXTENDED = 0x80000001;

/** Names as Linux spells them in /proc/cpuinfo. */
export const FEATURES: readonly Feature[] = [
  ...rows(1, 0, 'edx', [
    [0, 'fpu', YES],
    [1, 'vme', YES],
    [2, 'de', YES],
    [3, 'pse', YES],
    [4, 'tsc', YES],
    [5, 'msr', YES],
    [6, 'pae', YES],
    [7, 'mce', YES],
    [8, 'cx8', YES],
    [9, 'apic', YES],
    [11, 'sep', YES],
    [12, 'mtrr', YES],
    [13, 'pge', YES],
    [14, 'mca', YES],
    [15, 'cmov', YES],
    [16, 'pat', YES],
    [17, 'pse36', YES],
    [19, 'clfsh', YES],
    [23, 'mmx', YES],
    [24, 'fxsr', YES],
    [25, 'sse', YES],
    [26, 'sse2', YES],
    [27, 'ss', NO],
    [28, 'ht', NO],
  ]),
  ...rows(1, 0, 'ecx', [
    [0, 'sse3', YES],
    [1, 'pclmulqdq', YES],
    [3, 'monitor', NO],
    [9, 'ssse3', YES],
    [12, 'fma', YES],
    [13, 'cx16', YES],
    [17, 'pcid', YES],
    [19, 'sse4_1', YES],
    [20, 'sse4_2', YES],
    [21, 'x2apic', YES],
    [22, 'movbe', YES],
    [23, 'popcnt', YES],
    [24, 'tsc_deadline_timer', YES],
    [25, 'aes', YES],
    [26, 'xsave', YES],
    [28, 'avx', YES],
    [29, 'f16c', YES],
    [30, 'rdrand', YES],
    [31, 'hypervisor', YES],
  ]),
  ...rows(7, 0, 'ebx', [
    [0, 'fsgsbase', YES],
    [1, 'tsc_adjust', YES],
    [3, 'bmi1', YES],
    [5, 'avx2', YES],
    [7, 'smep', YES],
    [8, 'bmi2', YES],
    [9, 'erms', YES],
    [10, 'invpcid', YES],
    [18, 'rdseed', YES],
    [19, 'adx', YES],
    [20, 'smap', YES],
    [23, 'clflushopt', YES],
    [24, 'clwb', YES],
    [29, 'sha', YES],
  ]),
  ...rows(7, 0, 'ecx', [
    [2, 'umip', YES],
    [3, 'pku', YES],
    [16, 'la57', YES],
    [22, 'rdpid', YES],
  ]),
  ...rows(0xd, 1, 'eax', [
    [0, 'xsaveopt', YES],
    [1, 'xsavec', YES],
    [2, 'xgetbv1', YES],
  ]),
  // Nothing is executed speculatively, and ARCH_CAPABILITIES says so; guests then leave out costly mitigations.
  ...rows(7, 0, 'edx', [
    [26, 'spec_ctrl', YES, 'GenuineIntel'],
    [29, 'arch_capabilities', YES, 'GenuineIntel'],
  ]),
  ...rows(EXTENDED, 0, 'ecx', [
    [0, 'lahf_lm', YES],
    [5, 'lzcnt', YES],
    [6, 'sse4a', YES, 'AuthenticAMD'],
    [8, 'prefetchw', YES],
  ]),
  ...rows(EXTENDED, 0, 'edx', [
    [11, 'syscall', YES],
    [20, 'nx', YES],
    [26, 'pdpe1gb', YES],
    [27, 'rdtscp', YES],
    [29, 'lm', YES],
  ]),
  ...rows(0x80000007, 0, 'edx', [[8, 'invtsc', YES]]),
];

const byName = new Map(FEATURES.map((feature) => [feature.name, feature]));

/** Whether CPUs of this vendor may have it. */
export function isOfVendor(name: string, vendor: Feature['vendor']): boolean {
  const only = byName.get(name)?.vendor;
  return only === undefined || only === vendor;
}

/** Whether an instruction of this feature exists. Rows whose feature has no CPUID bit of ours never do. */
export function isImplemented(name: string): boolean {
  return byName.get(name)?.isImplemented ?? false;
}
