import { describe, expect, test } from 'vitest';
import { InputGate, type MachineInput, InputRecorder, InputReplayer } from '../../../src/machine/inputs';

const clock = (ns: number): MachineInput => ({ kind: 'clock', ns, nsPerInstruction: 6 });
const key: MachineInput = { kind: 'key', usage: 4, down: true };

describe('inputs', () => {
  test('a recording holds every input with the count at which it was applied', () => {
    let count = 10;
    const seen: MachineInput[] = [];
    const gate = new InputGate(
      () => count,
      (input) => seen.push(input),
      () => 99,
    );
    const recorder = new InputRecorder();
    gate.observe(recorder);
    gate.apply(key);
    count = 25;
    expect(gate.random()).toBe(99);
    expect(seen).toEqual([key]);
    expect(recorder.inputs).toEqual([
      { count: 10, input: key },
      { count: 25, input: { kind: 'random', value: 99 } },
    ]);
  });

  test('a replay stops after each clock step, so that timers fire between two at the same count', () => {
    const replayer = new InputReplayer([
      { count: 5, input: clock(1) },
      { count: 5, input: clock(2) },
      { count: 8, input: key },
    ]);
    expect(replayer.nextCount).toBe(5);
    expect(replayer.take(4)).toEqual([]);
    expect(replayer.take(5)).toEqual([clock(1)]);
    expect(replayer.take(5)).toEqual([clock(2)]);
    expect(replayer.take(5)).toEqual([]);
    expect(replayer.nextCount).toBe(8);
    expect(replayer.take(8)).toEqual([key]);
    expect(replayer.nextCount).toBeUndefined();
  });

  test('a replay hands random numbers out only when they are asked for, in order', () => {
    const replayer = new InputReplayer([
      { count: 5, input: { kind: 'random', value: 1 } },
      { count: 9, input: key },
    ]);
    expect(replayer.nextCount).toBe(9);
    expect(replayer.takeRandom()).toBe(1);
    expect(() => replayer.takeRandom()).toThrow(/does not have here/);
  });
});
