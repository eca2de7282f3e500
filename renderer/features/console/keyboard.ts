/**
 * What the guest's keyboard does when the host's does something. Pure: the view feeds events and sends the strokes. The
 * guest's keyboard repeats held keys by itself, as its driver has set it; the host's own repeats tell it that the key is
 * still held, and for how long. So a release that arrives late, from a busy host, makes no characters.
 */
import type { HostKeys } from '../../../src/config/preferences';
import { type KeyStroke, MAX_HELD_MS } from '../../../src/protocol/guest';
import type { SpecialKey } from '../../../src/protocol/special-keys';
import {
  isModifier,
  KEY_COMBINATIONS,
  USAGE_ALT_LEFT,
  USAGE_ALT_RIGHT,
  USAGE_CAPS_LOCK,
  USAGE_CONTROL_LEFT,
  USAGE_CONTROL_RIGHT,
  USAGE_DELETE,
  USAGE_ENTER,
  USAGE_INSERT,
  USAGE_META_LEFT,
  USAGE_META_RIGHT,
  USAGE_PRINT_SCREEN,
  USAGE_SHIFT_LEFT,
  USAGE_SHIFT_RIGHT,
  usageOf,
} from './key-codes';

export type HostPlatform = 'linux' | 'windows' | 'mac';

export interface KeyboardState {
  readonly platform: HostPlatform;
  readonly hostKeys: HostKeys;
  /** Usages that the guest sees held, in the order of their presses. */
  readonly held: readonly number[];
  /** Keys that are down on the host but were kept from the guest: their release is kept too. */
  readonly swallowed: readonly number[];
  /** The host's keys are held and nothing else was pressed since: letting go releases the input. */
  readonly isReleaseArmed: boolean;
  /** The press that repeats while it is held: the last one. */
  readonly lastPress: { readonly usage: number; readonly timeMs: number } | undefined;
  /** When the left Ctrl went down: Windows puts one in front of every AltGr, at the same time. */
  readonly controlDownMs: number;
}

export type KeyboardEventIn =
  /** `key` only matters for AltGr on Windows; `timeMs` is when the host's system saw the key. */
  | {
      readonly t: 'down';
      readonly code: string;
      readonly isRepeat: boolean;
      readonly key?: string;
      readonly timeMs?: number;
    }
  | { readonly t: 'up'; readonly code: string }
  /** The console lost the focus, was hidden, or its VM stopped. */
  | { readonly t: 'blur' }
  /** A menu sends special keys. */
  | { readonly t: 'combination'; readonly name: SpecialKey };

export type KeyboardAction = 'release' | 'toggleFullScreen';

export interface KeyboardStep {
  readonly state: KeyboardState;
  /** In order, for the guest. */
  readonly strokes: readonly KeyStroke[];
  readonly action?: KeyboardAction;
  /** The key belongs to the guest or to this table: the view stops its default action. */
  readonly isHandled: boolean;
}

const ALT_GR_MS = 5;

export function initialKeyboard(platform: HostPlatform, hostKeys: HostKeys = 'controlAlt'): KeyboardState {
  return {
    platform,
    hostKeys,
    held: [],
    swallowed: [],
    isReleaseArmed: false,
    lastPress: undefined,
    controlDownMs: Number.NEGATIVE_INFINITY,
  };
}

export function keyboardStep(state: KeyboardState, event: KeyboardEventIn): KeyboardStep {
  switch (event.t) {
    case 'down':
      return keyDown(state, event);
    case 'up':
      return keyUp(state, event.code);
    case 'blur':
      return { ...letGo(state), isHandled: false };
    default:
      return combination(state, event.name);
  }
}

function keyDown(before: KeyboardState, event: KeyboardEventIn & { t: 'down' }): KeyboardStep {
  const usage = usageOf(event.code);
  if (usage === undefined) return { state: before, strokes: [], isHandled: false };
  // A second press means that the release of a swallowed key went elsewhere.
  const state = event.isRepeat ? before : { ...before, swallowed: without(before.swallowed, usage) };
  if (event.isRepeat || state.held.includes(usage)) {
    return { state, strokes: stillHeld(state, usage, event.timeMs), isHandled: true };
  }
  if (state.platform === 'mac' && usage === USAGE_CAPS_LOCK) return tap(state, usage);
  const host = hostCombination(state, usage);
  if (host !== undefined) return host;

  const strokes: KeyStroke[] = [];
  let { held, swallowed } = state;
  const isAltGr = state.platform === 'windows' && usage === USAGE_ALT_RIGHT && event.key === 'AltGraph';
  const isFakeControl = isAltGr && (event.timeMs ?? 0) - state.controlDownMs <= ALT_GR_MS;
  if (isFakeControl && held.includes(USAGE_CONTROL_LEFT)) {
    strokes.push({ usage: USAGE_CONTROL_LEFT, down: false });
    held = without(held, USAGE_CONTROL_LEFT);
    swallowed = [...swallowed, USAGE_CONTROL_LEFT];
  }
  strokes.push({ usage, down: true });
  held = [...held, usage];
  const next: KeyboardState = {
    ...state,
    held,
    swallowed,
    isReleaseArmed: isHostKeys(state.hostKeys, held),
    lastPress: event.timeMs === undefined ? undefined : { usage, timeMs: event.timeMs },
    controlDownMs: usage === USAGE_CONTROL_LEFT ? (event.timeMs ?? Number.NEGATIVE_INFINITY) : state.controlDownMs,
  };
  return { state: next, strokes, isHandled: true };
}

