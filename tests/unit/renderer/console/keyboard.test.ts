import { describe, expect, it } from 'vitest';
import type { HostKeys } from '../../../../src/config/preferences';
import { KEY_COMBINATIONS, usageOf } from '../../../../renderer/features/console/key-codes';
import {
  type HostPlatform,
  initialKeyboard,
  type KeyboardAction,
  type KeyboardEventIn,
  keyboardStep,
} from '../../../../renderer/features/console/keyboard';

/** Feeds events; strokes as '+usage' and '-usage' in hexadecimal, without the word that keys are held. */
class Typist {
  state;
  strokes: string[] = [];
  actions: KeyboardAction[] = [];
  isHandled = false;

  constructor(platform: HostPlatform = 'linux', hostKeys: HostKeys = 'controlAlt') {
    this.state = initialKeyboard(platform, hostKeys);
  }

  feed(event: KeyboardEventIn): this {
    const step = keyboardStep(this.state, event);
    this.state = step.state;
    const strokes = step.strokes.filter(({ heldMs }) => heldMs === undefined);
    this.strokes.push(...strokes.map(({ usage, down }) => `${down ? '+' : '-'}${usage.toString(16)}`));
    if (step.action !== undefined) this.actions.push(step.action);
    this.isHandled = step.isHandled;
    return this;
  }

  down(code: string, more: { isRepeat?: boolean; key?: string; timeMs?: number } = {}): this {
    return this.feed({ t: 'down', code, isRepeat: false, ...more });
  }

  up(code: string): this {
    return this.feed({ t: 'up', code });
  }

  take(): string {
    return this.strokes.splice(0).join(' ');
  }
}

describe('key codes', () => {
  it('gives usages to physical keys', () => {
    const expected: Record<string, number> = {
      KeyA: 0x04,
      KeyZ: 0x1d,
      Digit1: 0x1e,
      Digit0: 0x27,
      Enter: 0x28,
      Backslash: 0x31,
      Semicolon: 0x33,
      CapsLock: 0x39,
      F12: 0x45,
      PrintScreen: 0x46,
      PageDown: 0x4e,
      ArrowUp: 0x52,
      NumpadEnter: 0x58,
      Numpad0: 0x62,
      NumpadDecimal: 0x63,
      IntlBackslash: 0x64,
      ContextMenu: 0x65,
      F24: 0x73,
      NumpadComma: 0x85,
      IntlRo: 0x87,
      KanaMode: 0x88,
      IntlYen: 0x89,
      Convert: 0x8a,
      NonConvert: 0x8b,
      Lang2: 0x91,
      ControlLeft: 0xe0,
      MetaRight: 0xe7,
      OSLeft: 0xe3,
    };
    for (const [code, usage] of Object.entries(expected)) expect([code, usageOf(code)]).toEqual([code, usage]);
    expect(usageOf('-')).toBeUndefined();
    expect(usageOf('BrowserBack')).toBeUndefined();
  });
});

