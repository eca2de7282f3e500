import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cli, guestFile } from '../../support/guest-cli';
import { difference, readPicture } from '../../support/picture';

const cli = new Cli();
afterAll(() => cli.close());
/** About ten times what it takes. */
const LIMIT = { cpuSeconds: 1500 };

/** The first question, on the serial port without colours and in the dialog on the screen. */
const FIRST_DIALOG = 'Choose language|Select a language';

const screen = (name: string) =>
  readPicture(resolve(__dirname, '../../fixtures/screens', `debian-installer-${name}.png`));
/** Of the dialog at 1280x800: its title, and the languages above the chosen one. */
const DIALOG = [
  { part: screen('title'), x: 544, y: 16 },
  { part: screen('languages'), x: 440, y: 112 },
];

describe('the Debian 12 installer', () => {
  test('by kernel and initrd asks for the language in plain text', async () => {
    const { status, stdout } = await cli.run(
      [
        ...['run', '--memory', '1024', '--serial', 'stdio', '--until', "Prompt: '\\?' for help, default=1>"],
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
        ...['run', '--memory', '1024', '--cdrom', guestFile('debian-installer/installer.iso')],
        ...['--until', FIRST_DIALOG],
      ],
      LIMIT,
    );
    expect(status, stderr).toBe(0);
  });

  test('from an ISO through the BIOS draws its first dialog on a framebuffer', async () => {
    await cli.ok('create', 'installer', '--memory', '1024', '--cdrom', guestFile('debian-installer/installer.iso'));
    const run = cli.run(['run', 'installer', '--type-after', 'boot:', '--type', 'framebuffer\\n'], LIMIT);
    let hasEnded = false;
    void run.then(() => {
      hasEnded = true;
    });
    const file = join(cli.home, 'screen.png');
    const differences = async (): Promise<number[]> => {
      if ((await cli.run(['screenshot', 'installer', file])).status !== 0) return [1];
      const picture = readPicture(file);
      return DIALOG.map(({ part, x, y }) => difference(picture, part, x, y));
    };
    let seen = [1];
    while (!hasEnded && seen.some((share) => share > 0.01)) {
      await new Promise((next) => setTimeout(next, 2000));
      seen = await differences();
    }
    expect(seen, hasEnded ? (await run).stderr : '').toEqual(DIALOG.map(() => expect.closeTo(0, 2)));
    const { width, height } = readPicture(file);
    expect([width, height]).toEqual([1280, 800]);
    await cli.ok('stop', 'installer', '--force');
    await run;
  });
});
