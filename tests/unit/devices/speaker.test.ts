import { describe, expect, it } from 'vitest';
import { PIT_HZ } from '../../../src/devices/pit/channel';
import { Pit } from '../../../src/devices/pit/pit';
import { SAMPLE_HZ } from '../../../src/devices/pit/speaker';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const MS = 1_000_000;
const GATE_AND_DATA = 3;

function make(startNs = 0) {
  const clock = new ManualClock(startNs);
  const pit = new Pit('pit', clock, { irq: new FakeLine() });
  const portB = (value: number): void => pit.portB.writePort(0, 1, value);
  const count = (value: number): void => {
    pit.counters.writePort(2, 1, value & 0xff);
    pit.counters.writePort(2, 1, value >> 8);
  };
  const program = (mode: number, value: number): void => {
    pit.counters.writePort(3, 1, 0xb0 | (mode << 1));
    count(value);
  };
  const after = (ms: number): Int16Array => {
    clock.advance(ms * MS);
    return pit.takeSound();
  };
  return { clock, pit, portB, count, program, after };
}

/** Rising zero crossings in a second of such sound. */
function hertz(samples: Int16Array): number {
  let crossings = 0;
  for (let i = 1; i < samples.length; i++)
    if ((samples[i - 1] as number) < 0 && (samples[i] as number) >= 0) crossings++;
  return (crossings * SAMPLE_HZ) / samples.length;
}

const loudest = (samples: Int16Array): number => samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
const divisor = (hz: number): number => Math.round(PIT_HZ / hz);

describe('the speaker', () => {
  it('is silent until gate and data are on, and gives the tone of counter 2', () => {
    const { pit, portB, program, after } = make();
    program(3, divisor(1000));
    expect(after(50)).toHaveLength(0);
    expect(pit.isSounding).toBe(false);
    portB(GATE_AND_DATA);
    expect(pit.isSounding).toBe(true);
    const samples = after(200);
    expect(samples.length / SAMPLE_HZ).toBeCloseTo(0.2, 3);
    expect(hertz(samples)).toBeCloseTo(1000, -1.5);
    expect(loudest(samples)).toBeGreaterThan(3000);
  });

  it('falls silent after the tone, and then gives no samples at all', () => {
    const { pit, portB, program, after } = make();
    program(3, divisor(440));
    portB(GATE_AND_DATA);
    after(100);
    portB(0);
    after(400);
    expect(pit.isSounding).toBe(false);
    expect(after(1000)).toHaveLength(0);
  });

  it('changes its tone without a new control word', () => {
    const { portB, program, count, after } = make();
    program(3, divisor(500));
    portB(GATE_AND_DATA);
    expect(hertz(after(200))).toBeCloseTo(500, -1.5);
    count(divisor(2000));
    expect(hertz(after(200))).toBeCloseTo(2000, -2);
  });

  it('plays what a program makes with the data bit alone', () => {
    const { clock, pit, portB, program } = make();
    program(3, 1000); // its gate stays off: OUT stays high
    for (let half = 0; half < 200; half++) {
      portB(half % 2 === 0 ? 2 : 0);
      clock.advance(MS / 2);
    }
    expect(hertz(pit.takeSound())).toBeCloseTo(1000, -1.5);
  });

  it('plays sampled sound made of one-shot pulses', () => {
    const { clock, pit, portB, program } = make();
    portB(GATE_AND_DATA);
    // Lengths of pulses at 16 kHz follow a sine of 400 Hz.
    for (let i = 0; i < 1600; i++) {
      program(0, Math.round(36 + 30 * Math.sin((2 * Math.PI * 400 * i) / 16_000)));
      clock.advance(MS / 16);
    }
    const samples = pit.takeSound().subarray(1200);
    // A low pass, as a cone is one: the pulses themselves are at 16 kHz.
    const smooth = samples.map((_, i) => samples.subarray(Math.max(0, i - 15), i + 1).reduce((a, b) => a + b, 0) / 16);
    expect(hertz(smooth)).toBeCloseTo(400, -1.5);
  });

  it('gives no aliases of waves that nobody hears', () => {
    const { portB, program, after } = make();
    for (const [mode, value] of [
      [3, 2],
      [3, 60],
      [2, 2],
      [2, 99],
    ] as const) {
      program(mode, value);
      portB(GATE_AND_DATA);
      after(450);
      expect(loudest(after(100))).toBeLessThan(50);
      portB(0);
    }
  });

  it('hears a tone again after one that nobody hears', () => {
    const { portB, program, count, after } = make();
    program(3, 40);
    portB(GATE_AND_DATA);
    after(20);
    count(divisor(800));
    after(1);
    expect(hertz(after(200))).toBeCloseTo(800, -1.5);
  });

  it('keeps half a second for one who does not ask, and catches up with a long time at once', () => {
    const { portB, program, after } = make();
    program(3, divisor(300));
    portB(GATE_AND_DATA);
    expect(after(3_600_000).length).toBeLessThanOrEqual(SAMPLE_HZ / 2);
    expect(after(20).length / SAMPLE_HZ).toBeCloseTo(0.02, 3);
  });

  it('changes nothing that the guest sees or a snapshot holds', () => {
    const [asked, unasked] = [make(), make()];
    for (const { clock, pit, portB, program, count } of [asked, unasked]) {
      program(3, 1000);
      portB(GATE_AND_DATA);
      count(700);
      for (let i = 0; i < 500; i++) {
        clock.advance(77_777);
        if (pit === asked.pit) pit.takeSound();
      }
    }
    expect(asked.pit.save()).toEqual(unasked.pit.save());
    expect(asked.pit.portB.readPort(0, 1)).toBe(unasked.pit.portB.readPort(0, 1));
  });

  it('goes on with the tone after a restore', () => {
    const first = make();
    first.program(3, divisor(600));
    first.portB(GATE_AND_DATA);
    first.clock.advance(123 * MS);
    const second = make(first.clock.nowNs());
    second.pit.restore(structuredClone(first.pit.save()));
    expect(hertz(second.after(200))).toBeCloseTo(600, -1.5);
  });
});
