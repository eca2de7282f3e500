import { describe, expect, test } from 'vitest';
import { ANSWER_MS, FRAME_MS, FramePacer } from '../../../src/guest/frame-pacer';

/** Looks whenever that is due; every look finds something to send if `changes`. Returns the times of the frames. */
function frames(pacer: FramePacer, fromMs: number, toMs: number, changes: (nowMs: number) => boolean = () => true) {
  const sent: number[] = [];
  for (let now = fromMs; now < toMs; now++) {
    if (pacer.waitMs(now) > 0) continue;
    pacer.looked(now);
    if (!changes(now)) continue;
    pacer.sent(now);
    sent.push(now);
  }
  return sent;
}

describe('the pace of frames', () => {
  test('the first one is due at once, then one each 16 ms', () => {
    expect(frames(new FramePacer(), 1000, 1060)).toEqual([1000, 1016, 1032, 1048]);
  });

  test('a still screen is looked at no more often than that', () => {
    const looks: number[] = [];
    frames(new FramePacer(), 0, 40, (now) => {
      looks.push(now);
      return false;
    });
    expect(looks).toEqual([0, FRAME_MS, 2 * FRAME_MS]);
  });

  test('the answer to a key comes soon, also right after another frame', () => {
    const pacer = new FramePacer();
    pacer.looked(100);
    pacer.sent(100);
    pacer.input(101);
    expect(pacer.waitMs(101)).toBe(ANSWER_MS - 1);
    // The guest takes until 103.
    expect(frames(pacer, 101, 110, (now) => now >= 103)[0]).toBe(104);
  });

  test('keys in a row make no more frames than one each 16 ms', () => {
    const pacer = new FramePacer();
    let keys = 0;
    const sent: number[] = [];
    for (let now = 0; now < 1600; now++) {
      if (now % 5 === 0) {
        pacer.input(now);
        keys++;
      }
      sent.push(...frames(pacer, now, now + 1));
    }
    expect(keys).toBe(320);
    expect(sent.length).toBeLessThanOrEqual(1600 / FRAME_MS + 1);
    expect(sent.length).toBeGreaterThan(95);
  });

  test('a screen that changes on and on after a key keeps the pace', () => {
    const pacer = new FramePacer();
    pacer.input(0);
    const sent = frames(pacer, 0, 90);
    expect(sent).toEqual([0, 2, 16, 32, 48, 64, 80]);
  });
});
