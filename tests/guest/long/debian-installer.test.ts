import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';

const cli = new Cli();
afterAll(() => cli.close());
const TIMEOUT = ['--timeout', '1100'];
const LIMIT = { timeoutMs: 1_150_000 };

/** The first question, on the serial port without colours and in the dialog on the screen. */
const FIRST_DIALOG = 'Choose language|Select a language';

describe('the Debian 12 installer', () => {
  test('by kernel and initrd asks for the language in plain text', async () => {
    const { status, stdout } = await cli.run(
      [
        ...[
          'run',
          '--memory',
          '1024',
          '--serial',
          'stdio',
          ...TIMEOUT,
          '--until',
          "Prompt: '\\?' for help, default=1>",
        ],
        ...['--kernel', guestFile('debian-installer/linux'), '--initrd', guestFile('debian-installer/initrd.gz')],
        ...['--append', 'console=ttyS0 DEBIAN_FRONTEND=text priority=low'],
      ],
      LIMIT,
    );
    expect(stdout).toMatch(/Choose language/);
    expect(status).toBe(0);
  });

  test('from an ISO through the BIOS shows its first dialog on the text screen', async () => {
    const { status, stderr } = await cli.run(
      [
        ...['run', '--memory', '1024', '--cdrom', guestFile('debian-installer/installer.iso'), ...TIMEOUT],
        ...['--until', FIRST_DIALOG],
      ],
      LIMIT,
    );
    expect(status, stderr).toBe(0);
  });
});
