/** Keys that a serial terminal keeps from the guest. Pure. */
export interface TerminalKeys {
  /** Ctrl and Alt are held and nothing else was pressed since: letting go releases the keyboard. */
  readonly isReleaseArmed: boolean;
}

export interface TerminalKeyEvent {
  readonly type: string;
  readonly key: string;
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

export const initialTerminalKeys: TerminalKeys = { isReleaseArmed: false };

export function terminalKeyStep(state: TerminalKeys, event: TerminalKeyEvent): TerminalKeyStep {
  const { type, key, ctrlKey, altKey, shiftKey, metaKey } = event;
  const isControlOrAlt = key === 'Control' || key === 'Alt';
  if (type === 'keydown') {
    const hasBoth = (ctrlKey || key === 'Control') && (altKey || key === 'Alt') && !shiftKey && !metaKey;
    if (isControlOrAlt) return { state: { isReleaseArmed: hasBoth }, isKept: false, isHandled: key === 'Alt' };
    if (hasBoth && key === 'Enter') {
      return { state: initialTerminalKeys, action: 'toggleFullScreen', isKept: true, isHandled: true };
    }
    return { state: initialTerminalKeys, isKept: false, isHandled: false };
  }
  if (type === 'keyup' && isControlOrAlt) {
    const step = { state: initialTerminalKeys, isKept: false, isHandled: key === 'Alt' };
    return state.isReleaseArmed ? { ...step, action: 'release' } : step;
  }
  return { state, isKept: false, isHandled: false };
}
