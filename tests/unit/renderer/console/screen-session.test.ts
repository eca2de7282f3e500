import { describe, expect, it } from 'vitest';
import {
  type PaintSurface,
  type ScreenNews,
  ScreenSession,
} from '../../../../renderer/features/console/screen-session';
import { linesToRead } from '../../../../renderer/features/console/text-reader';
import type { ConsoleInput } from '../../../../src/protocol/console';
import { PixelPacker } from '../../../../src/protocol/packed-pixels';

class FakeSurface implements PaintSurface {
  calls: string[] = [];
  #pixels = new Int32Array(0);
  #width = 0;
  resize(width: number, height: number): Int32Array {
    this.calls.push(`resize ${width}x${height}`);
    this.#width = width;
    this.#pixels = new Int32Array(width * height);
    return this.#pixels;
  }
  show(x: number, y: number, width: number, height: number): void {
    const first = (this.#pixels[y * this.#width + x] as number) & 0xff;
    this.calls.push(`show ${x},${y} ${width}x${height} from ${first}`);
  }
}

function session() {
  const surface = new FakeSurface();
  const sent: ConsoleInput[] = [];
  const news: ScreenNews[] = [];
  return {
    surface,
    sent,
    news,
    session: new ScreenSession(
      surface,
      (message) => sent.push(message),
      (item) => news.push(item),
    ),
  };
}

const mode = { kind: 'text', width: 8, height: 4, columns: 1, rows: 1, generation: 1 } as const;
const rects = [
  { x: 0, y: 0, width: 2, height: 1 },
  { x: 4, y: 2, width: 1, height: 2 },
];
const picture = Uint8Array.from({ length: 8 * 4 * 4 }, (_, i) => i);
const frame = { t: 'frame', seq: 1, mode, rects, pixels: new PixelPacker().pack(picture, 8, rects) };

describe('drawing of a console', () => {
  it('draws rectangles out of packed pixels, then answers', () => {
    const { session: screen, surface, sent, news } = session();
    screen.receive(frame);
    expect(surface.calls).toEqual(['resize 8x4', 'show 0,0 2x1 from 0', 'show 4,2 1x2 from 80']);
    expect(sent).toEqual([{ t: 'ack', seq: 1 }]);
    expect(news).toEqual([{ t: 'mode', mode }]);
    screen.receive({ ...frame, seq: 2 });
    expect(surface.calls).toHaveLength(5);
    expect(news).toHaveLength(1);
    screen.receive({ ...frame, seq: 3, mode: { ...mode, generation: 2 } });
    expect(surface.calls[5]).toBe('resize 8x4');
    expect(news).toHaveLength(2);
  });

  it('drops what is no frame and passes the rest on', () => {
    const { session: screen, surface, sent, news } = session();
    screen.receive({ ...frame, pixels: 'none' });
    screen.receive('nonsense');
    screen.receive({ t: 'leds', leds: 2 });
    expect([surface.calls, sent, news]).toEqual([[], [], [{ t: 'leds', leds: 2 }]]);
  });

  it('shows nothing of a frame whose pixels are not those of its rectangles, and goes on', () => {
    const { session: screen, surface, sent } = session();
    screen.receive({ ...frame, pixels: new Uint8Array(3) });
    expect([surface.calls, sent]).toEqual([['resize 8x4'], [{ t: 'ack', seq: 1 }]]);
    screen.receive({ ...frame, seq: 2 });
    expect(surface.calls).toHaveLength(3);
  });
});

describe('reading a text screen', () => {
  it('reads lines that changed, not the one being typed in', () => {
    const before = ['one', 'two', '', '$ l'];
    expect(linesToRead(before, ['one', 'TWO', '', '$ ls'], 3)).toEqual(['TWO']);
    expect(linesToRead(before, before, 3)).toEqual([]);
  });

  it('reads what scrolling brought in', () => {
    expect(linesToRead(['a', 'b', 'c', '$ ls'], ['c', '$ ls', '  file', '$'], 3)).toEqual(['file']);
  });

  it('reads at most ten lines, the newest', () => {
    const after = Array.from({ length: 25 }, (_, i) => `line ${i}`);
    const read = linesToRead(
      Array.from({ length: 25 }, () => ''),
      after,
      undefined,
    );
    expect(read).toHaveLength(10);
    expect(read[9]).toBe('line 24');
  });
});
