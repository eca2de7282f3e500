import { describe, expect, it } from 'vitest';
import { I8042, i8042State } from '../../../src/devices/i8042/i8042';
import { unwrapState } from '../../../src/machine/saved-state';
import { describeDevice } from '../../support/describe-device';
import { FakeLine, FakeSignal } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const A = 0x04;
const HOME = 0x4a;
const CTRL = 0xe0;
const SHIFT = 0xe1;
const ALT = 0xe2;
const PRINT = 0x46;
const PAUSE = 0x48;

function make() {
  const clock = new ManualClock();
  const irq1 = new FakeLine();
  const irq12 = new FakeLine();
  const a20 = new FakeLine();
  const reset = new FakeSignal();
  const kbc = new I8042('i8042', clock, { irq1, irq12, a20, reset });
  const command = (value: number): void => kbc.control.writePort(0, 1, value);
  const data = (value: number): void => kbc.data.writePort(0, 1, value);
  const status = (): number => kbc.control.readPort(0, 1);
  const read = (): number => kbc.data.readPort(0, 1);
  /** Everything that comes, with the time that it takes. */
  const drain = (): number[] => {
    const bytes: number[] = [];
    for (let i = 0; i < 100; i++) {
      if ((status() & 1) === 0) clock.advance(1_000_000);
      if ((status() & 1) === 0) break;
      bytes.push(read());
    }
    return bytes;
  };
  const mouse = (...bytes: number[]): number[] => {
    const answers: number[] = [];
    for (const byte of bytes) {
      command(0xd4);
      data(byte);
      answers.push(...drain());
    }
    return answers;
  };
  const keyboard = (...bytes: number[]): number[] => {
    const answers: number[] = [];
    for (const byte of bytes) {
      data(byte);
      answers.push(...drain());
    }
    return answers;
  };
  const key = (...usages: number[]): number[] => {
    for (const usage of usages) kbc.pressKey(usage, true);
    for (const usage of [...usages].reverse()) kbc.pressKey(usage, false);
    return drain();
  };
  return { clock, irq1, irq12, a20, reset, kbc, command, data, status, read, drain, mouse, keyboard, key };
}

describeDevice({
  name: 'i8042',
  state: i8042State,
  make: () => {
    const { kbc, clock } = make();
    return {
      device: kbc,
      clock,
      ports: [
        { handler: kbc.data, count: 1 },
        { handler: kbc.control, count: 1 },
      ],
    };
  },
  disturb: ({ device }) => {
    const kbc = device as I8042;
    kbc.pressKey(A, true);
    kbc.pressKey(HOME, true);
    kbc.control.writePort(0, 1, 0xd4);
    kbc.data.writePort(0, 1, 0xf4);
    kbc.moveMouse(5, 6, 1, 3);
    kbc.control.writePort(0, 1, 0x20);
  },
});

