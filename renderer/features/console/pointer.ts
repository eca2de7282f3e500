/**
 * What the guest's mouse does when the host's does something. Pure. Where the guest knows absolute positions the pointer
 * comes and goes freely; else a click captures it (pointer lock) and only movements count.
 */
import type { PointerMove } from '../../../src/protocol/guest';

export interface PointerState {
  /** The guest's driver takes absolute positions. */
  readonly isAbsolute: boolean;
  /** The host's pointer is locked to the console. */
  readonly isLocked: boolean;
  /** Bit 0 left, 1 right, 2 middle, 3 back, 4 forward: as the guest sees them. */
  readonly buttons: number;
  /** Parts of a step that wait for the rest. */
  readonly restX: number;
  readonly restY: number;
  readonly restWheel: number;
}

/** A position on the shown picture, in CSS pixels of its box. */
export interface PointerPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type PointerEventIn =
  | {
      readonly t: 'move';
      readonly place: PointerPlace;
      readonly dx: number;
      readonly dy: number;
      readonly scale: number;
    }
  /** `button` as in MouseEvent.button. */
  | { readonly t: 'down' | 'up'; readonly button: number; readonly place: PointerPlace }
  /** WheelEvent.deltaY and deltaMode. */
  | { readonly t: 'wheel'; readonly deltaY: number; readonly deltaMode: number; readonly place: PointerPlace }
  /** The host locked or unlocked the pointer. */
  | { readonly t: 'lock'; readonly isLocked: boolean }
  | { readonly t: 'mode'; readonly isAbsolute: boolean }
  /** Focus lost, or Ctrl+Alt. */
  | { readonly t: 'release' };

export interface PointerStep {
  readonly state: PointerState;
  readonly move?: PointerMove;
  /** For the host's pointer. */
  readonly action?: 'lock' | 'unlock';
}

/** Guest buttons by MouseEvent.button: left, middle, right, back, forward. */
const BUTTON_BITS: readonly number[] = [1, 4, 2, 8, 16];
/** Wheel distance of one notch by deltaMode: pixels, lines, pages. */
const NOTCH: readonly number[] = [100, 3, 1];
const MAX_STEP = 32767;
const MAX_WHEEL = 127;

export const initialPointer: PointerState = {
  isAbsolute: false,
  isLocked: false,
  buttons: 0,
  restX: 0,
  restY: 0,
  restWheel: 0,
};

export function pointerStep(state: PointerState, event: PointerEventIn): PointerStep {
  switch (event.t) {
    case 'move':
      return moved(state, event);
    case 'down':
      return pressed(state, event.button, event.place);
    case 'up':
      return released(state, event.button, event.place);
    case 'wheel':
      return wheeled(state, event);
    case 'lock':
      if (event.isLocked) return { state: { ...state, isLocked: true, restX: 0, restY: 0 } };
      return letGo({ ...state, isLocked: false });
    case 'mode': {
      const next = { ...state, isAbsolute: event.isAbsolute, restX: 0, restY: 0 };
      return event.isAbsolute && state.isLocked ? { state: next, action: 'unlock' } : { state: next };
    }
    default: {
      const gone = letGo(state);
      return state.isLocked ? { ...gone, action: 'unlock' } : gone;
    }
  }
}

/** Two moves as one, or undefined where the guest must see both. For senders slower than the host's mouse. */
export function mergeMoves(first: PointerMove, second: PointerMove): PointerMove | undefined {
  if (first.buttons !== second.buttons) return undefined;
  const [dx, dy, wheel] = [first.dx + second.dx, first.dy + second.dy, first.wheel + second.wheel];
  if (Math.abs(dx) > MAX_STEP || Math.abs(dy) > MAX_STEP || Math.abs(wheel) > MAX_WHEEL) return undefined;
  return { ...second, dx, dy, wheel };
}

function moved(state: PointerState, event: PointerEventIn & { t: 'move' }): PointerStep {
  if (state.isAbsolute) {
    return { state, move: { ...absolute(event.place), dx: 0, dy: 0, wheel: 0, buttons: state.buttons } };
  }
  if (!state.isLocked) return { state };
  const x = state.restX + event.dx * event.scale;
  const y = state.restY + event.dy * event.scale;
  const [dx, dy] = [limit(Math.trunc(x), MAX_STEP), limit(Math.trunc(y), MAX_STEP)];
  const next = { ...state, restX: x - Math.trunc(x), restY: y - Math.trunc(y) };
  return dx === 0 && dy === 0 ? { state: next } : { state: next, move: { dx, dy, wheel: 0, buttons: state.buttons } };
}

function pressed(state: PointerState, button: number, place: PointerPlace): PointerStep {
  if (!state.isAbsolute && !state.isLocked) return { state, action: 'lock' };
  return withButtons(state, state.buttons | (BUTTON_BITS[button] ?? 0), place);
}

/** A release of a button that the guest never saw pressed (the click that captured) means nothing. */
function released(state: PointerState, button: number, place: PointerPlace): PointerStep {
  return withButtons(state, state.buttons & ~(BUTTON_BITS[button] ?? 0), place);
}

function withButtons(state: PointerState, buttons: number, place: PointerPlace): PointerStep {
  if (buttons === state.buttons) return { state };
  const at = state.isAbsolute ? absolute(place) : {};
  return { state: { ...state, buttons }, move: { ...at, dx: 0, dy: 0, wheel: 0, buttons } };
}

function wheeled(state: PointerState, event: PointerEventIn & { t: 'wheel' }): PointerStep {
  if (!state.isAbsolute && !state.isLocked) return { state };
  // The other direction starts afresh.
  const rest = Math.sign(event.deltaY) === -Math.sign(state.restWheel) ? 0 : state.restWheel;
  const notches = rest + event.deltaY / (NOTCH[event.deltaMode] ?? 1);
  const wheel = limit(Math.trunc(notches), MAX_WHEEL);
  const next = { ...state, restWheel: notches - Math.trunc(notches) };
  if (wheel === 0) return { state: next };
  const at = state.isAbsolute ? absolute(event.place) : {};
  return { state: next, move: { ...at, dx: 0, dy: 0, wheel, buttons: state.buttons } };
}

/** Releases the buttons that the guest sees pressed. */
function letGo(state: PointerState): PointerStep {
  const next = { ...state, buttons: 0, restX: 0, restY: 0, restWheel: 0 };
  return state.buttons === 0 ? { state: next } : { state: next, move: { dx: 0, dy: 0, wheel: 0, buttons: 0 } };
}

function absolute({ x, y, width, height }: PointerPlace): { x: number; y: number } {
  return { x: fraction(x, width), y: fraction(y, height) };
}

/** 0..65535 across `length`; the last pixel reaches the end. */
function fraction(at: number, length: number): number {
  return length > 1 ? limit(Math.round((at * 65535) / (length - 1)), 65535, 0) : 0;
}

function limit(value: number, high: number, low = -high): number {
  return Math.min(Math.max(value, low), high) || 0;
}
