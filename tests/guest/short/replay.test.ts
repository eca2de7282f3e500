import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guestFile } from '../../support/guest-cli';
import { strokesForText } from '../../../src/guest/type-text';
import { record, replay, until } from '../../support/replay';

const EVERY = 10_000_000;
/** More keys at once than keyboard, controller and BIOS hold together. */
const BURST = 'echo a line of some eighty characters that comes in faster than GRUB can read it\n';

describe('a recorded run', () => {
  test('of GRUB with typed input replays interpreted and compiled to the same states', async () => {
    const file = guestFile('grub-rescue-floppy.img');
    const config = { memory: { memoryMiB: 32 }, floppies: [{ id: 'floppy0', file, readonly: true }] };
    const recording = await record(config, EVERY, async (session) => {
      const shows = async (text: string): Promise<boolean> =>
        (await session.screenText()).lines.some((line) => line.includes(text));
      await until('the menu', () => shows('Memtest86+'), 120_000);
      await session.typeText('c');
      await until('the prompt', () => shows('grub>'), 60_000);
      await session.typeText('echo recorded\n');
      await until('the answer', async () => (await session.screenText()).lines.includes('recorded'), 60_000);
      session.sendKeys(strokesForText(BURST));
      const answer = BURST.slice('echo '.length).trim();
      await until('the whole burst', async () => (await session.screenText()).lines.includes(answer), 60_000);
    });
    expect(recording.hashes.size).toBeGreaterThan(2);
    expect(recording.inputs.filter(({ input }) => input.kind === 'key')).toHaveLength(
      strokesForText('c' + 'echo recorded\n' + BURST).length,
    );
    expect(recording.inputs.some(({ input }) => input.kind === 'disk')).toBe(true);

    const media = { floppy0: { sizeBytes: statSync(file).size, isReadOnly: true } };
    const first = await replay(config, media, EVERY, recording, 'off');
    const second = await replay(config, media, EVERY, recording, 'background');
    expect(first).toEqual(recording.hashes);
    expect(second).toEqual(recording.hashes);
  });
});