describe('keyboard controller', () => {
  it('passes its tests', () => {
    const { command, drain, status } = make();
    command(0xaa);
    expect(drain()).toEqual([0x55]);
    command(0xab);
    expect(drain()).toEqual([0]);
    command(0xa9);
    expect(drain()).toEqual([0]);
    expect(status() & 0x1c).toBe(0x1c);
  });

  it('keeps its interrupts through the self test, which closes both interfaces', () => {
    const { command, data, drain } = make();
    command(0x60);
    data(0x47);
    command(0xaa);
    expect(drain()).toEqual([0x55]);
    command(0x20);
    expect(drain()).toEqual([0x77]);
  });

  it('reads and writes its command byte and memory', () => {
    const { command, data, drain } = make();
    command(0x60);
    data(0x47);
    command(0x20);
    expect(drain()).toEqual([0x47]);
    command(0x65);
    data(0x99);
    command(0x25);
    expect(drain()).toEqual([0x99]);
  });

  it('opens and closes the A20 gate and resets', () => {
    const { command, data, drain, a20, reset } = make();
    command(0xd1);
    data(0xdd);
    expect(a20.level).toBe(false);
    command(0xd0);
    expect(drain()[0]! & 2).toBe(0);
    command(0xd1);
    data(0xdf);
    expect(a20.level).toBe(true);
    command(0xdd);
    expect(a20.level).toBe(false);
    command(0xdf);
    expect(a20.level).toBe(true);
    // by port 92
    a20.set(false);
    command(0xd0);
    expect(drain()[0]! & 2).toBe(0);
    command(0xff);
    expect(reset.pulses).toBe(0);
    command(0xfe);
    expect(reset.pulses).toBe(1);
  });

  it('interrupts for keyboard and mouse bytes only when enabled', () => {
    const { command, data, kbc, irq1, irq12, drain } = make();
    kbc.pressKey(A, true);
    expect(irq1.level).toBe(true);
    drain();
    expect(irq1.level).toBe(false);
    command(0xd4);
    data(0xf4);
    expect(irq12.level).toBe(false);
    drain();
    command(0x60);
    data(0x47);
    kbc.moveMouse(1, 0, 0, 0);
    expect(irq12.level).toBe(true);
    expect(irq1.level).toBe(false);
  });

  it('makes an edge for every byte and gives the guest time between them', () => {
    const { clock, kbc, irq1, read, status } = make();
    kbc.pressKey(HOME, true);
    expect(read()).toBe(0xe0);
    expect(status() & 1).toBe(0);
    clock.advance(200_000);
    expect(irq1.rises).toBe(2);
    expect(read()).toBe(0x47);
  });

  it('puts bytes into the output buffers by command', () => {
    const { command, data, status, read, irq1 } = make();
    command(0xd2);
    data(0x77);
    expect(status() & 0x21).toBe(0x01);
    expect(irq1.level).toBe(true);
    expect(read()).toBe(0x77);
    command(0xd3);
    data(0x78);
    expect(status() & 0x21).toBe(0x21);
    expect(read()).toBe(0x78);
  });

  it('keeps device bytes while an interface is disabled', () => {
    const { command, kbc, status, drain } = make();
    command(0xad);
    kbc.pressKey(A, true);
    expect(status() & 1).toBe(0);
    command(0xae);
    expect(drain()).toEqual([0x1e]);
  });
});