describe('keyboard of the console', () => {
  it("tells how long a key has been held, by the times of the host's system", () => {
    const typist = new Typist();
    const strokes = [
      { code: 'KeyA', timeMs: 1000, isRepeat: false },
      { code: 'KeyA', timeMs: 1500.7, isRepeat: true },
      { code: 'KeyB', timeMs: 1600, isRepeat: false },
      { code: 'KeyA', timeMs: 1700, isRepeat: true },
      { code: 'KeyB', timeMs: 9_999_999_999, isRepeat: true },
    ].flatMap((event) => {
      const step = keyboardStep(typist.state, { t: 'down', ...event });
      typist.state = step.state;
      return step.strokes;
    });
    expect(strokes).toEqual([
      { usage: 4, down: true },
      { usage: 4, down: true, heldMs: 500 },
      { usage: 5, down: true },
      { usage: 5, down: true, heldMs: 3_600_000 },
    ]);
  });

  it('passes presses and releases on, without repeats', () => {
    const typist = new Typist().down('KeyA').down('KeyA', { isRepeat: true }).up('KeyA');
    expect(typist.take()).toBe('+4 -4');
    expect(typist.isHandled).toBe(true);
    expect(typist.down('BrowserBack').isHandled).toBe(false);
    expect(typist.take()).toBe('');
  });

  it('releases every held key when the focus goes, last first', () => {
    const typist = new Typist().down('ShiftLeft').down('KeyA').down('ArrowUp').feed({ t: 'blur' });
    expect(typist.take()).toBe('+e1 +4 +52 -52 -4 -e1');
    expect(typist.up('KeyA').take()).toBe('');
    expect(typist.down('KeyA').take()).toBe('+4');
  });

  it('releases the input on Ctrl+Alt alone', () => {
    const typist = new Typist().down('ControlLeft').down('AltLeft').up('AltLeft');
    expect(typist.take()).toBe('+e0 +e2 -e2 -e0');
    expect(typist.actions).toEqual(['release']);
    expect(typist.up('ControlLeft').take()).toBe('');
    expect(typist.state.swallowed).toEqual([]);
  });

  it('keeps working when the rest of Ctrl+Alt is released elsewhere', () => {
    const typist = new Typist().down('ControlLeft').down('AltLeft').up('AltLeft');
    typist.take();
    expect(typist.down('ControlLeft').down('KeyC').up('KeyC').up('ControlLeft').take()).toBe('+e0 +6 -6 -e0');
  });

  it('passes Ctrl+Alt with another key on, and does not release then', () => {
    const typist = new Typist().down('ControlLeft').down('AltLeft').down('F2').up('F2').up('AltLeft').up('ControlLeft');
    expect(typist.take()).toBe('+e0 +e2 +3b -3b -e2 -e0');
    expect(typist.actions).toEqual([]);
  });

  it('releases the input on other keys when the preferences say so', () => {
    const shift = new Typist('linux', 'controlShiftAlt')
      .down('ControlLeft')
      .down('AltLeft')
      .up('AltLeft')
      .up('ControlLeft');
    expect(shift.take()).toBe('+e0 +e2 -e2 -e0');
    expect(shift.actions).toEqual([]);
    shift.down('ControlLeft').down('ShiftRight').down('AltLeft').up('ShiftRight').up('AltLeft').up('ControlLeft');
    expect(shift.take()).toBe('+e0 +e5 +e2 -e2 -e5 -e0');
    expect(shift.actions).toEqual(['release']);
    const right = new Typist('linux', 'rightControl').down('ControlLeft').up('ControlLeft');
    expect(right.actions).toEqual([]);
    right.down('ControlRight').down('KeyC').up('KeyC').up('ControlRight');
    expect(right.actions).toEqual([]);
    right.down('ControlRight').down('Enter').up('Enter').up('ControlRight').down('ControlRight').up('ControlRight');
    expect(right.actions).toEqual(['toggleFullScreen', 'release']);
  });

  it('sends Ctrl+Alt+Delete by other keys without them', () => {
    const typist = new Typist('linux', 'controlShiftAlt').down('ControlLeft').down('ShiftLeft').down('AltLeft');
    typist.down('Insert').up('Insert').up('AltLeft').up('ShiftLeft').up('ControlLeft');
    expect(typist.take()).toBe('+e0 +e1 +e2 -e2 -e1 -e0 +e0 +e2 +4c -4c -e2 -e0');
    expect(typist.state.swallowed).toEqual([]);
    expect(typist.actions).toEqual([]);
  });

  it('does not take AltGr for Alt', () => {
    const typist = new Typist().down('ControlLeft').down('AltRight').up('AltRight').up('ControlLeft');
    expect(typist.take()).toBe('+e0 +e6 -e6 -e0');
    expect(typist.actions).toEqual([]);
  });

  it('turns Ctrl+Alt+Insert into Ctrl+Alt+Delete', () => {
    const typist = new Typist()
      .down('ControlLeft')
      .down('AltLeft')
      .down('Insert')
      .up('Insert')
      .up('AltLeft')
      .up('ControlLeft');
    expect(typist.take()).toBe('+e0 +e2 +4c -4c -e2 -e0');
    expect(typist.actions).toEqual([]);
  });

  it('goes to full screen on Ctrl+Alt+Enter, unseen by the guest', () => {
    const typist = new Typist().down('ControlRight').down('AltLeft').down('Enter').up('Enter');
    expect(typist.take()).toBe('+e4 +e2');
    expect(typist.actions).toEqual(['toggleFullScreen']);
    expect(typist.up('AltLeft').up('ControlRight').take()).toBe('-e2 -e4');
    expect(typist.down('Enter').up('Enter').take()).toBe('+28 -28');
  });

  it('leaves out the Ctrl that Windows puts before AltGr', () => {
    const typist = new Typist('windows')
      .down('ControlLeft', { timeMs: 100 })
      .down('AltRight', { key: 'AltGraph', timeMs: 101 })
      .down('KeyQ')
      .up('KeyQ')
      .up('ControlLeft')
      .up('AltRight');
    expect(typist.take()).toBe('+e0 -e0 +e6 +14 -14 -e6');
    typist.down('ControlLeft', { timeMs: 1000 }).down('AltRight', { key: 'AltGraph', timeMs: 2000 });
    expect(typist.take()).toBe('+e0 +e6');
  });

  it('presses PrintScreen where only its release is told', () => {
    expect(new Typist('windows').up('PrintScreen').take()).toBe('+46 -46');
    expect(new Typist().down('PrintScreen').feed({ t: 'blur' }).up('PrintScreen').take()).toBe('+46 -46');
    expect(new Typist().down('PrintScreen').up('PrintScreen').take()).toBe('+46 -46');
  });

  it('presses Caps Lock at each change on a Mac, and releases keys with Command', () => {
    const typist = new Typist('mac').down('CapsLock').up('CapsLock');
    expect(typist.take()).toBe('+39 -39 +39 -39');
    expect(typist.down('MetaLeft').down('ShiftLeft').down('KeyC').up('MetaLeft').take()).toBe('+e3 +e1 +6 -e3 -6');
    expect(typist.up('ShiftLeft').take()).toBe('-e1');
  });

  it('sends special keys from a menu around what is held', () => {
    const typist = new Typist().feed({ t: 'combination', name: 'ctrlAltDelete' });
    expect(typist.take()).toBe('+e0 +e2 +4c -4c -e2 -e0');
    typist.down('AltLeft').feed({ t: 'combination', name: 'altTab' });
    expect(typist.take()).toBe('+e2 +2b -2b');
  });

  it('never leaves a key pressed, whatever is typed', () => {
    const codes = [
      'ControlLeft',
      'AltLeft',
      'AltRight',
      'ShiftLeft',
      'Enter',
      'Insert',
      'KeyA',
      'F2',
      'PrintScreen',
      'CapsLock',
      'MetaLeft',
    ];
    let seed = 7;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return (seed >>> 8) % n;
    };
    for (const platform of ['linux', 'windows', 'mac'] as const) {
      const typist = new Typist(platform);
      const guest = new Set<string>();
      for (let i = 0; i < 5000; i++) {
        const code = codes[random(codes.length)]!;
        const kind = random(20);
        if (kind === 0) typist.feed({ t: 'blur' });
        else if (kind === 1) typist.feed({ t: 'combination', name: random(2) ? 'altTab' : 'ctrlAltDelete' });
        else if (kind < 11) typist.down(code, { isRepeat: random(5) === 0, key: 'AltGraph', timeMs: i });
        else typist.up(code);
        for (const stroke of typist.strokes.splice(0)) {
          const key = stroke.slice(1);
          if (stroke.startsWith('+')) {
            expect(guest.has(key)).toBe(false);
            guest.add(key);
          } else {
            expect(guest.delete(key)).toBe(true);
          }
        }
        expect(guest.size).toBe(typist.state.held.length);
      }
      typist.feed({ t: 'blur' });
      expect(typist.state.held).toEqual([]);
    }
  });

  it('knows every special combination', () => {
    for (const usages of Object.values(KEY_COMBINATIONS)) for (const usage of usages) expect(usage).toBeLessThan(0x100);
  });
});
