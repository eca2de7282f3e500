import { describe, expect, test } from 'vitest';
import { type ConsolePort, ConsoleHub, type ConsoleSession } from '../../../src/guest/console-hub';
import type { ScreenMode } from '../../../src/machine/screen';
import { asConsoleOutput, type ConsoleOutput } from '../../../src/protocol/console';

const mode: ScreenMode = { kind: 'graphics', width: 8, height: 4, columns: 0, rows: 0, generation: 1 };

class FakeSession implements ConsoleSession {
  readonly wanted: boolean[] = [];
  readonly heard: unknown[] = [];
  wantFrame(full: boolean): void {
    this.wanted.push(full);
  }
  async screenText() {
    return { kind: 'text' as const, width: 8, height: 4, lines: ['hello'] };
  }
  sendKeys(strokes: unknown): void {
    this.heard.push(strokes);
  }
  movePointer(move: unknown): void {
    this.heard.push(move);
  }
  writeSerial(port: number, bytes: Uint8Array): void {
    this.heard.push([port, ...bytes]);
  }
  serialHistory(port: number): Uint8Array {
    return port === 0 ? Uint8Array.of(104, 105) : new Uint8Array(0);
  }
}

class Window implements ConsolePort {
  readonly got: ConsoleOutput[] = [];
  onMessage: ((message: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  send(message: ConsoleOutput): void {
    expect(asConsoleOutput(message)).toBeDefined();
    this.got.push(message);
  }
  get frames() {
    return this.got.filter((message) => message.t === 'frame');
  }
}

function begin() {
  const session = new FakeSession();
  const hub = new ConsoleHub(session);
  hub.events.status?.({ kind: 'running' });
  const open = (): Window => {
    const window = new Window();
    hub.connect(window);
    window.onMessage?.({ t: 'visible', visible: true });
    return window;
  };
  const pixels = new Uint8Array(new SharedArrayBuffer(8 * 4 * 4));
  const frame = (rects: { x: number; y: number; width: number; height: number }[]) =>
    hub.events.frame?.(mode, rects, pixels);
  return { session, hub, open, frame, pixels };
}

describe('console hub', () => {
  test('asks for nothing while nobody looks', () => {
    const { session, hub } = begin();
    hub.connect(new Window());
    expect(session.wanted).toEqual([]);
  });

  test('a new window gets the lamps, what the serial port said before, and the whole picture', () => {
    const { session, open, frame } = begin();
    const window = open();
    expect(window.got.map(({ t }) => t)).toEqual(['leds', 'pointerMode', 'serial']);
    expect(session.wanted).toEqual([true]);
    frame([{ x: 1, y: 1, width: 2, height: 1 }]);
    expect(window.frames).toMatchObject([{ seq: 1, rects: [{ x: 0, y: 0, width: 8, height: 4 }] }]);
  });

  test('then only what changed, and never more than two frames unanswered', () => {
    const { open, frame } = begin();
    const window = open();
    const rect = { x: 0, y: 0, width: 2, height: 1 };
    for (let i = 0; i < 5; i++) frame([rect]);
    expect(window.frames).toHaveLength(2);
    window.onMessage?.({ t: 'ack', seq: 2 });
    expect(window.frames).toHaveLength(3);
    expect(window.frames[2]).toMatchObject({ seq: 3, rects: [rect, rect, rect] });
  });

  test('one frame at a time is asked of the machine', () => {
    const { session, open, frame } = begin();
    const window = open();
    window.onMessage?.({ t: 'visible', visible: true });
    expect(session.wanted).toHaveLength(1);
    frame([]);
    expect(session.wanted).toHaveLength(2);
  });

  test('a hidden or closed window gets nothing more', () => {
    const { session, hub, open, frame } = begin();
    const window = open();
    window.onMessage?.({ t: 'visible', visible: false });
    frame([{ x: 0, y: 0, width: 1, height: 1 }]);
    expect(window.frames).toHaveLength(0);
    window.onClose?.();
    const before = window.got.length;
    hub.events.leds?.(2);
    expect(window.got).toHaveLength(before);
    expect(session.wanted).toHaveLength(1);
  });

  test('a restored machine is asked for its whole picture', () => {
    const { session, hub, open, frame } = begin();
    open();
    frame([]);
    hub.events.status?.({ kind: 'starting', step: 'snapshot' });
    hub.events.status?.({ kind: 'running' });
    expect(session.wanted.at(-1)).toBe(true);
  });

  test('many rectangles become the whole picture', () => {
    const { open, frame } = begin();
    const window = open();
    frame([]);
    frame(Array.from({ length: 40 }, () => ({ x: 0, y: 0, width: 1, height: 1 })));
    expect(window.frames.at(-1)).toMatchObject({ rects: [{ width: 8, height: 4 }] });
  });

  describe('a large screen', () => {
    const large: ScreenMode = { ...mode, width: 2048, height: 1024 };
    const whole = { x: 0, y: 0, width: 2048, height: 1024 };
    const pixels = new Uint8Array(new SharedArrayBuffer(2048 * 1024 * 4));
    const rows = (window: Window) => window.frames.map(({ rects }) => rects.map(({ y, height }) => [y, height]));

    test('goes in parts, and the next is asked for when all of them went', () => {
      const { session, hub, open } = begin();
      const window = open();
      hub.events.frame?.(large, [whole], pixels);
      expect(rows(window)).toEqual([[[0, 256]], [[256, 256]]]);
      expect(session.wanted).toHaveLength(1);
      window.onMessage?.({ t: 'ack', seq: 1 });
      window.onMessage?.({ t: 'ack', seq: 2 });
      expect(rows(window).slice(2)).toEqual([[[512, 256]], [[768, 256]]]);
      expect(session.wanted).toHaveLength(1);
      window.onMessage?.({ t: 'ack', seq: 4 });
      expect(session.wanted).toHaveLength(2);
    });

    test('a slow window sees all of a picture that changes on and on', () => {
      const { hub, open } = begin();
      const window = open();
      for (let seq = 1; seq <= 8; seq++) {
        hub.events.frame?.(large, [whole], pixels);
        window.onMessage?.({ t: 'ack', seq });
      }
      const seen = new Set(window.frames.flatMap(({ rects }) => rects.map(({ y }) => y)));
      expect([...seen].sort((a, b) => a - b)).toEqual([0, 256, 512, 768]);
    });

    test('rows that do not fit are left for the next part', () => {
      const { hub, open } = begin();
      const window = open();
      hub.events.frame?.(large, [], pixels);
      window.onMessage?.({ t: 'ack', seq: 2 });
      window.onMessage?.({ t: 'ack', seq: 4 });
      const [a, b] = [
        { x: 0, y: 0, width: 1000, height: 500 },
        { x: 1000, y: 100, width: 1000, height: 100 },
      ] as const;
      hub.events.frame?.(large, [a, b], pixels);
      expect(window.frames.slice(4).map(({ rects }) => rects)).toEqual([
        [a, { ...b, height: 24 }],
        [{ ...b, y: 124, height: 76 }],
      ]);
    });
  });

  test('input reaches the session, nonsense does not', () => {
    const { session, open } = begin();
    const window = open();
    window.onMessage?.({ t: 'keys', strokes: [{ usage: 4, down: true }] });
    window.onMessage?.({ t: 'serial', port: 0, bytes: Uint8Array.of(7) });
    for (const junk of [
      null,
      1,
      {},
      { t: 'keys' },
      { t: 'keys', strokes: [{ usage: 1e9, down: true }] },
      { t: 'serial', port: 9, bytes: [] },
    ]) {
      window.onMessage?.(junk);
    }
    expect(session.heard).toEqual([[{ usage: 4, down: true }], [0, 7]]);
  });
});
