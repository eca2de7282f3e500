/**
 * What a hypervisor may ask to see: the number is a bit of INTERCEPTS in the vCPU's state (core/layout.ts). VMX and SVM turn their own
 * controls into these bits and an intercept into their own exit: `vmx` is the basic exit reason (Intel SDM vol. 3, appendix C), `svm` the
 * exit code (AMD APM vol. 2, appendix C; of CR and DR accesses that of register 0). Absent: that vendor has no such exit.
 */
export interface Intercept {
  readonly name: string;
  readonly vmx?: number;
  readonly svm?: number;
}

export const INTERCEPTS = [
  { name: 'cpuid', vmx: 10, svm: 0x72 },
  { name: 'hlt', vmx: 12, svm: 0x78 },
  { name: 'invd', vmx: 13, svm: 0x76 },
  { name: 'wbinvd', vmx: 54, svm: 0x89 },
  { name: 'invlpg', vmx: 14, svm: 0x79 },
  { name: 'invpcid', vmx: 58, svm: 0xa2 },
  { name: 'rdpmc', vmx: 15, svm: 0x6f },
  { name: 'rdtsc', vmx: 16, svm: 0x6e },
  { name: 'rdtscp', vmx: 51, svm: 0x87 },
  { name: 'cr-read', vmx: 28, svm: 0x00 },
  { name: 'cr-write', vmx: 28, svm: 0x10 },
  { name: 'dr-read', vmx: 29, svm: 0x20 },
  { name: 'dr-write', vmx: 29, svm: 0x30 },
  { name: 'io', vmx: 30, svm: 0x7b },
  { name: 'msr-read', vmx: 31, svm: 0x7c },
  { name: 'msr-write', vmx: 32, svm: 0x7c },
  { name: 'mwait', vmx: 36, svm: 0x8b },
  { name: 'monitor', vmx: 39, svm: 0x8a },
  { name: 'pause', vmx: 40, svm: 0x77 },
  { name: 'gdtr-idtr-read', vmx: 46, svm: 0x67 },
  { name: 'gdtr-idtr-write', vmx: 46, svm: 0x6b },
  { name: 'ldtr-tr-read', vmx: 47, svm: 0x68 },
  { name: 'ldtr-tr-write', vmx: 47, svm: 0x6c },
  { name: 'xsetbv', vmx: 55, svm: 0x8d },
  { name: 'rdrand', vmx: 57 },
  { name: 'rdseed', vmx: 61 },
  { name: 'pushf', svm: 0x70 },
  { name: 'popf', svm: 0x71 },
  { name: 'iret', svm: 0x74 },
  { name: 'int', svm: 0x75 },
  { name: 'int1', svm: 0x7e },
] as const satisfies readonly Intercept[];

export type InterceptName = (typeof INTERCEPTS)[number]['name'];

const numbers = new Map<string, number>(INTERCEPTS.map(({ name }, number) => [name, number]));

/** The bit of INTERCEPTS. */
export function interceptNumber(name: InterceptName): number {
  return numbers.get(name)!;
}
