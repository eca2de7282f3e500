import { describe, expect, it } from 'vitest';
import { initialTerminalKeys, terminalKeyStep } from '../../../../renderer/features/console/terminal-keys';
import type { HostKeys } from '../../../../src/config/preferences';

/** Presses keys in order, then lets all go in the same order; returns what the terminal did. */
function press(hostKeys: HostKeys, ...codes: string[]): string[] {
  let state = initialTerminalKeys;
  const held = new Set<string>();
  const actions: string[] = [];
  const send = (type: string, code: string): void => {
    const has = (name: string): boolean => [...held].some((one) => one.startsWith(name));
    const key = code.replace(/(Left|Right)$/, '').replace(/^Key/, '');
    const step = terminalKeyStep(
      state,
      { type, key, code, ctrlKey: has('Control'), altKey: has('Alt'), shiftKey: has('Shift'), metaKey: has('Meta') },
      hostKeys,
    );
    state = step.state;
    if (step.action !== undefined) actions.push(step.action);
  };
  for (const code of codes) {
    held.add(code);
    send('keydown', code);
  }
  for (const code of codes) {
    held.delete(code);
    send('keyup', code);
  }
  return actions;
}

describe('keys of a serial terminal', () => {
  it('Ctrl+Alt releases the keyboard, with another key it does not', () => {
    expect(press('controlAlt', 'ControlLeft', 'AltLeft')).toEqual(['release']);
    expect(press('controlAlt', 'AltLeft', 'ControlRight')).toEqual(['release']);
    expect(press('controlAlt', 'ControlLeft', 'AltLeft', 'KeyX')).toEqual([]);
    expect(press('controlAlt', 'ControlLeft', 'ShiftLeft', 'AltLeft')).toEqual([]);
    expect(press('controlAlt', 'ControlLeft', 'AltLeft', 'Enter')).toEqual(['toggleFullScreen']);
  });

  it('the preferences can say other keys', () => {
    expect(press('controlShiftAlt', 'ControlLeft', 'AltLeft')).toEqual([]);
    expect(press('controlShiftAlt', 'ControlLeft', 'AltLeft', 'ShiftLeft')).toEqual(['release']);
    expect(press('rightControl', 'ControlLeft')).toEqual([]);
    expect(press('rightControl', 'ControlRight')).toEqual(['release']);
    expect(press('rightControl', 'ControlRight', 'KeyC')).toEqual([]);
    expect(press('rightControl', 'ControlRight', 'Enter')).toEqual(['toggleFullScreen']);
    expect(press('rightControl', 'ControlLeft', 'Enter')).toEqual([]);
  });
});
