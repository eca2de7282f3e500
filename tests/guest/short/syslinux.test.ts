import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());

describe('SYSLINUX', () => {
  test.each([
    ['floppy', 'syslinux-floppy.img'],
    ['disk', 'syslinux-disk.img'],
  ])('boots from a %s to its prompt and answers a typed name', async (kind, file) => {
    const { status } = await cli.run([
      ...['run', '--memory', '64', `--${kind}`, guestFile(file)],
      ...['--type-after', 'boot:', '--type', 'nothing-of-that-name\\n'],
      ...['--until', 'Loading nothing-of-that-name\\.\\.\\. failed', '--timeout', '120'],
    ]);
    expect(status).toBe(0);
  });
});
