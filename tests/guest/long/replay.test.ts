import { describe, expect, test } from 'vitest';
import { record, replay, until } from '../../support/replay';
import { starterLinux } from '../../support/starter-linux';

const EVERY = 50_000_000;
const HOUR = 3_600_000;

describe('a recorded run', () => {
  test(
    'of the starter Linux with typed input replays twice to the same states',
    async () => {
      const { config, ready } = starterLinux();
      const recording = await record(config, EVERY, async (session, seen) => {
        await until('the shell', () => seen().includes(ready), HOUR);
        session.writeSerial(0, new TextEncoder().encode('echo rec$((1+1))\r'));
        await until('the answer', () => /^rec2/m.test(seen()), HOUR / 2);
        await session.typeText('ls /\n');
        await new Promise((resolve) => setTimeout(resolve, 3000));
      });
      expect(recording.hashes.size).toBeGreaterThan(20);
      for (const jit of ['off', 'background'] as const) {
        expect(await replay(config, {}, EVERY, recording, jit)).toEqual(recording.hashes);
      }
    },
    4 * HOUR,
  );
});
