import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodePlain } from '../../../src/base/plain-data';
import { TURN_INSTRUCTIONS } from '../../../src/board/vcpu-turns';
import { defaultCpu } from '../../../src/config/cpu';
import { TestPc } from '../../support/test-pc';

const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);

const STARTED = 0x500;
const INTERRUPTED = 0x501;
const SPINS = 0x510;
const TSCS = 0x600;
const VECTOR = 0x40;
const ROM_AP = 0x0000;
const ROM_ISR = 0x1000;
const ROM_GDT = 0x2000;
const ROM_BSP = 0xe000;

/** DS covers 4 GiB from 0, interrupts off: real mode with a descriptor's limit. */
const FLAT = [
  ...[0xfa, 0x2e, 0x66, 0x0f, 0x01, 0x16, ...le(ROM_GDT, 2)], // cli; lgdt cs:[GDT]
  ...[0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0], // CR0.PE = 1
  ...[0xbb, 0x08, 0x00, 0x8e, 0xdb], // DS = 8
  ...[0x24, 0xfe, 0x0f, 0x22, 0xc0], // CR0.PE = 0
  ...[0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0], // DS = SS = 0
];
const store32 = (address: number, value: number): number[] => [
  0x66,
  0x67,
  0xc7,
  0x05,
  ...le(address, 4),
  ...le(value, 4),
];
const APIC = 0xfee00000;
const enableApic = store32(APIC + 0xf0, 0x1ff);
/** SP = 7000h + 256 * APIC id. */
const ownStack = [0x66, 0x67, 0xa1, ...le(APIC + 0x20, 4), 0x66, 0xc1, 0xe8, 0x10, 0x05, 0x00, 0x70, 0x89, 0xc4];
/** [TSCS + 8 * id] = TSC. */
const storeTsc = [
  ...[0x66, 0x67, 0xa1, ...le(APIC + 0x20, 4), 0x66, 0xc1, 0xe8, 0x15, 0x89, 0xc7, 0x0f, 0x31],
  ...[0x66, 0x89, 0x85, ...le(TSCS, 2), 0x66, 0x89, 0x95, ...le(TSCS + 4, 2)],
];
/** cmp byte [address], count; jne back. */
const waitFor = (address: number, count: number): number[] => [0x80, 0x3e, ...le(address, 2), count, 0x75, 0xf9];

/** The first vCPU starts the others by INIT and SIPI, interrupts them all, and ends by the debug-exit port. */
function bios(cpus: number): Uint8Array {
  const rom = new Uint8Array(0x20000);
  const put = (at: number, bytes: readonly number[]): void => rom.set(bytes, 0x10000 + at);
  put(ROM_AP, [
    ...FLAT,
    ...enableApic,
    ...ownStack,
    ...storeTsc,
    ...[0xf0, 0xfe, 0x06, ...le(STARTED, 2)], // lock inc byte [STARTED]
    ...[0xfb, 0xf4, 0xeb, 0xfc], // sti; hlt; jmp to sti
  ]);
  put(ROM_ISR, [0xf0, 0xfe, 0x06, ...le(INTERRUPTED, 2), ...store32(APIC + 0xb0, 0), 0xcf]);
  put(ROM_GDT, [...le(15, 2), ...le(0xf0000 + ROM_GDT + 8, 4), 0, 0]);
  put(ROM_GDT + 8, [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0]);
  put(ROM_BSP, [
    ...FLAT,
    ...enableApic,
    ...ownStack,
    ...store32(VECTOR * 4, 0xf0000000 + ROM_ISR),
    ...storeTsc,
    ...store32(APIC + 0x300, 0x000c4500),
    ...store32(APIC + 0x300, 0x000c46f0),
    ...waitFor(STARTED, cpus - 1),
    // one after the other, each awaited by spinning: 100 rounds
    ...[0xb9, 100, 0x00],
    ...store32(APIC + 0x300, 0x000c4000 | VECTOR),
    ...[0xff, 0x06, ...le(SPINS, 2)], // inc word [SPINS]
    ...[0x80, 0x3e, ...le(INTERRUPTED, 2), cpus - 1, 0x75, 0xf5], // cmp; jne to the inc
    ...[0xc6, 0x06, ...le(INTERRUPTED, 2), 0],
    ...[0xe2, 0xe2], // loop to the IPI
    ...[0x0f, 0x31, 0x66, 0xa3, ...le(TSCS + 0x80, 2)],
    ...[0xb0, 0x2a, 0xe6, 0xf4, 0xf4], // out F4h, 2Ah; hlt
  ]);
  put(0xfff0, [0xea, ...le(ROM_BSP, 2), 0x00, 0xf0]);
  return rom;
}

