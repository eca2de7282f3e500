import { describe, expect, it } from 'vitest';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

const MAIN = 0x8000;
const HOT = 0xa000;
const COLD = 0xb000;
const FUNCTIONS = 60;
const REGIONS = 16;
const ROUNDS = 4;

/** Calls, in turn, one function that is always the same and each of many others, several times over. */
function run(jit: 'off' | 'eager', regionsMax?: number) {
  const machine = new CpuMachine(16, jit, {}, regionsMax);
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
    const { sums, statistics } = run('eager', REGIONS);
    expect(sums).toEqual(run('off').sums);
    expect(statistics!.dropped).toBeGreaterThan(0);
    expect(statistics!.regions).toBeLessThanOrEqual(REGIONS);
  });
});
