import { describe, expect, it } from 'vitest';
import { type CpuidInput, cpuid } from '../../../../src/cpu/emulated/cpuid';
import { FEATURES, isImplemented } from '../../../../src/cpu/emulated/features';
import { cpuModel } from '../../../../src/cpu/emulated/models';
import { ROWS } from '../../../../src/cpu/emulated/isa/families';

const intel: CpuidInput = {
  model: cpuModel('max'),
  tscHz: 1e9,
  vcpuCount: 1,
  apicId: 0,
  cr4: 0,
  isLongMode: true,
  xcr0: 1n,
};
const amd: CpuidInput = { ...intel, model: cpuModel('max', 'AuthenticAMD') };

function text(...registers: number[]): string {
  const bytes = registers.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
  return String.fromCharCode(...bytes).replaceAll('\0', '');
}

describe('CPUID', () => {
  it('names the vendor and the CPU', () => {
    for (const input of [intel, amd]) {
      const { ebx, ecx, edx } = cpuid(0, 0, input);
      expect(text(ebx, edx, ecx)).toBe(input.model.vendor);
      const brand = [0x80000002, 0x80000003, 0x80000004].map((leaf) => cpuid(leaf, 0, input));
      expect(text(...brand.flatMap((r) => [r.eax, r.ebx, r.ecx, r.edx]))).toBe('Subzero vCPU');
    }
  });

  it('shows exactly the implemented features of the vendor', () => {
    for (const feature of FEATURES) {
      if (feature.leaf === 0xd) continue;
      const value = cpuid(feature.leaf, feature.subleaf, intel)[feature.register];
      const isShown = ((value >>> feature.bit) & 1) === 1;
      expect(isShown, feature.name).toBe(feature.isImplemented && feature.vendor !== 'AuthenticAMD');
    }
  });

  it('has no name twice, and every feature of the instruction table', () => {
    const names = FEATURES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { attributes, name } of ROWS) {
      for (const feature of attributes.feature?.split('+') ?? []) {
        expect(names, `${name} needs ${feature}`).toContain(feature);
      }
    }
    expect(isImplemented('no such feature')).toBe(false);
  });

  it('hides SYSCALL outside 64-bit mode on Intel only', () => {
    expect((cpuid(0x80000001, 0, { ...intel, isLongMode: false }).edx >>> 11) & 1).toBe(0);
    expect((cpuid(0x80000001, 0, { ...amd, isLongMode: false }).edx >>> 11) & 1).toBe(1);
  });

  it('OSXSAVE follows CR4', () => {
    expect((cpuid(1, 0, intel).ecx >>> 27) & 1).toBe(0);
    expect((cpuid(1, 0, { ...intel, cr4: 1 << 18 }).ecx >>> 27) & 1).toBe(1);
  });

  it('gives the TSC rate as crystal and ratio', () => {
    const { eax, ebx, ecx } = cpuid(0x15, 0, intel);
    expect((ecx * ebx) / eax).toBe(1e9);
    expect(cpuid(0x16, 0, intel).eax).toBe(1000);
  });

  it('says 40 physical bits, and 57 linear ones where there is LA57', () => {
    expect(cpuid(0x80000008, 0, intel).eax & 0xffff).toBe(0x3928);
    expect(cpuid(0x80000008, 0, { ...intel, model: cpuModel('x86-64-v3') }).eax & 0xffff).toBe(0x3028);
  });

  it('answers leafs beyond the highest like the highest (Intel) or with nothing (AMD)', () => {
    expect(cpuid(0x40000100, 0, intel)).toEqual(cpuid(0x16, 0, intel));
    expect(cpuid(0x40000100, 0, amd)).toEqual({ eax: 0, ebx: 0, ecx: 0, edx: 0 });
    expect(cpuid(0xffffffff, 0, intel)).toEqual(cpuid(0x16, 0, intel));
  });

  it("shows VMware's hypervisor, whose backdoor has the absolute pointer", () => {
    expect((cpuid(1, 0, intel).ecx >>> 31) & 1).toBe(1);
    const { eax, ebx, ecx, edx } = cpuid(0x40000000, 0, intel);
    expect(Buffer.from(Uint32Array.of(ebx, ecx, edx).buffer).toString()).toBe('VMwareVMware');
    expect(eax).toBe(0x40000010);
    expect(cpuid(0x40000010, 0, intel)).toEqual({ eax: 1e6, ebx: 1e6, ecx: 0, edx: 0 });
    expect(cpuid(0x40000001, 0, intel)).toEqual({ eax: 0, ebx: 0, ecx: 0, edx: 0 });
  });

  it('counts threads in leaf 1 and in the topology', () => {
    const four = { ...intel, vcpuCount: 4, apicId: 2 };
    expect((cpuid(1, 0, four).ebx >>> 16) & 0xff).toBe(4);
    expect(cpuid(1, 0, four).ebx >>> 24).toBe(2);
    expect(cpuid(0xb, 1, four)).toMatchObject({ eax: 2, ebx: 4, edx: 2 });
  });

  it('every value is an unsigned 32-bit number', () => {
    for (const input of [intel, amd, { ...intel, vcpuCount: 8, apicId: 7 }]) {
      for (const leaf of [...Array(0x20).keys(), ...Array.from({ length: 16 }, (_, i) => 0x80000000 + i)]) {
        for (const subleaf of [0, 1, 2, 3, 0xffffffff]) {
          for (const value of Object.values(cpuid(leaf, subleaf, input))) {
            expect(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, `leaf ${leaf.toString(16)}`).toBe(
              true,
            );
          }
        }
      }
    }
  });
});