function stillHeld({ held, lastPress }: KeyboardState, usage: number, timeMs: number | undefined): KeyStroke[] {
  if (lastPress?.usage !== usage || timeMs === undefined || !held.includes(usage)) return [];
  const heldMs = Math.min(MAX_HELD_MS, Math.max(0, Math.floor(timeMs - lastPress.timeMs)));
  return [{ usage, down: true, heldMs }];
}

function keyUp(state: KeyboardState, code: string): KeyboardStep {
  const usage = usageOf(code);
  if (usage === undefined) return { state, strokes: [], isHandled: false };
  if (state.swallowed.includes(usage)) {
    return { state: { ...state, swallowed: without(state.swallowed, usage) }, strokes: [], isHandled: true };
  }
  if (state.platform === 'mac' && usage === USAGE_CAPS_LOCK) return tap(state, usage);
  if (!state.held.includes(usage)) {
    // Windows tells only the release of this key.
    return usage === USAGE_PRINT_SCREEN && state.platform === 'windows'
      ? tap(state, usage)
      : { state, strokes: [], isHandled: true };
  }
  if (state.isReleaseArmed) {
    const gone = letGo(state);
    const swallowed = without([...gone.state.swallowed, ...state.held], usage);
    return { ...gone, state: { ...gone.state, swallowed }, action: 'release', isHandled: true };
  }
  const strokes: KeyStroke[] = [{ usage, down: false }];
  let held = without(state.held, usage);
  if (state.platform === 'mac' && (usage === USAGE_META_LEFT || usage === USAGE_META_RIGHT)) {
    // While Command is held, macOS tells no releases.
    for (const other of held.filter((key) => !isModifier(key)).reverse()) strokes.push({ usage: other, down: false });
    held = held.filter(isModifier);
  }
  return { state: { ...state, held }, strokes, isHandled: true };
}

/** Combinations that mean something to the application: their last key never reaches the guest. */
function hostCombination(state: KeyboardState, usage: number): KeyboardStep | undefined {
  if (!isHostKeys(state.hostKeys, state.held) || (usage !== USAGE_ENTER && usage !== USAGE_INSERT)) return undefined;
  const next = { ...state, swallowed: [...state.swallowed, usage], isReleaseArmed: false };
  if (usage === USAGE_ENTER) return { state: next, strokes: [], action: 'toggleFullScreen', isHandled: true };
  if (state.hostKeys === 'controlAlt') return tap(next, USAGE_DELETE);
  // Other keys than the guest is to see: they are let go first.
  const gone = letGo(next);
  const swallowed = [...next.swallowed, ...state.held];
  const sent = combination({ ...gone.state, swallowed }, 'ctrlAltDelete');
  return { ...sent, strokes: [...gone.strokes, ...sent.strokes] };
}

/** Presses what is not held already, then releases just that. */
function combination(state: KeyboardState, name: SpecialKey): KeyboardStep {
  const pressed = KEY_COMBINATIONS[name].filter((usage) => !state.held.includes(usage));
  const strokes = [
    ...pressed.map((usage) => ({ usage, down: true })),
    ...[...pressed].reverse().map((usage) => ({ usage, down: false })),
  ];
  return { state, strokes, isHandled: true };
}

function tap(state: KeyboardState, usage: number): KeyboardStep {
  return { state, strokes: [true, false].map((down) => ({ usage, down })), isHandled: true };
}

/** Releases every key that the guest sees held, the last one first. */
function letGo(state: KeyboardState): Pick<KeyboardStep, 'state' | 'strokes'> {
  const strokes = [...state.held].reverse().map((usage) => ({ usage, down: false }));
  return { state: initialKeyboard(state.platform, state.hostKeys), strokes };
}

/** One key of each group is held, and no other key. */
function isHostKeys(hostKeys: HostKeys, held: readonly number[]): boolean {
  const groups = HOST_KEYS[hostKeys];
  return (
    groups.every((group) => group.some((usage) => held.includes(usage))) &&
    held.every((usage) => groups.some((group) => group.includes(usage)))
  );
}

const EITHER_CONTROL = [USAGE_CONTROL_LEFT, USAGE_CONTROL_RIGHT];
/** AltGr is not meant: it types characters. */
const HOST_KEYS: Readonly<Record<HostKeys, readonly (readonly number[])[]>> = {
  controlAlt: [EITHER_CONTROL, [USAGE_ALT_LEFT]],
  controlShiftAlt: [EITHER_CONTROL, [USAGE_SHIFT_LEFT, USAGE_SHIFT_RIGHT], [USAGE_ALT_LEFT]],
  rightControl: [[USAGE_CONTROL_RIGHT]],
};

function without(list: readonly number[], usage: number): readonly number[] {
  return list.filter((other) => other !== usage);
}
