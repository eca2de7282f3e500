import type { HostKeys } from '../../../src/config/preferences';

/** Keys that a serial terminal keeps from the guest. Pure. */
export interface TerminalKeys {
  /** The host's keys are held and nothing else was pressed since: letting go releases the keyboard. */
  readonly isReleaseArmed: boolean;
  readonly isRightControlHeld: boolean;
}

export interface TerminalKeyEvent {
  readonly type: string;
  readonly key: string;
  /** Only told from the left one by its place. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

export interface TerminalKeyStep {
  readonly state: TerminalKeys;
  readonly action?: 'release' | 'toggleFullScreen';
  /** Not for the guest. */
  readonly isKept: boolean;
  /** The window must not act on it: Alt alone would open its menu. */
  readonly isHandled: boolean;
}

export const initialTerminalKeys: TerminalKeys = { isReleaseArmed: false, isRightControlHeld: false };

const MODIFIERS: Readonly<Record<HostKeys, readonly string[]>> = {
  controlAlt: ['Control', 'Alt'],
  controlShiftAlt: ['Control', 'Shift', 'Alt'],
  rightControl: ['Control'],
};

export function terminalKeyStep(before: TerminalKeys, event: TerminalKeyEvent, hostKeys: HostKeys): TerminalKeyStep {
  const { type, key, code } = event;
  const isDown = type === 'keydown';
  if (!isDown && type !== 'keyup') return { state: before, isKept: false, isHandled: false };
  const isRightControlHeld = code === 'ControlRight' ? isDown : before.isRightControlHeld && event.ctrlKey;
  const state = { isReleaseArmed: false, isRightControlHeld };
  const isModifier = MODIFIERS[hostKeys].includes(key);
  const isAlt = key === 'Alt';
  if (!isDown) {
    if (!isModifier) return { state: { ...before, isRightControlHeld }, isKept: false, isHandled: isAlt };
    const step = { state, isKept: false, isHandled: isAlt };
    return before.isReleaseArmed ? { ...step, action: 'release' } : step;
  }
  const hasAll = holdsExactly(event, hostKeys, isRightControlHeld);
  if (isModifier) return { state: { ...state, isReleaseArmed: hasAll }, isKept: false, isHandled: isAlt };
  if (hasAll && key === 'Enter') return { state, action: 'toggleFullScreen', isKept: true, isHandled: true };
  return { state, isKept: false, isHandled: isAlt };
}

/** The modifiers that are down at a press, the pressed one among them, are the host's keys. */
function holdsExactly(event: TerminalKeyEvent, hostKeys: HostKeys, isRightControlHeld: boolean): boolean {
  const { key, ctrlKey, altKey, shiftKey, metaKey } = event;
  const hasControl = ctrlKey || key === 'Control';
  const hasAlt = altKey || key === 'Alt';
  const hasShift = shiftKey || key === 'Shift';
  if (metaKey || !hasControl) return false;
  if (hostKeys === 'rightControl') return isRightControlHeld && !hasAlt && !hasShift;
  return hasAlt && hasShift === (hostKeys === 'controlShiftAlt');
}
