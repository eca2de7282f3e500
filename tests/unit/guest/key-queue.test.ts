import { describe, expect, test } from 'vitest';
import { KeyQueue } from '../../../src/guest/key-queue';
import { strokesForText } from '../../../src/guest/type-text';
import type { KeyStroke } from '../../../src/protocol/guest';

const A = 0x04;
const SECOND = 1_000_000_000;
const down = (usage: number): KeyStroke => ({ usage, down: true });
const up = (usage: number): KeyStroke => ({ usage, down: false });

/** A keyboard that holds one press until it is read. */
function make() {
  const machine = {
    ns: 0,
    isBusy: false,
    bios: undefined as { isFull: boolean; head: number } | undefined,
    pressed: [] as KeyStroke[],
    nowNs: () => machine.ns,
    canTake: (isPress: boolean) => !isPress || !machine.isBusy,
    biosBuffer: () => machine.bios,
    press: (stroke: KeyStroke) => {
      machine.pressed.push(stroke);
      if (stroke.down) machine.isBusy = true;
    },
  };
  const queue = new KeyQueue(machine);
  /** The guest reads what the keyboard holds, and time passes. */
  const read = (ns = 5_000_000): void => {
    machine.isBusy = false;
    machine.ns += ns;
    queue.pump();
  };
  return { machine, queue, read };
}

describe('the key queue', () => {
  test('keys that are typed faster than the guest reads all arrive, in order', () => {
    const { machine, queue, read } = make();
    const strokes = strokesForText('The quick brown fox, 1 by 1.\n'.repeat(4));
    for (const stroke of strokes) queue.press(stroke);
    queue.pump();
    expect(machine.pressed).toEqual(strokes.slice(0, 1));
    for (let i = 0; i < 1000; i++) read();
    expect(machine.pressed).toEqual(strokes);
    expect(queue.waitNs).toBe(Number.POSITIVE_INFINITY);
  });

  test('a release enters at once behind its press, so that the keyboard does not repeat the key', () => {
    const { machine, queue } = make();
    queue.press(down(A));
    queue.press(up(A));
    queue.pump();
    expect(machine.pressed).toEqual([down(A), up(A)]);
  });

  test('text and keys keep the order in which they came', () => {
    const { machine, queue, read } = make();
    let entered = 0;
    queue.type(strokesForText('ab'), () => entered++);
    queue.press(down(0x28));
    queue.type(strokesForText('c'), () => entered++);
    expect(entered).toBe(0);
    for (let i = 0; i < 20; i++) read();
    expect(machine.pressed).toEqual([...strokesForText('ab'), down(0x28), ...strokesForText('c')]);
    expect(entered).toBe(2);
  });

  test('text keeps a distance in guest time, and says how long to sleep', () => {
    const { machine, queue } = make();
    queue.type(strokesForText('a'), () => undefined);
    queue.pump();
    expect(machine.pressed).toEqual([down(A)]);
    expect(queue.waitNs).toBe(5_000_000);
    machine.ns += 4_999_999;
    queue.pump();
    expect(machine.pressed).toHaveLength(1);
    machine.ns += 1;
    queue.pump();
    expect(machine.pressed).toEqual([down(A), up(A)]);
  });

  test('a guest that never reads is not flooded later: presses past the limit go with their releases', () => {
    const { machine, queue, read } = make();
    for (let i = 0; i < 500; i++) {
      queue.press(down(A));
      queue.press(up(A));
    }
    for (let i = 0; i < 2000; i++) read();
    expect(machine.pressed).toHaveLength(256);
    expect(machine.pressed.filter((stroke) => stroke.down)).toHaveLength(128);
    queue.press(down(A));
    queue.pump();
    expect(machine.pressed.at(-1)).toEqual(down(A));
  });

  test('word that a key is held goes behind its press, needs no room, and the latest is enough', () => {
    const { machine, queue, read } = make();
    const held = (usage: number, heldMs: number): KeyStroke => ({ usage, down: true, heldMs });
    machine.isBusy = true;
    queue.press(down(A));
    for (const heldMs of [500, 540, 580]) queue.press(held(A, heldMs));
    queue.pump();
    expect(machine.pressed).toEqual([]);
    read();
    expect(machine.pressed).toEqual([down(A), held(A, 580)]);
    machine.isBusy = true;
    queue.press(held(A, 620));
    expect(queue.waitNs).toBe(0);
    queue.pump();
    expect(machine.pressed.at(-1)).toEqual(held(A, 620));
    // Not of a key that is up, nor of one that another was pressed after.
    queue.press(down(A + 1));
    queue.press(held(A, 700));
    queue.press(up(A + 1));
    queue.press(held(A + 1, 10));
    read();
    expect(machine.pressed.slice(3)).toEqual([down(A + 1), up(A + 1)]);
  });

  test('a reset drops what was typed before it and tells whoever waits', () => {
    const { machine, queue, read } = make();
    let entered = 0;
    queue.press(down(A));
    queue.type(strokesForText('bc'), () => entered++);
    queue.pump();
    queue.clear();
    expect(entered).toBe(1);
    for (let i = 0; i < 10; i++) read();
    expect(machine.pressed).toEqual([down(A)]);
    // The key that was held over the reset is up for the machine: its release says nothing.
    queue.press(up(A));
    read();
    expect(machine.pressed).toEqual([down(A)]);
  });

  test("presses wait while the BIOS's buffer is full", () => {
    const { machine, queue, read } = make();
    machine.bios = { isFull: true, head: 0x1e };
    queue.type(strokesForText('a'), () => undefined);
    read(SECOND / 2);
    expect(machine.pressed).toEqual([]);
    expect(queue.waitNs).toBe(SECOND);
    read(SECOND / 4);
    expect(queue.waitNs).toBe((SECOND * 3) / 4);
    machine.bios = { isFull: false, head: 0x20 };
    expect(queue.waitNs).toBe(0);
    queue.pump();
    expect(machine.pressed).toEqual([down(A)]);
  });

  test('a full BIOS buffer that nobody empties holds typing up once only', () => {
    const { machine, queue, read } = make();
    machine.bios = { isFull: true, head: 0x1e };
    for (const usage of [A, A + 1]) {
      queue.press(down(usage));
      queue.press(up(usage));
    }
    queue.pump();
    read(SECOND);
    read(0);
    expect(machine.pressed).toEqual([down(A), up(A), down(A + 1), up(A + 1)]);
  });
});
