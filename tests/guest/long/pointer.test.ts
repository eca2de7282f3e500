import { describe, expect, test } from 'vitest';
import { record, until } from '../../support/replay';
import { starterLinux } from '../../support/starter-linux';

const HOUR = 3_600_000;

describe('the starter Linux', () => {
  test(
    'takes absolute positions of the pointer through its vmmouse driver',
    async () => {
      const { config, ready } = starterLinux();
      await record(config, 1e15, async (session, seen) => {
        const type = (line: string): void => session.writeSerial(0, new TextEncoder().encode(`${line}\r`));
        await until('the shell', () => seen().includes(ready), HOUR);
        type('cd /sys/class/input; grep -l VMMouse event*/device/name; echo dri""ver');
        await until('the driver', () => /^driver/m.test(seen()), HOUR / 4);
        expect(seen()).toMatch(/event\d+\/device\/name/);
        // Events end with type (3: position; 1: button), code and value.
        type(
          'for e in $(grep -l VMMouse event*/device/name); do od -An -v -w24 -tu2 /dev/input/${e%%/*} & done; echo lis""tens',
        );
        await until('od', () => /^listens/m.test(seen()), HOUR / 4);
        const still = { dx: 0, dy: 0, wheel: 0, buttons: 0 };
        const end = (type: number, code: number, value: string): RegExp =>
          new RegExp(`\\s${type}\\s+${code}\\s+${value}\\s+0\\s*$`, 'm');
        // Each od opens its file some time after the shell went on: what came before is lost.
        const move = (): void => {
          session.movePointer({ ...still, x: 32768, y: 32768 });
          session.movePointer({ ...still, x: 16384, y: 49152 });
        };
        const hasMoved = (pattern: RegExp): boolean => {
          if (!pattern.test(seen())) move();
          return pattern.test(seen());
        };
        await until('x', () => hasMoved(end(3, 0, '16384')), HOUR / 4);
        await until('y', () => hasMoved(end(3, 1, '49152')), HOUR / 4);
        session.movePointer({ ...still, x: 16384, y: 49152, buttons: 1 });
        await until('the button', () => end(1, 272, '1').test(seen()), HOUR / 4);
      });
    },
    2 * HOUR,
  );
});