describe('PS/2 keyboard', () => {
  it('translates to set 1', () => {
    const { key } = make();
    expect(key(A)).toEqual([0x1e, 0x9e]);
    expect(key(HOME)).toEqual([0xe0, 0x47, 0xe0, 0xc7]);
    expect(key(0x40)).toEqual([0x41, 0xc1]); // F7 is 0x83 in set 2
  });

  it('speaks set 2 and native set 1 without translation', () => {
    const { command, data, key, keyboard } = make();
    command(0x60);
    data(0x05);
    expect(key(A)).toEqual([0x1c, 0xf0, 0x1c]);
    expect(key(HOME)).toEqual([0xe0, 0x6c, 0xe0, 0xf0, 0x6c]);
    expect(keyboard(0xf0, 0x01)).toEqual([0xfa, 0xfa]);
    expect(key(A)).toEqual([0x1e, 0x9e]);
    expect(keyboard(0xf0, 0x00)).toEqual([0xfa, 0xfa, 0x01]);
  });

  it('speaks set 3 with key types', () => {
    const { command, data, key, keyboard } = make();
    command(0x60);
    data(0x05);
    keyboard(0xf0, 0x03);
    expect(key(A)).toEqual([0x1c]);
    keyboard(0xf8);
    expect(key(A)).toEqual([0x1c, 0xf0, 0x1c]);
    expect(key(HOME)).toEqual([0x6e, 0xf0, 0x6e]);
    keyboard(0xfd, 0x1c);
    expect(key(A)).toEqual([0x1c]);
  });

  it('sends the sequences of Pause and Print Screen', () => {
    const { key } = make();
    expect(key(PAUSE)).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
    expect(key(CTRL, PAUSE)).toEqual([0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d]);
    expect(key(PRINT)).toEqual([0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa]);
    expect(key(SHIFT, PRINT)).toEqual([0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xaa]);
    expect(key(ALT, PRINT)).toEqual([0x38, 0x54, 0xd4, 0xb8]);
  });

  it('has distinct set 1 codes for ISO, Japanese and media keys', () => {
    const { key } = make();
    expect(key(0x64)).toEqual([0x56, 0xd6]);
    expect(key(0x87)).toEqual([0x73, 0xf3]);
    expect(key(0x89)).toEqual([0x7d, 0xfd]);
    expect(key(0x8a)).toEqual([0x79, 0xf9]);
    expect(key(0x8b)).toEqual([0x7b, 0xfb]);
    expect(key(0x88)).toEqual([0x70, 0xf0]);
    expect(key(0xc00e9)).toEqual([0xe0, 0x30, 0xe0, 0xb0]);
    expect(key(0xe3)).toEqual([0xe0, 0x5b, 0xe0, 0xdb]);
    expect(key(0x65)).toEqual([0xe0, 0x5d, 0xe0, 0xdd]);
    expect(key(0xffff)).toEqual([]);
  });

  it('answers its commands', () => {
    const { command, data, keyboard } = make();
    command(0x60);
    data(0x05);
    expect(keyboard(0xff)).toEqual([0xfa, 0xaa]);
    expect(keyboard(0xf2)).toEqual([0xfa, 0xab, 0x83]);
    expect(keyboard(0xee)).toEqual([0xee]);
    expect(keyboard(0xf3, 0x20)).toEqual([0xfa, 0xfa]);
    expect(keyboard(0xf5, 0xf4, 0xf6)).toEqual([0xfa, 0xfa, 0xfa]);
    expect(keyboard(0xf2, 0xfe)).toEqual([0xfa, 0xab, 0x83, 0x83]);
    expect(keyboard(0x01)).toEqual([0xfe]);
  });

  it('keeps its lights', () => {
    const { kbc, keyboard } = make();
    keyboard(0xed, 0x05);
    expect(kbc.keyboard.leds).toBe(5);
  });

  it('is silent while disabled', () => {
    const { keyboard, key } = make();
    keyboard(0xf5);
    expect(key(A)).toEqual([]);
    keyboard(0xf4);
    expect(key(A)).toEqual([0x1e, 0x9e]);
  });

  it('marks an overrun and sends whole keys only', () => {
    const { command, data, kbc, drain } = make();
    command(0x60);
    data(0x05);
    for (let i = 0; i < 20; i++) {
      kbc.pressKey(A + i, true);
      kbc.pressKey(A + i, false);
    }
    const bytes = drain();
    expect(bytes.length).toBeLessThanOrEqual(17);
    expect(bytes.at(-1)).toBe(0x00);
    kbc.pressKey(A, true);
    expect(drain()).toEqual([0x1c]);
  });

  it('repeats a held key at the programmed rate and ignores repeated presses', () => {
    const { clock, kbc, keyboard, drain, read, status } = make();
    keyboard(0xf3, 0x00); // 250 ms, 30 a second
    kbc.pressKey(A, true);
    kbc.pressKey(A, true);
    expect(read()).toBe(0x1e);
    let count = 0;
    for (let ms = 1; ms <= 1250; ms++) {
      clock.advance(1_000_000);
      kbc.holdKey(A, ms);
      if (status() & 1) {
        expect(read()).toBe(0x1e);
        count++;
      }
    }
    expect(count).toBeGreaterThanOrEqual(29);
    expect(count).toBeLessThanOrEqual(31);
    kbc.pressKey(A, false);
    expect(drain()).toEqual([0x9e]);
    clock.advance(1e9);
    expect(status() & 1).toBe(0);
  });

  describe('repeats', () => {
    /** Times in ms at which a make code of A comes in `forMs`; `at` does something at a time. */
    function makes(
      { clock, read, status }: ReturnType<typeof make>,
      forMs: number,
      at: (ms: number) => void,
    ): number[] {
      const times: number[] = [];
      for (let ms = 1; ms <= forMs; ms++) {
        at(ms);
        clock.advance(1_000_000);
        while (status() & 1) if (read() === 0x1e) times.push(ms);
      }
      return times;
    }

    it('come only as far as the key is known to have been held, however late its release is', () => {
      const kit = make();
      kit.kbc.pressKey(A, true);
      expect(makes(kit, 5000, () => undefined)).toEqual([1]);
      // 500 ms and 10.9 a second are the defaults: 500 and 591.74 ms are due in 600 ms, 683.48 is not.
      expect(makes(kit, 3000, (ms) => ms === 1 && kit.kbc.holdKey(A, 600))).toHaveLength(2);
      expect(makes(kit, 500, (ms) => ms === 1 && kit.kbc.holdKey(A, 683))).toEqual([]);
      expect(makes(kit, 500, (ms) => ms === 1 && kit.kbc.holdKey(A, 684))).toEqual([1]);
      kit.kbc.pressKey(A, false);
      expect(kit.drain()).toEqual([0x9e]);
    });

    it("come at the keyboard's pace, not at that of the host", () => {
      const kit = make();
      kit.kbc.pressKey(A, true);
      const times = makes(kit, 2000, (ms) => ms >= 660 && ms % 33 === 0 && kit.kbc.holdKey(A, ms));
      expect(times.slice(0, 2)).toEqual([1, 660]);
      const gaps = times.slice(2).map((time, index) => time - (times[index + 1] as number));
      for (const gap of gaps) expect([91, 92]).toContain(gap);
      expect(gaps).toHaveLength(14);
    });

    it('are of the key that was pressed last, and forget what was known of one before', () => {
      const kit = make();
      kit.kbc.pressKey(A, true);
      kit.kbc.holdKey(A, 10_000);
      kit.kbc.pressKey(HOME, true);
      expect(makes(kit, 2000, () => kit.kbc.holdKey(A, 20_000))).toEqual([1]);
      kit.kbc.pressKey(HOME, false);
      kit.kbc.pressKey(A, false);
      kit.kbc.pressKey(A, true);
      expect(makes(kit, 2000, () => undefined)).toHaveLength(1);
    });

    it('go on after a restore where they were', () => {
      const kit = make();
      kit.kbc.pressKey(A, true);
      kit.drain();
      makes(kit, 600, () => undefined);
      const other = make();
      other.clock.advance(kit.clock.nowNs() - other.clock.nowNs());
      other.kbc.restore(kit.kbc.save());
      expect(makes(other, 600, (ms) => ms === 100 && other.kbc.holdKey(A, 550))).toEqual([100]);
    });

    it('a state of before still opens', () => {
      const { kbc } = make();
      kbc.pressKey(A, true);
      const { keyboard, ...rest } = kbc.save();
      const { heldNs: _held, nextHeldNs: _next, ...old } = keyboard;
      const state = unwrapState(i8042State, 'i8042', { kind: 'i8042', version: 1, state: { ...rest, keyboard: old } });
      expect(state.keyboard).toMatchObject({ pressed: [A], heldNs: 0, nextHeldNs: 0 });
    });
  });
});

