import { describe, expect, it } from 'vitest';
import {
  initialPointer,
  mergeMoves,
  type PointerEventIn,
  pointerStep,
} from '../../../../renderer/features/console/pointer';
import { centred, shownSize } from '../../../../renderer/features/console/scaling';
import type { PointerMove } from '../../../../src/protocol/guest';

const PLACE = { x: 50, y: 20, width: 101, height: 41 };
const move = (dx: number, dy: number, scale = 1): PointerEventIn => ({ t: 'move', place: PLACE, dx, dy, scale });

class Mouse {
  state = initialPointer;
  moves: PointerMove[] = [];
  actions: string[] = [];

  feed(...events: PointerEventIn[]): this {
    for (const event of events) {
      const step = pointerStep(this.state, event);
      this.state = step.state;
      if (step.move !== undefined) this.moves.push(step.move);
      if (step.action !== undefined) this.actions.push(step.action);
    }
    return this;
  }

  take(): PointerMove[] {
    return this.moves.splice(0);
  }
}

describe('pointer of the console', () => {
  it('sends absolute positions to a guest that takes them, without capture', () => {
    const mouse = new Mouse().feed({ t: 'mode', isAbsolute: true }, move(3, 4), { t: 'down', button: 0, place: PLACE });
    expect(mouse.take()).toEqual([
      { x: 32768, y: 32768, dx: 0, dy: 0, wheel: 0, buttons: 0 },
      { x: 32768, y: 32768, dx: 0, dy: 0, wheel: 0, buttons: 1 },
    ]);
    mouse.feed({ t: 'move', place: { x: -5, y: 1000, width: 100, height: 100 }, dx: 0, dy: 0, scale: 1 });
    expect(mouse.take()).toEqual([{ x: 0, y: 65535, dx: 0, dy: 0, wheel: 0, buttons: 1 }]);
    expect(mouse.actions).toEqual([]);
  });

  it('captures on the first click, which the guest does not see', () => {
    const mouse = new Mouse().feed(move(3, 4), { t: 'down', button: 0, place: PLACE }, { t: 'lock', isLocked: true });
    mouse.feed({ t: 'up', button: 0, place: PLACE });
    expect(mouse.actions).toEqual(['lock']);
    expect(mouse.take()).toEqual([]);
    mouse.feed(move(3, -4), { t: 'down', button: 2, place: PLACE }, { t: 'up', button: 2, place: PLACE });
    expect(mouse.take()).toEqual([
      { dx: 3, dy: -4, wheel: 0, buttons: 0 },
      { dx: 0, dy: 0, wheel: 0, buttons: 2 },
      { dx: 0, dy: 0, wheel: 0, buttons: 0 },
    ]);
  });

  it('keeps parts of a step when the picture is scaled', () => {
    const mouse = new Mouse().feed({ t: 'lock', isLocked: true }, move(1, -1, 0.4), move(1, -1, 0.4), move(1, -1, 0.4));
    expect(mouse.take()).toEqual([{ dx: 1, dy: -1, wheel: 0, buttons: 0 }]);
  });

  it('counts wheel notches towards the user as positive', () => {
    const mouse = new Mouse().feed({ t: 'lock', isLocked: true });
    const wheel = (deltaY: number, deltaMode = 0): PointerEventIn => ({ t: 'wheel', deltaY, deltaMode, place: PLACE });
    mouse.feed(wheel(60), wheel(60), wheel(-120), wheel(6, 1));
    expect(mouse.take().map((one) => one.wheel)).toEqual([1, -1, 2]);
  });

  it('releases buttons and the lock on Ctrl+Alt, and buttons when the host ends the lock', () => {
    const mouse = new Mouse().feed(
      { t: 'lock', isLocked: true },
      { t: 'down', button: 1, place: PLACE },
      { t: 'release' },
    );
    expect(mouse.take().map((one) => one.buttons)).toEqual([4, 0]);
    expect(mouse.actions).toEqual(['unlock']);
    mouse.feed({ t: 'lock', isLocked: false }, { t: 'lock', isLocked: true }, { t: 'down', button: 3, place: PLACE });
    mouse.feed({ t: 'lock', isLocked: false });
    expect(mouse.take().map((one) => one.buttons)).toEqual([8, 0]);
  });

  it('lets go when the guest learns absolute positions', () => {
    const mouse = new Mouse().feed({ t: 'lock', isLocked: true }, { t: 'mode', isAbsolute: true });
    expect(mouse.actions).toEqual(['unlock']);
  });

  it('merges moves of the same buttons only', () => {
    const first = { x: 1, y: 1, dx: 2, dy: 3, wheel: 1, buttons: 0 };
    expect(mergeMoves(first, { x: 9, y: 8, dx: 1, dy: 1, wheel: 1, buttons: 0 })).toEqual({
      x: 9,
      y: 8,
      dx: 3,
      dy: 4,
      wheel: 2,
      buttons: 0,
    });
    expect(mergeMoves(first, { ...first, buttons: 1 })).toBeUndefined();
    expect(mergeMoves({ ...first, dx: 32000 }, { ...first, dx: 1000 })).toBeUndefined();
  });
});

describe('size of the picture', () => {
  it('shows guest pixels exactly, whole on scaled hosts', () => {
    const picture = { width: 720, height: 400 };
    const room = { width: 500, height: 500 };
    expect(shownSize(picture, room, 1, 'exact')).toEqual({ width: 720, height: 400, isCrisp: true });
    expect(shownSize(picture, room, 2, 'exact')).toEqual({ width: 720, height: 400, isCrisp: true });
    expect(shownSize(picture, room, 1.5, 'exact')).toEqual({ width: 480, height: 400 / 1.5, isCrisp: true });
  });

  it('fits with whole factors where little is lost', () => {
    const picture = { width: 640, height: 400 };
    expect(shownSize(picture, { width: 1300, height: 900 }, 1, 'fit')).toEqual({
      width: 1280,
      height: 800,
      isCrisp: true,
    });
    expect(shownSize(picture, { width: 1000, height: 1000 }, 1, 'fit')).toEqual({
      width: 1000,
      height: 625,
      isCrisp: false,
    });
    expect(shownSize(picture, { width: 320, height: 400 }, 1, 'fit')).toEqual({
      width: 320,
      height: 200,
      isCrisp: false,
    });
    expect(shownSize(picture, { width: 900, height: 100 }, 1, 'stretch')).toEqual({
      width: 900,
      height: 100,
      isCrisp: false,
    });
  });
});

describe('a picture in the middle of a room', () => {
  it('grows by whole factors, and shrinks as far as it has to', () => {
    expect(centred({ width: 320, height: 200 }, { width: 1024, height: 768 })).toEqual({
      x: 32,
      y: 84,
      width: 960,
      height: 600,
    });
    expect(centred({ width: 720, height: 400 }, { width: 1024, height: 768 })).toMatchObject({ width: 720, x: 152 });
    expect(centred({ width: 2048, height: 768 }, { width: 1024, height: 768 })).toEqual({
      x: 0,
      y: 192,
      width: 1024,
      height: 384,
    });
  });
});
