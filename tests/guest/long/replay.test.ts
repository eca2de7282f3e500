import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guestFile } from '../../support/guest-cli';
import { record, replay, until } from '../../support/replay';

const EVERY = 50_000_000;
const HOUR = 3_600_000;

describe('a recorded run', () => {
  test(
    'of the starter Linux with typed input replays twice to the same states',
    async () => {
      const { append, ready } = JSON.parse(readFileSync(guestFile('starter/starter.json'), 'utf8')) as {
        append: string;
        ready: string;
      };
      const kernel = {
        file: guestFile('starter/vmlinuz'),
        initrd: guestFile('starter/initrd.gz'),
        append,
        modules: [],
      };
      const config = { memory: { memoryMiB: 256 }, boot: { order: ['disk' as const], menu: false, kernel } };
      const recording = await record(config, EVERY, async (session, seen) => {
        await until('the shell', () => seen().includes(ready), HOUR);
        session.writeSerial(0, new TextEncoder().encode('echo rec$((1+1))\r'));
        await until('the answer', () => /^rec2/m.test(seen()), 120_000);
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