describe('PS/2 mouse', () => {
  it('answers reset, id and status', () => {
    const { mouse } = make();
    expect(mouse(0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(mouse(0xf2)).toEqual([0xfa, 0x00]);
    expect(mouse(0xe9)).toEqual([0xfa, 0x00, 0x02, 100]);
    expect(mouse(0xe8, 0x03, 0xe7, 0xf4)).toEqual([0xfa, 0xfa, 0xfa, 0xfa]);
    expect(mouse(0xe9)).toEqual([0xfa, 0x30, 0x03, 100]);
    expect(mouse(0xf3, 0x33)).toEqual([0xfa, 0xfc]);
    expect(mouse(0xe1)).toEqual([0xfe]);
  });

  it('reports movement with y upwards', () => {
    const { mouse, kbc, drain } = make();
    mouse(0xf4);
    kbc.moveMouse(3, 5, 0, 1);
    expect(drain()).toEqual([0x29, 3, 0xfb]);
    kbc.moveMouse(-2, -1, 0, 0);
    expect(drain()).toEqual([0x18, 0xfe, 1]);
  });

  it('adds up movement that is not fetched and loses none', () => {
    const { mouse, kbc, drain } = make();
    mouse(0xf4);
    for (let i = 0; i < 100; i++) kbc.moveMouse(10, 0, 0, 0);
    const bytes = drain();
    let sum = 0;
    for (let i = 0; i < bytes.length; i += 3) sum += bytes[i]! & 0x10 ? bytes[i + 1]! - 256 : bytes[i + 1]!;
    expect(bytes.length % 3).toBe(0);
    expect(sum).toBe(1000);
  });

  it('turns into a wheel and a five-button mouse by the knocks', () => {
    const { mouse, kbc, drain } = make();
    mouse(0xf3, 200, 0xf3, 100, 0xf3, 80);
    expect(mouse(0xf2)).toEqual([0xfa, 3]);
    mouse(0xf4);
    kbc.moveMouse(0, 0, -1, 4);
    expect(drain()).toEqual([0x0c, 0, 0, 0xff]);
    mouse(0xf3, 200, 0xf3, 200, 0xf3, 80);
    expect(mouse(0xf2)).toEqual([0xfa, 4]);
    kbc.moveMouse(0, 0, 2, 0x18);
    expect(drain()).toEqual([0x08, 0, 0, 0x32]);
    mouse(0xff);
    expect(mouse(0xf2)).toEqual([0xfa, 0]);
  });

  it('is read in remote mode and echoes in wrap mode', () => {
    const { mouse, kbc, drain } = make();
    mouse(0xf0);
    kbc.moveMouse(7, 0, 0, 0);
    expect(drain()).toEqual([]);
    expect(mouse(0xeb)).toEqual([0xfa, 0x08, 7, 0]);
    mouse(0xee);
    expect(mouse(0x12, 0xf2)).toEqual([0x12, 0xf2]);
    expect(mouse(0xec)).toEqual([0xfa]);
    expect(mouse(0xe9)[1]! & 0x40).toBe(0x40);
  });

  it('scales movement that it reports by itself, not what it is asked for', () => {
    const { mouse, kbc, drain } = make();
    mouse(0xe7, 0xf4);
    for (const [moved, told] of [
      [1, 1],
      [2, 1],
      [3, 3],
      [4, 6],
      [5, 9],
      [6, 12],
      [127, 254],
    ] as const) {
      kbc.moveMouse(moved, 0, 0, 0);
      expect(drain()).toEqual([0x08, told, 0]);
    }
    kbc.moveMouse(-4, 2, 0, 0);
    expect(drain()).toEqual([0x38, 0xfa, 0xff]);
    mouse(0xf0);
    kbc.moveMouse(4, 0, 0, 0);
    expect(mouse(0xeb)).toEqual([0xfa, 0x08, 4, 0]);
  });

  it('makes an empty packet when pinged', () => {
    const { mouse, kbc, drain } = make();
    kbc.mouse.ping();
    expect(drain()).toEqual([]);
    mouse(0xf4);
    kbc.mouse.ping();
    expect(drain()).toEqual([0x08, 0, 0]);
  });

  it('does not jump after it was off', () => {
    const { mouse, kbc, drain } = make();
    kbc.moveMouse(100, 100, 0, 0);
    mouse(0xf4);
    expect(drain()).toEqual([]);
  });
});

describe('what a sender of keys may know', () => {
  it('takes a press when nothing of an earlier one waits, and its release behind it', () => {
    const { kbc, drain, keyboard } = make();
    const { keyboard: keys } = kbc;
    expect(keys.canTake(true)).toBe(true);
    kbc.pressKey(PAUSE, true);
    expect([keys.canTake(true), keys.canTake(false)]).toEqual([false, true]);
    expect(keys.pressed).toEqual([PAUSE]);
    kbc.pressKey(PAUSE, false);
    drain();
    expect(keys.canTake(true)).toBe(true);
    keyboard(0xf5);
    expect([keys.canTake(true), keys.canTake(false)]).toEqual([false, false]);
    keyboard(0xf4);
    expect(keys.canTake(true)).toBe(true);
  });
});