function make(cpus: number): TestPc {
  return new TestPc({
    changes: { cpu: { ...defaultCpu, cpus }, debug: { debugExit: true, tapPorts: [] } },
    bios: bios(cpus),
  });
}

const hash = ({ pc, ram }: TestPc): string => {
  const digest = createHash('sha256').update(new Uint8Array(ram.buffer, ram.byteOffset, 0x10000).slice());
  for (const [id, state] of pc.save()) digest.update(id).update(encodePlain(state));
  return digest.digest('hex');
};

describe('vCPUs in turn', () => {
  it.each([2, 3, 8])('%i of them start by INIT and SIPI, take IPIs and share one time', (cpus) => {
    const test = make(cpus);
    expect(test.run(5_000_000)).toEqual({ kind: 'debugExit', status: (0x2a << 1) | 1 });
    expect(test.ram.getUint8(STARTED)).toBe(cpus - 1);
    const [first, last] = [test.ram.getUint32(TSCS, true), test.ram.getUint32(TSCS + 0x80, true)];
    for (let cpu = 1; cpu < cpus; cpu++) {
      const tsc = test.ram.getUint32(TSCS + 8 * cpu, true);
      expect(tsc).toBeGreaterThan(first);
      expect(tsc).toBeLessThan(last);
    }
    // an IPI ends the sender's turn: it hardly ever finds that it has to wait
    expect(test.ram.getUint16(SPINS, true)).toBeLessThan(150);
  });

  it('run the same way twice, and from a saved state in the middle of a turn', () => {
    const first = make(4);
    const counts: string[] = [];
    const saved: [Map<string, never>, Uint8Array][] = [];
    for (let i = 0; i < 12; i++) {
      first.run(777);
      counts.push(hash(first));
      const ram = new Uint8Array(first.ram.buffer, first.ram.byteOffset, first.ram.byteLength).slice();
      saved.push([structuredClone(first.pc.save()) as never, ram]);
    }
    const second = make(4);
    for (let i = 0; i < 12; i++) {
      second.run(777);
      expect(hash(second)).toBe(counts[i]);
    }
    for (const at of [1, 3, 6]) {
      const third = make(4);
      const [state, ram] = saved[at]!;
      new Uint8Array(third.ram.buffer, third.ram.byteOffset, ram.length).set(ram);
      third.pc.restore(state);
      for (let i = at + 1; i < 12; i++) {
        third.run(777);
        expect(hash(third)).toBe(counts[i]);
      }
    }
  });

  it('stop exactly where they are told to, whoever runs', () => {
    const test = make(3);
    for (const step of [1, 7, TURN_INSTRUCTIONS - 1, 1, 1, 12_345, 3]) {
      const before = test.pc.turns.count;
      const reason = test.pc.turns.run(test.pc.bus, before + step);
      if (reason.kind === 'budgetSpent') expect(test.pc.turns.count).toBe(before + step);
    }
  });

  it('a local APIC answers the vCPU that asks, at the page where that one has it', () => {
    const { pc } = make(2);
    expect(pc.bus.readMmio(APIC + 0x20, 4)).toBe(0);
    pc.bus.writeMsr(1, 0x1b, 0xfef00800n);
    expect(pc.bus.readMmio(0xfef00020, 4)).toBe(0xffffffff);
    expect(pc.bus.readMmio(APIC + 0x20, 4)).toBe(0);
  });
});
