import { describe, expect, it } from 'vitest';
import type { RegionBounds } from '../../../../src/cpu/emulated/jit/regions';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

const MAIN = 0x8000;
const HOT = 0xa000;
const COLD = 0xb000;
const FUNCTIONS = 60;
const REGIONS = 16;
const ROUNDS = 4;

/** Calls, in turn, one function that is always the same and each of many others, several times over. */
function run(jit: 'off' | 'eager', bounds?: RegionBounds) {
  const machine = new CpuMachine(16, jit, {}, bounds);
  const call = (at: number, to: number): number[] => {
    const relative = (to - (at + 5)) >>> 0;
    return [0xe8, relative & 0xff, (relative >> 8) & 0xff, (relative >> 16) & 0xff, relative >>> 24];
  };
  // add eax,1; ret and add edx,i; ret
  machine.poke(HOT, [0x83, 0xc0, 1, 0xc3]);
  for (let i = 0; i < FUNCTIONS; i++) machine.poke(COLD + i * 64, [0x83, 0xc2, i, 0xc3]);
  // the calls are far apart, so that no region holds them all
  const code: number[] = [];
  for (let i = 0; i < FUNCTIONS; i++) {
    code.push(...call(MAIN + code.length, HOT), ...call(MAIN + code.length + 5, COLD + i * 64));
  }
  code.push(
    0x49,
    0x74,
    5,
    ...((back) => [0xe9, back & 0xff, (back >> 8) & 0xff, 0xff, 0xff])(-(code.length + 8)),
    0xf4,
  );
  machine.poke(MAIN, code);
  machine.flat32(MAIN);
  const state = machine.vcpu.save();
  state.gpr = state.gpr.map(() => 0n);
  state.gpr[1] = BigInt(ROUNDS);
  state.gpr[4] = 0x7000n;
  machine.vcpu.restore(state);
  expect(machine.run(1_000_000).kind).toBe('halted');
  const { gpr } = machine.vcpu.save();
  return { sums: [gpr[0], gpr[2]], statistics: machine.partition.jitStatistics };
}

describe('where there are as many regions as may be', () => {
  it('some go, and code runs on as it should', () => {
    const { sums, statistics } = run('eager', { regionsMax: REGIONS, coolAfter: Infinity });
    expect(sums).toEqual(run('off').sums);
    expect(statistics!.dropped).toBeGreaterThan(0);
    expect(statistics!.regions).toBeLessThanOrEqual(REGIONS);
  });
});

describe('a region that does not run any more', () => {
  const COOL_AFTER = 10_000;
  const machine = new CpuMachine(16, 'eager', {}, { regionsMax: REGIONS, coolAfter: COOL_AFTER });
  // HOT: add eax,1; ret
  machine.poke(HOT, [0x83, 0xc0, 1, 0xc3]);
  // L: call HOT; dec ecx; jnz L; M: add edx,1; jmp M
  machine.poke(MAIN, [0xe8, 0xfb, 0x1f, 0, 0, 0x49, 0x75, 0xf8, 0x83, 0xc2, 1, 0xeb, 0xfb]);
  machine.flat32(MAIN);
  const state = machine.vcpu.save();
  state.gpr = state.gpr.map(() => 0n);
  state.gpr[1] = 1000n;
  state.gpr[4] = 0x7000n;
  machine.vcpu.restore(state);
  const looks = (count: number): void => {
    for (let i = 0; i < count; i++) machine.run(COOL_AFTER);
  };

  it('stays for a while, then goes, and what runs stays', () => {
    looks(8);
    const before = machine.partition.jitStatistics!;
    expect(before.dropped).toBe(0);
    looks(40);
    const after = machine.partition.jitStatistics!;
    expect(after.dropped).toBeGreaterThan(0);
    expect(after.regions).toBeGreaterThan(0);
    expect(after.compiled).toBe(before.compiled);
    const { gpr } = machine.vcpu.save();
    expect(gpr[0]).toBe(1000n);
  });
});
