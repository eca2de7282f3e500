import { describe, expect, it } from 'vitest';
import { CodeArena } from '../../../../src/cpu/emulated/code-arena';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

describe('memory for blocks', () => {
  const arena = (): CodeArena => new CodeArena(1000, 600, 100);

  it('is given out in order, up to the scratch at its end', () => {
    const a = arena();
    expect([a.take(200), a.take(200), a.take(100), a.take(1)]).toEqual([1000, 1200, 1400, undefined]);
    expect([a.scratch, a.size]).toEqual([1500, 500]);
    expect([999, 1000, 1499, 1500].map((at) => a.contains(at))).toEqual([false, true, true, false]);
  });

  it('is given out from the gaps between what is kept, where it fits', () => {
    const a = arena();
    a.take(500);
    a.freeAllBut([
      { from: 1000, end: 1100 },
      { from: 1150, end: 1200 },
      { from: 1200, end: 1220 },
      { from: 1400, end: 1450 },
    ]);
    expect([a.take(60), a.take(100), a.take(50), a.take(50), a.take(1)]).toEqual([
      1220,
      1280,
      1450,
      undefined,
      undefined,
    ]);
  });

  it('is all free where nothing is kept', () => {
    const a = arena();
    a.take(500);
    a.freeAllBut([]);
    expect([a.take(500), a.take(1)]).toEqual([1000, undefined]);
  });
});

describe('a full memory for blocks', () => {
  const LOOP = 0x1000;
  const COLD = 0x1_0000;
  const COLD_BLOCKS = 400;
  const SMALL = 32 << 10;

  /** A loop of 200 turns, then a way through COLD_BLOCKS blocks of one jump each; all of it `rounds` times. */
  function run(rounds: number, codeArenaSize?: number): CpuMachine {
    const m = new CpuMachine(16, 'eager', {}, undefined, codeArenaSize);
    m.realMode(LOOP);
    // mov cx,200; inc ax; loop; jmp COLD
    m.poke(LOOP, [0xb9, 200, 0, 0x40, 0xe2, 0xfd, 0xea, 0, 0, COLD >> 4, COLD >> 12]);
    for (let i = 0; i < COLD_BLOCKS; i++) m.poke(COLD + 16 * i, [0xeb, 14]);
    // dec dx; jz over; jmp LOOP; over: hlt
    m.poke(COLD + 16 * COLD_BLOCKS, [0x4a, 0x74, 5, 0xea, LOOP & 0xff, LOOP >> 8, 0, 0, 0xf4]);
    const state = m.vcpu.save();
    state.gpr[0] = 0n;
    state.gpr[2] = BigInt(rounds);
    m.vcpu.restore(state);
    expect(m.run(100_000).kind).toBe('halted');
    expect(m.vcpu.save().gpr[0]! & 0xffffn).toBe(BigInt(200 * rounds));
    return m;
  }

  it('keeps the region of what is hot, when what ran once makes it full', () => {
    const { jitStatistics } = run(1, SMALL).partition;
    expect(jitStatistics!.compiled).toBeGreaterThan(0);
    expect(jitStatistics!.dropped).toBe(0);
  });

  it('changes nothing that the guest sees, however often it is full', () => {
    const [large, small] = [run(30), run(30, SMALL)];
    expect(small.vcpu.save()).toEqual(large.vcpu.save());
  });
});
