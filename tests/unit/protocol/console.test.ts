import { describe, expect, it } from 'vitest';
import { asConsoleInput, asConsoleOutput, FrameWindow } from '../../../src/protocol/console';

const mode = { kind: 'graphics', width: 8, height: 4, columns: 0, rows: 0, generation: 1 };
const frame = {
  t: 'frame',
  seq: 1,
  mode,
  rects: [
    { x: 1, y: 1, width: 2, height: 2 },
    { x: 7, y: 3, width: 1, height: 1 },
  ],
  pixels: new Uint8Array(20),
};

describe('console messages', () => {
  it.each([
    { t: 'ack', seq: 3 },
    { t: 'visible', visible: false },
    { t: 'watchText', on: true },
    { t: 'keys', strokes: [{ usage: 4, down: true }] },
    { t: 'keys', strokes: [{ usage: 4, down: true, heldMs: 500 }] },
    { t: 'pointer', dx: 0, dy: -1, wheel: 0, buttons: 1 },
    { t: 'pointer', x: 0, y: 65535, dx: 0, dy: 0, wheel: 0, buttons: 0 },
    { t: 'serial', port: 0, bytes: Uint8Array.of(13) },
  ])('takes %j from the window', (message) => {
    expect(asConsoleInput(message)).toBe(message);
  });

  it.each([
    null,
    7,
    {},
    { t: 'frame' },
    { t: 'toString' },
    { t: '__proto__' },
    { t: 'ack', seq: -1 },
    { t: 'keys', strokes: [{ usage: 256, down: true }] },
    { t: 'keys', strokes: [{ usage: 4, down: 1 }] },
    { t: 'keys', strokes: [{ usage: 4, down: true, heldMs: -1 }] },
    { t: 'pointer', dx: 0.5, dy: 0, wheel: 0, buttons: 0 },
    { t: 'serial', port: 9, bytes: new Uint8Array(1) },
    { t: 'serial', port: 0, bytes: 'text' },
    { t: 'visible', visible: true, more: 1 },
  ])('refuses %j from the window', (message) => {
    expect(asConsoleInput(message)).toBeUndefined();
  });

  it('takes whole frames and the rest from the guest', () => {
    expect(asConsoleOutput(frame)).toBe(frame);
    for (const message of [
      { t: 'text', lines: ['C:\\>'], cursor: { column: 4, row: 0 } },
      { t: 'text', lines: [], cursor: null },
      { t: 'leds', leds: 2 },
      { t: 'pointerMode', absolute: true },
      { t: 'serial', port: 3, bytes: new Uint8Array(0) },
    ]) {
      expect(asConsoleOutput(message)).toBe(message);
    }
  });

  it.each([
    ['more than pixels', { ...frame, pixels: new Uint8Array(1 << 12) }],
    [
      'the screen twice over',
      { ...frame, rects: Array.from({ length: 2 }, () => ({ x: 0, y: 0, width: 8, height: 4 })) },
    ],
    [
      'a rectangle off the screen',
      { ...frame, rects: [{ x: 7, y: 0, width: 2, height: 1 }], pixels: new Uint8Array(8) },
    ],
    ['an empty rectangle', { ...frame, rects: [{ x: 0, y: 0, width: 0, height: 1 }], pixels: new Uint8Array(0) }],
    [
      'an enormous mode',
      { ...frame, mode: { ...mode, width: 8192, height: 8192 }, rects: [], pixels: new Uint8Array(0) },
    ],
    ['no mode', { ...frame, mode: undefined }],
  ])('refuses a frame with %s', (_name, message) => {
    expect(asConsoleOutput(message)).toBeUndefined();
  });

  it('lets two frames be on their way', () => {
    const window = new FrameWindow();
    expect([window.next(), window.hasRoom, window.next(), window.hasRoom]).toEqual([1, true, 2, false]);
    window.acknowledge(7);
    expect(window.hasRoom).toBe(false);
    window.acknowledge(1);
    expect(window.hasRoom).toBe(true);
    expect(window.next()).toBe(3);
    window.acknowledge(1);
    expect(window.hasRoom).toBe(false);
    window.acknowledge(3);
    expect([window.next(), window.hasRoom]).toEqual([4, true]);
  });
});
