import { describe, expect, test } from 'vitest';
import { Pacer } from '../../../src/guest/pacer';

describe('pacer', () => {
  test('guest time keeps up with a steady CPU', () => {
    const pacer = new Pacer(0, 0, 0, 10);
    let count = 0;
    let ns = 0;
    let rate = 10;
    // 200 instructions a microsecond, looked at every 2 ms
    for (let ms = 2; ms <= 2000; ms += 2) {
      count += 400_000;
      ns += 400_000 * rate;
      const step = pacer.afterSlice(ms, count, ns);
      if (step !== undefined) {
        expect(step.ns).toBe(ns);
        rate = step.nsPerInstruction;
      }
    }
    expect(Math.abs(ns / 1e6 - 2000)).toBeLessThan(10);
    expect(rate).toBeGreaterThan(4);
    expect(rate).toBeLessThan(6);
  });

  test('a stall of the host is forgotten: the clock neither jumps nor runs off', () => {
    const pacer = new Pacer(0, 0, 0, 5);
    pacer.afterSlice(2, 400_000, 2e6);
    const after = pacer.afterSlice(5002, 400_100, 2e6 + 500);
    expect(after?.ns).toBe(2e6 + 500);
    expect(after?.nsPerInstruction).toBeLessThan(50);
    expect(pacer.sleepMs(5002, 2e6 + 500)).toBeGreaterThan(-101);
  });

  test('what is forgotten is told, to the millisecond; what is caught up is not', () => {
    const pacer = new Pacer(0, 0, 0, 5);
    pacer.afterSlice(90, 400_000, 2e6);
    expect(pacer.forgottenMs).toBe(0);
    // 5000 ms behind, of which 50 are caught up.
    pacer.afterSlice(5002, 400_100, 2e6);
    expect(pacer.forgottenMs).toBeCloseTo(4950, 6);
    pacer.afterSleep(5012, 400_100, 2e6, undefined);
    pacer.resumed(90_000, 400_100, 62e6);
    expect(pacer.forgottenMs).toBeCloseTo(4950, 6);
  });

  test('a halted CPU sleeps until its timer and wakes exactly then', () => {
    const pacer = new Pacer(100, 0, 0, 5);
    expect(pacer.sleepMs(101, 10e6)).toBeCloseTo(9, 6);
    const early = pacer.afterSleep(104, 7, 1e6, 10e6);
    expect(early).toMatchObject({ count: 7, ns: 4e6 });
    const late = pacer.afterSleep(111.5, 7, 4e6, 10e6);
    expect(late.ns).toBe(10e6);
  });

  test('time never goes back, even when the guest ran ahead', () => {
    const pacer = new Pacer(0, 0, 0, 5);
    expect(pacer.afterSleep(1, 3, 50e6, undefined).ns).toBe(50e6);
  });

  test('a pause of the VM costs no guest time', () => {
    const pacer = new Pacer(0, 0, 0, 5);
    pacer.resumed(60_000, 10, 3e6);
    expect(pacer.sleepMs(60_000, 4e6)).toBeCloseTo(1, 6);
  });
});

describe('guest time stays beside host time', () => {
  /** Runs slices of so many instructions in so many ms until the host's clock has gone on by `forMs`; how far apart at most. */
  function drift(forMs: number, slice: (i: number) => { instructions: number; ms: number }) {
    let [hostMs, count, ns, rate] = [0, 0, 0, 5];
    const pacer = new Pacer(hostMs, ns, count, rate);
    let [ahead, behind] = [0, 0];
    for (let i = 0; hostMs < forMs; i++) {
      const { instructions, ms } = slice(i);
      hostMs += ms;
      count += instructions;
      ns += instructions * rate;
      rate = pacer.afterSlice(hostMs, count, Math.floor(ns))?.nsPerInstruction ?? rate;
      const lagMs = hostMs - pacer.forgottenMs - ns / 1e6;
      ahead = Math.max(ahead, -lagMs);
      behind = Math.max(behind, lagMs);
    }
    return { ahead, behind, forgottenMs: pacer.forgottenMs };
  }

  test('while fast code and code that waits for devices take turns', () => {
    const { ahead, behind, forgottenMs } = drift(10_000, (i) => ({ instructions: i % 2 ? 2000 : 400_000, ms: 1 }));
    expect(ahead).toBeLessThan(20);
    expect(behind).toBeLessThan(100);
    expect(forgottenMs).toBe(0);
  });

  test('while the speed changes a hundredfold every half second', () => {
    const { ahead, behind } = drift(10_000, (i) => ({ instructions: i % 1000 < 500 ? 4000 : 400_000, ms: 1 }));
    // The first fast slice still has the slow one's clock.
    expect(ahead).toBeLessThan(110);
    expect(behind).toBeLessThan(150);
  });

  test('while another program takes the processor for some milliseconds again and again', () => {
    const { ahead, behind, forgottenMs } = drift(10_000, (i) => ({ instructions: 200_000, ms: i % 4 === 0 ? 12 : 1 }));
    expect(ahead).toBeLessThan(20);
    expect(behind).toBeLessThan(100);
    expect(forgottenMs).toBe(0);
  });
});
